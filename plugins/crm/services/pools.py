"""Pools of customers nobody owns: giving back, putting in, and what the rules take from their owners.

Ownership changes only through :mod:`weft.plugins.crm.services.ownership`; here it is decided whether it may.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from weft.core.sdk import Records, Row, ValidationFailed, directory, register_notice, translator
from weft.plugins.crm.grants import MANAGER
from weft.plugins.crm.services import ownership, silence
from weft.plugins.crm.services.managers import managers_of

_ = translator("crm")

__all__ = ["Due", "due", "give", "pools_in_use", "run"]

register_notice("crm.recycled", _("%(record)s fell into the pool"))
register_notice("crm.recycled_many", _("%(count)s customers fell into the pool"))
register_notice("crm.released", _("%(who)s gave %(record)s back to the pool"))
register_notice("crm.released_many", _("%(who)s gave %(count)s customers back to the pool"))

_PART = 200


@dataclass(frozen=True, slots=True)
class Due:
    """A customer that falls into a pool.

    Attributes:
        account, owner: which, and who has it.
        pool, rule: where it goes, and by which rule (id, name, name in the other script).
        on: the day; since: the day from which the rule counts.
    """

    account: int
    owner: int
    pool: int
    rule: int
    rule_name: str
    on: date
    since: date | None
    rule_alt: str = ""


def pools_in_use(records: Records) -> list[Row]:
    """Pools that are in use, in their order."""
    return list(records.query("crm.pool", filters={"active": "true"}, sort="position", limit=100).rows)


def _pools_for(records: Records, people: Iterable[int]) -> dict[int, int]:
    """Person -> the first pool in use into which their customers fall."""
    units = directory.units_of(records, sorted(set(people)))
    found: dict[int, int] = {}
    for pool in pools_in_use(records.system("crm: pool of a person")):
        members = pool.get("members")
        below = set(directory.units_below(records, members.id)) if members is not None else set()
        for person, unit in units.items():
            if unit in below:
                found.setdefault(person, int(pool["id"]))
    return found


# ---- giving back, putting in


def give(records: Records, accounts: Sequence[int], reason: str, pool: int | None = None) -> None:
    """Give customers to a pool: one's own back, or, as a sales manager, any; how an import gets into a pool.

    What nobody had, or a sales manager had taken in himself, stands in the history as imported, the rest as given back.

    Args:
        records: unit of the person who gives; the caller has checked the right to it.
        accounts: ids of accounts.
        reason: why, as the history shows it.
        pool: where to; by default the pool into which their owner's customers fall.

    Raises:
        ValidationFailed: one is no customer or lies in the pool already, or there is no pool for it.
    """
    goals = _goals(records, list(_rows(records, accounts)), pool)
    me, manages = records.principal.user_id, MANAGER in records.principal.roles
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for account, (owner, goal) in goals.items():
        taken_in = owner is None or (owner == me and manages)
        groups[goal, "imported" if taken_in else "released"].append(account)
    for (goal, kind), some in groups.items():
        ownership.to_pool(records, some, goal, kind=kind, reason=reason)
    _tell(records, "crm.released", {account: owner for account, (owner, _goal) in goals.items() if owner})


def _goals(records: Records, rows: Sequence[Row], pool: int | None) -> dict[int, tuple[int | None, int]]:
    """Account -> its owner and the pool it goes to."""
    owners = {row["id"]: row["owner"].id if row.get("owner") else None for row in rows}
    usual = {} if pool is not None else _pools_for(records, [owner for owner in owners.values() if owner])
    found: dict[int, tuple[int | None, int]] = {}
    for row in rows:
        owner = owners[row["id"]]
        goal = pool if pool is not None else usual.get(owner or 0)
        if goal is None:
            raise ValidationFailed.single("pool", "required", _("Choose a pool: the owner belongs to none."))
        if row.get("pool") is not None and row["pool"].id == goal:
            raise ValidationFailed.single("pool", "state", _("One of these customers lies in this pool already."))
        if "customer" not in row["role"]:
            raise ValidationFailed.single("pool", "state", _("Only customers go into a pool."))
        found[row["id"]] = owner, goal
    return found


def _rows(records: Records, accounts: Sequence[int]) -> Iterator[Row]:
    for start in range(0, len(accounts), _PART):
        ids = list(accounts[start : start + _PART])
        yield from records.query(
            "crm.account", fields=("owner", "pool", "role"), filters={"id__in": ids}, limit=_PART
        ).rows


def _tell(records: Records, kind: str, owners: dict[int, int]) -> None:
    """Former owners and their managers; who acts is not told."""
    if not owners:
        return
    managers = managers_of(records, owners.values())
    told: dict[tuple[int, str], list[int]] = defaultdict(list)
    for account, owner in owners.items():
        for person in dict.fromkeys([owner, *managers[owner]]):
            told[person, kind].append(account)
    silence.tell_each(records, told)


# ---- what the rules take


def due(records: Records, until: date) -> list[Due]:
    """Customers that fall into a pool by a day, the first ones first; changes nothing.

    Args:
        records: any unit; the caller has decided that the person may know all of them.
        until: last day.
    """
    system = records.system("crm: pool rules")
    found = [
        Due(facts.id, facts.owner, verdict.rule.pool, verdict.rule.id, verdict.rule.name, verdict.falls, verdict.since,
            verdict.rule.name_alt)
        for facts, verdict in silence.judged(system)
        if verdict.rule is not None and verdict.falls is not None and verdict.falls <= until
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.on, one.account))


def run(records: Records) -> list[Due]:
    """Let what is due by today fall into its pool, then bring all colours up to date; owners and managers are told.

    The same customers as :func:`due` names for today: a customer that is past its day but was never announced is
    warned first and falls tomorrow.

    Returns:
        What fell.
    """
    system = records.system("crm: pool rules")
    fallen = due(records, silence.today_of(system))
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in fallen:
        groups[one.pool, one.rule].append(one.account)
    for (pool, rule), accounts in groups.items():
        ownership.to_pool(records, accounts, pool, kind="recycled", rule=rule)
    _tell(records, "crm.recycled", {one.account: one.owner for one in fallen})
    silence.refresh(records)
    return fallen
