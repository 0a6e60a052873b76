"""What people type becomes what the write path takes, or one sentence about why not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from weft.core.db.fields import Field, Kind, choices
from weft.core.i18n import register_domain, translator
from weft.core.import_export.converting import ColumnFormat, Unreadable, convert_cell, format_of
from weft.core.import_export.countries import country_code

_ = translator("crm")
STAGES = choices(won=_("Won customer"), basic=_("Basic"))
PLAIN = ColumnFormat(currency="CNY")


def read(kind: Kind, cell: Any, style: ColumnFormat = PLAIN, **more: Any) -> Any:
    return convert_cell(Field(kind, "x", name="x", **more), cell, style)


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("1,234.50 CNY", "1234.50", "CNY"), ("CNY 1,234.50", "1234.50", "CNY"), ("¥1,234.50", "1234.50", "CNY"),
        ("€12", "12", "EUR"), ("12.5", "12.5", ""), ("-5", "-5", ""), ("(1,234.50)", "-1234.50", ""),
        ("12万", "120000", ""), ("3.5亿元", "350000000", "CNY"), ("US$ 1,000", "1000", "USD"),
        ("１２３．４５", "123.45", ""), (12.5, "12.5", ""), (7, "7", ""),
    ],
)  # fmt: skip
def test_money(cell: Any, amount: str, currency: str) -> None:
    assert read(Kind.MONEY, cell) == {"amount": amount, "currency": currency}


@pytest.mark.parametrize("cell", ["lots", "12 XXX", "1,23,4", "1.2.3", "$5", "--5"])
def test_money_that_is_not_understood(cell: str) -> None:
    with pytest.raises(Unreadable):
        read(Kind.MONEY, cell)


def test_the_decimal_sign_is_seen_in_the_column() -> None:
    decimal = Field(Kind.DECIMAL, "x", name="x")

    def sign(*cells: str) -> str:
        return format_of(decimal, cells, day_first=True, zone=UTC, currency="").decimal

    assert sign("1.234,50", "12,5") == ","
    assert sign("1,234.50", "12.5") == "."
    assert sign("1,234", "2,500") == "."
    german = ColumnFormat(decimal=",")
    assert read(Kind.DECIMAL, "1.234,50", german) == "1234.50"
    assert read(Kind.DECIMAL, "1.234", german) == "1234"
    assert read(Kind.DECIMAL, "1,234") == "1234"
    assert read(Kind.INTEGER, "3.0") == "3"
    assert read(Kind.DECIMAL, 0.1 + 0.2) == "0.30"


@pytest.mark.parametrize(
    "cell",
    ["2026-03-04", "2026/3/4", "2026.03.04", "20260304", "2026年3月4日", "4 Mar 2026", "March 4, 2026",
     "2026-03-04 17:00:00", date(2026, 3, 4), datetime(2026, 3, 4, 9, tzinfo=UTC)],
)  # fmt: skip
def test_days(cell: Any) -> None:
    assert read(Kind.DATE, cell) == date(2026, 3, 4)


def test_the_order_of_day_and_month_is_seen_in_the_column() -> None:
    day = Field(Kind.DATE, "x", name="x")

    def style(*cells: str, first: bool = True) -> ColumnFormat:
        return format_of(day, cells, day_first=first, zone=UTC, currency="")

    assert not style("10/20/2016", "3/1/2017").day_first
    assert style("20/10/2016", "3/1/2017", first=False).day_first
    assert style("3/4/2026").assumed
    assert not style("4/4/2026").assumed
    assert read(Kind.DATE, "3/4/2026", style("12/31/2025")) == date(2026, 3, 4)
    assert read(Kind.DATE, "3/4/26") == date(2026, 4, 3)
    assert read(Kind.DATE, "1120831", ColumnFormat(minguo=True)) == date(2023, 8, 31)


@pytest.mark.parametrize("cell", ["31/2/2026", "2026-13-01", "soon", "1120831"])
def test_days_that_do_not_exist(cell: str) -> None:
    with pytest.raises(Unreadable):
        read(Kind.DATE, cell)


def test_moments_are_read_in_the_persons_zone() -> None:
    style = ColumnFormat(zone=ZoneInfo("Asia/Shanghai"))
    assert read(Kind.DATETIME, "2026-03-04 09:30", style).astimezone(UTC) == datetime(2026, 3, 4, 1, 30, tzinfo=UTC)
    assert read(Kind.DATETIME, "2026-03-04T09:30:00Z", style) == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    assert read(Kind.DATETIME, "4/3/2026 5:15 PM", style).hour == 17
    with pytest.raises(Unreadable):
        read(Kind.DATETIME, "4/3/2026 27:15", style)


@pytest.mark.parametrize(
    ("cell", "value"), [("yes", True), ("是", True), ("1", True), ("N", False), ("否", False), (True, True)]
)
def test_yes_and_no(cell: Any, value: bool) -> None:
    assert read(Kind.BOOLEAN, cell) is value


def test_choices_by_value_and_by_label_in_either_language() -> None:
    register_domain("crm", "weft.plugins.crm")
    for cell in ("won", "WON", "Won customer", "成功客户"):
        assert read(Kind.CHOICE, cell, choices=STAGES) == "won"
    assert read(Kind.MULTI_CHOICE, "Basic; won", choices=STAGES) == ["basic", "won"]
    with pytest.raises(Unreadable, match="lost"):
        read(Kind.CHOICE, "lost", choices=STAGES)


def test_countries_by_code_and_name() -> None:
    assert [country_code(name) for name in ("de", "Germany", "德国", "UK", "USA", "Sweden ", "中国")] == [
        "DE", "DE", "DE", "GB", "US", "SE", "CN",
    ]  # fmt: skip
    with pytest.raises(Unreadable):
        country_code("Atlantis")


def test_empty_cells_are_nothing() -> None:
    for cell in ("", "  ", "\u3000", None):
        assert read(Kind.TEXT, cell) is None
        assert read(Kind.MONEY, cell) is None
