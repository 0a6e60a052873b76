"""Calendar and timeline of a list: its rows by a date field, in the month or the weeks one looks at.

Both read only what they show: rows of one month, or of the span of the timeline, and at most :data:`MOST` of them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton

from weft.core.access.conditions import AllOf, AnyOf, Filter, Term
from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Field, Kind
from weft.core.i18n import Text, translator
from weft.core.portal.addresses import record_url
from weft.core.records.filters import parse
from weft.core.records.values import PersonRef, Row
from weft.core.web.lists.state import ListState
from weft.core.web.lists.table import writable_names
from weft.core.web.values import Values, face, header_fields, title_names

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["MOST", "CalendarList", "TimelineList", "day_fields", "day_of", "end_fields"]

_ = translator("core")

#: Most rows of a calendar or timeline.
MOST = 500
_PAGE = 200
#: Entries of one day before "more".
_PER_DAY = 4
_ENDS = frozenset({"end", "ends", "until", "due", "finish", "finished", "closed", "close", "to", "expires"})
#: Width of a timeline: key -> (words, days).
_ZOOMS: Mapping[str, tuple[Text, int]] = {
    "weeks": (_("12 weeks"), 84),
    "half": (_("6 months"), 182),
    "year": (_("12 months"), 365),
}


def day_fields(view: View, state: ListState) -> dict[str, Field]:
    """Date fields a calendar can go by, the usual one first; empty where the entity declares none."""
    readable = AccessPolicy.of(view.runtime).access(view.principal, state.entity.key, "read").names
    own = {
        name: declared
        for name, declared in state.entity.fields.items()
        if name in readable and declared.stored and declared.kind in (Kind.DATE, Kind.DATETIME)
    }
    if not own:
        return {}
    shown = [state.entity.spec.sort.lstrip("-"), *state.entity.spec.columns]
    order = sorted(own, key=lambda name: (shown.index(name) if name in shown else len(shown), _ends(name)))
    found = {name: own[name] for name in order}
    header = header_fields()
    return found | {name: header[name] for name in ("created_at", "updated_at") if name in readable}


def _ends(name: str) -> bool:
    return bool(_ENDS & set(name.split("_")))


def end_fields(fields: Mapping[str, Field], start: str) -> dict[str, Field]:
    """Fields that can end the bar of a timeline, what sounds like an end first."""
    rest = [name for name in fields if name != start and name not in ("created_at", "updated_at")]
    return {name: fields[name] for name in sorted(rest, key=lambda name: not _ends(name))}


def day_of(value: Any, zone: str) -> date | None:
    """The day of a date or of a moment in the viewer's zone."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).date()
    return value if isinstance(value, date) else None


def _in(view: View, skeleton: str, day: date) -> str:
    return str(format_skeleton(skeleton, day, locale=view.formats.babel))


