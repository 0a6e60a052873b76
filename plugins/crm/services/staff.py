"""What the CRM tells a people plugin, where one is installed: customers to hand over, and what people have won.

Plain dicts in the shape of the hooks ``weft_hrm_leaving`` and ``weft_hrm_goal_sources``; nothing of that plugin is
imported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import Records, directory, in_script, translator
from weft.plugins.crm.services import reports
from weft.plugins.crm.services.reports import Scope

_ = translator("crm")

__all__ = ["goal_sources", "leaving"]

_ACCOUNT = "crm.account"
_KEY = "crm.customers"


def leaving(records: Records, users: Sequence[int]) -> list[dict[str, Any]]:
    """Customers of people who leave: how many are left, and who got the others.

    Args:
        records: whose rights decide what is counted; the platform's for a leaving list.
        users: those who leave or left.
    """
    wanted = {"owner__in": list(users), "role": "customer"}
    left = {line["owner"].id: line["count"] for line in records.aggregate(_ACCOUNT, group=("owner",), filters=wanted)}
    gone = {"former_owner__in": list(users), "role": "customer"}
    lines = records.aggregate(_ACCOUNT, group=("former_owner", "owner"), filters={**gone, "owner__isnull": "false"})
    lines = [line for line in lines if line["former_owner"] is not None and line["owner"] is not None]
    pooled = records.aggregate(_ACCOUNT, group=("former_owner",), filters={**gone, "pool__isnull": "false"})
    pools = {line["former_owner"].id: line["count"] for line in pooled}
    names = directory.persons(records, [line["owner"].id for line in lines])
    told: dict[int, list[str]] = defaultdict(list)
    for line in sorted(lines, key=lambda one: -one["count"]):
        name = names[line["owner"].id]
        slots = {"n": line["count"], "name": in_script(name.name, name.name_alt)[0]}
        told[line["former_owner"].id].append(str(_("%(n)s handed to %(name)s") % slots))
    for user, number in pools.items():
        told[user].append(str(_("%(n)s to the pool") % {"n": number}))
    return [
        {
            "key": _KEY, "user": user, "left": left.get(user, 0),
            "subject": _("Hand over %(n)s customers") % {"n": left.get(user, 0)},
            "page": f"/employee/crm/hand-over?from={user}", "state": str(_(", ")).join(told.get(user, [])),
        }
        for user in users
    ]  # fmt: skip


def goal_sources() -> list[dict[str, Any]]:
    """Won amount by person, in company currency (R11)."""
    return [{"key": "crm.won", "label": _("Won amount"), "reached": won}]


def won(records: Records, users: Sequence[int], first: date, end: date) -> Mapping[int, Decimal]:
    """What people won from a day on and before another, by the owner at closing.

    Args:
        records: whose deals are counted; the platform's for a goal.
        users: the people.
        first, end: ``first <= closed_on < end``.
    """
    found = reports.won(records, Scope(), "closed_owner", first, end)
    places = Decimal("0.01")
    return {user: found[user].amount.quantize(places) if user in found else Decimal(0) for user in users}
