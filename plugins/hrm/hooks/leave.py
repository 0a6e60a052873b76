"""What holds for leave at every door: whole days in order, no two at once, days counted, never more than there are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import FieldError, Records, ValidationFailed, translator
from weft.plugins.hrm import vocabulary as words
from weft.plugins.hrm.services import balance, leave, people
from weft.plugins.hrm.services.calendar import MOST_DAYS, Calendar, calendar_for, country_known

_ = translator("hrm")

__all__ = ["before_write"]

_REASON = "hrm: days of leave"
_COUNTING = ("person", "leave_type", "from_on", "to_on", "first_half", "last_half")


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Count new and changed requests.

    Raises:
        ValidationFailed: days in the wrong order, other leave at the same time, nothing to take, or too little left.
    """
    if changes[0].entity == "hrm.calendar_day":
        _official(changes, context)
    if changes[0].entity != leave.LEAVE or context.operation in ("delete", "restore"):
        return
    wanted = [
        change for change in changes
        if not change.before or any(change.changed(name) for name in _COUNTING)
    ]  # fmt: skip
    if not wanted:
        return
    system: Records = context.system(_REASON)
    errors: list[FieldError] = []
    types = {row["id"]: row for row in system.query(leave.TYPE, limit=200).rows}
    known = people.files(system, [change.after("person") for change in wanted])
    calendars: dict[Any, Calendar] = {}
    sound = [change for change in wanted if _in_order(change, errors)]
    _overlapping(sound, system, errors)
    for change in sound:
        kind = types.get(change.after("leave_type"))
        if kind is None:
            continue
        place = balance.country_of(system, known.get(change.after("person")))
        first, last = change.after("from_on"), change.after("to_on")
        key = (*place, first.year, last.year)
        if key not in calendars:
            calendars[key] = calendar_for(system, *place, first, last)
        _count(change, kind, calendars[key], context, errors)
    if errors:
        raise ValidationFailed(errors)


def _in_order(change: Any, errors: list[FieldError]) -> bool:
    first, last = change.after("from_on"), change.after("to_on")
    if first is None or last is None:
        return False
    if last < first:
        errors.append(FieldError("to_on", "order", _("The last day is before the first one."), change.index))
        return False
    if (last - first).days >= MOST_DAYS:
        errors.append(
            FieldError("to_on", "too_long", _("Leave for longer than three years is entered in parts."), change.index)
        )
        return False
    return True


def _count(change: Any, kind: Any, calendar: Calendar, context: Any, errors: list[FieldError]) -> None:
    first, last = change.after("from_on"), change.after("to_on")
    row = {name: change.after(name) for name in ("from_on", "to_on", "first_half", "last_half", "status")}
    taken = balance.count(calendar, row, kind["counted"])
    days = sum((one.days for one in taken), Decimal(0))
    change.values |= {"days": days, "official": calendar.official(first, last)}
    if not days:
        errors.append(
            FieldError("from_on", "no_days", _("Nobody works on these days: no leave is needed."), change.index)
        )
        return
    me, person = context.principal.user_id, change.after("person")
    if kind["accrual"] == "none" or person is None or me != person:  # officers enter what was agreed otherwise
        return
    seen = leave.preview(context.records, person, kind, row, without=change.record_id)
    if seen.after is not None and seen.after < 0:
        have = seen.after + days
        message = _("Only %(left)s days are left. Take fewer, choose another kind, or ask a people officer.")
        errors.append(FieldError("to_on", "balance", message % {"left": f"{have.normalize():f}"}, change.index))


def _overlapping(changes: Sequence[Any], system: Records, errors: list[FieldError]) -> None:
    """No two live requests of a person on one day, in the database and among those written together."""
    live = [change for change in changes if change.after("status") in words.LIVE_LEAVE and change.after("person")]
    if not live:
        return
    persons = sorted({change.after("person") for change in live})
    first = min(change.after("from_on") for change in live)
    last = max(change.after("to_on") for change in live)
    spans: dict[int, list[tuple[Any, Any, int]]] = {}
    for start in range(0, len(persons), 100):
        filters = {"person__in": persons[start : start + 100], "status__in": ",".join(words.LIVE_LEAVE),
                   "from_on__lte": last.isoformat(), "to_on__gte": first.isoformat()}  # fmt: skip
        cursor: str | None = None
        while True:
            page = system.query(leave.LEAVE, fields=("person", "from_on", "to_on"), filters=filters, sort="id",
                                limit=200, cursor=cursor)  # fmt: skip
            for row in page.rows:
                spans.setdefault(row["person"].id, []).append((row["from_on"], row["to_on"], row["id"]))
            cursor = page.next
            if cursor is None:
                break
    for change in live:
        own = spans.setdefault(change.after("person"), [])
        begin, end = change.after("from_on"), change.after("to_on")
        if any(a <= end and b >= begin and number != change.record_id for a, b, number in own):
            errors.append(FieldError("from_on", "overlap", _("There is other leave on these days."), change.index))
        own.append((begin, end, change.record_id))


def _official(changes: Sequence[Any], context: Any) -> None:
    """Official days are of a country that exists; the leave of their year is counted anew after the write."""
    wanted = set()
    for change in changes:
        code = str(change.after("country") or "").upper()
        if "country" in change.values:
            change.values["country"] = code
        if context.operation not in ("delete", "restore") and not country_known(code):
            raise ValidationFailed.single("country", "invalid", _("Holidays of this country are not known."))
        if change.after("day") is not None:
            wanted.add((code, change.after("day").year))
    for country, year in sorted(wanted):
        context.records.enqueue(
            "hrm.recount", {"country": country, "year": year}, dedup_key=f"hrm.recount:{country}:{year}"
        )
