"""What a head who decides about one more colleague on a task reads: workload and lateness, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Row, current_locale, directory, in_script, translator
from weft.core.websdk import View, face
from weft.plugins.projects.services import support
from weft.plugins.projects.services.plan import TASK
from weft.plugins.projects.services.workload import Load
from weft.plugins.projects.views.parts import late_text, names
from weft.plugins.projects.views.workload_page import person_tasks

_ = translator("projects")

__all__ = ["advice"]


def advice(view: View, record: Row, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """For the plugin of approvals; None where nobody asks for a colleague."""
    person, days = str(asked.get("person") or ""), str(asked.get("days") or "")
    if record["type"] != TASK or not person.isdigit() or not days.isdigit():
        return None
    found = support.effect(view.records, record, int(person), int(days), view.today)
    people = directory.persons(view.records, found.loads)
    rows = []
    for key, (now, then) in found.loads.items():
        one = people.get(key)
        name = in_script(one.name, one.name_alt, current_locale())[0] if one is not None else str(key)
        rows.append({
            "title": name, "url": person_tasks(view, key), "face": face(key, name), "sub": str(_("next two weeks")),
            "end": {"text": f"{_percent(view, now)} → {_percent(view, then)}",
                    "tone": "late" if then is not None and then.percent > 100 else None},
        })  # fmt: skip
    late = [late_text(days) or str(_("not late")) for days in found.late]
    rows.append({
        "title": names(record.get("project")), "icon": "timeline-event", "sub": str(_("Project")),
        "end": {"text": " → ".join(late), "tone": "late" if found.late[1] else None},
    })  # fmt: skip
    return {"panels": [{"title": str(_("Before and after")), "rows": rows, "rows_two": True, "full": True}]}


def _percent(view: View, load: Load | None) -> str:
    return str(view.formats.percent(load.percent if load is not None else 0))
