"""How long steps and whole cases take: figures of processes, never of single people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from weft.core.sdk import Records, Row, every
from weft.plugins.workflow.grants import CASE, TASK

__all__ = ["Step", "cases_by_process", "steps_by_name"]

_REASON = "workflow: time per step"
_FIELDS = ("process", "step_name", "step_name_alt", "opened_at", "decided_at", "due_at", "status")
_ASKED = {"kind__in": "decide,sign"}


@dataclass(slots=True)
class Step:
    """What is known of one step of a process.

    Attributes:
        process: reference to the process, or None.
        name, alt: the step in English, in Chinese.
        hours: from being asked to the decision, one number per decision.
        open, late: waiting now, and of these past their due time.
    """

    process: Any = None
    name: str = ""
    alt: str = ""
    hours: list[float] = field(default_factory=list)
    open: int = 0
    late: int = 0


def steps_by_name(records: Records, decided: Mapping[str, Any]) -> list[Step]:
    """Steps with their decisions and what is open now.

    Args:
        records: any unit; the figures are those of the whole company.
        decided: filters of the decisions that count, by ``decided_at``.
    """
    found: dict[tuple[int, str], Step] = {}
    for row in _every(records, TASK, _FIELDS, {"status__in": "agreed,rejected,returned", **_ASKED, **decided}):
        if row.get("opened_at") and row.get("decided_at"):
            _step(found, row).hours.append(_hours(row["opened_at"], row["decided_at"]))
    for row in _every(records, TASK, _FIELDS, {"status": "open", **_ASKED}):
        step = _step(found, row)
        step.open += 1
        step.late += row.get("due_at") is not None and row["due_at"] < records.now
    return list(found.values())


def _step(found: dict[tuple[int, str], Step], row: Row) -> Step:
    process = row.get("process")
    name = str(row.get("step_name") or "")
    key = (process.id if process is not None else 0, name)
    if key not in found:
        found[key] = Step(process, name, str(row.get("step_name_alt") or name))
    return found[key]


def cases_by_process(records: Records, ended: Mapping[str, Any]) -> dict[Any, list[float]]:
    """Hours from asking to the end of cases that were decided, by process (its reference).

    Args:
        records: as above.
        ended: filters of the cases that count, by ``ended_at``.
    """
    hours: dict[int, list[float]] = defaultdict(list)
    named: dict[int, Any] = {}
    filters = {"status__in": "approved,rejected,returned,ended", "ended_at__isnull": "false", **ended}
    for row in _every(records, CASE, ("process", "created_at", "ended_at"), filters):
        if row.get("process") is None:
            continue
        named[row["process"].id] = row["process"]
        hours[row["process"].id].append(_hours(row["created_at"], row["ended_at"]))
    return {named[key]: some for key, some in hours.items()}


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600


def _every(records: Records, entity: str, fields: Sequence[str], filters: Mapping[str, Any]) -> Iterator[Row]:
    return every(records.system(_REASON), entity, fields, filters)
