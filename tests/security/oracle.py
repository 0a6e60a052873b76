"""What ought to be: rights worked out from the declared grants over plain Python rows and edges.

Written apart from the implementation and on purpose without it: nothing here imports ``weft.core.access`` or asks the
database (a test keeps it so). It is slow and simple; the matrix compares every door with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from weft.core.registry.access import (
    AllRows,
    Both,
    Either,
    Grant,
    Own,
    PathScope,
    RowScope,
    SharedRows,
    Step,
    UnitRows,
    Via,
    Where,
)

__all__ = ["Book", "Edge", "Oracle", "Share", "Who"]

OUTSIDE = frozenset({"customer", "supplier", "distributor"})
ALWAYS = frozenset({"id", "type", "version"})
HEADER = frozenset({"number", "owner", "unit", "created_at", "updated_at", "deleted_at"})


@dataclass(frozen=True)
class Who:
    """A person: user id, audience, roles as given, units of the memberships, records that stand for them."""

    user: int | None
    audience: str = ""
    roles: frozenset[str] = frozenset()
    units: frozenset[int] = frozenset()
    anchors: frozenset[int] = frozenset()
    acts_for: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Edge:
    """A link in the stored direction."""

    relation: str
    source: int
    target: int
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True)
class Share:
    """A record shared with a user or a unit."""

    record: int
    user: int | None
    unit: int | None
    level: str
    expires: datetime | None = None


@dataclass
class Book:
    """All records and links: ``rows`` by id, each with ``entity``, header names and its fields by name."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    parents: dict[int, int | None] = field(default_factory=dict)
    now: datetime | None = None

    def of(self, entity: str, *, trashed: bool = False) -> Iterator[dict[str, Any]]:
        """Live (or trashed) rows of an entity."""
        return (r for r in self.rows.values() if r["entity"] == entity and (r["deleted_at"] is not None) == trashed)

    def live(self, number: int) -> bool:
        """The record exists outside the trash."""
        return number in self.rows and self.rows[number]["deleted_at"] is None

    def step(self, nodes: Iterable[int], relation: str, *, reverse: bool, symmetric: bool) -> set[int]:
        """Records one valid link away."""
        near = set(nodes)
        found = set()
        for edge in self.edges:
            if edge.relation != relation or not self._valid(edge):
                continue
            if (not reverse or symmetric) and edge.source in near:
                found.add(edge.target)
            if (reverse or symmetric) and edge.target in near:
                found.add(edge.source)
        return found

    def _valid(self, edge: Edge) -> bool:
        now = self.now
        begun = edge.valid_from is None or now is None or edge.valid_from <= now
        return begun and (edge.valid_to is None or now is None or edge.valid_to > now)


