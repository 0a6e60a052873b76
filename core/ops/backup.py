"""One archive of an installation: database, files and a manifest with checksums; and the way back.

The database is copied first and the files afterwards: files are never changed and are written before the row that
names them, so every row in the archive has its file. The search index is left out (it is built anew), and so is the
secret key: whoever holds an archive cannot forge sign-ins.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy.engine import URL, make_url

from weft.core.config import Settings
from weft.core.errors import WeftError

__all__ = ["ArchiveRefused", "BackupFailed", "Manifest", "backup", "restore", "verify"]

_FORMAT = 1
_MANIFEST = "manifest.json"
_CHUNK = 1024 * 1024
#: Folder of the file store below the data folder, and folders in it that hold nothing to keep.
FILES = "files"
_TEMPORARY = frozenset({"tmp", "incoming"})
Progress = Callable[[str, int, int], None]


class BackupFailed(WeftError):
    """The archive could not be written; nothing that looks finished is left behind."""


class ArchiveRefused(WeftError):
    """The archive is incomplete, damaged or does not fit; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds.

    Attributes:
        created_at: moment of the copy, ISO 8601 in UTC.
        weft: version of Weft that wrote it.
        dialect: ``sqlite`` or ``postgresql``; an archive goes back into the same kind of database.
        plugins: key -> version of the plugins that were running.
        parts: name in the archive -> (sha256, bytes).
    """

    created_at: str
    weft: str
    dialect: str
    plugins: dict[str, str]
    parts: dict[str, tuple[str, int]]

    @property
    def database(self) -> str:
        """Name of the part with the database."""
        return "database.sqlite3" if self.dialect == "sqlite" else "database.dump"


def backup(
    settings: Settings,
    target: Path,
    *,
    now: datetime,
    plugins: dict[str, str] | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Write the archive ``target`` while the installation goes on working.

    Raises:
        BackupFailed: the target exists, or the database cannot be copied; nothing is left behind.
    """
    show = progress or (lambda label, done, total: None)
    if target.exists():
        raise BackupFailed(f"{target} exists already; an archive is never overwritten.")
    url = make_url(settings.database_url)
    dialect = url.get_backend_name()
    unfinished = target.with_name(f".{target.name}.part")
    parts: dict[str, tuple[str, int]] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="weft-backup-") as folder, _exclusive(unfinished) as archive:
            show("Copying the database", 0, 1)
            copy = Path(folder) / "database"
            (_copy_sqlite if dialect == "sqlite" else _dump_postgresql)(url, copy)
            manifest = Manifest(now.isoformat(), version("weft"), dialect, plugins or {}, parts)
            parts[manifest.database] = _add(archive, manifest.database, copy)
            files = sorted(_stored_files(settings))
            for number, path in enumerate(files, 1):
                name = f"{FILES}/{path.relative_to(settings.home / FILES).as_posix()}"
                parts[name] = _add(archive, name, path)
                if number % 100 == 0 or number == len(files):
                    show("Copying files", number, len(files))
            archive.writestr(_MANIFEST, json.dumps(_as_json(manifest), indent=1, sort_keys=True))
        os.replace(unfinished, target)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"The archive could not be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def verify(source: Path) -> Manifest:
    """Read a whole archive and compare every part with the manifest.

    Raises:
        ArchiveRefused: truncated, changed by as much as one bit, or no archive of Weft.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            names = set(archive.namelist()) - {_MANIFEST}
            if names != set(manifest.parts) or manifest.database not in names:
                raise ArchiveRefused(f"{source} is no complete archive: its parts are not those of its manifest.")
            for name, (digest, size) in manifest.parts.items():
                _safe(name)
                if _digest(archive, name) != (digest, size):
                    raise ArchiveRefused(f"{source} is damaged: {name} is not what was written.")
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, KeyError, TypeError, NotImplementedError) as error:
        raise ArchiveRefused(f"{source} cannot be read as an archive: {error}") from error
    except Exception as error:  # a damaged stream raises whatever the decompressor raises
        if isinstance(error, ArchiveRefused):
            raise
        raise ArchiveRefused(f"{source} is damaged: {error}") from error
    return manifest


def restore(settings: Settings, source: Path, *, empty: bool, progress: Progress | None = None) -> Manifest:
    """Bring an archive into an empty installation; nothing is changed unless the whole archive is sound.

    Args:
        empty: the caller's finding that the database has no tables.

    Raises:
        ArchiveRefused: the archive is damaged, of another kind of database, or the installation is not empty.
    """
    show = progress or (lambda label, done, total: None)
    show("Checking the archive", 0, 1)
    manifest = verify(source)
    url = make_url(settings.database_url)
    if url.get_backend_name() != manifest.dialect:
        raise ArchiveRefused(f"The archive is of {manifest.dialect}, this installation of {url.get_backend_name()}.")
    if not empty or any(_stored_files(settings)):
        raise ArchiveRefused("This installation is not empty. Restore into a new WEFT_HOME and a new database.")
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.home) as folder:
        with zipfile.ZipFile(source) as archive:
            for number, name in enumerate(sorted(manifest.parts), 1):
                _extract(archive, name, Path(folder) / name)
                if number % 100 == 0 or number == len(manifest.parts):
                    show("Unpacking", number, len(manifest.parts))
        if (Path(folder) / FILES).is_dir():
            shutil.copytree(Path(folder) / FILES, settings.home / FILES, dirs_exist_ok=True)
        show("Restoring the database", 0, 1)
        database = Path(folder) / manifest.database
        (_put_sqlite if manifest.dialect == "sqlite" else _load_postgresql)(url, database)
    return manifest


# ---- databases


def _copy_sqlite(url: URL, target: Path) -> None:
    """The online backup of SQLite: consistent while others write."""
    with (
        closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy, pages=4096, sleep=0.005)
        copy.execute("PRAGMA journal_mode=DELETE")


def _put_sqlite(url: URL, copy: Path) -> None:
    target = Path(str(url.database))
    target.parent.mkdir(parents=True, exist_ok=True)
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    shutil.copyfile(copy, target)


def _dump_postgresql(url: URL, target: Path) -> None:
    _run(url, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(target)])


def _load_postgresql(url: URL, copy: Path) -> None:
    _run(url, ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
               "--dbname", str(url.database), str(copy)])  # fmt: skip


def _run(url: URL, command: list[str]) -> None:
    """Run a tool of PostgreSQL; the address goes by its environment, so that no password stands in a process list."""
    program = shutil.which(command[0])
    if program is None:
        raise BackupFailed(f"{command[0]} is not installed; it comes with the client of PostgreSQL.")
    known = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    environment = {**os.environ, **{key: str(value) for key, value in known.items() if value}}
    environment["PGDATABASE"] = str(url.database)
    done = subprocess.run(  # noqa: S603  (a list of constants, the path of the program and file names; no shell)
        [program, *command[1:]], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupFailed(f"{command[0]} failed: {done.stderr.strip()}")


# ---- archive


def _exclusive(path: Path) -> zipfile.ZipFile:
    """A new archive that only its owner can read: it holds everything."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.close(descriptor)
    return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=6)


def _stored_files(settings: Settings) -> Iterator[Path]:
    root = settings.home / FILES
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _TEMPORARY]
        yield from (Path(folder) / name for name in names)


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return digest.hexdigest(), size


def _digest(archive: zipfile.ZipFile, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _CHUNK)


def _safe(name: str) -> None:
    """Refuse names that would leave the folder they are unpacked into."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise ArchiveRefused(f"The archive holds a part with an unusable name: {name!r}.")


def _as_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "created_at": manifest.created_at,
        "weft": manifest.weft,
        "dialect": manifest.dialect,
        "plugins": manifest.plugins,
        "parts": {name: {"sha256": digest, "bytes": size} for name, (digest, size) in manifest.parts.items()},
    }


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        values = json.loads(archive.read(_MANIFEST))
    except KeyError:
        raise ArchiveRefused("This is no archive of Weft: it has no manifest.") from None
    if values["format"] != _FORMAT:
        raise ArchiveRefused(f"The archive has format {values['format']}; this version reads format {_FORMAT}.")
    parts = {str(name): (str(one["sha256"]), int(one["bytes"])) for name, one in values["parts"].items()}
    return Manifest(values["created_at"], values["weft"], values["dialect"], dict(values["plugins"]), parts)
