"""Walk through everything a browser can be led to: links, forms that only ask, parts loaded later, files."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

__all__ = ["Crawl"]

#: Attributes that hold an address which is fetched by GET.
_ADDRESSES = ("href", "src", "hx-get", "data-url", "data-href", "data-peek", "data-src", "data-search-url", "action")
#: Addresses that leave, or that only look different: not followed.
_SKIPPED = re.compile(r"^/(static/|auth/.*/sign-out)|[?&]cursor=")


@dataclass
class Crawl:
    """One walk.

    Attributes:
        client: a browser of Flask's test client.
        most: pages at most.
        seen: address without its query's values -> how often; lists differ only by filters, a few of each are enough.
        pages: address -> text, of everything that answered 200.
        statuses: address -> status.
    """

    client: Any
    most: int = 1500
    per_shape: int = 4
    pages: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    _shapes: dict[str, int] = field(default_factory=dict)

    def walk(self, starts: Iterable[str]) -> None:
        """Follow everything from some addresses on."""
        waiting = deque(dict.fromkeys(starts))
        known = set(waiting)
        while waiting and len(self.statuses) < self.most:
            address = waiting.popleft()
            for found in self._open(address):
                if found not in known and self._wanted(found):
                    known.add(found)
                    waiting.append(found)

    def _wanted(self, address: str) -> bool:
        if not address.startswith("/") or _SKIPPED.search(address):
            return False
        parts = urlsplit(address)
        names = sorted({pair.partition("=")[0] for pair in parts.query.split("&")})
        shape = f"{re.sub(r'[0-9]+', '#', parts.path)}?{names}"
        self._shapes[shape] = self._shapes.get(shape, 0) + 1
        # Every record's own page is opened; of the many ways to look at a list only some.
        return not parts.query or self._shapes[shape] <= self.per_shape

    def _open(self, address: str) -> list[str]:
        answer = self.client.get(address)
        self.statuses[address] = answer.status_code
        if answer.status_code in (301, 302, 303):
            return [urljoin(address, self._local(answer.headers["Location"]))]
        self.pages[address] = answer.get_data().decode("utf-8", "replace")
        if answer.status_code != 200 or "html" not in answer.mimetype:
            return []
        return self._links(address, self.pages[address])

    @staticmethod
    def _local(location: str) -> str:
        parts = urlsplit(location)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _links(self, address: str, text: str) -> list[str]:
        try:
            tree = html.fromstring(text) if text.strip() else None
        except (ValueError, html.etree.ParserError):
            return []
        if tree is None:
            return []
        found = []
        for element in tree.iter():
            if not isinstance(element.tag, str):
                continue
            if element.tag == "form":
                if (element.get("method") or "get").lower() == "get" and element.get("action"):
                    found.append(f"{element.get('action')}?{urlencode(self._fields(element))}")
                continue
            found += [element.get(name) or "" for name in _ADDRESSES if element.get(name)]
        return [
            self._local(urljoin(address, one)) for one in found if not one.startswith(("#", "mailto:", "tel:", "data:"))
        ]

    @staticmethod
    def _fields(form: Any) -> list[tuple[str, str]]:
        return [
            (one.get("name"), one.get("value") or "a")
            for one in form.iter("input", "select", "textarea") if one.get("name")
        ]  # fmt: skip
