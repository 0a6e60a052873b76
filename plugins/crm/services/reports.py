"""Figures of the ready reports, read with the viewer's rights; each is the sum of what the list behind it shows.

Every function takes the records of the viewer and a :class:`Scope`. Amounts are net and in company currency: open deals
by today's rate, ended ones by the rate of the day they ended. Filters that are returned are those of the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from weft.core.sdk import Records, directory, every, field_moves
from weft.plugins.crm.models.deals import Opportunity
from weft.plugins.crm.queries.reports import Amounts, Step, add_months, conversion, first_of_month

__all__ = [
    "CONTACT_KINDS", "LIVES", "BackTest", "Move", "Scope", "Stage", "back_test", "between", "contacts", "cycle",
    "developed", "forecast", "lead_counts", "life_moves", "lost", "outcomes", "slipped", "snapshots_of",
    "stage_conversion", "stages", "teams", "won",
]  # fmt: skip

#: Kinds of activities that are contacts; notes and tasks are not.
CONTACT_KINDS = ("call", "visit", "meeting", "mail", "message")
LIVES = ("won", "potential", "basic", "invalid")
#: A snapshot taken at most so many days before a month began still tells what was foreseen for it.
_SNAPSHOT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures.

    Attributes:
        owner: one person, None for all.
        units: units, with all below them; empty for all.
    """

    owner: int | None = None
    units: tuple[int, ...] = ()

    def owned(self) -> dict[str, str]:
        """Filters of records by owner and unit."""
        found = {"owner": str(self.owner)} if self.owner else {}
        return found | self._within()

    def ended(self) -> dict[str, str]:
        """Filters of ended deals: who owned them when they ended."""
        found = {"closed_owner": str(self.owner)} if self.owner else {}
        return found | self._within()

    def _within(self) -> dict[str, str]:
        return {"unit__in": ",".join(map(str, self.units))} if self.units else {}


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the pipeline."""

    id: int
    label: str
    label_alt: str
    position: int
    probability: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Move:
    """A customer that went from one step of its life to another."""

    account: int
    at: datetime
    user: int | None
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class BackTest:
    """What was foreseen for a month and what came.

    Attributes:
        month: its first day.
        taken_on: day of the snapshot, None when there is none.
        said: weighted amount of the snapshot, in company currency.
        won: what was won in the month.
    """

    month: date
    taken_on: date | None
    said: Decimal | None
    won: Decimal


def between(name: str, first: date | None, end: date | None) -> dict[str, str]:
    """Filters for a day or moment from ``first`` on and before ``end``."""
    found = {f"{name}__gte": first.isoformat()} if first else {}
    return found | ({f"{name}__lt": end.isoformat()} if end else {})


def stages(records: Records) -> list[Stage]:
    """All stages in their order."""
    fields = ("label_en", "label_zh", "position", "probability", "outcome")
    return [
        Stage(row["id"], row["label_en"], row.get("label_zh") or "", row["position"], row["probability"],
              row["outcome"] or "open")
        for row in every(records, "crm.stage", fields, {}, sort="position")
    ]  # fmt: skip


# ---- open deals


def forecast(
    records: Records, scope: Scope, by: str, filters: Mapping[str, str], steps: list[Stage] | None = None
) -> dict[Any, Amounts]:
    """Open deals added up by ``owner``, ``unit``, ``product``, ``stage`` or ``expected_close:month`` (R1).

    Args:
        records: whose rights count.
        scope: whose deals.
        by: what to group by; keys of the answer are ids, texts or None.
        filters: further filters of the list, such as the days of expected close.
        steps: of :func:`stages`, when the caller has them.
    """
    found: dict[Any, Amounts] = defaultdict(Amounts)
    wanted = {"outcome": "open", **scope.owned(), **filters}
    for stage in steps if steps is not None else stages(records):
        if by == "stage":
            lines = records.aggregate(
                "crm.opportunity", measures=("count", "sum(amount)"), filters={**wanted, "stage": stage.id}
            )
            if lines and lines[0]["count"]:
                found[stage.id].add(lines[0]["count"], lines[0]["sum(amount)"], stage.probability)
            continue
        lines = records.aggregate(
            "crm.opportunity", group=(by,), measures=("count", "sum(amount)"), filters={**wanted, "stage": stage.id}
        )
        for line in lines:
            key = line[by]
            found[getattr(key, "id", key)].add(line["count"], line["sum(amount)"], stage.probability)
    return dict(found)


def slipped(records: Records, scope: Scope, first: date, end: date, since: date) -> list[int]:
    """Open deals that were expected within a time and have been moved behind it since a day."""
    begin = _moment(records, since)
    moves = field_moves(
        records, "crm.opportunity", "expected_close", filters={"outcome": "open", **scope.owned()}, since=begin
    )
    was: dict[int, date | None] = {}
    now: dict[int, date | None] = {}
    for move in moves:
        was.setdefault(move.record, _day(move.old if move.old is not None else move.new))
        now[move.record] = _day(move.new)
    return sorted(
        record for record, day in was.items()
        if day is not None and first <= day < end and ((later := now[record]) is None or later >= end)
    )  # fmt: skip


def snapshots_of(records: Records, scope: Scope, month: date) -> list[tuple[date, Amounts]]:
    """What the snapshots said about a month, oldest first."""
    lines = records.aggregate(
        "crm.forecast_snapshot",
        group=("taken_on:day",),
        measures=("sum(deals)", "sum(amount)", "sum(weighted)"),
        filters={"month": month.isoformat(), **_snapshot_scope(scope)},
    )
    found = []
    for line in lines:
        sums = Amounts(int(line["sum(deals)"] or 0), line["sum(amount)"].exact or Decimal(0))
        sums.weighted = line["sum(weighted)"].exact or Decimal(0)
        found.append((date.fromisoformat(line["taken_on:day"]), sums))
    return sorted(found, key=lambda pair: pair[0])


def back_test(records: Records, scope: Scope, today: date, months: int = 6) -> list[BackTest]:
    """The last full months: what the snapshot before each said, and what was won in it (R1)."""
    end = first_of_month(today)
    first = add_months(end, -months)
    said: dict[date, tuple[date, Decimal]] = {}
    lines = records.aggregate(
        "crm.forecast_snapshot",
        group=("month:day", "taken_on:day"),
        measures=("sum(weighted)",),
        filters={
            **between("month", first, end),
            "taken_on__gte": (first - timedelta(days=_SNAPSHOT_DAYS)).isoformat(),
            **_snapshot_scope(scope),
        },
    )
    for line in lines:
        month, taken = date.fromisoformat(line["month:day"]), date.fromisoformat(line["taken_on:day"])
        near = month - timedelta(days=_SNAPSHOT_DAYS) <= taken < month
        if near and (month not in said or taken > said[month][0]):
            said[month] = taken, line["sum(weighted)"].exact or Decimal(0)
    came = won(records, scope, "closed_on:month", first, end)
    found = []
    for number in range(months):
        month = add_months(first, number)
        told, sums = said.get(month), came.get(f"{month:%Y-%m}")
        came_in = sums.amount if sums else Decimal(0)
        found.append(BackTest(month, told[0] if told else None, told[1] if told else None, came_in))
    return found


def _snapshot_scope(scope: Scope) -> dict[str, str]:
    found = {"person": str(scope.owner)} if scope.owner else {}
    return found | ({"team__in": ",".join(map(str, scope.units))} if scope.units else {})


# ---- ended deals


def won(
    records: Records, scope: Scope, by: str, first: date | None, end: date | None, outcome: str = "won"
) -> dict[Any, Amounts]:
    """Deals won (or lost) within a time, added up by a name, each amount by the rate of its last day (R11, R14)."""
    lines = records.aggregate(
        "crm.opportunity",
        group=(by,) if by else (),
        measures=("count", "sum(amount)"),
        filters={"outcome": outcome, **scope.ended(), **between("closed_on", first, end)},
        rates_of="closed_on",
    )
    found: dict[Any, Amounts] = {}
    for line in lines:
        key = line[by] if by else None
        found[getattr(key, "id", key)] = sums = Amounts()
        sums.add(line["count"], line["sum(amount)"])
    return found


def lost(
    records: Records, scope: Scope, first: date | None, end: date | None
) -> dict[tuple[int | None, int | None], Amounts]:
    """Lost deals by reason and competitor (R14)."""
    lines = records.aggregate(
        "crm.opportunity",
        group=("loss_reason", "competitor"),
        measures=("count", "sum(amount)"),
        filters={"outcome": "lost", **scope.ended(), **between("closed_on", first, end)},
        rates_of="closed_on",
    )
    found: dict[tuple[int | None, int | None], Amounts] = {}
    for line in lines:
        reason, competitor = line["loss_reason"], line["competitor"]
        key = reason.id if reason else None, competitor.id if competitor else None
        found.setdefault(key, Amounts()).add(line["count"], line["sum(amount)"])
    return found


def outcomes(records: Records, scope: Scope, first: date | None, end: date | None, by: str = "") -> dict[Any, Any]:
    """Number of deals won and lost within a time: ``{"won": n, "lost": m}``, or by a name (R2)."""
    group = ("outcome", *((by,) if by else ()))
    lines = records.aggregate(
        "crm.opportunity",
        group=group,
        filters={"outcome__in": "won,lost", **scope.ended(), **between("closed_on", first, end)},
    )
    if not by:
        return {"won": 0, "lost": 0} | {line["outcome"]: line["count"] for line in lines}
    found: dict[Any, dict[str, int]] = defaultdict(lambda: {"won": 0, "lost": 0})
    for line in lines:
        key = line[by]
        found[getattr(key, "id", key)][line["outcome"]] = line["count"]
    return dict(found)


def cycle(records: Records, scope: Scope, first: date | None, end: date | None) -> list[int]:
    """Days from the making of each deal won within a time to its last day (R4)."""
    statement = select(Opportunity.closed_on, Opportunity.created_at).where(
        Opportunity.outcome == "won", Opportunity.closed_on.is_not(None)
    )
    if first is not None:
        statement = statement.where(Opportunity.closed_on >= first)
    if end is not None:
        statement = statement.where(Opportunity.closed_on < end)
    if scope.owner:
        statement = statement.where(Opportunity.closed_owner == scope.owner)
    if scope.units:
        statement = statement.where(Opportunity.unit_id.in_(scope.units))
    zone = records.zone
    rows = records.session.execute(statement)
    return [(closed - made.astimezone(zone).date()).days for closed, made in rows]


def stage_conversion(
    records: Records, scope: Scope, first: date | None, end: date | None, steps: list[Stage]
) -> list[Step]:
    """Deals made within a time that ever entered a stage, and of these those that ever entered the next (R3)."""
    moves = field_moves(
        records, "crm.opportunity", "stage", filters={**scope.owned(), **between("created_at", first, end)}
    )
    entered: dict[int, set[int]] = defaultdict(set)
    for move in moves:
        if isinstance(move.new, int):
            entered[move.record].add(move.new)
    line = [stage.id for stage in steps if stage.outcome == "open"]
    line += [stage.id for stage in steps if stage.outcome == "won"][:1]
    return conversion(line, entered)


def lead_counts(records: Records, scope: Scope, first: date | None, end: date | None) -> dict[str, int]:
    """Leads made within a time by state (R3)."""
    lines = records.aggregate(
        "crm.lead", group=("status",), filters={**scope.owned(), **between("created_at", first, end)}
    )
    return {line["status"]: line["count"] for line in lines}


# ---- customers and contacts


def contacts(records: Records, scope: Scope, first: date | None, end: date | None) -> dict[int | None, dict[str, int]]:
    """Contacts made within a time: person -> kind -> number."""
    lines = records.aggregate(
        "crm.activity",
        group=("owner", "kind"),
        filters={
            "status": "done", "kind__in": ",".join(CONTACT_KINDS), **scope.owned(), **between("at", first, end),
        },
    )  # fmt: skip
    found: dict[int | None, dict[str, int]] = defaultdict(dict)
    for line in lines:
        found[line["owner"].id if line["owner"] else None][line["kind"]] = line["count"]
    return dict(found)


def life_moves(records: Records, scope: Scope, first: date | None, end: date | None) -> list[Move]:
    """Moves of customers between the steps of their life within a time, from their history, oldest first (R13)."""
    found = field_moves(
        records, "crm.account", "life",
        filters={"role": "customer", "frozen__in": "true,false", **scope.owned()},
        since=_moment(records, first) if first else None,
        until=_moment(records, end) if end else None,
    )  # fmt: skip
    return [
        Move(move.record, move.at, move.user, str(move.old), str(move.new))
        for move in found
        if move.old and move.new and move.old != move.new
    ]


def developed(records: Records, moves: list[Move]) -> dict[int | None, set[int]]:
    """Customers that became potential or won, by who owns them now."""
    up = sorted({move.account for move in moves if LIVES.index(move.new) < LIVES.index(move.old)
                 and move.new in ("potential", "won")})  # fmt: skip
    found: dict[int | None, set[int]] = defaultdict(set)
    for start in range(0, len(up), 200):
        page = records.query("crm.account", fields=("owner",), filters={"id__in": up[start : start + 200]}, limit=200)
        for row in page.rows:
            found[row["owner"].id if row.get("owner") else None].add(row["id"])
    return dict(found)


def teams(records: Records, unit: int) -> tuple[int, ...]:
    """A unit and all below it."""
    return tuple(directory.units_below(records, unit))


def _moment(records: Records, day: date) -> datetime:
    return datetime.combine(day, time(), records.zone)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
