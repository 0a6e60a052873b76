"""The demo's 240 invoices: those of the story with their figures, one per won deal, care and spares; what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from weft.core.sdk import Money, every, gapless_number
from weft.plugins.finance.demo.claims import Bearer
from weft.plugins.finance.demo.texts import CARE, DEALS, DRAFTS, Pair
from weft.plugins.finance.services.invoices import INVOICE, LINE, PAYMENT, open_parts
from weft.plugins.finance.services.postings import Draft, book

__all__ = ["make"]

_ALL = 240
_CENT = Decimal("0.01")
_PREFIX = {"invoice": "INV", "credit_note": "CN"}
#: Net amounts of care, spares and training, in CNY and EUR.
_SMALL = {"CNY": ("6800.00", "9600.00", "12800.00", "4200.00", "15600.00"),
          "EUR": ("1200.00", "1850.00", "2400.00", "960.00", "3150.00")}  # fmt: skip


@dataclass(slots=True)
class Drawn:
    """An invoice as it is today.

    Attributes:
        customer: record; words: what for; net, code, tax: amount, currency, tax in per cent.
        issued: day of issue, None for a draft; days: to pay.
        paid: share of the gross that came in, in per cent; paid_ago: days before D it came in.
        project, contract, step: what it belongs to; credit: it is a credit note.
    """

    customer: int
    words: Pair
    net: Decimal
    code: str
    tax: int
    issued: date | None
    days: int = 30
    paid: int = 0
    paid_on: date | None = None
    project: int | None = None
    contract: int | None = None
    step: int | None = None
    credit: bool = False

    @property
    def taxed(self) -> Decimal:
        """Tax to the cent."""
        return (self.net * self.tax / 100).quantize(_CENT, ROUND_HALF_UP)


def make(context: Any, customers: Sequence[Bearer]) -> None:
    """Write invoices in the order they were issued, with lines, payments and postings."""
    if not customers:
        return
    random = Random(context.seed * 17 + 3)
    drawn = [*_story(context), *_deals(context, customers, random)]
    drawn += _small(context, customers, _ALL - len(drawn), random)
    drawn.sort(key=lambda one: (one.issued is None, one.issued or context.day))
    with context.acting(None, context.moment(0) - timedelta(hours=5)) as records:
        owners = _owners(records, [one.customer for one in drawn])
        made = records.load(INVOICE, [_values(context, records, one, owners) for one in drawn]).created
        records.load(LINE, [
            {"text": one.words[0], "text_alt": one.words[1], "invoice": number, "quantity": Decimal(1),
             "price": one.net, "tax_rate": Decimal(one.tax), "owner": context.people["finance"]}
            for number, one in zip(made, drawn, strict=True)
        ])  # fmt: skip
        _payments(context, records, made, drawn)
        book(records, [_posting(number, one) for number, one in zip(made, drawn, strict=True) if one.issued],
             checked=False)  # fmt: skip


def _posting(number: int, one: Drawn) -> Draft:
    sign = -1 if one.credit else 1
    kind = "credit_note" if one.credit else "invoice"
    return Draft(one.words[0], kind, one.issued or date.min, Money(sign * one.net, one.code), customer=one.customer,
                 project=one.project, charged_to=one.project, source=number)  # fmt: skip


def _owners(records: Any, ids: Sequence[int]) -> dict[int, int]:
    rows = every(records, "crm.account", ("owner",), {"id__in": sorted(set(ids))})
    return {row.id: row["owner"].id for row in rows if row.get("owner")}


def _values(context: Any, records: Any, one: Drawn, owners: dict[int, int]) -> dict[str, Any]:
    kind = "credit_note" if one.credit else "invoice"
    gross = one.net + one.taxed
    paid = (gross * one.paid / 100).quantize(_CENT, ROUND_HALF_UP)
    values: dict[str, Any] = {
        "name": one.words[0], "name_alt": one.words[1], "kind": kind, "customer": one.customer, "project": one.project,
        "contract": one.contract, "step": one.step, "currency": one.code, "days": one.days,
        "net": Money(one.net, one.code), "tax": Money(one.taxed, one.code), "gross": Money(gross, one.code),
        "owner": owners.get(one.customer, context.people["finance"]), "status": "draft",
        **open_parts(Money(one.net, one.code), Money(gross, one.code), gross if one.credit else paid),
    }  # fmt: skip
    if one.credit:
        values["paid"] = Money(Decimal(0), one.code)
    if one.issued is not None:
        number = gapless_number(records, f"{INVOICE}.{kind}.{one.issued.year}")
        status = "paid" if one.paid == 100 or one.credit else "part_paid" if one.paid else "issued"
        values |= {
            "serial": f"{_PREFIX[kind]}-{one.issued.year}-{number:05d}", "status": status, "issued_on": one.issued,
            "due_on": one.issued + timedelta(days=one.days), "paid_on": one.paid_on if status == "paid" else None,
            "created_at": context.moment((one.issued - context.day).days - 1),
        }  # fmt: skip
        if one.code == "CNY" and not one.credit:
            values["fapiao_no"] = f"26{one.issued:%m%d}{one.issued.year}{number:08d}"
    return {name: value for name, value in values.items() if value is not None}


def _payments(context: Any, records: Any, made: Sequence[int], drawn: Sequence[Drawn]) -> None:
    rows = []
    for number, one in zip(made, drawn, strict=True):
        if one.paid and one.paid_on is not None and not one.credit:
            amount = ((one.net + one.taxed) * one.paid / 100).quantize(_CENT, ROUND_HALF_UP)
            rows.append({"name": one.words[context.side(one.code == "CNY")], "invoice": number, "customer": one.customer,
                         "amount": Money(amount, one.code), "paid_on": one.paid_on,
                         "owner": context.people["finance"]})  # fmt: skip
    records.load(PAYMENT, sorted(rows, key=lambda row: row["paid_on"]))


# ---- which


def _day(context: Any, days: int) -> date:
    found: date = context.moment(days).date()
    return found


def _story(context: Any) -> list[Drawn]:
    """Haverdijk paid, open and draft; Tangyu overdue; Ferrault's falling orders."""
    made, found = context.made, []
    if "haverdijk" in made:
        more = {"project": made.get("project.haverdijk"), "contract": made.get("contract.haverdijk")}
        steps = [made.get(f"contract.haverdijk.step{place}") for place in (1, 2, 4)]
        found += [
            Drawn(made["haverdijk"], ("Signature, 30 %", "签订，30%"), Decimal(145_800), "EUR", 21, _day(context, -250),
                  paid=100, paid_on=_day(context, -226), step=steps[0], **more),
            Drawn(made["haverdijk"], ("Hardware delivered, 20 %", "设备到货，20%"), Decimal(97_200), "EUR", 21,
                  _day(context, -16), step=steps[1], **more),
            Drawn(made["haverdijk"], ("Acceptance of phase 2, 10 %", "二期验收，10%"), Decimal(48_600), "EUR", 21, None,
                  step=steps[2], **more),
        ]  # fmt: skip
    if "tangyu" in made:
        issued = context.day - timedelta(days=71)
        found.append(Drawn(made["tangyu"], ("Pump stations, second part", "泵站改造第二笔"), Decimal(318_600), "CNY", 13,
                           issued, project=made.get("project.tangyu")))  # fmt: skip
    if "ferrault" in made:
        for ago, net in ((690, 11200), (600, 11200), (510, 11200), (420, 11200), (330, 6944), (240, 6944), (150, 6944),
                         (60, 6944)):  # fmt: skip
            found.append(Drawn(made["ferrault"], ("Meters and spares", "流量计与备件"), Decimal(net), "EUR", 21,
                               _day(context, -ago), paid=100, paid_on=_day(context, -ago + 27)))  # fmt: skip
    return found


