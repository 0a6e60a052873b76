"""The people beside the sign-in form of a demo database; absent everywhere else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from weft.core.i18n import translator
from weft.core.identity import company
from weft.core.identity.demo_people import DemoPerson, demo_people
from weft.core.web.auth.frames import audiences
from weft.core.web.request import View

__all__ = ["offer"]

_ = translator("core")

_OLD = timedelta(days=14)


def offer(view: View, audience: str, email: str) -> dict[str, Any] | None:
    """Data for the sign-in page of a demo; None outside of one.

    Args:
        audience: of the sign-in page.
        email: address filled in; its person is marked and named on the button.

    Returns:
        ``people`` for the frame, ``note`` about the age of the data, ``submit`` for the button or empty.
    """
    now = view.runtime.clock()
    with view.runtime.db.read() as conn:
        mark = company.demo_mark(conn)
        people = demo_people(conn, now=now) if mark else []
    if mark is None:
        return None
    allowed = audiences(view.runtime)
    shown = [_person(view, person, audience, email) for person in people if person.audience in allowed]
    groups = [
        {"title": str(_("Employee portal")), "people": [entry for entry in shown if entry["audience"] == "employee"]},
        {"title": str(_("Other portals")), "people": [entry for entry in shown if entry["audience"] != "employee"]},
    ]
    chosen = next((entry for entry in shown if entry["current"]), None)
    return {
        "people": {
            "title": str(_("Try it as")),
            "lead": str(_("Each person sees their own home, rights and language.")),
            "groups": [group for group in groups if group["people"]],
        },
        "note": _age(view, mark, now),
        "submit": str(_("Sign in as %(name)s") % {"name": chosen["name"]}) if chosen else "",
    }


def _person(view: View, person: DemoPerson, audience: str, email: str) -> dict[str, Any]:
    name, other = person.shown(view.locale)
    note = person.note_alt if view.locale == "zh" and person.note_alt else person.note
    if person.audience != "employee":
        role = str(view.runtime.registry.roles[person.audience].label)
        note = str(_("%(role)s: %(who)s") % {"role": role, "who": note}) if note else role
    return {
        "name": name,
        "other": other,
        "other_lang": "en" if view.locale == "zh" else "zh-CN",
        "note": note,
        "face": {"initials": person.initials(view.locale), "slot": person.user_id % 6 + 1},
        "email": person.email,
        "url": f"/auth/{person.audience}/sign-in?as={quote(person.email)}",
        "audience": person.audience,
        # The form of another portal is another page; only people of this one are filled in by the island.
        "here": person.audience == audience,
        "current": person.email == email.lower() and person.audience == audience,
    }


def _age(view: View, mark: dict[str, Any], now: datetime) -> str:
    if not mark.get("day"):
        return ""
    made = date.fromisoformat(mark["day"])
    day = view.formats.date(made)
    if now.date() - made > _OLD:
        text = _("This demo is of %(date)s. `weft demo` in an empty data folder makes a new one.")
    else:
        text = _("Demo data of %(date)s")
    return str(text % {"date": day})
