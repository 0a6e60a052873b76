"""What is still to do for a customer, with the reason of each point and the step that settles it. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Records, Row, Text, translator
from weft.plugins.crm.queries.readable import Readable

_ = translator("crm")

__all__ = ["Point", "open_deals", "planned_steps", "points"]

_ENDS_SOON = timedelta(days=60)
#: Steps and deals looked at; more of them are a list of their own.
_MOST = 20
_SILENT = ("red", "manager", "warned")


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to do.

    Attributes:
        key: what kind of point it is.
        text: what is to do or missing, one sentence.
        reason: why it matters, or what it is about; ``%(when)s`` stands for the day.
        tone: ``late`` (overdue), ``soon`` (due or missing) or ``now``.
        step: how it is settled: ``log``, ``plan``, ``edit``, ``contact``, ``open`` (the record named by ``record``).
        record: (entity, id) of another record the point is about.
        day: the day in the reason, None where it names none.
    """

    key: str
    text: Text
    reason: Text = ""
    tone: str = "soon"
    step: str = "log"
    record: tuple[str, int] | None = None
    day: date | None = None


def planned_steps(records: Records, account: int) -> Sequence[Row]:
    """Planned activities with an account that the reader may see, the earliest first."""
    fields = ("subject", "kind", "at", "owner", "version")
    filters = {"account": account, "status": "planned", "at__isnull": False}
    return Readable(records, "crm.activity").rows(fields, filters, sort="at", limit=_MOST)


def points(
    records: Records, row: Row, steps: Sequence[Row], deals: Sequence[Row], people: Sequence[Row]
) -> list[Point]:
    """What is open or missing for a customer, the most urgent first.

    Args:
        records: unit of the reader.
        row: the account with all readable fields.
        steps: of :func:`planned_steps`.
        deals: its open deals with ``amount``, ``expected_close``, ``contact``.
        people: its contacts with ``influence``.
    """
    today = records.now.astimezone(records.zone).date()
    found = [*_silence(row, today), *_steps(records, steps, today)]
    if "customer" not in (row.get("role") or ()) or row.get("life") == "invalid":
        return found
    if not steps and "next_step" in row and not row.get("next_step"):
        found.append(
            Point("no_step", _("No next step is planned"), _("What is not planned does not happen."), step="plan")
        )
    found += [*_last_answer(records, row), *_deals(deals, today)]
    if Readable(records, "crm.contact").covers("influence"):
        found += _people(people)
    return [*found, *_missing(row, deals, today)]


def _silence(row: Row, today: date) -> list[Point]:
    if row.get("awaits_contact"):
        return [Point("first", _("Nobody has spoken to them since they were assigned"), tone="late")]
    if row.get("silence") not in _SILENT:
        return []
    text, falls = _("Too long without contact"), row.get("recycle_on")
    if falls is None:
        return [Point("silent", text, tone="late")]
    return [Point("silent", text, _("Falls into the pool %(when)s."), "late", day=max(falls, today))]


def _steps(records: Records, steps: Sequence[Row], today: date) -> list[Point]:
    found = []
    for step in steps:
        day = step["at"].astimezone(records.zone).date()
        if day > today:
            continue
        tone, record = "late" if day < today else "now", ("crm.activity", step["id"])
        found.append(Point("step", step["subject"], _("Planned for %(when)s."), tone, "open", record, day))
    return found


def _last_answer(records: Records, row: Row) -> list[Point]:
    """The last attempt reached nobody, or the last talk ended badly."""
    filters = {"account": row["id"], "status": "done", "kind__in": "call,visit,meeting,mail,message"}
    last = Readable(records, "crm.activity").rows(("outcome", "at"), filters, sort="-at", limit=1)
    outcome = last[0].get("outcome") if last else None
    if outcome == "not_reached":
        return [Point("unanswered", _("The last attempt reached nobody"), _("Try another channel or person."))]
    if outcome == "negative":
        return [Point("negative", _("The last contact ended badly"), _("Ask what would help."))]
    return []


def _deals(deals: Sequence[Row], today: date) -> list[Point]:
    found = []
    for deal in deals:
        closes, record = deal.get("expected_close"), ("crm.opportunity", deal["id"])
        if closes is not None and closes < today:
            text = _("The expected day of “%(deal)s” has passed") % {"deal": deal["title"]}
            found.append(Point("deal_late", text, _("Move the day, win it or lose it."), "late", "open", record))
        elif deal.get("amount") is None and "amount" in deal:
            text = _("“%(deal)s” has no amount") % {"deal": deal["title"]}
            found.append(Point("deal_amount", text, _("The forecast leaves it out."), "soon", "open", record))
    return found


def _people(people: Sequence[Row]) -> list[Point]:
    if not people:
        return [Point("people", _("No person is known there"), _("Nobody to call."), step="contact")]
    if any(person.get("influence") == "decides" for person in people):
        return []
    reason = _("Of the people known, none decides.")
    return [Point("decider", _("Who decides is not known"), reason, step="contact")]


def _missing(row: Row, deals: Sequence[Row], today: date) -> list[Point]:
    found = []
    if "tax_id" in row and not row.get("tax_id") and (deals or row.get("life") == "won"):
        found.append(
            Point("tax_id", _("The tax id is missing"), _("Needed for a contract and an invoice."), step="edit")
        )
    if "value_class" in row and not row.get("value_class") and row.get("life") in ("potential", "won"):
        found.append(Point("class", _("The class is missing"), _("It decides how much effort they get."), step="edit"))
    suggested = row.get("suggested_class")
    if suggested and row.get("value_class") and suggested != row["value_class"]:
        text = _("Class %(value)s is suggested") % {"value": suggested}
        found.append(Point("suggested", text, _("By what was won from them in 12 months."), "now", "edit"))
    ends = row.get("contract_ends_on")
    if ends is not None and today <= ends <= today + _ENDS_SOON:
        found.append(Point("contract", _("The contract ends"), _("It ends %(when)s."), step="plan", day=ends))
    return found


def open_deals(records: Records, account: int) -> tuple[Sequence[Row], Any, int]:
    """(open deals by expected day, their sum as :class:`MoneySum`, how many there are)."""
    filters = {"account": account, "outcome": "open"}
    fields = ("title", "name", "stage", "amount", "expected_close", "contact", "owner", "outcome")
    deals = Readable(records, "crm.opportunity")
    rows = deals.rows(fields, filters, sort="expected_close", limit=_MOST)
    if not deals.covers("amount", *filters):
        return rows, None, len(rows)
    line = records.aggregate("crm.opportunity", measures=("count", "sum(amount)"), filters=filters)
    return rows, line[0]["sum(amount)"] if line else None, line[0]["count"] if line else 0