class Oracle:
    """Answers from the declarations.

    Args:
        registry: what was declared: ``entities``, ``grants``, ``roles``, ``relations``. Nothing is called on it.
        book: the records.
    """

    def __init__(self, registry: Any, book: Book) -> None:
        self.registry = registry
        self.book = book
        self._known: dict[Any, bool] = {}
        self._granted: dict[Any, list[Grant]] = {}
        self._named: dict[int, frozenset[str]] = {}

    # ---- roles and grants

    def roles(self, who: Who) -> frozenset[str]:
        """Roles with those they include, and the base role of the audience."""
        found = {who.audience, *who.roles} - {""}
        waiting = list(found)
        while waiting:
            role = self.registry.roles.get(waiting.pop())
            fresh = set(role.includes if role is not None else ()) - found
            found |= fresh
            waiting.extend(fresh)
        return frozenset(found)

    def grants(self, who: Who, entity: str, operation: str) -> list[Grant]:
        """Grants of somebody that give an operation on some rows."""
        if who.user is None:
            return []
        key = who, entity, operation
        if key not in self._granted:
            roles = self.roles(who)
            mine = (grant for grant in self.registry.grants if grant.entity == entity and grant.role in roles)
            self._granted[key] = [grant for grant in mine if self.gives(grant, operation)]
        return self._granted[key]

    def gives(self, grant: Grant, operation: str) -> bool:
        """The operation is named, or it is an action and the grant gives all actions (and what the action needs)."""
        if operation in grant.actions:
            return True
        action = self.registry.actions.get(operation)
        if "act" not in grant.actions or (action is None and operation != "act"):
            return False
        return action is None or not action.needs or action.needs in grant.actions

    # ---- the answers

    def may(self, who: Who, operation: str, number: int) -> bool:
        """Whether the operation is granted on a record, live or trashed."""
        row = self.book.rows[number]
        return any(self._covers(who, grant, operation, row) for grant in self.grants(who, row["entity"], operation))

    def sees(self, who: Who, number: int) -> bool:
        """Whether the record may be read; the trash is for those who may know when something was deleted."""
        row = self.book.rows[number]
        if row["deleted_at"] is not None and "deleted_at" not in self.known(who, row["entity"]):
            return False
        return self.may(who, "read", number)

    def names(self, who: Who, operation: str, number: int) -> frozenset[str]:
        """Names that the operation covers in this record."""
        row = self.book.rows[number]
        found: set[str] = set()
        for grant in self.grants(who, row["entity"], operation):
            if self._covers(who, grant, operation, row):
                found |= self.named(grant)
        return frozenset(found)

    def known(self, who: Who, entity: str, operation: str = "read") -> frozenset[str]:
        """Names that exist for somebody in some row, whatever rows there are."""
        return frozenset().union(*(self.named(grant) for grant in self.grants(who, entity, operation)))

    def named(self, grant: Grant) -> frozenset[str]:
        """Names a grant covers; people from outside get exactly what is named."""
        if id(grant) not in self._named:
            self._named[id(grant)] = self._named_by(grant)
        return self._named[id(grant)]

    def _named_by(self, grant: Grant) -> frozenset[str]:
        entity = self.registry.entities[grant.entity]
        role = self.registry.roles.get(grant.role)
        outside = (role.audience if role is not None else grant.role) in OUTSIDE
        own = {name for name, declared in entity.fields.items() if not declared.internal}
        fields = (own if grant.fields is None else set(grant.fields) & own) - set(grant.without)
        header = (set(HEADER) & set(grant.fields or ())) if outside else set(HEADER)
        found = set(ALWAYS) | fields | (header - set(grant.without))
        if set(entity.spec.title) <= fields:
            found.add("title")
        states = [name for name, declared in entity.fields.items() if declared.state]
        if not states or states[0] in fields:
            found.add("state")
        return frozenset(found)

    # ---- row scopes

    def _covers(self, who: Who, grant: Grant, operation: str, row: Mapping[str, Any]) -> bool:
        key = (who, id(grant), operation, row["id"], row["version"])
        if key not in self._known:
            self._known[key] = grant.rows is None or self.inside(who, grant.rows, operation, row)
        return self._known[key]

    def inside(self, who: Who, scope: RowScope, operation: str, row: Mapping[str, Any]) -> bool:
        """Whether a row lies within a scope."""
        match scope:
            case AllRows():
                return True
            case Either():
                return any(self.inside(who, one, operation, row) for one in scope.scopes)
            case Both():
                return all(self.inside(who, one, operation, row) for one in scope.scopes)
            case Own():
                return row["owner"] is not None and row["owner"] in {who.user, *who.acts_for}
            case UnitRows():
                return row["unit"] is not None and bool(self._units_up(row["unit"], scope.subtree) & who.units)
            case SharedRows():
                return self._shared(who, operation, row["id"])
            case Where():
                return all(_matches(row, name, value, who) for name, value in scope.filters.items())
            case PathScope():
                return self._leads({row["id"]}, scope.steps, who.anchors)
            case Via():
                return self._via(who, scope, row)
        raise TypeError(scope)

    def _units_up(self, unit: int, subtree: bool) -> set[int]:
        found = {unit}
        while subtree and (above := self.book.parents.get(unit)) is not None:
            found.add(above)
            unit = above
        return found

    def _shared(self, who: Who, operation: str, number: int) -> bool:
        for share in self.book.shares:
            ended = share.expires is not None and self.book.now is not None and share.expires <= self.book.now
            mine = share.user in {who.user, *who.acts_for} if share.user is not None else share.unit in who.units
            enough = share.level == "edit" or operation in ("read", "export", "comment")
            if share.record == number and mine and enough and not ended:
                return True
        return False

    def _leads(self, nodes: set[int], steps: tuple[Step, ...], anchors: frozenset[int]) -> bool:
        for step in steps:
            symmetric = self.registry.relations[step.relation].symmetric
            if step.descend:
                nodes = self._all_along(nodes, step, symmetric)
            else:
                nodes = self.book.step(nodes, step.relation, reverse=step.reverse, symmetric=symmetric)
            nodes = {node for node in nodes if self.book.live(node)}
        return any(self.book.live(node) for node in nodes & anchors)

    def _all_along(self, nodes: set[int], step: Step, symmetric: bool) -> set[int]:
        found, fresh = set(nodes), set(nodes)
        while fresh:
            fresh = self.book.step(fresh, step.relation, reverse=step.reverse, symmetric=symmetric) - found
            found |= fresh
        return found

    def _via(self, who: Who, scope: Via, row: Mapping[str, Any]) -> bool:
        declared = self.registry.entities[row["entity"]].fields.get(scope.link)
        if declared is not None:
            ends = {row[scope.link]} - {None}
        else:
            relation = self.registry.relations.get(scope.link)
            reverse = relation is None
            if relation is None:
                relation = next(one for one in self.registry.relations.values() if one.inverse == scope.link)
            ends = self.book.step({row["id"]}, relation.key, reverse=reverse, symmetric=relation.symmetric)
        return any(
            self.book.live(end) and self.book.rows[end]["entity"] == scope.entity and self.sees(who, end)
            for end in ends
        )


