"""News: entries of the menus, and the page of one item in the reader's language."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import ListView, NavEntry, RecordPage, Row, current_locale, in_script, translator
from weft.core.websdk import View, markdown
from weft.plugins.communication.grants import EDITOR
from weft.plugins.communication.services.teasers import beginning

_ = translator("communication")

__all__ = ["NAVIGATION", "RECORD_PAGES", "VIEWS", "headline", "news_rows"]

NEWS = "communication.news"


def headline(row: Row) -> str:
    """The headline in the reader's language where there is one."""
    return in_script(row["headline"], row.get("headline_alt"), current_locale())[0]


def body(row: Row) -> str:
    """The text in the reader's language where there is one."""
    return in_script(str(row.get("text") or ""), row.get("text_alt"), current_locale())[0]


def news_rows(view: View, limit: int = 5) -> tuple[list[dict[str, Any]], int]:
    """The latest items the viewer may read, and how many there are."""
    fields = ("headline", "headline_alt", "text", "text_alt", "published_at")
    page = view.records.query(NEWS, fields=fields, limit=limit, count="capped")
    rows = [
        {"title": headline(row), "url": view.url(NEWS, row["id"]), "icon": "news",
         "sub": beginning(body(row), 110),
         "end": {"text": view.formats.date(row["published_at"]).replace(" ", "\u00a0"), "tone": "muted"}}
        for row in page.rows if row.get("published_at") is not None
    ]  # fmt: skip
    return rows, page.count.value if page.count else 0


def page_context(view: View, record: Row) -> dict[str, Any]:
    """Text in the reader's language, and the picture."""
    picture = record.get("picture")
    return {
        "text": markdown(body(record)),
        "picture": f"/files/{getattr(picture, 'id', picture)}" if picture else "",
        "published": view.formats.date(record["published_at"]) if record.get("published_at") else "",
    }


_FOR = {"customer": _("For customers"), "distributor": _("For distributors"), "supplier": _("For suppliers")}

VIEWS = [
    ListView("communication.news_all", NEWS, _("All"), {}, order=10),
    ListView("communication.news_draft", NEWS, _("Drafts"), {"status": "draft"}, order=20, roles=(EDITOR,)),
    *[
        ListView(f"communication.news_{key}", NEWS, label, {"audiences": key}, order=30 + place, roles=(EDITOR,))
        for place, (key, label) in enumerate(_FOR.items())
    ],
]  # fmt: skip

RECORD_PAGES = [
    RecordPage(NEWS, template="communication/news.html", context=page_context,
               facts=("status", "audiences", "shown_from", "shown_until", "published_at")),
]  # fmt: skip

NAVIGATION = [
    NavEntry("communication.news", "documents", _("News"), entity=NEWS, order=85),
    NavEntry("communication.news_customer", "customer_news", _("Products and news"), entity=NEWS, portal="customer",
             order=50),
    NavEntry("communication.news_distributor", "distributor_material", _("News"), entity=NEWS,
             portal="distributor", order=60),
    # Suppliers come for their orders and bills; the tile on their home leads to the news.
    NavEntry("communication.news_supplier", "", _("News"), entity=NEWS, portal="supplier"),
]  # fmt: skip
