"""Everything that happened around a record in one stream: changes, comments, files, activities, steps of others.

Activities are records of entities that claim the trait ``core.activity`` and are linked to the record by a field or by
hand; each appears at its own time and under its own row rule. Steps are what happened to records around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, or_, select, union

from weft.core.access import decide
from weft.core.access.filters import row_filter
from weft.core.collaboration import comments, places, story
from weft.core.collaboration.tables import comment
from weft.core.db.fields import Kind
from weft.core.db.tables import journal, relation
from weft.core.errors import QueryError
from weft.core.files import files
from weft.core.files.tables import attachment
from weft.core.i18n import translator
from weft.core.records.history import read
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["ACTIVITY", "KINDS", "TimelineEntry", "TimelinePage", "timeline"]

_ = translator("core")

#: Trait of entities whose records stand on the timeline of what they are linked to.
ACTIVITY = "core.activity"
KINDS = ("changes", "comments", "files", "activities", "steps")
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.+]+)~([0-4])~(\d{1,16})")


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing on the timeline.

    Attributes:
        kind: one of :data:`KINDS`.
        at: when, aware UTC.
        id: of the journal row, comment, attachment or activity record.
        item: ``HistoryEntry``, ``Comment``, ``Attachment`` or ``Row``.
        entity: key of the entity of a step's record.
    """

    kind: str
    at: datetime
    id: int
    item: Any
    entity: str = ""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Entries newest first, and the cursor of older ones, None at the end."""

    entries: tuple[TimelineEntry, ...]
    next: str | None


def timeline(
    records: Records, record_id: int, *, kinds: Iterable[str] = KINDS, limit: int = 30, before: str | None = None,
    only: str = "",
) -> TimelinePage:  # fmt: skip
    """Return what happened around a record, newest first.

    Args:
        records: whose rights and language count.
        record_id: the record.
        kinds: which of :data:`KINDS`.
        limit: entries per page, up to 100.
        before: ``next`` of the page before.
        only: of activities those of this entity alone.

    Raises:
        NotFound: there is no such record for this principal.
        QueryError: an unknown kind, or a cursor that is none.
    """
    entity = places.require(records, record_id, "read")
    wanted = set(kinds)
    if wanted - set(KINDS):
        raise QueryError(_("There is no such kind of entry."), name="kinds")
    limit = min(max(limit, 1), 100)
    sources: Mapping[str, Callable[..., list[TimelineEntry]]] = {
        "changes": _changes, "comments": _comments, "files": _files, "activities": partial(_activities, only),
        "steps": _steps,
    }  # fmt: skip
    position = _position(before)
    found: list[TimelineEntry] = []
    for rank, kind in enumerate(KINDS):
        if kind in wanted:
            found += sources[kind](records, entity, record_id, limit + 1, _After(rank, position))
    ordered = sorted(found, key=lambda entry: (entry.at, -KINDS.index(entry.kind), entry.id), reverse=True)
    page = ordered[:limit]
    following = None
    if len(ordered) > limit:
        last = page[-1]
        following = f"{last.at.isoformat()}~{KINDS.index(last.kind)}~{last.id}"
    return TimelinePage(tuple(page), following)


def _position(before: str | None) -> tuple[datetime, int, int] | None:
    if before is None:
        return None
    found = _CURSOR.fullmatch(before)
    try:
        at = datetime.fromisoformat(found.group(1)) if found else None
    except ValueError:
        at = None
    if found is None or at is None or at.tzinfo is None:
        raise QueryError(_("This cursor does not belong to this list."), name="before")
    return at, int(found.group(2)), int(found.group(3))


@dataclass(frozen=True, slots=True)
class _After:
    """Where a source goes on: entries of the same moment come in the order of the kinds, then newest id first."""

    rank: int
    position: tuple[datetime, int, int] | None

    def conditions(self, at: Any, number: Any) -> list[ColumnElement[bool]]:
        if self.position is None:
            return []
        moment, rank, last = self.position
        if self.rank < rank:
            return [at < moment]
        if self.rank > rank:
            return [at <= moment]
        return [or_(at < moment, and_(at == moment, number < last))]


def _changes(records: Records, entity: EntityType, record_id: int, limit: int, after: _After) -> list[TimelineEntry]:
    visible = {record_id: decide.decide(records, entity.key, "read", record_id).visible}
    found = read(records, entity, visible, limit, after.conditions(journal.c.at, journal.c.id))
    return [TimelineEntry("changes", one.at, one.id, one) for one in found]


def _comments(records: Records, entity: EntityType, record_id: int, limit: int, after: _After) -> list[TimelineEntry]:
    if not entity.has("comments"):
        return []
    statement = comments.visible(records).where(
        comment.c.record_id == record_id, *after.conditions(comment.c.created_at, comment.c.id)
    )
    statement = statement.order_by(comment.c.created_at.desc(), comment.c.id.desc()).limit(limit)
    found = comments.shown(records, records.connection.execute(statement).all())
    return [TimelineEntry("comments", one.created_at, one.id, one) for one in found]


def _files(records: Records, entity: EntityType, record_id: int, limit: int, after: _After) -> list[TimelineEntry]:
    if not entity.has("attachments"):
        return []
    statement = files.visible(records).where(
        attachment.c.record_id == record_id, *after.conditions(attachment.c.created_at, attachment.c.id)
    )
    statement = statement.order_by(attachment.c.created_at.desc(), attachment.c.id.desc()).limit(limit)
    found = files.shown(records, records.connection.execute(statement).all())
    return [TimelineEntry("files", one.created_at, one.id, one) for one in found]


def _steps(records: Records, entity: EntityType, record_id: int, limit: int, after: _After) -> list[TimelineEntry]:
    found = story.steps(records, entity, record_id, limit, after.conditions(journal.c.at, journal.c.id))
    return [TimelineEntry("steps", one.at, one.id, one, told.key) for told, one in found]


def _activities(
    only: str, records: Records, entity: EntityType, record_id: int, limit: int, after: _After
) -> list[TimelineEntry]:
    found: list[TimelineEntry] = []
    for activity in records.runtime.registry.with_trait(ACTIVITY):
        if activity.key != entity.key and only in ("", activity.key):
            found += _of_kind(records, activity, record_id, limit, after)
    return found


def _of_kind(records: Records, activity: EntityType, record_id: int, limit: int, after: _After) -> list[TimelineEntry]:
    rule = row_filter(records, activity.key, "read")
    if rule.kind == "none":
        return []
    table, number = activity.table, records.runtime.registry.entity_id(activity.key)
    at = table.c[moment_of(activity)]
    linked = union(
        select(relation.c.source_id).where(relation.c.target_id == record_id, relation.c.source_type == number),
        select(relation.c.target_id).where(relation.c.source_id == record_id, relation.c.target_type == number),
    )
    statement = (
        select(table.c.id, at.label("at"))
        .where(table.c.id.in_(linked), table.c.deleted_at.is_(None), at.is_not(None))
        .where(*after.conditions(at, table.c.id))
    )
    if rule.kind == "some":
        statement = statement.where(rule.expression(table))
    rows = records.connection.execute(statement.order_by(at.desc(), table.c.id.desc()).limit(limit)).all()
    return _with_rows(records, activity, rows)


def _with_rows(records: Records, activity: EntityType, rows: Sequence[Any]) -> list[TimelineEntry]:
    if not rows:
        return []
    ids = ",".join(str(row.id) for row in rows)
    page = records.query(activity.key, filters={"id__in": ids}, sort="-id", limit=len(rows))
    known = {row["id"]: row for row in page.rows}
    return [TimelineEntry("activities", row.at, row.id, known[row.id]) for row in rows if row.id in known]


def moment_of(activity: EntityType) -> str:
    """Column with the time of an activity: what its lists are sorted by, else when it was made."""
    name = activity.spec.sort.lstrip("-")
    declared = activity.spec.fields.get(name)
    return name if declared is not None and declared.kind is Kind.DATETIME else "created_at"
