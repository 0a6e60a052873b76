"""Cases: begin one, let it go on until somebody has to decide, end it with the action of the record.

Everything a decision changes stands in the unit of work of whoever decides, so it happens once or not at all, and Undo
takes it back as one. The outcome is carried out with the rights of the last decider, never with more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from weft.core.sdk import (
    Denied,
    Kind,
    Money,
    NotFound,
    Records,
    Row,
    ValidationFailed,
    allowed_for,
    directory,
    every,
    translator,
)
from weft.plugins.workflow.grants import CASE
from weft.plugins.workflow.services import engine, processes, steps
from weft.plugins.workflow.services.looking import Look, title_of
from weft.plugins.workflow.services.processes import Live
from weft.plugins.workflow.services.told import ENDED, tell

_ = translator("workflow")

__all__ = [
    "CONTINUE", "advance", "amount_of", "carried", "carry_out", "carrying", "close", "end", "lock", "open_about",
    "open_cases", "possible", "resumed", "settle", "start", "waits_for",
]  # fmt: skip

_REASON = "workflow: cases"
CONTINUE = "workflow.continue"
_PART = 200
#: The case whose outcome is being written: its own action is not the "by hand" that is refused.
_CARRIED: ContextVar[int | None] = ContextVar("workflow_carried", default=None)
_OUTCOME = {"agree": "approved", "reject": "rejected", "return": "returned"}


def carrying() -> int | None:
    """The case whose outcome is being carried out, None for writes by hand."""
    return _CARRIED.get()


@contextmanager
def carried(case: int) -> Iterator[None]:
    """While the block lasts, writes belong to a case."""
    token = _CARRIED.set(case)
    try:
        yield
    finally:
        _CARRIED.reset(token)


def open_cases(records: Records, about: int) -> list[Row]:
    """Cases about a record that still run."""
    return list(every(records.system(_REASON), CASE, None, {"about": about, "status__in": "running,stuck"}))


def open_about(records: Records, ids: Sequence[int]) -> dict[int, list[Row]]:
    """Running cases of many records, in few statements; records without one are absent."""
    found: dict[int, list[Row]] = {}
    system = records.system(_REASON)
    for start in range(0, len(ids), _PART):
        filters = {"about__in": list(ids[start : start + _PART]), "status__in": "running,stuck"}
        for row in every(system, CASE, None, filters):
            found.setdefault(row["about"].id, []).append(row)
    return found


def possible(records: Records, live: Live, state: Any) -> bool:
    """True when the outcome of a process can be carried out from a state: else there is nothing to decide."""
    entity = records.runtime.registry.entities[live.chain["entity"]]
    name = live.chain.get("approved")
    action = entity.actions.get(str(name)) if name else None
    if action is None or entity.state_field is None:
        return True
    if action.states and state not in action.states:
        return False
    if action.transition is None:
        return True
    first, target = action.transition
    return first in ("*", state) and state != target


def start(
    records: Records,
    live: Live,
    about: int,
    *,
    requester: int | None,
    after: Mapping[str, Any] | None = None,
    chosen: Sequence[int] = (),
    inputs: Mapping[str, Any] | None = None,
) -> Row | None:
    """Begin a case about a record; None when one of this process runs about it already.

    Args:
        records: of whoever starts it, or the platform's.
        live: the process.
        about: the record; it has to exist.
        requester: who asks; the owner of the case.
        after: values the record is about to get in the same unit of work.
        chosen: people for steps whose deciders the requester chooses.
        inputs: API values for the action that carries out the approval.

    Raises:
        ValidationFailed: nobody can be asked, or the model cannot begin.
    """
    system = records.system(_REASON)
    live = processes.ensure(records, live)
    if any(row.get("process") and row["process"].id == live.process for row in open_cases(records, about)):
        return None
    _take_up(system, about)
    row = system.get(live.chain["entity"], about)
    whole = Row({**row, **(after or {})})
    name, other = title_of(system, whole)
    units = directory.units_of(system, [requester]) if requester is not None else {}
    made = system.create(
        CASE,
        {
            "name": name[:200],
            "name_alt": other[:200] or None,
            "process": live.process,
            "version_of": live.version,
            "about": about,
            "about_kind": live.chain["entity"],
            "amount": amount_of(whole),
            "acted_at": records.now,
            "inputs": json.dumps(dict(inputs), ensure_ascii=False) if inputs else None,
        },
        owner=requester,
        unit=units.get(requester) if requester is not None else None,
    )
    case = system.get(CASE, made["id"])
    look = Look(system, whole, live.chain)
    spec = processes.compiled(system, processes.version_of(case))
    try:
        run = engine.begin(spec, look.functions, {"decision": "", "back": "", "case": case["id"]})
        run.advance()
    except engine.EngineError as error:
        raise ValidationFailed.single("", "process", _stopped(live.chain, error)) from error
    settle(records, case, live.chain, run, look, chosen=chosen)
    return system.get(CASE, case["id"])


def _take_up(system: Records, about: int) -> None:
    """What came back is asked for again: it leaves the requester's To do."""
    filters = {"about": about, "status": "returned", "settled": "false"}
    rows = list(every(system, CASE, ("name",), filters))
    if rows:
        system.update_many(CASE, {row["id"]: {"settled": True} for row in rows})


