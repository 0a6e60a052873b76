"""The cases of the demo company: what waits, and what was decided over the last two years.

Records come from the plugins that own them: whatever there is in a state that waits gets its case, found by the key of
its entity. Past cases are written as they ended, with who decided and when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from weft.plugins.workflow.grants import CASE, TASK
from weft.plugins.workflow.services import cases, deciding, people, processes, steps
from weft.plugins.workflow.services.looking import title_of
from weft.plugins.workflow.services.processes import Live

__all__ = ["make"]

#: Kinds of records that wait in one of these states, with the field that names who asked.
WAITING = (
    ("hrm.leave", "status", "requested", "person"),
    ("documents.contract", "status", "approval", "owner"),
    ("finance.claim", "status", "submitted", "owner"),
)
#: The same for what was decided before, with the outcome each state stands for.
DECIDED = (
    (
        "finance.claim",
        {
            "approved": "approved",
            "booked": "approved",
            "paid": "approved",
            "rejected": "rejected",
            "returned": "returned",
        },
        "owner",
    ),
    ("hrm.leave", {"approved": "approved", "refused": "rejected"}, "person"),
    ("documents.contract", {"active": "approved", "ended": "approved"}, "owner"),
)
#: Cases in all, as the story tells it.
ALL = {"small": 140, "medium": 4_000, "large": 4_000}
#: Past cases of contracts and leave that there are at most; the rest are claims.
_MOST = {"documents.contract": 12, "hrm.leave": 60}
_PART = 200
#: Who signs at the last step of a large claim is finance; how far the claims of the story are.
_WORDS = (
    ("Fine", "同意"),
    ("Checked, agreed", "已核对，同意"),
    ("As discussed", "按讨论的办"),
    ("Agreed", "同意，请尽快办理"),
)


def make(context: Any) -> None:
    """Begin the cases that wait, decide the first steps of some, write the past ones."""
    context.progress("cases", 0, 3)
    _learn_languages(context)
    open_cases = _open(context)
    context.progress("cases", 1, 3)
    _asked(context)
    context.progress("cases", 2, 3)
    _past(context, ALL.get(context.size, ALL["small"]) - open_cases)


def _live(records: Any, entity: str, on: str = "") -> Live | None:
    if entity not in records.runtime.registry.entities:
        return None
    found = [one for one in processes.live_for(records, entity) if not on or one.chain["start"]["on"] == on]
    return found[0] if found else None


# ---- what waits


def _open(context: Any) -> int:
    made = 0
    for entity, field, state, asker in WAITING:
        with context.acting(None, context.moment(-1)) as records:
            live = _live(records, entity)
            if live is None or field not in records.runtime.registry.entities[entity].fields:
                continue
            rows = records.query(entity, filters={field: state}, sort="created_at", limit=_PART).rows
        for row in rows:
            at = max(row["created_at"] + timedelta(hours=2), context.moment(-6, 10))
            with context.acting(None, min(at, context.moment(0, 8))) as records:
                case = cases.start(records, live, row["id"], requester=_user(row.get(asker)))
            if case is not None:
                made += 1
                _first_steps(context, entity, row, case)
    return made


def _user(ref: Any) -> int | None:
    return None if ref is None else int(ref.id)


def _first_steps(context: Any, entity: str, row: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """The story tells who agreed already: the head of a large claim, the head of the Tangyu contract, heads of leave."""
    named = context.made.get("contract.tangyu")
    if entity == "finance.claim":
        ahead = _passed(row)
    elif entity == "documents.contract":
        ahead = int(row["id"] == named)
    else:
        ahead = int(row.get("days") is not None and row["days"] > 5)
    for number in range(ahead):
        _decide(context, case, context.moment(-1, 14 + number))


def _passed(row: Mapping[str, Any]) -> int:
    """How many steps of its chain a claim has behind it, by whom it waits for."""
    total = row.get("total")
    large = total is not None and total.amount >= 20_000
    return {"lead": 1, "finance": 2 if large else 1}.get(row.get("waits") or "", 0)


def _decide(context: Any, case: Mapping[str, Any], at: Any) -> None:
    """Let those whom the first step asks agree."""
    with context.acting(None, at) as records:
        live = [one for one in steps.tasks_of(records, case["id"], live=True) if one["status"] == "open"]
    if not live or live[0].get("owner") is None:
        return
    key = next((name for name, user in context.people.items() if user == live[0]["owner"].id), None)
    if key is None:
        return
    words = _WORDS[live[0]["id"] % len(_WORDS)][context.side(_chinese(context, live[0]["owner"].id))]
    with context.acting(key, at) as records:
        deciding.agree(records, live[0]["id"], words)


def _learn_languages(context: Any) -> None:
    """Note who writes in Chinese: each in the language of the office they work in."""
    with context.acting(None, context.moment(-1)) as records:
        active = set(people.active(records, list(context.people.values())))
    for key, user in context.people.items():
        if user not in active:
            continue  # who left cannot act any more
        with context.acting(key, context.moment(-1)) as records:
            context.made[f"workflow.chinese.{user}"] = int(records.principal.locale.startswith("zh"))


def _chinese(context: Any, user: int) -> bool:
    return bool(context.made.get(f"workflow.chinese.{user}", 1))


def _asked(context: Any) -> None:
    """What sales people asked for by a button: the discount for Brunnvik, a customer to freeze."""
    mill = context.made.get("brunnvik_mill") or context.made.get("deal.brunnvik_mill")
    if mill is not None and "maud" in context.people:
        reason = ("Ostrane offers 14 % less; the mill decides this month", "Ostrane 报价低 14%，客户本月定标")
        _begin(
            context,
            "maud",
            "crm.opportunity",
            mill,
            context.moment(-2, 11),
            {"discount": "12", "reason": reason[context.side(False)]},
        )
    frozen = _to_freeze(context)
    if frozen is not None:
        _begin(context, frozen[0], "crm.account", frozen[1], context.moment(-1, 14), {})


def _to_freeze(context: Any) -> tuple[str, int] | None:
    """An invalid customer, not frozen yet, of somebody whose head is the manager."""
    if "manager" not in context.people:
        return None
    with context.acting(None, context.moment(-1)) as records:
        if "crm.account" not in records.runtime.registry.entities:
            return None
        wanted = [key for key in ("maud", "su", "yan") if key in context.people]
        for key in wanted:
            if context.people["manager"] not in people.above(records, context.people[key]):
                continue
            filters = {"owner": context.people[key], "life": "invalid", "frozen": "false", "role": "customer"}
            rows = records.query("crm.account", fields=("name",), filters=filters, sort="id", limit=1).rows
            if rows:
                return key, rows[0]["id"]
    return None


def _begin(context: Any, who: str, entity: str, about: int, at: Any, inputs: Mapping[str, Any]) -> None:
    with context.acting(None, at) as records:
        live = _live(records, entity, "button")
    if live is None:
        return
    with context.acting(who, at) as records:
        cases.start(records, live, about, requester=context.people[who], inputs=inputs)


# ---- what was decided


def _past(context: Any, wanted: int) -> None:
    for entity, outcomes, asker in DECIDED:
        if wanted <= 0:
            return
        with context.acting(None, context.moment(-1)) as records:
            live = _live(records, entity)
            if live is None:
                continue
            live = processes.ensure(records, live)
            room = min(wanted, _MOST.get(entity, wanted))
            rows = _rows(records, entity, outcomes, room)
        written = _write(context, live, rows, outcomes, asker)
        wanted -= written


def _rows(records: Any, entity: str, outcomes: Mapping[str, str], most: int) -> list[Any]:
    found: list[Any] = []
    cursor = None
    while len(found) < most:
        page = records.query(
            entity,
            filters={"status__in": ",".join(outcomes)},
            sort="-created_at",
            limit=min(_PART, most - len(found)),
            cursor=cursor,
        )
        found += page.rows
        cursor = page.next
        if cursor is None:
            break
    return found


def _write(context: Any, live: Live, rows: Sequence[Any], outcomes: Mapping[str, str], asker: str) -> int:
    """Cases as they ended, a part at a time; the tasks of each with who decided."""
    done = 0
    for start in range(0, len(rows), _PART):
        part = rows[start : start + _PART]
        with context.acting(None, context.moment(-1, 7)) as records:
            made = [_case(records, live, row, outcomes[row["status"]], _user(row.get(asker))) for row in part]
            ids = records.load(CASE, made).created
            tasks = [
                task
                for number, row, case in zip(ids, part, made, strict=True)
                for task in _tasks(context, records, live, number, row, case)
            ]
            if tasks:
                records.load(TASK, tasks)
            done += len(ids)
    return done


def _case(records: Any, live: Live, row: Any, status: str, requester: int | None) -> dict[str, Any]:
    name, other = title_of(records, row)
    ended = row["created_at"] + timedelta(days=1 + row["id"] % 3, hours=row["id"] % 7)
    return {
        "name": name[:200],
        "name_alt": other[:200] or None,
        "process": live.process,
        "version_of": live.version,
        "about": row["id"],
        "about_kind": live.chain["entity"],
        "amount": cases.amount_of(row),
        "status": status,
        "acted_at": ended,
        "ended_at": ended,
        "created_at": row["created_at"],
        "updated_at": ended,
        "owner": requester,
    }


def _tasks(
    context: Any, records: Any, live: Live, number: int, row: Any, case: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """One decision per step without a condition; of a step with one only where somebody holds the role."""
    found = []
    at = case["created_at"] + timedelta(hours=3)
    for place, step in enumerate(live.chain["steps"]):
        if step.get("when"):
            continue
        users = people.deciders(
            records, step["who"], about=row["id"], entity=live.chain["entity"], requester=case["owner"], chosen=()
        )
        if not users:
            continue
        last = place == len(live.chain["steps"]) - 1 or case["status"] != "approved"
        word = {"approved": "agreed", "rejected": "rejected", "returned": "returned"}[
            case["status"] if last else "approved"
        ]
        side = context.side(_chinese(context, users[0]))
        words = _WORDS[(number + place) % len(_WORDS)][side] if word == "agreed" else None
        found.append(
            {
                "name": case["name"],
                "name_alt": case["name_alt"],
                "case": number,
                "process": live.process,
                "step": step["key"],
                "step_name": step["title"]["en"],
                "step_name_alt": step["title"]["zh"],
                "kind": "decide",
                "status": word,
                "requester": case["owner"],
                "amount": case["amount"],
                "owner": users[0],
                "opened_at": at,
                "decided_at": min(at + timedelta(hours=5 + number % 20), case["ended_at"]),
                "decided_by": users[0],
                "comment": words if number % 3 == 0 else None,
                "created_at": at,
            }
        )
        at += timedelta(hours=6)
    return found
