"""One component of a calendar file as appointments: times, zones, repetitions, reminders."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from weft.core.calendar.rules import check_rule, left_out_text
from weft.core.errors import ValidationFailed
from weft.core.i18n import translator

__all__ = ["ReadEvent", "Reader", "iana_zone", "settled"]

_ = translator("core")

_STATUS = {"TENTATIVE": "tentative", "CANCELLED": "cancelled", "COMPLETED": "done"}
_LONGEST = timedelta(days=366 * 5)


@dataclass(slots=True)
class ReadEvent:
    """One appointment of a file: values for ``core.event``, without owner.

    Attributes:
        uid: its id in calendars.
        values: fields by name; ``starts_at`` and ``ends_at`` are aware, or dates in ``days`` for whole days.
        days: first day and the day after the last one of an entry of whole days.
        instead: beginning of the repetition that this one replaces.
        line: line of the file.
    """

    uid: str
    values: dict[str, Any]
    line: int
    days: tuple[date, date] | None = None
    instead: datetime | date | None = None
    left_out: list[datetime | date] = field(default_factory=list)
    zone: str = ""


def iana_zone(name: str) -> ZoneInfo | None:
    """The zone of a name as calendars write it: also with a prefix, or the name of Windows."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    for wanted in (name, WINDOWS_TO_OLSON.get(name, ""), "/".join(name.split("/")[-2:]), name.split("/")[-1]):
        try:
            if wanted:
                return ZoneInfo(wanted)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return None


