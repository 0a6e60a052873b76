"""Repetitions by recurrence rules of RFC 5545, counted in local time so that ten o'clock stays ten o'clock.

A rule is kept as text: ``FREQ=WEEKLY;BYDAY=MO``. Besides the parts of the standard it may carry ``TZID=...``, the zone
it is counted in where that is not the zone of the appointment's owner (files of other programs).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rrulestr

from weft.core.errors import ValidationFailed
from weft.core.i18n import translator

__all__ = ["MOST", "check_rule", "last_start", "left_out_moments", "left_out_text", "starts", "zone_of_rule"]

_ = translator("core")

#: Most repetitions looked at for one visible range or one end.
MOST = 5000
#: No calendar reaches further; rules that never match would be searched without end.
_HORIZON = timedelta(days=366 * 30)
_FREQ = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PART = re.compile(r"[A-Z-]+=[^;]+")
_STEP = {"DAILY": 1, "WEEKLY": 7}
#: A local time to try rules with.
_SAMPLE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _parts(rule: str) -> dict[str, str]:
    text = rule.strip().removeprefix("RRULE:").strip().rstrip(";")
    parts: dict[str, str] = {}
    for piece in text.split(";"):
        name, mark, value = piece.partition("=")
        if not mark or not _PART.fullmatch(f"{name.strip().upper()}={value.strip()}"):
            raise ValueError(piece)
        parts[name.strip().upper()] = value.strip()
    return parts


def zone_of_rule(rule: str) -> tzinfo | None:
    """The zone a rule names, None when it is counted in the zone of its owner."""
    found = re.search(r"(?:^|;)TZID=([^;]+)", rule or "")
    if found is None:
        return None
    try:
        return ZoneInfo(found[1])
    except (ZoneInfoNotFoundError, ValueError):
        return None


def check_rule(rule: str) -> str:
    """The rule in the form it is kept in.

    Raises:
        ValidationFailed: it is no rule of RFC 5545, or one that repeats within a day.
    """
    try:
        parts = _parts(rule)
        if parts.get("FREQ", "").upper() not in _FREQ:
            raise ValueError("FREQ")
        if int(parts.get("INTERVAL", "1")) < 1 or int(parts.get("COUNT", "1")) < 1:
            raise ValueError("INTERVAL")
        text = ";".join(f"{name}={value.upper() if name != 'TZID' else value}" for name, value in parts.items())
        _made(text, _SAMPLE, UTC)
        sample = ";".join(part for part in text.split(";") if not part.startswith("UNTIL="))
        if next(iter(_made(sample, _SAMPLE, UTC)[0]), None) is None:
            raise ValueError("never")
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        message = _("This is no rule of repetition. Write it like FREQ=WEEKLY;BYDAY=MO,WE.")
        raise ValidationFailed.single("rule", "invalid", message) from error
    return text


def _made(rule: str, start: datetime, zone: tzinfo) -> tuple[rrule, int | None]:
    """The rule from a local start without zone, and how often it counts; it always ends, at the horizon at last."""
    parts = _parts(rule)
    parts.pop("TZID", None)
    until = parts.pop("UNTIL", "")
    count = parts.pop("COUNT", "")
    if count and until:
        raise ValueError("COUNT and UNTIL")
    made = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start)
    if not isinstance(made, rrule):
        raise ValueError(rule)
    end = _until(until, zone) if until else start + _HORIZON
    return made.replace(until=end), int(count) if count else None


def _until(text: str, zone: tzinfo) -> datetime:
    if len(text) == 8:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).replace(tzinfo=None, hour=23, minute=59)
    moment = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return moment.astimezone(zone).replace(tzinfo=None) if text.endswith("Z") else moment.replace(tzinfo=None)


def _real(local: datetime, zone: tzinfo) -> datetime:
    """A local time as a moment; one that a change of clocks leaves out is the moment after the gap."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def starts(
    start: datetime,
    rule: str,
    zone: tzinfo,
    *,
    since: datetime,
    until: datetime,
    left_out: Iterable[datetime] = (),
    last: datetime | None = None,
) -> Iterator[datetime]:
    """Beginnings of an appointment in ``[since, until)``, aware UTC, in order.

    Args:
        start: first beginning, aware.
        rule: as kept; one that cannot be read gives only the first beginning.
        zone: zone of the owner, in which days are counted unless the rule names another.
        left_out: beginnings that do not take place.
        last: last beginning where known (rules with an end); spares counting from the first on.
    """
    zone = zone_of_rule(rule) or zone
    gone = {moment.astimezone(UTC).replace(second=0) for moment in left_out}
    first = start.astimezone(zone).replace(tzinfo=None)
    try:
        made, count = _made(rule, first, zone)
    except (ValueError, TypeError, KeyError, ArithmeticError):
        if since <= start < until and start.astimezone(UTC).replace(second=0) not in gone:
            yield start.astimezone(UTC)
        return
    if count is not None:
        last = last or last_start(start, rule, zone)
    low = since.astimezone(zone).replace(tzinfo=None) - timedelta(hours=2)
    high = until.astimezone(zone).replace(tzinfo=None) + timedelta(hours=2)
    for number, local in enumerate(_leapt(made, first, low, high).xafter(low, inc=True)):
        if local >= high or number >= MOST:
            return
        moment = _real(local, zone)
        if last is not None and count is not None and moment > last:
            return
        if since <= moment < until and moment.replace(second=0) not in gone:
            yield moment


def _leapt(made: rrule, first: datetime, low: datetime, high: datetime) -> rrule:
    """Daily and weekly rules begin nearer to what is looked at: whole steps later the days are the same."""
    known: Any = made
    name = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")[known._freq]
    step = timedelta(days=_STEP.get(name, 0) * known._interval)
    end = min(known._until, high) if known._until - first < _HORIZON else high
    if not step or low - first < 2 * step:
        return made.replace(until=max(end, first))
    return made.replace(dtstart=first + step * ((low - first) // step - 1), until=end)


def last_start(start: datetime, rule: str, zone: tzinfo) -> datetime | None:
    """Last beginning of a rule that ends, aware UTC; None for one without end (or with more than 5,000)."""
    zone = zone_of_rule(rule) or zone
    first = start.astimezone(zone).replace(tzinfo=None)
    last = first
    try:
        made, most = _made(rule, first, zone)
        if most is None and "UNTIL=" not in rule:
            return None
        for number, local in enumerate(made, 1):
            if number > MOST:
                return None
            last = local
            if number == most:
                break
    except (ValueError, TypeError, KeyError, ArithmeticError):
        return start.astimezone(UTC)
    return _real(last, zone)


def left_out_moments(text: str | None) -> list[datetime]:
    """Beginnings kept as lines of ISO text; lines that are none are passed over."""
    found = []
    for line in (text or "").split():
        try:
            moment = datetime.fromisoformat(line)
        except ValueError:
            continue
        found.append(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return found


def left_out_text(moments: Iterable[datetime]) -> str | None:
    """The same as text, in order; None when there are none."""
    lines = sorted({f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for moment in moments})
    return "\n".join(lines) or None
