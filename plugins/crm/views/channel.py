"""The portal of distributors and agents: leads and customers, registrations, pipeline, prices, their dealers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from weft.core.sdk import HttpRoute, ListView, NavEntry, NewEntry, Row, Slot, current_locale, in_script, translator
from weft.core.websdk import View, company_page
from weft.plugins.crm.grants import CONTACT_LOG, PARTNER
from weft.plugins.crm.services import channel

_ = translator("crm")

__all__ = ["CUSTOMERS", "TO_ANSWER", "customer_row", "lead_rows", "owed"]

_LEAD, _ACCOUNT, _DEAL, _REGISTRATION = "crm.lead", "crm.account", "crm.opportunity", "crm.registration"
_PORTAL, _DEALERS = "distributor", "crm.dealers"
_MOST = 12
TO_ANSWER: Mapping[str, str] = {"status": "new"}
_IN_WORK: Mapping[str, str] = {"status": "working"}
CUSTOMERS: Mapping[str, str] = {"role": "customer"}
_LEAD_NAMES = ("name", "company", "person", "need", "answer_by", "accepted_at", "partner", "status")
_CUSTOMER_NAMES = ("name", "name_alt", "partner_contact_at", "partner", "life")


def owed(view: View) -> dict[str, str]:
    """Filter of the own customers of which no contact is recorded."""
    own = [str(row["id"]) for row in channel.firms(view.records)] or ["0"]
    return {"role": "customer", "partner__in": ",".join(own), "partner_contact_at__isnull": "true"}


# ---- leads and customers


def leads_and_customers(view: View) -> Any:
    """What was given to the firm: leads that wait for an answer, leads in work, customers; each leads to its list."""
    panels = []
    if view.may(_LEAD, "read"):
        panels.append(_leads(view, _("To answer"), TO_ANSWER, "answer_by", _("No lead waits for your answer.")))
        panels.append(_leads(view, _("In work"), _IN_WORK, "-accepted_at", _("No lead is in work.")))
    panels.append(_customers(view))
    title = str(_("Leads and customers"))
    return view.render("crm/partner_work.html", page={"title": title}, panels=panels)


def _leads(view: View, title: Any, filters: Mapping[str, str], sort: str, empty: Any) -> dict[str, Any]:
    page = view.records.query(_LEAD, fields=_LEAD_NAMES, filters=filters, sort=sort, limit=_MOST, count="capped")
    return _panel(view, title, view.url(_LEAD, **filters), page, lead_rows(view, page.rows), empty)


def _customers(view: View) -> dict[str, Any]:
    page = view.records.query(
        _ACCOUNT, fields=_CUSTOMER_NAMES, filters=CUSTOMERS, sort="name", limit=_MOST, count="capped"
    )
    rows = [customer_row(view, row) for row in page.rows]
    return _panel(view, _("Customers"), view.url(_ACCOUNT, **CUSTOMERS), page, rows, _("No customer was given to you."))


def _panel(view: View, title: Any, url: str, page: Any, rows: Sequence[dict[str, Any]], empty: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "title": str(title), "url": url, "rows": rows, "rows_two": True, "full": True,
        "count": page.count.value if page.count else len(rows), "empty": {"title": str(empty)},
    }  # fmt: skip
    if rows:
        found["more"] = {"label": str(_("All with search, filter and export")), "url": url}
    return found


def lead_rows(view: View, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Leads: what they need, until when to answer or which dealer has it, and the next step as a button."""
    own = {one["id"] for one in channel.firms(view.records)}
    return [_lead(view, row, own) for row in rows]


def _lead(view: View, row: Row, own: Collection[int]) -> dict[str, Any]:
    new = row["status"] == "new"
    action = "accept" if new else "log_contact"
    declared = view.entity(_LEAD).actions[action]
    button = {
        "label": str(declared.label), "icon": declared.icon, "url": view.url(_LEAD, row["id"], "act", action),
        "opens": "post" if new else "dialog",
    }  # fmt: skip
    return {
        "title": row["name"], "url": view.url(_LEAD, row["id"]), "sub": _below(row, own),
        "end": _answer_by(view, row) if new else {"text": ""}, "action": button,
    }  # fmt: skip


