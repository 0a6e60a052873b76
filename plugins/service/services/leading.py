"""What a request leads to: a deal or a task of whatever plugin is installed, linked to its source.

The other plugin is known by the keys of its entities and fields only; what is not installed is not offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from weft.core.sdk import LazyText, Records, RefValue, Row, ValidationFailed, translator

_ = translator("service")

__all__ = ["TARGETS", "Target", "alone", "make"]

_LED_TO = "service.led_to"
_HOUR = 9


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of record that a request may lead to.

    Attributes:
        key: entity key.
        label: what it is called here.
        title: name of the field that takes the title.
        fixed: values every such record gets.
        day: name of the field that says by when, and whether it is a moment.
        inside: name of the field that says what it is part of; without that the next one of the kind is made.
        instead_of: key of the target that this one stands for where nothing was chosen for its ``inside``.
    """

    key: str
    label: LazyText
    title: str
    fixed: Mapping[str, Any]
    day: tuple[str, bool] = ("", False)
    inside: str = ""
    instead_of: str = ""

    def offered(self, view: Any) -> bool:
        """True where the entity is installed and the viewer may make one; the better one of two goes first."""
        if self.instead_of and _may_make(view, self.instead_of):
            return False
        return _may_make(view, self.key)


def _may_make(view: Any, key: str) -> bool:
    return key in view.runtime.registry.entities and bool(view.may(key, "create"))


TARGETS = (
    Target("crm.opportunity", _("Opportunity"), "name", {}, ("expected_close", False)),
    Target("projects.task", _("Task"), "name", {}, ("due_on", False), "project"),
    Target("core.event", _("Task"), "subject", {"kind": "task", "all_day": True}, ("starts_at", True),
           instead_of="projects.task"),
)  # fmt: skip


def alone(view: Any, target: Target) -> Target:
    """What is made when nobody said what a record of the target is part of: the next one of its kind, else itself."""
    return next((one for one in TARGETS if one.instead_of == target.key and _may_make(view, one.key)), target)


def make(
    records: Records,
    request: Row,
    target: Target,
    *,
    title: str = "",
    owner: int | None = None,
    due: str | None = None,
    inside: int | None = None,
    preset: Mapping[str, Any] | None = None,
) -> Row:
    """Make a record of a request as the person of the unit and link the two.

    Args:
        records: the unit of work.
        request: the source.
        target: one of :data:`TARGETS` that is offered to the person.
        title: its title, the request's subject when empty.
        owner: for whom it is, the person when None.
        due: a day, ISO.
        inside: id of what it is part of, for a target that has ``inside``.
        preset: what the other plugin's form of a new record starts with (the first stage of a deal).

    Raises:
        ValidationFailed: the other plugin refuses it, or ``due`` is no day.
        Denied: the person may not make or link such records.
    """
    fields = records.runtime.registry.entities[target.key].fields
    number = records.system("service: source of what a request leads to").get("service.request", request["id"])
    text = f"{number['number']}: {request.get('description') or request['subject']}"
    values: dict[str, Any] = {
        **(preset or {}), target.title: title.strip() or request["subject"], "account": _id(request, "customer"),
        "customer": _id(request, "customer"), "contact": _id(request, "contact"), "about": request["id"],
        "note": text, "description": text, **target.fixed, **_day(records, target, due),
    }  # fmt: skip
    if target.inside:
        values[target.inside] = inside
    wanted = {name: value for name, value in values.items() if name in fields and value is not None}
    made = records.create(target.key, wanted, owner=owner)
    records.link(_LED_TO, request["id"], made["id"])
    return made


def _day(records: Records, target: Target, due: str | None) -> dict[str, Any]:
    name, moment = target.day
    if not name or not (due or moment):
        return {}
    try:
        day = date.fromisoformat(due) if due else records.now.astimezone(records.zone).date()
    except ValueError as error:
        raise ValidationFailed.single("due", "format", _("Choose a day.")) from error
    if not moment:
        return {name: day.isoformat()}
    return {name: datetime.combine(day, time(_HOUR), ZoneInfo(str(records.zone))).isoformat()}


def _id(row: Row, name: str) -> int | None:
    value = row.get(name)
    return value.id if isinstance(value, RefValue) and not value.restricted else None
