"""What heads propose and leads decide, and what leads ask of heads, where approval chains are installed. Data only."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import translator

_ = translator("projects")

__all__ = ["CHAINS"]

CHAINS: list[dict[str, Any]] = [
    {
        "key": "projects.reassign", "title": _("Other assignee"), "entity": "projects.task",
        # Who reads the task may propose; the plan is the lead's to change.
        "start": {"on": "button", "by": "read"},
        "steps": [
            {"key": "lead", "title": _("Project lead"), "who": {"kind": "path", "path": ["projects.task_of"]},
             "mode": "any", "silence": {"days": 3, "then": "remind"}},
        ],
        "approved": "reassign",
    },
    {
        "key": "projects.colleague", "title": _("One more colleague"), "entity": "projects.task",
        "start": {"on": "button"},
        "steps": [
            {"key": "head", "title": _("Head of the unit"), "who": {"kind": "unit_head", "levels": 1},
             "silence": {"days": 3, "then": "remind"}},
        ],
        "approved": "add_colleague",
    },
]  # fmt: skip
