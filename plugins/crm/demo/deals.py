"""Deals of the demo company: how they are entered, what is sold in them, who competes, and what was learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.demo import story
from weft.plugins.crm.demo.course import ENTERED_EARLY, course, pipeline_of
from weft.plugins.crm.demo.lessons import RIVALS

__all__ = ["lines_of", "make", "rivals"]

#: Days whose deals are entered together.
STEP = 14
_OPEN = tuple(code for code, _en, _zh, _odds, outcome in story.STAGES if outcome == "open")
_BY_CODE = {product.code: product for product in story.PRODUCTS}

#: What the deals of the story are made of; list prices times pieces give exactly their amounts.
NAMED_LINES: dict[str, tuple[tuple[str, int], ...]] = {
    "haverdijk_metering": (("LD-3", 830), ("GW-1", 44), ("WH-80", 16), ("COM", 10), ("CARE", 3), ("TRAIN", 1)),
    "tangyu_frame": (("WH-80", 53), ("GW-1", 5), ("TRAIN", 2), ("COM", 1)),
    "tangyu_renewal": (("WH-80", 56), ("GW-1", 5), ("CARE", 2), ("COM", 2)),
    "lanan_line": (("WH-40", 44), ("GW-1", 8), ("TRAIN", 3), ("CARE", 2), ("COM", 9), ("CAL", 35)),
    "brunnvik_mill": (("WH-80", 65), ("GW-1", 6), ("COM", 7), ("TRAIN", 2), ("CARE", 2)),
    "ferrault_exchange": (("WH-40", 28), ("GW-1", 5), ("COM", 6), ("TRAIN", 1)),
    "ferrault_care": (("CARE", 4),),
}
#: Days after which a deal that stands still turns red, by stage.
STALE = {"contact": 90, "needs": 90, "proposal": 75, "negotiation": 120}
NEEDS = {"proposal": ["amount", "expected_close"], "negotiation": ["amount", "expected_close"]}


def lines_of(deal: plans.DealPlan) -> list[tuple[str, int, Decimal]]:
    """(product, pieces, list price) whose products sum to the amount of a deal."""
    chinese = deal.currency == "CNY"

    def price(code: str) -> Decimal:
        return Decimal(_BY_CODE[code].cny if chinese else _BY_CODE[code].eur)

    if deal.key in NAMED_LINES:
        return [(code, pieces, price(code)) for code, pieces in NAMED_LINES[deal.key]]
    pieces = int((deal.amount - price("COM")) / price(deal.product))
    return [(deal.product, pieces, price(deal.product)), ("COM", 1, price("COM"))]


def make(context: Any, drawn: plans.Plan) -> None:
    """Enter all deals with what is sold in them; :mod:`weft.plugins.crm.demo.course` lets them go their way."""
    _rules(context)
    _enter(context, drawn)
    _lines(context, drawn)


def _rules(context: Any) -> None:
    with context.acting(None, context.moment(-719)) as records:
        for code in _OPEN:
            given = {"stale_days": STALE[code], "needs": NEEDS.get(code, [])}
            records.update("crm.stage", context.made[f"stage.{code}"], given, version=None)


def _who(deal: plans.DealPlan) -> str:
    return deal.owner if deal.owner in story.OWNED_CUSTOMERS else "manager"


def _batches(context: Any, drawn: plans.Plan) -> list[tuple[int, str, list[plans.DealPlan]]]:
    """Deals entered together: (period, person, deals), oldest first, each before its course begins."""
    groups: dict[tuple[int, str], list[plans.DealPlan]] = defaultdict(list)
    for deal in drawn.deals:
        groups[((-deal.created - ENTERED_EARLY) // STEP, _who(deal))].append(deal)
    return [(period, who, deals) for (period, who), deals in sorted(groups.items(), key=lambda pair: pair[0])]


def _moment(context: Any, period: int, hour: int) -> Any:
    """The end of a period."""
    return min(context.moment(period * STEP + STEP - 1, hour), context.moment(0) - timedelta(hours=20 - hour))


def _enter(context: Any, drawn: plans.Plan) -> None:
    people: dict[str, str] = {}
    for contact in drawn.contacts:
        if contact.influence == "decides" or contact.account not in people:
            people[contact.account] = contact.key

    def row(deal: plans.DealPlan) -> dict[str, Any]:
        return {
            "name": deal.name,
            "account": context.made[deal.account],
            "contact": context.made.get(people.get(deal.account, "")),
            "stage": context.made[f"stage.{_OPEN[0]}"],
            "pipeline": context.made[f"pipeline.{pipeline_of(deal)}"],
            "price_list": context.made["prices.china" if deal.currency == "CNY" else "prices.europe"],
            "amount": {"amount": f"{deal.amount:.2f}", "currency": deal.currency},
            "expected_close": drawn.moment(course(deal)[0].closes).date().isoformat(),
            "product": deal.product,
            "owner": context.people[deal.owner],
        }

    work = _batches(context, drawn)
    for number, (period, who, deals) in enumerate(work):
        context.progress("crm.opportunity", number, len(work))
        with context.acting(who, _moment(context, period, 16)) as records:
            result = records.load("crm.opportunity", [row(deal) for deal in deals])
        for deal, record_id in zip(deals, result.created, strict=True):
            context.made[deal.key] = record_id


def _lines(context: Any, drawn: plans.Plan) -> None:
    """What is sold in each deal, at list price; its amount stays what it was."""
    work = _batches(context, drawn)
    for number, (period, who, deals) in enumerate(work):
        context.progress("crm.deal_line", number, len(work))
        with context.acting(who, _moment(context, period, 17)) as records:
            records.load("crm.deal_line", [row for deal in deals for row in _rows(context, deal)])


def _rows(context: Any, deal: plans.DealPlan) -> Iterator[dict[str, Any]]:
    chinese = deal.currency == "CNY"
    for place, (code, pieces, price) in enumerate(lines_of(deal)):
        product = _BY_CODE[code]
        yield {
            "opportunity": context.made[deal.key],
            "product": context.made[f"product.{code}"],
            "description": f"{code} {product.name_alt if chinese else product.name}",
            "quantity": str(pieces),
            "unit_price": {"amount": f"{price:.2f}", "currency": deal.currency},
            "position": 10 * (place + 1),
        }


def rivals(context: Any, drawn: plans.Plan) -> None:
    """Who competes: on deals that were lost to somebody, and on some of the others."""
    random = Random(context.seed + 3)
    links: dict[int, list[tuple[str, str, dict[str, str]]]] = defaultdict(list)
    for deal in drawn.deals:
        rival = deal.competitor or (random.choice(story.COMPETITORS) if random.random() < 1 / 4 else "")
        if rival:
            strong, weak = random.choice(RIVALS[rival])
            side = 1 if deal.currency == "CNY" else 0
            said = {"strengths": strong[side], "weaknesses": weak[side]}
            links[-deal.created // STEP].append((rival, deal.key, said))
    for period, some in sorted(links.items()):
        with context.acting("manager", _moment(context, period, 17)) as records:
            for rival, key, said in some:
                records.link("crm.competes_for", context.made[rival], context.made[key], attributes=said)
