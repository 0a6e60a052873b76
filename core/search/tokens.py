"""Words of texts as the search knows them, the same for every backend.

Latin words stay whole (and codes such as ``LD-3`` whole and in parts), runs of Chinese, Japanese and Korean characters
become overlapping pairs and single characters, telephone numbers also their endings. Case, width and accents do not
count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Wanted", "matches", "phone_tokens", "pinyin_tokens", "tokens", "wanted"]

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?:(?![{_CJK}])[^\W_])+(?:[-_./@&+](?:(?![{_CJK}])[^\W_])+)*")
_PART = re.compile(r"[^-_./@&+]+")
_PHONE = re.compile(r"\+?[\d\s()/.-]+")
#: Characters of one text that are indexed, and of one token.
_LONGEST_TEXT = 50_000
_LONGEST = 64
#: Words of one search.
_MOST_WANTED = 12
#: Shortest digits that are read as a telephone number, and shortest ending that is found.
_PHONE_LENGTH = 7
_ENDING = 4
#: Names are spelt in at most so many ways, and initials taken of so many characters.
_READINGS = 8
_SPELT = 16
#: A name of at most so many characters may be a person's: one of surname, the others given.
_PERSON = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token that must be there.

    Attributes:
        text: the token.
        prefix: its beginning will do (the word one is still typing).
    """

    text: str
    prefix: bool = False


def normalised(text: str) -> str:
    """Lower case without accents; full-width forms become ordinary ones."""
    plain = text.lower() if text.isascii() else _folded(text)
    return plain.replace("'", "")


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    kept = "".join(char for char in apart if not "\u0300" <= char <= "\u036f").replace("\u2019", "")
    return unicodedata.normalize("NFKC", kept).casefold()


def tokens(text: str) -> set[str]:
    """All tokens under which a text is found."""
    found: set[str] = set()
    for piece in _PIECE.finditer(normalised(text[:_LONGEST_TEXT])):
        word = piece[0]
        if piece["cjk"]:
            found.update(word)
            found.update(word[at : at + 2] for at in range(len(word) - 1))
            continue
        found.add(word[:_LONGEST])
        parts = _PART.findall(word)
        if len(parts) > 1:
            found.update(part[:_LONGEST] for part in parts)
            if len(word) <= _SPELT and any(char.isdigit() for char in word):
                found.add("".join(parts))  # "LD3" finds LD-3
    return found


def phone_tokens(number: str) -> set[str]:
    """The digits of a telephone number and their endings, so that it is found without country or area code."""
    digits = "".join(char for char in number if char.isdigit())
    lengths = [_ENDING, *range(_PHONE_LENGTH, len(digits))]
    return {digits, *(digits[-length:] for length in lengths)} if len(digits) > _ENDING else set()


def wanted(text: str) -> tuple[Wanted, ...]:
    """What a search asks for, every one of which must be there; empty when there is nothing to look for."""
    plain = normalised(text)
    digits = "".join(char for char in plain if char.isdigit())
    if _PHONE.fullmatch(plain.strip()) and len(digits) >= _PHONE_LENGTH:
        return (Wanted(digits, prefix=True),)
    found: dict[str, Wanted] = {}
    for piece in _PIECE.finditer(plain):
        word = piece[0]
        if piece["cjk"]:
            pairs = [word] if len(word) == 1 else [word[at : at + 2] for at in range(len(word) - 1)]
            found.update((pair, Wanted(pair)) for pair in pairs)
        else:
            last = piece.end() == len(plain.rstrip())
            found[word[:_LONGEST]] = Wanted(word[:_LONGEST], prefix=last)
    return tuple(list(found.values())[:_MOST_WANTED])


def matches(have: Collection[str], asked: Iterable[Wanted]) -> bool:
    """True when a set of tokens has everything that is wanted."""
    return all(one.text in have or (one.prefix and any(token.startswith(one.text) for token in have)) for one in asked)


# ---- names in pinyin

_readings: dict[str, tuple[str, ...]] = {}


def pinyin_tokens(name: str) -> set[str]:
    """Initials and full spelling of a Chinese name: ``lst`` and ``linshutong`` for 林疏桐.

    Characters with several readings give several spellings; Latin letters and digits in between stay.
    """
    letters = [char for char in normalised(name) if char.isalnum()][:_SPELT]
    if not any("\u3400" <= char <= "\u9fff" for char in letters):
        return set()
    found = _spellings(letters)
    if 2 < len(letters) <= _PERSON:
        found |= _spellings(letters[1:])  # the given name alone
    return found


def _spellings(letters: list[str]) -> set[str]:
    spellings: list[tuple[str, str]] = [("", "")]
    for char in letters:
        read = _spelt(char)
        spellings = [
            (initials + one[:1], full + one)
            for initials, full in spellings
            for one in (read if len(spellings) * len(read) <= _READINGS else read[:1])
        ]
    return {token[:_LONGEST] for spelling in spellings for token in spelling}


def _spelt(char: str) -> tuple[str, ...]:
    found = _readings.get(char)
    if found is None:
        found = _readings[char] = tuple(_read(char)) or (char,)
    return found


def _read(char: str) -> Iterator[str]:
    """Readings of a character without tones, the usual one first."""
    if char.isascii():
        return
    import os

    # Words are not needed for names, and would cost each process 45 MiB.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import Style, pinyin

    for spelling in pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")[:1]:
        yield from dict.fromkeys(one.replace("ü", "v") for one in spelling if one)
