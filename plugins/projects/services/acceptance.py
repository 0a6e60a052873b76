"""What the customer is told and answers: milestones reached, accepted or refused (验收), dates published, reminders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import (
    Records,
    Row,
    StateConflict,
    ValidationFailed,
    directory,
    in_script,
    notify,
    readers,
    register_notice,
    translator,
)
from weft.core.sdk import followers as follow
from weft.plugins.projects.services.plan import MILESTONE, PROJECT, ref_id

_ = translator("projects")

__all__ = [
    "agreed",
    "answered",
    "asked",
    "date_waits",
    "first_dates",
    "followers",
    "publish_date",
    "questioned",
    "remind",
]

_REASON = "projects: what the customer is told"
WAITS, REMINDED, ACCEPTED, REFUSED, MOVED, AGREED, QUESTION = (
    f"projects.milestone_{word}" for word in ("waits", "reminded", "accepted", "refused", "moved", "agreed", "question")
)
register_notice(WAITS, _("%(record)s is reached and waits for your acceptance"), headline=_("Waits for you"))
register_notice(REMINDED, _("%(who)s reminds you: %(record)s waits for your acceptance"), headline=_("Waits for you"))
register_notice(ACCEPTED, _("%(who)s accepted %(record)s"), headline=_("Milestones accepted"))
register_notice(REFUSED, _("%(who)s refused %(record)s: %(why)s"), headline=_("Milestones refused"))
register_notice(MOVED, _("%(record)s moves from %(old)s to %(new)s. %(note)s"), headline=_("Dates of your project"))
register_notice(AGREED, _("%(who)s agrees to the new date of %(record)s"), headline=_("Dates agreed to"))
register_notice(QUESTION, _("%(name)s asks about %(record)s"), headline=_("Questions about milestones"))
_PAUSE = timedelta(days=1)


def followers(records: Records, record_id: int, project: int) -> list[int]:
    """People of the customer and guests who may read a record now."""
    system = records.system(_REASON)
    row = system.get(PROJECT, project, fields=("customer", "contact"))
    anchors = [ref_id(row.get(name)) for name in ("customer", "contact")]
    anchors += [one.id for one in system.linked("projects.guest", [project]).get(project, [])]
    standing = directory.standing_for(records, [one for one in anchors if one])
    return sorted(readers(records, record_id, {user for users in standing.values() for user in users}))


def asked(records: Records, milestone: Row) -> None:
    """It is reached: the customer is asked to accept it."""
    system = records.system(_REASON)
    today = records.now.astimezone(records.zone).date()
    values: dict[str, Any] = {"reached_on": today, "answered_at": None, "answered_by": None, "remark": None}
    if not milestone.get("shown_on"):
        values["shown_on"] = milestone.get("due_on") or today
    system.update(MILESTONE, milestone["id"], values, version=None)
    told = followers(records, milestone["id"], milestone["project"].id)
    notify(records, told, WAITS, milestone["id"], at_sign_in=True)


def answered(records: Records, milestone: Row, *, accepted: bool, remark: str) -> None:
    """The customer accepted or refused; who leads the project and the customer's contact here are told."""
    system = records.system(_REASON)
    values = {"answered_at": records.now, "answered_by": _my_name(records), "remark": remark.strip() or None}
    system.update(MILESTONE, milestone["id"], values, version=None)
    kind = ACCEPTED if accepted else REFUSED
    _tell_lead(records, milestone["id"], kind, {} if accepted else {"why": remark[:200]})


def date_waits(milestone: Row) -> bool:
    """True when another date was published and the customer has not agreed to it."""
    return milestone.get("moved_from") is not None and milestone.get("agreed_at") is None


def agreed(records: Records, milestone: Row) -> None:
    """The customer agrees to the date that was published; who leads the project is told.

    Raises:
        StateConflict: no other date was published, or somebody of the customer agreed to it before.
    """
    system = records.system(_REASON)
    if not date_waits(system.get(MILESTONE, milestone["id"])):
        raise StateConflict(str(_("No new date waits for your answer.")))
    values = {"agreed_at": records.now, "agreed_by": _my_name(records)}
    system.update(MILESTONE, milestone["id"], values, version=None)
    _tell_lead(records, milestone["id"], AGREED, {})


def _my_name(records: Records) -> str | None:
    me = records.principal
    return in_script(me.name, me.name_alt)[0] if me.name else None


def _tell_lead(records: Records, milestone: int, kind: str, data: dict[str, Any]) -> None:
    system = records.system(_REASON)
    project = system.get(PROJECT, ref_id(system.get(MILESTONE, milestone)["project"]) or 0, fields=("owner",))
    told = [project["owner"].id] if project.get("owner") else []
    notify(records, told, kind, milestone, data, at_sign_in=True)


def questioned(records: Records, milestone: Row, author: int) -> None:
    """Tell who leads the project that somebody from outside wrote about a milestone.

    Args:
        records: the platform's unit of a job.
        milestone: the milestone.
        author: user who wrote.
    """
    person = directory.persons(records, [author]).get(author)
    project = records.get(PROJECT, ref_id(milestone["project"]) or 0, fields=("owner",))
    if person is None or not person.external or not project.get("owner"):
        return
    lead = project["owner"].id
    if lead not in {one.id for one in follow.followers(records, milestone["id"])}:  # those are told anyway
        notify(records, [lead], QUESTION, milestone["id"], {"name": person.shown()[0]}, at_sign_in=True)


def remind(records: Records, milestone: Row) -> int:
    """Remind the customer's people; once a day. Returns how many were told.

    Raises:
        ValidationFailed: they were reminded within the last day, or there is nobody to remind.
    """
    last = milestone.get("reminded_at")
    if last is not None and records.now - last < _PAUSE:
        local = last.astimezone(records.zone)
        message = _("The customer was reminded already: %(day)s at %(time)s. Once a day is enough.")
        raise ValidationFailed.single("", "again", message % {"day": local.date(), "time": local.strftime("%H:%M")})
    told = followers(records, milestone["id"], milestone["project"].id)
    if not told:
        raise ValidationFailed.single("", "nobody", _("Nobody of the customer has an account in the portal."))
    records.system(_REASON).update(MILESTONE, milestone["id"], {"reminded_at": records.now}, version=None)
    notify(records, told, REMINDED, milestone["id"], at_sign_in=True)
    return len(told)


def publish_date(records: Records, milestone: Row, day: date | None, note: str) -> None:
    """Show the customer a new date of a milestone, with a sentence.

    Args:
        records: the unit of work of who leads the project.
        milestone: it is shared.
        day: the date; the forecast when None.
        note: the reason, for the customer.
    """
    new = day or milestone.get("due_on") or milestone.get("planned_on")
    old = milestone.get("shown_on")
    system = records.system(_REASON)
    values: dict[str, Any] = {"shared": True, "shown_on": new, "shown_note": note.strip() or None}
    if new is None or old is None or new == old:
        system.update(MILESTONE, milestone["id"], values, version=None)
        return
    values |= {"moved_from": old, "agreed_at": None, "agreed_by": None}
    system.update(MILESTONE, milestone["id"], values, version=None)
    told = followers(records, milestone["id"], milestone["project"].id)
    data = {"old": old.isoformat(), "new": new.isoformat(), "note": note.strip()}
    notify(records, told, MOVED, milestone["id"], data, at_sign_in=True)


def first_dates(changes: Iterable[Any]) -> None:
    """Before milestones are written: what the customer begins to see has a date."""
    for change in changes:
        if change.after("shared") and not change.after("shown_on"):
            change.values["shown_on"] = change.after("due_on") or change.after("planned_on")
