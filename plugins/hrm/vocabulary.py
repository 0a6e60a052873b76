"""Words of the people plugin: choice values, value lists, settings. Data only."""

from __future__ import annotations

from weft.core.sdk import Setting, choices, field, translator

_ = translator("hrm")

EMPLOYEE_STATUS = choices(
    {"joining": "blue", "active": "green", "leaving": "amber", "left": "grey"},
    joining=_("Joining"),
    active=_("Employed"),
    leaving=_("Leaving"),
    left=_("Left", "status of an employee"),
)
EMPLOYEE_MOVES = {
    "joining": ("active", "left"),
    "active": ("leaving", "left"),
    "leaving": ("active", "left"),
    "left": ("active",),
}
#: Who counts as being with the company.
PRESENT = ("active", "leaving")

LEAVE_STATUS = choices(
    {"requested": "amber", "approved": "green", "refused": "red", "withdrawn": "grey", "cancelled": "grey"},
    requested=_("To decide"),
    approved=_("Approved"),
    refused=_("Refused"),
    withdrawn=_("Withdrawn"),
    cancelled=_("Cancelled"),
)
LEAVE_MOVES = {"requested": ("approved", "refused", "withdrawn"), "approved": ("cancelled",)}
#: Requests that count: they take days, or will.
LIVE_LEAVE = ("requested", "approved")
ACCRUAL = choices(
    year=_("All at the beginning of the year"),
    month=_("A twelfth each month"),
    none=_("No entitlement: as needed"),
)
COUNTED = choices(working=_("Working days"), calendar=_("Calendar days"))
DAY_KIND = choices(off=_("Day off"), work=_("Make-up working day"))

CHECKLIST_KIND = choices(
    {"joining": "blue", "leaving": "amber"}, joining=_("Joining", "kind of list"), leaving=_("Leaving", "kind of list")
)
CHECKLIST_STATUS = choices({"open": "amber", "done": "green"}, open=_("Open"), done=_("Done"))
STEP_STATUS = choices({"todo": "amber", "done": "green"}, todo=_("To do", "status of a step"), done=_("Done"))
STEP_MOVES = {"todo": ("done",), "done": ("todo",)}
RESPONSIBLE = choices(
    officer=_("People officer"),
    head=_("Head of the person"),
    person=_("The person"),
    it=_("IT administrator"),
)

#: What somebody may ask to have changed in their own file.
ASKABLE = choices(phone=_("Telephone"), address=_("Home address"), emergency=_("Whom to call in an emergency"))
CHANGE_STATUS = choices(
    {"asked": "amber", "agreed": "green", "refused": "red", "withdrawn": "grey"},
    asked=_("To decide"),
    agreed=_("Entered"),
    refused=_("Refused"),
    withdrawn=_("Withdrawn"),
)
CHANGE_MOVES = {"asked": ("agreed", "refused", "withdrawn")}

CONTRACT_KIND = choices(open_ended=_("Open-ended"), fixed=_("Fixed term"), trainee=_("Trainee"), project=_("Project"))
CONTRACT_STATUS = choices({"running": "green", "ended": "grey"}, running=_("In force"), ended=_("Ended"))

ATTENDANCE_STATUS = choices(
    {"recorded": "green", "asked": "amber", "corrected": "blue"},
    recorded=_("Recorded"),
    asked=_("Correction asked"),
    corrected=_("Corrected"),
)
ATTENDANCE_MOVES = {
    "recorded": ("asked",),
    "asked": ("corrected", "recorded"),
    "corrected": ("asked",),
}

GOAL_STATUS = choices(
    {"open": "amber", "met": "green", "missed": "grey"}, open=_("Open"), met=_("Met"), missed=_("Missed")
)
GOAL_MOVES = {"open": ("met", "missed"), "met": ("open",), "missed": ("open",)}

#: Company settings, edited in Settings > Company.
SETTINGS: list[Setting] = [
    Setting(
        "hrm.country",
        field.text(
            _("Working calendar of"), default="CN", max_length=2,
            help=_("Country code for people whose file names none, such as CN or NL."),
        ),
        order=400,
    ),
    Setting(
        "hrm.ending_days",
        field.integer(
            _("Ending soon: days ahead"), default=60, minimum=1, maximum=365,
            help=_("Probations and contracts that end within so many days stand on the tile."),
        ),
        order=410,
    ),
]  # fmt: skip
