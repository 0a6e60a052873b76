"""Documents that have several frequent words, for the index in files.

Whoosh joins words by walking their lists side by side, one document at a time: two words that each stand in tens of
thousands of documents take a quarter of a second. Here the documents of a frequent word are the bits of a number, read
once per commit; joining is then an operation on two numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["Joiner"]

#: Shorter lists are walked by Whoosh itself, which leaps over what cannot match, and are not remembered.
_FREQUENT = 1_000
#: Words whose documents are remembered; one takes an eighth of a byte per document.
_REMEMBERED = 512

#: A word of a field: name of the field, the word.
Term = tuple[str, str]


class Joiner:
    """Answers for one state of the index; several threads may ask at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Term], int] = {}

    def numbers(
        self, searcher: Any, words: Sequence[Sequence[Term]], limits: Sequence[Sequence[Term]] = ()
    ) -> Iterator[int]:
        """Numbers of the documents that have of everything that is asked for at least one word, ascending.

        Args:
            searcher: a searcher of Whoosh over the state of the index this joiner is for.
            words: at least one; each the spellings of a word of which one must be there.
            limits: more of that kind, about what a document is: most of those that have the words hold them.
        """
        for segment, offset in searcher.leaf_searchers():
            reader = segment.reader()
            there = [[term for term in part if term in reader] for part in (*words, *limits)]
            if not all(there):
                continue
            rarest = min(sum(reader.doc_frequency(*term) for term in part) for part in there[: len(words)])
            if len(words) == 1 or rarest < _FREQUENT:
                found = _walked(segment, there)
            else:
                found = _ones(self._joined(reader, offset, there))
            for number in found:
                yield offset + number

    def _joined(self, reader: Any, offset: int, parts: Sequence[Sequence[Term]]) -> int:
        joined = -1
        for part in parts:
            either = 0
            for term in part:
                either |= self._bits(reader, offset, term)
            joined &= either
        return joined

    def _bits(self, reader: Any, offset: int, term: Term) -> int:
        key = (offset, term)
        bits = self._known.get(key)
        if bits is None:
            there = bytearray(reader.doc_count_all() // 8 + 1)
            for number in reader.postings(*term).all_ids():
                there[number >> 3] |= 1 << (number & 7)
            bits = int.from_bytes(there, "little")
            if reader.doc_frequency(*term) >= _FREQUENT and len(self._known) < _REMEMBERED:
                self._known[key] = bits
        return bits


def _walked(segment: Any, parts: Sequence[Sequence[Term]]) -> Iterator[int]:
    """One after the other: Whoosh's own walk collects every posting of every word first, which for a word that stands
    everywhere means the whole index."""
    from whoosh import query

    wanted = query.And([query.Or([query.Term(*term) for term in part]) for part in parts]).normalize()
    matcher = wanted.matcher(segment, context=segment.boolean_context())
    while matcher.is_active():
        yield matcher.id()
        matcher.next()


def _ones(bits: int) -> Iterator[int]:
    """Places of the bits that are set, ascending."""
    for place, byte in enumerate(bits.to_bytes(bits.bit_length() // 8 + 1, "little")):
        while byte:
            lowest = byte & -byte
            yield place * 8 + lowest.bit_length() - 1
            byte ^= lowest
