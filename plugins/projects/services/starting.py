"""A project from a template: phases, milestones and tasks with dates on working days, and the dependencies between."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, every, translator
from weft.plugins.projects.services.plan import DEPENDENCY, MILESTONE, PHASE, PROJECT, TASK

_ = translator("projects")

__all__ = ["after_of", "from_record", "start"]

_REASON = "projects: tasks of a template"
_AFTER = re.compile(r"^\s*(\d+)\s*(FS|SS|FF|SF)?\s*([+-]\s*\d+)?\s*$", re.IGNORECASE)
_STEP = "projects.template_step"


def after_of(text: str | None) -> list[tuple[int, str, int]]:
    """Read "3, 4SS+2" as [(3, "FS", 0), (4, "SS", 2)].

    Raises:
        ValidationFailed: it is written in another way.
    """
    found = []
    for part in re.split(r"[,;，；]", text or ""):
        if not part.strip():
            continue
        match = _AFTER.match(part)
        if match is None:
            raise ValidationFailed.single("after", "format", _("Write places of steps, such as 3, 4SS+2."))
        lag = int((match[3] or "0").replace(" ", ""))
        found.append((int(match[1]), (match[2] or "FS").upper(), lag))
    return found


def start(records: Records, values: Mapping[str, Any], template: int | None) -> Row:
    """Make a project and what its template says; the person leads it.

    Args:
        records: the unit of work of who may make projects.
        values: of the project.
        template: id of a template, or None.

    Raises:
        ValidationFailed: the template names a step it does not have.
    """
    project = records.create(PROJECT, values)
    if template is None:
        return project
    system = records.system(_REASON)
    steps = list(every(records, _STEP, None, {"template": str(template)}, sort="position"))
    system.update(PROJECT, project["id"], {"template": template}, version=None)
    begin = project.get("starts_on") or records.now.astimezone(records.zone).date()
    _fill(records, system, project["id"], steps, begin)
    return records.get(PROJECT, project["id"])


def _fill(records: Records, system: Records, project: int, steps: Sequence[Row], begin: date) -> None:
    owner = records.principal.user_id
    phases = _phases(system, project, steps, owner)
    milestones: dict[int, int] = {}
    tasks: dict[int, int] = {}
    goals = [step for step in steps if step["kind"] == "milestone"]
    if goals:
        made = system.load(MILESTONE, [
            _named(step) | {"project": project, "phase": phases.get(step.get("phase") or ""), "owner": owner,
                            "planned_on": begin, "shared": step["shared"], "acceptance": step["acceptance"]}
            for step in goals
        ])  # fmt: skip
        milestones = dict(zip((step["position"] for step in goals), made.created, strict=True))
    leads_to = _goals(steps)
    work = [step for step in steps if step["kind"] == "task"]
    if work:
        made = system.load(TASK, [
            _named(step) | {"project": project, "phase": phases.get(step.get("phase") or ""), "starts_on": begin,
                            "days": step["days"], "effort": step.get("effort"), "shared": step["shared"],
                            "milestone": milestones.get(leads_to.get(step["position"], 0)),
                            "position": step["position"], "owner": owner}
            for step in work
        ])  # fmt: skip
        tasks = dict(zip((step["position"] for step in work), made.created, strict=True))
    links = []
    for step in work:
        for place, kind, lag in after_of(step.get("after")):
            if place in tasks and step["position"] in tasks:
                links.append({"before": tasks[place], "after": tasks[step["position"]], "kind": kind, "lag": lag,
                              "owner": owner})  # fmt: skip
    if links:
        system.load(DEPENDENCY, links)
    _settle(system, project)


def _named(step: Row) -> dict[str, Any]:
    return {"name": step["name"], "name_alt": step.get("name_alt")}


def _phases(system: Records, project: int, steps: Sequence[Row], owner: int | None) -> dict[str, int]:
    names: dict[str, str | None] = {}
    for step in steps:
        if step.get("phase"):
            names.setdefault(step["phase"], step.get("phase_alt"))
    if not names:
        return {}
    rows = [
        {"name": name, "name_alt": alt, "project": project, "position": place, "owner": owner}
        for place, (name, alt) in enumerate(names.items(), 1)
    ]
    return dict(zip(names, system.load(PHASE, rows).created, strict=True))


def _goals(steps: Sequence[Row]) -> dict[int, int]:
    """Place of a task -> place of the milestone that waits for it."""
    found: dict[int, int] = {}
    for step in steps:
        if step["kind"] == "milestone":
            for place, _kind, _lag in after_of(step.get("after")):
                found[place] = step["position"]
    return found


def _settle(system: Records, project: int) -> None:
    """The plan as it is made is what was planned: end of the project, dates of its milestones."""
    row = system.get(PROJECT, project, fields=("forecast_on", "ends_on"))
    rows = list(every(system, MILESTONE, ("due_on",), {"project": str(project)}))
    dates = {one.id: {"planned_on": one["due_on"], "shown_on": one["due_on"]} for one in rows if one.get("due_on")}
    if dates:
        system.update_many(MILESTONE, dates)
    if row.get("ends_on") is None and row.get("forecast_on") is not None:
        system.update(PROJECT, project, {"ends_on": row["forecast_on"]}, version=None)


def from_record(records: Records, record_id: int) -> dict[str, Any]:
    """What a project takes over from the record it is made from: name, customer, contact, as far as one may read.

    Args:
        records: the unit of work.
        record_id: any record; its references to an organisation and a person are taken over.
    """
    row = records.find(record_id)
    registry = records.runtime.registry
    found: dict[str, Any] = {"name": row["title"]}
    entity = registry.entities[row["type"]]
    for name, declared in entity.fields.items():
        value = row.get(name)
        far = registry.entities.get(getattr(value, "type", ""))
        if value is None or far is None or getattr(value, "restricted", True) or not declared.to:
            continue
        if "core.organization" in far.spec.traits:
            found.setdefault("customer", value.id)
        elif "core.person" in far.spec.traits:
            found.setdefault("contact", value.id)
    return found
