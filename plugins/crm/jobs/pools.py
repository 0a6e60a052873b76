"""Background work of pools: the nightly round, the value of customers, and colours after what happened by day."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Job, Subscriber, translator
from weft.plugins.crm.services import pools, silence, worth

_ = translator("crm")

__all__ = ["JOBS", "SUBSCRIBERS"]


def run_pools(context: Any, payload: dict[str, Any]) -> None:
    """Let customers fall into their pools and bring all colours up to date."""
    with context.records() as records:
        pools.run(records)


def assess(context: Any, payload: dict[str, Any]) -> None:
    """Bring what every customer was worth in twelve months, and the class that follows from it, up to date."""
    with context.records() as records:
        worth.assess(records)


def account_changed(context: Any, event: dict[str, Any]) -> None:
    """Bring the colour of one customer up to date."""
    with context.records() as records:
        silence.refresh(records, [event["record"]])


def deal_changed(context: Any, event: dict[str, Any]) -> None:
    """Bring the colour of a deal's customer up to date: rules look at open deals."""
    with context.records() as records:
        row = records.get("crm.opportunity", event["record"], fields=("account",))
        if row.get("account"):
            silence.refresh(records, [row["account"].id])


JOBS = [
    Job("crm.worth.assess", _("Assess the value of customers"), assess, at="02:40"),
    Job("crm.pools.run", _("Apply the pool rules"), run_pools, at="03:10"),
]
_COLOUR = _("Bring the silence of the customer up to date")
SUBSCRIBERS = [
    *[Subscriber(f"crm.account.{word}", account_changed, key=f"crm.account_{word}", label=_COLOUR)
      for word in ("assigned", "to_basic", "to_potential", "to_won", "to_invalid", "freeze", "unfreeze", "restored")],
    Subscriber("crm.opportunity.*", deal_changed, key="crm.deal_changed", label=_COLOUR),
]  # fmt: skip
