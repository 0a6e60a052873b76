"""Roles of the CRM and who may do what with its records.

Roles of other plugins (finance, projects, the employee portal) are named by key; their grants sleep while that plugin
is not installed.
"""

from __future__ import annotations

from weft.core.sdk import (
    ALL,
    EDIT,
    READ,
    WRITE,
    Grant,
    Role,
    RowScope,
    all_rows,
    own,
    path,
    rev,
    shared,
    translator,
    unit,
    unit_tree,
    via,
    where,
)

_ = translator("crm")

REP, MANAGER = "crm.sales_rep", "crm.sales_manager"
#: Roles of distributors and agents.
PARTNER, CONTACT_LOG = "crm.partner", "crm.partner_contacts"
EXECUTIVE, HEAD, FINANCE = "portal_employee.executive", "portal_employee.department_head", "finance.officer"
#: Those who answer customers' requests: they find whom a call comes from, and nothing of the business with them.
SERVICE = "service.agent"
#: Those who lead projects: whom a project is for, who does a task of it, and which deal was won, without amounts.
PROJECT_LEAD = "projects.lead"
#: Whose work are customers and partners: their lists stand in these people's menus.
IN_BUSINESS = (REP, MANAGER, EXECUTIVE, HEAD, FINANCE)

ROLES = [
    Role(REP, _("Sales rep"), help=_("Own customers, their contacts, opportunities and activities; all suppliers.")),
    Role(MANAGER, _("Sales manager"), help=_("All customers and deals; allocates and approves.")),
    Role(CONTACT_LOG, _("Contact log"), "distributor", help=_("Customers of the own firm, their people and contacts.")),
    Role(PARTNER, _("Leads, customers and deals"), "distributor", (CONTACT_LOG,),
         help=_("Answers leads, registers and wins deals; sees the price list of the own firm.")),
]  # fmt: skip

#: Parties every salesperson may look up; customers of others only show in the collision check.
OPEN_PARTIES = where(role__in=["supplier", "partner", "distributor", "agent", "competitor"])

#: Leads that were given to a unit and wait for one of its people to take them.
UNTAKEN = where(owner__isnull=True, status="new")

OWN_COMPANY = frozenset({"name", "name_alt", "phone", "email", "website", "address", "tax_id", "bank_account"})
#: What the portal administrator of a company may change of it; tax number and bank wait for confirmation.
OWN_DATA = OWN_COMPANY - {"name", "name_alt"}

SERVED = where(role__in=["customer", "distributor", "agent"])
SUPPLYING = where(role__in=["supplier", "partner"])
BOUGHT = frozenset({"name", "number", "account", "contact", "outcome", "closed_on"})
CALLER = frozenset({"name", "name_alt", "role", "phone", "email", "address"})
CALLING = frozenset({"name", "name_alt", "account", "position", "email", "phone", "mobile", "preferred_language"})

_THROUGH = "crm.served_through"


def theirs(*steps: str) -> RowScope:
    """Rows from which steps lead to the visitor's firm, or to a dealer that the firm looks after."""
    return path(*steps) | path(*steps, _THROUGH)


CUSTOMERS = theirs(_THROUGH)
PEOPLE = theirs("crm.contact_of", _THROUGH)
DEALS = theirs("crm.sold_through")
LINES = theirs("crm.line_of", "crm.sold_through")
LEADS = theirs("crm.lead_partner")
REGISTERED = theirs("crm.registered_by")
NOTED = theirs("crm.noted_by_partner")
#: The list that the own account names, its prices, and what is on it.
OWN_LIST = path(rev("crm.buys_by"))
OWN_PRICES = path("crm.price_on", rev("crm.buys_by"))
OWN_PRODUCTS = path(rev("crm.price_of"), "crm.price_on", rev("crm.buys_by"))

