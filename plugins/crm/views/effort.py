"""Effort by class: visits, calls and hours for customers of each life and class, and who should get more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from weft.core.sdk import HttpRoute, NavEntry, directory, in_script, translator
from weft.core.websdk import Cell, Period, Report, Section, View, read_period, report_page
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.grants import EXECUTIVE, MANAGER
from weft.plugins.crm.queries.effort import KINDS, Effort, Wish, efforts, talks, worklist
from weft.plugins.crm.services.reports import Scope
from weft.plugins.crm.views.report_parts import chosen_scope, count, names_of_people, page_url, rows_of

_ = translator("crm")

__all__ = ["NAVIGATION", "ROUTES", "show_effort", "show_talks"]

_TALKS = _("Contacts", "made with customers")
_LIVES = ("potential", "won", "basic", "invalid")
_CLASSES = ("A", "B", "C", "none")
_COLUMNS = (
    ("name", _("Customers")), ("number", _TALKS), ("visit", _("Visits")), ("meeting", _("Meetings")),
    ("call", _("Calls")), ("mail", _("Mails")), ("message", _("Messages")), ("hours", _("Hours")),
)  # fmt: skip
_HOW = _(
    "Contacts that took place in the period (visits, meetings, calls, mails, messages) with customers, by the life and"
    " class the customers have today; hours are the minutes noted on them. Notes and tasks do not count."
)


def show_effort(view: View) -> Any:
    """Where the time went, and the potential customers that got least."""
    period, choices, wish = _asked(view)
    system = view.records.system("crm: effort by class")
    found = efforts(system, wish)
    query = {**period.query(), **{one["name"]: one["value"] for one in choices if one["value"]}}
    hours = sum(one.minutes for one in found)
    ours = sum(one.minutes for one in found if one.life == "potential")
    figures = [
        {"label": _TALKS, "cell": count(sum(one.number for one in found), _talks(view, query))},
        {"label": _("Hours"), "cell": _hours(hours)},
        {"label": _("For potential customers"), "cell": Cell(_percent(ours, hours), "percent"),
         "note": str(_("of all hours"))},
    ]  # fmt: skip
    report = Report(
        "effort", _("Effort by class"), "crm.activity", _HOW, period=period, choices=choices, figures=figures,
        sections=[
            Section(_("By life"), _COLUMNS, _rows(view, found, "life", _LIVES, query)),
            Section(_("By class"), _COLUMNS, _rows(view, found, "value_class", _CLASSES, query)),
            _worklist(view, system, wish),
        ],
    )  # fmt: skip
    return report_page(view, report)


def _asked(view: View) -> tuple[Period, list[dict[str, Any]], Wish]:
    """Period, choices and whose effort: only who reads all customers sees that of others."""
    period = read_period(view, default="quarter")
    scope, choices = chosen_scope(view)
    if not view.principal.roles & {MANAGER, EXECUTIVE}:
        scope, choices = Scope(view.principal.user_id), []
    owners = None
    if scope.owner is not None:
        owners = [scope.owner]
    elif scope.units:
        owners = [one.id for one in directory.colleagues(view.records, unit=scope.units[0], limit=100_000)]
    zone = view.records.zone
    return period, choices, Wish(owners, _moment(period.first, zone), _moment(period.end, zone))


def _moment(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) if day is not None else None


def _talks(view: View, query: Mapping[str, Any], **more: str) -> str:
    return page_url(view, "effort/contacts", **query, **more)


def _hours(minutes: int, url: str = "") -> Cell:
    return Cell((Decimal(minutes) / 60).quantize(Decimal("0.1")), "decimal", url if minutes else "")


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None


def _rows(
    view: View, found: Sequence[Effort], field: str, order: Sequence[str], query: Mapping[str, Any]
) -> list[dict[str, Any]]:
    labels = {**words.LIFE.labels, "none": _("Without class")}
    total = sum(one.minutes for one in found) or 1
    rows = []
    for value in order:
        some = [one for one in found if (getattr(one, field) or "none") == value]
        minutes = sum(one.minutes for one in some)
        row: dict[str, Any] = {
            "name": Cell(str(labels.get(value, value)), "text"),
            "number": count(sum(one.number for one in some), _talks(view, query, **{field: value})),
            "hours": _hours(minutes, _talks(view, query, **{field: value})),
            "bar": int(100 * minutes / total),
        }
        for kind in KINDS:
            number = sum(one.number for one in some if one.kind == kind)
            row[kind] = count(number, _talks(view, query, **{field: value, "kind": kind}))
        rows.append(row)
    return rows


def _worklist(view: View, system: Any, wish: Wish) -> Section:
    """Potential customers that got least, so that time goes to them."""
    found = worklist(system, wish)
    titles = view.records.titles(one[0] for one in found)
    rows = []
    for account, value_class, minutes, spoken in found:
        ref = titles.get(account)
        if ref is None or ref.restricted:
            continue
        name = in_script(ref.title, ref.alt)[0]
        rows.append(
            {"name": Cell(name, "text", view.url("crm.account", account)), "class": value_class or "",
             "hours": _hours(minutes), "spoken": Cell(spoken, "reldate")}
        )  # fmt: skip
    address = rows_of(view, "crm.account", {"role": "customer", "frozen": "false", "life": "potential"})
    return Section(
        _("Work on these next"),
        (("name", _("Customer")), ("class", _("Class")), ("hours", _("Hours")), ("spoken", _("Last contact"))),
        rows,
        note=_("Potential customers, best class first, those that got least time in the period before others."),
        empty=_("There is no potential customer."),
        tools=[{"label": str(_("All potential customers")), "url": address}],
    )


def show_talks(view: View) -> Any:
    """The contacts behind a figure."""
    period, choices, wish = _asked(view)
    asked: dict[str, Any] = {name: view.args.get(name, "") for name in ("life", "value_class", "kind")}
    found = talks(view.records.system("crm: effort by class"), wish, **asked)
    titles = view.records.titles(one.account for one in found)
    people = names_of_people(view, {one.owner for one in found})
    rows = []
    for one in found:
        ref = titles.get(one.account)
        open_to = ref is not None and not ref.restricted
        rows.append(
            {"name": Cell(one.subject, "text", view.url("crm.activity", one.id) if open_to else ""),
             "account": in_script(ref.title, ref.alt)[0] if ref is not None and open_to else "",
             "kind": str(words.ACTIVITY_KIND.labels[one.kind]), "owner": people[one.owner],
             "at": Cell(one.at, "datetime"), "minutes": Cell(one.minutes)}
        )  # fmt: skip
    columns = (
        ("name", _("Subject")), ("account", _("Customer")), ("kind", _("Kind")), ("owner", _("Owner")),
        ("at", _("When")), ("minutes", _("Minutes")),
    )  # fmt: skip
    note = _("The newest %(n)s.") % {"n": len(found)} if len(found) == 500 else ""
    crumbs = [{"label": str(_("Effort by class")), "url": page_url(view, "effort", **period.query())}]
    report = Report(
        "contacts", _TALKS, "crm.activity", _HOW, period=period, choices=choices,
        sections=[Section(_TALKS, columns, rows, note=note, empty=_("No contact in this period."))],
        figures=[{"label": _TALKS, "cell": Cell(len(found))},
                 {"label": _("Hours"), "cell": _hours(sum(one.minutes for one in found))}],
        crumbs=crumbs,
    )  # fmt: skip
    return report_page(view, report)


ROUTES = [
    HttpRoute("/effort", "crm.effort", show_effort, "grant:read:crm.activity"),
    HttpRoute("/effort/contacts", "crm.effort_contacts", show_talks, "grant:read:crm.activity"),
]
NAVIGATION = [
    NavEntry("crm.report_effort", "reports", _("Effort by class"), endpoint="crm.effort", order=58,
             subject=_("Customers"), help=_("Visits, calls and hours by class and life, and who should get more.")),
]  # fmt: skip