class _Days:
    """What calendar and timeline have in common."""

    def __init__(self, view: View, state: ListState, fields: Mapping[str, Field]) -> None:
        self.view = view
        self.state = state
        self.fields = fields
        self.by = fields[state.date] if state.date in fields else next(iter(fields.values()))
        self.values = Values(view.runtime.registry, view.portal_key)
        access = AccessPolicy.of(view.runtime).access(view.principal, state.entity.key, "read")
        self.readable = access.names
        self.total = 0
        #: More rows exist than are shown.
        self.cut = False

    @property
    def anchor(self) -> date:
        """The day looked at."""
        try:
            return date.fromisoformat(self.state.at) if self.state.at else self.view.today
        except ValueError:
            return self.view.today

    def rows(self, *conditions: Filter, also: tuple[str, ...] = ()) -> list[Row]:
        """Matching rows by the date, at most :data:`MOST`."""
        entity, names = self.state.entity, AccessPolicy.of(self.view.runtime).names(self.state.entity.key)
        choice = entity.state_field.name if entity.state_field is not None else ""
        wanted = [*title_names(entity), self.by.name, *also, "owner", choice]
        fields = [name for name in dict.fromkeys(wanted) if name in self.readable]
        tree = AllOf((parse(entity, self.state.filter_map), *conditions))
        found: list[Row] = []
        cursor = None
        while len(found) < MOST:
            page = self.view.records.query(
                entity.key,
                fields=fields,
                filters=tree,
                sort=self.by.name if names[self.by.name].sortable else None,
                limit=min(_PAGE, MOST - len(found)),
                cursor=cursor,
                search=self.state.search or None,
            )
            found += page.rows
            cursor = page.next
            if cursor is None:
                break
        self.cut, self.total = cursor is not None, len(found)
        return found

    def entry(self, row: Row) -> dict[str, Any]:
        """One record as both layouts draw it."""
        entity = self.state.entity
        title, _other = self.values.title(row, entity)
        url = record_url(self.view.portal_key, entity, row.id)
        found: dict[str, Any] = {"id": row.id, "title": title, "url": url, "peek_url": f"{url}/peek"}
        declared = entity.state_field
        if declared is not None and row.get(declared.name) is not None:
            shown = self.values.choice(declared, row[declared.name])
            found |= {"dot": shown["dot"], "state": shown["label"]} if isinstance(shown, dict) else {"state": shown}
        owner = row.get("owner")
        if isinstance(owner, PersonRef):
            name = self.values.person(owner)["title"]
            found["face"] = {**face(owner.id, name), "name": name}
        return found

    def note(self) -> str:
        """What is left out, in a sentence."""
        if not self.cut:
            return ""
        return str(_("Only the first %(n)s are shown. Filter the list to see the others.") % {"n": MOST})

    def to(self, day: date, **changes: Any) -> str:
        """Address of the same layout at another day."""
        return self.state.with_changes(at=day.isoformat(), **changes).url()


class CalendarList(_Days):
    """The rows of one month by a date field: one query."""

    def data(self) -> dict[str, Any]:
        """The calendar for its macro."""
        first = self.anchor.replace(day=1)
        last = first.replace(day=monthrange(first.year, first.month)[1])
        start, end = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
        rows = self.rows(Term(self.by.name, "gte", start.isoformat()), Term(self.by.name, "lte", end.isoformat()))
        by_day: dict[date, list[Row]] = {}
        for row in rows:
            day = day_of(row.get(self.by.name), self.view.zone)
            if day is not None:
                by_day.setdefault(day, []).append(row)
        movable = self.by.name in writable_names(self.view, self.state.entity.key)
        days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
        formats = self.view.formats
        return {
            "label": str(self.state.entity.plural),
            "title": _in(self.view, "yMMMM", first),
            "prev_url": self.to(first - timedelta(days=1)),
            "next_url": self.to(last + timedelta(days=1)),
            "today_url": self.state.with_changes(at="").url(),
            "weekdays": [str(format_date(day, "EEE", locale=formats.babel)) for day in days[:7]],
            "days": [self._day(day, first.month, by_day.get(day, []), movable) for day in days],
            "note": self.note(),
        }

    def _day(self, day: date, month: int, rows: list[Row], movable: bool) -> dict[str, Any]:
        rows = sorted(rows, key=lambda row: (str(row.get(self.by.name)), row.id))
        entries = [self._entry(row, movable) for row in rows]
        found: dict[str, Any] = {
            "key": day.isoformat(),
            "number": day.day,
            "label": self.view.formats.appointment(day),
            "other": day.month != month,
            "today": day == self.view.today,
            "entries": entries[:_PER_DAY] if len(entries) > _PER_DAY + 1 else entries,
        }
        rest = len(entries) - len(found["entries"])
        if rest:
            bounds = {f"{self.by.name}__gte": day.isoformat(), f"{self.by.name}__lte": day.isoformat()}
            state = self.state.with_changes(layout="table")
            for key, value in bounds.items():
                state = state.with_filter(key, value)
            url = state.url(layout="table")
            found["more"] = {"label": str(_("and %(n)s more") % {"n": rest}), "url": url}
        return found

    def _entry(self, row: Row, movable: bool) -> dict[str, Any]:
        found, value = self.entry(row), row.get(self.by.name)
        if isinstance(value, datetime):
            found["time"] = self.view.formats.time(value)
        if movable:
            found["move_url"] = self.state.with_changes(date=self.by.name).url(row.id, "day")
        return found


