"""The whole practice pipeline: products, sales teams as units and users, 8,800 deals; reports equal plain SQL.

Two moments are told. On 2017-10-01 the deals that were not closed yet are open at the list price of their product, with
the day they closed later as the expected one; a snapshot is taken. On 2018-01-01 everything has ended as the file says.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from weft.core.identity import company
from weft.core.records.facade import Records
from weft.plugins.crm.queries import reports as formulas
from weft.plugins.crm.services import planning
from weft.plugins.crm.services import reports as figures
from weft.plugins.crm.services.reports import Scope

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.slow]

Open = Callable[..., AbstractContextManager[Records]]
BEFORE, AFTER = date(2017, 10, 1), date(2018, 1, 1)
STAGES = {"Prospecting": (10, "open"), "Engaging": (30, "open"), "Won": (100, "won"), "Lost": (0, "lost")}
REGIONS = {"West": "3568647", "Central": "3346293", "East": "3090594"}
MANAGERS = {
    "Melvin Marxen": "2251930", "Summer Sewald": "1964750", "Rocco Neubert": "1960545", "Celia Rouche": "1603897",
    "Cara Losch": "1130049", "Dustin Brinkmann": "1094363",
}  # fmt: skip
SCALE = 100


@dataclass
class Seller:
    """The company of the file: ids by the names it uses."""

    boss: int = 0
    units: dict[str, int] = field(default_factory=dict)
    agents: dict[str, int] = field(default_factory=dict)
    manager_of: dict[str, str] = field(default_factory=dict)
    region_of: dict[str, str] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    prices: dict[str, str] = field(default_factory=dict)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(words: str) -> date | None:
    """``10/20/2016``; empty in the file where it is not known."""
    if not words:
        return None
    month, number, year = words.split("/")
    return date(int(year), int(month), int(number))


def at(moment: date) -> Callable[[], datetime]:
    return lambda: datetime(moment.year, moment.month, moment.day, 8, tzinfo=UTC)


@pytest.fixture
def seller(weft_runtime: Any, weft_cast: Any, records_as: Open, data_file: Callable[..., Path]) -> Seller:
    """Products, teams as units and users, stages and accounts."""
    found = Seller()
    weft_runtime.clock = at(BEFORE)
    with weft_runtime.db.write() as connection:
        company.save(connection, currency="USD", zone="UTC")
    sales = weft_cast.unit("Sales")
    found.boss = weft_cast.user("crm.sales_manager", name="Head of Sales", units=[sales])
    for row in read(data_file("crm-opportunities", "sales_teams.csv")):
        region, manager, agent = row["regional_office"], row["manager"], row["sales_agent"]
        if region not in found.units:
            found.units[region] = weft_cast.unit(region, sales)
        if manager not in found.units:
            found.units[manager] = weft_cast.unit(manager, found.units[region])
        found.agents[agent] = weft_cast.user("crm.sales_rep", name=agent, units=[found.units[manager]])
        found.manager_of[agent], found.region_of[agent] = manager, region
    with records_as("system", write=True, door="import") as records:
        rows = read(data_file("crm-opportunities", "products.csv"))
        found.prices = {row["product"]: row["sales_price"] for row in rows}
        records.load("crm.product", [{"code": name, "name": name} for name in found.prices])
        for place, (label, (chance, outcome)) in enumerate(STAGES.items(), 1):
            values = {"code": label.lower(), "label_en": label, "position": 10 * place, "probability": chance}
            found.stages[label] = records.create("crm.stage", values | {"outcome": outcome})["id"]
        names = [row["account"] for row in read(data_file("crm-opportunities", "accounts.csv"))] + [""]
        rows = [{"name": name or "(no account given)", "role": ["customer"]} for name in names]
        found.accounts = dict(zip(names, records.load("crm.account", rows).created, strict=True))
    return found


@pytest.fixture
def pipeline(data_file: Callable[..., Path]) -> list[dict[str, Any]]:
    """The deals of the file with days and the product's name as it is sold."""
    rows: list[dict[str, Any]] = []
    for row in read(data_file("crm-opportunities", "sales_pipeline.csv")):
        product = {"GTXPro": "GTX Pro"}.get(row["product"], row["product"])
        days = {"engaged": day(row["engage_date"]), "closed": day(row["close_date"])}
        rows.append(row | days | {"product": product})
    return rows


