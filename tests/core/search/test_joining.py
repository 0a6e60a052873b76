"""Frequent words are joined by other means than rare ones: both find the same."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from weft.core.search import joining
from weft.core.search.backend import Document
from weft.core.search.tokens import Wanted, matches
from weft.core.search.whoosh_backend import WhooshBackend

WORDS = ("leak", "leaf", "meter", "night", "pump", "valve", "阀门")


@pytest.fixture
def filled(weft_runtime: Any, tmp_path: Path) -> tuple[WhooshBackend, dict[int, tuple[str, set[str]]]]:
    """An index of several segments, in which documents were changed and removed, and what is in it."""
    rng = random.Random(4)
    backend = WhooshBackend(tmp_path / "joined", weft_runtime.db)
    held: dict[int, tuple[str, set[str]]] = {}

    def document(number: int) -> Document:
        have = set(rng.sample(WORDS, 3))
        held[number] = (rng.choice(("house.case", "house.company")), have)
        return Document(number, held[number][0], frozenset(sorted(have)[:1]), frozenset(have))

    with backend.exclusive():
        backend.rebuild([[document(number) for number in range(1, 200)]])
        backend.index([document(number) for number in range(150, 260)], [5, 6])
        backend.index([], [7, 230])
    for gone in (5, 6, 7, 230):
        held.pop(gone, None)
    return backend, held


@pytest.mark.parametrize("frequent", [0, 10**6])
def test_joined_and_walked_words_find_the_same(filled: Any, monkeypatch: pytest.MonkeyPatch, frequent: int) -> None:
    backend, held = filled
    monkeypatch.setattr(joining, "_FREQUENT", frequent)
    for first, second in itertools.permutations(WORDS, 2):
        asked = (Wanted(first), Wanted(second[:3], prefix=True))
        for types, ids in ((None, None), (["house.case"], None), (None, {1, 2, 5, 160, 230, 250}), ([], None)):
            found = {hit.record_id for hit in backend.search(asked, types=types, ids=ids, limit=1000)}
            wanted = {
                number for number, (kind, have) in held.items()
                if matches(have, asked) and (types is None or kind in types) and (ids is None or number in ids)
            }  # fmt: skip
            assert found == wanted, (asked, types, ids)


def test_what_was_remembered_of_a_word_ends_with_the_next_change(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    backend, _held = filled
    monkeypatch.setattr(joining, "_FREQUENT", 0)
    asked = (Wanted("leak"), Wanted("pump"))
    before = {hit.record_id for hit in backend.search(asked, limit=1000)}
    with backend.exclusive():
        backend.index([Document(900, "house.case", frozenset({"leak"}), frozenset({"leak", "pump"}))], [min(before)])
    after = {hit.record_id for hit in backend.search(asked, limit=1000)}
    assert after == before - {min(before)} | {900}
