"""Who asks: organisations and persons, known only by what any plugin declares of them (traits, kinds of fields)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from weft.core.sdk import Kind, Principal, Records, RefValue

__all__ = ["Party", "by_mail", "employers", "mails", "standing_for"]

_ORGANISATION, _PERSON = "core.organization", "core.person"
_MOST = 200


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation and a person of it, each an id or None."""

    organisation: int | None = None
    person: int | None = None


def standing_for(records: Records, principal: Principal) -> Party:
    """What stands for a visitor: the first organisation and the first person among their records."""
    found: dict[str, int] = {}
    titles = records.titles(principal.anchors)
    for number in principal.anchors:
        ref = titles.get(number)
        for key in _traits(records, ref.type) if ref is not None else ():
            found.setdefault(key, number)
    return Party(found.get(_ORGANISATION), found.get(_PERSON))


def _traits(records: Records, entity: str) -> frozenset[str]:
    known = records.runtime.registry.entities.get(entity)
    return known.spec.traits if known is not None else frozenset()


def employers(records: Records, ids: Iterable[int]) -> dict[int, int]:
    """The organisation that each person's record names first."""
    found: dict[int, int] = {}
    for row in _rows(records, ids, Kind.REFERENCE):
        for value in row.values():
            if isinstance(value, RefValue) and _ORGANISATION in _traits(records, value.type):
                found.setdefault(row["id"], value.id)
    return found


def mails(records: Records, ids: Iterable[int]) -> dict[int, str]:
    """The mail address that each person's record names first."""
    found: dict[int, str] = {}
    for row in _rows(records, ids, Kind.EMAIL):
        for name, value in row.items():
            if name not in ("id", "type") and isinstance(value, str) and "@" in value:
                found.setdefault(row["id"], value)
    return found


def _rows(records: Records, ids: Iterable[int], kind: Kind) -> list[Mapping[str, Any]]:
    """Records with their fields of one kind, one query per entity."""
    by_type: dict[str, list[int]] = {}
    for number, ref in records.titles(ids).items():
        by_type.setdefault(ref.type, []).append(number)
    rows: list[Mapping[str, Any]] = []
    for key, numbers in by_type.items():
        entity = records.runtime.registry.entities.get(key)
        names = [name for name, one in entity.fields.items() if one.kind is kind and one.stored] if entity else []
        for start in range(0, len(numbers) if names else 0, _MOST):
            part = ",".join(map(str, numbers[start : start + _MOST]))
            rows += records.query(key, fields=names, filters={"id__in": part}, limit=_MOST).rows
    return rows


def by_mail(records: Records, address: str) -> Party:
    """Whose mail address it is: a person with their organisation, else an organisation, else nobody.

    Args:
        records: ``records.system(...)``.
        address: in whatever case.
    """
    wanted = address.strip().lower()
    registry = records.runtime.registry
    for trait in (_PERSON, _ORGANISATION):
        for entity in registry.with_trait(trait):
            for name, declared in entity.fields.items():
                if declared.kind is not Kind.EMAIL or not declared.stored:
                    continue
                rows = records.query(entity.key, fields=[name], filters={name: wanted}, limit=2).rows
                if not rows:
                    continue
                number = rows[0].id
                if trait == _PERSON:
                    return Party(employers(records, [number]).get(number), number)
                return Party(number)
    return Party()
