"""Declarations of roles, grants and row scopes: who may do what with which rows and fields.

Pure data; :mod:`weft.core.access` compiles it to SQL and decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from weft.core.i18n import Text

__all__ = [
    "ALL", "AUDIENCES", "EDIT", "READ", "WRITE", "AllRows", "Both", "Either", "Grant", "Own", "PathScope", "Role",
    "RowScope", "SharedRows", "Step", "UnitRows", "Via", "Where", "all_rows", "own", "path", "rev", "shared", "tree",
    "unit", "unit_tree", "via", "where",
]  # fmt: skip

AUDIENCES = ("employee", "customer", "supplier", "distributor")
EXTERNAL = frozenset(AUDIENCES[1:])

#: Sets of operations. Names: read create update delete restore assign share link comment attach export import, and
#: ``act`` for every declared action; a single action is named by its full key (``crm.lead.convert``).
READ = frozenset({"read", "export"})
EDIT = READ | {"create", "update", "link", "comment", "attach", "act"}
WRITE = EDIT | {"delete", "restore", "import"}
ALL = WRITE | {"assign", "share"}


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of grants for one audience.

    Attributes:
        key: ``crm.sales_rep``; each audience has a base role of its own name that all its people hold.
        label: words on screen.
        audience: one of :data:`AUDIENCES`; internal and external roles exclude each other.
        includes: keys of roles whose grants this one has too.
    """

    key: str
    label: Text
    audience: str = "employee"
    includes: tuple[str, ...] = ()
    help: Text = ""


class RowScope:
    """Which rows a grant covers; combine with ``|`` (either) and ``&`` (both)."""

    def __or__(self, other: RowScope) -> Either:
        return Either((self, other))

    def __and__(self, other: RowScope) -> Both:
        return Both((self, other))


@dataclass(frozen=True)
class AllRows(RowScope):
    """Every live row."""


@dataclass(frozen=True)
class Own(RowScope):
    """Rows whose owner is the principal, or one who deputised it."""


@dataclass(frozen=True)
class UnitRows(RowScope):
    """Rows of the principal's units; with ``subtree`` also of the units below."""

    subtree: bool = False


@dataclass(frozen=True)
class SharedRows(RowScope):
    """Rows shared with the principal one by one (user, unit or expiring link)."""


@dataclass(frozen=True)
class Where(RowScope):
    """Rows whose own fields match, in the filter language of the API (``stage__in``, ``pool__isnull``)."""

    filters: Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One step of a path.

    Attributes:
        relation: key of the relation type.
        reverse: follow it from target to source.
        descend: follow it any number of times (acyclic relations only).
    """

    relation: str
    reverse: bool = False
    descend: bool = False


@dataclass(frozen=True)
class PathScope(RowScope):
    """Rows from which the steps lead to one of the principal's anchors; at most four steps."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Via(RowScope):
    """Rows linked to a record that the principal may itself read: activities of my customers, whoever wrote them.

    Attributes:
        link: name of a reference field of this entity, or key of a relation followed from this entity's rows
            (either direction's key); its far entity's own row rule for ``read`` decides. At most two such hops in
            a row; a circle of entities is refused at start.
        entity: far entity for a relation or a reference with several targets; empty when the field has one target.
    """

    link: str
    entity: str = ""


@dataclass(frozen=True)
class Either(RowScope):
    """Rows of any of the scopes."""

    scopes: tuple[RowScope, ...]


@dataclass(frozen=True)
class Both(RowScope):
    """Rows of all of the scopes."""

    scopes: tuple[RowScope, ...]


all_rows = AllRows()
own = Own()
unit = UnitRows()
unit_tree = UnitRows(subtree=True)
shared = SharedRows()


def where(**filters: Any) -> Where:
    """Rows whose own fields match the filters."""
    return Where(filters)


def via(link: str, entity: str = "") -> Via:
    """Rows whose reference field (or relation) leads to a record the principal may read."""
    return Via(link, entity)


def rev(relation: str) -> Step:
    """Follow a relation backwards, from its target to its source."""
    return Step(relation, reverse=True)


def tree(relation: str) -> Step:
    """Follow an acyclic relation upwards any number of times, including not at all."""
    return Step(relation, descend=True)


def path(*steps: str | Step) -> PathScope:
    """Rows from which these steps lead to an anchor: ``path("service.raised_by", rev("crm.works_for"))``."""
    return PathScope(tuple(Step(step) if isinstance(step, str) else step for step in steps))


@dataclass(frozen=True, slots=True)
class Grant:
    """A role may do these operations on these rows and fields of one entity.

    Attributes:
        role: key of the role (or audience).
        entity: key of an entity of the same plugin.
        actions: operations (:data:`READ` ...) or full action keys.
        rows: scope; ``all`` by default for internal roles, compulsory for external ones.
        fields: names this grant covers, None for all; compulsory for external audiences.
        without: names it does not cover although ``fields`` is None.
        plugin: set by the loader.
    """

    role: str
    entity: str
    actions: Iterable[str] = READ
    rows: RowScope | None = None
    fields: frozenset[str] | set[str] | None = None
    without: frozenset[str] | set[str] = field(default_factory=frozenset)
    plugin: str = ""

    @property
    def key(self) -> str:
        """Stable name of the rule, for explanations."""
        return f"{self.role}:{self.entity}:{'+'.join(sorted(self.actions))}"
