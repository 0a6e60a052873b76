"""Writes the CRM's part of the demo company: every record by the person who would have entered it, at its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from weft.plugins.crm.demo import (
    allocation,
    channel,
    collision,
    contact_log,
    course,
    deals,
    growth,
    leads,
    lives,
    planning,
    pools,
    products,
    story,
)
from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.services.worth import assess

__all__ = ["make"]

#: Who enters records; what other people own (a buyer his suppliers) the manager entered for them.
SELLERS = frozenset({"manager", *story.OWNED_CUSTOMERS})
_NAMED = frozenset(row.key for row in story.NAMED)


def make(context: Any) -> None:
    """Make stages, accounts, contacts, deals and activities of the story."""
    drawn = plans.draw(context.day, context.seed)
    _stages(context)
    pools.set_up(context)
    products.make(context)
    values = _values(context)
    left = allocation.left_by_joris(drawn.accounts)
    with context.back_then("joris"):
        _accounts(context, drawn, values, left)
    allocation.hand_over(context, left)
    lives.run(context, drawn)
    _contacts(context, drawn)
    deals.make(context, drawn)
    course.run(
        context, drawn, {code.partition(".")[2]: key for code, key in values.items() if code.startswith("loss_reason.")}
    )
    deals.rivals(context, drawn)
    _activities(context, drawn)
    contact_log.attend(context, drawn)
    pools.fill(context, drawn)
    _facts(context, drawn)
    pools.judge(context)
    collision.make(context, drawn)
    _classes(context, drawn)
    _freeze(context, drawn)
    _visitors(context)
    allocation.rules(context, values)
    leads.make(context, drawn, values)
    channel.make(context, drawn, values)
    planning.snapshots(context, drawn)
    growth.make(context)
    planning.targets(context, drawn)


def _stages(context: Any) -> None:
    with context.acting(None, context.moment(-720)) as records:
        for number, (code, english, chinese) in enumerate(story.PIPELINES, 1):
            given = {"code": code, "label_en": english, "label_zh": chinese, "position": 10 * number}
            context.made[f"pipeline.{code}"] = records.create("crm.pipeline", given)["id"]
        for number, (code, english, chinese, probability, outcome) in enumerate(story.STAGES):
            row = records.create(
                "crm.stage",
                {"code": code, "label_en": english, "label_zh": chinese, "position": 10 * (number + 1),
                 "probability": probability, "outcome": outcome,
                 "pipeline": context.made.get(f"pipeline.{story.OWN_STAGES.get(code)}")},
            )  # fmt: skip
            context.made[f"stage.{code}"] = row["id"]


def _values(context: Any) -> dict[str, int]:
    """Ids of the company's values: ``list.code`` -> id."""
    found: dict[str, int] = {}
    with context.acting(None, context.moment(-720)) as records:
        for key in ("crm.source", "crm.industry", "crm.territory", "crm.loss_reason", "crm.lead_reason"):
            page = records.query("core.value", fields=("code",), filters={"list_key": key}, limit=200)
            found.update({f"{key.removeprefix('crm.')}.{row['code']}": row["id"] for row in page.rows})
    return found


def _accounts(context: Any, drawn: plans.Plan, values: dict[str, int], left: frozenset[str]) -> None:
    def row(account: plans.AccountPlan) -> dict[str, Any]:
        country = account.country
        city = account.city[1] if account.chinese else account.city[0]
        found = {
            "name": account.name,
            "name_alt": account.name_alt,
            "role": list(account.role),
            "life": lives.begins_as(account),
            "value_class": account.value_class,
            "industry": values.get(f"industry.{account.industry}"),
            "territory": values.get(f"territory.{account.territory}"),
            "source": values.get(f"source.{account.source}"),
            "website": f"https://{account.domain}",
            "email": f"office@{account.domain}",
            "address": {"country": country, "city": city, "lines": [], "region": "", "postcode": ""},
            "note": account.note or None,
            "parent": context.made.get(account.parent),
            "payment_days": 30 if account.chinese else 14,
            "contract_ends_on": _contract_end(drawn, account.key),
        }
        return {name: value for name, value in found.items() if value is not None}

    first = [account for account in drawn.accounts if not account.parent]
    rest = [account for account in drawn.accounts if account.parent]
    for batch in (first, rest):
        _enter(
            context, "crm.account", batch, row, lambda a: "joris" if a.key in left else a.holder, lambda a: -a.created,
            _begin,
        )  # fmt: skip


def _contract_end(drawn: plans.Plan, key: str) -> str | None:
    days = story.CONTRACT_ENDS.get(key)
    return None if days is None else (drawn.day + timedelta(days=days)).isoformat()


