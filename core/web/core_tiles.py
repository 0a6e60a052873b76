"""Data of the tiles that every portal may offer: to do, notices, and what an administrator should look at.

Each function takes the View and returns what its tile kind documents; portals declare the widgets.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import weft.core
from weft.core.collaboration import notices as inbox
from weft.core.i18n import in_script, translator
from weft.core.identity import audit, people
from weft.core.identity import users as accounts
from weft.core.import_export.tables import export_run, import_run
from weft.core.mail.mailer import is_set_up
from weft.core.outbox import delivery, queue
from weft.core.web import todo as todos
from weft.core.web.settings.area import BASE
from weft.core.web.settings.trail import sentence_of
from weft.core.web.values import Values, face

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["attention", "notices", "rights_changes", "todo", "transfers", "users", "version"]

_ = translator("core")

_ROWS = 5


def todo(view: View) -> dict[str, Any]:
    """How much waits, by source; kind ``counts``."""
    rows = []
    total = 0
    for widget, data in todos.summary(view):
        number = int(data.get("count") or 0)
        total += number
        row: dict[str, Any] = {
            "title": str(widget.label),
            "icon": "checklist",
            "count": number,
            "url": widget.link(view) if widget.link else view.page("todo"),
        }
        late = sum(1 for one in data.get("rows") or () if (one.get("end") or {}).get("tone") == "late")
        rows.append(row | ({"late": str(_("%(n)s overdue") % {"n": late})} if late else {}))
    return {"rows": rows[:_ROWS], "count": total}


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
        rows.append({"title": text, "icon": "plug", "url": f"{BASE}plugins/"})
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
    """Latest changes to users and rights, sign-ins left out; kind ``list``."""
    found = audit.entries(view.connection, action="user", limit=60)
    found = [one for one in found if one.action not in ("user.sign_in", "user.sign_out")][:_ROWS]
    names = people.people(view.connection, audit.subjects(found))
    rows = [
        {
            "title": sentence_of(view, one, names),
            "url": f"{BASE}audit/",
            "plain": True,
            "end": {"text": view.formats.stamp(one.at), "tone": "muted"},
        }
        for one in found
    ]
    return {"rows": rows}


def transfers(view: View) -> dict[str, Any]:
    """Latest imports and exports; kind ``list``."""
    week = view.runtime.clock() - timedelta(days=7)
    found: list[tuple[datetime, str, int]] = []
    for table, icon, column in ((import_run, "upload", "created"), (export_run, "download", "rows")):
        statement = select(table.c.entity, table.c.created_at, table.c[column].label("n"))
        statement = statement.where(table.c.created_at >= week).order_by(table.c.created_at.desc()).limit(_ROWS)
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
    return {"rows": rows, "count": len(found), "period": str(_("last 7 days"))}


def version(view: View) -> dict[str, Any]:
    """Which Weft runs, with how many plugins; kind ``number``."""
    plugins = view.formats.number(len(view.runtime.plugins.active))
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(view.runtime.db.dialect, view.runtime.db.dialect)
    note = str(_("%(plugins)s plugins, %(database)s") % {"plugins": plugins, "database": database})
    return {"number": {"text": weft.core.__version__, "note": note}}
