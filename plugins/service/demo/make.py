"""Writes the service's part of the demo company: hours, queues, agreements, 160 requests with their conversations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from weft.core.sdk import comments
from weft.plugins.service.demo import plan, texts
from weft.plugins.service.demo.plan import Asked, Customer

__all__ = ["SIZES", "make"]

_REQUEST = "service.request"
#: Requests of each size; the small one is the story, the larger ones have the share of a million records.
SIZES = {"small": 160, "medium": 5_000, "large": 54_000}
_STORY = ("haverdijk", "ferrault", "tangyu", "tangyu_waste", "tangyu_net")
_PART = 2_000


def make(context: Any) -> None:
    """Make everything; without customers there is nobody who could ask."""
    if "crm.account" not in context.runtime.registry.entities:
        return
    hours = _hours(context)
    queues = _queues(context, hours)
    _ready_answers(context)
    customers = _customers(context)
    if not customers:
        return
    _agreements(context, customers, hours)
    kinds = _kinds(context)
    side = {"en": 0, "zh": 1}.get(context.locale)
    asked = plan.draw(context.day, customers, context.seed, side)
    ids = _requests(context, asked, queues, kinds)
    _talks(context, asked, ids)
    _grow(context, asked, queues, kinds)


def _hours(context: Any) -> dict[str, int]:
    with context.acting(None, context.moment(-700)) as records:
        europe = records.create(
            "service.hours",
            {"name": "Rotterdam office", "zone": "Europe/Amsterdam", "opens": "09:00", "closes": "17:00",
             "country": "NL"},
        )  # fmt: skip
        china = records.create(
            "service.hours",
            {"name": "苏州 现场组", "zone": "Asia/Shanghai", "opens": "09:00", "closes": "17:00", "country": "CN"},
        )
        records.create("service.hours", {"name": "24/7", "zone": "UTC", "always": True})
    return {"europe": europe["id"], "china": china["id"]}


def _queues(context: Any, hours: dict[str, int]) -> dict[str, int]:
    people, units = context.people, context.units
    rows = {
        "europe": {"name": "Service Europe", "name_alt": "欧洲服务", "team": units.get("projects"), "rule": "person",
                   "answers": people.get("project"), "lead": people.get("project"), "hours": hours["europe"],
                   "standard": True},
        "china": {"name": "Field service group", "name_alt": "现场组", "team": units.get("field"), "rule": "nobody",
                  "lead": people.get("lei"), "hours": hours["china"], "countries": "CN"},
    }  # fmt: skip
    with context.acting(None, context.moment(-700)) as records:
        return {key: records.create("service.queue", row)["id"] for key, row in rows.items()}


def _ready_answers(context: Any) -> None:
    with context.acting(None, context.moment(-300)) as records:
        for name, english, chinese in texts.READY:
            records.create("service.answer_text", {"name": name, "text_en": english, "text_zh": chinese})


def _kinds(context: Any) -> dict[str, int]:
    with context.acting(None, context.moment(-1)) as records:
        page = records.query("core.value", fields=("code",), filters={"list_key": "service.kind"}, limit=100)
        return {row["code"]: row.id for row in page.rows}


# ---- who asks


def _customers(context: Any) -> list[Customer]:
    """Customers of the story by their keys, then forty others that bought something, of both offices."""
    made = {context.made[key]: key for key in _STORY if key in context.made}
    with context.acting(None, context.moment(-1)) as records:
        rows = _pages(
            records, "crm.account", ("name", "name_alt", "address", "owner"),
            {"role": "customer", "life": "won", "frozen": "false"},
        )  # fmt: skip
        wanted = [row for row in rows if row.id in made]
        others = [row for row in rows if row.id not in made]
        Random(context.seed + 5).shuffle(others)
        wanted += [row for row in others if _chinese(row)][:26] + [row for row in others if not _chinese(row)][:18]
        people = _contacts(records, [row.id for row in wanted])
    mine = [_customer(context, row, people.get(row.id), made.get(row.id, "")) for row in wanted]
    # Every seller of the sign-in page has something open: their customers come first.
    sales = context.people.get("sales")
    return sorted(mine, key=lambda one: (not one.key, one.owner != sales))


def _pages(records: Any, entity: str, fields: tuple[str, ...], filters: dict[str, str]) -> list[Any]:
    found: list[Any] = []
    cursor = None
    while True:
        page = records.query(entity, fields=fields, filters=filters, sort="title", limit=200, cursor=cursor)
        found += page.rows
        cursor = page.next
        if cursor is None:
            return found


def _chinese(row: Any) -> bool:
    return (row.get("address") or {}).get("country") == "CN"


def _contacts(records: Any, ids: list[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(ids), 100):
        part = ",".join(map(str, ids[start : start + 100]))
        for row in _pages(records, "crm.contact", ("name", "email", "account"), {"account__in": part}):
            found.setdefault(row["account"].id, row)
    return found


def _customer(context: Any, row: Any, person: Any, key: str) -> Customer:
    city = (row.get("address") or {}).get("city") or ""
    user = None
    contact = person.id if person is not None else None
    name, mail = (person["name"], person.get("email") or "") if person is not None else (row["name"], "")
    if key == "haverdijk":
        contact, name = context.made.get("contact.haverdijk.Lieke Haagstra", contact), "Lieke Haagstra"
        user, mail = context.people.get("customer"), ""
    owner = row["owner"].id if row.get("owner") else None
    return Customer(row.id, contact, name, mail, (city, city), _chinese(row), owner, user, key)


def _agreements(context: Any, customers: list[Customer], hours: dict[str, int]) -> None:
    """Yearly care of customers: most in force, one of the story ends in fifty days, three have ended."""
    rows = []
    for number, one in enumerate(customers[:20]):
        ended = number in (9, 13, 17)
        begins = -400 - 11 * number if ended else -340 + 13 * number
        end = begins + 364
        if one.key == "ferrault":
            begins, end = 50 - 364, 50
        side = context.side(one.chinese)
        rows.append({
            "name": ("Yearly care, 8 h", "年度维保，8 小时")[side], "customer": one.account,
            "valid_from": _day(context, begins), "valid_to": _day(context, end),
            "hours": hours["china" if one.chinese else "europe"],
            "answer_urgent": 2, "answer_high": 4, "answer_normal": 8, "answer_low": 16,
            "solve_urgent": 8, "solve_high": 20, "solve_normal": 40, "solve_low": 80, "requests_a_year": 12,
            "entitlements": ("Two visits a year, parts at list price less 10 %, calibration on site.",
                             "每年两次上门，备件按价格表九折，现场校准。")[side],
            "owner": one.owner,
        })  # fmt: skip
    with context.acting(None, context.moment(-320)) as records:
        records.load("service.agreement", [{k: v for k, v in row.items() if v is not None} for row in rows])


def _day(context: Any, days: int) -> str:
    day: date = context.day + timedelta(days=days)
    return day.isoformat()


# ---- requests


def _requests(context: Any, asked: list[Asked], queues: dict[str, int], kinds: dict[str, int]) -> list[int]:
    """Make the requests in the order they were asked, so that numbers rise with time; ids in the order given."""
    order = sorted(range(len(asked)), key=lambda number: asked[number].asked_at)
    ids = [0] * len(asked)
    with context.acting(None, context.moment(0) - timedelta(hours=3)) as records:
        made = records.load(_REQUEST, [_row(context, asked[number], queues, kinds) for number in order])
    for number, record_id in zip(order, made.created, strict=True):
        ids[number] = record_id
    return ids


def _row(context: Any, one: Asked, queues: dict[str, int], kinds: dict[str, int]) -> dict[str, Any]:
    customer = one.customer
    row = {
        "subject": one.subject, "description": one.description, "status": one.status, "kind": kinds.get(one.kind),
        "priority": one.priority, "customer": customer.account, "contact": customer.contact,
        "reply_to": customer.mail or None, "channel": one.channel, "asked_at": one.asked_at,
        "queue": queues["china" if customer.chinese else "europe"], "first_response_at": one.first_at,
        "resolved_at": one.resolved_at, "closed_at": one.closed_at, "paused_since": one.paused_since,
        "rating": str(one.rating) if one.rating else None, "score": one.rating,
        "rating_comment": one.rating_comment or None, "rated_at": one.rated_at, "reopened": one.reopened,
        "created_at": one.asked_at, "updated_at": max([one.asked_at, *(said[0] for said in one.said)]),
        "owner": context.people.get(one.person) if one.person else None,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None or name == "owner"}


def _talks(context: Any, asked: list[Asked], ids: list[int]) -> None:
    """Conversations, in the order of time; what falls into the same hour is written together."""
    buckets: dict[datetime, list[tuple[int, Asked, str, str]]] = defaultdict(list)
    for number, one in enumerate(asked):
        for moment, who, text in one.said:
            buckets[moment.replace(minute=moment.minute // 20 * 20, second=0, microsecond=0)].append(
                (ids[number], one, who, text)
            )
    for done, (moment, lines) in enumerate(sorted(buckets.items(), key=lambda pair: pair[0])):
        context.progress("conversations", done, len(buckets))
        with context.acting(None, moment) as records:
            for record_id, one, who, text in lines:
                _say(context, records, record_id, one, who, text)


def _say(context: Any, records: Any, record_id: int, one: Asked, who: str, text: str) -> None:
    if who == "customer":
        name = "" if one.customer.user else one.customer.contact_name
        comments.relay(records, record_id, text, author=one.customer.user, name=name)
        return
    author = context.people.get(one.person or "qiao")
    comments.relay(records, record_id, text, author=author, audience="internal" if who == "note" else "shared")


# ---- larger sizes


def _grow(context: Any, asked: list[Asked], queues: dict[str, int], kinds: dict[str, int]) -> None:
    """More requests of the past by the share of the size, without conversations."""
    left = SIZES[context.size] - len(asked)
    if left <= 0:
        return
    ended = [one for one in asked if one.status == "closed" and one.customer.key == ""]
    with context.acting(None, context.moment(-1)) as records:
        accounts = [
            row.id for row in _pages(records, "crm.account", (), {"role": "customer", "life": "won", "frozen": "false"})
        ]
    rows = _more(context, ended, accounts, left, queues, kinds)
    done = 0
    while part := [row for _n, row in zip(range(_PART), rows, strict=False)]:
        context.progress(_REQUEST, done, left)
        with context.acting(None, context.moment(0) - timedelta(hours=3)) as records:
            records.load(_REQUEST, part)
        done += len(part)


def _more(
    context: Any, ended: list[Asked], accounts: list[int], number: int, queues: dict[str, int], kinds: dict[str, int]
) -> Iterator[dict[str, Any]]:
    random = Random(context.seed + 71)
    for _n in range(number):
        model = random.choice(ended)
        shift = timedelta(days=random.randrange(0, 7) * 7)
        account = random.choice(accounts)
        customer = replace(model.customer, account=account, contact=None, mail="")
        moved: dict[str, Any] = {
            name: getattr(model, name) - shift if getattr(model, name) is not None else None
            for name in ("asked_at", "first_at", "resolved_at", "closed_at", "rated_at")
        }
        yield _row(context, replace(model, customer=customer, said=[], **moved), queues, kinds)
