"""An amount with its currency: exact arithmetic, never across currencies, never with floats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import total_ordering
from types import MappingProxyType
from typing import Any

from babel.numbers import format_currency, get_currency_name

from weft.core.i18n import babel_locale

__all__ = ["CURRENCIES", "Money", "currency_name", "is_currency"]

#: Babel's pattern of an amount with its code in front: ``CNY -1,234.50`` (the minus belongs to the figure).
_PATTERN = "{code}#,##0.00;{code}-#,##0.00".format(code="\N{CURRENCY SIGN}" * 2 + "\N{NO-BREAK SPACE}")
_TWO = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD
KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW
"""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"

#: ISO 4217 codes -> places of the smallest unit (``{"CNY": 2, "JPY": 0, "KWD": 3}``), in order of the code.
CURRENCIES: Mapping[str, int] = MappingProxyType(
    dict(
        sorted(
            [(code, 2) for code in _TWO.split()]
            + [(code, 0) for code in _NONE.split()]
            + [(code, 3) for code in _THREE.split()]
        )
    )
)


def is_currency(code: object) -> bool:
    """True when ``code`` is one of :data:`CURRENCIES`."""
    return isinstance(code, str) and code in CURRENCIES


def currency_name(code: str, locale: str | None = None) -> str:
    """Name of a currency in the viewer's (or the given) language."""
    return get_currency_name(code, locale=babel_locale(locale))


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency.

    Attributes:
        amount: finite Decimal; a str or int is converted, a float is refused.
        currency: one of :data:`CURRENCIES`.

    Raises:
        ValueError: the amount is no finite number, or the currency is unknown.
        TypeError: the amount is a float.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", _decimal(self.amount))
        if not is_currency(self.currency):
            raise ValueError(f"{self.currency!r} is not the code of a currency")

    @property
    def places(self) -> int:
        """Places of the currency's smallest unit."""
        return CURRENCIES[self.currency]

    def rounded(self, places: int | None = None) -> Money:
        """Round half up to the currency's smallest unit, or to ``places``."""
        unit = Decimal(1).scaleb(-(self.places if places is None else places))
        return Money(self.amount.quantize(unit, rounding=ROUND_HALF_UP), self.currency)

    def converted(self, currency: str, rate: Decimal) -> Money:
        """The same value in another currency, rounded; ``rate`` is target units per one of this currency."""
        return Money(self.amount * _decimal(rate), currency).rounded()

    def to_api(self) -> dict[str, str]:
        """``{"amount": "12.50", "currency": "CNY"}``: a plain decimal with at least the currency's places."""
        exponent = self.amount.as_tuple().exponent
        places = max(self.places, -exponent if isinstance(exponent, int) else 0)
        return {"amount": f"{self.amount:.{places}f}", "currency": self.currency}

    @classmethod
    def from_api(cls, value: Any) -> Money:
        """Read the form of :meth:`to_api`.

        Raises:
            ValueError: not an object of exactly ``amount`` (text or whole number) and ``currency``.
        """
        if isinstance(value, Money):
            return value
        if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
            raise ValueError("money is written as amount and currency")
        try:
            return cls(value["amount"], value["currency"])
        except TypeError as error:
            raise ValueError(str(error)) from error

    def format(self, locale: str | None = None) -> str:
        """Words on screen, with the currency's code: ``CNY 1,234.50``."""
        return format_currency(self.amount, self.currency, format=_PATTERN, locale=babel_locale(locale))

    def _same(self, other: object) -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"{other!r} is not money")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be joined without a rate")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * _decimal(factor), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.currency} {self.to_api()['amount']}"


def _decimal(value: Any) -> Decimal:
    if isinstance(value, (float, bool)):
        raise TypeError("an amount is a decimal, never a float")
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    return number
