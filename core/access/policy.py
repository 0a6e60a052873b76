"""The compiled access policy: for every set of roles, entity and operation the rules that apply.

Made once per process from the frozen registry. Nothing here depends on a principal's ids, so everything is shared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from weft.core.access.names import ALWAYS, INTERNAL_HEADER, Name, names_of
from weft.core.access.rows import ALL_ROWS, NO_ROWS, Features, Rows, resolve, union_of
from weft.core.identity.principal import Principal
from weft.core.registry.access import EXTERNAL, Grant
from weft.core.registry.model import EntityType, Registry
from weft.core.registry.runtime import Runtime

__all__ = ["AccessPolicy", "EntityAccess", "Rule", "covers", "features_of"]

#: Operations a principal that may only look keeps ("view as").
LOOKING = frozenset({"read"})


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One grant as it applies to principals with certain features.

    Attributes:
        grant: the declaration; None for the platform itself.
        rows: rows it covers.
        fields: names it covers.
    """

    grant: Grant | None
    rows: Rows
    fields: frozenset[str]

    @property
    def key(self) -> str:
        """Stable name, for explanations."""
        return self.grant.key if self.grant is not None else "system"


@dataclass(frozen=True, slots=True, eq=False)
class EntityAccess:
    """What principals of one kind may do with one entity by one operation; equal only to itself, so that it can be
    the key of prepared statements.

    Attributes:
        entity: the entity's key.
        operation: ``read``, ``update`` ... or an action key.
        rules: grants that can match a row.
        rows: union of their rows.
        cells: name -> rows in which it is covered, for every name that a grant of the roles covers; which names exist
            for somebody thus depends on the roles alone, not on anchors or units.
        names: those covered in some row.
        partial: those not covered in every covered row.
    """

    entity: str
    operation: str
    rules: tuple[Rule, ...]
    rows: Rows
    cells: dict[str, Rows]
    names: frozenset[str] = field(init=False)
    partial: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        whole = frozenset(self.rows.conjunctions)
        names = (name for name, rows in self.cells.items() if rows.kind != "none")
        partial = (name for name, rows in self.cells.items() if frozenset(rows.conjunctions) != whole)
        object.__setattr__(self, "names", frozenset(names))
        object.__setattr__(self, "partial", frozenset(partial))

    @property
    def trash(self) -> bool:
        """True when deleted records can still be read: by people who may know when something was deleted."""
        return "deleted_at" in self.cells

    def everywhere(self, name: str) -> bool:
        """True when the name is covered in every covered row."""
        return name in self.cells and name not in self.partial


def features_of(principal: Principal) -> Features:
    """Which kinds of identity a principal has."""
    owners = int(principal.user_id is not None) + len(principal.acts_for)
    return Features(
        principal.user_id is not None,
        min(owners, 2),
        bool(principal.units or principal.unit_tree),
        bool(principal.anchors),
    )


