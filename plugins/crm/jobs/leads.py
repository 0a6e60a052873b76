"""Background work of leads: give what came in by the rules, note first contacts, take back what no partner answered."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Job, NotFound, Subscriber, timedelta, translator
from weft.plugins.crm.services import allocation, leads
from weft.plugins.crm.services.life import CONTACT_KINDS

_ = translator("crm")


def lead_came_in(context: Any, event: dict[str, Any]) -> None:
    """Give a lead that nobody owns by the rules, or tell the managers that it waits; harmless when run again."""
    with context.records() as records:
        try:
            row = records.get("crm.lead", event["record"], fields=("owner", "unit", "partner", "status"), trash=False)
        except NotFound:
            return
        if row.get("owner") or row.get("partner") or row["status"] != "new" or _told(event):
            return
        decisions = allocation.by_rules(records, "crm.lead", [row["id"]], lock=True)
        if not allocation.give(records, "crm.lead", decisions):
            allocation.wait_unassigned(records, row["id"], brought_by=event.get("user"))


def _told(event: dict[str, Any]) -> bool:
    """A lead of a public form was given, or told of, when it came in."""
    return "form" in (event.get("changes") or {})


def contact_logged(context: Any, event: dict[str, Any]) -> None:
    """A contact with the people of a lead, or with the customer it is of, takes it into work, however written down."""
    with context.records() as records:
        try:
            row = records.get(
                "crm.activity", event["record"], fields=("about", "account", "kind", "status", "at"), trash=False
            )
        except NotFound:
            return
        if row["status"] != "done":
            return
        about, account, at = row.get("about"), row.get("account"), row.get("at") or records.now
        if about is not None and about.type == "crm.lead":
            leads.touched(records, [about.id], at)
        if account is not None and row["kind"] in CONTACT_KINDS:
            leads.with_customers(records, [account.id], at)


def take_back_unanswered(context: Any, payload: Any) -> None:
    """Leads whose partner did not answer in time wait for somebody again."""
    with context.records() as records:
        while leads.take_back_unanswered(records):
            pass


JOBS: list[Any] = [
    Job("crm.lead_answers", _("Take back leads that no partner answered"), take_back_unanswered,
        every=timedelta(minutes=30)),
]  # fmt: skip
SUBSCRIBERS: list[Any] = [
    Subscriber("crm.lead.created", lead_came_in, key="crm.lead_came_in", label=_("Allocate new leads")),
    Subscriber("crm.activity.created", contact_logged, key="crm.lead_contact", label=_("Note first contacts of leads")),
    Subscriber("crm.activity.updated", contact_logged, key="crm.lead_contact_later",
               label=_("Note first contacts of leads")),
    Subscriber("crm.activity.finish", contact_logged, key="crm.lead_contact_done",
               label=_("Note first contacts of leads")),
]  # fmt: skip