def _below(row: Row, own: Collection[int]) -> str:
    partner = row.get("partner")
    dealer = in_script(partner.title, partner.alt, current_locale())[0] if partner and partner.id not in own else ""
    need = str(row.get("need") or "").strip().splitlines()
    return " · ".join(part for part in (dealer, row.get("person") or "", need[0] if need else "") if part)


def _answer_by(view: View, row: Row) -> dict[str, str]:
    moment = row.get("answer_by")
    if moment is None:
        return {"text": ""}
    tone = "late" if moment <= view.records.now else "soon"
    return {"text": str(_("by %(day)s", "answer") % {"day": view.formats.date(moment)}), "tone": tone}


def customer_row(view: View, row: Row) -> dict[str, Any]:
    """One customer: when the firm last spoke to it, and the button to log a contact."""
    last = row.get("partner_contact_at")
    end = {"text": view.formats.reldate(last)} if last else {"text": str(_("no contact yet")), "tone": "late"}
    title, other = in_script(row["name"], row.get("name_alt"), current_locale())
    return {
        "title": title, "url": view.url(_ACCOUNT, row["id"]), "sub": other or "", "end": end,
        "action": {
            "label": str(_("Log contact")), "icon": "message-plus", "opens": "dialog",
            "url": view.url(_ACCOUNT, row["id"], "act", "log_contact"),
        },
    }  # fmt: skip


# ---- dealers


def dealers_tab(view: View, _record: Any) -> dict[str, str] | None:
    """The tab Dealers of Our company, only for firms that have some."""
    if not view.principal.has_role(PARTNER) or not channel.dealers(view.records):
        return None
    return {"url": f"/{_PORTAL}/crm/dealers"}


def show_dealers(view: View) -> Any:
    """The dealers of the firm with what they have in hand."""
    rows = channel.dealers(view.records)
    ids = [row["id"] for row in rows]
    counts = {
        entity: _by_firm(view, entity, filters, ids)
        for entity, filters in ((_LEAD, {"status__in": "new,working"}), (_DEAL, {"outcome": "open"}))
    }
    shown = []
    for row in rows:
        title, other = in_script(row["name"], row.get("name_alt"), current_locale())
        leads, deals = counts[_LEAD].get(row["id"], 0), counts[_DEAL].get(row["id"], 0)
        text = _("open leads: %(leads)s, open deals: %(deals)s") % {"leads": leads, "deals": deals}
        shown.append(
            {"title": title, "url": view.url(_ACCOUNT, row["id"]), "sub": other or "", "end": {"text": str(text)}}
        )
    panel = {"title": str(_("Dealers")), "count": len(shown), "rows": shown, "rows_two": True, "full": True,
             "empty": {"title": str(_("You have no dealers. Your contact can add them."))}}  # fmt: skip
    work = _leads(view, _("Leads you can give to a dealer"), _own_open(view), "-accepted_at", _("No open lead."))
    return company_page(view, _DEALERS, [{"kind": "panel", "panel": one} for one in (panel, work)])


def _own_open(view: View) -> dict[str, str]:
    own = [str(row["id"]) for row in channel.firms(view.records)]
    return {"status__in": "new,working", "partner__in": ",".join(own)}


def _by_firm(view: View, entity: str, filters: Mapping[str, str], firms: Sequence[int]) -> dict[int, int]:
    if not firms:
        return {}
    lines = view.records.aggregate(entity, group=("partner",), filters={**filters, "partner__in": list(firms)})
    return {line["partner"].id: line["count"] for line in lines if line["partner"]}


