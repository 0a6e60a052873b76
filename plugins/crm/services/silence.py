"""Compulsory contact: keeps every customer's colour and the day it falls into a pool, and tells people step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from weft.core.sdk import Records, notify, register_notice, translator
from weft.plugins.crm.queries.customers import facts_of, rules_in_use, stale
from weft.plugins.crm.queries.silence import STAGES, Facts, Verdict, judge
from weft.plugins.crm.services.managers import managers_of

_ = translator("crm")

__all__ = ["judged", "refresh", "tell_each", "today_of"]

register_notice("crm.silent_red", _("Speak to %(record)s: the rule of the pool asks for a contact"))
register_notice("crm.silent_red_many", _("%(count)s of your customers turned red: they wait for a contact"))
register_notice("crm.silent_manager", _("Nobody speaks to %(record)s: its owner was reminded before"))
register_notice("crm.silent_manager_many", _("%(count)s customers of your people stay without contact"))
register_notice("crm.silent_warned", _("%(record)s falls into the pool soon"))
register_notice("crm.silent_warned_many", _("%(count)s customers fall into the pool soon"))

_PART = 2_000


def today_of(system: Records) -> date:
    """The company's day."""
    return system.now.astimezone(system.zone).date()


def judged(system: Records, accounts: Sequence[int] | None = None) -> Iterable[tuple[Facts, Verdict]]:
    """Every customer that rules may be about, with what the rules say now.

    Args:
        system: records of the platform.
        accounts: only these; None for all.
    """
    rules = rules_in_use(system)
    today = today_of(system)
    for facts in facts_of(system, rules, accounts):
        yield facts, judge(rules, facts, today)


def refresh(records: Records, accounts: Iterable[int] | None = None) -> int:
    """Bring colour and day of customers up to date; whoever has to know of a worse colour is told once.

    Args:
        records: unit of the person or job that caused it.
        accounts: only these; None for all customers.

    Returns:
        How many customers changed.
    """
    system = records.system("crm: pool rules")
    ids = None if accounts is None else sorted({number for number in accounts if number})
    if ids is not None and not ids:
        return 0
    stored = stale(system, ids)
    fresh: dict[int, dict[str, Any]] = {}
    worse: list[tuple[Facts, str]] = []
    seen: set[int] = set()
    for facts, verdict in judged(system, ids):
        seen.add(facts.id)
        stage, falls = stored.get(facts.id, ("none", None))
        if (stage, falls) != (verdict.stage, verdict.falls):
            fresh[facts.id] = {"silence": verdict.stage, "recycle_on": verdict.falls}
        if STAGES.index(verdict.stage) > max(1, STAGES.index(stage)):
            worse.append((facts, verdict.stage))
    for account, (stage, falls) in stored.items():
        if account not in seen and (stage not in ("none", "fine") or falls is not None):
            fresh[account] = {"silence": "none", "recycle_on": None}
    ordered = sorted(fresh)
    for start in range(0, len(ordered), _PART):
        system.update_many("crm.account", {number: fresh[number] for number in ordered[start : start + _PART]})
    _tell(records, worse)
    return len(ordered)


def _tell(records: Records, worse: Sequence[tuple[Facts, str]]) -> None:
    """Red: the owner; for the manager: the manager; pool warning: both. One notice per person and colour."""
    if not worse:
        return
    managers = managers_of(records, {facts.owner for facts, _stage in worse})
    told: dict[tuple[int, str], list[int]] = defaultdict(list)
    for facts, stage in worse:
        people = {"red": [facts.owner], "manager": managers[facts.owner]}
        for person in people.get(stage, [facts.owner, *managers[facts.owner]]):
            told[person, f"crm.silent_{stage}"].append(facts.id)
    tell_each(records, told)


def tell_each(records: Records, told: Mapping[tuple[int, str], Sequence[int]]) -> None:
    """Notices by (person, kind): about the account where it is one, about their number where there are several.

    Args:
        records: unit of the person or job that caused it.
        told: (user, kind of notice) -> accounts; ``<kind>_many`` says it of several.
    """
    single: dict[tuple[str, int], list[int]] = defaultdict(list)
    many: dict[tuple[str, int], list[int]] = defaultdict(list)
    for (person, kind), accounts in told.items():
        if len(accounts) == 1:
            single[kind, accounts[0]].append(person)
        else:
            many[kind, len(accounts)].append(person)
    for (kind, account), people in single.items():
        notify(records, people, kind, account)
    for (kind, count), people in many.items():
        notify(records, people, f"{kind}_many", None, {"count": count})
