"""Background work: versions, readers of folders, steps of contracts, expiry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Job, JobContext, Records, Subscriber, notify, register_notice, timedelta, translator
from weft.plugins.documents.services import certificates, contracts, folders, from_deal, library

_ = translator("documents")

__all__ = ["JOBS", "SUBSCRIBERS", "keep_up"]

EXPIRES = "documents.expires"
register_notice(EXPIRES, _("A document of yours expires soon: %(record)s"), headline=_("Document expires"))
_DOCUMENT = "documents.document"
_PART = 200


def keep_up(context: JobContext, payload: Any) -> None:
    """Every day: steps and ends of contracts, documents that expire."""
    with context.records() as records:
        today = context.now.astimezone(records.zone).date()
        contracts.remind_steps(records, today, records.setting("documents.step_days"))
        contracts.remind_ends(records, today)
        _expire(records, today)
        certificates.warn(records, today, records.setting("documents.expiry_days"))


def _expire(records: Records, today: Any) -> None:
    """Mark what has expired; tell owners beforehand, once per day of expiry."""
    system = records.system("documents: expiry")
    gone = system.query(
        _DOCUMENT, fields=(), filters={"expires_on__lt": today.isoformat(), "expired": "false"}, limit=_PART
    ).rows
    if gone:
        system.update_many(_DOCUMENT, {row["id"]: {"expired": True} for row in gone})
    soon = today + timedelta(days=records.setting("documents.expiry_days"))
    filters = {"expires_on__gte": today.isoformat(), "expires_on__lte": soon.isoformat(), "status": "released"}
    fields = ("owner", "expires_on", "expiry_told")
    for row in system.query(_DOCUMENT, fields=fields, filters=filters, sort="expires_on", limit=_PART).rows:
        if row.get("expiry_told") != row["expires_on"] and row.get("owner") is not None:
            notify(records, [row["owner"].id], EXPIRES, row["id"])
            system.update(_DOCUMENT, row["id"], {"expiry_told": row["expires_on"].isoformat()}, version=None)


def _records_of(event: Mapping[str, Any]) -> list[int]:
    several = event.get("records")
    found = [event.get("record"), *(several if isinstance(several, list) else ())]
    return [one for one in found if isinstance(one, int)]


def _kept(context: JobContext, event: Mapping[str, Any]) -> None:
    """A document was made or changed by any door: its version is there."""
    with context.records() as records:
        for number in _records_of(event):
            library.keep_version(records, number)


def _certificate(context: JobContext, event: Mapping[str, Any]) -> None:
    """A supplier entered a certificate: whoever looks after the supplier is told."""
    with context.records() as records:
        filters = {"id__in": _records_of(event), "status": "to_confirm"}
        for row in records.query(certificates.CERTIFICATE, fields=(), filters=filters, limit=_PART).rows:
            certificates.asked(records, row.id)


def _readers(context: JobContext, event: Mapping[str, Any]) -> None:
    """The readers of a folder changed: those inside that have the same follow."""
    with context.records() as records:
        folders.follow(records, _records_of(event))


def _steps(context: JobContext, event: Mapping[str, Any]) -> None:
    """A step changed: its contract counts anew."""
    with context.records() as records:
        system = records.system("documents: contract steps")
        numbers = _records_of(event)
        page = system.query("documents.step", fields=("contract",), filters={"id__in": numbers}, limit=_PART)
        found = {row["contract"].id for row in page.rows}
        if len(page.rows) < len(numbers):  # deleted ones: their contract is known from the trash
            trash = system.query("documents.step", fields=("contract",), filters={"id__in": numbers}, trash=True,
                                 limit=_PART)  # fmt: skip
            found |= {row["contract"].id for row in trash.rows if row.get("contract") is not None}
        contracts.refresh(records, found)


def _milestone(context: JobContext, event: Mapping[str, Any]) -> None:
    """A milestone of a project was accepted or moved: the contract step that waits for it is done, or moves too."""
    if event.get("type") != "projects.milestone":
        return
    moved = {"shown_on", "due_on", "shared"} & set(event.get("changes") or ())
    with context.records() as records:
        for number in _records_of(event):
            if moved:
                contracts.milestone_moved(records, number)
            if str(records.find(number).get("state") or "") == "accepted":
                contracts.milestone_accepted(records, number)


def _project(context: JobContext, event: Mapping[str, Any]) -> None:
    """A project was made from a deal: contracts of that deal belong to it."""
    with context.records() as records:
        from_deal.link_project(records, _records_of(event))


JOBS = [Job("documents.keep_up", _("Remind of contracts and expiring documents"), keep_up, at="06:20")]

SUBSCRIBERS = [
    *[Subscriber(f"{_DOCUMENT}.{word}", _kept, key=f"documents.kept_{word}") for word in ("created", "updated")],
    *[
        Subscriber(f"documents.folder.{word}", _readers, key=f"documents.readers_{word}")
        for word in ("created", "updated", "shared", "unshared")
    ],
    Subscriber("documents.certificate.created", _certificate, key="documents.certificate_sent"),
    Subscriber("documents.step.*", _steps, key="documents.steps"),
    Subscriber("projects.*", _milestone, key="documents.milestones"),
    Subscriber("projects.project.created", _project, key="documents.projects"),
]
