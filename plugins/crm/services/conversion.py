"""Turning a lead into a customer: which customer and which person it is already, and what is made of it.

Writes only through the :class:`~weft.core.sdk.Records` it is given; never commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weft.core.sdk import FormWarning, Records, Row, ValidationFailed, all_of, any_of, translator
from weft.plugins.crm.services import collision, deals, keys

_ = translator("crm")

__all__ = ["Known", "Outcome", "bring_along", "convert", "known", "known_person", "says"]

_MOST_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Known:
    """The customer a lead already is.

    Attributes:
        account: its id.
        readable: the person who asks may read it; otherwise nothing of it may be told but what :func:`says` tells.
        reasons: what agrees, in words; empty when the lead names the account itself.
        contact: id of the lead's person among its people, None when there is none.
    """

    account: int
    readable: bool
    reasons: str = ""
    contact: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a lead became; ``made`` says that the account is new."""

    account: int
    contact: int | None
    opportunity: int | None
    made: bool


# ---- which customer it already is


def known(records: Records, lead: Mapping[str, Any]) -> Known | None:
    """The customer that a lead already is: the one it names, else one with the same name, telephone, domain or mail.

    Names agree without their legal form and region. Looks beyond what the person may read; of several the first one
    they may read counts, else the one that agrees in most.
    """
    named = lead.get("account")
    if named is not None and not named.restricted:
        return Known(named.id, True, "", known_person(records, named.id, lead))
    party = _party(lead)
    (hits,) = collision.find(records, "crm.account", [collision.probe(records, "crm.account", party)])
    found = hits or _same_mail(records, party)
    if not found:
        return None
    titles = records.titles([hit.row["id"] for hit in found])
    first = next((hit for hit in found if _readable(titles, hit.row["id"])), None)
    if first is None:
        return Known(found[0].row["id"], False)
    number = int(first.row["id"])
    return Known(number, True, collision.reasons(first), known_person(records, number, lead))


def _readable(titles: Mapping[int, Any], number: int) -> bool:
    return number in titles and not titles[number].restricted


def _party(lead: Mapping[str, Any]) -> dict[str, Any]:
    """The firm of a lead as an account would be entered."""
    given = {name: lead.get(name) for name in ("phone", "website", "email")}
    return {"name": str(lead.get("company") or lead.get("name") or "").strip(), **given}


def _same_mail(records: Records, party: Mapping[str, Any]) -> list[collision.Found]:
    """Accounts with the very address; a domain of its own was compared already."""
    if not party["email"]:
        return []
    page = records.system("crm: collision").query(
        "crm.account", fields=("name", "owner"), filters={"email": party["email"]}, sort="id", limit=10
    )
    return [collision.Found(row, ("email",)) for row in page.rows]


def known_person(records: Records, account: int, lead: Mapping[str, Any]) -> int | None:
    """The person of the lead among the people of an account: by mail, else by name."""
    mail, name = str(lead.get("email") or "").strip(), keys.person_key(lead.get("person"))
    same = ({"email": mail} if mail else {}) | ({"match_name": name} if name else {})
    if not same:
        return None
    rows = records.system("crm: find the person of a lead").query(
        "crm.contact", fields=("email",), filters=all_of(any_of(**same), account=account), sort="id", limit=_MOST_PEOPLE
    ).rows  # fmt: skip
    first = next((row for row in rows if mail and str(row.get("email") or "").casefold() == mail.casefold()), None)
    return int((first or rows[0])["id"]) if rows else None


def says(records: Records, lead: Mapping[str, Any]) -> Sequence[FormWarning]:
    """What to tell before the firm of a lead is made a customer: who has it, for whom it is protected, whom to ask."""
    (told,) = collision.warnings(records, "crm.account", [_party(lead)], lead.get("id"))
    return [one for one in told if one.entity != "crm.lead"]


# ---- converting


