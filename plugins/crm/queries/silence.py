"""When a customer turns red and when it falls into the pool: rules, facts and the verdict. Pure; reads nothing.

Of every kind of rule the first that fits counts (a rule for class A before the rule for all); of these the one that
ends first decides when the customer falls, and the worst decides its colour. No customer falls before the day of which
its owner was warned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

__all__ = ["STAGES", "Facts", "Rule", "Verdict", "first_of_kinds", "judge"]

#: Colours from harmless to urgent; ``none`` where no rule applies.
STAGES = ("none", "fine", "red", "manager", "warned")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One pool rule in use.

    Attributes:
        id, name, name_alt: the record.
        pool: pool that takes the customers.
        kind: ``silence``, ``no_deal``, ``value`` or ``contract_ended``.
        days: from the base day to the pool; ``red``, ``manager`` and ``warn`` to the colours, None for no such step.
        lives, classes: only customers of these, empty for all.
        territory, family: ids of values, None for all.
        below: for ``value``: won in twelve months, company currency.
        owners: people whose customers fall into the pool.
    """

    id: int
    name: str
    pool: int
    kind: str
    days: int
    red: int | None
    manager: int | None
    warn: int | None
    lives: frozenset[str]
    classes: frozenset[str]
    territory: int | None
    family: int | None
    below: Decimal | None
    owners: frozenset[int]
    name_alt: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at; days are days of the company.

    Attributes:
        owner: who has the customer now.
        entered: day the record was made; assigned: day its present owner got it.
        open_deal: it has an open deal now; closed: day its last deal ended.
        won: won in twelve months, company currency.
        families: product lines of its deals.
        stage: colour it has so far; promised: the day it falls, as its owner was told.
    """

    id: int
    owner: int
    life: str | None
    value_class: str | None
    territory: int | None
    entered: date
    assigned: date | None
    contact: date | None
    customer_since: date | None
    contract_ends: date | None
    open_deal: bool
    closed: date | None
    won: Decimal
    families: frozenset[int]
    stage: str
    promised: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The colour of a customer, the day it falls into a pool, and the rule that decides that."""

    stage: str
    falls: date | None
    rule: Rule | None
    since: date | None = None


def judge(rules: Sequence[Rule], facts: Facts, today: date) -> Verdict:
    """Apply rules in their order to one customer."""
    found = [(rule, base) for rule in first_of_kinds(rules, facts) if (base := _base(rule, facts, today)) is not None]
    if not found:
        return Verdict("fine" if any(_fits(rule, facts) for rule in rules) else "none", None, None)
    stage = max((_stage(rule, (today - base).days) for rule, base in found), key=STAGES.index)
    rule, base = min(found, key=lambda pair: pair[1] + timedelta(days=pair[0].days))
    falls = base + timedelta(days=rule.days)
    if falls <= today:  # not before the day its owner was told
        falls = (facts.promised if facts.stage == "warned" else None) or today + _DAY
    return Verdict(stage, falls, rule, base)


def first_of_kinds(rules: Iterable[Rule], facts: Facts) -> list[Rule]:
    """The first fitting rule of each kind."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.kind not in found and _fits(rule, facts):
            found[rule.kind] = rule
    return list(found.values())


def _fits(rule: Rule, facts: Facts) -> bool:
    return (
        facts.owner in rule.owners
        and (not rule.lives or facts.life in rule.lives)
        and (not rule.classes or facts.value_class in rule.classes)
        and (rule.territory is None or rule.territory == facts.territory)
        and (rule.family is None or rule.family in facts.families)
    )


def _stage(rule: Rule, days: int) -> str:
    """The colour after so many days; a customer past its day is warned, whatever steps the rule names."""
    steps = (("warned", rule.warn), ("manager", rule.manager), ("red", rule.red))
    if days >= rule.days:
        return "warned"
    return next((stage for stage, after in steps if after is not None and days >= after), "fine")


def _base(rule: Rule, facts: Facts, today: date) -> date | None:
    """The day from which a rule counts, None where it does not apply; a new owner always starts anew."""
    start = _BASES[rule.kind](rule, facts, today)
    if start is None or facts.assigned is None:
        return start
    return max(start, facts.assigned)


def _silence(rule: Rule, facts: Facts, today: date) -> date | None:
    return facts.contact or facts.entered


def _no_deal(rule: Rule, facts: Facts, today: date) -> date | None:
    return None if facts.open_deal else facts.closed or facts.entered


def _value(rule: Rule, facts: Facts, today: date) -> date | None:
    little = rule.below is not None and facts.won < rule.below
    return (facts.customer_since or facts.entered) if little else None


def _contract_ended(rule: Rule, facts: Facts, today: date) -> date | None:
    ended = facts.contract_ends is not None and facts.contract_ends < today
    return facts.contract_ends if ended else None


_BASES: Mapping[str, Callable[[Rule, Facts, date], date | None]] = {
    "silence": _silence, "no_deal": _no_deal, "value": _value, "contract_ended": _contract_ended,
}  # fmt: skip
