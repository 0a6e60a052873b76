"""Draws up the small demo: which parties, people, deals and talks there are. Pure, deterministic, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from weft.plugins.crm.demo import names, story, texts
from weft.plugins.crm.demo.brands import AccountPlan, Brands, territory_of

__all__ = ["AccountPlan", "ActivityPlan", "ContactPlan", "DealPlan", "Plan", "draw"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Live customers by stage, and the other parties, of the small size (product page, section 7).
LIVES = {"won": 90, "potential": 84, "basic": 61, "invalid": 8}
FROZEN, SUPPLIERS, CHANNEL, PARTNERS = 12, 34, 12, 16
POOLS = {"China": 17, "Europe": 7}
CONTACTS, OPEN, WON, LOST, ACTIVITIES = 760, 74, 108, 78, 2_400
EUROPE = {"maud", "floris", "ilse"}


@dataclass(slots=True)
class ContactPlan:
    """One person to make at an account."""

    account: str
    name: str
    name_alt: str
    position: str
    influence: str
    language: str
    mail: str

    @property
    def key(self) -> str:
        """Name under which the made record is remembered."""
        return f"contact.{self.account}.{self.name}"


@dataclass(slots=True)
class DealPlan:
    """One deal to make; ``closes`` in days from D."""

    key: str
    account: str
    name: str
    stage: str
    outcome: str
    amount: Decimal
    currency: str
    closes: int
    created: int
    owner: str
    product: str
    competitor: str = ""
    reason: str = ""


@dataclass(slots=True)
class ActivityPlan:
    """One talk or task to make; ``at`` in days from D, local ``hour``."""

    account: str
    owner: str
    kind: str
    subject: str
    note: str
    at: int
    hour: int
    done: bool
    minutes: int


@dataclass(slots=True)
class Plan:
    """The whole of the CRM's part of the demo company."""

    day: date
    accounts: list[AccountPlan] = field(default_factory=list)
    contacts: list[ContactPlan] = field(default_factory=list)
    deals: list[DealPlan] = field(default_factory=list)
    activities: list[ActivityPlan] = field(default_factory=list)

    def moment(self, days: int, hour: int = 9) -> datetime:
        """Local time of the office on a working day near ``days`` from D (D itself counts as one)."""
        day = self.day + timedelta(days=days)
        if days:
            step = -1 if days < 0 else 1
            while day.weekday() > 4:
                day += timedelta(days=step)
        return datetime.combine(day, time(hour, 10 * (abs(days) % 6)), tzinfo=SHANGHAI)


def draw(day: date, seed: int = 7) -> Plan:
    """Draw the plan of the small demo for a day; the same seed gives the same company."""
    random = Random(seed)
    plan = Plan(day)
    _accounts(plan, random)
    _contacts(plan, random)
    _deals(plan, random)
    _activities(plan, random)
    return plan


# ---- parties
def _accounts(plan: Plan, random: Random) -> None:
    plan.accounts = [_named(row) for row in story.NAMED]
    brands = Brands(random)
    customers = [a for a in plan.accounts if "customer" in a.role]
    owners = _owner_places(customers)
    lives = _lives(customers, random)
    for owner, life in zip(owners, lives, strict=True):
        chinese = owner not in EUROPE and owner != "Europe"
        account = brands.next(chinese, ("customer",))
        account.life, account.owner = life, owner if owner not in POOLS else None
        account.value_class = random.choice("AABBBCC" if life == "won" else "BBCC")
        account.touched = _touched(random, life, account.owner)
        plan.accounts.append(account)
    for number in range(FROZEN - 1):
        account = brands.next(number % 2 == 0, ("customer",))
        account.life, account.frozen, account.owner = "invalid", True, "jian" if number % 2 == 0 else "floris"
        account.touched = 200 + 9 * number
        account.created = max(account.created, account.touched + 30)
        plan.accounts.append(account)
    for role, wanted in (("supplier", SUPPLIERS), ("distributor", CHANNEL), ("partner", PARTNERS)):
        have = sum(1 for a in plan.accounts if set(a.role) & _same(role))
        for number in range(wanted - have):
            account = brands.next(number % 3 != 2, (role,))
            account.owner = {"supplier": "dai", "distributor": "gu", "partner": "yan"}[role]
            plan.accounts.append(account)


def _same(role: str) -> set[str]:
    return {"distributor", "agent"} if role == "distributor" else {role}


