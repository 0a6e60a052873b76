"""What the CRM keeps true of targets: one person or team, the first day of the month, no second one for the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import FieldError, ValidationFailed, current_locale, directory, in_script, translator

_ = translator("crm")

__all__ = ["before_write"]

_TARGET = "crm.target"


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete targets; the person of one owns it, in their unit, and so may read it.

    Raises:
        ValidationFailed: neither or both of person and team, or there is a target for them in that month already.
    """
    if changes[0].entity != _TARGET or context.operation in ("delete", "assign"):
        return
    errors: list[FieldError] = []
    for change in changes:
        month, person, team = (change.after(name) for name in ("month", "person", "team"))
        if month is not None:
            change.values["month"] = month = month.replace(day=1)
        if bool(person) == bool(team):
            text = _("Choose a person or a team, one of them.")
            errors.append(FieldError("person", "required", text, change.index))
            continue
        change.values["slot"] = f"{'p' if person else 't'}{person or team}:{month:%Y-%m}" if month else None
        if not change.before:
            change.values |= {"owner_id": person or change.after("owner_id"), "unit_id": team or None}
    if errors:
        raise ValidationFailed(errors)
    units = directory.units_of(context.records, sorted({change.after("person") or 0 for change in changes} - {0}))
    for change in changes:
        if not change.before and change.after("person"):
            change.values["unit_id"] = units.get(change.after("person"))
    _name(changes, context)
    _single(changes, context)


def _name(changes: Sequence[Any], context: Any) -> None:
    people = directory.persons(context.records, {change.after("person") for change in changes})
    teams = directory.unit_names(context.records, [change.after("team") for change in changes if change.after("team")])
    for change in changes:
        person = people.get(change.after("person") or 0)
        pair = (person.name, person.name_alt) if person else teams.get(change.after("team") or 0, ("", ""))
        name = in_script(pair[0], pair[1], current_locale())[0]
        month = change.after("month")
        change.values["subject"] = f"{name} {month:%Y-%m}".strip()[:200] if month else name[:200]


def _single(changes: Sequence[Any], context: Any) -> None:
    wanted: dict[str, Any] = {}
    errors = []
    message = _("There is a target for this month already: change that one.")
    for change in changes:
        slot = change.values["slot"]
        if slot is not None and slot in wanted:
            errors.append(FieldError("month", "unique", message, change.index))
        wanted[slot] = change
    slots = [slot for slot, change in wanted.items() if slot and slot != change.before.get("slot")]
    system = context.system("crm: one target per person and month")
    for start in range(0, len(slots), 200):
        page = system.query("crm.target", fields=("slot",), filters={"slot__in": slots[start : start + 200]}, limit=200)
        for row in page.rows:
            if row["id"] != wanted[row["slot"]].record_id:
                errors.append(FieldError("month", "unique", message, wanted[row["slot"]].index))
    if errors:
        raise ValidationFailed(errors)
