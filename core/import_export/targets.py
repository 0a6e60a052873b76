"""What a column of a file can be read into, and which column means what.

A target is written as text: a field (``name``), a part of one (``amount.currency``, ``address.city``), ``id``,
``owner``, ``unit``, or a link (``relation:crm.works_for`` for the far record, ``relation:crm.works_for.role`` for an
attribute).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weft.core.db.fields import Field, Kind
from weft.core.i18n import LOCALES, Text, use_locale
from weft.core.import_export.reading import Column
from weft.core.registry.declarations import RelationType
from weft.core.registry.model import EntityType, Registry

__all__ = ["ADDRESS_PARTS", "Target", "match_columns", "normalised", "targets_of"]

ADDRESS_PARTS = ("country", "region", "city", "lines", "postcode")
_PART_WORDS: Mapping[str, tuple[str, ...]] = {
    "country": ("country", "国家", "國家"),
    "region": ("region", "province", "state", "省", "省份", "地区"),
    "city": ("city", "town", "城市", "市"),
    "lines": ("street", "lines", "street address", "街道", "地址"),
    "postcode": ("postcode", "postal code", "postalcode", "zip", "zip code", "邮编", "邮政编码", "郵遞區號"),
    "currency": ("currency", "币种", "货币", "幣別"),
}
_OWNER_WORDS = ("owner", "负责人", "負責人")
_UNIT_WORDS = ("unit", "部门", "部門")


@dataclass(frozen=True, slots=True)
class Target:
    """One place a value can go.

    Attributes:
        key: its text, as in a mapping.
        field: the declared field; None for ``id``, ``owner`` and ``unit``.
        part: ``currency`` of money or a part of an address, else empty.
        relation: key of the relation for links, else empty.
        attribute: attribute of the link; empty when the value names the far record.
    """

    key: str
    field: Field | None = None
    part: str = ""
    relation: str = ""
    attribute: str = ""


def normalised(text: str) -> str:
    """Fold what people write differently: case, width, spaces, underscores, punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def targets_of(registry: Registry, entity_type: EntityType, writable: frozenset[str]) -> dict[str, Target]:
    """All targets of an entity by key.

    Args:
        registry: what is installed.
        entity_type: the entity.
        writable: names the person may write; other fields are no targets.
    """
    found: dict[str, Target] = {"id": Target("id")}
    for name, declared in entity_type.fields.items():
        if not declared.writable or name not in writable:
            continue
        found[name] = Target(name, declared)
        if declared.kind is Kind.MONEY:
            found[f"{name}.currency"] = Target(f"{name}.currency", declared, "currency")
        elif declared.kind is Kind.ADDRESS:
            found.update({f"{name}.{part}": Target(f"{name}.{part}", declared, part) for part in ADDRESS_PARTS})
    found["owner"] = Target("owner")
    found["unit"] = Target("unit")
    for relation in _linkable(registry, entity_type):
        key = f"relation:{relation.key}"
        found[key] = Target(key, relation=relation.key)
        for name, declared in relation.attributes.items():
            found[f"{key}.{name}"] = Target(f"{key}.{name}", declared.named(name), "", relation.key, name)
        for name in ("valid_from", "valid_to"):
            found[f"{key}.{name}"] = Target(f"{key}.{name}", Field(Kind.DATE, name, name=name), "", relation.key, name)
    return found


def _linkable(registry: Registry, entity_type: EntityType) -> Iterator[RelationType]:
    """Relations from this entity that people write; one bound to a field is written by the field only."""
    for relation, reverse in registry.relations_of(entity_type.key):
        if not reverse and not relation.field:
            yield relation


def match_columns(
    columns: Sequence[Column],
    targets: Mapping[str, Target],
    entity_type: EntityType,
    mapping: Mapping[str, str | None] | None = None,
) -> dict[int, Target]:
    """Decide for each column what it means; columns without a meaning are left out.

    Args:
        columns: of the file.
        targets: of :func:`targets_of`.
        entity_type: the entity.
        mapping: column name or heading -> target key, or None to leave the column out. What it names is not guessed.

    Raises:
        KeyError: the mapping names a column or target that does not exist; the argument is that name.
    """
    chosen = _given(columns, targets, mapping or {})
    named = {column.index for column in columns if column.name in (mapping or {}) or column.heading in (mapping or {})}
    words = _words(targets, entity_type)
    taken = {target.key for target in chosen.values()}
    for column in columns:
        if column.index in named or not column.heading:
            continue
        target = words.get(normalised(column.heading))
        if target is not None and target.key not in taken:
            chosen[column.index] = target
            taken.add(target.key)
    return dict(sorted(chosen.items()))


def _given(
    columns: Sequence[Column], targets: Mapping[str, Target], mapping: Mapping[str, str | None]
) -> dict[int, Target]:
    by_name = {column.heading: column for column in reversed(columns)} | {column.name: column for column in columns}
    chosen: dict[int, Target] = {}
    for name, key in mapping.items():
        if name not in by_name:
            raise KeyError(name)
        if key is None or key == "":
            continue
        if key not in targets:
            raise KeyError(key)
        chosen[by_name[name].index] = targets[key]
    return chosen


def _words(targets: Mapping[str, Target], entity_type: EntityType) -> dict[str, Target]:
    """All headings that are understood without help: keys, names and labels in every language."""
    words: dict[str, Target] = {}

    def say(target: Target, *texts: str) -> None:
        for text in texts:
            words.setdefault(normalised(text), target)

    entity_words = [*_labels(entity_type.label), entity_type.key.partition(".")[2]]
    for key, target in targets.items():
        if target.relation:
            say(target, key)
        elif target.field is None:
            say(target, *({"owner": _OWNER_WORDS, "unit": _UNIT_WORDS}.get(key, (key,))))
        elif not target.part:
            labels = _labels(target.field.label)
            say(target, key, *labels, *(entity + label for entity in entity_words for label in (*labels, key)))
    for key, target in targets.items():
        if target.part and target.field is not None:
            labels = [target.field.name, *_labels(target.field.label)]
            say(target, key, *(label + word for label in labels for word in _PART_WORDS[target.part]))
    for target in targets.values():  # a bare "City" means the address when no field is called so
        if target.part in ADDRESS_PARTS and target.part != "lines":
            say(target, *_PART_WORDS[target.part])
    return words


def _labels(label: Text) -> list[str]:
    found: list[Any] = []
    for locale in LOCALES:
        with use_locale(locale):
            found.append(str(label))
    return found
