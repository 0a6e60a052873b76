"""Requests of somebody who looks as another person, changing nothing, or at what waits for one they are deputy of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING

from flask import request
from markupsafe import escape

from weft.core.errors import Denied
from weft.core.i18n import translator
from weft.core.identity import viewing
from weft.core.identity.principal import Principal
from weft.core.records.facade import Records
from weft.core.registry.runtime import Runtime

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["refuse_writing", "standing_in", "switched_off", "viewed"]

_ = translator("core")

#: Forms that write, whichever template they come from; values of attributes are escaped and hold no ``>``.
_FORM = re.compile(r"<form\b(?=[^>]*\bmethod=\"post\")[^>]*>.*?</form>", re.DOTALL)
_CONTROL = re.compile(r"<(?:button|input|select|textarea)\b(?![^>]*(?:\sdisabled\b|\btype=\"hidden\"))[^>]*(?=>)")
_LEAVE = 'action="/auth/view-as/leave"'


def viewed(
    runtime: Runtime, viewer: Principal | None, marked: tuple[int, int] | None, audiences: Sequence[str]
) -> Principal | None:
    """Whom an employee looks as, if this address is one where that person would be signed in.

    Args:
        viewer: who is signed in as an employee.
        marked: (user id, version of the access rules) of the session's mark.
        audiences: who may answer for this address.
    """
    if viewer is None or marked is None or request.path.startswith("/auth/"):
        return None
    user_id, rules = marked
    with runtime.db.read() as connection:
        found = viewing.viewed_principal(connection, runtime, viewer, user_id, rules)
    return found if found is not None and found.audience in audiences else None


def refuse_writing(principal: Principal) -> None:
    """Refuse every unsafe method to who only looks, whatever the page behind it would do.

    Raises:
        Denied: the principal is for looking only.
    """
    if principal.read_only:
        reason = str(_("You are looking only; nothing can be changed in this view."))
        raise Denied(reason, ask=str(_("Leave the view first.")), rule="read_only")


def switched_off(html: str) -> str:
    """A page or a part of one with everything in its writing forms disabled, but the way back to oneself.

    The server refuses every write anyway; this says so before somebody has written a long answer. It is done to the
    finished page so that no template, of whichever plugin, can forget it.
    """
    reason = escape(_("Switched off while you look as somebody else."))

    def off(form: re.Match[str]) -> str:
        text = form.group()
        return text if _LEAVE in text else _CONTROL.sub(disabled, text)

    def disabled(control: re.Match[str]) -> str:
        tag = control.group()
        return f"{tag} disabled" if " title=" in tag else f'{tag} disabled title="{reason}"'

    return _FORM.sub(off, html)


def standing_in(view: View, user_id: int, *, roles: frozenset[str] | None = None) -> View:
    """A request with ``me`` meaning somebody whom the viewer is deputy of; rights stay the viewer's own.

    Args:
        user_id: that person.
        roles: of that person, where only what is offered to them shall be known; never to read with.
    """
    there = copy(view)
    principal = view.principal.with_changes(whose=user_id)
    there._records = Records(principal, view.records.state)
    there._principal = principal if roles is None else principal.with_changes(roles=roles)
    return there
