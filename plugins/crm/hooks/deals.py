"""What a deal gets by itself (price list, last contact, owner at the end), and what it refuses: typing over lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.core.sdk import FieldError, ValidationFailed, every, translator
from weft.plugins.crm.hooks.lines import summing
from weft.plugins.crm.queries.rows import parts
from weft.plugins.crm.services import products as prices

_ = translator("crm")

__all__ = ["before_write"]

_DEAL, _ACCOUNT = "crm.opportunity", "crm.account"
_REASON = "crm: facts of deals"


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete and check deals, and bring the last contact of accounts to their open deals.

    Raises:
        ValidationFailed: the amount of a deal with lines is typed, its list is of another currency, or the competitor
            is none.
    """
    if context.operation in ("delete", "restore") or not changes:
        return
    if changes[0].entity == _ACCOUNT:
        _contacted(changes, context)
    elif changes[0].entity == _DEAL:
        _deals(changes, context)


# ---- accounts


def _contacted(changes: Sequence[Any], context: Any) -> None:
    """Open deals show when somebody last spoke to their account, so that lists of deals can filter by it."""
    moved = {c.record_id: c.after("last_contact_at") for c in changes if c.before and c.changed("last_contact_at")}
    if not moved:
        return
    system = context.system(_REASON)
    values: dict[int, dict[str, Any]] = {}
    for part in parts(sorted(moved)):
        for row in every(system, _DEAL, ("account",), {"account__in": list(part), "outcome": "open"}):
            values[row.id] = {"last_contact_at": moved[row["account"].id]}
    if values:
        system.update_many(_DEAL, values)


# ---- deals


def _deals(changes: Sequence[Any], context: Any) -> None:
    if not summing.get():
        _refuse_typed(changes, context)
    _refuse_others(changes, context)
    _from_accounts(changes, context)
    for change in changes:
        _close(change)


def _refuse_typed(changes: Sequence[Any], context: Any) -> None:
    errors = []
    relisted = []
    for change in changes:
        if not change.before.get("has_lines"):
            continue
        if change.changed("amount"):
            message = _("The amount is the sum of the lines: change the lines instead.")
            errors.append(FieldError("amount", "readonly", message, change.index))
        if change.changed("price_list") and change.after("price_list"):
            relisted.append(change)
    currencies = _currencies({change.after("price_list") for change in relisted}, context) if relisted else {}
    for change in relisted:
        amount = change.before.get("amount")
        if amount is not None and currencies.get(change.after("price_list")) != amount.currency:
            message = _("The lines of this deal are in %(currency)s: choose a list of that currency.")
            text = message % {"currency": amount.currency}
            errors.append(FieldError("price_list", "currency", text, change.index))
    if errors:
        raise ValidationFailed(errors)


def _currencies(ids: Iterable[int], context: Any) -> Mapping[int, str]:
    rows = every(context.system(_REASON), "crm.price_list", ("currency",), {"id__in": sorted(ids)})
    return {row.id: row["currency"] for row in rows}


def _refuse_others(changes: Sequence[Any], context: Any) -> None:
    """Only accounts of the role competitor win deals against us."""
    named = [change for change in changes if change.changed("competitor") and change.after("competitor")]
    if not named:
        return
    ids = sorted({change.after("competitor") for change in named})
    system = context.system(_REASON)
    rows = (row for part in parts(ids) for row in every(system, _ACCOUNT, ("role",), {"id__in": list(part)}))
    known = {row.id for row in rows if "competitor" in (row.get("role") or ())}
    message = _("This account is no competitor: give it that role first.")
    errors = [
        FieldError("competitor", "role", message, change.index)
        for change in named
        if change.after("competitor") not in known
    ]
    if errors:
        raise ValidationFailed(errors)


def _from_accounts(changes: Sequence[Any], context: Any) -> None:
    """Last contact of the account, and for new deals the price list that suits it."""
    moved = [change for change in changes if change.changed("account") and change.after("account")]
    if not moved:
        return
    system = context.system(_REASON)
    names = ("role", "territory", "address", "last_contact_at")
    by_account: dict[int, list[Any]] = defaultdict(list)
    for change in moved:
        by_account[change.after("account")].append(change)
    unlisted = any(not change.before and change.after("price_list") is None for change in moved)
    today = context.now.astimezone(context.records.zone).date()
    lists = prices.lists_in_use(system, today) if unlisted else []
    for part in parts(sorted(by_account)):
        for row in every(system, _ACCOUNT, names, {"id__in": list(part)}):
            for change in by_account[row.id]:
                if (change.after("outcome") or "open") == "open" and row.get("last_contact_at"):
                    change.values["last_contact_at"] = row["last_contact_at"]
                if lists and not change.before and change.after("price_list") is None:
                    amount = change.after("amount")
                    change.values["price_list"] = prices.choose_list(lists, row, amount.currency if amount else "")


def _close(change: Any) -> None:
    """Who had the deal when it ended keeps it in figures, whoever gets the account later."""
    if not change.changed("outcome"):
        return
    ended = change.after("outcome") in ("won", "lost")
    owner = change.after("owner_id") if ended else None
    if change.after("closed_owner") != owner and not (ended and "closed_owner" in change.given):
        change.values["closed_owner"] = owner
