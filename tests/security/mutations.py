"""Planted defects: each is a mistake somebody could make, and each must be found by the door named beside it.

``elevated`` is the commonest one: a function that reads or writes with the platform's rights instead of the person's.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

__all__ = ["MUTATIONS", "Mutation"]


@dataclass(frozen=True)
class Mutation:
    """One planted defect.

    Attributes:
        name: what was done wrong.
        plant: does it, through a patch that is taken back.
        kind: of the finding that must come, ``leak``, ``wrong refusal`` or ``changed``.
        channels: doors of which one must find it.
        person: who looks.
        entity: at what; some records of it are enough.
    """

    name: str
    plant: Callable[[pytest.MonkeyPatch], None]
    kind: str
    channels: tuple[str, ...]
    person: str = "estate.tenant of A"
    entity: str = "estate.job"


def _at(place: str) -> tuple[Any, str, Any]:
    """Module (or class), name and present value of ``weft.core.access.sql:RowsSql._probe``."""
    module, _, path = place.partition(":")
    holder: Any = import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        holder = getattr(holder, part)
    return holder, name, getattr(holder, name)


def elevated(place: str) -> Callable[[pytest.MonkeyPatch], None]:
    """The function runs with the platform's rights."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        holder, name, real = _at(place)

        @functools.wraps(real)
        def careless(records: Any, *args: Any, **kwargs: Any) -> Any:
            return real(records.system("planted"), *args, **kwargs)

        patch.setattr(holder, name, careless)

    return plant


def instead(place: str, make: Callable[[Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """The function is another one, made from the real one."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        holder, name, real = _at(place)
        patch.setattr(holder, name, make(real))

    return plant


def _atoms(kind: str, answer: bool) -> Callable[[Any], Any]:
    """Atoms of one kind hold everywhere, or nowhere."""
    from sqlalchemy import false, true

    def make(real: Any) -> Any:
        def probe(self: Any, atom: Any, entity: str, table: Any) -> Any:
            if type(atom).__name__ == kind:
                return true() if answer else false()
            return real(self, atom, entity, table)

        return probe

    return make


def _all_fields(real: Any) -> Any:
    def fields(entity: Any, grant: Any, external: bool) -> Any:
        return real(entity, grant, external) | frozenset(entity.fields)

    return fields


def _no_end(real: Any) -> Any:
    return lambda self, atom, share: real(self, atom, share)[:1]


def _any_level(real: Any) -> Any:
    def atom(registry: Any, entity: Any, names: Any, scope: Any, features: Any, operation: str, far: Any) -> Any:
        shared = type(scope).__name__ == "SharedRows"
        return real(registry, entity, names, scope, features, "read" if shared else operation, far)

    return atom


def _whole_tree(real: Any) -> Any:
    def values(ctx: Any) -> Any:
        found = real(ctx)
        return {**found, "tree": list(range(1, 10_000))}

    return values


def _everything(real: Any) -> Any:
    """Outsiders get the internal ones, too."""
    from weft.core.collaboration import comments

    return lambda records: comments.select(comments.comment)


def _first_only(real: Any) -> Any:
    def stored(records: Any, entity_type: Any, ids: Any, operation: str, **more: Any) -> Any:
        real(records, entity_type, list(ids)[:1], operation, **more)
        return real(records.system("planted"), entity_type, ids, operation, **more)

    return stored


def _writes_first(real: Any) -> Any:
    """The note is written before the right is asked for, in a transaction of its own."""

    def delete(records: Any, entity: str, record_id: int, **more: Any) -> Any:
        from sqlalchemy import insert

        from weft.core.db.tables import installation
        from weft.core.records import rights

        writer = records
        try:
            rights.stored(writer, writer.runtime.registry.entity(entity), [record_id], "delete")
        except Exception:
            key = f"planted.{writer.runtime.db.ids.next()}"
            writer.connection.execute(insert(installation).values(key=key, value="1"))
            writer.connection.commit()
            raise
        return real(records, entity, record_id, **more)

    return delete


def _no_owner_in(real: Any) -> Any:
    """Files are served to whoever knows the number."""
    return lambda records, file_id: True


SQL = "weft.core.access.sql:RowsSql"
MUTATIONS = [
    Mutation("a path is forgotten", instead(f"{SQL}._probe", _atoms("PathAtom", True)), "leak", ("list", "get")),
    Mutation("a path leads nowhere", instead(f"{SQL}._probe", _atoms("PathAtom", False)), "wrong refusal",
             ("list", "get")),
    Mutation("a filter of a grant is ignored", instead(f"{SQL}._own", _atoms("WhereAtom", True)), "leak", ("list",),
             "estate.auditor"),
    Mutation("what is reached through a record is not asked for", instead(f"{SQL}._probe", _atoms("LinkAtom", True)),
             "leak", ("list", "get"), "estate.clerk", "estate.memo"),
    Mutation("own means everybody's", instead(f"{SQL}._own", _atoms("OwnAtom", True)), "leak", ("list", "update"),
             "estate.clerk"),
    Mutation("one's unit and below is the whole company",
             instead("weft.core.access.slots:slot_values", _whole_tree), "leak", ("list",), "estate.area"),
    Mutation("a mask names too many fields", instead("weft.core.access.policy:_fields", _all_fields), "leak",
             ("list",)),
    Mutation("a share never ends", instead(f"{SQL}._shared", _no_end), "leak", ("list", "get"), "estate.helper"),
    Mutation("a share for reading lets change", instead("weft.core.access.rows:_atom", _any_level), "leak",
             ("update",), "estate.helper"),
    Mutation("history without mask", elevated("weft.core.records.history:history"), "leak", ("history",)),
    Mutation("links without row rule", elevated("weft.core.records.neighbours:neighbours"), "leak", ("relations",)),
    Mutation("graph without row rule", elevated("weft.core.relations.graph:traverse"), "leak", ("graph",)),
    Mutation("figures over all rows", elevated("weft.core.records.aggregate:run"), "leak", ("aggregate",)),
    Mutation("included records are not asked for", elevated("weft.core.records.query:included"), "leak", ("include",)),
    Mutation("titles of references are not asked for", elevated("weft.core.records.references:_of_entity"), "leak",
             ("list", "get"), "estate.team"),
    Mutation("search without re-check", elevated("weft.core.search.service:search"), "leak", ("search",)),
    Mutation("export without mask", elevated("weft.core.import_export.exporting:write_rows"), "leak", ("export",)),
    Mutation("a file for whoever knows its number", instead("weft.core.files.files:_may_open", _no_owner_in), "leak",
             ("file",)),
    Mutation("internal comments for everybody", instead("weft.core.collaboration.comments:visible", _everything),
             "leak", ("stream", "page")),
    Mutation("notices name what may no longer be read", elevated("weft.core.collaboration.notices:_shown"), "leak",
             ("notice",)),
    Mutation("deleting asks for nothing", elevated("weft.core.records.rights:stored"), "leak",
             ("delete", "bulk delete")),
    Mutation("bulk asks for the first record only", instead("weft.core.records.rights:stored", _first_only), "leak",
             ("mixed bulk",), "estate.clerk"),
    Mutation("a refused call has written already", instead("weft.core.records.write:delete", _writes_first), "changed",
             ("delete",)),
]  # fmt: skip
