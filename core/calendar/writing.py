"""Changes that people make in a calendar: move, resize, one repetition or all, invite, tick off.

Everything is written through :class:`~weft.core.records.facade.Records` with the person's own rights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from weft.core.access.tables import record_share
from weft.core.calendar.entries import EVENT
from weft.core.calendar.rules import left_out_moments, left_out_text, zone_of_rule
from weft.core.calendar.zones import zones_of
from weft.core.collaboration.notices import note
from weft.core.collaboration.sentences import register_kind
from weft.core.db.fields import Kind
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import shares
from weft.core.records.values import Row
from weft.core.registry.calendars import CalendarSource

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = [
    "INVITED", "MOVED", "REMINDER", "detach", "finish", "guests_of", "invite", "leave_out", "move", "move_all",
]  # fmt: skip

_ = translator("core")

INVITED, MOVED = "core.invited", "core.moved"
register_kind(INVITED, _("%(who)s invited you: %(record)s"))
register_kind(MOVED, _("%(who)s moved %(record)s"))
# Here and not beside the job that sends it: pages show the notice, and they never load jobs.
REMINDER = "core.reminder"
register_kind(REMINDER, _("%(record)s begins soon"))

#: What a repetition that goes its own way takes along from its series.
_COPIED = ("subject", "kind", "status", "all_day", "place", "about", "remind_minutes", "note")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def move(
    records: Records, source: CalendarSource, record_id: int, starts: datetime, ends: datetime, *,
    version: int | None, occurrence: datetime | None = None, everything: bool = False,
) -> int:  # fmt: skip
    """Let an entry begin and end at other moments; returns the id of the record that was written.

    Args:
        records: of a unit opened for writing.
        source: where the entry comes from.
        starts, ends: aware moments; for entries of whole days midnights of the viewer, the end after the last day.
        version: as the record was read.
        occurrence: which repetition of a series is meant, with
        everything: all repetitions move, not only this one.

    Raises:
        ValidationFailed: the source cannot be moved, or its rule names days that the move would leave.
        Conflict, Denied, NotFound: as every update.
    """
    if not source.movable:
        raise ValidationFailed.single(source.start, "fixed", _("This cannot be moved here. Open it to change it."))
    if occurrence is None or not source.repeats:
        values = _times(records, source, starts, ends)
        records.update(source.entity, record_id, values, version=version)
        moved = record_id
    elif everything:
        moved = move_all(records, record_id, occurrence, starts, ends, version=version)
    else:
        moved = detach(records, record_id, occurrence, {"starts_at": starts, "ends_at": ends}, version=version)
    if source.entity == EVENT:
        note(records, guests_of(records, [moved]).get(moved, ()), MOVED, moved)
    return moved


def _times(records: Records, source: CalendarSource, starts: datetime, ends: datetime) -> dict[str, Any]:
    entity = records.runtime.registry.entity(source.entity)
    if entity.fields[source.start].kind is Kind.DATE:
        zone = records.zone
        last = (ends - timedelta(seconds=1)).astimezone(zone).date()
        days: dict[str, date] = {source.start: starts.astimezone(zone).date()}
        return days | ({source.end: last} if source.end else {})
    values: dict[str, Any] = {source.start: starts}
    if source.end:
        values[source.end] = ends
    elif source.minutes:
        values[source.minutes] = int((ends - starts).total_seconds() // 60)
    return values


def detach(
    records: Records, series_id: int, occurrence: datetime, values: Mapping[str, Any], *, version: int | None = None
) -> int:
    """Let one repetition of a series go its own way with these values; returns the id of its own record."""
    series = records.get(EVENT, series_id, trash=False)
    length = _length(series)
    own: dict[str, Any] = {name: series.get(name) for name in _COPIED}
    own = {name: getattr(value, "id", value) for name, value in own.items() if value is not None}
    own |= {"starts_at": occurrence, "ends_at": occurrence + length, **values}
    own |= {"series": series_id, "occurrence": occurrence, "rule": None}
    leave_out(records, series_id, occurrence, version=version)
    row = records.create(EVENT, own)
    for user, unit in _receivers(records, series_id):
        shares.share(records, row.id, user=user, unit=unit)
    return row.id


def leave_out(records: Records, series_id: int, occurrence: datetime, *, version: int | None = None) -> None:
    """Let one repetition of a series not take place."""
    series = records.get(EVENT, series_id, trash=False)
    if not series.get("rule"):
        raise NotFound(str(series_id))
    gone = [*left_out_moments(series.get("left_out")), occurrence]
    records.update(EVENT, series_id, {"left_out": left_out_text(gone)}, version=version)


def move_all(
    records: Records, series_id: int, occurrence: datetime, starts: datetime, ends: datetime, *, version: int | None
) -> int:
    """Move all repetitions of a series as far as this one was moved, in the local time of its owner."""
    series = records.get(EVENT, series_id, trash=False)
    owner = getattr(series.get("owner"), "id", None)
    rule = str(series.get("rule") or "")
    zone = zone_of_rule(rule) or zones_of(records, [owner]).get(owner or 0) or records.zone
    before, after = (one.astimezone(zone).replace(tzinfo=None) for one in (occurrence, starts))
    shift = after - before

    def shifted(moment: datetime) -> datetime:
        return (moment.astimezone(zone).replace(tzinfo=None) + shift).replace(tzinfo=zone).astimezone(UTC)

    first = shifted(series["starts_at"])
    values: dict[str, Any] = {"starts_at": first, "ends_at": first + (ends - starts)}
    days = (after.date() - before.date()).days
    if days:
        values["rule"] = _turned(rule, days)
    if series.get("left_out"):
        values["left_out"] = left_out_text(shifted(one) for one in left_out_moments(series["left_out"]))
    records.update(EVENT, series_id, values, version=version)
    return series_id


def _turned(rule: str, days: int) -> str:
    """The rule for days that lie so many days later; weekdays turn round, a day of the month moves along.

    Raises:
        ValidationFailed: the rule names days in a way that cannot follow.
    """
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    names = parts.get("BYDAY", "").split(",") if parts.get("BYDAY") else []
    fixed = {"BYSETPOS", "BYMONTH", "BYWEEKNO", "BYYEARDAY"}.intersection(parts)
    if fixed or any(name not in _DAYS for name in names):
        message = _("This rule names its days. Open the appointment to change it, or move only this one.")
        raise ValidationFailed.single("rule", "fixed_days", message)
    if names:
        parts["BYDAY"] = ",".join(_DAYS[(_DAYS.index(name) + days) % 7] for name in names)
    if "BYMONTHDAY" in parts:
        day = int(parts["BYMONTHDAY"].split(",")[0]) + days
        if "," in parts["BYMONTHDAY"] or not 1 <= day <= 31:
            message = _("This rule names its days. Open the appointment to change it, or move only this one.")
            raise ValidationFailed.single("rule", "fixed_days", message)
        parts["BYMONTHDAY"] = str(day)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _length(row: Row) -> timedelta:
    begins, ends = row.get("starts_at"), row.get("ends_at")
    return ends - begins if begins is not None and ends is not None else timedelta(minutes=30)


def finish(records: Records, event_id: int, occurrence: datetime | None = None) -> int:
    """Tick a task off, one repetition of a series alone; returns the id of the record that was written."""
    row = records.get(EVENT, event_id, trash=False)
    if occurrence is not None and row.get("rule"):
        return detach(records, event_id, occurrence, {"status": "done"})
    records.update(EVENT, event_id, {"status": "done"}, version=None)
    return event_id


# ---- guests


def _receivers(records: Records, event_id: int) -> list[tuple[int | None, int | None]]:
    s = record_share.c
    statement = select(s.user_id, s.unit_id).where(s.record_id == event_id).order_by(s.id)
    return [(row.user_id, row.unit_id) for row in records.connection.execute(statement)]


def guests_of(records: Records, event_ids: Iterable[int]) -> dict[int, list[int]]:
    """User ids with whom appointments are shared, by appointment, in one statement; the caller may read these."""
    ids = sorted(set(event_ids))
    s = record_share.c
    statement = select(s.record_id, s.user_id).where(s.record_id.in_(ids), s.user_id.is_not(None)).order_by(s.id)
    found: dict[int, list[int]] = {}
    for row in records.connection.execute(statement) if ids else ():
        found.setdefault(row.record_id, []).append(row.user_id)
    return found


def invite(records: Records, event_id: int, users: Iterable[int]) -> None:
    """Make exactly these people guests of an appointment: it stands in their calendar, and they are told.

    Args:
        records: of a unit opened for writing; the principal may share the appointment.
        users: user ids of colleagues; oneself is left out.
    """
    wanted = {user for user in users if user != records.principal.user_id}
    present = {one.person.id: one.id for one in shares.shares(records, event_id) if one.person is not None}
    for user in sorted(wanted - present.keys()):
        shares.share(records, event_id, user=user)
    for user in sorted(present.keys() - wanted):
        shares.unshare(records, event_id, present[user])
    note(records, sorted(wanted - present.keys()), INVITED, event_id)
