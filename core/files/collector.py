"""The job that clears files nothing uses: a day after upload to the trash, thirty days later for good.

It counts uses without any row rule. Content stays as long as one file row outside the trash has it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Table, delete, exists, select, update

from weft.core.db.tables import core_metadata
from weft.core.files.files import UNCLAIMED
from weft.core.files.store import store_of
from weft.core.files.tables import attachment, file
from weft.core.files.words import file_fields, forget_unused

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = ["KEPT_IN_TRASH", "collect", "collect_job", "purge_records"]

#: How long unused content can still be brought back.
KEPT_IN_TRASH = timedelta(days=30)
_PART = 500


def collect_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job ``core.files.collect``."""
    collect(context.runtime)


def collect(runtime: Runtime) -> tuple[int, int]:
    """Trash unused files and remove old trash; returns (trashed, removed).

    Rows change first, bytes move after the commit: a crash in between leaves bytes without a row, which the next run
    clears, never a row without bytes.
    """
    store, now = store_of(runtime), runtime.clock()
    with runtime.db.write() as connection:
        used = exists().where(attachment.c.file_id == file.c.id, attachment.c.removed_at.is_(None))
        removed_lately = exists().where(
            attachment.c.file_id == file.c.id, attachment.c.removed_at > now - KEPT_IN_TRASH
        )
        statement = select(file.c.id, file.c.sha256).where(
            file.c.trashed_at.is_(None), file.c.created_at < now - UNCLAIMED, ~used, ~removed_lately
        )
        for _entity, _name, table, column in file_fields(runtime):
            statement = statement.where(~select(table.c.id).where(column == file.c.id).exists())
        for column in _naming():
            statement = statement.where(~select(column).where(column == file.c.id).exists())
        trashed = connection.execute(statement.limit(_PART)).all()
        if trashed:
            ids = [row.id for row in trashed]
            connection.execute(update(file).where(file.c.id.in_(ids)).values(trashed_at=now))
        unused = _without_use(connection, {row.sha256 for row in trashed})
    for sha256 in unused:
        store.discard(sha256)
    removed = _remove_old(runtime, now)
    store.clear_temporary((now - UNCLAIMED).timestamp())
    _clear_strays(runtime, now)
    forget_unused(runtime)
    return len(trashed), removed


def _naming() -> list[Column[Any]]:
    """Columns of core tables that name a file, such as the logo of a portal: marked ``info={"file": True}``."""
    return [column for table in core_metadata.tables.values() for column in table.columns if column.info.get("file")]


def _clear_strays(runtime: Runtime, now: datetime) -> None:
    """Trash content that has had no row for a day (its request failed), and remove it after its time in the trash."""
    store = store_of(runtime)
    for trash, age in ((False, UNCLAIMED), (True, KEPT_IN_TRASH)):
        old = store.contents((now - age).timestamp(), trash=trash)
        while part := list(islice(old, _PART)):
            with runtime.db.read() as connection:
                known = _held(connection, part)
            for sha256 in part:
                if sha256 not in known:
                    (store.destroy if trash else store.discard)(sha256)


def _without_use(connection: Any, digests: set[str]) -> set[str]:
    """Those contents that no file row outside the trash has."""
    if not digests:
        return set()
    live = select(file.c.sha256).where(file.c.sha256.in_(sorted(digests)), file.c.trashed_at.is_(None))
    others = _held(connection, digests, besides=file)
    return digests - set(connection.scalars(live)) - others


def _held(connection: Connection, digests: Collection[str], *, besides: Table | None = None) -> set[str]:
    """Those contents that a column marked ``info={"content": True}`` names, of any table but one."""
    found: set[str] = set()
    for table in core_metadata.tables.values():
        for column in table.columns:
            if column.info.get("content") and table is not besides:
                found.update(connection.scalars(select(column).where(column.in_(sorted(digests)))))
    return found


def _remove_old(runtime: Runtime, now: datetime) -> int:
    store = store_of(runtime)
    with runtime.db.write() as connection:
        old = connection.execute(
            select(file.c.id, file.c.sha256).where(file.c.trashed_at < now - KEPT_IN_TRASH).limit(_PART)
        ).all()
        if not old:
            return 0
        ids = [row.id for row in old]
        connection.execute(delete(attachment).where(attachment.c.file_id.in_(ids)))
        connection.execute(delete(file).where(file.c.id.in_(ids)))
        left = _held(connection, {row.sha256 for row in old})
    for sha256 in {row.sha256 for row in old} - left:
        store.destroy(sha256)
    return len(old)


def purge_records(connection: Any, ids: list[int]) -> None:
    """Forget the attachments of records that are removed for good; their files are collected as unused."""
    connection.execute(delete(attachment).where(attachment.c.record_id.in_(ids)))
