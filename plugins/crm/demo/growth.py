"""The larger sizes of the demo: more firms, people, leads, deals and talks around the story, in bulk.

The named parties and their figures are the same in every size; what is added here is drawn row by row while it is
written, so that a million records need no memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from weft.plugins.crm.demo import names, story, texts
from weft.plugins.crm.demo.brands import territory_of

__all__ = ["SIZES", "Size", "firms", "make"]


class Size(NamedTuple):
    """How many records of each kind a size has, the story's included."""

    accounts: int
    contacts: int
    leads: int
    deals: int
    activities: int


#: Medium is fixed by the product page; large has the same shares and comes to a million records.
SIZES = {
    "small": Size(320, 760, 150, 260, 2_400),
    "medium": Size(10_000, 25_000, 5_000, 12_000, 40_000),
    "large": Size(108_700, 271_700, 54_300, 130_400, 434_900),
}
PART = 5_000
#: Parts of towns that tell works of one firm apart.
_SIDES = [("", ""), (" North", "北"), (" South", "南"), (" East", "东"), (" West", "西"), (" Harbour", "港区")]
_NEW = [("Newly built", "新建"), ("Second works", "二厂"), ("Upper town", "上城")]


class Firm(NamedTuple):
    """An invented firm: names in both scripts, town, country, trade."""

    name: str
    name_alt: str
    city: tuple[str, str]
    country: str
    industry: str
    domain: str

    @property
    def chinese(self) -> bool:
        """True for firms whose Chinese name comes first."""
        return self.country == "CN"


def make(context: Any) -> None:
    """Bring the demo to its size; nothing to do for the small one."""
    wanted, small = SIZES[context.size], SIZES["small"]
    if wanted == small:
        return
    random = Random(context.seed)
    sellers = [
        user for key, user in context.people.items() if key in story.OWNED_CUSTOMERS or key.startswith("seller-")
    ]
    values = _values(context)
    known = list(itertools.islice(firms(random), wanted.accounts - small.accounts))
    accounts = _load(context, "crm.account", _accounts(context, random, known, sellers, values))
    where = list(zip(accounts, known, strict=True))
    _load(context, "crm.contact", _contacts(random, where, wanted.contacts - small.contacts))
    _load(context, "crm.lead", _leads(context, random, sellers, values, wanted.leads - small.leads))
    _load(context, "crm.opportunity", _deals(context, random, where, sellers, wanted.deals - small.deals))
    _load(context, "crm.activity", _talks(context, random, where, sellers, wanted.activities - small.activities))


def firms(random: Random) -> Iterator[Firm]:
    """Firms without end in sight, no name twice: brand, trade, town and part of town."""
    chinese = [
        (first, second, kind, city) for first in names.CN_FIRST for second in names.CN_SECOND
        for kind in names.CN_KINDS for city in names.CN_CITIES
    ]  # fmt: skip
    european = [
        (stem, kind, city, side) for stem in names.EU_STEMS for kind in names.EU_KINDS for city in names.EU_CITIES
        for side in [*_SIDES, *((f" {word}", word_zh) for word, word_zh in _NEW)]
    ]  # fmt: skip
    random.shuffle(chinese)
    random.shuffle(european)
    for number, (east, west) in enumerate(zip(itertools.cycle(chinese), itertools.cycle(european), strict=False)):
        if number >= max(len(chinese), len(european)):
            return
        if number < len(chinese):
            (first, first_latin), (second, second_latin), (kind, kind_zh, industry), (city, city_zh, _region) = east
            latin = f"{first_latin}{second_latin}"
            name, alt = f"{latin} {kind} {city}", f"{city_zh}{first}{second}{kind_zh}"
            yield Firm(name, alt, (city, city_zh), "CN", industry, f"{latin.lower()}-{number}.example")
        if number < len(european):
            (stem, stem_zh), (kind, kind_zh, industry), (city, city_zh, country), (side, side_zh) = west
            name, alt = f"{stem} {kind} {city}{side}", f"{stem_zh}{city_zh}{side_zh}{kind_zh}"
            yield Firm(name, alt, (city, city_zh), country, industry, f"{stem.lower()}-{number}.example")


# ---- writing
def _load(context: Any, entity: str, rows: Iterable[dict[str, Any]]) -> list[int]:
    made: list[int] = []
    iterator = iter(rows)
    while part := list(itertools.islice(iterator, PART)):
        with context.acting(None, context.moment(0)) as records:
            made += records.load(entity, part).created
        context.progress(entity, len(made), len(made) + PART)
    return made


