"""Logging a contact: what was said becomes a done activity, what was due is closed, the next step is planned.

One change set whatever it touches, so Undo takes all of it back, the account's facts included. Writes only through the
:class:`~weft.core.sdk.Records` it is given; never commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, directory, notify, register_notice, translator
from weft.plugins.crm.services import channel, channel_leads, leads
from weft.plugins.crm.services.accounts import refresh_facts

_ = translator("crm")

__all__ = ["Party", "log_contact", "party_of", "replaced_step"]

STEP_FOR_YOU = "crm.step_for_you"
register_notice(STEP_FOR_YOU, _("%(who)s planned a next step for you: %(record)s"))

#: Hour of the day at which a planned step without a time of its own stands.
_MORNING = 9
_DEFAULT_DAYS = 7
#: Planned steps that a new next step replaces: what was noted to be done, never an appointment with others.
_REPLACED = ("task", "call")


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a contact was with, seen from the record it is logged on.

    Attributes:
        account: the account, None for a lead that is not yet one.
        about: deal or lead it was about, None otherwise.
        person: the contact it is logged on, None otherwise.
        lead: id of the lead, None otherwise.
    """

    account: int | None
    about: int | None = None
    person: int | None = None
    lead: int | None = None


def party_of(record: Row) -> Party:
    """The party of an account, contact, opportunity or lead."""
    number, kind = record["id"], record["type"]
    employer = record.get("account")
    account = employer.id if employer is not None else None
    if kind == "crm.account":
        return Party(number)
    if kind == "crm.contact":
        return Party(account, person=number)
    if kind == "crm.lead":
        return Party(account, about=number, lead=number)
    return Party(account, about=number)


def log_contact(records: Records, record: Row, data: Mapping[str, Any]) -> Row:
    """Write down a contact and plan the next step.

    Args:
        records: the unit of work of the person who spoke.
        record: account, contact, opportunity or lead.
        data: ``kind``; ``note`` or ``outcome`` (one of them is needed); optional ``people`` (ids by commas), ``at``
            (aware, not in the future), ``minutes``, ``shared``, ``next_step`` with ``next_on`` (a day) and ``next_who``
            (a user).

    Returns:
        The activity that was made.

    Raises:
        ValidationFailed: neither note nor outcome, a moment in the future, people that are none.
    """
    party = party_of(record)
    note = str(data.get("note") or "").strip()
    if not note and not data.get("outcome"):
        raise ValidationFailed.single("note", "required", _("Say what was said, or how it went."))
    at = data.get("at") or records.now
    if record["type"] == "crm.lead":
        channel_leads.spoken(records, record)
    if at > records.now + timedelta(minutes=10):
        message = _("This has not happened yet: plan it as the next step.")
        raise ValidationFailed.single("at", "future", message)
    entry = _entry(records, party, data, note, at)
    _finish_due_steps(records, party)
    if data.get("next_step"):
        _plan_next(records, party, data)
    _first_contact(records, record, at)
    if party.account is not None:
        refresh_facts(records, [party.account])
    return entry


def _entry(records: Records, party: Party, data: Mapping[str, Any], note: str, at: datetime) -> Row:
    outcome = data.get("outcome")
    outside = channel.is_partner(records)
    entry = records.create(
        "crm.activity",
        {
            "subject": _subject(note) or str(_("Not reached") if outcome == "not_reached" else _("Contact")),
            "kind": data.get("kind") or "call", "status": "done", "account": party.account, "about": party.about,
            "at": at, "minutes": data.get("minutes"), "note": note or None, "outcome": outcome,
            **({} if outside else {"shared": bool(data.get("shared"))}),
        },
    )  # fmt: skip
    people = _people(data, party)
    # Partners link nothing by hand; whom they name is one of their customers' people.
    writer = records.system("crm: with whom a partner spoke") if outside else records
    if outside and set(records.titles(people)) != set(people):
        message = _("This record does not exist or is not shared with you.")
        raise ValidationFailed.single("people", "reference", message)
    for person in people:
        writer.link("crm.attended_by", entry["id"], person)
    return entry


