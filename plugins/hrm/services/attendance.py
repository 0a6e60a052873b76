"""Attendance: coming and going, and corrections that the head agrees to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, notify, register_notice, translator
from weft.plugins.hrm.services import people

_ = translator("hrm")

__all__ = ["agree", "ask", "clock", "of_today", "refuse"]

DAY = "hrm.attendance"
ASKED, ANSWERED = "hrm.attendance_asked", "hrm.attendance_answered"
register_notice(ASKED, _("%(who)s asks to correct the attendance %(record)s"), headline=_("Attendance"))
register_notice(ANSWERED, _("%(who)s answered about your attendance %(record)s"), headline=_("Attendance"))
_REASON = "hrm: attendance"


def of_today(records: Records) -> Row | None:
    """Today's row of who acts."""
    filters = {"person": records.principal.user_id, "day": people.today(records).isoformat()}
    rows = records.query(DAY, filters=filters, limit=1).rows
    return rows[0] if rows else None


def clock(records: Records) -> str:
    """Come or go: the first time of a day one comes, every later time one goes; returns ``came`` or ``left``."""
    present = of_today(records)
    if present is None:
        values = {"person": records.principal.user_id, "day": people.today(records), "came_at": records.now}
        records.create(DAY, values)
        return "came"
    system = records.system(_REASON)
    system.update(DAY, present["id"], {"left_at": records.now}, version=None)
    return "left"


def ask(records: Records, record: Row, data: Mapping[str, Any]) -> None:
    """Ask for other times; the row keeps its own until somebody agrees.

    Raises:
        ValidationFailed: the times are in the wrong order.
    """
    check_times(data.get("came_at"), data.get("left_at"))
    values = {"asked_came_at": data.get("came_at"), "asked_left_at": data.get("left_at"), "reason": data["reason"]}
    records.system(_REASON).update(DAY, record["id"], values, version=None)
    if record.get("owner"):
        notify(records, [record["owner"].id], ASKED, record["id"])


def agree(records: Records, record: Row) -> None:
    """Take over the times asked for."""
    _not_own(records, record)
    values = {
        "came_at": record.get("asked_came_at") or record.get("came_at"),
        "left_at": record.get("asked_left_at") or record.get("left_at"),
        "asked_came_at": None, "asked_left_at": None,
    }  # fmt: skip
    records.system(_REASON).update(DAY, record["id"], values, version=None)
    notify(records, [record["person"].id], ANSWERED, record["id"])


def refuse(records: Records, record: Row) -> None:
    """Leave the times as they were recorded."""
    _not_own(records, record)
    values = {"asked_came_at": None, "asked_left_at": None}
    records.system(_REASON).update(DAY, record["id"], values, version=None)
    notify(records, [record["person"].id], ANSWERED, record["id"])


def _not_own(records: Records, record: Row) -> None:
    if record["person"].id == records.principal.user_id:
        raise ValidationFailed.single("", "own", _("Somebody else has to agree to this correction."))


def check_times(came: datetime | None, left: datetime | None) -> None:
    """Refuse to go before one came.

    Raises:
        ValidationFailed: they are in the wrong order.
    """
    if came is not None and left is not None and left < came:
        raise ValidationFailed.single("left_at", "order", _("One goes after one comes."))
