"""Rules of a customer's life, kept whatever door a change comes in by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import ValidationFailed, translator
from weft.plugins.crm.services import life

_ = translator("crm")

__all__ = ["before_write"]


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Give customers a life and only them, ask for a contact before potential, and let the life follow deals.

    Raises:
        ValidationFailed: a customer nobody spoke to is made potential.
    """
    accounts = [
        change
        for change in changes
        if change.entity == "crm.account" and (not change.before or "role" in change.values or "life" in change.values)
    ]
    if accounts:
        _alive(accounts, context)
        _spoken_to(accounts, context)
    deals = [change for change in changes if change.entity == "crm.opportunity" and _matters(change)]
    if deals:
        life.follow(context.records, [_deal(change) for change in deals])


def _alive(changes: Sequence[Any], context: Any) -> None:
    """Only customers have a life; one that is not invalid any more is not frozen either."""
    today = context.now.astimezone(context.records.zone).date()
    by_hand = context.principal.kind != "system"  # else the day of the deal says it
    for change in changes:
        if "customer" not in (change.after("role") or ()):
            if change.after("life") is not None:
                change.values["life"] = None
            continue
        if change.after("life") is None:
            change.values["life"] = "basic"
        if change.after("life") != "invalid" and change.after("frozen"):
            change.values["frozen"] = False
        won = by_hand and change.changed("life") and change.after("life") == "won"
        if won and change.before and change.after("customer_since") is None:
            change.values["customer_since"] = today


def _spoken_to(changes: Sequence[Any], context: Any) -> None:
    """A move to potential by a person needs a contact record; the way back from won does not."""
    moved = [
        change
        for change in changes
        if change.before
        and change.changed("life")
        and change.after("life") == "potential"
        and change.before.get("life") != "won"
    ]
    if not moved or context.principal.kind == "system":
        return
    spoken = life.spoken_to(context.system("crm: contact records"), [change.record_id for change in moved])
    for change in moved:
        if change.record_id not in spoken:
            message = _("%(name)s is not potential yet: nobody spoke to them. Log a contact first.")
            raise ValidationFailed.single("life", "contact", message % {"name": change.after("name")})


def _matters(change: Any) -> bool:
    """A deal that is new, ends, goes on, or moves to another account."""
    if not change.after("account") or "deleted_at" in change.values:
        return False
    moved = any(change.changed(name) for name in ("outcome", "account", "closed_on"))
    return not change.before or moved


def _deal(change: Any) -> life.DealChange:
    return life.DealChange(
        change.record_id,
        change.after("account"),
        change.after("outcome") or "open",
        change.before.get("outcome") if change.before else None,
        change.after("closed_on"),
        change.before.get("closed_on") if change.before else None,
    )
