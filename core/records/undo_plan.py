"""What a change set did, read from the journal: the plan of taking it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from weft.core.db.tables import journal
from weft.core.errors import UndoRefused
from weft.core.i18n import translator
from weft.core.records import links

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Effect", "Plan", "gone", "plan_of", "raised"]

_ = translator("core")

#: Journal words with an own way back; anything else is the key of an action.
_WORDS = frozenset({"create", "update", "assign", "delete", "restore", "link", "unlink", "relink"})


@dataclass(slots=True)
class Effect:
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
class Plan:
    """Effects by entity and record, the links made and removed, and the kept record of a merge with its entity."""

    effects: dict[str, dict[int, Effect]] = field(default_factory=lambda: defaultdict(dict))
    linked: dict[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)
    unlinked: dict[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)
    merged: tuple[str, int] | None = None


def plan_of(records: Records, change_set_id: int, kind: str) -> Plan:
    """What a change set did, from its lines in the journal.

    Raises:
        UndoRefused: nothing of a record stands there, or something that cannot be taken back.
    """
    registry = records.runtime.registry
    plan = Plan()
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
        if row.action == "merge":
            plan.merged = entity, row.record_id
            continue
        if row.action == "unmerge":
            raise UndoRefused(str(_("These are two records again. Merge them anew.")))
        if row.action not in _WORDS:
            _require_reversible(records, row.action)
        if row.action in ("link", "unlink", "relink"):
            _fold_link(plan, row)
            continue
        _fold(plan.effects[entity].setdefault(row.record_id, Effect()), row)
    return plan


def _require_reversible(records: Records, action: str) -> None:
    declared = records.runtime.registry.actions.get(action)
    if declared is None or declared.final:
        label = str(declared.label) if declared is not None else action
        raise UndoRefused(str(_("“%(action)s” cannot be taken back.") % {"action": label}))


def _fold(effect: Effect, row: Any) -> None:
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


def _fold_link(plan: Plan, row: Any) -> None:
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


def _fold_relink(plan: Plan, row: Any) -> None:
    """A changed link is the new one to be removed and the old one to be made again."""
    identity = links.identity(row.changes, 1)
    if row.record_id != identity[1]:
        return
    if identity not in plan.linked:  # else it was made in the same change set and just goes
        plan.unlinked.setdefault(identity, row.changes)
    plan.linked[identity] = row.changes


def raised(effects: Mapping[int, Effect]) -> list[int]:
    """Records that come out of the trash."""
    return [i for i, e in effects.items() if e.trashed and e.was_trashed is False and not e.created]


def gone(effects: Mapping[int, Effect]) -> list[int]:
    """Records that go into the trash."""
    return [
        i for i, e in effects.items()
        if (e.created and not e.trashed) or (e.trashed is False and e.was_trashed is True)
    ]  # fmt: skip
