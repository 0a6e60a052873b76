"""What the generated triggers must keep equal, derived from the registry: plain data that SQL is written from.

``record`` rows mirror the header of every entity table; edges with origin ``f`` mirror every reference column; the
closure mirrors the edges of the acyclic relation types that a grant follows with ``tree(...)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weft.core.db.fields import Field, Kind

if TYPE_CHECKING:
    from weft.core.registry.model import EntityType, Registry

__all__ = [
    "CYCLE",
    "FUNCTIONAL",
    "INVERSE_FUNCTIONAL",
    "EdgeMirror",
    "Mirror",
    "TableMirror",
    "mirror_of",
    "tree_types",
]

#: Text of the integrity error when an edge of an acyclic type would lead back to its source.
CYCLE = "weft_cycle"
#: Cardinalities that allow a source one target, and a target one source.
FUNCTIONAL = frozenset({"many_to_one", "one_to_one"})
INVERSE_FUNCTIONAL = frozenset({"one_to_many", "one_to_one"})


@dataclass(frozen=True, slots=True)
class EdgeMirror:
    """A reference column and the edges it stands for.

    Attributes:
        column: name of the column.
        relation: key of the relation type.
        relation_id: its persistent small id.
        functional, inverse_functional: values of the helper columns (1 or None).
    """

    column: str
    relation: str
    relation_id: int
    functional: int | None
    inverse_functional: int | None


@dataclass(frozen=True, slots=True)
class TableMirror:
    """One table that carries records or adds columns to them.

    Attributes:
        table: name of the table.
        entity: key of the entity.
        type_id: persistent small id of the entity.
        edges: its reference columns.
        base: of an extension table, which has no header: the table it extends; else empty.
    """

    table: str
    entity: str
    type_id: int
    edges: tuple[EdgeMirror, ...]
    base: str = ""

    @property
    def extends(self) -> bool:
        """True for an extension table."""
        return bool(self.base)


@dataclass(frozen=True, slots=True)
class Mirror:
    """Everything the triggers keep equal.

    Attributes:
        tables: entity tables and extension tables, by name.
        closure_types: ids of the relation types in ``relation_closure``.
        acyclic_types: ids of the relation types that may not lead back.
    """

    tables: tuple[TableMirror, ...]
    closure_types: tuple[int, ...]
    acyclic_types: tuple[int, ...]


def mirror_of(registry: Registry) -> Mirror:
    """Derive the mirror from a registry whose persistent ids are bound.

    Raises:
        KeyError: an id is missing; bind the ids of the database first.
    """
    tables: list[TableMirror] = []
    for entity in registry.entities.values():
        own = [declared for declared in entity.fields.values() if declared.extension_of is None]
        type_id = registry.entity_id(entity.key)
        tables.append(TableMirror(entity.table.name, entity.key, type_id, _edges(registry, own)))
        tables.extend(_extension_mirrors(registry, entity, type_id))
    return Mirror(
        tables=tuple(sorted(tables, key=lambda table: table.table)),
        closure_types=tuple(sorted(registry.relation_id(key) for key in tree_types(registry))),
        acyclic_types=tuple(sorted(registry.relation_id(key) for key, r in registry.relations.items() if r.acyclic)),
    )


def _extension_mirrors(registry: Registry, entity: EntityType, type_id: int) -> Iterator[TableMirror]:
    for extension in entity.extensions.values():
        edges = _edges(registry, extension.fields.values())
        yield TableMirror(extension.table.name, entity.key, type_id, edges, entity.table.name)


def _edges(registry: Registry, fields: Iterable[Field]) -> tuple[EdgeMirror, ...]:
    edges: list[EdgeMirror] = []
    for declared in fields:
        relation = registry.relations.get(declared.relation or "")
        if declared.kind is not Kind.REFERENCE or relation is None:
            continue
        edges.append(
            EdgeMirror(
                column=declared.name,
                relation=relation.key,
                relation_id=registry.relation_id(relation.key),
                functional=1 if relation.cardinality in FUNCTIONAL else None,
                inverse_functional=1 if relation.cardinality in INVERSE_FUNCTIONAL else None,
            )
        )
    return tuple(edges)


def tree_types(registry: Registry) -> tuple[str, ...]:
    """Keys of the relation types that some declared grant follows with ``tree(...)``, sorted.

    Not of those that a company added: their closures would have to be made while everybody works.
    """
    found: set[str] = set()
    for grant in registry.declared_grants:
        for key in _descending(grant.rows):
            try:
                found.add(registry.relation(key)[0].key)
            except KeyError:
                continue  # dormant: the plugin that declares the relation is not installed
    return tuple(sorted(found))


def _descending(scope: object) -> Iterator[str]:
    """Relation keys of all ``tree`` steps in a row scope, by shape: the access language stands in a higher layer."""
    for step in getattr(scope, "steps", ()):
        if step.descend:
            yield step.relation
    for part in getattr(scope, "scopes", ()):
        yield from _descending(part)
