"""Writes the demo's money: two years of claims, bills, invoices, payments, budgets; and what waits today."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from weft.core.sdk import Money, company_currency, directory, every, files, gapless_number
from weft.plugins.finance.demo import bills, claims, invoices, payees, receipts
from weft.plugins.finance.demo.claims import Bearer, Claim
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import hours, postings
from weft.plugins.finance.services.batches import BATCH, BILL
from weft.plugins.finance.services.claims import CLAIM, LINE, lines_of
from weft.plugins.finance.services.claims import draft as posting_of
from weft.plugins.finance.services.money import added

__all__ = ["make"]

_LIMITS = (
    ("Travel policy 4.2: hotel", "hotel", "1200.00", "line"), ("Travel policy 4.3: meals", "meals", "300.00", "day"),
    ("Travel policy 3.1: flights", "flight", "4500.00", "line"), ("Travel policy 5.1: taxi", "taxi", "400.00", "day"),
)  # fmt: skip


def make(context: Any) -> None:
    """Make everything that the installed plugins give a reason for."""
    if "finance" not in context.people:
        return
    kinds = _kinds(context)
    _limits(context, kinds)
    projects, customers = _bearers(context)
    story = {"haverdijk": context.made["project.haverdijk"]} if "project.haverdijk" in context.made else {}
    drawn = claims.draw(context.day, projects, customers, story, context.seed)
    context.progress("finance", 0, 4)
    _claims(context, drawn, kinds)
    euro = [one.person for one in drawn if one.currency == "EUR"]
    payees.make(context, [one.person for one in drawn], euro)
    context.progress("finance", 1, 4)
    bills.make(context, projects)
    _batches(context)
    context.progress("finance", 2, 4)
    invoices.make(context, customers)
    with context.acting(None, context.moment(0) - timedelta(hours=3)) as records:
        hours.follow(records, None)
    context.progress("finance", 3, 4)
    _rest(context)


def _kinds(context: Any) -> dict[str, int]:
    with context.acting(None, context.moment(-720)) as records:
        rows = records.query(
            "core.value", fields=("code",), filters={"list_key": "finance.expense_kind"}, limit=100
        ).rows
        return {row["code"]: row.id for row in rows}


def _limits(context: Any, kinds: dict[str, int]) -> None:
    with context.acting(None, context.moment(-715)) as records:
        records.load("finance.limit", [
            {"name": name, "expense": kinds[kind], "amount": Money(Decimal(amount), "CNY"), "per": per,
             "valid_from": context.day - timedelta(days=760), "owner": context.people["finance"]}
            for name, kind, amount, per in _LIMITS if kind in kinds
        ])  # fmt: skip


def _bearers(context: Any) -> tuple[list[Bearer], list[Bearer]]:
    """Projects and won customers beside Haverdijk, whose figures the story fixes."""
    known = context.runtime.registry.entities
    kept = {context.made.get(key) for key in ("haverdijk", "project.haverdijk")}
    projects, customers = [], []
    with context.acting(None, context.moment(-1)) as records:
        if "projects.project" in known:
            fields = ("name", "name_alt", "starts_on", "ends_on", "currency", "customer", "status")
            for row in every(records, "projects.project", fields, {"status__in": "running,finished"}):
                if row.id not in kept and ref_id(row.get("customer")) not in kept and row.get("starts_on"):
                    name = (row["name"], row.get("name_alt") or row["name"])
                    last = (row.get("ends_on") or context.day) + timedelta(days=60)
                    projects.append(Bearer(row.id, name, row.get("currency") != "EUR", row["starts_on"], last))
        if "crm.account" in known:
            wanted = ("name", "name_alt", "address")
            for row in every(records, "crm.account", wanted, {"role": "customer", "life": "won", "frozen": "false"}):
                if row.id not in kept:
                    name = (row["name"], row.get("name_alt") or row["name"])
                    chinese = (row.get("address") or {}).get("country") == "CN"
                    first = context.day - timedelta(days=800)
                    customers.append(Bearer(row.id, name, chinese, first, context.day))
    return projects, customers


# ---- claims


def _claims(context: Any, drawn: list[Claim], kinds: dict[str, int]) -> None:
    drawn = [one for one in drawn if one.person in context.people]
    with context.acting(None, context.moment(0) - timedelta(hours=5)) as records:
        units = directory.units_of(records, sorted({context.people[one.person] for one in drawn}))
        made = records.load(CLAIM, [_values(context, one, units) for one in drawn]).created
        rows = []
        number = 0
        for claim, one in zip(made, drawn, strict=True):
            side = context.side(one.currency == "CNY")
            for line in one.lines:
                number += 1
                row: dict[str, Any] = {
                    "claim": claim, "subject": line.words[side], "kind": kinds[line.kind], "day": line.day,
                    "gross": Money(line.gross, one.currency), "charged_to": line.charged,
                    "owner": context.people[one.person], "why": line.why[side] if line.why else None,
                    "tax": Money(line.tax, one.currency) if line.tax else None,
                }  # fmt: skip
                if line.receipt:
                    tax = f"{one.currency} {line.tax:.2f}" if line.tax else ""
                    paper = receipts.slip(number, line.words[0], line.day, f"{one.currency} {line.gross:.2f}", tax)
                    row["receipt"] = files.upload(
                        records, files.receive(records.runtime, BytesIO(paper), f"receipt-{number}.png")
                    ).id
                rows.append({name: value for name, value in row.items() if value is not None})
        records.load(LINE, rows)
        _sums(records, made, drawn)
        _booked(context, records, made, drawn)


def _values(context: Any, one: Claim, units: dict[int, int]) -> dict[str, Any]:
    """The header of a claim as it is today."""
    people, side = context.people, context.side(one.currency == "CNY")
    decided = one.claimed + timedelta(days=2)
    values: dict[str, Any] = {
        "purpose": one.purpose[side], "status": one.status, "currency": one.currency, "owner": people[one.person],
        "submitted_on": one.claimed, "created_at": context.moment((one.claimed - context.day).days),
        "waits": one.waits or None, "head": people.get(one.head), "lead": people.get(one.lead),
        "approver": people.get(one.approver), "why": one.why[side] if one.why else None, "unit": units.get(people[one.person]),
    }  # fmt: skip
    if one.status == "approved" and "workflow.case" in context.runtime.registry.entities:
        values["status"] = "submitted"  # a process is under way: approved is what it ends with
    elif one.status in ("approved", "booked", "paid", "rejected"):
        values["decided_on"] = min(decided, context.day)
    if one.status in ("booked", "paid"):
        values["booked_on"] = min(one.claimed + timedelta(days=4), context.day)
    return {name: value for name, value in values.items() if value is not None}


def _sums(records: Any, made: Any, drawn: list[Claim]) -> None:
    lines = lines_of(records, made)
    values = {}
    for claim, one in zip(made, drawn, strict=True):
        some = lines.get(claim, [])
        total = added([line["back"] for line in some], one.currency)
        over = any(line.get("excess") is not None for line in some)
        values[claim] = {"total": total, "payable": total, "over_limit": over}
    records.update_many(CLAIM, values)


def _booked(context: Any, records: Any, made: Any, drawn: list[Claim]) -> None:
    """Postings of claims that finance agreed to, in the order of their days."""
    lines = lines_of(records, made)
    rows = {
        row.id: row for row in every(records, CLAIM, ("number", "unit", "booked_on"), {"status__in": "booked,paid"})
    }
    drafts = []
    for claim, _one in sorted(zip(made, drawn, strict=True), key=lambda pair: pair[1].claimed):
        row = rows.get(claim)
        if row is not None:
            drafts += [posting_of(line, row, row["booked_on"], ref_id(row.get("unit"))) for line in lines[claim]]
    postings.book(records, drafts, checked=False)


# ---- payment batches


def _batches(context: Any) -> None:
    """One batch a month and currency, on its last working days, of what was agreed until then."""
    with context.acting(None, context.moment(0) - timedelta(hours=4)) as records:
        claims_due = list(every(records, CLAIM, ("payable", "booked_on", "status"), {"status": "paid"}))
        bills_due = list(every(records, BILL, ("gross", "decided_on", "status"), {"status": "paid"}))
        for month in range(23, -1, -1):
            day = context.moment(-month * 29 - 15).date()
            for code in dict.fromkeys((company_currency(records), "EUR")):
                some = [row for row in claims_due if row["booked_on"] <= day and row["payable"].currency == code]
                paper = [row for row in bills_due if row["decided_on"] <= day and row["gross"].currency == code]
                claims_due = [row for row in claims_due if row not in some]
                bills_due = [row for row in bills_due if row not in paper]
                if some or paper:
                    _batch(context, records, day, code, some, paper)
        rest = {row.id: {"status": "booked"} for row in claims_due}
        if rest:
            records.update_many(CLAIM, rest)
        late = {row.id: {"status": "accepted"} for row in bills_due}
        if late:
            records.update_many(BILL, late)


def _batch(context: Any, records: Any, day: Any, code: str, some: list[Any], paper: list[Any]) -> None:
    total = added([row.get("payable") or row.get("gross") for row in (*some, *paper)], code)
    serial = f"PB-{gapless_number(records, BATCH):05d}"
    batch = records.load(BATCH, [{
        "serial": serial, "status": "paid", "pay_on": day, "paid_on": day, "total": total,
        "payments": len(some) + len(paper), "owner": context.people["finance"],
        "created_at": context.moment((day - context.day).days - 2),
    }]).created[0]  # fmt: skip
    for entity, rows in ((CLAIM, some), (BILL, paper)):
        if rows:
            records.update_many(entity, {row.id: {"batch": batch, "paid_on": day} for row in rows})


# ---- budgets, closed months


def _rest(context: Any) -> None:
    year = context.day.replace(month=1, day=1)
    people, units, made = context.people, context.units, context.made
    rows: list[dict[str, Any]] = [
        {"name": name, "name_alt": alt, "for_unit": units[unit], "unit": units[unit], "owner": people[owner],
         "amount": Money(Decimal(amount), "CNY"), "starts_on": year, "ends_on": year.replace(month=12, day=31)}
        for name, alt, unit, owner, amount in (
            ("Engineering and Service", "工程服务部", "engineering", "head", "900000.00"),
            ("Field service travel", "现场组差旅", "field", "head", "46000.00"),
            ("Projects group travel", "项目组差旅", "projects", "head", "320000.00"),
            ("Sales travel", "销售部差旅", "sales", "manager", "120000.00"),
            ("China group travel", "中国组差旅", "sales_china", "manager", "60000.00"),
            ("Europe group travel", "欧洲组差旅", "sales_europe", "manager", "80000.00"),
            ("Product and Production", "产品生产部", "product", "pan", "1600000.00"),
        ) if unit in units and owner in people
    ]  # fmt: skip
    begun = context.day - timedelta(days=400)
    for key, name, alt, amount, starts, ends in (
        ("project.haverdijk", "Haverdijk district metering", "哈弗代克分区计量", Money(Decimal("150000.00"), "EUR"), begun, None),
        ("project.tangyu", "Tangyu pump stations", "棠屿泵站改造", Money(Decimal("260000.00"), "CNY"), year, None),
        ("project.tangyu", "Tangyu pump stations, preparation", "棠屿泵站改造前期", Money(Decimal("40000.00"), "CNY"), begun,
         year - timedelta(days=1)),
    ):  # fmt: skip
        if key in made and "project" in people:
            row = {"name": name, "name_alt": alt, "charged_to": made[key], "owner": people["project"],
                   "amount": amount, "starts_on": starts, "ends_on": ends}  # fmt: skip
            rows.append({field: value for field, value in row.items() if value is not None})
    with context.acting(None, context.moment(-30)) as records:
        records.load("finance.budget", rows)
        first = (context.day.replace(day=1) - timedelta(days=75)).replace(day=1)
        reasons = (
            ("Books sent to the auditors", "账册已送审计"),
            ("Quarter closed", "季度结账"),
            ("Month closed", "月度结账"),
        )
        records.load("finance.month", [
            {"first_day": (first - timedelta(days=31 * back)).replace(day=1), "reason": words[context.side(True)],
             "owner": people["finance"]}
            for back, words in zip((2, 1, 0), reasons, strict=True)
        ])  # fmt: skip