# ---- the filter language of ``where``

_OPERATORS = ("not_in", "startswith", "contains", "isnull", "gte", "lte", "ne", "gt", "lt", "in", "eq")


def _split(text: str) -> tuple[str, str]:
    for op in _OPERATORS:
        if text.endswith(f"__{op}"):
            return text[: -len(op) - 2], op
    return text, "eq"


def _matches(row: Mapping[str, Any], text: str, wanted: Any, who: Who) -> bool:
    name, op = _split(text)
    value = row[name]
    if op == "isnull":
        return (value is None) == (str(wanted).lower() in ("true", "1", "yes"))
    if wanted == "me":
        wanted = who.user
    if wanted is None or wanted == "none":
        return (value is None) == (op == "eq")
    if op in ("in", "not_in"):
        return _among(value, wanted.split(",") if isinstance(wanted, str) else wanted, op)
    if isinstance(value, list):
        return (wanted in value) == (op != "ne")
    if value is None:
        return op == "ne"
    if op in ("contains", "startswith"):
        found, text = str(value).lower(), str(wanted).lower()
        return found.startswith(text) if op == "startswith" else text in found
    wanted = _like(value, wanted)
    return {
        "eq": value == wanted, "ne": value != wanted, "gt": op == "gt" and value > wanted,
        "gte": op == "gte" and value >= wanted, "lt": op == "lt" and value < wanted,
        "lte": op == "lte" and value <= wanted,
    }[op]  # fmt: skip


def _among(value: Any, wanted: Iterable[Any], op: str) -> bool:
    choices = list(wanted)
    if isinstance(value, list):
        inside = bool(set(value) & set(choices))
    else:
        inside = value is not None and any(value == _like(value, one) for one in choices)
    return inside == (op == "in")


def _like(value: Any, wanted: Any) -> Any:
    """The wanted value in the type of the stored one."""
    if isinstance(value, bool):
        return str(wanted).lower() in ("true", "1", "yes")
    if isinstance(value, (int, Decimal)):
        return Decimal(str(wanted))
    if isinstance(value, datetime):
        return datetime.fromisoformat(str(wanted))
    if isinstance(value, date):
        return date.fromisoformat(str(wanted))
    return wanted
