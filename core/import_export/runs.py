"""Imports as background work: the file waits in the store, a job does the work, its row tells how far it is.

What Settings > Import and export shows. The end of a run is noted in the import's own transaction: if the process dies,
neither is there and the job begins again; it can never import twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, BinaryIO

from sqlalchemy import Connection, insert, select, update

from weft.core.errors import NotFound, WeftError
from weft.core.files.store import store_of
from weft.core.i18n import translator, use_locale
from weft.core.identity import principals, users
from weft.core.import_export.faults import FaultFile
from weft.core.import_export.options import ImportOptions, Outcome, Source
from weft.core.import_export.planning import plan
from weft.core.import_export.running import run
from weft.core.import_export.tables import export_run, import_run
from weft.core.outbox.publishing import enqueue
from weft.core.records import rights, unit
from weft.core.records.facade import Records
from weft.core.registry.runtime import Runtime

__all__ = [
    "JOB", "ExportRun", "ImportRun", "clear_job", "clear_old", "exports", "faults", "find", "import_job", "imports",
    "keep_source", "open_source", "record_run", "start",
]  # fmt: skip

_ = translator("core")

JOB = "core.import"
#: Sources and fault files are kept this long.
KEEP = timedelta(days=30)
#: Roles that see everybody's runs.
_ADMIN = "core.admin"


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import as its row says; counts as in :class:`Outcome`."""

    id: int
    user_id: int | None
    entity: str
    file_name: str
    source: str | None
    options: Mapping[str, Any]
    state: str
    total: int
    processed: int
    created: int
    updated: int
    skipped: int
    faulty: int
    linked: int
    errors: str | None
    message: str | None
    change_set_id: int | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExportRun:
    """One export as its row says."""

    id: int
    user_id: int | None
    entity: str
    format: str
    view: Mapping[str, Any]
    door: str
    state: str
    rows: int
    created_at: datetime
    finished_at: datetime | None


# ---- files


def keep_source(runtime: Runtime, stream: BinaryIO) -> str:
    """Put an uploaded file into the store and return its content address; call it before a unit of work is opened.

    Raises:
        TooLarge: more than ``upload_limit`` bytes.
    """
    store = store_of(runtime)
    content, path = store.receive(stream, runtime.settings.upload_limit)
    store.keep(content, path)
    return content.sha256


def open_source(runtime: Runtime, address: str, name: str) -> Source:
    """Open a kept file for :func:`weft.core.import_export.planning.plan`; close its stream when done.

    Raises:
        NotFound: it was cleared meanwhile.
    """
    store = store_of(runtime)
    if not store.exists(address):
        raise NotFound("file")
    stream: Any = store.open(address)
    return Source(stream, name)


# ---- running


def start(
    records: Records,
    entity: str,
    address: str,
    name: str,
    *,
    mapping: Mapping[str, str | None],
    key: str | None,
    options: ImportOptions,
    total: int = 0,
) -> int:
    """Queue an import; returns the id of its run.

    Args:
        records: a writing unit of the person who imports.
        entity: entity key.
        address: of :func:`keep_source`.
        name: file name.
        mapping, key, options: as in :func:`weft.core.import_export.planning.plan`.
        total: rows of the file when a dry run counted them, for the progress bar.

    Raises:
        Denied: importing this entity is not granted.
    """
    rights.require_writable(records)
    rights.require_operation(records, records.runtime.registry.entity(entity), "import")
    values = {
        "user_id": records.principal.user_id, "entity": entity, "file_name": name[:255], "source": address,
        "options": {"mapping": dict(mapping), "key": key, **options.to_json()}, "state": "waiting", "total": total,
        "created_at": records.now,
    }  # fmt: skip
    number = _insert(records, values)
    enqueue(records.connection, JOB, {"run": number}, now=records.now, dedup_key=f"import:{number}")
    return number


