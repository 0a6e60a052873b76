"""Where the bytes are: named by their SHA-256, written and flushed before any row names them, never overwritten.

Nothing is deleted while a request runs. The collector moves unused content to a trash; reading brings it back.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

import fsspec
import fsspec.core

from weft.core.errors import ConfigError, NotFound, TooLarge
from weft.core.i18n import translator
from weft.core.registry.runtime import Runtime

__all__ = ["Content", "FileStore", "Readable", "store_of"]

_ = translator("core")

_CHUNK = 256 * 1024
_SHA = re.compile(r"[0-9a-f]{64}")


class Readable(Protocol):
    """A stream of bytes: an open file, an upload."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes, empty at the end."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that lie in the store.

    Attributes:
        sha256: their name, 64 hexadecimal digits.
        size: in bytes.
    """

    sha256: str
    size: int


class FileStore:
    """Content-addressed files of one installation.

    Args:
        filesystem: an fsspec file system.
        root: folder in it; its ``tmp`` and ``trash`` are the store's own.
    """

    def __init__(self, filesystem: Any, root: str) -> None:
        self.fs = filesystem
        self.root = PurePosixPath(root)
        for folder in ("tmp", "trash"):
            self.fs.makedirs(str(self.root / folder), exist_ok=True)

    # ---- paths: made of the digest only, never of a name somebody gave
    def _path(self, sha256: str, *, trash: bool = False) -> str:
        if not _SHA.fullmatch(sha256):
            raise NotFound("file")
        if trash:
            return str(self.root / "trash" / sha256)
        return str(self.root / sha256[:2] / sha256[2:4] / sha256)

    # ---- writing
    def receive(self, stream: Readable, limit: int) -> tuple[Content, str]:
        """Copy a stream into a temporary file.

        Args:
            stream: read in pieces; a stream that goes on beyond the limit is not read further.
            limit: bytes.

        Returns:
            What was read and the path of the temporary file; hand it to :meth:`keep` or :meth:`drop`.

        Raises:
            TooLarge: more than ``limit`` bytes; nothing is left behind.
        """
        path = str(self.root / "tmp" / uuid.uuid4().hex)
        digest, size = hashlib.sha256(), 0
        try:
            with self.fs.open(path, "wb") as out:
                while piece := stream.read(_CHUNK):
                    size += len(piece)
                    if size > limit:
                        message = _("The file is larger than %(limit)s MB.") % {"limit": limit // (1024 * 1024) or "<1"}
                        raise TooLarge(str(message))
                    digest.update(piece)
                    out.write(piece)
                _flush(out)
        except BaseException:
            self.drop(path)
            raise
        return Content(digest.hexdigest(), size), path

    def rewrite(self, write: Callable[[IO[bytes]], None]) -> tuple[Content, str]:
        """Make a temporary file by a function that writes it (re-encoded images); returns as :meth:`receive`."""
        path = str(self.root / "tmp" / uuid.uuid4().hex)
        try:
            with self.fs.open(path, "wb") as out:
                write(out)
                _flush(out)
            digest, size = hashlib.sha256(), 0
            with self.fs.open(path, "rb") as made:
                while piece := made.read(_CHUNK):
                    digest.update(piece)
                    size += len(piece)
        except BaseException:
            self.drop(path)
            raise
        return Content(digest.hexdigest(), size), path

    def keep(self, content: Content, path: str) -> None:
        """Put a temporary file in its place; the same content twice is one file."""
        target = self._path(content.sha256)
        if self.fs.exists(target):
            self.drop(path)
            return
        parent = str(PurePosixPath(target).parent)
        self.fs.makedirs(parent, exist_ok=True)
        self.fs.mv(path, target)
        _flush_folder(self.fs, parent)

    def drop(self, path: str) -> None:
        """Remove a temporary file."""
        if PurePosixPath(path).parent == self.root / "tmp" and self.fs.exists(path):
            self.fs.rm_file(path)

    def open_temporary(self, path: str) -> IO[bytes]:
        """Read a temporary file."""
        handle: IO[bytes] = self.fs.open(path, "rb")
        return handle

    # ---- reading
    def open(self, sha256: str) -> IO[bytes]:
        """Open content for reading; what lies in the trash is brought back.

        Raises:
            NotFound: there is no such content.
        """
        path = self._path(sha256)
        try:
            handle: IO[bytes] = self.fs.open(path, "rb")
        except FileNotFoundError:
            self.bring_back(sha256)
            handle = self.fs.open(path, "rb")
        return handle

    def exists(self, sha256: str) -> bool:
        """True when the content lies in the store, outside its trash."""
        return bool(self.fs.exists(self._path(sha256)))

    def holds(self, sha256: str) -> bool:
        """True when the content lies in the store or in its trash."""
        return self.exists(sha256) or bool(self.fs.exists(self._path(sha256, trash=True)))

    # ---- collecting
    def bring_back(self, sha256: str) -> None:
        """Move content out of the trash; raises ``NotFound`` when it is not there either."""
        target, trashed = self._path(sha256), self._path(sha256, trash=True)
        if self.fs.exists(target):
            return
        if not self.fs.exists(trashed):
            raise NotFound("file")
        self.fs.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
        self.fs.mv(trashed, target)

    def discard(self, sha256: str) -> None:
        """Move content to the trash."""
        if self.fs.exists(self._path(sha256)):
            trashed = self._path(sha256, trash=True)
            self.fs.mv(self._path(sha256), trashed)
            if "file" in self.fs.protocol:
                os.utime(trashed)  # its time in the trash begins now

    def destroy(self, sha256: str) -> None:
        """Remove content from the trash for good."""
        path = self._path(sha256, trash=True)
        if self.fs.exists(path):
            self.fs.rm_file(path)

    def clear_temporary(self, before: float) -> int:
        """Remove what interrupted uploads left before a moment (seconds since 1970); returns how many."""
        removed = 0
        for path, _digest, modified in self._walk("tmp"):
            if modified < before:
                self.fs.rm_file(path)
                removed += 1
        return removed

    def contents(self, before: float, *, trash: bool = False) -> Iterator[str]:
        """Digests of what lies in the store (or its trash) since before a moment, in seconds since 1970."""
        for _path, digest, modified in self._walk("trash" if trash else ""):
            if modified < before and _SHA.fullmatch(digest):
                yield digest

    def _walk(self, folder: str) -> Iterator[tuple[str, str, float]]:
        """(path, file name, time of the last change) of every file below a folder."""
        own = ("tmp", "trash")
        try:
            entries = self.fs.ls(str(self.root / folder), detail=True)
        except FileNotFoundError:  # a store without folders knows none that is empty
            return
        for entry in entries:
            name = PurePosixPath(entry["name"]).name
            if entry["type"] == "directory":
                if folder or name not in own:
                    yield from self._walk(f"{folder}/{name}" if folder else name)
            else:
                moment = entry.get("mtime") or entry.get("LastModified") or entry.get("created") or 0.0
                yield entry["name"], name, float(moment.timestamp() if hasattr(moment, "timestamp") else moment)


def _flush(handle: Any) -> None:
    """Make sure that the bytes are on the disk before a row names them."""
    handle.flush()
    try:
        os.fsync(handle.fileno())
    except (AttributeError, OSError):  # a remote store confirms on close
        pass


def _flush_folder(filesystem: Any, folder: str) -> None:
    if "file" not in filesystem.protocol or not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def store_of(runtime: Runtime) -> FileStore:
    """The store of an installation, made with the first use: ``files_url``, else ``files`` in its data folder.

    Raises:
        ConfigError: the package for that kind of store is not installed, or the address is none.
    """
    found: FileStore | None = runtime.services.get("files.store")
    if found is None:
        address = runtime.settings.files_url
        filesystem, folder = _remote(address) if address else _local(runtime.settings.home)
        found = runtime.services["files.store"] = FileStore(filesystem, folder)
    return found


def _local(home: Path) -> tuple[Any, str]:
    root = home / "files"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return fsspec.filesystem("file"), root.as_posix()


def _remote(address: str) -> tuple[Any, str]:
    # What another process wrote a moment ago has to be seen: no listing is remembered.
    try:
        return fsspec.core.url_to_fs(address, use_listings_cache=False)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        raise ConfigError(f"WEFT_FILES_URL cannot be used: {error}") from error
