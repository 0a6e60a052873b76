"""Whom a cost concerns: customer, project, lead and salesperson of what it is charged to, found through the graph.

Which field leads where is data that other plugins give by the hook ``weft_finance_cost_paths``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from weft.core.sdk import Records, among, directory
from weft.plugins.finance.queries.rows import ref_id

__all__ = ["Place", "cost_paths", "partner", "places"]

_PERSONS = ("lead", "salesperson")


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a record that bears cost.

    Attributes:
        record: its id; title: its name.
        customer, project: ids of records, or None.
        lead, salesperson: users, or None.
        sales_unit: unit of the salesperson.
    """

    record: int | None = None
    title: str = ""
    customer: int | None = None
    project: int | None = None
    lead: int | None = None
    salesperson: int | None = None
    sales_unit: int | None = None


def cost_paths(records: Records) -> dict[str, Mapping[str, str]]:
    """Entity -> the mapping a plugin gave for it; of installed entities only."""
    answers = records.runtime.plugins.manager.hook.weft_finance_cost_paths()
    known = records.runtime.registry.entities
    return {one["entity"]: one for part in answers for one in part or () if one["entity"] in known}


def places(system: Records, ids: Iterable[int | None]) -> dict[int, Place]:
    """What is known of some records, in few statements.

    Args:
        system: the platform's records.
        ids: of what bears cost; None is left out.
    """
    paths = cost_paths(system)
    first = _read(system, paths, ids)
    customers = _read(system, paths, {one["customer"] for one in first.values()} - set(first))
    known = first | customers
    people = {
        key: one["salesperson"] or (known.get(one["customer"] or 0) or {}).get("salesperson")
        for key, one in first.items()
    }
    units = directory.units_of(system, sorted({one for one in people.values() if one}))
    return {
        key: Place(key, one["title"], one["customer"], one["project"], one["lead"], people[key],
                   units.get(people[key] or 0))
        for key, one in first.items()
    }  # fmt: skip


def _read(system: Records, paths: Mapping[str, Mapping[str, str]], ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = sorted({one for one in ids if one})
    if not wanted:
        return {}
    by_entity: dict[str, list[int]] = defaultdict(list)
    for key, title in system.titles(wanted).items():
        by_entity[title.type].append(key)
    found: dict[int, Any] = {}
    for entity, some in by_entity.items():
        path = paths.get(entity, {})
        names = {role: path[role] for role in ("customer", "project", *_PERSONS) if role in path}
        fields = {"title", *(name for name in names.values() if name != "id")}
        for row in among(system, entity, sorted(fields), "id", some):
            found[row.id] = {"title": row.title, **dict.fromkeys(("customer", "project", *_PERSONS))} | {
                role: row.id if name == "id" else ref_id(row.get(name)) for role, name in names.items()
            }
    return found


def partner(system: Records, record_id: int) -> dict[str, Any]:
    """How somebody is paid or pays: ``bank``, ``tax_id``, ``days``, ``address``; absent where it is not known."""
    title = system.titles([record_id]).get(record_id)
    if title is None:
        return {}
    path = cost_paths(system).get(title.type, {})
    names = {role: path[role] for role in ("bank", "tax_id", "days", "address") if role in path}
    if not names:
        return {}
    row = system.get(title.type, record_id, fields=tuple(names.values()))
    return {role: row.get(name) for role, name in names.items() if row.get(name) not in (None, "")}