class AccessPolicy:
    """Answers which rules apply; use :meth:`of`, which keeps one per runtime.

    Args:
        registry: frozen declarations.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._names: dict[str, dict[str, Name]] = {}
        self._access = lru_cache(maxsize=4096)(self._compile)
        self._shut = lru_cache(maxsize=256)(_without_rows)

    @classmethod
    def of(cls, runtime: Runtime) -> AccessPolicy:
        """The policy of a runtime."""
        found: AccessPolicy | None = runtime.services.get("access.policy")
        if found is None or found.registry is not runtime.registry:
            found = runtime.services["access.policy"] = cls(runtime.registry)
        return found

    def names(self, entity: str) -> dict[str, Name]:
        """All names of an entity that can be compared."""
        found = self._names.get(entity)
        if found is None:
            found = self._names[entity] = names_of(self.registry.entity(entity))
        return found

    def access(self, principal: Principal, entity: str, operation: str = "read") -> EntityAccess:
        """What a principal may do with an entity by an operation."""
        if principal.kind == "system":
            return self._access(None, entity, operation, None)
        if not self._open(principal, entity, operation):
            return EntityAccess(entity, operation, (), NO_ROWS, {})
        found = self._access(principal.roles, entity, operation, features_of(principal))
        if principal.looked_at and self.registry.entity(entity).spec.private:
            return self._shut(found)
        return found

    def allows(self, principal: Principal, entity: str, operation: str) -> bool:
        """True when some rows may exist on which the operation is allowed; False for entities not installed."""
        if entity not in self.registry.entities:
            return False
        return self.access(principal, entity, operation).rows.kind != "none"

    def grants(self, roles: frozenset[str], entity: str, operation: str) -> tuple[Grant, ...]:
        """The grants of a set of roles; ``act`` covers every action of the entity that needs no more than that."""
        return tuple(
            grant
            for grant in self.registry.grants_on(entity)
            if grant.role in roles and covers(grant, operation, self.registry.entity(entity))
        )

    @staticmethod
    def _open(principal: Principal, entity: str, operation: str) -> bool:
        """What limits a principal beyond its roles: looking only, or the scopes of a token."""
        if principal.kind == "anonymous":
            return False
        if principal.read_only and operation not in LOOKING:
            return False
        return principal.scopes is None or within_scopes(principal.scopes, entity, operation)

    def _compile(
        self, roles: frozenset[str] | None, entity: str, operation: str, features: Features | None
    ) -> EntityAccess:
        declared = self.registry.entity(entity)
        if roles is None or features is None:
            everything = frozenset({*self.names(entity), *declared.fields, "type"})
            rule = Rule(None, ALL_ROWS, everything)
            return EntityAccess(entity, operation, (rule,), ALL_ROWS, dict.fromkeys(everything, ALL_ROWS))

        def far(key: str) -> Rows:
            return self._access(roles, key, "read", features).rows

        granted = [
            Rule(
                grant,
                resolve(self.registry, declared, self.names(entity), grant.rows, features, operation, far),
                _fields(declared, grant, self._external(grant)),
            )
            for grant in self.grants(roles, entity, operation)
        ]
        rules = [rule for rule in granted if rule.rows.kind != "none"]
        cells = {
            name: union_of(rule.rows for rule in rules if name in rule.fields)
            for name in sorted(frozenset().union(*(rule.fields for rule in granted)))
        }
        return EntityAccess(entity, operation, tuple(rules), union_of(rule.rows for rule in rules), cells)

    def covered(self, grant: Grant) -> frozenset[str]:
        """Names a grant covers."""
        return _fields(self.registry.entity(grant.entity), grant, self._external(grant))

    def _external(self, grant: Grant) -> bool:
        role = self.registry.roles.get(grant.role)
        return (role.audience if role is not None else grant.role) in EXTERNAL


def _without_rows(access: EntityAccess) -> EntityAccess:
    """The same names in no row, so that pages count and list nothing instead of failing."""
    return EntityAccess(access.entity, access.operation, (), NO_ROWS, dict.fromkeys(access.cells, NO_ROWS))


def covers(grant: Grant, operation: str, entity: EntityType) -> bool:
    """True when a grant gives an operation, by itself or, an action, because it gives all of them."""
    if operation in grant.actions:
        return True
    if "act" not in grant.actions:
        return False
    declared = next((action for action in entity.actions.values() if action.key == operation), None)
    if declared is None:
        return operation == "act"
    return not declared.needs or declared.needs in grant.actions


def within_scopes(scopes: Iterable[str], entity: str, operation: str) -> bool:
    """True when a token's scopes include an operation on an entity.

    A scope is ``*``, ``read``, ``write``, or one of these with an entity or plugin behind a colon:
    ``read:crm.account``, ``write:crm``. ``write`` includes ``read``.
    """
    plugin = entity.partition(".")[0]
    reading = operation in ("read", "export")
    for scope in scopes:
        verb, _, place = scope.partition(":")
        if place and place not in (entity, plugin, "*"):
            continue
        if verb in ("*", "write") or (verb == "read" and reading):
            return True
    return False


def _fields(entity: EntityType, grant: Grant, external: bool) -> frozenset[str]:
    """Names a grant covers: declared fields, header names, and the currencies of money fields.

    The title is readable where all fields are that it is made of, the state where its field is.
    """
    own = frozenset(name for name, declared in entity.fields.items() if not declared.internal)
    header = INTERNAL_HEADER if not external else frozenset(grant.fields or ()) & INTERNAL_HEADER
    named = own if grant.fields is None else frozenset(grant.fields) & own
    named = named - frozenset(grant.without)
    found: set[str] = {*ALWAYS, *named, *(header - frozenset(grant.without))}
    if named.issuperset(entity.spec.title):
        found.add("title")
    state = entity.state_field
    if state is None or state.name in named:
        found.add("state")
    found.update(entity.fields[name].currency_name for name in named if entity.fields[name].kind.value == "money")
    return frozenset(found)


def access_of(ctx: Any, entity: str, operation: str = "read") -> EntityAccess:
    """What the principal of a context may do; ``ctx`` has ``principal`` and ``runtime``.

    Raises:
        KeyError: the entity is not installed.
    """
    return AccessPolicy.of(ctx.runtime).access(ctx.principal, entity, operation)
