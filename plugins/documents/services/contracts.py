"""Contracts: how far their steps are, reminders, renewal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Records, Row, every, in_script, notify, register_notice, translator
from weft.plugins.documents import vocabulary as words

_ = translator("documents")

__all__ = [
    "expected",
    "held_with",
    "milestone_accepted",
    "milestone_moved",
    "refresh",
    "remind_ends",
    "remind_steps",
    "renew",
    "to_be_invoiced",
    "why_not_issued",
]

CONTRACT, STEP = "documents.contract", "documents.step"
STEP_DUE, ENDS = "documents.step_due", "documents.contract_ends"
register_notice(STEP_DUE, _("A contract step is due: %(record)s"), headline=_("Contract step due"))
register_notice(ENDS, _("A contract ends soon, or can be ended now: %(record)s"), headline=_("Contract ends"))
_REASON = "documents: contract steps"
_PART = 200


def refresh(records: Records, contracts: Iterable[int]) -> None:
    """Count the steps of contracts anew. Harmless when it runs again."""
    wanted = sorted(set(contracts))
    system = records.system(_REASON)
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        known = system.query(
            CONTRACT, fields=("steps_all", "steps_done", "next_due_on"), filters={"id__in": part}, limit=_PART
        ).rows
        found: dict[int, dict[str, Any]] = {row["id"]: {"all": 0, "done": 0, "due": None} for row in known}
        for step in every(system, STEP, ("contract", "status", "due_on"), {"contract__in": part}):
            line = found.get(step["contract"].id)
            if line is None:
                continue
            line["all"] += 1
            if step["status"] == "done":
                line["done"] += 1
            elif step.get("due_on") is not None and (line["due"] is None or step["due_on"] < line["due"]):
                line["due"] = step["due_on"]
        changed = {}
        for row in known:
            line = found[row["id"]]
            before = (row["steps_all"], row["steps_done"], row.get("next_due_on"))
            if before != (line["all"], line["done"], line["due"]):
                due = line["due"].isoformat() if line["due"] else None
                changed[row["id"]] = {"steps_all": line["all"], "steps_done": line["done"], "next_due_on": due}
        if changed:
            system.update_many(CONTRACT, changed)


def remind_steps(records: Records, today: date, days: int) -> int:
    """Tell owners of contracts of steps that are due within so many days, once per step; returns how many."""
    system = records.system(_REASON)
    filters = {"status": "planned", "reminded_at__isnull": "true", "due_on__lte": (today + timedelta(days)).isoformat()}
    told = 0
    for step in list(every(system, STEP, ("contract",), filters)):
        rows = system.query(CONTRACT, fields=("owner", "status"), filters={"id": step["contract"].id}, limit=1).rows
        if rows and rows[0]["status"] == "active" and rows[0].get("owner") is not None:
            notify(records, [rows[0]["owner"].id], STEP_DUE, step["id"])
            system.update(STEP, step["id"], {"reminded_at": today.isoformat()}, version=None)
            told += 1
    return told


def remind_ends(records: Records, today: date) -> int:
    """Tell owners when the notice of a contract begins to run out, once per end; returns how many."""
    system = records.system(_REASON)
    filters = {"status": "active", "ends_on__gte": today.isoformat(), "notice_days__isnull": "false"}
    told = 0
    for row in list(every(system, CONTRACT, ("ends_on", "notice_days", "owner", "end_told"), filters)):
        begins = row["ends_on"] - timedelta(row["notice_days"])
        if begins <= today and row.get("end_told") != row["ends_on"] and row.get("owner") is not None:
            notify(records, [row["owner"].id], ENDS, row["id"])
            system.update(CONTRACT, row["id"], {"end_told": row["ends_on"].isoformat()}, version=None)
            told += 1
    return told


def renew(records: Records, contract: Row, ends_on: date | None) -> Row:
    """Make the draft that follows a contract: the same party and amount, beginning the day after."""
    begins = contract["ends_on"] + timedelta(days=1) if contract.get("ends_on") else None
    values: dict[str, Any] = {
        "name": contract["name"], "name_alt": contract.get("name_alt"), "kind": contract["kind"],
        "account": contract["account"].id if contract.get("account") is not None else None,
        "amount": contract.get("amount"), "starts_on": begins.isoformat() if begins else None,
        "ends_on": ends_on.isoformat() if ends_on else None, "renewal": contract["renewal"],
        "notice_days": contract.get("notice_days"), "renews": contract["id"],
    }  # fmt: skip
    return records.create(CONTRACT, {name: value for name, value in values.items() if value is not None})


def milestone_accepted(records: Records, milestone: int) -> int:
    """Finish the steps that waited for a milestone the customer accepted; returns how many."""
    system = records.system(_REASON)
    filters = {"milestone": milestone, "status": "planned"}
    steps = list(system.query(STEP, fields=("contract",), filters=filters, limit=_PART).rows)
    for step in steps:
        system.act(f"{STEP}.finish", step["id"], {})
    refresh(records, {step["contract"].id for step in steps})
    return len(steps)


def milestone_moved(records: Records, milestone: int) -> int:
    """Let planned steps that wait for a milestone fall due with it; returns how many moved.

    A date published to the customer counts; of a milestone that the customer does not see, the forecast of the plan.
    """
    row = records.find(milestone)
    day = row.get("shown_on") if row.get("shared") else row.get("due_on")
    if day is None:
        return 0
    system = records.system(_REASON)
    filters = {"milestone": milestone, "status": "planned"}
    steps = [row for row in system.query(STEP, fields=("contract", "due_on"), filters=filters, limit=_PART).rows
             if row.get("due_on") != day]  # fmt: skip
    if steps:
        system.update_many(STEP, {row.id: {"due_on": day} for row in steps})
        refresh(records, {row["contract"].id for row in steps})
    return len(steps)


def expected(records: Records) -> list[dict[str, Any]]:
    """Payments that planned steps of contracts in force or coming will bring, as far as the person may read them.

    Args:
        records: of who plans the money.
    """
    filters = {"status": "planned", "due_on__isnull": "false", "amount__isnull": "false"}
    steps = list(every(records, STEP, ("name", "name_alt", "contract", "amount", "due_on"), filters))
    held: dict[int, Row] = {}
    numbers = sorted({row["contract"].id for row in steps if not row["contract"].restricted})
    for start in range(0, len(numbers), _PART):
        live = {"id__in": numbers[start : start + _PART], "status__in": list(words.LIVE)}
        held |= {row.id: row for row in every(records, CONTRACT, ("account",), live)}
    return [
        {"step": row.id, "name": row["name"], "name_alt": row.get("name_alt"), "amount": row["amount"],
         "day": row["due_on"], "customer": held[row["contract"].id].get("account")}
        for row in steps if row["contract"].id in held
    ]  # fmt: skip


def why_not_issued(records: Records, invoice: Row) -> Any:
    """Why an invoice for a contract step may not be issued yet, in one sentence; None when the step is done.

    Args:
        records: the platform's.
        invoice: names its step in the field ``step``.
    """
    step = invoice.get("step")
    if step is None:
        return None
    row = records.get(STEP, step.id, fields=("name", "name_alt", "place", "status", "by_customer", "milestone"))
    if row["status"] == "done":
        return None
    slots = {"n": row["place"], "name": in_script(row["name"], row.get("name_alt"))[0]}
    if row.get("by_customer") or row.get("milestone") is not None:
        return _("Execution step %(n)s is not accepted by the customer: %(name)s.") % slots
    return _("Execution step %(n)s is not done: %(name)s.") % slots


def to_be_invoiced(records: Records, step: int) -> dict[str, Any] | None:
    """What an invoice for a contract step says, as far as the person may read it; None for a step without payment.

    Args:
        records: of who invoices.
        step: id of the step.

    Raises:
        NotFound: there is no such step for the person.
    """
    row = records.get(STEP, step, fields=("name", "name_alt", "contract", "amount"))
    if row.get("amount") is None or row["contract"].restricted:
        return None
    contract = records.get(CONTRACT, row["contract"].id, fields=("account", "project"))
    found: dict[str, Any] = {"name": row["name"], "name_alt": row.get("name_alt"), "amount": row["amount"]}
    found["contract"] = contract.id
    for name, field in (("customer", "account"), ("project", "project")):
        found[name] = contract[field].id if contract.get(field) is not None else None
    return found


def held_with(records: Records, accounts: Sequence[int], owner: int) -> dict[str, list[int]]:
    """Contracts in force or coming with some parties that a person looks after, with their open steps.

    Args:
        records: the platform's.
        accounts: the parties.
        owner: the person.
    """
    live = {"account__in": list(accounts), "owner": owner, "status__in": list(words.LIVE)}
    held = [row.id for row in every(records, CONTRACT, (), live)]
    steps: list[int] = []
    for start in range(0, len(held), _PART):
        open_ones = {"contract__in": held[start : start + _PART], "owner": owner, "status": "planned"}
        steps += [row.id for row in every(records, STEP, (), open_ones)]
    return {CONTRACT: held, STEP: steps}
