"""Amounts at dated rates: what one unit of a currency was worth on a day, and parts that add up to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from weft.core.sdk import Money, Records, ValidationFailed, company_currency, is_currency, to_company, translator

_ = translator("finance")

__all__ = ["Rate", "added", "cents", "check_currency", "into", "parts", "rate_of", "unrated", "zero"]

_CENT = Decimal("0.01")
_RATE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in the company's currency.

    Attributes:
        value: company currency per unit.
        day: the day it was published; None where nothing had to be converted.
    """

    value: Decimal
    day: date | None


def unrated(currency: str, own: str, day: date) -> ValidationFailed:
    """The refusal where no rate is known."""
    message = _("There is no exchange rate from %(a)s to %(b)s on or before %(day)s. Import the rates first.")
    return ValidationFailed.single("gross", "exchange", message % {"a": currency, "b": own, "day": day.isoformat()})


def rate_of(records: Records, currency: str, day: date) -> Rate:
    """The rate of a day, else the last earlier one.

    Raises:
        ValidationFailed: there is none.
    """
    own = company_currency(records)
    if currency == own:
        return Rate(Decimal(1), None)
    found = to_company(records, [Money(Decimal(1), currency)], day)
    if not found.exact:
        raise unrated(currency, own, day)
    return Rate(found.exact.quantize(_RATE, ROUND_HALF_UP), found.rate_date)


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, half up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def into(records: Records, money: Money, currency: str, day: date) -> Money:
    """An amount in another currency at the rates of a day.

    Raises:
        ValidationFailed: a rate is missing.
    """
    if money.currency == currency:
        return money
    value = money.amount * rate_of(records, money.currency, day).value / rate_of(records, currency, day).value
    return Money(cents(value), currency)


def added(amounts: Iterable[Money | None], currency: str) -> Money:
    """Sum of amounts that are all in one currency."""
    return Money(sum((one.amount for one in amounts if one is not None), Decimal(0)), currency)


def zero(money: Money | None) -> bool:
    """True for nothing at all."""
    return money is None or money.amount == 0


def parts(whole: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by shares, to the cent; the cents left over go to the largest remainders.

    Args:
        whole: the amount.
        shares: weights of any scale, not all zero.
    """
    total = sum(shares, Decimal(0))
    exact = [whole * share / total for share in shares]
    found = [value.quantize(_CENT, ROUND_DOWN) for value in exact]
    left = int((whole - sum(found, Decimal(0))) / _CENT)
    step = _CENT if left >= 0 else -_CENT
    order = sorted(range(len(shares)), key=lambda n: (-abs(exact[n] - found[n]), n))
    for number in range(abs(left)):
        found[order[number % len(order)]] += step
    return found


def check_currency(code: str | None, name: str) -> str | None:
    """A currency code in capitals; None where nothing is given.

    Raises:
        ValidationFailed: there is no such currency.
    """
    text = (code or "").strip().upper()
    if text and not is_currency(text):
        raise ValidationFailed.single(name, "format", _("Write the three letters of a currency, such as EUR."))
    return text or None
