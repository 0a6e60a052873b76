"""The forecast: what is open for which month, how reliable it was, and what moved out of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import translator
from weft.core.websdk import Cell, Period, Report, Section, View, read_period, report_page
from weft.plugins.crm.queries.reports import Amounts, add_months, first_of_month, mean_error, percent, share
from weft.plugins.crm.services import reports as figures
from weft.plugins.crm.services.reports import BackTest, Scope, Stage
from weft.plugins.crm.views.report_parts import (
    amounts_note,
    chosen_scope,
    count,
    deals_url,
    label_of,
    money,
    names_of_people,
    names_of_units,
)

__all__ = ["show_forecast"]

_ = translator("crm")
_MONTHS = 6
_KINDS = ("month", "quarter", "year")
_COLUMNS = (("deals", _("Deals")), ("amount", _("Amount")), ("weighted", _("Weighted")))
_HOW = _(
    "Weighted is the amount of each open deal times the probability of its stage, in company currency by today's rate,"
    " for deals expected to close in the period (R1). The error is the mean of |forecast − won| / won over the last six"
    " full months, where the forecast is the snapshot taken on the last day before the month."
)


def show_forecast(view: View) -> Any:
    """The page of the forecast."""
    period = read_period(view, _KINDS)
    scope, choices = chosen_scope(view)
    steps = [one for one in figures.stages(view.records) if one.outcome == "open"]
    within = period.filters("expected_close")
    tests = figures.back_test(view.records, scope, view.today)
    by_stage = figures.forecast(view.records, scope, "stage", within, steps)
    total = Amounts()
    for one in by_stage.values():
        total.join(one)
    sections = [
        _by_month(view, scope, period, steps),
        _by_stage(view, scope, within, steps, by_stage),
        *_groups(view, scope, within, steps),
        *_movement(view, scope, period, total),
        _tests(view, scope, tests),
    ]
    report = Report(
        "forecast", _("Forecast"), "crm.opportunity", _HOW, period, _KINDS, choices,
        _figures(view, scope, period, steps, total, tests), [one for one in sections if one is not None],
    )  # fmt: skip
    return report_page(view, report)


def _open(scope: Scope, *filters: Mapping[str, str]) -> dict[str, str]:
    found = {"outcome": "open", **scope.owned()}
    for one in filters:
        found |= one
    return found


def _figures(
    view: View, scope: Scope, period: Period, steps: list[Stage], total: Amounts, tests: list[BackTest]
) -> list[dict[str, Any]]:
    behind = deals_url(view, _open(scope, period.filters("expected_close")))
    late = {"expected_close__lt": view.today.isoformat()}
    passed = figures.forecast(view.records, scope, "stage", late, steps)
    gone = sum(one.count for one in passed.values())
    following = Period.of("month", view.today).shifted(1)
    soon = figures.forecast(view.records, scope, "stage", following.filters("expected_close"), steps)
    error = mean_error((one.said, one.won) for one in tests)
    note = (
        str(_("error of the last six months %(error)s") % {"error": view.formats.percent(error)})
        if error is not None
        else str(_("no error known yet"))
    )
    weighted = sum((one.weighted for one in soon.values()), Decimal(0))
    return [
        {"label": _("Weighted"), "cell": money(view, total.weighted, behind), "note": amounts_note(view, [total])},
        {"label": _("Amount"), "cell": money(view, total.amount, behind)},
        {"label": _("Deals"), "cell": count(total.count, behind)},
        {"label": _("Date passed"), "cell": Cell(gone, "integer", deals_url(view, _open(scope, late)) if gone else "",
                                                 "late" if gone else ""),
         "note": _("expected before today and still open; only those of this month count in a month below")},
        {"label": _("Next month"), "note": note,
         "cell": money(view, weighted, deals_url(view, _open(scope, following.filters("expected_close"))))},
    ]  # fmt: skip


def _line(view: View, words: Any, sums: Amounts, url: str, largest: Decimal) -> dict[str, Any]:
    return {
        "name": words if isinstance(words, Cell) else Cell(words, "text"),
        "bar": share(sums.weighted, largest),
        "deals": count(sums.count, url),
        "amount": money(view, sums.amount, url if sums.count else ""),
        "weighted": money(view, sums.weighted, url if sums.count else ""),
    }


def _table(view: View, title: Any, first: Any, lines: list[tuple[Any, Amounts, str]], total: bool = True) -> Section:
    largest = max((sums.weighted for _words, sums, _url in lines), default=Decimal(0))
    rows = [_line(view, words, sums, url, largest) for words, sums, url in lines]
    whole = Amounts()
    for _words, sums, _url in lines:
        whole.join(sums)
    last = _line(view, str(_("Together")), whole, "", Decimal(0)) | {"bar": None} if total and len(rows) > 1 else None
    return Section(
        title, (("name", first), *_COLUMNS), rows, last, amounts_note(view, [whole]),
        _("No open deal is expected to close in this time."),
    )  # fmt: skip


def _by_month(view: View, scope: Scope, period: Period, steps: list[Stage]) -> Section:
    """The months of the period, at least six from its first one on."""
    first = period.first or first_of_month(view.today)
    months = max(_MONTHS, {"quarter": 3, "year": 12}.get(period.kind, 1))
    end = add_months(first, months)
    found = figures.forecast(
        view.records, scope, "expected_close:month", figures.between("expected_close", first, end), steps
    )
    lines = []
    for number in range(months):
        month = Period.of("month", add_months(first, number))
        sums = found.get(f"{month.first:%Y-%m}", Amounts())
        lines.append((month.label, sums, deals_url(view, _open(scope, month.filters("expected_close")))))
    return _table(view, _("By month"), _("Month"), lines)


def _by_stage(
    view: View, scope: Scope, within: dict[str, str], steps: list[Stage], found: dict[Any, Amounts]
) -> Section:
    lines = [
        (f"{label_of(one)} · {view.formats.percent(one.probability)}", found[one.id],
         deals_url(view, _open(scope, within, {"stage": str(one.id)})))
        for one in steps if one.id in found
    ]  # fmt: skip
    return _table(view, _("By stage"), _("Stage"), lines)


def _groups(view: View, scope: Scope, within: dict[str, str], steps: list[Stage]) -> list[Section]:
    """By team, person and product within the period."""
    sections = []
    for by, title, first in (
        ("unit", _("By team"), _("Team")),
        ("owner", _("By person"), _("Person")),
        ("product", _("By product"), _("Product")),
    ):
        found = figures.forecast(view.records, scope, by, within, steps)
        if by != "product" and (scope.owner or len(found) < 2):
            continue
        names: dict[Any, str] = {key: key or str(_("No product")) for key in found}
        if by == "unit":
            names = dict(names_of_units(view, list(found)))
        elif by == "owner":
            names = dict(names_of_people(view, list(found)))
        ordered = sorted(found.items(), key=lambda pair: (-pair[1].weighted, str(names[pair[0]])))
        lines = []
        for key, sums in ordered:
            own = {by: str(key)} if key else {f"{by}__isnull": "true"}
            lines.append((names[key], sums, deals_url(view, _open(scope, within), own)))
        sections.append(_table(view, title, first, lines))
    return sections


def _movement(view: View, scope: Scope, period: Period, total: Amounts) -> list[Section]:
    """How the forecast of one month changed from snapshot to snapshot, and which deals moved behind it."""
    if period.kind != "month" or period.first is None or period.end is None:
        return []
    taken = figures.snapshots_of(view.records, scope, period.first)
    if not taken:
        return []
    shown = _thinned(taken, period.first)
    won = figures.won(view.records, scope, "", period.first, period.end).get(None, Amounts())
    lines = [(view.formats.date(day), sums, "") for day, sums in shown]
    behind = deals_url(view, _open(scope, period.filters("expected_close")))
    lines.append((str(_("Today, still open")), total, behind))
    ended = {"outcome": "won", **scope.ended(), **period.filters("closed_on")}
    lines.append((str(_("Won in the month")), won, deals_url(view, ended)))
    section = _table(view, _("How this month moved"), _("As of"), lines, total=False)
    since = shown[0][0] if shown[0][0] < period.first else period.first
    gone = figures.slipped(view.records, scope, period.first, period.end, since)
    if gone:
        url = deals_url(view, {"id__in": ",".join(map(str, gone[:200]))})
        words = _("Slipped: %(count)s deals moved behind the month since %(day)s.")
        values = {"count": view.formats.number(len(gone)), "day": view.formats.date(since)}
        section.note = str(words % values)
        section.tools = [{"label": str(_("Show them")), "url": url, "icon": "list"}]
    return [section]


def _thinned(taken: list[tuple[date, Amounts]], first: date) -> list[tuple[date, Amounts]]:
    """The last snapshot of each month before, that of the last day before this one, and the newest."""
    kept: dict[str, tuple[date, Amounts]] = {}
    for day, sums in taken:
        kept[f"{day:%Y-%m}"] = (day, sums)
    return sorted(kept.values(), key=lambda pair: pair[0])[-_MONTHS:]


def _tests(view: View, scope: Scope, tests: list[BackTest]) -> Section:
    rows = []
    for one in tests:
        month = Period.of("month", one.month)
        ended = {"outcome": "won", **scope.ended(), **month.filters("closed_on")}
        error = percent(abs(one.said - one.won), one.won) if one.said is not None else None
        taken = view.formats.date(one.taken_on) if one.taken_on else str(_("no snapshot"))
        rows.append(
            {"name": Cell(month.label, "text"), "said": money(view, one.said),
             "taken": Cell(taken, "text", "", "muted"),
             "won": money(view, one.won, deals_url(view, ended)), "error": Cell(error, "percent")}
        )  # fmt: skip
    mean = mean_error((one.said, one.won) for one in tests)
    total = {"name": str(_("Mean")), "error": Cell(mean, "percent")} if mean is not None else None
    columns = (
        ("name", _("Month")), ("taken", _("Snapshot of")), ("said", _("Foreseen, weighted")), ("won", _("Won")),
        ("error", _("Error")),
    )  # fmt: skip
    note = _("What the snapshot before each month foresaw, and what was won in it by the rate of the day.")
    return Section(_("How good the forecast was"), columns, rows, total, note)
