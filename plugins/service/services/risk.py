"""How satisfied customers are, and who may leave: the mean of their last ratings, their open complaints. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from weft.core.sdk import Records, translator
from weft.plugins.service import vocabulary as words

_ = translator("service")

__all__ = ["LIMIT", "Mood", "of"]

_REQUEST = "service.request"
#: A customer whose mean is this or less is at risk.
LIMIT = Decimal(2)
_PART = 200


@dataclass(frozen=True, slots=True)
class Mood:
    """What is known of one customer.

    Attributes:
        mean: of all ratings, None without any.
        answers: how many ratings there are.
        last: mean of the last ratings that the rule looks at, None without any.
        complaints: open ones.
        at_risk: the rule says so.
        why: the reason in the viewer's language, empty otherwise.
    """

    mean: Decimal | None = None
    answers: int = 0
    last: Decimal | None = None
    complaints: int = 0
    at_risk: bool = False
    why: str = ""


def of(records: Records, customers: Sequence[int]) -> dict[int, Mood]:
    """The mood of customers, as far as the asking person may read their requests; three statements for all of them.

    Args:
        records: whose rights count.
        customers: ids of organisations; those without rating and complaint are absent.
    """
    wanted = ",".join(map(str, customers))
    if not wanted:
        return {}
    ratings: dict[int, list[int]] = {}
    cursor: str | None = None
    while True:
        page = records.query(
            _REQUEST, fields=("customer", "score"), filters={"customer__in": wanted, "score__isnull": "false"},
            sort="-rated_at", limit=_PART, cursor=cursor,
        )  # fmt: skip
        for row in page.rows:
            if row.get("customer") is not None:
                ratings.setdefault(row["customer"].id, []).append(row["score"])
        cursor = page.next
        if cursor is None:
            break
    complaints = _complaints(records, wanted)
    found = {}
    for customer in customers:
        if customer in ratings or customer in complaints:
            found[customer] = _judge(records, ratings.get(customer, []), complaints.get(customer, 0))
    return found


def complaint_kind(records: Records) -> int | None:
    """Id of the kind that means complaint, None when the company removed it."""
    filters = {"list_key": "service.kind", "code": words.COMPLAINT}
    rows = records.system("service: kind of complaints").query("core.value", fields=("code",), filters=filters).rows
    return rows[0].id if rows else None


def _complaints(records: Records, wanted: str) -> dict[int, int]:
    kind = complaint_kind(records)
    if kind is None:
        return {}
    filters = {"customer__in": wanted, "kind": str(kind), "status__in": ",".join(words.LIVE)}
    lines = records.aggregate(_REQUEST, group=("customer",), filters=filters)
    return {getattr(line["customer"], "id", line["customer"]): line["count"] for line in lines}


def _judge(records: Records, ratings: Sequence[int], complaints: int) -> Mood:
    looked_at = ratings[: records.setting("service.risk_ratings")]
    mean = Decimal(sum(ratings)) / len(ratings) if ratings else None
    last = Decimal(sum(looked_at)) / len(looked_at) if looked_at else None
    reasons = []
    if last is not None and last <= LIMIT:
        text = _("last %(n)s ratings %(mean)s of 5")
        reasons.append(str(text % {"n": len(looked_at), "mean": f"{last:.1f}"}))
    if complaints >= records.setting("service.risk_complaints"):
        reasons.append(str(_("%(n)s open complaints") % {"n": complaints}))
    return Mood(mean, len(ratings), last, complaints, bool(reasons), "; ".join(reasons))
