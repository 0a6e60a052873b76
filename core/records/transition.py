"""Running declared actions: rights, input, states, transition, handler; one change set for all an action does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from weft.core.errors import ErrorCollector, NotFound, QueryError, StateConflict
from weft.core.i18n import translator
from weft.core.records import path, rights
from weft.core.records.changes import ActionContext, ActionResult, Change
from weft.core.records.journal import Entry, all_or_nothing, begin, write
from weft.core.records.schema import load_partly, schema_of_fields
from weft.core.records.values import Row
from weft.core.registry.declarations import Action
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["ActionResult", "act"]

_ = translator("core")


def act(records: Records, action_key: str, record_id: int, data: Mapping[str, Any] | None = None) -> ActionResult:
    """Run an action on a record; see :meth:`Records.act`.

    Args:
        records: the unit of work.
        action_key: full key, ``crm.lead.convert``.
        record_id: the record.
        data: API values of the action's input fields.

    Raises:
        QueryError: there is no such action.
        NotFound, Denied: the record may not be read, or the action on it is not granted.
        ValidationFailed: the input is wrong.
        StateConflict: the record is in another state than the action needs.
    """
    action = records.runtime.registry.actions.get(action_key)
    if action is None:
        raise QueryError(_("There is no operation of that name."), name="action")
    if action.handler is None and action.transition is None:  # its dialog does the work by operations of its own
        raise QueryError(_("This is done on a page of its own."), name="action")
    entity_type = records.runtime.registry.entity(action.entity)
    rights.require_writable(records)
    if action.within:
        _hold_whole(records, entity_type, action.within, record_id)
    before = rights.stored(records, entity_type, [record_id], action.key)[record_id]
    _check_state(entity_type, action, before)
    given = _input(records, entity_type, action, record_id, data or {})
    with all_or_nothing(records):
        kind = f"action:{action.key}"
        begin(records, kind, {"entity": entity_type.key, "record": record_id, "count": 1, "action": action.key})
        if action.transition is not None:
            _move(records, entity_type, action, record_id, before, kind)
        else:
            write(records, [Entry(record_id, entity_type.key, action.key, None)], kind=kind)
        if action.handler is None:
            return ActionResult(record_id)
        answer = action.handler(ActionContext(records, action.key), _row(records, entity_type, record_id), given)
    result = answer if isinstance(answer, ActionResult) else ActionResult()
    return result if result.record is not None or result.redirect else replace(result, record=record_id)


def _hold_whole(records: Records, entity_type: EntityType, name: str, record_id: int) -> None:
    """Lock what a record is a part of, before the record: whoever holds a part never waits for the whole."""
    whole = records.runtime.registry.entity(str(entity_type.fields[name].to[0])).table
    table = entity_type.table
    its = select(table.c[name]).where(table.c.id == record_id).scalar_subquery()
    records.connection.execute(select(whole.c.id).where(whole.c.id == its).with_for_update(of=whole))


def _row(records: Records, entity_type: EntityType, record_id: int) -> Row:
    try:
        return records.get(entity_type.key, record_id)
    except NotFound:  # an action may be granted to people who do not see the record afterwards
        return Row(id=record_id, type=entity_type.key)


def _check_state(entity_type: EntityType, action: Action, before: Mapping[str, Any]) -> None:
    state = before["state"]
    declared = entity_type.state_field
    labels = declared.choices.labels if declared is not None and declared.choices is not None else {}
    if action.states and state not in action.states:
        raise StateConflict(_message(labels, state))
    if action.transition is None or declared is None:
        return
    expected, target = action.transition
    if expected not in ("*", state) or state == target:
        raise StateConflict(_message(labels, state))
    if declared.transitions and target not in declared.transitions.get(str(state), ()):
        raise StateConflict(_message(labels, state))


def _message(labels: Mapping[str, Any], state: Any) -> str:
    shown = str(labels.get(state, state or ""))
    return str(_("The record is now “%(state)s”, so this is no longer possible.") % {"state": shown})


def _move(
    records: Records, entity_type: EntityType, action: Action, record_id: int, before: Mapping[str, Any], kind: str
) -> None:
    """Write the new state; the row is locked and its version compared, so the state is still the expected one."""
    declared = entity_type.state_field
    if declared is None or action.transition is None:
        return
    change = Change(
        action.key, entity_type, record_id, {declared.name: action.transition[1]}, before, before["version"]
    )
    path.run_hooks(records, [change], action.key)
    path.apply(records, [change], action.key, kind=kind)


def _input(
    records: Records, entity_type: EntityType, action: Action, record_id: int, data: Mapping[str, Any]
) -> dict[str, Any]:
    fields = {name: declared.named(name) for name, declared in action.fields.items()}
    errors = ErrorCollector()
    loaded, wrong = load_partly(schema_of_fields(fields, action.key), data)
    errors.errors.extend(wrong)
    form = Change("act", replace(entity_type, fields=fields), record_id, dict(loaded))
    path.check(records, [form], errors)
    return loaded
