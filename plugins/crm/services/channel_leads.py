"""Leads in the hands of distributors, agents and their dealers: accept, decline, give to a dealer, take back.

Writes only through the :class:`~weft.core.sdk.Records` it is given; never commits. That the person may do it was
decided by the grant of the action.
"""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Records, Row, StateConflict, ValidationFailed, register_notice, translator
from weft.plugins.crm.services import channel

_ = translator("crm")

__all__ = ["accept", "customers_for_firm", "decline", "give_to_dealer", "new_for_firm", "spoken", "take_back"]

ACCEPTED, DECLINED, NEW, FROM_ABOVE, CUSTOMER = (
    "crm.partner_accepted", "crm.partner_declined", "crm.partner_lead", "crm.dealer_lead", "crm.partner_customer",
)  # fmt: skip
register_notice(CUSTOMER, _("New customer for you: %(record)s"), headline=_("New customers were given to you"))
register_notice(ACCEPTED, _("%(partner)s accepted the lead %(record)s"))
register_notice(DECLINED, _("%(partner)s declined the lead %(record)s: %(reason)s"))
register_notice(NEW, _("New lead for you: %(record)s"), headline=_("New leads were given to you"))
register_notice(FROM_ABOVE, _("%(who)s gave you the lead %(record)s"), headline=_("New leads were given to you"))

_LEAD = "crm.lead"


def new_for_firm(records: Records, firm: int, leads: list[int]) -> None:
    """Tell the people of a firm, at their next sign-in too, that leads wait for their answer."""
    channel.tell_firms(records, NEW, {firm: leads}, at_sign_in=True)


def customers_for_firm(records: Records, firm: int, customers: list[int]) -> None:
    """Tell the people of a firm, at their next sign-in too, that they look after customers from now on."""
    channel.tell_firms(records, CUSTOMER, {firm: customers}, at_sign_in=True)


def accept(records: Records, lead: Row) -> None:
    """The firm works on the lead; the managers and its contact know.

    Raises:
        StateConflict: it is with no firm any more.
    """
    firm = _firm(records, lead)
    values = {
        "status": "working", "accepted_at": records.now, "answer_by": None, "decline_reason": None, "declined_by": None,
    }  # fmt: skip
    records.system("crm: accept a lead").update(_LEAD, lead["id"], values, version=None)
    channel.tell_company(records, firm["id"], ACCEPTED, lead["id"], {"partner": channel.name_of(firm)})


def spoken(records: Records, lead: Row) -> None:
    """Who speaks to the people of a lead that waits for an answer has accepted it."""
    if channel.is_partner(records) and lead.get("status") == "new":
        records.act("crm.lead.accept", lead["id"], {})


def decline(records: Records, lead: Row, reason: str) -> None:
    """The lead waits unassigned again, with the reason; one from a distributor goes back to it.

    Raises:
        StateConflict: it is with no firm any more.
    """
    firm = _firm(records, lead)
    above = channel.number_of(firm, "partner")
    system = records.system("crm: decline a lead")
    if lead.get("accepted_at") is not None and above is not None:
        system.update(_LEAD, lead["id"], {"partner": above, "decline_reason": reason}, version=None)
        channel.tell_firms(
            records, DECLINED, {above: [lead["id"]]}, data={"partner": channel.name_of(firm), "reason": reason}
        )
        return
    values = {
        "partner": None, "answer_by": None, "status": "new", "accepted_at": None, "declined_by": firm["id"],
        "decline_reason": reason,
    }  # fmt: skip
    system.update(_LEAD, lead["id"], values, version=None)
    told = {"partner": channel.name_of(firm), "reason": reason}
    channel.tell_company(records, firm["id"], DECLINED, lead["id"], told)


def give_to_dealer(records: Records, lead: Row, dealer: int) -> Row:
    """Give a lead of the own firm to one of its dealers; the firm has accepted it by that.

    Returns:
        The dealer.

    Raises:
        ValidationFailed: the firm has no such dealer.
        StateConflict: the lead is with a dealer already.
    """
    own = [row["id"] for row in channel.firms(records)]
    if channel.number_of(lead, "partner") not in own:
        raise StateConflict(str(_("This lead is with a dealer already. Take it back first.")))
    found = next((row for row in channel.dealers(records) if row["id"] == dealer), None)
    if found is None:
        raise ValidationFailed.single("dealer", "reference", _("Choose one of your dealers."))
    values: dict[str, Any] = {"partner": dealer, "answer_by": None}
    if lead.get("accepted_at") is None:
        values |= {"accepted_at": records.now, "status": "working"}
    records.system("crm: give a lead to a dealer").update(_LEAD, lead["id"], values, version=None)
    channel.tell_firms(records, FROM_ABOVE, {dealer: [lead["id"]]}, at_sign_in=True)
    return found


def take_back(records: Records, lead: Row) -> Row:
    """Take a lead back from a dealer who has not logged a contact with it.

    Returns:
        The dealer who had it.

    Raises:
        StateConflict: it is with no dealer, or the dealer has logged a contact.
    """
    dealer = next((row for row in channel.dealers(records) if row["id"] == channel.number_of(lead, "partner")), None)
    if dealer is None:
        raise StateConflict(str(_("This lead is with none of your dealers.")))
    system = records.system("crm: take a lead back from a dealer")
    filters = {"about": lead["id"], "partner": dealer["id"], "status": "done"}
    if system.query("crm.activity", fields=(), filters=filters, limit=1).rows:
        message = _("%(dealer)s has logged a contact with this lead already. Agree on it with them: %(reach)s")
        reach = dealer.get("email") or dealer.get("phone") or "–"
        raise StateConflict(str(message % {"dealer": channel.name_of(dealer), "reach": reach}))
    system.update(_LEAD, lead["id"], {"partner": channel.number_of(dealer, "partner")}, version=None)
    return dealer


def _firm(records: Records, lead: Row) -> Row:
    given = channel.number_of(lead, "partner")
    if given is None:
        raise StateConflict(str(_("This lead is with you no longer.")))
    return channel.firm_for(records, given)