def _stopped(chain: Mapping[str, Any], error: Exception) -> Any:
    return _("The process “%(name)s” cannot go on: %(why)s") % {"name": chain["title"]["en"], "why": str(error)}


def amount_of(row: Mapping[str, Any]) -> Money | None:
    """The amount to show beside a case: the first one the record has."""
    for name in ("total", "amount", "gross", "net"):
        if isinstance(row.get(name), Money):
            return row[name]
    return next((value for value in row.values() if isinstance(value, Money)), None)


def lock(records: Records, case: int) -> Row:
    """Hold a case until the unit ends, so that of many decisions at one moment one goes first; returns it as it is."""
    system = records.system(_REASON)
    system.update(CASE, case, {"acted_at": records.now}, version=None)
    return system.get(CASE, case)


def resumed(records: Records, case: Row) -> tuple[Mapping[str, Any], engine.Run, Look]:
    """Chain, run and record of a case."""
    system = records.system(_REASON)
    version = processes.version_of(case)
    chain = processes.chain_of(system, version)
    look = Look(system, _record(system, case), chain)
    return chain, engine.resume(processes.compiled(system, version), str(case["engine"]), look.functions), look


def _record(system: Records, case: Row) -> Row | None:
    if not case.get("about"):
        return None
    rows = system.query(case["about_kind"], filters={"id": case["about"].id}, limit=1).rows
    return system.get(case["about_kind"], case["about"].id) if rows else None


def settle(
    records: Records,
    case: Row,
    chain: Mapping[str, Any],
    run: engine.Run,
    look: Look,
    *,
    chosen: Sequence[int] = (),
    comment: str = "",
    outcome_done: bool = False,
    behalf: int | None = None,
) -> None:
    """Let a run go on as far as it can, ask the people it then waits for, and keep where it stands.

    Args:
        records: of whoever acts; the outcome is carried out as them.
        case: the case.
        chain, run, look: of the case.
        chosen: people for a step whose deciders the requester chose.
        comment: of the last decision, for actions that ask for a reason.
        outcome_done: the outcome is the write that is going on.
        behalf: whom a deputy decided for; their rights count then.
    """
    system = records.system(_REASON)
    for _again in range(50):
        waits = run.waits()
        tables = [wait for wait in waits if wait.kind == "decision"]
        if not tables:
            break
        for wait in tables:
            run.complete(wait.key, _decided(look, chain, wait.key))
        advance(run, chain)
    if run.ended:
        end(records, case, chain, run.data, comment=comment, outcome_done=outcome_done, state=run.dump(), behalf=behalf)
        return
    live = steps.tasks_of(system, case["id"], live=True)
    names: list[dict[str, str]] = []
    helpless = ""
    for wait in run.waits():
        step = steps.step_of(chain, wait.key)
        names.append(dict(step["title"]))
        if wait.kind == "action":
            records.enqueue(
                CONTINUE, {"case": case["id"]}, dedup_key=f"{CONTINUE}:{case['id']}:{records.now.isoformat()}"
            )
        elif not any(row["step"] == wait.key for row in live) and not steps.open_step(
            system, case, chain, wait.key, chosen
        ):
            helpless = str(step["title"]["en"])
    _keep(system, case, run, names, helpless)


def advance(run: engine.Run, chain: Mapping[str, Any]) -> None:
    try:
        run.advance()
    except engine.EngineError as error:
        raise ValidationFailed.single("", "process", _stopped(chain, error)) from error


