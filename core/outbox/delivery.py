"""Bring events to their receivers and jobs to their handlers, each on its own.

An event is not handled itself: it becomes one queued row per receiver, so a receiver that raises or hangs delays
nobody else and is tried again alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from blinker import Namespace
from sqlalchemy import Connection, delete, insert, select

from weft.core.db.tables import installation
from weft.core.outbox.publishing import enqueue
from weft.core.outbox.queue import QueuedItem
from weft.core.registry.background import Subscriber
from weft.core.registry.runtime import Runtime

__all__ = [
    "FAILING_AFTER", "RECORDS_SERVICE", "TAPS_SERVICE", "JobContext", "erring_receivers", "failing_receivers",
    "fan_out", "handler_of", "label_of", "matches", "note_outcome", "send_signals", "signals",
]  # fmt: skip

#: Entry of ``runtime.services`` with the function that opens a writing unit: ``(runtime, principal, door)``.
RECORDS_SERVICE = "records.writing"
#: Entry of ``runtime.services``: functions ``(connection, events, now)`` of parts that note many events at once
#: (search), called in the transaction that marks the events as done.
TAPS_SERVICE = "outbox.taps"
_SIGNALS = "outbox.signals"
#: A receiver with so many errors in a row is shown as failing.
FAILING_AFTER = 5
_KEY = "receiver:"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a handler gets as its first argument.

    Attributes:
        runtime: the installation.
        key: names this piece of work over all its tries; use it to make a side effect happen once.
        tries: number of this attempt, from 1.
    """

    runtime: Runtime
    key: str
    tries: int

    @property
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self.runtime.clock()

    def records(self, principal: Any = None) -> AbstractContextManager[Any]:
        """Open a writing unit of work: ``with context.records() as records``; commits at its end.

        Args:
            principal: who acts; the platform itself when None.
        """
        open_unit: Callable[..., AbstractContextManager[Any]] = self.runtime.services[RECORDS_SERVICE]
        return open_unit(self.runtime, principal, "job")


def signals(runtime: Runtime) -> Namespace:
    """The blinker namespace of this process: ``signals(runtime).signal(key).connect(receiver)``.

    Receivers get ``(runtime, event=dict)`` after commit in the process whose worker delivers the event; what must not
    be lost is declared as a :class:`Subscriber` instead.
    """
    namespace: Namespace = runtime.services.setdefault(_SIGNALS, Namespace())
    return namespace


def matches(pattern: str, key: str) -> bool:
    """True when an event key fits the pattern of a subscriber (``crm.account.*``, ``*`` or the key itself)."""
    return key.startswith(pattern[:-1]) if pattern.endswith("*") else key == pattern


def fan_out(connection: Connection, runtime: Runtime, events: Sequence[QueuedItem], now: datetime) -> None:
    """Queue every receiver of the events, in the transaction that marks the events as done."""
    for tap in runtime.services.get(TAPS_SERVICE, ()):
        tap(connection, events, now)
    for event in events:
        payload = {**event.payload, "event": event.topic, "event_id": event.id}
        for subscriber in runtime.registry.subscribers:
            if matches(subscriber.event, event.topic):
                key = f"event:{event.id}:{subscriber.key}"[:200]
                enqueue(connection, subscriber.key, payload, now=now, dedup_key=key, kind="receiver")


def send_signals(runtime: Runtime, events: Sequence[QueuedItem]) -> None:
    """Call the receivers that are connected in this process; an error in one is logged and ends there."""
    namespace = signals(runtime)
    for event in events:
        signal = namespace.get(event.topic)
        if signal is None:
            continue
        payload = {**event.payload, "event": event.topic, "event_id": event.id}
        for receiver in signal.receivers_for(runtime):
            try:
                receiver(runtime, event=payload)
            except Exception as error:
                _log.error("outbox.signal_receiver_failed", topic=event.topic, error=repr(error))


def handler_of(runtime: Runtime, item: QueuedItem) -> Callable[[JobContext, Mapping[str, Any]], Any]:
    """The function that does the work of a row.

    Raises:
        LookupError: nobody declares it (any more): its plugin is not running.
    """
    if item.kind == "job":
        job = runtime.registry.jobs.get(item.topic)
        if job is not None:
            return job.handler
        raise LookupError(f"No running plugin declares the job {item.topic}.")
    subscriber: Subscriber | None = next((s for s in runtime.registry.subscribers if s.key == item.topic), None)
    if subscriber is not None:
        return subscriber.handler
    raise LookupError(f"No running plugin declares the receiver {item.topic}.")


def label_of(runtime: Runtime, topic: str) -> str:
    """What an administrator calls a job or a receiver; its key where nothing running declares it."""
    job = runtime.registry.jobs.get(topic)
    label = job.label if job else next((one.label for one in runtime.registry.subscribers if one.key == topic), "")
    return str(label) or topic


# ---- receivers that keep failing


def note_outcome(connection: Connection, receiver: str, error: str | None, now: datetime) -> int:
    """Count the errors of a receiver in a row; a success forgets them. Returns the present count."""
    row = installation.c.key == f"{_KEY}{receiver}"
    known = connection.execute(select(installation.c.value).where(row)).scalar_one_or_none()
    if error is None:
        if known is not None:
            connection.execute(delete(installation).where(row))
        return 0
    errors = int((known or {}).get("errors", 0)) + 1
    value = {"errors": errors, "since": (known or {}).get("since", now.isoformat()), "error": error[:500]}
    connection.execute(delete(installation).where(row))
    connection.execute(insert(installation).values(key=f"{_KEY}{receiver}", value=value))
    if errors == FAILING_AFTER:
        _log.error("outbox.receiver_failing", receiver=receiver, error=error[:500])
    return errors


def _noted(connection: Connection) -> dict[str, dict[str, Any]]:
    query = select(installation.c.key, installation.c.value).where(installation.c.key.startswith(_KEY, autoescape=True))
    return {row.key.removeprefix(_KEY): dict(row.value) for row in connection.execute(query)}


def erring_receivers(connection: Connection) -> set[str]:
    """Receivers whose last run ended in an error."""
    return set(_noted(connection))


def failing_receivers(connection: Connection) -> dict[str, dict[str, Any]]:
    """Receivers with :data:`FAILING_AFTER` or more errors in a row: key -> ``{errors, since, error}``."""
    return {key: value for key, value in _noted(connection).items() if value["errors"] >= FAILING_AFTER}
