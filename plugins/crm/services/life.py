"""The life of a customer follows its deals: the first open deal makes it potential, a won one a won customer, and back.

A move to potential always needs a contact record, whoever makes it; without one the automatic move waits for the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from weft.core.sdk import Records
from weft.plugins.crm.models.accounts import Account
from weft.plugins.crm.models.activities import Activity
from weft.plugins.crm.models.deals import Opportunity

__all__ = ["CONTACT_KINDS", "DealChange", "after_contact", "follow", "spoken_to"]

#: Kinds of activities in which somebody spoke with the customer; a note or a task is none.
CONTACT_KINDS = ("call", "visit", "meeting", "mail", "message")
_PART = 500


@dataclass(frozen=True, slots=True)
class DealChange:
    """What happens to a deal that is about to be written.

    Attributes:
        account, outcome, day: as they will be; ``day`` is the one on which it ends.
        was, was_day: outcome and day before, None for a new deal.
    """

    id: int
    account: int
    outcome: str
    was: str | None
    day: date | None
    was_day: date | None


def spoken_to(system: Records, accounts: Iterable[int]) -> frozenset[int]:
    """Those of some accounts of which a contact is recorded.

    Args:
        system: records of the platform.
        accounts: ids.
    """
    found: set[int] = set()
    for part in _parts(accounts):
        statement = select(Activity.account).where(
            Activity.account.in_(part), Activity.status == "done", Activity.kind.in_(CONTACT_KINDS)
        )
        found.update(system.session.scalars(statement.distinct()))
    return frozenset(found)


def follow(records: Records, changes: Sequence[DealChange]) -> None:
    """Move the customers of deals that are about to be written.

    Args:
        records: unit in which the deals are written; the customers stand in the same change set.
        changes: all of one batch.
    """
    system = records.system("crm: life follows deals")
    ids = sorted({change.account for change in changes})
    outcomes = _outcomes(system, ids, [change.id for change in changes])
    for change in changes:
        outcomes[change.account].add(change.outcome)
    customers = _customers(system, ids)
    spoken = spoken_to(system, ids)
    by_account: dict[int, list[DealChange]] = defaultdict(list)
    for change in changes:
        by_account[change.account].append(change)
    moves: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
    for account, some in by_account.items():
        if account in customers:
            life, since, frozen = customers[account]
            values = _move(life, since, frozen, outcomes[account], some, account in spoken)
            if values:
                moves[tuple(sorted(values.items()))].append(account)
    _write(system, moves)


def _move(
    life: str, since: date | None, frozen: bool, outcomes: set[str], changes: Sequence[DealChange], spoken: bool
) -> dict[str, Any]:
    """New values of a customer, empty when it stays as it is."""
    if "won" in outcomes:
        ended = [change for change in changes if change.outcome == "won" and change.day is not None]
        # The day of the first deal is set right when that deal's is.
        counts = since is None or any(change.was == "won" and change.was_day == since for change in ended)
        fresh = {"customer_since": min(change.day for change in ended if change.day)} if ended and counts else {}
        return {"life": "won", **fresh} if life != "won" else fresh
    undone = [change for change in changes if change.was == "won"]
    if life == "won" and undone:
        gone = {"customer_since": None} if since is not None and since in {change.was_day for change in undone} else {}
        return {"life": "potential", **gone}
    if "open" in outcomes and spoken and not frozen and life in ("basic", "invalid"):
        return {"life": "potential"}
    return {}


def after_contact(records: Records, accounts: Iterable[int]) -> None:
    """Make basic customers potential that have an open deal and were spoken to for the first time.

    Args:
        records: unit in which the contact was written.
        accounts: accounts that were spoken to.
    """
    system = records.system("crm: life follows deals")
    for part in _parts(accounts):
        statement = (
            select(Account.id)
            .join(Opportunity, Opportunity.account == Account.id)
            .where(Account.id.in_(part), Account.life == "basic", Opportunity.outcome == "open")
            .distinct()
        )
        ids = sorted(spoken_to(system, system.session.scalars(statement)))
        if ids:
            _write(system, {(("life", "potential"),): ids})


def _write(system: Records, moves: Any) -> None:
    for values, accounts in moves.items():
        system.bulk("crm.account", "update", accounts, dict(values), expected=len(accounts))


def _outcomes(system: Records, accounts: Sequence[int], but: Sequence[int]) -> dict[int, set[str]]:
    """Outcomes of the other deals of accounts."""
    changed = set(but)
    found: dict[int, set[str]] = defaultdict(set)
    for part in _parts(accounts):
        statement = select(Opportunity.id, Opportunity.account, Opportunity.outcome)
        for row in system.session.execute(statement.where(Opportunity.account.in_(part))):
            if row.id not in changed:
                found[row.account].add(row.outcome)
    return found


def _customers(system: Records, accounts: Sequence[int]) -> dict[int, tuple[str, date | None, bool]]:
    found: dict[int, tuple[str, date | None, bool]] = {}
    for part in _parts(accounts):
        statement = select(Account.id, Account.role, Account.life, Account.customer_since, Account.frozen)
        for row in system.session.execute(statement.where(Account.id.in_(part))):
            if "customer" in row.role and row.life is not None:
                found[row.id] = row.life, row.customer_since, row.frozen
    return found


def _parts(ids: Iterable[int]) -> list[list[int]]:
    every = sorted({number for number in ids if number})
    return [every[start : start + _PART] for start in range(0, len(every), _PART)]
