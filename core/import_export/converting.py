"""From what people type into cells to the values the write path takes: numbers, money, dates, choices, countries.

A converter is made once per column, so that a question a single value leaves open (is ``3/4`` the third of April?) is
answered from the whole column. Anything not understood raises :class:`Unreadable` with one sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from weft.core.db.fields import Choices, Field, Kind
from weft.core.db.money import is_currency
from weft.core.i18n import LOCALES, Text, translator, use_locale
from weft.core.import_export.targets import normalised

__all__ = ["ColumnFormat", "Unreadable", "convert_cell", "format_of", "money_parts"]

_ = translator("core")

_TRUE = frozenset({"true", "t", "yes", "y", "1", "on", "x", "✓", "✔", "√", "是", "真", "有"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "off", "-", "✗", "×", "否", "假", "无", "無"})
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_HAN_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MINGUO_DAY = re.compile(r"(\d{2,3})[-/.]?(\d{2})[-/.]?(\d{2})")
_OTHER_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})(?:[ T].*)?")
_NAMED_DAYS = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y")
_CLOCK = re.compile(r"[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(am|pm)?$", re.IGNORECASE)
_CURRENCY_SIGNS = {
    "€": "EUR", "£": "GBP", "US$": "USD", "HK$": "HKD", "NT$": "TWD", "RMB": "CNY", "元": "CNY", "人民币": "CNY",
    "美元": "USD", "欧元": "EUR", "日元": "JPY", "港元": "HKD", "港币": "HKD", "新台幣": "TWD", "新台币": "TWD",
}  # fmt: skip
_SHARED_SIGNS = {
    "¥": ("CNY", "JPY"),
    "￥": ("CNY", "JPY"),
    "$": ("USD", "CAD", "AUD", "SGD", "HKD", "TWD", "NZD", "MXN"),
}
_NUMBER = re.compile(r"[-+]?[\d.,'\s\u00a0\u202f]*\d[\d.,'\s\u00a0\u202f]*")
_SPLIT = re.compile(r"[;,|/、，；\n]")


class Unreadable(Exception):
    """A cell cannot be read as what its column means."""

    def __init__(self, message: Text, code: str = "invalid") -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """How the cells of one column are written.

    Attributes:
        day_first: ``3/4/2026`` is the third of April.
        decimal: the sign before the fraction.
        minguo: years count from 1911 (1120831 is 2023-08-31).
        zone: zone of moments written without one.
        currency: currency of amounts written without one, or empty.
        assumed: True when the order of day and month could not be seen and was taken from the language.
    """

    day_first: bool = True
    decimal: str = "."
    minguo: bool = False
    zone: tzinfo = UTC
    currency: str = ""
    assumed: bool = False


def format_of(
    declared: Field | None,
    samples: Iterable[Any],
    *,
    day_first: bool,
    zone: tzinfo,
    currency: str,
    minguo: bool = False,
) -> ColumnFormat:
    """Look at a column's cells to find out how it is written.

    Args:
        declared: the field; only its kind matters.
        samples: cells of the column.
        day_first: order of day and month when the cells leave it open.
        zone, currency, minguo: taken over.
    """
    kind = declared.value_kind if declared is not None else None
    assumed, decimal = False, "."
    texts = [cell.strip() for cell in samples if isinstance(cell, str) and cell.strip()]
    if kind in (Kind.DATE, Kind.DATETIME):
        pairs = [(int(m[1]), int(m[2])) for m in map(_OTHER_DAY.fullmatch, texts) if m]
        if any(first > 12 for first, _second in pairs):
            day_first = True
        elif any(second > 12 for _first, second in pairs):
            day_first = False
        else:
            assumed = any(first != second for first, second in pairs)
    elif kind in (Kind.DECIMAL, Kind.MONEY):
        decimal = _decimal_sign(texts)
    return ColumnFormat(day_first, decimal, minguo, zone, currency, assumed)


def _decimal_sign(texts: Sequence[str]) -> str:
    """Comma when some cell can only mean that (``12,5``, ``1.234,50``) and none can only mean the point."""
    comma = point = False
    for text in texts:
        found = _NUMBER.search(text)
        if not found:
            continue
        number = found[0].strip()
        last_comma, last_point = number.rfind(","), number.rfind(".")
        if last_comma >= 0 and last_point >= 0:
            comma, point = comma or last_comma > last_point, point or last_point > last_comma
        elif last_comma >= 0:
            comma = comma or len(number) - last_comma - 1 != 3
        elif last_point >= 0:
            point = point or len(number) - last_point - 1 != 3
    return "," if comma and not point else "."


def convert_cell(declared: Field, cell: Any, style: ColumnFormat) -> Any:
    """Turn a cell into an API value of a field; empty cells become None.

    References, users, units and files are looked up elsewhere and come back as they are.

    Raises:
        Unreadable: the cell is not understood.
    """
    if cell is None:
        return None
    if isinstance(cell, str):
        cell = cell.strip()  # U+3000, the full-width space, counts as space
        if not cell:
            return None
    make = _CONVERTERS.get(declared.value_kind)
    return make(declared, cell, style) if make is not None else cell


def _as_text(declared: Field, cell: Any, style: ColumnFormat) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)


def _url(declared: Field, cell: Any, style: ColumnFormat) -> str:
    text = _as_text(declared, cell, style)
    return text if "://" in text or "." not in text else f"http://{text}"


def _number(text: str, style: ColumnFormat) -> str:
    """A plain decimal text; parentheses mean negative, as in accounts."""
    text = unicodedata.normalize("NFKC", text).strip()
    negative = text.startswith("(") and text.endswith(")")
    text = text.strip("()").strip()
    factor = 0
    if text.endswith("%"):
        text = text[:-1].strip()
    for sign, places in (("亿", 8), ("億", 8), ("万", 4), ("萬", 4)):
        if text.endswith(sign):
            text, factor = text[: -len(sign)].strip(), places
    if not _NUMBER.fullmatch(text):
        raise Unreadable(_("This is not a number."))
    digits = re.sub(r"['\s\u00a0\u202f]", "", text)
    groups, point = (".", ",") if style.decimal == "," else (",", ".")
    whole, _sign, fraction = digits.partition(point)
    if groups in fraction or point in fraction or not _grouped(whole, groups):
        raise Unreadable(_("This is not a number."))
    whole = whole.replace(groups, "")
    if factor:
        fraction = fraction.ljust(factor, "0")
        whole, fraction = whole + fraction[:factor], fraction[factor:]
    number = (whole or "0") + (f".{fraction}" if fraction else "")
    return "-" + number.lstrip("+-") if negative else number.lstrip("+")


def _grouped(whole: str, sign: str) -> bool:
    """True when a whole number has no separators, or groups of three (or four) digits after the first."""
    parts = whole.lstrip("+-").split(sign)
    if len(parts) == 1:
        return True
    return 1 <= len(parts[0]) <= 4 and len({len(part) for part in parts[1:]}) == 1 and len(parts[1]) in (3, 4)


def _integer(declared: Field, cell: Any, style: ColumnFormat) -> Any:
    if isinstance(cell, str):
        text = _number(cell, style)
        whole, _point, fraction = text.partition(".")
        return whole if not fraction.strip("0") else text
    return cell


def _decimal(declared: Field, cell: Any, style: ColumnFormat) -> Any:
    if isinstance(cell, str):
        return _fitting(declared, _number(cell, style))
    if isinstance(cell, float):
        return _fitting(declared, f"{cell:.{declared.scale}f}")  # a binary fraction shows more places than it means
    return cell


def _fitting(declared: Field, text: str) -> str:
    """Drop zeros beyond the field's places; other digits stay, so that the write path refuses them."""
    whole, _point, fraction = text.partition(".")
    if len(fraction) > declared.scale and not fraction[declared.scale :].strip("0"):
        fraction = fraction[: declared.scale]
    return whole + (f".{fraction}" if fraction else "")


