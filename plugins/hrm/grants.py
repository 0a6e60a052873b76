"""Roles of the people plugin and who may do what with its records.

Everybody reads the placements (names, units, positions, heads: what the directory shows) and when somebody is away,
never why. The own file, leave, goals and attendance are reached by the field that names the person, not by ownership:
a deputy decides what the head would decide, but does not look into the head's file.
"""

from __future__ import annotations

from weft.core.sdk import ALL, EDIT, READ, Grant, Role, all_rows, own, translator, unit_tree, where

_ = translator("hrm")

OFFICER, PAY = "hrm.officer", "hrm.pay"
EXECUTIVE, HEAD = "portal_employee.executive", "portal_employee.department_head"

ROLES = [
    Role(OFFICER, _("People officer"), help=_("All employees, joining and leaving, leave, attendance and goals.")),
    Role(PAY, _("Pay"), help=_("Reads and enters salaries, bank accounts and identity numbers.")),
]

#: Whose pay it is nobody sees who was not given the role.
SALARY = frozenset({"salary", "bank_account", "identity_number"})
#: What only the person and the people officers know.
PRIVATE = frozenset({"born_on", "address", "emergency", "region"})
#: What heads read of the files of their people.
_FILE = SALARY | PRIVATE
#: When somebody is away, without kind, reason and answer.
AWAY = frozenset({"name", "name_alt", "person", "in_unit", "from_on", "to_on", "first_half", "last_half", "status"})
MINE = where(person="me")
SET_UP = ("hrm.position", "hrm.template", "hrm.template_step", "hrm.leave_type", "hrm.calendar_day")
_DECIDE = frozenset({"hrm.leave.approve", "hrm.leave.refuse"})
_JUDGE = frozenset({"hrm.attendance.agree", "hrm.attendance.refuse"})
_TICK = frozenset({"hrm.step.tick", "hrm.step.untick"})

GRANTS = [
    # everybody
    Grant("employee", "hrm.placement", {"read"}),
    Grant("employee", "hrm.position", {"read"}),
    Grant("employee", "hrm.leave_type", {"read"}),
    Grant("employee", "hrm.calendar_day", {"read"}),
    Grant("employee", "hrm.employee", {"read", "hrm.employee.ask_change"}, rows=where(user="me"), without=SALARY),
    Grant("employee", "hrm.file_change", {"read", "comment", "hrm.file_change.withdraw"}, rows=MINE),
    Grant("employee", "hrm.leave", READ | {"create", "attach", "comment", "hrm.leave.withdraw", "hrm.leave.cancel"},
          rows=MINE),
    Grant("employee", "hrm.leave", READ | {"comment", "link"} | _DECIDE, rows=own),
    Grant("employee", "hrm.leave", {"read"}, rows=where(status="approved"), fields=AWAY),
    Grant("employee", "hrm.entitlement", {"read"}, rows=MINE),
    Grant("employee", "hrm.checklist", {"read"}, rows=MINE),
    Grant("employee", "hrm.step", READ | {"comment"}, rows=MINE),
    Grant("employee", "hrm.step", READ | {"comment", "link"} | _TICK, rows=own),
    Grant("employee", "hrm.contract", {"read"}, rows=MINE),
    Grant("employee", "hrm.attendance", READ | {"create", "hrm.attendance.ask"}, rows=MINE),
    Grant("employee", "hrm.attendance", READ | _JUDGE, rows=own),
    Grant("employee", "hrm.goal", READ | {"comment"}, rows=MINE),
    # heads of departments
    Grant(HEAD, "hrm.employee", READ, rows=unit_tree, without=_FILE),
    Grant(HEAD, "hrm.leave", READ | {"comment"} | _DECIDE, rows=unit_tree),
    Grant(HEAD, "hrm.entitlement", {"read"}, rows=unit_tree),
    Grant(HEAD, "hrm.checklist", READ, rows=unit_tree),
    Grant(HEAD, "hrm.step", READ | {"comment"} | _TICK, rows=unit_tree),
    Grant(HEAD, "hrm.contract", READ, rows=unit_tree),
    Grant(HEAD, "hrm.attendance", READ | _JUDGE, rows=unit_tree),
    Grant(HEAD, "hrm.goal", EDIT, rows=unit_tree),
    # the whole
    Grant(EXECUTIVE, "hrm.employee", READ, rows=all_rows, without=_FILE),
    Grant(EXECUTIVE, "hrm.leave", READ, rows=all_rows, without={"reason", "decision"}),
    Grant(EXECUTIVE, "hrm.checklist", READ, rows=all_rows),
    Grant(EXECUTIVE, "hrm.goal", READ, rows=all_rows),
    # people officers
    *[Grant(OFFICER, entity, ALL) for entity in (
        "hrm.placement", "hrm.leave", "hrm.entitlement", "hrm.checklist", "hrm.step", "hrm.contract",
        "hrm.attendance", "hrm.goal", *SET_UP)],
    Grant(OFFICER, "hrm.file_change", READ | {"act", "comment"}),
    Grant(OFFICER, "hrm.employee", ALL, without=SALARY),
    Grant(PAY, "hrm.employee", READ, rows=all_rows, fields=SALARY | {"name", "name_alt", "number", "in_unit"}),
    Grant(PAY, "hrm.employee", {"update"}, rows=all_rows, fields=SALARY),
    # whoever sets the system up
    *[Grant("core.admin", entity, EDIT | {"delete", "restore"}) for entity in SET_UP],
]  # fmt: skip
