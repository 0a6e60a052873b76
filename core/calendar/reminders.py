"""Reminders before appointments and planned activities: each at most once, also across restarts.

One mark in the installation says up to which moment reminders were sent; it moves in the same transaction in which
they are written. Rows are asked for by how long before they remind, so that each question is a short range of time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from weft.core.access.conditions import Term, all_of, any_of
from weft.core.calendar.entries import EVENT, Entry, expanded, rows_of
from weft.core.calendar.writing import REMINDER, guests_of
from weft.core.collaboration.notices import note
from weft.core.db.tables import installation
from weft.core.identity.tables import app_user
from weft.core.records.values import Row
from weft.core.registry.calendars import CalendarSource

if TYPE_CHECKING:
    from weft.core.outbox.delivery import JobContext
    from weft.core.records.facade import Records

__all__ = ["MARK", "due", "remind_job"]

MARK = "calendar.reminded"
#: What was due while nothing worked is made up for so long; older reminders would be of no use.
_MADE_UP = timedelta(hours=12)
#: Minutes before the beginning, in ranges: the longer ones are rare.
_RANGES = ((0, 15), (16, 60), (61, 1440), (1441, 60 * 24 * 28))


def remind_job(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Job: send the reminders that fell due since the last run."""
    with context.records() as records:
        connection = records.connection
        row = installation.c.key == MARK
        stored = connection.execute(select(installation.c.value).where(row).with_for_update()).scalar_one_or_none()
        now = context.now
        last = datetime.fromisoformat(stored["until"]) if stored else now - timedelta(minutes=1)
        if stored is None:
            connection.execute(insert(installation).values(key=MARK, value={"until": now.isoformat()}))
        else:
            connection.execute(update(installation).where(row).values(value={"until": now.isoformat()}))
        if now > last:
            _send(records, due(records, max(last, now - _MADE_UP), now))


def due(records: Records, after: datetime, until: datetime) -> list[tuple[Entry, int]]:
    """Entries whose reminder falls into ``(after, until]``, each with the minutes before its beginning.

    Args:
        records: the platform's.
        after, until: aware moments.
    """
    found: list[tuple[Entry, int]] = []
    for source in records.runtime.registry.calendars.values():
        if not source.remind:
            continue
        rows = {row.id: row for low, high in _RANGES for row in _rows(records, source, low, high, after, until)}
        for row in rows.values():
            minutes = int(row[source.remind])
            before = timedelta(minutes=minutes)
            single = Row({**row, "rule": None}) if not row.get("rule") else row
            low, high = after + before - timedelta(minutes=1), until + before + timedelta(minutes=1)
            for entry in expanded(records, source, [single], low, high, UTC):
                if after < entry.starts - before <= until and not entry.finished:
                    found.append((entry, minutes))
    return found


def _rows(records: Records, source: CalendarSource, low: int, high: int, after: datetime, until: datetime) -> list[Row]:
    first, last = after + timedelta(minutes=low), until + timedelta(minutes=high)
    inside = all_of(Term(source.start, "gt", first), Term(source.start, "lte", last))
    wanted = [Term(source.remind, "gte", low), Term(source.remind, "lte", high)]
    if not source.repeats:
        return rows_of(records, source, all_of(inside, *wanted))
    going = any_of(Term("repeats_until", "isnull", "true"), Term("repeats_until", "gte", first))
    series = all_of(Term("rule", "isnull", "false"), Term(source.start, "lte", last), going)
    return rows_of(records, source, all_of(any_of(inside, series), *wanted))


def _send(records: Records, found: list[tuple[Entry, int]]) -> None:
    """Put reminders into the inboxes of owners and guests."""
    guests = guests_of(records, (entry.id for entry, _minutes in found if entry.source.entity == EVENT))
    owners = {entry.owner.id for entry, _minutes in found if entry.owner is not None}
    everybody = owners | {user for users in guests.values() for user in users}
    u = app_user.c
    active = set(records.connection.scalars(select(u.id).where(u.id.in_(sorted(everybody)), u.active.is_(True))))
    for entry, minutes in found:
        told = [entry.owner.id] if entry.owner is not None else []
        told += guests.get(entry.id, [])
        data = {"at": entry.starts.isoformat(), "minutes": minutes}
        note(records, [user for user in dict.fromkeys(told) if user in active], REMINDER, entry.id, data)
