"""A form that creates something is saved once, however often its button is pressed.

Each form carries a random token. The first save notes token and address in the same transaction; the second finds
them (or meets the unique key) and is sent to what the first one made. Notes older than a day are dropped on the way.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from weft.core.identity.tables import user_preference

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["FIELD", "new_token", "remember", "replayed"]

#: Name of the hidden field.
FIELD = "_once"
_TOKEN = re.compile(r"[0-9]{8}[A-Za-z0-9_-]{22}")
_KEEP = timedelta(days=1)


def new_token(view: View) -> str:
    """A token for a form about to be shown; begins with the day, so that old ones can be found."""
    return view.runtime.clock().strftime("%Y%m%d") + secrets.token_urlsafe(16)


def replayed(view: View) -> str | None:
    """Address that an earlier save of the same form led to, None for the first one."""
    token = _token(view)
    if token is None:
        return None
    p = user_preference.c
    statement = select(p.value).where(p.user_id == view.principal.user_id, p.key == f"once:{token}")
    found = view.connection.execute(statement).scalar_one_or_none()
    return str(found["to"]) if found else None


def remember(view: View, address: str) -> None:
    """Note where this form's save leads to; in the same transaction as the save."""
    token = _token(view)
    if token is None:
        return
    p = user_preference.c
    oldest = (view.runtime.clock() - _KEEP).strftime("%Y%m%d")
    old = delete(user_preference).where(p.user_id == view.principal.user_id, p.key >= "once:", p.key < f"once:{oldest}")
    view.connection.execute(old)
    view.connection.execute(
        insert(user_preference).values(user_id=view.principal.user_id, key=f"once:{token}", value={"to": address})
    )


def _token(view: View) -> str | None:
    token = view.form.get(FIELD, "")
    return token if view.principal.user_id is not None and _TOKEN.fullmatch(token) else None
