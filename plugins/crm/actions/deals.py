"""Named operations of a deal: won, lost, reopened. The work is in ``services.deals``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.crm.services import deals as services

_ = translator("crm")

_DEAL = "crm.opportunity"


def win(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal was won: note the day and what was learned."""
    services.close_deal(context.records, record["id"], "won", data)
    return ActionResult(message=_("Deal won"))


def lose(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal was lost: note the day, the reason, the competitor and what was learned."""
    services.close_deal(context.records, record["id"], "lost", data)
    return ActionResult(message=_("Deal lost"))


def give_discount(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """All lines of the deal get one discount; a deal without lines gets it on its amount."""
    services.give_discount(context.records, record["id"], data["discount"])
    return ActionResult(message=_("Discount given"))


def reopen(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal goes on after all."""
    services.reopen_deal(context.records, record["id"])
    return ActionResult(message=_("Deal reopened"))


_LESSON = field.markdown(_("What we learned"), help=_("Shown to colleagues on similar deals, without the customer."))

ACTIONS: list[Any] = [
    Action(
        "win",
        _DEAL,
        _("Deal won"),
        win,
        fields={"closed_on": field.date(_("Closed on"), help=_("Today when empty.")), "lesson": _LESSON},
        transition=("open", "won"),
        icon="trophy",
        primary=True,
        order=10,
    ),
    Action(
        "lose",
        _DEAL,
        _("Deal lost"),
        lose,
        fields={
            "loss_reason": field.value(
                _("Loss reason"),
                list="crm.loss_reason",
                relation="crm.lost_because",
                inverse=("crm.loss_of", _("Opportunities")),
                required=True,
            ),
            "competitor": field.reference(
                _("Competitor"),
                to="crm.account",
                relation="crm.lost_to",
                inverse=("crm.won_against_us", _("Deals lost against")),
                required=True,
                only={"role": "competitor"},
                help=_("Who got it. Make one for a party that is not in the list."),
            ),
            "closed_on": field.date(_("Closed on"), help=_("Today when empty.")),
            "lesson": _LESSON,
        },
        transition=("open", "lost"),
        order=20,
    ),
    Action("give_discount", _DEAL, _("Give a discount"), give_discount, states=("open",), icon="percentage", order=40,
           needs="assign", fields={
               "discount": field.decimal(_("Discount (%)"), scale=2, minimum=0, maximum=100, required=True),
               "reason": field.text(_("Reason"), max_length=300, required=True)}),
    Action("reopen", _DEAL, _("Reopen"), reopen, states=("won", "lost"), transition=("*", "open"), order=30),
]  # fmt: skip
