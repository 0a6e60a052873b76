"""Patterns that find text without regard to case, alike on SQLite and PostgreSQL."""

from __future__ import annotations

__all__ = ["ESCAPE", "escaped_like", "pattern"]

#: Escape character of LIKE patterns.
ESCAPE = "/"

_GLOB_SPECIAL = frozenset("*?[")
_REGEX_SPECIAL = frozenset(".^$*+?()[]{}|\\")


def escaped_like(text: str, *, start: bool) -> str:
    """A LIKE pattern for text whose only letters with case are ASCII; both engines fold those."""
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return f"{text}%" if start else f"%{text}%"


def pattern(text: str, *, start: bool) -> dict[str, str]:
    """Patterns for text with other letters, by dialect: each letter becomes a class of its two cases.

    SQLite folds ASCII only, and PostgreSQL under the C collation likewise; a class such as ``[éÉ]`` needs neither.
    """
    glob = "".join(_glob(character) for character in text)
    regex = "".join(_regex(character) for character in text)
    return {"sqlite": f"{glob}*" if start else f"*{glob}*", "postgresql": f"^{regex}" if start else regex}


def _cases(character: str) -> str:
    """The character in both cases, as far as they are single characters."""
    found = [one for one in (character.lower(), character.upper()) if len(one) == 1]
    return "".join(dict.fromkeys([character, *found]))


def _glob(character: str) -> str:
    cases = _cases(character)
    return f"[{cases}]" if len(cases) > 1 or character in _GLOB_SPECIAL else cases


def _regex(character: str) -> str:
    cases = _cases(character)
    if len(cases) > 1:
        return f"[{cases}]"
    return f"\\{character}" if character in _REGEX_SPECIAL else character
