"""Draws up the requests of the demo company: who asked what, when, how it went. Writes nothing.

All moments lie in the working hours of whoever acts; what is open falls due on the days that the story wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from weft.plugins.service.demo import texts
from weft.plugins.service.services.clock import WorkingHours

__all__ = ["EUROPE", "Asked", "Customer", "draw"]

EUROPE = WorkingHours("Europe/Amsterdam", country="NL")
CHINA = WorkingHours("Asia/Shanghai", country="CN")
#: Working minutes of a request of normal priority, with and without an agreement alike.
_SOLVE = 2400
ALL, OPEN = 160, 22
_DAYS = ("Monday 星期一", "Tuesday 星期二", "Wednesday 星期三", "Thursday 星期四", "Friday 星期五")
#: People of the field service group who take Chinese requests.
_FIELD = ("employee", "shi", "fang", "bai", "qiao")
_KINDS = (
    ("fault",) * 9
    + ("question",) * 5
    + ("order",) * 5
    + ("calibration",) * 3
    + ("training", "invoice", "invoice", "other")
)
_CHANNELS = ("mail",) * 5 + ("phone",) * 3 + ("portal", "web")


@dataclass(slots=True)
class Customer:
    """A customer who asks: record, contact and their names, town in both scripts, whose people answer."""

    account: int
    contact: int | None
    contact_name: str
    mail: str
    place: tuple[str, str]
    chinese: bool
    owner: int | None = None
    user: int | None = None
    key: str = ""


@dataclass(slots=True)
class Asked:
    """One request to make.

    Attributes:
        said: (moment, who: ``customer``, ``staff`` or ``note``, text) in order.
        person: key of who answers, empty for nobody yet.
    """

    customer: Customer
    kind: str
    subject: str
    description: str
    asked_at: datetime
    status: str
    person: str
    priority: str = "normal"
    channel: str = "mail"
    first_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    paused_since: datetime | None = None
    rating: int | None = None
    rating_comment: str = ""
    rated_at: datetime | None = None
    reopened: int = 0
    said: list[tuple[datetime, str, str]] = field(default_factory=list)


class _Drawing:
    def __init__(self, day: date, seed: int, side: int | None) -> None:
        self.day, self.random, self.forced = day, Random(seed + 53), side
        self.now = datetime.combine(day, time(8), ZoneInfo("Asia/Shanghai"))
        self.used: dict[str, int] = {}

    # ---- words

    def side(self, customer: Customer) -> int:
        """Which of a pair: the language the office was told to write, else that of the customer's office."""
        return int(customer.chinese) if self.forced is None else self.forced

    def fill(self, text: str, customer: Customer, side: int) -> str:
        english, chinese = self.random.choice(_DAYS).split()
        return text.format(product=self.product, n=self.n, place=customer.place[side], day=(english, chinese)[side])

    def opening(self, kind: str, customer: Customer, which: int | None = None) -> tuple[str, str]:
        bank = texts.OPENINGS[kind]
        if which is None:
            which = self.used.get(kind, self.random.randrange(len(bank)))
            self.used[kind] = which + 1
        self.product, self.n = self.random.choice(texts.PRODUCTS), self.random.choice((2, 3, 4, 6, 8, 12))
        side = self.side(customer)
        subject, body = bank[which % len(bank)]
        return self.fill(subject[side], customer, side), self.fill(body[side], customer, side)

    def line(self, bank: Sequence[tuple[str, str]], customer: Customer) -> str:
        side = self.side(customer)
        return self.fill(self.random.choice(bank)[side], customer, side)

    # ---- times

    def hours(self, customer: Customer) -> WorkingHours:
        return CHINA if customer.chinese else EUROPE

    def due_from(self, customer: Customer, days: int, at: time = time(10, 15)) -> datetime:
        """When it was asked, so that it falls due on the first working day from so many days on (exactly or later)."""
        return self._asked(customer, days, at, later=True)

    def due_by(self, customer: Customer, days: int) -> datetime:
        """When it was asked, so that it fell due on that day or before."""
        return self._asked(customer, days, time(10, 15), later=False)

    def _asked(self, customer: Customer, days: int, at: time, *, later: bool) -> datetime:
        hours, wanted = self.hours(customer), self.day + timedelta(days=days)
        zone = ZoneInfo(hours.zone)
        best: datetime | None = None
        for back in range(40):
            start = datetime.combine(wanted - timedelta(days=back), at, zone)
            if not hours.works_on(start.date()) or start > self.now:
                continue
            due = hours.add(start, _SOLVE).astimezone(zone).date()
            if later and due >= wanted:
                best = start
            elif due <= wanted and not later:
                return start.astimezone(UTC)
            elif later:
                break
        return (best or self.now - timedelta(days=1)).astimezone(UTC)

    def past(self, customer: Customer, days: int) -> datetime:
        hours = self.hours(customer)
        zone = ZoneInfo(hours.zone)
        minute = self.random.randrange(400)
        return hours.add(datetime.combine(self.day - timedelta(days=days), hours.opens, zone), minute)

    # ---- how it went

    def talk(self, asked: Asked, *, until: datetime, end: str) -> None:
        """A conversation up to a moment; ``end`` is ``solved``, ``waiting`` or ``open``."""
        customer, hours = asked.customer, self.hours(asked.customer)
        moment = hours.add(asked.asked_at, self.random.choice((25, 60, 140, 260, 400)))
        last = min(until, self.now)
        if moment >= last:
            moment = asked.asked_at + (last - asked.asked_at) / 4
        asked.first_at = moment
        steps = [("staff", texts.ACKS)]
        for _round in range(self.random.choice((0, 1, 1, 2))):
            steps += [("staff", texts.ASKS), ("customer", texts.DETAILS)]
        if self.random.random() < 0.35:
            steps.insert(self.random.randrange(1, len(steps) + 1), ("note", texts.NOTES))
        if end == "waiting":
            steps = [*steps[:5], ("staff", texts.ASKS)]
        elif end == "open":
            steps += [("customer", texts.DETAILS)] if steps[-1][0] == "staff" else []
        room = hours.between(moment, last) // (len(steps) + 1)
        for place, (who, bank) in enumerate(steps):
            at = moment if place == 0 else min(hours.add(moment, room * place), last)
            asked.said.append((at, who, self.line(bank, customer)))
        if end == "solved":
            asked.said.append((until, "staff", self.line(texts.CLOSINGS, customer)))
            if self.random.random() < 0.8:
                asked.said.append((until + timedelta(minutes=90), "customer", self.line(texts.CONFIRMS, customer)))

    def rate(self, asked: Asked, score: int) -> None:
        side = self.side(asked.customer)
        said = self.random.choice(texts.RATED[score])[side]
        moment = (asked.resolved_at or asked.asked_at) + timedelta(hours=3)
        asked.rating, asked.rating_comment, asked.rated_at = score, said, min(moment, self.now - timedelta(hours=1))


