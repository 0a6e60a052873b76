"""Figures over an entity's records: counts, sums and averages by group, through the same rules as lists."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, func, select

from weft.core.access.conditions import Filter
from weft.core.access.names import Name
from weft.core.access.plans import Statement
from weft.core.db.fields import Kind
from weft.core.db.money import Money
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.identity import company
from weft.core.records import rates
from weft.core.records.filters import readable_name
from weft.core.records.grouping import Group, Measure, parse_group, parse_measure, zone_minutes
from weft.core.records.paging import Run
from weft.core.records.query import Request, entity_type, spec_for
from weft.core.records.references import resolve
from weft.core.records.shapes import Builder, ListSpec
from weft.core.records.values import MoneySum, Row

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["run"]

_ = translator("core")

#: Most groups of an answer.
MAX_GROUPS = 1000


def run(
    records: Records,
    entity: str,
    group: Sequence[str],
    measures: Sequence[str],
    filters: Filter | Mapping[str, Any] | None,
    limit: int,
    search: str | None = None,
    rates_of: str | None = None,
) -> list[dict[str, Any]]:
    """Return one dict per group, largest first; see :meth:`weft.core.records.facade.Records.aggregate`.

    Raises:
        QueryError: a name is unknown or unreadable, or cannot be grouped or measured.
    """
    declared = entity_type(records, entity)
    spec = spec_for(records, declared, Request(entity, filters=filters, sort="id", search=search))
    groups = [parse_group(text, lambda name: readable_name(spec.access, spec.names, name)) for text in group]
    wanted = [parse_measure(text, lambda name: readable_name(spec.access, spec.names, name)) for text in measures]
    dated = _dated(rates_of, wanted, lambda name: readable_name(spec.access, spec.names, name))
    used = {one.name.name for one in groups} | {one.name.name for one in wanted if one.name is not None}
    used |= {dated.name} if dated is not None else set()
    spec = replace(spec, extra=frozenset(used))
    if spec.rows.kind == "none":
        return [] if groups else [_empty(wanted, records)]
    return _Figures(records, spec, groups, wanted, dated).rows(max(1, min(limit, MAX_GROUPS)))


def _dated(text: str | None, measures: Sequence[Measure], resolve_name: Callable[[str], Name]) -> Name | None:
    """The date whose rate converts each amount."""
    if text is None:
        return None
    found = resolve_name(text)
    if found.kind is not Kind.DATE:
        raise QueryError(_("“%(field)s” is no day that has a rate.") % {"field": found.label}, name=text)
    if any(one.name is not None and one.name.kind is Kind.MONEY and one.function != "sum" for one in measures):
        raise QueryError(_("Only sums are converted by the rate of a day."), name=text)
    return found


def _empty(measures: Sequence[Measure], records: Records) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in measures:
        money = one.name is not None and one.name.kind is Kind.MONEY
        found[one.text] = (
            0 if one.function == "count" else _sum(records, {}) if money and one.function == "sum" else None
        )
    return found


class _Figures:
    """One execution: a statement for counts and plain numbers, one for each money field."""

    def __init__(
        self, records: Records, spec: ListSpec, groups: list[Group], measures: list[Measure], dated: Name | None = None
    ) -> None:
        self.records = records
        self.spec = spec
        self.groups = groups
        self.dated = dated
        self.plain = [one for one in measures if one.name is None or one.name.kind is not Kind.MONEY]
        self.money = [one for one in measures if one.name is not None and one.name.kind is Kind.MONEY]
        self.measures = measures
        self.run = Run(records, spec)
        self.shape = self.run.whole()

    def rows(self, limit: int) -> list[dict[str, Any]]:
        """The answer."""
        width = len(self.groups)
        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in self._execute(None, self.plain, limit):
            key = tuple(row[:width])
            values = iter(row[width + 1 :])
            found[key] = {one.text: one.result([next(values) for _ in range(one.columns)]) for one in self.plain}
        for name in dict.fromkeys(one.name.name for one in self.money if one.name is not None):
            self._money(name, found, limit)
        return self._finished(found)

    def _execute(self, money: str | None, measures: Sequence[Measure], limit: int) -> Any:
        key = (
            *self.run.key, "aggregate", self.shape, money, self.dated.name if self.dated and money else None,
            tuple(one.text for one in self.groups), tuple(one.text for one in measures),
        )  # fmt: skip
        statement = self.run.plans.get(key, lambda: self._statement(money, measures))
        more: dict[str, Any] = {"g_zone": zone_minutes(self.records)} if any(one.zoned for one in self.groups) else {}
        if money is None:
            more["n"] = limit
        return self.run.execute(statement, **more)

    def _statement(self, money: str | None, measures: Sequence[Measure]) -> Statement:
        """Group columns, then the count (or the currency and the count of amounts), then the measures."""
        builder = Builder(self.spec)
        source = builder.source
        conditions = builder.conditions(rows=self.shape != "set")
        groups = [one.expression(source, self.spec.dialect).label(f"g{n}") for n, one in enumerate(self.groups)]
        columns = [column for one in measures for column in one.sql(source)]
        start = None if self.shape == "direct" else builder.start(self.shape)
        if money is None:
            number = func.count().label("n_rows")
            sql = select(*groups, number, *columns).select_from(source.from_clause(start)).where(*conditions)
            sql = (
                sql.group_by(*groups)
                .order_by(number.desc(), *(one.asc().nulls_last() for one in groups))
                .limit(bindparam("n", type_=Integer()))
            )
            return builder.statement(sql)
        names = self.spec.names
        amount = source.column(names[money])
        declared = names[money].field
        currency = source.column(names[declared.currency_name if declared is not None else money])
        parts = [*groups, currency] if self.dated is None else [*groups, currency, source.column(self.dated)]
        sql = select(*parts, *columns).select_from(source.from_clause(start))
        sql = sql.where(*conditions, amount.is_not(None)).group_by(*parts).order_by(*parts)
        return builder.statement(sql)

    def _money(self, name: str, found: dict[tuple[Any, ...], dict[str, Any]], limit: int) -> None:
        """Figures of one money field per currency; sums also in company currency."""
        measures = [one for one in self.money if one.name is not None and one.name.name == name]
        width = len(self.groups)
        if self.dated is not None:
            self._dated_money(name, measures, found, limit)
            return
        by_key: dict[tuple[Any, ...], dict[str, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
        for row in self._execute(name, measures, limit):
            values = iter(row[width + 1 :])
            for one in measures:
                by_key[tuple(row[:width])][one.text][row[width]] = one.result(
                    [next(values) for _ in range(one.columns)]
                )
        currencies = {code for texts in by_key.values() for amounts in texts.values() for code in amounts}
        known = self._rates(currencies)
        for key, figures in found.items():
            for one in measures:
                amounts = by_key[key][one.text] if key in by_key else {}
                if one.function == "sum":
                    figures[one.text] = _sum(self.records, amounts, known)
                elif one.function == "count":
                    figures[one.text] = sum(int(number) for number in amounts.values())
                else:
                    figures[one.text] = tuple(Money(amount, code) for code, amount in sorted(amounts.items()))

    def _dated_money(
        self, name: str, measures: Sequence[Measure], found: dict[tuple[Any, ...], dict[str, Any]], limit: int
    ) -> None:
        """Sums of one money field, each amount by the rate of its day; amounts without a day by that of today."""
        width, text = len(self.groups), measures[0].text
        today = company.cached(self.records.runtime).today(self.records.now)
        rows = [
            (tuple(row[:width]), str(row[width]), row[width + 1] or today, measures[0].result([row[width + 2]]))
            for row in self._execute(name, measures[:1], limit)
        ]
        days = [row[2] for row in rows] or [today]
        known = rates.rates_between(self.records.connection, {row[1] for row in rows}, min(days), max(days))
        own = company.cached(self.records.runtime).currency
        by_key: dict[tuple[Any, ...], _Dated] = defaultdict(lambda: _Dated(own))
        for key, code, day, amount in rows:
            by_key[key].add(code, day, amount, known)
        for key, figures in found.items():
            figures |= {one.text: by_key[key].total() for one in measures if one.text == text}

    def _rates(self, currencies: set[str]) -> Mapping[str, rates.Rate]:
        today = company.cached(self.records.runtime).today(self.records.now)
        return rates.rates_on(self.records.connection, currencies, today) if currencies else {}

    def _finished(self, found: dict[tuple[Any, ...], dict[str, Any]]) -> list[dict[str, Any]]:
        """Ids of groups become references, people and units, each by its own rules."""
        rows = [Row({one.text: one.value(value) for one, value in zip(self.groups, key, strict=True)}) for key in found]
        fields = [
            one.name.field for one in self.groups if one.name.kind is Kind.REFERENCE and one.name.field is not None
        ]
        users = [one.text for one in self.groups if one.name.kind is Kind.USER]
        units = [one.text for one in self.groups if one.name.kind is Kind.UNIT]
        resolve(self.records, rows, fields, users, units)
        finished = []
        for row, figures in zip(rows, found.values(), strict=True):
            groups = {one.text: row.get(one.text) for one in self.groups}
            finished.append({**groups, **{one.text: figures[one.text] for one in self.measures}})
        return finished


class _Dated:
    """A sum whose amounts are converted each by the rate of its own day."""

    def __init__(self, own: str) -> None:
        self.own = own
        self.exact = Decimal(0)
        self.amounts: dict[str, Decimal] = defaultdict(Decimal)
        self.missing: set[str] = set()
        self.oldest: date | None = None

    def add(self, code: str, day: date, amount: Decimal, known: Mapping[str, Sequence[rates.Rate]]) -> None:
        """Add the amounts of one currency and day."""
        self.amounts[code] += amount
        if code == self.own:
            self.exact += amount
            return
        line = known.get(code, ())
        place = bisect_right(line, day, key=lambda rate: rate.on_date)
        if not place:
            self.missing.add(code)
            return
        rate = line[place - 1]
        self.exact += amount * rate.rate
        self.oldest = rate.on_date if self.oldest is None else min(self.oldest, rate.on_date)

    def total(self) -> MoneySum:
        """The sum."""
        parts = tuple(Money(amount, code) for code, amount in sorted(self.amounts.items()))
        if self.missing:
            return MoneySum(parts, None, self.oldest, tuple(sorted(self.missing)))
        return MoneySum(parts, Money(self.exact, self.own).rounded(), self.oldest, (), self.exact)


def _sum(records: Records, amounts: Mapping[str, Decimal], known: Mapping[str, rates.Rate] | None = None) -> MoneySum:
    own = company.cached(records.runtime).currency
    parts = tuple(Money(amount, code) for code, amount in sorted(amounts.items()))
    given = known or {}
    missing = tuple(code for code in sorted(amounts) if code != own and code not in given)
    usable = {**given, own: rates.Rate(own, records.now.date(), Decimal(1), "")}
    days = [given[code].on_date for code in amounts if code != own and code in given]
    whole = None if missing else sum((money.amount * usable[money.currency].rate for money in parts), Decimal(0))
    return MoneySum(parts, rates.convert(parts, usable, own), min(days) if days else None, missing, whole)
