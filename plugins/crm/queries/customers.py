"""Facts of customers for the pool rules, in a handful of statements however many customers there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select

from weft.core.sdk import Records, directory
from weft.plugins.crm.models.accounts import Account
from weft.plugins.crm.models.deals import DealLine, Opportunity
from weft.plugins.crm.models.pools import Pool, PoolRule
from weft.plugins.crm.models.products import Product
from weft.plugins.crm.queries.silence import Facts, Rule

__all__ = ["facts_of", "rules_in_use", "stale"]

_PART = 500


def rules_in_use(system: Records) -> list[Rule]:
    """Rules in use of pools in use, in their order, each with the people whose customers it is about.

    Args:
        system: records of the platform: rules are read by people who may not read them.
    """
    statement = (
        select(PoolRule, Pool.members)
        .join(Pool, Pool.id == PoolRule.pool)
        .where(PoolRule.active.is_(True), Pool.active.is_(True), Pool.members.is_not(None))
        .order_by(PoolRule.position, PoolRule.id)
    )
    found: list[Rule] = []
    owners: dict[int | None, frozenset[int]] = {}
    for rule, unit in system.session.execute(statement):
        if unit not in owners:
            people = directory.colleagues(system, unit=unit, limit=100_000)
            owners[unit] = frozenset(person.id for person in people)
        found.append(
            Rule(rule.id, rule.name, rule.pool, rule.kind, rule.days, rule.red_days, rule.manager_days, rule.warn_days,
                 frozenset(rule.lives or ()), frozenset(rule.classes or ()), rule.territory, rule.family, rule.below,
                 owners[unit], rule.name_alt or "")
        )  # fmt: skip
    return found


def facts_of(system: Records, rules: Sequence[Rule], accounts: Sequence[int] | None = None) -> Iterator[Facts]:
    """Facts of the customers that some rule may be about: owned, alive, not frozen.

    Args:
        system: records of the platform.
        rules: decide which facts have to be read.
        accounts: only these; None for all.
    """
    if not rules:
        return
    parts: list[Sequence[int] | None] = [None]
    if accounts is not None:
        ids = list(accounts)
        parts = [ids[start : start + _PART] for start in range(0, len(ids), _PART)]
    for part in parts:
        yield from _facts(system, rules, part)


def _facts(system: Records, rules: Sequence[Rule], part: Sequence[int] | None) -> Iterator[Facts]:
    deals = _deals(system, part) if any(rule.kind == "no_deal" for rule in rules) else {}
    families = _families(system, part) if any(rule.family for rule in rules) else {}
    statement = select(
        Account.id, Account.owner_id, Account.life, Account.value_class, Account.territory, Account.role,
        Account.created_at, Account.assigned_at, Account.last_contact_at, Account.customer_since,
        Account.contract_ends_on, Account.won_amount, Account.silence, Account.recycle_on,
    )  # fmt: skip
    alive = Account.life.in_(("basic", "potential", "won"))
    statement = statement.where(Account.owner_id.is_not(None), Account.frozen.is_(False), alive)
    zone = system.zone

    def day(moment: datetime | None) -> date | None:
        return moment.astimezone(zone).date() if moment is not None else None

    for row in system.session.execute(_among(statement, Account.id, part)):
        if "customer" not in row.role:
            continue
        opened, closed = deals.get(row.id, (False, None))
        yield Facts(
            row.id, row.owner_id, row.life, row.value_class, row.territory, row.created_at.astimezone(zone).date(),
            day(row.assigned_at), day(row.last_contact_at), row.customer_since, row.contract_ends_on, opened, closed,
            row.won_amount or Decimal(0), families.get(row.id, frozenset()), row.silence or "fine",
            row.recycle_on,
        )  # fmt: skip


def _among(statement: Any, column: Any, part: Sequence[int] | None) -> Any:
    return statement if part is None else statement.where(column.in_(part))


def _deals(system: Records, part: Sequence[int] | None) -> dict[int, tuple[bool, date | None]]:
    """Account -> whether a deal is open, and the day the last one ended."""
    opened = func.max(case((Opportunity.outcome == "open", 1), else_=0))
    statement: Any = select(Opportunity.account, opened, func.max(Opportunity.closed_on))
    statement = statement.group_by(Opportunity.account)
    rows = system.session.execute(_among(statement, Opportunity.account, part))
    return {account: (bool(is_open), closed) for account, is_open, closed in rows}


def _families(system: Records, part: Sequence[int] | None) -> dict[int, frozenset[int]]:
    """Account -> product lines of the lines of its deals."""
    statement: Any = (
        select(Opportunity.account, Product.family)
        .join(DealLine, DealLine.opportunity == Opportunity.id)
        .join(Product, Product.id == DealLine.product)
        .where(Product.family.is_not(None))
        .distinct()
    )
    found: dict[int, set[int]] = defaultdict(set)
    for account, family in system.session.execute(_among(statement, Opportunity.account, part)):
        found[account].add(family)
    return {account: frozenset(values) for account, values in found.items()}


def stale(system: Records, accounts: Sequence[int] | None = None) -> dict[int, tuple[str, date | None]]:
    """Stored colour and day of all accounts that have one worth keeping up to date."""
    statement = select(Account.id, Account.silence, Account.recycle_on).where(
        (Account.silence != "none") | Account.recycle_on.is_not(None)
    )
    found: dict[int, tuple[str, date | None]] = {}
    parts: list[Sequence[int] | None] = [None]
    if accounts is not None:
        parts = [accounts[start : start + _PART] for start in range(0, len(accounts), _PART)]
    for part in parts:
        for row in system.session.execute(_among(statement, Account.id, part)):
            found[row.id] = row.silence, row.recycle_on
    return found
