"""Earlier requests like what is being typed, as far as the viewer may read them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from weft.core.sdk import Records

__all__ = ["Answering", "Earlier", "answering", "like"]

_REQUEST = "service.request"
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_HAN = re.compile("[\u3400-\u9fff]+")
#: Words that say nothing about the matter.
_EMPTY = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "at",
        "be",
        "but",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "has",
        "have",
        "how",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "please",
        "since",
        "so",
        "that",
        "the",
        "their",
        "there",
        "these",
        "they",
        "this",
        "to",
        "us",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "you",
        "your",
    ]
)
_MOST_WORDS, _SHOWN, _READ = 8, 3, 8


@dataclass(frozen=True, slots=True)
class Earlier:
    """A request that is like what is being typed."""

    id: int
    title: str
    number: str
    solved: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """A record of another plugin that may answer what is being typed: an article, a manual."""

    id: int
    entity: str
    title: str


def answering(records: Records, typed: str) -> list[Answering]:
    """What other plugins have to say to it, by the hook ``weft_service_suggestions``; at most three of each."""
    words = _telling(typed)
    if not words:
        return []
    answers = records.runtime.plugins.manager.hook.weft_service_suggestions(records=records, words=words)
    return [Answering(one["id"], one["entity"], one["title"]) for part in answers for one in part[:_SHOWN]]


def like(records: Records, typed: str, *, language: str = "en") -> list[Earlier]:
    """The requests that share most of the telling words, best first; at most three.

    Args:
        records: whose rights count: nobody is shown what they may not read.
        typed: subject and description so far.
        language: of the screens; kept for plugins that rank by it.
    """
    words = _telling(typed)
    if not words:
        return []
    points: Counter[int] = Counter()
    found: dict[int, Earlier] = {}
    status = "status" if records.principal.internal else "standing"
    for word in words:
        page = records.query(_REQUEST, fields=("subject", "number", status), search=word, limit=_READ)
        for row in page.rows:
            points[row.id] += 1
            found[row.id] = Earlier(
                row.id, row["subject"], row.get("number") or "", row.get(status) in ("solved", "closed")
            )
    least = 1 if len(words) == 1 else 2
    ranked = sorted(found, key=lambda one: (-points[one], not found[one].solved, -one))
    return [found[one] for one in ranked if points[one] >= least][:_SHOWN]


def _telling(typed: str) -> list[str]:
    """Words to look for: Latin ones that mean something, Chinese in every pair of neighbouring characters."""
    words = [one for one in _WORD.findall(typed.lower()) if not _HAN.search(one)]
    words = [one for one in words if len(one) > 1 and one not in _EMPTY]
    for run in _HAN.findall(typed):
        words += [run[at : at + 2] for at in range(max(len(run) - 1, 1))]
    return list(dict.fromkeys(words))[:_MOST_WORDS]
