"""The words in files: read once per content by a child process, kept for the search, handed out by record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, select, union

from weft.core.db.fields import Kind
from weft.core.files.reading.child import Answer, ask
from weft.core.files.store import store_of
from weft.core.files.tables import attachment, file, file_text

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = [
    "AGAIN", "READABLE", "READ_JOB", "file_fields",
    "know_words", "forget_unused", "holders", "read_words", "texts",
    "unread",
]  # fmt: skip

#: The job that reads a file, and what it leaves for the next try.
READ_JOB = "core.files.read"
AGAIN = frozenset({"busy", "slow"})
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
#: Media types that have words.
READABLE = frozenset({
    "application/pdf", "text/plain", "application/xml", "application/rtf", "application/x-ole-storage",
    f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet", f"{_OFFICE}presentationml.presentation",
    f"{_OPEN}text", f"{_OPEN}spreadsheet", f"{_OPEN}presentation",
})  # fmt: skip
#: A text is handed to the search in parts of so many characters that overlap a little.
_PART, _OVERLAP = 40_000, 80


def read_words(runtime: Runtime, file_id: int) -> Answer | None:
    """Read the words of a file and keep them; None when there is no such file, or its content was read before."""
    with runtime.db.read() as connection:
        row = connection.execute(select(file).where(file.c.id == file_id)).first()
        known = row is not None and connection.scalar(
            select(file_text.c.sha256).where(file_text.c.sha256 == row.sha256)
        )
    if row is None or known or row.media_type not in READABLE:
        return None
    with store_of(runtime).open(row.sha256) as handle:
        found = ask("text", row.media_type, handle, row.size)
    if found.reason in AGAIN:
        return found
    with runtime.db.write() as connection:
        connection.execute(delete(file_text).where(file_text.c.sha256 == row.sha256))
        connection.execute(
            insert(file_text).values(
                sha256=row.sha256, text=found.data.get("text"), reason=found.reason, read_at=runtime.clock()
            )
        )
    return found


def file_fields(runtime: Runtime) -> list[tuple[str, str, Any, Any]]:
    """(entity key, field name, table, column) of every file field of every installed entity."""
    return [
        (entity.key, name, entity.column(name).table, entity.column(name))
        for entity in runtime.registry.entities.values()
        for name, declared in entity.fields.items()
        if declared.kind is Kind.FILE and declared.stored
    ]


def holders(runtime: Runtime, connection: Connection, file_id: int) -> list[int]:
    """Records that have a file, or another one with the same content."""
    same = select(file.c.id).where(
        file.c.sha256.in_(select(file.c.sha256).where(file.c.id == file_id)), file.c.trashed_at.is_(None)
    )
    parts = [select(attachment.c.record_id).where(attachment.c.file_id.in_(same), attachment.c.removed_at.is_(None))]
    parts += [select(table.c.id).where(column.in_(same)) for _key, _name, table, column in file_fields(runtime)]
    return list(connection.scalars(union(*parts)))


def texts(runtime: Runtime, connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, bool, str, str]]:
    """Words in files of records: (record id, whether outsiders may read it too, text, name of the file field or @)."""
    chosen = (file_text.c.text.is_not(None), file.c.trashed_at.is_(None))
    joined = select(file_text.c.text).join(file, file.c.sha256 == file_text.c.sha256)
    attached = joined.add_columns(attachment.c.record_id, attachment.c.audience).join(
        attachment, attachment.c.file_id == file.c.id
    )
    rows = attached.where(attachment.c.record_id.in_(ids), attachment.c.removed_at.is_(None), *chosen)
    for row in connection.execute(rows):
        for part in _parts(row.text):
            yield row.record_id, row.audience == "shared", part, "@"
    for _key, name, table, column in file_fields(runtime):
        named = joined.add_columns(table.c.id).join(table, column == file.c.id)
        for row in connection.execute(named.where(table.c.id.in_(ids), *chosen)):
            for part in _parts(row.text):
                yield row.id, True, part, name


def _parts(text: str) -> Iterator[str]:
    for start in range(0, max(len(text), 1), _PART - _OVERLAP):
        yield text[start : start + _PART]


def know_words(connection: Connection, sha256: str, text: str, *, now: datetime) -> None:
    """Keep the words of content that whoever made it knows."""
    if connection.scalar(select(file_text.c.sha256).where(file_text.c.sha256 == sha256)) is None:
        connection.execute(insert(file_text).values(sha256=sha256, text=text, reason="", read_at=now))


def unread(runtime: Runtime, limit: int = 200) -> list[int]:
    """Files whose content has words that nobody read yet, one per content."""
    known = select(file_text.c.sha256).where(file_text.c.sha256 == file.c.sha256).exists()
    statement = (
        select(func.min(file.c.id))
        .where(file.c.trashed_at.is_(None), file.c.media_type.in_(READABLE), ~known)
        .group_by(file.c.sha256)
        .limit(limit)
    )
    with runtime.db.read() as connection:
        return list(connection.scalars(statement))


def forget_unused(runtime: Runtime) -> int:
    """Remove the words of content that no file has any more; returns how many."""
    with runtime.db.write() as connection:
        gone = connection.execute(delete(file_text).where(file_text.c.sha256.not_in(select(file.c.sha256))))
        return gone.rowcount
