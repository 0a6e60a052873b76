"""Who at the company is responsible for a visitor: shown on every page of an external portal.

It is the owner of the organisation that stands for the visitor. Name, mail and number are shown on purpose, whatever
else the visitor may read of that record.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from weft.core.db.tables import record
from weft.core.i18n import in_script
from weft.core.identity.principal import Principal
from weft.core.identity.tables import app_user, membership

__all__ = ["Contact", "contact_of"]


@dataclass(frozen=True, slots=True)
class Contact:
    """The responsible person: name in the viewer's script, position, mail, telephone number."""

    user_id: int
    name: str
    position: str
    email: str
    phone: str


def contact_of(connection: Connection, principal: Principal) -> Contact | None:
    """The responsible person, None for employees and for visitors whose records nobody owns."""
    if principal.internal or not principal.anchors:
        return None
    u, m = app_user.c, membership.c
    statement = (
        select(u.id, u.name, u.name_alt, u.email, u.phone, m.position, m.position_alt)
        .join_from(record, app_user, u.id == record.c.owner_id)
        .outerjoin(membership, (m.user_id == u.id) & m.valid_to.is_(None))
        .where(record.c.id.in_(principal.anchors), record.c.deleted_at.is_(None), u.active.is_(True))
        .order_by(record.c.id, m.id)
        .limit(1)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    position = in_script(row.position or "", row.position_alt)[0]
    return Contact(row.id, in_script(row.name, row.name_alt)[0], position, row.email, row.phone or "")
