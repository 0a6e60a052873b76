"""Spans of time that figures cover: a month, a quarter, a year, or all time; with their words and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_skeleton

from weft.core.i18n import babel_locale, translator

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["KINDS", "Period", "home_period", "read_period"]

_ = translator("core")

#: Months of each kind of period; ``all`` has none.
KINDS = {"month": 1, "quarter": 3, "year": 12, "all": 0}
_NAMES = {"month": _("Month"), "quarter": _("Quarter"), "year": _("Year"), "all": _("All time")}
_SKELETONS = {"month": "yMMMM", "quarter": "yQQQ", "year": "y"}


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days.

    Attributes:
        kind: one of :data:`KINDS`.
        first: first day, None for all time.
        end: first day of the next period, None for all time.
    """

    kind: str
    first: date | None = None
    end: date | None = None

    @classmethod
    def of(cls, kind: str, day: date) -> Period:
        """The period of a kind that a day is in (of the calendar)."""
        months = KINDS[kind]
        if not months:
            return cls(kind)
        first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
        return cls(kind, first, _later(first, months))

    @property
    def label(self) -> str:
        """Its name in the viewer's language: ``November 2026``, ``Q4 2026``, ``2026``, ``All time``."""
        if self.first is None:
            return str(_NAMES[self.kind])
        return str(format_skeleton(_SKELETONS[self.kind], self.first, locale=babel_locale()))

    @property
    def next_word(self) -> str:
        """``Next month`` and so on."""
        return str({"quarter": _("Next quarter"), "year": _("Next year")}.get(self.kind, _("Next month")))

    def shifted(self, by: int) -> Period:
        """So many periods later (earlier for a negative number)."""
        if self.first is None:
            return self
        return Period.of(self.kind, _later(self.first, by * KINDS[self.kind]))

    def filters(self, name: str) -> dict[str, str]:
        """Filters of a list for a date or moment within the period; none for all time."""
        if self.first is None or self.end is None:
            return {}
        return {f"{name}__gte": self.first.isoformat(), f"{name}__lt": self.end.isoformat()}

    def query(self) -> dict[str, str]:
        """Parameters of the address of a report."""
        return {"period": self.kind, **({"at": self.first.isoformat()} if self.first else {})}


def _later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(min(max(number // 12, 1), 9998), number % 12 + 1, 1)


def home_period(view: View) -> Period:
    """The period of the home page's figures, as chosen there, up to and with today."""
    return Period.of(view.period if view.period in KINDS else "month", view.today)


def read_period(view: View, kinds: tuple[str, ...] = tuple(KINDS), default: str = "month") -> Period:
    """The period in the address of a report: ``period=quarter&at=2026-10-01``; unreadable parts are those of today."""
    kind = view.args.get("period", "")
    kind = kind if kind in kinds else default
    try:
        day = date.fromisoformat(view.args.get("at", ""))
    except ValueError:
        day = view.today
    return Period.of(kind, day)


def switch(view: View, chosen: Period, kinds: tuple[str, ...], more: Mapping[str, str]) -> list[dict[str, object]]:
    """The switch of a report's head: the same place in another kind of period."""
    day = chosen.first or view.today
    day = view.today if chosen.end is None or chosen.first is None or chosen.first <= view.today < chosen.end else day
    from weft.core.portal.addresses import with_query

    return [
        {
            "label": str(_NAMES[kind]),
            "url": with_query(view.path, {**more, **Period.of(kind, day).query()}),
            "current": kind == chosen.kind,
        }
        for kind in kinds
    ]
