"""Taking a change set back: an edit, a bulk edit, an import, a deletion, a link, an assignment, a transition.

Only what is still as the change set left it is undone, and only as a whole; otherwise the refusal says who changed
what since. The undo is a change set of its own, so it stands in the history and can itself be undone (redo).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, tuple_, update

from weft.core.db.tables import change_set, journal, relation
from weft.core.errors import Denied, ErrorCollector, NotFound, UndoRefused, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import links, path, rights
from weft.core.records.changes import Change
from weft.core.records.journal import all_or_nothing, begin, mark_undone
from weft.core.records.kinds import Refused, converter
from weft.core.records.stored import api_values, chunks, fetch
from weft.core.records.targets import check_targets, check_unique, entity_keys
from weft.core.records.trash import consequences_refuse
from weft.core.records.wording import since
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["undo"]

_ = translator("core")

_KIND = "undo"
#: Journal words with an own way back; anything else is the key of an action.
_WORDS = frozenset({"create", "update", "assign", "delete", "restore", "link", "unlink", "relink"})


@dataclass(slots=True)
class _Effect:
    """What a change set did to one record, all its journal rows taken together.

    Attributes:
        fields: name -> [value before, value after] in API values.
        created, trashed: None, or whether the record was created; whether it is in the trash afterwards.
        operations: rights that were needed.
    """

    created: bool = False
    trashed: bool | None = None
    was_trashed: bool | None = None
    version: int | None = None
    fields: dict[str, list[Any]] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Plan:
    """Effects by entity and record, and the links made and removed."""

    effects: dict[str, dict[int, _Effect]] = field(default_factory=lambda: defaultdict(dict))
    linked: dict[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)
    unlinked: dict[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)


def undo(records: Records, change_set_id: int) -> int:
    """Take a change set back; see :meth:`Records.undo`.

    Args:
        records: the unit of work; it should hold no other write.
        change_set_id: what to take back.

    Returns:
        Id of the change set that did it.

    Raises:
        NotFound: there is no such change set, or one of its records may not be read.
        Denied: it is somebody else's, and not all that is needed is granted.
        UndoRefused: something changed since, or it is of a kind that cannot be taken back.
    """
    rights.require_writable(records)
    found = records.connection.execute(
        select(change_set).where(change_set.c.id == change_set_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound("change set")
    if found.undone_by is not None:
        raise UndoRefused(str(_("This was taken back already.")))
    plan = _plan(records, change_set_id, str(found.kind))
    own = found.user_id is not None and found.user_id == records.principal.user_id
    _authorise(records, plan, own=own)
    stored = {
        entity: fetch(records, records.runtime.registry.entity(entity), sorted(effects), lock=True)
        for entity, effects in plan.effects.items()
    }
    _refuse_changed(records, plan, stored, change_set_id)
    with all_or_nothing(records):
        number = begin(records, _KIND, {"change_set": change_set_id, **(found.summary or {})}, undoes=change_set_id)
        try:
            _reverse(records, plan, stored)
        except ValidationFailed as error:
            raise UndoRefused(str(error.errors[0].message)) from error
        mark_undone(records, change_set_id, number)
        if found.undoes is not None:  # a redo: what was taken back stands again, and can be taken back again
            records.connection.execute(update(change_set).where(change_set.c.id == found.undoes).values(undone_by=None))
    return number


# ---- what was done


def _plan(records: Records, change_set_id: int, kind: str) -> _Plan:
    registry = records.runtime.registry
    plan = _Plan()
    rows = records.connection.execute(
        select(journal).where(journal.c.change_set_id == change_set_id).order_by(journal.c.at, journal.c.id)
    ).all()
    if not rows:
        raise UndoRefused(str(_("There is nothing to take back.")))
    for row in rows:
        if row.record_id is None or row.type_id is None:
            raise UndoRefused(str(_("Settings and rights are changed back by hand.")))
        entity = registry.entity_key(row.type_id)
        if entity not in registry.entities:
            raise UndoRefused(str(_("The plugin of these records is no longer installed.")))
        if row.action not in _WORDS:
            _require_reversible(records, row.action)
        if row.action in ("link", "unlink", "relink"):
            _fold_link(plan, row)
            continue
        _fold(plan.effects[entity].setdefault(row.record_id, _Effect()), row)
    return plan


def _require_reversible(records: Records, action: str) -> None:
    declared = records.runtime.registry.actions.get(action)
    if declared is None or declared.handler is not None:
        label = str(declared.label) if declared is not None else action
        raise UndoRefused(str(_("“%(action)s” cannot be taken back.") % {"action": label}))


def _fold(effect: _Effect, row: Any) -> None:
    effect.operations.add(row.action)
    effect.version = row.version if row.version is not None else effect.version
    match row.action:
        case "create":
            effect.created = True
        case "delete" | "restore":
            if effect.was_trashed is None:
                effect.was_trashed = row.action == "restore"
            effect.trashed = row.action == "delete"
    for name, (old, new) in row.changes.items():
        effect.fields.setdefault(name, [old, new])[1] = new


def _fold_link(plan: _Plan, row: Any) -> None:
    if row.action == "relink":
        _fold_relink(plan, row)
        return
    made = row.action == "link"
    identity = links.identity(row.changes, 1 if made else 0)
    if row.record_id != identity[1]:
        return  # the same link is noted at both ends
    mine, other = (plan.linked, plan.unlinked) if made else (plan.unlinked, plan.linked)
    if identity in other:
        del other[identity]  # made and removed within the same change set
    else:
        mine[identity] = row.changes


def _fold_relink(plan: _Plan, row: Any) -> None:
    """A changed link is the new one to be removed and the old one to be made again."""
    identity = links.identity(row.changes, 1)
    if row.record_id != identity[1]:
        return
    if identity not in plan.linked:  # else it was made in the same change set and just goes
        plan.unlinked.setdefault(identity, row.changes)
    plan.linked[identity] = row.changes


# ---- may it be taken back


_NEEDED = {"create": "delete", "delete": "restore", "restore": "delete"}


def _authorise(records: Records, plan: _Plan, *, own: bool) -> None:
    """The author must still be allowed such operations and see the records; others need the rights on every record."""
    if rights.elevated(records):
        return
    registry = records.runtime.registry
    for entity, effects in plan.effects.items():
        keys = dict.fromkeys(effects, entity)
        if rights.allowed_ids(records, keys, "read") != set(keys):
            raise NotFound(entity)
        wanted: dict[str, dict[int, str]] = defaultdict(dict)
        for record_id, effect in effects.items():
            for operation in effect.operations:
                wanted[operation][record_id] = entity
        for operation, some in wanted.items():
            if own:
                rights.require_operation(records, registry.entity(entity), operation)
            elif rights.allowed_ids(records, some, _NEEDED.get(operation, operation)) != set(some):
                raise Denied(str(_("This was done by somebody else, and you may not change all of it.")), rule="undo")
    ends = {end for identity in (*plan.linked, *plan.unlinked) for end in identity[1:3]}
    if ends:
        _authorise_links(records, ends, own=own)


def _authorise_links(records: Records, ends: set[int], *, own: bool) -> None:
    keys = entity_keys(records, ends)
    if rights.allowed_ids(records, keys, "read") != set(ends):
        raise NotFound("link")
    allowed = rights.allowed_ids(records, keys, "link")
    if not allowed or (not own and allowed != ends):
        raise Denied(str(_("This was done by somebody else, and you may not change all of it.")), rule="undo")


def _refuse_changed(
    records: Records, plan: _Plan, stored: Mapping[str, Mapping[int, Mapping[str, Any]]], change_set_id: int
) -> None:
    """Refuse when something is not as the change set left it; says who changed what."""
    for entity, effects in plan.effects.items():
        entity_type = records.runtime.registry.entity(entity)
        for record_id, effect in effects.items():
            row = stored[entity].get(record_id)
            if row is None:
                raise UndoRefused(str(_("A record was removed for good since.")))
            names = _differing(entity_type, effect, row)
            trashed = row["deleted_at"] is not None
            moved = trashed != (effect.trashed if effect.trashed is not None else trashed)
            later = effect.created and not effect.trashed and row["version"] != effect.version
            if names or moved or later or (effect.created and trashed and not effect.trashed):
                raise UndoRefused(since(records, entity_type, record_id, change_set_id, names))


def _differing(entity_type: EntityType, effect: _Effect, row: Mapping[str, Any]) -> list[str]:
    columns = {name: _column(entity_type, name) for name in effect.fields}
    if None in columns.values():
        raise UndoRefused(str(_("A field of this change no longer exists.")))
    now = api_values(entity_type, {str(column): row.get(str(column)) for column in columns.values()})
    return [name for name, (_old, new) in effect.fields.items() if now[name] != new]


def _column(entity_type: EntityType, name: str) -> str | None:
    if name in ("owner", "unit"):
        return f"{name}_id"
    declared = entity_type.fields.get(name)
    return name if declared is not None and declared.stored else None


# ---- taking it back


def _reverse(records: Records, plan: _Plan, stored: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> None:
    """First bring back what was deleted, then fields and links, at last remove what was created."""
    for entity, effects in plan.effects.items():
        raised = [i for i, e in effects.items() if e.trashed and e.was_trashed is False and not e.created]
        _move(records, entity, raised, stored[entity], trash=False)
    for entity, effects in plan.effects.items():
        kept = {i: e for i, e in effects.items() if e.fields and not e.created}
        _reset_fields(records, entity, kept)
    _unmake_links(records, list(plan.linked))
    links.again(records, plan.unlinked.values(), kind=_KIND, strict=True)
    for entity, effects in plan.effects.items():
        gone = [
            i for i, e in effects.items()
            if (e.created and not e.trashed) or (e.trashed is False and e.was_trashed is True)
        ]  # fmt: skip
        consequences_refuse(records, gone, {i for some in plan.effects.values() for i in some})
        _move(records, entity, gone, None, trash=True)


def _move(
    records: Records, entity: str, ids: Sequence[int], stored: Mapping[int, Mapping[str, Any]] | None, *, trash: bool
) -> None:
    if not ids:
        return
    entity_type = records.runtime.registry.entity(entity)
    rows = fetch(records, entity_type, ids, lock=True) if stored is None else stored
    operation, moment = ("delete", records.now) if trash else ("restore", None)
    changes = [
        Change(operation, entity_type, i, {"deleted_at": moment}, rows[i], rows[i]["version"])
        for i in ids
        if (rows[i]["deleted_at"] is None) == trash
    ]
    if not trash:
        errors = ErrorCollector()
        check_unique(records, [Change("restore", entity_type, c.record_id, dict(c.before)) for c in changes], errors)
        errors.raise_if_any()
    path.apply(records, changes, operation, kind=_KIND, guarded=False)


def _reset_fields(records: Records, entity: str, effects: Mapping[int, _Effect]) -> None:
    if not effects:
        return
    entity_type = records.runtime.registry.entity(entity)
    rows = fetch(records, entity_type, sorted(effects), lock=True)
    by_operation: dict[str, list[Change]] = defaultdict(list)
    for record_id, effect in effects.items():
        values = {_column(entity_type, n) or n: _old(entity_type, n, old) for n, (old, _new) in effect.fields.items()}
        operation = "assign" if set(values) <= {"owner_id", "unit_id"} else "update"
        before = rows[record_id]
        by_operation[operation].append(Change(operation, entity_type, record_id, values, before, before["version"]))
    elevated = records.system("undo")
    for operation, changes in by_operation.items():
        errors = ErrorCollector()
        check_targets(elevated, changes, errors)
        check_unique(records, changes, errors)
        errors.errors = [error for error in errors.errors if error.code != "retired"]
        errors.raise_if_any()
        real = [change for change in changes if any(change.changed(name) for name in change.values)]
        path.apply(records, real, operation, kind=_KIND, guarded=False)


def _old(entity_type: EntityType, name: str, value: Any) -> Any:
    declared = entity_type.fields.get(name)
    if declared is None or value is None:
        return value
    try:
        return converter(declared)(value)
    except Refused as refused:
        raise UndoRefused(str(refused.message)) from refused


def _unmake_links(records: Records, identities: Sequence[tuple[Any, ...]]) -> None:
    """Remove the links the change set made; one that is gone already means it changed since."""
    number = records.runtime.registry.relation_id
    columns = tuple_(relation.c.type_id, relation.c.source_id, relation.c.target_id, relation.c.ordinal)
    keys: list[links.EdgeKey] = []
    for part in chunks([(number(key), source, target, ordinal) for key, source, target, ordinal in identities], 100):
        keys += [links.EdgeKey.of(row) for row in records.connection.execute(select(relation).where(columns.in_(part)))]
    if len(keys) != len(identities):
        raise UndoRefused(str(_("A link was removed since.")))
    links.end(records, keys, kind=_KIND)
