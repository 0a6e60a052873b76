"""What the CRM does beyond storing: facts of an account.

Writes only through the :class:`~weft.core.sdk.Records` it is given; never commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, Row, translator
from weft.plugins.crm.services import life, silence

_ = translator("crm")

__all__ = ["refresh_facts"]

_PART = 200


def refresh_facts(records: Records, accounts: Iterable[int]) -> None:
    """Bring last contact, next step, silence and life of accounts up to date with their activities.

    They are stored on the account so that lists can sort and filter by them. A note or a task is no contact.
    """
    ids = sorted({number for number in accounts if number})
    for start in range(0, len(ids), _PART):
        _refresh_part(records, ids[start : start + _PART])
    silence.refresh(records, ids)
    life.after_contact(records, ids)


def _refresh_part(records: Records, ids: Sequence[int]) -> None:
    system = records.system("crm: facts of accounts")
    spoken = {"account__in": ids, "status": "done", "kind__in": life.CONTACT_KINDS}
    last = {
        line["account"].id: line["max(at)"]
        for line in system.aggregate("crm.activity", group=("account",), measures=("max(at)",), filters=spoken)
    }
    planned = _next_steps(system, ids)
    by_partner = _partner_contacts(system, spoken)
    zone = system.zone
    names = (
        "next_step", "next_on", "last_contact_at", "awaits_contact", "assigned_at", "partner", "partner_contact_at",
    )  # fmt: skip
    present = system.query("crm.account", fields=names, filters={"id__in": ids}, limit=_PART)
    fresh: dict[int, dict[str, Any]] = {}
    for account in present.rows:
        step = planned.get(account["id"])
        spoke, assigned = last.get(account["id"]), account.get("assigned_at")
        facts = {
            "last_contact_at": spoke,
            "next_step": step["subject"] if step else None,
            "next_on": step["at"].astimezone(zone).date() if step else None,
            "partner_contact_at": by_partner.get(
                (account["id"], account["partner"].id if account.get("partner") else 0)
            ),
        }
        if account.get("awaits_contact") and spoke is not None and (assigned is None or spoke >= assigned):
            facts["awaits_contact"] = False
        if any(account.get(name) != value for name, value in facts.items()):
            fresh[account["id"]] = facts
    if fresh:
        system.update_many("crm.account", fresh)


def _partner_contacts(system: Records, spoken: Mapping[str, Any]) -> dict[tuple[int, int], Any]:
    """Last contact by (account, firm), of distributors and agents; that of a dealer counts for the firm above too."""
    filters = {**spoken, "partner__isnull": "false"}
    lines = system.aggregate("crm.activity", group=("account", "partner"), measures=("max(at)",), filters=filters)
    if not lines:
        return {}
    firms = sorted({line["partner"].id for line in lines})
    page = system.query("crm.account", fields=("partner",), filters={"id__in": firms}, limit=_PART)
    above = {row["id"]: row["partner"].id for row in page.rows if row.get("partner")}
    found: dict[tuple[int, int], Any] = {}
    for line in lines:
        account, firm, at = line["account"].id, line["partner"].id, line["max(at)"]
        for one in {firm, above.get(firm, firm)}:
            found[account, one] = max(at, found.get((account, one), at))
    return found


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
