"""Asking for a customer that somebody else has or a partner is protected for, and what a manager decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import (
    Denied,
    Records,
    Row,
    ValidationFailed,
    directory,
    in_script,
    notify,
    register_notice,
    share_record,
    translator,
)
from weft.plugins.crm.grants import MANAGER
from weft.plugins.crm.services import collision, ownership

_ = translator("crm")

__all__ = ["ask", "grant", "join", "refuse"]

ASKED, GRANTED, JOINT, REFUSED = "crm.asked", "crm.request_granted", "crm.request_joint", "crm.request_refused"
YOUR_CONTACT = "crm.partner_contact"
register_notice(ASKED, _("%(who)s asks for the customer %(record)s"))
register_notice(GRANTED, _("%(who)s gave you the customer you asked for: %(record)s"))
register_notice(JOINT, _("%(who)s decided: you and the partner work on %(record)s together"))
register_notice(REFUSED, _("%(who)s refused your request for %(record)s"))
register_notice(YOUR_CONTACT, _("Your contact for %(subject)s is %(person)s"))


def ask(records: Records, values: Mapping[str, Any], reason: str = "") -> Row | None:
    """Send a request for the customer that somebody typed to the manager who decides.

    What is asked for is looked up again from what was typed: nobody names a record they do not see.

    Args:
        records: unit of the person who asks.
        values: ``name`` and what else was typed, and ``_entity``, the kind of form.
        reason: why, in the person's words.

    Returns:
        The request; None when one is open already.

    Raises:
        ValidationFailed: nobody has such a customer.
    """
    entity = values.get("_entity") if values.get("_entity") in ("crm.account", "crm.lead") else "crm.account"
    one = collision.probe(records, str(entity), values)
    today = records.now.astimezone(records.zone).date()
    (shields,), (accounts,) = (
        (collision.find(records, other, [one]) if one else [[]]) for other in ("crm.registration", "crm.account")
    )
    live = collision.protected((hit.row for hit in shields), today)
    account = live[0]["account"].id if live and live[0].get("account") else accounts[0].row["id"] if accounts else None
    registration = live[0]["id"] if live else None
    if account is None and registration is None:
        raise ValidationFailed.single("name", "unknown", _("Nobody has this customer. Just save it."))
    system = records.system("crm: request for a customer")
    what = {"account": account} if account is not None else {"registration": registration}
    me = records.principal.user_id
    if system.query("crm.customer_request", fields=(), filters={"owner": me, "status": "open", **what}, limit=1).rows:
        return None
    subject = str(values.get("name") or values.get("company") or values.get("phone") or "")[:200]
    row = system.create(
        "crm.customer_request",
        {"subject": subject or "–", "account": account, "registration": registration, "reason": reason or None},
        owner=me,
    )
    manager = collision.decider(records)
    if manager is not None:
        notify(records, [manager.id], ASKED, row["id"], at_sign_in=True)
    return row


def _require_manager(records: Records) -> None:
    if MANAGER not in records.principal.roles and records.principal.kind != "system":
        raise Denied(str(_("A sales manager decides on requests for customers.")), rule="crm.customer_request")


def grant(records: Records, request: Row) -> None:
    """Give the customer to the person who asked; one that was only registered becomes an account first."""
    _require_manager(records)
    owner, account = _owner(request), _account(records, request)
    ownership.hand_to(records, [account], owner, reason=str(_("Asked for it")))
    _tell(records, request, GRANTED, account)


def join(records: Records, request: Row) -> None:
    """The partner or owner keeps the customer, the person who asked reads it and supports."""
    _require_manager(records)
    owner, account = _owner(request), _account(records, request)
    system = records.system("crm: joint work on a customer")
    share_record(system, account, user=owner, level="read")
    registration = request.get("registration")
    if registration is not None:
        row = system.get("crm.registration", registration.id)
        if system.get("crm.account", account, fields=("partner",)).get("partner") is None:
            # From now on it is a customer of the partner, who logs contacts with it.
            system.update("crm.account", account, {"partner": row["partner"].id}, version=None)
        person = directory.persons(records, [owner])[owner]
        words = str(_("Contact: %(person)s")) % {"person": in_script(person.name, person.name_alt)[0]}
        if row["status"] == "registered":
            system.act("crm.registration.share_it", row["id"], {"decision": words})
        _tell_partner(records, row, person)
    _tell(records, request, JOINT, account)


def refuse(records: Records, request: Row, answer: str) -> None:
    """Say no, in words."""
    _require_manager(records)
    records.update("crm.customer_request", request["id"], {"answer": answer}, version=None)
    _tell(records, request, REFUSED, request["id"])


def _tell(records: Records, request: Row, kind: str, record_id: int) -> None:
    notify(records, [_owner(request)], kind, record_id, at_sign_in=True)


def _tell_partner(records: Records, registration: Row, person: Any) -> None:
    """People of the partner learn whom to talk to; the notice names no record, for they may not read this one."""
    partner = registration["partner"].id
    people = directory.standing_for(records, [partner]).get(partner, [])
    data = {"person": in_script(person.name, person.name_alt)[0], "subject": registration["name"]}
    notify(records, people, YOUR_CONTACT, None, data)


def _owner(request: Row) -> int:
    owner = request.get("owner")
    if owner is None:
        raise ValidationFailed.single("owner", "required", _("Nobody asks any more."))
    return int(owner.id)


def _account(records: Records, request: Row) -> int:
    if request.get("account") is not None:
        return int(request["account"].id)
    system = records.system("crm: account of a registered customer")
    registration = request.get("registration")
    row = system.get("crm.registration", registration.id) if registration is not None else request
    if row.get("account") is not None:
        return int(row["account"].id)
    values = {name: row[name] for name in ("phone", "website") if row.get(name)}
    # Who only supports does not own it: the colleague of the partner does until the manager gives it to somebody.
    owner = row["owner"].id if registration is not None and row.get("owner") else _owner(request)
    made = system.create("crm.account", {"name": row.get("name") or request["subject"], **values}, owner=owner)
    if registration is not None:
        system.update("crm.registration", row["id"], {"account": made["id"]}, version=None)
    system.update("crm.customer_request", request["id"], {"account": made["id"]}, version=None)
    return int(made["id"])