def money_parts(cell: Any, style: ColumnFormat) -> tuple[str, str]:
    """Split an amount from its currency: ``1,234.50 CNY``, ``€12``, ``-5``; the currency may be empty.

    Raises:
        Unreadable: no number, or a sign several currencies share.
    """
    if not isinstance(cell, str):
        return f"{cell:.6f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell), ""
    text = unicodedata.normalize("NFKC", cell).strip()
    found = _NUMBER.search(text)
    if found is None:
        raise Unreadable(_("This is not an amount."))
    tail = text[found.end() :].strip()
    unit = next((sign for sign in ("亿", "億", "万", "萬") if tail.startswith(sign)), "")
    words = (text[: found.start()] + tail[len(unit) :]).replace("(", "").replace(")", "").strip()
    number = found[0].strip()
    negative = words.startswith("-") or (text.startswith("(") and text.endswith(")"))
    amount = _number(number + unit, style)
    if negative:
        if words.startswith("-") and amount.startswith("-"):
            raise Unreadable(_("This is not an amount."))
        amount, words = "-" + amount.lstrip("-"), words.strip("-").strip()
    return amount, _currency(words, style) if words else ""


def _currency(words: str, style: ColumnFormat) -> str:
    code = words.upper()
    if is_currency(code):
        return code
    if words in _CURRENCY_SIGNS or code in _CURRENCY_SIGNS:
        return _CURRENCY_SIGNS.get(words) or _CURRENCY_SIGNS[code]
    if words in _SHARED_SIGNS:
        if style.currency in _SHARED_SIGNS[words]:
            return style.currency
        raise Unreadable(_("Several currencies use this sign: write the code, such as CNY."), "currency")
    raise Unreadable(_("This currency is not known."), "currency")