def _values(context: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    with context.acting(None, context.moment(0)) as records:
        for key in ("crm.source", "crm.industry", "crm.territory", "crm.loss_reason", "crm.lead_reason"):
            page = records.query("core.value", fields=("code",), filters={"list_key": key}, limit=200)
            found.update({f"{key}.{row['code']}": row["id"] for row in page.rows})
    return found


def _born(context: Any, random: Random, least: int = 20) -> dict[str, str]:
    moment = context.moment(-random.randint(least, 700), random.randint(8, 17)).isoformat()
    return {"created_at": moment, "updated_at": moment}


# ---- rows
def _accounts(
    context: Any, random: Random, known: list[Firm], sellers: list[int], values: dict[str, int]
) -> Iterator[dict[str, Any]]:
    for firm in known:
        role = random.choices(("customer", "supplier", "partner", "distributor"), (80, 11, 5, 4))[0]
        life = (
            random.choices(("won", "potential", "basic", "invalid"), (35, 33, 24, 8))[0] if role == "customer" else None
        )
        place = {"country": firm.country, "city": firm.city[1 if firm.chinese else 0], "lines": [], "region": ""}
        touched = context.moment(-random.randint(0, 28), random.randint(9, 17))
        yield {
            **_born(context, random, 60),
            "name": firm.name_alt if firm.chinese else firm.name,
            "name_alt": firm.name if firm.chinese else firm.name_alt,
            "role": [role],
            "life": life,
            "value_class": random.choice("ABBCCC") if life in ("won", "potential") else None,
            "industry": values[f"crm.industry.{firm.industry if role == 'customer' else 'trade'}"],
            "territory": values[f"crm.territory.{territory_of(firm.country, firm.city[0])}"],
            "source": values[f"crm.source.{random.choice(('referral', 'fair', 'web', 'call', 'tender'))}"],
            "website": f"https://{firm.domain}",
            "email": f"office@{firm.domain}",
            "address": {**place, "postcode": ""},
            "owner": random.choice(sellers),
            "last_contact_at": touched.isoformat() if life else None,
            "customer_since": (touched - timedelta(days=200)).date().isoformat() if life == "won" else None,
        }


def _contacts(random: Random, where: list[tuple[int, Firm]], wanted: int) -> Iterator[dict[str, Any]]:
    for number in range(wanted):
        account, firm = where[number % len(where)]
        position, position_zh, influence = random.choice(names.POSITIONS)
        if firm.chinese:
            (surname, latin), (given, given_latin) = random.choice(names.CN_SURNAMES), random.choice(names.CN_GIVEN)
            name, alt = f"{surname}{given}", f"{latin} {given_latin}"
        else:
            (one, one_zh), (last, last_zh) = random.choice(names.EU_FIRST), random.choice(names.EU_LAST)
            name, alt = f"{one} {last}", f"{one_zh}·{last_zh}"
        yield {
            "name": name, "name_alt": alt, "account": account, "influence": influence,
            "position": position_zh if firm.chinese else position, "email": f"person{number}@{firm.domain}",
            "preferred_channel": random.choice(("phone", "mail")), "consent": "given",
            "preferred_language": "zh" if firm.chinese else "en",
        }  # fmt: skip


def _leads(
    context: Any, random: Random, sellers: list[int], values: dict[str, int], wanted: int
) -> Iterator[dict[str, Any]]:
    reasons = [number for key, number in sorted(values.items()) if key.startswith("crm.lead_reason.")]
    for number, firm in enumerate(itertools.islice(firms(Random(context.seed + 1)), wanted)):
        state = random.choices(("new", "working", "closed"), (1, 2, 7))[0]
        ended = {"close_reason": random.choice(reasons)} if state == "closed" else {}
        name = firm.name_alt if firm.chinese else firm.name
        yield {
            **_born(context, random, 2),
            "name": name,
            "company": name,
            "email": f"enquiry{number}@{firm.domain}",
            "status": state,
            "source": values[f"crm.source.{random.choice(('web', 'fair', 'call'))}"],
            "territory": values[f"crm.territory.{territory_of(firm.country, firm.city[0])}"],
            "owner": random.choice(sellers),
            **ended,
        }


def _deals(
    context: Any, random: Random, where: list[tuple[int, Firm]], sellers: list[int], wanted: int
) -> Iterator[dict[str, Any]]:
    for _number in range(wanted):
        account, firm = random.choice(where)
        outcome = random.choices(("open", "won", "lost"), (28, 42, 30))[0]
        product = random.choice(story.PRODUCTS[:6])
        pieces = random.choice((2, 4, 6, 8, 12, 16, 24))
        amount = pieces * (product.cny if firm.chinese else product.eur)
        closes = random.randint(2, 120) if outcome == "open" else -random.randint(1, 640)
        stage = random.choice([row[0] for row in story.STAGES if row[4] == "open"]) if outcome == "open" else outcome
        born = context.moment(min(closes, 0) - random.randint(15, 80)).isoformat()
        name = firm.name_alt if firm.chinese else firm.name
        found = {
            "created_at": born, "updated_at": born, "name": f"{name} {product.code}", "account": account,
            "stage": context.made[f"stage.{stage}"], "outcome": outcome, "owner": random.choice(sellers),
            "amount": {"amount": f"{amount}.00", "currency": "CNY" if firm.chinese else "EUR"},
            "expected_close": context.moment(closes).date().isoformat(), "product": product.code,
        }  # fmt: skip
        if outcome != "open":
            found["closed_on"] = found["expected_close"]
        yield found


def _talks(
    context: Any, random: Random, where: list[tuple[int, Firm]], sellers: list[int], wanted: int
) -> Iterator[dict[str, Any]]:
    kinds = ("call", "mail", "visit", "meeting", "message")
    for number in range(wanted):
        account, firm = where[number % len(where)]
        kind = random.choice(kinds)
        side = context.side(firm.chinese)
        slots = {
            "contact": firm.name_alt if side else firm.name,
            "product": random.choice(story.PRODUCTS[:6]).code,
            "place": firm.city[side],
        }
        # The first round of talks are the latest ones; older ones follow.
        at = context.moment(-random.randint(0, 28) if number < len(where) else -random.randint(29, 600), 9 + number % 8)
        yield {
            "created_at": at.isoformat(), "updated_at": at.isoformat(), "account": account, "kind": kind,
            "subject": random.choice(texts.SUBJECTS[kind])[side].format(**slots), "status": "done",
            "note": random.choice(texts.FACTS[kind])[side].format(**slots), "at": at.isoformat(),
            "owner": random.choice(sellers), "minutes": {"visit": 120, "meeting": 60}.get(kind, 15),
        }  # fmt: skip