def _deals(context: Any, customers: Sequence[Bearer], random: Random) -> list[Drawn]:
    """One invoice for each deal that was won."""
    if "crm.opportunity" not in context.runtime.registry.entities:
        return []
    known = {one.record: one for one in customers}
    kept = {context.made.get(key) for key in ("haverdijk", "tangyu", "ferrault")}
    found = []
    with context.acting(None, context.moment(-1)) as records:
        fields = ("account", "amount", "closed_on")
        for row in every(records, "crm.opportunity", fields, {"outcome": "won"}, sort="closed_on"):
            account, amount = row.get("account"), row.get("amount")
            if account is None or account.id in kept or account.id not in known or not amount or not row["closed_on"]:
                continue
            issued = row["closed_on"] + timedelta(days=18 + random.randrange(9))
            if issued > context.day:
                continue
            tax = 13 if known[account.id].chinese else 21
            found.append(_aged(context, Drawn(account.id, random.choice(DEALS), amount.amount, amount.currency, tax,
                                              issued), random))  # fmt: skip
    return found


def _small(context: Any, customers: Sequence[Bearer], number: int, random: Random) -> list[Drawn]:
    """Care, spares, training; credit notes; drafts; and what is overdue in the other classes of days."""
    kept = {context.made.get(key) for key in ("tangyu", "ferrault")}
    others = [one for one in customers if one.record not in kept]
    found: list[Drawn] = []
    for place in range(number):
        one = others[place * 7 % len(others)]
        code = "CNY" if one.chinese else "EUR"
        net = Decimal(random.choice(_SMALL[code]))
        drawn = Drawn(one.record, CARE[place % len(CARE)], net, code, 6 if one.chinese else 21, None)
        if place < len(DRAFTS):
            found.append(Drawn(one.record, DRAFTS[place], net, code, drawn.tax, None))
            continue
        if place < len(DRAFTS) + 4:
            ago = (46, 131, 290, 402)[place - len(DRAFTS)]
            found.append(Drawn(one.record, ("Credit for returned parts", "退货冲减"), (net / 4).quantize(_CENT), code,
                               drawn.tax, _day(context, -ago), credit=True, paid_on=_day(context, -ago)))  # fmt: skip
            continue
        late = {8: 38, 9: 44, 10: 52, 11: 104, 12: 131}.get(place)
        if late is not None:
            drawn.issued = _day(context, -late)
            found.append(drawn)
            continue
        drawn.issued = _day(context, -3 - place * 701 // max(number, 1))
        found.append(_aged(context, drawn, random))
    return found


def _aged(context: Any, drawn: Drawn, random: Random) -> Drawn:
    """What is old was paid; of what is not due some came in early, one in parts."""
    if drawn.issued is None:
        return drawn
    age = (context.day - drawn.issued).days
    if age > drawn.days - 4:
        drawn.paid, drawn.paid_on = 100, min(drawn.issued + timedelta(days=random.randrange(9, 36)), _day(context, -1))
    elif age > 12 and random.random() < 0.3:
        drawn.paid, drawn.paid_on = 50, _day(context, -2)
    return drawn
