"""Data of the tiles that every portal may offer: to do, notices, and what an administrator should look at.

Each function takes the View and returns what its tile kind documents; portals declare the widgets.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

import weft.core
from weft.core.calendar.entries import day_range
from weft.core.calendar.tasks import open_tasks
from weft.core.collaboration import notices as inbox
from weft.core.db.tables import change_set
from weft.core.i18n import in_script, translator
from weft.core.identity import audit, directory, people
from weft.core.identity import users as accounts
from weft.core.identity.tables import user_session
from weft.core.import_export.tables import export_run, import_run
from weft.core.mail.mailer import is_set_up
from weft.core.outbox import delivery, queue
from weft.core.records import confirming
from weft.core.web import todo as todos
from weft.core.web.periods import home_period
from weft.core.web.planner import Planner, agenda, day_entries
from weft.core.web.record.asked import field_label
from weft.core.web.settings.area import BASE
from weft.core.web.settings.trail import sentence_of
from weft.core.web.values import Values, face

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = [
    "adoption",
    "attention",
    "confirmations",
    "notices",
    "rights_changes",
    "schedule",
    "tasks",
    "todo",
    "transfers",
    "users",
    "version",
]

_ = translator("core")

_ROWS = 5
#: Most sources of the tile To do; few people have as many at once.
_SOURCES = 10


def todo(view: View) -> dict[str, Any]:
    """How much waits, by source; kind ``counts``. Sources with nothing only fill up what is left of the tile."""
    rows = []
    total = 0
    for widget, data in todos.summary(view):
        number = int(data.get("count") or 0)
        total += number
        whose = (data.get("rows") or [{}])[0].get("chip") if data.get("whose") else ""
        row: dict[str, Any] = {
            "title": f"{widget.label} · {whose}" if whose else str(widget.label),
            "icon": "checklist",
            "count": number,
            "url": widget.link(view) if widget.link and not whose else view.page("todo"),
        }
        late = sum(1 for one in data.get("rows") or () if (one.get("end") or {}).get("tone") == "late")
        rows.append(row | ({"late": str(_("%(n)s overdue") % {"n": late})} if late else {}))
    waiting = [row for row in rows if row["count"]]
    idle = [row for row in rows if not row["count"]]
    return {"rows": waiting[:_SOURCES] + idle[: max(0, _ROWS - len(waiting))], "count": total}


def schedule(view: View) -> dict[str, Any]:
    """Today's calendar of the viewer; kind ``schedule``."""
    found = day_entries(view, view.today)
    first = {"label": str(_("New appointment")), "url": view.page("calendar", "new"), "opens": "dialog"}
    return {
        "rows": agenda(view, found[:_ROWS]),
        "count": len(found),
        "period": view.formats.date(view.today),
        "empty": {"title": str(_("Nothing is planned for today.")), "action": first},
    }


def tasks(view: View) -> dict[str, Any]:
    """Open tasks of the viewer that are due today or were before; kind ``list``."""
    zone = ZoneInfo(view.zone)
    found = open_tasks(view.records, day_range(view.today, view.today, zone)[1], zone=zone)
    planner = Planner(view)
    rows = []
    for entry, line in zip(found[:_ROWS], planner.lines(found[:_ROWS]), strict=True):
        late = view.formats.overdue(entry.last)
        end = {"text": late or str(_("today")), "tone": "late" if late else "now"}
        rows.append(
            {"title": line["title"], "url": line["url"], "sub": line["sub"], "icon": "square-check", "end": end}
        )
    return {"rows": rows, "count": len(found), "period": str(_("until today"))}


def confirmations(view: View) -> dict[str, Any]:
    """Values that people from outside want changed on the viewer's records; kind ``list``."""
    found = confirming.waiting_for(view.records)
    titles = view.records.titles({one.record_id for one in found[:_ROWS]})
    rows = []
    for one in found[:_ROWS]:
        ref = titles.get(one.record_id)
        title = in_script(ref.title, ref.alt)[0] if ref is not None and not ref.restricted else ""
        row: dict[str, Any] = {
            "title": f"{field_label(view, one)}: {title}",
            "url": view.url(one.entity, one.record_id),
            "icon": "shield-check",
            "end": {"text": view.formats.stamp(one.asked_at), "tone": "muted"},
        }
        if one.asked_by is not None:
            row["sub"] = str(_("asked by %(who)s") % {"who": one.asked_by.shown()[0]})
        rows.append(row)
    return {"rows": rows, "count": len(found)}


def notices(view: View) -> dict[str, Any]:
    """The latest open notices; kind ``list``."""
    values = Values(view.runtime.registry, view.portal_key)
    rows = []
    for one in inbox.inbox(view.records, limit=_ROWS):
        row: dict[str, Any] = {
            "title": one.text,
            "end": {"text": view.formats.stamp(one.created_at), "tone": "muted"},
            "muted": one.read,
        }
        shown = values.reference(one.record) if one.record is not None else {}
        row["url"] = shown.get("url") or view.page("notices")
        if one.person is not None:
            name = in_script(one.person.name, one.person.name_alt)[0]
            row["face"] = face(one.person.id, name)
        rows.append(row)
    return {"rows": rows, "count": inbox.count_open(view.records)}


