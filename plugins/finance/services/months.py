"""Closed months: what is booked lies in an open one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_skeleton

from weft.core.sdk import Records, Row, ValidationFailed, audit_note, babel_locale, every, translator
from weft.plugins.finance.queries.rows import ref_id

_ = translator("finance")

__all__ = ["MONTH", "Closed", "check_open", "first_open_day", "last_closed", "month_name", "next_month", "reopen"]

MONTH = "finance.month"
_REASON = "finance: closed months"
_DAY = timedelta(days=1)
#: Closings that were not opened again.
_STANDING = {"reopened_on__isnull": "true"}


def next_month(day: date) -> date:
    """The first day of the month after a day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_name(day: date) -> str:
    """``November 2026`` in the viewer's language."""
    return str(format_skeleton("yMMMM", day, locale=babel_locale()))


@dataclass(frozen=True, slots=True)
class Closed:
    """How far the books are closed.

    Attributes:
        record: the closing that counts.
        reason: why it was closed.
        until: the first day that is open.
    """

    record: int
    reason: str
    until: date


def _reason(records: Records, day: date) -> str:
    """Why a day is closed: the earliest closing that covers it and was not opened again."""
    filters = {**_STANDING, "first_day__gte": day.replace(day=1).isoformat()}
    rows = records.system(_REASON).query(MONTH, fields=("reason",), filters=filters, sort="first_day", limit=1).rows
    return str(rows[0]["reason"]) if rows else ""


def last_closed(records: Records) -> Closed | None:
    """The last closed month that was not opened again: it and all before it are closed."""
    fields = ("first_day", "reason")
    rows = records.system(_REASON).query(MONTH, fields=fields, filters=_STANDING, sort="-first_day", limit=1).rows
    return next((Closed(row.id, row["reason"], next_month(row["first_day"])) for row in rows), None)


def first_open_day(records: Records) -> date | None:
    """The first day one may book on; None while no month was closed."""
    closed = last_closed(records)
    return closed.until if closed is not None else None


def reopen(records: Records, month: Row, why: str) -> None:
    """Let the last closed month be booked in again; all months before it stay closed.

    Args:
        records: the unit of work of whoever has the right.
        month: the closing.
        why: kept with it, and in the audit trail.

    Raises:
        ValidationFailed: a later month is closed, or it was opened again already.
    """
    system = records.system(_REASON)
    row = system.get(MONTH, month.id)
    if row.get("reopened_on"):
        raise ValidationFailed.single("", "state", _("This month was opened again already."))
    closed, first = last_closed(records), row["first_day"]
    if closed is not None and closed.until > next_month(first):
        message = _("%(month)s is closed too: open that month first.")
        raise ValidationFailed.single("", "later", message % {"month": month_name(closed.until - _DAY)})
    today = records.now.astimezone(records.zone).date()
    values = {"reopened_on": today, "reopened_why": why, "reopened_by": records.principal.user_id}
    same = {**_STANDING, "first_day": first.isoformat()}
    system.update_many(MONTH, {one.id: values for one in every(system, MONTH, (), same)})
    _close_before(system, row)
    audit_note(records, "month.reopen", f"{first:%Y-%m}: {why}")


def _close_before(system: Records, row: Row) -> None:
    """The month before was closed together with the one that is opened: from now on by a closing of its own."""
    first = (row["first_day"] - _DAY).replace(day=1)
    same = {**_STANDING, "first_day": first.isoformat()}
    if not system.query(MONTH, fields=(), filters=same, limit=1).rows:
        system.load(MONTH, [{"first_day": first, "reason": row["reason"], "owner": ref_id(row.get("owner"))}])


def check_open(records: Records, day: date, name: str = "day") -> None:
    """Refuse a booking day in a closed month.

    Args:
        records: the unit of work.
        day: booking day.
        name: field that is named in the refusal.

    Raises:
        ValidationFailed: with month, reason and first open day.
    """
    closed = last_closed(records)
    if closed is None or day >= closed.until:
        return
    message = _("%(month)s is closed (%(reason)s). The first open day is %(day)s.")
    slots = {
        "month": month_name(day),
        "reason": _reason(records, day) or closed.reason,
        "day": closed.until.isoformat(),
    }
    raise ValidationFailed.single(name, "closed", message % slots)