def _money(declared: Field, cell: Any, style: ColumnFormat) -> Mapping[str, str]:
    amount, currency = money_parts(cell, style)
    return {"amount": _fitting(declared, amount), "currency": currency}


def _day(cell: Any, style: ColumnFormat) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    try:
        for pattern in (_ISO_DAY, _HAN_DAY):
            if found := pattern.fullmatch(text):
                return date(int(found[1]), int(found[2]), int(found[3]))
        if style.minguo and (found := _MINGUO_DAY.fullmatch(text)):
            return date(1911 + int(found[1]), int(found[2]), int(found[3]))
        if found := _COMPACT_DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _OTHER_DAY.fullmatch(text):
            first, second, year = int(found[1]), int(found[2]), int(found[3])
            day, month = (first, second) if style.day_first else (second, first)
            return date(year if year > 99 else 2000 + year - (100 if year > 68 else 0), month, day)
        for form in _NAMED_DAYS:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
    except ValueError as error:
        raise Unreadable(_("There is no such day.")) from error
    raise Unreadable(_("Write a date as year-month-day, such as 2026-11-25."))


def _date(declared: Field, cell: Any, style: ColumnFormat) -> date:
    return _day(cell, style)


def _datetime(declared: Field, cell: Any, style: ColumnFormat) -> datetime:
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=style.zone)
    if isinstance(cell, str):
        try:
            moment = datetime.fromisoformat(cell)
            return moment if moment.tzinfo else moment.replace(tzinfo=style.zone)
        except ValueError:
            pass
    day = _day(cell, style)
    hour = minute = second = 0
    if isinstance(cell, str) and (clock := _CLOCK.search(cell)):
        hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
        if clock[4]:
            hour = hour % 12 + (12 if clock[4].lower() == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable(_("There is no such time."))
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=style.zone)


def _boolean(declared: Field, cell: Any, style: ColumnFormat) -> bool:
    if isinstance(cell, bool):
        return cell
    word = str(cell).strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise Unreadable(_("Choose yes or no."))


def _choice(declared: Field, cell: Any, style: ColumnFormat) -> str:
    found = _choice_words(declared).get(normalised(str(cell)))
    if found is None:
        raise Unreadable(_("“%(value)s” is not one of the offered values.") % {"value": str(cell)[:60]}, "choice")
    return found


def _multi_choice(declared: Field, cell: Any, style: ColumnFormat) -> list[str]:
    if isinstance(cell, (list, tuple)):
        return [_choice(declared, item, style) for item in cell]
    whole = _choice_words(declared).get(normalised(str(cell)))
    if whole is not None:
        return [whole]
    return [_choice(declared, part, style) for part in _SPLIT.split(str(cell)) if part.strip()]


_choice_cache: dict[int, tuple[Choices, dict[str, str]]] = {}


def _choice_words(declared: Field) -> dict[str, str]:
    """Values and their labels in every language, folded."""
    choices = declared.choices or Choices({})
    known = _choice_cache.get(id(choices))
    if known is not None and known[0] is choices:
        return known[1]
    words: dict[str, str] = {normalised(value): value for value in choices.labels}
    for locale in LOCALES:
        with use_locale(locale):
            for value, label in choices.labels.items():
                words.setdefault(normalised(str(label)), value)
    _choice_cache[id(choices)] = (choices, words)
    return words


def _address(declared: Field, cell: Any, style: ColumnFormat) -> Any:
    if isinstance(cell, Mapping):
        return cell
    return {"lines": [part.strip() for part in str(cell).splitlines() if part.strip()][:6]}


_CONVERTERS: Mapping[Kind, Callable[[Field, Any, ColumnFormat], Any]] = {
    Kind.TEXT: _as_text,
    Kind.MULTILINE: _as_text,
    Kind.MARKDOWN: _as_text,
    Kind.EMAIL: _as_text,
    Kind.PHONE: _as_text,
    Kind.URL: _url,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.MULTI_CHOICE: _multi_choice,
    Kind.ADDRESS: _address,
}
