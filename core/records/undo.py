"""Taking a change set back: an edit, a bulk edit, an import, a deletion, a link, an assignment, a transition.

Only what is still as the change set left it is undone, and only as a whole; otherwise the refusal says who changed
what since. The undo is a change set of its own, so it stands in the history and can itself be undone (redo).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, tuple_, update

from weft.core.access.policy import AccessPolicy
from weft.core.db.tables import change_set, relation
from weft.core.errors import Denied, ErrorCollector, NotFound, UndoRefused, ValidationFailed
from weft.core.i18n import translator
from weft.core.plugin.base import is_elevated
from weft.core.records import links, merge, path, rights
from weft.core.records.changes import Change, WriteContext
from weft.core.records.journal import Entry, all_or_nothing, begin, mark_undone
from weft.core.records.journal import write as note
from weft.core.records.kinds import Refused, converter
from weft.core.records.stored import api_values, chunks, fetch
from weft.core.records.targets import check_targets, check_unique, entity_keys
from weft.core.records.trash import consequences_refuse
from weft.core.records.undo_plan import Effect, Plan, gone, plan_of, raised
from weft.core.records.wording import since
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["undo"]

_ = translator("core")

_KIND = "undo"


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
    plan = plan_of(records, change_set_id, str(found.kind))
    own = found.user_id is not None and found.user_id == records.principal.user_id
    lifted = frozenset((found.summary or {}).get("lifted", ()))
    _authorise(records, plan, own=own, lifted=lifted if own else frozenset())
    stored = {
        entity: fetch(records, records.runtime.registry.entity(entity), sorted(effects), lock=True)
        for entity, effects in plan.effects.items()
    }
    if plan.merged is not None:
        _leave_what_changed(records, plan, stored)
    _refuse_changed(records, plan, stored, change_set_id)
    _ask_plugins(records, plan, stored)
    with all_or_nothing(records):
        summary = {"change_set": change_set_id, **(found.summary or {}), **_lifted_back(lifted)}
        number = begin(records, _KIND, summary, undoes=change_set_id)
        try:
            _reverse(records, plan, stored)
            if plan.merged is not None:
                merge.take_apart(records, change_set_id)
                note(records, [Entry(plan.merged[1], plan.merged[0], "unmerge", None)], kind=_KIND)
        except ValidationFailed as error:
            raise UndoRefused(str(error.errors[0].message)) from error
        mark_undone(records, change_set_id, number)
        if found.undoes is not None:  # a redo: what was taken back stands again, and can be taken back again
            records.connection.execute(update(change_set).where(change_set.c.id == found.undoes).values(undone_by=None))
    return number


# ---- may it be taken back


_NEEDED = {"create": "delete", "delete": "restore", "restore": "delete"}


def _authorise(records: Records, plan: Plan, *, own: bool, lifted: frozenset[str]) -> None:
    """The author must still be allowed such operations and see the records; others need the rights on every record.

    Args:
        records: the unit of work.
        plan: what would be taken back.
        own: the person who asks did it.
        lifted: ``<entity>:<operation>`` of what code of the platform wrote in the author's unit beyond the author's own
            rights (claiming from a pool, handing customers over). The right to that was decided then and does not come
            from a grant, so taking it back needs no more than that the author still works with such records.
    """
    if rights.elevated(records):
        return
    registry = records.runtime.registry
    for entity, effects in plan.effects.items():
        if not AccessPolicy.of(records.runtime).allows(records.principal, entity, "read"):
            raise NotFound(entity)
        wanted: dict[str, dict[int, str]] = defaultdict(dict)
        for record_id, effect in effects.items():
            for operation in effect.operations:
                if f"{entity}:{operation}" not in lifted:
                    wanted[operation][record_id] = entity
        keys = {record_id: entity for some in wanted.values() for record_id in some}
        if rights.allowed_ids(records, keys, "read", trash=True) != set(keys):
            raise NotFound(entity)
        for operation, some in wanted.items():
            if own:
                rights.require_operation(records, registry.entity(entity), operation)
            elif rights.allowed_ids(records, some, _NEEDED.get(operation, operation), trash=True) != set(some):
                raise Denied(str(_("This was done by somebody else, and you may not change all of it.")), rule="undo")
    ends = {end for identity in (*plan.linked, *plan.unlinked) for end in identity[1:3]}
    if ends and not (own and plan.merged is not None):  # a merge moved links whatever their far ends were
        _authorise_links(records, ends, own=own)


def _lifted_back(lifted: frozenset[str]) -> dict[str, list[str]]:
    """The same for a redo: what the platform created is removed by an undo, and so on."""
    back = {f"{entity}:{_NEEDED.get(word, word)}" for entity, _colon, word in (one.rpartition(":") for one in lifted)}
    return {"lifted": sorted(lifted | back)} if lifted else {}


def _authorise_links(records: Records, ends: set[int], *, own: bool) -> None:
    keys = entity_keys(records, ends)
    if rights.allowed_ids(records, keys, "read", trash=True) != set(ends):
        raise NotFound("link")
    allowed = rights.allowed_ids(records, keys, "link", trash=True)
    if not allowed or (not own and allowed != ends):
        raise Denied(str(_("This was done by somebody else, and you may not change all of it.")), rule="undo")


def _refuse_changed(
    records: Records, plan: Plan, stored: Mapping[str, Mapping[int, Mapping[str, Any]]], change_set_id: int
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


def _leave_what_changed(records: Records, plan: Plan, stored: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> None:
    """A merge is taken apart also when work went on: what was written since on any record stays as it is now."""
    for entity, effects in plan.effects.items():
        entity_type = records.runtime.registry.entity(entity)
        for record_id, effect in list(effects.items()):
            row = stored[entity].get(record_id)
            if effect.trashed:
                continue  # the merged record itself: it must still be where the merge put it
            if row is None:
                del effects[record_id]
                continue
            for name in _differing(entity_type, effect, row):
                del effect.fields[name]
    there = _present_links(records, list(plan.linked))
    plan.linked = {identity: changes for identity, changes in plan.linked.items() if identity in there}


def _present_links(records: Records, identities: Sequence[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    registry = records.runtime.registry
    columns = tuple_(relation.c.type_id, relation.c.source_id, relation.c.target_id, relation.c.ordinal)
    found: set[tuple[Any, ...]] = set()
    for part in chunks([(registry.relation_id(key), *rest) for key, *rest in identities], 100):
        for row in records.connection.execute(select(relation).where(columns.in_(part))):
            found.add((registry.relation_key(row.type_id), row.source_id, row.target_id, row.ordinal))
    return found


def _differing(entity_type: EntityType, effect: Effect, row: Mapping[str, Any]) -> list[str]:
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


def _ask_plugins(records: Records, plan: Plan, stored: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> None:
    """Let plugins refuse what would be written (``weft_before_undo``); the sentence of their refusal is told."""
    implementations = records.runtime.plugins.manager.hook.weft_before_undo.get_hookimpls()
    changes = _intended(records, plan, stored) if implementations else []
    if not changes:
        return
    for implementation in reversed(implementations):  # pluggy's order; each gets the rights it declared
        context = WriteContext(records, _KIND, is_elevated(implementation.function))
        given = {"changes": changes, "context": context}
        try:
            implementation.function(*(given[name] for name in implementation.argnames))
        except Denied as error:
            raise UndoRefused(str(error)) from error
        except ValidationFailed as error:
            raise UndoRefused(str(error.errors[0].message)) from error


def _intended(records: Records, plan: Plan, stored: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> list[Change]:
    """Every change of a record that taking the plan back makes."""
    found: list[Change] = []
    for entity, effects in plan.effects.items():
        entity_type = records.runtime.registry.entity(entity)
        for record_id, effect in effects.items():
            before = stored[entity][record_id]
            for operation, ids in (("restore", raised(effects)), ("delete", gone(effects))):
                if record_id in ids:
                    moment = records.now if operation == "delete" else None
                    values = {"deleted_at": moment}
                    found.append(Change(operation, entity_type, record_id, values, before, before["version"]))
            if effect.fields and not effect.created:
                found.append(_field_change(entity_type, record_id, effect, before))
    return found


# ---- taking it back


def _reverse(records: Records, plan: Plan, stored: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> None:
    """First bring back what was deleted, then fields and links, at last remove what was created."""
    for entity, effects in plan.effects.items():
        _move(records, entity, raised(effects), stored[entity], trash=False)
    for entity, effects in plan.effects.items():
        kept = {i: e for i, e in effects.items() if e.fields and not e.created}
        _reset_fields(records, entity, kept)
    _unmake_links(records, list(plan.linked))
    links.again(records, plan.unlinked.values(), kind=_KIND, strict=plan.merged is None)
    for entity, effects in plan.effects.items():
        removed = gone(effects)
        consequences_refuse(records, removed, {i for some in plan.effects.values() for i in some})
        _move(records, entity, removed, None, trash=True)


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


def _reset_fields(records: Records, entity: str, effects: Mapping[int, Effect]) -> None:
    if not effects:
        return
    entity_type = records.runtime.registry.entity(entity)
    rows = fetch(records, entity_type, sorted(effects), lock=True)
    by_operation: dict[str, list[Change]] = defaultdict(list)
    for record_id, effect in effects.items():
        change = _field_change(entity_type, record_id, effect, rows[record_id])
        by_operation[change.operation].append(change)
    elevated = records.system("undo")
    for operation, changes in by_operation.items():
        errors = ErrorCollector()
        check_targets(elevated, changes, errors)
        check_unique(records, changes, errors)
        errors.errors = [error for error in errors.errors if error.code != "retired"]
        errors.raise_if_any()
        real = [change for change in changes if any(change.changed(name) for name in change.values)]
        path.apply(records, real, operation, kind=_KIND, guarded=False)


def _field_change(entity_type: EntityType, record_id: int, effect: Effect, before: Mapping[str, Any]) -> Change:
    values = {_column(entity_type, n) or n: _old(entity_type, n, old) for n, (old, _new) in effect.fields.items()}
    operation = "assign" if set(values) <= {"owner_id", "unit_id"} else "update"
    return Change(operation, entity_type, record_id, values, before, before["version"])


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
