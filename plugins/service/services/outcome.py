"""What came of a request: the records it led to, how they stand, and word of it to whoever answers.

Records of other plugins are known by what they declare of themselves: a calendar source says which of their fields
tells that something is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from weft.core.sdk import CalendarSource, Kind, NotFound, Records, RefValue, notify, register_notice, translator
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import conversation

_ = translator("service")

__all__ = ["DONE", "Outcome", "of_request", "tell_done"]

_REQUEST, _LED_TO, _CAME_FROM = "service.request", "service.led_to", "service.came_from"
_REASON = "service: what a request led to is done"
DONE = "service.led_done"
register_notice(DONE, _("%(result)s is done: %(record)s"), headline=_("What your requests led to is done"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A record that a request led to.

    Attributes:
        ref: the record, as far as the viewer may read it.
        state: how it stands, in words, empty where its kind has no state.
        done: it is finished.
        who: whose it is.
    """

    ref: RefValue
    state: str = ""
    done: bool = False
    who: Any = None


def of_request(records: Records, request: int) -> list[Outcome]:
    """What a request led to and the person of the unit may read; one statement per kind of record."""
    by_type: dict[str, list[RefValue]] = {}
    for ref in records.linked(_LED_TO, [request]).get(request, []):
        if not ref.restricted:
            by_type.setdefault(ref.type, []).append(ref)
    return [one for kind, refs in by_type.items() for one in _of_kind(records, kind, refs)]


def _of_kind(records: Records, kind: str, refs: list[RefValue]) -> list[Outcome]:
    name = _state_of(records, kind)
    finished = _finished(records, kind)
    fields = ("owner", *((name,) if name else ()))
    filters = {"id__in": ",".join(str(ref.id) for ref in refs)}
    rows = {row.id: row for row in records.query(kind, fields=fields, filters=filters, limit=len(refs)).rows}
    declared = records.runtime.registry.entities[kind].fields.get(name)
    labels = declared.choices.labels if declared is not None and declared.choices is not None else {}
    found = []
    for ref in refs:
        row: Mapping[str, Any] = rows.get(ref.id) or {}
        value = str(row.get(name) or "")
        text = str(labels[value]) if value in labels else ""
        found.append(Outcome(ref, text, value in finished, row.get("owner")))
    return found


def _source(records: Records, kind: str) -> CalendarSource | None:
    return next((one for one in records.runtime.registry.calendars.values() if one.entity == kind), None)


def _finished(records: Records, kind: str) -> frozenset[str]:
    """Values of the field that says how a record stands which mean that it is done."""
    source = _source(records, kind)
    return frozenset(source.finished[1].split(",")) if source is not None and source.finished[0] else frozenset()


def _state_of(records: Records, kind: str) -> str:
    """Name of the field that says how a record stands: the state, else what its calendar goes by."""
    fields = records.runtime.registry.entities[kind].fields
    state = next((name for name, one in fields.items() if one.state and one.kind is Kind.CHOICE), "")
    source = _source(records, kind)
    return state or (source.finished[0] if source is not None else "")


def tell_done(records: Records, kind: str, number: int, changed: Iterable[str]) -> int:
    """Tell who answers a request that is still open that something it led to is done; returns how many were told.

    Args:
        records: the platform's unit of a job.
        kind: entity key of what changed.
        number: its id.
        changed: names of the fields that changed.
    """
    name = _state_of(records, kind)
    origins = records.linked(_CAME_FROM, [number]).get(number, []) if name in set(changed) else []
    if not origins:
        return 0
    try:
        row = records.get(kind, number, trash=False)
    except NotFound:
        return 0
    told = 0
    for ref in origins if row.get(name) in _finished(records, kind) else ():
        request = records.get(_REQUEST, ref.id)
        if request["status"] in words.LIVE:
            people = conversation.staff_of(records, request)
            notify(records, people, DONE, ref.id, {"result": row["title"]}, at_sign_in=True)
            told += len(people)
    return told
