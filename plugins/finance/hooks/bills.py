"""Bills and their shares: what cannot be is refused at the field, whichever door it comes in by."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from weft.core.sdk import Denied, FieldError, Records, ValidationFailed, translator
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services.bills import BILL, SHARE, amounts, shares_of

_ = translator("finance")

__all__ = ["before_write"]

_REASON = "finance: checks of bills"
#: True while shares are written that follow from others.
_sharing: ContextVar[bool] = ContextVar("finance_sharing", default=False)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete a batch.

    Raises:
        Denied: it was decided already.
        ValidationFailed: amounts that do not add up, a number that was sent before.
    """
    entity = changes[0].entity
    if context.operation == "assign":
        return
    if entity == BILL and "." in context.operation:
        for change in changes:
            if change.after("status") == "withdrawn":
                change.values["same"] = None
    elif entity == BILL:
        _bills(changes, context)
    elif entity == SHARE and not _sharing.get():
        _shares(changes, context)


def _bills(changes: Sequence[Any], context: Any) -> None:
    by_person = context.principal.kind != "system"
    for change in changes:
        if by_person and change.before and change.before.get("status") not in ("received", "checking", "rejected"):
            raise Denied(str(_("This bill was decided already.")), rule=BILL,
                         ask=str(_("What was booked is corrected on its postings.")))  # fmt: skip
        if context.operation in ("delete", "restore"):
            continue
        if not change.before and by_person and not context.principal.internal:
            change.values |= {"supplier": _own_firm(context), "from_portal": True, "status": "received"}
        if by_person and change.after("supplier") is None:
            raise ValidationFailed.single("supplier", "required", _("Say whose bill it is."))
        if by_person:
            _sums(change)
        _once(change, context)
        if change.before and change.changed("net"):
            _shared_anew(change, context.system(_REASON))


def _own_firm(context: Any) -> int | None:
    """The organisation the visitor stands for."""
    known = context.records.runtime.registry.entities
    titles = context.system(_REASON).titles(context.principal.anchors)
    for key in sorted(titles):
        entity = known.get(titles[key].type)
        if entity is not None and "core.organization" in entity.spec.traits:
            return int(key)
    return None


def _sums(change: Any) -> None:
    net, tax, gross = (change.after(name) for name in ("net", "tax", "gross"))
    if net is None or tax is None or gross is None:
        return
    if len({net.currency, tax.currency, gross.currency}) > 1:
        message = _("Net, tax and gross have to be in one currency.")
        raise ValidationFailed.single("gross", "currency", message)
    if net.amount <= 0:
        raise ValidationFailed.single("net", "too_small", _("Write an amount above nothing."))
    if tax.amount < 0:
        raise ValidationFailed.single("tax", "too_small", _("The tax cannot be negative."))
    if net.amount + tax.amount != gross.amount:
        message = _("Gross has to be net and tax together: %(sum)s.") % {"sum": f"{net.amount + tax.amount:.2f}"}
        raise ValidationFailed.single("gross", "sum", message)
    due, billed = change.after("due_on"), change.after("billed_on")
    if due is not None and billed is not None and due < billed:
        raise ValidationFailed.single("due_on", "order", _("It cannot be due before it was written."))


def _once(change: Any, context: Any) -> None:
    """The same number of the same supplier is one bill."""
    supplier, number = ref_id(change.after("supplier")), str(change.after("bill_no") or "").strip()
    if change.before and not change.changed("supplier") and not change.changed("bill_no"):
        return
    key = f"{supplier}:{number.casefold()}"
    change.values["bill_no"] = number
    system: Records = context.system(_REASON)
    rows = system.query(BILL, fields=("created_at",), filters={"same": key, "id__ne": change.record_id}, limit=1).rows
    if rows:
        day = rows[0]["created_at"].astimezone(context.records.zone).date().isoformat()
        message = _("This bill was sent already, on %(day)s.") % {"day": day}
        raise ValidationFailed([FieldError("bill_no", "twice", message, change.index)])
    change.values["same"] = key


def _shared_anew(change: Any, system: Records) -> None:
    """Another net amount: the shares follow."""
    rows = shares_of(system, change.record_id)
    found = amounts(change.after("net"), [row["percent"] for row in rows])
    _write(system, {row.id: {"amount": money} for row, money in zip(rows, found, strict=True)})


def _write(system: Records, values: dict[int, dict[str, Any]]) -> None:
    if not values:
        return
    token = _sharing.set(True)
    try:
        system.update_many(SHARE, values)
    finally:
        _sharing.reset(token)


def _shares(changes: Sequence[Any], context: Any) -> None:
    system: Records = context.system(_REASON)
    batch = {change.record_id: change for change in changes}
    gone = context.operation == "delete"
    for bill in sorted({ref_id(change.after("bill")) or 0 for change in changes}):
        row = system.get(BILL, bill, fields=("net", "status"))
        if context.principal.kind != "system" and row["status"] not in words.TO_CHECK:
            raise Denied(str(_("This bill was decided already.")), rule=SHARE,
                         ask=str(_("What was booked is corrected on its postings.")))  # fmt: skip
        lines: dict[int, Any] = {share.id: share["percent"] for share in shares_of(system, bill)}
        for key, change in batch.items():
            if ref_id(change.after("bill")) != bill:
                continue
            if gone:
                lines.pop(key, None)
                continue
            lines[key] = change.after("percent") or Decimal(0)
            _name(change, system, by_person=context.principal.kind != "system")
        if sum(lines.values(), Decimal(0)) > 100:
            text = _("All shares together are more than 100 %.")
            raise ValidationFailed.single("percent", "too_large", text)
        found = dict(zip(lines, amounts(row["net"], list(lines.values())), strict=True))
        for key, change in batch.items():
            if key in found and not gone:
                change.values["amount"] = found[key]
        _write(system, {key: {"amount": money} for key, money in found.items() if key not in batch})


def _name(change: Any, system: Records, *, by_person: bool) -> None:
    charged, unit = ref_id(change.after("charged_to")), change.after("for_unit")
    if by_person and charged is None and unit is None:
        raise ValidationFailed.single("charged_to", "required", _("Say who bears it: a project, customer or unit."))
    title = system.titles([charged]).get(charged) if charged is not None else None
    change.values["name"] = title.title[:420] if title is not None else str(_("Unit"))
