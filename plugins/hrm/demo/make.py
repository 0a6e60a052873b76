"""Writes the part of the demo company that is about its people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import holidays

from weft.core.sdk import Records, directory
from weft.plugins.hrm.demo import plan
from weft.plugins.hrm.services import checklists, goals, yearly
from weft.plugins.hrm.services.calendar import Calendar

__all__ = ["make"]

_EMPLOYEE, _LEAVE = "hrm.employee", "hrm.leave"
NEWCOMER, FORMER = ("gu", -12), ("joris", -23)
#: He headed the European group; Maud does since.
_SUCCESSOR = "maud"
_PART = 400


@dataclass(frozen=True, slots=True)
class _Staff:
    """One person of the demo."""

    key: str
    user: int
    name: str
    name_alt: str
    unit: int | None
    position: str
    position_alt: str
    phone: str
    country: str
    joined: date
    heads: bool
    above: int | None


def make(context: Any) -> None:
    """Make positions, files, lists, leave, contracts, attendance and goals of the people who are there."""
    if "hr" not in context.people:
        return
    staff = _staff(context)
    with context.acting(None, context.moment(-700)) as records:
        positions = _positions(records, staff)
        types = _types(records)
        templates = {kind: _template(records, kind) for kind in ("joining", "leaving")}
    _files(context, staff, positions)
    with context.acting(None, context.moment(-1, 8)) as records:
        _contracts(context, records, staff)
        _entitlements(context, records, staff)
        _leave(context, records, staff, types)
    _requests(context, staff, types)
    _lists(context, templates)
    _attendance(context, staff)
    _goals(context)


# ---- who


def _staff(context: Any) -> list[_Staff]:
    keys = {user: key for key, user in context.people.items()}
    with context.acting(None, context.moment(0)) as records:
        entries = directory.listing(records)
        above = {entry.id: directory.heads_above(records, entry.id) for entry in entries}
    heads = {head for found in above.values() for head in found}
    top = context.people.get("executive")
    found = []
    for number, one in enumerate(entries):
        key = keys.get(one.id, str(one.id))
        days = {NEWCOMER[0]: NEWCOMER[1], _SUCCESSOR: -640}.get(key, -300 - number * 631 % 1800)
        found.append(_Staff(
            key, one.id, one.name, one.name_alt, one.unit_id, one.position, one.position_alt, one.phone,
            "NL" if "·" in one.name_alt else "CN", context.day + timedelta(days=days), one.id in heads,
            top if not above[one.id] and one.id != top else None,
        ))  # fmt: skip
    return found


def _positions(records: Records, staff: Sequence[_Staff]) -> dict[str, int]:
    words = {one.position: one.position_alt for one in staff if one.position}
    made = records.load("hrm.position", [{"name": name, "name_alt": other or None} for name, other in words.items()])
    return dict(zip(words, made.created, strict=True))


def _files(context: Any, staff: Sequence[_Staff], positions: Mapping[str, int]) -> None:
    """Placements first, the past ones among them; then the files, whose placements are there already."""
    left = context.day + timedelta(days=FORMER[1])
    placements, files = [], []
    for one in staff:
        seat = {
            "person": one.user,
            "in_unit": one.unit,
            "position": positions.get(one.position),
            "heads": one.heads,
            "reports_to": one.above,
        }
        since = one.joined
        if one.key == _SUCCESSOR and FORMER[0] in context.people:
            placements.append({**seat, "heads": False, "since": since, "until": left})
            since = left + timedelta(days=1)
        placements.append({**seat, "since": since})
        files.append(_file(one, positions, context))
    if FORMER[0] in context.people and "sales_europe" in context.units:
        files.append(_former(context, positions, placements, left))
    with context.acting(None, context.moment(-1, 7)) as records:
        for start in range(0, len(placements), _PART):
            records.load("hrm.placement", [_given(row) for row in placements[start : start + _PART]])
        for start in range(0, len(files), _PART):
            records.load(_EMPLOYEE, [_given(row) for row in files[start : start + _PART]])


def _file(one: _Staff, positions: Mapping[str, int], context: Any) -> dict[str, Any]:
    random = Random(context.seed * 7919 + len(one.key) + sum(map(ord, one.key)))
    euro = one.country == "NL"
    base = 3400 + 100 * random.randrange(24) if euro else 9_000 + 500 * random.randrange(30)
    amount = int(base * (1.6 if one.heads else 1))
    return {
        "name": one.name, "name_alt": one.name_alt or None, "user": one.user, "in_unit": one.unit,
        "position": positions.get(one.position), "heads": one.heads, "reports_to": one.above, "joined_on": one.joined,
        "phone": one.phone or None, "country": one.country,
        "salary": {"amount": f"{amount}.00", "currency": "EUR" if euro else "CNY"},
        "born_on": one.joined - timedelta(days=365 * (24 + random.randrange(25)) + random.randrange(365)),
    }  # fmt: skip


def _former(context: Any, positions: Mapping[str, int], placements: list[Any], left: date) -> dict[str, Any]:
    user = context.people[FORMER[0]]
    with context.acting(None, context.moment(0)) as records:
        person = directory.persons(records, [user])[user]
    unit, position = context.units["sales_europe"], positions.get("Account manager")
    joined = context.day + timedelta(days=-690)
    placements.append({"person": user, "in_unit": unit, "position": position, "heads": True, "since": joined,
                       "until": left})  # fmt: skip
    return {
        "name": person.name, "name_alt": person.name_alt, "user": user, "in_unit": unit, "position": position,
        "joined_on": joined, "last_day": left, "status": "left", "country": "NL",
    }  # fmt: skip


def _given(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


# ---- what is set up


def _types(records: Records) -> dict[tuple[str, str], int]:
    rows, keys = [], []
    for place, (name, other, country, accrual, days, carry, months, counted) in enumerate(plan.LEAVE_TYPES, 1):
        row = {
            "name": name, "name_alt": other, "country": country or None, "accrual": accrual, "counted": counted,
            "days_a_year": days or None, "carry_days": carry or None, "carry_months": months or None,
            "position": 10 * place,
        }  # fmt: skip
        rows.append(_given(row))
        keys.append((name, country))
    return dict(zip(keys, records.load("hrm.leave_type", rows).created, strict=True))


def _template(records: Records, kind: str) -> int:
    names = {"joining": ("New colleague", "新员工入职"), "leaving": ("Colleague leaves", "员工离职")}[kind]
    made = records.create("hrm.template", {"name": names[0], "name_alt": names[1], "kind": kind})
    steps = plan.JOINING if kind == "joining" else plan.LEAVING
    records.load("hrm.template_step", [
        {"subject": one.subject, "subject_alt": one.subject_alt, "template": made["id"],
         "responsible": one.responsible, "days": one.days, "position": 10 * place}
        for place, one in enumerate(steps, 1)
    ])  # fmt: skip
    return int(made["id"])


# ---- contracts and entitlements


def _contracts(context: Any, records: Records, staff: Sequence[_Staff]) -> None:
    special = {one.person: one for one in plan.CONTRACTS}
    rows = []
    for one in staff:
        terms = special.get(one.key)
        row: dict[str, Any] = {"person": one.user, "kind": "open_ended", "starts_on": one.joined}
        if terms is not None:
            row |= {
                "kind": terms.kind,
                "ends_on": context.day + timedelta(days=terms.ends) if terms.ends is not None else None,
                "probation_until": context.day + timedelta(days=terms.trial) if terms.trial is not None else None,
            }
        rows.append(_given(row))
    records.load("hrm.contract", rows)


def _entitlements(context: Any, records: Records, staff: Sequence[_Staff]) -> None:
    users = [one.user for one in staff]
    for year in (context.day.year - 1, context.day.year, context.day.year + 1):
        known = [one.user for one in staff if one.joined.year <= year]
        yearly.entitle(records, known if year < context.day.year else users, year)


# ---- leave


def _leave(context: Any, records: Records, staff: Sequence[_Staff], types: Mapping[tuple[str, str], int]) -> None:
    """What was taken in the last year and a half, none of it on D; then those who are away on D."""
    rows = []
    away = {key: (first, last) for key, first, last in plan.AWAY}
    for number, one in enumerate(staff):
        random = Random(context.seed * 31 + number)
        annual = types["Annual leave", one.country]
        for turn, ago in enumerate((470, 360, 250, 150, 60)):
            begin = _workday(context.day - timedelta(days=ago + random.randrange(40)))
            if begin <= one.joined:
                continue
            length = random.choice((1, 2, 3, 5))
            sick = random.random() < 0.2
            why = plan.PAST_REASONS[(number + turn) % len(plan.PAST_REASONS)][_side(context, one)]
            rows.append(_row(one, types["Sick leave", ""] if sick else annual, begin, length, "" if sick else why))
        if one.key in away:
            first, last = away_span(context.day, one.country, *away[one.key])
            rows.append({
                "person": one.user, "leave_type": annual, "from_on": first, "to_on": last, "status": "approved",
            })  # fmt: skip
    for start in range(0, len(rows), _PART):
        context.progress(_LEAVE, start, len(rows))
        records.load(_LEAVE, rows[start : start + _PART])


def away_span(day: date, country: str, before: int, after: int) -> tuple[date, date]:
    """Days around a day; in holidays the first is earlier, for nobody takes leave where nobody works."""
    first, last = day + timedelta(days=before), day + timedelta(days=after)
    while not any(one.works for one in Calendar(country).days(first, last)):
        first -= timedelta(days=1)
    return first, last


def _row(one: _Staff, kind: int, begin: date, length: int, why: str) -> dict[str, Any]:
    end = begin
    for _day in range(length - 1):
        end = _workday(end + timedelta(days=1))
    return _given({"person": one.user, "leave_type": kind, "from_on": begin, "to_on": end, "status": "approved",
                   "reason": why or None})  # fmt: skip


def _workday(day: date) -> date:
    """The day or the next on which a plain week and both calendars work."""
    while day.weekday() > 4 or any(day in holidays.country_holidays(code, years=day.year) for code in ("CN", "NL")):
        day += timedelta(days=1)
    return day


def _side(context: Any, one: _Staff) -> int:
    return int(context.side(one.country == "CN"))


def spring_festival(after: date) -> date:
    """The first day of the next Spring Festival that is at least two weeks away."""
    for year in (after.year, after.year + 1):
        days = sorted(
            day for day, name in holidays.country_holidays("CN", years=year, language="zh_CN").items() if "春节" in name
        )
        if days and days[0] > after + timedelta(days=14):
            return days[0]
    raise LookupError("no Spring Festival is known")


def _requests(context: Any, staff: Sequence[_Staff], types: Mapping[tuple[str, str], int]) -> None:
    """Requests that wait: one across the next Spring Festival at the people department, others at their heads."""
    by_key = {one.key: one for one in staff}
    festival = spring_festival(context.day)
    wanted = [(row.person, _workday(context.day + timedelta(days=row.first)), row) for row in plan.REQUESTS]
    with context.acting(None, context.moment(-1, 15)) as records:
        if "zhu" in by_key:
            one = by_key["zhu"]
            why = ("Going home for the Spring Festival", "春节回家过年")[_side(context, one)]
            records.create(_LEAVE, {
                "person": one.user, "leave_type": types["Annual leave", one.country],
                "from_on": festival - timedelta(days=4), "to_on": festival + timedelta(days=9), "reason": why,
            })  # fmt: skip
        for key, begin, row in wanted:
            if key not in by_key:
                continue
            one = by_key[key]
            why = row.reason[_side(context, one)]
            values = _row(one, types["Annual leave", one.country], begin, row.last - row.first + 1, why)
            records.create(_LEAVE, values | {"status": "requested"})


# ---- joining and leaving


def _lists(context: Any, templates: Mapping[str, int]) -> None:
    joined, left = context.day + timedelta(days=NEWCOMER[1]), context.day + timedelta(days=FORMER[1])
    for key, kind, base, started, skipped in (
        (NEWCOMER[0], "joining", joined, -20, ("Goals of the first", "Safety", "New-employee", "Talk after")),
        (FORMER[0], "leaving", left, -40, ("Certificate",)),
    ):
        if key not in context.people:
            continue
        with _there(context, key), context.acting("hr", context.moment(started, 10)) as records:
            made = checklists.begin(records, kind, context.people[key], base, templates[kind])
        with context.acting(None, context.moment(-1, 11)) as records:
            filters = {"list": made["id"], "status": "todo"}
            steps = list(records.query(checklists.STEP, filters=filters, sort="position", limit=50).rows)
            open_ones = [step for step in steps if step["subject"].startswith(skipped)]
            kept = open_ones[-3:] if kind == "joining" else open_ones
            for step in steps:
                if step["id"] not in {one["id"] for one in kept}:
                    records.act("hrm.step.tick", step["id"], {})


def _there(context: Any, key: str) -> Any:
    """While his list begins, whoever left is still there."""
    return context.back_then(key) if key == FORMER[0] else nullcontext()


# ---- attendance and goals


def _attendance(context: Any, staff: Sequence[_Staff]) -> None:
    """Two weeks of those who clock in: field service and production; one of them asks for a correction."""
    units = {context.units.get("field"), context.units.get("product")}
    people = [one for one in staff if one.unit in units][:30]
    rows = []
    for number, one in enumerate(people):
        random = Random(context.seed * 17 + number)
        for ago in range(14, 0, -1):
            day = context.day - timedelta(days=ago)
            if day.weekday() > 4:
                continue
            came = context.moment(0, 8, 0).replace(year=day.year, month=day.month, day=day.day)
            came += timedelta(minutes=random.randrange(50))
            left = came + timedelta(minutes=500 + random.randrange(60))
            rows.append({"person": one.user, "day": day, "came_at": came.isoformat(), "left_at": left.isoformat()})
    with context.acting(None, context.moment(-1, 19)) as records:
        made = records.load("hrm.attendance", rows)
    if "employee" not in context.people or not made.created:
        return
    mine = context.people["employee"]
    wanted = max((row["day"], number) for row, number in zip(rows, made.created, strict=True) if row["person"] == mine)
    with context.acting("employee", context.moment(-1, 20)) as records:
        at = context.moment(0, 18, 30).replace(year=wanted[0].year, month=wanted[0].month, day=wanted[0].day)
        reason = ("Went straight home from the customer", "从客户现场直接回家，未打卡")[context.side(True)]
        records.act("hrm.attendance.ask", wanted[1], {"left_at": at.isoformat(), "reason": reason})


def _goals(context: Any) -> None:
    first = date(context.day.year, 3 * ((context.day.month - 1) // 3) + 1, 1)
    end = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1) - timedelta(days=1)
    known = None
    with context.acting(None, context.moment(-1, 12)) as records:
        known = goals.sources(records)
        rows = []
        for one in plan.GOALS:
            if one.person not in context.people or (one.source and one.source not in known):
                continue
            chinese = one.person != "maud"
            rows.append(_given({
                "subject": one.subject[context.side(chinese)], "person": context.people[one.person],
                "starts_on": first if one.quarter else date(first.year, 1, 1),
                "ends_on": end if one.quarter else date(first.year, 12, 31), "target": Decimal(one.target),
                "reached": Decimal(one.reached), "measure": one.measure, "source": one.source or None,
            }))  # fmt: skip
        records.load(goals.GOAL, rows)
    with context.acting(None, context.moment(0, 1)) as records:
        goals.fill_open(records)
