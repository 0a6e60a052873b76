"""What is booked stays booked: postings are only added; closed months stay closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Denied, ValidationFailed, audit_note, translator
from weft.plugins.finance.services.months import MONTH, month_name
from weft.plugins.finance.services.payees import PAYEE, narrow
from weft.plugins.finance.services.postings import POSTING

_ = translator("finance")

__all__ = ["before_write"]


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Refuse what would change the past.

    Raises:
        Denied: a posting or closed month would be changed or deleted, by whomever.
        ValidationFailed: a month that is not over.
    """
    entity = changes[0].entity
    if entity == POSTING and (context.operation != "create" or context.principal.kind != "system"):
        text = _("Postings are never changed or deleted.")
        raise Denied(str(text), rule=POSTING, ask=str(_("Reverse it: that makes a second posting with a reason.")))
    if entity == MONTH:
        if context.operation != "create":
            if context.principal.kind == "system" and context.operation == "update":
                return  # opening it again, by the action that asks for the reason
            text = _("A closed month stays closed.")
            raise Denied(str(text), rule=MONTH, ask=str(_("Book the correction in an open month.")))
        today = context.now.astimezone(context.records.zone).date()
        for change in changes:
            day = change.after("first_day")
            first = day.replace(day=1)
            if first >= today.replace(day=1) and context.principal.kind != "system":
                raise ValidationFailed.single("first_day", "running", _("This month is not over yet."))
            change.values |= {"first_day": first, "name": month_name(first)}
            if context.principal.kind != "system":
                audit_note(context.records, "month.close", f"{first:%Y-%m}: {change.after('reason')}")
    if entity == PAYEE:
        _payees(changes, context)
    if entity == "finance.budget":
        _budgets(changes, context)


def _payees(changes: Sequence[Any], context: Any) -> None:
    """An account is entered by whom it is of, for themselves, and is not changed afterwards."""
    if context.principal.kind == "system" or "." in context.operation:
        return
    if context.operation != "create":
        text = _("An account that was entered is not changed.")
        raise Denied(str(text), rule=PAYEE, ask=str(_("Enter the right one: it takes its place.")))
    for change in changes:
        account = narrow(str(change.after("account") or ""))
        plain = account.replace(" ", "")
        # banks know ASCII only; isalnum alone is true for digits of all scripts
        if not 6 <= len(plain) <= 40 or not (plain.isascii() and plain.isalnum()):
            raise ValidationFailed.single("account", "format", _("Write the account number in letters and digits."))
        change.values |= {"account": account, "owner_id": context.principal.user_id, "status": "waiting"}


def _budgets(changes: Sequence[Any], context: Any) -> None:
    if context.operation in ("delete", "restore", "assign"):
        return
    for change in changes:
        if change.after("for_unit") and change.changed("for_unit"):
            change.values["unit_id"] = change.after("for_unit")  # heads of the unit read it
        if context.principal.kind == "system":
            continue
        if not change.after("charged_to") and not change.after("for_unit"):
            text = _("Say whose budget it is: a project, a customer or a unit.")
            raise ValidationFailed.single("charged_to", "required", text)
        if change.after("charged_to") and change.after("for_unit"):
            text = _("A budget is of a unit or of a project or customer, not of both.")
            raise ValidationFailed.single("for_unit", "both", text)
        first, last = change.after("starts_on"), change.after("ends_on")
        if first and last and last < first:
            raise ValidationFailed.single("ends_on", "order", _("It ends before it starts."))
