"""Telling whether two records mean the same party or person: likeness, weights, candidates. Pure, no reading.

Evidence is added up in bits, after Fellegi and Sunter: what agrees counts by its rarity among the records compared,
what differs counts against, what is missing says nothing. Nothing is learnt from known answers; all weights stand in
this module and are the same for every kind of record. Candidates share a blocking key, so that no set is compared all
against all.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from weft.plugins.crm.services.keys import bigrams

__all__ = ["THRESHOLD", "Match", "Rarity", "Subject", "compare", "matches"]

#: Bits from which two records are taken for one.
THRESHOLD = 12.0
#: A block with more records than this says nothing about any two of them.
MOST_IN_BLOCK = 60
#: Most bits one attribute gives by its kind: no attribute decides beyond this.
_MOST = {"name": 14.0, "words": 10.0, "code": 12.0, "place": 6.0, "same": 6.0, "minor": 2.0}
#: Bits against, when an attribute is quite different on both sides.
_AGAINST = {"name": 8.0, "words": 6.0, "code": 4.0, "place": 3.0, "same": 6.0, "minor": 1.0}
#: Bits against, when two addresses have numbers and none in common.
_OTHER_NUMBER = 4.0
#: Bits against at most, for rare words that only stand in one name each.
_OTHER_WORDS = 4.0
#: Likeness of two words from which they may be one word misspelt.
_CLOSE = 0.82
#: Likeness (of the weighed words) of half the bits, and of none.
_HALF, _NONE = 0.75, 0.5
#: Part of its bits that a code with one wrong character keeps.
_ONE_WRONG = 0.55
#: A short text within a longer one counts this much.
_WITHIN = 0.85
_NUMBER_LENGTH = 7
_LONG_WORD, _PART_OF_WORD = 5, 4
_LONG_CODE, _LONGER_CODE = 3, 5


@dataclass(frozen=True, slots=True)
class Subject:
    """One record to compare.

    Attributes:
        id: what it is called in the result; ids are compared with ``<``.
        values: attribute -> normalised words (:func:`~weft.plugins.crm.services.keys.words`); absent or empty: unknown.
    """

    id: int
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Match:
    """Two records taken for one.

    Attributes:
        first, second: their ids.
        bits: evidence.
        because: attributes that speak for it, strongest first.
    """

    first: int
    second: int
    bits: float
    because: tuple[str, ...] = ()

    @property
    def percent(self) -> int:
        """Likeness for people: 60 at the threshold, at most 99."""
        return max(1, min(99, round(60 + 3 * (self.bits - THRESHOLD))))


@dataclass(slots=True)
class Rarity:
    """How often a word stands in an attribute, over the records compared.

    Attributes:
        kinds: attribute -> ``name`` (of a party or person), ``words`` (an address), ``place``, ``code`` (telephone,
            domain, number of an authority, date: right or nearly right), ``same`` (a link: the same
            or another), ``minor`` (says little).
        total: records that have the attribute.
        often: attribute -> word -> records with it.
    """

    kinds: Mapping[str, str]
    total: Mapping[str, int]
    often: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, kinds: Mapping[str, str], subjects: Iterable[Subject], *, least: int = 0) -> Rarity:
        """Count the words of the records themselves.

        Args:
            kinds: attribute -> kind.
            subjects: the records.
            least: a small set is taken for a part of one with so many records, else nothing in it would be rare.
        """
        total: Counter[str] = Counter()
        often: dict[str, Counter[str]] = {name: Counter() for name in kinds}
        for subject in subjects:
            for name in kinds:
                if value := subject.values.get(name):
                    total[name] += 1
                    often[name].update(set(value))
        return cls(kinds, {name: max(least, total[name]) for name in kinds}, often)

    def bits(self, name: str, word: str) -> float:
        """Bits that sharing a word gives."""
        return math.log2((self.total[name] + 1) / (self.often.get(name, {}).get(word) or 1))


def matches(
    kinds: Mapping[str, str], subjects: Sequence[Subject], *, threshold: float = THRESHOLD, least: int = 0
) -> list[Match]:
    """All pairs among the records that are taken for one, strongest first.

    Args:
        kinds: as in :class:`Rarity`.
        subjects: the records.
        threshold: bits from which a pair counts.
        least: as in :meth:`Rarity.of`.
    """
    rarity = Rarity.of(kinds, subjects, least=least)
    by_id = {subject.id: subject for subject in subjects}
    found = []
    for first, second in _candidates(kinds, subjects):
        match = compare(rarity, by_id[first], by_id[second])
        if match.bits >= threshold:
            found.append(match)
    return sorted(found, key=lambda match: -match.bits)


def compare(rarity: Rarity, one: Subject, other: Subject) -> Match:
    """Weigh two records against each other."""
    parts: dict[str, float] = {}
    for name, kind in rarity.kinds.items():
        a, b = one.values.get(name), other.values.get(name)
        if a and b:
            if kind == "same":
                parts[name] = _MOST[kind] if a == b else -_AGAINST[kind]
            else:
                parts[name] = _code(rarity, name, a, b) if kind == "code" else _text(rarity, name, kind, a, b)
    speaking = sorted((name for name, bits in parts.items() if bits > 1), key=lambda name: -parts[name])
    first, second = sorted((one.id, other.id))
    return Match(first, second, sum(parts.values()), tuple(speaking))


# ---- one attribute


def _code(rarity: Rarity, name: str, a: tuple[str, ...], b: tuple[str, ...]) -> float:
    x, y = "".join(a), "".join(b)
    if x == y:
        return min(_MOST["code"], sum(rarity.bits(name, word) for word in a))
    wrong = OSA.distance(x, y, score_cutoff=2)
    if wrong == 1 and len(x) > _LONG_CODE:
        return min(_MOST["code"], math.log2(rarity.total[name] + 1)) * _ONE_WRONG
    return 0.0 if wrong <= 2 and len(x) > _LONGER_CODE else -_AGAINST["code"]


def _text(rarity: Rarity, name: str, kind: str, a: tuple[str, ...], b: tuple[str, ...]) -> float:
    likeness, within, common, apart = _overlap(rarity, name, a, b, name_like=kind == "name")
    likeness = max(likeness, within * (1.0 if kind == "minor" else _WITHIN))
    most = min(_MOST[kind], common)
    if likeness >= _HALF:
        bits = most * (0.5 + 0.5 * (likeness - _HALF) / (1 - _HALF))
    elif likeness >= _NONE:
        bits = most * 0.5 * (likeness - _NONE) / (_HALF - _NONE)
    else:
        bits = -_AGAINST[kind] * (1 - likeness / _NONE)
    if kind == "words":
        numbers = [{word for word in side if word.isdigit() and len(word) < _NUMBER_LENGTH} for side in (a, b)]
        if all(numbers) and not numbers[0] & numbers[1]:
            bits -= _OTHER_NUMBER
    return bits - min(apart, _OTHER_WORDS)


def _overlap(
    rarity: Rarity, name: str, a: tuple[str, ...], b: tuple[str, ...], *, name_like: bool
) -> tuple[float, float, float, float]:
    """Weighed likeness, likeness of the shorter within the longer, bits in common, bits left over on both sides."""
    weight = {word: rarity.bits(name, word) for word in {*a, *b}}
    left, shared, common = list(b), 0.0, 0.0
    for word in sorted(a, key=lambda one: (-weight[one], one)):
        best = max(left, key=lambda one: _same_word(word, one), default=None)
        likeness = _same_word(word, best) if best is not None else 0.0
        if best is not None and likeness > 0:
            left.remove(best)
            shared += (weight[word] + weight[best]) * likeness
            common += min(weight[word], weight[best]) * likeness
    sums = [sum(weight[word] for word in side) for side in (a, b)]
    total = sum(sums)
    overall = shared / total if total else 0.0
    x, y = "".join(a), "".join(b)
    together = 1 - OSA.distance(x, y) / max(len(x), len(y))
    if together > max(0.8, overall):  # the same letters, parted differently
        overall, common = together, max(common, total / 2 * together)
    apart = 0.0
    if name_like and x != y:
        mine = sum(weight[word] for word in a if not any(_same_word(word, one) for one in b))
        theirs = sum(weight[word] for word in b if not any(_same_word(word, one) for one in a))
        apart = min(mine, theirs)
    return overall, min(1.0, shared / 2 / (min(sums) or 1.0)), common, apart


@lru_cache(maxsize=200_000)
def _same_word(a: str, b: str) -> float:
    """1 for the same word, less for one misspelt or cut to its first letter, 0 for another."""
    if a == b:
        return 1.0
    if a[0].isdigit() or b[0].isdigit():
        long = min(len(a), len(b)) >= _PART_OF_WORD
        return 0.8 if long and OSA.distance(a, b, score_cutoff=1) <= 1 else 0.0
    if a[0] > "\u3000" or b[0] > "\u3000":
        return 0.0  # pairs of Chinese characters: the same or not
    if len(a) == 1 or len(b) == 1:
        return 0.7 if a[0] == b[0] else 0.0
    near = 1.05 - OSA.distance(a, b) / max(len(a), len(b))
    if min(len(a), len(b)) > 2:
        near = max(near, JaroWinkler.similarity(a, b))
    return min(near, 0.99) if near >= _CLOSE else 0.0


# ---- candidates


def _candidates(kinds: Mapping[str, str], subjects: Sequence[Subject]) -> Iterator[tuple[int, int]]:
    """Pairs of ids that share a key which few records have."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for subject in subjects:
        for key in _keys(kinds, subject):
            blocks[key].append(subject.id)
    seen: set[tuple[int, int]] = set()
    for ids in blocks.values():
        if len(ids) <= MOST_IN_BLOCK:
            for place, second in enumerate(ids):
                for first in ids[:place]:
                    pair = (first, second) if first < second else (second, first)
                    if pair not in seen:
                        seen.add(pair)
                        yield pair


def _keys(kinds: Mapping[str, str], subject: Subject) -> set[tuple[str, ...]]:
    """Words, beginnings and ends of long words, neighbouring words, and name with address."""
    found: set[tuple[str, ...]] = set()
    of_kind: dict[str, list[str]] = defaultdict(list)
    for name, kind in kinds.items():
        value = subject.values.get(name) or ()
        if kind == "minor" or not value:
            continue
        of_kind[kind] += value
        found |= {(name, word) for word in value}
        long = [word for word in value if len(word) >= _LONG_WORD]
        found |= {(name, "begins", word[:_PART_OF_WORD]) for word in long}
        found |= {(name, "ends", word[-_PART_OF_WORD:]) for word in long}
        found |= {(name, "next", pair) for pair in bigrams(value)}
        if kind == "name":
            found.add((name, "together", "".join(value)[:_LONG_WORD]))
    found |= {
        ("both", word[:_PART_OF_WORD], place[:_PART_OF_WORD])
        for word in of_kind["name"] if len(word) > 2
        for place in of_kind["words"]
    }  # fmt: skip
    return found
