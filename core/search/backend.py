"""What a search backend can do. It knows records by id and type and their tokens, and nothing of rights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from weft.core.search.tokens import Wanted

__all__ = ["Document", "Hit", "SearchBackend", "SearchUnavailable"]


class SearchUnavailable(Exception):
    """The index is missing, unfinished or unreadable; the caller looks in the database instead."""


@dataclass(frozen=True, slots=True)
class Document:
    """A record as it stands in the index.

    Attributes:
        record_id: its id.
        type: its entity key.
        title: tokens of title, number, name in the other script and spellings.
        tokens: all tokens, the title's too.
    """

    record_id: int
    type: str
    title: frozenset[str]
    tokens: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that matches; ``score`` is higher for a better match."""

    record_id: int
    type: str
    score: float


class SearchBackend(Protocol):
    """An index that can be thrown away and made anew at any time."""

    def exclusive(self, wait: float = 0.0) -> AbstractContextManager[bool]:
        """Be the only writer in all processes; yields False when another one is, after ``wait`` seconds."""

    def index(self, batch: Sequence[Document], gone: Collection[int] = ()) -> None:
        """Add or replace documents and remove others, as one step; call it inside :meth:`exclusive`."""

    def delete(self, ids: Collection[int]) -> None:
        """Remove documents; call it inside :meth:`exclusive`."""

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
        """Documents that have everything asked for, matches in the title first.

        Args:
            asked: from :func:`weft.core.search.tokens.wanted`.
            types: only of these entities.
            ids: only these records.
            limit, offset: part of the result.
            many: it is known that more match than can be weighed.
            connection: the caller's, used instead of a second one where the index is in the database.

        Raises:
            SearchUnavailable: see there.
        """

    def kinds(
        self, asked: Sequence[Wanted], types: Collection[str], connection: Connection | None = None
    ) -> dict[str, int] | None:
        """How many documents of which entities have everything asked for.

        Args:
            asked, connection: see :meth:`search`.
            types: only of these entities.

        Returns:
            None where counting them would take longer than looking for each entity.

        Raises:
            SearchUnavailable: see there.
        """

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> int:
        """Make the index anew from all documents while the old one goes on answering; returns how many there are."""

    def count(self) -> int:
        """How many documents there are; raises :class:`SearchUnavailable`."""

    def healthy(self) -> bool:
        """True when the index is complete, belongs to this database and can be read."""
