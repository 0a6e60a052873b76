"""Roles of the service plugin and who may do what with its records.

Roles of other plugins (sales, the employee portal) are named by key; their grants sleep while that plugin is not
installed. Customers reach their requests by who asked: their organisation or themselves.
"""

from __future__ import annotations

from weft.core.sdk import ALL, EDIT, READ, WRITE, Grant, Role, all_rows, own, path, shared, translator, unit_tree, via

_ = translator("service")

AGENT, LEAD = "service.agent", "service.lead"
REQUESTER, PARTNER = "service.requester", "service.partner_requester"
EXECUTIVE, HEAD = "portal_employee.executive", "portal_employee.department_head"
REP, MANAGER = "crm.sales_rep", "crm.sales_manager"

ROLES = [
    Role(AGENT, _("Service agent"), help=_("Answers the requests of the queues of their own units.")),
    Role(LEAD, _("Service lead"), includes=(AGENT,), help=_("All requests, queues, agreements and reports.")),
    Role(REQUESTER, _("Requests"), audience="customer", help=_("Asks for service and sees the company's requests.")),
    Role(PARTNER, _("Requests"), audience="distributor",
         help=_("Asks for service and sees the company's requests.")),
]  # fmt: skip

#: What only people of the company know of a request.
INSIDE = {"standing"}
#: What the one who asked reads; ``standing`` says the status in their words.
OUTSIDE = frozenset({
    "subject", "description", "standing", "kind", "priority", "about", "asked_at", "answer_due_at", "due_at",
    "next_due_at", "number", "agreement", "created_at", "resolved_at", "closed_at", "rating", "rating_comment",
    "rated_at", "channel",
})  # fmt: skip
#: What a customer reads of the own agreement.
PROMISED = frozenset({"name", "number", "valid_from", "valid_to", "entitlements"})
ASKED = frozenset({"subject", "description", "kind", "priority", "about"})
THEIRS = path("service.requested_by") | path("service.raised_by")
VISITOR_ACTIONS = frozenset({
    "service.request.close", "service.request.reopen", "service.request.rate", "service.request.withdraw",
})  # fmt: skip
#: What sellers do with the requests of their customers.
SELLING = frozenset({"create", "comment", "attach", "link", "service.request.lead_on"})
#: What those who set the service up keep.
SET_UP = ("service.queue", "service.hours", "service.answer_text")
_ANSWERING = WRITE | {"assign", "share"}

GRANTS = [
    Grant(AGENT, "service.request", _ANSWERING, rows=unit_tree | own, without=INSIDE),
    Grant(AGENT, "service.request", READ | {"comment", "attach"}, rows=shared, without=INSIDE),
    # Whoever takes the call writes it down, whoever will answer.
    Grant(AGENT, "service.request", {"create"}, rows=all_rows, without=INSIDE),
    Grant(AGENT, "service.mail", READ, rows=via("request")),
    Grant(AGENT, "service.agreement", READ),
    *[Grant(AGENT, entity, READ) for entity in SET_UP],
    Grant(LEAD, "service.request", ALL, without=INSIDE),
    Grant(LEAD, "service.mail", ALL),
    Grant(LEAD, "service.agreement", ALL),
    *[Grant(LEAD, entity, ALL) for entity in SET_UP],
    *[Grant("core.admin", entity, EDIT | {"delete", "restore"}) for entity in SET_UP],
    Grant(REP, "service.request", READ | SELLING,
          rows=via("customer", "crm.account"), without=INSIDE),
    Grant(REP, "service.request", READ | {"comment", "attach", "link"}, rows=own, without=INSIDE),
    Grant(REP, "service.agreement", READ | {"comment"}, rows=via("customer", "crm.account")),
    *[Grant(REP, entity, READ) for entity in ("service.queue", "service.hours")],
    Grant(MANAGER, "service.request", READ | SELLING, without=INSIDE),
    Grant(MANAGER, "service.agreement", ALL),
    *[Grant(MANAGER, entity, READ) for entity in ("service.queue", "service.hours")],
    *[Grant(EXECUTIVE, entity, READ, rows=all_rows, without=INSIDE if entity == "service.request" else set())
      for entity in ("service.request", "service.agreement", "service.queue", "service.hours")],
    Grant(HEAD, "service.request", READ | {"comment", "assign"}, rows=unit_tree, without=INSIDE),
    Grant(HEAD, "service.agreement", READ, rows=unit_tree),
    *[Grant(HEAD, entity, READ) for entity in ("service.queue", "service.hours")],
    *[Grant(role, "service.request", READ | {"comment", "attach"} | VISITOR_ACTIONS, rows=THEIRS, fields=OUTSIDE)
      for role in (REQUESTER, PARTNER)],
    *[Grant(role, "service.request", {"create"}, rows=THEIRS, fields=ASKED) for role in (REQUESTER, PARTNER)],
    *[Grant(role, "service.agreement", {"read"}, rows=path("service.agreed_with"), fields=PROMISED)
      for role in (REQUESTER, PARTNER)],
]  # fmt: skip
