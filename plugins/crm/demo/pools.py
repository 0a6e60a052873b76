"""The two pools of the demo company: rules, what fell into them and came out again, and who is silent today."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from weft.plugins.crm.demo import allocation
from weft.plugins.crm.services import ownership, silence, worth

__all__ = ["fill", "judge", "prepare", "set_up"]

RED, MANAGER, WARN, POOL = 30, 40, 43, 50
#: key, English, Chinese, unit, name of the rule in the office's language and in the other.
POOLS = (
    ("china", "China", "中国", "sales_china", "中国：50 天无联系", "China: 50 days without contact"),
    ("europe", "Europe", "欧洲", "sales_europe", "Europe: 50 days without contact", "欧洲：50 天无联系"),
)
_FORMER = {True: ("su", "jian", "wen", "sales"), False: ("maud", "floris", "ilse")}
#: Customers of Joris Haanstra that nobody wanted to have when he left.
JORIS_LEFT, JORIS = 23, 2
#: Owner -> days without contact of one customer of theirs: four due within three days beside Lan'an, then milder ones.
SILENT = (
    ("su", (47, 48, 49)), ("jian", (47, 48, 49)), ("floris", (47, 48, 49)), ("maud", (47, 48, 49)),
    ("wen", (43, 44, 45)), ("floris", (43, 44, 45)), ("su", (40, 41, 42)), ("maud", (40, 41, 42)),
    ("wen", (33, 34, 35)), ("jian", (34, 35, 36)), ("ilse", (33, 34, 35)), ("sales", (32, 33, 34)),
    ("floris", (35, 36, 37)),
)  # fmt: skip
#: Owner -> days since they claimed one customer of theirs, and who had it before.
CLAIMED = (
    ("sales", 96, "wen"), ("su", 140, "jian"), ("jian", 75, "su"), ("wen", 210, "sales"), ("maud", 120, "floris"),
    ("floris", 88, "maud"), ("ilse", 61, "floris"),
)  # fmt: skip


def prepare(plan: Any) -> None:
    """Give pooled customers the owner they had, and some owned ones their silence."""
    pooled = [account for account in plan.accounts if "customer" in account.role and account.owner is None]
    number = {True: 0, False: 0}
    for account in pooled:
        names = _FORMER[account.chinese]
        account.former = names[number[account.chinese] % len(names)]
        number[account.chinese] += 1
        account.created = max(account.created, (account.touched or 0) + 60)
    for account in [one for one in pooled if not one.chinese][:JORIS]:
        account.former, account.touched = "joris", JORIS_LEFT + 12
    for account, days in zip(_quiet(plan), SILENT, strict=True):
        account.touched = next(one for one in days[1] if (plan.day - timedelta(days=one)).weekday() < 5)


def _quiet(plan: Any) -> list[Any]:
    """One customer per line of :data:`SILENT`, none of the story's and none twice."""
    found: list[Any] = []
    for owner, _days in SILENT:
        found.append(next(one for one in _ordinary(plan, owner, 120) if one not in found))
    return found


def _ordinary(plan: Any, owner: str, age: int) -> list[Any]:
    """Potential customers of a person that the story does not name, entered longer ago than ``age`` days.

    Those that came from Joris are left out: for a new owner silence counts from the day of the hand-over.
    """
    handed = allocation.left_by_joris(plan.accounts)
    return [
        one
        for one in plan.accounts
        if one.owner == owner and one.life == "potential" and one.created > age and not _named(one)
        and one.key not in handed
    ]  # fmt: skip


def _named(account: Any) -> bool:
    from weft.plugins.crm.demo import story

    return any(account.key == row.key for row in story.NAMED)


def set_up(context: Any) -> None:
    """Make pools and rules."""
    with context.acting(None, context.moment(-700)) as records:
        for place, (key, english, chinese, unit, rule, other) in enumerate(POOLS, 1):
            native = {"china": "zh", "europe": "en"}[key]
            pool = records.create(
                "crm.pool",
                {"code": key, "label_en": english, "label_zh": chinese, "position": 10 * place,
                 "members": context.units.get(unit), "claims_per_day": 5, "most_held": 60, "cooling_days": 30},
            )  # fmt: skip
            context.made[f"pool.{key}"] = pool["id"]
            made = records.create(
                "crm.pool_rule",
                {**_both(context, native, rule, other), "pool": pool["id"], "kind": "silence",
                 "position": 10 * place, "days": POOL, "red_days": RED, "manager_days": MANAGER, "warn_days": WARN},
            )  # fmt: skip
            context.made[f"pool_rule.{key}"] = made["id"]


