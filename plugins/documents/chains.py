"""How contracts are approved, for the workflow plugin where it is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import translator

_ = translator("documents")

__all__ = ["CHAINS"]

#: Above this amount, or when it frames later orders, finance and the executives countersign in any order.
_COUNTERSIGN = {
    "hit": "COLLECT",
    "currency": "CNY",
    "inputs": ["amount", "kind"],
    "outputs": ["signature"],
    "rules": [[">= 1000000", "-", '"countersign"'], ["-", '"framework"', '"countersign"']],
}

CHAINS: list[Mapping[str, Any]] = [
    {
        "key": "documents.contract",
        "title": _("Contract approval"),
        "entity": "documents.contract",
        "start": {"on": "action", "action": "ask_approval"},
        "tables": {"countersign": _COUNTERSIGN},
        "steps": [
            {
                "key": "head",
                "title": _("Head of the unit"),
                "who": {"kind": "unit_head", "levels": 1},
                "silence": {"days": 3, "then": "remind"},
            },
            {
                "key": "countersign",
                "title": _("Countersignature"),
                "mode": "each",
                "who": {"kind": "role", "role": "finance.officer", "role2": "portal_employee.executive"},
                "when": {"table": "countersign", "has": "countersign"},
                "silence": {"days": 5, "then": "remind"},
            },
        ],
        "approved": "approve",
        "returned": "send_back",
        "rejected": "send_back",
        "withdrawn": "send_back",
    },
]
