"""What the CRM checks and completes before a write: a deal's outcome follows its stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import ValidationFailed, translator

_ = translator("crm")

__all__ = ["before_write"]


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Let a deal that is moved to a closing stage end there, and one that is moved back go on.

    Raises:
        ValidationFailed: a deal is moved to a lost stage without a reason.
    """
    moved = [
        change
        for change in changes
        if change.entity == "crm.opportunity" and change.changed("stage") and "outcome" not in change.given
    ]
    if not moved:
        return
    ids = sorted({change.after("stage") for change in moved if change.after("stage")})
    page = context.system("crm: outcome of a stage").query(
        "crm.stage", fields=("outcome",), filters={"id__in": ids}, limit=200
    )
    outcomes = {row["id"]: row.get("outcome") or "open" for row in page.rows}
    for change in moved:
        _follow(change, outcomes.get(change.after("stage"), "open"), context)


def _follow(change: Any, outcome: str, context: Any) -> None:
    if change.after("outcome") == outcome:
        return
    if outcome == "lost" and not change.after("loss_reason"):
        message = _("Say why the deal was lost: use the action Deal lost.")
        raise ValidationFailed.single("loss_reason", "required", message)
    change.values["outcome"] = outcome
    if outcome == "open":
        change.values["closed_on"] = None
    elif "closed_on" not in change.given:
        change.values["closed_on"] = context.now.astimezone(context.records.zone).date()
