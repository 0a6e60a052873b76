"""Reports about deals: funnel with win rate, conversion and cycle; results against targets; reasons of losses."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from weft.core.sdk import Text, current_locale, in_script, translator
from weft.core.websdk import Cell, Period, Report, Section, View, read_period, report_page
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.queries.reports import Amounts, mean_median, percent, share
from weft.plugins.crm.services import planning
from weft.plugins.crm.services import reports as figures
from weft.plugins.crm.services.reports import CONTACT_KINDS, Scope, Stage
from weft.plugins.crm.views.report_parts import (
    amounts_note,
    chosen_scope,
    count,
    deals_url,
    label_of,
    money,
    names_of_people,
    names_of_units,
    overall,
    page_url,
    rows_of,
)

__all__ = ["show_funnel", "show_losses", "show_results"]

_ = translator("crm")

_HOW_FUNNEL = _(
    "Win rate is won / (won + lost) of the deals that ended in the period (R2). Conversion of leads is converted / made"
    " in the period; of a stage: the deals made in the period that ever entered the next stage / that ever entered this"
    " one, from their history (R3). Cycle is the days from making a deal to winning it (R4)."
)
_HOW_RESULTS = _(
    "Won is the amount of the deals won in the period, by who owned them at the end and by the rate of that day;"
    " attainment is won / target of the same months (R11). Contacts are finished calls, visits, meetings, mails and"
    " messages. Developed customers became potential or won in the period."
)
_HOW_LOSSES = _(
    "Deals lost in the period, by reason and by competitor; amounts in company currency by the rate of the day they"
    " were lost (R14)."
)


# ---- funnel


def show_funnel(view: View) -> Any:
    """Open deals by stage and person, win rate, conversion, cycle."""
    period = read_period(view, default="year")
    scope, choices = chosen_scope(view)
    steps = figures.stages(view.records)
    opened = [one for one in steps if one.outcome == "open"]
    ended = figures.outcomes(view.records, scope, period.first, period.end)
    rate = percent(ended["won"], ended["won"] + ended["lost"])
    days = mean_median(figures.cycle(view.records, scope, period.first, period.end))
    within = {**scope.ended(), **period.filters("closed_on")}
    shown = [
        {"label": _("Win rate"), "cell": Cell(rate, "percent")},
        {"label": _("Won"), "cell": count(ended["won"], deals_url(view, within, {"outcome": "won"}))},
        {"label": _("Lost"), "cell": count(ended["lost"], deals_url(view, within, {"outcome": "lost"}))},
        {"label": _("Cycle, mean"), "cell": Cell(days[0] if days else None, "decimal"), "note": _("days")},
        {"label": _("Cycle, median"), "cell": Cell(days[1] if days else None, "decimal"), "note": _("days")},
    ]
    sections = [
        *_stage_tables(view, scope, opened),
        _rates(view, scope, period),
        _leads(view, scope, period),
        _conversion(view, scope, period, steps),
    ]
    report = Report(
        "funnel", _("Funnel"), "crm.opportunity", _HOW_FUNNEL, period, choices=choices, figures=shown,
        sections=[one for one in sections if one is not None],
    )  # fmt: skip
    return report_page(view, report)


def _stage_tables(view: View, scope: Scope, steps: list[Stage]) -> list[Section]:
    """Open deals now: stages, and stages by person with number and amount; every cell opens just these."""
    opened = {"outcome": "open", **scope.owned()}
    by_owner = {one.id: figures.forecast(view.records, scope, "owner", {}, [one]) for one in steps}
    whole: dict[int, Amounts] = {}
    for one in steps:
        whole[one.id] = Amounts()
        for sums in by_owner[one.id].values():
            whole[one.id].join(sums)
    largest = max((sums.amount for sums in whole.values()), default=Decimal(0))
    rows = []
    for one in steps:
        sums, url = whole[one.id], deals_url(view, opened, {"stage": str(one.id)})
        rows.append(
            {"name": Cell(label_of(one), "text"), "bar": share(sums.amount, largest), "deals": count(sums.count, url),
             "amount": money(view, sums.amount, url if sums.count else ""), "weighted": money(view, sums.weighted)}
        )  # fmt: skip
    note = amounts_note(view, whole.values())
    columns = (("name", _("Stage")), ("deals", _("Deals")), ("amount", _("Amount")), ("weighted", _("Weighted")))
    sections = [Section(_("Open deals by stage"), columns, rows, None, note, _("No open deals."))]
    owners = sorted({owner for found in by_owner.values() for owner in found}, key=lambda one: one or 0)
    if scope.owner or len(owners) < 2:
        return sections
    names = names_of_people(view, owners)
    owners.sort(
        key=lambda one: -sum((by_owner[step.id][one].amount for step in steps if one in by_owner[step.id]), Decimal(0))
    )
    heads: list[tuple[str, Text]] = [("name", _("Person")), *((str(one.id), label_of(one)) for one in steps)]
    heads.append(("all", _("Together")))
    for title, amounts in ((_("Stage by person: deals"), False), (_("Stage by person: amount"), True)):
        lines = [_owner_line(view, owner, names[owner], steps, by_owner, opened, amounts) for owner in owners]
        sections.append(Section(title, heads, lines, None, note if amounts else ""))
    return sections


def _owner_line(
    view: View, owner: int | None, name: str, steps: list[Stage], found: Mapping[int, Mapping[Any, Amounts]],
    opened: Mapping[str, str], amounts: bool,
) -> dict[str, Any]:  # fmt: skip
    own = {"owner": str(owner)} if owner else {"owner__isnull": "true"}
    line: dict[str, Any] = {"name": Cell(name, "text")}
    whole = Amounts()
    for one in steps:
        sums = found[one.id].get(owner)
        if sums is None:
            line[str(one.id)] = Cell(None, "money" if amounts else "integer")
            continue
        whole.join(sums)
        url = deals_url(view, opened, own, {"stage": str(one.id)})
        line[str(one.id)] = money(view, sums.amount, url) if amounts else count(sums.count, url)
    url = deals_url(view, opened, own)
    return line | {"all": money(view, whole.amount, url) if amounts else count(whole.count, url)}


def _rates(view: View, scope: Scope, period: Period) -> Section | None:
    """Win rate per person who owned the deals at the end."""
    if scope.owner:
        return None
    found = figures.outcomes(view.records, scope, period.first, period.end, "closed_owner")
    names = names_of_people(view, list(found))
    rows = []
    for owner, number in sorted(found.items(), key=lambda pair: (-pair[1]["won"], names[pair[0]])):
        own = {"closed_owner": str(owner)} if owner else {"closed_owner__isnull": "true"}
        within = {**scope.ended(), **own, **period.filters("closed_on")}
        rate = percent(number["won"], number["won"] + number["lost"])
        rows.append(
            {"name": Cell(names[owner], "text"), "bar": int(rate or 0), "rate": Cell(rate, "percent"),
             "won": count(number["won"], deals_url(view, within, {"outcome": "won"})),
             "lost": count(number["lost"], deals_url(view, within, {"outcome": "lost"}))}
        )  # fmt: skip
    columns = (("name", _("Person")), ("won", _("Won")), ("lost", _("Lost")), ("rate", _("Win rate")))
    return Section(_("Win rate by person"), columns, rows, None, "", _("No deal ended in this time."))


def _leads(view: View, scope: Scope, period: Period) -> Section:
    found = figures.lead_counts(view.records, scope, period.first, period.end)
    whole = sum(found.values())
    within = {**scope.owned(), **period.filters("created_at")}
    rows = [
        {"name": Cell(label, "text"), "bar": share(found[code], whole),
         "share": Cell(percent(found[code], whole), "percent"),
         "leads": count(found[code], rows_of(view, "crm.lead", within, {"status": code}))}
        for code, label in words.LEAD_STATE.labels.items() if found.get(code)
    ]  # fmt: skip
    total = {"name": str(_("Made in the period")), "leads": count(whole, rows_of(view, "crm.lead", within))}
    columns = (("name", _("Leads")), ("leads", _("Number")), ("share", _("Share", "part of a whole")))
    return Section(_("Leads"), columns, rows, total if rows else None, "", _("No lead was made in this time."))


def _conversion(view: View, scope: Scope, period: Period, steps: list[Stage]) -> Section:
    names = {one.id: label_of(one) for one in steps}
    rows = [
        {"name": Cell(f"{names[one.stage]} → {names[one.following]}", "text"),
         "entered": Cell(one.entered), "on": Cell(one.went_on), "bar": int(percent(one.went_on, one.entered) or 0),
         "rate": Cell(percent(one.went_on, one.entered), "percent")}
        for one in figures.stage_conversion(view.records, scope, period.first, period.end, steps)
    ]  # fmt: skip
    columns = (("name", _("Stage")), ("entered", _("Entered")), ("on", _("Went on")), ("rate", _("Conversion")))
    note = _("Of the deals made in the period, from their history.")
    return Section(_("Conversion by stage"), columns, rows, None, note)


# ---- results


def show_results(view: View) -> Any:
    """Won against targets, contacts and developed customers, per person and team."""
    period = read_period(view, ("month", "quarter", "year"))
    scope, choices = chosen_scope(view)
    came = figures.won(view.records, scope, "closed_owner", period.first, period.end)
    plan = planning.targets(view.records, "person", period.first, period.end, _planned(scope))
    if scope.owner:
        plan = {owner: amount for owner, amount in plan.items() if owner == scope.owner}
    whole = Amounts()
    for sums in came.values():
        whole.join(sums)
    target = sum(plan.values(), Decimal(0))
    within = {"outcome": "won", **scope.ended(), **period.filters("closed_on")}
    wanted = rows_of(view, "crm.target", _planned(scope), period.filters("month"))
    shown = [
        {"label": _("Won"), "cell": money(view, whole.amount, deals_url(view, within)), "note": _rated(view, whole)},
        {"label": _("Target"), "cell": money(view, target or None, wanted)},
        {"label": _("Attainment"), "cell": Cell(percent(whole.amount, target), "percent")},
        {"label": _("Deals won"), "cell": count(whole.count, deals_url(view, within))},
    ]  # fmt: skip
    sections = [_people(view, scope, period, came, plan), _teams(view, scope, period), *_work(view, scope, period)]
    actions = []
    if overall(view):
        actions.append({"label": str(_("Targets")), "url": page_url(view, "targets/grid"), "icon": "target"})
    report = Report(
        "results", _("Results and targets"), "crm.opportunity", _HOW_RESULTS, period, ("month", "quarter", "year"),
        choices, shown, [one for one in sections if one is not None], actions,
    )  # fmt: skip
    return report_page(view, report)


def _planned(scope: Scope) -> dict[str, str]:
    return {"person": str(scope.owner)} if scope.owner else {"person__isnull": "false", **_units(scope)}


def _units(scope: Scope) -> dict[str, str]:
    return {"unit__in": ",".join(map(str, scope.units))} if scope.units else {}


def _rated(view: View, sums: Amounts) -> str:
    """In what a sum is that was converted day by day."""
    return amounts_note(view, [Amounts(missing=sums.missing)])


def _people(
    view: View, scope: Scope, period: Period, came: Mapping[Any, Amounts], plan: Mapping[Any, Decimal]
) -> Section:
    owners = list(dict.fromkeys([*came, *plan]))
    names = names_of_people(view, owners)
    rows = []
    for owner in sorted(owners, key=lambda one: (-(came[one].amount if one in came else Decimal(0)), names[one])):
        sums, target = came.get(owner, Amounts()), plan.get(owner)
        own = {"closed_owner": str(owner)} if owner else {"closed_owner__isnull": "true"}
        url = deals_url(view, {"outcome": "won", **scope.ended(), **own, **period.filters("closed_on")})
        rate = percent(sums.amount, target or 0)
        wanted = rows_of(view, "crm.target", {"person": str(owner)}, period.filters("month"))
        rows.append(
            {"name": Cell(names[owner], "text"), "bar": None if rate is None else min(100, int(rate)),
             "deals": count(sums.count, url), "won": money(view, sums.amount, url if sums.count else ""),
             "target": money(view, target, wanted), "rate": _attained(rate)}
        )  # fmt: skip
    columns = (
        ("name", _("Person")), ("deals", _("Deals won")), ("won", _("Won")), ("target", _("Target")),
        ("rate", _("Attainment")),
    )  # fmt: skip
    note = _rated(view, Amounts(missing={code for sums in came.values() for code in sums.missing}))
    return Section(_("By person"), columns, rows, None, note, _("Nothing was won in this time, and no target is set."))


def _attained(rate: Decimal | None) -> Cell:
    return Cell(rate, "percent", "", "good" if rate is not None and rate >= 100 else "")


def _teams(view: View, scope: Scope, period: Period) -> Section | None:
    """Teams with deals won or a target of their own; without one, the sum of the targets of their people."""
    if scope.owner or not overall(view):
        return None
    came = figures.won(view.records, scope, "unit", period.first, period.end)
    own = planning.targets(view.records, "team", period.first, period.end)
    people = planning.targets(view.records, "unit", period.first, period.end, {"person__isnull": "false"})
    units = [one for one in dict.fromkeys([*came, *own]) if one]
    names = names_of_units(view, units)
    rows: list[dict[str, Any]] = []
    for unit in sorted(units, key=lambda one: -(came[one].amount if one in came else Decimal(0))):
        below = set(figures.teams(view.records, unit))
        sums = Amounts()
        for key, found in came.items():
            if key in below:
                sums.join(found)
        target = own.get(unit) or sum((amount for key, amount in people.items() if key in below), Decimal(0)) or None
        filters = {"outcome": "won", "unit__in": ",".join(map(str, sorted(below))), **period.filters("closed_on")}
        url, rate = deals_url(view, filters), percent(sums.amount, target or 0)
        rows.append(
            {"name": Cell(names[unit], "text"), "bar": None if rate is None else min(100, int(rate)),
             "deals": count(sums.count, url), "won": money(view, sums.amount, url if sums.count else ""),
             "target": money(view, target), "rate": _attained(rate)}
        )  # fmt: skip
    columns = (
        ("name", _("Team")), ("deals", _("Deals won")), ("won", _("Won")), ("target", _("Target")),
        ("rate", _("Attainment")),
    )  # fmt: skip
    note = _("With the teams below each. A team without a target of its own has the sum of those of its people.")
    return Section(_("By team"), columns, rows, None, note) if rows else None


def _work(view: View, scope: Scope, period: Period) -> list[Section]:
    """Contacts by kind and customers developed, per person."""
    found = figures.contacts(view.records, scope, period.first, period.end)
    moves = figures.life_moves(view.records, scope, period.first, period.end)
    up = figures.developed(view.records, moves)
    owners = list(dict.fromkeys([*found, *up]))
    names = names_of_people(view, owners)
    labels = dict(words.ACTIVITY_KIND.labels)
    rows = []
    for owner in sorted(owners, key=lambda one: (-sum(found.get(one, {}).values()), names[one])):
        own = {"owner": str(owner)} if owner else {"owner__isnull": "true"}
        done = {"status": "done", **scope.owned(), **own, **period.filters("at")}
        kinds = found.get(owner, {})
        line: dict[str, Any] = {"name": Cell(names[owner], "text")}
        for kind in CONTACT_KINDS:
            line[kind] = count(kinds.get(kind, 0), rows_of(view, "crm.activity", done, {"kind": kind}))
        together = {"kind__in": ",".join(CONTACT_KINDS)}
        line["all"] = count(sum(kinds.values()), rows_of(view, "crm.activity", done, together))
        ids = sorted(up.get(owner, ()))
        line["up"] = count(len(ids), rows_of(view, "crm.account", {"id__in": ",".join(map(str, ids[:200]))}))
        rows.append(line)
    columns = (
        ("name", _("Person")), *((kind, labels[kind]) for kind in CONTACT_KINDS), ("all", _("Contacts")),
        ("up", _("Customers developed")),
    )  # fmt: skip
    return [
        Section(
            _("Contacts and customers developed"), columns, rows, None, "", _("No contact was logged in this time.")
        )
    ]


# ---- losses


def show_losses(view: View) -> Any:
    """Lost deals by reason and by competitor."""
    period = read_period(view, default="year")
    scope, choices = chosen_scope(view)
    found = figures.lost(view.records, scope, period.first, period.end)
    whole = Amounts()
    for sums in found.values():
        whole.join(sums)
    within = {"outcome": "lost", **scope.ended(), **period.filters("closed_on")}
    shown = [
        {"label": _("Deals lost"), "cell": count(whole.count, deals_url(view, within))},
        {"label": _("Amount"), "cell": money(view, whole.amount, deals_url(view, within)), "note": _rated(view, whole)},
    ]
    sections = [
        _lost_by(view, found, within, 0, "loss_reason", _("By reason"), _("Loss reason"), _("No reason given")),
        _lost_by(view, found, within, 1, "competitor", _("By competitor"), _("Competitor"), _("No competitor named")),
    ]
    report = Report(
        "losses", _("Loss reasons"), "crm.opportunity", _HOW_LOSSES, period, choices=choices, figures=shown,
        sections=sections,
    )  # fmt: skip
    return report_page(view, report)


def _lost_by(
    view: View, found: Mapping[tuple[int | None, int | None], Amounts], within: Mapping[str, str], place: int,
    name: str, title: Any, head: Any, none: Any,
) -> Section:  # fmt: skip
    sums: dict[int | None, Amounts] = {}
    for pair, amounts in found.items():
        sums.setdefault(pair[place], Amounts()).join(amounts)
    titles = view.records.titles([key for key in sums if key])
    whole = sum(one.count for one in sums.values())
    rows = []
    for key, one in sorted(sums.items(), key=lambda line: -line[1].count):
        own = {name: str(key)} if key else {f"{name}__isnull": "true"}
        url = deals_url(view, within, own)
        ref = titles.get(key) if key else None
        words_of = in_script(ref.title, ref.alt, current_locale())[0] if ref else str(none)
        rows.append(
            {"name": Cell(words_of, "text"), "bar": share(one.count, whole), "deals": count(one.count, url),
             "share": Cell(percent(one.count, whole), "percent"), "amount": money(view, one.amount, url)}
        )  # fmt: skip
    columns = (("name", head), ("deals", _("Deals")), ("share", _("Share", "part of a whole")), ("amount", _("Amount")))
    return Section(title, columns, rows, None, "", _("No deal was lost in this time."))
