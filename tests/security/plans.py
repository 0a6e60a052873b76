"""Why records are made: one for each reason that the grants on an entity give for seeing one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.security.values import satisfying
from tests.security.world import World
from weft.core.registry.access import Own, RowScope, SharedRows, UnitRows, Via, Where
from weft.core.registry.model import EntityType

__all__ = ["Plan", "plans_for"]


@dataclass
class Plan:
    """Why one record is made."""

    label: str
    firm: str
    owner: int | None = None
    unit: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    ends: dict[str, int] = field(default_factory=dict)
    shares: list[tuple[str, str, timedelta | None]] = field(default_factory=list)
    trashed: bool = False


def _scopes(scope: RowScope | None) -> Iterator[RowScope]:
    if scope is not None:
        yield scope
        for part in getattr(scope, "scopes", ()):
            yield from _scopes(part)


def plans_for(world: World, entity: EntityType) -> list[Plan]:
    """One record per reason that the grants on an entity give for seeing one."""
    units = world.units
    plans = [Plan("A", "A", unit=units["North"]), Plan("B", "B", owner=world.person("colleague").who.user,
                                                       unit=units["South"])]  # fmt: skip
    plans += [Plan("A2", "A", unit=units["South"]), Plan("B2", "B", unit=None)]
    plans.append(Plan("trash", "A", unit=units["North"], trashed=True))
    wheres: list[Where] = []
    for grant in world.registry.grants_on(entity.key):
        for scope in _scopes(grant.rows):
            holder = next((p for p in world.people if grant.role in {p.name, *p.who.roles}), None)
            if isinstance(scope, Own) and holder is not None and not any(p.label == f"own {grant.role}" for p in plans):
                plans.append(Plan(f"own {grant.role}", "B", owner=holder.who.user))
            elif isinstance(scope, UnitRows) and not any(p.label == "deep" for p in plans):
                plans.append(Plan("deep", "B", unit=units["Deep"]))
            elif isinstance(scope, SharedRows) and holder is not None:
                plans += _shared_plans(grant.role, plans)
            elif isinstance(scope, Where) and scope not in wheres:
                wheres.append(scope)
                values, filled, empty = satisfying(scope.filters)
                plans.append(Plan(f"where {len(wheres)}", "B", None, units["North"], values, filled, empty))
            elif isinstance(scope, Via) and scope.link in entity.fields:
                plans += _via_plans(world, scope, plans)
    return plans


def _shared_plans(role: str, known: list[Plan]) -> list[Plan]:
    ways = {
        "read": ("read", None),
        "edit": ("edit", None),
        "ended": ("edit", timedelta(seconds=-60)),
        "unit": ("", None),
    }
    return [
        Plan(f"shared {role} {way}", "B", shares=[(role, level, ends)])
        for way, (level, ends) in ways.items()
        if not any(one.label == f"shared {role} {way}" for one in known)
    ]


def _via_plans(world: World, scope: Via, known: list[Plan]) -> list[Plan]:
    found = []
    for label, number in world.made[scope.entity].items():
        name = f"via {scope.link} {label}"
        if label[0] in "ows" and not any(one.label == name for one in known):
            found.append(Plan(name, "B", ends={scope.link: number}))
    return found
