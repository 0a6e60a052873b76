"""Expense claims: what they come to, who decides next, booking, payment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import (
    Denied,
    FieldError,
    Money,
    Records,
    Row,
    ValidationFailed,
    among,
    company_currency,
    directory,
    in_script,
    notify,
    register_notice,
    translator,
)
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import advances
from weft.plugins.finance.services.graph import places
from weft.plugins.finance.services.money import added, cents
from weft.plugins.finance.services.postings import Draft, book, unit_of

_ = translator("finance")

__all__ = [
    "CHECK", "CLAIM", "LINE", "OFFICER", "agree", "book_claim", "by_process", "draft", "head_of", "lead_of", "lines_of",
    "note_line", "process_asks", "recount", "refuse_own", "reject", "send_back", "submit", "take_back",
]  # fmt: skip

CLAIM, LINE = "finance.claim", "finance.claim_line"
OFFICER = "finance.officer"
DEPARTMENT_HEAD = "portal_employee.department_head"
_REASON = "finance: expense claims"
#: How many heads above somebody are looked at.
_LEVELS = 5
ASKED, RETURNED, REJECTED, AGREED = (f"finance.claim_{word}" for word in ("asked", "returned", "rejected", "agreed"))
register_notice(ASKED, _("%(record)s waits for you"), headline=_("Expense claims"))
register_notice(RETURNED, _("%(who)s sent %(record)s back: %(why)s"), headline=_("Claims sent back"))
register_notice(REJECTED, _("%(who)s rejected %(record)s: %(why)s"), headline=_("Claims rejected"))
register_notice(AGREED, _("%(record)s is agreed and will be paid out"), headline=_("Claims agreed"))
LINE_FIELDS = ("claim", "subject", "kind", "day", "gross", "tax", "net", "charged_to", "company", "back", "excess",
               "receipt", "rate", "rate_on")  # fmt: skip


def lines_of(system: Records, claims: Iterable[int]) -> dict[int, list[Row]]:
    """Lines of claims, by claim, in the order of their days."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in among(system, LINE, LINE_FIELDS, "claim", claims):
        found[row["claim"].id].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row["day"], row.id))
    return found


def recount(system: Records, claim: int, lines: Iterable[Mapping[str, Any]], currency: str) -> dict[str, Any]:
    """What a claim comes to with these lines: values to be written to it."""
    some = list(lines)
    total = added([one.get("back") for one in some], currency)
    row = system.get(CLAIM, claim, fields=("advance",))
    open_advance = advances.open_of(system, ref_id(row.get("advance")), currency)
    payable = Money(max(total.amount - open_advance, Decimal(0)), currency)
    over = any(one.get("excess") is not None and one["excess"].amount > 0 for one in some)
    return {"total": total, "payable": payable, "over_limit": over}


# ---- on its way


def submit(records: Records, claim: Row) -> None:
    """Hand a claim in: who decides first is found and told.

    Raises:
        ValidationFailed: it has no lines, or a day lies ahead.
    """
    system = records.system(_REASON)
    row = system.get(CLAIM, claim.id)
    lines = lines_of(system, [claim.id]).get(claim.id, [])
    today = records.now.astimezone(records.zone).date()
    errors = [
        FieldError("day", "future", _("%(what)s: the day lies ahead.") % {"what": line["subject"]})
        for line in lines if line["day"] > today
    ]  # fmt: skip
    if not lines:
        errors.append(FieldError("", "empty", _("Add what you paid first.")))
    if errors:
        raise ValidationFailed(errors)
    owner = row["owner"].id if row.get("owner") else None
    head, lead = head_of(records, owner), lead_of(system, lines, owner)
    values = {"submitted_on": today, "head": head, "lead": lead, "why": None, "decided_on": None}
    system.update_many(LINE, {line.id: {"why": None} for line in lines})
    _wait(records, system, row, values, _first(records, row, lines, head, lead, done=()))


def head_of(records: Records, owner: int | None) -> int | None:
    """The head of the department: the nearest above who has that role, else the nearest head of all."""
    rank = set(directory.holders(records, DEPARTMENT_HEAD))
    seen: list[int] = []
    person = owner
    while person is not None and len(seen) < _LEVELS:
        above = [one for one in directory.heads_above(records, person) if one != owner and one not in seen]
        chosen = next((one for one in above if one in rank), None)
        if chosen is not None:
            return chosen
        person = above[0] if above else None
        seen += [person] if person is not None else []
    return seen[0] if seen else None


def lead_of(system: Records, lines: Iterable[Mapping[str, Any]], owner: int | None) -> int | None:
    """Who leads what bears most of it; nobody decides on an own claim."""
    known = places(system, [ref_id(line.get("charged_to")) for line in lines])
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        place = known.get(ref_id(line.get("charged_to")) or 0)
        if place is not None and place.lead is not None and line.get("company") is not None:
            sums[place.lead] += line["company"].amount
    best = max(sums, key=lambda one: (sums[one], -one), default=None)
    return None if best == owner else best


