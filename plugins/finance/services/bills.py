"""Bills of suppliers: shares to the cent, agreed or rejected, sent again as the next version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    Money,
    Records,
    Row,
    ValidationFailed,
    directory,
    every,
    notify,
    readers,
    register_notice,
    translator,
)
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services.money import cents, parts
from weft.plugins.finance.services.postings import Draft, book

_ = translator("finance")

__all__ = ["BILL", "SHARE", "accept", "amounts", "check", "reject", "resend", "shares_of", "told"]

BILL, SHARE, VERSION = "finance.bill", "finance.bill_share", "finance.bill_version"
_REASON = "finance: supplier bills"
ACCEPTED, REJECTED = "finance.bill_accepted", "finance.bill_rejected"
register_notice(ACCEPTED, _("Your bill %(record)s is accepted; we expect to pay it on %(day)s"),
                headline=_("Bills accepted"))  # fmt: skip
register_notice(REJECTED, _("Your bill %(record)s cannot be paid like this: %(why)s"), headline=_("Bills rejected"))
_WHOLE = Decimal(100)


def amounts(net: Money, percents: Sequence[Decimal]) -> list[Money]:
    """What shares of a bill come to: to the cent the whole net amount, once they make a hundred per cent."""
    if percents and sum(percents, Decimal(0)) == _WHOLE:
        return [Money(part, net.currency) for part in parts(net.amount, percents)]
    return [Money(cents(net.amount * one / _WHOLE), net.currency) for one in percents]


def shares_of(system: Records, bill: int) -> list[Row]:
    """Shares of a bill, in the order they were made."""
    fields = ("name", "bill", "charged_to", "for_unit", "percent", "amount")
    return sorted(every(system, SHARE, fields, {"bill": bill}), key=lambda row: row.id)


def check(records: Records, bill: Row) -> None:
    """Keep who looks at it: the supplier asks them."""
    records.system(_REASON).update(BILL, bill.id, {"checker": records.principal.user_id}, version=None)


def accept(records: Records, bill: Row, expected: date | None, day: date) -> list[int]:
    """Agree to a bill: its shares become cost. Returns the postings.

    Args:
        records: the unit of work of finance.
        bill: it was not decided yet.
        expected: when it will be paid; its due day when None.
        day: booking day.

    Raises:
        ValidationFailed: it is not charged to anything, or not as a whole; the month is closed.
        Conflict: somebody else decided at the same time.
    """
    system = records.system(_REASON)
    row = system.get(BILL, bill.id)
    shares = shares_of(system, bill.id)
    total = sum((share["percent"] for share in shares), Decimal(0))
    if not shares:
        raise ValidationFailed.single("", "shares", _("Say what it is charged to first: add a share."))
    if total != _WHOLE:
        message = _("The shares come to %(n)s %%, not to 100 %%.") % {"n": f"{total.normalize():f}"}
        raise ValidationFailed.single("", "shares", message)
    when = expected or row["due_on"]
    values = {"status": "accepted", "decided_on": day, "expected_on": when, "why": None}
    system.update(BILL, row.id, values, version=row.version)
    name = row["supplier"].title if row.get("supplier") else ""
    drafts = [
        Draft(f"{name} {row['bill_no']}".strip(), "bill", day, share["amount"], rated=row.get("billed_on") or day,
              charged_to=ref_id(share.get("charged_to")), unit=ref_id(share.get("for_unit")), source=row.id)
        for share in shares
    ]  # fmt: skip
    made = book(records, drafts)
    told(records, row, ACCEPTED, {"day": when.isoformat()})
    return made


def reject(records: Records, bill: Row, why: str, day: date) -> None:
    """Give a bill back with the reason; what was sent is kept as a version."""
    system = records.system(_REASON)
    row = system.get(BILL, bill.id)
    system.create(VERSION, {
        "name": f"{row['bill_no']} v{row['revision']}", "bill": row.id, "revision": row["revision"],
        "gross": row["gross"], "file": ref_id(row.get("file")), "sent_at": row["updated_at"], "why": why,
    })  # fmt: skip
    system.update(BILL, row.id, {"status": "rejected", "why": why, "decided_on": day}, version=None)
    told(records, row, REJECTED, {"why": why[:200]})


def resend(records: Records, bill: Row) -> None:
    """A corrected bill is sent again under its number."""
    system = records.system(_REASON)
    row = system.get(BILL, bill.id, fields=("revision",))
    system.update(BILL, bill.id, {"revision": row["revision"] + 1, "decided_on": None}, version=None)


def told(records: Records, bill: Row, kind: str, data: Mapping[str, Any]) -> None:
    """Tell the supplier's people who may read the bill; who typed it, where nobody of the supplier has an account."""
    supplier = ref_id(bill.get("supplier"))
    users: set[int] = set()
    if supplier is not None:
        users = {one for some in directory.standing_for(records, [supplier]).values() for one in some}
    if not users and bill.get("owner"):
        users = {bill["owner"].id}
    notify(records, sorted(readers(records, bill.id, users)), kind, bill.id, dict(data), at_sign_in=True)
