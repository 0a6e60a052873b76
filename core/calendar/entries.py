"""Entries of calendars: records of all sources in a range of time, repetitions counted out, in the viewer's rights.

One statement per source, bounded by the range; two more for what was shared and for the zones of owners.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from weft.core.access.conditions import Filter, Term, all_of, any_of, split_name
from weft.core.access.fields import readable
from weft.core.access.policy import AccessPolicy
from weft.core.access.tables import record_share
from weft.core.calendar.rules import left_out_moments, starts
from weft.core.calendar.zones import zones_of
from weft.core.db.fields import Kind
from weft.core.i18n import in_script
from weft.core.records.values import PersonRef, RefValue, Row
from weft.core.registry.calendars import CalendarSource
from weft.core.registry.model import EntityType, Header

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["EVENT", "Entry", "day_range", "entries", "expanded", "rows_of", "sources", "spans", "whose"]

EVENT = "core.event"
#: Length of an entry that says none.
USUAL = timedelta(minutes=30)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_PAGE = 200
#: Most rows of one source in one range; a calendar with more could not be read anyway.
MOST_ROWS = 2000
_SHARED = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a calendar.

    Attributes:
        source: where it comes from.
        id, version: of the record.
        title: words of the record.
        starts, ends: aware UTC; an entry of whole days begins at midnight of the viewer.
        first, last: days it stands on for the viewer.
        occurrence: which repetition of a series (its regular beginning), None for a single entry.
        owner: whose it is.
        about, place: what and where.
        task, finished: it is ticked off, and was.
    """

    source: CalendarSource
    id: int
    version: int
    title: str
    starts: datetime
    ends: datetime
    all_day: bool
    first: date
    last: date
    occurrence: datetime | None = None
    owner: PersonRef | None = None
    about: RefValue | None = None
    place: str = ""
    task: bool = False
    finished: bool = False

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return int((self.ends - self.starts).total_seconds() // 60)


def day_range(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From midnight of the first day to midnight after the last one, aware UTC."""
    since = datetime.combine(first, time(), zone).astimezone(UTC)
    return since, datetime.combine(last + _DAY, time(), zone).astimezone(UTC)


def sources(records: Records) -> list[CalendarSource]:
    """Sources whose records the principal may read at all, in order."""
    policy = AccessPolicy.of(records.runtime)
    found = records.runtime.registry.calendars.values()
    return [one for one in found if policy.allows(records.principal, one.entity, "read")]


def whose(people: Sequence[int], units: Sequence[int] = ()) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """People and the units whose shared appointments count as theirs, as :func:`entries` takes them."""
    return tuple(people), tuple(units)


def entries(
    records: Records,
    since: datetime,
    until: datetime,
    people: Sequence[int],
    *,
    units: Sequence[int] = (),
    only: Iterable[CalendarSource] | None = None,
    zone: tzinfo | None = None,
) -> list[Entry]:
    """What stands in the calendars of some people between two moments, in order.

    Args:
        records: the viewer's.
        since, until: aware moments; midnights of the viewer's zone where whole days matter.
        people: user ids whose entries are wanted.
        units: units of which appointments that were shared with the whole unit come too.
        only: sources to look at, all that the viewer may read by default.
        zone: in which moments become days; the viewer's own by default.
    """
    zone = zone or records.zone
    found: list[Entry] = []
    for source in sources(records) if only is None else only:
        shared = _shared_ids(records, source, since, until, people, units)
        wanted = _range(records, source, since, until)
        rows = rows_of(records, source, all_of(wanted, _person(source, people, shared)))
        found += expanded(records, source, rows, since, until, zone)
    found.sort(key=lambda one: (one.first, not one.all_day, one.starts, one.source.order, one.title, one.id))
    return found


def expanded(
    records: Records, source: CalendarSource, rows: Sequence[Row], since: datetime, until: datetime, zone: tzinfo
) -> list[Entry]:
    """Rows of one source as entries; series give one for each repetition in the range."""
    owners = zones_of(records, (getattr(row.get("owner"), "id", None) for row in rows)) if rows else {}
    entity = records.runtime.registry.entity(source.entity)
    found: list[Entry] = []
    for row in rows:
        begins = row.get(source.start)
        if begins is None:
            continue
        home = owners.get(getattr(row.get("owner"), "id", 0), zone)
        rule = row.get("rule") if source.repeats else None
        if not rule:
            found += _kept(_entry(source, entity, row, begins, None, zone, home), since, until)
            continue
        low, high = since - _WEEK, until + _DAY
        left = left_out_moments(row.get("left_out"))
        for moment in starts(begins, rule, home, since=low, until=high, left_out=left, last=row.get("repeats_until")):
            found += _kept(_entry(source, entity, row, moment, moment, zone, home), since, until)
    return found


def _kept(entry: Entry, since: datetime, until: datetime) -> list[Entry]:
    inside = entry.starts < until and (entry.ends > since or since <= entry.starts)
    return [entry] if inside else []


def spans(
    source: CalendarSource, entity: EntityType, row: Row, begins: datetime | date, home: tzinfo
) -> tuple[datetime | date, datetime | date, bool]:
    """Beginning, end and whether it lasts whole days; days as dates (the last one included)."""
    start = row.get(source.start)
    end = row.get(source.end) if source.end else None
    if not isinstance(begins, datetime):
        last = end if isinstance(end, date) and not isinstance(end, datetime) else begins
        return begins, max(begins, last), True
    length = USUAL
    if isinstance(end, datetime) and isinstance(start, datetime):
        length = max(end - start, timedelta())
    elif source.minutes and row.get(source.minutes):
        length = timedelta(minutes=int(row[source.minutes]))
    if source.all_day and row.get(source.all_day):
        first = begins.astimezone(home).date()
        days = max(0, (length - timedelta(seconds=1)).days) if isinstance(end, datetime) else 0
        return first, first + timedelta(days=days), True
    return begins, begins + length, False


def _entry(
    source: CalendarSource, entity: EntityType, row: Row, begins: Any, occurrence: datetime | None, zone: tzinfo,
    home: tzinfo,
) -> Entry:  # fmt: skip
    first, last, whole = spans(source, entity, row, begins, home)
    if whole:
        start, end = day_range(first, last, zone)
    else:
        start, end = first, last  # type: ignore[assignment]
        first = start.astimezone(zone).date()
        ended = end - timedelta(seconds=1) if end > start else end
        last = ended.astimezone(zone).date()
    name, values = source.finished
    about = row.get(source.about) if source.about else None
    alt = row.get(entity.spec.alt_title) if entity.spec.alt_title else None
    return Entry(
        source, row.id, row.version, in_script(row.title, alt)[0], start, end, whole, first, last, occurrence,
        row.get("owner"), about if isinstance(about, RefValue) else None,
        str(row.get(source.place) or "") if source.place else "",
        bool(source.tasks) and all(str(row.get(key)) == value for key, value in source.tasks.items()),
        bool(name) and str(row.get(name)) in values.split(","),
    )  # fmt: skip


# ---- asking


def rows_of(records: Records, source: CalendarSource, wanted: Filter, *, most: int = MOST_ROWS) -> list[Row]:
    """Rows of a source that fit, by their beginning, at most so many."""
    access = readable(records, source.entity)
    named = ["title", source.start, source.end, source.minutes, source.all_day, source.about, source.place, "owner",
             source.finished[0], source.remind, *source.tasks,
             records.runtime.registry.entity(source.entity).spec.alt_title or ""]  # fmt: skip
    if source.repeats:
        named += ["rule", "left_out", "repeats_until", "series", "occurrence"]
    fields = [name for name in dict.fromkeys(named) if name in access.names or name in Header]
    given = [Term(*split_name(name), value) for name, value in source.filters.items()]
    condition = all_of(wanted, *given)
    found: list[Row] = []
    cursor: str | None = None
    while len(found) < most:
        page = records.query(
            source.entity, fields=fields, filters=condition, sort=source.start, limit=_PAGE, cursor=cursor
        )
        found += page.rows
        cursor = page.next
        if cursor is None:
            break
    return found[:most]


def _person(source: CalendarSource, people: Sequence[int], shared: Sequence[int]) -> Filter:
    mine = Term(source.person, "in", list(people) or [0])
    return any_of(mine, Term("id", "in", list(shared))) if shared else mine


def _range(records: Records, source: CalendarSource, since: datetime, until: datetime) -> Filter:
    """Rows that may touch the range; a day more on both sides, because days begin at other moments elsewhere."""
    entity = records.runtime.registry.entity(source.entity)
    low, high = since - _DAY, until + _DAY
    declared = entity.fields.get(source.start)
    kind = declared.kind if declared is not None else Header[source.start]
    if kind is Kind.DATE:
        first, last = low.date(), high.date()
        inside: Filter = all_of(Term(source.start, "gte", first), Term(source.start, "lte", last))
        if not source.end:
            return inside
        return any_of(inside, all_of(Term(source.start, "lt", first), Term(source.end, "gte", first)))
    parts: list[Filter] = [all_of(Term(source.start, "gte", low), Term(source.start, "lt", high))]
    if source.end:
        parts.append(all_of(Term(source.start, "lt", low), Term(source.end, "gt", low)))
    if source.repeats:
        going = any_of(Term("repeats_until", "isnull", "true"), Term("repeats_until", "gte", low - _WEEK))
        parts.append(all_of(Term("rule", "isnull", "false"), Term(source.start, "lt", high), going))
    return any_of(*parts)


def _shared_ids(
    records: Records, source: CalendarSource, since: datetime, until: datetime, people: Sequence[int],
    units: Sequence[int],
) -> list[int]:  # fmt: skip
    """Appointments in the range that were shared with these people or units; only invitations, no other records."""
    if source.entity != EVENT or not (people or units):
        return []
    table = records.runtime.registry.entity(EVENT).table
    s, e = record_share.c, table.c
    receivers = or_(s.user_id.in_(list(people) or [0]), s.unit_id.in_(list(units) or [0]))
    low, high = since - _DAY, until + _DAY
    inside = and_(e.starts_at < high, or_(e.starts_at >= low, e.ends_at > low))
    series = and_(e.rule.is_not(None), e.starts_at < high, or_(e.repeats_until.is_(None), e.repeats_until >= low))
    statement = (
        select(s.record_id)
        .join_from(record_share, table, e.id == s.record_id)
        .where(receivers, or_(s.expires_at.is_(None), s.expires_at > records.now), e.deleted_at.is_(None))
        .where(or_(inside, series))
        .limit(_SHARED)
    )
    return list(dict.fromkeys(records.connection.scalars(statement)))
