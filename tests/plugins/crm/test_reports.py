"""Reports: their figures are those of plain SQL, each opens a list with as many rows, and who may see them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy import text

from weft.core.db.money import Money
from weft.core.identity import company
from weft.core.ops.value_lists import install_defaults
from weft.core.records import rates
from weft.plugins.crm.queries import reports as formulas
from weft.plugins.crm.services import planning
from weft.plugins.crm.services import reports as figures

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
PAGES = ("forecast", "funnel", "results", "losses", "structure", "moves", "load", "coverage", "coverage/contacts",
         "targets/grid")  # fmt: skip


def test_formulas():
    assert formulas.percent(108, 186) == Decimal("58.1")
    assert formulas.percent(1, 0) is None
    assert formulas.mean_median([1, 2, 9]) == (Decimal("4.0"), Decimal("2.0"))
    assert formulas.mean_median([]) is None
    months = [(Decimal(80), Decimal(100)), (Decimal(150), Decimal(100)), (None, Decimal(5)), (Decimal(3), Decimal(0))]
    assert formulas.mean_error(months) == Decimal("35.0")
    assert formulas.mean_error([]) is None
    steps = formulas.conversion([1, 2, 3], {10: {1, 2}, 11: {1}, 12: {1, 2, 3}})
    assert [(step.entered, step.went_on) for step in steps] == [(3, 2), (2, 1)]
    assert formulas.add_months(date(2026, 11, 1), 3) == date(2027, 2, 1)
    assert formulas.add_months(date(2026, 2, 1), -3) == date(2025, 11, 1)


@pytest.fixture
def company_of(weft_runtime, weft_cast, make_record):
    """A small company: two sellers in two teams, deals of every kind, rates that change."""
    weft_runtime.clock = lambda: NOW
    with weft_runtime.db.write() as connection:
        company.save(connection, currency="CNY", zone="Asia/Shanghai")
        quotes = [(date(2026, 1, 1), "7.5"), (date(2026, 10, 15), "8.0"), (date(2026, 11, 20), "8.4321")]
        rates.set_rates(connection, [rates.Rate("EUR", day, Decimal(rate), "test") for day, rate in quotes])
    install_defaults(weft_runtime)
    sales = weft_cast.unit("Sales")
    china, europe = weft_cast.unit("China", sales), weft_cast.unit("Europe", sales)
    lin = weft_cast.user("crm.sales_rep", name="Lin Shutong", units=[china], zone="Asia/Shanghai")
    maud = weft_cast.user("crm.sales_rep", name="Maud Teunisse", units=[europe], zone="Asia/Shanghai")
    boss = weft_cast.user("crm.sales_manager", name="Lu Jinghe", units=[sales], zone="Asia/Shanghai")
    stages = {
        code: make_record(
            "crm.stage", code=code, label_en=code.title(), label_zh=code, position=10 * place, probability=chance,
            outcome=outcome,
        )["id"]
        for place, (code, chance, outcome) in enumerate(
            [("contact", 10, "open"), ("proposal", 55, "open"), ("won", 100, "won"), ("lost", 0, "lost")]
        )
    }  # fmt: skip
    rival = make_record("crm.account", name="Ostrane", role=["competitor"])["id"]
    with weft_cast.records("system") as records:
        page = records.query("core.value", fields=("code",), filters={"list_key": "crm.loss_reason"})
        reasons = {row["code"]: row["id"] for row in page.rows}
    accounts = {
        lin: make_record("crm.account", name="Heting Water", role=["customer"], owner=lin, unit=china)["id"],
        maud: make_record("crm.account", name="Haverdijk", role=["customer"], owner=maud, unit=europe)["id"],
    }
    units = {lin: china, maud: europe}
    deals = [
        (lin, "contact", "100.10", "CNY", "2026-11-28", "LD-3"),
        (lin, "proposal", "333.33", "CNY", "2026-12-05", "LD-3"),
        (maud, "proposal", "77.77", "EUR", "2026-12-15", "WH-20"),
        (maud, "contact", "10.00", "EUR", "2026-10-03", "WH-20"),
        (lin, "contact", None, None, None, None),
    ]
    ended = [
        (lin, "won", "500.00", "CNY", "2026-11-02"), (maud, "won", "40.04", "EUR", "2026-10-20"),
        (maud, "won", "60.00", "EUR", "2026-10-10"), (lin, "lost", "70.00", "CNY", "2026-11-03"),
        (maud, "lost", "20.00", "EUR", "2026-09-30"),
    ]  # fmt: skip
    for number, (owner, stage, amount, currency, day, product) in enumerate(deals):
        make_record(
            "crm.opportunity", name=f"Open {number}", account=accounts[owner], stage=stages[stage], owner=owner,
            unit=units[owner], amount=amount and {"amount": amount, "currency": currency}, expected_close=day,
            product=product,
        )  # fmt: skip
    for number, (owner, outcome, amount, currency, day) in enumerate(ended):
        more = {"loss_reason": reasons["price"], "competitor": rival} if outcome == "lost" else {}
        make_record(
            "crm.opportunity", name=f"Ended {number}", account=accounts[owner], stage=stages[outcome], owner=owner,
            unit=units[owner], amount={"amount": amount, "currency": currency}, closed_on=day, **more,
        )  # fmt: skip
    return {"lin": lin, "maud": maud, "boss": boss, "china": china, "europe": europe, "sales": sales, "stages": stages}


FX = """COALESCE((SELECT r.rate FROM currency_rate r WHERE r.currency = o.amount_currency AND r.on_date <= {day}
        ORDER BY r.on_date DESC LIMIT 1), CASE WHEN o.amount_currency = 'CNY' THEN 1 END)"""


def sql(runtime, statement: str, **values):
    with runtime.db.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def exact(runtime, statement: str, **values) -> Decimal:
    """A sum of amounts x rates that are read one by one, so that no engine rounds."""
    total = Decimal(0)
    for amount, rate, factor in sql(runtime, statement, **values):
        total += Decimal(str(amount)) * Decimal(str(rate)) * Decimal(str(factor)) / 100
    return total


def stored(number) -> Decimal:
    return Decimal(str(number))


@pytest.mark.both_databases
def test_the_forecast_is_that_of_plain_sql(weft_runtime, records_as, company_of):
    statement = f"""SELECT o.amount, {FX.format(day=":today")}, s.probability FROM crm_opportunity o
        JOIN crm_stage s ON s.id = o.stage WHERE o.outcome = 'open' AND o.deleted_at IS NULL AND o.amount IS NOT NULL
        AND o.expected_close >= :p0 AND o.expected_close < :p1"""
    wanted = _scaled(weft_runtime, statement, today="2026-11-25", p0="2026-12-01", p1="2027-01-01")
    with records_as(company_of["boss"]) as records:
        found = figures.forecast(records, figures.Scope(), "expected_close:month", {})
        owners = figures.forecast(
            records, figures.Scope(), "owner", figures.between("expected_close", date(2026, 12, 1), date(2027, 1, 1))
        )
    assert found["2026-12"].weighted == wanted
    assert wanted == (Decimal("333.33") + Decimal("77.77") * Decimal("8.4321")) * 55 / 100
    assert sum((one.weighted for one in owners.values()), Decimal(0)) == wanted
    assert found["2026-12"].rate_date == date(2026, 11, 20)
    assert found["2026-10"].count == 1


def _scaled(runtime, statement: str, **values) -> Decimal:
    """The sum of amount x rate x factor / 100; SQLite keeps amounts as whole numbers of the smallest place."""
    total = Decimal(0)
    for amount, rate, factor in sql(runtime, statement, **values):
        total += _decimal(runtime, amount, 2) * _decimal(runtime, rate, 12) * Decimal(factor) / 100
    return total


def _decimal(runtime, value, places: int) -> Decimal:
    if runtime.db.dialect == "sqlite" and isinstance(value, int) and value != 1:
        return Decimal(value).scaleb(-places)
    return Decimal(str(value))


@pytest.mark.both_databases
def test_results_are_converted_at_the_day_of_closing(weft_runtime, records_as, company_of):
    statement = f"""SELECT o.amount, {FX.format(day="o.closed_on")}, 100 FROM crm_opportunity o
        WHERE o.outcome = 'won' AND o.deleted_at IS NULL AND o.closed_on >= :p0 AND o.closed_on < :p1"""
    wanted = _scaled(weft_runtime, statement, p0="2026-10-01", p1="2027-01-01")
    with records_as(company_of["boss"]) as records:
        found = figures.won(records, figures.Scope(), "closed_owner", date(2026, 10, 1), date(2027, 1, 1))
        losses = figures.lost(records, figures.Scope(), None, None)
        rate = figures.outcomes(records, figures.Scope(), None, None)
        days = figures.cycle(records, figures.Scope(), None, None)
    assert sum((one.amount for one in found.values()), Decimal(0)) == wanted
    assert found[company_of["maud"]].amount == Decimal("40.04") * 8 + Decimal("60.00") * Decimal("7.5")
    assert [(one.count, one.amount) for one in losses.values()] == [
        (2, Decimal("70.00") + Decimal(20) * Decimal("7.5"))
    ]
    assert rate == {"won": 3, "lost": 2}
    assert sorted(days) == [-46, -36, -23]


def test_the_error_of_the_forecast_comes_from_snapshots(records_as, company_of):
    lin, china = company_of["lin"], company_of["china"]
    line = planning.Line
    with records_as("system", write=True) as records:
        planning.write(
            records, date(2026, 9, 30), [line(date(2026, 10, 1), lin, china, "", 1, Decimal(900), Decimal(600))]
        )
        planning.write(records, date(2026, 9, 10), [line(date(2026, 10, 1), lin, china, "", 1, Decimal(1), Decimal(1))])
        planning.write(records, date(2026, 10, 1), [line(date(2026, 10, 1), lin, china, "", 1, Decimal(5), Decimal(5))])
    with records_as(company_of["boss"]) as records:
        found = figures.back_test(records, figures.Scope(), date(2026, 11, 25), 2)
        series = figures.snapshots_of(records, figures.Scope(), date(2026, 10, 1))
    won = Decimal("40.04") * 8 + Decimal(60) * Decimal("7.5")
    assert [(one.month, one.taken_on, one.said, one.won) for one in found] == [
        (date(2026, 9, 1), None, None, Decimal(0)), (date(2026, 10, 1), date(2026, 9, 30), Decimal(600), won),
    ]  # fmt: skip
    assert [day.day for day, _sums in series] == [10, 30, 1]


def test_deals_that_moved_behind_the_month_are_found(records_as, company_of):
    with records_as(company_of["lin"], write=True) as records:
        row = records.query("crm.opportunity", filters={"name": "Open 0"}).rows[0]
        records.update("crm.opportunity", row["id"], {"expected_close": "2027-01-05"}, version=None)
    with records_as(company_of["boss"]) as records:
        moved = figures.slipped(records, figures.Scope(), date(2026, 11, 1), date(2026, 12, 1), date(2026, 11, 1))
    assert moved == [row["id"]]


def test_stages_are_converted_from_the_history(records_as, company_of):
    stages = company_of["stages"]
    with records_as(company_of["lin"], write=True) as records:
        row = records.query("crm.opportunity", filters={"name": "Open 0"}).rows[0]
        records.update("crm.opportunity", row["id"], {"stage": stages["proposal"]}, version=None)
    with records_as(company_of["boss"]) as records:
        steps = figures.stages(records)
        found = figures.stage_conversion(records, figures.Scope(company_of["lin"]), None, None, steps)
    assert [(one.entered, one.went_on) for one in found] == [(2, 1), (2, 0)]


# ---- pages


@pytest.mark.parametrize("page", PAGES)
def test_who_may_see_reports(client_as, company_of, page):
    address = f"/employee/crm/{page}"
    assert client_as(company_of["boss"]).get(address).status_code == 200
    anonymous = client_as(None).get(address)
    assert anonymous.status_code in (302, 303, 401)
    assert client_as("employee").get(address).status_code == 404
    own = client_as(company_of["lin"]).get(address)
    assert own.status_code == (404 if page.startswith("coverage") else 200)
    assert "Maud" not in own.text or page.startswith("coverage")


@pytest.mark.parametrize("page", [page for page in PAGES if page != "targets/grid"])
def test_every_figure_opens_a_list_with_as_many_rows(client_as, company_of, page):
    client = client_as(company_of["boss"])
    html = client.get(f"/employee/crm/{page}?period=year&at=2026-11-01").text
    links = re.findall(r'<a class="wf-quiet" href="([^"]+)"><span class="[^"]*">([\d,]+)</span></a>', html)
    if page in ("forecast", "funnel", "results", "losses", "structure", "load"):
        assert links
    for address, number in links:
        address = unescape(address)
        if not address.startswith("/employee/crm/"):
            continue
        listed = client.get(address)
        assert listed.status_code == 200, address
        assert _count(listed.text) == int(number.replace(",", "")), (page, address)


def _count(html: str) -> int:
    found = re.search(r'<h1>.*?<span class="wf-n">([\d,]+)', html, re.S)
    if found:
        return int(found.group(1).replace(",", ""))
    figure = re.search(r"<dd><span class=\"[^\"]*\">([\d,]+)</span></dd>", html)
    return int(figure.group(1)) if figure else 0


def test_reports_are_listed_by_subject_and_stand_in_the_menu_once(client_as, company_of):
    html = client_as(company_of["boss"]).get("/employee/reports/").text
    assert "/employee/crm/funnel" in html and "/employee/crm/coverage" in html
    assert html.count("?subject=sales") == 1 and html.count("?subject=customers") == 1
    own = client_as(company_of["lin"]).get("/employee/reports/?subject=customers").text
    assert "/employee/crm/coverage" not in own and "/employee/crm/load" in own
    assert "No reports yet" in client_as("employee").get("/employee/reports/").text


def test_coverage_counts_what_waits_in_pools_apart(client_as, company_of, make_record):
    place = make_record("core.value", list_key="crm.territory", code="north", label_en="Far north")["id"]
    pool = make_record("crm.pool", code="north", label_en="North")["id"]
    for name, where in (("Nobody's", None), ("Waiting", pool), ("Waiting too", pool)):
        make_record("crm.account", name=name, role=["customer"], territory=place, pool=where, frozen=False, owner=None)
    html = client_as(company_of["boss"]).get("/employee/crm/coverage").text
    row = re.search(r"Far north.*?</tr>", html, re.DOTALL)[0]
    assert re.findall(r">(\d+)<", row) == ["3", "1", "2", "0"]  # customers, without owner, in pools, people
    for url, number in re.findall(r'href="([^"]+)"><span class="[^"]*">(\d+)</span>', row):
        listed = client_as(company_of["boss"]).get(unescape(url)).text
        assert re.search(r'<h1>.*?<span class="wf-n">(\d+)', listed, re.DOTALL)[1] == number


def test_a_report_is_exported_with_its_figures(client_as, company_of, weft_runtime):
    client = client_as(company_of["boss"])
    answer = client.get("/employee/crm/losses?period=year&at=2026-11-01&format=csv")
    assert answer.status_code == 200
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["Loss reasons", "2026"]
    assert ["Price too high", "2", "100.0", "220.00"] in [row[:4] for row in rows]
    assert client.get("/employee/crm/losses?format=xlsx").data[:2] == b"PK"
    assert client.get("/employee/crm/losses?format=pdf").status_code == 404
    noted = sql(weft_runtime, "SELECT entity, format FROM export_run ORDER BY id")
    assert noted == [("crm.opportunity", "csv"), ("crm.opportunity", "xlsx")]


def test_the_grid_saves_what_was_changed_and_says_what_is_wrong(client_as, records_as, company_of):
    lin = company_of["lin"]
    client = client_as(company_of["boss"])
    name = f"t-{lin}-2026-12"
    good = {name: "800,000", f"{name}-base": ""}
    assert client.post("/employee/crm/targets/grid?at=2026-11-01", data=good).status_code == 303
    with records_as(lin) as records:
        rows = records.query("crm.target").rows
    assert [(row["month"], row["amount"]) for row in rows] == [(date(2026, 12, 1), Money(Decimal(800_000), "CNY"))]
    stale = client.post("/employee/crm/targets/grid?at=2026-11-01", data={name: "5", f"{name}-base": ""})
    assert stale.status_code == 422 and "800,000" in stale.text
    wrong = client.post("/employee/crm/targets/grid?at=2026-11-01", data={name: "lots", f"{name}-base": "800,000"})
    assert wrong.status_code == 422 and "lots" in wrong.text
    assert client.post("/employee/crm/targets/grid?at=2026-11-01", data={"copy": "2027-01"}).status_code == 303
    with records_as(lin) as records:
        assert len(records.query("crm.target").rows) == 2
    refused = client_as(lin).post("/employee/crm/targets/grid", data=good)
    assert refused.status_code == 404
