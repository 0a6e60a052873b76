"""How much each salesperson has: customers, open deals with their amount, open leads. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weft.core.sdk import Money, MoneySum, Records

__all__ = ["CUSTOMERS", "DEALS", "LEADS", "Load", "loads"]

#: What counts as load (report R5): customers neither invalid nor frozen, open deals, open leads.
CUSTOMERS = {"role": "customer", "frozen": "false", "life__in": "basic,potential,won"}
DEALS = {"outcome": "open"}
LEADS = {"status__in": "new,working"}
_PART = 500


@dataclass(frozen=True, slots=True)
class Load:
    """What one person has now.

    Attributes:
        customers, deals, leads: how many.
        amounts: of the open deals, net: in company currency, or one per currency where a rate is missing.
    """

    customers: int = 0
    deals: int = 0
    amounts: tuple[Money, ...] = ()
    leads: int = 0


def loads(records: Records, people: Sequence[int]) -> dict[int, Load]:
    """The load of each person, as far as the asking principal may read; three statements, however many people.

    Args:
        records: any unit of work; ``records.system(...)`` where the whole load counts.
        people: users.
    """
    wanted = list(dict.fromkeys(people))[:_PART]
    if not wanted:
        return {}
    customers = _counted(records, "crm.account", CUSTOMERS, wanted, ("count",))
    deals = _counted(records, "crm.opportunity", DEALS, wanted, ("count", "sum(amount)"))
    leads = _counted(records, "crm.lead", LEADS, wanted, ("count",))
    return {
        one: Load(
            customers.get(one, {}).get("count", 0),
            deals.get(one, {}).get("count", 0),
            _amounts(deals[one]["sum(amount)"]) if one in deals else (),
            leads.get(one, {}).get("count", 0),
        )
        for one in wanted
    }


def _amounts(total: MoneySum) -> tuple[Money, ...]:
    return (total.company,) if total.company is not None else total.amounts


def _counted(
    records: Records, entity: str, filters: dict[str, str], people: Sequence[int], measures: tuple[str, ...]
) -> dict[int, dict[str, Any]]:
    lines = records.aggregate(
        entity, group=("owner",), measures=measures, filters={**filters, "owner__in": list(people)}, limit=_PART
    )
    return {line["owner"].id: line for line in lines if line["owner"] is not None}
