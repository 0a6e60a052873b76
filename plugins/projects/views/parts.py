"""Small things that several pages of projects show in the same way: names, states, bars of days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weft.core.sdk import RefValue, current_locale, directory, in_script, translator
from weft.core.websdk import View, face
from weft.plugins.projects import vocabulary as words

_ = translator("projects")

__all__ = ["late_text", "milestone_status", "name_of", "names", "person", "task_status", "titles_of"]

_NAMES = "projects: name of a project's customer"


def name_of(row: Mapping[str, Any]) -> str:
    """Name of a project, phase, milestone or task in the viewer's script."""
    return in_script(str(row.get("name") or row.get("title") or ""), row.get("name_alt"), current_locale())[0]


def names(ref: RefValue | None) -> str:
    """Name of a referenced record in the viewer's script; empty where there is none or it may not be read."""
    if ref is None or ref.restricted:
        return ""
    return in_script(ref.title, ref.alt, current_locale())[0]


def titles_of(view: View, refs: Iterable[RefValue | None]) -> dict[int, str]:
    """Names of customers and contacts for people who may read the project: the name alone, whatever else of them."""
    ids = {ref.id for ref in refs if ref is not None}
    if not ids:
        return {}
    found = view.records.system(_NAMES).titles(ids)
    return {key: in_script(ref.title, ref.alt, current_locale())[0] for key, ref in found.items()}


def person(view: View, user_id: int | None) -> dict[str, Any] | None:
    """Face and name of a colleague."""
    found = directory.persons(view.records, [user_id]).get(user_id or 0)
    if found is None:
        return None
    shown = in_script(found.name, found.name_alt, current_locale())[0]
    return {"title": shown, "face": face(found.id, shown) | {"name": shown}}


def milestone_status(row: Mapping[str, Any]) -> dict[str, str]:
    """State of a milestone: dot and word."""
    status = row.get("status") or "planned"
    return {"label": str(words.MILESTONE_STATUS.labels[status]), "dot": words.MILESTONE_STATUS.tones[status]}


def task_status(row: Mapping[str, Any]) -> dict[str, str]:
    """State of a task: dot and word."""
    status = row.get("status") or "open"
    return {"label": str(words.TASK_STATUS.labels[status]), "dot": words.TASK_STATUS.tones[status]}


def late_text(days: int | None) -> str:
    """``9 days late``, or empty."""
    return str(_("%(n)s days late") % {"n": days}) if days else ""
