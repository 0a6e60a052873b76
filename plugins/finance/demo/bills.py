"""The demo's supplier bills: what castings and boards cost, exactly the bills of Haverdijk, two that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from random import Random
from typing import Any

from weft.core.sdk import Money, files
from weft.plugins.finance.demo.claims import Bearer
from weft.plugins.finance.demo.texts import SUPPLIES, Pair
from weft.plugins.finance.services.bills import BILL, SHARE, VERSION
from weft.plugins.finance.services.postings import Draft, book

__all__ = ["HAVERDIJK_BILLS", "make"]

#: What Vesterlund billed for Haverdijk, net, in EUR: days ago, amount, words.
HAVERDIJK_BILLS: tuple[tuple[int, str, Pair], ...] = (
    (168, "18500.00", ("Trenching districts 1 to 3", "一至三区管沟开挖")),
    (96, "15400.00", ("Trenching districts 4 to 6", "四至六区管沟开挖")),
    (34, "12400.00", ("Chambers district 7", "七区井室施工")),
)
#: Supplier, currency, tax in per cent, net amounts, days between two bills, first number.
_REGULAR = (
    ("shuohe", "CNY", 13, ("38600.00", "42800.00", "51200.00", "46400.00"), 45, 3100),
    ("lingke", "CNY", 13, ("28400.00", "31600.00", "36200.00"), 52, 8200),
    ("ruoling", "CNY", 6, ("8400.00", "9200.00"), 118, 410),
    ("nordlyng", "EUR", 0, ("6240.00", "7180.00", "5460.00"), 74, 1900),
)
_CENT = Decimal("0.01")


def make(context: Any, projects: Sequence[Bearer]) -> None:
    """Write all bills with their shares, postings and the papers that are looked at."""
    random = Random(context.seed * 13 + 2)
    rows: list[dict[str, Any]] = []
    for key, code, tax, amounts, step, first in _REGULAR:
        if key in context.made:
            for place, ago in enumerate(range(696, 30, -step)):
                net = Decimal(amounts[place % len(amounts)])
                words = SUPPLIES[key][place % len(SUPPLIES[key])]
                number = f"{key[:2].upper()}-{first + place * 7}"
                rows.append(_row(context, key, number, words, net, tax, code, ago, "paid" if ago > 60 else "accepted"))
    rows += _named(context)
    with context.acting(None, context.moment(0) - timedelta(hours=5)) as records:
        made = records.load(BILL, [row["values"] for row in rows]).created
        shares = []
        for bill, row in zip(made, rows, strict=True):
            shares += [{"bill": bill, "owner": context.people["finance"], **share}
                       for share in _shares(context, row, projects, random)]  # fmt: skip
        records.load(SHARE, shares)
        _papers(context, records, made, rows)
        _versions(context, records, made, rows)
        drafts = []
        for share in sorted(shares, key=lambda one: one["bill"]):
            row = rows[made.index(share["bill"])]
            if row["values"]["status"] in ("accepted", "paid"):
                drafts.append(Draft(
                    f"{row['name']} {row['values']['bill_no']}", "bill", row["values"]["decided_on"], share["amount"],
                    rated=row["values"]["billed_on"], charged_to=share.get("charged_to"), unit=share.get("for_unit"),
                    source=share["bill"],
                ))  # fmt: skip
        book(records, sorted(drafts, key=lambda one: one.day), checked=False)


def _row(
    context: Any, key: str, number: str, words: Pair, net: Decimal, tax: int, code: str, ago: int, status: str
) -> dict[str, Any]:
    billed: date = context.moment(-ago).date()
    due = billed + timedelta(days=30)
    taxed = (net * tax / 100).quantize(_CENT, ROUND_HALF_UP)
    supplier = context.made[key]
    values: dict[str, Any] = {
        "bill_no": number, "supplier": supplier, "status": status, "about": words[context.side(code == "CNY")],
        "billed_on": billed, "due_on": due, "net": Money(net, code), "tax": Money(taxed, code),
        "gross": Money(net + taxed, code), "created_at": context.moment(-ago + 1),
        "owner": context.people["kong"] if "kong" in context.people else context.people["finance"],
        "same": f"{supplier}:{number.casefold()}",
    }  # fmt: skip
    if status in ("accepted", "paid"):
        values |= {"decided_on": min(billed + timedelta(days=3), context.day), "expected_on": due}
    name = {"shuohe": "Shuohe", "lingke": "Lingke", "ruoling": "Ruoling", "nordlyng": "Nordlyng"}.get(key, "Vesterlund")
    return {"key": key, "name": name, "words": words, "values": values, "paper": False}


def _named(context: Any) -> list[dict[str, Any]]:
    """Bills of the story: three of Haverdijk, two that wait, one that was rejected."""
    found = []
    if "vesterlund" in context.made and "project.haverdijk" in context.made:
        for place, (ago, net, words) in enumerate(HAVERDIJK_BILLS):
            status = "paid" if ago > 60 else "accepted"
            row = _row(context, "vesterlund", f"VF-2{place}17", words, Decimal(net), 21, "EUR", ago, status)
            found.append({**row, "charged": context.made["project.haverdijk"], "paper": True})
    if "shuohe" in context.made:
        row = _row(context, "shuohe", "SH-4711", SUPPLIES["shuohe"][2], Decimal("84200.00"), 13, "CNY", 4, "checking")
        row["values"] |= {"from_portal": True, "checker": context.people["finance"]}
        found.append({**row, "charged": context.made.get("project.ld4"), "paper": True})
        row = _row(context, "shuohe", "SH-4698", SUPPLIES["shuohe"][1], Decimal("9680.00"), 13, "CNY", 12, "rejected")
        why = ("The number of our order is missing.", "缺少我方订单号。")
        row["values"] |= {"from_portal": True, "why": why[context.side(True)]}
        found.append({**row, "paper": True})
    if "nordlyng" in context.made:
        row = _row(
            context, "nordlyng", "NL-2264", SUPPLIES["nordlyng"][1], Decimal("12460.00"), 0, "EUR", 3, "received"
        )
        found.append({**row, "paper": True})
    return found


def _shares(context: Any, row: dict[str, Any], projects: Sequence[Bearer], random: Random) -> list[dict[str, Any]]:
    """What bears a bill: the project it was for, or production."""
    if row["values"]["status"] in ("received", "rejected"):
        return []
    net: Money = row["values"]["net"]
    whole = {"percent": Decimal(100), "amount": net, "name": row["words"][context.side(False)]}
    if row.get("charged"):
        return [{**whole, "charged_to": row["charged"]}]
    day = row["values"]["billed_on"]
    fitting = [one for one in projects if one.first <= day <= one.last and one.chinese == (net.currency == "CNY")]
    unit = context.units.get("product")
    if fitting and random.random() < 0.45:
        return [{**whole, "charged_to": random.choice(fitting).record}]
    return [{**whole, "for_unit": unit}] if unit is not None else []


def _papers(context: Any, records: Any, made: Sequence[int], rows: Sequence[dict[str, Any]]) -> None:
    """The PDFs that somebody reads the figures against."""
    values = {}
    for bill, row in zip(made, rows, strict=True):
        if row["paper"]:
            one = row["values"]
            text = "\n".join((
                f"# {row['name']}", f"Bill {one['bill_no']}", "",
                f"| Date | {one['billed_on'].isoformat()} |", f"| Due | {one['due_on'].isoformat()} |",
                f"| For | {row['words'][0]} |", "", f"| Net | {one['net'].currency} {one['net'].amount:,.2f} |",
                f"| Tax | {one['tax'].currency} {one['tax'].amount:,.2f} |",
                f"| Gross | {one['gross'].currency} {one['gross'].amount:,.2f} |",
            ))  # fmt: skip
            paper = files.make_pdf(text, f"Bill {one['bill_no']}")
            if not paper.reason:
                received = files.receive(records.runtime, BytesIO(paper.content), f"{one['bill_no']}.pdf")
                values[bill] = {"file": files.upload(records, received).id}
    if values:
        records.update_many(BILL, values)


def _versions(context: Any, records: Any, made: Sequence[int], rows: Sequence[dict[str, Any]]) -> None:
    """A rejected bill keeps what was sent."""
    records.load(VERSION, [
        {"name": f"{row['values']['bill_no']} v1", "bill": bill, "revision": 1, "gross": row["values"]["gross"],
         "sent_at": row["values"]["created_at"], "why": row["values"]["why"], "owner": context.people["finance"]}
        for bill, row in zip(made, rows, strict=True) if row["values"]["status"] == "rejected"
    ])  # fmt: skip
