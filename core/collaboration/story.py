"""What happened to the records around a record: steps that their plugins find worth telling on its timeline.

A plugin declares with :class:`~weft.core.registry.declarations.Story` which steps of its records are told where. The
steps are rows of the journal, so they read as in the history of their own record, and only who may read that record
is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, literal, select, true, union

from weft.core.access import decide
from weft.core.access.filters import row_filter
from weft.core.db.tables import change_set, journal, relation
from weft.core.db.types import RecordId
from weft.core.records.history import HistoryEntry, sentences
from weft.core.registry.access import PathScope
from weft.core.registry.declarations import Story
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["steps"]


def steps(
    records: Records, entity: EntityType, record_id: int, limit: int, conditions: Sequence[ColumnElement[bool]]
) -> list[tuple[EntityType, HistoryEntry]]:
    """Return told steps of the records around a record with their entity, newest first of each; outsiders have none.

    Args:
        records: whose rights and language count.
        entity: of the record.
        record_id: the record.
        limit: at most so many of each entity.
        conditions: further ones on the journal.
    """
    if not records.principal.internal and records.principal.kind != "system":
        return []
    registry = records.runtime.registry
    return [
        (told, one)
        for told in map(registry.entity, registry.stories.get(entity.key, ()))
        for one in _of_entity(records, told, record_id, limit, conditions)
    ]


def _story(records: Records, entity: str) -> Story:
    story = records.runtime.registry.record_pages[entity].story
    assert story is not None  # noqa: S101  (the registry names entities with a story only)
    return story


def _of_entity(
    records: Records, told: EntityType, record_id: int, limit: int, conditions: Sequence[ColumnElement[bool]]
) -> list[HistoryEntry]:
    story = _story(records, told.key)
    rule, ids = row_filter(records, told.key, "read"), _ids(records, told.key, record_id)
    if rule.kind == "none" or not ids:
        return []
    table = told.table
    mine: list[ColumnElement[bool]] = [table.c.id.in_(union(*ids)), table.c.deleted_at.is_(None)]
    mine += [table.c[name].in_(values) for name, values in story.only.items()]
    mine.append(rule.expression(table) if rule.kind == "some" else true())
    actions = [step if step in ("create", "assign") else f"{told.key}.{step}" for step in story.steps]
    rows = records.connection.execute(
        select(journal, change_set.c.door, change_set.c.undone_by, change_set.c.on_behalf_of)
        .join(change_set, change_set.c.id == journal.c.change_set_id)
        .where(journal.c.record_id.in_(select(table.c.id).where(*mine)), journal.c.action.in_(actions), *conditions)
        .order_by(journal.c.at.desc(), journal.c.id.desc())
        .limit(limit)
    ).all()
    if not rows:
        return []
    decisions = decide.decide_many(records, told.key, "read", {row.record_id for row in rows})
    visible = {number: one.visible for number, one in decisions.items()}
    return sentences(records, told, [row for row in rows if row.record_id in visible], visible)


# ---- which records


def _ids(records: Records, told: str, record_id: int) -> list[Any]:
    """SELECTs of the records of an entity that are told on the timeline of a record, one per path that is installed.

    A path that is told on ends at one of a set, the record among it: PostgreSQL makes a join of ``IN`` and none of
    ``OR``.
    """
    story = _story(records, told)
    if not story.through:
        return _leading(records, story, lambda column: column == record_id)
    pages = records.runtime.registry.record_pages
    around = [page.story for page in pages.values() if page.story is not None and not page.story.through]
    ends = [ids for one in around for ids in _leading(records, one, lambda column: column == record_id)]
    same: Any = select(literal(record_id, RecordId))
    return _leading(records, story, lambda column: column.in_(union(same, *ends)))


def _leading(records: Records, story: Story, lead: Callable[[Any], ColumnElement[bool]]) -> list[Any]:
    found = (_backwards(records, path, lead) for path in story.to)
    return [one for one in found if one is not None]


def _backwards(records: Records, path: PathScope, lead: Callable[[Any], ColumnElement[bool]]) -> Any:
    """SELECT of the records from which a path leads to the ends; None where a relation is not installed.

    Args:
        records: gives the registry.
        path: from the records wanted to the ends.
        lead: condition that a column names one of the ends.
    """
    registry, found = records.runtime.registry, None
    for step in reversed(path.steps):
        if step.relation not in registry.relations:
            return None
        here, there = relation.c.source_id, relation.c.target_id
        if step.reverse:
            here, there = there, here
        ends = lead(there) if found is None else there.in_(found)
        found = select(here).where(
            ends, relation.c.type_id == registry.relation_id(step.relation), relation.c.valid_to.is_(None)
        )
    return found
