"""One more colleague on a task: what the plan and the workload come to, and what is done once the head agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, directory, notify, register_notice, translator
from weft.plugins.projects.services.plan import PROJECT, TASK, Plan, ref_id
from weft.plugins.projects.services.workload import Load, loads

_ = translator("projects")

__all__ = ["Effect", "add", "effect"]

_HELPER = "projects.helper"
_REASON = "projects: one more colleague on a task"
HELPS, SUPPORTED = "projects.helps", "projects.supported"
register_notice(HELPS, _("%(who)s agreed that you help with %(record)s"), headline=_("Tasks for you"))
register_notice(SUPPORTED, _("%(who)s agreed to one more colleague: %(record)s"), headline=_("More people"))


@dataclass(frozen=True, slots=True)
class Effect:
    """What one more colleague on a task changes.

    Attributes:
        late: days the project is late, now and then.
        loads: per person the load of the next two weeks, now and then, None without anything to do.
    """

    late: tuple[int, int]
    loads: Mapping[int, tuple[Load | None, Load | None]]


def effect(records: Records, task: Row, person: int, days: int, today: date) -> Effect:
    """Compute what would change; nothing is written.

    Args:
        records: whose rights count for the workload.
        task: the task.
        person: who would help.
        days: working days the task would take then.
        today: of the viewer.
    """
    project = ref_id(task["project"])
    plan = Plan(records.system(_REASON), [project], today)
    before = plan.values_of(PROJECT, project)["late_days"] or 0
    plan.put(TASK, task["id"], {"days": days})
    plan.compute()
    now = loads(records, today)
    then = loads(records, today, helping={task["id"]: person}, instead=plan.differences(TASK))
    people = [person, *([task["owner"].id] if task.get("owner") else [])]
    return Effect(
        (before, plan.values_of(PROJECT, project)["late_days"] or 0),
        {one: (now.get(one), then.get(one)) for one in dict.fromkeys(people)},
    )


def add(records: Records, task: Row, person: int, days: int) -> None:
    """Let somebody help with a task, which then takes so many days; they and the lead are told.

    Args:
        records: the unit of work of who agreed.
        task: an open task of a project.
        person: a colleague.
        days: working days it takes with them.

    Raises:
        ValidationFailed: they are on the task already, or are nobody here.
    """
    system = records.system(_REASON)
    owner = task.get("owner")
    who = directory.persons(records, [person]).get(person)
    if who is None or who.external or not who.active:
        raise ValidationFailed.single("person", "colleague", _("Choose a colleague."))
    known = system.query(_HELPER, fields=(), filters={"task": task["id"], "person": person}, limit=1).rows
    if known or (owner is not None and owner.id == person):
        raise ValidationFailed.single("person", "twice", _("This colleague is on the task already."))
    system.create(_HELPER, {"task": task["id"], "person": person})
    if days != task.get("days"):
        system.update(TASK, task["id"], {"days": days}, version=None)
    notify(records, [person], HELPS, task["id"], at_sign_in=True)
    lead = _lead(system, ref_id(task["project"]))
    notify(records, [one for one in lead if one != person], SUPPORTED, task["id"], at_sign_in=True)


def _lead(system: Records, project: Any) -> list[int]:
    row = system.get(PROJECT, project, fields=("owner",))
    return [row["owner"].id] if row.get("owner") else []