def _contacts(context: Any, drawn: plans.Plan) -> None:
    accounts = {account.key: account for account in drawn.accounts}

    def row(contact: plans.ContactPlan) -> dict[str, Any]:
        return {
            "name": contact.name,
            "name_alt": contact.name_alt,
            "account": context.made[contact.account],
            "position": contact.position,
            "influence": contact.influence,
            "email": contact.mail,
            "preferred_channel": "phone" if contact.influence == "decides" else "mail",
            "preferred_language": contact.language,
            "consent": "given",
        }

    def owner(contact: plans.ContactPlan) -> str:
        return accounts[contact.account].holder

    _enter(context, "crm.contact", drawn.contacts, row, owner, lambda c: -accounts[c.account].created, _begin)


def _activities(context: Any, drawn: plans.Plan) -> None:
    present = {deal.account: context.made[deal.key] for deal in drawn.deals if deal.outcome == "open"}

    def row(activity: plans.ActivityPlan) -> dict[str, Any]:
        account = context.made[activity.account]
        number = len(activity.note)
        return {
            "subject": activity.subject,
            "kind": activity.kind,
            "status": "done" if activity.done else "planned",
            "account": account,
            "about": present.get(activity.account) if number % 3 == 0 and activity.at > -120 else None,
            "at": drawn.moment(activity.at, activity.hour).isoformat(),
            "minutes": activity.minutes,
            "note": activity.note or None,
        }

    _enter(context, "crm.activity", drawn.activities, row, lambda a: a.owner, lambda a: min(a.at, -1) if a.done else -2)


def _facts(context: Any, drawn: plans.Plan) -> None:
    """Last contact and next step, as the activities leave them."""
    from weft.plugins.crm.services.accounts import refresh_facts

    with context.acting(None, context.moment(-1)) as records:
        ids = [context.made[account.key] for account in drawn.accounts]
        for start in range(0, len(ids), 100):
            refresh_facts(records, ids[start : start + 100])


def _classes(context: Any, drawn: plans.Plan) -> None:
    """Sellers keep classes up to date: most customers have the one that their purchases suggest, every ninth not yet."""
    with context.acting(None, context.moment(-1, 3)) as records:
        assess(records)
    keys = {context.made[one.key] for one in drawn.accounts if one.key not in _NAMED and one.life == "won"}
    with context.acting("manager", context.moment(-1, 9)) as records:
        rows = records.query(
            "crm.account", fields=("value_class", "suggested_class"), sort="id", limit=200,
            filters={"life": "won", "suggested_class__isnull": "false"},
        ).rows  # fmt: skip
        later: dict[int, dict[str, Any]] = {}
        for number, row in enumerate(one for one in rows if one["id"] in keys):
            if number % 9 and row["value_class"] != row["suggested_class"]:
                later[row["id"]] = {"value_class": row["suggested_class"]}
        if later:
            records.update_many("crm.account", later)


def _freeze(context: Any, drawn: plans.Plan) -> None:
    for account in drawn.accounts:
        if account.frozen:
            with context.acting("manager", context.moment(-(account.touched or 100) + 60)) as records:
                records.act("crm.account.freeze", context.made[account.key], {})


def _visitors(context: Any) -> None:
    """People of other firms who can sign in to their portal; their contact and their firm stand for them."""
    names = {contact.name: contact for contact in story.NAMED_CONTACTS}
    for key, audience, name, account, locale in story.VISITORS:
        contact = names[name]
        context.add_person(
            key,
            contact.name_alt if name == contact.name and not name.isascii() else name,
            name if not name.isascii() else contact.name_alt,
            audience=audience,
            locale=locale,
            zone="Asia/Shanghai" if locale == "zh" else "Europe/Amsterdam",
            login=True,
            since=-200,
            anchors=[context.made[f"contact.{account}.{name}"], context.made[account]],
        )


def _begin(context: Any, day: int) -> datetime:
    """Who is spoken to on a day was entered by that morning: at the beginning of its fortnight, lately on the day."""
    return min(context.moment(-plans.entered(-day), 8), context.moment(0) - timedelta(hours=2))


def _end(context: Any, day: int) -> datetime:
    """What happened in a fortnight was written down by its end."""
    return min(
        context.moment(day // plans.STEP * plans.STEP + plans.STEP - 1, 17), context.moment(0) - timedelta(hours=2)
    )


def _enter(
    context: Any,
    entity: str,
    rows: Iterable[Any],
    values: Callable[[Any], dict[str, Any]],
    owner: Callable[[Any], str],
    entered: Callable[[Any], int],
    written: Callable[[Any, int], datetime] | None = None,
) -> None:
    """Enter rows in batches of one person and one moment, oldest first; the moment is ``_end`` of the fortnight or given."""
    moment = written or _end
    batches: dict[tuple[datetime, str], list[Any]] = defaultdict(list)
    for item in rows:
        batches[(moment(context, entered(item)), owner(item) if owner(item) in SELLERS else "manager")].append(item)
    for number, ((at, who), items) in enumerate(sorted(batches.items(), key=lambda pair: pair[0])):
        context.progress(entity, number, len(batches))
        with context.acting(who, at) as records:
            result = records.load(entity, [{**values(item), "owner": context.people[owner(item)]} for item in items])
        for item, record_id in zip(items, result.created, strict=True):
            context.made[getattr(item, "key", f"{entity}.{record_id}")] = record_id
