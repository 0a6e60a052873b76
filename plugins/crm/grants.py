"""Roles of the CRM and who may do what with its records.

Roles of other plugins (finance, projects, the employee portal) are named by key; their grants sleep while that plugin
is not installed.
"""

from __future__ import annotations

from weft.core.sdk import ALL, EDIT, READ, WRITE, Grant, Role, all_rows, own, path, translator, unit_tree, via, where

_ = translator("crm")

REP, MANAGER = "crm.sales_rep", "crm.sales_manager"
EXECUTIVE, HEAD, FINANCE = "portal_employee.executive", "portal_employee.department_head", "finance.officer"

ROLES = [
    Role(REP, _("Sales rep"), help=_("Own customers, their contacts, opportunities and activities; all suppliers.")),
    Role(MANAGER, _("Sales manager"), help=_("All customers and deals; allocates and approves.")),
]

#: Parties every salesperson may look up; customers of others only show in the collision check.
OPEN_PARTIES = where(role__in=["supplier", "partner", "competitor"])

OWN_COMPANY = frozenset({"name", "name_alt", "phone", "email", "website", "address", "tax_id"})

GRANTS = [
    Grant(REP, "crm.account", WRITE, rows=own),
    Grant(REP, "crm.account", READ, rows=OPEN_PARTIES),
    Grant(REP, "crm.contact", WRITE, rows=own | via("account") | via("crm.works_for", "crm.account")),
    Grant(REP, "crm.opportunity", WRITE, rows=own | via("account")),
    Grant(REP, "crm.activity", WRITE, rows=own),
    Grant(REP, "crm.activity", READ | {"comment"}, rows=via("account", "crm.account")),
    Grant(REP, "crm.stage", READ),
    Grant(MANAGER, "crm.account", ALL),
    Grant(MANAGER, "crm.contact", ALL),
    Grant(MANAGER, "crm.opportunity", ALL),
    Grant(MANAGER, "crm.activity", ALL),
    Grant(MANAGER, "crm.stage", READ),
    Grant("core.admin", "crm.stage", EDIT | {"delete", "restore"}),
    *[Grant(EXECUTIVE, entity, READ, rows=all_rows) for entity in
      ("crm.account", "crm.contact", "crm.opportunity", "crm.activity", "crm.stage")],
    *[Grant(FINANCE, entity, READ, rows=all_rows) for entity in
      ("crm.account", "crm.contact", "crm.opportunity", "crm.stage")],
    *[Grant(HEAD, entity, READ, rows=unit_tree) for entity in ("crm.account", "crm.opportunity", "crm.activity")],
    Grant(HEAD, "crm.contact", READ, rows=via("account")),
    Grant(HEAD, "crm.stage", READ),
    *[Grant(audience, "crm.account", {"read"}, rows=path(), fields=OWN_COMPANY)
      for audience in ("customer", "supplier", "distributor")],
]  # fmt: skip
