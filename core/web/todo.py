"""To do: what waits for a person, collected from the tiles of the band ``todo`` that plugins declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weft.core.errors import NotSignedIn
from weft.core.i18n import translator
from weft.core.identity import people, principals
from weft.core.portal.homes import allowed_widgets
from weft.core.registry.declarations import Widget
from weft.core.web.looking import standing_in
from weft.core.web.tiles import widget_data

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["count", "sources", "summary"]

_ = translator("core")

#: The tile that sums the others up; it is no source itself.
SUMMARY = "core.todo"


def sources(view: View) -> list[Widget]:
    """Tiles whose rows are things to do."""
    return [
        widget
        for widget in allowed_widgets(view).values()
        if widget.band == "todo" and widget.kind == "list" and not widget.key.endswith(".todo")
        and (widget.counted is None or widget.counted(view))
    ]  # fmt: skip


def summary(view: View) -> list[tuple[Widget, dict[str, Any]]]:
    """Each source with its data, in order; then what waits for those whom the viewer is deputy of."""
    own = [(widget, widget_data(view, widget)) for widget in sources(view)]
    found = [(widget, data) for widget, data in own if data is not None]
    if view.principal.acts_for:
        seen = {row.get("url") for _widget, data in found for row in data.get("rows") or ()}
        for person in view.principal.acts_for:
            found += _of_other(view, person, seen)
    return found


def _of_other(view: View, user_id: int, seen: set[Any]) -> list[tuple[Widget, dict[str, Any]]]:
    """What waits for somebody, as far as their deputy may read it: each row says for whom it is."""
    person = people.people(view.connection, [user_id]).get(user_id)
    audience = view.principal.audience
    try:
        other = principals.load(view.connection, view.runtime, user_id, audience)
    except NotSignedIn:
        return []
    name = person.shown()[0] if person is not None else ""
    there = standing_in(view, user_id)
    found = []
    for widget in sources(standing_in(view, user_id, roles=other.roles)):
        data = widget_data(there, widget)
        rows = [row for row in (data or {}).get("rows") or () if row.get("url") not in seen]
        if data is None or not rows:
            continue
        hidden = len(data["rows"]) - len(rows)
        marked = [{**row, "chip": str(_("for %(name)s") % {"name": name})} for row in rows]
        count = max(int(data.get("count") or 0) - hidden, len(rows))
        found.append((widget, {**data, "rows": marked, "count": count, "whose": user_id}))
    return found


def count(view: View) -> int:
    """How many things wait in all."""
    return sum(int(data.get("count") or 0) for _widget, data in summary(view))
