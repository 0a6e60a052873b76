"""How the customers of the demo company came to be what they are: every step at its time, by who looked after them.

Parties begin as basic. Winning a deal makes a won customer by itself; the steps before, and those out, are drawn here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from zlib import crc32

from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.demo import story

__all__ = ["begins_as", "run"]

#: How many days before its first deal a customer counted as potential.
_BEFORE_DEAL = 4


def begins_as(account: plans.AccountPlan) -> str | None:
    """The step of life a party is entered with."""
    return None if account.life is None else "basic"


def run(context: Any, drawn: plans.Plan) -> None:
    """Make customers potential or invalid at their time; deals come later and do the rest.

    Args:
        context: of the demo; parties are entered.
        drawn: the plan.
    """
    first: dict[str, int] = {}
    won: set[str] = set()
    for deal in drawn.deals:
        first[deal.account] = min(first.get(deal.account, 0), -deal.created)
        won |= {deal.account} if deal.outcome == "won" else set()
    moves: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for account in drawn.accounts:
        owner = account.owner if account.owner in story.OWNED_CUSTOMERS else "manager"
        for day, life in _moves(account, first.get(account.key), account.key in won):
            moves[day, owner, life].append(context.made[account.key])
    for number, ((day, owner, life), ids) in enumerate(sorted(moves.items(), key=lambda pair: pair[0])):
        context.progress("crm.account", number, len(moves))
        with context.acting(owner, context.moment(day, 17)) as records:
            records.system("demo: lives").bulk("crm.account", "update", ids, {"life": life}, expected=len(ids))


def _moves(account: plans.AccountPlan, deal: int | None, wins: bool) -> list[tuple[int, str]]:
    """(day from D, step) of a customer's life as far as no deal decides it."""
    lot = crc32(account.key.encode())
    entered = -account.created
    if account.life in ("potential", "won"):
        day = entered + max(15, account.created // 3)
        if deal is not None:
            day = min(day, deal - _BEFORE_DEAL)
        elif lot % 4 == 0 and account.created > 90:
            day = -(3 + lot % 70)
        day = min(max(day, entered + 14), -2)
        moves = [(day, "potential")]
        if account.life == "won" and not wins:
            moves.append((min(day + 30, -1), "won"))
        return moves
    if account.life == "invalid":
        quiet = account.touched or 100
        day = -quiet + 30 if account.frozen else -(2 + lot % 60)
        return [(min(max(day, entered + 14), -1), "invalid")]
    return []
