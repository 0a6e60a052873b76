"""What a pool rule must make sense of before it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from weft.core.sdk import FieldError, ValidationFailed, company_currency, translator

_ = translator("crm")

__all__ = ["before_write"]

_STEPS = ("red_days", "manager_days", "warn_days", "days")


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Refuse rules whose steps are out of order, or that compare amounts of another currency.

    Raises:
        ValidationFailed: with every wrong field.
    """
    errors: list[FieldError] = []
    for change in changes:
        if change.entity != "crm.pool_rule" or "deleted_at" in change.values:
            continue
        errors += _order(change)
        if change.after("kind") == "value" and change.after("below") is None:
            errors.append(FieldError("below", "required", _("Say how little is too little."), change.index))
        if change.changed("below") and change.after("below") is not None:
            errors += _currency(change, context)
    if errors:
        raise ValidationFailed(errors)


def _order(change: Any) -> list[FieldError]:
    """Red comes first, then the manager, the warning, the pool."""
    given = [(name, change.after(name)) for name in _STEPS if change.after(name) is not None]
    message = _("Red comes first, then the manager, then the warning, then the pool.")
    return [
        FieldError(name, "order", message, change.index)
        for (name, days), (_later, after) in pairwise(given)
        if days > after or (_later == "days" and days >= after)
    ]


def _currency(change: Any, context: Any) -> list[FieldError]:
    own = company_currency(context.records)
    given = getattr(change.after("below"), "currency", own)
    if given == own:
        return []
    message = _("Give the amount in %(currency)s, the company's currency.") % {"currency": own}
    return [FieldError("below", "currency", message, change.index)]
