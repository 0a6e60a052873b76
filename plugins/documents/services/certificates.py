"""Certificates: a renewal is sent, accepted or refused; the old file stays as a version; both sides are warned."""

from __future__ import annotations

from datetime import date
from typing import Any

from weft.core.sdk import (
    Records,
    Row,
    ValidationFailed,
    directory,
    every,
    notify,
    readers,
    register_notice,
    timedelta,
    translator,
)

_ = translator("documents")

__all__ = ["CERTIFICATE", "VERSION", "accept", "asked", "owner_of", "refuse", "renew", "warn"]

CERTIFICATE, VERSION = "documents.certificate", "documents.certificate_version"
_REASON = "documents: certificates"
_PART = 200
SENT, ACCEPTED, REFUSED, ENDS = (f"documents.certificate_{word}" for word in ("sent", "accepted", "refused", "ends"))
register_notice(SENT, _("A certificate waits for you: %(record)s"), headline=_("Certificates to confirm"))
register_notice(ACCEPTED, _("Your certificate %(record)s is accepted"), headline=_("Certificates"))
register_notice(REFUSED, _("Your certificate %(record)s is refused: %(why)s"), headline=_("Certificates"))
NOT_RENEWED = "documents.renewal_refused"
register_notice(NOT_RENEWED, _("The renewal of %(record)s is refused: %(why)s"), headline=_("Certificates"))
register_notice(ENDS, _("The certificate %(record)s ends on %(day)s"), headline=_("Certificates"))


def owner_of(system: Records, holder: int | None) -> int | None:
    """Whoever of the company looks after an organisation."""
    if holder is None:
        return None
    owner = system.find(holder).get("owner")
    return int(owner.id) if owner is not None else None


def renew(records: Records, row: Row, file: Any, ends_on: date) -> None:
    """Send a renewal; the present one counts until somebody accepts it. A paper that was refused is replaced.

    Args:
        records: of whoever sends it.
        row: the certificate.
        file: the new paper.
        ends_on: its last day.

    Raises:
        ValidationFailed: it ends before the present one, or before today.
        Conflict: somebody else sent one at the same time.
    """
    system = records.system(_REASON)
    stored = system.get(CERTIFICATE, row.id)
    counts = stored["status"] == "valid" or _revision(stored) > 1
    today = records.now.astimezone(records.zone).date()
    if ends_on <= today:
        raise ValidationFailed.single("ends_on", "range", _("It has to end after today."))
    if counts and ends_on <= stored["ends_on"]:
        message = _("It has to be valid longer than the present one, which ends on %(day)s.")
        raise ValidationFailed.single("ends_on", "range", message % {"day": stored["ends_on"].isoformat()})
    sent = {"new_file": file, "new_ends_on": ends_on} if counts else {"file": file, "ends_on": ends_on}
    system.update(CERTIFICATE, row.id, {**sent, "status": "to_confirm", "why": None}, version=stored.version)
    asked(records, row.id)


def asked(records: Records, certificate: int) -> None:
    """Tell whoever looks after the certificate that it waits."""
    row = records.system(_REASON).get(CERTIFICATE, certificate, fields=("owner",))
    if row.get("owner") is not None:
        notify(records, [row["owner"].id], SENT, certificate, renew=True)


def accept(records: Records, row: Row) -> None:
    """Take the renewal; what was before is kept as a version."""
    system = records.system(_REASON)
    stored = system.get(CERTIFICATE, row.id)
    if stored.get("new_ends_on") is None:
        system.update(CERTIFICATE, row.id, {"why": None}, version=None)
    else:
        revision = _revision(stored)
        system.create(VERSION, {
            "name": f"{stored['name']} v{revision}", "certificate": row.id, "revision": revision,
            "ends_on": stored["ends_on"], "replaced_at": records.now,
            **({"file": _id(stored["file"])} if stored.get("file") else {}),
        })  # fmt: skip
        system.update(CERTIFICATE, row.id, {
            "ends_on": stored["new_ends_on"], "file": _id(stored.get("new_file")), "new_file": None,
            "new_ends_on": None, "why": None, "revision": revision + 1,
        }, version=None)  # fmt: skip
    _tell_theirs(records, row.id, _id(stored.get("holder")), ACCEPTED, {})


def refuse(records: Records, row: Row, why: str) -> None:
    """Refuse what was sent, with the reason; where it was a renewal, the present certificate goes on until its end."""
    system = records.system(_REASON)
    stored = system.get(CERTIFICATE, row.id, fields=("holder", "new_ends_on"))
    renewal = stored.get("new_ends_on") is not None
    values = {"status": "valid" if renewal else "refused", "new_file": None, "new_ends_on": None, "why": why}
    system.update(CERTIFICATE, row.id, values, version=stored.version)
    kind = NOT_RENEWED if renewal else REFUSED
    _tell_theirs(records, row.id, _id(stored.get("holder")), kind, {"why": why[:200]})


def _revision(stored: Row) -> int:
    """Number of the present one; what was taken over without any is the first."""
    return max(int(stored.get("revision") or 1), 1)


def _id(value: Any) -> int | None:
    return None if value is None else int(getattr(value, "id", value))


def _tell_theirs(records: Records, certificate: int, holder: int | None, kind: str, data: dict[str, Any]) -> None:
    if holder is None:
        return
    users = {one for some in directory.standing_for(records, [holder]).values() for one in some}
    notify(records, sorted(readers(records, certificate, users)), kind, certificate, data, at_sign_in=True)


def warn(records: Records, today: date, days: int) -> int:
    """Tell both sides of certificates that end within some days, once for each end. Returns how many.

    Args:
        records: the platform's.
        today: the day it is.
        days: how long before the end.
    """
    system = records.system(_REASON)
    filters = {"ends_on__gte": today.isoformat(), "ends_on__lte": (today + timedelta(days=days)).isoformat()}
    fields = ("owner", "holder", "ends_on", "told_for")
    told = {}
    for row in every(system, CERTIFICATE, fields, filters, sort="ends_on"):
        if row.get("told_for") == row["ends_on"]:
            continue
        data = {"day": row["ends_on"].isoformat()}
        if row.get("owner") is not None:
            notify(records, [row["owner"].id], ENDS, row.id, data)
        _tell_theirs(records, row.id, _id(row.get("holder")), ENDS, data)
        told[row.id] = {"told_for": row["ends_on"].isoformat()}
    if told:
        system.update_many(CERTIFICATE, told)
    return len(told)
