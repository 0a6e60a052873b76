"""Writes the CRM's part of the demo company: every record by the person who would have entered it, at its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.demo import story

__all__ = ["make"]

#: Days that are entered together as one batch; keeps the number of transactions small.
STEP = 14
#: Who enters records; what other people own (a buyer his suppliers) the manager entered for them.
SELLERS = frozenset({"manager", *story.OWNED_CUSTOMERS})


def make(context: Any) -> None:
    """Make stages, accounts, contacts, deals and activities of the story."""
    drawn = plans.draw(context.day, context.seed)
    _stages(context)
    values = _values(context)
    _accounts(context, drawn, values)
    _contacts(context, drawn)
    _deals(context, drawn, values)
    _activities(context, drawn)
    _facts(context, drawn)
    _freeze(context, drawn)
    _visitors(context)


def _stages(context: Any) -> None:
    with context.acting(None, context.moment(-720)) as records:
        for number, (code, english, chinese, probability, outcome) in enumerate(story.STAGES):
            row = records.create(
                "crm.stage",
                {"code": code, "label_en": english, "label_zh": chinese, "position": 10 * (number + 1),
                 "probability": probability, "outcome": outcome},
            )  # fmt: skip
            context.made[f"stage.{code}"] = row["id"]


def _values(context: Any) -> dict[str, int]:
    """Ids of the company's values: ``list.code`` -> id."""
    found: dict[str, int] = {}
    with context.acting(None, context.moment(-720)) as records:
        for key in ("crm.source", "crm.industry", "crm.territory", "crm.loss_reason"):
            page = records.query("core.value", fields=("code",), filters={"list_key": key}, limit=200)
            found.update({f"{key.removeprefix('crm.')}.{row['code']}": row["id"] for row in page.rows})
    return found


def _accounts(context: Any, drawn: plans.Plan, values: dict[str, int]) -> None:
    def row(account: plans.AccountPlan) -> dict[str, Any]:
        country = account.country
        city = account.city[1] if account.chinese else account.city[0]
        found = {
            "name": account.name,
            "name_alt": account.name_alt,
            "role": list(account.role),
            "life": account.life,
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
        }
        if account.life == "won":
            found["customer_since"] = drawn.moment(-max(1, account.created - 40)).date().isoformat()
        return {name: value for name, value in found.items() if value is not None}

    first = [account for account in drawn.accounts if not account.parent]
    rest = [account for account in drawn.accounts if account.parent]
    for batch in (first, rest):
        _enter(context, "crm.account", batch, row, lambda a: a.owner or "manager", lambda a: -a.created)
    pooled = [context.made[a.key] for a in drawn.accounts if a.owner is None]
    with context.acting("manager", context.moment(-40)) as records:
        for account_id in pooled:
            records.assign("crm.account", account_id, owner=None)


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
        return accounts[contact.account].owner or "manager"

    _enter(context, "crm.contact", drawn.contacts, row, owner, lambda c: -accounts[c.account].created + 1)


def _deals(context: Any, drawn: plans.Plan, values: dict[str, int]) -> None:
    def row(deal: plans.DealPlan) -> dict[str, Any]:
        found: dict[str, Any] = {
            "name": deal.name,
            "account": context.made[deal.account],
            "stage": context.made[f"stage.{deal.stage if deal.outcome == 'open' else deal.outcome}"],
            "amount": {"amount": f"{deal.amount:.2f}", "currency": deal.currency},
            "expected_close": drawn.moment(deal.closes).date().isoformat(),
            "product": deal.product,
            "outcome": deal.outcome,
        }
        if deal.outcome != "open":
            found["closed_on"] = drawn.moment(deal.closes).date().isoformat()
        if deal.reason:
            found["loss_reason"] = values[f"loss_reason.{deal.reason}"]
        if deal.competitor:
            found["competitor"] = context.made[deal.competitor]
        return found

    def entered(deal: plans.DealPlan) -> int:
        account = next(a for a in drawn.accounts if a.key == deal.account)
        return max(-deal.created, -account.created + 2)

    _enter(context, "crm.opportunity", drawn.deals, row, lambda d: d.owner, entered)


def _activities(context: Any, drawn: plans.Plan) -> None:
    deals = {deal.account: context.made[deal.key] for deal in drawn.deals if deal.outcome == "open"}

    def row(activity: plans.ActivityPlan) -> dict[str, Any]:
        account = context.made[activity.account]
        number = len(activity.note)
        return {
            "subject": activity.subject,
            "kind": activity.kind,
            "status": "done" if activity.done else "planned",
            "account": account,
            "about": deals.get(activity.account) if number % 3 == 0 and activity.at > -120 else None,
            "at": drawn.moment(activity.at, activity.hour).isoformat(),
            "minutes": activity.minutes,
            "note": activity.note or None,
        }

    _enter(context, "crm.activity", drawn.activities, row, lambda a: a.owner, lambda a: min(a.at, -1) if a.done else -2)


def _facts(context: Any, drawn: plans.Plan) -> None:
    """Last contact and next step, as the activities leave them."""
    from weft.plugins.crm.services import refresh_facts

    with context.acting(None, context.moment(-1)) as records:
        ids = [context.made[account.key] for account in drawn.accounts]
        for start in range(0, len(ids), 100):
            refresh_facts(records, ids[start : start + 100])


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


def _enter(
    context: Any,
    entity: str,
    rows: Iterable[Any],
    values: Callable[[Any], dict[str, Any]],
    owner: Callable[[Any], str],
    entered: Callable[[Any], int],
) -> None:
    """Enter rows in batches of one person and some days, oldest first."""
    batches: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for item in rows:
        batches[(entered(item) // STEP, owner(item) if owner(item) in SELLERS else "manager")].append(item)
    for number, ((period, who), items) in enumerate(sorted(batches.items(), key=lambda pair: pair[0])):
        context.progress(entity, number, len(batches))
        at = min(context.moment(period * STEP + STEP - 1, 17), context.moment(0) - timedelta(hours=2))
        with context.acting(who, at) as records:
            result = records.load(entity, [{**values(item), "owner": context.people[owner(item)]} for item in items])
        for item, record_id in zip(items, result.created, strict=True):
            context.made[getattr(item, "key", f"{entity}.{record_id}")] = record_id
