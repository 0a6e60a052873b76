"""The text of the generated triggers for both dialects.

AFTER triggers only: BEFORE triggers leave orphans on upserts. Names begin with ``A_weft_``, so that PostgreSQL fires
them before the triggers of its foreign keys (``RI_...``). ``INSERT OR REPLACE`` is banned: it skips delete triggers.

No trigger depends on more than one plugin: one that is quarantined leaves triggers that are too many, never different.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from weft.core.db.entity import HEADER
from weft.core.db.mirror import CYCLE, EdgeMirror, Mirror, TableMirror

__all__ = ["PREFIX", "Trigger", "closure_rows", "postgresql_triggers", "sqlite_triggers"]

PREFIX = "A_weft_"
#: PostgreSQL cuts names at 63 bytes.
_LONGEST = 50
_EDGE_COLUMNS = (
    "source_id, type_id, target_type, target_id, ordinal, source_type, origin, created_at, functional, "
    "inverse_functional"
)


#: No real hierarchy is deeper; ends the walk where planted or imported data has a circle.
_DEEPEST = 100
_CLOSURE_COLUMNS = "type_id, ancestor_id, descendant_id, depth"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger as it must stand in the database.

    Attributes:
        name: its name.
        table: the table it is on.
        create: statements that make it.
        body: on SQLite the whole text as stored, on PostgreSQL the source of its function.
    """

    name: str
    table: str
    create: tuple[str, ...]
    body: str