def _first(
    records: Records, row: Row, lines: Sequence[Row], head: int | None, lead: int | None, done: Sequence[str]
) -> str:
    """The next of head, lead and finance that has not decided."""
    if head is not None and "head" not in done:
        return "head"
    whole = sum((line["company"].amount for line in lines if line.get("company") is not None), Decimal(0))
    taxes = sum(
        (cents(line["tax"].amount * (line.get("rate") or 1)) for line in lines if line.get("tax") is not None),
        Decimal(0),
    )
    big = whole + taxes >= records.setting("finance.lead_from")
    if lead is not None and lead != head and big and "lead" not in done:
        return "lead"
    return "finance"


def _wait(records: Records, system: Records, row: Row, values: dict[str, Any], waits: str) -> None:
    person = {"head": values.get("head", ref_id(row.get("head"))), "lead": values.get("lead", ref_id(row.get("lead")))}
    approver = None if by_process(records) else person.get(waits)
    system.update(CLAIM, row.id, {**values, "waits": waits, "approver": approver}, version=None)
    if approver is not None and not by_process(records):
        notify(records, [approver], ASKED, row.id, at_sign_in=True)


def take_back(records: Records, claim: Row) -> None:
    """Its person goes on writing; nobody has to decide."""
    records.system(_REASON).update(CLAIM, claim.id, {"waits": None, "approver": None}, version=None)


def process_asks(records: Records, claims: Mapping[int, str]) -> None:
    """A process has come to a step of these claims: they wait for whoever the step is named after."""
    system = records.system(_REASON)
    known = set(words.WAITS.labels)
    rows = among(system, CLAIM, ("waits", "status"), "id", claims)
    moved = {
        row.id: {"waits": claims[row.id]}
        for row in rows if claims[row.id] in known and row["status"] == "submitted" and row["waits"] != claims[row.id]
    }  # fmt: skip
    if moved:
        system.update_many(CLAIM, moved)


# ---- deciding


def by_process(records: Records) -> bool:
    """True where a process decides who agrees in which order, and calls the action when all have."""
    return "workflow.case" in records.runtime.registry.entities


def refuse_own(records: Records, row: Row) -> None:
    me = records.principal
    if me.kind != "system" and row.get("owner") is not None and row["owner"].id == me.user_id:
        other = _("another person of finance must") if me.has_role(OFFICER) else _("somebody else must")
        text = _("Nobody decides on an own claim: %(who)s.") % {"who": other}
        raise Denied(str(text), rule=f"{CLAIM}.agree", ask=str(_("Ask a colleague to look at it.")))


def _refuse_turn(records: Records, row: Row) -> None:
    """Without a process: the head first, then the project lead, then finance; with one: nobody beside it."""
    me = records.principal
    if me.kind == "system":
        return
    if by_process(records):
        _refuse_beside(records, row.id)
        return
    approver = ref_id(row.get("approver"))
    if approver == me.user_id or (row.get("waits") == "finance" and me.has_role(OFFICER)):
        return
    if approver in me.acts_for:
        return
    person = directory.persons(records, [approver]).get(approver or 0)
    who = in_script(person.name, person.name_alt)[0] if person else str(words.WAITS.labels[row.get("waits") or "head"])
    text = _("This claim waits for %(who)s.") % {"who": who}
    raise Denied(str(text), rule=f"{CLAIM}.agree", ask=str(_("Ask %(who)s to decide.") % {"who": who}))


def _refuse_beside(records: Records, claim: int) -> None:
    """While a case is open, who it waits for decides there; its outcome comes when it is closed."""
    filters = {"about": claim, "status__in": "running,stuck"}
    cases = (
        records.system(_REASON).query("workflow.case", fields=("number", "waits_for"), filters=filters, limit=1).rows
    )
    if cases:
        text = _("This claim is in approval (%(case)s): it waits for %(who)s.")
        slots = {"case": cases[0].get("number") or "", "who": cases[0].get("waits_for") or "–"}
        raise Denied(str(text % slots), rule=f"{CLAIM}.agree", ask=str(_("Decide on it in To do.")))


