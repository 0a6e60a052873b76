"""Who takes part in a conversation: authors, the account's contact, colleagues who joined; and who has read what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, directory, every, in_script
from weft.plugins.communication.grants import ANSWERING, MESSAGES

__all__ = [
    "contact_of", "follow_owner", "join", "mark_read", "mark_unread", "name_audience",
    "names", "seats", "unread_count", "writable",
]  # fmt: skip

THREAD, PARTICIPANT = "communication.thread", "communication.participant"
_REASON = "communication: who takes part"
#: What is read of who takes part.
_FIELDS = ("thread", "part", "unread", "owner", "version")
_PART = 200


def seats(records: Records, threads: Iterable[int]) -> dict[int, list[Any]]:
    """Participants of conversations that the caller has read, by conversation."""
    found: dict[int, list[Any]] = {}
    wanted = sorted(set(threads))
    system = records.system(_REASON)
    for start in range(0, len(wanted), _PART):
        filters: Mapping[str, Any] = {"thread__in": wanted[start : start + _PART]}
        for row in every(system, PARTICIPANT, _FIELDS, filters, sort="created_at"):
            found.setdefault(row["thread"].id, []).append(row)
    return found


def contact_of(records: Records, account: int | None) -> int | None:
    """Who at the company answers for an account: its owner while active, else one who decides."""
    if account is None:
        return None
    owner = records.system(_REASON).find(account).get("owner")
    if owner is not None and owner.id in directory.persons(records, [owner.id]):
        person = directory.persons(records, [owner.id])[owner.id]
        if person.active and not person.external:
            return int(owner.id)
    for role in ANSWERING:
        holders = directory.holders(records, role)
        if holders:
            return min(holders)
    return None


def join(records: Records, thread: Any, users: Mapping[int, str]) -> list[Any]:
    """Make sure that people take part; returns all participants of the conversation.

    Args:
        records: the unit of work.
        thread: the conversation.
        users: user id -> part; who takes part already keeps theirs.
    """
    system = records.system(_REASON)
    present = seats(records, [thread["id"]]).get(thread["id"], [])
    there = {row["owner"].id for row in present if row.get("owner") is not None}
    known = directory.persons(records, users)
    made = [
        {"name": known[user].name[:120], "thread": thread["id"], "part": part, "owner": user}
        for user, part in users.items()
        if user not in there and user in known
    ]
    if not made:
        return present
    system.load(PARTICIPANT, made)
    return seats(records, [thread["id"]]).get(thread["id"], [])


def mark_unread(records: Records, present: Sequence[Any], author: int | None) -> None:
    """One more unread message for everybody but who wrote it; who writes has read what was there."""
    values: dict[int, dict[str, Any]] = {}
    for row in present:
        mine = row.get("owner") is not None and row["owner"].id == author
        values[row["id"]] = {"unread": 0 if mine else min(int(row["unread"] or 0) + 1, 999)}
    if values:
        records.system(_REASON).update_many(PARTICIPANT, values)


def mark_read(records: Records, thread: int) -> bool:
    """Note that the person has read a conversation; True when something was unread."""
    filters = {"thread": thread, "owner": records.principal.user_id, "unread__gt": 0}
    rows = records.system(_REASON).query(PARTICIPANT, fields=(), filters=filters, limit=10).rows
    if rows:
        records.system(_REASON).update_many(PARTICIPANT, {row["id"]: {"unread": 0} for row in rows})
    return bool(rows)


def unread_count(records: Records) -> int:
    """In how many conversations something waits for the person."""
    if records.principal.user_id is None:
        return 0
    lines = records.aggregate(PARTICIPANT, filters={"owner": records.principal.user_id, "unread__gt": 0})
    return int(lines[0]["count"]) if lines else 0


def names(records: Records, rows: Iterable[Any]) -> dict[int, str]:
    """Names of the people of some participants, in the viewer's script."""
    found = directory.persons(records, [row["owner"].id for row in rows if row.get("owner") is not None])
    return {key: in_script(person.name, person.name_alt)[0] for key, person in found.items()}


def writable(records: Records, account: int) -> dict[int, str]:
    """People of a firm who can sign in and may read messages: user id -> audience."""
    standing = directory.standing_for(records, [account]).get(account, [])
    found: dict[int, str] = {}
    for audience, role in MESSAGES.items():
        holders = set(directory.holders(records, role))
        found.update({user: audience for user in standing if user in holders})
    return found


def follow_owner(changes: Sequence[Any], context: Any) -> None:
    """Give the part of the contact to the new owners of accounts, in the change set that hands the accounts over."""
    moved = {
        change.record_id: change.after("owner_id")
        for change in changes
        if "core.organization" in change.type.spec.traits and change.before and change.changed("owner_id")
    }
    if not moved:
        return
    system = context.system("communication: the contact follows the account")
    ids = sorted(moved)
    threads: dict[int, int] = {}
    for start in range(0, len(ids), _PART):
        filters = {"account__in": ids[start : start + _PART], "audience__ne": "inside"}
        cursor = None
        while True:
            page = system.query(
                THREAD, fields=("account",), filters=filters, sort="created_at", limit=_PART, cursor=cursor
            )
            threads.update({row["id"]: row["account"].id for row in page.rows})
            cursor = page.next
            if cursor is None:
                break
    if threads:
        _hand_over(system, moved, threads)


def _hand_over(system: Records, moved: Mapping[int, int | None], threads: Mapping[int, int]) -> None:
    goes: dict[int, list[int]] = {}
    for thread, present in seats(system, threads).items():
        successor = moved[threads[thread]]
        there = {row["owner"].id for row in present if row.get("owner") is not None}
        for row in present:
            if row["part"] != "contact":
                continue
            if successor is None or (successor in there and row["owner"] and row["owner"].id != successor):
                # Nobody has the account, or the new owner takes part already: they become its contact by that.
                system.delete(PARTICIPANT, row["id"])
            else:
                goes.setdefault(successor, []).append(row["id"])
        if successor in there:
            own = [row["id"] for row in present if row["owner"] and row["owner"].id == successor]
            system.update_many(PARTICIPANT, {number: {"part": "contact"} for number in own})
    for successor, rows in goes.items():
        system.bulk(PARTICIPANT, "assign", rows, {"owner": successor}, expected=len(rows))


def name_audience(changes: Sequence[Any], context: Any) -> None:
    """A conversation that somebody outside begins is one with their audience."""
    me = context.principal
    for change in changes:
        if change.entity == THREAD and not change.before and me.audience in MESSAGES and me.kind != "system":
            change.values["audience"] = me.audience
