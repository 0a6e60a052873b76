"""Asking for access: administrators get a notice with who asks, for which address and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weft.core.collaboration import notices
from weft.core.collaboration.sentences import register_kind
from weft.core.i18n import translator
from weft.core.identity import rights
from weft.core.registry.core_plugin import ADMIN

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["tell_administrators"]

_ = translator("core")

KIND = "core.access"
register_kind(KIND, _("%(who)s asks for access to %(at)s: %(why)s"))


def tell_administrators(view: View, name: str, address: str, why: str) -> None:
    """Put the wish into every administrator's notices.

    Args:
        name: who asks, as shown.
        address: path of the page, within this installation.
        why: what it is needed for.
    """
    users = rights.holders(view.connection, ADMIN)
    at = address if address.startswith("/") else "/"
    notices.note(view.records, users, KIND, None, {"at": at, "why": why or "–", "who": name})
