"""The worker: threads that claim rows, run their handlers under a deadline and keep the leases alive.

A process may be killed at any moment: what it had claimed is taken over when the lease ends.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from weft.core.outbox import delivery, queue, schedule
from weft.core.outbox.queue import QueuedItem
from weft.core.outbox.waking import Bell, listen, registered
from weft.core.registry.runtime import Runtime

__all__ = ["Worker"]

_log = structlog.get_logger(__name__)

#: Events handled in one transaction.
_EVENTS = 200
#: Handlers quicker than this (seconds) share a transaction with others, at most so many.
_QUICK = 0.05
_BATCH = 20
#: Seconds between two looks at the queue without a call, and at the schedule.
_POLL = 1.0
_SCHEDULE = 15.0
_PRUNE_EVERY = 3600.0
_KEEP_DONE = timedelta(days=7)


@dataclass(slots=True)
class _Slot:
    """One thread and what it is doing.

    Attributes:
        item: the row being worked on.
        claimed: rows it holds that are not settled: those behind it, the present one and those before it.
        outcomes: rows it has worked on since the last transaction, each with its error or None.
        size: rows to claim next time; grows while handlers are quick, so that a transaction serves many of them.
        started: monotonic seconds when the present row began.
        abandoned: True when its handler overran the deadline; the thread ends when the handler returns.
    """

    item: QueuedItem | None = None
    claimed: list[QueuedItem] = field(default_factory=list)
    outcomes: list[tuple[QueuedItem, str | None]] = field(default_factory=list)
    size: int = 1
    started: float = 0.0
    abandoned: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Worker:
    """Runs jobs and delivers events until it is stopped.

    Args:
        runtime: the installation.
        threads: handlers that run at the same time.
        lease: how long a claimed row is this worker's without a sign of life.
        job_deadline, receiver_deadline: seconds a handler may take; after that the row counts as failed and the
            thread is replaced, because Python cannot end it.
        poll: seconds between two looks without a call.
    """

    def __init__(
        self,
        runtime: Runtime,
        threads: int = 2,
        *,
        lease: timedelta = timedelta(seconds=60),
        job_deadline: float = 900.0,
        receiver_deadline: float = 60.0,
        poll: float = _POLL,
    ) -> None:
        self.runtime = runtime
        self.name = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._count = threads
        self._lease = lease
        self._deadlines = {"job": job_deadline, "receiver": receiver_deadline}
        self._poll = poll
        self._stop = threading.Event()
        self._bell = Bell()
        self._slots: list[_Slot] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._erring: set[str] | None = None

    # ---- life
    def start(self) -> None:
        """Start the threads; returns at once."""
        self._stop.clear()
        for _number in range(self._count):
            self._add_slot()
        self._spawn(self._supervise, "weft-outbox-supervisor")
        if self.runtime.db.dialect == "postgresql":
            self._spawn(lambda: listen(self.runtime.db, self._bell, self._stop), "weft-outbox-listener")

    def stop(self, timeout: float = 30.0) -> bool:
        """End after the handlers that are running; returns False when some were still busy after ``timeout`` s."""
        self._stop.set()
        self._bell.ring()
        ends = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def run_forever(self) -> None:
        """Start and wait until :meth:`stop` is called from another thread or a signal handler."""
        self.start()
        while not self._stop.wait(1.0):
            pass
        self.stop()

    def run_due(self, limit: int = 10_000) -> int:
        """Do everything that is due in this thread, then return how many rows were done (tests, one-off commands).

        Rows that wait for their next try are left. Deadlines are not watched.
        """
        done, slot = 0, _Slot()
        while done < limit:
            events = self._deliver_events()
            worked = self._work(slot)
            if not events and not worked:
                break
            done += events + worked
        return done

    def _spawn(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _add_slot(self) -> None:
        slot = _Slot()
        with self._lock:
            self._slots.append(slot)
        self._spawn(lambda: self._loop(slot), f"weft-outbox-{len(self._slots)}")

    # ---- one thread
    def _loop(self, slot: _Slot) -> None:
        while not self._stop.is_set() and not slot.abandoned:
            seen = self._bell.rung
            try:
                busy = bool(self._deliver_events()) or bool(self._work(slot))
            except Exception as error:  # the database is away: wait and try again
                _log.error("outbox.worker_error", error=repr(error))
                busy = False
                with slot.lock:  # without signs of life its rows come back when the lease ends
                    slot.item, slot.claimed = None, []
                self._stop.wait(self._poll)
            if not busy and not slot.abandoned:
                self._bell.wait(seen, self._poll)

    def _deliver_events(self) -> int:
        """Turn due events into rows of their receivers; one transaction for many events."""
        runtime, now = self.runtime, self.runtime.clock()
        with runtime.db.read() as connection:
            if not queue.due(connection, now, kind="event"):
                return 0
        with runtime.db.write() as connection:
            claimed = queue.claim(connection, now=now, worker=self.name, lease=self._lease, limit=_EVENTS, kind="event")
            delivery.fan_out(connection, runtime, claimed, now)
            queue.finish(connection, [item.id for item in claimed], worker=self.name, now=now)
        delivery.send_signals(runtime, claimed)
        return len(claimed)

    def _work(self, slot: _Slot) -> int:
        """Claim some due rows and run their handlers; returns how many ran."""
        runtime, now = self.runtime, self.runtime.clock()
        with runtime.db.read() as connection:
            if not queue.due(connection, now):
                return 0
        with runtime.db.write() as connection:
            claimed = queue.claim(
                connection, now=now, worker=self.name, lease=self._lease, limit=slot.size, kind="work"
            )
        with slot.lock:
            slot.claimed, slot.outcomes = list(claimed), []
        began = time.monotonic()
        for item in claimed:
            with slot.lock:
                slot.item, slot.started = item, time.monotonic()
            error = self._run(item)
            with slot.lock:
                slot.item = None
                if slot.abandoned:
                    return 0  # the supervisor has settled everything
                slot.outcomes.append((item, error))
        self._settle(slot.outcomes)
        with slot.lock:
            slot.claimed, slot.outcomes = [], []
        quick = claimed and time.monotonic() - began < _QUICK * len(claimed)
        slot.size = min(slot.size * 2, _BATCH) if quick else 1
        return len(claimed)

    def _run(self, item: QueuedItem) -> str | None:
        """Call the handler; returns the text of its error, None when it ended well."""
        context = delivery.JobContext(self.runtime, f"outbox:{item.id}", item.tries)
        try:
            delivery.handler_of(self.runtime, item)(context, dict(item.payload))
        except Exception as error:
            _log.warning("outbox.handler_failed", topic=item.topic, row=item.id, tries=item.tries, error=repr(error))
            return "".join(traceback.format_exception(error))
        return None

    def _settle(self, outcomes: Sequence[tuple[QueuedItem, str | None]]) -> None:
        """Note how rows ended, all in one transaction."""
        now, erring = self.runtime.clock(), self._known_erring()
        with self.runtime.db.write() as connection:
            queue.finish(connection, [item.id for item, error in outcomes if error is None], worker=self.name, now=now)
            for item, error in outcomes:
                if error is not None and queue.fail(connection, item, error, worker=self.name, now=now) == "dead":
                    _log.error("outbox.dead", topic=item.topic, row=item.id)
                if item.kind == "receiver" and (error is not None or item.topic in erring):
                    lines = (error or "").strip().splitlines()
                    delivery.note_outcome(connection, item.topic, lines[-1] if lines else None, now)
                    (erring.discard if error is None else erring.add)(item.topic)

    def _known_erring(self) -> set[str]:
        """Receivers with errors noted, so that the many that work cost no statement."""
        if self._erring is None:
            with self.runtime.db.read() as connection:
                self._erring = delivery.erring_receivers(connection)
        return self._erring

    # ---- looking after the threads
    def _supervise(self) -> None:
        """Keep leases alive, replace threads that overran, look after the schedule, remove old rows."""
        looked = pruned = float("-inf")
        beat = self._lease.total_seconds() / 3
        beaten = time.monotonic()
        with registered(self.runtime.db, self._bell):
            while not self._stop.is_set():
                try:
                    self._enforce_deadlines()
                    if time.monotonic() - beaten >= beat:
                        beaten = time.monotonic()
                        self._beat()
                    if time.monotonic() - looked >= _SCHEDULE:
                        looked = time.monotonic()
                        schedule.ensure(self.runtime.db, self.runtime.registry.jobs, self.runtime.clock())
                    if time.monotonic() - pruned >= _PRUNE_EVERY:
                        pruned = time.monotonic()
                        with self.runtime.db.write() as connection:
                            queue.prune(connection, self.runtime.clock() - _KEEP_DONE)
                except Exception as error:
                    _log.error("outbox.supervisor_error", error=repr(error))
                self._stop.wait(min(0.25, beat))

    def _beat(self) -> None:
        ids: list[int] = []
        for slot in list(self._slots):
            with slot.lock:
                if not slot.abandoned:
                    ids.extend(item.id for item in slot.claimed)
        if ids:
            with self.runtime.db.write() as connection:
                queue.extend(connection, ids, worker=self.name, until=self.runtime.clock() + self._lease)

    def _enforce_deadlines(self) -> None:
        for slot in list(self._slots):
            with slot.lock:
                item, now = slot.item, time.monotonic()
                if item is None or now - slot.started < self._deadlines[item.kind]:
                    continue
                slot.abandoned = True
                late = f"Took longer than {self._deadlines[item.kind]:g} s and was given up."
                outcomes = [*slot.outcomes, (item, late)]
                untouched = [one.id for one in slot.claimed[len(outcomes) :]]
            with self._lock:
                self._slots.remove(slot)
            self._add_slot()
            self._settle(outcomes)
            with self.runtime.db.write() as connection:
                queue.release(connection, untouched, worker=self.name)
