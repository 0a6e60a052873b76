"""The calendar page as data: which days are shown, what stands on them, in the viewer's zone and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names

from weft.core.calendar.entries import EVENT, Entry, day_range, entries
from weft.core.calendar.writing import guests_of
from weft.core.i18n import babel_locale, in_script, ngettext, translator
from weft.core.identity import directory, units
from weft.core.identity.people import people
from weft.core.web.values import Values, face

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["VIEWS", "Planner", "agenda", "day_entries"]

_ = translator("core")

VIEWS = {
    "day": _("Day", "calendar"),
    "week": _("Week", "calendar"),
    "month": _("Month", "calendar"),
    "agenda": _("Agenda"),
    "tasks": _("Tasks"),
}
#: Days an agenda shows at once.
_AGENDA = 14
#: Most colleagues beside oneself, so that every colour means one person.
MOST_PEOPLE = 12
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose calendars are shown: user ids and units, oneself first unless left out."""

    users: tuple[int, ...]
    others: tuple[int, ...]
    unit: int | None


class Planner:
    """One look at calendars.

    Args:
        view: who looks; the address says what: ``view``, ``date``, ``who`` (ids), ``unit``, ``mine=0``.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.zone = ZoneInfo(view.zone)
        asked = view.args.get("view", "")
        self.look = asked if asked in VIEWS else "week"
        self.day = _day(view.args.get("date", "")) or view.today
        self.with_tasks = view.args.get("tasks") != "0"
        self.chosen = self._chosen()
        self._values = Values(view.runtime.registry, view.portal_key)

    # ---- which days

    @property
    def first_weekday(self) -> int:
        """0 for Monday, as the viewer's language has it."""
        return 0 if self.view.locale in ("en", "zh") else babel_locale().first_week_day

    def days(self) -> tuple[date, date]:
        """First and last day shown."""
        if self.look == "day":
            return self.day, self.day
        if self.look == "agenda":
            return self.day, self.day + timedelta(days=_AGENDA - 1)
        if self.look == "month":
            first = self._week_start(self.day.replace(day=1))
            last = (self.day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            return first, self._week_start(last) + timedelta(days=6)
        first = self._week_start(self.day)
        return first, first + timedelta(days=6)

    def _week_start(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.first_weekday) % 7)

    def step(self, by: int) -> date:
        """The day to look at one page on or back."""
        if self.look == "month":
            middle = self.day.replace(day=15) + timedelta(days=30 * by)
            return middle.replace(day=1)
        days = {"day": 1, "agenda": _AGENDA}.get(self.look, 7)
        return self.day + timedelta(days=days * by)

    def address(self, **changes: Any) -> str:
        """The page with some of its parameters changed."""
        kept = {name: self.view.args.getlist(name) for name in ("view", "date", "who", "unit", "mine", "tasks")}
        merged = {name: values for name, values in kept.items() if values}
        return self.view.page("calendar", **{**merged, **changes})

    def title(self) -> str:
        """What days these are, in words."""
        formats, (first, last) = self.view.formats, self.days()
        locale = babel_locale()
        if self.look == "month":
            pattern = "y年M月" if self.view.locale == "zh" else "MMMM y"
            return str(format_date(self.day, pattern, locale=locale))
        if self.look == "day":
            return formats.long_date(self.day)
        if self.view.locale != "zh" and (first.month, first.year) == (last.month, last.year):
            return f"{first.day} – {formats.date(last)}"
        return f"{formats.date(first)} – {formats.date(last)}"

    # ---- whose

    def _chosen(self) -> Chosen:
        view = self.view
        own = view.principal.user_id or 0
        others = [int(one) for text in view.args.getlist("who") for one in text.split(",") if one.isdigit()]
        others = [one for one in dict.fromkeys(others) if one != own][:MOST_PEOPLE]
        text = view.args.get("unit", "")
        unit = int(text) if text.isdigit() else None
        users = [] if view.args.get("mine") == "0" and (others or unit) else [own]
        return Chosen((*users, *others), tuple(others), unit)

    def found(self) -> list[Entry]:
        """Entries of the days shown, of all that were chosen."""
        users = list(self.chosen.users)
        shared = list(self.view.principal.units) if self.view.principal.user_id in users else []
        if self.chosen.unit is not None:
            inside = directory.colleagues(self.view.records, unit=self.chosen.unit)
            users = list(dict.fromkeys([*users, *(one.id for one in inside)]))
            shared.append(self.chosen.unit)
        since, until = day_range(*self.days(), self.zone)
        found = entries(self.view.records, since, until, users, units=shared, zone=self.zone)
        return [one for one in found if self.with_tasks or not one.task]

    # ---- as data for the template

    def grid(self) -> dict[str, Any]:
        """Everything the template draws."""
        found = self.found()
        shown = {id(one): data for one, data in zip(found, self.lines(found), strict=True)}
        first, last = self.days()
        days = []
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            here = [one for one in found if one.first <= day <= one.last]
            days.append(self._day(day, [self._on_day(one, shown[id(one)], day) for one in here]))
        return {
            "look": self.look,
            "days": days,
            "weeks": [days[at : at + 7] for at in range(0, len(days), 7)] if self.look == "month" else [],
            "weekdays": self._weekdays(),
            "hours": [f"{hour:02}:00" for hour in range(24)],
            "appointments": sum(1 for one in found if not one.task),
            "tasks": sum(1 for one in found if one.task),
        }

    def _weekdays(self) -> list[dict[str, str]]:
        short, long = (get_day_names(width, locale=babel_locale()) for width in ("abbreviated", "wide"))
        order = [(self.first_weekday + number) % 7 for number in range(7)]
        return [{"short": str(short[number]), "long": str(long[number])} for number in order]

    def _day(self, day: date, here: list[dict[str, Any]]) -> dict[str, Any]:
        names = get_day_names("abbreviated", locale=babel_locale())
        return {
            "iso": day.isoformat(),
            "number": day.day,
            "weekday": str(names[day.weekday()]),
            "label": self.view.formats.long_date(day),
            "short": self.view.formats.appointment(day),
            "today": day == self.view.today,
            "outside": self.look == "month" and day.month != self.day.month,
            "weekend": day.weekday() > 4,
            "url": self.address(view="day", date=day.isoformat()),
            "new_url": self.view.page("calendar", "new", start=f"{day.isoformat()}T09:00"),
            "whole": [one for one in here if one["whole"]],
            "timed": [one for one in here if not one["whole"]],
            "all": here,
        }

    def _on_day(self, entry: Entry, line: dict[str, Any], day: date) -> dict[str, Any]:
        if entry.all_day:
            return line | {"whole": True}
        begins, ends = (one.astimezone(self.zone) for one in (entry.starts, entry.ends))
        low = begins.hour * 60 + begins.minute if begins.date() == day else 0
        high = ends.hour * 60 + ends.minute if ends.date() == day else _DAY_MINUTES
        return line | {"whole": False, "from": low, "to": max(high, low)}

    def lines(self, found: Sequence[Entry]) -> list[dict[str, Any]]:
        """Entries as their macro takes them, names of guests in one statement."""
        guests = guests_of(self.view.records, (one.id for one in found if one.source.entity == EVENT))
        wanted = {user for users in guests.values() for user in users}
        names = people(self.view.connection, [*wanted, *(one.owner.id for one in found if one.owner)])
        return [self._line(one, [names[user] for user in guests.get(one.id, ()) if user in names]) for one in found]

    def _line(self, entry: Entry, guests: Sequence[Any]) -> dict[str, Any]:
        view, own = self.view, self.view.principal.user_id
        event = entry.source.entity == EVENT
        mine = entry.owner is not None and entry.owner.id == own
        record = view.url(entry.source.entity, entry.id)
        at = entry.occurrence.isoformat() if entry.occurrence else ""
        line: dict[str, Any] = {
            "id": entry.id, "source": entry.source.key, "version": entry.version, "occurrence": at,
            "title": entry.title, "time": self._time(entry),
            "until": "" if entry.all_day or entry.minutes <= 0 else view.formats.time(entry.ends),
            "sub": self._sub(entry, guests),
            "tone": entry.source.tone, "task": entry.task, "finished": entry.finished,
            "series": entry.occurrence is not None, "movable": entry.source.movable and mine,
            "url": view.page("calendar", entry.id, at=at) if event and mine else record,
            "peek": None if event and mine else view.url(entry.source.entity, entry.id, "peek"),
            "iso": entry.starts.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M"), "minutes": entry.minutes,
            "first": entry.first.isoformat(),
        }  # fmt: skip
        if entry.owner is not None and not mine:
            name = in_script(entry.owner.name, entry.owner.alt)[0]
            line |= {"face": face(entry.owner.id, name), "who": name}
        if entry.task and mine and not entry.finished and entry.source.done:
            line["done"] = {"source": entry.source.key, "id": entry.id, "occurrence": at}
        when = f"{line['time']}–{line['until']}" if line["until"] else line["time"]
        parts = [entry.title, when, line["sub"], str(entry.source.label), line.get("who", "")]
        line["label"] = ", ".join(part for part in parts if part)
        return line

    def _time(self, entry: Entry) -> str:
        formats = self.view.formats
        if entry.all_day:
            return str(_("All day"))
        return formats.time(entry.starts)

    def _sub(self, entry: Entry, guests: Sequence[Any]) -> str:
        """What is told below the title: with whom, where, about what, else how long."""
        own = self.view.principal.user_id
        mine = entry.owner is not None and entry.owner.id == own
        with_whom = [in_script(one.name, one.name_alt)[0] for one in guests if one.id != own]
        others = len(guests)
        if entry.owner is not None and not mine and guests:
            name = in_script(entry.owner.name, entry.owner.alt)[0]
            return _and_others(name, others)
        if with_whom:
            return _and_others(with_whom[0], len(with_whom) - 1)
        if entry.about is not None and not entry.about.restricted:
            title = self._values.reference(entry.about)["title"]
            if title not in entry.title:
                return str(title)
        if entry.place:
            return entry.place
        if entry.all_day or entry.minutes <= 0:
            return ""
        return ngettext("core", "%(n)d minute", "%(n)d minutes", entry.minutes) % {"n": entry.minutes}


