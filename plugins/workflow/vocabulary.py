"""Words of the workflow plugin: states, modes, who decides, what happens on silence. Data only."""

from __future__ import annotations

from weft.core.sdk import RelationType, ValueList, choices, translator

_ = translator("workflow")

CASE_STATUS = choices(
    {
        "running": "amber",
        "approved": "green",
        "rejected": "red",
        "returned": "blue",
        "withdrawn": "grey",
        "ended": "grey",
        "stuck": "red",
    },
    running=_("Running", "status of a case"),
    approved=_("Approved", "status of a case"),
    rejected=_("Rejected", "status of a case"),
    returned=_("Returned", "status of a case"),
    withdrawn=_("Withdrawn", "status of a case"),
    ended=_("Ended", "status of a case"),
    stuck=_("Needs help", "status of a case"),
)
#: Cases that still wait for somebody or something.
OPEN = ("running", "stuck")

TASK_STATUS = choices(
    {
        "waiting": "grey",
        "open": "amber",
        "agreed": "green",
        "rejected": "red",
        "returned": "blue",
        "passed": "grey",
        "dropped": "grey",
        "seen": "green",
    },
    waiting=_("Later", "status of a task"),
    open=_("To decide", "status of a task"),
    agreed=_("Agreed", "status of a task"),
    rejected=_("Rejected", "status of a task"),
    returned=_("Returned", "status of a task"),
    passed=_("Passed on", "status of a task"),
    dropped=_("Not needed any more", "status of a task"),
    seen=_("Read", "status of a task"),
)
TASK_KIND = choices(
    decide=_("Decision", "kind of task"),
    sign=_("Further signature", "kind of task"),
    advise=_("Advice for somebody who decides", "kind of task"),
    choose=_("Choose who decides", "kind of task"),
    read=_("To read", "kind of task"),
)
MODE = choices(
    any=_("One of them is enough"),
    all=_("All of them, in any order"),
    turn=_("All of them, one after the other"),
    share=_("A share of them"),
    each=_("One of each role"),
)
WHO = choices(
    unit_head=_("Head of the requester's unit"),
    role=_("Everybody with a role"),
    person=_("A person"),
    owner=_("Owner of the record"),
    path=_("Owner of a linked record"),
    matrix=_("Whoever has a duty in the unit"),
    choice=_("Whom the requester chooses"),
)
SILENCE = choices(
    remind=_("Remind them"),
    escalate=_("Ask the head above too"),
    agree=_("It counts as agreed"),
    reject=_("It counts as rejected"),
)
COMPARE = choices(
    ge=_("at least"),
    gt=_("more than"),
    le=_("at most"),
    lt=_("less than"),
    eq=_("is", "comparison"),
    ne=_("is not", "comparison"),
)
START = choices(
    action=_("When somebody does this"),
    create=_("When a record is made"),
    change=_("When a value changes"),
    button=_("By a button on the record"),
    schedule=_("By the calendar"),
    api=_("By another program"),
)
FIELD_MODE = choices(
    read=_("Shown"),
    edit=_("May be changed"),
    required=_("Has to be filled in"),
    hidden=_("Not shown"),
)
SOURCE = choices(
    plugin=_("Shipped", "source of a process"),
    form=_("Made in the form", "source of a process"),
    upload=_("Uploaded", "source of a process"),
)

VALUE_LISTS: list[ValueList] = [
    ValueList(
        "workflow.duty",
        _("Duties in units"),
        [
            ("budget", {"en": "Budget", "zh": "预算负责人"}),
            ("quality", {"en": "Quality", "zh": "质量负责人"}),
            ("safety", {"en": "Safety", "zh": "安全负责人"}),
        ],
    ),
]
RELATIONS: list[RelationType] = []
