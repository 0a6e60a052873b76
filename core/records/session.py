"""The ORM session of a principal: reading only, and every statement gets the row rules as a second wall.

For ``queries.py`` of plugins that need more than the query compiler gives. An ORM object has all its columns, so a row
is visible here only where the principal may read every field of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, event, false, true
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.elements import ColumnClause, TextClause
from sqlalchemy.sql.selectable import Alias, CompoundSelect, FromClause, Select, TableClause

from weft.core.access.filters import RowFilter
from weft.core.access.policy import AccessPolicy
from weft.core.access.rows import Rows
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Forbidden", "walled_session"]

_KEY = "weft.records"


class Forbidden(RuntimeError):
    """A session was asked to write, to run raw SQL, or to read tables that are no entities: a mistake of the code."""


def walled_session(records: Records) -> Session:
    """Make the session of a unit for its principal.

    Every SELECT of entity classes is restricted to rows the principal may read in full and that are not trashed.
    Anything else raises :class:`Forbidden`: writing goes through the methods of
    :class:`~weft.core.records.facade.Records`, and tables that are no entities belong to the core.
    """
    # The session only reads in the unit's transaction: a savepoint of its own would outlive the one it was made in.
    session = Session(
        bind=records.connection, autoflush=False, info={_KEY: records}, join_transaction_mode="rollback_only"
    )
    event.listen(session, "do_orm_execute", _guard)
    event.listen(session, "before_flush", _refuse_flush)
    return session


def _refuse_flush(session: Session, context: Any, instances: Any) -> None:
    if session.new or session.dirty or session.deleted:
        raise Forbidden("ORM objects cannot be saved; use records.create, update or delete")


def _guard(state: ORMExecuteState) -> None:
    """Refuse what is no SELECT of entities, and restrict each entity in it."""
    records: Records = state.session.info[_KEY]
    statement = state.statement
    if not state.is_select or isinstance(statement, TextClause):
        raise Forbidden("only SELECT statements of entity classes run through records.session")
    entities = _entities(records, statement)
    for entity in entities:
        # A plain expression: its values are part of this statement. A lambda would be cached with the first user's.
        state.statement = state.statement.options(
            with_loader_criteria(entity.cls, _rule(records, entity), include_aliases=True)
        )


def _rule(records: Records, entity: EntityType) -> ColumnElement[bool]:
    """Live rows of which the principal may read every field."""
    table = entity.table
    live = table.c.deleted_at.is_(None)
    access = AccessPolicy.of(records.runtime).access(records.principal, entity.key, "read")
    # Internal fields are for code alone, which a session is: no grant covers them, and none is needed.
    needed = {
        name
        for name, declared in entity.fields.items()
        if declared.stored and declared.extension_of is None and not declared.internal
    }
    if not needed <= access.cells.keys():
        return false()
    rules = dict.fromkeys([access.rows, *(access.cells[name] for name in sorted(needed))])
    conditions = [_expression(records, entity, rows) for rows in rules if rows.kind != "all"]
    return and_(true(), live, *conditions)


def _expression(records: Records, entity: EntityType, rows: Rows) -> ColumnElement[bool]:
    return RowFilter(records, entity.key, rows).expression(entity.table)


def _entities(records: Records, statement: Any) -> list[EntityType]:
    """The entities a statement reads; everything in it must be one.

    Raises:
        Forbidden: it names a table that is no entity class, or raw text.
    """
    if not isinstance(statement, (Select, CompoundSelect)):
        raise Forbidden("only SELECT statements of entity classes run through records.session")
    by_class = {entity.cls: entity for entity in records.runtime.registry.entities.values()}
    found: dict[str, EntityType] = {}
    selects: list[Any] = [statement]
    while selects:
        # A select names the plain table beside each column of a class: such a table is allowed, others are not.
        classes, plain, inner = _parts_of(selects.pop())
        selects.extend(inner)
        tables: set[int] = set()
        for element, cls in classes:
            if cls not in by_class:
                raise Forbidden("a class is read that is no installed entity")
            found[by_class[cls].key] = by_class[cls]
            tables.add(hash(element if isinstance(element, FromClause) else element.table))
        for element in plain:
            if hash(element) not in tables:
                raise Forbidden(
                    f"{getattr(element, 'name', element)} is read as a table; name the entity class instead"
                )
    return list(found.values())


def _parts_of(statement: Any) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
    """One select taken apart: elements of classes with their class, plain tables, selects inside it."""
    classes: list[tuple[Any, Any]] = []
    plain: list[Any] = []
    inner: list[Any] = []
    todo = list(statement.get_children())
    while todo:
        element = todo.pop()
        entity = getattr(element, "_annotations", {}).get("parententity")
        if entity is not None and isinstance(element, (FromClause, ColumnClause)):
            classes.append((element, entity.mapper.class_))
        elif isinstance(element, (Select, CompoundSelect)):
            inner.append(element)
        elif isinstance(element, TableClause) or (
            isinstance(element, Alias) and isinstance(element.element, TableClause)
        ):
            plain.append(element)
        else:
            _refuse_raw(element)
            if isinstance(element, ColumnClause) and element.table is not None:
                todo.append(element.table)  # the plain column of a look-up by key, or one of a sub-select
            todo.extend(element.get_children())
    return classes, plain, inner


def _refuse_raw(element: Any) -> None:
    """Refuse SQL written as text."""
    raw = isinstance(element, ColumnClause) and element.is_literal and element.name != "*"
    if isinstance(element, TextClause) or raw:
        raise Forbidden("raw SQL cannot run through records.session")
