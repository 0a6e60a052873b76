"""Who agrees to an expense claim, one after the other, where approval chains are installed. Data only."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import translator
from weft.plugins.finance.grants import CLAIM, OFFICER

_ = translator("finance")

CHAINS: list[dict[str, Any]] = [
    {
        "key": "finance.claim", "title": _("Claim approval"), "entity": CLAIM,
        "start": {"on": "action", "action": "submit"},
        "steps": [
            {"key": "head", "title": _("Head of unit"), "who": {"kind": "path", "path": ["field:head"]},
             "mode": "any"},
            {"key": "lead", "title": _("Project lead"), "who": {"kind": "path", "path": ["field:lead"]}, "mode": "any",
             "when": {"field": "total", "op": "ge", "value": "20000", "currency": "CNY"}},
            {"key": "finance", "title": _("Finance"), "who": {"kind": "role", "role": OFFICER}, "mode": "any"},
        ],
        "approved": "agree", "returned": "send_back", "rejected": "reject",
    },
]  # fmt: skip
