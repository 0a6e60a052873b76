"""What a user holds besides the base role of the audience: roles, anchors, deputies. Storage only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import users
from weft.core.identity.tables import anchor, app_user, deputy, user_role
from weft.core.registry.model import Registry

__all__ = [
    "Deputy", "add_deputy", "anchors_of", "deputies", "end_deputy", "holders", "roles_of", "set_anchors", "set_roles",
]  # fmt: skip

_ = translator("core")
_MAX_DEPUTY = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Deputy:
    """``deputy_id`` acts for ``user_id`` from ``valid_from`` until before ``valid_to``."""

    id: int
    user_id: int
    deputy_id: int
    valid_from: datetime
    valid_to: datetime


def set_roles(
    conn: Connection, registry: Registry, user_id: int, roles: Iterable[str], *, now: datetime, by: int | None = None
) -> tuple[frozenset[str], frozenset[str]]:
    """Give a user exactly these roles besides the base role; returns (added, removed).

    Effective at the user's next request, which also gets a new cookie.

    Raises:
        ValidationFailed: a role is unknown, or of another audience than the user (internal and external roles
            exclude each other).
        NotFound: no such user.
    """
    row = conn.execute(select(app_user.c.audience).where(app_user.c.id == user_id)).first()
    if row is None:
        raise NotFound("user")
    wanted = frozenset(roles) - {row.audience}
    for key in sorted(wanted):
        role = registry.roles.get(key)
        if role is None:
            raise ValidationFailed.single("roles", "invalid", _("The role %(role)s does not exist.") % {"role": key})
        if role.audience != row.audience:
            message = _("The role %(role)s is for another portal. One account is either internal or external.")
            raise ValidationFailed.single("roles", "audience", message % {"role": str(role.label)})
    held = frozenset(conn.execute(select(user_role.c.role).where(user_role.c.user_id == user_id)).scalars())
    added, removed = wanted - held, held - wanted
    if removed:
        conn.execute(delete(user_role).where(user_role.c.user_id == user_id, user_role.c.role.in_(sorted(removed))))
    if added:
        rows = [
            {"user_id": user_id, "role": key, "audience": row.audience, "role_audience": registry.roles[key].audience,
             "granted_at": now, "granted_by": by}
            for key in sorted(added)
        ]  # fmt: skip
        conn.execute(insert(user_role), rows)
    if added or removed:
        users.bump(conn, [user_id], roles_at=now)
    return added, removed


def roles_of(conn: Connection, user_ids: Sequence[int]) -> dict[int, list[str]]:
    """Directly held roles of several users in one statement, by key."""
    found: dict[int, list[str]] = {user_id: [] for user_id in user_ids}
    if user_ids:
        statement = select(user_role.c.user_id, user_role.c.role).where(user_role.c.user_id.in_(list(user_ids)))
        for user_id, role in conn.execute(statement.order_by(user_role.c.role)):
            found[user_id].append(role)
    return found


def holders(conn: Connection, role: str) -> list[int]:
    """Active users who hold a role directly."""
    statement = select(user_role.c.user_id).join(app_user, app_user.c.id == user_role.c.user_id)
    statement = statement.where(user_role.c.role == role, app_user.c.active.is_(True))
    return sorted(conn.execute(statement).scalars())


def set_anchors(
    conn: Connection, user_id: int, record_ids: Iterable[int], *, now: datetime, by: int | None = None
) -> tuple[frozenset[int], frozenset[int]]:
    """Let exactly these records stand for a user; returns (added, removed).

    Raises:
        ValidationFailed: a record does not exist. NotFound: no such user.
    """
    if conn.execute(select(app_user.c.id).where(app_user.c.id == user_id)).first() is None:
        raise NotFound("user")
    wanted = frozenset(record_ids)
    held = frozenset(conn.execute(select(anchor.c.record_id).where(anchor.c.user_id == user_id)).scalars())
    added, removed = wanted - held, held - wanted
    if removed:
        conn.execute(delete(anchor).where(anchor.c.user_id == user_id, anchor.c.record_id.in_(sorted(removed))))
    if added:
        rows = [{"user_id": user_id, "record_id": key, "created_at": now, "created_by": by} for key in sorted(added)]
        try:
            with conn.begin_nested():
                conn.execute(insert(anchor), rows)
        except IntegrityError as error:
            raise ValidationFailed.single("anchors", "invalid", _("This record does not exist.")) from error
    if added or removed:
        users.bump(conn, [user_id], roles_at=now)
    return added, removed


def anchors_of(conn: Connection, user_ids: Sequence[int]) -> dict[int, list[int]]:
    """Anchors of several users in one statement, ascending."""
    found: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
    if user_ids:
        statement = select(anchor.c.user_id, anchor.c.record_id).where(anchor.c.user_id.in_(list(user_ids)))
        for user_id, record_id in conn.execute(statement.order_by(anchor.c.record_id)):
            found[user_id].append(record_id)
    return found


def add_deputy(
    conn: Connection, user_id: int, deputy_id: int, *, valid_from: datetime, valid_to: datetime, now: datetime
) -> int:
    """Let ``deputy_id`` act for ``user_id`` for a period; returns the id.

    Raises:
        ValidationFailed: oneself, a person of another portal or no longer active, or an unusable period.
    """
    if user_id == deputy_id:
        raise ValidationFailed.single("deputy", "invalid", _("Choose somebody else than yourself."))
    if not now < valid_to or not valid_from < valid_to or valid_to - valid_from > _MAX_DEPUTY:
        message = _("Choose a period that ends in the future, after its beginning and within one year.")
        raise ValidationFailed.single("valid_to", "invalid", message)
    both = select(app_user.c.audience, app_user.c.active).where(app_user.c.id.in_([user_id, deputy_id]))
    rows = conn.execute(both).all()
    if len(rows) != 2 or rows[0].audience != rows[1].audience or not all(row.active for row in rows):
        raise ValidationFailed.single("deputy", "invalid", _("Choose an active person of the same portal."))
    values = {
        "user_id": user_id, "deputy_id": deputy_id, "valid_from": valid_from, "valid_to": valid_to, "created_at": now,
    }  # fmt: skip
    number: int = conn.execute(insert(deputy).values(values).returning(deputy.c.id)).scalar_one()
    users.bump(conn, [deputy_id])
    return number


def end_deputy(conn: Connection, entry_id: int, *, at: datetime, user_id: int | None = None) -> None:
    """End a deputyship now; with ``user_id`` only that person's own. NotFound when there is none."""
    mine = deputy.c.id == entry_id if user_id is None else and_(deputy.c.id == entry_id, deputy.c.user_id == user_id)
    row = conn.execute(select(deputy.c.deputy_id).where(mine, deputy.c.valid_to > at)).first()
    if row is None:
        raise NotFound("deputy")
    conn.execute(update(deputy).where(deputy.c.id == entry_id).values(valid_to=at))
    users.bump(conn, [row.deputy_id])


def deputies(conn: Connection, user_id: int, *, now: datetime) -> list[Deputy]:
    """Present and future deputyships in which a user is either side, by beginning."""
    d = deputy.c
    statement = select(d.id, d.user_id, d.deputy_id, d.valid_from, d.valid_to)
    statement = statement.where(or_(d.user_id == user_id, d.deputy_id == user_id), d.valid_to > now)
    rows: Sequence[Any] = conn.execute(statement.order_by(d.valid_from, d.id)).all()
    return [Deputy(*row) for row in rows]