def _short(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _number(value: int | None) -> str:
    return "NULL" if value is None else str(int(value))


# ---- statements that both dialects share


def _upsert_record(table: TableMirror) -> str:
    columns = ", ".join(("id", "type_id", *HEADER[1:]))
    values = ", ".join(("NEW.id", str(table.type_id), *(f"NEW.{name}" for name in HEADER[1:])))
    changes = ", ".join(f"{name} = excluded.{name}" for name in HEADER[1:])
    return f"INSERT INTO record ({columns}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET {changes};"


def _insert_edge(table: TableMirror, edge: EdgeMirror) -> str:
    """Write the edge of a column; the type of the target comes from its record row, an empty column gives no row."""
    moment = "NEW.updated_at" if not table.extends else "s.updated_at"
    source = "" if not table.extends else ", record s"
    match = "" if not table.extends else " AND s.id = NEW.id"
    return (
        f"INSERT INTO relation ({_EDGE_COLUMNS}) "
        f"SELECT NEW.id, {edge.relation_id}, t.type_id, t.id, 0, {table.type_id}, 'f', {moment}, "
        f"{_number(edge.functional)}, {_number(edge.inverse_functional)} "
        f'FROM record t{source} WHERE t.id = NEW."{edge.column}"{match} '
        "ON CONFLICT (source_id, type_id, target_type, target_id, ordinal) DO UPDATE SET origin = 'f', "
        "functional = excluded.functional, inverse_functional = excluded.inverse_functional;"
    )


def _delete_edge(edge: EdgeMirror) -> str:
    return f"DELETE FROM relation WHERE source_id = OLD.id AND type_id = {edge.relation_id} AND origin = 'f';"


def _delete_all(table: TableMirror) -> list[str]:
    """Statements of a removed row: with it go its edges and, at last, its record row."""
    if table.extends:
        return [_delete_edge(edge) for edge in table.edges]
    return ["DELETE FROM relation WHERE source_id = OLD.id AND origin = 'f';", "DELETE FROM record WHERE id = OLD.id;"]


def _delete_extension(table: TableMirror) -> list[str]:
    """Statement of a removed record: its row in an extension table goes first, because that points to the record."""
    return [f'DELETE FROM "{table.table}" WHERE id = OLD.id;']


def _cycle_found(row: str) -> str:
    """True when the edge of a row leads back to its source."""
    return (
        f"EXISTS (WITH RECURSIVE up(id) AS (SELECT {row}.target_id UNION SELECT r.target_id FROM up "
        f"JOIN relation r ON r.source_id = up.id AND r.type_id = {row}.type_id AND r.valid_to IS NULL) "
        f"SELECT 1 FROM up WHERE id = {row}.source_id)"
    )


#: Which edges the closure follows: not ended, not dated ahead, and not leading on from a trashed record. Dates are
#: judged when they are written, so an edge with a future end stops counting at once (less access, never more).
_LIVE = "r.valid_to IS NULL AND (r.valid_from IS NULL OR r.valid_from <= r.created_at) AND s.deleted_at IS NULL"


def closure_rows(type_id: str, starts: str) -> str:
    """A query giving (ancestor, descendant, depth) for the given starting records.

    Args:
        type_id: SQL of the relation type's id.
        starts: a query giving the ids of the records to start from.
    """
    return (
        f"SELECT node, start, min(depth) AS depth FROM (WITH RECURSIVE up(start, node, depth) AS ("
        f"SELECT b.id, b.id, 0 FROM ({starts}) b UNION SELECT up.start, r.target_id, up.depth + 1 FROM up "
        f"JOIN relation r ON r.source_id = up.node AND r.type_id = {type_id} "
        f"JOIN record s ON s.id = r.source_id WHERE up.depth < {_DEEPEST} AND {_LIVE}) "
        "SELECT start, node, depth FROM up) found "
        "GROUP BY node, start"
    )


def _closure_grow(row: str) -> list[str]:
    """Statements after an edge appeared: every descendant of its source gains every ancestor of its target."""
    both = f"({row}.type_id, {row}.source_id, {row}.source_id, 0), ({row}.type_id, {row}.target_id, {row}.target_id, 0)"
    below = f"SELECT c.descendant_id AS id FROM relation_closure c WHERE c.type_id = {row}.type_id"
    return [
        f"INSERT INTO relation_closure ({_CLOSURE_COLUMNS}) VALUES {both} ON CONFLICT DO NOTHING;",
        _closure_insert(f"{row}.type_id", f"{below} AND c.ancestor_id = {row}.source_id"),
    ]


def _closure_shrink(type_id: str, source: str, above: str) -> list[str]:
    """Statements after edges from ``source`` went: forget what led through them, then walk again from below.

    The rows from ``source`` downwards stay, so the second statement still finds where to start.
    """
    below = (
        f"SELECT c.descendant_id AS id FROM relation_closure c WHERE c.type_id = {type_id} AND c.ancestor_id = {source}"
    )
    return [
        f"DELETE FROM relation_closure WHERE type_id = {type_id} AND descendant_id IN ({below}) "
        f"AND ancestor_id IN ({above});",
        _closure_insert(type_id, below),
    ]


def _closure_insert(type_id: str, starts: str) -> str:
    return (
        f"INSERT INTO relation_closure ({_CLOSURE_COLUMNS}) "
        f"SELECT {type_id}, f.node, f.start, f.depth FROM ({closure_rows(type_id, starts)}) f "
        "WHERE true ON CONFLICT (type_id, ancestor_id, descendant_id) DO UPDATE SET depth = excluded.depth;"
    )


def _above(type_id: str, target: str) -> str:
    return f"SELECT a.ancestor_id FROM relation_closure a WHERE a.type_id = {type_id} AND a.descendant_id = {target}"


_DATES = (
    "(NEW.valid_to IS NULL) <> (OLD.valid_to IS NULL) OR (NEW.valid_from IS NULL) <> (OLD.valid_from IS NULL) "
    "OR NEW.valid_from <> OLD.valid_from"
)
_TRASH = "(NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL)"


def _gone() -> list[str]:
    return _closure_shrink("OLD.type_id", "OLD.source_id", _above("OLD.type_id", "OLD.target_id"))


def _trashed(number: int) -> list[str]:
    """A path leads to a trashed record, never through it; the same statements serve trash and restore."""
    return _closure_shrink(str(number), "NEW.id", f"{_above(str(number), 'NEW.id')} AND a.ancestor_id <> NEW.id")


def _purged(number: int) -> list[str]:
    sides = ("ancestor_id", "descendant_id")
    return [f"DELETE FROM relation_closure WHERE type_id = {number} AND {side} = OLD.id;" for side in sides]


# ---- SQLite


def sqlite_triggers(mirror: Mirror) -> Iterator[Trigger]:
    """All triggers of a SQLite database."""
    for table in mirror.tables:
        yield from _sqlite_table(table)
    for number in mirror.acyclic_types:
        rule = f"NEW.type_id = {number} AND NEW.valid_to IS NULL"
        body = [_sqlite_refusal()]
        yield _sqlite("relation", f"acyclic_insert_{number}", "INSERT", body, rule)
        yield _sqlite("relation", f"acyclic_update_{number}", "UPDATE", body, rule)
    for number in mirror.closure_types:
        yield from _sqlite_closure(number)


def _sqlite(table: str, what: str, event: str, body: list[str], rule: str = "") -> Trigger:
    name = f"{PREFIX}{table}_{what}"
    when = f" WHEN {rule}" if rule else ""
    text = f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" FOR EACH ROW{when} BEGIN\n' + "\n".join(body) + "\nEND"
    return Trigger(name, table, (text,), text)


def _sqlite_table(table: TableMirror) -> Iterator[Trigger]:
    edges = [_insert_edge(table, edge) for edge in table.edges]
    name = table.table
    if not table.extends:
        differs = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in HEADER[1:])
        yield _sqlite(name, "insert", "INSERT", [_upsert_record(table), *edges])
        yield _sqlite(name, "update", "UPDATE", [_upsert_record(table)], differs)
    elif edges:
        yield _sqlite(name, "insert", "INSERT", edges)
    if not table.extends or edges:
        yield _sqlite(name, "delete", "DELETE", _delete_all(table))
    if table.extends:
        yield _sqlite(table.base, f"with_{name}", "DELETE", _delete_extension(table))
    refuse = ["SELECT RAISE(ABORT, 'weft: the id of a record never changes');"]
    yield _sqlite(name, "id", "UPDATE OF id", refuse, "NEW.id <> OLD.id")
    for edge, insert in zip(table.edges, edges, strict=True):
        rule = f'NEW."{edge.column}" IS NOT OLD."{edge.column}"'
        yield _sqlite(name, f"edge_{edge.column}", f'UPDATE OF "{edge.column}"', [_delete_edge(edge), insert], rule)


