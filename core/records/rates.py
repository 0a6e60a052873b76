"""Dated exchange rates: company currency per unit of another currency, the last one on or before a day."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TextIO

from sqlalchemy import Connection, and_, delete, func, insert, select

from weft.core.db.money import Money
from weft.core.db.tables import installation
from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import company
from weft.core.records.tables import RATE_PLACES, currency_rate

__all__ = [
    "LARGEST",
    "Rate",
    "convert",
    "is_usable",
    "load_rates",
    "newest",
    "rate_on",
    "rates_between",
    "rates_on",
    "read_ecb",
    "set_rates",
]

_ = translator("core")

#: Rates are below this.
LARGEST = Decimal(1_000_000)
_BATCH = 1000
#: Key of the installation: the currency the stored rates are in.
_BASE = "rates_base"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as it is named beside every converted sum.

    Attributes:
        currency: of the amounts it converts.
        on_date: the day it was published, on or before the day asked for.
        rate: company currency per one unit.
        source: where it comes from; empty for the company currency itself.
    """

    currency: str
    on_date: date
    rate: Decimal
    source: str


def rate_on(conn: Connection, currency: str, day: date) -> Rate | None:
    """The last rate of a currency on or before a day; None when there is none. One statement, or two at most."""
    return rates_on(conn, [currency], day).get(currency)


def rates_on(conn: Connection, currencies: Iterable[str], day: date) -> dict[str, Rate]:
    """The last rates of several currencies on or before a day; currencies without one are absent.

    The company currency has the rate 1 of that day.
    """
    own, base = _currencies(conn)
    wanted = sorted(set(currencies))
    found = {own: Rate(own, day, Decimal(1), "")} if own in wanted else {}
    others = [code for code in wanted if code != own]
    if not others or own != base:
        return found
    c = currency_rate.c
    last = select(c.currency, func.max(c.on_date).label("on_date")).where(c.currency.in_(others), c.on_date <= day)
    newest = last.group_by(c.currency).subquery()
    statement = select(c.currency, c.on_date, c.rate, c.source)
    same = and_(newest.c.currency == c.currency, newest.c.on_date == c.on_date)
    for row in conn.execute(statement.join_from(currency_rate, newest, same)):
        found[row.currency] = Rate(row.currency, row.on_date, row.rate, row.source)
    return found


def rates_between(conn: Connection, currencies: Iterable[str], first: date, last: date) -> dict[str, list[Rate]]:
    """All rates that hold on some day between two days, oldest first: the one before the first day and those within.

    The company currency is not among them. Two statements, however long the time is.
    """
    own, base = _currencies(conn)
    wanted = sorted(set(currencies) - {own})
    if not wanted or own != base:
        return {}
    c = currency_rate.c
    found: dict[str, list[Rate]] = {code: [rate] for code, rate in rates_on(conn, wanted, first).items()}
    statement = select(c.currency, c.on_date, c.rate, c.source)
    statement = statement.where(c.currency.in_(wanted), c.on_date > first, c.on_date <= last).order_by(c.on_date)
    for row in conn.execute(statement):
        found.setdefault(row.currency, []).append(Rate(row.currency, row.on_date, row.rate, row.source))
    return found


def convert(amounts: Iterable[Money], rates: Mapping[str, Rate], currency: str) -> Money | None:
    """Sum of amounts in the company currency, rounded once at the end; None when a rate is missing."""
    total = Decimal(0)
    for money in amounts:
        rate = rates.get(money.currency)
        if rate is None:
            return None
        total += money.amount * rate.rate
    return Money(total, currency).rounded()


def newest(conn: Connection) -> list[Rate]:
    """The last rate of every currency, by currency."""
    own, base = _currencies(conn)
    if own != base:
        return []
    c = currency_rate.c
    last = select(c.currency, func.max(c.on_date).label("on_date")).group_by(c.currency).subquery()
    same = and_(last.c.currency == c.currency, last.c.on_date == c.on_date)
    statement = select(c.currency, c.on_date, c.rate, c.source).join_from(currency_rate, last, same)
    return [Rate(*row) for row in conn.execute(statement.order_by(c.currency))]


