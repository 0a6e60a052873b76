"""Enquiries of the demo company: 150 leads over two years, the public forms they came in by, and Inkboat of yesterday."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from random import Random
from typing import Any

from weft.plugins.crm.demo import names, texts
from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.demo.brands import AccountPlan, Brands
from weft.plugins.crm.services import allocation, ownership

__all__ = ["make"]

#: How many stand where on D: unassigned, given and not yet spoken to, in work, converted, closed; Inkboat is one more,
#: and thirteen are with partners or were.
UNASSIGNED, WAITING, WORKING, CONVERTED, CLOSED = 3, 7, 19, 62, 45
_SELLERS = ("sales", "su", "jian", "wen", "maud", "floris", "ilse")
_FORMS = (
    ("contact", "Contact", "enquiry", ("Ask us", "联系我们"), ("Tell us what you want to measure.", "请告诉我们您要测量什么。"),
     ["company", "person", "email", "phone", "country", "need"]),
    ("trial", "Trial of LD-4", "trial", ("Try the LD-4 for a month", "免费试用 LD-4 一个月"),
     ("We lend you two loggers.", "我们借给您两台记录仪。"), ["company", "person", "position", "email", "phone", "need"]),
    ("newsletter", "Newsletter", "newsletter", ("News four times a year", "每季资讯"), ("", ""), ["person", "email"]),
)  # fmt: skip


def make(context: Any, drawn: Any, values: dict[str, int]) -> None:
    """Make forms and leads, and let the manager give Inkboat to sales this morning."""
    random = Random(context.seed + 31)
    _forms(context, values)
    rows = _drawn(context, drawn, values, random)
    batches: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for ago, row in rows:
        batches[ago // 30].append(row)
    for number, (_month, some) in enumerate(sorted(batches.items(), reverse=True)):
        context.progress("crm.lead", number, len(batches))
        with context.acting(None, context.moment(-1, 8)) as records:
            records.load("crm.lead", some)
    _inkboat(context, values)


def _forms(context: Any, values: dict[str, int]) -> None:
    with context.acting("manager", context.moment(-300)) as records:
        for slug, name, kind, title, intro, asks in _FORMS:
            form = records.create(
                "crm.web_form",
                {"name": name, "slug": slug, "kind": kind, "title_en": title[0], "title_zh": title[1],
                 "intro_en": intro[0] or None, "intro_zh": intro[1] or None, "asks": asks,
                 "requires": ["person", "email"], "source": values["source.web"]},
            )  # fmt: skip
            context.made[f"web_form.{slug}"] = form["id"]


def _drawn(context: Any, drawn: Any, values: dict[str, int], random: Random) -> list[tuple[int, dict[str, Any]]]:
    """Rows with the days ago they came in."""
    brands = Brands(Random(context.seed + 97))
    known = {account.name for account in drawn.accounts}
    won = [a for a in drawn.accounts if "customer" in a.role and a.owner in _SELLERS and not a.frozen and a.created > 9]
    random.shuffle(won)
    reasons = [key for key in sorted(values) if key.startswith("lead_reason.")]
    rows: list[tuple[int, dict[str, Any]]] = []
    for state, number in (("unassigned", UNASSIGNED), ("waiting", WAITING), ("working", WORKING), ("closed", CLOSED)):
        for place in range(number):
            firm = brands.next(place % 2 == 0, ("customer",))
            while firm.name in known:
                firm = brands.next(place % 2 == 0, ("customer",))
            ago = {"unassigned": place % 4, "waiting": 1 + place % 3, "working": random.randint(4, 40)}.get(
                state, random.randint(45, 700)
            )
            row = _row(context, firm, ago, values, random)
            owner = "sales" if state == "waiting" and place < 3 else _seller(firm, random)
            rows.append((ago, row | _state(context, state, owner, ago, values, reasons, random)))
    for firm in won[:CONVERTED]:
        became = plans.entered(firm.created)
        ago = became + random.randint(2, 7)
        row = _row(context, firm, ago, values, random)
        at = context.moment(-became, 10)
        row |= {"status": "converted", "owner": context.people[firm.owner], "account": context.made[firm.key],
                "assigned_at": _iso(context.moment(-ago, 11)), "assigned_by": context.people["manager"],
                "first_contact_at": _iso(context.moment(-ago + 1, 9)), "converted_at": _iso(at)}  # fmt: skip
        rows.append((ago, row))
    return rows


def _seller(firm: AccountPlan, random: Random) -> str:
    return random.choice(("su", "jian", "wen", "sales") if firm.chinese else ("maud", "floris", "ilse"))


def _state(
    context: Any, state: str, owner: str, ago: int, values: dict[str, int], reasons: list[str], random: Random
) -> dict[str, Any]:
    """What the state of a lead adds to it."""
    if state == "unassigned":
        return {"status": "new", "owner": None}
    found: dict[str, Any] = {
        "owner": context.people[owner], "assigned_by": context.people["manager"],
        "assigned_at": _iso(_at(context, -ago, 14)), "status": "new", "awaits_contact": True,
    }  # fmt: skip
    if state == "waiting":
        return found
    spoken = {"first_contact_at": _iso(context.moment(min(-ago + 1, -1), 10)), "awaits_contact": False}
    if state == "working":
        return found | spoken | {"status": "working"}
    return found | spoken | {"status": "closed", "close_reason": values[random.choice(reasons)]}


def _row(context: Any, firm: AccountPlan, ago: int, values: dict[str, int], random: Random) -> dict[str, Any]:
    """What a stranger of this firm wrote, in the language of their office."""
    chinese = context.locale == "zh" or (context.locale == "both" and firm.chinese)
    english, zh = random.choice(texts.NEEDS)
    need = (zh if chinese else english).format(
        n=random.choice((2, 4, 6, 8, 12, 16)), place=firm.city[1 if chinese else 0]
    )
    if firm.chinese:
        (family, family_latin), (given, given_latin) = random.choice(names.CN_SURNAMES), random.choice(names.CN_GIVEN)
        person, latin = (f"{family}{given}" if chinese else f"{family_latin} {given_latin}"), f"{given_latin}"
    else:
        (first, _f), (last, _l) = random.choice(names.EU_FIRST), random.choice(names.EU_LAST)
        person, latin = f"{first} {last}", first
    name = firm.name_alt if chinese else firm.name
    source = random.choices(("web", "fair", "call", "referral", "channel"), (6, 2, 1, 2, 1))[0]
    row: dict[str, Any] = {
        "name": name, "company": name, "person": person, "need": need, "source": values[f"source.{source}"],
        "email": f"{latin.lower().replace(' ', '.').replace(chr(39), '')}@{firm.domain}",
        "address": {"country": firm.country, "city": firm.city[1 if chinese else 0], "lines": []},
        "language": "zh" if chinese else "en", "territory": values.get(f"territory.{firm.territory}"),
        "created_at": _at(context, -ago, 9 + ago % 8),
    }  # fmt: skip
    if source == "web":
        row |= {"form": context.made["web_form.trial" if ago % 5 == 0 else "web_form.contact"], "consent": "given",
                "consent_on": _at(context, -ago, 9).date().isoformat()}  # fmt: skip
    return {key: value for key, value in row.items() if value is not None}


def _inkboat(context: Any, values: dict[str, int]) -> None:
    """The enquiry of yesterday by the form; this morning the manager gave the customer with it to sales."""
    account = context.made["inkboat"]
    with context.acting(None, _at(context, -1, 16)) as records:
        records.assign("crm.account", account, owner=None)
        lead = records.create(
            "crm.lead",
            {"name": "砚舟热力", "company": "砚舟热力", "person": "戚明远", "position": "设备经理",
             "email": "qi.mingyuan@inkboat-heating.example", "need": "供热季前需为 12 个换热站加装漏损记录仪，请报价并安排踏勘。",
             "source": values["source.web"], "territory": values.get("territory.cn_east"), "language": "zh",
             "form": context.made["web_form.contact"], "consent": "given", "account": account,
             "consent_text": "我同意贵公司使用以上信息答复我的请求。"},
        )  # fmt: skip
    context.made["lead.inkboat"] = lead["id"]
    with context.acting("manager", _at(context, 0, 9)) as records:
        ownership.hand_to(records, [account], context.people["sales"])
        if not records.get("crm.lead", lead["id"])["owner"]:
            target = allocation.Target(person=context.people["sales"])
            allocation.give(records, "crm.lead", [allocation.Decision(lead["id"], target)])


def _at(context: Any, days: int, hour: int) -> Any:
    """A moment near D that is not in the future."""
    return min(context.moment(days, hour), context.runtime.clock() - timedelta(minutes=5))


def _iso(moment: Any) -> str:
    return str(moment.isoformat())
