"""What a model may ask of the record a case is about: a field, an amount in a currency, a decision table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    Money,
    PersonRef,
    Records,
    RefValue,
    Row,
    UnitRef,
    company_currency,
    in_script,
    to_company,
    translator,
)
from weft.plugins.workflow.services import answers, closed, tables

_ = translator("workflow")

__all__ = ["Look", "title_of"]


def title_of(records: Records, row: Row | Mapping[str, Any]) -> tuple[str, str]:
    """Title of a record and its title in the other script."""
    spec = records.runtime.registry.entities[row["type"]].spec
    named = " ".join(str(row[name]) for name in spec.title if row.get(name))
    main = named or str(row.get("title") or row.get("number") or "")
    other = str(row.get(spec.alt_title) or "") if spec.alt_title else ""
    return main, other


class Look:
    """One record, read once, for the conditions of one case.

    Args:
        records: the platform's own: a condition decides the same whoever happens to act.
        row: the record, None where it is gone.
        chain: for its decision tables.
    """

    def __init__(self, records: Records, row: Row | None, chain: Mapping[str, Any]) -> None:
        self._records, self._chain = records, chain
        self._row: Mapping[str, Any] = row or {}

    @property
    def functions(self) -> dict[str, Any]:
        """What expressions may call, by name."""
        return {"field": self.field, "amount": self.amount, "chooses": self.chooses}

    def field(self, name: str) -> Any:
        """A field as plain data; a link as the title of what it leads to."""
        value: Any = self._row.get(name)
        if isinstance(value, Money):
            return value.amount
        if isinstance(value, RefValue):
            return in_script(value.title, value.alt, "en")[0]
        if isinstance(value, (PersonRef, UnitRef)):
            return value.name
        return value.isoformat() if hasattr(value, "isoformat") else value

    def amount(self, name: str, currency: str) -> Decimal:
        """An amount of the record in a currency, by today's rate; nothing entered is nothing.

        Raises:
            ClosedError: there is no rate.
        """
        value = self._row.get(name)
        if value is None:
            return Decimal(0)
        if not isinstance(value, Money):
            return closed.number(value)
        if value.currency == currency:
            return value.amount
        own = to_company(self._records, [value])
        rate = Decimal(1)
        if currency != company_currency(self._records):
            unit = to_company(self._records, [Money(Decimal(1), currency)])
            rate = unit.exact or Decimal(0)
        if own.exact is None or not rate:
            message = _("There is no rate between %(a)s and %(b)s.") % {"a": value.currency, "b": currency}
            raise closed.ClosedError(str(message))
        return own.exact / rate

    def chooses(self, table: str, wanted: Any) -> bool:
        """True when a decision table of the process answers with a word, alone or among others."""
        values = [one for line in self.decide(table) for one in line.values()]
        if wanted == "":
            return any(bool(one) for one in values)
        return answers.normal(wanted) in [answers.normal(one) for one in values]

    def decide(self, table: str) -> list[dict[str, Any]]:
        """The lines a decision table of the process chooses."""
        declared = (self._chain.get("tables") or {}).get(table)
        if declared is None:
            raise closed.ClosedError(str(_("There is no decision table “%(name)s”.") % {"name": table[:60]}))
        currency = str(declared.get("currency") or company_currency(self._records))
        return tables.decide(declared, self._values(currency))

    def _values(self, currency: str) -> dict[str, Any]:
        """Fields by name; money in the currency of the table, or of the company, its own currency beside it.

        A day stays a day: S-FEEL compares ``date("2026-01-31")`` with nothing else.
        """
        found: dict[str, Any] = {}
        for name in self._row:
            value = self._row.get(name)
            if isinstance(value, Money):
                found[name] = self.amount(name, currency)
                found[f"{name}_currency"] = value.currency
            elif isinstance(value, date) and not isinstance(value, datetime):
                found[name] = value
            else:
                found[name] = self.field(name)
        return found
