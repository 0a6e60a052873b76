"""Targets: one per person or team and month, readable by whom they are for; snapshots of the forecast every night."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.identity import company
from weft.core.records import rates
from weft.plugins.crm.services import planning

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.fixture
def euro(weft_runtime):
    weft_runtime.clock = lambda: NOW
    with weft_runtime.db.write() as connection:
        company.save(connection, currency="CNY", zone="Asia/Shanghai")
        rates.set_rates(connection, [rates.Rate("EUR", date(2026, 11, 1), Decimal("8"), "test")])


def money(amount: str, currency: str = "CNY") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


@pytest.fixture
def lin(weft_cast):
    return weft_cast.user("crm.sales_rep", name="Lin Shutong")


@pytest.mark.both_databases
def test_a_target_is_for_the_whole_month_and_named_after_its_person(records_as, lin):
    with records_as("crm.sales_manager", write=True) as records:
        row = records.create("crm.target", {"person": lin, "month": "2026-12-17", "amount": money("800000")})
    assert row["month"] == date(2026, 12, 1)
    assert row["subject"] == "Lin Shutong 2026-12"
    assert row["owner"].id == lin


def test_a_second_target_for_the_same_month_is_refused_at_the_month(records_as, lin, weft_cast):
    team = weft_cast.unit("China")
    with records_as("crm.sales_manager", write=True) as records:
        records.create("crm.target", {"person": lin, "month": "2026-12-01", "amount": money("1")})
        records.create("crm.target", {"team": team, "month": "2026-12-01", "amount": money("1")})
        for values in ({"person": lin}, {"team": team}):
            with pytest.raises(ValidationFailed) as refused:
                records.create("crm.target", {**values, "month": "2026-12-31", "amount": money("2")})
            assert refused.value.errors[0].field == "month"
        with pytest.raises(ValidationFailed, match="already"):
            records.load("crm.target", [{"person": lin, "month": "2027-01-01", "amount": money("2")}] * 2)
        for values in ({}, {"person": lin, "team": team}):
            with pytest.raises(ValidationFailed, match="person or a team"):
                records.create("crm.target", {**values, "month": "2027-02-01", "amount": money("2")})


def test_who_reads_and_who_sets_targets(records_as, lin, weft_cast):
    other = weft_cast.user("crm.sales_rep")
    with records_as("crm.sales_manager", write=True) as records:
        row = records.create("crm.target", {"person": lin, "month": "2026-12-01", "amount": money("5")})["id"]
    with records_as(lin) as records:
        assert records.get("crm.target", row)["amount"].amount == 5
    with records_as(other) as records, pytest.raises(NotFound):
        records.get("crm.target", row)
    with records_as("employee") as records, pytest.raises(NotFound):
        records.get("crm.target", row)
    with records_as(lin, write=True) as records, pytest.raises(Denied):
        records.update("crm.target", row, {"amount": money("1")}, version=None)


def test_targets_are_set_changed_taken_away_and_copied(records_as, lin, weft_cast, euro):
    maud = weft_cast.user("crm.sales_rep")
    from weft.core.db.money import Money

    with records_as("crm.sales_manager", write=True) as records:
        planning.set_target(records, lin, date(2026, 11, 1), Money(Decimal(100), "CNY"))
        planning.set_target(records, maud, date(2026, 11, 1), Money(Decimal(10), "EUR"))
        planning.set_target(records, lin, date(2026, 12, 1), Money(Decimal(7), "CNY"))
        assert planning.copy_targets(records, date(2026, 12, 1), [lin, maud]) == 1
        assert planning.targets(records, "person", date(2026, 11, 1), date(2026, 12, 1)) == {lin: 100, maud: 80}
        assert planning.targets(records, "person", date(2026, 12, 1), date(2027, 1, 1)) == {lin: 7, maud: 80}
        planning.set_target(records, lin, date(2026, 12, 1), None)
        planning.set_target(records, maud, date(2026, 12, 1), Money(Decimal(20), "EUR"))
        assert planning.targets(records, "person", date(2026, 12, 1), date(2027, 1, 1)) == {maud: 160}


@pytest.fixture
def deals(records_as, make_record, lin, euro):
    stages = [
        make_record(
            "crm.stage", code=code, label_en=code, position=10 * place, probability=chance, outcome=outcome
        )["id"]
        for place, (code, chance, outcome) in enumerate([("a", 10, "open"), ("b", 50, "open"), ("won", 100, "won")])
    ]  # fmt: skip
    make_record("crm.product", code="LD-3", name="Leak logger")
    account = make_record("crm.account", name="Heting Water", role=["customer"])["id"]
    rows = [
        (stages[0], "100", "CNY", "2026-12-05", "LD-3"),
        (stages[1], "10", "EUR", "2026-12-20", "LD-3"),
        (stages[1], "50", "CNY", "2027-01-02", None),
        (stages[1], "50", "USD", "2027-01-02", None),
        (stages[1], "99", "CNY", None, None),
    ]
    for number, (stage, amount, currency, day, product) in enumerate(rows):
        make_record(
            "crm.opportunity", name=f"D{number}", account=account, stage=stage, amount=money(amount, currency),
            expected_close=day, product=product, owner=lin,
        )  # fmt: skip
    return lin


@pytest.mark.both_databases
def test_the_snapshot_of_a_day_is_written_once(records_as, deals):
    with records_as("system", write=True) as records:
        assert planning.take_snapshot(records, date(2026, 11, 25)) == 2
        assert planning.take_snapshot(records, date(2026, 11, 25)) == 0
        rows = records.query("crm.forecast_snapshot", sort="month").rows
    first = rows[0]
    assert (first["month"], first["deals"], first["amount"].amount, first["weighted"].amount) == (
        date(2026, 12, 1), 2, Decimal(180), Decimal(50),
    )  # fmt: skip
    assert first["product"].title == "Leak logger" and first["person"].id == deals
    assert (rows[1]["deals"], rows[1]["amount"].amount) == (2, Decimal(50))  # a currency without a rate adds nothing
    with records_as(deals) as records:
        assert len(records.query("crm.forecast_snapshot").rows) == 2
    with records_as("crm.sales_rep") as records:
        assert records.query("crm.forecast_snapshot").rows == []


def test_old_snapshots_are_thinned_to_the_last_day_of_each_month(records_as, deals):
    days = [date(2025, 8, 30), date(2025, 8, 31), date(2025, 9, 15), date(2026, 11, 1)]
    with records_as("system", write=True) as records:
        for day in days:
            planning.take_snapshot(records, day)
        assert planning.thin_snapshots(records, date(2026, 11, 25)) == 4
        left = {row["taken_on"] for row in records.query("crm.forecast_snapshot", limit=200).rows}
    assert left == {date(2025, 8, 31), date(2026, 11, 1)}
