"""Writes the demo's projects: templates, 36 projects with 640 tasks, teams, hours, risks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, directory
from weft.plugins.projects.demo import hours, plan, texts
from weft.plugins.projects.demo.plan import Customer, Drawn
from weft.plugins.projects.hooks.plan import replan
from weft.plugins.projects.services.hours import HOURS, sum_up
from weft.plugins.projects.services.plan import DEPENDENCY, MILESTONE, PHASE, PROJECT, TASK
from weft.plugins.projects.services.workdays import Workdays

__all__ = ["make"]

_STORY = ("haverdijk", "tangyu", "ferrault")
#: Projects whose plans are computed in one transaction.
_PART = 100
#: The first projects have hours in every size: a day of the people in the story has no more of them in a larger one.
_HOURS = plan.SIZES["small"].projects


def make(context: Any) -> None:
    """Make everything; without a plugin that has customers the projects are internal ones."""
    if "project" not in context.people:
        return
    templates = _templates(context)
    named, others = _customers(context)
    drawn = plan.draw(context.day, named, others, context.seed, context.size, _staff(context))
    order = sorted(range(len(drawn)), key=lambda number: min(task.start for task in drawn[number].tasks))
    ids: dict[int, int] = {}
    tasks: dict[int, list[int]] = {}
    for done, number in enumerate(order):
        context.progress("projects", done, len(order))
        ids[number], tasks[number] = _project(context, drawn[number], templates)
    every = list(ids.values())
    for start in range(0, len(every), _PART):
        with context.acting(None, context.moment(0)) as records:
            replan(records, every[start : start + _PART], context.day)
    with context.acting(None, context.moment(0)) as records:
        _shown_dates(records, context, {ids[number]: one for number, one in enumerate(drawn)})
    _story(context, drawn, ids, tasks)
    _hours(context, drawn, ids, tasks)


# ---- who it is for


def _customers(context: Any) -> tuple[dict[str, Customer], list[Customer]]:
    """Customers of the story, then others that bought something, with the deal they bought."""
    if "crm.account" not in context.runtime.registry.entities:
        return {}, []
    made = {context.made[key]: key for key in _STORY if key in context.made}
    most = max(200, 2 * plan.SIZES[context.size].projects)
    with context.acting(None, context.moment(-1)) as records:
        rows: list[Any] = []
        cursor = None
        while len(rows) < most:
            page = records.query(
                "crm.account", fields=("name", "name_alt", "address"), sort="title", limit=100, cursor=cursor,
                filters={"role": "customer", "life": "won", "frozen": "false"},
            )  # fmt: skip
            rows += page.rows
            cursor = page.next
            if cursor is None:
                break
        deals = _deals(records, [row.id for row in rows])
    known = [
        (made.get(row.id, ""), Customer(row.id, row["name"], row.get("name_alt") or row["name"],
                                        (row.get("address") or {}).get("country") == "CN", deals.get(row.id)))
        for row in rows
    ]  # fmt: skip
    story = {"tangyu_waste", "tangyu_net"} & set(context.made)
    kept = {context.made[key] for key in story}
    others = [one for key, one in known if not key and one.account not in kept]
    chinese, western = [one for one in others if one.chinese], [one for one in others if not one.chinese]
    mixed = [one for pair in zip(chinese, western, strict=False) for one in pair]
    return {key: one for key, one in known if key}, mixed


def _staff(context: Any) -> list[str]:
    """Field and project engineers whom only the larger companies have, by key."""
    keys = {user: key for key, user in context.people.items() if key.startswith("staff-")}
    if not keys:
        return []
    wanted = {context.units.get(unit) for unit in ("field", "projects")}
    with context.acting(None, context.moment(0)) as records:
        places = directory.units_of(records, list(keys))
    return [key for user, key in keys.items() if places.get(user) in wanted]


def _deals(records: Any, accounts: list[int]) -> dict[int, int]:
    if "crm.opportunity" not in records.runtime.registry.entities or not accounts:
        return {}
    found: dict[int, int] = {}
    for start in range(0, len(accounts), 100):
        page = records.query(
            "crm.opportunity", fields=("account",), sort="-created_at", limit=200,
            filters={"account__in": accounts[start : start + 100], "outcome": "won"},
        )  # fmt: skip
        for row in page.rows:
            found.setdefault(row["account"].id, row.id)
    return found


# ---- templates


def _templates(context: Any) -> dict[str, int]:
    made = {}
    with context.acting("project", context.moment(-500)) as records:
        for template in (*texts.TEMPLATES, *((texts.CARE,) if context.size != "small" else ())):
            row = records.create("projects.template", {"name": template.name, "name_alt": template.name_alt})
            made[template.key] = row["id"]
            steps = [_step(row["id"], place, step, template) for place, step in enumerate(template.steps, 1)]
            for place, (name, alt) in enumerate(template.goals, 1):
                after = ", ".join(str(n) for n, step in enumerate(template.steps, 1) if step.goal == place)
                last = place == len(template.goals)
                steps.append({"template": row["id"], "kind": "milestone", "position": 100 + place, "name": name,
                              "name_alt": alt, "days": 0, "after": after, "shared": True, "acceptance": last,
                              "phase": template.phases[-1][0] if last else template.phases[min(place, 2) - 1][0],
                              "phase_alt": template.phases[-1][1] if last else template.phases[min(place, 2) - 1][1],
                              })  # fmt: skip
            records.load("projects.template_step", steps)
    return made


def _step(template: int, place: int, step: texts.Step, kind: texts.Template) -> dict[str, Any]:
    phase, alt = kind.phases[step.phase - 1]
    return {"template": template, "kind": "task", "position": place, "name": step.name, "name_alt": step.name_alt,
            "phase": phase, "phase_alt": alt, "days": step.days, "effort": step.effort, "after": step.after}  # fmt: skip


# ---- projects


def _project(context: Any, one: Drawn, templates: dict[str, int]) -> tuple[int, list[int]]:
    """Make a project as it is today; returns its id and those of its tasks."""
    people, customer = context.people, one.customer
    begin = min(task.start for task in one.tasks)
    at = context.moment(min((begin - context.day).days - 12, -1))
    budget = {"haverdijk": {"amount": "96000.00", "currency": "EUR"},
              "tangyu": {"amount": "230000.00", "currency": "CNY"}}.get(one.key)  # fmt: skip
    last = max((task.done_on for task in one.tasks if task.done_on), default=None)
    values = {
        "name": one.name, "name_alt": one.name_alt, "status": one.status, "owner": people.get(one.lead),
        "customer": customer.account if customer else None, "source": customer.deal if customer else None,
        "template": templates.get(one.template), "starts_on": begin, "ends_on": one.ends_on, "country": one.country,
        "currency": "EUR" if one.country != "CN" else "CNY", "budget": budget, "unit": context.units.get("projects"),
        "shared": customer is not None and one.status != "planned", "created_at": at,
        "finished_on": last if one.status == "finished" else None,
        "health": "watch" if one.key == "tangyu" else "good",
    }  # fmt: skip
    if one.key == "ld4":
        values["unit"] = context.units.get("product")
    if one.key == "haverdijk":
        values["contact"] = context.made.get("contact.haverdijk.Lieke Haagstra")
        values["site"] = {"country": "NL", "city": "Haverdijk", "lines": ["Pompweg 2"]}
    known = _known_fields(context)
    with context.acting(None, at) as records:
        made = records.load(PROJECT, [_given({k: v for k, v in values.items() if k in known})])
        project = made.created[0]
        if one.key:
            context.made[f"project.{one.key}"] = project
        owner = people.get(one.lead)
        phases = records.load(PHASE, [
            {"name": name, "name_alt": alt, "project": project, "position": place, "owner": owner}
            for place, (name, alt) in enumerate(one.phases, 1)
        ]).created  # fmt: skip
        goals = records.load(MILESTONE, [
            _goal(context, one, place, row) | {"project": project, "phase": phases[row[2] - 1], "owner": owner}
            for place, row in enumerate(one.goals, 1)
        ]).created  # fmt: skip
        tasks = records.load(TASK, [
            _task(context, task, place, begin) | {
                "project": project, "phase": phases[task.step.phase - 1], "created_at": at,
                **({"milestone": goals[task.step.goal - 1]} if task.step.goal else {})}
            for place, task in enumerate(one.tasks, 1)
        ]).created  # fmt: skip
        records.load(DEPENDENCY, [
            {"before": tasks[before - 1], "after": tasks[place - 1], "kind": kind, "lag": lag, "owner": owner}
            for place, before, kind, lag in one.links
        ])  # fmt: skip
    return project, list(tasks)


def _known_fields(context: Any) -> set[str]:
    """Names that a project of this installation may be made with."""
    return {*context.runtime.registry.entities[PROJECT].fields, "owner", "unit", "created_at"}


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _goal(context: Any, one: Drawn, place: int, row: tuple[str, str, int, bool, bool]) -> dict[str, Any]:
    name, alt, _phase, shared, acceptance = row
    before = [task for task in one.tasks if task.step.goal == place]
    due = max((task.due for task in before), default=one.ends_on)
    done = bool(before) and all(task.status == "done" for task in before)
    values: dict[str, Any] = {"name": name, "name_alt": alt, "shared": shared and one.customer is not None,
                              "acceptance": acceptance, "planned_on": due, "shown_on": due if shared else None}  # fmt: skip
    if one.key == "haverdijk" and place == 2:
        values |= {"status": "waiting", "reached_on": context.day - timedelta(days=6)}
    elif done:
        values |= {"status": "accepted" if acceptance else "reached", "reached_on": due}
    return _given(values)


def _task(context: Any, task: plan.Task, place: int, begin: date) -> dict[str, Any]:
    step = task.step
    values = {
        "name": step.name, "name_alt": step.name_alt, "status": task.status, "starts_on": task.start,
        "due_on": task.due, "days": step.days, "effort": step.effort, "progress": task.progress, "position": place,
        "not_before": task.start if not step.after or task.status != "open" else begin, "done_on": task.done_on,
        "owner": context.people.get(task.person), "partner": context.made.get(task.partner) if task.partner else None,
    }  # fmt: skip
    known = context.runtime.registry.entities[TASK].fields
    return _given({name: value for name, value in values.items() if name in known or name == "owner"})


def _shown_dates(records: Any, context: Any, drawn: dict[int, Drawn]) -> None:
    """Customers see the dates of the plan, but those of the late project, which nobody has published yet."""
    late = next((key for key, one in drawn.items() if one.key == "tangyu"), None)
    if late is None:
        return
    rows = records.query(MILESTONE, fields=("due_on", "status"), filters={"project": str(late)}, limit=20).rows
    calendar = Workdays(context.day - timedelta(days=400), "CN")
    moved = {}
    for row in rows:
        if row.get("due_on") and row["status"] == "planned":
            before = row["due_on"] - timedelta(days=plan.LATE)
            day = before if calendar.works(before) else calendar.day(calendar.number(before) - 1)
            moved[row.id] = {"planned_on": day, "shown_on": day}
    if moved:
        records.update_many(MILESTONE, moved)


# ---- the story around them


def _story(context: Any, drawn: list[Drawn], ids: dict[int, int], tasks: dict[int, list[int]]) -> None:
    by_key = {one.key: number for number, one in enumerate(drawn) if one.key}
    with context.acting(None, context.moment(-4)) as records:
        # Written by the lead, in Rotterdam.
        reason = ("Castings came eleven days late; station 2 may stop only at night.",
                  "铸件晚到十一天；二号站只能夜间停机。")[context.side(False)]  # fmt: skip
        records.update(PROJECT, ids[by_key["tangyu"]], {"late_reason": reason}, version=None)
        rows = []
        for key, name, alt, probability, impact, measure, measure_alt in texts.RISKS:
            lead = context.people.get(drawn[by_key[key]].lead)
            chinese = context.side(key != "haverdijk")
            rows.append({"subject": (name, alt)[chinese], "project": ids[by_key[key]], "probability": probability,
                         "impact": impact, "measure": (measure, measure_alt)[chinese], "owner": lead})  # fmt: skip
        records.load("projects.risk", rows)
        mine = tasks[by_key["haverdijk"]][26]
        records.load("projects.check", [
            {"text": (name, alt)[context.side(True)], "task": mine, "done": done, "position": place,
             "owner": context.people.get("employee")}
            for place, (name, alt, done) in enumerate(texts.CHECKS, 1)
        ])  # fmt: skip


# ---- hours


def _hours(context: Any, drawn: list[Drawn], ids: dict[int, int], tasks: dict[int, list[int]]) -> None:
    by_key = {one.key: number for number, one in enumerate(drawn) if one.key}
    mine = by_key["haverdijk"]
    with context.acting(None, context.moment(-700)) as records:
        rates = [
            {"person": context.people.get(person), "rate": {"amount": f"{rate}.00", "currency": currency},
             "valid_from": context.day - timedelta(days=900)}
            for currency, some in (("EUR", hours.EURO_RATES), ("CNY", hours.YUAN_RATES))
            for person, rate in some.items() if person in context.people
        ]  # fmt: skip
        rates.append({"person": context.people.get("employee"), "project": ids[mine],
                      "rate": {"amount": "70.00", "currency": "EUR"},
                      "valid_from": context.day - timedelta(days=900)})  # fmt: skip
        records.load("projects.rate", [_given(row) for row in rates])
    spans = [(task.start, task.due, task.person) for task in drawn[mine].tasks]
    rows = [
        _entry(context, entry, drawn[mine], ids[mine], tasks[mine], hours.HAVERDIJK_RATES)
        for entry in (*hours.haverdijk(context.day, spans), *hours.waiting(context.day))
    ]
    running = {
        number: sorted({task.person for task in one.tasks if task.person in hours.YUAN_RATES})[:3]
        for number, one in enumerate(drawn)
        if one.status == "running" and one.country == "CN" and one.key != "haverdijk" and number < _HOURS
    }
    for number, entries in hours.other_hours(context.day, running).items():
        rows += [_entry(context, one, drawn[number], ids[number], [], hours.YUAN_RATES) for one in entries]
    with context.acting(None, context.moment(0) - timedelta(hours=4)) as records:
        records.load(HOURS, rows)
        sum_up(records, list(ids.values()))


def _entry(
    context: Any, one: hours.Entry, drawn: Drawn, project: int, tasks: list[int], rates: dict[str, int]
) -> dict[str, Any]:
    currency = "EUR" if drawn.country != "CN" else "CNY"
    approved = one.status == "approved"
    values = {
        "project": project, "task": tasks[one.place - 1] if one.place and tasks else None, "day": one.day,
        "hours": one.hours, "status": one.status, "owner": context.people.get(one.person),
        "cost": Money(Decimal(one.hours * rates[one.person]), currency) if approved else None,
    }  # fmt: skip
    return _given(values)
