"""Words of the projects plugin: choice values, relation types, settings. Data only."""

from __future__ import annotations

from weft.core.sdk import RelationType, Setting, choices, field, translator

_ = translator("projects")

PROJECT_STATUS = choices(
    {"planned": "grey", "running": "blue", "finished": "green", "cancelled": "grey"},
    planned=_("Planned"),
    running=_("Running"),
    finished=_("Finished"),
    cancelled=_("Cancelled"),
)
PROJECT_MOVES = {
    "planned": ("running", "cancelled"),
    "running": ("finished", "cancelled", "planned"),
    "finished": ("running",),
    "cancelled": ("planned", "running"),
}
HEALTH = choices(
    {"good": "green", "watch": "amber", "bad": "red"},
    good=_("On track"),
    watch=_("Needs attention"),
    bad=_("In trouble"),
)
TASK_STATUS = choices(
    {"open": "grey", "doing": "blue", "done": "green", "dropped": "grey"},
    open=_("Open", "status of a task"),
    doing=_("In work"),
    done=_("Done"),
    dropped=_("Dropped"),
)
#: Tasks somebody still has to work on.
LIVE = ("open", "doing")
MILESTONE_STATUS = choices(
    {"planned": "grey", "waiting": "amber", "reached": "green", "accepted": "green", "refused": "red"},
    planned=_("Planned"),
    waiting=_("Waits for acceptance"),
    reached=_("Reached"),
    accepted=_("Accepted"),
    refused=_("Refused"),
)
MILESTONE_MOVES = {
    "planned": ("waiting", "reached"),
    "waiting": ("accepted", "refused", "planned"),
    "refused": ("waiting", "planned"),
    "reached": ("planned",),
    "accepted": ("planned",),
}
#: Milestones that are over.
MET = ("reached", "accepted")
LINK_KIND = choices(
    FS=_("End, then start"),
    SS=_("Start with start"),
    FF=_("End with end"),
    SF=_("Start, then end"),
)
MEMBER_KIND = choices(member=_("Member"), guest=_("Guest: reads only"))
HOURS_STATUS = choices(
    {"draft": "grey", "submitted": "amber", "approved": "green", "returned": "red"},
    draft=_("Draft"),
    submitted=_("Submitted"),
    approved=_("Approved"),
    returned=_("Sent back"),
)
HOURS_MOVES = {
    "draft": ("submitted",),
    "submitted": ("approved", "returned", "draft"),
    "approved": ("returned",),
    "returned": ("submitted", "draft"),
}
#: Hours their person may still change.
WRITABLE = ("draft", "returned")
DEGREE = choices({"low": "grey", "medium": "amber", "high": "red"}, low=_("Low"), medium=_("Medium"), high=_("High"))
RISK_STATUS = choices(
    {"open": "amber", "happened": "red", "closed": "grey"}, open=_("Open"), happened=_("Happened"), closed=_("Closed")
)
STEP_KIND = choices(task=_("Task"), milestone=_("Milestone"))

RELATIONS = [
    RelationType(
        key="projects.guest",
        inverse="projects.guest_of",
        label=_("Guests"),
        inverse_label=_("Guest of the project"),
        source=("projects.project",),
        target=("trait:core.organization", "trait:core.person"),
    ),
]

#: Company settings, edited in Settings > Company.
SETTINGS: list[Setting] = [
    Setting(
        "projects.day_hours",
        field.decimal(
            _("Working hours a day"), scale=1, default=8, minimum=1, maximum=24,
            help=_("One day of a task, and the capacity of a person in the workload."),
        ),
        order=400,
    ),
]  # fmt: skip
