"""One's calendar for other programs: a secret address per person, and the calendar file behind it.

The address holds the person's id and 256 random bits; only their hash is kept, among the person's own preferences.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from icalendar import Alarm, Calendar, Event, vRecur
from sqlalchemy import Connection, select

from weft.core.access.conditions import Filter, Term, all_of, any_of
from weft.core.calendar.entries import EVENT, expanded, rows_of, sources
from weft.core.calendar.rules import left_out_moments, zone_of_rule
from weft.core.calendar.zones import zone_named
from weft.core.identity import preferences
from weft.core.identity.sessions import token_hash
from weft.core.identity.tables import app_user
from weft.core.records.values import Row
from weft.core.registry.calendars import CalendarSource

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["KEY", "calendar_text", "issue", "made_at", "owner_of", "withdraw"]

#: Preference that holds the hash of a person's address and when it was made.
KEY = "calendar.feed"
_PAST, _AHEAD = timedelta(days=90), timedelta(days=400)
_MAX_TOKEN = 100


def issue(connection: Connection, user_id: int, *, now: datetime) -> str:
    """Make a new secret part of the address; the one before ends. It is shown once and kept nowhere."""
    secret = secrets.token_urlsafe(32)
    preferences.put(connection, user_id, KEY, {"hash": token_hash(secret), "at": now.isoformat()})
    return f"{user_id}-{secret}"


def withdraw(connection: Connection, user_id: int) -> None:
    """End the address of a person."""
    preferences.put(connection, user_id, KEY, None)


def made_at(connection: Connection, user_id: int) -> datetime | None:
    """When a person's address was made, None while there is none."""
    found = preferences.get(connection, user_id, KEY)
    return datetime.fromisoformat(found["at"]) if isinstance(found, dict) else None


def owner_of(connection: Connection, token: str) -> tuple[int, str, int] | None:
    """Whose address this is: user id, audience and version of the user; None for a wrong or ended one."""
    number, mark, secret = token[:_MAX_TOKEN].partition("-")
    if not mark or not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    kept = preferences.get(connection, int(number), KEY)
    known = str(kept.get("hash", "")) if isinstance(kept, dict) else ""
    if not hmac.compare_digest(known, token_hash(secret)) or not known:
        return None
    u = app_user.c
    row = connection.execute(select(u.audience, u.version).where(u.id == int(number), u.active.is_(True))).first()
    return None if row is None else (int(number), row.audience, row.version)


def calendar_text(records: Records, name: str) -> bytes:
    """The person's own appointments as an iCalendar file: 90 days back, 400 ahead, series whole.

    Args:
        records: the person's.
        name: of the calendar, as other programs show it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Weft//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    zone = zone_named(records.principal.zone)
    since, until = records.now - _PAST, records.now + _AHEAD
    host = records.runtime.settings.public_url.split("//")[-1].split("/")[0].split(":")[0]
    for source in sources(records):
        rows = rows_of(records, source, _wanted(source, records, since, until))
        uids = _uids(records, rows) if source.entity == EVENT else {}
        for row in rows:
            event = _event(records, source, row, zone, host, uids)
            if event is not None:
                calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _wanted(source: CalendarSource, records: Records, since: datetime, until: datetime) -> Filter:
    start: Filter = all_of(Term(source.start, "gte", since), Term(source.start, "lt", until))
    if source.repeats:
        going = any_of(Term("repeats_until", "isnull", "true"), Term("repeats_until", "gte", since))
        start = any_of(start, all_of(Term("rule", "isnull", "false"), going))
    return all_of(Term(source.person, "eq", records.principal.user_id), start)


def _uids(records: Records, rows: Iterable[Row]) -> dict[int, dict[str, Any]]:
    """Ids for calendars of appointments and of the series that some belong to, in one statement per 400."""
    ids = {row.id for row in rows} | {getattr(row.get("series"), "id", 0) for row in rows}
    wanted = sorted(one for one in ids if one)
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(wanted), 200):
        part = wanted[start : start + 200]
        page = records.query(EVENT, fields=("uid", "note", "occurrence"), filters={"id__in": part}, limit=200)
        found |= {row.id: dict(row) for row in page.rows}
    return found


def _event(
    records: Records, source: CalendarSource, row: Row, zone: tzinfo, host: str, uids: dict[int, dict[str, Any]]
) -> Event | None:
    begins = row.get(source.start)
    if begins is None:
        return None
    plain = Row({**row, "rule": None})
    far = timedelta(days=366 * 100)
    found = expanded(records, source, [plain], records.now - far, records.now + far, zone)
    if not found:
        return None
    entry, rule = found[0], str(row.get("rule") or "") if source.repeats else ""
    event = Event()
    series = getattr(row.get("series"), "id", None) if source.entity == EVENT else None
    replaces = row.get("occurrence") if series is not None else None
    own = str(uids.get(series or row.id, {}).get("uid") or "")
    event.add("uid", own.split("#")[0] if replaces and own else own or f"{series if replaces else row.id}@{host}")
    event.add("dtstamp", records.now.astimezone(UTC))
    event.add("summary", entry.title)
    home = (zone_of_rule(rule) or zone) if rule else UTC
    if entry.all_day:
        event.add("dtstart", entry.first)
        event.add("dtend", entry.last + timedelta(days=1))
    else:
        event.add("dtstart", entry.starts.astimezone(home))
        event.add("dtend", entry.ends.astimezone(home))
    if replaces is not None:
        event.add("recurrence-id", replaces.astimezone(UTC))
    if rule:
        _repeat(event, row, rule, entry.all_day, home)
    place = entry.place or (entry.about.title if entry.about is not None and not entry.about.restricted else "")
    if place:
        event.add("location", place)
    note = uids.get(row.id, {}).get("note")
    if note:
        event.add("description", str(note)[:4000])
    event.add("url", f"{records.runtime.settings.public_url}/r/{row.id}")
    if str(row.get("status")) == "tentative":
        event.add("status", "TENTATIVE")
    minutes = row.get(source.remind) if source.remind else None
    if minutes is not None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", -timedelta(minutes=int(minutes)))
        event.add_component(alarm)
    return event


def _repeat(event: Event, row: Row, rule: str, whole: bool, home: tzinfo) -> None:
    """The rule and what is left out, in the zone that the beginning is written in."""
    kept = [part for part in rule.split(";") if not part.startswith("TZID=")]
    text = ";".join(_until(part, whole) for part in kept)
    event.add("rrule", vRecur.from_ical(text))
    for moment in left_out_moments(row.get("left_out")):
        local = moment.astimezone(home)
        event.add("exdate", local.date() if whole else local)


def _until(part: str, whole: bool) -> str:
    """An end by day reaches to the end of that day where the beginning has a time."""
    name, _mark, value = part.partition("=")
    if name != "UNTIL":
        return part
    if whole:
        return f"UNTIL={value[:8]}"
    if len(value) == 8:
        end = datetime.combine(datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC).date(), time(23, 59, 59))
        return f"UNTIL={end:%Y%m%dT%H%M%S}Z"
    return part if value.endswith("Z") else f"{part}Z"
