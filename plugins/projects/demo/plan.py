"""Draws up the demo's projects: which there are, when their tasks lie, what is done. Writes nothing.

All days are working days of the country; what is done lies before D, what runs spans it. The named projects keep their
figures on whatever day the demo is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from weft.plugins.projects.demo import texts
from weft.plugins.projects.demo.texts import Step
from weft.plugins.projects.services.critical_path import Activity, Link, Times, schedule
from weft.plugins.projects.services.starting import after_of
from weft.plugins.projects.services.workdays import Workdays

__all__ = ["LATE", "SIZES", "Customer", "Drawn", "Task", "draw"]


class Size(NamedTuple):
    """How many projects and tasks a size has, the story's included."""

    projects: int
    tasks: int


#: Small and medium are fixed by the product page; large grows as its customers do.
SIZES = {"small": Size(36, 640), "medium": Size(600, 8_000), "large": Size(6_520, 87_000)}
FINISHED, RUNNING = 20, 14
LATE = 9
#: People of the projects and field groups by office; leads are the first ones.
_EUROPE = ("bart", "noor", "sander", "wieke")
_CHINA = ("cen", "tao", "jiang", "employee", "shi", "fang", "bai")
_LEADS = {"europe": ("bart", "noor"), "china": ("cen", "tao", "jiang")}
_SPAN = timedelta(days=1400)
#: Customers of the small demo beside those of the story.
_FEW = 32


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a project is for: record, names in both scripts, office, and a won opportunity of theirs, if any."""

    account: int
    name: str
    name_alt: str
    chinese: bool
    deal: int | None = None


@dataclass(slots=True)
class Task:
    """One task with its days and how far it is."""

    step: Step
    start: date
    due: date
    status: str
    person: str
    progress: int = 0
    done_on: date | None = None
    partner: str = ""


@dataclass(slots=True)
class Drawn:
    """One project to make.

    Attributes:
        key: of a named project, else empty.
        goals: (name, Chinese name, phase, shared, accepted by the customer).
        links: (place, place it waits for, kind, lag), places from 1.
    """

    key: str
    name: str
    name_alt: str
    status: str
    lead: str
    country: str
    customer: Customer | None
    phases: Sequence[tuple[str, str]]
    goals: Sequence[tuple[str, str, int, bool, bool]]
    tasks: list[Task] = field(default_factory=list)
    ends_on: date | None = None
    template: str = ""

    @property
    def links(self) -> list[tuple[int, int, str, int]]:
        """Dependencies by places."""
        return [
            (place, before, kind, lag)
            for place, task in enumerate(self.tasks, 1)
            for before, kind, lag in after_of(task.step.after)
        ]


def draw(
    today: date, customers: dict[str, Customer], others: Sequence[Customer], seed: int, size: str = "small",
    staff: Sequence[str] = (),
) -> list[Drawn]:  # fmt: skip
    """All projects of the demo; those of the small one come first and are the same in every size.

    Args:
        today: D.
        customers: the customers of the story by key (``haverdijk``, ``tangyu``, ``ferrault``).
        others: further customers; the small demo takes the first 32.
        seed: the same seed gives the same projects.
        size: key of :data:`SIZES`.
        staff: keys of people who do the tasks of the projects that a larger size has more.
    """
    few = others[:_FEW]
    random = Random(seed + 31)
    found = [
        _haverdijk(today, customers.get("haverdijk")), _tangyu(today, customers.get("tangyu")), _ld4(today),
        _ferrault(today, customers.get("ferrault"), random),
    ]  # fmt: skip
    kinds = [texts.TEMPLATES[2]] * 4 + [texts.TEMPLATES[0], texts.TEMPLATES[1]] * 14
    random.shuffle(kinds)
    states = ["finished"] * (FINISHED - 1) + ["running"] * (RUNNING - 3) + ["planned"] * 2
    for number, (kind, status) in enumerate(zip(kinds, states, strict=True)):
        customer = few[number % len(few)] if few else None
        found.append(_ordinary(today, kind, status, customer, number, random))
    more = _more(SIZES[size], len(found), sum(len(one.tasks) for one in found))
    random.shuffle(more)
    for number, kind in enumerate(more):
        status = "finished" if number % 18 < 10 else "running" if number % 18 < 17 else "planned"
        customer = others[(number + _FEW) % len(others)] if others else None
        found.append(_ordinary(today, kind, status, customer, number, random, staff=staff))
    return found


def _more(size: Size, projects: int, tasks: int) -> list[texts.Template]:
    """Kinds of the projects that are missing, so many of each that their tasks come to the size as well."""
    left, steps = size.projects - projects, size.tasks - tasks
    care, heat, long = len(texts.CARE.steps), len(texts.TEMPLATES[2].steps), len(texts.TEMPLATES[0].steps)
    for heats in range(left + 1):
        over = steps - care * left - (heat - care) * heats
        longs, rest = divmod(over, long - care)
        if rest == 0 and 0 <= longs <= left - heats:
            kinds = [texts.TEMPLATES[number % 2] for number in range(longs)] + [texts.TEMPLATES[2]] * heats
            return kinds + [texts.CARE] * (left - longs - heats)
    raise ValueError(f"no such number of projects has {size.tasks} tasks")


# ---- times


def _times(steps: Sequence[Step]) -> dict[int, Times]:
    links = [
        Link(before, place, kind, lag)
        for place, step in enumerate(steps, 1)
        for before, kind, lag in after_of(step.after)
    ]
    return schedule([Activity(place, step.days) for place, step in enumerate(steps, 1)], links)


def _calendar(today: date, country: str) -> Workdays:
    return Workdays(today - _SPAN, country)


def _placed(
    steps: Sequence[Step], times: dict[int, Times], calendar: Workdays, begin: int, people: Sequence[str]
) -> list[Task]:
    """Tasks with their days; nothing of them is done yet."""
    return [
        Task(step, calendar.day(begin + times[place].start), calendar.day(begin + times[place].end - 1), "open",
             people[(place * 7 + place // 3) % len(people)])
        for place, step in enumerate(steps, 1)
    ]  # fmt: skip


def _done(task: Task) -> None:
    task.status, task.progress, task.done_on = "done", 100, task.due


def _by_day(tasks: Sequence[Task], today: date) -> None:
    """What ended before today is done, what began is in work."""
    for task in tasks:
        if task.due < today:
            _done(task)
        elif task.start <= today:
            whole = max((task.due - task.start).days, 1)
            task.status, task.progress = "doing", max(10, min(90, 100 * (today - task.start).days // whole // 10 * 10))


def _goal_rows(goals: Sequence[tuple[str, str]], phases: int) -> list[tuple[str, str, int, bool, bool]]:
    last = len(goals)
    return [
        (name, alt, phases if place == last else min(2 * place - 1, phases), True, place == last)
        for place, (name, alt) in enumerate(goals, 1)
    ]


# ---- the named ones


def _haverdijk(today: date, customer: Customer | None) -> Drawn:
    """42 tasks, 26 done; the last of the field engineer's in zone 4 is due today."""
    calendar = _calendar(today, "NL")
    times = _times(texts.HAVERDIJK)
    begin = calendar.number(today) - (times[27].end - 1)
    tasks = _placed(texts.HAVERDIJK, times, calendar, begin, ("bart", "noor", "sander", "project"))
    for task in tasks[:26]:
        _done(task)
    for place, person, progress in ((27, "employee", 80), (28, "noor", 30)):
        task = tasks[place - 1]
        task.status, task.person, task.progress = "doing", person, progress
    for task in tasks[28:]:
        task.status, task.progress, task.done_on = "open", 0, None
    tasks[32].person = "employee"
    for place in (30, 31):
        tasks[place - 1].partner, tasks[place - 1].person = "vesterlund", "project"
    ends = calendar.day(begin + max(one.end for one in times.values()) + 4)
    return Drawn(
        "haverdijk", "Haverdijk district metering", "哈弗代克分区计量", "running", "project", "NL", customer,
        texts.HAVERDIJK_PHASES, texts.HAVERDIJK_GOALS, tasks, ends, "",
    )  # fmt: skip


