"""What sales people ask their heads for, for the workflow plugin where it is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import translator

_ = translator("crm")

__all__ = ["CHAINS"]

_HEAD = {
    "key": "head",
    "title": _("Head of the unit"),
    "who": {"kind": "unit_head", "levels": 1},
    "silence": {"days": 3, "then": "remind"},
}

CHAINS: list[Mapping[str, Any]] = [
    {
        "key": "crm.discount",
        "title": _("Discount"),
        "entity": "crm.opportunity",
        "start": {"on": "button"},
        "steps": [_HEAD],
        "approved": "give_discount",
    },
    {
        "key": "crm.freeze",
        "title": _("Freeze customer"),
        "entity": "crm.account",
        "start": {"on": "button"},
        "steps": [_HEAD],
        "approved": "freeze",
    },
]
