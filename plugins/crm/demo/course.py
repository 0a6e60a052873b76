"""How the deals of the demo company went: from stage to stage at their time, and to their end.

The course of a deal is drawn from its plan, always the same; what the forecast of a past day said follows from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zlib import crc32

from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.demo import story
from weft.plugins.crm.demo.lessons import lesson_of

__all__ = ["ENTERED_EARLY", "Stop", "course", "run", "standing"]

#: Deals are entered in batches of days, so that each stands in the books before its course begins.
ENTERED_EARLY = 13
_ORDER = tuple(code for code, _english, _chinese, _probability, outcome in story.STAGES if outcome == "open")
#: How many days later than first hoped a deal is expected at last; most were foreseen well.
_SLIPS = (0, 0, 18, 0, 33, 0, 0, 45)


@dataclass(frozen=True, slots=True)
class Stop:
    """From a day on (in days from D) a deal stands in a stage and is expected to close on another day."""

    day: int
    stage: str
    closes: int


def pipeline_of(deal: plans.DealPlan) -> str:
    """Which way of selling a deal takes: yearly care is renewed, the rest is new business."""
    return "care" if deal.product == "CARE" else "new"


def stages_of(deal: plans.DealPlan) -> list[str]:
    """The open stages a deal passes, in order."""
    return [code for code in _ORDER if story.OWN_STAGES.get(code, pipeline_of(deal)) == pipeline_of(deal)]


def course(deal: plans.DealPlan) -> list[Stop]:
    """The stops of a deal, first to last; its end is not among them."""
    order = stages_of(deal)
    last = order.index(deal.stage)
    start, end = -deal.created, deal.closes if deal.outcome != "open" else -1
    slip = _SLIPS[crc32(deal.key.encode()) % len(_SLIPS)] if last else 0
    hoped = deal.closes - slip
    if hoped < start + 7:
        hoped = deal.closes
    stops = [Stop(start, order[0], hoped)]
    for number in range(1, last + 1):
        day = min(start + (end - start) * number // (last + 1), -1)
        stops.append(Stop(day, order[number], deal.closes if number == last else hoped))
    return stops


def standing(deal: plans.DealPlan, day: int) -> Stop | None:
    """Where a deal stood at the end of a day; None before it was made and after its end."""
    if day < -deal.created or (deal.outcome != "open" and day >= deal.closes):
        return None
    return next(stop for stop in reversed(course(deal)) if stop.day <= day)


def run(context: Any, drawn: plans.Plan, reasons: dict[str, int]) -> None:
    """Move every deal along its course and end those that ended, each at its time by its owner.

    Args:
        context: of the demo; deals stand in the first stage.
        drawn: the plan.
        reasons: code of a loss reason -> id.
    """
    steps: dict[tuple[int, str], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for deal in drawn.deals:
        first, *rest = course(deal)
        expected = first.closes
        for stop in rest:
            values: dict[str, Any] = {"stage": context.made[f"stage.{stop.stage}"]}
            if stop.closes != expected:
                expected = stop.closes
                values["expected_close"] = drawn.moment(expected).date().isoformat()
            steps[stop.day // 7 * 7 + 6, deal.owner].append((context.made[deal.key], values))
        if deal.outcome != "open":
            steps[deal.closes, deal.owner].append((context.made[deal.key], _end(context, drawn, deal, reasons)))
    latest = context.moment(0) - timedelta(hours=2)
    for number, ((day, owner), moves) in enumerate(sorted(steps.items(), key=lambda pair: pair[0])):
        context.progress("crm.stage", number, len(steps))
        with context.acting(owner, min(context.moment(day, 16), latest)) as records:
            _move(records, moves)


def _move(records: Any, moves: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Write steps together; a deal that takes two steps at once takes them one after the other."""
    together: dict[int, dict[str, Any]] = {}
    for deal, values in moves:
        if deal in together:
            records.update_many("crm.opportunity", together)
            together = {}
        together[deal] = values
    if together:
        records.update_many("crm.opportunity", together)


def _end(context: Any, drawn: plans.Plan, deal: plans.DealPlan, reasons: dict[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "stage": context.made[f"stage.{deal.outcome}"],
        "closed_on": drawn.moment(deal.closes).date().isoformat(),
    }
    if deal.outcome == "lost":
        # Who loses a deal says to whom; a customer that only postpones still looked at somebody.
        rival = deal.competitor or story.COMPETITORS[crc32(deal.key.encode()) % len(story.COMPETITORS)]
        values |= {"loss_reason": reasons[deal.reason], "competitor": context.made[rival]}
    lesson = lesson_of(deal)
    return values | ({"lesson": lesson} if lesson else {})
