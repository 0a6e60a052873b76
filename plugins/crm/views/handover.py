"""Hand over a colleague's customers: choose whose, share them out, look at the numbers, do it in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    HttpRoute,
    NavEntry,
    NotFound,
    ValidationFailed,
    current_locale,
    directory,
    in_script,
    translator,
)
from weft.core.websdk import View
from weft.plugins.crm.services import allocation, handover
from weft.plugins.crm.services.loads import loads
from weft.plugins.crm.views.allocation import require_allocate

_ = translator("crm")

__all__ = ["NAVIGATION", "ROUTES"]

_ADDRESS = ("crm", "hand-over")


def show_handover(view: View) -> Any:
    """The people to choose from, or what one of them has."""
    person = _person(view, view.args.get("from", ""))
    if person is None:
        return _choose(view)
    return _share_out(view, person, {}, "")


def plan_handover(view: View) -> Any:
    """One step of sharing out, or the hand-over itself."""
    person = _person(view, view.form.get("from", ""))
    if person is None:
        raise NotFound("from")
    plan = _read(view.form.get("plan", ""))
    if view.form.get("do") == "apply":
        return _apply(view, person, plan)
    held = handover.holding(view.records, person.id)
    problem = ""
    try:
        plan = _next(view, held, plan)
    except ValidationFailed as error:
        problem = str(error.errors[0].message)
    return _share_out(view, person, plan, problem)


def _apply(view: View, person: Any, plan: dict[int, str]) -> Any:
    if plan:
        require_allocate(view, "crm.account", sorted(plan))
    try:
        number = handover.apply(view.records, person.id, plan)
    except ValidationFailed as error:
        view.undo_all()
        return _share_out(view, person, plan, str(error.errors[0].message))
    message = _("%(n)s accounts of %(name)s handed over")
    view.toast(message % {"n": number, "name": person.shown()[0]}, undo=view.records.change_set_id)
    return view.redirect(view.page(*_ADDRESS).rstrip("/"))


def _person(view: View, text: str) -> Any:
    return directory.persons(view.records, [int(text)]).get(int(text)) if text.isdigit() else None


# ---- the plan: "person:3=1,2;pool:9=4"


def _read(text: str) -> dict[int, str]:
    plan: dict[int, str] = {}
    for part in text[:100_000].split(";"):
        to, _equals, numbers = part.partition("=")
        for number in numbers.split(","):
            if number.isdigit():
                plan[int(number)] = to
    return plan


def _written(plan: Mapping[int, str]) -> str:
    groups: dict[str, list[int]] = defaultdict(list)
    for account, to in plan.items():
        groups[to].append(account)
    return ";".join(f"{to}={','.join(map(str, numbers))}" for to, numbers in groups.items())


def _next(view: View, held: Sequence[handover.Holding], plan: dict[int, str]) -> dict[int, str]:
    """The plan after the button that was pressed."""
    theirs = [one.row["id"] for one in held]
    plan = {account: to for account, to in plan.items() if account in set(theirs)}
    do = view.form.get("do", "")
    ticked = [int(number) for number in view.form.getlist("ticked") if number.isdigit() and int(number) in set(theirs)]
    rest = [account for account in theirs if account not in plan]
    if do == "clear":
        return {account: to for account, to in plan.items() if account not in (ticked or theirs)}
    if do == "rules":
        decisions = allocation.by_rules(view.records, "crm.account", ticked or rest)
        person = int(view.form.get("from", "0"))
        return plan | {
            one.record: f"person:{one.target.person}"
            for one in decisions
            if one.target is not None and one.target.person not in (None, person)
        }
    if do in ("ticked", "rest"):
        to = view.form.get("to", "")
        if not to:
            raise ValidationFailed.single("to", "required", _("Choose who gets them."))
        chosen = ticked if do == "ticked" else rest
        if not chosen:
            raise ValidationFailed.single("ticked", "required", _("Tick at least one account."))
        return plan | dict.fromkeys(chosen, to)
    return plan


# ---- pages


def _choose(view: View) -> Any:
    records = view.records
    gone = dict(handover.held_by_the_gone(records))
    sellers = allocation.sellers(records)
    held = {number: one.customers for number, one in loads(records, [*gone, *sellers]).items()} | gone
    people = directory.persons(records, [*gone, *sellers])
    rows = [
        {
            "title": people[number].shown()[0],
            "url": view.page(*_ADDRESS).rstrip("/") + f"?from={number}",
            "face": {"initials": people[number].initials, "slot": number % 6 + 1},
            "sub": str(_("has left")) if number in gone else "",
            "end": {
                "text": str(_("%(n)s customers") % {"n": view.formats.number(held[number])}),
                "tone": "late" if number in gone else None,
            },
        }
        for number in dict.fromkeys([*gone, *sellers])
        if number in people
    ]
    panel = {
        "title": str(_("Whose customers are handed over?")), "rows": rows, "rows_two": True, "full": True,
        "empty": {"title": str(_("Nobody has customers."))},
    }  # fmt: skip
    page = {"title": str(_("Hand-over"))}
    return view.render("crm/handover_choose.html", page=page, panel=panel)


def _share_out(view: View, person: Any, plan: Mapping[int, str], problem: str) -> Any:
    records = view.records
    held = handover.holding(records, person.id)
    receivers = _receivers(view, person.id)
    names = {one["value"]: one["label"] for one in receivers}
    search = view.form.get("q", "").strip().lower()
    rows = [_row(one, names.get(plan.get(one.row["id"], ""), "")) for one in held]
    shown = [row for row in rows if not search or search in f"{row['title']} {row['other']}".lower()]
    shares = handover.summary(records, held, plan)
    left = len([one for one in held if one.row["id"] not in plan])
    data = {
        "person": person.shown()[0],
        "rows": shown,
        "hidden": {"from": person.id, "plan": _written(plan)},
        "action": view.page(*_ADDRESS).rstrip("/"),
        "receivers": receivers,
        "search": view.form.get("q", ""),
        "shares": shares,
        "besides": handover.besides(records, person.id, plan),
        "total": len(held),
        "left": left,
        "adds_up": " + ".join(str(one.accounts) for one in shares) + f" = {len(held)}" if held else "0",
        "problem": problem,
        "back": {"url": view.page(*_ADDRESS).rstrip("/"), "label": str(_("Hand-over"))},
    }
    title = str(_("Hand-over of %(name)s") % {"name": data["person"]})
    page = {"title": title, "count": len(held), "back": data["back"]}
    return view.render("crm/handover.html", 422 if problem else 200, page=page, **data)


def _row(one: handover.Holding, to: str) -> dict[str, Any]:
    title, other = in_script(one.row["name"], one.row.get("name_alt"), current_locale())
    return {"id": one.row["id"], "title": title, "other": other, "deals": one.deals, "steps": one.steps, "to": to}


def _receivers(view: View, person: int) -> list[dict[str, str]]:
    """Colleagues who can have customers, then the pools in use."""
    people = [number for number in allocation.sellers(view.records) if number != person]
    pools = view.records.query("crm.pool", fields=(), filters={"active": "true"}, sort="position", limit=50).rows
    wanted = [*(f"person:{number}" for number in people), *(f"pool:{row['id']}" for row in pools)]
    names = handover.names_of(view.records, wanted)
    return [
        {"value": to, "label": names[to] if to.startswith("person:") else str(_("Pool %(name)s") % {"name": names[to]})}
        for to in wanted
        if to in names
    ]


def gone_owners(view: View) -> dict[str, Any]:
    """Colleagues who left and still have customers, each with the way to hand them over."""
    found = handover.held_by_the_gone(view.records)
    people = directory.persons(view.records, [user for user, _number in found])
    rows = [
        {
            "title": people[user].shown()[0],
            "url": view.page(*_ADDRESS).rstrip("/") + f"?from={user}",
            "face": {"initials": people[user].initials, "slot": user % 6 + 1},
            "end": {"text": str(_("%(n)s customers") % {"n": view.formats.number(number)}), "tone": "late"},
        }
        for user, number in found[:5]
    ]
    return {"rows": rows, "count": sum(number for _user, number in found), "period": str(_("has left"))}


def gone_link(view: View) -> str:
    """The hand-over page; with one such colleague, of that one."""
    return view.page(*_ADDRESS).rstrip("/")


NAVIGATION = [
    NavEntry("crm.nav_handover", "partners", _("Hand-over"), endpoint="crm.handover", order=70),
]
ROUTES = [
    HttpRoute("/hand-over", "crm.handover", show_handover, "grant:assign:crm.account"),
    HttpRoute("/hand-over", "crm.plan_handover", plan_handover, "grant:assign:crm.account", ("POST",)),
]