def _both(context: Any, native: str, name: str, other: str) -> dict[str, str]:
    """A name in both scripts where the demo has both, else in the one it has."""
    if context.locale == "both":
        return {"name": name, "name_alt": other}
    return {"name": name if context.locale == native else other}


def fill(context: Any, drawn: Any) -> None:
    """Let the pooled customers fall at their day, write what was claimed before."""
    days: dict[tuple[int, str], list[int]] = defaultdict(list)
    left: list[int] = []
    for account in drawn.accounts:
        if not account.former:
            continue
        if account.former == "joris":
            left.append(context.made[account.key])
            continue
        pool = "china" if account.chinese else "europe"
        days[max(2, (account.touched or 0) - POOL), pool].append(context.made[account.key])
    for (ago, pool), accounts in sorted(days.items(), reverse=True):
        with context.acting(None, context.moment(-ago, 3)) as records:
            ownership.to_pool(records, accounts, context.made[f"pool.{pool}"], rule=context.made[f"pool_rule.{pool}"])
    _joris(context, left)
    _claimed(context, drawn)


def judge(context: Any) -> None:
    """Let value and rules look at all customers, as last night."""
    with context.acting(None, context.moment(0, 3)) as records:
        worth.assess(records)
        silence.refresh(records)


def _joris(context: Any, accounts: list[int]) -> None:
    """What nobody took over when Joris left; he owns nothing any more, so his part stands in the pool's history."""
    pool = context.made["pool.europe"]
    told = _named_reason(context)
    with context.acting("manager", context.moment(-JORIS_LEFT, 11)) as records:
        system = records.system("demo: hand-over")
        system.load(
            "crm.pool_move",
            [{**told, "account": one, "pool": pool, "kind": "released", "at": records.now, "reason": told["subject"],
              "from_owner": context.people.get("joris")} for one in accounts],
        )  # fmt: skip
        values = {
            "pool": pool,
            "pooled_at": records.now,
            "former_owner": context.people.get("joris"),
            "silence": "none",
        }
        system.bulk("crm.account", "update", accounts, values, expected=len(accounts))
        system.bulk("crm.account", "assign", accounts, {"owner": None}, expected=len(accounts))


def _named_reason(context: Any) -> dict[str, str]:
    english, chinese = "Handed over when Joris Haanstra left", "约里斯·汉斯特拉离职交接"
    if context.locale == "both":
        return {"subject": english, "subject_alt": chinese}
    return {"subject": chinese if context.locale == "zh" else english}


def _claimed(context: Any, drawn: Any) -> None:
    """Customers that came out of a pool by a claim, with both lines of their history."""
    taken: set[str] = set()
    for owner, ago, former in CLAIMED:
        quiet = {one.key for one in _quiet(drawn)}
        account = next(
            one for one in _ordinary(drawn, owner, ago + 120) if one.key not in taken and one.key not in quiet
        )
        taken.add(account.key)
        pool = "china" if account.chinese else "europe"
        person, before = context.people[owner], context.people[former]
        with context.acting(owner, context.moment(-ago, 10)) as records:
            system = records.system("demo: claim")
            shared = {
                "account": context.made[account.key],
                "pool": context.made[f"pool.{pool}"],
                "subject": account.name,
                "subject_alt": account.name_alt,
            }
            fell = context.moment(-ago - 9, 3)
            system.load(
                "crm.pool_move",
                [
                    {**shared, "kind": "recycled", "at": fell, "from_owner": before,
                     "rule": context.made[f"pool_rule.{pool}"]},
                    {**shared, "kind": "claimed", "at": records.now, "from_owner": before, "to_owner": person},
                ],
            )  # fmt: skip
            values = {"assigned_at": records.now, "assigned_by": person, "former_owner": before}
            system.update("crm.account", context.made[account.key], values, version=None)
