"""Targets: people by months in one grid, saved at once; the plain list stays for import, export and history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from weft.core.sdk import (
    HttpRoute,
    ListView,
    Money,
    NavEntry,
    company_currency,
    current_locale,
    directory,
    in_script,
    translator,
)
from weft.core.websdk import Period, View
from weft.plugins.crm.grants import EXECUTIVE, MANAGER, REP
from weft.plugins.crm.queries.reports import add_months, first_of_month
from weft.plugins.crm.services import planning
from weft.plugins.crm.views.report_parts import page_url

_ = translator("crm")

_SHOWN = 6
_LARGEST = Decimal(10) ** 15


def show_grid(view: View) -> Any:
    """People by months."""
    return _page(view, {}, {})


def _months(view: View) -> list[date]:
    """The months shown: the chosen one and the five after it."""
    try:
        start = first_of_month(date.fromisoformat(view.args.get("at", "")))
    except ValueError:
        start = add_months(first_of_month(view.today), -1)
    return [add_months(start, number) for number in range(_SHOWN)]


def _people(view: View) -> list[Any]:
    """Who sells; a salesperson sees the own line."""
    if not view.principal.roles & {MANAGER, EXECUTIVE}:
        return list(directory.persons(view.records, [view.principal.user_id]).values())
    found = {
        one.id: one for role in (REP, MANAGER) for one in directory.colleagues(view.records, role=role, limit=1000)
    }
    return sorted(found.values(), key=lambda one: in_script(one.name, one.name_alt, current_locale())[0])


def _stored(view: View, months: list[date]) -> dict[tuple[int, date], Money]:
    found: dict[tuple[int, date], Money] = {}
    for row in planning.person_targets(view.records, months[0], add_months(months[-1], 1)):
        found[row["person"].id, row["month"]] = row["amount"]
    return found


def _text(view: View, money: Money | None) -> str:
    """An amount as it stands in its cell: grouped, decimals only where it has some."""
    return "" if money is None else str(view.formats.amount(money))


def _page(view: View, typed: dict[str, str], errors: dict[str, str]) -> Any:
    months, people = _months(view), _people(view)
    stored = _stored(view, months)
    writable = MANAGER in view.principal.roles
    won = planning.targets(
        view.records, "month:month", months[0], add_months(months[-1], 1), {"person__isnull": "false"}
    )
    rows = []
    for person in people:
        cells = []
        for month in months:
            name, money = f"t-{person.id}-{month:%Y-%m}", stored.get((person.id, month))
            cells.append(
                {"name": name, "value": typed.get(name, _text(view, money)), "base": _text(view, money),
                 "currency": money.currency if money else company_currency(view.records), "error": errors.get(name, ""),
                 "label": f"{in_script(person.name, person.name_alt, current_locale())[0]}, "
                          f"{Period.of('month', month).label}"}
            )  # fmt: skip
        rows.append({"name": in_script(person.name, person.name_alt, current_locale())[0], "cells": cells})
    heads = [
        {"label": Period.of("month", month).label,
         "url": page_url(view, "results", period="month", at=month.isoformat()), "key": f"{month:%Y-%m}",
         "sum": view.formats.number(round(won.get(f"{month:%Y-%m}", Decimal(0))))}
        for month in months
    ]  # fmt: skip
    here = page_url(view, "targets/grid", at=months[0].isoformat())
    title = str(_("Targets"))
    head = {
        "title": title,
        "crumbs": {"links": [{"label": str(_("Reports")), "url": view.page("reports")}]},
        "actions": [{"label": str(_("As a list")), "url": view.url("crm.target"), "icon": "list"}],
    }
    data = {
        "head": head, "heads": heads, "rows": rows, "action": here, "writable": writable,
        "currency": company_currency(view.records), "errors": list(errors.values()),
        "turn": {
            "label": f"{heads[0]['label']} – {heads[-1]['label']}",
            "prev_url": page_url(view, "targets/grid", at=add_months(months[0], -_SHOWN).isoformat()),
            "next_url": page_url(view, "targets/grid", at=add_months(months[0], _SHOWN).isoformat()),
        },
    }  # fmt: skip
    return view.render("crm/targets.html", 422 if errors else 200, page={"title": title}, grid=data)


def save_grid(view: View) -> Any:
    """Save the cells that were changed; a button beside a month copies the month before into its empty cells."""
    months, people = _months(view), _people(view)
    copied = view.form.get("copy", "")
    month = next((one for one in months if f"{one:%Y-%m}" == copied), None)
    if month is not None:
        number = planning.copy_targets(view.records, month, [one.id for one in people])
        view.toast(_("%(n)s targets copied from the month before") % {"n": number}, undo=view.records.change_set_id)
        return view.redirect(page_url(view, "targets/grid", at=months[0].isoformat()))
    stored = _stored(view, months)
    errors: dict[str, str] = {}
    wishes: list[tuple[int, date, Money | None]] = []
    for person in people:
        for one in months:
            name = f"t-{person.id}-{one:%Y-%m}"
            text, base = view.form.get(name), view.form.get(f"{name}-base", "")
            if text is None or text.strip() == base:
                continue
            present = stored.get((person.id, one))
            if _text(view, present) != base:
                errors[name] = str(_("Somebody changed this target meanwhile: it is %(amount)s now.")
                                   % {"amount": _text(view, present) or "–"})  # fmt: skip
                continue
            amount = _amount(text)
            if amount is None and text.strip():
                errors[name] = str(_("Enter an amount such as 800000."))
                continue
            currency = present.currency if present else company_currency(view.records)
            wishes.append((person.id, one, None if amount is None else Money(amount, currency)))
    if errors:
        view.undo_all()
        return _page(view, view.form.to_dict(), errors)
    for owner, one, money in wishes:
        planning.set_target(view.records, owner, one, money)
    if wishes:
        view.toast(_("%(n)s targets saved") % {"n": len(wishes)}, undo=view.records.change_set_id)
    return view.redirect(page_url(view, "targets/grid", at=months[0].isoformat()))


def _amount(text: str) -> Decimal | None:
    """An amount as people type it: spaces and grouping commas are left out."""
    plain = "".join(text.replace(",", "").replace("，", "").split())
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    return round(amount, 2) if amount.is_finite() and 0 <= amount < _LARGEST else None


VIEWS: list[Any] = [
    ListView("crm.targets_month", "crm.target", _("This month"),
             {"month__gte": "month_start", "month__lte": "month_end"}, order=10),
    ListView("crm.targets_people", "crm.target", _("Of people"), {"person__isnull": "false"}, order=20),
    ListView("crm.targets_teams", "crm.target", _("Of teams"), {"team__isnull": "false"}, order=30),
]  # fmt: skip
NAVIGATION: list[Any] = [
    NavEntry(
        "crm.report_targets", "reports", _("Targets"), endpoint="crm.targets", order=35, subject=_("Sales"),
        help=_("What each person should win in a month."),
    )
]  # fmt: skip
RECORD_PAGES: list[Any] = []
SLOTS: list[Any] = []
ROUTES: list[Any] = [
    HttpRoute("/targets/grid", "crm.targets", show_grid, "grant:read:crm.target"),
    HttpRoute("/targets/grid", "crm.targets_save", save_grid, "grant:update:crm.target", ("POST",)),
]
