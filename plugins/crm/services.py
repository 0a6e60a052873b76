"""What the CRM does beyond storing: facts of an account, logging a contact, ending a deal.

Writes only through the :class:`~weft.core.sdk.Records` it is given; never commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Records, Row, translator

_ = translator("crm")

__all__ = ["close_deal", "log_contact", "refresh_facts", "reopen_deal"]


def refresh_facts(records: Records, accounts: Iterable[int]) -> None:
    """Bring last contact and next step of accounts up to date with their activities.

    Both are stored on the account so that lists can sort and filter by them.
    """
    ids = sorted({number for number in accounts if number})
    if not ids:
        return
    system = records.system("crm: facts of accounts")
    last = {
        line["account"].id: line["max(at)"]
        for line in system.aggregate(
            "crm.activity", group=("account",), measures=("max(at)",), filters={"account__in": ids, "status": "done"}
        )
    }
    planned = _next_steps(system, ids)
    zone = system.zone
    present = system.query(
        "crm.account",
        fields=("next_step", "next_on", "last_contact_at"),
        filters={"id__in": ids},
        limit=200,
    )
    for account in present.rows:
        step = planned.get(account["id"])
        facts = {
            "last_contact_at": last.get(account["id"]),
            "next_step": step["subject"] if step else None,
            "next_on": step["at"].astimezone(zone).date() if step else None,
        }
        if any(account.get(name) != value for name, value in facts.items()):
            system.update("crm.account", account["id"], facts, version=None)


def _next_steps(system: Records, accounts: Sequence[int]) -> dict[int, Row]:
    """The earliest planned activity of each account that has one, however many are planned."""
    found: dict[int, Row] = {}
    cursor: str | None = None
    while len(found) < len(accounts):
        page = system.query(
            "crm.activity",
            fields=("subject", "account", "at"),
            filters={"account__in": accounts, "status": "planned", "at__isnull": False},
            sort="at",
            limit=200,
            cursor=cursor,
        )
        for row in page.rows:
            found.setdefault(row["account"].id, row)
        cursor = page.next
        if cursor is None:
            break
    return found


def log_contact(records: Records, account_id: int, data: Mapping[str, Any]) -> Row:
    """Write down a contact with an account and plan the next step.

    Args:
        account_id: the account spoken to.
        data: ``kind``, ``note``, optional ``result``, ``minutes``, ``next_step`` with ``next_on`` (a day).

    Returns:
        The activity that was made.
    """
    note = str(data.get("note") or "").strip()
    entry = records.create(
        "crm.activity",
        {
            "subject": _subject(note) or str(_("Contact")),
            "kind": data.get("kind") or "call",
            "status": "done",
            "account": account_id,
            "at": records.now,
            "minutes": data.get("minutes"),
            "note": note or None,
            "result": data.get("result"),
        },
    )
    _finish_due_steps(records, account_id)
    if data.get("next_step"):
        records.create(
            "crm.activity",
            {
                "subject": data["next_step"],
                "kind": "task",
                "status": "planned",
                "account": account_id,
                "at": _morning(records, data.get("next_on")),
            },
        )
    refresh_facts(records, [account_id])
    return entry


def _finish_due_steps(records: Records, account_id: int) -> None:
    """A contact answers the steps that were due by now; later ones stay planned."""
    due = records.query(
        "crm.activity",
        fields=("version",),
        filters={"account": account_id, "status": "planned", "owner": "me", "at__lte": records.now},
        limit=50,
    )
    for row in due.rows:
        records.act("crm.activity.finish", row["id"], {})


def _subject(note: str) -> str:
    line = note.splitlines()[0] if note else ""
    return line if len(line) <= 120 else line[:119].rstrip() + "…"


def _morning(records: Records, day: Any) -> Any:
    local = records.now.astimezone(records.zone)
    chosen = date.fromisoformat(day) if isinstance(day, str) and day else day or local.date() + timedelta(days=7)
    return local.replace(
        year=chosen.year, month=chosen.month, day=chosen.day, hour=9, minute=0, second=0, microsecond=0
    )


def close_deal(records: Records, deal_id: int, outcome: str, data: Mapping[str, Any]) -> Row:
    """Note the day a deal ended, and why and to whom when it was lost; it stands in the closing stage then."""
    values: dict[str, Any] = {"closed_on": data.get("closed_on") or _today(records)}
    for name in ("loss_reason", "competitor"):
        if name in data:
            values[name] = data[name]
    return records.update("crm.opportunity", deal_id, values | _stage(records, outcome, "position"), version=None)


def reopen_deal(records: Records, deal_id: int) -> Row:
    """Take the end of a deal back; it stands in the last open stage then."""
    values: dict[str, Any] = {"closed_on": None, "loss_reason": None, "competitor": None}
    return records.update("crm.opportunity", deal_id, values | _stage(records, "open", "-position"), version=None)


def _stage(records: Records, outcome: str, sort: str) -> dict[str, int]:
    """The first stage in use with an outcome; a company without such a stage keeps the deal where it is."""
    page = records.system("crm: closing stage").query(
        "crm.stage", fields=("code",), filters={"outcome": outcome, "active": "true"}, sort=sort, limit=1
    )
    return {"stage": page.rows[0]["id"]} if page.rows else {}


def _today(records: Records) -> date:
    return records.now.astimezone(records.zone).date()
