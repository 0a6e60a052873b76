"""Fields of a record that a step lets its people fill in: exactly these, as long as the step waits for them.

The process gives that right, not a role: whoever decides fills in what the company wants filled in there, also where
they only read such records, as far as they see the field. Links and people are changed with one's own rights to the
field only, because who reads a record can hang on them; states and what a role confirms not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Conflict, Kind, NotFound, Records, Row, ValidationFailed, fields_for, translator
from weft.plugins.workflow.services import cases, steps
from weft.plugins.workflow.services.opening import opens

_ = translator("workflow")

__all__ = ["fillable", "require", "write"]

_REASON = "workflow: what a step lets its people fill in"
_OWN_RIGHTS = frozenset({Kind.REFERENCE, Kind.USER, Kind.UNIT, Kind.FILE})
_WRITES = ("edit", "required")


def fillable(records: Records, chain: Mapping[str, Any], task: Mapping[str, Any], record: int) -> dict[str, str]:
    """Fields the viewer may fill in with a task, with ``edit`` or ``required``; only what they may read."""
    if task["kind"] not in steps.VOTES:
        return {}
    return _fillable(records, chain, str(task["step"]), record)


def _fillable(records: Records, chain: Mapping[str, Any], step: str, record: int) -> dict[str, str]:
    entity = records.runtime.registry.entities.get(str(chain.get("entity") or ""))
    modes = {
        name: mode
        for name, mode in (steps.step_of(chain, step).get("fields") or {}).items()
        if mode in _WRITES and entity is not None and name in entity.fields
    }
    if not modes or entity is None:
        return {}
    try:
        seen = records.get(entity.key, record)
    except NotFound:
        return {}
    registry, user = records.runtime.registry, records.principal.user_id
    linking = any(entity.fields[name].kind in _OWN_RIGHTS for name in modes)
    own = fields_for(records, user, entity.key, "update", record) if linking and user is not None else frozenset()
    return {
        name: mode
        for name, mode in modes.items()
        if name in seen
        and opens(registry, entity.key, name)
        and (name in own or entity.fields[name].kind not in _OWN_RIGHTS)
    }


def write(
    records: Records, case: Row, step: Mapping[str, Any], values: Mapping[str, Any], version: int | None = None
) -> None:
    """Write what is filled in.

    Args:
        records: of whoever decides.
        case, step: where.
        values: API values by field.
        version: of the record that was read, None for whatever it is at.

    Raises:
        ValidationFailed: a field that the step does not give, or a value that is none.
        Conflict: the record changed since it was read.
    """
    if not case.get("about"):
        return
    about, kind = case["about"].id, case["about_kind"]
    if not values:
        _require_version(records, kind, about, version)
        return
    allowed = _fillable(records, {"entity": kind, "steps": [step]}, step["key"], about)
    fields = records.runtime.registry.entities[kind].fields
    for name in values:
        if name not in allowed:
            label = fields[name].label if name in fields else name
            raise ValidationFailed.single(
                name, "step", _("“%(field)s” is not changed at this step.") % {"field": label}
            )
    own = {name: value for name, value in values.items() if fields[name].kind in _OWN_RIGHTS}
    given = {name: value for name, value in values.items() if name not in own}
    with cases.carried(case["id"]):
        if given:
            records.system(_REASON).update(kind, about, given, version=version)
        if own:
            records.update(kind, about, own, version=None if given else version)


def _require_version(records: Records, kind: str, about: int, version: int | None) -> None:
    now = records.system(_REASON).get(kind, about, fields=()).version if version is not None else None
    if now != version:
        raise Conflict(about, int(now or 0))


def require(records: Records, case: Row, step: Mapping[str, Any]) -> None:
    """What has to be there has to be there before somebody agrees.

    Raises:
        ValidationFailed: a required field is empty.
    """
    needed = [name for name, mode in (step.get("fields") or {}).items() if mode == "required"]
    if not needed or not case.get("about"):
        return
    row = records.system(_REASON).get(case["about_kind"], case["about"].id)
    fields = records.runtime.registry.entities[case["about_kind"]].fields
    missing = next((name for name in needed if row.get(name) in (None, "")), None)
    if missing is not None:
        raise ValidationFailed.single(
            missing, "required", _("Fill in “%(field)s” first.") % {"field": fields[missing].label}
        )
