"""How long a registered customer stays protected for the partner who announced it, and who is told when that ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Records, Row, directory, notify, register_notice, translator
from weft.plugins.crm.grants import MANAGER

_ = translator("crm")

__all__ = ["end_due", "warn"]

ENDED, ENDS, PARTNER_ENDED, PARTNER_ENDS = (
    "crm.protection_ended", "crm.protection_ends", "crm.partner_protection_ended", "crm.partner_protection_ends",
)  # fmt: skip
register_notice(ENDED, _("The protection of %(record)s is over"))
register_notice(ENDS, _("The protection of %(record)s ends on %(day)s"))
register_notice(PARTNER_ENDED, _("Your registration of %(subject)s is over"))
register_notice(PARTNER_ENDS, _("Your registration of %(subject)s ends on %(day)s"))
#: Days before the end on which people are told.
WARN_BEFORE = 7
_PART = 200


def end_due(records: Records) -> int:
    """Let protections expire whose last day is past; returns how many. Harmless when run again."""
    today = _today(records)
    rows = _rows(records, {"protected_until__lt": today})
    for row in rows:
        records.act("crm.registration.expire", row["id"], {})
    _tell(records, rows, ENDED, PARTNER_ENDED)
    return len(rows)


def warn(records: Records) -> int:
    """Tell of protections that end in seven days; returns how many."""
    rows = _rows(records, {"protected_until": _today(records) + timedelta(days=WARN_BEFORE)})
    _tell(records, rows, ENDS, PARTNER_ENDS)
    return len(rows)


def _today(records: Records) -> date:
    return records.now.astimezone(records.zone).date()


def _rows(records: Records, filters: dict[str, Any]) -> list[Row]:
    found: list[Row] = []
    cursor: str | None = None
    while True:
        page = records.query(
            "crm.registration", fields=("name", "partner", "owner", "protected_until"),
            filters={"status__in": ["registered", "joint"], **filters}, limit=_PART, cursor=cursor,
        )  # fmt: skip
        found += page.rows
        cursor = page.next
        if cursor is None:
            return found


def _tell(records: Records, rows: Sequence[Row], ours: str, theirs: str) -> None:
    """Managers and the colleague who looks after the registration; people of the partner without naming a record."""
    managers = directory.holders(records, MANAGER) if rows else []
    outside = directory.standing_for(records, [row["partner"].id for row in rows]) if rows else {}
    for row in rows:
        what = {"day": row["protected_until"].isoformat(), "subject": row["name"]}
        people = [*managers, *([row["owner"].id] if row.get("owner") else [])]
        notify(records, people, ours, row["id"], what)
        notify(records, outside.get(row["partner"].id, []), theirs, None, what)
