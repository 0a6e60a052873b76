"""Before a write: in whose name people of distributors and agents write, and what is not theirs to decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import ActionNeeded, FieldError, ValidationFailed, translator
from weft.plugins.crm.services import channel, channel_checks

_ = translator("crm")

__all__ = ["before_write"]

_ACCOUNT, _DEAL, _LEAD, _REGISTRATION = "crm.account", "crm.opportunity", "crm.lead", "crm.registration"
_REASON = "crm: what partners write"
#: A move of a deal to a stage of this outcome -> the action by which a partner says so.
_ENDS = {"won": "crm.opportunity.report_won", "lost": "crm.opportunity.report_lost"}


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete what partners write and refuse what is not theirs to decide.

    Raises:
        ValidationFailed: a firm that is served is registered, or an account is looked after by one that cannot.
        ActionNeeded: a partner moves a deal to its end.
    """
    entity = changes[0].entity
    if entity == _ACCOUNT:
        _looked_after(changes, context)
    elif entity == _LEAD:
        _answered(changes, context)
    if context.operation in ("delete", "restore"):
        return
    if not channel.is_partner(context.records):
        if entity == _REGISTRATION and context.principal.kind != "system":
            _require_partner(changes)
        return
    if entity == _DEAL:
        _refuse_ends(changes, context)
    for change in changes:
        if not change.before and entity in _FRESH:
            _FRESH[entity](change, context)


def _require_partner(changes: Sequence[Any]) -> None:
    text = _("Say which distributor or agent registers the customer.")
    wrong = [change for change in changes if not change.after("partner")]
    if wrong:
        raise ValidationFailed([FieldError("partner", "required", text, change.index) for change in wrong])


# ---- what belongs to a firm


def _note(change: Any, context: Any) -> None:
    firm = channel.firm_for(context.records, _firm_of(change.after("account"), context), below=False)
    change.values |= {"partner": firm["id"], "noted_by": context.principal.user_id}


def _deal(change: Any, context: Any) -> None:
    """A deal is made in the name of the firm that has the customer; its list and its colleague come from the firm."""
    of_account = _firm_of(change.after("account"), context)
    firm = channel.firm_for(context.records, of_account)
    if of_account != firm["id"]:
        message = _("This is no customer of yours. Register it first.")
        raise ValidationFailed.single("account", "served", message)
    prices = channel.number_of(firm, "price_list")
    if prices is None and firm.get("partner") is not None:
        above = context.system(_REASON).get(_ACCOUNT, channel.number_of(firm, "partner"), fields=("price_list",))
        prices = channel.number_of(above, "price_list")
    owner = channel.responsible(context.records, firm["id"])
    change.values |= {"partner": firm["id"], "price_list": prices, "owner_id": owner}


def _register(change: Any, context: Any) -> None:
    names = ("name", "phone", "website")
    refused = channel_checks.refusal(context.records, {name: change.after(name) for name in names})
    if refused:
        raise ValidationFailed.single("name", "served", refused)
    firm = channel.firm_for(context.records, None)
    change.values |= {"partner": firm["id"], "owner_id": channel.responsible(context.records, firm["id"])}


def _person(change: Any, context: Any) -> None:
    account = change.after("account")
    if account is not None:
        row = context.system(_REASON).get(_ACCOUNT, account, fields=("owner",))
        change.values["owner_id"] = channel.number_of(row, "owner")


def _firm_of(account: int | None, context: Any) -> int | None:
    if account is None:
        return None
    return channel.number_of(context.system(_REASON).get(_ACCOUNT, account, fields=("partner",)), "partner")


_FRESH = {"crm.activity": _note, _DEAL: _deal, _REGISTRATION: _register, "crm.contact": _person}


def _refuse_ends(changes: Sequence[Any], context: Any) -> None:
    """Partners report the end of a deal; a drop on Won or Lost opens the form for that."""
    moved = [change for change in changes if change.changed("stage") and change.after("stage")]
    if not moved:
        return
    ids = sorted({change.after("stage") for change in moved})
    page = context.system(_REASON).query("crm.stage", fields=("outcome",), filters={"id__in": ids}, limit=200)
    outcomes = {row["id"]: row["outcome"] for row in page.rows}
    for change in moved:
        action = _ENDS.get(outcomes.get(change.after("stage"), ""))
        if action is None:
            continue
        if not change.before:
            raise ValidationFailed.single("stage", "open", _("A new deal begins in an open stage."))
        text = _("Use the action for it: a sales manager confirms the end of a deal.")
        raise ActionNeeded(action, [FieldError("stage", "report", text, change.index)])


# ---- accounts and leads, whoever writes them


def _looked_after(changes: Sequence[Any], context: Any) -> None:
    """Only distributors and agents look after accounts, one of them above a dealer and not in a circle."""
    moved = [change for change in changes if change.changed("partner")]
    for change in moved:
        change.values["partner_contact_at"] = None
    ids = sorted({change.after("partner") for change in moved if change.after("partner")})
    if not ids:
        return
    page = context.system(_REASON).query("crm.account", fields=("role", "partner"), filters={"id__in": ids}, limit=200)
    known = {row["id"]: row for row in page.rows}
    errors = []
    for change in moved:
        number = change.after("partner")
        if not number:
            continue
        row = known.get(number)
        if row is None or not {"distributor", "agent"} & set(row.get("role") or ()):
            text = _("Choose a distributor or an agent.")
            errors.append(FieldError("partner", "role", text, change.index))
        elif change.record_id in (number, channel.number_of(row, "partner")):
            text = _("A firm cannot look after itself, nor after the one that looks after it.")
            errors.append(FieldError("partner", "cycle", text, change.index))
    if errors:
        raise ValidationFailed(errors)


def _answered(changes: Sequence[Any], context: Any) -> None:
    """A lead that a partner works on was accepted; one that goes to another was not yet."""
    for change in changes:
        if not change.before or not change.after("partner"):
            continue
        if change.changed("partner") and change.after("answer_by"):
            change.values |= {"accepted_at": None, "declined_by": None, "decline_reason": None}
        if change.changed("status") and change.after("status") == "working" and not change.after("accepted_at"):
            change.values |= {"accepted_at": context.now, "answer_by": None}
