"""Rules of the stages of a deal: they belong to its pipeline, ask for what must be filled, and decide how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.core.sdk import ActionNeeded, FieldError, Row, ValidationFailed, every, in_script, translator
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.queries.rows import parts

_ = translator("crm")

__all__ = ["before_write"]

_DEAL, _STAGE, _ACCOUNT = "crm.opportunity", "crm.stage", "crm.account"
_REASON = "crm: rules of a stage"
_NAMES = (
    "code", "label_en", "label_zh", "outcome", "pipeline", "needs", "active", "position", "probability",
)  # fmt: skip
#: What a stage may ask for that is a field of the deal itself.
_OWN = ("amount", "expected_close", "contact", "source")


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Check the stage that deals enter, note since when, and let the outcome follow it.

    Raises:
        ActionNeeded: a deal is moved to a lost stage without reason or competitor.
        ValidationFailed: a stage of another pipeline, one out of use, or something it asks for is missing.
    """
    if changes[0].entity != _DEAL or context.operation in ("delete", "restore", "assign"):
        return
    moved = [change for change in changes if change.changed("stage") or change.changed("pipeline")]
    if not moved:
        return
    system = context.system(_REASON)
    stages = {row.id: row for row in every(system, _STAGE, _NAMES, {}, sort="position")}
    errors: list[FieldError] = []
    for change in moved:
        _fit(change, stages, errors)
    _begin([change for change in moved if not change.before and change.after("pipeline") is None], system)
    if errors:
        raise ValidationFailed(errors)
    entered = [change for change in moved if change.changed("stage") and change.after("stage") in stages]
    for change in entered:
        if "stage_since" not in change.given:
            change.values["stage_since"] = change.values.get("created_at") or context.now
    for change in entered:
        if "outcome" not in change.given:
            _follow(change, stages[change.after("stage")].get("outcome") or "open", context)
    _require(entered, stages, system)


# ---- pipelines


def _fit(change: Any, stages: Mapping[int, Row], errors: list[FieldError]) -> None:
    """Bring stage and pipeline together; a deal that changes its pipeline begins at that one's first open stage."""
    stage, pipeline = stages.get(change.after("stage")), change.after("pipeline")
    if stage is None:
        return
    if change.changed("stage") and not stage.get("active"):
        message = _("This stage is no longer in use.")
        errors.append(FieldError("stage", "inactive", message, change.index))
        return
    own = stage["pipeline"].id if stage.get("pipeline") else None
    if own is None or own == pipeline:
        return
    if pipeline is None:
        change.values["pipeline"] = own
        return
    first = next((row for row in stages.values() if _open_in(row, pipeline)), None)
    if change.changed("pipeline") and not (change.before and change.changed("stage")) and first is not None:
        change.values["stage"] = first.id
        return
    message = _("This stage belongs to another pipeline.")
    errors.append(FieldError("stage", "pipeline", message, change.index))


def _begin(changes: Sequence[Any], system: Any) -> None:
    """A new deal of no pipeline's own stage goes into the company's first pipeline, where it has any."""
    if not changes:
        return
    found = system.query("crm.pipeline", fields=(), filters={"active": "true"}, sort="position", limit=1).rows
    for change in changes if found else ():
        change.values["pipeline"] = found[0].id


def _open_in(row: Row, pipeline: int) -> bool:
    inside = not row.get("pipeline") or row["pipeline"].id == pipeline
    return bool(row.get("active")) and row.get("outcome") == "open" and inside


# ---- outcome


def _follow(change: Any, outcome: str, context: Any) -> None:
    if change.after("outcome") == outcome:
        return
    if outcome == "lost":
        missing = [name for name in ("loss_reason", "competitor") if not change.after(name)]
        if missing:
            texts = {
                "loss_reason": _("Say why the deal was lost: use the action Deal lost."),
                "competitor": _("Say to whom the deal was lost: use the action Deal lost."),
            }
            errors = [FieldError(name, "required", texts[name], change.index) for name in missing]
            raise ActionNeeded("crm.opportunity.lose", errors)
    change.values["outcome"] = outcome
    if outcome == "open":
        change.values["closed_on"] = None
    elif "closed_on" not in change.given:
        change.values["closed_on"] = context.now.astimezone(context.records.zone).date()


# ---- what must be filled


def _require(entered: Sequence[Any], stages: Mapping[int, Row], system: Any) -> None:
    asked = [(change, needs) for change in entered if (needs := stages[change.after("stage")].get("needs"))]
    if not asked:
        return
    facts = {
        "competitor": _with_competitors([change for change, needs in asked if "competitor" in needs], system),
        "next_step": _with_steps([change for change, needs in asked if "next_step" in needs], system),
    }
    errors: list[FieldError] = []
    for change, needs in asked:
        for need in needs:
            if need in _OWN:
                filled = change.after(need) is not None
            elif need == "lines":
                filled = bool(change.after("has_lines"))
            else:
                filled = change.record_id in facts.get(need, ())
            if not filled:
                stage = stages[change.after("stage")]
                message = _("“%(stage)s” asks for: %(need)s.") % {
                    "stage": in_script(stage["label_en"], stage.get("label_zh"))[0],
                    "need": words.STAGE_NEEDS.labels[need],
                }  # fmt: skip
                errors.append(FieldError(need if need in _OWN else "stage", "needed", message, change.index))
    if errors:
        raise ValidationFailed(errors)


def _with_competitors(changes: Sequence[Any], system: Any) -> set[int]:
    if not changes:
        return set()
    met = system.linked("crm.contested_by", [change.record_id for change in changes])
    return set(met) | {change.record_id for change in changes if change.after("competitor")}


def _with_steps(changes: Sequence[Any], system: Any) -> set[int]:
    """Deals with something planned, on the deal itself or with its account."""
    if not changes:
        return set()
    accounts = _planned(system, "account", {change.after("account") for change in changes})
    deals = _planned(system, "about", {change.record_id for change in changes})
    return {c.record_id for c in changes if c.record_id in deals or c.after("account") in accounts}


def _planned(system: Any, name: str, ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for part in parts(sorted(ids)):
        filters = {f"{name}__in": list(part), "status": "planned"}
        lines = system.aggregate("crm.activity", group=(name,), filters=filters)
        found |= {line[name].id for line in lines if line[name]}
    return found
