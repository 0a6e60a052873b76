"""What every write of an appointment passes: a rule that can be read, an end after the start, its last repetition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from weft.core.calendar.rules import check_rule, last_start
from weft.core.calendar.zones import zones_of
from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.records.changes import Change, WriteContext

__all__ = ["before_write"]

_ = translator("core")

EVENT = "core.event"
_TIMES = frozenset({"starts_at", "ends_at", "rule"})


def before_write(changes: Sequence[Change], context: WriteContext) -> None:
    """Complete and check appointments of one batch; anything else is not looked at.

    Raises:
        ValidationFailed: the rule cannot be read, or the appointment ends before it begins.
    """
    timed = [one for one in changes if one.entity == EVENT and _TIMES.intersection(one.values)]
    if not timed:
        return
    owners = [_owner(one, context) for one in timed if one.after("rule")]
    zones = zones_of(context.records, owners) if owners else {}
    for change in timed:
        _times(change)
        rule = change.after("rule")
        if rule and (change.changed("rule") or not change.before):
            rule = change.values["rule"] = check_rule(rule)
        zone: tzinfo = zones.get(_owner(change, context) or 0, context.records.zone)
        begins = change.after("starts_at")
        change.values["repeats_until"] = last_start(begins, rule, zone) if rule and begins else None


def _owner(change: Change, context: WriteContext) -> int | None:
    found: Any = change.after("owner_id")
    return context.principal.user_id if found is None else int(found)


def _times(change: Change) -> None:
    begins, ends = change.after("starts_at"), change.after("ends_at")
    if begins is not None and ends is not None and ends < begins:
        raise ValidationFailed.single("ends_at", "before_start", _("The end is before the beginning."))
