"""Draws up the small demo: which parties, people, deals and talks there are. Pure, deterministic, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from weft.plugins.crm.demo import names, pools, sales, story, texts
from weft.plugins.crm.demo.brands import AccountPlan, Brands, territory_of

__all__ = ["AccountPlan", "ActivityPlan", "ContactPlan", "DealPlan", "Plan", "draw"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Live customers by stage, and the other parties, of the small size (product page, section 7).
LIVES = {"won": 90, "potential": 84, "basic": 61, "invalid": 8}
FROZEN, SUPPLIERS, CHANNEL, PARTNERS = 12, 34, 12, 16
POOLS = {"China": 17, "Europe": 7}
CONTACTS, OPEN, WON, LOST, ACTIVITIES = 760, 74, 108, 78, 2_400
EUROPE = {"maud", "floris", "ilse"}
#: Days that are entered together as one batch; keeps the number of transactions small.
STEP = 14
_BY_CODE = {product.code: product for product in story.PRODUCTS}


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
    doubles: list[tuple[str, str]] = field(default_factory=list)

    def moment(self, days: int, hour: int = 9) -> datetime:
        """Local time of the office on a working day near ``days`` from D (D itself counts as one)."""
        day = self.day + timedelta(days=days)
        if days:
            step = -1 if days < 0 else 1
            while day.weekday() > 4:
                day += timedelta(days=step)
        return datetime.combine(day, time(hour, 10 * (abs(days) % 6)), tzinfo=SHANGHAI)


def entered(days_ago: int) -> int:
    """How many days ago a party was entered: on the first day of its fortnight, lately on the day itself."""
    return days_ago if days_ago < STEP else -(-days_ago // STEP * STEP)


def draw(day: date, seed: int = 7) -> Plan:
    """Draw the plan of the small demo for a day; the same seed gives the same company."""
    random = Random(seed)
    plan = Plan(day)
    _accounts(plan, random)
    _doubles(plan)
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
    lives = _lives(customers, owners, random)
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
    pools.prepare(plan)


#: Pairs per script that wait for a decision.
DOUBLES = 2


def _doubles(plan: Plan) -> None:
    """Some basic customers are others under a second name: same firm, place and domain, the legal form written out."""
    named = {row.key for row in story.NAMED}
    plain = [one for one in plan.accounts if one.owner and one.key not in named and one.role == ("customer",)]
    for chinese in (True, False):
        seconds = [one for one in plain if one.life == "basic" and one.chinese == chinese][:DOUBLES]
        firsts = [one for one in plain if one.life == "potential" and one.chinese == chinese]
        for second, first in zip(seconds, firsts, strict=False):
            second.name = f"{first.name} Ltd"
            second.name_alt = f"{first.name_alt}有限公司" if chinese else first.name_alt
            second.domain, second.city, second.country = first.domain, first.city, first.country
            second.industry, second.territory = first.industry, first.territory
            plan.doubles.append((first.key, second.key))


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


def _lives(named: list[AccountPlan], owners: list[str], random: Random) -> list[str]:
    """A step of life for each place; the pools and the seller of the story hold nothing invalid."""
    lives: list[str] = []
    for life, wanted in LIVES.items():
        have = sum(1 for a in named if a.life == life and not a.frozen)
        lives += [life] * (wanted - have)
    random.shuffle(lives)
    clean = {*POOLS, "sales"}
    free = [place for place, owner in enumerate(owners) if owner not in clean and lives[place] != "invalid"]
    for place, owner in enumerate(owners):
        if owner in clean and lives[place] == "invalid":
            other = free.pop()
            lives[place], lives[other] = lives[other], lives[place]
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
    tried = [a for a in customers if a.life == "potential"]
    for outcome, wanted, accounts in (("open", OPEN, live), ("lost", LOST, tried)):
        have = sum(1 for deal in plan.deals if deal.outcome == outcome)
        random.shuffle(accounts)
        ends = sales.lost_days(plan.day, wanted - have, random) if outcome == "lost" else []
        for number in range(wanted - have):
            deal = _deal(accounts[number % len(accounts)], outcome, number, random)
            if ends:
                deal.closes = ends[number]
                deal.created = random.randint(30, 150) - deal.closes
            plan.deals.append(deal)
    plan.deals += _won(plan, won, random)
    _known_before(plan)


def _won(plan: Plan, customers: list[AccountPlan], random: Random) -> list[DealPlan]:
    """Deals won: every won customer has one, every seller one a month, of a size that suits both."""
    wanted = WON - sum(1 for deal in plan.deals if deal.outcome == "won")
    mine = {owner: [a for a in customers if a.owner == owner] for owner in story.OWNED_CUSTOMERS}
    counts = sales.share({owner: len(accounts) for owner, accounts in mine.items()}, wanted)
    found: list[DealPlan] = []
    for owner, days in sales.won_days(plan.day, counts, random).items():
        random.shuffle(mine[owner])
        for number, day in enumerate(days):
            deal = _deal(mine[owner][number % len(mine[owner])], "won", len(found), random)
            chinese = deal.currency == "CNY"
            product, work = _BY_CODE[deal.product], _BY_CODE["COM"]
            aim = sales.aim(owner, plan.day + timedelta(days=day), deal.currency, random)
            price, fixed = (product.cny, work.cny) if chinese else (product.eur, work.eur)
            deal.amount, deal.closes = sales.amount_of(aim, price, fixed), day
            deal.created = min(random.randint(25, 120) - day, 680)
            found.append(deal)
    return found


def _known_before(plan: Plan) -> None:
    """Nobody sells to a party before it is known: those with an old deal were entered a month before it."""
    accounts = {account.key: account for account in plan.accounts}
    for deal in plan.deals:
        account = accounts[deal.account]
        account.created = max(account.created, min(deal.created + 30, 715))


def _deal(account: AccountPlan, outcome: str, number: int, random: Random) -> DealPlan:
    product = story.PRODUCTS[random.choice((0, 0, 1, 1, 2, 2, 3, 3, 4 if outcome == "open" else 3, 5, 9))]
    pieces = 1 if product.code == "CARE" else random.choice((2, 4, 6, 8, 12, 16, 24))
    price = product.cny if account.chinese else product.eur
    amount = Decimal(price * pieces + (story.PRODUCTS[8].cny if account.chinese else story.PRODUCTS[8].eur))
    name = f"{account.name_alt} {product.code}" if account.chinese else f"{account.name} {product.code}"
    created, closes = random.randint(3, 150), random.choice((-6, 3, 5, 9, 14, 22, 30, 38, 47, 60, 75, 95))
    stage = story.STAGES[number % 4][0] if outcome == "open" else random.choice(("proposal", "negotiation"))
    if product.code == "CARE" and stage in story.OWN_STAGES:
        stage = story.STAGES[0][0]
    deal = DealPlan(
        f"{account.key}-{outcome}-{number}", account.key, name, stage, outcome, amount,
        "CNY" if account.chinese else "EUR", closes, max(created, -closes + 12), account.owner or "manager", product.code,
    )  # fmt: skip
    if outcome == "lost":
        deal.reason = random.choice(("price", "price", "competitor", "budget", "fit", "silent"))
        deal.competitor = random.choice(story.COMPETITORS)
    return deal


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
        earliest, latest = account.created - 1, account.touched or 0
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
    return ActivityPlan(account.key, account.holder, kind, subject, note, at, 9 + random.randint(0, 8), True, minutes)
