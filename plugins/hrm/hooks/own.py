"""Records about one person carry the name, belong to the person's unit, and wait for whoever decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Records, directory
from weft.plugins.hrm.services import people

__all__ = ["before_write"]

_REASON = "hrm: whose record it is"
#: Entities with the name of the person as title.
_NAMED = frozenset({
    "hrm.placement", "hrm.checklist", "hrm.entitlement", "hrm.leave", "hrm.contract", "hrm.attendance",
    "hrm.file_change",
})  # fmt: skip
#: Entities that heads reach by the unit of the person.
_OF_UNIT = frozenset({
    "hrm.checklist", "hrm.entitlement", "hrm.leave", "hrm.contract", "hrm.attendance", "hrm.goal", "hrm.step",
})  # fmt: skip
#: Entities whose owner is whoever decides.
_DECIDED = frozenset({"hrm.leave", "hrm.attendance"})


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Fill in name, unit and decider of new records and of those that get another person."""
    entity = changes[0].entity
    if entity not in _NAMED | _OF_UNIT or context.operation in ("delete", "restore"):
        return
    system: Records = context.system(_REASON)
    fresh = [change for change in changes if not change.before or change.changed("person")]
    if entity == "hrm.step":
        _of_lists(fresh, system)
    users = {change.after("person") for change in fresh if change.after("person") is not None}
    if not users:
        return
    names = directory.persons(system, users) if entity in _NAMED else {}
    known = people.files(system, users) if entity in _OF_UNIT else {}
    heads = people.deciders(system, users) if entity in _DECIDED else {}
    for change in fresh:
        user = change.after("person")
        if user in names:
            change.values |= {"name": names[user].name, "name_alt": names[user].name_alt or None}
        file = known.get(user)
        if file is not None:
            unit = file["in_unit"].id if file.get("in_unit") else None
            change.values["unit_id"] = unit
            if entity == "hrm.leave":
                change.values["in_unit"] = unit
        if entity in _DECIDED and user is not None and "owner_id" not in change.given:
            owner, me = change.after("owner_id"), context.principal.user_id
            if owner is None or owner == me:
                change.values["owner_id"] = heads.get(user)


def _of_lists(changes: Sequence[Any], system: Records) -> None:
    """A step is for the person of its list."""
    wanted = sorted({change.after("list") for change in changes if change.after("list") and not change.after("person")})
    if not wanted:
        return
    rows = system.query("hrm.checklist", fields=("person",), filters={"id__in": wanted}, limit=200).rows
    persons = {row["id"]: row["person"].id for row in rows}
    for change in changes:
        if change.after("list") in persons:
            change.values["person"] = persons[change.after("list")]
