"""The index in PostgreSQL itself: the same tokens as lexemes of a tsvector, found by GIN; always of this database."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    Text,
    any_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, insert
from sqlalchemy.exc import SQLAlchemyError

from weft.core.db.engine import Database
from weft.core.registry.model import Registry
from weft.core.search import state
from weft.core.search.backend import Document, Hit, SearchUnavailable
from weft.core.search.tables import search_document
from weft.core.search.tokens import Wanted

__all__ = ["PostgresBackend"]

#: Key of the advisory lock of the one writer.
_LOCK = 0x57454654_5345
_PAUSE = 0.1
#: Matches that are weighed; of more, some are not looked at.
_WEIGHED = 4000
#: Matches that are counted by entity; above it every entity is asked.
_COUNTED = 200_000


class PostgresBackend:
    """See :class:`weft.core.search.backend.SearchBackend`.

    Args:
        database: a PostgreSQL database.
        registry: for the small ids of entity types.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        self.database = database
        self.registry = registry
        self._complete = False

    @contextlib.contextmanager
    def exclusive(self, wait: float = 0.0) -> Iterator[bool]:
        """See the protocol."""
        with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            until = time.monotonic() + wait
            while not (held := self._try(connection)) and time.monotonic() < until:
                time.sleep(_PAUSE)
            try:
                yield held
            finally:
                if held:
                    connection.execute(select(func.pg_advisory_unlock(_LOCK)))

    @staticmethod
    def _try(connection: Connection) -> bool:
        return bool(connection.execute(select(func.pg_try_advisory_lock(_LOCK))).scalar_one())

    def index(self, batch: Sequence[Document], gone: Collection[int] = ()) -> None:
        """See the protocol."""
        with self.database.write() as connection:
            if gone:
                connection.execute(delete(search_document).where(search_document.c.record_id.in_(list(gone))))
            self._put(connection, batch)

    def _put(self, connection: Connection, batch: Sequence[Document]) -> None:
        if not batch:
            return
        lexemes = {
            name: func.array_to_tsvector(bindparam(f"new_{name}", type_=ARRAY(Text())))
            for name in ("title_tokens", "tokens")
        }
        numbers: dict[str, Any] = {"record_id": bindparam("new_id"), "type_id": bindparam("new_type")}
        statement = insert(search_document).values({**numbers, **lexemes})
        statement = statement.on_conflict_do_update(
            index_elements=[search_document.c.record_id],
            set_={name: statement.excluded[name] for name in ("type_id", *lexemes)},
        )
        rows = [
            {
                "new_id": one.record_id, "new_type": self.registry.entity_id(one.type),
                "new_title_tokens": sorted(one.title), "new_tokens": sorted(one.tokens),
            }
            for one in batch
        ]  # fmt: skip
        connection.execute(statement, rows)

    def delete(self, ids: Collection[int]) -> None:
        """See the protocol."""
        self.index((), ids)

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> int:
        """See the protocol; rows are replaced in place, so that every search finds the old or the new one."""
        count, last = 0, 0
        for batch in batches:
            ids = [one.record_id for one in batch]
            with self.database.write() as connection:
                between = search_document.c.record_id.between(last + 1, ids[-1])
                connection.execute(delete(search_document).where(between, search_document.c.record_id.not_in(ids)))
                self._put(connection, batch)
            count, last = count + len(ids), ids[-1]
        with self.database.write() as connection:
            connection.execute(delete(search_document).where(search_document.c.record_id > last))
            state.write(connection, token="postgresql")  # noqa: S106  (a mark, not a secret)
        return count

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
        """See the protocol.

        All tokens hold the title's too, so one look finds every match; where that is cut short there may be better ones
        in titles, which are looked at first when many matches are expected.
        """
        table, wanted = search_document, limit + offset
        query, limits = self._where(asked, types)
        if ids is not None:
            limits.append(table.c.record_id == any_(literal(list(ids), ARRAY(BigInteger))))
        in_title, anywhere = (one.bool_op("@@")(query) for one in (table.c.title_tokens, table.c.tokens))
        score = case((in_title, 1.0), else_=0.0) + cast(1, Float) / (1 + func.length(table.c.title_tokens))
        weighed = max(_WEIGHED, wanted)
        found: dict[int, Hit] = {}
        with self._reading(connection) as reading:
            for matching in (in_title, anywhere) if many else (anywhere, in_title):
                inner = (
                    select(table.c.record_id, table.c.type_id, score.label("score"))
                    .where(matching, *limits)
                    .limit(weighed)
                    .subquery()
                )
                best = select(inner, func.count().over().label("seen")).limit(wanted)
                rows = reading.execute(best.order_by(inner.c.score.desc(), inner.c.record_id.desc())).all()
                for row in rows:
                    if row.record_id not in found:
                        found[row.record_id] = Hit(row.record_id, self.registry.entity_key(row.type_id), row.score)
                if len(found) >= wanted if many else not rows or rows[0].seen < weighed:
                    break
        return sorted(found.values(), key=lambda hit: (-hit.score, -hit.record_id))[offset : offset + limit]

    def kinds(
        self, asked: Sequence[Wanted], types: Collection[str], connection: Connection | None = None
    ) -> dict[str, int] | None:
        """See the protocol: in one look, of words that a part of the index has."""
        query, limits = self._where(asked, types)
        table = search_document
        inner = select(table.c.type_id).where(table.c.tokens.bool_op("@@")(query), *limits).limit(_COUNTED).subquery()
        with self._reading(connection) as reading:
            rows = reading.execute(select(inner.c.type_id, func.count()).group_by(inner.c.type_id)).all()
        if sum(number for _type, number in rows) >= _COUNTED:
            return None
        return {self.registry.entity_key(kind): number for kind, number in rows}

    def _where(
        self, asked: Sequence[Wanted], types: Collection[str] | None
    ) -> tuple[ColumnElement[Any], list[ColumnElement[bool]]]:
        """What is asked for as a tsquery, and the condition on entities."""
        if not self.healthy():
            raise SearchUnavailable("the index was not built yet")
        limits: list[ColumnElement[bool]] = [true()]
        if types is not None:
            limits.append(search_document.c.type_id.in_([self.registry.entity_id(key) for key in types]))
        return cast(literal(_tsquery(asked), Text()), TSQUERY), limits

    def _reading(self, connection: Connection | None) -> contextlib.AbstractContextManager[Connection]:
        return self.database.read() if connection is None else contextlib.nullcontext(connection)

    def count(self) -> int:
        """See the protocol."""
        if not self.healthy():
            raise SearchUnavailable("the index was not built yet")
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(search_document)).scalar_one()

    def healthy(self) -> bool:
        """See the protocol."""
        if not self._complete:  # once built it only ever changes in place
            try:
                with self.database.read() as connection:
                    self._complete = bool(state.read(connection).get("token"))
            except SQLAlchemyError:
                return False
        return self._complete


def _tsquery(asked: Sequence[Wanted]) -> str:
    return " & ".join(_lexeme(one.text) + (":*" if one.prefix else "") for one in asked)


def _lexeme(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"
