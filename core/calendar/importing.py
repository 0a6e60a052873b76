"""Take the appointments of a calendar file into one's own calendar; what came before is changed, never doubled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from weft.core.calendar.components import settled
from weft.core.calendar.entries import EVENT
from weft.core.calendar.reading import CalendarFile
from weft.core.calendar.rules import left_out_moments, left_out_text
from weft.core.errors import Denied
from weft.core.i18n import translator
from weft.core.records.values import Row

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["CalendarPlan", "plan_import", "run_import"]

_ = translator("core")

_COMPARED = ("subject", "kind", "status", "starts_at", "ends_at", "all_day", "place", "rule", "left_out",
             "remind_minutes", "note")  # fmt: skip
_PART = 400
_Key = tuple[str, datetime | None]


@dataclass(slots=True)
class CalendarPlan:
    """What an import would do.

    Attributes:
        fresh: values of appointments that are not there yet, by key.
        changed: id, version and values of those that differ.
        same: how many are there already as they are.
    """

    fresh: dict[_Key, dict[str, Any]] = field(default_factory=dict)
    changed: dict[_Key, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    same: int = 0
    known: dict[_Key, int] = field(default_factory=dict)


def plan_import(records: Records, file: CalendarFile) -> CalendarPlan:
    """Compare a file with the person's own calendar; reads only.

    Args:
        records: the person's.
        file: as :func:`weft.core.calendar.reading.read_calendar` gives it.
    """
    wanted: dict[_Key, dict[str, Any]] = {}
    for event in file.events:
        values = settled(event, records.zone)
        wanted[event.uid, values.get("occurrence")] = values | {"uid": event.uid}
    for (uid, moment), _values in list(wanted.items()):
        series = wanted.get((uid, None))
        if moment is not None and series is not None:  # what goes its own way does not take place at its old time
            series["left_out"] = left_out_text([*left_out_moments(series.get("left_out")), moment])
    known = {_key(row): row for row in _known(records, {uid for uid, _moment in wanted})}
    plan = CalendarPlan(known={key: row.id for key, row in known.items()})
    for key, values in wanted.items():
        row = known.get(key)
        if row is None:
            plan.fresh[key] = values
            continue
        different = {name: values.get(name) for name in _COMPARED if _differs(row.get(name), values.get(name))}
        if different:
            plan.changed[key] = row.id, different
        else:
            plan.same += 1
    return plan


def _key(row: Row) -> _Key:
    return str(row.get("uid") or ""), row.get("occurrence")


def _differs(old: Any, new: Any) -> bool:
    return (old or None) != (new or None)


def _known(records: Records, uids: Iterable[str]) -> Iterable[Row]:
    """Own appointments with these ids, a few hundred per statement."""
    ids = sorted(uids)
    names = ("uid", "occurrence", *_COMPARED)
    for start in range(0, len(ids), _PART):
        cursor: str | None = None
        filters = {"uid__in": ids[start : start + _PART], "owner": records.principal.user_id}
        while True:
            page = records.query(EVENT, fields=names, filters=filters, limit=200, cursor=cursor)
            yield from page.rows
            cursor = page.next
            if cursor is None:
                break


def run_import(records: Records, plan: CalendarPlan) -> int:
    """Write what a plan says, in one change set; returns how many appointments were written.

    Raises:
        Denied: the principal is nobody with a calendar.
    """
    user = records.principal.user_id
    if user is None:
        raise Denied(str(_("Sign in to import into your calendar.")))
    # The id of the file is not people's to write; whose the appointments are was decided above.
    platform = records.system("calendar file")
    unit = records.principal.units[0] if records.principal.units else None
    header: Mapping[str, Any] = {"owner": user, "unit": unit}
    series = [(key, values) for key, values in plan.fresh.items() if key[1] is None]
    moved = [(key, values) for key, values in plan.fresh.items() if key[1] is not None]
    ids = dict(plan.known)
    for group in (series, moved):
        rows = [{**values, **header, **_series(ids, key)} for key, values in group]
        made = platform.load(EVENT, rows)
        ids |= {key: number for (key, _values), number in zip(group, made.created, strict=True)}
    for record_id, values in plan.changed.values():
        platform.update(EVENT, record_id, values, version=None)
    return len(plan.fresh) + len(plan.changed)


def _series(ids: Mapping[_Key, int], key: _Key) -> dict[str, Any]:
    uid, moment = key
    found = ids.get((uid, None)) if moment is not None else None
    return {"series": found} if found is not None else {}
