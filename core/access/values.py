"""Values of conditions: from address text or Python to what the column compares with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from weft.core.access.moments import Moment, Word, day_of, is_word, parse_moment
from weft.core.access.names import Name
from weft.core.db.fields import Kind
from weft.core.db.money import Money
from weft.core.errors import QueryError
from weft.core.i18n import translator

__all__ = ["parse_value"]

_ = translator("core")

_MAX_ID = 2**53
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})
_IDS = frozenset({Kind.REFERENCE, Kind.USER, Kind.UNIT, Kind.FILE, Kind.INTEGER})


def parse_value(name: Name, value: Any, moment: Moment | None) -> Any:
    """Return the Python value of one operand.

    Args:
        name: what it is compared with.
        value: text as in an address, or a Python value.
        moment: who asks and when; None leaves words open as :class:`~weft.core.access.moments.Word`.

    Raises:
        QueryError: the value cannot be read as the kind of the name.
    """
    kind = name.kind
    try:
        if kind is Kind.USER and value == "me":
            word = Word("me", "user")
            return word if moment is None else word.value(moment)
        if kind in _IDS:
            return _identifier(value)
        if kind in (Kind.DECIMAL, Kind.MONEY):
            return _number(name, value)
        if kind is Kind.DATE:
            return _date(value, moment)
        if kind is Kind.DATETIME:
            found = parse_moment(name, value, moment)
            return found[0] if isinstance(found, tuple) else found
        if kind is Kind.BOOLEAN:
            return _boolean(value)
    except (ValueError, TypeError, InvalidOperation, OverflowError) as error:
        raise QueryError(
            _("“%(field)s” cannot be compared with this value.") % {"field": name.label}, name=name.name
        ) from error
    return _text(name, value)


def _identifier(value: Any) -> int:
    given = getattr(value, "id", value)
    if isinstance(given, (bool, float)):
        raise ValueError(given)
    number = int(given)
    if abs(number) >= _MAX_ID:
        raise OverflowError(number)
    return number


def _number(name: Name, value: Any) -> Decimal:
    given = value.amount if isinstance(value, Money) else value
    if isinstance(given, str) and len(given) > 40:
        raise ValueError(given)
    number = Decimal(str(given) if isinstance(given, float) else given)
    scale = name.field.scale if name.field is not None else 2
    if not number.is_finite() or number.adjusted() > 17:
        raise ValueError(given)
    if number != round(number, scale):
        message = _("“%(field)s” has at most %(scale)s places after the point.")
        raise QueryError(message % {"field": name.label, "scale": scale}, name=name.name)
    return round(number, scale)


def _date(value: Any, moment: Moment | None) -> Any:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if is_word(value):
        return Word(value, "date") if moment is None else day_of(value, moment.today)
    return date.fromisoformat(str(value).strip())


def _boolean(value: Any) -> bool:
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(value)


def _text(name: Name, value: Any) -> str:
    text = str(value)
    if "\x00" in text or len(text) > 2000:
        raise QueryError(_("“%(field)s” cannot be compared with this value.") % {"field": name.label}, name=name.name)
    allowed = name.field.choices if name.field is not None else None
    if allowed is not None and name.kind in (Kind.CHOICE, Kind.MULTI_CHOICE) and text not in allowed:
        raise QueryError(_("“%(field)s” has no such value.") % {"field": name.label}, name=name.name)
    return text
