"""Activities in people's calendars: planned calls, visits and tasks, and what was done, at their time."""

from __future__ import annotations

from weft.core.sdk import CalendarSource, translator

_ = translator("crm")

CALENDARS = [
    CalendarSource(
        "crm.activities",
        _("Activities"),
        "crm.activity",
        "at",
        minutes="minutes",
        about="account",
        filters={"status__in": "planned,done"},
        # A task with a customer is the next step there: it is told of among the follow-ups.
        tasks={"kind": "task"},
        listed={"account__isnull": "true"},
        finished=("status", "done"),
        done="crm.activity.finish",
        remind="remind_minutes",
        tone="teal",
        order=20,
    )
]
