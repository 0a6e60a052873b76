"""Named operations of allocation, as programs send them; people use the dialog. The work is in ``services``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, ValidationFailed, field, translator
from weft.plugins.crm.services import allocation as services

_ = translator("crm")


def allocate(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Give one lead or customer to a person, a unit or a partner; to nobody named: by the rules."""
    entity = record["type"]
    named = {name: data[name] for name in ("person", "unit", "partner") if data.get(name)}
    if len(named) > 1:
        raise ValidationFailed.single("person", "several", _("Name one person, one unit or one partner."))
    if named:
        decisions = [services.Decision(record["id"], services.Target(**named))]
    else:
        decisions = services.by_rules(context.records, entity, [record["id"]], lock=True)
    if not services.give(context.records, entity, decisions):
        raise ValidationFailed.single("person", "no_rule", _("No allocation rule fits. Name who gets it."))
    return ActionResult(record["id"], message=_("Allocated"))


def _action(entity: str, dialog: str) -> Action:
    fields: dict[str, Any] = {
        "person": field.user(_("Person"), help=_("Nobody named: the allocation rules decide.")),
        "unit": field.unit(_("Unit")),
        "partner": field.reference(
            _("Distributor or agent"), to="crm.account", relation="crm.lead_partner",
            inverse=("crm.partner_of_lead", _("Leads given")),
        ),
    }  # fmt: skip
    return Action(
        "allocate", entity, _("Allocate"), allocate, fields=fields, icon="user-share", order=15, bulk=True,
        dialog=dialog, needs="assign",
    )  # fmt: skip


ACTIONS = [
    _action("crm.lead", "crm.allocate_leads"),
    _action("crm.account", "crm.allocate_customers"),
]
