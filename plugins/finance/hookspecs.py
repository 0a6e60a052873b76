"""Hooks this plugin offers. Others implement them with ``@hookimpl(optionalhook=True)`` and import nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from weft.core.sdk import Records, Row, hookspec

__all__ = ["FinanceHooks"]


class FinanceHooks:
    """What other plugins may tell about money."""

    @hookspec
    def weft_finance_cost_paths(self) -> Sequence[Mapping[str, str]] | None:
        """How to get from a record that bears cost to whom it concerns.

        Returns:
            One mapping per entity with the trait ``finance.costable`` or of customers and suppliers: ``entity``, and
            names of its fields, ``id`` meaning the record itself: ``customer``, ``project``, ``lead`` (a user),
            ``salesperson`` (a user); for whoever is paid or pays ``bank``, ``tax_id``, ``days`` (to pay), ``address``.
        """

    @hookspec
    def weft_finance_hours(self, records: Records, entries: Sequence[int] | None) -> Sequence[Mapping[str, Any]] | None:
        """What hours cost, to be booked.

        Args:
            records: the platform's.
            entries: ids of records with hours that changed; None for all that are approved.

        Returns:
            ``{"source": id, "charged_to": id, "day": date, "about": text, "cost": Money or None}`` each; None where
            the hours do not count (any more).
        """

    @hookspec
    def weft_finance_month_open(self, records: Records, first: date, last: date) -> Sequence[Mapping[str, Any]] | None:
        """What a month still lacks before it is closed, such as hours that people have not written.

        Args:
            records: the platform's.
            first, last: its days.

        Returns:
            ``{"title": text, "count": number, "people": user ids, "url": address, "icon": name}`` each; people are
            shown by name.
        """

    @hookspec
    def weft_finance_issue_check(self, records: Records, invoice: Row) -> Any:
        """Why an invoice may not be issued yet: one sentence, or None.

        Args:
            records: the platform's.
            invoice: the draft.
        """

    @hookspec
    def weft_finance_step(self, records: Records, step: int) -> Mapping[str, Any] | None:
        """What an invoice for a contract step says.

        Args:
            records: of who invoices; what they may not read does not exist.
            step: id of the step.

        Returns:
            ``name``, ``name_alt``, ``amount`` (net), and ids or None of ``customer``, ``project`` and ``contract``;
            None for a step that brings no payment.
        """

    @hookspec
    def weft_finance_expected(self, records: Records) -> Sequence[Mapping[str, Any]] | None:
        """Payments that will be invoiced once something is done, such as steps of contracts.

        Args:
            records: of who plans the money; what they may not read does not exist.

        Returns:
            ``step`` (id), ``name``, ``name_alt``, ``amount`` (net), ``day`` (when it can be invoiced) and ``customer``
            (a reference or None) each.
        """
