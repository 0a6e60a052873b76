"""The one cell encoder: every CSV, spreadsheet and error file that Weft writes goes through it.

A spreadsheet program runs text that begins like a formula. In XLSX a cell carries its type, so text is written as a
typed string; CSV has no types, so text that a program could take for a formula gets an apostrophe in front (R20).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from weft.core.db.money import Money
from weft.core.i18n import in_script

__all__ = ["CSV_CELL_LIMIT", "csv_cell", "csv_text", "plain_text"]

#: Characters with which spreadsheet programs begin a formula or a command; twins in full width are folded first.
_OPENERS = frozenset("=+-@")
#: Longest text a spreadsheet program takes into one cell.
CSV_CELL_LIMIT = 32_767


def opens_formula(text: str) -> bool:
    """True when a spreadsheet program may take the text for a formula, white space and control characters ignored."""
    for character in text:
        if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
            continue
        return unicodedata.normalize("NFKC", character)[0] in _OPENERS
    return False


def csv_text(text: str) -> str:
    """Make a text safe for a CSV cell; what is no opener stays as it is.

    A tab or carriage return in front is itself an opener in some programs, so such a text is prefixed too.
    """
    if text and (text[0] in "\t\r\n" or opens_formula(text)):
        return "'" + text
    return text


def csv_cell(value: Any, zone: ZoneInfo | None = None) -> str:
    """Write one value as CSV text.

    Numbers, dates and moments are written by us and therefore never prefixed; all other text is.

    Args:
        value: a Python value of a record (None, bool, number, date, Money, RefValue, list, address).
        zone: zone in which moments are written; UTC when absent.
    """
    if isinstance(value, (bool, int, float, Decimal, date, Money)):
        return plain_text(value, zone)
    return csv_text(plain_text(value, zone))


def plain_text(value: Any, zone: ZoneInfo | None = None) -> str:
    """The text of a value, neutral in language: ISO dates, plain decimals, ``12.50 CNY``.

    References and people stand by the name in the script of the person's language, as on the page.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Decimal():
            return f"{value:f}"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
        case datetime():
            return value.astimezone(zone or UTC).isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case Money():
            form = value.to_api()
            return f"{form['amount']} {form['currency']}"
        case Mapping():
            return _address(value)
        case list() | tuple():
            return "; ".join(plain_text(item, zone) for item in value)
    title = getattr(value, "title", None)
    if title is None:
        title = getattr(value, "name", value)
    return in_script(str(title), getattr(value, "alt", None))[0]


def _address(value: Mapping[str, Any]) -> str:
    lines: Sequence[Any] = value.get("lines") or ()
    parts = [*lines, value.get("postcode"), value.get("city"), value.get("region"), value.get("country")]
    return ", ".join(str(part) for part in parts if part)
