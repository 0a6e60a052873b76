"""Whom the latest talks of the demo were with: the person the note names, else the one who is met most."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from weft.core.sdk import every
from weft.plugins.crm.demo import plan as plans
from weft.plugins.crm.demo import story

__all__ = ["attend"]

_TALKS = "call,visit,meeting,mail,message"
#: So many of the latest talks of each account of the story name their people.
_NAMED = 6


def attend(context: Any, drawn: plans.Plan) -> None:
    """Link the latest talks to people, each in the hour it took place and by who led it."""
    people: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for contact in drawn.contacts:
        made = context.made[contact.key], contact.name, contact.name_alt
        people[context.made[contact.account]].append(made)
    known = {context.made[contact.account] for contact in story.NAMED_CONTACTS if contact.account in context.made}
    # Who has left cannot sign in any more: the manager completed such notes.
    owners = {n: key if key in story.OWNED_CUSTOMERS else "manager" for key, n in context.people.items()}
    left = dict.fromkeys(known & people.keys(), _NAMED)
    with context.acting(None, context.moment(-1)) as records:
        fields, filters = ("account", "at", "note", "owner"), {"status": "done", "kind__in": _TALKS}
        talks = list(every(records, "crm.activity", fields, filters, sort="-at"))
    batches: dict[tuple[Any, str], list[tuple[int, int]]] = defaultdict(list)
    for talk in talks:
        account = talk["account"].id if talk.get("account") else 0
        who = owners.get(talk["owner"].id) if talk.get("owner") else None
        if left.get(account, 0) > 0 and who is not None:
            left[account] -= 1
            batches[(talk["at"].date(), who)].append((talk["id"], _spoken_to(people[account], talk.get("note") or "")))
    for (day, who), pairs in batches.items():
        with context.acting(who, context.moment((day - context.day).days, 18)) as records:
            for talk_id, person in pairs:
                records.link("crm.attended_by", talk_id, person)


def _spoken_to(people: list[tuple[int, str, str]], note: str) -> int:
    return next((number for number, name, alt in people if name in note or (alt and alt in note)), people[0][0])
