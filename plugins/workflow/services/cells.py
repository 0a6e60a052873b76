"""Cells of a decision table as people write them, and what they mean as S-FEEL.

People write ``>= 1000000``, ``1000..2000``, ``framework, sale`` or nothing; a cell that is S-FEEL already stays so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from weft.core.sdk import Kind, translator, use_locale
from weft.plugins.workflow.services import feel, figures

_ = translator("workflow")

__all__ = ["CellError", "result", "shown_result", "shown_test", "test"]

ANY = "-"
_NUMBERS = frozenset({Kind.MONEY, Kind.DECIMAL, Kind.INTEGER})
_SIGNS = str.maketrans({"≥": ">=", "≤": "<=", "＞": ">", "＜": "<", "，": ",", "“": '"', "”": '"'})
#: Codes such as 02: a number would lose what makes them one.
_CODE = re.compile(r"0\d+")
_COMPARED = re.compile(r"(>=|<=|>|<|=)?\s*(.+)\Z", re.S)
_BETWEEN = re.compile(r"([\[\](]?)\s*(.+?)\s*\.\.\s*(.+?)\s*([\])\[]?)\Z", re.S)
_NOT = re.compile(r"not\s*\((.*)\)\Z", re.S)
_PARTS = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,"]+)\s*(?:,|\Z)')
#: How tests of S-FEEL begin, as opposed to words.
_FEEL = re.compile(r"[<>\[(\"]|-?\d|not\s*\(|date\s*\(|(?:true|false|null)\Z")
#: A comma of S-FEEL, which always stands between values; people write those with a space.
_TIGHT = re.compile(r",(?=\S)")
_DATE = re.compile(r'date\("([0-9-]{10})"\)')
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_YES = {"true": "true", "yes": "true", "是": "true", "false": "false", "no": "false", "否": "false"}


class CellError(Exception):
    """A cell that means nothing; the text says what to write instead."""


def test(declared: Any, text: str) -> str:
    """The test of a field that a cell writes.

    Args:
        declared: the field of the column.
        text: what stands in the cell.

    Raises:
        CellError: it is none.
    """
    text = text.translate(_SIGNS).strip()
    if text in ("", ANY):
        return ANY
    if declared is None and _FEEL.match(text):  # a value that is no field to choose: its cells stay as they are kept
        _readable(text)
        return text
    kind = declared.kind if declared is not None else Kind.TEXT
    if kind in _NUMBERS:
        found = _several(text, figures.plain, figures.values, _("Write a number, such as >= 20000 or 1000..2000."))
    elif kind is Kind.DATE:
        found = _several(text, _date, _parts, _("Write a day, such as >= 2026-01-31."))
    elif kind is Kind.BOOLEAN:
        if text.lower() not in _YES:
            raise CellError(str(_("Write yes or no.")))
        found = _YES[text.lower()]
    else:
        found = _texts(declared, text)
    _readable(found)
    return found


def _readable(text: str) -> None:
    try:
        feel.matches(text, None, feel.Scope({}))
    except feel.FeelError as error:
        raise CellError(str(error)) from error


def _several(text: str, one: Callable[[str], str], parts: Callable[[str], list[str]], message: Any) -> str:
    negated = _NOT.match(text)
    try:
        found = ", ".join(_compared(part, one) for part in parts(negated.group(1) if negated else text))
    except figures.AmbiguousError as error:
        raise CellError(str(error)) from error
    except ValueError as error:
        raise CellError(str(message)) from error
    return f"not({found})" if negated else found


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _compared(text: str, one: Callable[[str], str]) -> str:
    between = _BETWEEN.match(text)
    if between:
        left, low, high, right = between.groups()
        return f"{left or '['}{one(low)}..{one(high)}{right or ']'}"
    sign, value = _COMPARED.match(text).groups()  # type: ignore[union-attr]
    return one(value) if sign in (None, "=") else f"{sign} {one(value)}"


def _date(text: str) -> str:
    known = _DATE.match(text.strip())
    day = date.fromisoformat(known.group(1) if known else text.strip())
    return f'date("{day.isoformat()}")'


def _texts(declared: Any, text: str) -> str:
    negated = _NOT.match(text)
    parts = [part.strip() for part in _PARTS.findall(negated.group(1) if negated else text)]
    words = ", ".join(_word(declared, part) for part in parts if part)
    return f"not({words})" if negated else words


def _word(declared: Any, text: str) -> str:
    plain = _TEXT.sub(r"\1", text) if text.startswith('"') else text
    if declared is None or declared.kind is not Kind.CHOICE or not declared.choices:
        return _quoted(plain)
    labels = declared.choices.labels
    for code, label in labels.items():
        if plain in (code, str(label)) or plain in _in_both(label):
            return _quoted(code)
    known = str(_(", ", "between names")).join(str(label) for label in labels.values())
    raise CellError(str(_("“%(word)s” is none of: %(known)s") % {"word": plain[:60], "known": known}))


def _in_both(label: Any) -> set[str]:
    found = set()
    for locale in ("en", "zh"):
        with use_locale(locale):
            found.add(str(label))
    return found


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def result(text: str) -> str:
    """What a rule answers, as a cell writes it.

    Raises:
        CellError: nothing stands there, or a number that can be read in two ways.
    """
    text = text.translate(_SIGNS).strip()
    if not text:
        raise CellError(str(_("Say what the result is.")))
    if text.lower() in _YES:
        return _YES[text.lower()]
    try:
        if not _CODE.fullmatch(text):
            return figures.plain(text)
    except figures.AmbiguousError as error:
        raise CellError(str(error)) from error
    except ValueError:
        pass
    return text if _TEXT.fullmatch(text) else _quoted(text)


def shown_test(declared: Any, text: str) -> str:
    """A stored test as it stands in the form: days and values by their labels, nothing for any."""
    if text.strip() == ANY:
        return ""
    if declared is None:
        return text
    text = _DATE.sub(r"\1", text)
    if declared.kind in _NUMBERS:
        return _TIGHT.sub(", ", text)
    labels = declared.choices.labels if declared.choices else {}

    def word(found: re.Match[str]) -> str:
        plain = str(labels.get(found.group(1), found.group(1)))
        return found.group(0) if "," in plain or '"' in plain else plain

    return _TEXT.sub(word, text)


def shown_result(text: str) -> str:
    """A stored result as it stands in the form; a text that would be read as something else keeps its quotes."""
    text = text.strip()
    found = _TEXT.fullmatch(text)
    plain = found.group(1).replace('\\"', '"').replace("\\\\", "\\") if found else text
    try:
        return plain if result(plain) == text else text
    except CellError:
        return text
