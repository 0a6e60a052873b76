"""Report: how long the steps of processes take, and what is overdue now. Figures of steps, never of single people."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from weft.core.sdk import NotFound, current_locale, in_script, translator
from weft.core.websdk import Cell, Report, Section, View, read_period, report_page
from weft.plugins.workflow.grants import ADMIN, CASE, EXECUTIVE, KEEPER
from weft.plugins.workflow.services import durations

_ = translator("workflow")

__all__ = ["READERS", "show"]

READERS = (EXECUTIVE, KEEPER, ADMIN)
_HOW = _(
    "Decisions of the period, by process and step: from the moment somebody was asked until they decided. What was"
    " handed over or not needed any more does not count. Overdue: open now and past its due time. Cases: from asking to"
    " the end, of those that ended in the period."
)
_COLUMNS = (
    ("step", _("Step")),
    ("count", _("Decisions")),
    ("mean", _("Mean (hours)")),
    ("median", _("Median (hours)")),
    ("longest", _("Longest (hours)")),
    ("open", _("Open now")),
    ("late", _("Overdue")),
)
_CASE_COLUMNS = (
    ("process", _("Process")),
    ("count", _("Ended")),
    ("mean", _("Mean (days)")),
    ("median", _("Median (days)")),
    ("longest", _("Longest (days)")),
)


def show(view: View) -> Any:
    """The report."""
    if not view.principal.roles.intersection(READERS):
        raise NotFound(view.path)
    period = read_period(view, ("month", "quarter", "year", "all"), "quarter")
    found = durations.steps_by_name(view.records, period.filters("decided_at"))
    everything = [one for step in found for one in step.hours]
    late = sum(step.late for step in found)
    figures = [
        {"label": _("Decisions"), "cell": Cell(len(everything))},
        {"label": _("Median (hours)"), "cell": Cell(_rounded(median(everything)) if everything else None, "decimal")},
        {"label": _("Overdue"), "cell": Cell(late, tone="late" if late else "")},
    ]
    rows = sorted((_row(step) for step in found), key=lambda row: str(row["step"]))
    ended = durations.cases_by_process(view.records, period.filters("ended_at"))
    cases = sorted((_case_row(ref, hours) for ref, hours in ended.items()), key=lambda row: str(row["process"]))
    sections = [
        Section(_("Steps"), _COLUMNS, rows, empty=_("Nothing was decided in this period.")),
        Section(_("Cases"), _CASE_COLUMNS, cases, empty=_("No case ended in this period.")),
    ]
    return report_page(
        view, Report("step_times", _("Time per step"), CASE, _HOW, period=period, figures=figures, sections=sections)
    )


def _row(step: durations.Step) -> dict[str, Any]:
    process = _named(step.process)
    name = step.alt if current_locale().startswith("zh") else step.name
    return {
        "step": f"{process}: {name}" if process else name,
        "count": Cell(len(step.hours)),
        **_times(step.hours, 1),
        "open": Cell(step.open),
        "late": Cell(step.late, tone="late" if step.late else ""),
    }


def _case_row(process: Any, hours: Sequence[float]) -> dict[str, Any]:
    return {"process": _named(process), "count": Cell(len(hours)), **_times(hours, 24)}


def _named(process: Any) -> str:
    return in_script(process.title, process.alt, current_locale())[0] if process is not None else ""


def _times(hours: Sequence[float], unit: int) -> dict[str, Any]:
    """Mean, median and longest of some hours, in units of so many hours."""
    told = [one / unit for one in hours]
    return {
        "mean": Cell(_rounded(sum(told) / len(told)) if told else None, "decimal"),
        "median": Cell(_rounded(median(told)) if told else None, "decimal"),
        "longest": Cell(_rounded(max(told, default=None)), "decimal"),
    }


def _rounded(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.1f}")
