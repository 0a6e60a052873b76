"""Background work of the service plugin, and what it hears of."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Job, NotFound, Subscriber, comments, timedelta, translator
from weft.plugins.service.services import conversation, escalation, leading, mail_box, outcome

_ = translator("service")

__all__ = ["JOBS", "SUBSCRIBERS"]

_REQUEST = "service.request"


def watch(context: Any, payload: Any) -> None:
    """Warn before due times, tell when they passed."""
    with context.records() as records:
        escalation.warn(records)
        while escalation.tell_overdue(records):
            pass


def close_old(context: Any, payload: Any) -> None:
    """Close solved requests that nobody came back to."""
    with context.records() as records:
        while escalation.close_old(records):
            pass


def commented(context: Any, event: dict[str, Any]) -> None:
    """A shared word that came in by another door than the conversation's own counts as an answer too."""
    if event.get("audience") != comments.SHARED or event.get("user") is None:
        return
    with context.records() as records:
        try:
            row = records.get(_REQUEST, event["record"], trash=False)
        except NotFound:
            return
        conversation.settle(records, row, int(event["user"]))


def led_done(context: Any, event: dict[str, Any]) -> None:
    """Something a request led to may be done now."""
    if isinstance(event.get("record"), int) and event.get("changes"):
        with context.records() as records:
            outcome.tell_done(records, event["type"], event["record"], event["changes"])


JOBS: list[Any] = [
    Job("service.watch", _("Watch the due times of requests"), watch, every=timedelta(minutes=10)),
    Job("service.close_old", _("Close solved requests"), close_old, at="03:40"),
    Job("service.mail", _("Fetch mail for requests"), mail_box.fetch_job, every=timedelta(minutes=5)),
]
SUBSCRIBERS: list[Any] = [
    Subscriber(f"{_REQUEST}.commented", commented, key="service.commented",
               label=_("Note answers that came by another way")),
    *[Subscriber(f"{one.key}.*", led_done, key=f"service.led_{one.key}",
                 label=_("Tell who answers what came of a request")) for one in leading.TARGETS],
]  # fmt: skip
