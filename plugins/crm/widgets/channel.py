"""Tiles of the portal of distributors and agents, and what their reports ask of a manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Widget, current_locale, in_script, translator
from weft.plugins.crm.grants import CONTACT_LOG, MANAGER, PARTNER
from weft.plugins.crm.views.channel import TO_ANSWER, customer_row, lead_rows, owed

_ = translator("crm")

_DEAL, _REGISTRATION, _ACCOUNT = "crm.opportunity", "crm.registration", "crm.account"
_OPEN: Mapping[str, str] = {"outcome": "open"}
_LIVE: Mapping[str, str] = {"status__in": "registered,joint"}
_REPORTED: Mapping[str, str] = {"outcome": "open", "reported_on__isnull": "false"}
_PORTAL = "distributor"


def new_leads(view: Any) -> dict[str, Any]:
    """Leads that wait for an answer, the most urgent first."""
    fields = ("name", "person", "need", "answer_by", "partner", "status")
    page = view.records.query("crm.lead", fields=fields, filters=TO_ANSWER, sort="answer_by", limit=5, count="exact")
    rows = lead_rows(view, page.rows)
    for shown, row in zip(rows, page.rows, strict=True):
        if row.get("answer_by") is not None:
            text = _("answer by %(when)s") % {"when": view.formats.datetime(row["answer_by"])}
            shown["end"] = shown["end"] | {"text": str(text)}
    return {"rows": rows, "count": page.count.value, "period": str(_("to answer"))}


def registered(view: Any) -> dict[str, Any]:
    """Live registrations: state, and until when they protect."""
    fields = ("name", "status", "protected_until")
    page = view.records.query(
        _REGISTRATION, fields=fields, filters=_LIVE, sort="protected_until", limit=5, count="exact"
    )
    labels = view.entity(_REGISTRATION).fields["status"].choices.labels
    rows = []
    for row in page.rows:
        until = view.formats.date(row["protected_until"]) if row.get("protected_until") else ""
        rows.append({
            "title": row["name"], "url": view.url(_REGISTRATION, row["id"]), "sub": str(labels[row["status"]]),
            "end": {"text": str(_("protected until %(day)s") % {"day": until})},
        })  # fmt: skip
    return {"rows": rows, "count": page.count.value, "period": str(_("protected"))}


def pipeline(view: Any) -> dict[str, Any]:
    """Open deals by the day on which they should close."""
    fields = ("name", "stage", "amount", "expected_close")
    page = view.records.query(_DEAL, fields=fields, filters=_OPEN, sort="expected_close", limit=5, count="exact")
    rows = []
    for row in page.rows:
        stage = in_script(row["stage"].title, row["stage"].alt, current_locale())[0] if row.get("stage") else ""
        amount = view.formats.money(row["amount"]) if row.get("amount") else ""
        rows.append({"title": row["name"], "url": view.url(_DEAL, row["id"]), "sub": stage, "end": {"text": amount}})
    return {"rows": rows, "count": page.count.value, "period": str(_("open"))}


def contacts_owed(view: Any) -> dict[str, Any]:
    """Customers of which the firm has recorded no contact."""
    fields = ("name", "name_alt", "partner_contact_at")
    page = view.records.query(_ACCOUNT, fields=fields, filters=owed(view), sort="name", limit=5, count="exact")
    return {"rows": [customer_row(view, row) for row in page.rows], "count": page.count.value,
            "period": str(_("no contact recorded"))}  # fmt: skip


def to_confirm(view: Any) -> dict[str, Any]:
    """Deals that partners report won, the oldest first."""
    fields = ("name", "partner", "amount", "reported_on")
    page = view.records.query(_DEAL, fields=fields, filters=_REPORTED, sort="reported_on", limit=5, count="exact")
    rows = [
        {
            "title": row["name"], "url": view.url(_DEAL, row["id"]),
            "sub": in_script(row["partner"].title, row["partner"].alt, current_locale())[0] if row.get("partner") else "",
            "kind": "money", "v": row.get("amount"),
        }
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value, "period": str(_("now"))}


WIDGETS: list[Any] = [
    Widget("crm.partner_new", _("Newly assigned", "leads of a partner"), "new", "list", new_leads,
           lambda v: v.url("crm.lead", **TO_ANSWER), (PARTNER,), _PORTAL, width=2, order=20,
           empty=_("No lead waits for your answer. New ones appear here with the day until which to answer.")),
    Widget("crm.partner_owed", _("Contacts owed"), "new", "list", contacts_owed,
           lambda v: v.url(_ACCOUNT, **owed(v)), (CONTACT_LOG,), _PORTAL, width=2, order=30,
           empty=_("A contact is recorded for every customer of yours.")),
    Widget("crm.partner_registered", _("Registrations"), "new", "list", registered,
           lambda v: v.url(_REGISTRATION, **_LIVE), (PARTNER,), _PORTAL, width=2, order=10,
           empty=_("Nothing is registered. Register a deal to be protected for the customer.")),
    Widget("crm.partner_pipeline", _("Pipeline", "deals of a partner"), "figures", "list", pipeline,
           lambda v: v.url(_DEAL, **_OPEN, layout="table", sort="expected_close"), (PARTNER,), _PORTAL, width=2, order=10,
           empty=_("No open deal. Make one from a lead or a registration.")),
    Widget("crm.to_confirm", _("To confirm"), "todo", "list", to_confirm, lambda v: v.url(_DEAL, **_REPORTED), (MANAGER,),
           width=1, order=35, empty=_("When a partner reports a deal won, you confirm it here.")),
]  # fmt: skip
