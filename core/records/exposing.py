"""Which relation types are followed by grants, and which of them show records to people outside the company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weft.core.registry.access import EXTERNAL, PathScope, RowScope, Via

if TYPE_CHECKING:
    from weft.core.registry.model import Registry
    from weft.core.registry.runtime import Runtime

__all__ = ["Exposing", "exposing_of"]


@dataclass(frozen=True, slots=True)
class Exposing:
    """What grants follow.

    Attributes:
        followed: keys of all relation types that some grant follows.
        near: relation type followed by an external grant -> the ends at which a record becomes visible, ``source``
            or ``target``: the end from which the path goes on towards the outsider.
    """

    followed: frozenset[str]
    near: Mapping[str, frozenset[str]]


def exposing_of(runtime: Runtime) -> Exposing:
    """The exposing relation types of an installation, derived once from its grants."""
    key = "records.exposing"
    found = runtime.services.get(key)
    if found is None or found[0] is not runtime.registry:
        found = runtime.services[key] = (runtime.registry, _derive(runtime.registry))
    exposing: Exposing = found[1]
    return exposing


def _derive(registry: Registry) -> Exposing:
    near: dict[str, set[str]] = defaultdict(set)
    followed: set[str] = set()
    for grant in registry.grants:
        role = registry.roles.get(grant.role)
        outside = (role.audience if role is not None else grant.role) in EXTERNAL
        for relation, end in _steps(registry, grant.entity, grant.rows):
            followed.add(relation)
            if outside:
                near[relation].add(end)
                if registry.relations[relation].symmetric:
                    near[relation] |= {"source", "target"}
    return Exposing(frozenset(followed), {key: frozenset(ends) for key, ends in near.items()})


def _steps(registry: Registry, entity: str, scope: RowScope | None) -> Iterator[tuple[str, str]]:
    """(relation key, end at the record that becomes visible) of every step in a scope."""
    if isinstance(scope, PathScope):
        for step in scope.steps:
            declared, inverse = registry.relation(step.relation)
            yield declared.key, "target" if step.reverse != inverse else "source"
    elif isinstance(scope, Via):
        field = registry.entity(entity).fields.get(scope.link)
        if field is not None and field.relation:
            yield field.relation, "source"
        elif field is None:
            declared, reverse = registry.relation(scope.link)
            yield declared.key, "target" if reverse else "source"
    for part in getattr(scope, "scopes", ()):
        yield from _steps(registry, entity, part)
