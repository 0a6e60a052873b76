"""Numbers of conditions and decision tables as people write them: read where they can be read in one way only.

``1,500`` is fifteen hundred, as Weft itself writes it. ``1,5`` may be one and a half, or one or five; ``1.500`` may be
one and a half or fifteen hundred: who meant which nobody can say, so they are refused with what to write instead.
"""

from __future__ import annotations

import re
from decimal import Decimal

from weft.core.sdk import translator

_ = translator("workflow")

__all__ = ["AmbiguousError", "plain", "read", "values"]

_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)")
#: A point that may as well group thousands, and a comma that may as well be a decimal one.
_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_COMMA_PLACES = re.compile(r"[+-]?\d+(?:,\d+)+")
#: Between values, as opposed to within a number.
_SEPARATOR = re.compile(r",(?!\d)|(?<!\d),")


class AmbiguousError(ValueError):
    """A number that can be read in two ways; ``str()`` says what to write instead."""


def read(text: str) -> Decimal:
    """The number that a text writes.

    Raises:
        AmbiguousError: it may be two of them.
        ValueError: it is none.
    """
    text = text.strip()
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _POINT_GROUPS.fullmatch(text):
        message = _("“%(text)s” can be read in two ways: write 1500 or 1,500 for thousands, 1.5 for parts.")
        raise AmbiguousError(str(message % {"text": text[:40]}))
    if _COMMA_PLACES.fullmatch(text):
        message = _(
            "“%(text)s” can be read in two ways: write 1.5 for parts, 1,500 for thousands, “1, 5” for two values."
        )
        raise AmbiguousError(str(message % {"text": text[:40]}))
    if not _PLAIN.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def plain(text: str) -> str:
    """The number that a text writes, without grouping and signs of languages; raises as :func:`read`."""
    return f"{read(text):f}"


def values(text: str) -> list[str]:
    """Parts of a list of numbers: a comma within digits belongs to the number."""
    return [part.strip() for part in _SEPARATOR.split(text)]
