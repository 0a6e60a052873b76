"""What projects say on the card of a customer: how many run, and how late the latest is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import translator
from weft.core.websdk import View
from weft.plugins.projects.services.plan import PROJECT
from weft.plugins.projects.views.parts import late_text

_ = translator("projects")

__all__ = ["facts"]


def facts(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Running projects of an organisation in the strip below its head; nothing where there is none."""
    entity = view.runtime.registry.entities.get(str(record.get("type") or ""))
    if entity is None or "core.organization" not in entity.spec.traits or not view.may(PROJECT, "read"):
        return None
    found = view.records.query(
        PROJECT, fields=("late_days", "progress"), limit=50,
        filters={"customer": str(record["id"]), "status": "running"},
    ).rows  # fmt: skip
    if not found:
        return None
    late = max(row.get("late_days") or 0 for row in found)
    percent = round(sum(row.get("progress") or 0 for row in found) / len(found))
    text = late_text(late) or str(_("%(n)s %% done") % {"n": percent})
    return {"facts": [{"label": str(_("Running projects")), "kind": "integer", "v": len(found), "after": text,
                       "after_tone": "late" if late else None}]}  # fmt: skip