class Reader:
    """Turns one parsed component into appointments.

    Args:
        name, line: of the component, ``VEVENT`` or ``VTODO``.
        made: as the library read it, without its broken properties.
        zones: zones that the file itself describes.
        problem: ``problem(code, message, skipped=True)`` notes what is wrong.
        today: stands in where nothing names a day.
    """

    def __init__(
        self, name: str, line: int, made: Any, zones: Mapping[str, tzinfo | None], problem: Callable[..., None],
        today: date,
    ) -> None:  # fmt: skip
        self.line, self.made, self.zones, self.problem, self.today = line, made, zones, problem, today
        self.todo = name == "VTODO"
        #: A broken beginning is no missing one: no other day stands in for it.
        self.damaged = any(name in (None, "DTSTART", "DUE") for name, _reason in made.errors)
        self.zone = ""

    def read(self) -> list[ReadEvent]:
        """Its appointments: one, and one more for each further date it names (RDATE)."""
        start = self._moment("DTSTART") or (self._moment("DUE") if self.todo else None)
        extra = [one for one in self._dates("RDATE") if isinstance(one, date)]
        if start is None and extra:
            start = extra.pop(0)
        if start is None and not self.damaged:
            start = self._some_day()
        if start is None:
            self.problem("no_start", _("It does not say when it begins."))
            return []
        end = self._end(start)
        values = self._values()
        event = ReadEvent(self._uid(start), values, self.line, zone=self.zone)
        self._set(event, start, end)
        rule = self._rule()
        if rule:
            values["rule"] = rule
            event.left_out = self._dates("EXDATE")
        recurrence = self._moment("RECURRENCE-ID")
        if recurrence is not None and not rule:
            event.instead = recurrence
        found = [event]
        for one in extra:
            if one == start:
                continue
            copy = ReadEvent(f"{event.uid}#{_iso(one)}", {k: v for k, v in values.items() if k != "rule"},
                             self.line, zone=self.zone)  # fmt: skip
            length = end - start if type(end) is type(start) else timedelta(hours=1)
            self._set(copy, one, one + length)
            found.append(copy)
        return found

    def _set(self, event: ReadEvent, start: datetime | date, end: datetime | date) -> None:
        if isinstance(start, datetime):
            finish = end if isinstance(end, datetime) else start + timedelta(hours=1)
            event.values |= {"starts_at": start, "ends_at": max(start, finish), "all_day": False}
            return
        last = end if not isinstance(end, datetime) else end.date()
        event.days = (start, max(start + timedelta(days=1), last))
        event.values["all_day"] = True

    def _moment(self, name: str) -> datetime | date | None:
        found = self.made.get(name)
        value = getattr(found, "dt", None)
        if isinstance(found, list):
            value = getattr(found[0], "dt", None)
        if isinstance(value, tuple):
            value = value[0]
        if isinstance(value, datetime):
            return self._real(value, str(getattr(found, "params", {}).get("TZID", "")))
        return value if isinstance(value, date) else None

    def _real(self, value: datetime, zone_name: str) -> datetime:
        """A time of the file as a moment; times without a zone are kept as wall time, marked by having none."""
        if zone_name:
            iana = iana_zone(zone_name)
            zone = iana or self.zones.get(zone_name)
            if iana is not None:
                self.zone = iana.key
            if zone is None and value.tzinfo is None:
                text = _("The time zone %(name)s is unknown; times are taken as yours.") % {"name": zone_name[:60]}
                self.problem("unknown_zone", text, skipped=False)
                return value
            if zone is not None:
                return value.replace(tzinfo=zone).astimezone(UTC)
        return value.astimezone(UTC) if value.tzinfo else value

    def _dates(self, name: str) -> list[Any]:
        found = self.made.get(name)
        if found is None:
            return []
        several = found if isinstance(found, list) else [found]
        moments: list[Any] = []
        for one in several:
            zone = str(getattr(one, "params", {}).get("TZID", ""))
            for part in getattr(one, "dts", ()):
                value = part.dt[0] if isinstance(part.dt, tuple) else part.dt
                moments.append(self._real(value, zone) if isinstance(value, datetime) else value)
        return moments

    def _some_day(self) -> date | None:
        """What names no day stands on the day it was written, else on today; an empty component nowhere."""
        for name in ("CREATED", "DTSTAMP", "LAST-MODIFIED"):
            found = self._moment(name)
            if found is not None:
                self.problem("no_day", _("It has no day; it stands on the day it was written."), skipped=False)
                return found.date() if isinstance(found, datetime) else found
        if not list(self.made):  # a component counts as true even without any property
            return None
        self.problem("no_day", _("It has no day; it stands on today."), skipped=False)
        return self.today

    def _end(self, start: datetime | date) -> datetime | date:
        end = self._moment("DTEND") or (self._moment("DUE") if self.todo else None)
        length = getattr(self.made.get("DURATION"), "dt", None)
        if end is None and isinstance(length, timedelta) and timedelta(0) <= length <= _LONGEST:
            end = start + length
        if end is None:
            end = start + (timedelta(0) if isinstance(start, datetime) else timedelta(days=1))
        if isinstance(start, datetime) and isinstance(end, datetime) and (start.tzinfo is None) != (end.tzinfo is None):
            return start + timedelta(hours=1)
        return end

    def _uid(self, start: datetime | date) -> str:
        uid = str(self.made.get("UID") or "").strip()
        if uid:
            return uid[:200]
        words = "|".join(
            [_iso(start), *(_plain(self.made.get(name)) for name in ("SUMMARY", "LOCATION", "DESCRIPTION"))]
        )
        return "file-" + hashlib.sha256(words.encode()).hexdigest()[:32]

    def _values(self) -> dict[str, Any]:
        made = self.made
        subject = _plain(made.get("SUMMARY")) or _plain(made.get("DESCRIPTION")).split("\n")[0]
        place = _plain(made.get("LOCATION"))
        found: dict[str, Any] = {
            "subject": subject.replace("\n", " ")[:255] or str(_("Without title")),
            "kind": "task" if self.todo else "appointment",
            "status": _STATUS.get(str(made.get("STATUS", "")).upper(), "confirmed"),
            "place": place.replace("\n", ", ")[:255] or None,
            "note": _plain(made.get("DESCRIPTION"))[:20_000] or None,
        }
        if self.todo and made.get("COMPLETED") is not None:
            found["status"] = "done"
        return found | {"remind_minutes": self._reminder()}

    def _reminder(self) -> int | None:
        """Minutes before the beginning of the first alarm that counts from there."""
        for alarm in self.made.walk("VALARM"):
            trigger = getattr(alarm.get("TRIGGER"), "dt", None)
            if isinstance(trigger, timedelta) and timedelta(days=-28) <= trigger <= timedelta(0):
                return int(-trigger.total_seconds() // 60)
        return None

    def _rule(self) -> str | None:
        found = self.made.get("RRULE")
        if found is None:
            return None
        several = found if isinstance(found, list) else [found]
        if len(several) > 1:
            self.problem("bad_rule", _("It has several rules; the first one is taken."), skipped=False)
        text = several[0].to_ical().decode("utf-8", "replace")
        try:
            rule = check_rule(f"{text};TZID={self.zone}" if self.zone else text)
        except ValidationFailed:
            message = _("Its rule of repetition cannot be read; it stands here once: %(rule)s") % {"rule": text[:120]}
            self.problem("bad_rule", message, skipped=False)
            return None
        return rule if len(rule) <= 500 else None


def _plain(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    return "" if value is None else str(value).strip()


def _iso(value: datetime | date) -> str:
    return value.strftime("%Y%m%dT%H%M%S") if isinstance(value, datetime) else value.strftime("%Y%m%d")


def settled(event: ReadEvent, zone: tzinfo) -> dict[str, Any]:
    """Values for ``core.event`` with all moments aware: wall times and whole days are those of the owner's zone."""
    values = dict(event.values)
    if event.days is not None:
        values["starts_at"], values["ends_at"] = (_aware(day, zone) for day in event.days)
    else:
        values["starts_at"], values["ends_at"] = (_aware(values[name], zone) for name in ("starts_at", "ends_at"))
    if event.instead is not None:
        values["occurrence"] = _aware(event.instead, zone)
    rule = str(values.get("rule") or "")
    if f"TZID={getattr(zone, 'key', '')}" in rule.split(";"):
        values["rule"] = ";".join(part for part in rule.split(";") if not part.startswith("TZID="))
    if event.left_out:
        values["left_out"] = left_out_text(_left(one, values["starts_at"], zone) for one in event.left_out)
    return values


def _aware(value: datetime | date, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone).astimezone(UTC)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=zone).astimezone(UTC)


def _left(value: datetime | date, start: datetime, zone: tzinfo) -> datetime:
    """A day left out means the repetition of that day, at its time."""
    if isinstance(value, datetime):
        return _aware(value, zone)
    at = start.astimezone(zone).time()
    return datetime.combine(value, at, zone).astimezone(UTC)
