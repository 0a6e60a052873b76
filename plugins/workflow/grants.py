"""Roles of the workflow plugin and who may do what.

A task belongs to whom it waits for, so a deputy finds and decides it too. A case is read by who asked, by everybody who
has or had a task in it, by heads of the requester's units and by executives.
"""

from __future__ import annotations

from weft.core.sdk import READ, Grant, Role, all_rows, own, translator, unit_tree, via, where

_ = translator("workflow")

KEEPER = "workflow.keeper"
EXECUTIVE, HEAD, ADMIN = "portal_employee.executive", "portal_employee.department_head", "core.admin"

ROLES = [
    Role(
        KEEPER, _("Processes"), help=_("Reads all cases, and helps those that are stuck or wait for the wrong person.")
    ),
]

PROCESS, VERSION, CASE, TASK, DUTY = (
    "workflow.process",
    "workflow.version",
    "workflow.case",
    "workflow.task",
    "workflow.duty",
)
_DECIDE = frozenset(
    f"{TASK}.{word}"
    for word in ("agree", "reject", "give_back", "delegate", "transfer", "add_signer", "choose", "seen")
)
_ASK = frozenset({f"{CASE}.withdraw", f"{CASE}.urge", f"{CASE}.settle"})
_CIRCULATE = f"{CASE}.circulate"

GRANTS = [
    Grant("employee", PROCESS, {"read", f"{PROCESS}.start"}),
    Grant("employee", VERSION, {"read"}),
    Grant("employee", TASK, READ | _DECIDE, rows=own),
    Grant("employee", TASK, {"read"}, rows=where(requester="me")),
    Grant("employee", CASE, READ | {"comment", _CIRCULATE} | _ASK, rows=own),
    Grant("employee", CASE, READ | {"comment", _CIRCULATE}, rows=via("workflow.has_task", TASK)),
    Grant(HEAD, CASE, READ | {"comment"}, rows=unit_tree),
    Grant(EXECUTIVE, CASE, READ | {"comment"}, rows=all_rows),
    Grant(KEEPER, CASE, READ | {"comment", _CIRCULATE, f"{CASE}.withdraw", f"{CASE}.help"}),
    Grant(KEEPER, TASK, READ | {f"{TASK}.transfer"}),
    Grant(KEEPER, DUTY, {"read", "create", "update", "delete", "restore", "export", "import"}),
    Grant(ADMIN, DUTY, {"read", "create", "update", "delete", "restore", "export", "import"}),
]
