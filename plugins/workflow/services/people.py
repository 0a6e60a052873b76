"""Who decides a step: from the words of the chain to people, never the requester alone, never nobody in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Kind, Records, among, directory, every

__all__ = ["above", "active", "deciders", "groups"]

_REASON = "workflow: who decides"
_DUTY, _VALUE = "workflow.duty", "core.value"
#: Most people one step asks.
MOST = 100


def active(records: Records, users: Sequence[int]) -> list[int]:
    """Those of some people who still have an account of the company, in their order."""
    known = directory.persons(records, users)
    return [user for user in dict.fromkeys(users) if user in known and known[user].active][:MOST]


def above(records: Records, user: int, levels: int = 1) -> list[int]:
    """The heads so many levels above a person; fewer where the company is not so deep."""
    found: list[int] = []
    at = [user]
    for _level in range(levels):
        heads = active(records, [head for one in at for head in directory.heads_above(records, one)])
        if not heads:
            break
        found, at = heads, heads
    return found


def groups(
    records: Records, who: Mapping[str, Any], *, about: int, entity: str, requester: int | None, chosen: Sequence[int]
) -> list[list[int]]:
    """People of a step by the role they are asked for; one group where there is only one role. See :func:`deciders`.

    The heads above the requester stand in for a role that nobody else holds. Where they are missing too, nobody is
    returned: one role alone is no countersignature.
    """
    if who["kind"] != "role" or not who.get("role2"):
        return [deciders(records, who, about=about, entity=entity, requester=requester, chosen=chosen)]
    system = records.system(_REASON)
    found: list[list[int]] = []
    for name in ("role", "role2"):
        holders = active(system, directory.holders(system, str(who[name])))
        found.append([user for user in holders if user != requester])
    if all(found):
        return found
    heads = [user for user in above(system, requester) if user != requester] if requester is not None else []
    if not heads:
        return []
    return [users or heads for users in found] if any(found) else [heads]


def deciders(
    records: Records, who: Mapping[str, Any], *, about: int, entity: str, requester: int | None, chosen: Sequence[int]
) -> list[int]:
    """People a step asks. Whoever asked is left out, so that nobody decides on their own request.

    Args:
        records: any unit.
        who: as in the chain.
        about, entity: the record the case is about.
        requester: who asked.
        chosen: whom the requester chose.
    """
    system = records.system(_REASON)
    kind = who["kind"]
    found: list[int] = []
    if kind == "unit_head" and requester is not None:
        found = above(system, requester, int(who.get("levels") or 1))
    elif kind == "role":
        found = directory.holders(system, str(who["role"]))
    elif kind == "person":
        found = [int(who["user"])]
    elif kind == "owner":
        found = _owners(system, entity, [about])
    elif kind == "path":
        found = _at_the_end(system, entity, about, list(who["path"]))
    elif kind == "matrix":
        found = _of_duty(system, str(who["role"]), requester)
    elif kind == "choice":
        found = list(chosen)
    others = [user for user in active(system, found) if user != requester]
    if not others and requester is not None:
        # Nobody else there: the heads above whoever was meant, then those above the requester.
        for start in [*[user for user in found if user == requester], requester]:
            others = [user for user in above(system, start) if user != requester]
            if others:
                break
    return others


def _owners(system: Records, entity: str, ids: Sequence[int]) -> list[int]:
    if not ids:
        return []
    rows = system.query(entity, fields=("owner",), filters={"id__in": sorted(set(ids))[:200]}, limit=200).rows
    return [row["owner"].id for row in rows if row.get("owner")]


def _at_the_end(system: Records, entity: str, about: int, path: list[str]) -> list[int]:
    """Follow links from the record; a last ``field:<name>`` names a person field there, else owners count."""
    last = path[-1].removeprefix("field:") if path[-1].startswith("field:") else ""
    groups = {entity: [about]}
    for relation in path[:-1] if last else path:
        reached: dict[str, list[int]] = {}
        for ids in groups.values():
            try:
                linked = system.linked(relation, ids)
            except Exception as error:  # a relation of a plugin that is not there leads nowhere
                if type(error).__name__ != "QueryError":
                    raise
                linked = {}
            for refs in linked.values():
                for ref in refs:
                    reached.setdefault(ref.type, []).append(ref.id)
        groups = reached
    found: list[int] = []
    for kind, ids in groups.items():
        found += _named(system, kind, ids, last) if last else _owners(system, kind, ids)
    return found


def _named(system: Records, entity: str, ids: Sequence[int], name: str) -> list[int]:
    declared = system.runtime.registry.entities[entity].fields.get(name)
    if declared is None or declared.kind is not Kind.USER or not ids:
        return []
    rows = system.query(entity, fields=(name,), filters={"id__in": sorted(set(ids))[:200]}, limit=200).rows
    return [row[name].id for row in rows if row.get(name)]


def _of_duty(system: Records, duty: str, requester: int | None) -> list[int]:
    """Whoever has a duty in the requester's unit, else in the nearest unit above."""
    if requester is None:
        return []
    unit = directory.units_of(system, [requester]).get(requester)
    if unit is None:
        return []
    rows = list(every(system, _DUTY, ("duty", "in_unit", "person"), {}))
    values = among(system, _VALUE, ("code",), "id", [row["duty"].id for row in rows])
    wanted = {value["id"] for value in values if duty in (str(value["id"]), value.get("code"))}
    lines = [row for row in rows if row["duty"].id in wanted and row.get("in_unit") and row.get("person")]
    chain = [one for one in {row["in_unit"].id for row in lines} if unit in directory.units_below(system, one)]
    if not chain:
        return []
    nearest = min(chain, key=lambda one: len(directory.units_below(system, one)))
    return [row["person"].id for row in lines if row["in_unit"].id == nearest]
