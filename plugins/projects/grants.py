"""Roles of the projects plugin and who may do what with its records.

A project's owner leads it; its team are rows of ``projects.member`` that name a person, and the rules follow them.
Customers and guests reach a project by links to what stands for them, a subcontractor its tasks and nothing else. Roles
of other plugins are named by key; their grants sleep while that plugin is not installed.
"""

from __future__ import annotations

from weft.core.sdk import ALL, READ, WRITE, Grant, Role, all_rows, own, path, shared, translator, unit_tree, via, where

_ = translator("projects")

LEAD, RATES = "projects.lead", "projects.rates"
FOLLOWER, SUBCONTRACTOR = "projects.follower", "projects.subcontractor"
EXECUTIVE, HEAD = "portal_employee.executive", "portal_employee.department_head"
REP, MANAGER, FINANCE = "crm.sales_rep", "crm.sales_manager", "finance.officer"

ROLES = [
    Role(LEAD, _("Project lead"), help=_("Own projects: plan, team, hours, what the customer sees.")),
    Role(RATES, _("Cost rates"), help=_("Reads and keeps what an hour of each person costs.")),
    Role(FOLLOWER, _("Projects"), "customer", help=_("Follows the company's projects and accepts milestones.")),
    Role(SUBCONTRACTOR, _("Tasks for us"), "supplier", help=_("Sees and finishes the tasks given to the company.")),
]

#: What the team of a project does not read of it.
COST = {"hours_cost", "budget"}
#: What a customer reads.
PROJECT_SHOWN = frozenset({"name", "name_alt", "number", "customer", "status", "progress", "starts_on", "ends_on",
                           "site"})  # fmt: skip
MILESTONE_SHOWN = frozenset({"name", "name_alt", "project", "status", "shown_on", "shown_note", "moved_from",
                             "agreed_at", "agreed_by", "acceptance", "reached_on", "answered_at", "answered_by",
                             "remark"})  # fmt: skip
TASK_SHOWN = frozenset({"name", "name_alt", "number", "project", "status", "starts_on", "due_on", "progress"})
#: What a subcontractor reads of its tasks: nothing that tells of the project around them.
TASK_GIVEN = frozenset({"name", "name_alt", "number", "status", "starts_on", "due_on", "effort", "description",
                        "remark", "progress"})  # fmt: skip
#: Below a project: who reads the project reads these.
BELOW = ("projects.phase", "projects.milestone", "projects.task", "projects.dependency", "projects.risk",
         "projects.check", "projects.helper")  # fmt: skip
TEMPLATES = ("projects.template", "projects.template_step")
THEIRS = (path("projects.for_customer") | path("projects.guest")) & where(shared=True)
MINE = where(person="me")
#: What leads do with milestones: everything but answer for the customer.
_GOALS = (ALL - {"act"}) | {
    f"projects.milestone.{word}" for word in ("report", "reach", "remind", "publish", "plan_again")
}
#: What the customer alone says of a milestone.
ANSWERS = frozenset(f"projects.milestone.{word}" for word in ("accept", "refuse", "agree"))
_TALK = frozenset({"comment", "attach"})
_DOING = frozenset({"projects.task.start", "projects.task.finish", "projects.task.reopen"})

GRANTS = [
    # ---- everybody of the company: what they are on
    Grant("employee", "projects.member", READ, rows=MINE),
    Grant("employee", "projects.project", READ | _TALK, rows=via("projects.has_member", "projects.member"),
          without=COST),
    Grant("employee", "projects.project", READ | _TALK, rows=own | shared),
    *[Grant("employee", entity, READ | (_TALK if entity in ("projects.task", "projects.milestone") else set()),
            rows=via("project")) for entity in BELOW],
    Grant("employee", "projects.task", {"update"}, rows=own, fields={"status", "progress", "remark"}),
    Grant("employee", "projects.task", _DOING, rows=own),
    Grant("employee", "projects.check", {"update"}, rows=via("project"), fields={"done"}),
    Grant("employee", "projects.risk", {"create"}, rows=via("project")),
    Grant("employee", "projects.risk", {"update"}, rows=own),
    Grant("employee", "projects.time_entry", READ | {"comment"}, rows=own),
    Grant("employee", "projects.time_entry", {"create", "update", "delete", "projects.time_entry.submit"}, rows=own),
    # ---- who leads
    Grant(LEAD, "projects.project", ALL, rows=own),
    # Handing a project on: the row is then somebody else's, whose team one belongs to; the hook asks who led it.
    Grant(LEAD, "projects.project", {"assign"}, rows=via("projects.has_member", "projects.member")),
    Grant(LEAD, "projects.member", ALL, rows=own),
    *[Grant(LEAD, entity, _GOALS if entity == "projects.milestone" else ALL, rows=via("project")) for entity in BELOW],
    Grant(LEAD, "projects.time_entry", READ | {"comment", "projects.time_entry.approve",
                                               "projects.time_entry.send_back"}, rows=where(lead="me")),
    *[Grant(LEAD, entity, ALL) for entity in TEMPLATES],
    # ---- who keeps rates
    *[Grant(role, "projects.rate", WRITE) for role in (RATES, FINANCE)],
    # ---- who looks at the whole
    *[Grant(role, entity, READ, rows=all_rows) for role in (EXECUTIVE, FINANCE)
      for entity in ("projects.project", "projects.time_entry", *TEMPLATES)],
    Grant(HEAD, "projects.project", READ | {"comment"}, rows=unit_tree),
    # What leads of their units ask of them.
    Grant(HEAD, "projects.task", {"projects.task.add_colleague"}, rows=via("project")),
    Grant(HEAD, "projects.time_entry", READ, rows=unit_tree),
    *[Grant(HEAD, entity, READ) for entity in TEMPLATES],
    Grant(REP, "projects.project", READ | {"comment"}, rows=via("customer", "crm.account"), without=COST),
    Grant(MANAGER, "projects.project", READ | {"comment"}, without=COST),
    # ---- outside
    Grant(FOLLOWER, "projects.project", {"read"}, rows=THEIRS, fields=PROJECT_SHOWN),
    Grant(FOLLOWER, "projects.milestone", {"read"}, rows=via("project") & where(shared=True), fields=MILESTONE_SHOWN),
    Grant(FOLLOWER, "projects.milestone", {"comment", *ANSWERS},
          rows=path("projects.milestone_of", "projects.for_customer") & where(shared=True), fields=MILESTONE_SHOWN),
    Grant(FOLLOWER, "projects.task", {"read"}, rows=via("project") & where(shared=True), fields=TASK_SHOWN),
    Grant(SUBCONTRACTOR, "projects.task", READ | _TALK | {"projects.task.start", "projects.task.finish"},
          rows=path("projects.done_by"), fields=TASK_GIVEN),
]  # fmt: skip
