"""What of a record is searched: title, number, name in the other script, fields with ``search=True`` and comments.

Sensitive fields never are. The same rules make the tokens of a record as stored (for the index) and as one principal
may read it (to check a hit).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from weft.core.db.fields import TEXT_KINDS, Field, Kind
from weft.core.db.tables import record
from weft.core.i18n import LOCALES, use_locale
from weft.core.registry.model import EntityType, Registry
from weft.core.registry.runtime import Runtime
from weft.core.search.backend import Document
from weft.core.search.tokens import phone_tokens, pinyin_tokens, tokens

__all__ = [
    "SOURCES_SERVICE", "cells", "document", "documents", "every_document", "file_fields", "fingerprint", "searchable",
    "texts_of", "words_around",
]  # fmt: skip

#: Entry of ``runtime.services``: functions ``(connection, record ids) -> [(record id, shared, text)]`` of parts that
#: keep texts about records (comments, words in files); ``shared`` is False for what only people of the company read.
#: A fourth value names the field that the text belongs to: only who may read the field may know of it; ``@`` for files
#: attached to the record.
SOURCES_SERVICE = "search.sources"
Said = tuple[int, bool, str, str]
Source = Callable[[Connection, Sequence[int]], Iterable[tuple[int, bool, str] | Said]]

#: Raised when the rules here or in :mod:`weft.core.search.tokens` change, so that the index is made anew.
_RULES = 3
_NAMED = frozenset({"core.person", "core.organization"})
_KINDS = TEXT_KINDS | {Kind.ADDRESS, Kind.CHOICE}
_CHUNK = 500
_ADDRESS = ("lines", "postcode", "city", "region")


def searchable(entity: EntityType) -> bool:
    """True when records of an entity are in the index; the company's lists of values are short and are not."""
    return entity.plugin != "core" and entity.has("search")


def cells(entity: EntityType) -> list[str]:
    """Names whose words find a record: title, number, the name in the other script, searched fields."""
    hidden = any(entity.fields[name].sensitive for name in entity.spec.title)
    found = ["number"] if hidden else ["title", "number"]
    alt = entity.spec.alt_title
    if alt is not None and not entity.fields[alt].sensitive:
        found.append(alt)
    return found + [name for name, declared in entity.fields.items() if name not in found and _searched(declared)]


def _searched(declared: Field) -> bool:
    return declared.search and declared.stored and not declared.sensitive and declared.kind in _KINDS


def file_fields(entity: EntityType) -> list[str]:
    """Fields that name a file, whose words find the record as well."""
    return [name for name, declared in entity.fields.items() if declared.kind is Kind.FILE and declared.stored]


def fingerprint(registry: Registry) -> str:
    """Changes when other fields are searched, or words are made otherwise."""
    parts = [
        (one.key, cells(one) + file_fields(one), sorted(one.spec.traits))
        for one in registry.entities.values()
        if searchable(one)
    ]
    return hashlib.sha256(repr((_RULES, sorted(parts))).encode()).hexdigest()[:16]


# ---- tokens of one record


def document(entity: EntityType, values: Mapping[str, Any], said: Iterable[str]) -> Document:
    """The tokens of a record.

    Args:
        entity: its entity.
        values: ``id`` and what may be known of :func:`cells`, by name.
        said: comments.
    """
    named = bool(_NAMED & entity.spec.traits)
    heads = ("title", "number", entity.spec.alt_title)
    title: set[str] = set()
    rest: set[str] = set()
    for name in cells(entity):
        value = values.get(name)
        if value is None:
            continue
        found = title if name in heads else rest
        found |= _tokens(entity.fields.get(name), value)
        if named and name in heads and name != "number":
            title |= pinyin_tokens(value)
    for text in said:
        rest |= tokens(text)
    return Document(values["id"], entity.key, frozenset(title), frozenset(title | rest))


def _tokens(declared: Field | None, value: Any) -> set[str]:
    found: set[str] = set()
    for text in texts_of(declared, value):
        found |= tokens(text)
    if declared is not None and declared.kind is Kind.PHONE:
        found |= phone_tokens(str(value))
    return found


def texts_of(declared: Field | None, value: Any) -> list[str]:
    """The words of a value: of an address its lines, of a choice its label in every language."""
    if declared is not None and declared.kind is Kind.ADDRESS:
        parts = [value.get(name) for name in _ADDRESS] if isinstance(value, Mapping) else []
        return [text for part in parts if part for text in (part if isinstance(part, list) else [str(part)])]
    if declared is not None and declared.kind is Kind.CHOICE and declared.choices is not None:
        label = declared.choices.labels.get(value)
        return [] if label is None else _in_every_language(label)
    return [str(value)]


def _in_every_language(label: Any) -> list[str]:
    found = []
    for locale in LOCALES:
        with use_locale(locale):
            found.append(str(label))
    return found


def words_around(text: str, at: int, width: int = 120) -> str:
    """A part of a text around a place in it, on one line."""
    start = max(0, at - width // 3)
    part = " ".join(text[start : start + width].split())
    return ("…" if start else "") + part + ("…" if start + width < len(text) else "")


# ---- from the database


def documents(runtime: Runtime, connection: Connection, ids: Collection[int]) -> list[Document]:
    """The records as they stand now; deleted ones and those that are not searched are left out."""
    found: list[Document] = []
    by_type: dict[str, list[int]] = defaultdict(list)
    for part in _chunks(sorted(ids)):
        known = select(record.c.id, record.c.type_id).where(record.c.id.in_(part), record.c.deleted_at.is_(None))
        for row in connection.execute(known):
            by_type[runtime.registry.entity_key(row.type_id)].append(row.id)
    for key, mine in by_type.items():
        entity = runtime.registry.entities.get(key)
        if entity is not None and searchable(entity):
            for part in _chunks(mine):
                statement = _select(entity).where(entity.table.c.id.in_(part))
                found.extend(_made(runtime, connection, entity, connection.execute(statement).mappings().all()))
    return found


def every_document(runtime: Runtime, connection: Connection, after: int = 0) -> Iterator[list[Document]]:
    """All records in order of their ids, in parts."""
    while True:
        following = select(record.c.id).where(record.c.id > after).order_by(record.c.id).limit(_CHUNK)
        ids = list(connection.scalars(following))
        if not ids:
            return
        found = documents(runtime, connection, ids)
        if found:
            yield sorted(found, key=lambda one: one.record_id)
        after = ids[-1]


def _select(entity: EntityType) -> Select[Any]:
    table = entity.table
    source: Any = table
    for extension in entity.extensions.values():
        source = source.outerjoin(extension.table, extension.table.c.id == table.c.id)
    columns = [entity.column(name) if name in entity.fields else table.c[name] for name in cells(entity)]
    return select(table.c.id, *columns).select_from(source)


def _made(runtime: Runtime, connection: Connection, entity: EntityType, rows: Sequence[Any]) -> Iterator[Document]:
    said: dict[int, list[str]] = defaultdict(list)
    for record_id, _shared, text, _field in said_about(runtime, connection, [row["id"] for row in rows]):
        said[record_id].append(text)
    for row in rows:
        yield document(entity, row, said[row["id"]])


def said_about(runtime: Runtime, connection: Connection, ids: Sequence[int]) -> Iterator[Said]:
    """Texts that other parts keep about records, each with the field it belongs to, or none."""
    sources: Sequence[Source] = runtime.services.get(SOURCES_SERVICE, ())
    for source in sources:
        for part in _chunks(ids):
            for said in source(connection, part):
                yield said if len(said) == 4 else (*said, "")


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
