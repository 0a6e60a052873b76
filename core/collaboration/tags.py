"""Tags: words the company shares to sort records by; whoever may change a record may tag it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from weft.core.collaboration.tables import record_tag, tag
from weft.core.db.fields import Field, Kind
from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import rights
from weft.core.records.kinds import Refused, converter
from weft.core.records.stored import chunks
from weft.core.records.targets import entity_keys

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["TONES", "Tag", "add", "add_many", "change", "remove", "tagged", "tags", "tags_of"]

_ = translator("core")

TONES = ("grey", "blue", "teal", "green", "amber", "red", "plum")
_label = converter(Field(Kind.TEXT, "", max_length=60))


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: its words and the tone of its dot."""

    id: int
    label: str
    tone: str


def tags(records: Records, search: str = "", *, limit: int = 50) -> list[Tag]:
    """Tags whose words begin with or contain ``search``; people of the company only."""
    if not records.principal.internal:
        return []
    statement = select(tag).order_by(tag.c.word).limit(min(max(limit, 1), 200))
    if search.strip():
        statement = statement.where(tag.c.word.contains(search.strip().lower(), autoescape=True))
    return [Tag(row.id, row.label, row.tone) for row in records.connection.execute(statement)]


def tags_of(records: Records, ids: Iterable[int]) -> Mapping[int, list[Tag]]:
    """Tags of records the caller has read, in one statement; outsiders see none."""
    found: dict[int, list[Tag]] = defaultdict(list)
    if not records.principal.internal:
        return found
    for part in chunks(sorted(set(ids))):
        statement = (
            select(record_tag.c.record_id, tag.c.id, tag.c.label, tag.c.tone)
            .join(tag, tag.c.id == record_tag.c.tag_id)
            .where(record_tag.c.record_id.in_(part))
            .order_by(tag.c.word)
        )
        for row in records.connection.execute(statement):
            found[row.record_id].append(Tag(row.id, row.label, row.tone))
    return found


def tagged(records: Records, label: str) -> list[int]:
    """Ids of up to 500 records with a tag, newest first; read them through a query, which applies the row rules."""
    statement = (
        select(record_tag.c.record_id)
        .join(tag, tag.c.id == record_tag.c.tag_id)
        .where(tag.c.word == label.strip().lower())
        .order_by(record_tag.c.record_id.desc())
        .limit(500)
    )
    return list(records.connection.scalars(statement)) if records.principal.internal else []


def add(records: Records, record_id: int, label: str, *, tone: str = "grey") -> Tag:
    """Put a tag on a record; a new word becomes a new tag. Errors as in :func:`add_many`."""
    return add_many(records, [record_id], label, tone=tone)


def add_many(records: Records, ids: Iterable[int], label: str, *, tone: str = "grey") -> Tag:
    """Put a tag on many records, all or none.

    Raises:
        NotFound: one may not be read, or its kind takes no tags.
        Denied: one may not be changed.
        ValidationFailed: the label is empty or too long, or the tone unknown.
    """
    wanted = sorted(set(ids))
    _require_changeable(records, wanted)
    found = _found_or_made(records, label, tone)
    make = postgresql_insert if records.connection.dialect.name == "postgresql" else sqlite_insert
    rows = [
        {"record_id": i, "tag_id": found.id, "created_at": records.now, "created_by": records.principal.user_id}
        for i in wanted
    ]
    if rows:
        records.connection.execute(make(record_tag).on_conflict_do_nothing(), rows)
    return found


def remove(records: Records, record_id: int, tag_id: int) -> None:
    """Take a tag off a record; a tag that no record has any more goes. Errors as in :func:`add_many`."""
    _require_changeable(records, [record_id])
    records.connection.execute(
        delete(record_tag).where(record_tag.c.record_id == record_id, record_tag.c.tag_id == tag_id)
    )
    left = select(record_tag.c.record_id).where(record_tag.c.tag_id == tag_id).limit(1)
    if records.connection.scalar(left) is None:
        records.connection.execute(delete(tag).where(tag.c.id == tag_id))


def change(records: Records, tag_id: int, *, label: str, tone: str) -> Tag:
    """Rename a tag or change its tone, for all records; administrators only.

    Raises:
        Denied: not an administrator.
        ValidationFailed: the label is empty, too long or another tag's.
    """
    if not (rights.elevated(records) or records.principal.has_role("core.admin")):
        raise Denied(str(_("Only administrators change tags for everybody.")), rule="tags")
    clean = _checked(label, tone)
    other = records.connection.scalar(select(tag.c.id).where(tag.c.word == clean.lower(), tag.c.id != tag_id))
    if other is not None:
        raise ValidationFailed.single("label", "unique", _("This value is taken."))
    statement = update(tag).where(tag.c.id == tag_id).values(word=clean.lower(), label=clean, tone=tone)
    if not records.connection.execute(statement).rowcount:
        raise NotFound("tag")
    return Tag(tag_id, clean, tone)


def _require_changeable(records: Records, ids: list[int]) -> None:
    rights.require_writable(records)
    keys = entity_keys(records, ids)
    registry = records.runtime.registry
    untagged = any(not registry.entity(key).has("tags") for key in keys.values())
    if len(keys) != len(ids) or untagged or rights.allowed_ids(records, keys, "read") != set(ids):
        raise NotFound("record")
    if rights.allowed_ids(records, keys, "update") != set(ids):
        raise rights.denied(_("You may not change this record."), operation="update")


def _checked(label: str, tone: str) -> str:
    try:
        clean = _label(label)
    except Refused as refused:
        raise ValidationFailed.single("label", refused.code, refused.message) from refused
    if not clean:
        raise ValidationFailed.single("label", "required", _("Fill this in."))
    if tone not in TONES:
        raise ValidationFailed.single("tone", "choice", _("Choose one of the offered values."))
    return str(clean)


def _found_or_made(records: Records, label: str, tone: str) -> Tag:
    clean = _checked(label, tone)
    make = postgresql_insert if records.connection.dialect.name == "postgresql" else sqlite_insert
    values = {
        "word": clean.lower(), "label": clean, "tone": tone, "created_at": records.now,
        "created_by": records.principal.user_id,
    }  # fmt: skip
    records.connection.execute(make(tag).values(**values).on_conflict_do_nothing(index_elements=[tag.c.word]))
    row = records.connection.execute(select(tag).where(tag.c.word == clean.lower())).one()
    return Tag(row.id, row.label, row.tone)
