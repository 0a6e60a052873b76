"""Ids in parts, for filters that take only so many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["parts"]

_PAGE = 200


def parts(ids: Sequence[int], size: int = _PAGE) -> Iterator[Sequence[int]]:
    """Cut ids into parts that fit into one filter."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
