"""What decides about a request when it comes in: its queue, who answers, its agreement, its due times.

Read once per batch of changes, in few statements however many requests it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from weft.core.sdk import Kind, Records, RefValue, Row, directory
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services.clock import WorkingHours

__all__ = ["Desk", "countries_of", "hours_of", "members_of", "times_of"]

#: How much of the hours for a normal request another priority gets, where no agreement says so.
_SHARES = {"urgent": 0.25, "high": 0.5, "normal": 1.0, "low": 2.0}
_MOST = 200


class Desk:
    """Queues, hours and agreements as they are now.

    Args:
        records: ``records.system(...)``: what a request gets does not depend on who asks.
        customers: ids of the organisations whose agreements and countries matter.
        zone: of the company, for queues without hours.
    """

    def __init__(self, records: Records, customers: Iterable[int | None], zone: str) -> None:
        self.records = records
        self.queues = list(records.query("service.queue", sort="name", limit=_MOST).rows)
        self.hours = {row["id"]: hours_of(row) for row in records.query("service.hours", limit=_MOST).rows}
        self.zone = zone
        wanted = sorted({one for one in customers if one})
        self._agreements: dict[int, list[Row]] = {}
        for row in _agreements_of(records, wanted):
            customer = row.get("customer")
            self._agreements.setdefault(customer.id if customer is not None else 0, []).append(row)
        self._countries = countries_of(records, wanted) if wanted else {}
        self._loads: dict[int, int] | None = None
        self._standard: dict[str, Any] = {}

    # ---- who answers

    def queue_for(self, customer: int | None) -> Row | None:
        """The queue of a customer: by country, else the standard one, else the only one there is."""
        country = self._countries.get(customer or 0, "")
        if country:
            for row in self.queues:
                if country in (row.get("countries") or "").upper().replace(",", " ").split():
                    return row
        standard = [row for row in self.queues if row.get("standard")]
        if standard:
            return standard[0]
        return self.queues[0] if len(self.queues) == 1 else None

    def queue(self, number: int | None) -> Row | None:
        """A queue by id."""
        return next((row for row in self.queues if row["id"] == number), None)

    def answers(self, queue: Row | None) -> int | None:
        """Who gets a new request of a queue, None when its members take."""
        if queue is None or queue["rule"] == "nobody":
            return None
        if queue["rule"] == "person":
            return queue["answers"].id if queue.get("answers") else None
        members = members_of(self.records, queue)
        if not members:
            return None
        if self._loads is None:
            self._loads = _loads(self.records)
        chosen = min(members, key=lambda one: (self._loads.get(one, 0) if self._loads else 0, one))
        self._loads[chosen] = self._loads.get(chosen, 0) + 1  # the next one of this batch goes to another
        return chosen

    # ---- by when

    def agreement_for(self, customer: int | None, day: date) -> Row | None:
        """The agreement of a customer that is valid on a day, else the one for all; of several the one begun last."""
        for key in (customer or 0, 0):
            found = [
                row
                for row in self._agreements.get(key, ())
                if row["valid_from"] <= day and (row.get("valid_to") is None or row["valid_to"] >= day)
            ]
            if found:
                return found[-1]
        return None

    def agreement(self, number: int | None) -> Row | None:
        """An agreement by id, also of another customer."""
        known = next((row for rows in self._agreements.values() for row in rows if row["id"] == number), None)
        if known is not None or number is None:
            return known
        rows = self.records.query("service.agreement", filters={"id": str(number)}, limit=1).rows
        return rows[0] if rows else None

    def times(self, agreement: Row | None, priority: str) -> tuple[int, int]:
        """Working minutes until the first answer and until the solution; settings are read once for all requests."""

        def setting(key: str) -> Any:
            if key not in self._standard:
                self._standard[key] = self.records.setting(key)
            return self._standard[key]

        return times_of(setting, agreement, priority)

    def day_of(self, moment: datetime, queue: Row | None) -> date:
        """The day of a moment where the team of a queue works."""
        return moment.astimezone(ZoneInfo(self.working_hours(queue, None).zone)).date()

    def working_hours(self, queue: Row | None, agreement: Row | None) -> WorkingHours:
        """When a request is worked on: hours of its agreement, else of its queue, else of the office."""
        for row in (agreement, queue):
            chosen = row.get("hours") if row is not None else None
            if isinstance(chosen, RefValue) and chosen.id in self.hours:
                return self.hours[chosen.id]
        return WorkingHours(zone=self.zone)


def _agreements_of(records: Records, customers: Sequence[int]) -> Iterator[Row]:
    """Agreements for everybody and of these customers, begun first ones first; an import names thousands of them."""
    parts = [",".join(map(str, customers[start : start + _MOST])) for start in range(0, len(customers), _MOST)]
    for filters in ({"customer__isnull": "true"}, *({"customer__in": part} for part in parts)):
        cursor: str | None = None
        while True:
            page = records.query("service.agreement", filters=filters, sort="valid_from", limit=_MOST, cursor=cursor)
            yield from page.rows
            cursor = page.next
            if cursor is None:
                break


def hours_of(row: Mapping[str, Any]) -> WorkingHours:
    """Working hours from their record."""
    return WorkingHours(
        row["zone"], frozenset(row.get("days") or ()), _time(row.get("opens"), time(9)),
        _time(row.get("closes"), time(17)), bool(row.get("always")), (row.get("country") or "").upper(),
        row.get("region") or "",
    )  # fmt: skip


def _time(text: str | None, otherwise: time) -> time:
    try:
        return time.fromisoformat((text or "").zfill(5))
    except ValueError:
        return otherwise


def times_of(setting: Callable[[str], Any], agreement: Row | None, priority: str) -> tuple[int, int]:
    """Working minutes until the first answer and until the solution.

    Args:
        setting: gives the company's settings by their keys (``records.setting``).
        agreement: the customer's, or None.
        priority: of the request.
    """
    found = []
    for word, key in (("answer", "service.answer_hours"), ("solve", "service.solve_hours")):
        hours = agreement.get(f"{word}_{priority}") if agreement is not None else None
        if hours is None and agreement is not None and agreement.get(f"{word}_normal"):
            hours = agreement[f"{word}_normal"] * _SHARES[priority]
        if hours is None:
            hours = setting(key) * _SHARES[priority]
        found.append(max(1, round(hours * 60)))
    return found[0], found[1]


def members_of(records: Records, queue: Row) -> list[int]:
    """Active people of a queue's team."""
    team = queue.get("team")
    return [one.id for one in directory.colleagues(records, unit=team.id)] if team else []


def countries_of(records: Records, ids: Iterable[int]) -> dict[int, str]:
    """Country of organisations, by the first address field of their kind; whoever has none is absent."""
    registry = records.runtime.registry
    by_type: dict[str, list[int]] = {}
    for number, ref in records.titles(ids).items():
        by_type.setdefault(ref.type, []).append(number)
    found: dict[int, str] = {}
    for key, numbers in by_type.items():
        fields = registry.entities[key].fields if key in registry.entities else {}
        name = next((name for name, one in fields.items() if one.kind is Kind.ADDRESS), None)
        if name is None:
            continue
        for start in range(0, len(numbers), _MOST):
            part = ",".join(map(str, numbers[start : start + _MOST]))
            for row in records.query(key, fields=[name], filters={"id__in": part}, limit=_MOST).rows:
                country = (row.get(name) or {}).get("country")
                if country:
                    found[row.id] = str(country).upper()
    return found


def _loads(records: Records) -> dict[int, int]:
    lines = records.aggregate("service.request", group=("owner",), filters={"status__in": ",".join(words.LIVE)})
    owners = {getattr(line["owner"], "id", line["owner"]): line["count"] for line in lines}
    return {owner: count for owner, count in owners.items() if owner is not None}
