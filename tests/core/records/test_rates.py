"""Exchange rates: last on or before a day, in company currency, from the reference rates of the central bank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from weft.core.db.money import Money
from weft.core.errors import ValidationFailed
from weft.core.identity import company
from weft.core.records import rates
from weft.core.records.conversion import to_company
from weft.core.records.rates import Rate
from weft.core.registry.runtime import Runtime

pytestmark = pytest.mark.both_databases
ECB = Path(__file__).parents[3].parent / "shared" / "data" / "finance" / "ecb_reference_rates_2018_on.csv"


def set_currency(runtime: Runtime, currency: str) -> None:
    with runtime.db.write() as conn:
        company.save(conn, currency=currency)


def test_the_last_rate_on_or_before_the_day_counts(weft_runtime: Runtime) -> None:
    set_currency(weft_runtime, "CNY")
    with weft_runtime.db.write() as conn:
        days = {date(2026, 1, 5): "7.5", date(2026, 1, 8): "7.6"}
        rates.set_rates(conn, [Rate("EUR", day, Decimal(rate), "x") for day, rate in days.items()])
    with weft_runtime.db.read() as conn:
        assert rates.rate_on(conn, "EUR", date(2026, 1, 4)) is None
        assert rates.rate_on(conn, "EUR", date(2026, 1, 7)) == Rate("EUR", date(2026, 1, 5), Decimal("7.5"), "x")
        assert rates.rate_on(conn, "EUR", date(2030, 1, 1)) == Rate("EUR", date(2026, 1, 8), Decimal("7.6"), "x")
        assert rates.rate_on(conn, "CNY", date(2026, 1, 7)) == Rate("CNY", date(2026, 1, 7), Decimal(1), "")


def test_a_rate_set_again_replaces_the_old_one(weft_runtime: Runtime) -> None:
    with weft_runtime.db.write() as conn:
        for rate in ("1.1", "1.2"):
            rates.set_rates(conn, [Rate("USD", date(2026, 1, 5), Decimal(rate), "x")])
        found = rates.rate_on(conn, "USD", date(2026, 1, 5))
    assert found is not None
    assert found.rate == Decimal("1.2")


def test_rates_count_only_in_the_company_currency_they_were_set_in(weft_runtime: Runtime) -> None:
    day = date(2026, 1, 5)
    set_currency(weft_runtime, "CNY")
    with weft_runtime.db.write() as conn:
        rates.set_rates(conn, [Rate("EUR", day, Decimal("7.5"), "x"), Rate("USD", day, Decimal("7"), "x")])
    set_currency(weft_runtime, "EUR")
    with weft_runtime.db.read() as conn:
        assert rates.rates_on(conn, ["USD", "CNY", "EUR"], day) == {"EUR": Rate("EUR", day, Decimal(1), "")}
        assert rates.newest(conn) == []
    set_currency(weft_runtime, "CNY")
    with weft_runtime.db.read() as conn:
        assert [rate.currency for rate in rates.newest(conn)] == ["EUR", "USD"], "nothing was lost by trying"
    set_currency(weft_runtime, "EUR")
    with weft_runtime.db.write() as conn:
        rates.set_rates(conn, [Rate("CNY", day, Decimal("0.13"), "x")])
        assert [(rate.currency, rate.rate) for rate in rates.newest(conn)] == [("CNY", Decimal("0.13"))]


def test_a_report_that_converts_line_by_line_asks_for_each_rate_once(
    weft_runtime: Runtime, records_as: Any, query_count: Any
) -> None:
    set_currency(weft_runtime, "CNY")
    with weft_runtime.db.write() as conn:
        rates.set_rates(conn, [Rate("EUR", date(2026, 1, 5), Decimal("7.5"), "x")])
    with records_as("system") as records:
        with query_count() as first:
            one = to_company(records, [Money(Decimal(2), "EUR")], date(2026, 1, 7))
        with query_count(at_most=first.number) as later:  # a currency without a rate is asked for once, too
            lines = [to_company(records, [Money(Decimal(n), code)], date(2026, 1, 7))
                     for n in range(20) for code in ("EUR", "CNY", "XOF")]  # fmt: skip
        assert to_company(records, [Money(Decimal(2), "EUR")], date(2026, 1, 4)).missing == ("EUR",)
    assert first.number and later.number
    assert (one.company, lines[6].company, lines[8].missing) == (
        Money(Decimal("15.00"), "CNY"), Money(Decimal("15.00"), "CNY"), ("XOF",))  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "rate"),
    [
        ("USD", "0"),
        ("USD", "NaN"),
        ("USD", "Infinity"),
        ("USD", "1e-13"),
        ("USD", "1000000"),
        ("USD", "-1"),
        ("usd", "1"),
        ("US", "1"),
    ],
)
def test_unusable_rates_are_refused(weft_runtime: Runtime, currency: str, rate: str) -> None:
    with pytest.raises(ValidationFailed), weft_runtime.db.write() as conn:
        rates.set_rates(conn, [Rate(currency, date(2026, 1, 5), Decimal(rate), "x")])


def test_sums_are_rounded_once_and_need_every_rate(weft_runtime: Runtime) -> None:
    known = {
        "EUR": Rate("EUR", date(2026, 1, 5), Decimal("7.4326"), "ECB"),
        "CNY": Rate("CNY", date(2026, 1, 5), Decimal(1), ""),
    }
    amounts = [Money("0.01", "EUR")] * 10 + [Money("1", "CNY")]
    # Ten times 0.074326 is 0.74326; rounding each first would give 0.70.
    assert rates.convert(amounts, known, "CNY") == Money("1.74", "CNY")
    assert rates.convert([*amounts, Money("1", "USD")], known, "CNY") is None


@pytest.mark.skipif(
    not ECB.exists(), reason="the shared data beside the checkout are absent: reference rates not tested"
)
def test_reference_rates_of_the_central_bank(weft_runtime: Runtime, query_count: Callable[..., object]) -> None:
    set_currency(weft_runtime, "CNY")
    with ECB.open(encoding="utf-8", newline="") as stream:
        quotes = rates.read_ecb(stream)
    assert len(quotes) == 2261
    recent = [quote for quote in quotes if quote[0] >= date(2026, 1, 1)]
    with weft_runtime.db.write() as conn:
        count = rates.load_rates(conn, recent, "ECB")
    assert count == sum(len(units) for _day, _base, units in recent)  # one less for CNY, one more for EUR
    with weft_runtime.db.read() as conn, query_count(at_most=2):
        found = rates.rates_on(conn, ["EUR", "USD", "JPY", "CNY", "XAU"], date(2026, 11, 1))
    assert set(found) == {"EUR", "USD", "JPY", "CNY"}
    assert found["EUR"].rate == Decimal("7.4326")
    assert found["EUR"].on_date == date(2026, 10, 30)
    assert found["USD"].rate == (Decimal("7.4326") / Decimal("1.1172")).quantize(Decimal("1e-12"))
    assert Money("100", "JPY").converted("CNY", found["JPY"].rate) == Money("4.23", "CNY")


def test_a_broken_file_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("Date,USD,\n2026-01-05,1.1,\n2026-01-06,abc,\n", encoding="utf-8")
    with path.open(encoding="utf-8") as stream, pytest.raises(ValidationFailed, match="Line 3"):
        rates.read_ecb(stream)
