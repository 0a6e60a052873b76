"""A small company: a field engineer, his head, a project lead, two people of finance, customer and supplier."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from weft.core.identity import company
from weft.core.identity import units as org_units
from weft.core.ops.value_lists import install_defaults
from weft.core.records import rates
from weft.core.sdk import files

OFFICER = "finance.officer"


def _kind(records: Any, code: str) -> int:
    """Id of a kind of expense."""
    filters = {"list_key": "finance.expense_kind", "code": code}
    return int(records.query("core.value", fields=(), filters=filters, limit=1).rows[0].id)


@pytest.fixture
def world(weft_runtime: Any, weft_cast: Any, make_record: Any, moved_clock: Any) -> Any:
    """Xu works for Emeric; Anneke leads Haverdijk's project, Maud sells to it; Tang and Kong are finance."""
    install_defaults(weft_runtime)
    w = SimpleNamespace(clock=moved_clock, today=moved_clock().date())
    with weft_runtime.db.write() as connection:
        company.save(connection, currency="CNY")
    company.forget(weft_runtime)
    with weft_runtime.db.write() as connection:
        days = [w.today - timedelta(days=number) for number in (400, 40, 2)]
        values = [Decimal("7.5"), Decimal("7.8"), Decimal("8")]
        rates.set_rates(
            connection, [rates.Rate("EUR", day, rate, "test") for day, rate in zip(days, values, strict=True)]
        )
    w.unit, w.sales, w.money = (weft_cast.unit(name) for name in ("Engineering", "Sales", "Finance"))
    w.xu = weft_cast.user("employee", name="Xu Tinglan", units=[w.unit])
    w.other = weft_cast.user("employee", name="Hou Tianyu", units=[w.sales])
    w.emeric = weft_cast.user("portal_employee.department_head", name="Emeric Voskamp")
    with weft_runtime.db.write() as connection:
        org_units.add_member(connection, w.emeric, w.unit, now=moved_clock(), head=True)
    w.anneke = weft_cast.user("projects.lead", name="Anneke Roodhuyzen", units=[w.unit])
    w.maud = weft_cast.user("crm.sales_rep", name="Maud Teunisse", units=[w.sales])
    w.lu = weft_cast.user("crm.sales_manager", name="Lu Jinghe", units=[w.sales])
    w.tang = weft_cast.user(OFFICER, name="Tang Yimo", units=[w.money])
    w.kong = weft_cast.user(OFFICER, name="Kong Lingxi", units=[w.money])
    w.shen = weft_cast.user("portal_employee.executive", name="Shen Zhiyao")
    w.haverdijk = make_record(
        "crm.account", name="Haverdijk", role=["customer"], owner=w.maud, unit=w.sales, tax_id="NL001"
    )["id"]
    w.tangyu = make_record("crm.account", name="Tangyu", name_alt="棠屿", role=["customer"])["id"]
    w.shuohe = make_record("crm.account", name="Shuohe", role=["supplier"], bank_account="NL91ABNA0417164300")["id"]
    w.nordlyng = make_record("crm.account", name="Nordlyng", role=["supplier"])["id"]
    w.lieke = weft_cast.user("finance.payer", name="Lieke Haagstra", anchors=[w.haverdijk])
    w.ji = weft_cast.user("finance.payer", name="Ji Huaiyuan", anchors=[w.tangyu])
    w.jin = weft_cast.user("finance.biller", name="Jin Xubai", anchors=[w.shuohe])
    w.nils = weft_cast.user("finance.biller", name="Nils Nord", anchors=[w.nordlyng])
    w.project = make_record(
        "projects.project", owner=w.anneke, unit=w.unit, name="District metering", customer=w.haverdijk,
        status="running", currency="EUR",
    )["id"]  # fmt: skip
    w.second = make_record(
        "projects.project", owner=w.anneke, unit=w.unit, name="Pump stations", customer=w.tangyu, status="running"
    )["id"]
    for project in (w.project, w.second):
        make_record("projects.member", project=project, person=w.xu, owner=w.anneke)
    return w


@pytest.fixture
def claim_of(records_as: Any) -> Any:
    """``claim_of(who, [("taxi", "EUR", "60.00", project)])``: a draft with lines; returns its id."""

    def make(who: int, lines: list[tuple[Any, ...]], day: date | None = None, **values: Any) -> int:
        with records_as(who, write=True) as records:
            day = day or records.now.date()
            claim = records.create("finance.claim", {"purpose": "Two days at the site", **values})
            for kind, code, amount, charged, *tax in lines:
                row = {"claim": claim.id, "subject": kind.capitalize(), "kind": _kind(records, kind), "day": day,
                       "gross": {"amount": amount, "currency": code}, "charged_to": charged}  # fmt: skip
                if tax:
                    row["tax"] = {"amount": tax[0], "currency": code}
                records.create("finance.claim_line", row)
            return int(claim.id)

    return make


@pytest.fixture
def row_of(records_as: Any) -> Any:
    """``row_of(entity, number)``: a record as the platform sees it."""

    def find(entity: str, number: int) -> Any:
        with records_as("system") as records:
            return records.get(entity, number)

    return find


@pytest.fixture
def act_as(records_as: Any) -> Any:
    """``act_as(who, "finance.claim.agree", number, **data)`` runs an action."""

    def run(who: int, action: str, number: int, **data: Any) -> Any:
        with records_as(who, write=True) as records:
            return records.act(action, number, data)

    return run


@pytest.fixture
def postings(records_as: Any) -> Any:
    """``postings(source=..)``: what was booked, as the platform sees it, in the order it was."""

    def find(**filters: Any) -> list[Any]:
        with records_as("system") as records:
            return list(records.query("finance.posting", fields=None, filters=filters, sort="id", limit=200).rows)

    return find


@pytest.fixture
def picture(weft_runtime: Any) -> Any:
    """``picture(records)``: an uploaded photo; returns its id."""
    from PIL import Image

    def make(records: Any) -> int:
        out = BytesIO()
        Image.new("RGB", (40, 60), (210, 200, 190)).save(out, "PNG")
        out.seek(0)
        return int(files.upload(records, files.receive(records.runtime, out, "receipt.png")).id)

    return make


@pytest.fixture
def kind_of() -> Any:
    """``kind_of(records, "taxi")``: id of a kind of expense."""
    return _kind
