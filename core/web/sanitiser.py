"""The only place where text of people becomes HTML: Markdown, then an allow-list of tags.

Nothing else in Weft may build ``Markup`` from data. No ``style``, ``class``, ``id``, ``hx-`` or ``on`` attribute and
no embedded image survives; addresses are http, https and mailto.
"""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

__all__ = ["markdown"]

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


def markdown(text: str | None) -> Markup:
    """Render Markdown that a person wrote; the result is safe to put into a page."""
    if not text:
        return Markup("")
    html = _parser.render(text)
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return Markup(clean)  # noqa: S704  (the allow-list above made it safe)
