"""Figures by group: counts, money per currency and in company currency, dates cut at the viewer's place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from weft.core.db.money import Money
from weft.core.errors import QueryError
from weft.core.identity import company
from weft.core.records import rates
from weft.core.records.values import MoneySum, PersonRef, RefValue

pytestmark = pytest.mark.both_databases


@pytest.fixture
def boss(shop):
    return shop.as_("boss", user=1, zone="Asia/Shanghai")


@pytest.fixture
def deals(shop, users):
    (org,) = shop.add(shop.Org, [{"name": "Acme"}])
    rows = [
        ("open", 100, "CNY", users[0], date(2026, 1, 31), org, 1),
        ("won", 200, "CNY", users[0], date(2026, 2, 1), org, 2),
        ("won", "10.50", "USD", users[1], date(2026, 4, 1), None, 4),
        ("won", None, None, None, date(2026, 12, 31), None, None),
        (None, 5, "EUR", None, None, None, 3),
    ]
    return org, shop.add(
        shop.Deal,
        [
            {"name": f"d{n}", "status": status, "amount": amount and Decimal(amount), "amount_currency": currency,
             "owner_id": owner, "closed": closed, "org": org, "margin": margin,
             "called_at": datetime(2026, n + 1, 28, 20, 0, tzinfo=UTC)}
            for n, (status, amount, currency, owner, closed, org, margin) in enumerate(rows)
        ],
    )  # fmt: skip


def figures(shop, principal, *measures, group=(), **more):
    with shop.reading(principal) as records:
        return records.aggregate("shop.deal", group=group, measures=measures or ("count",), **more)


def test_counts_by_choice_come_largest_first(shop, boss, deals):
    assert figures(shop, boss, group=["status"]) == [
        {"status": "won", "count": 3}, *sorted_rest(figures(shop, boss, group=["status"])[1:]),
    ]  # fmt: skip
    assert {row["status"]: row["count"] for row in figures(shop, boss, group=["status"])} == {
        "won": 3,
        "open": 1,
        None: 1,
    }


def sorted_rest(rows):
    assert all(row["count"] == 1 for row in rows)
    return rows


def test_sums_of_money_are_per_currency_and_in_company_currency(shop, boss, deals):
    with shop.runtime.db.write() as connection:
        company.save(connection, currency="CNY")
        rates.set_rates(connection, [rates.Rate("USD", date(2026, 1, 2), Decimal("7"), "ECB"),
                                     rates.Rate("EUR", date(2026, 1, 5), Decimal("8"), "ECB")])  # fmt: skip
    company.forget(shop.runtime)
    (row,) = figures(shop, boss, "sum(amount)", "count", "count(amount)")
    assert row == {
        "sum(amount)": MoneySum(
            (Money("300", "CNY"), Money("5", "EUR"), Money("10.50", "USD")), Money("413.50", "CNY"), date(2026, 1, 2)
        ),
        "count": 5, "count(amount)": 4,
    }  # fmt: skip
    by_status = {row["status"]: row["sum(amount)"] for row in figures(shop, boss, "sum(amount)", group=["status"])}
    assert by_status["won"].company == Money("273.50", "CNY")
    assert by_status["open"] == MoneySum((Money("100", "CNY"),), Money("100", "CNY"))


def test_a_missing_rate_is_named_and_gives_no_total(shop, boss, deals):
    with shop.runtime.db.write() as connection:
        company.save(connection, currency="CNY")
    company.forget(shop.runtime)
    (row,) = figures(shop, boss, "sum(amount)")
    assert row["sum(amount)"].company is None
    assert row["sum(amount)"].missing == ("EUR", "USD")


def test_other_measures(shop, boss, deals):
    (row,) = figures(
        shop, boss, "sum(margin)", "avg(margin)", "min(closed)", "max(closed)", "max(amount)", "avg(amount)"
    )
    assert row["sum(margin)"] == 10
    assert row["avg(margin)"] == Decimal("2.50")
    assert (row["min(closed)"], row["max(closed)"]) == (date(2026, 1, 31), date(2026, 12, 31))
    assert row["max(amount)"] == (Money("200", "CNY"), Money("5", "EUR"), Money("10.50", "USD"))
    assert row["avg(amount)"][0] == Money("150.00", "CNY")


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("closed:month", {"2026-01": 1, "2026-02": 1, "2026-04": 1, "2026-12": 1, None: 1}),
        ("closed:quarter", {"2026-Q1": 2, "2026-Q2": 1, "2026-Q4": 1, None: 1}),
        ("closed:year", {"2026": 4, None: 1}),
        ("called_at:day", {"2026-01-29": 1, "2026-03-01": 1, "2026-03-29": 1, "2026-04-29": 1, "2026-05-29": 1}),
        ("called_at:quarter", {"2026-Q1": 3, "2026-Q2": 2}),
    ],
)
def test_dates_are_cut_where_the_viewer_is(shop, boss, deals, group, expected):
    assert {row[group]: row["count"] for row in figures(shop, boss, group=[group])} == expected


def test_groups_of_references_and_people_have_names(shop, boss, deals, users):
    org, _ = deals
    rows = figures(shop, boss, group=["org", "owner"])
    assert rows[0] == {
        "org": RefValue(org, "shop.org", "Acme"),
        "owner": PersonRef(users[0], "User 0", "用户0"),
        "count": 2,
    }


def test_filters_rules_and_search_count_here_too(shop, boss, deals, users):
    assert figures(shop, boss, filters={"status": "won"})[0]["count"] == 3
    assert figures(shop, boss, search="d1")[0]["count"] == 1
    rep = shop.as_("rep", user=users[0])
    assert figures(shop, rep)[0]["count"] == 2
    nobody = shop.as_("team", user=users[0])
    assert figures(shop, nobody) == [{"count": 0}]
    assert figures(shop, nobody, group=["status"]) == []


@pytest.mark.parametrize(
    "asked",
    [{"group": ["kinds"]}, {"group": ["nothing"]}, {"group": ["status:month"]}, {"measures": ["sum(name)"]},
     {"measures": ["sum(nothing)"]}, {"measures": ["median(margin)"]}, {"group": ["closed:hour"]}],
)  # fmt: skip
def test_what_has_no_figure_is_refused(shop, boss, deals, asked):
    with shop.reading(boss) as records, pytest.raises(QueryError):
        records.aggregate("shop.deal", **asked)


def test_sums_are_converted_by_the_rate_of_each_day_when_asked(shop, boss, users):
    with shop.runtime.db.write() as connection:
        company.save(connection, currency="CNY")
        quotes = [(date(2026, 1, 1), "7.0"), (date(2026, 3, 1), "8.0")]
        rates.set_rates(connection, [rates.Rate("USD", day, Decimal(rate), "t") for day, rate in quotes])
    shop.add(
        shop.Deal,
        [
            {"name": name, "status": status, "amount": Decimal(amount), "amount_currency": currency, "closed": closed}
            for name, status, amount, currency, closed in (
                ("early", "won", "10.01", "USD", date(2026, 2, 1)),
                ("late", "won", "10", "USD", date(2026, 4, 1)),
                ("own", "won", "5", "CNY", date(2026, 4, 1)),
                ("before", "open", "1", "USD", date(2025, 4, 1)),
            )
        ],
    )  # fmt: skip
    lines = {
        row["status"]: row["sum(amount)"]
        for row in figures(shop, boss, "sum(amount)", group=["status"], rates_of="closed")
    }
    won = lines["won"]
    assert won.company == Money(Decimal("155.07"), "CNY") and won.exact == Decimal("155.07")
    assert won.amounts == (Money(Decimal(5), "CNY"), Money(Decimal("20.01"), "USD"))
    assert won.rate_date == date(2026, 1, 1)
    assert lines["open"].company is None and lines["open"].missing == ("USD",)
    with pytest.raises(QueryError):
        figures(shop, boss, "avg(amount)", rates_of="closed")
    with pytest.raises(QueryError):
        figures(shop, boss, "sum(amount)", rates_of="status")
