"""Nobody uses a portal without having agreed to its present terms: pages lead to the question first.

Files, short links and programs with a token stand outside of portals; whoever only looks ("view as") is not asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from weft.core.portal import faces, terms
from weft.core.portal.addresses import with_query

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["consent_detour"]

#: What works all the same: reading the question in the other language, in the dark.
_FREE = frozenset({"profile.locale", "profile.theme"})


def consent_detour(view: View) -> str | None:
    """Address of the question where consent is missing, None where the page may be shown."""
    principal = view.principal
    if view.portal is None or principal.kind != "user" or principal.read_only or request.endpoint in _FREE:
        return None
    if not faces.face_of(view.runtime, view.portal.key).texts:
        return None
    with view.runtime.db.read() as connection:
        if not terms.missing(connection, view.runtime, principal, view.portal.key):
            return None
    back = view.page() if view.writing or view.scripted else request.full_path.rstrip("?")
    return with_query(f"/auth/{principal.audience}/consent", {"next": back})
