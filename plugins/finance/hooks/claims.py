"""Claims and their lines: net, rate, limits and sums are computed at every door; what was handed in stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    Denied,
    FieldError,
    Money,
    Records,
    ValidationFailed,
    among,
    company_currency,
    every,
    translator,
)
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services.claims import CLAIM, LINE, head_of, lead_of, lines_of, recount
from weft.plugins.finance.services.limits import known_limits, rule_on
from weft.plugins.finance.services.money import cents, check_currency, into, rate_of

_ = translator("finance")

__all__ = ["before_write"]

_REASON = "finance: sums of claims"
_SKIPPED = ("assign",)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete a batch.

    Raises:
        Denied: the claim was handed in already.
        ValidationFailed: an amount, day or currency that cannot be.
    """
    if context.operation in _SKIPPED or "." in context.operation:
        return
    entity = changes[0].entity
    if entity == CLAIM:
        _claims(changes, context)
    elif entity == LINE:
        _lines(changes, context)
    elif entity == "finance.advance":
        _advances(changes, context)


def _by_person(context: Any) -> bool:
    return context.principal.kind != "system"


def _refuse_handed_in() -> Denied:
    text = _("This claim was submitted already, so nobody changes it.")
    return Denied(str(text), rule=CLAIM, ask=str(_("Ask for it to be sent back.")))


def _claims(changes: Sequence[Any], context: Any) -> None:
    for change in changes:
        if change.before and change.before.get("status") not in words.WRITABLE and _by_person(context):
            raise _refuse_handed_in()
        if context.operation in ("delete", "restore"):
            continue
        if change.changed("currency") or not change.before:
            known = check_currency(change.after("currency"), "currency")
            change.values["currency"] = known or company_currency(context.records)
        owner = change.after("owner_id")
        if not change.before and owner and context.door != "demo":
            change.values["head"] = head_of(context.records, owner)
        if not change.before and not change.after("total"):
            nothing = Money(Decimal(0), change.values["currency"])
            change.values |= {"total": nothing, "payable": nothing}
        elif change.before and _by_person(context) and (change.changed("currency") or change.changed("advance")):
            _again(change, context)


def _again(change: Any, context: Any) -> None:
    """Another currency or advance: the lines and the sum follow."""
    system: Records = context.system(_REASON)
    currency = change.after("currency")
    lines = lines_of(system, [change.record_id]).get(change.record_id, [])
    if change.changed("currency"):
        back = {line.id: into(system, line["gross"], currency, line["day"]) for line in lines}
        system.update_many(LINE, {key: {"back": value} for key, value in back.items()})
        lines = [line | {"back": back[line.id]} for line in lines]  # type: ignore[misc]
    values = recount(system, change.record_id, lines, currency)
    change.values |= values


def _advances(changes: Sequence[Any], context: Any) -> None:
    for change in changes:
        amount = change.after("amount")
        if amount is not None and amount.amount <= 0:
            raise ValidationFailed.single("amount", "too_small", _("Write an amount above nothing."))
        if change.before and change.before.get("status") != "asked" and _by_person(context):
            raise Denied(str(_("This advance was decided already.")), rule="finance.advance")


# ---- lines


def _lines(changes: Sequence[Any], context: Any) -> None:
    system: Records = context.system(_REASON)
    ids = {ref_id(change.after("claim")) for change in changes} | {ref_id(c.before.get("claim")) for c in changes}
    claims = {row.id: row for row in among(system, CLAIM, ("status", "currency", "owner", "unit"), "id", ids)}
    if _by_person(context) and any(row["status"] not in words.WRITABLE for row in claims.values()):
        raise _refuse_handed_in()
    gone = context.operation == "delete"
    if not gone:
        limits = known_limits(system)
        errors: list[FieldError] = []
        for change in changes:
            claim = claims.get(ref_id(change.after("claim")) or 0)
            if claim is not None:
                errors += _complete_known(change, claim, system, limits, by_person=_by_person(context))
        if errors:
            raise ValidationFailed(errors)
    if context.door != "demo":
        _sum(changes, claims, system, gone=gone)


def _complete_known(
    change: Any, claim: Mapping[str, Any], system: Records, limits: Mapping[int, list[Any]], *, by_person: bool
) -> list[Any]:
    """What the platform itself writes may be in a currency that has no rate yet; it is valued when one is there."""
    try:
        return _complete(change, claim, system, limits)
    except ValidationFailed:
        if by_person:
            raise
        return []


def _complete(change: Any, claim: Mapping[str, Any], system: Records, limits: Mapping[int, list[Any]]) -> list[Any]:
    if not change.before and claim.get("owner"):
        change.values["owner_id"] = claim["owner"].id
    gross, tax, day = change.after("gross"), change.after("tax"), change.after("day")
    if gross is None or day is None:
        return []
    if gross.amount <= 0:
        return [FieldError("gross", "too_small", _("Write an amount above nothing."), change.index)]
    if tax is not None and tax.currency != gross.currency:
        tax = change.values["tax"] = Money(tax.amount, gross.currency)
    if tax is not None and not 0 <= tax.amount < gross.amount:
        return [FieldError("tax", "range", _("The tax is part of the amount, so it is less than it."), change.index)]
    if change.before and not any(change.changed(name) for name in ("gross", "tax", "day", "kind")):
        return []
    net = Money(gross.amount - (tax.amount if tax is not None else 0), gross.currency)
    rate = rate_of(system, gross.currency, day)
    own = company_currency(system)
    change.values |= {
        "net": net, "rate": rate.value if rate.day else None, "rate_on": rate.day,
        "company": Money(cents(net.amount * rate.value), own),
        "back": into(system, gross, claim.get("currency") or own, day),
    }  # fmt: skip
    rule = rule_on(limits.get(ref_id(change.after("kind")) or 0, []), day)
    limit = into(system, rule["amount"], gross.currency, day) if rule is not None else None
    before = _same_day(change, system) if rule is not None and rule["per"] == "day" else Decimal(0)
    over = max(gross.amount - max(limit.amount - before, Decimal(0)), Decimal(0)) if limit is not None else Decimal(0)
    change.values |= {"most": limit, "excess": Money(over, gross.currency) if over else None}
    return []


def _same_day(change: Any, system: Records) -> Decimal:
    """What other lines of the claim took of the day's limit, in the currency of this line."""
    filters = {"claim": str(ref_id(change.after("claim"))), "day": change.after("day").isoformat(),
               "kind": str(ref_id(change.after("kind")))}  # fmt: skip
    currency = change.after("gross").currency
    rows = [row for row in every(system, LINE, ("gross", "day"), filters) if row.id != change.record_id]
    return sum((into(system, row["gross"], currency, row["day"]).amount for row in rows), Decimal(0))


def _sum(changes: Sequence[Any], claims: Mapping[int, Any], system: Records, *, gone: bool) -> None:
    """The claims these lines are in, or were in, come to something else."""
    present = lines_of(system, claims)
    for claim, row in claims.items():
        lines: dict[int, Mapping[str, Any]] = {one.id: one for one in present.get(claim, [])}
        for change in changes:
            if gone or ref_id(change.after("claim")) != claim:
                lines.pop(change.record_id, None)
            else:
                lines[change.record_id] = {
                    name: change.after(name) for name in ("back", "excess", "company", "charged_to")
                }
        currency = row.get("currency") or company_currency(system)
        values = recount(system, claim, lines.values(), currency)
        values["lead"] = lead_of(system, lines.values(), row["owner"].id if row.get("owner") else None)
        system.update(CLAIM, claim, values, version=None)
