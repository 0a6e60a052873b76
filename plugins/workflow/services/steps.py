"""Steps of a case: whom a step asks, when it is decided, what its open tasks become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from weft.core.sdk import Records, Row, every, translator
from weft.plugins.workflow.grants import CASE, TASK
from weft.plugins.workflow.services import people
from weft.plugins.workflow.services.told import ASKED, tell

_ = translator("workflow")

__all__ = [
    "LIVE",
    "VOTES",
    "Verdict",
    "case_of",
    "drop",
    "judge",
    "open_step",
    "reopen",
    "others_of_place",
    "step_of",
    "tasks_of",
    "turn_on",
]

LIVE = ("open", "waiting")
#: Kinds that count for the decision of a step.
VOTES = ("decide", "sign")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a step came to.

    Attributes:
        word: ``agree``, ``reject``, ``return`` or ``back``; empty while it is open.
        back: key of the step it goes back to.
    """

    word: str = ""
    back: str = ""


def step_of(chain: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A step of a chain by its key; an unknown one asks the requester's head."""
    found = next((step for step in chain.get("steps") or () if step["key"] == key), None)
    return found or {
        "key": key,
        "title": {"en": key, "zh": key},
        "who": {"kind": "unit_head", "levels": 1},
        "mode": "any",
    }


def tasks_of(system: Records, case: int, *, step: str = "", live: bool = False) -> list[Row]:
    """Tasks of a case in the order they were opened."""
    filters: dict[str, Any] = {"case": case}
    if step:
        filters["step"] = step
    if live:
        filters["status__in"] = ",".join(LIVE)
    return list(every(system, TASK, None, filters))


def open_step(system: Records, case: Row, chain: Mapping[str, Any], key: str, chosen: Sequence[int] = ()) -> list[int]:
    """Ask the people of a step; returns them. None were found when the list is empty: the case then needs help."""
    step = step_of(chain, key)
    requester = case["owner"].id if case.get("owner") else None
    who = step["who"]
    before = tasks_of(system, case["id"], step=key)
    if who["kind"] == "choice" and not chosen:
        chosen = [row["owner"].id for row in before if row["kind"] in VOTES and row.get("owner")][: people.MOST]
        if not chosen:
            return _ask_whom(system, case, step, requester)
    about = case["about"].id if case.get("about") else 0
    found = people.groups(system, who, about=about, entity=case["about_kind"], requester=requester, chosen=chosen)
    each = step.get("mode") == "each"
    places = [(place, user) for place, users in enumerate(found, 1) for user in users]
    if not each:  # one person holds both roles: asked once
        places = list(enumerate(dict.fromkeys(user for _place, user in places), 1))
    if not places:
        return []
    rounds = max((row["round"] for row in before), default=0) + 1
    turn = step.get("mode") == "turn"
    rows = [
        _task(
            case,
            step,
            user,
            system,
            kind="decide",
            rounds=rounds,
            place=place,
            status="open" if place == 1 or not turn else "waiting",
        )
        for place, user in places
    ]
    users = [user for _place, user in places]
    made = system.load(TASK, rows).created
    told = made[:1] if turn else made
    for number, user in zip(told, users, strict=False):
        tell(system, [user], ASKED, number)
    return users


def _ask_whom(system: Records, case: Row, step: Mapping[str, Any], requester: int | None) -> list[int]:
    if requester is None:
        return []
    row = _task(case, step, requester, system, kind="choose", rounds=1, place=1, status="open")
    made = system.load(TASK, [row]).created
    tell(system, [requester], ASKED, made[0])
    return [requester]


def _task(
    case: Row, step: Mapping[str, Any], user: int, system: Records, *, kind: str, rounds: int, place: int, status: str
) -> dict[str, Any]:
    now = system.now
    silence = step.get("silence")
    due = now + timedelta(days=int(silence["days"])) if silence and status == "open" else None
    return {
        "name": case["name"],
        "name_alt": case.get("name_alt"),
        "case": case["id"],
        "process": case["process"].id,
        "step": step["key"],
        "step_name": step["title"]["en"][:160],
        "step_name_alt": step["title"]["zh"][:160],
        "kind": kind,
        "status": status,
        "round": rounds,
        "place": place,
        "requester": case["owner"].id if case.get("owner") else None,
        "amount": case.get("amount"),
        "opened_at": now if status == "open" else None,
        "due_at": due,
        "owner": user,
        "unit": None,
    }


def turn_on(system: Records, case: Row, chain: Mapping[str, Any], tasks: Sequence[Row]) -> None:
    """Open tasks that waited for others."""
    if not tasks:
        return
    step = step_of(chain, tasks[0]["step"])
    silence = step.get("silence")
    due = system.now + timedelta(days=int(silence["days"])) if silence else None
    system.update_many(TASK, {row["id"]: {"status": "open", "opened_at": system.now, "due_at": due} for row in tasks})
    for row in tasks:
        if row.get("owner"):
            tell(system, [row["owner"].id], ASKED, row["id"])


def reopen(system: Records, case: Row, chain: Mapping[str, Any], task: Row) -> None:
    """What an adviser or an earlier signer finished: whoever asked them is asked again."""
    if task.get("before_task"):
        rows = [row for row in tasks_of(system, case["id"], step=task["step"]) if row["id"] == task["before_task"]]
        turn_on(system, case, chain, [row for row in rows if row["status"] == "waiting"])


def drop(system: Records, tasks: Sequence[Row]) -> None:
    """Tasks that nobody needs to answer any more."""
    live = [row["id"] for row in tasks if row["status"] in LIVE]
    if live:
        system.update_many(TASK, {number: {"status": "dropped", "decided_at": system.now} for number in live})


def judge(step: Mapping[str, Any], tasks: Sequence[Row]) -> Verdict:
    """What a step came to by the tasks of its present round.

    Args:
        step: of the chain.
        tasks: all tasks of the step; older rounds do not count.
    """
    present = max((row["round"] for row in tasks), default=0)
    votes = [row for row in tasks if row["round"] == present and row["kind"] in VOTES]
    if any(row["status"] == "returned" for row in votes):
        return Verdict("return")
    signs = [row for row in votes if row["kind"] == "sign"]
    if any(row["status"] == "rejected" for row in signs):
        return Verdict("reject")
    own = [row for row in votes if row["kind"] == "decide" and row["status"] != "passed"]
    agreed = sum(row["status"] == "agreed" for row in own)
    rejected = sum(row["status"] == "rejected" for row in own)
    live = sum(row["status"] in LIVE for row in own)
    waits = any(row["status"] in LIVE for row in signs)
    mode = step.get("mode") or "any"
    if mode == "share":
        needed = -(-len(own) * int(step.get("share") or 100) // 100)
        if agreed >= needed and not waits:
            return Verdict("agree")
        return Verdict("reject") if agreed + live < needed else Verdict()
    if rejected:
        return Verdict("reject")
    if waits or not agreed:
        return Verdict()
    if mode == "any":
        return Verdict("agree")
    if mode == "each":
        return Verdict("agree") if {row["place"] for row in own} == _agreed_places(own) else Verdict()
    return Verdict("agree") if not live else Verdict()


def _agreed_places(rows: Sequence[Row]) -> set[int]:
    return {row["place"] for row in rows if row["status"] == "agreed"}


def others_of_place(row: Row, tasks: Sequence[Row]) -> list[Row]:
    """Those asked for the same role as somebody who agreed: they are not needed any more."""
    return [
        one
        for one in tasks
        if one["id"] != row["id"]
        and one["round"] == row["round"]
        and one["place"] == row["place"]
        and one["kind"] == "decide"
        and one["status"] in LIVE
    ]


def case_of(system: Records, case: int) -> Row:
    """A case with everything of it."""
    return system.get(CASE, case)
