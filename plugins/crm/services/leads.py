"""What the CRM does with leads: note the first contact, take one, take back what no partner answered.

Writes only through the :class:`~weft.core.sdk.Records` it is given; never commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from weft.core.sdk import Records, Row, StateConflict, directory, notify, register_notice, translator
from weft.plugins.crm.grants import MANAGER

_ = translator("crm")

__all__ = ["take", "take_back_unanswered", "touched", "with_customers"]

register_notice("crm.lead_unanswered", _("%(partner)s did not answer in time: the lead %(record)s waits again"))


def touched(records: Records, leads: Iterable[int], at: datetime) -> None:
    """Somebody spoke to the people of these leads: they are in work and wait for no first contact.

    Args:
        records: any writing unit.
        leads: ids of leads; what has ended stays as it is.
        at: moment of the contact, aware.
    """
    wanted = sorted(set(leads))
    if not wanted:
        return
    system = records.system("crm: first contact with a lead")
    fields = ("status", "first_contact_at", "awaits_contact")
    page = system.query(
        "crm.lead", fields=fields, filters={"id__in": wanted, "status__in": ["new", "working"]}, limit=200
    )
    for row in page.rows:
        first = row.get("first_contact_at")
        values: dict[str, Any] = {}
        if row["status"] == "new":
            values["status"] = "working"
        if row.get("awaits_contact"):
            values["awaits_contact"] = False
        if first is None or at < first:
            values["first_contact_at"] = at
        if values:
            system.update("crm.lead", row["id"], values, version=None)


def with_customers(records: Records, accounts: Iterable[int], at: datetime) -> None:
    """Somebody spoke to these customers: their open leads are in work, those of the same owner.

    A lead of a colleague stays as it is: what they were given waits for them.

    Args:
        records: any writing unit.
        accounts: ids of customers.
        at: moment of the contact, aware.
    """
    wanted = sorted(set(accounts))
    if not wanted:
        return
    system = records.system("crm: leads of a customer")
    fields = ("owner", "account", "assigned_at")
    filters = {"account__in": wanted, "status": "new", "owner__isnull": False}
    rows = system.query("crm.lead", fields=fields, filters=filters, include=("account",), limit=200).rows
    touched(records, [row["id"] for row in rows if _same_owner(row) and _given_before(row, at)], at)


def _same_owner(lead: Row) -> bool:
    account = lead["account"].row
    return account is not None and account.get("owner") is not None and account["owner"].id == lead["owner"].id


def _given_before(lead: Row, at: datetime) -> bool:
    """A contact noted later than it was does not answer a lead that came after it."""
    return lead.get("assigned_at") is None or at >= lead["assigned_at"]


def take(records: Records, lead: Row) -> None:
    """Give an unassigned lead of one's unit to oneself; the right to it was decided by the grant of the action.

    Raises:
        StateConflict: somebody has it by now.
    """
    if lead.get("owner"):
        raise StateConflict(str(_("Somebody has taken this lead already.")))
    me = records.principal.user_id
    system = records.system("crm: take a lead")
    system.update("crm.lead", lead["id"], {"assigned_by": me}, version=lead.get("version"))
    system.assign("crm.lead", lead["id"], owner=me)
    system.update("crm.lead", lead["id"], {"awaits_contact": True, "assigned_by": me}, version=None)


def take_back_unanswered(records: Records) -> int:
    """Let leads wait unassigned again whose partner did not answer by the time given; returns how many, at most 200.

    Args:
        records: unit of the platform.
    """
    filters = {"partner__isnull": "false", "status": "new", "owner": "none", "answer_by__lt": records.now}
    rows = records.query("crm.lead", fields=("partner",), filters=filters, sort="answer_by", limit=200).rows
    if not rows:
        return 0
    ids = [row["id"] for row in rows]
    records.bulk("crm.lead", "update", ids, {"partner": None, "answer_by": None}, expected=len(ids))
    managers = directory.holders(records, MANAGER)
    for row in rows:
        notify(records, managers, "crm.lead_unanswered", row["id"], {"partner": row["partner"].title})
    return len(ids)
