"""Payment batches: what is agreed goes to the bank together, per currency, under a number without gaps."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from weft.core.sdk import (
    Money,
    Records,
    Row,
    ValidationFailed,
    company_name,
    directory,
    every,
    gapless_number,
    notify,
    register_notice,
    translator,
)
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import payees
from weft.plugins.finance.services.graph import partner
from weft.plugins.finance.services.money import added

_ = translator("finance")

__all__ = ["BATCH", "Entry", "bank_csv", "bank_xml", "collect", "currencies", "due", "entries", "paid"]

BATCH, CLAIM, BILL = "finance.batch", "finance.claim", "finance.bill"
_REASON = "finance: payment batches"
PAID = "finance.claim_paid"
register_notice(PAID, _("%(record)s was paid out"), headline=_("Claims paid out"))
#: Country, check digits, and up to thirty letters and digits: ASCII only.
_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}")
_PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Entry:
    """One payment of a batch.

    Attributes:
        record, entity: claim or bill.
        payee: name; account: IBAN or account number, empty where none is known.
        amount: what is paid; words: reference for the payee.
    """

    record: int
    entity: str
    payee: str
    account: str
    amount: Money
    words: str


def due(system: Records, currency: str, until: date | None = None) -> list[Row]:
    """Booked claims and accepted bills in one currency that are in no batch yet.

    Args:
        system: the platform's records.
        currency: of the payments.
        until: bills due later are left out.
    """
    claims = [
        row for row in every(system, CLAIM, ("payable",), {"status": "booked", "batch__isnull": "true"})
        if row.get("payable") is not None and row["payable"].currency == currency and row["payable"].amount > 0
    ]  # fmt: skip
    filters = {"status": "accepted", "batch__isnull": "true"}
    bills = [
        row for row in every(system, BILL, ("gross", "due_on", "expected_on"), filters)
        if row["gross"].currency == currency and (until is None or row["due_on"] <= until)
    ]  # fmt: skip
    return claims + bills


def currencies(system: Records) -> list[str]:
    """Codes of the currencies in which booked claims or accepted bills are in no batch yet, in their order."""
    found: set[str] = set()
    for entity, status, money in ((CLAIM, "booked", "payable"), (BILL, "accepted", "gross")):
        measure = f"sum({money})"
        for line in system.aggregate(entity, measures=(measure,), filters={"status": status, "batch__isnull": "true"}):
            found |= {one.currency for one in line[measure].amounts}
    return sorted(found)


def collect(records: Records, currency: str, pay_on: date, until: date | None = None) -> Row:
    """Make a batch of all that is due; bills in it are expected to be paid on its day.

    Raises:
        ValidationFailed: nothing is due in this currency.
    """
    system = records.system(_REASON)
    rows = due(system, currency, until)
    if not rows:
        message = _("Nothing is to be paid in %(currency)s.") % {"currency": currency}
        raise ValidationFailed.single("currency", "empty", message)
    total = added([row.get("payable") or row.get("gross") for row in rows], currency)
    made = records.create(BATCH, {"pay_on": pay_on})
    claims = [row.id for row in rows if row.type == CLAIM]
    bills = [row.id for row in rows if row.type == BILL]
    if claims:
        system.update_many(CLAIM, {one: {"batch": made.id} for one in claims})
    if bills:
        system.update_many(BILL, {one: {"batch": made.id, "expected_on": pay_on} for one in bills})
    system.act(f"{BATCH}.number", made.id, {})  # a number that was given stays given: Undo is refused
    serial = f"PB-{gapless_number(records, BATCH):05d}"
    return system.update(BATCH, made.id, {"serial": serial, "total": total, "payments": len(rows)}, version=None)


def entries(system: Records, batch: int) -> list[Entry]:
    """The payments of a batch, claims first."""
    claims = list(every(system, CLAIM, ("payable", "owner", "number", "purpose"), {"batch": batch}))
    bills = list(every(system, BILL, ("gross", "supplier", "bill_no", "number"), {"batch": batch}))
    owners = {row["owner"].id for row in claims if row.get("owner")}
    people, accounts = directory.persons(system, owners), payees.accounts_of(system, owners)
    found = [
        Entry(row.id, CLAIM, people[row["owner"].id].name if row.get("owner") else "",
              accounts.get(ref_id(row.get("owner")) or 0, ""), row["payable"],
              f"{row.get('number') or ''} {row['purpose']}".strip())
        for row in claims
    ]  # fmt: skip
    for row in bills:
        supplier = row.get("supplier")
        account = partner(system, supplier.id).get("bank", "") if supplier else ""
        found.append(
            Entry(row.id, BILL, supplier.title if supplier else "", account, row["gross"], f"{row['bill_no']}")
        )
    return found


def paid(records: Records, batch: Row, day: date) -> int:
    """The bank carried it out: its claims and bills are paid. Returns how many."""
    system = records.system(_REASON)
    some = entries(system, batch.id)
    for entity in (CLAIM, BILL):
        ids = [one.record for one in some if one.entity == entity]
        if ids:
            system.update_many(entity, {one: {"status": "paid", "paid_on": day} for one in ids})
    system.update(BATCH, batch.id, {"status": "paid", "paid_on": day}, version=None)
    owners = {row.id: ref_id(row.get("owner")) for row in every(system, CLAIM, ("owner",), {"batch": batch.id})}
    for claim, owner in owners.items():
        if owner is not None:
            notify(records, [owner], PAID, claim)
    return len(some)


# ---- files for the bank


def bank_csv(rows: Sequence[Entry], pay_on: date) -> bytes:
    """The payments as CSV: payee, account, amount, currency, day, reference."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["payee", "account", "amount", "currency", "date", "reference"])
    for one in rows:
        cells = (one.payee, one.account, f"{one.amount.amount:.2f}", one.amount.currency, pay_on.isoformat(), one.words)
        writer.writerow([_tame(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _tame(text: str) -> str:
    """Spreadsheets read some beginnings as formulas."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def bank_xml(records: Records, batch: Row, rows: Sequence[Entry]) -> bytes:
    """The payments as credit transfers of ISO 20022 (pain.001.001.09).

    Raises:
        ValidationFailed: somebody's account is not known, or the company's own.
    """
    own = str(records.setting("finance.bank_account") or "")
    missing = [one.payee or one.words for one in rows if not one.account]
    if not own:
        raise ValidationFailed.single("", "account", _("Enter our bank account in Settings > Company first."))
    if missing:
        names = str(_(", ")).join(dict.fromkeys(missing))
        raise ValidationFailed.single("", "account", _("No bank account is known of %(names)s.") % {"names": names})
    name = company_name(records)
    root = etree.Element(f"{{{_PAIN}}}Document", nsmap={None: _PAIN})
    start = _node(root, "CstmrCdtTrfInitn")
    total = sum((one.amount.amount for one in rows), start=rows[0].amount.amount * 0)
    head = _node(start, "GrpHdr")
    _text(head, "MsgId", batch["serial"])
    _text(head, "CreDtTm", records.now.strftime("%Y-%m-%dT%H:%M:%S"))
    _text(head, "NbOfTxs", str(len(rows)))
    _text(head, "CtrlSum", f"{total:.2f}")
    _text(_node(head, "InitgPty"), "Nm", name[:140])
    block = _node(start, "PmtInf")
    _text(block, "PmtInfId", batch["serial"])
    _text(block, "PmtMtd", "TRF")
    _text(_node(block, "ReqdExctnDt"), "Dt", batch["pay_on"].isoformat())
    _text(_node(block, "Dbtr"), "Nm", name[:140])
    _account(_node(block, "DbtrAcct"), own)
    agent = _node(_node(block, "DbtrAgt"), "FinInstnId")
    code = str(records.setting("finance.bank_code") or "")
    if code:
        _text(agent, "BICFI", code)
    else:
        _text(_node(agent, "Othr"), "Id", "NOTPROVIDED")
    for number, one in enumerate(rows, 1):
        transfer = _node(block, "CdtTrfTxInf")
        _text(_node(transfer, "PmtId"), "EndToEndId", f"{batch['serial']}-{number}")
        amount = _text(_node(transfer, "Amt"), "InstdAmt", f"{one.amount.amount:.2f}")
        amount.set("Ccy", one.amount.currency)
        _text(_node(transfer, "Cdtr"), "Nm", one.payee[:140])
        _account(_node(transfer, "CdtrAcct"), one.account)
        _text(_node(transfer, "RmtInf"), "Ustrd", one.words[:140])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _node(parent: Any, name: str) -> Any:
    return etree.SubElement(parent, f"{{{_PAIN}}}{name}")


def _text(parent: Any, name: str, text: str) -> Any:
    node = _node(parent, name)
    node.text = text
    return node


def _account(parent: Any, text: str) -> None:
    plain = payees.narrow(text).replace(" ", "")
    number = _node(parent, "Id")
    if _IBAN.fullmatch(plain):
        _text(number, "IBAN", plain.upper())
    else:
        _text(_node(number, "Othr"), "Id", plain[:34])
