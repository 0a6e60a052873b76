"""What people do with their tasks: agree, reject, give back, pass on, ask somebody else, choose, read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from weft.core.sdk import Records, Row, StateConflict, ValidationFailed, directory, in_script, translator
from weft.plugins.workflow.grants import TASK
from weft.plugins.workflow.services import cases, filling, people, processes, steps
from weft.plugins.workflow.services.told import ASKED, TO_READ, tell

_ = translator("workflow")

__all__ = [
    "add_signer",
    "agree",
    "by_hand",
    "choose",
    "circulate",
    "delegate",
    "give_back",
    "reject",
    "seen",
    "transfer",
]

_REASON = "workflow: decisions"
_WORDS = {"agreed": _("agreed"), "rejected": _("rejected"), "returned": _("returned it")}


def _locked(records: Records, task: int) -> tuple[Row, Row]:
    """The task and its case, held until the unit ends; nobody else decides meanwhile.

    Raises:
        StateConflict: it was decided already; says by whom and when.
    """
    system = records.system(_REASON)
    case = cases.lock(records, processes.case_of(system.get(TASK, task, fields=("case",))))
    row = system.get(TASK, task)
    if row["status"] != "open":
        raise StateConflict(_already(records, row))
    return row, case


def _already(records: Records, row: Row) -> str:
    """Who was first: of the task, or of the step when one of several was enough."""
    system = records.system(_REASON)
    found = row
    if row["status"] in ("dropped", "waiting"):
        others = [one for one in steps.tasks_of(system, row["case"].id, step=row["step"]) if one["status"] in _WORDS]
        found = others[-1] if others else row
    if found["status"] not in _WORDS or not found.get("decided_by"):
        return str(_("This does not wait for a decision any more."))
    person = directory.persons(records, [found["decided_by"].id]).get(found["decided_by"].id)
    name = person.shown()[0] if person is not None else ""
    at = found["decided_at"].astimezone(records.zone).strftime("%H:%M")
    if found["decided_by"].id == records.principal.user_id:
        return str(_("You %(did)s at %(time)s already.") % {"did": _WORDS[found["status"]], "time": at})
    return str(_("%(who)s %(did)s at %(time)s already.") % {"who": name, "did": _WORDS[found["status"]], "time": at})


def _note(records: Records, row: Row, status: str, comment: str) -> None:
    values = {
        "status": status,
        "comment": comment or None,
        "decided_at": records.now,
        "decided_by": records.principal.user_id,
    }
    records.system(_REASON).update(TASK, row["id"], values, version=row["version"])


def agree(
    records: Records,
    task: int,
    comment: str = "",
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> None:
    """Agree, and write what the step lets whoever decides fill in; one is not kept without the other.

    Args:
        records: of whoever decides.
        task: theirs.
        comment: what they say.
        values: API values of fields of the record.
        version: of the record they read; a change since then is a conflict.
    """
    _decide(records, task, "agreed", comment, values=values or {}, version=version)


def reject(records: Records, task: int, comment: str) -> None:
    """Say no."""
    _decide(records, task, "rejected", comment)


def give_back(records: Records, task: int, comment: str, to: str = "") -> None:
    """Return it to the requester, or to an earlier step by its key."""
    _decide(records, task, "returned", comment, back=to)


def _decide(
    records: Records,
    task: int,
    status: str,
    comment: str,
    *,
    back: str = "",
    outcome_done: bool = False,
    values: Mapping[str, Any] = MappingProxyType({}),
    version: int | None = None,
) -> None:
    row, case = _locked(records, task)
    system = records.system(_REASON)
    if row["kind"] == "choose" or row["kind"] == "read":
        raise ValidationFailed.single("", "kind", _("There is nothing to agree with here."))
    requester = case["owner"].id if case.get("owner") else None
    if requester is not None and records.principal.user_id == requester:
        raise ValidationFailed.single("", "own", _("Nobody decides on what they asked for themselves."))
    chain, run, look = cases.resumed(records, case)
    step = steps.step_of(chain, row["step"])
    if status == "agreed":
        _fill_in(records, case, step, row, values, version)
    _note(records, row, status, comment)
    if row["kind"] == "advise":
        steps.reopen(system, case, chain, row)
        cases.settle(records, case, chain, run, look)
        return
    tasks = steps.tasks_of(system, case["id"], step=row["step"])
    if status == "returned" and back:
        _check_back(chain, row["step"], back)
    verdict = steps.judge(step, tasks)
    if status == "agreed" and step.get("mode") == "each":
        steps.drop(system, steps.others_of_place(row, tasks))
    if not verdict.word:
        _next_of(system, case, chain, step, row, tasks)
        cases.settle(records, case, chain, run, look)
        return
    steps.drop(system, [one for one in tasks if one["id"] != row["id"]])
    word = "back" if verdict.word == "return" and back else verdict.word
    run.complete(row["step"], {"decision": word, "back": back, row["step"]: word})
    cases.advance(run, chain)
    owner = row["owner"].id if row.get("owner") else None
    behalf = owner if owner in records.principal.acts_for else None
    cases.settle(records, case, chain, run, look, comment=comment, outcome_done=outcome_done, behalf=behalf)


def _fill_in(
    records: Records,
    case: Row,
    step: Mapping[str, Any],
    row: Row,
    values: Mapping[str, Any],
    version: int | None,
) -> None:
    """What the step asks of whoever decides; who only advises neither fills anything in nor has to."""
    if row["kind"] in steps.VOTES:
        filling.write(records, case, step, values, version)
        filling.require(records, case, step)
    elif values:
        raise ValidationFailed.single("values", "kind", _("Only whoever decides fills in what the step asks for."))


def _check_back(chain: Mapping[str, Any], here: str, back: str) -> None:
    keys = [step["key"] for step in chain.get("steps") or ()]
    if back not in keys or here not in keys or keys.index(back) >= keys.index(here):
        raise ValidationFailed.single("to", "choice", _("Choose an earlier step, or the requester."))


def _next_of(
    system: Records, case: Row, chain: Mapping[str, Any], step: Mapping[str, Any], row: Row, tasks: Sequence[Row]
) -> None:
    """Whose turn it is now: whoever this one came before, signers after this one, the next in the order."""
    if row.get("before_task"):
        steps.reopen(system, case, chain, row)
        return
    after = [
        one
        for one in tasks
        if one["kind"] == "sign"
        and one["status"] == "waiting"
        and one.get("from_person")
        and row.get("owner")
        and one["from_person"].id == row["owner"].id
    ]
    if after:
        steps.turn_on(system, case, chain, after)
        return
    if step.get("mode") == "turn" and not any(one["status"] == "open" for one in tasks):
        waiting = sorted(
            (one for one in tasks if one["status"] == "waiting"), key=lambda one: (one["place"], one["id"])
        )
        steps.turn_on(system, case, chain, waiting[:1])


def by_hand(records: Records, case: Row, outcome: str) -> bool:
    """An outcome done on the record itself: it is the decision of whoever it waits for, when it would end the case.

    Returns:
        False when the case does not wait for this person, or not for them last; it is untouched then.
    """
    me = {records.principal.user_id, *records.principal.acts_for}
    system = records.system(_REASON)
    mine = [
        row
        for row in steps.tasks_of(system, case["id"], live=True)
        if row["status"] == "open" and row["kind"] in steps.VOTES and row.get("owner") and row["owner"].id in me
    ]
    if not mine or (case["owner"] and case["owner"].id == records.principal.user_id):
        return False
    status = {"approved": "agreed", "rejected": "rejected", "returned": "returned"}.get(outcome, "")
    if not status:
        return False
    chain, run, _look = cases.resumed(records, case)
    step = steps.step_of(chain, mine[0]["step"])
    tasks = [
        Row({**row, "status": status}) if row["id"] == mine[0]["id"] else row
        for row in steps.tasks_of(system, case["id"], step=mine[0]["step"])
    ]
    verdict = steps.judge(step, tasks)
    if not verdict.word:
        return False
    run.complete(mine[0]["step"], {"decision": verdict.word, "back": "", mine[0]["step"]: verdict.word})
    cases.advance(run, chain)
    if not run.ended:
        return False
    _decide(records, mine[0]["id"], status, "", outcome_done=True)
    return True


# ---- passing on


def transfer(records: Records, task: int, user: int, comment: str = "") -> None:
    """Somebody else decides instead; they are asked as the first one was."""
    row, case = _locked(records, task)
    system = records.system(_REASON)
    _other(records, case, row, user)
    chain, run, look = cases.resumed(records, case)
    _note(records, row, "passed", comment)
    _copy(records, system, row, user, kind=row["kind"], status="open", comment_by=True)
    cases.settle(records, case, chain, run, look)


def delegate(records: Records, task: int, user: int, comment: str = "") -> None:
    """Somebody else looks into it and advises; the decision stays where it is and comes back."""
    _before(records, task, user, "advise", comment)


def add_signer(records: Records, task: int, user: int, comment: str = "", *, after: bool = False) -> None:
    """One more person has to agree: before this one, or after."""
    if not after:
        _before(records, task, user, "sign", comment)
        return
    row, case = _locked(records, task)
    system = records.system(_REASON)
    _other(records, case, row, user)
    _copy(records, system, row, user, kind="sign", status="waiting", comment_by=True)
    chain, run, look = cases.resumed(records, case)
    cases.settle(records, case, chain, run, look)


def _before(records: Records, task: int, user: int, kind: str, comment: str) -> None:
    row, case = _locked(records, task)
    system = records.system(_REASON)
    _other(records, case, row, user)
    system.update(
        TASK,
        row["id"],
        {"status": "waiting", "comment": comment or row.get("comment"), "due_at": None},
        version=row["version"],
    )
    _copy(records, system, row, user, kind=kind, status="open", before=row["id"], comment_by=True)
    chain, run, look = cases.resumed(records, case)
    cases.settle(records, case, chain, run, look)


def _other(records: Records, case: Row, row: Row, user: int) -> None:
    """The other person can be asked: active, neither oneself nor the requester, and not asked already.

    Raises:
        ValidationFailed: naming why not.
    """
    if not people.active(records, [user]):
        raise ValidationFailed.single("person", "missing", _("Choose an active colleague."))
    if row.get("owner") and user == row["owner"].id:
        raise ValidationFailed.single("person", "self", _("It waits for this person already."))
    if case.get("owner") and user == case["owner"].id:
        raise ValidationFailed.single("person", "own", _("Nobody decides on what they asked for themselves."))
    live = steps.tasks_of(records.system(_REASON), case["id"], step=row["step"], live=True)
    if any(one.get("owner") and one["owner"].id == user for one in live):
        raise ValidationFailed.single("person", "twice", _("It waits for this person already."))


def _copy(
    records: Records,
    system: Records,
    row: Row,
    user: int,
    *,
    kind: str,
    status: str,
    before: int | None = None,
    comment_by: bool = False,
) -> int:
    opened = status == "open"
    values: dict[str, Any] = {
        name: row.get(name)
        for name in ("name", "name_alt", "step", "step_name", "step_name_alt", "round", "place", "amount")
    }
    values |= {
        "case": row["case"].id,
        "process": row["process"].id if row.get("process") else None,
        "kind": kind,
        "status": status,
        "requester": row["requester"].id if row.get("requester") else None,
        "owner": user,
        "opened_at": records.now if opened else None,
        "due_at": row.get("due_at") if opened else None,
        "before_task": before,
        "from_person": row["owner"].id if row.get("owner") else None,
    }
    if kind in ("decide", "choose"):
        values["before_task"] = row.get("before_task")
    number = system.load(TASK, [values]).created[0]
    if opened:
        tell(records, [user], ASKED, number)
    return int(number)


def choose(records: Records, task: int, user: int) -> None:
    """The requester says who decides the step."""
    row, case = _locked(records, task)
    if row["kind"] != "choose":
        raise ValidationFailed.single("person", "kind", _("There is nothing to choose here."))
    _other(records, case, row, user)
    _note(records, row, "agreed", "")
    chain, run, look = cases.resumed(records, case)
    cases.settle(records, case, chain, run, look, chosen=[user])


def seen(records: Records, task: int) -> None:
    """It was read."""
    system = records.system(_REASON)
    row = system.get(TASK, task)
    if row["kind"] != "read":
        raise ValidationFailed.single("", "kind", _("This asks for a decision."))
    if row["status"] != "open":
        raise StateConflict(str(_("You have read this already.")))
    _note(records, row, "seen", "")


def circulate(records: Records, case: Row, users: Sequence[int]) -> int:
    """Let colleagues read a case and what was decided; returns how many were told."""
    system = records.system(_REASON)
    told = {
        row["owner"].id
        for row in steps.tasks_of(system, case["id"])
        if row["kind"] == "read" and row["status"] == "open" and row.get("owner")
    }
    wanted = [user for user in people.active(records, users) if user not in told and user != records.principal.user_id]
    rows = [
        {
            "name": case["name"],
            "name_alt": case.get("name_alt"),
            "case": case["id"],
            "process": case["process"].id if case.get("process") else None,
            "step": "read",
            "step_name": "To read",
            "step_name_alt": "传阅",
            "kind": "read",
            "status": "open",
            "requester": case["owner"].id if case.get("owner") else None,
            "amount": case.get("amount"),
            "opened_at": records.now,
            "owner": user,
            "from_person": records.principal.user_id,
        }
        for user in wanted
    ]
    if rows:
        for number, user in zip(system.load(TASK, rows).created, wanted, strict=True):
            tell(records, [user], TO_READ, number)
    return len(wanted)


def person_name(records: Records, user: int) -> str:
    """A person in the viewer's script."""
    found = directory.persons(records, [user]).get(user)
    return in_script(found.name, found.name_alt)[0] if found is not None else ""
