"""The index in files beside a SQLite database, by Whoosh.

One folder per build and a pointer file that names the present one. Files of segments never change once written, so
their checksums are noted after every commit and compared when a process opens them. Whoosh keeps parts of its files
pickled: the folder is private, comes into no backup, and no other is ever opened.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import threading
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from weft.core.db.engine import Database
from weft.core.search import state
from weft.core.search.backend import Document, Hit, SearchUnavailable
from weft.core.search.joining import Joiner, Term
from weft.core.search.locking import FileLock
from weft.core.search.tokens import Wanted

__all__ = ["WhooshBackend"]

_log = structlog.get_logger(__name__)

_POINTER = "current"
_CHECKSUMS = "checksums.json"
#: Whoosh cannot reopen an index that was empty; this document is in every one.
_SENTINEL = "0"
#: A beginning of a word stands for at most so many words.
_EXPANSIONS = 200
_MEMORY = 64  # MiB for a writer
_ATTEMPTS = 4
_PAUSE = 0.02


class _Opened:
    """A searcher that several threads read at once; closed when the last one has left after it was replaced."""

    def __init__(self, searcher: Any, mark: tuple[Any, ...]) -> None:
        self.searcher = searcher
        self.joiner = Joiner()
        self.mark = mark
        self.users = 0
        self.replaced = False

    def close_if_unused(self) -> None:
        if self.replaced and self.users == 0:
            with contextlib.suppress(Exception):
                self.searcher.close()


class WhooshBackend:
    """See :class:`weft.core.search.backend.SearchBackend`.

    Args:
        folder: private folder of the index, made at need.
        database: the database whose records are indexed.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._opened: _Opened | None = None
        self._checked: dict[tuple[str, int, int], int] = {}
        self._belongs: tuple[str, bool] = ("", False)

    # ---- writing
    @contextlib.contextmanager
    def exclusive(self, wait: float = 0.0) -> Iterator[bool]:
        """See the protocol."""
        if not self._writing.acquire(timeout=wait):
            yield False
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(self.folder / "lock").held(wait) as held:
                yield held
        finally:
            self._writing.release()

    def index(self, batch: Sequence[Document], gone: Collection[int] = ()) -> None:
        """See the protocol."""
        path = self._present()
        try:
            writer = self._index_in(path).writer(timeout=10.0, limitmb=_MEMORY)
            try:
                for number in gone:
                    writer.delete_by_term("id", str(number))
                for document in batch:
                    writer.update_document(**_fields(document))
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
            self._note_checksums(path)
        except SearchUnavailable:
            raise
        except Exception as error:
            self._give_up(path, error)
            raise SearchUnavailable(str(error)) from error

    def delete(self, ids: Collection[int]) -> None:
        """See the protocol."""
        self.index((), ids)

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> int:
        """See the protocol."""
        from whoosh import index

        token = secrets.token_hex(8)
        path = self.folder / f"index-{token}"
        path.mkdir(mode=0o700)
        try:
            count = _fill(index.create_in(path, _schema()).writer(limitmb=_MEMORY), batches)
            self._note_checksums(path)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        with self.database.write() as connection:
            state.write(connection, token=token)
        self._point_to(token)
        for other in self.folder.glob("index-*"):
            if other != path:
                shutil.rmtree(other, ignore_errors=True)
        return count

    def _point_to(self, token: str) -> None:
        fresh = self.folder / f"{_POINTER}.new"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(token)
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(self.folder / _POINTER)

    def _note_checksums(self, path: Path) -> None:
        """Bring new files to the disk and remember what they hold."""
        known = _noted(path)
        found = {}
        for file in _segments(path):
            checksum = known.get(file.name)
            if checksum is None:
                with file.open("rb") as handle:
                    os.fsync(handle.fileno())
                checksum = _checksum(file)
            found[file.name] = checksum
        fresh = path / f"{_CHECKSUMS}.new"
        fresh.write_text(json.dumps(found), encoding="ascii")
        fresh.replace(path / _CHECKSUMS)

    # ---- reading
    def search(
        self,
        asked: Sequence[Wanted],
        *,
        types: Collection[str] | None = None,
        ids: Collection[int] | None = None,
        limit: int = 200,
        offset: int = 0,
        many: bool = False,
        connection: Connection | None = None,
    ) -> list[Hit]:
        """See the protocol."""
        found: list[Hit] = self._read(lambda opened: _search(opened, asked, types, ids, limit + offset))
        return found[offset:]

    def kinds(
        self, asked: Sequence[Wanted], types: Collection[str], connection: Connection | None = None
    ) -> dict[str, int] | None:
        """See the protocol; postings are not kept by entity."""
        return None

    def count(self) -> int:
        """See the protocol."""
        found: int = self._read(lambda opened: opened.searcher.reader().doc_count())
        return found - 1

    def healthy(self) -> bool:
        """See the protocol."""
        try:
            self.count()
        except SearchUnavailable:
            return False
        return True

    def _read(self, question: Any) -> Any:
        """Ask the present searcher, after an error again with a new one; at last the index is given up.

        While others commit, files come and go between the looks: that is no damage.
        """
        for attempt in range(_ATTEMPTS):
            path = self._present()
            opened = None
            try:
                opened = self._enter(path, fresh=attempt > 0)
                return question(opened)
            except Exception as error:
                if attempt + 1 == _ATTEMPTS:
                    self._give_up(path, error)
                    raise SearchUnavailable(str(error)) from error
                time.sleep(_PAUSE * attempt)
            finally:
                if opened is not None:
                    self._leave(opened)
        raise AssertionError("unreachable")

    def _enter(self, path: Path, *, fresh: bool) -> _Opened:
        with self._lock:
            mark, opened = _mark(path), self._opened
            if opened is None or fresh or opened.mark != mark:
                self._verify(path)
                searcher = self._index_in(path).searcher()
                if opened is not None:
                    opened.replaced = True
                    opened.close_if_unused()
                opened = self._opened = _Opened(searcher, mark)
            opened.users += 1
            return opened

    def _leave(self, opened: _Opened) -> None:
        with self._lock:
            opened.users -= 1
            opened.close_if_unused()

    def _verify(self, path: Path) -> None:
        """Compare files this process has not seen yet with their checksums: reading nonsense may cost all memory."""
        noted, seen = _noted(path), {}
        for file in _segments(path):
            key = _look(file)
            if file.name in noted:
                if key not in self._checked and _checksum(file) != noted[file.name]:
                    raise ValueError(f"{file.name} is damaged")
                seen[key] = noted[file.name]
        self._checked = seen

    def _index_in(self, path: Path) -> Any:
        from whoosh import index

        return index.open_dir(path, schema=_schema())

    def _present(self) -> Path:
        """The folder of the present index, if it belongs to this database."""
        try:
            token = (self.folder / _POINTER).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SearchUnavailable("there is no index yet") from error
        if self._belongs != (token, True):
            with self.database.read() as connection:
                self._belongs = (token, state.read(connection).get("token") == token)
        if not self._belongs[1] or not token.isalnum():
            raise SearchUnavailable("the index belongs to another database")
        return self.folder / f"index-{token}"

    def _give_up(self, path: Path, error: Exception) -> None:
        """Take an unreadable index out of use, for all processes; the indexer makes a new one."""
        _log.error("search.index_unreadable", folder=path.name, error=repr(error))
        with contextlib.suppress(OSError):
            if (self.folder / _POINTER).read_text(encoding="ascii").strip() == path.name.removeprefix("index-"):
                (self.folder / _POINTER).unlink()


