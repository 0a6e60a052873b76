"""What processes ask of every write: begin where they begin, and let nobody decide beside a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Denied, Records, Row, directory, translator
from weft.plugins.workflow.grants import CASE, DUTY, PROCESS, VERSION
from weft.plugins.workflow.hooks import fixed
from weft.plugins.workflow.services import cases, deciding, processes
from weft.plugins.workflow.services.processes import Live

_ = translator("workflow")

__all__ = ["before_undo", "before_write"]

_REASON = "workflow: checks"
_OWN = frozenset({PROCESS, VERSION, CASE, DUTY, "workflow.task"})
START = "workflow.start"


def before_write(changes: Sequence[Any], context: Any) -> None:
    """See the module.

    Raises:
        Denied: a case is open on the record and has not come to this outcome.
    """
    if not changes:
        return
    entity = changes[0].entity
    if entity == DUTY:
        _name_duties(changes, context)
    if entity == PROCESS:
        processes.changed(context.records)
    if entity in _OWN or cases.carrying() is not None or context.door == "demo":
        return
    fixed.check_lines(changes, context)
    if entity not in processes.watched(context.records):
        return
    if context.operation in ("create", "import"):
        _made(changes, context)
        return
    system: Records = context.system(_REASON)
    running = cases.open_about(context.records, [change.record_id for change in changes])
    live = [
        one for one in processes.live_for(context.records, entity) if one.chain["start"]["on"] in ("action", "change")
    ]
    for change in changes:
        if change.record_id in running:
            fixed.check(change, context, system, running[change.record_id])
            _beside(change, context, system, running[change.record_id])
        if live:
            _begin(change, context, system, live)


def before_undo(changes: Sequence[Any], context: Any) -> None:
    """An undo leaves alone what is decided about, unless it takes back what the case itself did.

    Raises:
        Denied: naming the field, the case and what can be done.
    """
    if context.principal.kind == "system":
        return
    taken_back = frozenset(change.record_id for change in changes if change.entity == CASE)
    about = [change for change in changes if change.entity not in _OWN]
    system: Records = context.system(_REASON)
    running = cases.open_about(context.records, [change.record_id for change in about])
    for change in about:
        rows = [row for row in running.get(change.record_id, ()) if row["id"] not in taken_back]
        if rows and change.operation == "delete":
            raise Denied(_refusal(rows[0]), ask=rows[0].get("waits_for") or "")
        fixed.check(change, context, system, rows, operation=change.operation)
    for entity in dict.fromkeys(change.entity for change in about):
        mine = [change for change in about if change.entity == entity]
        for operation in dict.fromkeys(change.operation for change in mine):
            part = [change for change in mine if change.operation == operation]
            fixed.check_lines(part, context, operation=operation, taken_back=taken_back)


def _name_duties(changes: Sequence[Any], context: Any) -> None:
    system: Records = context.system(_REASON)
    for change in changes:
        if context.operation in ("delete", "restore"):
            continue
        unit, person = change.after("in_unit"), change.after("person")
        names = directory.unit_names(system, [unit]) if unit else {}
        people = directory.persons(system, [person]) if person else {}
        parts = [names[unit][0] if unit in names else "", people[person].name if person in people else ""]
        change.values["name"] = " · ".join(part for part in parts if part)[:160] or None


def _made(changes: Sequence[Any], context: Any) -> None:
    """Cases of new records begin right after the commit: before it there is no record to be about."""
    live = [
        one for one in processes.live_for(context.records, changes[0].entity) if one.chain["start"]["on"] == "create"
    ]
    for one in live:
        for change in changes:
            context.records.enqueue(
                START,
                {
                    "process": one.key,
                    "entity": change.entity,
                    "record": change.record_id,
                    "requester": _who(change, context),
                },
                dedup_key=f"{START}:{one.key}:{change.record_id}",
            )


def _who(change: Any, context: Any) -> int | None:
    """Who asks: who acts, else the person or owner of the record."""
    return context.principal.user_id or change.after("owner_id")


def _begin(change: Any, context: Any, system: Records, found: Sequence[Live]) -> None:
    """Start the processes that wait for this action or this value."""
    for live in found:
        if _meant(live, change, context.operation):
            state = change.type.state_field
            after = {name: change.after(name) for name in change.values if name in change.type.fields}
            if state is not None:
                after["state"] = change.after(state.name)
            if cases.possible(system, live, after.get("state", change.before.get("state"))):
                cases.start(
                    context.records, live, change.record_id, requester=_who(change, context), after=_row(change, after)
                )


def _row(change: Any, after: dict[str, Any]) -> dict[str, Any]:
    """Values as rows have them; links are left to what is stored, their titles are not known yet."""
    fields = change.type.fields
    return {
        name: value
        for name, value in after.items()
        if name == "state" or (name in fields and fields[name].kind.value not in ("reference", "user", "unit", "file"))
    }


def _meant(live: Live, change: Any, operation: str) -> bool:
    start = live.chain["start"]
    if start["on"] == "action":
        return bool(operation == f"{change.entity}.{start.get('action')}")
    if start["on"] == "change":
        name = start.get("field") or ""
        return name in change.type.fields and change.changed(name) and str(change.after(name)) == str(start.get("to"))
    return False


def _beside(change: Any, context: Any, system: Records, rows: Sequence[Row]) -> None:
    """Refuse the outcome of a case by hand; end a case whose record goes another way."""
    for row in rows:
        chain = processes.known_chain(system, row)
        if chain is None:  # nobody can say what it would come to, so nothing of the record is its outcome
            if context.operation == "delete":
                cases.close(context.records, row, "withdrawn", str(_("The record went another way.")))
            continue
        outcome = next(
            (
                name
                for name in ("approved", "rejected", "returned")
                if chain.get(name) and context.operation == f"{change.entity}.{chain[name]}"
            ),
            "",
        )
        if outcome:
            if not deciding.by_hand(context.records, row, outcome):
                raise Denied(_refusal(row), ask=row.get("waits_for") or "")
            continue
        if context.operation == "delete" or _elsewhere(change, row, chain, system):
            cases.close(context.records, row, "withdrawn", str(_("The record went another way.")))


def _refusal(row: Row) -> str:
    if row.get("waits_for"):
        message = _("Case %(number)s is open on this record and waits for %(names)s. It is decided there.")
        return str(message % {"number": row.get("number"), "names": row["waits_for"]})
    return str(_("Case %(number)s is open on this record. It is decided there.") % {"number": row.get("number")})


def _elsewhere(change: Any, row: Row, chain: Any, system: Records) -> bool:
    """The state changes to one from which what the case is about cannot come any more."""
    state = change.type.state_field
    if state is None or not change.changed(state.name):
        return False
    live = Live(chain["key"], None, None, 0, chain)
    return not cases.possible(system, live, change.after(state.name))