def convert(records: Records, lead: Row, data: Mapping[str, Any]) -> Outcome:
    """Turn a lead into a customer with its contact, and into a deal if wished; one change set.

    Args:
        records: unit of who converts.
        lead: the lead, as read.
        data: ``account`` and ``contact`` (ids of existing ones, otherwise they are found or made), ``apart`` (make a
            new account although one looks the same), ``deal`` (make one), ``deal_name``, ``amount``,
            ``expected_close``.

    Raises:
        ValidationFailed: the firm is a customer of somebody else already, the account cannot be read, or the contact
            works for another one.
    """
    account, made = _account(records, lead, data)
    contact = _contact(records, lead, account, data.get("contact"))
    deal = _deal(records, lead, account, contact, data) if data.get("deal") else None
    values = {
        "account": account, "contact": contact, "opportunity": deal, "converted_at": records.now,
        "awaits_contact": False,
    }  # fmt: skip
    system = records.system("crm: convert a lead")
    system.update("crm.lead", lead["id"], values, version=None)
    bring_along(system, lead["id"], account)
    return Outcome(account, contact, deal, made)


def _account(records: Records, lead: Row, data: Mapping[str, Any]) -> tuple[int, bool]:
    if data.get("account"):
        return _chosen(records, "crm.account", data["account"]), False
    found = known(records, lead)
    if found is not None and not found.readable:
        told = says(records, lead)
        text = told[0].text if told else _("This firm is a customer already and belongs to somebody else.")
        raise ValidationFailed.single("account", "known", text)
    if found is not None and not data.get("apart"):
        return found.account, False
    owner = lead["owner"].id if lead.get("owner") else None
    values = {
        "name": lead.get("company") or lead["name"], "role": ["customer"], "source": _id(lead, "source"),
        "industry": _id(lead, "industry"), "territory": _id(lead, "territory"), "phone": lead.get("phone"),
        "email": lead.get("email"), "website": lead.get("website"), "address": lead.get("address"),
    }  # fmt: skip
    row = records.create("crm.account", {name: value for name, value in values.items() if value}, owner=owner)
    return int(row["id"]), True


def _chosen(records: Records, entity: str, value: Any) -> int:
    """An id that the person may read."""
    number = int(getattr(value, "id", value))
    title = records.titles([number]).get(number)
    if title is None or title.restricted or title.type != entity:
        field = entity.partition(".")[2]
        raise ValidationFailed.single(field, "reference", _("This record does not exist or is not shared with you."))
    return number


def _contact(records: Records, lead: Row, account: int, chosen: Any) -> int | None:
    if chosen:
        number = _chosen(records, "crm.contact", chosen)
        employer = records.get("crm.contact", number, fields=("account",)).get("account")
        if employer is None or employer.id != account:
            raise ValidationFailed.single("contact", "employer", _("This person works for another firm."))
        return number
    found = known_person(records, account, lead)
    if found is not None or not lead.get("person"):
        return found
    values = {
        "name": lead["person"], "account": account, "position": lead.get("position"), "email": lead.get("email"),
        "mobile": lead.get("phone"), "wechat": lead.get("wechat"), "preferred_language": lead.get("language"),
        "consent": lead.get("consent"), "consent_on": lead.get("consent_on"),
    }  # fmt: skip
    owner = lead["owner"].id if lead.get("owner") else None
    row = records.create("crm.contact", {name: value for name, value in values.items() if value}, owner=owner)
    return int(row["id"])


def _deal(records: Records, lead: Row, account: int, contact: int | None, data: Mapping[str, Any]) -> int:
    stage = deals.first_stage(records.system("crm: first stage"))
    if stage is None:
        raise ValidationFailed.single("deal", "stage", _("There is no open stage. An administrator can add one."))
    values = {
        "name": data.get("deal_name") or lead.get("company") or lead["name"], "account": account, "contact": contact,
        "stage": stage, "source": _id(lead, "source"), "amount": data.get("amount"),
        "expected_close": data.get("expected_close"), "note": lead.get("need"),
    }  # fmt: skip
    owner = lead["owner"].id if lead.get("owner") else None
    row = records.create("crm.opportunity", {name: value for name, value in values.items() if value}, owner=owner)
    return int(row["id"])


def bring_along(system: Records, lead: int, account: int) -> None:
    """What was said to the lead stands on the timeline of the customer too."""
    cursor: str | None = None
    ids: list[int] = []
    while True:
        page = system.query(
            "crm.activity", fields=(), filters={"about": lead, "account__isnull": True}, limit=200, cursor=cursor
        )
        ids += [row["id"] for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    if ids:
        system.bulk("crm.activity", "update", ids, {"account": account}, expected=len(ids))


def _id(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    return value.id if value is not None else None
