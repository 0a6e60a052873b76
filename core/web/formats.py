"""Numbers, money, dates and times as one person reads them: their language, their zone, their today.

Everything comes from Babel; the few house rules (near dates in words, no comma after a weekday) stand here once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent

from weft.core.db.money import Money
from weft.core.i18n import babel_locale, gettext, ngettext

__all__ = ["Formats"]

# Methods below carry the names of the filters: inside the class `date` and `datetime` are those.
Day = date
Moment = datetime

_NEAR_DAYS = 6


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of one viewer at one moment.

    Attributes:
        locale: key of :data:`weft.core.i18n.LOCALES`.
        zone: IANA name of the time zone.
        now: the present moment, aware.
    """

    locale: str
    zone: str
    now: Moment

    @property
    def babel(self) -> Locale:
        """The locale for Babel."""
        return babel_locale(self.locale)

    @property
    def today(self) -> Day:
        """The day it is for the viewer."""
        return self.local(self.now).date()

    def local(self, moment: Moment) -> Moment:
        """A moment in the viewer's zone."""
        return moment.astimezone(ZoneInfo(self.zone))

    def _day(self, value: Day | Moment | str) -> Day:
        if isinstance(value, str):
            value = Moment.fromisoformat(value) if "T" in value else Day.fromisoformat(value)
        return self.local(value).date() if isinstance(value, Moment) else value

    def number(self, value: Decimal | int | float | None, places: int | None = None) -> str:
        """A number with grouping; ``places`` fixes the digits after the point."""
        if value is None:
            return ""
        pattern = None if places is None else "#,##0" + ("." + "0" * places if places else "")
        return str(format_decimal(value, format=pattern, locale=self.babel))

    def amount(self, money: Money, *, cents: bool | None = None) -> str:
        """The number of an amount of money, without its currency.

        Args:
            money: the amount.
            cents: show decimals; None shows them only when the amount has some.
        """
        whole = money.amount == money.amount.to_integral_value()
        places = 0 if (whole and not cents) or cents is False else max(2, -int(money.amount.as_tuple().exponent))
        return self.number(money.amount, min(places, 4))

    def money(self, money: Money | Decimal | None, currency: str = "", cents: bool | None = None) -> str:
        """An amount as plain text: ``EUR 97,200``, the minus sign before the number."""
        if money is None:
            return ""
        whole = money if isinstance(money, Money) else Money(Decimal(money), currency)
        return f"{whole.currency} {self.amount(whole, cents=cents)}"

    def percent(self, value: Decimal | float | int | None) -> str:
        """A number of hundredths (62, not 0.62): ``62 %`` in English, ``62%`` in Chinese."""
        if value is None:
            return ""
        exact = isinstance(value, Decimal) and value != value.to_integral_value()
        pattern = "#,##0.0%" if exact else None  # a figure that was computed to one place is shown so
        text = str(format_percent(Decimal(str(value)) / 100, format=pattern, locale=self.babel))
        return text if self.locale == "zh" else text.replace("%", "\u00a0%").replace("\u00a0\u00a0", "\u00a0")

    def date(self, value: Day | Moment | None) -> str:
        """A day: ``25 Nov``, with the year when it is not this one."""
        if value is None:
            return ""
        day = self._day(value)
        skeleton = "MMMd" if day.year == self.today.year else "yMMMd"
        return str(format_skeleton(skeleton, day, locale=self.babel))

    def long_date(self, value: Day | Moment) -> str:
        """A day in full with its weekday, as on the home page."""
        day = self._day(value)
        if self.locale == "zh":
            return f"{format_date(day, 'long', locale=self.babel)} {format_date(day, 'EEEE', locale=self.babel)}"
        return str(format_date(day, "full", locale=self.babel))

    def appointment(self, value: Day | Moment | None) -> str:
        """A day one has to be somewhere: ``Fri 27 Nov``."""
        if value is None:
            return ""
        day = self._day(value)
        weekday = str(format_date(day, "EEE", locale=self.babel))
        return f"{self.date(day)} {weekday}" if self.locale == "zh" else f"{weekday} {self.date(day)}"

    def time(self, value: Moment | None) -> str:
        """A time of day: ``14:00``."""
        return "" if value is None else str(format_time(self.local(value), "HH:mm", locale=self.babel))

    def datetime(self, value: Moment | None) -> str:
        """Day and time in the viewer's zone."""
        return "" if value is None else f"{self.date(value)} {self.time(value)}"

    def stamp(self, value: Moment | None) -> str:
        """When something happened, short: the time today, ``yesterday 15:40``, else the day."""
        if value is None:
            return ""
        days = (self._day(value) - self.today).days
        if days == 0:
            return self.time(value)
        if days == -1:
            return f"{gettext('core', 'yesterday')} {self.time(value)}"
        return self.date(value)

    def reldate(self, value: Day | Moment | None) -> str:
        """A day in words when it is near (today, yesterday, in 3 days), else the date."""
        if value is None:
            return ""
        days = (self._day(value) - self.today).days
        words = {0: gettext("core", "today"), -1: gettext("core", "yesterday"), 1: gettext("core", "tomorrow")}
        if days in words:
            return words[days]
        if 1 < days <= _NEAR_DAYS:
            return ngettext("core", "in %(n)d day", "in %(n)d days", days) % {"n": days}
        if -_NEAR_DAYS <= days < -1:
            return ngettext("core", "%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}
        return self.date(value)

    def overdue(self, value: Day | Moment | None) -> str:
        """``40 days overdue`` for a day in the past, else an empty text."""
        if value is None:
            return ""
        days = (self.today - self._day(value)).days
        if days <= 0:
            return ""
        return ngettext("core", "%(n)d day overdue", "%(n)d days overdue", days) % {"n": days}

    def filesize(self, size: int) -> str:
        """Bytes for people: ``1.4 MB``; a step is 1024, as limits are set, so 26214400 is ``25 MB``."""
        value, unit = float(size), "B"
        for step in ("kB", "MB", "GB"):
            if value < 1000:
                break
            value, unit = value / 1024, step
        return f"{self.number(round(value, 1) if value < 10 and unit != 'B' else round(value))} {unit}"

    @staticmethod
    def phone(value: str | None) -> str:
        """A telephone number (E.164) in groups as people read it: ``+31 10 123 4567``; anything else as it is."""
        import phonenumbers  # slow to import, and not needed to start

        try:
            number = phonenumbers.parse(value or "")
        except phonenumbers.NumberParseException:
            return value or ""
        if number.extension or not phonenumbers.is_possible_number(number):
            return value or ""
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    def filters(self) -> dict[str, Any]:
        """The methods by the names they have in templates."""
        return {
            "money": self.money,
            "amount": self.amount,
            "date": self.date,
            "datetime": self.datetime,
            "time": self.time,
            "stamp": self.stamp,
            "reldate": self.reldate,
            "overdue": self.overdue,
            "appointment": self.appointment,
            "number": self.number,
            "percent": self.percent,
            "filesize": self.filesize,
            "phone": self.phone,
        }
