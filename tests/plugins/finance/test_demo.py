"""The demo's money keeps the figures of the product page; ready reports equal their formula in plain SQL."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from weft.core.identity import company
from weft.core.ops.demo import DemoContext
from weft.core.ops.value_lists import install_defaults
from weft.core.records import rates
from weft.plugins.finance.demo import claims, make
from weft.plugins.finance.demo.claims import HAVERDIJK_EXPENSES, Bearer
from weft.plugins.finance.services import budgets, margin
from weft.plugins.finance.views import reports

DAYS = [date(2026, 11, 30) + timedelta(days=n) for n in range(7)] + [date(2026, 2, 18), date(2027, 1, 1)]
PEOPLE = ("employee", "project", "sales", "maud", "bart", "fang", "manager", "head", "shi", "noor", "finance",
          "sander", "executive", "su", "hr", "tao", "admin", "lei", "floris", "dai", "jian", "bai", "cen", "yan",
          "kong")  # fmt: skip
SIGNING_IN = ("admin", "manager", "sales", "hr", "finance", "project", "employee", "head", "executive")


def bearers(count, chinese, start=100):
    first, last = date(2020, 1, 1), date(2030, 1, 1)
    return [Bearer(start + n, (f"Firm {n}", f"客户{n}"), chinese, first, last) for n in range(count)]


@pytest.mark.parametrize("day", DAYS)
def test_as_many_claims_as_the_story_says_on_any_day(day):
    projects, customers = bearers(4, True) + bearers(4, False, 200), bearers(4, True, 300) + bearers(4, False, 400)
    drawn = claims.draw(day, projects, customers, {"haverdijk": 7}, 7)
    assert len(drawn) == 180
    known = Counter(one.waits for one in drawn if one.waits)
    assert known == {"finance": 6, "head": 3, "lead": 1}
    assert Counter(one.status for one in drawn)["rejected"] == 1
    lines = [line for one in drawn if one.status in ("booked", "paid") for line in one.lines if line.charged == 7]
    assert sum(line.gross - line.tax for line in lines) == HAVERDIJK_EXPENSES
    assert all(one.currency == "EUR" for one in drawn if one.status in ("booked", "paid")
               for line in one.lines if line.charged == 7)  # fmt: skip
    assert all(line.day <= day and one.claimed <= day for one in drawn for line in one.lines)
    assert min(Counter(one.person for one in drawn)[key] for key in SIGNING_IN) >= 3
    assert claims.draw(day, projects, customers, {"haverdijk": 7}, 7) == drawn


@pytest.fixture
def demo(weft_runtime, weft_cast, make_record):
    """The finance part of the demo in a company with a handful of customers and suppliers."""
    install_defaults(weft_runtime)
    today = weft_runtime.clock().date()
    with weft_runtime.db.write() as connection:
        company.save(connection, currency="CNY")
    company.forget(weft_runtime)
    with weft_runtime.db.write() as connection:
        quotes = [rates.Rate("EUR", today - timedelta(days=n), Decimal("7.8") + Decimal(n % 9) / 50, "test")
                  for n in range(2, 780, 7)]  # fmt: skip
        rates.set_rates(connection, quotes)
    units = {key: weft_cast.unit(key) for key in ("engineering", "sales", "product", "finance")}
    people = {key: weft_cast.user("employee", name=key.title(), units=[units["engineering"]]) for key in PEOPLE}
    people["finance"] = weft_cast.user("finance.officer", name="Tang", units=[units["finance"]])
    made = {}
    for key, country, role in (
        ("haverdijk", "NL", "customer"), ("tangyu", "CN", "customer"), ("ferrault", "BE", "customer"),
        ("shuohe", "CN", "supplier"), ("nordlyng", "NO", "supplier"), ("vesterlund", "NL", "supplier"),
        *((f"firm {n}", "CN" if n % 2 else "NL", "customer") for n in range(8)),
    ):  # fmt: skip
        values = {"name": key.title(), "role": [role], "address": {"country": country, "city": "X", "lines": []}}
        more = {"life": "won"} if role == "customer" else {}
        made[key] = make_record("crm.account", owner=people["maud"], **values, **more)["id"]
    project = {"name": "District metering", "customer": made["haverdijk"], "status": "running", "currency": "EUR"}
    made["project.haverdijk"] = make_record("projects.project", owner=people["project"], **project,
                                            starts_on=(today - timedelta(days=250)).isoformat())["id"]  # fmt: skip
    context = DemoContext(weft_runtime, today, "small", 7, "both", "x", lambda *_: None, people, units, made)
    make.make(context)
    return context


@pytest.mark.weft_plugins("crm", "projects", "finance", "portal_employee", "portal_customer", "portal_supplier")
def test_the_named_figures_and_the_reports_in_plain_sql(demo, records_as, weft_runtime):
    haverdijk, tangyu = demo.made["haverdijk"], demo.made["tangyu"]

    def sql(statement, **values):
        with weft_runtime.db.read() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    live = "deleted_at IS NULL"
    counted = (
        sql(f"SELECT count(*) FROM finance_claim WHERE {live}"),
        sql(f"SELECT count(*) FROM finance_invoice WHERE {live}"),
    )
    assert counted == ([(180,)], [(240,)])
    figures = dict(sql(f"SELECT status, net FROM finance_invoice WHERE customer=:c AND {live}", c=haverdijk))
    assert {key: Decimal(value) / 100 for key, value in figures.items()} == {
        "paid": 145_800,
        "issued": 97_200,
        "draft": 48_600,
    }
    with records_as("system") as records:
        result = margin.of_one(records, "customer", haverdijk)
        assert (result.of("bill").amount, result.of("expense").amount) == (46_300, 6_200)
        assert result.currency == "EUR" and result.income.amount == 243_000
        # R6: open net by days since the due day
        rows = sql("SELECT open_net, due_on FROM finance_invoice WHERE status IN ('issued','part_paid') "
                   f"AND kind='invoice' AND {live}")  # fmt: skip
        expected = Counter()
        for net, due in rows:
            late = (demo.day - date.fromisoformat(due)).days
            expected[
                "0" if late <= 0 else "30" if late <= 30 else "60" if late <= 60 else "90" if late <= 90 else "more"
            ] += net
        found = reports.aged(records, demo.day)
        assert {
            key: sum(int(row["open_net"].amount * 100) for row in some) for key, some in found.items() if some
        } == dict(expected)
        assert [row["customer"].id for row in found["60"]] == [tangyu]
        assert [(demo.day - row["due_on"]).days for row in found["60"]] == [41]
        # R7: invoices and credit notes less cost postings, per customer in company currency
        income = dict(sql("SELECT customer, sum(CASE WHEN kind='credit_note' THEN -net ELSE net END) "
                          "FROM finance_invoice "
                          f"WHERE status<>'draft' AND net_currency='CNY' AND {live} GROUP BY customer"))  # fmt: skip
        cost = dict(sql("SELECT customer, sum(amount) FROM finance_posting WHERE kind IN ('hours','bill','expense') "
                        f"AND amount_currency='CNY' AND {live} GROUP BY customer"))  # fmt: skip
        for key, one in margin.results(records, "customer", {}).items():
            if (
                one.currency == "CNY"
                and key is not None
                and {"CNY"} == {c for line in one.amounts.values() for c in line}
            ):
                assert int(one.margin.amount * 100) == income.get(key, 0) - cost.get(key, 0)
        # R15: booked lines of claims by kind equal the postings they became
        lines = sql("SELECT l.kind, sum(l.company) FROM finance_claim_line l JOIN finance_claim c ON c.id=l.claim "
                    f"WHERE c.status IN ('booked','paid') AND l.{live} GROUP BY l.kind")  # fmt: skip
        booked = sql(
            f"SELECT category, sum(company) FROM finance_posting WHERE kind='expense' AND {live} GROUP BY category"
        )
        assert dict(lines) == dict(booked)
        # R10: budget less booked less what was submitted and not booked
        row = records.query(budgets.BUDGET, filters={"charged_to": demo.made["project.haverdijk"]}).rows[0]
        use = budgets.usage(records, row)
        ((spent,),) = sql("SELECT sum(amount) FROM finance_posting WHERE charged_to=:p "
                          "AND kind IN ('hours','bill','expense')",
                          p=demo.made["project.haverdijk"])  # fmt: skip
        ((net, day),) = sql("SELECT l.net, l.day FROM finance_claim_line l JOIN finance_claim c ON c.id=l.claim "
                            "WHERE c.status='submitted' AND l.charged_to=:p",
                            p=demo.made["project.haverdijk"])  # fmt: skip
        with weft_runtime.db.read() as connection:
            known = rates.rate_on(connection, "EUR", date.fromisoformat(day)).rate
        assert net == 2_100_000 and use.booked.amount == Decimal(spent) / 100
        assert abs(use.reserved.amount - Decimal(21_000) / known) <= Decimal("0.005")
        assert use.available.amount == row["amount"].amount - use.booked.amount - use.reserved.amount
    serials = [
        one
        for (one,) in sql(
            "SELECT serial FROM finance_invoice WHERE kind='invoice' AND serial IS NOT NULL ORDER BY serial"
        )
    ]
    for year in {one[4:8] for one in serials}:
        assert [int(one[9:]) for one in serials if one[4:8] == year] == list(
            range(1, 1 + sum(one[4:8] == year for one in serials))
        )
    assert sql("SELECT count(*) FROM finance_batch")[0][0] >= 23
