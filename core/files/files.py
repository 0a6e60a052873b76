"""Uploading, attaching and opening files; the right to a file is that of the record that has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import func, insert, select, union_all, update

from weft.core.access import decide
from weft.core.errors import Denied, NotFound, NotSignedIn, TooLarge, ValidationFailed
from weft.core.files import media
from weft.core.files.making import make_docx, make_pdf
from weft.core.files.store import Content, Readable, store_of
from weft.core.files.tables import attachment, file, file_text
from weft.core.files.words import READ_JOB, READABLE, file_fields, know_words
from weft.core.i18n import translator
from weft.core.identity.people import Person, people
from weft.core.outbox.publishing import enqueue, publish
from weft.core.records import rights
from weft.core.records.targets import entity_keys

if TYPE_CHECKING:
    from weft.core.records.facade import Records
    from weft.core.registry.runtime import Runtime

__all__ = [
    "MAX_PER_RECORD", "Attachment", "FileInfo", "Received", "attach", "attachments", "claimable", "detach",
    "attach_uploads", "attachments_of", "info", "make_docx", "make_pdf", "open_for", "open_public", "receive",
    "response_headers", "upload", "words_of",
]  # fmt: skip

_ = translator("core")

#: Files one record may have.
MAX_PER_RECORD = 100
#: How long an upload that no record has yet may be opened and claimed by who sent it.
UNCLAIMED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that lie in the store, checked, without a row yet."""

    content: Content
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file's row: what an answer needs to serve it."""

    id: int
    sha256: str
    name: str
    media_type: str
    size: int
    created_at: datetime
    created_by: int | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a record as the viewer may see it; ``audience`` is ``internal`` or ``shared``."""

    id: int
    record_id: int
    file: FileInfo
    audience: str
    comment_id: int | None
    created_at: datetime
    person: Person | None


# ---- receiving


def receive(runtime: Runtime, stream: Readable, name: str, *, wide: bool = False) -> Received:
    """Take bytes into the store. Call it before a unit of work is opened: it may take long and writes no row.

    Args:
        runtime: settings (``upload_limit``) and store.
        stream: the bytes.
        name: as the sender calls it.
        wide: any kind of file but programs, web pages and macros; else pictures, PDF, office files, texts and ZIP.

    Raises:
        TooLarge: more than the limit.
        ValidationFailed: empty, or of a kind that is not taken.
    """
    store = store_of(runtime)
    content, path = store.receive(stream, runtime.settings.upload_limit)
    try:
        fresh = None
        with store.open_temporary(path) as handle:
            kind = media.media_type(handle, content.size, wide=wide)
            if kind in media.IMAGES.values():
                fresh = store.rewrite(lambda out: media.recode(handle, kind, out))
        if fresh is not None:
            store.drop(path)
            content, path = fresh
        store.keep(content, path)
    except BaseException:
        store.drop(path)
        raise
    return Received(content, media.clean_name(name, kind), kind)


def upload(records: Records, source: Received | Readable, name: str = "", *, words: str | None = None) -> FileInfo:
    """Make a row for an upload; until a record has it, only its sender may open it, for a day.

    Args:
        records: the unit of work.
        source: what :func:`receive` returned, or a (small) stream.
        name: for a stream, as the sender calls it.
        words: what is in it, where whoever made the file knows; else it is read in the background.

    Raises:
        NotSignedIn, Denied: nobody, or a principal that only looks.
        TooLarge, ValidationFailed: as in :func:`receive`.
    """
    rights.require_writable(records)
    if records.principal.user_id is None and not rights.elevated(records):
        raise NotSignedIn("uploading needs a sign-in")
    got = source if isinstance(source, Received) else receive(records.runtime, source, name)
    row: dict[str, Any] = {
        "id": records.runtime.db.ids.next(), "sha256": got.content.sha256, "name": got.name,
        "media_type": got.media_type, "size": got.content.size, "created_at": records.now,
        "created_by": records.principal.user_id,
    }  # fmt: skip
    records.connection.execute(insert(file).values(**row))
    if words is not None:
        know_words(records.connection, got.content.sha256, words, now=records.now)
    elif got.media_type in READABLE:
        key = f"{READ_JOB}:{got.content.sha256}:{row['id']}"
        enqueue(records.connection, READ_JOB, {"file": row["id"]}, now=records.now, dedup_key=key)
    return FileInfo(**row)


# ---- attachments


def attach(
    records: Records, record_id: int, source: Received | Readable, name: str = "", *, audience: str | None = None,
    comment_id: int | None = None,
) -> Attachment:  # fmt: skip
    """Put a file on a record.

    Args:
        records: the unit of work; the right ``attach`` is needed.
        record_id: the record.
        source, name: as in :func:`upload`.
        audience: ``internal`` or ``shared``; None is internal for people of the company, shared for others.
        comment_id: the comment it came with.

    Raises:
        NotFound, Denied: the record may not be read, attaching is not granted, or outsiders attach internally.
        TooLarge: the record has a hundred files.
    """
    entity = _place(records, record_id, "attach")
    chosen = _audience(records, audience)
    _room(records, record_id, 1)
    return _attached(records, entity, record_id, upload(records, source, name), chosen, comment_id)


def attach_uploads(
    records: Records, record_id: int, file_ids: Sequence[int], *, audience: str | None = None,
    comment_id: int | None = None,
) -> list[Attachment]:  # fmt: skip
    """Put files that the person sent before (:func:`upload`) on a record; what is not theirs or used is left out.

    Args:
        records: the unit of work; the right ``attach`` is needed.
        record_id: the record.
        file_ids: ids of uploads.
        audience, comment_id: as in :func:`attach`.

    Raises:
        NotFound, Denied, TooLarge: as in :func:`attach`.
    """
    if not file_ids:
        return []
    entity = _place(records, record_id, "attach")
    chosen = _audience(records, audience)
    wanted = list(dict.fromkeys(file_ids))
    _room(records, record_id, len(wanted))
    mine = {number for _record, number in claimable(records, [(record_id, number) for number in wanted])}
    known = info(records, mine)
    return [
        _attached(records, entity, record_id, known[number], chosen, comment_id)
        for number in wanted if number in known
    ]  # fmt: skip


def _audience(records: Records, audience: str | None) -> str:
    internal = records.principal.internal
    chosen = audience or ("internal" if internal else "shared")
    if chosen not in ("internal", "shared"):
        raise ValidationFailed.single("audience", "choice", _("Choose one of the offered values."))
    if chosen == "internal" and not internal:
        raise Denied(str(_("Internal files are for people of the company.")), rule="attach")
    return chosen


def _room(records: Records, record_id: int, more: int) -> None:
    count = select(func.count()).where(attachment.c.record_id == record_id, attachment.c.removed_at.is_(None))
    if (records.connection.scalar(count) or 0) + more > MAX_PER_RECORD:
        raise TooLarge(str(_("A record has at most a hundred files.")))


def _attached(
    records: Records, entity: str, record_id: int, kept: FileInfo, chosen: str, comment_id: int | None
) -> Attachment:
    row: dict[str, Any] = {
        "id": records.runtime.db.ids.next(), "record_id": record_id, "file_id": kept.id, "audience": chosen,
        "comment_id": comment_id, "created_at": records.now, "created_by": records.principal.user_id,
    }  # fmt: skip
    records.connection.execute(insert(attachment).values(**row))
    payload = {"record": record_id, "type": entity, "user": records.principal.user_id, "file": kept.id}
    publish(records.connection, [(f"{entity}.attached", payload)], now=records.now)
    found = people(records.connection, [records.principal.user_id])
    person = found.get(records.principal.user_id or 0)
    return Attachment(row["id"], record_id, kept, chosen, comment_id, records.now, person)


def attachments(records: Records, record_id: int, *, limit: int = MAX_PER_RECORD) -> list[Attachment]:
    """Files of a record, newest first; outsiders get the shared ones. Raises ``NotFound``."""
    _place(records, record_id, "read")
    statement = visible(records).where(attachment.c.record_id == record_id)
    return shown(records, records.connection.execute(statement.order_by(attachment.c.id.desc()).limit(limit)).all())


def attachments_of(records: Records, record_ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """Files of many records, oldest first, of those the principal may read and in few statements."""
    keys = entity_keys(records, sorted(set(record_ids)))
    readable = sorted(rights.allowed_ids(records, keys, "read"))
    found: dict[int, list[Attachment]] = {}
    if readable:
        statement = visible(records).where(attachment.c.record_id.in_(readable)).order_by(attachment.c.id)
        for one in shown(records, records.connection.execute(statement).all()):
            found.setdefault(one.record_id, []).append(one)
    return found


def visible(records: Records) -> Any:
    """SELECT of attachments with their file that the principal may see on records it may read."""
    statement = (
        select(
            attachment.c.id, attachment.c.record_id, attachment.c.audience, attachment.c.comment_id,
            attachment.c.created_at, attachment.c.created_by, file.c.id.label("file_id"), file.c.sha256, file.c.name,
            file.c.media_type, file.c.size, file.c.created_at.label("file_at"), file.c.created_by.label("file_by"),
        )
        .join(file, file.c.id == attachment.c.file_id)
        .where(attachment.c.removed_at.is_(None))
    )  # fmt: skip
    return statement if records.principal.internal else statement.where(attachment.c.audience == "shared")


def shown(records: Records, rows: Sequence[Any]) -> list[Attachment]:
    """Rows of :func:`visible` as attachments."""
    found = people(records.connection, (row.created_by for row in rows))
    return [
        Attachment(
            row.id, row.record_id,
            FileInfo(row.file_id, row.sha256, row.name, row.media_type, row.size, row.file_at, row.file_by),
            row.audience, row.comment_id, row.created_at, found.get(row.created_by),
        )
        for row in rows
    ]  # fmt: skip


def detach(records: Records, attachment_id: int) -> None:
    """Take a file off a record: who put it there, or a colleague who may change the record. Bytes are collected later.

    Raises:
        NotFound, Denied: as everywhere.
    """
    row = records.connection.execute(visible(records).where(attachment.c.id == attachment_id)).first()
    if row is None:
        raise NotFound("file")
    mine = row.created_by is not None and row.created_by == records.principal.user_id
    _place(records, row.record_id, "attach" if mine else "update")
    if not mine and not records.principal.internal:
        raise Denied(str(_("Only who attached the file can remove it.")), rule="attach")
    records.connection.execute(
        update(attachment).where(attachment.c.id == attachment_id).values(removed_at=records.now)
    )


def _place(records: Records, record_id: int, operation: str) -> str:
    entity = decide.entity_of(records, record_id)
    if entity is None or not records.runtime.registry.entity(entity).has("attachments"):
        raise NotFound(str(record_id))
    if operation != "read":
        rights.require_writable(records)
    decide.require(records, entity, operation, record_id)
    return entity


# ---- opening


def info(records: Records, ids: Iterable[int]) -> dict[int, FileInfo]:
    """Rows of files whose ids the caller has read from records (values of file fields), in one statement."""
    wanted = sorted(set(ids))
    statement = select(file).where(file.c.id.in_(wanted), file.c.trashed_at.is_(None))
    return {row.id: _info(row) for row in records.connection.execute(statement)} if wanted else {}


def _info(row: Any) -> FileInfo:
    return FileInfo(row.id, row.sha256, row.name, row.media_type, row.size, row.created_at, row.created_by)


def open_for(records: Records, file_id: int) -> tuple[FileInfo, IO[bytes]]:
    """Open a file by the right of a record that has it: attached there, or named by a readable field.

    Args:
        records: whose rights count.
        file_id: the file.

    Raises:
        NotFound: there is no such file for this principal.
    """
    row = records.connection.execute(select(file).where(file.c.id == file_id)).first()
    if row is None or not _may_open(records, row):
        raise NotFound("file")
    return _info(row), store_of(records.runtime).open(row.sha256)


def open_public(records: Records, file_id: int) -> tuple[FileInfo, IO[bytes]]:
    """Open a file that its place shows to everybody, such as the logo of a portal; the caller knows that it is one.

    Raises:
        NotFound: there is no such file any more.
    """
    found = info(records, [file_id]).get(file_id)
    if found is None:
        raise NotFound("file")
    return found, store_of(records.runtime).open(found.sha256)


def _may_open(records: Records, row: Any) -> bool:
    if _attached_readably(records, row.id) or _named_readably(records, row.id):
        return True
    mine = row.created_by is not None and row.created_by == records.principal.user_id
    return mine and records.now - row.created_at <= UNCLAIMED and not _used(records, row.id)


def _attached_readably(records: Records, file_id: int) -> bool:
    rows = records.connection.execute(visible(records).where(file.c.id == file_id)).all()
    keys = entity_keys(records, (row.record_id for row in rows))
    return bool(rights.allowed_ids(records, keys, "read"))


def _named_readably(records: Records, file_id: int) -> bool:
    for entity, name, table, column in file_fields(records.runtime):
        ids = records.connection.scalars(select(table.c.id).where(column == file_id).limit(100)).all()
        for decision in decide.decide_many(records, entity, "read", ids).values():
            if decision.readable and name in decision.visible:
                return True
    return False


def _used(records: Records, file_id: int) -> bool:
    parts = [select(attachment.c.id).where(attachment.c.file_id == file_id)]
    parts += [select(table.c.id).where(column == file_id) for _e, _n, table, column in file_fields(records.runtime)]
    return records.connection.execute(union_all(*parts).limit(1)).first() is not None


def claimable(records: Records, wanted: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Which (record id, file id) pairs a write may set: own uploads that nothing uses yet. Called by the write path.

    Naming somebody else's file, or one that another record has, would open it by this record's rights.
    """
    pairs = set(wanted)
    if rights.elevated(records):
        known = info(records, (number for _record, number in pairs))
        return frozenset(pair for pair in pairs if pair[1] in known)
    found: set[tuple[int, int]] = set()
    for number, row in info(records, (number for _record, number in pairs)).items():
        owners = [pair for pair in pairs if pair[1] == number]
        fresh = records.now - row.created_at <= UNCLAIMED and row.created_by == records.principal.user_id
        if fresh and row.created_by is not None and len(owners) == 1 and not _used(records, number):
            found.update(owners)
    return frozenset(found)


def words_of(records: Records, file_id: int) -> str | None:
    """The words of a file the principal may open, as they were read; None when there are none (yet).

    Raises:
        NotFound: there is no such file for this principal.
    """
    row = records.connection.execute(select(file).where(file.c.id == file_id)).first()
    if row is None or not _may_open(records, row):
        raise NotFound("file")
    found: str | None = records.connection.scalar(select(file_text.c.text).where(file_text.c.sha256 == row.sha256))
    return found


def response_headers(found: FileInfo) -> Mapping[str, str]:
    """Headers with which a file is served: as a download, of its fixed type, without any power on the page."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in found.name)
    kind = f"{found.media_type}; charset=utf-8" if found.media_type == "text/plain" else found.media_type
    return {
        "Content-Type": kind,
        "Content-Length": str(found.size),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
        "ETag": f'"{found.sha256}"',
    }
