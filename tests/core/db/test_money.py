"""Money: exact, one currency at a time, no floats."""

from __future__ import annotations

from decimal import Decimal

import pytest

from weft.core.db.money import CURRENCIES, Money, currency_name


def test_arithmetic_is_exact() -> None:
    assert Money("0.10", "EUR") + Money("0.20", "EUR") == Money("0.30", "EUR")
    assert Money("10", "EUR") * 3 - Money("0.01", "EUR") == Money("29.99", "EUR")
    assert sum([Money("1.5", "EUR"), Money("2", "EUR")], start=Money("0", "EUR")) == Money("3.5", "EUR")
    assert max(Money("1", "EUR"), Money("2", "EUR")) == Money("2.00", "EUR")


def test_two_currencies_never_mix() -> None:
    with pytest.raises(ValueError, match="EUR and CNY"):
        _ = Money("1", "EUR") + Money("1", "CNY")
    with pytest.raises(ValueError, match="rate"):
        _ = Money("1", "EUR") < Money("1", "CNY")
    assert Money("1", "EUR") != Money("1", "CNY")


@pytest.mark.parametrize("amount", [1.5, True, "x", "NaN", "Infinity", None])
def test_unusable_amounts_are_refused(amount: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        Money(amount, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", None])
def test_unknown_currencies_are_refused(currency: object) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money("1", currency)  # type: ignore[arg-type]


def test_api_form_has_the_places_of_the_currency() -> None:
    assert Money("12.5", "CNY").to_api() == {"amount": "12.50", "currency": "CNY"}
    assert Money("1E+3", "JPY").to_api() == {"amount": "1000", "currency": "JPY"}
    assert Money("0.0001", "CNY").to_api() == {"amount": "0.0001", "currency": "CNY"}
    assert Money.from_api({"amount": "12.50", "currency": "CNY"}) == Money("12.5", "CNY")


_WRONG = [
    {"amount": "1"},
    {"amount": 1.5, "currency": "EUR"},
    "1 EUR",
    {"amount": "1", "currency": "EUR", "x": 1},
]


@pytest.mark.parametrize("value", _WRONG)
def test_other_api_forms_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        Money.from_api(value)


def test_rounding_is_half_up_to_the_smallest_unit() -> None:
    assert Money("2.345", "EUR").rounded() == Money("2.35", "EUR")
    assert Money("-2.345", "EUR").rounded() == Money("-2.35", "EUR")
    assert Money("2.5", "JPY").rounded() == Money("3", "JPY")
    assert Money("100", "EUR").converted("CNY", Decimal("7.43265")) == Money("743.27", "CNY")


def test_shown_with_code_and_grouping() -> None:
    assert Money("97200", "EUR").format("en") == "EUR\N{NO-BREAK SPACE}97,200.00"
    assert Money("-5", "JPY").format("zh") == "JPY\N{NO-BREAK SPACE}-5"
    assert currency_name("CNY", "zh") == "人民币"
    assert CURRENCIES["KWD"] == 3