def _decided(look: Look, chain: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Outputs of the decision table of a business rule task, and all of its lines under the task's key."""
    step = steps.step_of(chain, key)
    lines = look.decide(str(step.get("table") or key))
    first = lines[0] if lines else {}
    return {**first, key: lines}


def _keep(system: Records, case: Row, run: engine.Run, names: Sequence[Mapping[str, str]], helpless: str) -> None:
    live = steps.tasks_of(system, case["id"], live=True)
    due = min((row["due_at"] for row in live if row.get("due_at")), default=None)
    values: dict[str, Any] = {
        "engine": run.dump(),
        "wake_at": run.due(),
        "due_at": due,
        "step": ", ".join(one["en"] for one in names)[:300] or None,
        "step_alt": "、".join(one["zh"] for one in names)[:300] or None,
        "waits_for": waits_for(live)[:400] or None,
        "status": "stuck" if helpless else "running",
        "help_text": str(_("Nobody was found for the step “%(name)s”.") % {"name": helpless}) if helpless else None,
    }
    system.update(CASE, case["id"], values, version=None)


def waits_for(tasks: Sequence[Row]) -> str:
    """Names of those whom open tasks wait for, as they write themselves."""
    names = [
        row["owner"].name for row in tasks if row["status"] == "open" and row["kind"] != "read" and row.get("owner")
    ]
    return ", ".join(dict.fromkeys(names))


def end(
    records: Records,
    case: Row,
    chain: Mapping[str, Any],
    data: Mapping[str, Any],
    *,
    comment: str = "",
    outcome_done: bool = False,
    state: str = "",
    behalf: int | None = None,
) -> None:
    """Close a case and carry out what it came to, with the rights of whoever acts.

    Raises:
        Denied, ValidationFailed, StateConflict: the record refuses; nothing of the decision is kept then.
    """
    system = records.system(_REASON)
    word = str(data.get("outcome") or _OUTCOME.get(str(data.get("decision") or ""), "approved"))
    status = word if word in ("approved", "rejected", "returned") else "ended"
    steps.drop(system, [row for row in steps.tasks_of(system, case["id"], live=True) if row["kind"] != "read"])
    values: dict[str, Any] = {
        "status": status,
        "ended_at": records.now,
        "step": None,
        "step_alt": None,
        "waits_for": None,
        "due_at": None,
        "wake_at": None,
        "help_text": None,
        "why": comment or None,
    }
    system.update(CASE, case["id"], values | ({"engine": state} if state else {}), version=None)
    action = chain.get(status)
    if action and not outcome_done and case.get("about"):
        inputs = json.loads(case.get("inputs") or "{}") if status == "approved" else {}
        carry_out(records, case, f"{chain['entity']}.{action}", comment, behalf, inputs)
    if case.get("owner"):
        tell(records, [case["owner"].id], ENDED, case["id"])


def carry_out(
    records: Records,
    case: Row,
    action_key: str,
    comment: str,
    behalf: int | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> None:
    """Run an action of the record in the name of whoever acts; a deputy has the rights of whom they decide for.

    Raises:
        Denied: they may not; the sentence says which operation, so that an administrator can mend the role.
    """
    action = records.runtime.registry.actions.get(action_key)
    if action is None:
        return
    text = comment or str(_("Decided in %(case)s") % {"case": case.get("number") or ""})
    data = {
        name: text[: one.max_length or 2000]
        for name, one in action.fields.items()
        if one.kind in (Kind.TEXT, Kind.MULTILINE) and (one.required or comment)
    }
    data |= {name: value for name, value in (inputs or {}).items() if name in action.fields}
    about = case["about"].id
    with carried(case["id"]):
        try:
            records.act(action_key, about, data)
        except (Denied, NotFound) as error:
            if behalf is not None and allowed_for(records, behalf, action.entity, action_key, about):
                records.system("workflow: decided by a deputy, with the rights of whom it waited for").act(
                    action_key, about, data
                )
                return
            why = str(error) if isinstance(error, Denied) else str(_("you cannot open this record."))
            message = _("Your decision would carry out “%(action)s”, which you may not: %(why)s")
            ask = error.ask if isinstance(error, Denied) else ""
            raise Denied(str(message % {"action": action.label, "why": why}), ask=str(ask or "")) from error


def close(records: Records, case: Row, status: str, why: str = "") -> None:
    """End a case without an outcome: withdrawn, or the record went another way."""
    system = records.system(_REASON)
    steps.drop(system, [row for row in steps.tasks_of(system, case["id"], live=True) if row["kind"] != "read"])
    system.update(
        CASE,
        case["id"],
        {
            "status": status,
            "ended_at": records.now,
            "step": None,
            "step_alt": None,
            "waits_for": None,
            "due_at": None,
            "wake_at": None,
            "help_text": None,
            "why": why or None,
        },
        version=None,
    )
