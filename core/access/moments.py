"""Words for people and days in conditions: ``me``, ``today``, ``today+7``, ``month_start`` ... in the viewer's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, and_

from weft.core.access.names import Name
from weft.core.errors import QueryError
from weft.core.i18n import translator

__all__ = ["Moment", "Word", "between", "day_of", "parse_moment"]

_ = translator("core")

_WORD = re.compile(
    r"(today|tomorrow|yesterday|week_start|week_end|month_start|month_end|quarter_start|quarter_end|year_start|year_end|now)"
    r"([+-]\d{1,4})?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Who asks and when.

    Attributes:
        now: aware UTC.
        zone: IANA name of the viewer's zone.
        user_id: the user behind ``me``.
    """

    now: datetime
    zone: str = "UTC"
    user_id: int | None = None

    @property
    def tz(self) -> ZoneInfo:
        """The viewer's zone, UTC when its name is unknown."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def today(self) -> date:
        """The calendar day at the viewer's place."""
        return self.now.astimezone(self.tz).date()


@dataclass(frozen=True, slots=True)
class Word:
    """A word whose value is computed when the statement runs.

    Attributes:
        text: ``me`` or a day word.
        form: ``user``, ``date``, ``start`` (moment the day begins) or ``following`` (the moment the next one begins).
    """

    text: str
    form: str

    def value(self, moment: Moment) -> Any:
        """The value for who asks now."""
        if self.form == "user":
            return moment.user_id
        if self.text.startswith("now"):
            return moment.now + timedelta(days=int(self.text[3:] or 0))
        day = day_of(self.text, moment.today)
        if self.form == "date":
            return day
        return _begin(day if self.form == "start" else day + timedelta(days=1), moment)


def day_of(word: str, today: date) -> date:
    """The day a word such as ``month_end`` or ``today+7`` means.

    Raises:
        ValueError: no such word.
    """
    found = _WORD.fullmatch(word)
    if found is None or found.group(1) == "now":
        raise ValueError(word)
    start, offset = found.group(1), timedelta(days=int(found.group(2) or 0))
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    week = today - timedelta(days=today.weekday())
    days = {
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "yesterday": today - timedelta(days=1),
        "week_start": week,
        "week_end": week + timedelta(days=6),
        "month_start": today.replace(day=1),
        "month_end": _months_on(today.replace(day=1), 1) - timedelta(days=1),
        "quarter_start": quarter,
        "quarter_end": _months_on(quarter, 3) - timedelta(days=1),
        "year_start": today.replace(month=1, day=1),
        "year_end": today.replace(month=12, day=31),
    }
    return days[start] + offset


def _months_on(first: date, months: int) -> date:
    number = first.month - 1 + months
    return first.replace(year=first.year + number // 12, month=number % 12 + 1)


def is_word(text: Any) -> bool:
    """True for day words."""
    return isinstance(text, str) and _WORD.fullmatch(text) is not None


def _begin(day: date, moment: Moment) -> datetime:
    return datetime.combine(day, time(), moment.tz).astimezone(UTC)


def parse_moment(name: Name, value: Any, moment: Moment | None) -> Any:
    """A moment, or for a day the pair (its beginning, the beginning of the next); words stay open without ``moment``.

    Raises:
        QueryError: the value is neither.
    """
    if isinstance(value, datetime):
        return _aware(name, value, moment)
    if is_word(value):
        if value.startswith("now"):
            word = Word(value, "start")
            return word if moment is None else word.value(moment)
        pair = Word(value, "start"), Word(value, "following")
        return pair if moment is None else (pair[0].value(moment), pair[1].value(moment))
    zone = moment or Moment(datetime.now(UTC))
    try:
        if isinstance(value, date):
            return _begin(value, zone), _begin(value + timedelta(days=1), zone)
        text = str(value).strip()
        if len(text) == 10:
            day = date.fromisoformat(text)
            return _begin(day, zone), _begin(day + timedelta(days=1), zone)
        # In an address the plus of an offset reads as a space.
        return _aware(name, datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text)), moment)
    except (ValueError, OverflowError) as error:
        raise QueryError(_("“%(field)s” needs a day or a moment.") % {"field": name.label}, name=name.name) from error


def _aware(name: Name, value: datetime, moment: Moment | None) -> datetime:
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    if moment is None:
        raise QueryError(_("“%(field)s” needs a moment with its time zone.") % {"field": name.label}, name=name.name)
    return value.replace(tzinfo=moment.tz).astimezone(UTC)


def between(column: ColumnElement[Any], first: Any, following: Any) -> ColumnElement[bool]:
    """``first <= column < following``."""
    return and_(column >= first, column < following)