def _sqlite_refusal() -> str:
    return f"SELECT RAISE(ABORT, '{CYCLE}') WHERE NEW.valid_to IS NULL AND {_cycle_found('NEW')};"


def _sqlite_closure(number: int) -> Iterator[Trigger]:
    # SQLite fires the triggers of one event in no fixed order: look for a circle before walking it.
    grown, gone = [_sqlite_refusal(), *_closure_grow("NEW")], _gone()
    yield _sqlite("relation", f"closure_insert_{number}", "INSERT", grown, f"NEW.type_id = {number}")
    yield _sqlite("relation", f"closure_delete_{number}", "DELETE", gone, f"OLD.type_id = {number}")
    event, rule = "UPDATE OF valid_from, valid_to", f"NEW.type_id = {number} AND ({_DATES})"
    yield _sqlite("relation", f"closure_update_{number}", event, [*gone, *grown], rule)
    yield _sqlite("record", f"closure_trash_{number}", "UPDATE OF deleted_at", _trashed(number), _TRASH)
    yield _sqlite("record", f"closure_purge_{number}", "DELETE", _purged(number))


# ---- PostgreSQL


def postgresql_triggers(mirror: Mirror) -> Iterator[Trigger]:
    """All triggers of a PostgreSQL database, each with its function."""
    for table in mirror.tables:
        if not table.extends or table.edges:
            yield _postgresql(table.table, "sync", "INSERT OR UPDATE OR DELETE", _postgresql_table(table))
        if table.extends:
            yield _postgresql(table.base, f"with_{table.table}", "DELETE", _delete_extension(table), order="0_")
    for number in mirror.acyclic_types:
        body = [
            # One writer per type: two edges made at once could close a circle that neither sees.
            "PERFORM pg_advisory_xact_lock(7239, NEW.type_id);",
            f"IF {_cycle_found('NEW')} THEN",
            f"RAISE EXCEPTION '{CYCLE}' USING ERRCODE = 'integrity_constraint_violation';",
            "END IF;",
        ]
        rule = f"NEW.type_id = {number} AND NEW.valid_to IS NULL"
        yield _postgresql("relation", f"acyclic_{number}", "INSERT OR UPDATE", body, rule)
    for number in mirror.closure_types:
        yield from _postgresql_closure(number)


def _postgresql(table: str, what: str, event: str, body: list[str], rule: str = "", order: str = "") -> Trigger:
    """One trigger with its function; PostgreSQL fires by name, so ``order="0_"`` comes before the others."""
    local = order + _short(f"{table}_{what}")
    name, function = f"{PREFIX}{local}", f"weft_{local}"
    source = "\nBEGIN\n" + "\n".join(body) + "\nRETURN NULL;\nEND\n"
    when = f" WHEN ({rule})" if rule else ""
    make = f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS $weft${source}$weft$'
    trigger = f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" FOR EACH ROW{when} EXECUTE FUNCTION "{function}"()'
    return Trigger(name, table, (make, trigger), source)


def _postgresql_table(table: TableMirror) -> list[str]:
    lines = ["IF TG_OP = 'DELETE' THEN", *_delete_all(table), "RETURN NULL;", "END IF;"]
    lines += [
        "IF TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN",
        "RAISE EXCEPTION 'weft: the id of a record never changes';",
    ]
    lines.append("END IF;")
    if not table.extends:
        lines.append(_upsert_record(table))
    for edge in table.edges:
        lines += [
            f'IF NEW."{edge.column}" IS DISTINCT FROM OLD."{edge.column}" THEN',
            f'IF OLD."{edge.column}" IS NOT NULL THEN {_delete_edge(edge)} END IF;',
            f'IF NEW."{edge.column}" IS NOT NULL THEN {_insert_edge(table, edge)} END IF;',
            "END IF;",
        ]
    return lines


def _postgresql_closure(number: int) -> Iterator[Trigger]:
    lock = "PERFORM pg_advisory_xact_lock(7239, {row}.type_id);"
    gone = [lock.format(row="OLD"), *_gone()]
    grown = [lock.format(row="NEW"), *_closure_grow("NEW")]
    yield _postgresql("relation", f"closure_insert_{number}", "INSERT", grown, f"NEW.type_id = {number}")
    yield _postgresql("relation", f"closure_delete_{number}", "DELETE", gone, f"OLD.type_id = {number}")
    event, rule = "UPDATE OF valid_from, valid_to", f"NEW.type_id = {number} AND ({_DATES})"
    yield _postgresql("relation", f"closure_update_{number}", event, [*gone, *grown], rule)
    yield _postgresql("record", f"closure_trash_{number}", "UPDATE OF deleted_at", _trashed(number), _TRASH)
    yield _postgresql("record", f"closure_purge_{number}", "DELETE", _purged(number))
