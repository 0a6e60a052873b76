"""What holds for contracts, attendance and goals at every door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import ValidationFailed, translator
from weft.plugins.hrm.services import attendance, goals

_ = translator("hrm")

__all__ = ["before_write"]


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Compute what follows from what was entered.

    Raises:
        ValidationFailed: days or times in the wrong order, or a goal filled by something that is not installed.
    """
    check = {"hrm.contract": _contract, "hrm.attendance": _attendance, "hrm.goal": _goal}.get(changes[0].entity)
    if check is None or context.operation in ("delete", "restore", "assign"):
        return
    for change in changes:
        check(change, context)


def _contract(change: Any, context: Any) -> None:
    begins, ends, trial = (change.after(name) for name in ("starts_on", "ends_on", "probation_until"))
    for name, day in (("ends_on", ends), ("probation_until", trial)):
        if day is not None and begins is not None and day < begins:
            raise ValidationFailed.single(name, "order", _("This day is before the contract begins."))
    open_trial = trial if change.after("confirmed_on") is None else None
    days = [day for day in (open_trial, ends) if day is not None]
    change.values["ends_next"] = min(days) if days and change.after("status") == "running" else None


def _attendance(change: Any, context: Any) -> None:
    came, left = change.after("came_at"), change.after("left_at")
    attendance.check_times(came, left)
    change.values["minutes"] = (
        int((left - came).total_seconds() // 60) if came is not None and left is not None else None
    )
    if change.after("day") is not None:
        change.values["slot"] = f"{change.after('person')}:{change.after('day').isoformat()}"


def _goal(change: Any, context: Any) -> None:
    first, last = change.after("starts_on"), change.after("ends_on")
    if first is not None and last is not None and last < first:
        raise ValidationFailed.single("ends_on", "order", _("The last day is before the first one."))
    if change.changed("source") and change.after("source") not in (None, *goals.sources(context.records)):
        raise ValidationFailed.single("source", "unknown", _("Nothing that is installed gives this figure."))
