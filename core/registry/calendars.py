"""What stands in a calendar: each plugin says which of its records have a place in somebody's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weft.core.i18n import Text

__all__ = ["CALENDAR_TONES", "CalendarSource"]

#: Colours of entries, the same names as the dots of a status.
CALENDAR_TONES = ("blue", "teal", "green", "amber", "red", "plum", "grey")


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """Records of one entity as entries of a calendar.

    Attributes:
        key: ``crm.activities``.
        label: words on screen, a plural noun.
        entity: whose records.
        start: name of the date or date-time field an entry begins at; a date makes it last whole days.
        end: name of the field it ends at (a date is its last day), or
        minutes: name of a field with its length in minutes; without both it lasts half an hour, or one day.
        all_day: name of a yes/no field; such entries last whole days.
        about: name of a reference shown below the title.
        place: name of a text shown below the title.
        person: name of the field with the person in whose calendar an entry stands.
        filters: filters as in the address; only such records are entries.
        tasks: filters as in the address of one value per name; such entries are tasks with a tick.
        listed: further filters of the list of open tasks; others stand in the calendar only.
        finished: name of a field and its values (with commas) that say that an entry is over.
        done: key of the action behind the tick.
        remind: name of a field with the minutes before the start at which its person is reminded.
        repeats: the records have the fields ``rule``, ``left_out`` and ``repeats_until`` of ``core.event``.
        movable: may be dragged to another time (where the person may change the record).
        tone: one of :data:`CALENDAR_TONES`.
    """

    key: str
    label: Text
    entity: str
    start: str
    end: str = ""
    minutes: str = ""
    all_day: str = ""
    about: str = ""
    place: str = ""
    person: str = "owner"
    filters: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)
    listed: Mapping[str, str] = field(default_factory=dict)
    finished: tuple[str, str] = ("", "")
    done: str = ""
    remind: str = ""
    repeats: bool = False
    movable: bool = True
    tone: str = "blue"
    order: int = 100
