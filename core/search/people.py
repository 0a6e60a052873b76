"""Finding colleagues by part of their name in either script, by sound (``lst``, ``linshutong``), unit or position.

People are no records and not in the index; a company has few enough of them to look through all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from weft.core.identity import directory
from weft.core.identity.directory import Entry
from weft.core.search.tokens import matches, normalised, phone_tokens, pinyin_tokens, tokens, wanted

__all__ = ["find_colleagues"]


def find_colleagues(ctx: Any, typed: str = "", *, unit: int | None = None, limit: int = 100_000) -> list[Entry]:
    """Active people of the company who match, those whose name matches first.

    Args:
        ctx: connection and moment.
        typed: words as somebody types them; empty for everybody.
        unit: only members of this unit or one below it.
        limit: at most so many.
    """
    found: Sequence[Entry] = directory.listing(ctx)
    if unit is not None:
        inside = set(directory.units_below(ctx, unit))
        found = [one for one in found if one.unit_id in inside]
    plain = normalised(typed).strip()
    if not plain:
        return list(found[:limit])
    asked = wanted(typed)
    named, other = [], []
    for one in found:
        if plain in normalised(f"{one.name} {one.name_alt}") or (asked and matches(_names(one), asked)):
            named.append(one)
        elif asked and matches(_names(one) | _rest(one), asked):
            other.append(one)
    return [*named, *other][:limit]


def _names(one: Entry) -> frozenset[str]:
    return _spelt(one.name) | _spelt(one.name_alt)


@lru_cache(maxsize=10_000)
def _spelt(name: str) -> frozenset[str]:
    return frozenset(tokens(name) | pinyin_tokens(name))


def _rest(one: Entry) -> set[str]:
    texts = (one.unit, one.unit_alt, one.position, one.position_alt, one.email)
    return {token for text in texts for token in tokens(text)} | phone_tokens(one.phone)
