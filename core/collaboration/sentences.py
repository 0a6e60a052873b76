"""The sentences of notices: one per kind, filled with who did it, the record and what else the notice carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_skeleton

from weft.core.i18n import LazyText, babel_locale, translator
from weft.core.identity.people import Person
from weft.core.records.confirming import EVENT as CHANGE_ASKED

__all__ = ["headline", "register_kind", "sentence"]

_ = translator("core")

#: Kind -> sentence; ``%(who)s``, ``%(record)s`` and values of ``data``. Plugins add theirs with :func:`register_kind`.
_KINDS: dict[str, LazyText] = {
    "mention": _("%(who)s mentioned you at %(record)s"),
    "comment": _("%(who)s commented on %(record)s"),
    "assigned": _("%(who)s gave you %(record)s"),
    "changed": _("%(who)s changed %(record)s"),
    "change_confirmed": _("%(who)s confirmed the change you asked for: %(record)s"),
    "change_refused": _("%(who)s refused the change you asked for: %(record)s"),
    CHANGE_ASKED: _("%(who)s asks you to confirm a change of %(record)s"),
}
#: Kind -> what stands above such notices at the head of the home page.
_HEADLINES: dict[str, LazyText] = {}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def register_kind(kind: str, sentence: LazyText, *, headline: LazyText | None = None) -> None:
    """Declare the sentence of a further kind of notice: ``"<plugin>.<word>"``.

    Args:
        kind: the key.
        sentence: with ``%(who)s``, ``%(record)s`` and values of ``data``; a value that is a day in ISO 8601 is written
            as the reader writes days.
        headline: what stands above notices of this kind at the head of the home page (``at_sign_in``).
    """
    _KINDS[kind] = sentence
    if headline is not None:
        _HEADLINES[kind] = headline


def headline(kind: str) -> str:
    """What stands above notices of a kind at the head of the home page."""
    return str(_HEADLINES.get(kind, _("New for you")))


def sentence(kind: str, data: Mapping[str, Any] | None, person: Person | None, record: str, today: date) -> str:
    """The sentence of one notice in the language of this thread.

    Args:
        kind: key of the sentence; an unknown one (its plugin was removed) reads as a change.
        data: what the notice carries.
        person: who did it; None for the platform itself.
        record: name of what it is about.
        today: days of this year are written without the year.
    """
    plain = {key: _shown(value, today) for key, value in (data or {}).items() if isinstance(value, (str, int))}
    slots = {"who": person.shown()[0] if person is not None else "Weft", "record": record}
    return str(_KINDS.get(kind, _KINDS["changed"])) % {**plain, **slots}


def _shown(value: str | int, today: date) -> str | int:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return value
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return str(format_skeleton("MMMd" if day.year == today.year else "yMMMd", day, locale=babel_locale()))