def _named(row: story.NamedAccount) -> AccountPlan:
    return AccountPlan(
        row.key, row.name, row.name_alt, row.role, row.life, row.owner, row.city, row.country, row.industry,
        row.value_class, row.days, row.touched, row.parent, row.source, row.frozen, row.domain, row.note,
        chinese=row.country == "CN", territory=territory_of(row.country, row.city[0]),
    )  # fmt: skip


def _owner_places(named: list[AccountPlan]) -> list[str]:
    """Who owns each further live customer: what the story gives each person less the named ones, then the pools."""
    places: list[str] = []
    for owner, wanted in story.OWNED_CUSTOMERS.items():
        have = sum(1 for a in named if a.owner == owner and not a.frozen)
        places += [owner] * (wanted - have)
    for pool, size in POOLS.items():
        places += [pool] * size
    return places


def _lives(named: list[AccountPlan], random: Random) -> list[str]:
    lives: list[str] = []
    for life, wanted in LIVES.items():
        have = sum(1 for a in named if a.life == life and not a.frozen)
        lives += [life] * (wanted - have)
    random.shuffle(lives)
    return lives


def _touched(random: Random, life: str, owner: str | None) -> int:
    if owner is None:
        return random.randint(52, 140)
    return random.randint(0, 24) if life in ("won", "potential") else random.randint(3, 29)


# ---- people
def _contacts(plan: Plan, random: Random) -> None:
    accounts = {account.key: account for account in plan.accounts}
    for row in story.NAMED_CONTACTS:
        latin = row.name if row.name.isascii() else row.name_alt
        mail = f"{_mailbox(latin)}@{accounts[row.account].domain}"
        plan.contacts.append(
            ContactPlan(row.account, row.name, row.name_alt, row.position, row.influence, row.language, mail)
        )
    used = {contact.mail for contact in plan.contacts}
    have = {contact.account for contact in plan.contacts}
    # Parties of the story with people of their own keep exactly these.
    others = [a for a in plan.accounts if a.key not in have]
    order = others + [a for a in others if a.life != "invalid"] * 3
    for account in order:
        if len(plan.contacts) >= CONTACTS:
            break
        contact = _person(account, random)
        if contact.mail not in used:
            used.add(contact.mail)
            plan.contacts.append(contact)


def _person(account: AccountPlan, random: Random) -> ContactPlan:
    position, position_zh, influence = random.choice(names.POSITIONS)
    if account.chinese:
        (surname, surname_latin), (given, given_latin) = random.choice(names.CN_SURNAMES), random.choice(names.CN_GIVEN)
        name, alt = f"{surname}{given}", f"{surname_latin} {given_latin}"
        return ContactPlan(account.key, name, alt, position_zh, influence, "zh", f"{_mailbox(alt)}@{account.domain}")
    (first, first_zh), (last, last_zh) = random.choice(names.EU_FIRST), random.choice(names.EU_LAST)
    name = f"{first} {last}"
    mail = f"{_mailbox(name)}@{account.domain}"
    return ContactPlan(account.key, name, f"{first_zh}·{last_zh}", position, influence, "en", mail)


def _mailbox(latin: str) -> str:
    return ".".join(latin.lower().replace("'", "").split())


# ---- deals
def _deals(plan: Plan, random: Random) -> None:
    plan.deals = [
        DealPlan(d.key, d.account, d.name, d.stage, d.outcome, Decimal(d.amount), d.currency, d.closes, d.days, d.owner,
                 d.product, d.competitor, d.reason)
        for d in story.NAMED_DEALS
    ]  # fmt: skip
    busy = {deal.account for deal in plan.deals} | {"inkboat", "jilan"}
    customers = [a for a in plan.accounts if "customer" in a.role and a.owner and not a.frozen and a.key not in busy]
    won = [a for a in customers if a.life == "won"]
    live = [a for a in customers if a.life in ("won", "potential")]
    anyone = [a for a in customers if a.life != "won"]
    for outcome, wanted, accounts in (("won", WON, won), ("open", OPEN, live), ("lost", LOST, anyone)):
        have = sum(1 for deal in plan.deals if deal.outcome == outcome)
        random.shuffle(accounts)
        for number in range(wanted - have):
            plan.deals.append(_deal(accounts[number % len(accounts)], outcome, number, random))


