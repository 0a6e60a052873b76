"""Leaving: the list begins, rights stay until the last day, then the account is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, staff, translator
from weft.plugins.hrm.services import checklists, people

_ = translator("hrm")

__all__ = ["close_left", "start"]

_REASON = "hrm: leaving"
_PART = 200


def start(records: Records, record: Row, data: Mapping[str, Any]) -> None:
    """Somebody leaves: their last day is noted and the leaving list begins; the state was changed before.

    Raises:
        ValidationFailed: the last day is before the first one.
    """
    last: date = data["last_day"]
    if record.get("joined_on") and last < record["joined_on"]:
        raise ValidationFailed.single("last_day", "order", _("The last day is before the first one."))
    records.update(people.EMPLOYEE, record["id"], {"last_day": last}, version=None)
    known = checklists.templates(records, "leaving")
    template = data.get("template") or (known[0]["id"] if known else None)
    checklists.begin(records, "leaving", record["user"].id, last, template)


def close_left(records: Records, day: date) -> int:
    """After their last day people have left: file, placement and account are closed; returns how many.

    Those who were to begin today begin.

    Args:
        records: the platform's.
        day: today.
    """
    filters = {"status": "joining", "joined_on__lte": day.isoformat()}
    for row in records.query(people.EMPLOYEE, fields=(), filters=filters, limit=_PART).rows:
        records.act("hrm.employee.begin", row["id"], {})
    filters = {"status": "leaving", "last_day__lt": day.isoformat()}
    rows = records.query(people.EMPLOYEE, fields=("user",), filters=filters, limit=_PART).rows
    for row in rows:
        records.act("hrm.employee.close", row["id"], {})
    return len(rows)


def close(records: Records, record: Row) -> None:
    """Close the account of somebody whose file says that they left; the state was changed before."""
    file = records.get(people.EMPLOYEE, record["id"])
    if file.get("last_day") is None:
        records.update(people.EMPLOYEE, record["id"], {"last_day": people.today(records)}, version=None)
    staff.close(records, _REASON, record["user"].id)
    filters = {"person": record["user"].id, "status": "running"}
    for row in records.query("hrm.contract", fields=(), filters=filters, limit=_PART).rows:
        records.act("hrm.contract.finish", row["id"], {})
