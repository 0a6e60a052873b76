"""Why a deal is red: the rules it breaks, in words, for any number of deals in a few statements. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from weft.core.sdk import Records, Row, Text, every, translator
from weft.plugins.crm.queries.rows import parts

_ = translator("crm")

__all__ = ["Reason", "reasons", "reasons_of"]

_DEAL = "crm.opportunity"
_FIELDS = ("account", "stage", "stage_since", "expected_close", "last_contact_at", "amount", "outcome", "created_at")
#: A warning that comes this many days before the customer falls into the pool.
_POOL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that a deal breaks.

    Attributes:
        key: ``pool``, ``silent``, ``closed_passed``, ``stale``, ``no_step`` or ``no_amount``.
        text: the rule and by how much, one sentence.
        tone: ``late`` (red) or ``soon`` (ochre: to be mended, but not red by itself).
        short: two or three words for a mark.
    """

    key: str
    text: Text
    tone: str
    short: Text


def reasons(records: Records, ids: Iterable[int]) -> dict[int, list[Reason]]:
    """Reasons of open deals by id, the gravest first; deals without any are absent.

    Args:
        records: unit of the reader; deals it may not read are absent.
        ids: opportunities.
    """
    wanted = sorted(set(ids))
    rows = [row for part in parts(wanted) for row in every(records, _DEAL, _FIELDS, {"id__in": list(part)})]
    return reasons_of(records, rows)


def reasons_of(records: Records, rows: Sequence[Row]) -> dict[int, list[Reason]]:
    """As :func:`reasons`, for rows that are there already with the fields named in this module."""
    live = [row for row in rows if row.get("outcome") == "open"]
    if not live:
        return {}
    system = records.system("crm: why deals are red")
    stages = {row.id: row for row in every(system, "crm.stage", ("stale_days", "label_en", "label_zh"), {})}
    accounts = _accounts(system, {row["account"].id for row in live if row.get("account")})
    steps = _planned(system, {row.id for row in live})
    today = records.now.astimezone(records.zone).date()
    limit = records.setting("crm.silent_days")
    found = {}
    for row in live:
        account = accounts.get(row["account"].id) if row.get("account") else None
        stage = stages.get(row["stage"].id) if row.get("stage") else None
        broken = [*_of_account(account, today), *_of_deal(row, stage, records, today, limit)]
        if not (account and account.get("next_on")) and row.id not in steps:
            broken.append(Reason("no_step", _("No next step is planned."), "soon", _("No next step")))
        if row.get("amount") is None:
            broken.append(Reason("no_amount", _("The amount is missing."), "soon", _("No amount")))
        if broken:
            found[row.id] = sorted(broken, key=lambda one: one.tone != "late")
    return found


def _accounts(system: Records, ids: set[int]) -> dict[int, Row]:
    names = ("next_on", "recycle_on", "pool")
    return {
        row.id: row
        for part in parts(sorted(ids))
        for row in every(system, "crm.account", names, {"id__in": list(part)})
    }


def _planned(system: Records, ids: set[int]) -> set[int]:
    found: set[int] = set()
    for part in parts(sorted(ids)):
        filters = {"about__in": list(part), "status": "planned"}
        found |= {
            line["about"].id
            for line in system.aggregate("crm.activity", group=("about",), filters=filters)
            if line["about"]
        }
    return found


def _of_account(account: Mapping[str, Any] | None, today: date) -> list[Reason]:
    """The customer is in a pool already, or falls into it soon."""
    if account is None:
        return []
    if account.get("pool"):
        return [Reason("pool", _("The customer is in the pool: nobody owns it."), "late", _("In the pool"))]
    day = account.get("recycle_on")
    if day is None or day > today + timedelta(days=_POOL_DAYS):
        return []
    left = max((day - today).days, 0)
    if not left:
        return [Reason("pool", _("The customer falls into the pool today."), "late", _("Pool today"))]
    if left == 1:
        return [Reason("pool", _("1 day until the pool."), "late", _("Pool in 1 day"))]
    return [
        Reason("pool", _("%(n)s days until the pool.") % {"n": left}, "late", _("Pool in %(n)s days") % {"n": left})
    ]


def _of_deal(row: Row, stage: Row | None, records: Records, today: date, limit: int) -> list[Reason]:
    broken = []
    silent = _days(row.get("last_contact_at") or row.get("created_at"), records, today)
    if silent >= limit:
        text = _("No contact for %(days)s days; after %(limit)s a deal is red.")
        broken.append(
            Reason("silent", text % {"days": silent, "limit": limit}, "late", _("%(n)s days silent") % {"n": silent})
        )
    close = row.get("expected_close")
    if close is not None and close < today:
        text = _("The expected day passed %(days)s days ago.") % {"days": (today - close).days}
        broken.append(Reason("closed_passed", text, "late", _("Date passed")))
    stale = stage.get("stale_days") if stage else None
    stood = _days(row.get("stage_since"), records, today)
    if stale and stood > stale:
        text = _("In this stage for %(days)s days; %(limit)s are usual.") % {"days": stood, "limit": stale}
        broken.append(Reason("stale", text, "late", _("%(n)s days in stage") % {"n": stood}))
    return broken


def _days(moment: datetime | None, records: Records, today: date) -> int:
    return (today - moment.astimezone(records.zone).date()).days if moment is not None else 0
