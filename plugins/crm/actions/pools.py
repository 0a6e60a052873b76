"""Operations of pools: claim a customer, give customers to a pool. The work is in ``services``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.crm.services import claims
from weft.plugins.crm.services import pools as services

_ = translator("crm")

__all__ = ["ACTIONS"]


def claim(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Take a customer out of its pool."""
    claims.claim(context.records, [record["id"]])
    return ActionResult(message=_("Claimed: the customer is yours now"))


def give(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Give a customer back to a pool."""
    services.give(context.records, [record["id"]], data["reason"], data.get("pool"))
    return ActionResult(message=_("Given to the pool"))


ACTIONS = [
    Action(
        "claim",
        "crm.account",
        _("Claim"),
        claim,
        icon="hand-grab",
        primary=True,
        order=5,
        offered=lambda row: row.get("pool") is not None,
    ),
    Action(
        "give",
        "crm.account",
        _("Give to the pool"),
        give,
        fields={
            "reason": field.text(_("Reason"), required=True, max_length=250, help=_("Stands in the pool's history.")),
            "pool": field.reference(
                _("Pool"),
                to="crm.pool",
                relation="crm.given_to_pool",
                inverse=("crm.pool_given", _("Customers")),
                help=_("Empty: the pool of the customer's owner."),
                only={"active": "true"},
            ),
        },
        icon="pool",
        order=58,
        bulk=True,
        dialog="crm.pool_give",
        offered=lambda row: "customer" in (row.get("role") or ()) and row.get("pool") is None,
    ),
]
