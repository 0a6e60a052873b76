"""Tiles: announcements to read, unread messages, news; and which homes begin with them."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Home, Widget, translator
from weft.core.websdk import View, with_query
from weft.plugins.communication.grants import MESSAGES
from weft.plugins.communication.views.announcements import board_url, waiting_rows
from weft.plugins.communication.views.news import NEWS, news_rows
from weft.plugins.communication.views.threads import thread_rows

_ = translator("communication")

__all__ = ["HOMES", "WIDGETS"]


def announcements(view: View) -> dict[str, Any]:
    """What was told to the viewer and not read yet; to be confirmed first."""
    rows, number = waiting_rows(view)
    return {"rows": rows, "count": number}


def messages(view: View) -> dict[str, Any]:
    """Conversations with something unread."""
    rows, number = thread_rows(view, unread=True)
    return {"rows": rows, "count": number}


def to_answer(view: View) -> dict[str, Any]:
    """Conversations in which the company wrote last: the visitor's answer is awaited."""
    rows, number = thread_rows(view, unread=True)
    for row in rows:
        row["action"] = {"label": str(_("Answer", "verb")), "url": row["url"]}
        row.pop("chip", None)
    return {"rows": rows, "count": number}


def news(view: View) -> dict[str, Any]:
    """The latest news for the viewer."""
    rows, number = news_rows(view)
    return {"rows": rows, "count": number}


def _unread_url(view: View) -> str:
    return with_query(view.page("messages"), {"unread": "1"})


def _news_url(view: View) -> str:
    return str(view.url(NEWS))


_READ = _("Messages appear here until you have read them.")
_NEWS_WORDS = {"customer": _("Products and news"), "distributor": _("New material"), "supplier": _("News")}
_NO_NEWS = _("News about our products appears here.")

WIDGETS = [
    Widget("communication.announcements", _("Announcements"), "todo", "list", announcements,
           lambda view: board_url(view, waiting=True), order=60, empty=_("You have read all announcements.")),
    Widget("communication.unread", _("Messages"), "new", "list", messages, _unread_url, order=15, empty=_READ),
    Widget("communication.news", _("News"), "new", "list", news, _news_url, order=90, empty=_NO_NEWS),
    *[
        Widget(f"communication.unread_{portal}", _("Messages"), "todo", "list", to_answer, _unread_url, roles=(role,),
               portal=portal, order=40, empty=_READ)
        for portal, role in MESSAGES.items()
    ],
    *[
        Widget(f"communication.news_{portal}", label, "new", "list", news, _news_url, portal=portal, order=60,
               empty=_NO_NEWS)
        for portal, label in _NEWS_WORDS.items()
    ],
]  # fmt: skip

HOMES = [
    Home("employee", ("communication.announcements", "communication.unread"), order=11),
    *[
        Home(portal, (f"communication.unread_{portal}", f"communication.news_{portal}"), portal=portal, order=20)
        for portal in MESSAGES
    ],
]  # fmt: skip
