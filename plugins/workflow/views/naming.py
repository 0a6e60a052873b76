"""How cases, tasks and people are called in the viewer's script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Row, current_locale, in_script
from weft.core.websdk import View

__all__ = ["is_mine", "name_of", "person", "process_name"]


def name_of(row: Mapping[str, Any]) -> str:
    """What a case or task is about, in the viewer's script."""
    return in_script(str(row.get("name") or ""), row.get("name_alt"), current_locale())[0]


def person(ref: Any) -> str:
    """A person in the viewer's script."""
    return in_script(ref.name, ref.alt, current_locale())[0] if ref is not None else ""


def process_name(case: Mapping[str, Any]) -> str:
    """Which process a case or task is of, in the viewer's script; empty where it is missing."""
    ref = case.get("process")
    return in_script(ref.title, ref.alt, current_locale())[0] if ref is not None else ""


def is_mine(view: View, row: Row) -> bool:
    """True when a task waits for the viewer, or for somebody the viewer stands in for."""
    return bool(row.get("owner")) and row["owner"].id in {view.principal.user_id, *view.principal.acts_for}
