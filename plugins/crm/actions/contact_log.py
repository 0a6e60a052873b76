"""Logging a contact on an account, a contact, an opportunity or a lead; the work is in ``services.contact_log``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.services import contact_log

_ = translator("crm")

__all__ = ["ACTIONS", "DIALOG"]

#: The page that asks for the input.
DIALOG = "crm.log_contact"

FIELDS = {
    "kind": field.choice(_("Kind"), words.ACTIVITY_KIND, required=True, default="call"),
    "people": field.text(_("With"), max_length=400, help=_("Numbers of the contacts spoken to, with commas between.")),
    "at": field.datetime(_("When"), help=_("Now, when left out.")),
    "minutes": field.integer(_("Minutes"), minimum=0, maximum=24 * 60),
    "note": field.multiline(_("Note")),
    "outcome": field.choice(_("Outcome"), words.CONTACT_OUTCOME),
    "shared": field.boolean(_("Share with the customer")),
    "next_step": field.text(_("Next step"), max_length=200),
    "next_on": field.date(_("Next step on")),
    "next_who": field.user(_("Who does it")),
}


def log_contact(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Write down a contact and plan the next step."""
    contact_log.log_contact(context.records, record, data)
    return ActionResult(message=_("Contact logged"))


ACTIONS = [
    Action(
        "log_contact", entity, _("Log contact"), log_contact, fields=FIELDS, icon="message-plus",
        primary=entity in ("crm.account", "crm.contact", "crm.lead"), order=10 if entity != "crm.opportunity" else 15,
        dialog=DIALOG, shortcut="L", quiet=True,
    )
    for entity in ("crm.account", "crm.contact", "crm.opportunity", "crm.lead")
]  # fmt: skip
