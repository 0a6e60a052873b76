"""Records that come along with a list: ``include=account`` or ``account.parent``, at most two steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Kind
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.records.filters import unknown_name
from weft.core.records.values import RefValue, Row
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["included"]

_ = translator("core")

MAX_DEPTH = 2
MAX_PATHS = 10
#: They come with their name in every row; asking for them once more changes nothing.
_NAMED = frozenset({"owner", "unit"})


def included(records: Records, entity: EntityType, rows: Sequence[Row], paths: Sequence[str]) -> None:
    """Put the referenced records into the references of the rows, each by its own rules.

    Raises:
        QueryError: a name is no readable reference, the path is longer than two steps, or there are more than ten.
    """
    if not paths:
        return
    if len(paths) > MAX_PATHS:
        raise QueryError(
            _("At most %(limit)s names can be included.") % {"limit": MAX_PATHS}, name="include", status=422
        )
    tree: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        first, _mark, rest = path.partition(".")
        if rest.count(".") >= MAX_DEPTH - 1:
            raise QueryError(
                _("What is included is at most %(limit)s steps away.") % {"limit": MAX_DEPTH},
                name="include",
                status=422,
            )
        tree[first].extend([rest] if rest else [])
    access = AccessPolicy.of(records.runtime).access(records.principal, entity.key, "read")
    for name, further in tree.items():
        declared = entity.fields.get(name)
        if name in _NAMED and declared is None and not further and name in access.cells:
            continue
        if declared is None or declared.kind is not Kind.REFERENCE or name not in access.cells:
            raise unknown_name(entity.key, name)
        for target in records.runtime.registry.targets(declared) if further else ():
            _check(records, target, further, declared.to)
        _fill(records, rows, name, further)


def _check(records: Records, target: EntityType, names: Sequence[str], to: object) -> None:
    """Names of the second step must exist on every entity the reference can lead to; rows do not decide it."""
    access = AccessPolicy.of(records.runtime).access(records.principal, target.key, "read")
    for name in names:
        declared = target.fields.get(name)
        if declared is None or declared.kind is not Kind.REFERENCE or name not in access.cells:
            raise unknown_name(target.key, name)


def _fill(records: Records, rows: Sequence[Row], name: str, further: Sequence[str]) -> None:
    from weft.core.records.query import many

    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        value = row.get(name)
        if isinstance(value, RefValue) and not value.restricted and value.type in records.runtime.registry.entities:
            wanted[value.type].add(value.id)
    found: dict[int, Row] = {}
    for key, ids in wanted.items():
        fetched = many(records, key, sorted(ids))
        if further:
            included(records, records.runtime.registry.entity(key), fetched, further)
        found.update((row.id, row) for row in fetched)
    for row in rows:
        value = row.get(name)
        if isinstance(value, RefValue) and value.id in found:
            row[name] = replace(value, row=found[value.id])
