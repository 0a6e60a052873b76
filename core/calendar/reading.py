"""Calendar files (iCalendar) as appointments: what can be read is read, everything else is named with its reason.

The file is cut into components by its own lines, so that one broken component spoils no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from charset_normalizer import from_bytes
from icalendar import Event, Timezone, Todo

from weft.core.calendar.components import Reader, ReadEvent, iana_zone
from weft.core.i18n import Text, translator

__all__ = ["CalendarFile", "Problem", "read_calendar"]

_ = translator("core")

#: Most appointments taken from one file.
MOST = 20_000
_TAKEN = {"VEVENT": Event, "VTODO": Todo}
_LEFT = {
    "VJOURNAL": _("A journal entry is no appointment."),
    "VFREEBUSY": _("Free and busy times are no appointments."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be taken, or only in part.

    Attributes:
        component: ``VEVENT`` and so on; empty for the file itself.
        name: title or id of the component, as far as it has one.
        line: line of the file it begins at, from 1.
        code: ``no_calendar``, ``empty``, ``broken_line``, ``cut_off``, ``no_start``, ``bad_value``, ``bad_rule``,
            ``unknown_zone``, ``no_day``, ``unsupported`` or ``too_many``.
        message: the reason in words.
        skipped: nothing of the component was taken.
    """

    component: str
    name: str
    line: int
    code: str
    message: Text
    skipped: bool = True


@dataclass(slots=True)
class CalendarFile:
    """What a file holds: numbers of its components, appointments, and what is wrong with it."""

    components: Counter[str] = field(default_factory=Counter)
    events: list[ReadEvent] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def skipped(self) -> list[Problem]:
        """Components of which nothing was taken."""
        return [one for one in self.problems if one.skipped]


@dataclass(slots=True)
class _Block:
    """A component directly inside a calendar, as its unfolded lines."""

    name: str
    line: int
    lines: list[str]
    whole: bool = True


def read_calendar(data: bytes, *, now: datetime) -> CalendarFile:
    """Read a calendar file; never raises for what stands in it.

    Args:
        data: the bytes, UTF-8 or whatever they look like.
        now: aware moment; what has no day at all stands on this one.
    """
    found = CalendarFile()
    blocks = list(_blocks(_unfolded(_text(data)), found))
    zones = {
        name: zone for block in blocks if block.name == "VTIMEZONE" for name, zone in [_zone(block, found)] if name
    }
    for block in blocks:
        if block.name in _LEFT:
            found.problems.append(Problem(block.name, _named(block), block.line, "unsupported", _LEFT[block.name]))
        elif block.name in _TAKEN:
            if len(found.events) >= MOST:
                message = _("A file may hold at most %(n)s appointments.") % {"n": MOST}
                found.problems.append(Problem(block.name, _named(block), block.line, "too_many", message))
                break
            found.events += _component(block, zones, found, now.date())
    if not found.components and not found.problems:
        found.problems.append(Problem("", "", 1, "no_calendar", _("This is no calendar file.")))
    elif not blocks and not found.skipped:
        found.problems.append(Problem("", "", 1, "empty", _("The calendar holds nothing.")))
    return found


# ---- lines and components


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        return str(best) if best is not None else data.decode("latin-1")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their number; what was folded is one line again."""
    number, kept = 0, ""
    for at, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not line.strip():
            continue
        if line[:1] in (" ", "\t") and kept:
            kept += line[1:]
            continue
        if kept.strip():
            yield number, kept
        number, kept = at, line
    if kept.strip():
        yield number, kept


def _blocks(lines: Iterator[tuple[int, str]], found: CalendarFile) -> Iterator[_Block]:
    block: _Block | None = None
    stack: list[str] = []
    calendars = 0
    for number, line in lines:
        head, _mark, rest = line.partition(":")
        word, name = head.strip().upper(), rest.strip().upper()
        if word == "BEGIN":
            found.components[name] += 1
            if name == "VCALENDAR":
                calendars += 1
            if block is None and name in {*_TAKEN, *_LEFT, "VTIMEZONE"}:
                block, stack = _Block(name, number, []), []
            if block is not None:
                stack.append(name)
        if block is not None:
            block.lines.append(_trimmed(line.strip()))
            if word == "END":
                if stack and name == stack[-1]:
                    stack.pop()
                if not stack:
                    yield block
                    block = None
        elif word not in ("BEGIN", "END") and not _mark:
            message = _("Line %(n)s is no line of a calendar.") % {"n": number}
            found.problems.append(Problem("", line.strip()[:60], number, "broken_line", message, skipped=False))
    if block is not None:
        block.whole = False
        yield block
    known = {"VCALENDAR", "VTIMEZONE", *_TAKEN, *_LEFT}
    if not known.intersection(found.components):
        found.components.clear()
        found.problems = [one for one in found.problems if one.code != "broken_line"]


def _named(block: _Block) -> str:
    for wanted in ("SUMMARY", "UID"):
        for line in block.lines:
            head, _mark, rest = line.partition(":")
            if head.partition(";")[0].upper() == wanted and rest.strip():
                return rest.strip()[:80]
    return ""


def _zone(block: _Block, found: CalendarFile) -> tuple[str, tzinfo | None]:
    try:
        made: Any = Timezone.from_ical("\r\n".join(block.lines) + "\r\n")
        name = str(made.get("TZID", ""))
        return name, iana_zone(name) or made.to_tz()
    except Exception as error:  # the library raises many kinds for broken zones; the file is named, not the bug
        text = _("The time zone cannot be read: %(reason)s") % {"reason": str(error)[:120]}
        name = next((line.partition(":")[2] for line in block.lines if line.upper().startswith("TZID")), "")
        found.problems.append(Problem("VTIMEZONE", name[:80], block.line, "bad_value", text))
        return "", None


# ---- one component


def _component(block: _Block, zones: dict[str, tzinfo | None], found: CalendarFile, today: date) -> list[ReadEvent]:
    def problem(code: str, message: Text, *, skipped: bool = True) -> None:
        found.problems.append(Problem(block.name, _named(block), block.line, code, message, skipped))

    lines = block.lines if block.whole else [*block.lines, f"END:{block.name}"]
    if not block.whole:
        problem("cut_off", _("The component has no end; the file was cut off."), skipped=False)
    try:
        made: Any = _TAKEN[block.name].from_ical("\r\n".join(lines) + "\r\n")
    except Exception as error:
        problem("broken_line", _("It cannot be read: %(reason)s") % {"reason": str(error)[:120]})
        return []
    for name, reason in made.errors:
        made.pop(name or "", None)
        slots = {"name": name or "?", "reason": str(reason)[:120]}
        problem("bad_value", _("%(name)s was left out: %(reason)s") % slots, skipped=False)
    try:
        return Reader(block.name, block.line, made, zones, problem, today).read()
    except (ValueError, TypeError, OverflowError, AttributeError, KeyError) as error:
        problem("bad_value", _("It cannot be read: %(reason)s") % {"reason": str(error)[:120]})
        return []


def _trimmed(line: str) -> str:
    """A line of a date without the blanks that some programs write behind the colon."""
    head, mark, rest = line.partition(":")
    return f"{head}{mark}{rest.strip()}" if head.upper().startswith(("DT", "DUE")) else line
