"""What the CRM does after commits and on schedules."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Subscriber, translator
from weft.plugins.crm.services import accounts as services

_ = translator("crm")


def activity_changed(context: Any, event: dict[str, Any]) -> None:
    """Keep the facts of the account (last contact, next step) in step with its activities."""
    with context.records() as records:
        row = records.get("crm.activity", event["record"], fields=("account",))
        accounts = {row["account"].id} if row.get("account") else set()
        before = (event.get("changes") or {}).get("account")
        if before:
            accounts |= {number for number in before if isinstance(number, int)}
        services.refresh_facts(records, accounts)


SUBSCRIBERS = [
    Subscriber(
        "crm.activity.*", activity_changed, key="crm.activity_changed", label=_("Keep last contact and next step")
    )
]