def _schema() -> Any:
    from whoosh import fields

    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        type=fields.ID(stored=True),
        title=_words(),
        rest=_words(),
        size=fields.STORED(),
    )


def _words() -> Any:
    """A field of tokens that are there or not; how often does not matter, which halves the index."""
    from whoosh import fields, formats

    field = fields.KEYWORD()
    field.format = formats.Existence()
    return field


def _fields(document: Document) -> dict[str, Any]:
    return {
        "id": str(document.record_id),
        "type": document.type,
        "title": " ".join(sorted(document.title)),
        "rest": " ".join(sorted(document.tokens - document.title)),
        "size": len(document.title),
    }


def _fill(writer: Any, batches: Iterable[Sequence[Document]]) -> int:
    count = 0
    try:
        writer.add_document(id=_SENTINEL, type="", title="", rest="", size=0)
        for batch in batches:
            for document in batch:
                writer.add_document(**_fields(document))
            count += len(batch)
    except BaseException:
        writer.cancel()
        raise
    writer.commit()
    return count


def _segments(path: Path) -> list[Path]:
    """Files whose content never changes: not the lock, nor what is only being written."""
    return [file for file in path.iterdir() if file.suffix in (".seg", ".toc")]


def _noted(path: Path) -> dict[str, int]:
    try:
        found = json.loads((path / _CHECKSUMS).read_text(encoding="ascii"))
    except FileNotFoundError:
        return {}
    if not isinstance(found, dict):
        raise ValueError("the checksums are damaged")
    return found


def _checksum(file: Path) -> int:
    found = 0
    with file.open("rb") as handle:
        while part := handle.read(1 << 20):
            found = zlib.crc32(part, found)
    return found


def _mark(path: Path) -> tuple[Any, ...]:
    """Differs after every commit, and when somebody else has touched a file."""
    return tuple(sorted(_look(file) for file in _segments(path)))


def _look(file: Path) -> tuple[str, int, int]:
    found = file.stat()
    return (f"{file.parent.name}/{file.name}", found.st_mtime_ns, found.st_size)


def _search(
    opened: _Opened, asked: Sequence[Wanted], types: Collection[str] | None, ids: Collection[int] | None, limit: int
) -> list[Hit]:
    """Matches in the title, then in the rest until there are enough; nothing is weighed, so that it ends early."""
    limits: list[list[Term]] = []
    if types is not None:
        limits.append([("type", key) for key in types])
    if ids is not None:
        limits.append([("id", str(number)) for number in ids])
    found: dict[int, Hit] = {}
    for places, base in ((("title",), 1.0), (("title", "rest"), 0.0)):
        words = [_words_of(opened.searcher, places, one) for one in asked]
        for number in islice(opened.joiner.numbers(opened.searcher, words, limits), limit):
            stored = opened.searcher.stored_fields(number)
            record_id = int(stored["id"])
            if record_id and record_id not in found:
                found[record_id] = Hit(record_id, stored["type"], base + 1 / (1 + stored["size"]))
        if len(found) >= limit:
            break
    return sorted(found.values(), key=lambda hit: (-hit.score, -hit.record_id))[:limit]


def _words_of(searcher: Any, places: Sequence[str], one: Wanted) -> list[Term]:
    """The words that a wanted one stands for; every word of which it is the beginning where that will do."""
    found: list[Term] = []
    for field in places:
        words: Iterable[Any] = [one.text]
        if one.prefix:
            words = islice(searcher.reader().expand_prefix(field, one.text), _EXPANSIONS)
        found += [(field, word.decode() if isinstance(word, bytes) else word) for word in words]
    return found
