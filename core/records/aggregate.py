"""Figures over an entity's records: counts, sums and averages by group, through the same rules as lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, func, select

from weft.core.access.conditions import Filter
from weft.core.db.fields import Kind
from weft.core.db.money import Money
from weft.core.identity import company
from weft.core.records import rates
from weft.core.records.filters import readable_name
from weft.core.records.grouping import Group, Measure, parse_group, parse_measure, zone_minutes
from weft.core.records.paging import Run
from weft.core.records.query import Request, entity_type, spec_for
from weft.core.records.references import resolve
from weft.core.records.shapes import Builder, ListSpec, Statement
from weft.core.records.values import MoneySum, Row

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["run"]

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
) -> list[dict[str, Any]]:
    """Return one dict per group, largest first; see :meth:`weft.core.records.facade.Records.aggregate`.

    Raises:
        QueryError: a name is unknown or unreadable, or cannot be grouped or measured.
    """
    declared = entity_type(records, entity)
    spec = spec_for(records, declared, Request(entity, filters=filters, sort="id", search=search))
    groups = [parse_group(text, lambda name: readable_name(spec.access, spec.names, name)) for text in group]
    wanted = [parse_measure(text, lambda name: readable_name(spec.access, spec.names, name)) for text in measures]
    used = {one.name.name for one in groups} | {one.name.name for one in wanted if one.name is not None}
    spec = replace(spec, extra=frozenset(used))
    if spec.rows.kind == "none":
        return [] if groups else [_empty(wanted, records)]
    return _Figures(records, spec, groups, wanted).rows(max(1, min(limit, MAX_GROUPS)))


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

    def __init__(self, records: Records, spec: ListSpec, groups: list[Group], measures: list[Measure]) -> None:
        self.records = records
        self.spec = spec
        self.groups = groups
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
            *self.run.key, "aggregate", self.shape, money,
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
        sql = select(*groups, currency, *columns).select_from(source.from_clause(start))
        sql = sql.where(*conditions, amount.is_not(None)).group_by(*groups, currency).order_by(*groups, currency)
        return builder.statement(sql)

    def _money(self, name: str, found: dict[tuple[Any, ...], dict[str, Any]], limit: int) -> None:
        """Figures of one money field per currency; sums also in company currency."""
        measures = [one for one in self.money if one.name is not None and one.name.name == name]
        width = len(self.groups)
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


def _sum(records: Records, amounts: Mapping[str, Decimal], known: Mapping[str, rates.Rate] | None = None) -> MoneySum:
    own = company.cached(records.runtime).currency
    parts = tuple(Money(amount, code) for code, amount in sorted(amounts.items()))
    given = known or {}
    missing = tuple(code for code in sorted(amounts) if code != own and code not in given)
    usable = {**given, own: rates.Rate(own, records.now.date(), Decimal(1), "")}
    days = [given[code].on_date for code in amounts if code != own and code in given]
    return MoneySum(parts, rates.convert(parts, usable, own), min(days) if days else None, missing)
