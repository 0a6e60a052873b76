"""Time: timers of models, reminders, and what a step does when nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import JobContext, Kind, Records, Row, WeftError, among, every, writing_as
from weft.plugins.workflow.grants import CASE, TASK, VERSION
from weft.plugins.workflow.services import cases, deciding, people, processes, steps
from weft.plugins.workflow.services.processes import Live
from weft.plugins.workflow.services.told import ESCALATED, REMINDED, SILENT, tell

__all__ = ["by_calendar", "look_after"]

_REASON = "workflow: time"
_PART = 100
#: Reminders come again after as long as the step allows for an answer, at most once a day.
_ONCE = timedelta(days=1)
#: How far back cases by the calendar are made up for.
_MISSED = timedelta(days=7)


def look_after(context: JobContext) -> int:
    """Do what is due; returns how much. Harmless when it runs again."""
    done = 0
    with context.records() as records:
        due = list(
            records.query(
                TASK,
                fields=("case",),
                limit=_PART,
                sort="due_at",
                filters={"status": "open", "due_at__lte": context.now.isoformat()},
            ).rows
        )
        woken = _woken(records)
    for task in due:
        try:
            done += _silent(context, task["id"])
        except WeftError as error:  # its process or record is missing, it just changed: all others go on
            _put_off(context, task["id"], str(error))
    for case in woken:
        try:
            with context.records() as records:
                done += _wake(records, case)
        except WeftError as error:  # what this model wants cannot be done now: the timers of all others go on
            _sleep_on(context, case, str(error))
    return done


def _sleep_on(context: JobContext, number: int, why: str) -> None:
    """Try a timer again tomorrow, and tell whoever looks at its case why it did not go on."""
    with context.records() as records:
        _tell_case(records, number, why, wake_at=records.now + _ONCE)


def _put_off(context: JobContext, number: int, why: str) -> None:
    """Try a task again tomorrow, and tell whoever looks at its case why nothing was done about it."""
    with context.records() as records:
        for task in records.query(TASK, fields=("case", "status"), filters={"id": number}, limit=1).rows:
            if task["status"] == "open":
                records.system(_REASON).update(TASK, number, {"due_at": records.now + _ONCE}, version=None)
            if task.get("case"):
                _tell_case(records, task["case"].id, why)


def _tell_case(records: Records, number: int, why: str, **values: Any) -> None:
    """Write at a case what is wrong with it, unless it is gone by now."""
    if records.query(CASE, fields=("name",), filters={"id": number}, limit=1).rows:
        records.system(_REASON).update(CASE, number, {"help_text": why[:400], **values}, version=None)


def _woken(records: Records) -> list[int]:
    filters = {"status__in": "running", "wake_at__lte": records.now.isoformat()}
    return [row["id"] for row in records.query(CASE, fields=("name",), filters=filters, limit=_PART).rows]


def _wake(records: Records, number: int) -> int:
    """Let a timer of a model run out."""
    case = cases.lock(records, number)
    if case["status"] != "running" or not case.get("engine"):
        return 0
    chain, run, look = cases.resumed(records, case)
    cases.advance(run, chain)
    cases.settle(records, case, chain, run, look)
    return 1


def _silent(context: JobContext, number: int) -> int:
    """What the chain says about a step without an answer."""
    with context.records() as records:
        task = records.get(TASK, number)
        case = cases.lock(records, processes.case_of(task))
        task = records.get(TASK, number)
        if task["status"] != "open" or not task.get("due_at") or task["due_at"] > context.now:
            return 0
        step = steps.step_of(processes.chain_of(records, processes.version_of(case)), task["step"])
        silence = step.get("silence") or {}
        then = silence.get("then") or "remind"
        if then == "remind":
            _again(records, task, silence)
            tell(records, [task["owner"].id if task.get("owner") else None], REMINDED, number)
            return 1
        if then == "escalate":
            _again(records, task, silence)
            return _escalate(records, case, task)
        owner = task["owner"].id if task.get("owner") else None
    return _answered(context, number, owner, then)


def _again(records: Records, task: Row, silence: dict[str, Any]) -> None:
    wait = max(timedelta(days=int(silence.get("days") or 1)), _ONCE)
    values = {"reminded_at": records.now, "due_at": records.now + wait}
    system = records.system(_REASON)
    system.update(TASK, task["id"], values, version=task["version"])
    live = steps.tasks_of(system, task["case"].id, live=True)
    due = min((row["due_at"] for row in live if row.get("due_at")), default=None)
    system.update(CASE, task["case"].id, {"due_at": due}, version=None)


def _escalate(records: Records, case: Row, task: Row) -> int:
    """The heads above can decide it too; one of them is enough then."""
    owner = task["owner"].id if task.get("owner") else None
    if owner is None:
        return 0
    requester = case["owner"].id if case.get("owner") else None
    live = steps.tasks_of(records, case["id"], step=task["step"], live=True)
    asked = {row["owner"].id for row in live if row.get("owner")}
    heads = [user for user in people.above(records, owner) if user not in asked and user != requester]
    for user in heads:
        number = deciding._copy(records, records.system(_REASON), task, user, kind="decide", status="open")
        tell(records, [user], ESCALATED, number)
    chain, run, look = cases.resumed(records, case)
    cases.settle(records, case, chain, run, look)
    return len(heads)


def _answered(context: JobContext, number: int, owner: int | None, then: str) -> int:
    """Silence counts as an answer: as the one who kept silent, with their rights."""
    with writing_as(context, owner) as records:
        if then == "agree":
            deciding.agree(records, number, SILENT)
        else:
            deciding.reject(records, number, SILENT)
        records.system(_REASON).update(TASK, number, {"silent": True}, version=None)
    return 1


def by_calendar(context: JobContext) -> int:
    """Start cases of records whose date field, moved by the days of the process, is today or was while nothing ran.

    Days are made up for as far back as a week, not before the version of the process was made, each record once.
    """
    with context.records() as records:
        wanted = [(live, row) for live in _by_date(records) for row in _come(records, live)]
    begun = 0
    for live, row in wanted:
        try:
            with context.records() as records:
                owner = row["owner"].id if row.get("owner") else None
                begun += cases.start(records, live, row["id"], requester=owner) is not None
        except WeftError:  # no case of this one today; it is tried again tomorrow, and all others go on
            continue
    return begun


def _by_date(records: Records) -> list[Live]:
    """Processes in use that a date field of a kind of record starts."""
    return [
        live
        for entity in sorted(processes.watched(records))
        if entity in records.runtime.registry.entities
        for live in processes.live_for(records, entity)
        if live.chain["start"]["on"] == "schedule"
    ]


def _come(records: Records, live: Live) -> list[Row]:
    """Records whose day has come, without those that got their case on it or since."""
    entity, start = live.chain["entity"], live.chain["start"]
    declared = records.runtime.registry.entities[entity].fields.get(str(start["field"]))
    if declared is None or declared.kind is not Kind.DATE:
        return []
    name = declared.name
    ahead = timedelta(days=int(start.get("to") or 0) if str(start.get("to") or "0").lstrip("-").isdigit() else 0)
    today = records.now.astimezone(records.zone).date()
    first = max(_made_on(records, live) or today, today - _MISSED)
    filters = {f"{name}__gte": (first + ahead).isoformat(), f"{name}__lte": (today + ahead).isoformat()}
    rows = list(every(records, entity, ("owner", "state", "created_at", name), filters))
    had = _last_begun(records, live, [row["id"] for row in rows])
    return [
        row
        for row in rows
        if row["created_at"].astimezone(records.zone).date() <= row[name] - ahead
        and had.get(row["id"], date.min) < row[name] - ahead
        and cases.possible(records, live, row.get("state"))
    ]


def _last_begun(records: Records, live: Live, ids: Sequence[int]) -> dict[int, date]:
    """The day on which the latest case of a process about each record began; records without one are absent."""
    found: dict[int, date] = {}
    for case in among(records, CASE, ("about", "created_at"), "about", ids, process=live.process or 0):
        day = case["created_at"].astimezone(records.zone).date()
        found[case["about"].id] = max(day, found.get(case["about"].id, day))
    return found


def _made_on(records: Records, live: Live) -> date | None:
    """The day on which the version of a process was made; None for a shipped one that was not used yet."""
    if live.version is None:
        return None
    made: date = records.get(VERSION, live.version)["created_at"].astimezone(records.zone).date()
    return made
