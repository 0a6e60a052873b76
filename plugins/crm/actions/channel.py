"""What distributors and agents do with leads, registrations and deals, and what a manager confirms.

The actions of partners ask for more than ``act`` (``needs``), so that they are the partners' alone: only their grants
name them.
"""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.crm.services import channel, channel_deals, channel_leads

_ = translator("crm")

_LEAD, _DEAL, _REGISTRATION = "crm.lead", "crm.opportunity", "crm.registration"
#: No set of operations holds it.
_PARTNERS = "answer"


def accept(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The firm works on the lead."""
    channel_leads.accept(context.records, record)
    return ActionResult(message=_("Lead accepted"))


def decline(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The lead goes back, with the reason."""
    channel_leads.decline(context.records, record, data["reason"])
    return ActionResult(message=_("Lead declined"), redirect="/distributor/crm/leads/")


def give_to_dealer(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """A dealer of the firm gets the lead."""
    number = data["dealer"]
    dealer = channel_leads.give_to_dealer(context.records, record, int(getattr(number, "id", number)))
    return ActionResult(message=_("Given to %(dealer)s") % {"dealer": channel.name_of(dealer)})


def take_back(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The lead is the firm's own again."""
    dealer = channel_leads.take_back(context.records, record)
    return ActionResult(message=_("Taken back from %(dealer)s") % {"dealer": channel.name_of(dealer)})


def start_from_lead(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """A deal comes of the lead."""
    whole = context.system("crm: lead of a partner").get(_LEAD, record["id"])
    return ActionResult(channel_deals.from_lead(context.records, whole, data), message=_("Opportunity made"))


def start_from_registration(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal that was registered begins."""
    whole = context.system("crm: registration of a partner").get(_REGISTRATION, record["id"])
    return ActionResult(channel_deals.from_registration(context.records, whole, data), message=_("Opportunity made"))


def report_won(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The partner says that the deal is won."""
    channel_deals.report_won(context.records, record, data)
    return ActionResult(message=_("Reported won; a sales manager confirms it"))


def report_lost(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The partner says that the deal is lost."""
    channel_deals.report_lost(context.records, record, data)
    return ActionResult(message=_("Deal lost"))


def confirm_won(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal counts."""
    channel_deals.confirm_won(context.records, record)
    return ActionResult(message=_("Confirmed: deal won"))


def deny_won(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """The deal goes on."""
    channel_deals.deny_won(context.records, record, data["reason"])
    return ActionResult(message=_("Not confirmed; the partner knows why"))


def _with_partner(row: Row) -> bool:
    return bool(row.get("partner"))


def _reported(row: Row) -> bool:
    return row.get("reported_on") is not None


def _not_reported(row: Row) -> bool:
    return row.get("reported_on") is None


def _no_deal(row: Row) -> bool:
    return row.get("opportunity") is None


def _deal_fields(relation: str, inverse: str) -> dict[str, Any]:
    return {
        "name": field.text(_("Name of the opportunity"), max_length=200, help=_("Empty: the name of the firm.")),
        "product": field.reference(
            _("Product"), to="crm.product", relation=relation, inverse=(inverse, _("Leads")),
            help=_("At the price of your list."),
        ),
        "quantity": field.decimal(_("Quantity"), scale=3, minimum=0, help=_("One when empty.")),
        "amount": field.money(_("Amount"), help=_("Where no product is chosen. Net.")),
        "expected_close": field.date(_("Expected close")),
    }  # fmt: skip


_DEALER = field.reference(
    _("Dealer"), to="crm.account", relation="crm.lead_partner", inverse=("crm.partner_of_lead", _("Leads given")),
    required=True, only={"role__in": "distributor,agent", "partner__isnull": "false"},
)  # fmt: skip

ACTIONS: list[Any] = [
    Action("accept", _LEAD, _("Accept"), accept, states=("new",), needs=_PARTNERS, icon="check",
           primary=True, order=1, offered=_with_partner),
    Action("decline", _LEAD, _("Decline"), decline, states=("new", "working"), needs=_PARTNERS, icon="x", order=2,
           fields={"reason": field.text(_("Why declined"), max_length=250, required=True)}, offered=_with_partner),
    Action("start_deal", _LEAD, _("Make an opportunity"), start_from_lead, states=("new", "working"), needs=_PARTNERS,
           icon="target-arrow", order=3, fields=_deal_fields("crm.lead_product", "crm.product_of_lead"),
           offered=_with_partner),
    Action("give_to_dealer", _LEAD, _("Give to a dealer"), give_to_dealer, states=("new", "working"), needs=_PARTNERS,
           icon="user-share", order=16, offered=_with_partner, fields={"dealer": _DEALER}),
    Action("take_back", _LEAD, _("Take back"), take_back, states=("new", "working"), needs=_PARTNERS, order=17,
           icon="arrow-back-up", offered=_with_partner),
    Action("start_deal", _REGISTRATION, _("Make an opportunity"), start_from_registration, needs=_PARTNERS,
           states=("registered", "joint"), icon="target-arrow", primary=True, order=5, offered=_no_deal,
           fields=_deal_fields("crm.registered_product", "crm.product_registered")),
    Action("report_won", _DEAL, _("Report won"), report_won, states=("open",), needs=_PARTNERS, icon="trophy",
           primary=True, order=8, offered=_not_reported,
           fields={"closed_on": field.date(_("Won on"), help=_("Today when empty."))}),
    Action("report_lost", _DEAL, _("Report lost"), report_lost, states=("open",), needs=_PARTNERS, order=9,
           fields={"loss_reason": field.value(
               _("Loss reason"), list="crm.loss_reason", relation="crm.lost_because",
               inverse=("crm.loss_of", _("Opportunities")), required=True,
           )}),
    Action("confirm_won", _DEAL, _("Confirm won"), confirm_won, states=("open",), needs="assign", icon="check",
           primary=True, order=5, offered=_reported),
    Action("deny_won", _DEAL, _("Do not confirm"), deny_won, states=("open",), needs="assign", order=6,
           offered=_reported, fields={"reason": field.text(_("Why"), max_length=250, required=True)}),
]  # fmt: skip
