"""Settings > Audit trail: who changed users, rights, units, settings and tokens; as a list and as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from weft.core.i18n import translator
from weft.core.identity import audit, people, sentences, undo
from weft.core.import_export.writers import writer_for
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, settings_page
from weft.core.web.values import face

__all__ = ["blueprint", "sentence_of"]

_ = translator("core")

blueprint = Blueprint("settings_audit", __name__)
_HERE = f"{BASE}audit/"
_PAGE = 50
_EXPORTED = 10_000
_PERIODS = {"": _("All"), "today": _("Today"), "week": _("Last 7 days"), "month": _("Last 30 days")}
_WHO = {"": _("Everybody"), "own": _("Only me")}
_WHAT = {"": _("All"), "rights": _("Users and rights")}
_CHOICES = (("period", _("Period"), _PERIODS), ("who", _("Who"), _WHO), ("what", _("What"), _WHAT))
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _since(view: View, period: str) -> datetime | None:
    midnight = datetime.combine(view.today, time(), ZoneInfo(view.zone)).astimezone(UTC)
    return {"today": midnight, "week": midnight - timedelta(days=7), "month": midnight - timedelta(days=30)}.get(period)


def _entries(view: View, limit: int) -> list[audit.AuditEntry]:
    before = view.args.get("before", "")
    return audit.entries(
        view.connection,
        user_id=view.principal.user_id if view.args.get("who") == "own" else None,
        rights=view.args.get("what") == "rights",
        since=_since(view, view.args.get("period", "")),
        before=int(before) if before.isdigit() else None,
        limit=limit,
    )


def sentence_of(view: View, entry: audit.AuditEntry, names: dict[int, Any]) -> str:
    """An entry in words."""
    return sentences.sentence(entry, names, view.runtime.registry)


@route(blueprint, _HERE, policy=POLICY, endpoint="list")
def show_audit() -> Response:
    view = current()
    found = _entries(view, _PAGE + 1)
    more, found = len(found) > _PAGE, found[:_PAGE]
    selects = [
        {"name": name, "label": str(label), "value": view.args.get(name, ""),
         "options": [{"value": key, "label": str(text)} for key, text in options.items()]}
        for name, label, options in _CHOICES
    ]  # fmt: skip
    filters = {"kind": "filter", "q": view.args.get("q", ""), "label": str(_("Find in this page")), "selects": selects}
    panel: dict[str, Any] = {
        "title": str(_("Entries")), "rows": _rows(view, found, view.args.get("q", "")), "rows_two": True, "full": True,
        "empty": {"title": str(_("Nothing in this period."))},
    }  # fmt: skip
    query = "&".join(f"{name}={view.args.get(name, '')}" for name, _label, _options in _CHOICES)
    if more:
        panel["more"] = {"label": str(_("Earlier")), "url": f"{_HERE}?{query}&before={found[-1].id}"}
    export = {"label": str(_("Export")), "url": f"{_HERE}export?{query}", "icon": "download", "opens": "download"}
    return settings_page(view, "audit", [filters, {"kind": "panel", "panel": panel}], actions=[export])


def _rows(view: View, found: Sequence[audit.AuditEntry], wanted: str) -> list[dict[str, Any]]:
    names = people.people(view.connection, audit.subjects(found))
    rows = []
    for entry in found:
        text = sentence_of(view, entry, names)
        if wanted.casefold() not in text.casefold():
            continue
        row: dict[str, Any] = {"title": text, "sub": view.formats.datetime(entry.at), "plain": True}
        if entry.user_id in names:
            name = names[entry.user_id].shown()[0]
            row["face"] = face(entry.user_id or 0, name)
        else:
            row["icon"] = "settings"
        if entry.undone:
            row["chip"] = str(_("undone"))
        elif entry.action in undo.UNDOABLE:
            url = view.page("undo", entry.change_set_id)
            hidden = {"next": _HERE}
            row["action"] = {"label": str(_("Undo")), "url": url, "opens": "post", "button": True, "hidden": hidden}
        rows.append(row)
    return rows


@route(blueprint, _HERE + "export", policy=POLICY, endpoint="export")
def export() -> Response:
    view = current()
    found = _entries(view, _EXPORTED)
    names = people.people(view.connection, audit.subjects(found))
    out = io.BytesIO()
    heads = [str(_("When")), str(_("What")), str(_("Door"))]
    writer = writer_for("xlsx", out, ZoneInfo(view.zone))
    writer.heading(heads)
    for entry in found:
        writer.row([entry.at, sentence_of(view, entry, names), entry.door])
    writer.close()
    answer = Response(out.getvalue(), mimetype=_XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{view.today.isoformat()}.xlsx"'
    return answer
