"""Draws up the demo's claims: two years of them, what waits today, and exactly what Haverdijk has cost in expenses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from weft.plugins.finance.demo.texts import LINES, OFFICE, ROAD, SALES, Pair

__all__ = ["HAVERDIJK_EXPENSES", "Claim", "Line", "draw"]

#: Booked expenses of Haverdijk, net, in EUR.
HAVERDIJK_EXPENSES = Decimal(6200)
_HAVERDIJK = ("980.00", "742.50", "615.00", "1120.00", "455.00", "386.40", "528.10", "689.00", "412.00", "272.00")
_EUROPE = frozenset({"project", "maud", "bart", "noor", "sander", "floris", "head", "marijn", "lieve", "wieke"})
_ENGINEERS = frozenset(
    {"employee", "project", "bart", "noor", "sander", "fang", "shi", "tao", "head", "bai", "lei", "cen"}
)
_SELLERS = frozenset({"sales", "maud", "manager", "su", "floris", "yan", "jian"})
#: Who claims, in turn; everybody who signs in has some.
_TURN = ("employee", "project", "sales", "maud", "bart", "fang", "manager", "head", "shi", "noor", "finance", "sander",
         "executive", "su", "hr", "tao", "admin", "lei", "floris", "dai", "jian", "bai", "cen", "yan")  # fmt: skip
#: Kind -> amounts with tax in CNY and in EUR, tax in per cent.
_AMOUNTS: Mapping[str, tuple[Sequence[int], Sequence[int], int]] = {
    "train": ((128, 186, 242, 318, 456), (24, 38, 46, 62, 78), 9),
    "flight": ((940, 1180, 1360, 1640), (146, 178, 212, 264), 9),
    "taxi": ((38, 46, 62, 74, 96, 118), (18, 24, 28, 36, 42), 3),
    "hotel": ((386, 428, 468, 520, 560), (98, 112, 124, 136, 142), 6),
    "meals": ((64, 78, 96, 132, 168), (17, 22, 26, 29, 34), 0),
    "material": ((86, 148, 264, 390, 580), (34, 58, 92, 146), 13),
    "other": ((20, 30, 45, 60), (6, 9, 14, 22), 0),
}
_MIX = {
    "road": (("train", "hotel", "meals"), ("taxi", "meals"), ("flight", "hotel", "taxi"), ("material",), ("hotel",)),
    "sales": (("train", "meals"), ("taxi",), ("flight", "hotel"), ("meals", "taxi"), ("train", "hotel")),
    "office": (("taxi",), ("material",), ("other", "meals"), ("train",)),
}  # fmt: skip
_MONTHS, _A_MONTH = 24, 7


@dataclass(frozen=True, slots=True)
class Line:
    """One expense: kind, words, amounts, what bears it (a key or id), its day and whether a receipt is there."""

    kind: str
    words: Pair
    day: date
    gross: Decimal
    tax: Decimal
    charged: int | None
    receipt: bool = True
    why: Pair | None = None


@dataclass(slots=True)
class Claim:
    """A claim as it is today; ``claimed`` is the day it was submitted."""

    person: str
    purpose: Pair
    currency: str
    claimed: date
    status: str
    lines: list[Line] = field(default_factory=list)
    waits: str = ""
    head: str = ""
    lead: str = ""
    approver: str = ""
    why: Pair | None = None


@dataclass(frozen=True, slots=True)
class Bearer:
    """What costs can be charged to: a project or customer with its time and currency."""

    record: int
    name: Pair
    chinese: bool
    first: date
    last: date


def draw(
    today: date, projects: Sequence[Bearer], customers: Sequence[Bearer], story: Mapping[str, int], seed: int
) -> list[Claim]:
    """All 180 claims.

    Args:
        today: D.
        projects: projects beside Haverdijk's; customers: won customers beside it.
        story: ids of ``haverdijk`` (project) where there is one.
        seed: the same seed draws the same.
    """
    random = Random(seed * 31 + 5)
    found = []
    left = list(_HAVERDIJK) if "haverdijk" in story else []
    for month in range(_MONTHS):
        for place in range(_A_MONTH):
            ago = 12 + (_MONTHS - 1 - month) * 29 + (_A_MONTH - place) * 4
            person = _TURN[(month * _A_MONTH + place) % len(_TURN)]
            claim = _ordinary(today, ago, person, projects, customers, random)
            if left and person in ("project", "bart", "noor", "sander") and ago < 240:
                net = Decimal(left.pop(0))
                tax = (net * 21 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
                claim.lines[0] = Line("rent", ("Hired van and tools, Haverdijk", "哈弗代克租车与工具"), claim.lines[0].day,
                                      net + tax, tax, story["haverdijk"])  # fmt: skip
                claim.purpose = ("Week on site, Haverdijk", "哈弗代克现场一周")
            found.append(claim)
    if left:  # the rest of it in one claim of the project lead
        claim = next(one for one in reversed(found) if one.person == "project")
        for text in left:
            net = Decimal(text)
            tax = (net * 21 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
            claim.lines.append(Line("rent", ("Hired van, Haverdijk", "哈弗代克租车"), claim.claimed - timedelta(days=2),
                                    net + tax, tax, story["haverdijk"]))  # fmt: skip
    _over_a_limit(next(one for one in found if one.person == "maud"))
    return found + _waiting(today, projects, customers, story, random)


def _ordinary(
    today: date, ago: int, person: str, projects: Sequence[Bearer], customers: Sequence[Bearer], random: Random
) -> Claim:
    claimed = today - timedelta(days=ago)
    while claimed.weekday() > 4:
        claimed -= timedelta(days=1)
    europe = person in _EUROPE
    group, words = (
        ("road", ROAD) if person in _ENGINEERS else ("sales", SALES) if person in _SELLERS else ("office", OFFICE)
    )
    bearers = {"road": projects, "sales": customers}.get(group, ())
    fitting = [one for one in bearers if one.chinese != europe and one.first <= claimed <= one.last]
    bearer = random.choice(fitting) if fitting else None
    claim = Claim(person, _named(random.choice(words), bearer), "EUR" if europe else "CNY", claimed,
                  "paid" if ago > 45 else "booked")  # fmt: skip
    for kind in random.choice(_MIX[group]):
        claim.lines.append(_line(kind, claimed - timedelta(days=random.randrange(2, 8)), bearer, random, europe=europe))
    return claim


def _named(words: Pair, bearer: Bearer | None) -> Pair:
    if "{place}" not in words[0]:
        return words
    names = bearer.name if bearer is not None else ("Suzhou", "苏州")
    return words[0].format(place=names[0]), words[1].format(place=names[1])


def _line(kind: str, day: date, bearer: Bearer | None, random: Random, *, europe: bool) -> Line:
    yuan, euro, percent = _AMOUNTS[kind]
    gross = Decimal(random.choice(euro if europe else yuan)).quantize(Decimal("0.01"))
    tax = (gross - gross / (1 + Decimal(percent) / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Line(kind, random.choice(LINES[kind]), day, gross, tax, bearer.record if bearer is not None else None)


def _over_a_limit(claim: Claim) -> None:
    line = claim.lines[0]
    claim.lines[0] = Line("hotel", ("One night during the fair", "展会期间住宿一晚"), line.day, Decimal("189.00"),
                          Decimal("15.61"), line.charged)  # fmt: skip


def _waiting(
    today: date, projects: Sequence[Bearer], customers: Sequence[Bearer], story: Mapping[str, int], random: Random
) -> list[Claim]:
    """What is not over: one with a lead, one with the manager, six with finance, two with a head, one came back."""
    found = []
    bearer = story.get("haverdijk")
    gear = Claim("employee", ("Rented lifting gear, Haverdijk", "哈弗代克租用起重设备"), "CNY",
                 today - timedelta(days=4), "submitted", waits="lead" if bearer else "head", head="head",
                 lead="project" if bearer else "", approver="project" if bearer else "head")  # fmt: skip
    gear.lines.append(Line("rent", ("Lifting gear, three weeks", "起重设备三周"), today - timedelta(days=9),
                           Decimal("21000.00"), Decimal(0), bearer))  # fmt: skip
    found.append(gear)
    fair = Claim("su", ("Booth of the water fair", "水展展位杂费"), "CNY", today - timedelta(days=2), "submitted",
                 waits="head", head="manager", approver="manager")  # fmt: skip
    fair.lines += [
        Line("other", ("Booth power and water", "展位水电"), today - timedelta(days=6), Decimal("1480.00"), Decimal(0), None),
        Line("meals", ("Dinner with partners", "渠道伙伴晚餐"), today - timedelta(days=6), Decimal("300.00"), Decimal(0), None),
        Line("material", ("Printed leaflets", "宣传页印刷"), today - timedelta(days=7), Decimal("600.00"), Decimal(0), None),
    ]  # fmt: skip
    found.append(fair)
    for number, person in enumerate(("fang", "noor", "jian", "bart", "tao", "dai")):
        claim = _ordinary(today, 6 + number, person, projects, customers, random)
        claim.status, claim.waits = "approved", "finance"
        found.append(claim)
    line = found[2].lines[0]
    found[2].lines[0] = Line("hotel", ("Suite, no other room free", "仅余套房"), line.day, Decimal("1480.00"),
                             Decimal("83.77"), line.charged)  # fmt: skip
    for number, person in enumerate(("shi", "sander")):
        claim = _ordinary(today, 2 + number, person, projects, customers, random)
        claim.status, claim.waits, claim.head, claim.approver = "submitted", "head", "head", "head"
        found.append(claim)
    found += [_returned(today, projects, random), _rejected(today, projects, customers, random)]
    return found


def _returned(today: date, projects: Sequence[Bearer], random: Random) -> Claim:
    missing = ("The receipt of the second night is missing.", "缺少第二晚的住宿票据。")
    claim = _ordinary(today, 8, "employee", projects, (), random)
    claim.status, claim.why = "returned", missing
    kept = claim.lines[0]
    claim.lines = [kept, Line("hotel", ("Second night", "第二晚住宿"), kept.day, Decimal("428.00"), Decimal("24.23"),
                              kept.charged, receipt=False, why=missing)]  # fmt: skip
    return claim


def _rejected(today: date, projects: Sequence[Bearer], customers: Sequence[Bearer], random: Random) -> Claim:
    claim = _ordinary(today, 64, "yan", projects, customers, random)
    claim.status = "rejected"
    claim.why = ("The dinner was private.", "该餐费属于个人消费。")
    return claim
