"""Making one record of two: what points at the second points at the first then, and its old address leads there.

All of it is one change set: chosen values, references, links, and what lies beside records (comments, files, tags,
followers, shares ...). Undo makes two records again, each with what it had; what was written on the kept one since
stays there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, and_, func, insert, literal, or_, select, union_all, update

from weft.core.access.decide import require
from weft.core.db.tables import core_metadata, record, relation
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import users
from weft.core.records import links, path, rights, write
from weft.core.records.changes import Change
from weft.core.records.journal import Entry, actor_id, all_or_nothing, begin
from weft.core.records.journal import write as note
from weft.core.records.stored import chunks, fetch
from weft.core.records.tables import record_merge
from weft.core.registry.model import EntityType, Registry

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = [
    "Merged", "counts", "entity_and_merged", "merge", "merged_into", "merges_of", "offered", "searchable",
    "take_apart",
]  # fmt: skip

_ = translator("core")

_KIND = "merge"
#: Tables beside records whose rows stay where they are: what somebody opened lately.
_STAY = frozenset({"recent_record"})
#: Tables whose rows let people in: moving them needs the right to share the kept record.
_OPENING = frozenset({"anchor", "record_share"})
_DEPTH = 20
#: Kinds of records that come twice by nature.
_ALIKE = frozenset({"core.person", "core.organization"})


@dataclass(frozen=True, slots=True)
class Merged:
    """A record that became part of another one.

    Attributes:
        id: the old record.
        title: its title then.
        at: when, aware UTC.
        user: who did it.
        change_set_id: what Undo takes back.
    """

    id: int
    title: str
    at: datetime
    user: int | None
    change_set_id: int


def merge(records: Records, entity: str, keep: int, drop: int, values: Mapping[str, Any] | None = None) -> int:
    """Make one record of two; see :meth:`Records.merge`.

    Args:
        records: the unit of work.
        entity: entity key of both.
        keep: the record that stays.
        drop: the record that becomes part of it.
        values: fields the kept record gets, in API values; what is not named stays as it is.

    Returns:
        The change set, for Undo.

    Raises:
        NotFound: one of them does not exist for the principal.
        Denied: changing the kept or deleting the other record is not granted, or sharing where access moves along.
        ValidationFailed: both are the same record, or a value cannot be.
    """
    rights.require_writable(records)
    entity_type = write.entity_of(records, entity)
    if keep == drop:
        raise ValidationFailed.single("drop", "same", _("Choose two different records."))
    rights.stored(records, entity_type, [keep], "update")
    system = records.system("merge")
    with all_or_nothing(records):
        begin(records, _KIND, {"entity": entity_type.key, "record": keep, "count": 1})
        _repoint(system, keep, drop)
        _relink(system, entity_type, keep, drop)
        gone = rights.stored(records, entity_type, [drop], "delete")[drop]
        moved = _move_beside(records, entity_type, keep, drop)
        number = note(records, [Entry(keep, entity_type.key, "merge", None, {"merged": [None, drop]})], kind=_KIND)
        change = Change("delete", entity_type, drop, {"deleted_at": records.now}, gone, gone["version"])
        path.run_hooks(records, [change], "delete")
        path.apply(records, [change], "delete", kind=_KIND)
        if values:
            write.update_many(records, entity_type, [write.Edit(keep, values)], kind=_KIND, places=[None])
        records.connection.execute(
            insert(record_merge).values(
                old_id=drop, new_id=keep, change_set_id=number, user_id=actor_id(records), at=records.now, moved=moved
            )
        )
    return int(number or 0)


def offered(registry: Registry, entity_type: EntityType) -> bool:
    """True where pages offer merging: parties, people, and whatever a plugin warns of doubles of."""
    if entity_type.spec.traits & _ALIKE:
        return True
    return any(check.entity == entity_type.key for check in registry.form_checks.values())


# ---- references


def _pointing(connection: Connection, target: int) -> Sequence[Any]:
    """Edges of reference fields that lead to a record."""
    return connection.execute(
        select(relation.c.source_id, relation.c.source_type, relation.c.type_id)
        .where(relation.c.target_id == target, relation.c.origin == "f")
        .order_by(relation.c.source_id)
    ).all()


def _repoint(system: Records, keep: int, drop: int) -> None:
    """Let every reference to the second record name the first; its own parts cannot come to stand above themselves."""
    registry = system.runtime.registry
    wanted: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for edge in _pointing(system.connection, drop):
        entity_type = registry.entities.get(registry.entity_key(edge.source_type))
        if entity_type is None:
            continue  # of a plugin that is gone: kept as it is
        key = registry.relation_key(edge.type_id)
        for declared in entity_type.fields.values():
            if declared.stored and declared.relation == key:
                wanted[entity_type.key][edge.source_id].append(declared.name)
    for key, fields in wanted.items():
        entity_type = registry.entity(key)
        for part in chunks(sorted(fields)):
            rows = fetch(system, entity_type, part, lock=True)
            changes = [
                Change("update", entity_type, number, _new_values(entity_type, row, fields[number], keep, drop), row,
                       row["version"])
                for number, row in rows.items()
            ]  # fmt: skip
            real = [change for change in changes if change.values]
            path.apply(system, real, "update", kind=_KIND, guarded=False)


def _new_values(
    entity_type: EntityType, row: Mapping[str, Any], names: Sequence[str], keep: int, drop: int
) -> dict[str, int | None]:
    """What the fields become; a row that names the kept record already (a pair of both) stays as it is."""
    pointing = [name for name in names if row.get(name) == drop]
    if row["id"] == keep:
        return {name: None for name in pointing if not entity_type.fields[name].required}
    others = [
        name for name, declared in entity_type.fields.items()
        if declared.stored and declared.relation and name not in pointing and row.get(name) == keep
    ]  # fmt: skip
    return {} if others and row["id"] != drop else dict.fromkeys(pointing, keep)


# ---- links made by hand


def _relink(system: Records, entity_type: EntityType, keep: int, drop: int) -> None:
    """Move links to the kept record; one it has already, or may have only once, is not made twice."""
    registry = system.runtime.registry
    rows = system.connection.execute(
        select(relation).where(
            or_(relation.c.source_id == drop, relation.c.target_id == drop), relation.c.origin == "l"
        )
    ).all()
    known = [row for row in rows if registry.relation_key(row.type_id) in registry.relations]
    links.end(system, [links.EdgeKey.of(row) for row in known], kind=_KIND)
    for row in known:
        declared = registry.relations[registry.relation_key(row.type_id)]
        old = links.row_of(system, row, declared)
        source = keep if old.source_id == drop else old.source_id
        target = keep if old.target_id == drop else old.target_id
        ((ordinal, live),) = links.next_ordinals(system, declared, [(source, target)])
        if source == target or (live and not declared.repeatable):
            continue
        edge = links.EdgeRow(
            declared, source, old.source, target, old.target, ordinal, old.attributes, old.valid_from, old.valid_to
        )
        try:
            links.insert_rows(system, [edge], kind=_KIND)
        except ValidationFailed:
            continue  # only one such link is allowed, and the kept record has it


# ---- what lies beside records


def _beside() -> Iterator[Table]:
    for table in core_metadata.sorted_tables:
        column = table.c.get("record_id")
        if column is not None and column.references(record.c.id) and table.name not in _STAY:
            yield table


def _key(table: Table) -> Any:
    """The column that, with the record, names a row."""
    others = [column for column in table.primary_key.columns if column.name != "record_id"]
    return others[0]


def _doubles(table: Table, keep: int) -> Any:
    """Rows that the kept record has already: the same follower, tag, receiver of a share."""
    if "record_id" in table.primary_key.columns:
        other = table.alias()
        return _key(table).in_(select(other.c[_key(table).name]).where(other.c.record_id == keep))
    if table.name == "record_share":
        other = table.alias()
        same = or_(other.c.user_id == table.c.user_id, other.c.unit_id == table.c.unit_id)
        return select(other.c.id).where(other.c.record_id == keep, same).exists()
    return None


def _move_beside(records: Records, entity_type: EntityType, keep: int, drop: int) -> dict[str, list[int]]:
    """Move comments, files, tags and so on; returns which rows, for the way back."""
    moved: dict[str, list[int]] = {}
    for table in _beside():
        key = _key(table)
        wanted = table.c.record_id == drop
        doubles = _doubles(table, keep)
        which = wanted if doubles is None else wanted & ~doubles
        found = list(records.connection.scalars(select(key).where(which)))
        if not found:
            continue
        if table.name in _OPENING:
            require(records, entity_type.key, "share", keep)
        _set(records.connection, table, found, drop, keep)
        moved[table.name] = found
    _access_changed(records.connection, moved)
    return moved


def _set(connection: Connection, table: Table, keys: Sequence[int], old: int, new: int) -> None:
    for part in chunks(keys):
        which = (table.c.record_id == old) & _key(table).in_(part)
        connection.execute(update(table).where(which).values(record_id=new))


def _access_changed(connection: Connection, moved: Mapping[str, Sequence[int]]) -> None:
    """Those for whom the record stands carry its id with them: their rights are read anew."""
    if moved.get("anchor"):
        users.bump(connection, moved["anchor"])


# ---- undo


def take_apart(records: Records, change_set_id: int) -> None:
    """Give back what lay beside the second record, as far as it is still where the merge put it; called by Undo.

    Args:
        records: the unit of work in which the merge is taken back.
        change_set_id: the merge.
    """
    m = record_merge.c
    row = records.connection.execute(
        select(m.id, m.old_id, m.new_id, m.moved).where(m.change_set_id == change_set_id, m.ended_at.is_(None))
    ).first()
    if row is None:
        raise NotFound("merge")
    tables = {table.name: table for table in _beside()}
    for name, keys in (row.moved or {}).items():
        if name in tables:
            _set(records.connection, tables[name], keys, row.new_id, row.old_id)
    _access_changed(records.connection, row.moved or {})
    records.connection.execute(update(record_merge).where(m.id == row.id).values(ended_at=records.now))


# ---- reading


def merged_into(connection: Connection, record_id: int) -> int | None:
    """The record that another one became part of, however often that was merged on; None when it was not."""
    m = record_merge.c
    found: int | None = None
    for _step in range(_DEPTH):
        following = connection.scalar(
            select(m.new_id).where(m.old_id == (record_id if found is None else found), m.ended_at.is_(None))
        )
        if following is None:
            break
        found = following
    return found


def entity_and_merged(records: Records, record_id: int) -> tuple[str | None, list[int]]:
    """Entity of a record whatever the rights, and all records that became part of it, directly or through others.

    Returns:
        None for unknown records and those of removed plugins; one statement where nothing was merged.
    """
    m, r, registry = record_merge.c, record.c, records.runtime.registry
    joined = record.outerjoin(record_merge, and_(m.new_id == r.id, m.ended_at.is_(None)))
    rows = records.connection.execute(select(r.type_id, m.old_id).select_from(joined).where(r.id == record_id)).all()
    if not rows:
        return None, []
    key = registry.entity_key(rows[0].type_id)
    wave = [row.old_id for row in rows if row.old_id is not None]
    found = list(wave)
    for _step in range(_DEPTH):
        if not wave:
            break
        wave = list(records.connection.scalars(select(m.old_id).where(m.new_id.in_(wave), m.ended_at.is_(None))))
        found += wave
    return (key if key in registry.entities else None), found


def merges_of(records: Records, record_id: int) -> list[Merged]:
    """What became part of a record the principal may read, newest first.

    Raises:
        NotFound: there is no such record for the principal.
    """
    records.find(record_id)
    m, r = record_merge.c, record.c
    statement = (
        select(m.old_id, r.title, m.at, m.user_id, m.change_set_id)
        .join(record, r.id == m.old_id)
        .where(m.new_id == record_id, m.ended_at.is_(None))
        .order_by(m.at.desc(), m.id.desc())
    )
    return [Merged(*row) for row in records.connection.execute(statement)]


def counts(records: Records, record_id: int) -> dict[str, int]:
    """How much would move: records by entity key, ``links``, and rows of tables beside records by table name.

    Numbers only, of everything that names the record, whoever may read it.
    """
    registry = records.runtime.registry
    found: dict[str, int] = defaultdict(int)
    number = func.count()
    for row in records.connection.execute(
        select(relation.c.source_type, number)
        .where(relation.c.target_id == record_id, relation.c.origin == "f")
        .group_by(relation.c.source_type)
    ):
        found[registry.entity_key(row[0])] += row[1]
    parts = [
        select(literal(table.name).label("name"), number).where(table.c.record_id == record_id) for table in _beside()
    ]
    for name, count in records.connection.execute(union_all(*parts)):
        if count:
            found[name] = count
    ends = or_(relation.c.source_id == record_id, relation.c.target_id == record_id)
    linked = records.connection.scalar(select(number).select_from(relation).where(ends, relation.c.origin == "l"))
    if linked:
        found["links"] = linked
    return dict(found)


def searchable(connection: Connection, ids: Sequence[int]) -> Iterable[tuple[int, bool, str]]:
    """Titles of what became part of records: people of the company find the kept record by them."""
    m, r = record_merge.c, record.c
    statement = select(m.new_id, r.title).join(record, r.id == m.old_id).where(m.new_id.in_(ids), m.ended_at.is_(None))
    return [(row.new_id, False, row.title) for row in connection.execute(statement)]