def _tangyu(today: date, customer: Customer | None) -> Drawn:
    """Nine days late on the critical path: the conversion of station 2 runs, one task beside it is overdue."""
    calendar = _calendar(today, "CN")
    times = _times(texts.TANGYU)
    last = max(one.end for one in times.values())
    now = calendar.number(today)
    # The second conversion is under way today; its end and the planned end nine days before are working days.
    for inside in (6, 5, 7, 4, 8, 3, 9):
        begin = now - times[11].start - inside
        ends = calendar.day(begin + last - 1) - timedelta(days=LATE)
        if calendar.works(ends):
            break
    tasks = _placed(texts.TANGYU, times, calendar, begin, ("cen", "shi", "fang", "tao"))
    _by_day(tasks, today)
    for task in tasks[:10]:
        _done(task)
    tasks[10].person = "shi"
    overdue = tasks[11]
    overdue.person, overdue.status, overdue.progress, overdue.done_on = "employee", "doing", 50, None
    # Two days, so that it is overdue for a lead whose day begins hours after the company's, too.
    overdue.due = calendar.day(now - 2)
    overdue.start = calendar.day(now - 1 - overdue.step.days)
    for place, days in ((16, 2), (22, 0)):
        if tasks[place - 1].status == "done":
            tasks[place - 1].status, tasks[place - 1].done_on = "doing", None
            tasks[place - 1].progress = 50 + days
    return Drawn(
        "tangyu", "Tangyu pump stations", "棠屿泵站改造", "running", "project", "CN", customer, texts.TANGYU_PHASES,
        _goal_rows(texts.TANGYU_GOALS, 4), tasks, ends, "",
    )  # fmt: skip