#: What partners read; nothing here was written for the eyes of colleagues (notes, class, owner, next step, worth).
CUSTOMER_FIELDS = frozenset(
    {"name", "name_alt", "role", "life", "phone", "email", "website", "address", "partner", "partner_contact_at"}
)
PERSON_FIELDS = frozenset(
    {"name", "name_alt", "account", "position", "email", "phone", "mobile", "wechat", "preferred_channel",
     "preferred_language", "preferred_time"}
)  # fmt: skip
LEAD_FIELDS = frozenset(
    {"number", "name", "company", "person", "position", "email", "phone", "wechat", "website", "address", "need",
     "product", "language", "status", "partner", "answer_by", "accepted_at", "close_reason", "account", "contact",
     "opportunity", "created_at"}
)  # fmt: skip
NOTE_FIELDS = frozenset({"subject", "kind", "status", "account", "about", "at", "minutes", "note", "outcome", "result"})
DEAL_FIELDS = frozenset({"name", "account", "contact", "stage", "amount", "expected_close"})
DEAL_SHOWN = DEAL_FIELDS | {
    "number", "price_list", "has_lines", "stage_since", "outcome", "reported_on", "closed_on", "loss_reason", "partner",
}  # fmt: skip
LINE_FIELDS = frozenset({"opportunity", "product", "description", "quantity", "position"})
LINE_SHOWN = frozenset({"description_alt", "unit_price", "discount", "amount"})
REGISTER_FIELDS = frozenset({"name", "person", "phone", "website", "product", "amount", "expected_on"})
REGISTER_TOLD = frozenset({"number", "name", "partner", "status", "registered_on", "protected_until"})
REGISTER_SHOWN = REGISTER_FIELDS | {
    "number", "partner", "account", "opportunity", "status", "registered_on", "protected_until", "decision",
}  # fmt: skip
PRODUCT_FIELDS = frozenset(
    {"code", "name", "name_alt", "kind", "family", "unit_of_sale", "summary", "promotion", "picture", "active"}
)
PRICE_FIELDS = frozenset(
    {"subject", "subject_alt", "price_list", "product", "price", "from_quantity", "valid_from", "valid_to"}
)  # fmt: skip
LIST_FIELDS = frozenset({"name", "name_alt", "currency", "valid_from", "valid_to"})
#: What partners say and send about what they share with the company; they see only what is shared with them.
_TALK = frozenset({"comment", "attach"})
_LEAD_STEPS = frozenset(
    f"crm.lead.{word}" for word in ("accept", "decline", "give_to_dealer", "take_back", "start_deal", "close")
)

#: What colleagues look up: the catalogue and the words of the pipeline.
CATALOGUE = ("crm.pipeline", "crm.stage", "crm.product", "crm.price_list", "crm.price", "crm.pool")
#: What everybody who reads the whole business reads.
BUSINESS = (
    "crm.account", "crm.contact", "crm.opportunity", "crm.deal_line", "crm.activity", "crm.lead", "crm.pool_move",
    "crm.registration", "crm.target", "crm.forecast_snapshot",
)  # fmt: skip
#: What an administrator sets up without reading any customer.
SET_UP = ("crm.pipeline", "crm.stage", "crm.pool", "crm.pool_rule", "crm.allocation_rule", "crm.web_form")
#: What a sales manager keeps.
MANAGED = (
    "crm.account", "crm.contact", "crm.opportunity", "crm.deal_line", "crm.activity", "crm.lead", "crm.product",
    "crm.price_list", "crm.price", "crm.pool", "crm.pool_rule", "crm.allocation_rule", "crm.web_form",
    "crm.registration", "crm.customer_request", "crm.target",
)  # fmt: skip