def import_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job ``core.import``: do what a waiting run says; runs again from the beginning after a crash."""
    runtime: Runtime = context.runtime
    number = int(payload["run"])
    with runtime.db.read() as connection:
        row = connection.execute(select(import_run).where(import_run.c.id == number)).first()
    if row is None or row.state in ("done", "failed"):
        return
    _note(runtime, number, state="running")
    try:
        _run(runtime, ImportRun(**row._mapping))
    except WeftError as error:
        _note(runtime, number, state="failed", message=str(error)[:2000], finished_at=runtime.clock())
    finally:
        _progress_of(runtime).pop(number, None)


def _run(runtime: Runtime, found: ImportRun) -> None:
    options = dict(found.options)
    mapping, key = options.pop("mapping"), options.pop("key")
    with runtime.db.read() as connection:
        if found.user_id is None:
            raise NotFound("user")
        user = users.find(connection, found.user_id)
        principal = principals.load(connection, runtime, found.user_id, user.audience)
    source = open_source(runtime, found.source or "", found.file_name)
    faults: FaultFile | None = None
    try:
        with use_locale(principal.locale), unit.writing(runtime, principal, "import") as records:
            made = plan(records, found.entity, source, mapping, key, ImportOptions.from_json(options))
            faults = FaultFile(made.columns)
            outcome = run(records, made, progress=_progress(runtime, found.id), errors=faults)
            errors = keep_source(runtime, faults.stream()) if faults.rows else None
            values = {"state": "done", "errors": errors, "finished_at": runtime.clock(), **_counts(outcome)}
            records.connection.execute(update(import_run).where(import_run.c.id == found.id).values(values))
    finally:
        source.stream.close()
        if faults is not None:
            faults.close()


def _progress_of(runtime: Runtime) -> dict[int, int]:
    """Rows done by the imports that run in this process; on SQLite nobody else could tell."""
    known: dict[int, int] = runtime.services.setdefault("import.progress", {})
    return known


def _progress(runtime: Runtime, number: int) -> Any:
    def show(outcome: Outcome) -> None:
        _progress_of(runtime)[number] = outcome.total
        if runtime.db.dialect == "sqlite":  # its one writer is the import itself
            return
        with runtime.db.engine.begin() as connection:
            statement = update(import_run).where(import_run.c.id == number, import_run.c.state == "running")
            connection.execute(statement.values(processed=outcome.total))

    return show


def _counts(outcome: Outcome) -> dict[str, Any]:
    return {
        "total": outcome.total, "processed": outcome.total, "created": outcome.created, "updated": outcome.updated,
        "skipped": outcome.skipped, "faulty": outcome.faulty, "linked": outcome.linked,
        "change_set_id": outcome.change_set_id,
    }  # fmt: skip


def _insert(records: Records, values: Mapping[str, Any]) -> int:
    statement = insert(import_run).values(values).returning(import_run.c.id)
    return int(records.connection.execute(statement).scalar_one())


def _note(runtime: Runtime, number: int, **values: Any) -> None:
    with runtime.db.write() as connection:
        connection.execute(update(import_run).where(import_run.c.id == number).values(**values))


def record_run(records: Records, entity: str, name: str, options: Mapping[str, Any], outcome: Outcome) -> int:
    """Note an import that ran at once (from the command line) beside those of the queue."""
    values = {
        "user_id": records.principal.user_id, "entity": entity, "file_name": name[:255], "options": dict(options),
        "state": "done", "created_at": records.now, "finished_at": records.runtime.clock(), **_counts(outcome),
    }  # fmt: skip
    return _insert(records, values)


# ---- looking


def imports(records: Records, *, limit: int = 50) -> list[ImportRun]:
    """Imports newest first: one's own, for administrators everybody's."""
    statement = _mine(records, select(import_run), import_run).order_by(import_run.c.id.desc()).limit(limit)
    return [_shown(records, row) for row in records.connection.execute(statement)]


def exports(records: Records, *, limit: int = 50) -> list[ExportRun]:
    """Exports newest first: one's own, for administrators everybody's."""
    statement = _mine(records, select(export_run), export_run).order_by(export_run.c.id.desc()).limit(limit)
    return [ExportRun(**row._mapping) for row in records.connection.execute(statement)]


def find(records: Records, run_id: int) -> ImportRun:
    """One import; raises ``NotFound`` when it is not there or somebody else's."""
    statement = _mine(records, select(import_run), import_run).where(import_run.c.id == run_id)
    row = records.connection.execute(statement).first()
    if row is None:
        raise NotFound("import")
    return _shown(records, row)


def _shown(records: Records, row: Any) -> ImportRun:
    values = dict(row._mapping)
    values["processed"] = _progress_of(records.runtime).get(row.id, row.processed)
    return ImportRun(**values)


def faults(records: Records, run_id: int) -> IO[bytes]:
    """The fault file of one's own import (it holds what one sent, so nobody else gets it); raises ``NotFound``."""
    found = find(records, run_id)
    if found.user_id != records.principal.user_id or not found.errors:
        raise NotFound("faults")
    store = store_of(records.runtime)
    if not store.exists(found.errors):
        raise NotFound("faults")
    return store.open(found.errors)


def _mine(records: Records, statement: Any, table: Any) -> Any:
    if records.principal.kind == "system" or records.principal.has_role(_ADMIN):
        return statement
    return statement.where(table.c.user_id == records.principal.user_id)


def clear_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job ``core.import.clear``."""
    clear_old(context.runtime)


def clear_old(runtime: Runtime) -> int:
    """Forget sources and fault files of imports that ended long ago; returns how many runs were cleared."""
    i = import_run.c
    with runtime.db.write() as connection:
        old = connection.execute(
            select(i.id, i.source, i.errors).where(i.finished_at < runtime.clock() - KEEP, i.source.is_not(None))
        ).all()
        ids: Sequence[int] = [row.id for row in old]
        connection.execute(update(import_run).where(i.id.in_(ids)).values(source=None, errors=None))
        unused = {address for row in old for address in (row.source, row.errors) if address}
        unused -= _held(connection, unused)
    store = store_of(runtime)
    for address in unused:
        store.discard(address)
        store.destroy(address)
    return len(ids)


def _held(connection: Connection, addresses: set[str]) -> set[str]:
    """Contents that another import or an uploaded file still has."""
    from weft.core.files.tables import file

    found: set[str] = set()
    for column in (import_run.c.source, import_run.c.errors, file.c.sha256):
        found.update(connection.scalars(select(column).where(column.in_(sorted(addresses)))))
    return found