def deal(seller: Seller, row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A deal as it stood on a day; who has no day of engagement was made on the last one."""
    ended = row["closed"] is not None and row["closed"] < today
    stage = row["deal_stage"] if ended or row["deal_stage"] == "Prospecting" else "Engaging"
    amount = row["close_value"] if ended else seller.prices[row["product"]]
    made = row["engaged"] or date(2017, 12, 31)
    closed = {"closed_on": row["closed"].isoformat()} if ended else {}
    return {
        "name": row["opportunity_id"],
        "account": seller.accounts[row["account"]],
        "owner": seller.agents[row["sales_agent"]],
        "unit": seller.units[seller.manager_of[row["sales_agent"]]],
        "stage": seller.stages[stage],
        "outcome": STAGES[stage][1],
        "product": row["product"],
        "amount": {"amount": amount, "currency": "USD"},
        "expected_close": row["closed"].isoformat() if row["closed"] else None,
        "created_at": datetime(made.year, made.month, made.day, 9, tzinfo=UTC),
    } | closed


def enter(records_as: Open, seller: Seller, rows: list[dict[str, Any]], today: date) -> None:
    with records_as("system", write=True, door="import") as records:
        records.load("crm.opportunity", [deal(seller, row, today) for row in rows])


def end(records_as: Open, seller: Seller, rows: list[dict[str, Any]]) -> None:
    """Deals that were open before end as the file says."""
    names = ("stage", "outcome", "closed_on", "amount", "name")
    with records_as("system", write=True, door="import") as records:
        values = [deal(seller, row, AFTER) for row in rows]
        records.load("crm.opportunity", [{name: one[name] for name in names} for one in values], key="name")


@pytest.fixture
def told(weft_runtime: Any, records_as: Open, seller: Seller, pipeline: list[dict[str, Any]]) -> Seller:
    """All 8,800 deals at the end of the year."""
    weft_runtime.clock = at(AFTER)
    enter(records_as, seller, pipeline, AFTER)
    return seller


def sql(runtime: Any, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with runtime.db.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def money(scaled: Any) -> Decimal:
    """SQLite keeps amounts as whole numbers."""
    return Decimal(str(scaled or 0)) / SCALE


def test_counts_and_won_value_by_region_and_manager(told: Seller, weft_runtime: Any, records_as: Open) -> None:
    with records_as(told.boss) as records:
        products = records.query("crm.product", count="exact", limit=1).count
        stages = {row["stage"].title: row["count"] for row in records.aggregate("crm.opportunity", group=("stage",))}
        by_unit = figures.won(records, Scope(), "unit", None, None)
        regions = {name: figures.teams(records, told.units[name]) for name in REGIONS}
        of_region = {
            name: figures.won(records, Scope(units=units), "", None, None)[None] for name, units in regions.items()
        }
        agents = figures.won(records, Scope(), "closed_owner", None, None)
    assert products is not None and products.value == 7 and len(told.agents) == 35
    assert stages == {"Won": 4_238, "Lost": 2_473, "Engaging": 1_589, "Prospecting": 500}
    assert {name: by_unit[told.units[name]].amount for name in MANAGERS} == {k: Decimal(v) for k, v in MANAGERS.items()}
    assert {name: sums.amount for name, sums in of_region.items()} == {k: Decimal(v) for k, v in REGIONS.items()}
    assert sum(one.count for one in of_region.values()) == 4_238
    best = max(agents, key=lambda one: agents[one].amount)
    assert (best, agents[best].amount) == (told.agents["Darcel Schlecht"], Decimal(1_153_214))
    assert len(set(told.agents.values()) - set(agents)) == 5  # five agents have no deal


def test_a_team_and_a_seller_read_their_own_figures(told: Seller, records_as: Open) -> None:
    me = told.agents["Darcel Schlecht"]
    with records_as(me) as records:
        own = figures.won(records, Scope(me), "", None, None)[None]
        listed = records.query("crm.opportunity", filters={"outcome": "won", "owner": "me"}, limit=1, count="exact")
    assert listed.count is not None
    assert (own.amount, own.count) == (Decimal(1_153_214), listed.count.value)


def test_results_win_rate_and_cycle_are_those_of_plain_sql(
    told: Seller, weft_runtime: Any, records_as: Open, pipeline: list[dict[str, Any]]
) -> None:
    first, end_ = date(2017, 1, 1), AFTER
    with records_as(told.boss) as records:
        quarters = figures.won(records, Scope(), "closed_on:quarter", first, end_)
        both = figures.outcomes(records, Scope(), None, None)
        persons = figures.outcomes(records, Scope(), first, end_, "closed_owner")
        days = figures.cycle(records, Scope(), None, None)
        west = figures.cycle(records, Scope(units=figures.teams(records, told.units["West"])), None, None)
        results = figures.won(records, Scope(), "closed_owner", date(2017, 7, 1), date(2017, 10, 1))
    assert sorted((key, sums.count) for key, sums in quarters.items()) == [
        ("2017-Q1", 531), ("2017-Q2", 1_254), ("2017-Q3", 1_257), ("2017-Q4", 1_196),
    ]  # fmt: skip
    assert both == {"won": 4_238, "lost": 2_473}
    assert formulas.percent(both["won"], sum(both.values()), 2) == Decimal("63.15")
    rows = sql(weft_runtime, "SELECT closed_owner, outcome, COUNT(*) FROM crm_opportunity"
               " WHERE outcome IN ('won', 'lost') AND deleted_at IS NULL AND closed_on >= :p0 AND closed_on < :p1"
               " GROUP BY closed_owner, outcome", p0=str(first), p1=str(end_))  # fmt: skip
    assert {(who, what): n for who, found in persons.items() for what, n in found.items() if n} == {
        (who, what): n for who, what, n in rows
    }
    statement = """SELECT AVG(julianday(closed_on) - julianday(date(created_at))), COUNT(*) FROM crm_opportunity o
        WHERE outcome = 'won' AND deleted_at IS NULL"""
    ((mean, number),) = sql(weft_runtime, statement)
    assert (len(days), round(sum(days) / len(days), 2)) == (number, round(mean, 2)) == (4_238, 51.78)
    assert Counter(west) == Counter(
        (row["closed"] - row["engaged"]).days
        for row in pipeline
        if row["deal_stage"] == "Won" and told.region_of[row["sales_agent"]] == "West"
    )
    rows = sql(weft_runtime, "SELECT closed_owner, COUNT(*), SUM(amount) FROM crm_opportunity WHERE outcome = 'won'"
               " AND deleted_at IS NULL AND closed_on >= '2017-07-01' AND closed_on < '2017-10-01'"
               " GROUP BY closed_owner")  # fmt: skip
    assert {who: (one.count, one.amount) for who, one in results.items()} == {
        who: (n, money(amount)) for who, n, amount in rows
    }


def test_losses_and_open_deals_are_those_of_plain_sql(told: Seller, weft_runtime: Any, records_as: Open) -> None:
    with records_as(told.boss) as records:
        lost = figures.lost(records, Scope(), date(2017, 4, 1), date(2017, 7, 1))
        by_stage = figures.forecast(records, Scope(), "stage", {})
        by_owner = figures.forecast(records, Scope(), "owner", {})
        passed = figures.forecast(records, Scope(), "stage", {"expected_close__lt": str(AFTER)})
    statement = """SELECT COUNT(*), SUM(amount) FROM crm_opportunity WHERE outcome = 'lost' AND deleted_at IS NULL
        AND closed_on >= '2017-04-01' AND closed_on < '2017-07-01'"""
    ((number, amount),) = sql(weft_runtime, statement)
    # The file names neither reason nor competitor: all in one line, which says so.
    assert {key: (one.count, one.amount) for key, one in lost.items()} == {(None, None): (number, money(amount))}
    for key, found in (("stage", by_stage), ("owner_id", by_owner)):
        rows = sql(weft_runtime, f"SELECT o.{key}, COUNT(*), SUM(o.amount), SUM(o.amount * s.probability)"
                   " FROM crm_opportunity o JOIN crm_stage s ON s.id = o.stage"
                   f" WHERE o.outcome = 'open' AND o.deleted_at IS NULL GROUP BY o.{key}")  # fmt: skip
        assert {one: (sums.count, sums.amount, sums.weighted) for one, sums in found.items()} == {
            one: (n, money(amount), money(weighted) / 100) for one, n, amount, weighted in rows
        }
    assert sum(sums.count for sums in by_stage.values()) == 2_089 and passed == {}


def test_the_forecast_of_the_last_quarter_and_what_came_of_it(
    seller: Seller, weft_runtime: Any, records_as: Open, pipeline: list[dict[str, Any]]
) -> None:
    known = [row for row in pipeline if row["engaged"] is not None and row["engaged"] < BEFORE]
    late = [row for row in known if row["closed"] is not None and row["closed"] >= BEFORE]
    new = [row for row in pipeline if row["engaged"] is None or row["engaged"] >= BEFORE]
    enter(records_as, seller, known, BEFORE)
    quarter = figures.between("expected_close", BEFORE, AFTER)
    with records_as(seller.boss) as records:
        for by, column in (("expected_close:month", "substr(o.expected_close, 1, 7)"), ("owner", "o.owner_id"),
                           ("unit", "o.unit_id"), ("product", "o.product"), ("stage", "o.stage")):  # fmt: skip
            found = figures.forecast(records, Scope(), by, quarter)
            rows = sql(weft_runtime, f"SELECT {column}, COUNT(*), SUM(o.amount), SUM(o.amount * s.probability)"
                       " FROM crm_opportunity o JOIN crm_stage s ON s.id = o.stage WHERE o.outcome = 'open'"
                       " AND o.deleted_at IS NULL AND o.expected_close >= :p0 AND o.expected_close < :p1"
                       " GROUP BY 1", p0=str(BEFORE), p1=str(AFTER))  # fmt: skip
            assert {key: (sums.count, sums.amount, sums.weighted) for key, sums in found.items()} == {
                key: (n, money(amount), money(weighted) / 100) for key, n, amount, weighted in rows
            }, by
    # By the file itself: list prices of what was open then and ended in the quarter.
    by_month: dict[str, Decimal] = defaultdict(Decimal)
    for row in late:
        by_month[f"{row['closed']:%Y-%m}"] += Decimal(seller.prices[row["product"]])
    assert sorted(by_month) == ["2017-10", "2017-11", "2017-12"]
    weft_runtime.clock = at(date(2017, 9, 30))
    with records_as("system", write=True) as records:
        planning.take_snapshot(records, date(2017, 9, 30))
    weft_runtime.clock = at(AFTER)
    enter(records_as, seller, new, AFTER)
    end(records_as, seller, late)
    with records_as(seller.boss) as records:
        tests = {one.month: one for one in figures.back_test(records, Scope(), AFTER)}
        quarters = figures.won(records, Scope(), "closed_on:quarter", date(2017, 1, 1), AFTER)
    october = tests[date(2017, 10, 1)]
    assert (october.taken_on, october.said) == (date(2017, 9, 30), by_month["2017-10"] * 30 / 100)
    ((won,),) = sql(weft_runtime, "SELECT SUM(amount) FROM crm_opportunity WHERE outcome = 'won'"
                    " AND deleted_at IS NULL AND closed_on >= '2017-10-01' AND closed_on < '2017-11-01'")  # fmt: skip
    assert (
        october.won
        == money(won)
        == sum(
            Decimal(row["close_value"])
            for row in pipeline
            if row["deal_stage"] == "Won" and f"{row['closed']:%Y-%m}" == "2017-10"
        )
    )
    assert tests[date(2017, 9, 1)].said is None
    assert [sums.count for _key, sums in sorted(quarters.items())] == [531, 1_254, 1_257, 1_196]