def draw(day: date, customers: Sequence[Customer], seed: int, side: int | None) -> list[Asked]:
    """The requests of the small demo: 160, 22 of them open, 3 overdue.

    Args:
        day: D.
        customers: those of the story by their keys first, then others of both offices.
        seed: the same seed draws the same.
        side: 0 for English, 1 for Chinese texts, None for the language of each office.
    """
    drawing = _Drawing(day, seed, side)
    named = {one.key: one for one in customers if one.key}
    others = [one for one in customers if not one.key]
    european = [one for one in others if not one.chinese]
    chinese = [one for one in others if one.chinese]
    asked = [*_story(drawing, named), *_open(drawing, european, chinese)]
    while len(asked) < ALL:
        number = len(asked)
        pool = european if number % 5 < 2 else chinese
        asked.append(_ended(drawing, drawing.random.choice(pool), 9 + (number * 37) % 690))
    return asked


def _story(drawing: _Drawing, named: dict[str, Customer]) -> list[Asked]:
    found: list[Asked] = []
    if "haverdijk" in named:
        found += _haverdijk(drawing, named["haverdijk"])
    if "ferrault" in named:
        found += _ferrault(drawing, named["ferrault"])
    if "tangyu_waste" in named:
        one = _make(drawing, named["tangyu_waste"], "fault", drawing.due_by(named["tangyu_waste"], -1), "open", which=1)
        one.person = "employee"
        drawing.talk(one, until=drawing.now - timedelta(hours=20), end="open")
        found.append(one)
    if "tangyu" in named:
        found += [_ended(drawing, named["tangyu"], days, "employee") for days in (64, 210)]
    return found


def _haverdijk(drawing: _Drawing, customer: Customer) -> list[Asked]:
    """Four requests, one open: loggers that stop at night; two solved and not rated yet, one rated."""
    one = _make(drawing, customer, "fault", drawing.due_from(customer, 2), "open", which=0)
    side = drawing.side(customer)
    one.subject = ("LD-3 loggers in zone 4 stop at night", "四区 LD-3 记录仪夜间停报")[side]
    one.description = (
        "Since Friday three LD-3 loggers in zone 4 send nothing between 01:00 and 05:00 (pits 14, 17 and 21). Day"
        " values are fine. We need the night values for the leak report.",
        "自周五起，四区三台 LD-3 记录仪（14、17、21 号井）凌晨一点到五点没有数据，白天正常。漏损报表需要夜间数据。",
    )[side]
    said = [
        ("staff", ("Thank you, Lieke. I am reading the log of the zone 4 gateway and will tell you the cause.", "谢谢，Lieke。我正在读取四区网关日志，稍后告知原因。")),
        ("note", ("GW-1 there runs 2.3.1. Did we see lost packets with that version at Tangyu?", "该处 GW-1 版本为 2.3.1，棠屿是否也出现过丢包？")),
        ("staff", ("The gateway drops packets at night; an update fixes it. We load it tonight and restart the gateway on site on Thursday at 08:30. Does that suit you?", "网关夜间丢包，升级可解决。今晚远程升级，周四 8:30 现场重启，是否方便？")),
        ("customer", ("Thursday suits us. Please send me the visitor's name for the gate list.", "周四可以，请提供来访人员姓名以便登记。")),
    ]  # fmt: skip
    hours = drawing.hours(customer)
    room = hours.between(one.asked_at, drawing.now) // (len(said) + 1)
    one.said = [(hours.add(one.asked_at, room * place + 35), who, pair[side]) for place, (who, pair) in enumerate(said)]
    one.first_at, one.priority, one.person = one.said[0][0], "normal", "project"
    found = [one]
    for days, kind, status in ((6, "calibration", "solved"), (5, "invoice", "solved"), (120, "order", "closed")):
        ended = _ended(drawing, customer, days, "project", kind)
        ended.status, ended.rating, ended.rated_at, ended.rating_comment = status, None, None, ""
        ended.channel = "portal"
        if status == "solved":
            ended.resolved_at = min(ended.resolved_at or drawing.now, drawing.now - timedelta(hours=26))
            ended.closed_at = None
            ended.said = [said for said in ended.said if said[0] < ended.resolved_at]
        else:
            drawing.rate(ended, 5)
        found.append(ended)
    one.channel = "portal"
    return found