class TimelineList(_Days):
    """Rows as bars from one date to another, or as points: one query."""

    def __init__(self, view: View, state: ListState, fields: Mapping[str, Field]) -> None:
        super().__init__(view, state, fields)
        self.zoom = state.zoom if state.zoom in _ZOOMS else "weeks"
        self.ends = end_fields(fields, self.by.name)
        usual = next((name for name in self.ends if _ends(name)), "")
        chosen = state.end or usual  # "none" names no field: points instead of bars
        self.until = self.ends.get(chosen)

    def data(self) -> dict[str, Any]:
        """The timeline for its macro."""
        days = _ZOOMS[self.zoom][1]
        anchor = self.anchor - timedelta(days=days // 4)
        start = anchor - timedelta(days=anchor.weekday())
        if self.zoom != "weeks":
            start = anchor.replace(day=1)
        end = start + timedelta(days=days)
        rows = self.rows(self._within(start, end), also=(self.until.name,) if self.until else ())
        formats, step = self.view.formats, timedelta(days=days // 2)
        bars = [bar for row in rows if (bar := self._bar(row, start, days)) is not None]
        bars.sort(key=lambda bar: (bar["from"], bar["to"], bar["id"]))
        return {
            "label": str(self.state.entity.plural),
            "title": f"{formats.date(start)} – {formats.date(end)}",
            "prev_url": self.to(self.anchor - step),
            "next_url": self.to(self.anchor + step),
            "today_url": self.state.with_changes(at="").url(),
            "marks": self._marks(start, days),
            "today": self._place(self.view.today, start, days) if start <= self.view.today <= end else None,
            "rows": bars,
            "note": self.note(),
        }

    def zooms(self) -> list[dict[str, Any]]:
        """The switch of widths."""
        return [
            {"label": str(label), "url": self.state.with_changes(zoom=key).url(), "current": key == self.zoom}
            for key, (label, _days) in _ZOOMS.items()
        ]

    def _within(self, start: date, end: date) -> Filter:
        name, first, last = self.by.name, start.isoformat(), end.isoformat()
        begun = Term(name, "gte", first), Term(name, "lte", last)
        if self.until is None:
            return AllOf(begun)
        overlaps = AllOf((Term(name, "lte", last), Term(self.until.name, "gte", first)))
        return AnyOf((AllOf(begun), overlaps))

    @staticmethod
    def _place(day: date, start: date, days: int) -> float:
        return round(100 * (day - start).days / days, 2)

    def _marks(self, start: date, days: int) -> list[dict[str, Any]]:
        """Lines and words above: weeks in the near view, months in the far ones."""
        found, end = [], start + timedelta(days=days)
        if self.zoom == "weeks":
            marks = [start + timedelta(days=7 * number) for number in range(days // 7)]
            return [{"x": self._place(day, start, days), "label": self.view.formats.date(day)} for day in marks]
        day = start
        while day < end:
            found.append(
                {"x": self._place(day, start, days), "label": _in(self.view, "yMMM" if day.month == 1 else "MMM", day)}
            )
            day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return found

    def _bar(self, row: Row, start: date, days: int) -> dict[str, Any] | None:
        zone, formats = self.view.zone, self.view.formats
        begin = day_of(row.get(self.by.name), zone)
        finish = day_of(row.get(self.until.name), zone) if self.until is not None else None
        if begin is None:
            return None
        found = self.entry(row)
        found |= {"from": begin.isoformat(), "to": (finish or begin).isoformat()}
        if finish is None or finish < begin:
            return found | {"point": self._place(begin, start, days), "text": formats.date(begin)}
        left = max(0.0, self._place(begin, start, days))
        right = min(100.0, self._place(finish + timedelta(days=1), start, days))
        text = f"{formats.date(begin)} – {formats.date(finish)}"
        return found | {"x": left, "width": round(max(right - left, 0.5), 2), "text": text}
