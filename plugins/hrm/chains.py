"""How leave is approved, for the workflow plugin where it is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import translator
from weft.plugins.hrm.grants import OFFICER

_ = translator("hrm")

__all__ = ["CHAINS"]

CHAINS: list[Mapping[str, Any]] = [
    {
        "key": "hrm.leave",
        "title": _("Leave request"),
        "entity": "hrm.leave",
        "start": {"on": "create"},
        "steps": [
            {
                "key": "head",
                "title": _("Head of the person"),
                "who": {"kind": "owner"},
                "silence": {"days": 3, "then": "remind"},
            },
            {
                "key": "officer",
                "title": _("People officer"),
                "who": {"kind": "role", "role": OFFICER},
                "when": {"field": "days", "op": "gt", "value": "5"},
                "silence": {"days": 3, "then": "remind"},
            },
        ],
        "approved": "approve",
        "returned": "refuse",
        "rejected": "refuse",
        "withdrawn": "withdraw",
    },
]