def _people(data: Mapping[str, Any], party: Party) -> list[int]:
    given = [part.strip() for part in str(data.get("people") or "").split(",") if part.strip()]
    if not all(part.isdigit() for part in given):
        raise ValidationFailed.single("people", "reference", _("Name people by their numbers, with commas between."))
    chosen = [int(part) for part in given]
    return list(dict.fromkeys([*chosen, *([party.person] if party.person is not None and not chosen else [])]))


def _steps(records: Records, party: Party, **more: Any) -> Sequence[Row]:
    """My planned activities with the party, the earliest first."""
    where: dict[str, Any] = {"account": party.account} if party.account is not None else {"about": party.about}
    mine = {"noted_by": "me"} if channel.is_partner(records) else {"owner": "me"}
    filters = {**where, "status": "planned", **mine, **more}
    fields = ("subject", "kind", "at", "version")
    return records.query("crm.activity", fields=fields, filters=filters, sort="at", limit=50).rows


def _end_of_today(records: Records) -> datetime:
    local = records.now.astimezone(records.zone)
    return local.replace(hour=23, minute=59, second=59, microsecond=0)


def _finish_due_steps(records: Records, party: Party) -> None:
    """A contact answers what was due until today; what is planned for later stays."""
    for row in _steps(records, party, at__lte=_end_of_today(records)):
        records.act("crm.activity.finish", row["id"], {})


def replaced_step(records: Records, party: Party) -> Row | None:
    """The step planned for later that a new next step takes the place of."""
    later = _steps(records, party, at__gt=_end_of_today(records), kind__in=",".join(_REPLACED))
    return later[0] if later else None


def _plan_next(records: Records, party: Party, data: Mapping[str, Any]) -> None:
    before = replaced_step(records, party)
    if before is not None:
        records.act("crm.activity.cancel", before["id"], {})
    values = {
        "subject": data["next_step"], "kind": "task", "status": "planned", "account": party.account,
        "about": party.about, "at": _morning(records, data.get("next_on")),
    }  # fmt: skip
    who = None if channel.is_partner(records) else data.get("next_who")
    if who is None or who == records.principal.user_id:
        records.create("crm.activity", values)
        return
    if who not in directory.persons(records, [who]):
        raise ValidationFailed.single("next_who", "reference", _("There is no such colleague."))
    # The colleague owns the step; who plans it need not be allowed to write the colleague's steps.
    step = records.system("crm: next step for a colleague").create("crm.activity", values, owner=who)
    notify(records, [who], STEP_FOR_YOU, step["id"])


def _first_contact(records: Records, record: Row, at: datetime) -> None:
    """The party no longer waits for its first contact; a new lead is in work from now on."""
    party = party_of(record)
    system = records.system("crm: first contact")
    if party.lead is not None:
        lead = system.get("crm.lead", party.lead, fields=("status", "first_contact_at"))
        values: dict[str, Any] = {"awaits_contact": False}
        values |= {"first_contact_at": at} if lead.get("first_contact_at") is None else {}
        values |= {"status": "working"} if lead.get("status") == "new" else {}
        system.update("crm.lead", party.lead, values, version=None)
    if party.account is not None:
        leads.with_customers(records, [party.account], at)
        account = system.get("crm.account", party.account, fields=("awaits_contact",))
        if account.get("awaits_contact"):
            system.update("crm.account", party.account, {"awaits_contact": False}, version=None)


def _subject(note: str) -> str:
    line = note.splitlines()[0] if note else ""
    return line if len(line) <= 120 else line[:119].rstrip() + "…"


def _morning(records: Records, day: Any) -> datetime:
    local = records.now.astimezone(records.zone)
    chosen = date.fromisoformat(day) if isinstance(day, str) and day else day
    chosen = chosen or local.date() + timedelta(days=_DEFAULT_DAYS)
    return local.replace(
        year=chosen.year, month=chosen.month, day=chosen.day, hour=_MORNING, minute=0, second=0, microsecond=0
    )
