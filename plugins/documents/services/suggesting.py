"""Articles and manuals that may answer what somebody is just asking, as far as they may read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Records, in_script

__all__ = ["articles"]

DOCUMENT = "documents.document"
_SHOWN, _READ = 3, 8


def articles(records: Records, words: Sequence[str]) -> list[dict[str, Any]]:
    """Released documents with most of the words, articles before files: ``{"id", "entity", "title"}``.

    Args:
        records: whose rights count.
        words: what tells in what was typed, as the asking plugin found it.
    """
    points: Counter[int] = Counter()
    found: dict[int, Any] = {}
    for word in words:
        page = records.query(
            DOCUMENT, fields=("name", "name_alt", "form"), filters={"status": "released"}, search=word, limit=_READ
        )
        for row in page.rows:
            points[row["id"]] += 1
            found[row["id"]] = row
    least = 1 if len(words) == 1 else 2
    ranked = sorted(found, key=lambda one: (-points[one], found[one]["form"] != "article", -one))
    return [
        {"id": one, "entity": DOCUMENT, "title": in_script(found[one]["name"], found[one].get("name_alt") or "")[0]}
        for one in ranked if points[one] >= least
    ][:_SHOWN]  # fmt: skip
