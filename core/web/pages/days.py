"""Route of the calendar: a record put on another day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.web import counts
from weft.core.web.lists.days import day_fields
from weft.core.web.lists.table import writable_names
from weft.core.web.pages.lists import state_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.routing import route
from weft.core.web.values import Values

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("days", __name__)


@route(blueprint, "/<portal>/<plugin>/<slug>/<int:record_id>/day", policy="record", methods=["POST"], endpoint="move")
def put_on_day(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    """Set the date the calendar goes by; a moment keeps its time of day."""
    view, entity = entity_at(plugin, slug, "update")
    state = state_of(view, entity)
    declared = day_fields(view, state).get(state.date)
    if declared is None or declared.name not in writable_names(view, entity.key):
        raise NotFound("cal")
    try:
        day = date.fromisoformat(view.form.get("to", ""))
    except ValueError as error:
        raise ValidationFailed.single("to", "date", _("Choose a day.")) from error
    row = view.records.get(entity.key, record_id)
    value = _on(day, row.get(declared.name), view.zone)
    view.records.update(entity.key, record_id, {declared.name: value}, version=row.version)
    title = Values(view.runtime.registry, view.portal_key).title(row, entity)[0]
    moved = _("%(title)s moved to %(day)s") % {"title": title, "day": view.formats.appointment(day)}
    view.toast(moved, undo=view.records.change_set_id)
    counts.forget(view)
    return view.done() if view.scripted else view.redirect(state.url())


def _on(day: date, old: Any, zone: str) -> date | datetime:
    """The day, or the old moment's time on that day in the viewer's zone."""
    if not isinstance(old, datetime):
        return day
    local = old.astimezone(ZoneInfo(zone))
    return datetime.combine(day, local.timetz()).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
