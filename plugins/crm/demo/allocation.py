"""Who got what in the demo company: rules of allocation, and the customers that Joris Haanstra left behind."""

from __future__ import annotations

from typing import Any

from weft.plugins.crm.demo import story
from weft.plugins.crm.demo.brands import AccountPlan
from weft.plugins.crm.services import ownership

__all__ = ["hand_over", "left_by_joris", "rules"]

#: So many customers went to Maud when he left, so many days ago.
_HANDED, _AGO = 14, 23
_NAMED = frozenset(row.key for row in story.NAMED)
_RULES = (
    ("Benelux in turn", "荷比卢轮流分配", "benelux", "round_robin", "sales_europe"),
    ("Nordics to who has least", "北欧按负载分配", "nordics", "load", "sales_europe"),
    ("China East in turn", "华东轮流分配", "cn_east", "round_robin", "sales_china"),
)


def left_by_joris(accounts: list[AccountPlan]) -> frozenset[str]:
    """Keys of the customers he had: of Maud's, entered before he left, none of the story's named ones."""
    old = [
        one.key for one in accounts
        if one.owner == "maud" and "customer" in one.role and not one.frozen and one.created > 60
        and one.key not in _NAMED
    ]  # fmt: skip
    return frozenset(old[:_HANDED])


def hand_over(context: Any, keys: frozenset[str]) -> None:
    """The manager gave them to Maud in one go on the day he left; she has spoken to all of them since."""
    ids = sorted(context.made[key] for key in keys)
    with context.acting("manager", context.moment(-_AGO, 11)) as records:
        ownership.hand_to(records, ids, context.people["maud"], handed_from="Joris Haanstra")
    with context.acting(None, context.moment(-3)) as records:
        records.bulk("crm.account", "update", ids, {"awaits_contact": False}, expected=len(ids))


def rules(context: Any, values: dict[str, int]) -> None:
    """Rules as a sales manager would set them up; they wait for what comes in after D."""
    with context.acting("manager", context.moment(-400)) as records:
        for place, (english, chinese, territory, method, unit) in enumerate(_RULES, 1):
            if unit in context.units and f"territory.{territory}" in values:
                records.create(
                    "crm.allocation_rule",
                    {"name": chinese if context.locale == "zh" else english, "position": 10 * place, "applies": "lead",
                     "territory": values[f"territory.{territory}"], "method": method,
                     "people_of": context.units[unit], "active": place < len(_RULES)},
                )  # fmt: skip