def agree(records: Records, claim: Row) -> str:
    """Agree to a claim: the next one is asked; finance, the last, books it. Returns the state it is in then.

    Raises:
        Denied: it is one's own, or waits for somebody else.
    """
    system = records.system(_REASON)
    row = system.get(CLAIM, claim.id)
    refuse_own(records, row)
    _refuse_turn(records, row)
    today = records.now.astimezone(records.zone).date()
    lines = lines_of(system, [row.id]).get(row.id, [])
    if records.principal.has_role(OFFICER) and (row.get("waits") == "finance" or by_process(records)):
        book_claim(records, row, today, lines)
        return "booked"
    if by_process(records):
        values = {"status": "approved", "waits": "finance", "approver": None, "decided_on": today}
        system.update(CLAIM, row.id, values, version=row.version)
        return "approved"
    order = ("head", "lead", "finance")
    done = order[: order.index(row.get("waits") or "head") + 1]
    waits = _first(records, row, lines, ref_id(row.get("head")), ref_id(row.get("lead")), done)
    if waits == "finance" and row["status"] == "submitted":
        system.update(CLAIM, row.id, {"status": "approved", "decided_on": today}, version=row.version)
    _wait(records, system, row, {}, waits)
    return "approved" if waits == "finance" else "submitted"


def send_back(records: Records, claim: Row, why: str, line: int | None = None) -> None:
    """Give a claim back to its person, with the reason at the line it is about.

    Raises:
        Denied: it is one's own, or waits for somebody else.
        ValidationFailed: the line is of another claim.
    """
    system = records.system(_REASON)
    row = system.get(CLAIM, claim.id)
    refuse_own(records, row)
    _refuse_turn(records, row)
    note_line(records, row.id, line, why)
    values = {"status": "returned", "why": why, "waits": None, "approver": None}
    system.update(CLAIM, row.id, values, version=None)
    if row.get("owner"):
        notify(records, [row["owner"].id], RETURNED, row.id, {"why": why[:200]}, at_sign_in=True)


def note_line(records: Records, claim: int, line: int | None, why: str) -> None:
    """Keep at an expense why its claim came back.

    Args:
        records: of whoever sends it back.
        claim: the claim.
        line: number of the expense as the page shows it, from 1, or the id of its record; None for the whole claim.
        why: the reason.

    Raises:
        ValidationFailed: the claim has no such expense.
    """
    if line is None:
        return
    system = records.system(_REASON)
    known = [row.id for row in lines_of(system, [claim]).get(claim, [])]
    found = known[line - 1] if 0 < line <= len(known) else line
    if found not in known:
        raise ValidationFailed.single("line", "other", _("The claim has no expense of this number."))
    system.update(LINE, found, {"why": why[:500]}, version=None)


def reject(records: Records, claim: Row, why: str) -> None:
    """Refuse a claim for good; its person is told why."""
    system = records.system(_REASON)
    row = system.get(CLAIM, claim.id)
    refuse_own(records, row)
    _refuse_turn(records, row)
    today = records.now.astimezone(records.zone).date()
    values = {"status": "rejected", "why": why, "waits": None, "approver": None, "decided_on": today}
    system.update(CLAIM, row.id, values, version=None)
    if row.get("owner"):
        notify(records, [row["owner"].id], REJECTED, row.id, {"why": why[:200]}, at_sign_in=True)


# ---- booking


def book_claim(records: Records, row: Row, day: date, lines: Sequence[Row] | None = None) -> list[int]:
    """Make the lines of a claim cost; it can be paid out then. Returns the postings.

    Args:
        records: the unit of work of finance.
        row: the claim as the platform reads it.
        day: booking day.
        lines: its lines where they were read already.

    Raises:
        ValidationFailed: the month is closed.
        Conflict: somebody else decided at the same time.
    """
    system = records.system(_REASON)
    known = lines if lines is not None else lines_of(system, [row.id]).get(row.id, [])
    unit = ref_id(row.get("unit")) or unit_of(records, row["owner"].id if row.get("owner") else None)
    values = {"status": "booked", "booked_on": day, "waits": None, "approver": None,
              "decided_on": row.get("decided_on") or day}  # fmt: skip
    system.update(CLAIM, row.id, values, version=row.version)
    made = book(records, [draft(line, row, day, unit) for line in known])
    advances.settle(records, row)
    if row.get("owner"):
        notify(records, [row["owner"].id], AGREED, row.id)
    return made


def draft(line: Row, claim: Row, day: date, unit: int | None) -> Draft:
    """The posting of a line: net, at the rate of its own day."""
    charged = ref_id(line.get("charged_to"))
    return Draft(
        f"{claim.get('number') or ''} {line['subject']}".strip(), "expense", day, line["net"], rated=line["day"],
        charged_to=charged, unit=unit, source=line["claim"].id, category=ref_id(line.get("kind")),
    )  # fmt: skip


#: Filters of what finance has to check.
CHECK: Mapping[str, str] = {"status__in": "submitted,approved", "waits": "finance"}


def currency_of(records: Records, claim: Mapping[str, Any]) -> str:
    """The currency a claim is paid back in."""
    return claim.get("currency") or company_currency(records)
