"""Registrations of partners, the request for Jilan, Kestrelmoor merged from three, and pairs that wait for a decision."""

from __future__ import annotations

from typing import Any, NamedTuple

from weft.core.sdk import use_locale
from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.services import duplicates, requests

__all__ = ["make"]


class Registered(NamedTuple):
    """A registration: who announced which customer ``days`` ago, and what came of it ``ended`` days ago."""

    partner: str
    name: str
    person: str
    product: str
    amount: str
    currency: str
    days: int
    owner: str
    action: str = ""
    ended: int = 0
    words: tuple[str, str] = ("", "")
    account: str = ""


REGISTERED = [
    Registered("lingtang", "霁岚园区水务", "顾思齐", "LD-3", "98400", "CNY", 6, "yan", account="jilan"),
    Registered("lingtang", "珩溪食品园", "沐清辞", "WH-40", "136000", "CNY", 20, "yan"),
    Registered("lingtang", "榕澳纺织印染", "郜以安", "WH-20", "58800", "CNY", 48, "yan", "share_it", 40,
               ("We visit together.", "双方一同拜访。")),
    Registered("lingtang", "汀澜热力", "钱疏影", "WH-80", "214000", "CNY", 150, "yan", "win", 95),
    Registered("lingtang", "鹭屿污水处理", "谭墨言", "LD-3", "65000", "CNY", 110, "yan", "expire", 49),
    Registered("baltmere", "Kuldoja Heating", "Mirjam Saarlo", "WH-40", "18900", "EUR", 12, "gu"),
    Registered("baltmere", "Velkarand Dairy", "Toomas Alliksoo", "WH-20", "13800", "EUR", 34, "gu"),
    Registered("baltmere", "Rohuvere Water", "Liina Kaarepuu", "LD-3", "27900", "EUR", 130, "gu", "refuse", 126,
               ("We have talked to them since spring.", "我方自春季起已在跟进。")),
    Registered("ribarga", "Ponteveira Bottlers", "Duarte Salvenor", "WH-20", "9660", "EUR", 25, "gu"),
    Registered("ribarga", "Moinhal Textiles", "Ines Corvelar", "GW-1", "4740", "EUR", 66, "gu", "withdraw", 30),
]  # fmt: skip
#: The two other writings that Kestrelmoor once had, with who entered them and how many days ago.
KESTRELMOOR = [
    ("Kestrelmoor Estates Ltd", "凯斯特摩物业有限公司", "maud", 505, "+353 1 555 0142"),
    ("Kestrelmoor Estate", "", "ilse", 498, None),
]


def make(context: Any, drawn: plans.Plan) -> None:
    """Make what shows how sellers keep out of each other's way."""
    _kestrelmoor(context)
    _registrations(context)
    _doubles(context, drawn)
    with context.acting("sales", context.moment(-1, 10)) as records:
        requests.ask(
            records, {"name": "霁岚园区水务有限公司", "_entity": "crm.account"}, "园区三期由我跟进，客户主动来电询价。"
        )
    with context.acting(None, context.moment(-1, 3)) as records:
        for entity in duplicates.ENTITIES:
            duplicates.find_all(records, entity)


def _kestrelmoor(context: Any) -> None:
    """Three people entered it; the manager made one of them."""
    keep = context.made["kestrelmoor"]
    for name, alt, who, days, phone in KESTRELMOOR:
        values = {"name": name, "name_alt": alt or None, "role": ["customer"], "life": "basic", "phone": phone}
        with context.acting(who, context.moment(-days)) as records:
            drop = records.create("crm.account", {key: value for key, value in values.items() if value})["id"]
        with context.acting("manager", context.moment(-480, 11 if alt else 12)) as records:
            records.merge("crm.account", keep, drop)


def _doubles(context: Any, drawn: plans.Plan) -> None:
    """The switchboard of a firm that was entered twice is noted at both records."""
    chinese = {account.key for account in drawn.accounts if account.chinese}
    for number, pair in enumerate(drawn.doubles):
        phone = f"+86 512 5550 0{number}{number}7" if pair[0] in chinese else f"+31 10 555 0{number}4{number}"
        with context.acting("manager", context.moment(-9 + number)) as records:
            for key in pair:
                records.update("crm.account", context.made[key], {"phone": phone}, version=None)


def _registrations(context: Any) -> None:
    products = _products(context)
    for number, one in enumerate(REGISTERED):
        values = {
            "name": one.name, "partner": context.made[one.partner], "account": context.made.get(one.account),
            "person": one.person, "product": products.get(one.product),
            "amount": {"amount": one.amount, "currency": one.currency},
            "expected_on": context.moment(90 - one.days // 2 + number).date().isoformat(),
        }  # fmt: skip
        with context.acting("manager", context.moment(-one.days, 10)) as records:
            made = records.create("crm.registration", values, owner=context.people[one.owner])["id"]
        if one.action:
            data = {"decision": one.words[context.side(one.currency == "CNY")]} if one.words[0] else {}
            with context.acting("manager", context.moment(-one.ended, 15)) as records, use_locale("en"):
                records.act(f"crm.registration.{one.action}", made, data)


def _products(context: Any) -> dict[str, int]:
    with context.acting(None, context.moment(-1)) as records:
        page = records.query("crm.product", fields=("code",), limit=200)
        return {row["code"]: row["id"] for row in page.rows}
