"""What is decided about stays as it is until it is decided.

Large products do one of three things while something is being approved: they lock the record, they fix what was asked
for and let each step open single fields, or they begin the approval anew after a change. Here a document in approval
(one that an operation of its own sent there) is fixed in its amounts, numbers and days; a question about a record that
lives on (a discount for a deal, a customer to freeze) fixes its amounts and what the process compares. Lines with
amounts are fixed with the record they belong to. A step may open fields; everything else of the record stays free.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from weft.core.sdk import Denied, Kind, Records, Row, translator
from weft.plugins.workflow.services import cases, processes, steps

_ = translator("workflow")

__all__ = ["check", "check_lines", "parts"]

_PARTS = "workflow.parts"
_ALWAYS = frozenset({Kind.MONEY})
_DOCUMENT = frozenset({Kind.MONEY, Kind.DECIMAL, Kind.INTEGER, Kind.DATE})
#: Of a case whose process is missing: its amounts stay until somebody withdraws it.
_UNKNOWN: Mapping[str, Any] = {"start": {"on": ""}}
_LINE = frozenset({Kind.MONEY, Kind.DECIMAL, Kind.INTEGER})


def check(change: Any, context: Any, system: Records, rows: Sequence[Row], *, operation: str = "") -> None:
    """Refuse a person's change of a field that a case about the record is about.

    Args:
        change: of the record.
        context: of the hook.
        system: the platform's own records.
        rows: open cases about the record.
        operation: what is done, that of the context when empty.

    Raises:
        Denied: naming the field, the case and what can be done.
    """
    if context.principal.kind == "system" or (operation or context.operation) != "update":
        return
    for row in rows:
        chain = processes.known_chain(system, row) or _UNKNOWN
        fixed = _fixed(change.type, chain)
        changed = [name for name in change.values if name in fixed and change.changed(name)]
        if changed and not set(changed) <= _opened(context, system, row, chain):
            raise Denied(_refusal(row, change.type.fields[changed[0]].label), ask=row.get("waits_for") or "")


def check_lines(changes: Sequence[Any], context: Any, *, operation: str = "", taken_back: Container[int] = ()) -> None:
    """Refuse a person's change of lines with amounts while a case is open about what they belong to.

    Args:
        changes: of one entity.
        context: of the hook.
        operation: what is done, that of the context when empty.
        taken_back: cases that do not count, for they are part of what is undone.

    Raises:
        Denied: as above.
    """
    if context.principal.kind == "system":
        return
    name = parts(context.records).get(changes[0].entity)
    if name is None:
        return
    wanted = [change for change in changes if _touches(change, operation or context.operation, name)]
    owners = {one for change in wanted for one in (change.before.get(name), change.after(name)) if one}
    if not owners:
        return
    for rows in cases.open_about(context.records, sorted(int(getattr(one, "id", one)) for one in owners)).values():
        for row in (one for one in rows if one["id"] not in taken_back):
            raise Denied(_refusal(row, changes[0].type.plural), ask=row.get("waits_for") or "")


def _touches(change: Any, operation: str, name: str) -> bool:
    if operation != "update":
        return operation in ("create", "import", "delete", "restore")
    fields = change.type.fields
    return any(
        change.changed(one) and (one == name or fields[one].kind in _LINE) for one in change.values if one in fields
    )


def parts(records: Records) -> Mapping[str, str]:
    """Lines with amounts that belong to kinds of records with processes: entity -> the field that says to which."""
    registry, watched = records.runtime.registry, processes.watched(records)
    known: dict[frozenset[str], dict[str, str]] = records.runtime.services.setdefault(_PARTS, {})
    if watched not in known:
        known.clear()
        known[watched] = {
            entity.key: name
            for entity in registry.entities.values()
            if any(one.kind is Kind.MONEY and not one.readonly for one in entity.fields.values())
            for name, one in entity.fields.items()
            if one.kind is Kind.REFERENCE and one.required and one.on_delete == "archive" and set(one.to) & watched
        }
    return known[watched]


def _fixed(entity: Any, chain: Mapping[str, Any]) -> set[str]:
    """Names of the fields that stay as they are."""
    kinds = _DOCUMENT if chain["start"]["on"] == "action" else _ALWAYS
    found = {name for name, one in entity.fields.items() if one.kind in kinds and not one.readonly}
    for step in chain.get("steps") or ():
        found.add(str((step.get("when") or {}).get("field") or ""))
        found |= set(step.get("fields") or ())
    for table in (chain.get("tables") or {}).values():
        found |= set(_names(table.get("inputs") or ()))
    state = entity.state_field
    return found & set(entity.fields) - ({state.name} if state is not None else set())


def _names(inputs: Iterable[Any]) -> Iterable[str]:
    return (str(one) for one in inputs)


def _opened(context: Any, system: Records, row: Row, chain: Mapping[str, Any]) -> set[str]:
    """Fields that a step gives to the person, because it waits for them now; never to whoever asked, as a deputy."""
    if row.get("owner") and row["owner"].id == context.principal.user_id:
        return set()
    me = {context.principal.user_id, *context.principal.acts_for}
    found: set[str] = set()
    for task in steps.tasks_of(system, row["id"], live=True):
        if task["status"] == "open" and task.get("owner") and task["owner"].id in me and task["kind"] in steps.VOTES:
            modes = steps.step_of(chain, task["step"]).get("fields") or {}
            found |= {name for name, mode in modes.items() if mode in ("edit", "required")}
    return found


def _refusal(row: Row, label: Any) -> str:
    message = _("Case %(number)s is open on this record, so “%(field)s” stays as it is. Withdraw it to change that, or"
                " have it returned.")  # fmt: skip
    return str(message % {"number": row.get("number"), "field": label})
