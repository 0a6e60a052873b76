"""Check the row scopes of grants against the relations, and bring them into one form.

Afterwards every step names the forward key of its relation, and parts that wait for absent plugins are gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from weft.core.db.fields import Kind, Trait
from weft.core.errors import DeclarationError
from weft.core.registry.access import Both, Either, Grant, PathScope, RowScope, Step, Via, Where
from weft.core.registry.lookup import Lookup
from weft.core.registry.model import Header, Registry

__all__ = ["MAX_CHAINS", "MAX_STEPS", "checked_scope", "refuse_via_circles"]

#: A path has at most this many steps and a grant this many paths; more cannot be answered in time.
MAX_STEPS = 4
MAX_CHAINS = 8
#: Hops of ``via`` in a row.
MAX_VIA = 3


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a scope stands, for messages and look-ups."""

    lookup: Lookup
    grant: Grant
    registry: Registry

    def wrong(self, problem: str, remedy: str) -> DeclarationError:
        return DeclarationError(self.grant.plugin, f"grant {self.grant.key}", problem, remedy)


def checked_scope(lookup: Lookup, registry: Registry, grant: Grant, scope: RowScope) -> RowScope | None:
    """The scope with canonical steps, or None when all of it waits for plugins that are not installed.

    Raises:
        DeclarationError: a step, field or link does not exist, does not chain, or there are too many.
    """
    place = _Place(lookup, grant, registry)
    chains = _count(scope)
    if chains > MAX_CHAINS:
        raise place.wrong(f"has {chains} paths.", f"at most {MAX_CHAINS} paths fit into one grant.")
    return _checked(place, scope)


def _count(scope: RowScope) -> int:
    if isinstance(scope, (Either, Both)):
        return sum(_count(part) for part in scope.scopes)
    return int(isinstance(scope, PathScope))


def _checked(place: _Place, scope: RowScope) -> RowScope | None:
    if isinstance(scope, Either):
        parts = [part for part in (_checked(place, one) for one in scope.scopes) if part is not None]
        return None if not parts else parts[0] if len(parts) == 1 else Either(tuple(parts))
    if isinstance(scope, Both):
        both = [_checked(place, one) for one in scope.scopes]
        return None if None in both else Both(tuple(part for part in both if part is not None))
    if isinstance(scope, PathScope):
        return _path(place, scope)
    if isinstance(scope, Where):
        return _where(place, scope)
    if isinstance(scope, Via):
        return _via(place, scope)
    if not isinstance(scope, RowScope):
        raise place.wrong(f"rows={scope!r} is no row scope.", "use own, unit, path(...), where(...) and their unions.")
    return scope


def _path(place: _Place, scope: PathScope) -> PathScope | None:
    if len(scope.steps) > MAX_STEPS:  # no step at all: the row itself is an anchor, as one's own company
        raise place.wrong(f"has a path of {len(scope.steps)} steps.", f"a path has at most {MAX_STEPS} steps.")
    here = {place.grant.entity}
    steps = []
    for number, given in enumerate(scope.steps, 1):
        if not place.lookup.relation(place.grant.plugin, f"grant {place.grant.key}", given.relation):
            return None
        relation, by_inverse = place.registry.relation(given.relation)
        step = Step(relation.key, given.reverse != by_inverse, given.descend)
        if step.descend and not relation.acyclic:
            remedy = f"declare {relation.key} with acyclic=True, or follow it step by step."
            raise place.wrong(f"tree({given.relation!r}) may lead back to itself.", remedy)
        start, end = (relation.target, relation.source) if step.reverse else (relation.source, relation.target)
        reached = {key for key in here if place.registry.matches(start, key)}
        if not reached:
            near = ", ".join(sorted(here)) or "no installed entity"
            problem = f"step {number} ({given.relation}) begins at {', '.join(start)}, but the path is at {near}."
            raise place.wrong(problem, f"turn it round with rev({given.relation!r}) or name the missing step.")
        ends = {key for key in place.registry.entities if place.registry.matches(end, key)}
        if not ends:
            place.lookup.stores.dormant.append(f"{place.grant.plugin}: grant {place.grant.key} waits for {end}.")
            return None
        here = ends | reached if step.descend else ends
        steps.append(step)
    return PathScope(tuple(steps))


def _where(place: _Place, scope: Where) -> Where:
    entity = place.registry.entity(place.grant.entity)
    for name in scope.filters:
        field = name.partition("__")[0]
        if field not in entity.fields and field not in Header:
            raise place.wrong(f"where({name}=...) names no field of {entity.key}.", "correct the name.")
    return scope


def _via(place: _Place, scope: Via) -> Via | None:
    """Resolve the far entity of a ``via``: the field's one target, or the named one."""
    entity = place.registry.entity(place.grant.entity)
    declared = entity.fields.get(scope.link)
    known: Callable[[str], bool]
    if declared is not None:
        if declared.kind is not Kind.REFERENCE:
            raise place.wrong(f"via({scope.link!r}) is no reference field.", "name a reference field or a relation.")
        waits = [end.key if isinstance(end, Trait) else end for end in declared.to]
        far = {target.key for target in place.registry.targets(declared)}
        known = far.__contains__
    else:
        if not place.lookup.relation(place.grant.plugin, f"grant {place.grant.key}", scope.link):
            return None
        relation, reverse = place.registry.relation(scope.link)
        waits = list(relation.source if reverse else relation.target)
        far = {key for key in place.registry.entities if place.registry.matches(waits, key)}
        known = far.__contains__
    if not scope.entity:
        if len(far) == 1:
            return replace(scope, entity=next(iter(far)))
        if not far:
            place.lookup.stores.dormant.append(f"{place.grant.plugin}: grant {place.grant.key} waits for {waits}.")
            return None
        raise place.wrong(
            f"via({scope.link!r}) leads to {len(far)} entities.", f"name one: via({scope.link!r}, 'a.b')."
        )
    if not place.lookup.entity(place.grant.plugin, f"grant {place.grant.key}", scope.entity):
        return None
    if not known(scope.entity):
        raise place.wrong(f"{scope.link} does not lead to {scope.entity}.", f"it leads to {', '.join(sorted(far))}.")
    return scope


def refuse_via_circles(grants: list[Grant]) -> None:
    """Refuse ``via`` scopes that lead back, or through more than :data:`MAX_VIA` entities in a row.

    Raises:
        DeclarationError: naming the grant and the way.
    """
    hops: dict[str, dict[str, Grant]] = {}
    for grant in grants:
        for far in _far_entities(grant.rows):
            hops.setdefault(grant.entity, {})[far] = grant

    def walk(way: tuple[str, ...]) -> None:
        for far, grant in hops.get(way[-1], {}).items():
            longer = (*way, far)
            words = " > ".join(longer)
            if far in way:
                problem = f"via leads in a circle: {words}."
                raise DeclarationError(grant.plugin, f"grant {grant.key}", problem, "use a path for one of the hops.")
            if len(longer) > MAX_VIA + 1:
                problem = f"via leads through more than {MAX_VIA} hops: {words}."
                raise DeclarationError(grant.plugin, f"grant {grant.key}", problem, "use a path for one of the hops.")
            walk(longer)

    for start in sorted(hops):
        walk((start,))


def _far_entities(scope: RowScope | None) -> set[str]:
    if isinstance(scope, (Either, Both)):
        return set().union(*(_far_entities(part) for part in scope.scopes))
    return {scope.entity} if isinstance(scope, Via) else set()