def _ferrault(drawing: _Drawing, customer: Customer) -> list[Asked]:
    """Two complaints, both rated 2; the second came back and is overdue."""
    first = _ended(drawing, customer, 58, "project", "complaint")
    drawing.rate(first, 2)
    again = _make(drawing, customer, "complaint", drawing.due_by(customer, -1), "open", which=0)
    side = drawing.side(customer)
    again.subject = ("Foam disturbs WH-40 again", "泡沫再次影响 WH-40")[side]
    again.person, again.reopened = "project", 1
    drawing.talk(again, until=drawing.now - timedelta(hours=30), end="open")
    drawing.rate(again, 2)
    again.rated_at = again.said[-1][0]
    return [first, again]


def _make(
    drawing: _Drawing, customer: Customer, kind: str, asked_at: datetime, status: str, *, which: int | None = None
) -> Asked:
    subject, description = drawing.opening(kind, customer, which)
    channel = "portal" if customer.user else drawing.random.choice(_CHANNELS)
    if channel == "portal" and not customer.user:
        channel = "mail"
    person = "project" if not customer.chinese else drawing.random.choice(_FIELD)
    return Asked(customer, kind, subject, description, asked_at, status, person, channel=channel)


def _open(drawing: _Drawing, european: Sequence[Customer], chinese: Sequence[Customer]) -> list[Asked]:
    """What is open besides the story: waiting, in work, new and untaken; one more is overdue."""
    found: list[Asked] = []
    late = _make(drawing, european[0], "invoice", drawing.due_by(european[0], -3), "open", which=0)
    drawing.talk(late, until=drawing.now - timedelta(hours=40), end="open")
    found.append(late)
    places = [(european, 1 + number) for number in range(7)] + [(chinese, 1 + number) for number in range(11)]
    for number, (pool, place) in enumerate(places):
        customer = pool[place % len(pool)]
        kind = drawing.random.choice(_KINDS)
        if pool is chinese and place > 8:  # nobody has taken these yet: low priority, asked the day before
            one = _make(drawing, customer, kind, drawing.past(customer, 1), "new")
            one.person, one.priority = "", "low"
            one.asked_at = min(one.asked_at, drawing.now - timedelta(hours=12))
        else:
            status = "waiting" if number % 5 in (1, 3) else "open"
            today = number == 0
            at = time(16, 58) if today else time(10, 15)
            one = _make(drawing, customer, kind, drawing.due_from(customer, 0 if today else 1 + number % 5, at), status)
            last = max(drawing.now - timedelta(hours=3 + 2 * number), one.asked_at + timedelta(minutes=30))
            drawing.talk(one, until=last, end=status)
            if status == "waiting":
                one.paused_since = one.said[-1][0]
        found.append(one)
    return found


def _ended(drawing: _Drawing, customer: Customer, days: int, person: str = "", kind: str = "") -> Asked:
    """A request of the past: most in time, most with a rating."""
    chosen = kind or drawing.random.choice(_KINDS if drawing.random.random() > 0.06 else ("complaint",))
    asked = _make(drawing, customer, chosen, drawing.past(customer, days), "closed")
    asked.person = person or asked.person
    hours = drawing.hours(customer)
    late = drawing.random.random() < 0.1
    minutes = drawing.random.randrange(2500, 3300) if late else drawing.random.randrange(180, 2200)
    end = hours.add(asked.asked_at, minutes)
    if end >= drawing.now - timedelta(hours=26):
        end = drawing.now - timedelta(hours=26)
    drawing.talk(asked, until=end, end="solved")
    asked.resolved_at = end
    asked.closed_at = min(end + timedelta(days=2), drawing.now - timedelta(hours=2))
    if drawing.random.random() < 0.62:
        drawing.rate(asked, drawing.random.choice((5, 5, 5, 4, 4, 4, 5, 3, 4, 2 if chosen == "complaint" else 4)))
    if drawing.random.random() < 0.04:
        asked.reopened = 1
    return asked