VIEWS: list[Any] = [
    ListView("crm.partner_to_answer", _LEAD, _("To answer"), TO_ANSWER, ("name", "person", "need", "answer_by"),
             sort="answer_by", order=10, roles=(PARTNER,)),
    ListView("crm.partner_in_work", _LEAD, _("In work"), _IN_WORK, ("name", "person", "need", "partner", "accepted_at"),
             order=20, roles=(PARTNER,)),
    ListView("crm.partner_leads", _LEAD, _("All"), {}, ("name", "person", "status", "partner", "answer_by"), order=30,
             roles=(PARTNER,)),
    ListView("crm.partner_customers", _ACCOUNT, _("Customers"), CUSTOMERS,
             ("name", "life", "partner", "partner_contact_at", "phone"), page="role=customer", order=10,
             roles=(CONTACT_LOG,)),
    ListView("crm.partner_pipeline", _DEAL, _("Open"), {"outcome": "open"},
             ("name", "account", "stage", "amount", "expected_close", "reported_on", "partner"), layout="board",
             board="stage", order=10, roles=(PARTNER,)),
    ListView("crm.partner_closed", _DEAL, _("Won and lost"), {"outcome__in": "won,lost"},
             ("name", "account", "amount", "outcome", "closed_on", "partner"), sort="-closed_on", order=20,
             roles=(PARTNER,)),
    ListView("crm.partner_protected", _REGISTRATION, _("Protected"), {"status__in": "registered,joint"},
             ("name", "status", "protected_until", "product", "amount", "decision"), sort="protected_until", order=10,
             roles=(PARTNER,)),
    ListView("crm.partner_registrations", _REGISTRATION, _("All"), {},
             ("name", "status", "registered_on", "protected_until", "amount", "decision"), sort="-registered_on",
             order=20, roles=(PARTNER,)),
    ListView("crm.partner_log", "crm.activity", _("Done"), {"status": "done"},
             ("subject", "kind", "account", "at", "outcome", "partner"), order=10, roles=(CONTACT_LOG,)),
    ListView("crm.partner_planned", "crm.activity", _("Planned"), {"status": "planned"},
             ("subject", "account", "at", "partner"), sort="at", order=20, roles=(CONTACT_LOG,)),
    ListView("crm.partner_prices", "crm.price", _("All"), {},
             ("product", "price", "from_quantity", "valid_from", "valid_to"),
             order=10, roles=(PARTNER,)),
]  # fmt: skip
NAVIGATION: list[Any] = [
    NavEntry("crm.partner_nav_work", "distributor_leads", _("Leads and customers"), endpoint="crm.partner_work",
             portal=_PORTAL, order=20),
    NavEntry("crm.partner_nav_registrations", "distributor_registrations", _("Registrations"), entity=_REGISTRATION,
             portal=_PORTAL, query={"status__in": "registered,joint"}, order=30),
    NavEntry("crm.partner_nav_pipeline", "distributor_pipeline", _("Pipeline", "deals of a partner"), entity=_DEAL,
             portal=_PORTAL, query={"outcome": "open"}, order=40),
    NavEntry("crm.partner_nav_log", "distributor_contacts", _("Contact log"), entity="crm.activity", portal=_PORTAL,
             query={"status": "done"}, order=50),
    NavEntry("crm.partner_nav_prices", "distributor_products", _("Products and prices"), entity="crm.price",
             portal=_PORTAL, order=60),
    NewEntry(_REGISTRATION, _("Register a deal"), order=10, portal=_PORTAL, roles=(PARTNER,)),
    NewEntry(_DEAL, _("Opportunity"), order=20, portal=_PORTAL, roles=(PARTNER,)),
    NewEntry("crm.contact", _("Contact"), order=30, portal=_PORTAL, roles=(CONTACT_LOG,)),
]  # fmt: skip
ROUTES: list[Any] = [
    HttpRoute("/leads-and-customers", "crm.partner_work", leads_and_customers, "role:crm.partner_contacts",
              portal=_PORTAL),
    HttpRoute("/dealers", "crm.partner_dealers", show_dealers, "role:crm.partner", portal=_PORTAL),
]  # fmt: skip
SLOTS: list[Any] = [
    Slot("portal.company", "", dealers_tab, label=_("Dealers"), key=_DEALERS, order=30, portal=_PORTAL),
]
