"""Deals of distributors and agents: made from a lead or a registration, reported won or lost, confirmed by a manager.

Writes only through the :class:`~weft.core.sdk.Records` it is given; never commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import (
    Records,
    Row,
    StateConflict,
    ValidationFailed,
    in_script,
    register_notice,
    translator,
)
from weft.plugins.crm.services import channel, channel_checks, collision, conversion, deals

_ = translator("crm")

__all__ = ["confirm_won", "deny_won", "from_lead", "from_registration", "report_lost", "report_won"]

WON, LOST, CONFIRMED, DENIED = (
    "crm.partner_won", "crm.partner_lost", "crm.partner_confirmed", "crm.partner_denied",
)  # fmt: skip
register_notice(WON, _("%(partner)s reports %(record)s won: please confirm"), headline=_("To confirm"))
register_notice(LOST, _("%(partner)s reports %(record)s lost"))
register_notice(CONFIRMED, _("%(who)s confirmed that %(record)s is won"))
register_notice(DENIED, _("%(who)s does not confirm that %(record)s is won: %(reason)s"))

_DEAL, _LINE = "crm.opportunity", "crm.deal_line"


# ---- how a deal begins


def from_lead(records: Records, lead: Row, data: Mapping[str, Any]) -> int:
    """Make a deal from a lead of the own firm: its customer, its person, the deal and one line; returns the deal's id.

    Args:
        records: unit of the person.
        lead: as the platform reads it.
        data: ``name``, ``product`` with ``quantity`` or else ``amount``, ``expected_close``, all optional.

    Raises:
        ValidationFailed: the firm is served by somebody else.
    """
    firm = channel.firm_for(records, channel.number_of(lead, "partner"))
    account = _customer(records, firm, lead, channel.number_of(lead, "account"))
    contact = _person(records, firm, account, lead)
    deal = _deal(records, account, contact, str(lead.get("company") or lead["name"]), data)
    values = {
        "account": account, "contact": contact, "opportunity": deal, "converted_at": records.now, "status": "converted",
        "accepted_at": lead.get("accepted_at") or records.now, "answer_by": None,
    }  # fmt: skip
    system = records.system("crm: convert a lead of a partner")
    system.update("crm.lead", lead["id"], values, version=None)
    conversion.bring_along(system, lead["id"], account)
    return deal


def from_registration(records: Records, registration: Row, data: Mapping[str, Any]) -> int:
    """Make the deal that was announced by a registration; returns its id.

    Args:
        records: unit of the person.
        registration: as the platform reads it.
        data: as for :func:`from_lead`; amount and month of the registration stand in for what is left out.

    Raises:
        StateConflict: there is a deal already.
        ValidationFailed: the firm is served by somebody else.
    """
    if registration.get("opportunity") is not None:
        raise StateConflict(str(_("There is a deal of this registration already.")))
    firm = channel.firm_for(records, channel.number_of(registration, "partner"))
    account = _customer(records, firm, registration, channel.number_of(registration, "account"))
    contact = _person(records, firm, account, registration)
    given = dict(data)
    given["expected_close"] = given.get("expected_close") or registration.get("expected_on")
    if not given.get("product") and not given.get("amount"):
        given["amount"] = registration.get("amount")
    deal = _deal(records, account, contact, str(registration["name"]), given)
    records.system("crm: deal of a registration").update(
        "crm.registration", registration["id"], {"account": account, "opportunity": deal}, version=None
    )
    return deal


def _customer(records: Records, firm: Row, source: Row, known: int | None) -> int:
    """The customer the deal is with: the one named, one of the firm that means the same, or a new one of the firm.

    An account that nobody serves stays as it is, and stays hidden: the firm gets a customer of its own, and who decides
    finds the two among the duplicates.
    """
    system = records.system("crm: customer of a partner")
    theirs = frozenset(row["id"] for row in [*channel.firms(records), *channel.dealers(records)])
    name = str(source.get("company") or source["name"]).strip()
    party = {"name": name, **{key: source.get(key) for key in ("phone", "website", "email")}}
    if known is None:
        (hits,) = collision.find(records, "crm.account", [collision.probe(records, "crm.account", party)])
        served = channel_checks.in_hands(records, hits, theirs)
        known = served[0].row["id"] if served else None
    if known is not None:
        row = system.get("crm.account", known, fields=("partner",))
        if channel.number_of(row, "partner") not in theirs:
            raise ValidationFailed.single("name", "served", channel_checks.served(records))
        return known
    values = {
        **party, "role": ["customer"], "partner": firm["id"], "address": source.get("address"),
        "industry": channel.number_of(source, "industry"), "territory": channel.number_of(source, "territory"),
        "source": channel.number_of(source, "source"),
    }  # fmt: skip
    filled = {key: value for key, value in values.items() if value}
    owner = channel.responsible(records, firm["id"])
    return int(system.create("crm.account", filled, owner=owner)["id"])


def _person(records: Records, firm: Row, account: int, source: Row) -> int | None:
    found = conversion.known_person(records, account, source)
    if found is not None or not source.get("person"):
        return found
    values = {
        "name": source["person"], "account": account, "position": source.get("position"), "email": source.get("email"),
        "mobile": source.get("phone"), "wechat": source.get("wechat"),
    }  # fmt: skip
    filled = {key: value for key, value in values.items() if value}
    owner = channel.responsible(records, firm["id"])
    return int(records.system("crm: person of a partner's customer").create("crm.contact", filled, owner=owner)["id"])


def _deal(records: Records, account: int, contact: int | None, name: str, data: Mapping[str, Any]) -> int:
    stage = deals.first_stage(records.system("crm: first stage"))
    if stage is None:
        raise ValidationFailed.single("name", "stage", _("There is no open stage. Ask your contact."))
    product = channel.number_of(data, "product")
    values = {
        "name": data.get("name") or name, "account": account, "contact": contact, "stage": stage,
        "expected_close": data.get("expected_close"), "amount": None if product else data.get("amount"),
    }  # fmt: skip
    deal = records.create(_DEAL, {key: value for key, value in values.items() if value is not None})["id"]
    if product:
        row = records.get("crm.product", product, fields=("code", "name", "name_alt"))
        words = f"{row['code']} {in_script(row['name'], row.get('name_alt'))[0]}"
        line = {"opportunity": deal, "product": product, "description": words, "quantity": data.get("quantity") or 1}
        records.create(_LINE, line)
    return int(deal)


# ---- how it ends


def report_won(records: Records, deal: Row, data: Mapping[str, Any]) -> None:
    """Say that a deal is won; it stays open, and counts for nobody, until a manager confirms it.

    Raises:
        StateConflict: it was reported already.
    """
    if deal.get("reported_on") is not None:
        raise StateConflict(str(_("You reported this deal won already; a sales manager will confirm it.")))
    firm = channel.firm_for(records, channel.number_of(deal, "partner"))
    day = data.get("closed_on") or records.now.astimezone(records.zone).date()
    records.system("crm: a partner reports a deal won").update(_DEAL, deal["id"], {"reported_on": day}, version=None)
    channel.tell_company(records, firm["id"], WON, deal["id"], {"partner": channel.name_of(firm)})


def confirm_won(records: Records, deal: Row) -> None:
    """The deal counts from the day on which it was reported won; its registration is won too."""
    day = deal.get("reported_on") or records.now.astimezone(records.zone).date()
    records.act("crm.opportunity.win", deal["id"], {"closed_on": day})
    system = records.system("crm: registration of a won deal")
    filters = {"opportunity": deal["id"], "status__in": ["registered", "joint"]}
    for row in system.query("crm.registration", fields=(), filters=filters, limit=10).rows:
        system.act("crm.registration.win", row["id"], {})
    _tell_partner(records, deal, CONFIRMED, {})


def deny_won(records: Records, deal: Row, reason: str) -> None:
    """The deal goes on; its partner learns why."""
    records.system("crm: a deal is not won").update(_DEAL, deal["id"], {"reported_on": None}, version=None)
    _tell_partner(records, deal, DENIED, {"reason": reason})


def report_lost(records: Records, deal: Row, data: Mapping[str, Any]) -> None:
    """The deal is over: the reason is kept, the company knows."""
    firm = channel.firm_for(records, channel.number_of(deal, "partner"))
    system = records.system("crm: a partner reports a deal lost")
    system.update(_DEAL, deal["id"], {"outcome": "lost", "reported_on": None}, version=None)
    deals.close_deal(system, deal["id"], "lost", data)
    channel.tell_company(records, firm["id"], LOST, deal["id"], {"partner": channel.name_of(firm)})


def _tell_partner(records: Records, deal: Row, kind: str, data: Mapping[str, Any]) -> None:
    firm = channel.number_of(deal, "partner")
    if firm is not None:
        channel.tell_firms(records, kind, {firm: [deal["id"]]}, data=data)