def attention(view: View) -> dict[str, Any]:
    """What an administrator should mend; kind ``list``."""
    rows: list[dict[str, Any]] = []
    numbers = queue.counts(view.connection)
    broken = numbers.get("failed", 0) + numbers.get("dead", 0)
    if broken:
        text = str(_("%(n)s jobs failed") % {"n": view.formats.number(broken)})
        rows.append({"title": text, "icon": "alert-triangle", "url": f"{BASE}jobs/"})
    for key in sorted(delivery.failing_receivers(view.connection)):
        text = str(_("%(receiver)s keeps failing") % {"receiver": delivery.label_of(view.runtime, key)})
        rows.append({"title": text, "icon": "alert-triangle", "url": f"{BASE}jobs/"})
    for key in sorted(view.runtime.plugins.quarantined):
        text = str(_("%(plugin)s is not running") % {"plugin": key})
        rows.append({"title": text, "icon": "plug-connected", "url": f"{BASE}plugins/"})
    if not is_set_up(view.runtime.settings):
        rows.append({"title": str(_("Mail is not set up")), "icon": "mail", "url": f"{BASE}mail/"})
    return {"rows": rows[:_ROWS], "count": len(rows)}


def users(view: View) -> dict[str, Any]:
    """Users by status; kind ``counts``."""
    numbers = accounts.count_by_status(view.connection)
    labels = {"invited": _("Invited"), "new": _("Never signed in"), "inactive": _("Deactivated"), "active": _("Active")}
    rows = [
        {"title": str(label), "icon": "users", "count": numbers.get(key, 0), "url": f"{BASE}users/?status={key}"}
        for key, label in labels.items()
    ]
    return {"rows": rows, "count": sum(numbers.values())}


def rights_changes(view: View) -> dict[str, Any]:
    """Latest changes to users and rights, as the audit trail shows them with that filter; kind ``list``."""
    found = audit.entries(view.connection, rights=True, limit=_ROWS)
    names = people.people(view.connection, audit.subjects(found))
    rows = [
        {
            "title": sentence_of(view, one, names),
            "url": f"{BASE}audit/?what=rights",
            "plain": True,
            "end": {"text": view.formats.stamp(one.at), "tone": "muted"},
        }
        for one in found
    ]
    return {"rows": rows}


def adoption(view: View) -> dict[str, Any]:
    """People who used Weft this week, by unit: signed in or changed something; kind ``list``."""
    monday = view.today - timedelta(days=view.today.weekday())
    since = datetime.combine(monday, time(), ZoneInfo(view.zone))
    seen = select(user_session.c.user_id).where(
        user_session.c.last_seen_at >= since, user_session.c.audience == "employee"
    )
    wrote = select(change_set.c.user_id).where(change_set.c.at >= since, change_set.c.user_id.is_not(None))
    active = {row.user_id for row in view.connection.execute(seen.union(wrote))}
    everybody = directory.colleagues(view.records, limit=100_000)
    places = directory.units_of(view.records, [person.id for person in everybody])
    people: dict[int, list[int]] = {}
    for person in everybody:
        line = people.setdefault(places.get(person.id, 0), [0, 0])
        line[0] += person.id in active
        line[1] += 1
    names = directory.unit_names(view.records, [unit for unit in people if unit])
    rows = []
    for unit, (number, whole) in sorted(people.items(), key=lambda pair: (-pair[1][0], -pair[1][1])):
        title = in_script(*names[unit])[0] if unit in names else str(_("No unit"))
        text = str(_("%(n)s of %(all)s") % {"n": view.formats.number(number), "all": view.formats.number(whole)})
        rows.append({"title": title, "url": f"{BASE}units/", "plain": True, "end": {"text": text}})
    return {"rows": rows[:_ROWS], "period": str(_("this week"))}


def transfers(view: View) -> dict[str, Any]:
    """Latest imports and exports of the home's period; kind ``list``."""
    period = home_period(view)
    since = datetime.combine(period.first or view.today, time(), ZoneInfo(view.zone))
    found: list[tuple[datetime, str, int]] = []
    for table, icon, column in ((import_run, "upload", "created"), (export_run, "download", "rows")):
        statement = select(table.c.entity, table.c.created_at, table.c[column].label("n"))
        statement = statement.where(table.c.created_at >= since).order_by(table.c.created_at.desc()).limit(_ROWS)
        for row in view.connection.execute(statement):
            entity = view.runtime.registry.entities.get(row.entity)
            label = str(entity.plural) if entity else row.entity
            found.append((row.created_at, f"{icon}|{label}", row.n))
    rows = []
    for at, key, number in sorted(found, reverse=True)[:_ROWS]:
        icon, _sep, label = key.partition("|")
        text = f"{label} · {view.formats.number(number)}"
        end = {"text": view.formats.stamp(at), "tone": "muted"}
        rows.append({"title": text, "icon": icon, "url": f"{BASE}imports/", "end": end, "plain": True})
    return {"rows": rows, "period": period.label}


def version(view: View) -> dict[str, Any]:
    """Which Weft runs, with how many plugins; kind ``number``."""
    plugins = view.formats.number(len(view.runtime.plugins.active))
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(view.runtime.db.dialect, view.runtime.db.dialect)
    note = str(_("%(plugins)s plugins, %(database)s") % {"plugins": plugins, "database": database})
    return {"number": {"text": weft.core.__version__, "note": note}}
