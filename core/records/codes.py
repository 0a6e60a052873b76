"""Records named by their code in filters: ``stage=negotiation`` and ``source=web`` beside ids.

Values the company keeps and records with a unique text field ``code`` (stages) are meant. All codes of a filter are
looked up with one statement per entity, within the rights of the one who asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from weft.core.access.conditions import AllOf, Term
from weft.core.access.names import Name
from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Field, Kind
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Codes"]

_VALUE = "core.value"
_COMPARED = frozenset({"eq", "ne", "in", "not_in"})
_LONGEST = 60


class Codes:
    """The codes that stand in a filter, and the ids they mean.

    Args:
        records: whose rights count.
        terms: the filter's conditions on names that were checked.
    """

    def __init__(self, records: Records, terms: Iterable[tuple[Name, Term]]) -> None:
        self._records = records
        asked: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name, term in terms:
            for target in self._targets(name, term):
                asked[target.key, _list_of(name)].update(_codes(term.value, term.op))
        self._found = {wanted: self._look_up(*wanted, codes) for wanted, codes in asked.items() if codes}

    def put(self, name: Name, term: Term) -> Any:
        """The value of a condition with ids in the place of codes; codes nobody knows stay as they are."""
        known: dict[str, int] = {}
        for target in self._targets(name, term) if self._found else ():
            known.update(self._found.get((target.key, _list_of(name)), {}))
        if not known:
            return term.value
        if term.op in ("in", "not_in"):
            return [known.get(str(one), one) for one in _parts(term.value, term.op)]
        return known.get(str(term.value), term.value)

    def _targets(self, name: Name, term: Term) -> tuple[EntityType, ...]:
        declared = name.field
        if declared is None or declared.kind is not Kind.REFERENCE or term.op not in _COMPARED or "*" in declared.to:
            return ()
        return tuple(entity for entity in self._records.runtime.registry.targets(declared) if _has_code(entity))

    def _look_up(self, key: str, list_key: str, codes: set[str]) -> Mapping[str, int]:
        from weft.core.records.query import Request, run

        access = AccessPolicy.of(self._records.runtime).access(self._records.principal, key, "read")
        if "code" not in access.cells or (list_key and "list_key" not in access.cells):
            return {}
        parts: list[Any] = [Term("code", "in", sorted(codes))]
        if list_key:
            parts.append(Term("list_key", "eq", list_key))
        rows = run(
            self._records, Request(key, fields=("code",), filters=AllOf(tuple(parts)), sort="id", limit=200)
        ).rows
        return {row["code"]: row.id for row in rows if "code" in row}


def _has_code(entity: EntityType) -> bool:
    declared: Field | None = entity.fields.get("code")
    if declared is None or declared.kind is not Kind.TEXT:
        return False
    return declared.unique or entity.key == _VALUE


def _list_of(name: Name) -> str:
    return (name.field.values or "") if name.field is not None else ""


def _parts(value: Any, op: str) -> list[Any]:
    if op not in ("in", "not_in"):
        return [value]
    return value.split(",") if isinstance(value, str) else list(value)


def _codes(value: Any, op: str) -> set[str]:
    """The texts that are no ids and no words of the filter language."""
    texts = (one for one in _parts(value, op) if isinstance(one, str) and one.isprintable())
    return {one for one in texts if one and one != "none" and not one.lstrip("-").isdigit() and len(one) <= _LONGEST}
