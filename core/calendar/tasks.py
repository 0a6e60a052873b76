"""Tasks of a person: what is to be ticked off, from all sources that know tasks."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from weft.core.access.conditions import Term, all_of, any_of, split_name
from weft.core.calendar.entries import Entry, expanded, rows_of, sources
from weft.core.db.fields import Kind

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["open_tasks"]

#: Repetitions that nobody ticked off are listed for so long.
_REPEATED = timedelta(days=30)
_LONG_AGO = timedelta(days=366 * 5)


def open_tasks(records: Records, until: datetime, *, zone: tzinfo | None = None) -> list[Entry]:
    """Open tasks of the person that begin before a moment, the oldest first.

    Args:
        records: the person's.
        until: aware moment, usually a midnight of the person.
        zone: in which moments become days; the person's own by default.
    """
    user = records.principal.user_id
    if user is None:
        return []
    zone = zone or records.zone
    found: list[Entry] = []
    for source in sources(records):
        if not source.tasks:
            continue
        name, values = source.finished
        open_ones = [Term(name, "not_in", values.split(","))] if name else []
        kind = [Term(*split_name(key), value) for key, value in {**source.tasks, **source.listed}.items()]
        declared = records.runtime.registry.entity(source.entity).fields.get(source.start)
        # A day is compared with days: the midnight of the person is still yesterday further west.
        end = until.astimezone(zone).date() if declared is not None and declared.kind is Kind.DATE else until
        wanted = all_of(Term(source.person, "eq", user), Term(source.start, "lt", end), *kind, *open_ones)
        if source.repeats:
            going = any_of(
                Term("repeats_until", "isnull", "true"), Term("repeats_until", "gte", records.now - _REPEATED)
            )
            wanted = all_of(wanted, any_of(Term("rule", "isnull", "true"), going))
        rows = rows_of(records, source, wanted, most=200)
        single = [row for row in rows if not row.get("rule")]
        repeated = [row for row in rows if row.get("rule")]
        found += expanded(records, source, single, records.now - _LONG_AGO, until, zone)
        if repeated:
            found += expanded(records, source, repeated, records.now - _REPEATED, until, zone)
    found = [one for one in found if not one.finished]
    found.sort(key=lambda one: (one.first, one.starts, one.id))
    return found