GRANTS = [
    Grant(REP, "crm.account", READ | {"share"}, rows=own),
    # Which partner looks after a customer, and so reads it, is the manager's to say.
    Grant(REP, "crm.account", WRITE, rows=own, without={"partner"}),
    Grant(REP, "crm.account", READ, rows=OPEN_PARTIES),
    Grant(REP, "crm.account", READ | {"crm.account.claim"}, rows=where(pool__isnull=False)),
    Grant(REP, "crm.account", READ | {"comment"}, rows=shared),
    # `via` means "whose account I may read", pools and open parties among them: enough to look, not to change.
    Grant(REP, "crm.contact", WRITE, rows=own),
    # A person who changes the firm may come into the sight of a partner: their owner decides that.
    Grant(REP, "crm.contact", {"share"}, rows=own),
    Grant(REP, "crm.contact", READ | {"comment"}, rows=via("account") | via("crm.works_for", "crm.account")),
    Grant(REP, "crm.opportunity", WRITE, rows=own),
    Grant(REP, "crm.opportunity", READ | {"comment"}, rows=via("account")),
    Grant(REP, "crm.deal_line", WRITE, rows=via("opportunity")),
    Grant(REP, "crm.activity", WRITE, rows=own),
    Grant(REP, "crm.activity", READ | {"comment"}, rows=via("account", "crm.account")),
    Grant(REP, "crm.lead", WRITE, rows=own),
    Grant(REP, "crm.lead", READ | {"crm.lead.take"}, rows=UNTAKEN & unit),
    *[Grant(role, "crm.web_form", {"read"}, fields={"name"}) for role in (REP, EXECUTIVE)],  # where a lead came from
    Grant(REP, "crm.registration", READ, rows=own | via("account")),
    # Of the others as much as the warning says to whoever types the customer's name.
    Grant(REP, "crm.registration", READ, fields=REGISTER_TOLD),
    Grant(REP, "crm.customer_request", READ | {"comment", "crm.customer_request.withdraw"}, rows=own),
    Grant(REP, "crm.pool_move", READ, rows=via("account")),
    Grant(REP, "crm.target", READ, rows=own),
    Grant(REP, "crm.forecast_snapshot", READ, rows=own),
    *[Grant(REP, entity, READ) for entity in CATALOGUE],
    *[Grant(MANAGER, entity, ALL) for entity in MANAGED],
    Grant(MANAGER, "crm.duplicate", READ | {"update", "delete", "restore", "act"}),  # pairs are found, not entered
    *[Grant(MANAGER, entity, READ) for entity in
      ("crm.pipeline", "crm.stage", "crm.pool_move", "crm.forecast_snapshot")],
    *[Grant("core.admin", entity, EDIT | {"delete", "restore"}) for entity in SET_UP],
    *[Grant(EXECUTIVE, entity, READ, rows=all_rows) for entity in (*BUSINESS, *CATALOGUE)],
    *[Grant(FINANCE, entity, READ, rows=all_rows) for entity in
      ("crm.account", "crm.contact", "crm.opportunity", "crm.deal_line", "crm.forecast_snapshot", *CATALOGUE)],
    # Finance confirms what suppliers and customers say of their bank accounts.
    Grant(FINANCE, "crm.account", {"update"}, rows=all_rows, fields={"bank_account"}),
    *[Grant(HEAD, entity, READ, rows=unit_tree) for entity in
      ("crm.account", "crm.opportunity", "crm.activity", "crm.forecast_snapshot")],
    Grant(HEAD, "crm.contact", READ, rows=via("account")),
    Grant(HEAD, "crm.deal_line", READ, rows=via("opportunity")),
    *[Grant(HEAD, entity, READ) for entity in CATALOGUE],
    Grant(SERVICE, "crm.account", {"read"}, rows=SERVED, fields=CALLER),
    Grant(SERVICE, "crm.contact", {"read"}, rows=via("account"), fields=CALLING),
    Grant(PROJECT_LEAD, "crm.account", {"read"}, rows=SERVED | SUPPLYING, fields=CALLER),
    Grant(PROJECT_LEAD, "crm.contact", {"read"}, rows=via("account"), fields=CALLING),
    Grant(PROJECT_LEAD, "crm.opportunity", {"read"}, rows=where(outcome="won"), fields=BOUGHT),
    Grant(CONTACT_LOG, "crm.account", READ | _TALK | {"crm.account.log_contact"}, rows=CUSTOMERS,
          fields=CUSTOMER_FIELDS),
    Grant(CONTACT_LOG, "crm.contact", READ | {"create", "update", "crm.contact.log_contact"}, rows=PEOPLE,
          fields=PERSON_FIELDS),
    Grant(CONTACT_LOG, "crm.activity", READ, rows=NOTED, fields=NOTE_FIELDS | {"partner", "noted_by"}),
    Grant(CONTACT_LOG, "crm.activity",
          {"create", "update", "crm.activity.finish", "crm.activity.cancel", "crm.activity.plan_again"}, rows=NOTED,
          fields=NOTE_FIELDS),
    Grant(PARTNER, "crm.lead", READ | _TALK | _LEAD_STEPS | {"crm.lead.log_contact"}, rows=LEADS, fields=LEAD_FIELDS),
    Grant(PARTNER, "crm.opportunity", READ | _TALK, rows=DEALS, fields=DEAL_SHOWN),
    Grant(PARTNER, "crm.opportunity",
          {"create", "update", "crm.opportunity.log_contact", "crm.opportunity.report_won",
           "crm.opportunity.report_lost"}, rows=DEALS, fields=DEAL_FIELDS),
    Grant(PARTNER, "crm.deal_line", READ, rows=LINES, fields=LINE_FIELDS | LINE_SHOWN),
    Grant(PARTNER, "crm.deal_line", {"create", "update", "delete"}, rows=LINES, fields=LINE_FIELDS),
    Grant(PARTNER, "crm.registration", READ | _TALK, rows=REGISTERED, fields=REGISTER_SHOWN),
    Grant(PARTNER, "crm.registration",
          {"create", "crm.registration.withdraw", "crm.registration.start_deal"}, rows=REGISTERED,
          fields=REGISTER_FIELDS),
    Grant(PARTNER, "crm.stage", {"read"}, rows=where(active=True),
          fields={"label_en", "label_zh", "position", "outcome", "pipeline", "active"}),
    Grant(PARTNER, "crm.price_list", READ, rows=OWN_LIST & where(active=True), fields=LIST_FIELDS),
    Grant(PARTNER, "crm.price", READ, rows=OWN_PRICES, fields=PRICE_FIELDS),
    Grant(PARTNER, "crm.product", READ, rows=OWN_PRODUCTS, fields=PRODUCT_FIELDS),
    *[Grant(audience, "crm.account", {"read"}, rows=path(), fields=OWN_COMPANY)
      for audience in ("customer", "supplier", "distributor")],
    *[Grant(f"portal_{audience}.admin", "crm.account", {"update"}, rows=path(), fields=OWN_DATA)
      for audience in ("customer", "supplier", "distributor")],
]  # fmt: skip