def _and_others(name: str, others: int) -> str:
    if others <= 0:
        return str(_("With %(name)s") % {"name": name})
    return ngettext("core", "%(name)s and %(n)d other", "%(name)s and %(n)d others", others) % {
        "name": name,
        "n": others,
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day_entries(view: View, day: date) -> list[Entry]:
    """Appointments of the viewer on one day; tasks have a list of their own."""
    zone = ZoneInfo(view.zone)
    since, until = day_range(day, day, zone)
    user = view.principal.user_id
    if user is None:
        return []
    found = entries(view.records, since, until, [user], units=view.principal.units, zone=zone)
    return [one for one in found if not one.task]


def agenda(view: View, found: Iterable[Entry]) -> list[dict[str, Any]]:
    """Entries of one day as rows of a tile of kind ``schedule``."""
    planner = Planner(view)
    listed = list(found)
    return [
        {
            "at": str(_("All day", "short")) if entry.all_day else view.formats.time(entry.starts),
            "title": line["title"],
            "url": line["url"],
            "sub": line["sub"],
            "muted": line["finished"],
        }
        for entry, line in zip(listed, planner.lines(listed), strict=True)
    ]


def unit_links(planner: Planner) -> list[dict[str, Any]]:
    """The viewer's own units, each to be shown beside one's own calendar or taken away."""
    view = planner.view
    names = units.names(view.connection, list(view.principal.units))
    found = []
    for number, (name, alt) in names.items():
        current = planner.chosen.unit == number
        label = in_script(name, alt)[0]
        address = planner.address(unit="" if current else number)
        found.append({"label": label, "url": address, "current": current})
    return found


def moment_of(view: View, text: str) -> datetime | None:
    """A local time of the viewer (``2026-11-25T10:00``) as a moment; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(view.zone))
