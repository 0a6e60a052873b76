"""What is learned from contacts: how and when people answer, and who of us speaks with an account. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from weft.core.sdk import PersonRef, Records, translator
from weft.plugins.crm.queries.readable import Readable

_ = translator("crm")

__all__ = ["DAYTIMES", "Habit", "colleagues_of", "habits"]

#: Channel of preference that a kind of contact speaks for.
_CHANNEL = {"call": "phone", "mail": "mail", "message": "message", "visit": "visit", "meeting": "visit"}
DAYTIMES = {"morning": _("mornings"), "afternoon": _("afternoons"), "evening": _("evenings")}
#: So many contacts are needed before anything is called a habit, and this share of them.
_LEAST, _SHARE = 3, 0.5
#: The latest contacts looked at, of all people together.
_LOOKED_AT = 200
_MOST_COLLEAGUES = 6


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody is best reached, as contacts have shown.

    Attributes:
        channel: ``phone mail message visit``, empty while there is no habit.
        daytime: key of :data:`DAYTIMES`, empty while there is no habit.
        contacts: how many answered contacts it was learned from.
    """

    channel: str
    daytime: str
    contacts: int


def habits(records: Records, people: Iterable[int]) -> dict[int, Habit]:
    """What was learned about contacts; those with too few answered contacts are absent.

    Args:
        records: unit of the reader; only activities it may read teach anything.
        people: ids of contacts.
    """
    attended = records.linked("crm.attends", people)
    numbers = sorted({ref.id for refs in attended.values() for ref in refs}, reverse=True)[:_LOOKED_AT]
    if not numbers:
        return {}
    filters = {"id__in": numbers, "status": "done", "kind__in": ",".join(_CHANNEL)}
    fields = ("kind", "at", "outcome")
    known = Readable(records, "crm.activity").rows(fields, filters, sort="id", limit=200)
    rows = {row["id"]: row for row in known}
    found = {}
    for person, refs in attended.items():
        answered = [rows[ref.id] for ref in refs if ref.id in rows and rows[ref.id].get("outcome") != "not_reached"]
        if len(answered) >= _LEAST:
            times = [_daytime(row["at"].astimezone(records.zone).hour) for row in answered if row.get("at")]
            channel = _usual([_CHANNEL[row["kind"]] for row in answered])
            found[person] = Habit(channel, _usual(times), len(answered))
    return found


def _daytime(hour: int) -> str:
    return "morning" if hour < 12 else ("afternoon" if hour < 17 else "evening")


def _usual(seen: Sequence[str]) -> str:
    """What more than half of the contacts have in common, empty when nothing is."""
    name, times = Counter(seen).most_common(1)[0] if seen else ("", 0)
    return name if times > _SHARE * len(seen) else ""


def colleagues_of(records: Records, account: int, owner: PersonRef | None) -> list[tuple[PersonRef, list[str]]]:
    """Who of us works on an account: (person, what they are to it), the owner first.

    What they are: ``owner``, ``deal`` (owns an open deal), ``contact`` (spoke with them).
    """
    found: dict[int, tuple[PersonRef, list[str]]] = {}
    if owner is not None:
        found[owner.id] = (owner, ["owner"])
    for entity, filters, word in (
        ("crm.opportunity", {"account": account, "outcome": "open"}, "deal"),
        ("crm.activity", {"account": account, "status": "done"}, "contact"),
    ):
        if not Readable(records, entity).covers("owner", *filters):
            continue
        for line in records.aggregate(entity, group=("owner",), filters=filters, limit=_MOST_COLLEAGUES):
            person = line["owner"]
            if person is not None:
                found.setdefault(person.id, (person, []))[1].append(word)
    return list(found.values())[:_MOST_COLLEAGUES]
