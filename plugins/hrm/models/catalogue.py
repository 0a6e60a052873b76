"""All entities of the plugin."""

from __future__ import annotations

from typing import Any

from weft.plugins.hrm.models import checklists, leave, people, work

ENTITIES: list[Any] = [
    people.Position, people.Employee, people.FileChange, people.Placement,
    checklists.Template, checklists.TemplateStep, checklists.Checklist, checklists.Step,
    leave.LeaveType, leave.Entitlement, leave.Leave, leave.CalendarDay,
    work.Contract, work.Attendance, work.Goal,
]  # fmt: skip
