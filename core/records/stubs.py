"""What is left of records whose plugin is not installed: their kind and last title, where they were linked.

Nobody can say any more who might read them, so people outside the company see nothing of them, and people inside what
the design promises: kind and title. One statement, and none at all while every plugin of the database runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import CompoundSelect, bindparam, literal_column, select, union_all

from weft.core.access.plans import among, plans_of
from weft.core.db.tables import entity_type, record, relation, relation_type
from weft.core.db.types import RecordId
from weft.core.i18n import current_locale

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Stub", "stubs_of"]

#: Links read of one record; more would be no help to anybody.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Stub:
    """A linked record of a plugin that is not installed.

    Attributes:
        id: of the record.
        type: entity key.
        kind: what its plugin called it, in the viewer's language; the entity key where that was never kept.
        title: its last title.
        relation: words of the link, seen from the record that is looked at.
    """

    id: int
    type: str
    kind: str
    title: str
    relation: str


def stubs_of(records: Records, record_id: int) -> list[Stub]:
    """Records of absent plugins that are linked to a record, newest first; whoever calls has read that record.

    Args:
        records: whose rights count: people outside the company get nothing.
        record_id: the record that is looked at.
    """
    absent = records.runtime.registry.absent_types
    if not absent or not records.principal.internal:
        return []
    dialect = records.connection.dialect.name
    statement = plans_of(records.runtime).get(("stubs",), lambda: _statement(dialect))
    rows = records.connection.execute(statement, {"near": record_id, "absent": sorted(absent)})
    locale = current_locale()
    return [
        Stub(row.id, row.key, _in(row.kind, locale) or row.key, row.title or f"#{row.id}", _in(row.words, locale))
        for row in rows
    ]


def _in(labels: Mapping[str, Any] | None, locale: str) -> str:
    found = (labels or {}).get(locale) or (labels or {}).get("en") or ""
    return str(found)


def _statement(dialect: str) -> CompoundSelect[Any]:
    """Both ends of the edges of ``near`` whose other end is of an ``absent`` type."""
    parts = []
    for reverse in (False, True):
        edge, far, kind, words = relation.alias(), record.alias(), entity_type.alias(), relation_type.alias()
        near_id, far_id, far_type = (
            (edge.c.target_id, edge.c.source_id, edge.c.source_type) if reverse
            else (edge.c.source_id, edge.c.target_id, edge.c.target_type)
        )  # fmt: skip
        parts.append(
            select(
                far.c.id.label("id"), far.c.title.label("title"), kind.c.key.label("key"), kind.c.label.label("kind"),
                (words.c.inverse_label if reverse else words.c.label).label("words"),
            )
            .select_from(
                edge.join(far, far.c.id == far_id).join(kind, kind.c.id == far_type)
                .join(words, words.c.id == edge.c.type_id)
            )
            .where(near_id == bindparam("near", type_=RecordId), among(far_type, "absent", dialect))
            .where(far.c.deleted_at.is_(None))
        )  # fmt: skip
    return union_all(*parts).order_by(literal_column("id").desc()).limit(_MOST)
