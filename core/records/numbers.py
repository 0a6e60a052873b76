"""Converters of whole numbers, decimals and money; never through floats where exactness counts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from weft.core.db.fields import Field
from weft.core.db.money import Money
from weft.core.i18n import translator
from weft.core.records.refused import MAX_ID, Converter, Refused

__all__ = ["decimal_converter", "integer_converter", "money_converter", "whole"]

_ = translator("core")

_MAX_DIGITS = 18  # a scaled integer of 64 bits on SQLite


def _limits(declared: Field, number: Decimal | int) -> None:
    if declared.minimum is not None and number < declared.minimum:
        raise Refused("too_small", _("This may not be less than %(limit)s.") % {"limit": declared.minimum})
    if declared.maximum is not None and number > declared.maximum:
        raise Refused("too_large", _("This may not be more than %(limit)s.") % {"limit": declared.maximum})


def integer_converter(declared: Field) -> Converter:
    """Whole numbers below 2**53, within the declared limits."""

    def convert(value: Any) -> int | None:
        if value is None or value == "":
            return None
        number = whole(value)
        if number is None or abs(number) >= MAX_ID:
            raise Refused("invalid", _("Write a whole number."))
        _limits(declared, number)
        return number

    return convert


def whole(value: Any) -> int | None:
    """A whole number from a number or its plain digits; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        text = value.strip()
        if len(text) <= 20 and text.isascii() and text.removeprefix("-").isdigit():
            return int(text)
        return None
    if isinstance(value, (float, Decimal)) and value == value // 1:
        return int(value)
    return None


def _exact(value: Any) -> Decimal:
    """A finite decimal from a Decimal, a whole number, a plain text, or the shortest form of a float."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, float, str)):
        raise Refused("invalid", _("Write a number."))
    text = value.strip() if isinstance(value, str) else repr(value) if isinstance(value, float) else value
    if isinstance(text, str) and (len(text) > 40 or not text.isascii() or "_" in text):
        raise Refused("invalid", _("Write a number."))
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Refused("invalid", _("Write a number.")) from error
    if not number.is_finite():
        raise Refused("invalid", _("Write a number."))
    return number


def _scaled(declared: Field, number: Decimal) -> Decimal:
    if number and number.adjusted() + 1 + declared.scale > _MAX_DIGITS:
        raise Refused("too_large", _("This number has too many digits."))
    unit = Decimal(1).scaleb(-declared.scale)
    fixed = number.quantize(unit)
    if fixed != number:
        raise Refused("scale", _("Write at most %(places)s places after the point.") % {"places": declared.scale})
    _limits(declared, fixed)
    return fixed


def decimal_converter(declared: Field) -> Converter:
    """Exact decimals with the declared places."""

    def convert(value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        return _scaled(declared, _exact(value))

    return convert


def money_converter(declared: Field) -> Converter:
    """An amount as text or whole number, with the ISO code of its currency."""

    def convert(value: Any) -> Money | None:
        if value is None or value == "":
            return None
        if isinstance(value, Money):
            return Money(_scaled(declared, value.amount), value.currency)
        if not isinstance(value, Mapping) or set(value) - {"amount", "currency"}:
            raise Refused("invalid", _("Write an amount and its currency."))
        amount, currency = value.get("amount"), value.get("currency")
        if amount is None or amount == "":
            return None
        if isinstance(amount, float):
            raise Refused("invalid", _("Write the amount as text, so that it stays exact."))
        number = _scaled(declared, _exact(amount))
        try:
            return Money(number, currency.strip().upper() if isinstance(currency, str) else "")
        except ValueError as error:
            raise Refused("currency", _("Choose a currency.")) from error

    return convert
