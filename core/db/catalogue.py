"""The persistent small ids of entity and relation types: given once, never reused, kept when a plugin goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, func, insert, select, update

from weft.core.db.tables import entity_type, relation_type
from weft.core.i18n import LOCALES, LazyText, Text

if TYPE_CHECKING:
    from weft.core.registry.model import Registry

__all__ = ["bind", "labels", "sync_types"]


def labels(text: Text) -> dict[str, str]:
    """The words of a label in every language, for stubs of records whose plugin is gone."""
    if isinstance(text, LazyText):
        return {locale: text.in_locale(locale) for locale in LOCALES}
    return {locale: str(text) for locale in LOCALES}


def sync_types(connection: Connection, registry: Registry) -> None:
    """Give every declared type its id, bring the labels up to date and bind the ids to the registry."""
    entities = {key: {"label": labels(entity.label)} for key, entity in registry.entities.items()}
    relations = {
        key: {
            "inverse_key": relation.inverse,
            "label": labels(relation.label),
            "inverse_label": labels(relation.inverse_label),
        }
        for key, relation in registry.relations.items()
    }
    _sync(connection, entity_type, entities)
    _sync(connection, relation_type, relations)
    bind(connection, registry)


def bind(connection: Connection, registry: Registry) -> None:
    """Read the ids of all types, also of plugins that are gone, into the registry."""
    registry.bind_ids(_ids(connection, entity_type), _ids(connection, relation_type))


def _ids(connection: Connection, table: Table) -> dict[str, int]:
    return {row.key: row.id for row in connection.execute(select(table.c.key, table.c.id))}


def _sync(connection: Connection, table: Table, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    present = {row.key: row._mapping for row in connection.execute(select(table))}
    following = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one() + 1
    new = [key for key in sorted(wanted) if key not in present]
    if new:
        rows = [{"id": following + place, "key": key, **wanted[key]} for place, key in enumerate(new)]
        connection.execute(insert(table), rows)
    for key, values in wanted.items():
        if key in present and any(present[key][name] != value for name, value in values.items()):
            connection.execute(update(table).where(table.c.key == key).values(**values))
