"""How a deal begins, ends and goes on: stages, what is noted at its end, what was learned on similar ones.

Writes only through the :class:`~weft.core.sdk.Records` it is given; never commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, Records, Row, every
from weft.plugins.crm.queries.rows import parts
from weft.plugins.crm.services.products import rounded

__all__ = [
    "Lesson", "Standing", "close_deal", "first_stage", "give_discount", "lessons", "loss_reasons", "reopen_deal",
    "stages_of", "standings", "weighted",
]  # fmt: skip

_DEAL, _STAGE = "crm.opportunity", "crm.stage"
_STAGE_NAMES = (
    "code",
    "label_en",
    "label_zh",
    "position",
    "probability",
    "outcome",
    "pipeline",
    "stale_days",
    "active",
)
#: Fields that say how a deal ended; an action may fill them.
_END = ("loss_reason", "competitor", "lesson")
_CENT = Decimal("0.01")


# ---- stages


def stages_of(records: Records, pipeline: int | None) -> list[Row]:
    """Stages in use of a pipeline, in order: its own, and those of every pipeline.

    Args:
        records: whose rights count.
        pipeline: id of the pipeline, None for deals of none.
    """
    rows = every(records, _STAGE, _STAGE_NAMES, {"active": "true"}, sort="position")
    return [row for row in rows if not row.get("pipeline") or row["pipeline"].id == pipeline]


def first_stage(records: Records, pipeline: int | None = None) -> int | None:
    """The stage in which a deal begins: the first open one of its pipeline; None when there is none.

    Where every stage belongs to a pipeline, a deal of none begins in the company's first pipeline.
    """
    found = next((row.id for row in stages_of(records, pipeline) if row["outcome"] == "open"), None)
    if found is not None or pipeline is not None:
        return found
    first = records.query("crm.pipeline", fields=(), filters={"active": "true"}, sort="position", limit=1).rows
    return first_stage(records, first[0].id) if first else None


def weighted(amount: Money | None, probability: int | None) -> Money | None:
    """Amount times the probability of the stage, to the cent; None without an amount."""
    if amount is None:
        return None
    return Money((amount.amount * (probability or 0) / 100).quantize(_CENT), amount.currency)


# ---- the end


def close_deal(records: Records, deal_id: int, outcome: str, data: Mapping[str, Any]) -> Row:
    """Note the day a deal ended, why, to whom and what was learned; it stands in the closing stage then.

    Args:
        records: unit of the person; the deal has its outcome already.
        deal_id: the deal.
        outcome: ``won`` or ``lost``.
        data: ``closed_on``, and what of ``loss_reason``, ``competitor`` and ``lesson`` was said.
    """
    values: dict[str, Any] = {"closed_on": data.get("closed_on") or _today(records)}
    values |= {name: data[name] for name in _END if data.get(name)}
    return _move(records, deal_id, outcome, values)


def reopen_deal(records: Records, deal_id: int) -> Row:
    """Take the end of a deal back; it stands in the last open stage then."""
    return _move(records, deal_id, "open", {"closed_on": None, "loss_reason": None, "competitor": None})


def give_discount(records: Records, deal_id: int, discount: Decimal) -> None:
    """Give all lines of a deal one discount, or a deal without lines a lower amount.

    Args:
        records: of whoever may give it.
        deal_id: the deal.
        discount: per cent of the prices of the list.
    """
    row = records.get(_DEAL, deal_id, fields=("amount", "has_lines"))
    lines = [line.id for line in every(records, "crm.deal_line", (), {"opportunity": deal_id})]
    if lines:
        records.update_many("crm.deal_line", {number: {"discount": discount} for number in lines})
    elif row.get("amount") is not None:
        left = rounded(row["amount"].amount * (Decimal(100) - discount) / Decimal(100), row["amount"].currency)
        records.update(_DEAL, deal_id, {"amount": left}, version=None)


def _move(records: Records, deal_id: int, outcome: str, values: dict[str, Any]) -> Row:
    """Write the end or its taking back, with the stage that belongs to it; a company without such a stage keeps it."""
    row = records.get(_DEAL, deal_id, fields=("pipeline", "stage"))
    pipeline = row["pipeline"].id if row.get("pipeline") else None
    fitting = [one.id for one in stages_of(records.system("crm: closing stage"), pipeline) if one["outcome"] == outcome]
    present = row["stage"].id if row.get("stage") else None
    if fitting and present not in fitting:
        values["stage"] = fitting[-1] if outcome == "open" else fitting[0]
    return records.update(_DEAL, deal_id, values, version=None)


def _today(records: Records) -> date:
    return records.now.astimezone(records.zone).date()


# ---- what was learned


@dataclass(frozen=True, slots=True)
class Lesson:
    """What colleagues wrote down about a closed deal; nothing in it names the customer.

    Attributes:
        deal: id of the deal, for a link where the reader may open it.
        outcome: ``won`` or ``lost``.
        closed_on: day it ended.
        product: code of what was sold.
        reason: title of the loss reason in both scripts, empty for won deals.
        competitor: name of the competitor in both scripts, empty when none is noted.
        text: the lesson.
        alike: what it has in common: ``product``, ``industry``, ``competitor``, ``size``.
    """

    deal: int
    outcome: str
    closed_on: date | None
    product: str
    reason: tuple[str, str]
    competitor: tuple[str, str]
    text: str
    alike: tuple[str, ...]


_LOOK_BACK = timedelta(days=3 * 365)
_NEAR = (Decimal("0.5"), Decimal(2))
_WEIGHT = {"product": 3, "competitor": 3, "industry": 2, "size": 1}


def lessons(records: Records, deal: Mapping[str, Any], *, limit: int = 4) -> list[Lesson]:
    """Lessons of closed deals that resemble one, the most alike first.

    A lesson is written to be shared, so colleagues read it also where the deal itself is not theirs to read; what could
    tell whose deal it was (customer, owner, amount, name) is left out. Anybody who may read ``deal`` may ask.

    Args:
        records: unit of the reader.
        deal: an opportunity with ``account``, ``product``, ``competitor`` and ``amount``.
        limit: at most so many.
    """
    system = records.system("crm: lessons of similar deals")
    industry = _industry(system, deal)
    rivals = _rivals(system, deal)
    since = (_today(records) - _LOOK_BACK).isoformat()
    names = ("outcome", "closed_on", "product", "loss_reason", "competitor", "lesson", "amount", "account")
    filters = {"outcome__in": "won,lost", "lesson__isnull": "false", "closed_on__gte": since}
    page = system.query(_DEAL, fields=names, filters=filters, sort="-closed_on", limit=200, include=("account",))
    ranked = []
    for row in page.rows:
        alike = _alike(row, deal, industry, rivals)
        if row.id != deal["id"] and alike:
            ranked.append((-sum(_WEIGHT[one] for one in alike), _lesson(row, alike)))
    ranked.sort(key=lambda pair: pair[0])  # stable: among equals the latest first
    return [lesson for _rank, lesson in ranked[:limit]]


def _industry(system: Records, deal: Mapping[str, Any]) -> int | None:
    account = deal.get("account")
    if account is None:
        return None
    found = system.get("crm.account", account.id, fields=("industry",)).get("industry")
    return found.id if found else None


def _rivals(system: Records, deal: Mapping[str, Any]) -> set[int]:
    met = {ref.id for ref in system.linked("crm.contested_by", [deal["id"]]).get(deal["id"], ())}
    return met | ({deal["competitor"].id} if deal.get("competitor") else set())


def _alike(row: Row, deal: Mapping[str, Any], industry: int | None, rivals: set[int]) -> tuple[str, ...]:
    found = []
    if row.get("product") and row["product"] == deal.get("product"):
        found.append("product")
    account = row["account"].row if row.get("account") else None
    theirs = account.get("industry") if account is not None else None
    if industry is not None and theirs and theirs.id == industry:
        found.append("industry")
    if row.get("competitor") and row["competitor"].id in rivals:
        found.append("competitor")
    if not found:
        return ()
    mine, other = deal.get("amount"), row.get("amount")
    if mine and other and mine.currency == other.currency and mine.amount:
        share = other.amount / mine.amount
        found += ["size"] if _NEAR[0] <= share <= _NEAR[1] else []
    return tuple(found)


def _lesson(row: Row, alike: tuple[str, ...]) -> Lesson:
    return Lesson(
        row.id, row["outcome"], row.get("closed_on"), row.get("product") or "", _names(row.get("loss_reason")),
        _names(row.get("competitor")), row["lesson"], alike,
    )  # fmt: skip


def _names(ref: Any) -> tuple[str, str]:
    return (ref.title, ref.alt) if ref else ("", "")


# ---- against whom


@dataclass(frozen=True, slots=True)
class Standing:
    """How we fare against a competitor: deals met, still open, won and lost to it."""

    met: int
    open: int
    won: int
    lost: int


def standings(records: Records, competitors: Sequence[int]) -> dict[int, Standing]:
    """Figures against competitors over all deals of the company; counts only, so no single deal shows.

    A deal was met when the competitor is linked to it or it was lost to it; it was lost against the competitor it was
    lost to, and to nobody else.

    Args:
        records: unit of the reader, who may read the competitors.
        competitors: ids of accounts.
    """
    system = records.system("crm: figures against competitors")
    linked = system.linked("crm.competes_for", competitors)
    met: dict[int, set[int]] = {number: {ref.id for ref in linked.get(number, ())} for number in competitors}
    lost: dict[int, set[int]] = {number: set() for number in competitors}
    for row in every(system, _DEAL, ("competitor", "outcome"), {"competitor__in": list(competitors)}):
        met[row["competitor"].id].add(row.id)
        if row["outcome"] == "lost":
            lost[row["competitor"].id].add(row.id)
    outcomes = _outcomes(system, sorted({number for some in met.values() for number in some}))
    found = {}
    for number in competitors:
        ends = [outcomes.get(deal) for deal in met[number]]
        found[number] = Standing(len(ends), ends.count("open"), ends.count("won"), len(lost[number]))
    return found


def _outcomes(system: Records, deals: Sequence[int]) -> dict[int, str]:
    return {
        row.id: row["outcome"]
        for part in parts(deals)
        for row in every(system, _DEAL, ("outcome",), {"id__in": list(part)})
    }


def loss_reasons(records: Records, competitor: int) -> list[tuple[Any, int]]:
    """Why deals were lost to a competitor: (reason, how many), most first; counts over all deals of the company."""
    system = records.system("crm: figures against competitors")
    filters = {"competitor": competitor, "outcome": "lost", "loss_reason__isnull": "false"}
    lines = system.aggregate(_DEAL, group=("loss_reason",), filters=filters)
    return [(line["loss_reason"], line["count"]) for line in lines]
