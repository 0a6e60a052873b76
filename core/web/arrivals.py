"""What was given to a person since they looked last: notes at the head of the next home page, shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weft.core.collaboration import notices
from weft.core.collaboration.sentences import headline
from weft.core.i18n import translator
from weft.core.records import unit
from weft.core.web.values import Values

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["arrived", "notice_url"]

_ = translator("core")

#: Most links in one note.
_ARRIVALS = 5
#: Most notes on one home page; the rest waits in the inbox.
_NOTES = 5
#: So many are looked at; older ones come with the next home page.
_MOST = 200


def arrived(view: View) -> list[dict[str, Any]]:
    """What came since the last sign-in: one note per kind with links, a few at most; shown once."""
    found = notices.arrivals(view.records, limit=_MOST)
    if not found:
        return []
    groups: dict[str, list[notices.Notice]] = {}
    for one in found:
        groups.setdefault(headline(one.kind), []).append(one)
    shown = [
        {"title": title, "text": some[0].text if len(some) == 1 else "", "actions": _links(view, some)}
        for title, some in list(groups.items())[:_NOTES]
    ]
    left = len(found) - sum(len(some) for some in list(groups.values())[:_NOTES])
    if left:
        inbox = {"label": str(_("Notices")), "url": view.page("notices")}
        shown.append({"title": str(_("%(n)s more notices") % {"n": left}), "text": "", "actions": [inbox]})
    ids = [one.id for one in found]
    view.later(lambda: _were_shown(view, ids))
    return shown


def _links(view: View, some: list[notices.Notice]) -> list[dict[str, Any]]:
    values = Values(view.runtime.registry, view.portal_key)
    links: list[dict[str, Any]] = []
    for one in some[:_ARRIVALS]:
        url = notice_url(view, one)
        title = values.reference(one.record)["title"] if one.record is not None else str(_("Open the list"))
        if url:
            links.append({"label": title, "url": url})
    if len(some) > _ARRIVALS:
        links.append({"label": str(_("and %(n)s more") % {"n": len(some) - _ARRIVALS}), "url": view.page("notices")})
    return links


def _were_shown(view: View, ids: list[int]) -> None:
    with unit.writing(view.runtime, view.principal, "page") as records:
        notices.arrivals_shown(records, ids)


def notice_url(view: View, one: notices.Notice) -> str:
    """Where a notice leads: the comment, its record, or the list its data name; empty when nowhere."""
    if one.record is not None:
        url = str(Values(view.runtime.registry, view.portal_key).reference(one.record).get("url", ""))
        said = one.data.get("comment")
        return f"{url}?kind=comments#comment-{said}" if url and isinstance(said, int) else url
    entity = one.data.get("entity")
    if one.taken_back or not isinstance(entity, str) or entity not in view.runtime.registry.entities:
        return ""
    return view.url(entity, **dict(one.data.get("query") or {}))
