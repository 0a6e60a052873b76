"""Where a record page was opened from: its place in the list one came from, and the records before and behind it.

The list last looked at stands in the page session, one for each kind of record. Its order is read anew, ids only and
at most :data:`_LOOKED_AT` of them, so the place is that of the list as it is now; further down there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import session

from weft.core.errors import WeftError
from weft.core.i18n import translator
from weft.core.web.lists.state import ListState
from weft.core.web.lists.table import count_text
from weft.core.web.record.head import RecordHead

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["address_kept", "crumbs", "keep"]

_ = translator("core")

_KEY = "lists"
#: Kinds of records whose last list is kept, and the longest address kept: the session travels with every request.
_KINDS, _LONGEST = 4, 600
_PAGE, _LOOKED_AT = 200, 600


def keep(state: ListState) -> None:
    """Note the list somebody looks at."""
    query = urlencode(state.query())
    if len(query) > _LONGEST:
        return
    known: dict[str, str] = dict(session.get(_KEY) or {})
    if known.get(state.entity.key) == query:
        return
    known.pop(state.entity.key, None)
    session[_KEY] = dict([*known.items(), (state.entity.key, query)][-_KINDS:])


def address_kept(entity_key: str) -> list[tuple[str, str]] | None:
    """Query of the list of this kind last looked at, None when there was none."""
    query = (session.get(_KEY) or {}).get(entity_key)
    return parse_qsl(query) if query is not None else None


def crumbs(head: RecordHead, state: ListState | None, title: str) -> dict[str, Any]:
    """The line above the head.

    Args:
        head: the record and who looks.
        state: the list one came from, None for none.
        title: its title.
    """
    view = head.view
    if state is None:
        return {"links": [{"url": view.url(head.entity.key), "label": str(head.entity.plural)}]}
    found: dict[str, Any] = {"links": [{"url": state.url(), "label": title}]}
    try:
        place = _place(view, state, head.row.id)
    except WeftError:
        # The list can no longer be read as it was (a filter on what is hidden now): the way back stands without it.
        return found
    if place is None:
        return found
    number, before, behind, total = place
    found["position"] = str(_("%(number)s of %(total)s") % {"number": view.formats.number(number), "total": total})
    neighbours: Mapping[str, int | None] = {"prev_url": before, "next_url": behind}
    return found | {name: view.url(head.entity.key, one) for name, one in neighbours.items() if one is not None}


def _place(view: View, state: ListState, record_id: int) -> tuple[int, int | None, int | None, str] | None:
    """(number from one, id before, id behind, how many there are) of a record in a list."""
    ids: list[int] = []
    cursor: str | None = None
    total = ""
    while len(ids) < _LOOKED_AT:
        page = view.records.query(
            state.entity.key, fields=("id",), filters=state.filter_map, sort=state.sort or None, limit=_PAGE,
            cursor=cursor, search=state.search or None, count="none" if cursor else "capped",
        )  # fmt: skip
        total = total or count_text(view, page.count)
        ids += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None or record_id in ids[:-1]:
            break
    if record_id not in ids:
        return None
    at = ids.index(record_id)
    return at + 1, ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None, total
