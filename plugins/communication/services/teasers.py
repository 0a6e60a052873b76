"""The beginning of a text for a line of a list."""

from __future__ import annotations

import re

__all__ = ["beginning"]

#: What stands before the words of a line: quotes, headings, bullets, numbers of a list; also several of them.
_MARKERS = re.compile(r"^\s*(?:(?:>|#{1,6}(?=\s)|[-+*](?=\s)|\d{1,3}[.)](?=\s))\s*)+", re.MULTILINE)
#: Lines that only draw something: a rule, the underline of a heading, the fence of code.
_DRAWN = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:_\s*){3,}|={3,}|`{3,}\w*|~{3,}\w*)\s*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*(?:\s+\"[^\"\n]*\")?\)")


def beginning(text: str, limit: int) -> str:
    """The first words of a text on one line, with an ellipsis where it goes on.

    Args:
        text: plain text or Markdown.
        limit: characters at most.
    """
    # Enough for any line, and never a long text through the patterns.
    plain = _MARKERS.sub("", _DRAWN.sub("", _LINK.sub(r"\1", text[: 1000 + 10 * limit])))
    line = " ".join(plain.replace("*", "").replace("`", "").split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    words = cut.rpartition(" ")[0]
    # Chinese has no blanks: there every character is a good place to stop.
    return (words if len(words) > limit // 2 else cut).rstrip(" ,.;:，。；：") + "…"
