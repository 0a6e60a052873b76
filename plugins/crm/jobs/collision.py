"""Background work of duplicates, registrations and requests."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Job, NotFound, Subscriber, translator
from weft.plugins.crm.services import duplicates, registrations

_ = translator("crm")


def came_in(context: Any, event: dict[str, Any]) -> None:
    """Look whether a new or renamed record is there already; noting a pair again changes nothing."""
    with context.records() as records:
        duplicates.look(records, event["type"], [event["record"]])


def changed(context: Any, event: dict[str, Any]) -> None:
    """The same where what is compared changed."""
    if set(event.get("changes") or ()) & _COMPARED:
        came_in(context, event)


def merged(context: Any, event: dict[str, Any]) -> None:
    """Two records became one: their pairs are decided."""
    old = (event.get("changes") or {}).get("merged", [None, None])[1]
    if old is not None:
        with context.records() as records:
            duplicates.settle(records, old)


def taken_apart(context: Any, event: dict[str, Any]) -> None:
    """A merge was taken back: the pair waits for a decision again."""
    with context.records() as records:
        try:
            records.find(event["record"], trash=False)
        except NotFound:
            return
        duplicates.reopen(records, event["record"])


def compare_all(context: Any, payload: dict[str, Any]) -> None:
    """Compare everything of every kind by likeness; one unit of work per kind. Old rows are made comparable first."""
    for entity in (*duplicates.ENTITIES, "crm.registration"):
        with context.records() as records:
            duplicates.fill(records, entity)
    for entity in duplicates.ENTITIES:
        with context.records() as records:
            duplicates.find_all(records, entity)


def end_protection(context: Any, payload: dict[str, Any]) -> None:
    """End protections that are over, and tell of those that end within a week."""
    with context.records() as records:
        registrations.end_due(records)
        registrations.warn(records)


_COMPARED = {"match_name", "match_alt", "match_phone", "match_domain", "tax_id", "email"}

JOBS = [
    Job("crm.compare_all", _("Look for duplicates"), compare_all, at="02:40"),
    Job("crm.end_protection", _("End protections of registrations"), end_protection, at="05:20"),
]

SUBSCRIBERS = [
    one
    for entity in duplicates.ENTITIES
    for one in (
        Subscriber(f"{entity}.created", came_in, key=f"{entity}.twice", label=_("Look for duplicates")),
        Subscriber(f"{entity}.updated", changed, key=f"{entity}.twice_now", label=_("Look for duplicates")),
        Subscriber(f"{entity}.merged", merged, key=f"{entity}.one_now", label=_("Close pairs of merged records")),
        Subscriber(f"{entity}.unmerged", taken_apart, key=f"{entity}.two_again", label=_("Open pairs again")),
    )
]
