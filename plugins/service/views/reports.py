"""Ready reports of the service: due times kept (R8), satisfaction (R12), load per person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weft.core.sdk import NavEntry, RefValue, current_locale, directory, in_script, translator
from weft.core.websdk import Cell, Report, Section, View, read_period, report_page
from weft.plugins.service import vocabulary as words
from weft.plugins.service.grants import EXECUTIVE, HEAD, LEAD, MANAGER
from weft.plugins.service.services import reports as figures
from weft.plugins.service.services.reports import Kept

_ = translator("service")

__all__ = ["NAVIGATION", "show_due_times", "show_load", "show_satisfaction"]

_REQUEST = "service.request"
#: Ids that fit into one filter.
_PART = 400
_SHOWN = 200
_HOW_DUE = _(
    "Requests whose “solve by” lies in the period, without withdrawn and merged ones: solved by then against all that"
    " are decided. An open one past its time is missed; while it waits for the customer the clock stands (R8)."
)
_HOW_RATED = _("Mean of the ratings given in the period, 1 to 5, with the number of answers (R12).")
_HOW_LOAD = _("Open requests of each person, those that wait for the customer, and those past their due time.")


def show_due_times(view: View) -> Any:
    """Due times kept: as a whole, by queue, by priority, by person."""
    period = read_period(view, default="quarter")
    first, end = period.first, period.end
    whole = Kept()
    for one in figures.keeping(view.records, first, end).values():
        whole.join(one)
    late, over = figures.missed_filters(first, end)
    key_figures = [
        {"label": _("Due times kept"), "cell": Cell(whole.share, "percent")},
        {"label": _("Solved in time"), "cell": _count(view, whole.kept, figures.kept_filters(first, end))},
        {"label": _("Solved late"), "cell": _count(view, whole.late, late)},
        {"label": _("Open and past due"), "cell": _count(view, whole.over, over)},
    ]
    sections = [
        _kept_table(view, _("By queue"), _("Queue"), "queue", first, end),
        _kept_table(view, _("By priority"), _("Priority"), "priority", first, end),
        _kept_table(view, _("By person"), _("Person"), "owner", first, end),
    ]
    return report_page(
        view,
        Report("due-times", _("Due-time keeping"), _REQUEST, _HOW_DUE, period, figures=key_figures, sections=sections),
    )


def _kept_table(view: View, title: Any, head: Any, group: str, first: Any, end: Any) -> Section:
    found = figures.keeping(view.records, first, end, group)
    names = _names(view, group, found)
    late, over = figures.missed_filters(first, end)
    rows = []
    for key in sorted(found, key=lambda one: (-found[one].judged, names[one])):
        one, own = found[key], _own(group, key)
        if not one.judged:
            continue
        rows.append(
            {"name": Cell(names[key], "text"), "bar": round(one.share or 0), "share": Cell(one.share, "percent"),
             "kept": _count(view, one.kept, figures.kept_filters(first, end), own),
             "late": _count(view, one.late, late, own),
             "over": _count(view, one.over, over, own)}
        )  # fmt: skip
    columns = (
        ("name", head), ("share", _("Kept")), ("kept", _("In time")), ("late", _("Late")),
        ("over", _("Open, past due")),
    )  # fmt: skip
    return Section(title, columns, rows, None, "", _("No due time fell into this time."))


def show_satisfaction(view: View) -> Any:
    """Ratings: as a whole, by customer, by queue, and the latest words."""
    period = read_period(view, default="year")
    first, end = period.first, period.end
    whole = figures.ratings(view.records, first, end).get(None)
    rated = {**figures.between("rated_at", first, end), "score__isnull": "false"}
    key_figures = [
        {"label": _("Satisfaction, of 5"), "cell": Cell(round(whole.mean, 1) if whole else None, "decimal")},
        {"label": _("Answers"), "cell": _count(view, whole.answers if whole else 0, rated)},
    ]
    sections = [
        _rated_table(view, _("By customer"), _("Customer"), "customer", first, end),
        _rated_table(view, _("By queue"), _("Queue"), "queue", first, end),
        _scores(view, first, end),
    ]
    return report_page(
        view,
        Report("satisfaction", _("Satisfaction"), _REQUEST, _HOW_RATED, period, figures=key_figures, sections=sections),
    )


def _rated_table(view: View, title: Any, head: Any, group: str, first: Any, end: Any) -> Section:
    found = figures.ratings(view.records, first, end, group)
    names = _names(view, group, found)
    rated = {**figures.between("rated_at", first, end), "score__isnull": "false"}
    rows = []
    for key in sorted(found, key=lambda one: (found[one].mean, -found[one].answers, names[one]))[:_SHOWN]:
        one = found[key]
        rows.append(
            {"name": Cell(names[key], "text"), "bar": round(one.mean * 20),
             "mean": Cell(round(one.mean, 1), "decimal", "", "late" if one.mean <= 2 else ""),
             "answers": _count(view, one.answers, rated, _own(group, key))}
        )  # fmt: skip
    columns = (("name", head), ("mean", _("Of 5")), ("answers", _("Answers")))
    return Section(title, columns, rows, None, "", _("Nobody has rated an answer in this time."))


def _scores(view: View, first: Any, end: Any) -> Section:
    found = figures.ratings(view.records, first, end, "rating")
    total = sum(one.answers for one in found.values())
    rated = figures.between("rated_at", first, end)
    rows = []
    for code, label in words.RATING.labels.items():
        number = found[code].answers if code in found else 0
        rows.append(
            {"name": Cell(str(label), "text"), "bar": round(100 * number / total) if total else 0,
             "answers": _count(view, number, {**rated, "rating": code})}
        )  # fmt: skip
    columns = (("name", _("Rating")), ("answers", _("Answers")))
    return Section(_("By rating"), columns, rows if total else [], None, "", _("Nobody has rated in this time."))


def show_load(view: View) -> Any:
    """Open requests by person and by queue, as of now."""
    sections = [
        _load_table(view, _("By person"), _("Person"), "owner"),
        _load_table(view, _("By queue"), _("Queue"), "queue"),
    ]
    return report_page(view, Report("requests-load", _("Requests per person"), _REQUEST, _HOW_LOAD, sections=sections))


def _load_table(view: View, title: Any, head: Any, group: str) -> Section:
    found = figures.load(view.records, group)
    names = _names(view, group, found)
    most = max((one["live"] for one in found.values()), default=1)
    live, waiting = {"status__in": ",".join(words.LIVE)}, {"status": "waiting"}
    over = {"status__in": ",".join(words.RUNNING), "next_due_at__lt": "now"}
    rows = []
    for key in sorted(found, key=lambda one: (-found[one]["live"], names[one])):
        one, own = found[key], _own(group, key)
        rows.append(
            {"name": Cell(names[key], "text"), "bar": round(100 * one["live"] / most),
             "live": _count(view, one["live"], live, own), "waiting": _count(view, one["waiting"], waiting, own),
             "over": _count(view, one["over"], over, own, tone="late")}
        )  # fmt: skip
    total = {
        "name": str(_("Together")), **{name: Cell(sum(one[name] for one in found.values()))
                                       for name in ("live", "waiting", "over")},
    }  # fmt: skip
    columns = (("name", head), ("live", _("Open")), ("waiting", _("Waiting")), ("over", _("Overdue")))
    return Section(title, columns, rows, total if len(rows) > 1 else None, "", _("No open requests."))


# ---- parts


def _count(view: View, number: int, *filters: Mapping[str, str], tone: str = "") -> Cell:
    joined: dict[str, str] = {"all": "1"}
    for one in filters:
        joined |= one
    return Cell(number, "integer", view.url(_REQUEST, **joined) if number else "", tone if number else "")


def _own(group: str, key: Any) -> dict[str, str]:
    return {f"{group}__isnull": "true"} if key is None else {group: str(key)}


def _names(view: View, group: str, keys: Iterable[Any]) -> dict[Any, str]:
    """What a group is called, in few statements for all."""
    wanted = list(keys)
    if group == "priority":
        return {key: str(words.PRIORITY.labels.get(key, key or _("None"))) for key in wanted}
    ids = [key for key in wanted if key is not None]
    none = {None: str(_("Nobody") if group == "owner" else _("None"))}
    if group == "owner":
        people = directory.persons(view.records, ids)
        return none | {key: people[key].shown()[0] if key in people else str(key) for key in ids}
    # Not by the records' own titles: a request tells who asks, also to those to whom the customer is closed.
    titles: dict[int, RefValue] = {}
    for start in range(0, len(ids), _PART):
        part = {f"{group}__in": ids[start : start + _PART]}
        titles |= {
            line[group].id: line[group] for line in view.records.aggregate(_REQUEST, group=(group,), filters=part)
        }
    return none | {
        key: in_script(titles[key].title, titles[key].alt, current_locale())[0]
        if key in titles and titles[key].title else str(_("Not shared with you")) for key in ids
    }  # fmt: skip


_SERVICE = _("Service")
_READERS = (LEAD, MANAGER, HEAD, EXECUTIVE)


def _entry(key: str, endpoint: str, label: Any, order: int, text: Any) -> NavEntry:
    return NavEntry(
        f"service.report_{key}", "reports", label, endpoint=endpoint, order=order, subject=_SERVICE, help=text,
        roles=_READERS,
    )  # fmt: skip


NAVIGATION: list[Any] = [
    _entry("due_times", "service.show_due_times", _("Due-time keeping"), 110, _("How often “solve by” was kept.")),
    _entry(
        "satisfaction", "service.show_satisfaction", _("Satisfaction"), 120, _("What customers say of our answers.")
    ),
    _entry("load", "service.show_load", _("Requests per person"), 130, _("Who has how many open requests.")),
]