def _ld4(today: date) -> Drawn:
    """The release was nine days ago; what comes after it runs, two of the tasks are the foundry's."""
    calendar = _calendar(today, "CN")
    times = _times(texts.LD4)
    begin = calendar.number(today - timedelta(days=9)) - times[13].start
    tasks = _placed(texts.LD4, times, calendar, begin, ("luo", "meng", "ye", "xia"))
    _by_day(tasks, today)
    for task in tasks[:13]:
        _done(task)
    for place in (14, 15):
        tasks[place - 1].partner, tasks[place - 1].person = "shuohe", "dai"
    ends = calendar.day(begin + max(one.end for one in times.values()) + 2)
    goals = [(name, alt, phase, False, False) for (name, alt), phase in zip(texts.LD4_GOALS, (1, 3, 4), strict=True)]
    return Drawn(
        "ld4", "LD-4 release", "LD-4 发布", "running", "xia", "CN", None, texts.LD4_PHASES, goals, tasks, ends, ""
    )


def _ferrault(today: date, customer: Customer | None, random: Random) -> Drawn:
    drawn = _ordinary(today, texts.TEMPLATES[1], "finished", customer, 0, random, ago=70)
    drawn.key, drawn.name, drawn.name_alt = "ferrault", "Ferrault meter exchange", "费罗仪表更换"
    drawn.lead = "bart"
    drawn.tasks.append(
        Task(Step("Lessons written down", "经验总结", 4, 1, 8, "17"), drawn.tasks[-1].due, drawn.tasks[-1].due, "done",
             "bart", 100, drawn.tasks[-1].due)
    )  # fmt: skip
    return drawn


def _ordinary(
    today: date, kind: texts.Template, status: str, customer: Customer | None, number: int, random: Random,
    ago: int = 0, staff: Sequence[str] = (),
) -> Drawn:  # fmt: skip
    chinese = customer is None or customer.chinese
    country, people = ("CN", _CHINA) if chinese else ("NL", _EUROPE)
    leads = _LEADS["china" if chinese else "europe"]
    calendar = _calendar(today, country)
    times = _times(kind.steps)
    length, now = max(one.end for one in times.values()), calendar.number(today)
    if status == "finished":
        begin = now - length - (ago or 12 + 19 * number % 330)
    elif status == "running":
        begin = now - length * random.randrange(20, 80) // 100
    else:
        begin = now + 8 + 6 * (number % 3)
    doing = tuple(people[number % 3 :] + people[: number % 3])
    if staff:
        doing = tuple(staff[(number * 3 + place) % len(staff)] for place in range(3))
    tasks = _placed(kind.steps, times, calendar, begin, doing)
    _by_day(tasks, today)
    name, alt = (customer.name, customer.name_alt) if customer is not None else (str(number), str(number))
    return Drawn(
        "", kind.title.format(name=name), kind.title_alt.format(name=alt or name), status, leads[number % len(leads)],
        country, customer, kind.phases, _goal_rows(kind.goals, len(kind.phases)), tasks,
        calendar.day(begin + length - 1 + random.randrange(2, 8)), kind.key,
    )  # fmt: skip