def set_rates(conn: Connection, rows: Sequence[Rate]) -> int:
    """Keep rates, replacing those of the same currency and day; returns how many.

    Rates are in the company currency of the moment. After a change of that currency the old ones count no longer, and
    the first new ones replace them all.

    Raises:
        ValidationFailed: a rate is unusable, or a code is not three capital letters.
    """
    for rate in rows:
        if (
            not is_usable(rate.rate)
            or len(rate.currency) != 3
            or not rate.currency.isascii()
            or not rate.currency.isupper()
        ):
            message = _("%(currency)s needs a positive rate.") % {"currency": rate.currency}
            raise ValidationFailed.single("rate", "invalid", message)
    c = currency_rate.c
    own, base = _currencies(conn)
    if own != base:
        conn.execute(delete(currency_rate))
    company.set_value(conn, _BASE, own)
    by_day: dict[str, list[date]] = {}
    for rate in rows:
        by_day.setdefault(rate.currency, []).append(rate.on_date)
    for currency, days in by_day.items():
        for start in range(0, len(days), _BATCH):
            part = days[start : start + _BATCH]
            conn.execute(delete(currency_rate).where(c.currency == currency, c.on_date.in_(part)))
    values = [
        {"currency": rate.currency, "on_date": rate.on_date, "rate": _stored(rate.rate), "source": rate.source[:40]}
        for rate in rows
    ]
    for start in range(0, len(values), _BATCH):
        conn.execute(insert(currency_rate), values[start : start + _BATCH])
    return len(values)


def is_usable(rate: Decimal) -> bool:
    """True for what can be stored: a number above zero in the places of a rate, and below :data:`LARGEST`."""
    return rate.is_finite() and rate < LARGEST and _stored(rate) > 0


def load_rates(conn: Connection, quotes: Iterable[tuple[date, str, Mapping[str, Decimal]]], source: str) -> int:
    """Keep published quotes as rates of the company currency; returns how many.

    Args:
        quotes: (day, base currency, currency -> units of it per one of the base), as central banks publish.
        source: named with every converted sum, e.g. ``ECB``.

    Days that do not quote the company currency are left out: nothing can be said about it then.
    """
    own = company.get(conn).currency
    rows: dict[tuple[str, date], Rate] = {}
    for day, base, per_base in quotes:
        quoted = {**per_base, base: Decimal(1)}
        if own not in quoted:
            continue
        for currency, units in quoted.items():
            if currency != own:
                rows[currency, day] = Rate(currency, day, quoted[own] / units, source)
    return set_rates(conn, list(rows.values()))


def read_ecb(stream: TextIO) -> list[tuple[date, str, dict[str, Decimal]]]:
    """Read the euro reference rates of the European Central Bank: one line per day, one column per currency.

    Raises:
        ValidationFailed: the file has no column ``Date`` or a value that is neither a number nor ``N/A``.
    """
    quotes = []
    for number, line in enumerate(csv.DictReader(stream), start=2):
        try:
            day = date.fromisoformat(line["Date"].strip())
            units = {
                code.strip(): Decimal(value)
                for code, value in line.items()
                if code and code.strip() not in ("", "Date") and value and value.strip() != "N/A"
            }
            units = {code: value for code, value in units.items() if value > 0}
        except (KeyError, ValueError, InvalidOperation, AttributeError) as error:
            message = _("Line %(line)s is not a line of the reference rates.") % {"line": number}
            raise ValidationFailed.single("file", "invalid", message) from error
        quotes.append((day, "EUR", units))
    return quotes


def _currencies(conn: Connection) -> tuple[str, str]:
    """The company currency, and the currency the stored rates are in; one statement."""
    keys = (company.KEY, _BASE)
    rows = conn.execute(select(installation.c.key, installation.c.value).where(installation.c.key.in_(keys)))
    values = {row.key: row.value for row in rows}
    own = str((values.get(company.KEY) or {}).get("currency") or company.Company().currency)
    return own, str(values.get(_BASE) or own)


def _stored(rate: Decimal) -> Decimal:
    return rate.quantize(Decimal(1).scaleb(-RATE_PLACES))