def _deal(account: AccountPlan, outcome: str, number: int, random: Random) -> DealPlan:
    product = story.PRODUCTS[random.choice((0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 9))]
    pieces = 1 if product.code == "CARE" else random.choice((2, 4, 6, 8, 12, 16, 24))
    price = product.cny if account.chinese else product.eur
    amount = Decimal(price * pieces + (story.PRODUCTS[8].cny if account.chinese else story.PRODUCTS[8].eur))
    name = f"{account.name_alt} {product.code}" if account.chinese else f"{account.name} {product.code}"
    created = random.randint(20, 640)
    if outcome == "open":
        created, closes = random.randint(3, 150), random.choice((-6, 3, 5, 9, 14, 22, 30, 38, 47, 60, 75, 95))
    else:
        closes = -max(1, _season(random, created))
    stage = story.STAGES[number % 4][0] if outcome == "open" else random.choice(("proposal", "negotiation"))
    deal = DealPlan(
        f"{account.key}-{outcome}-{number}", account.key, name, stage, outcome, amount,
        "CNY" if account.chinese else "EUR", closes, max(created, -closes + 12), account.owner or "manager", product.code,
    )  # fmt: skip
    if outcome == "lost":
        deal.reason = random.choice(("price", "price", "competitor", "budget", "fit", "silent"))
        deal.competitor = random.choice(story.COMPETITORS) if deal.reason in ("price", "competitor") else ""
    return deal


def _season(random: Random, created: int) -> int:
    """Days before D a deal ended: more in autumn than in summer, growing towards today."""
    return int(created * random.triangular(0.05, 0.95, 0.35))


# ---- talks
def _activities(plan: Plan, random: Random) -> None:
    accounts = {a.key: a for a in plan.accounts}
    by_account: dict[str, list[ContactPlan]] = {}
    for contact in plan.contacts:
        by_account.setdefault(contact.account, []).append(contact)
    for key, (english, chinese, days) in story.NAMED_STEPS.items():
        account = accounts[key]
        subject = chinese if account.chinese else english
        plan.activities.append(ActivityPlan(key, account.owner or "manager", "task", subject, "", days, 10, False, 30))
    talkers = [a for a in plan.accounts if a.touched is not None and "competitor" not in a.role]
    for account in talkers:
        plan.activities.append(_talk(account, by_account, random, -(account.touched or 0), "call"))
    _steps(plan, random)
    weights = [5 if a.life == "won" else 4 if a.life == "potential" else 1 for a in talkers]
    while len(plan.activities) < ACTIVITIES:
        account = random.choices(talkers, weights)[0]
        earliest, latest = account.created, account.touched or 0
        if earliest - 1 <= latest:
            continue
        kind = random.choices(("call", "mail", "visit", "meeting", "message", "note"), (9, 6, 4, 4, 3, 1))[0]
        plan.activities.append(_talk(account, by_account, random, -random.randint(latest + 1, earliest), kind))


def _steps(plan: Plan, random: Random) -> None:
    """Planned next steps: most potential and won customers have one, some are due or late, a few have none."""
    named = set(story.NAMED_STEPS) | {"inkboat"}
    number = 0
    for account in plan.accounts:
        if account.life not in ("won", "potential", "basic") or not account.owner or account.key in named:
            continue
        number += 1
        if number % 7 == 0 or account.touched is None:
            continue
        days = (-3, -1, 0, 0, 1, 2, 4, 6, 9, 13, 20)[number % 11]
        english, chinese = random.choice(texts.NEXT_STEPS)
        subject = chinese if account.chinese else english
        kind = random.choice(("task", "call", "visit"))
        plan.activities.append(
            ActivityPlan(account.key, account.owner, kind, subject, "", days, 9 + number % 8, False, 30)
        )


def _talk(
    account: AccountPlan, people: dict[str, list[ContactPlan]], random: Random, at: int, kind: str
) -> ActivityPlan:
    language = 1 if account.chinese else 0
    contact = random.choice(people[account.key]).name if account.key in people else account.name
    product = random.choice(story.PRODUCTS[:6]).code
    slots = {"contact": contact, "product": product, "place": account.city[language]}
    fact, follow = random.choice(texts.FACTS[kind])[language], random.choice(texts.FOLLOW_UPS)[language]
    subject = random.choice(texts.SUBJECTS[kind])[language].format(**slots)
    note = fact.format(**slots) + ("" if account.chinese else " ") + follow
    minutes = {"visit": 120, "meeting": 60, "call": 15}.get(kind, 10)
    return ActivityPlan(
        account.key, account.owner or "manager", kind, subject, note, at, 9 + random.randint(0, 8), True, minutes
    )
