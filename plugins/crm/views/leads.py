"""Lists, pages and menu entries of leads."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import (
    HttpRoute,
    ListView,
    NavEntry,
    NewEntry,
    RecordPage,
    Row,
    Slot,
    Story,
    current_locale,
    in_script,
    path,
    translator,
)
from weft.plugins.crm.views import lead_convert

_ = translator("crm")

_LEAD = "crm.lead"


def lead_page(view: Any, record: Row) -> dict[str, Any]:
    """Partners see until when to answer and who has the lead, in place of facts of the company."""
    if view.principal.internal:
        return {}
    facts: list[dict[str, Any]] = []
    if record.get("status") == "new":
        facts.append({"label": str(_("Answer by")), "kind": "datetime", "v": record.get("answer_by"), "wide": True})
    for name, label in (("partner", _("Given to")), ("product", _("Product")), ("account", _("Account")),
                        ("opportunity", _("Opportunity"))):  # fmt: skip
        ref = record.get(name)
        if ref is not None and not ref.restricted:
            title = in_script(ref.title, ref.alt, current_locale())[0]
            shown = {"title": title, "url": view.url(ref.type, ref.id)}
            facts.append({"label": str(label), "kind": "reference", "v": shown})
    if record.get("accepted_at") is not None:
        facts.append({"label": str(_("Accepted")), "kind": "reldate", "v": record["accepted_at"]})
    return {"facts": facts}


VIEWS = [
    ListView("crm.leads_open", _LEAD, _("Open"), {"status__in": "new,working"}, order=10),
    ListView("crm.leads_unassigned", _LEAD, _("Unassigned"),
             {"status__in": "new,working", "owner": "none", "partner__isnull": "true"},
             ("name", "company", "source", "territory", "need", "created_at"), order=20),
    ListView("crm.leads_mine", _LEAD, _("Mine"), {"status__in": "new,working", "owner": "me"}, order=30),
    ListView("crm.leads_week", _LEAD, _("New this week"), {"created_at__gte": "today-7"}, order=40),
    ListView("crm.leads_board", _LEAD, _("Board"), {}, layout="board", board="status", order=50),
    ListView("crm.leads_converted", _LEAD, _("Converted"), {"status": "converted"},
             ("name", "company", "account", "opportunity", "owner", "converted_at"), sort="-converted_at", order=60),
    ListView("crm.leads_closed", _LEAD, _("Closed"), {"status": "closed"},
             ("name", "company", "close_reason", "owner", "updated_at"), sort="-updated_at", order=70),
]  # fmt: skip

NAVIGATION: list[Any] = [
    NavEntry("crm.nav_leads", "customers", _("Leads"), entity=_LEAD, order=10),
    NewEntry(_LEAD, _("Lead"), order=15),
]

RECORD_PAGES = [
    RecordPage(
        _LEAD,
        context=lead_page,
        story=Story(("create", "assign", "convert"), (path("crm.lead_account"),)),
        facts=("owner", "partner", "source", "assigned_at", "first_contact_at", "account", "opportunity"),
        sections=[
            (_("Who"), ("name", "company", "person", "position")),
            (_("Reach"), ("email", "phone", "wechat", "website", "address")),
            (_("Need"), ("need", "product", "industry", "territory")),
            (_("Where it came from"), ("source", "form", "page_url", "language")),
            (_("Consent"), ("consent", "consent_on", "consent_text")),
            (_("Given to"), ("partner", "answer_by", "accepted_at", "declined_by", "decline_reason", "assigned_at",
                             "assigned_by")),
            (_("What came of it"), ("account", "contact", "opportunity", "converted_at", "close_reason")),
        ],
        new=("name", "company", "person", "position", "email", "phone", "wechat", "website", "address", "need",
             "product", "source", "industry", "territory", "language", "consent"),
    ),
]  # fmt: skip

SLOTS: list[Slot] = []
ROUTES: list[HttpRoute] = [*lead_convert.ROUTES]
