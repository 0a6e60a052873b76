"""Due times that come near and pass: who is told, once per term; solved requests nobody comes back to are closed."""

from __future__ import annotations

from datetime import timedelta

from weft.core.sdk import Records, Row, directory, notify, readers, register_notice, translator
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import conversation
from weft.plugins.service.services.desk import Desk

_ = translator("service")

__all__ = ["close_old", "tell_overdue", "warn"]

_REQUEST = "service.request"
_PART = 200
#: Terms further away than this are not looked at: nobody works towards a day in half a year.
_AHEAD = timedelta(days=30)
DUE_SOON, OVERDUE = "service.due_soon", "service.overdue"
register_notice(DUE_SOON, _("Due soon: %(record)s"), headline=_("Requests that fall due"))
register_notice(OVERDUE, _("Overdue: %(record)s"), headline=_("Overdue requests"))
_RUNNING = {"status__in": ",".join(words.RUNNING)}


def warn(records: Records) -> int:
    """Tell those who answer that a term is mostly over; returns how many requests that were.

    Args:
        records: ``context.records()`` of a job: the platform itself.
    """
    percent = records.setting("service.warn_percent")
    filters = {**_RUNNING, "next_due_at__gt": records.now.isoformat(), "warned_at__isnull": "true",
               "next_due_at__lt": (records.now + _AHEAD).isoformat()}  # fmt: skip
    warned: dict[int, dict[str, object]] = {}
    cursor: str | None = None
    while True:
        page = records.query(_REQUEST, filters=filters, sort="next_due_at", limit=_PART, cursor=cursor)
        for row in page.rows:
            start = row.get("first_response_at") or row["asked_at"]
            if records.now >= start + (row["next_due_at"] - start) * percent / 100:
                warned[row.id] = {"warned_at": records.now}
                notify(records, conversation.staff_of(records, row), DUE_SOON, row.id)
        cursor = page.next
        if cursor is None:
            break
    if warned:
        records.update_many(_REQUEST, warned)
    return len(warned)


def tell_overdue(records: Records) -> int:
    """Tell the owner, the queue's lead and the heads above that a term has passed; returns how many requests."""
    filters = {**_RUNNING, "next_due_at__lte": records.now.isoformat(), "escalated_at__isnull": "true"}
    rows = records.query(_REQUEST, filters=filters, sort="next_due_at", limit=_PART).rows
    if not rows:
        return 0
    desk = Desk(records, (), str(records.zone))
    for row in rows:
        notify(records, _above(records, desk, row), OVERDUE, row.id, at_sign_in=True)
    records.update_many(_REQUEST, {row.id: {"escalated_at": records.now} for row in rows})
    return len(rows)


def _above(records: Records, desk: Desk, row: Row) -> list[int]:
    """Owner, lead of the queue, and the heads above either, as far as they may read the request."""
    owner, queue = row.get("owner"), desk.queue(row["queue"].id if row.get("queue") else None)
    lead = queue["lead"].id if queue is not None and queue.get("lead") else None
    told = [one for one in (owner.id if owner else None, lead) if one is not None]
    for person in list(told):
        told += directory.heads_above(records, person)
    return sorted(readers(records, row.id, told, internal_only=True))


def close_old(records: Records) -> int:
    """Close solved requests that nobody came back to for the days of the setting; returns how many."""
    until = records.now - timedelta(days=records.setting("service.close_days"))
    filters = {"status": "solved", "resolved_at__lt": until.isoformat()}
    rows = records.query(_REQUEST, fields=(), filters=filters, limit=_PART).rows
    for row in rows:
        records.act("service.request.close", row.id)
    return len(rows)
