"""The only place where text of people becomes HTML: Markdown, then an allow-list of tags.

Nothing else in Weft may build ``Markup`` from data. No ``style``, ``class``, ``id``, ``hx-`` or ``on`` attribute and
no embedded image survives; addresses are http, https and mailto.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import nh3
from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

__all__ = ["foreign", "markdown"]

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


@cache
def _parser() -> MarkdownIt:
    """Made when the first text is shown: a start must not wait for it."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


def markdown(text: str | None) -> Markup:
    """Render Markdown that a person wrote; the result is safe to put into a page."""
    if not text:
        return Markup("")
    html = _parser().render(text)
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return Markup(clean)  # noqa: S704  (the allow-list above made it safe)


def foreign(html: str) -> Markup:
    """Markup that was made of a file (office documents, texts): words, headings, lists and tables, not even links."""
    clean = nh3.clean(html, tags=_TAGS - {"a"}, attributes={"ol": {"start"}})
    return Markup(clean)  # noqa: S704  (the allow-list above made it safe)
