"""Workload of people over all projects for the next two weeks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from weft.core.sdk import current_locale, directory, in_script, translator
from weft.core.websdk import Cell, Report, Section, View, report_page
from weft.plugins.projects import vocabulary as words
from weft.plugins.projects.services.plan import TASK
from weft.plugins.projects.services.workdays import Workdays
from weft.plugins.projects.services.workload import DAYS, loads

_ = translator("projects")

__all__ = ["person_tasks", "show_workload"]

_HOW = _(
    "What is left of open tasks, spread evenly over the working days until they are due, against the working hours of"
    " the next two weeks."
)


def person_tasks(view: View, person: int) -> str:
    """Address of somebody's open tasks that fall into the two weeks."""
    last = Workdays(view.today).day(DAYS - 1).isoformat()
    return view.url(
        TASK, owner=str(person), status__in=",".join(words.LIVE), starts_on__lte=last, sort="due_on", all="1"
    )


def show_workload(view: View) -> Any:
    """One row per person, the fullest first."""
    found = loads(view.records, view.today)
    people = directory.persons(view.records, found)
    rows = []
    for key, load in sorted(found.items(), key=lambda pair: -pair[1].percent):
        person = people.get(key)
        name = in_script(person.name, person.name_alt, current_locale())[0] if person is not None else str(key)
        tone = "late" if load.percent > 100 else ""
        rows.append({
            "name": Cell(name, "text", person_tasks(view, key)), "bar": min(load.percent, 100),
            "load": Cell(load.percent, "percent", "", tone), "first": _hours(load.by_week[0]),
            "second": _hours(load.by_week[1]), "tasks": Cell(load.tasks, "integer", person_tasks(view, key)),
            "overdue": Cell(load.overdue, "integer", "", "late" if load.overdue else ""),
        })  # fmt: skip
    columns = (
        ("name", _("Person")), ("load", _("Load")), ("first", _("First week (h)")), ("second", _("Second week (h)")),
        ("tasks", _("Open tasks")), ("overdue", _("Overdue")),
    )  # fmt: skip
    section = Section(_("Next two weeks"), columns, rows, None, "", _("Nobody has open tasks."))
    return report_page(view, Report("workload", _("Workload"), TASK, _HOW, sections=[section]))


def _hours(hours: Decimal) -> Cell:
    return Cell(hours.quantize(Decimal("0.1")), "decimal")
