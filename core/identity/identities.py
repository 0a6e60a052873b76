"""Accounts at sign-in providers that belong to users. The identity is issuer and subject; addresses are only shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.tables import external_identity

__all__ = ["Identity", "find", "link", "of_user", "unlink", "used"]

_ = translator("core")
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Identity:
    """One link between a user and an account at a provider."""

    id: int
    user_id: int
    provider: str
    issuer: str
    subject: str
    label: str
    linked_at: datetime
    last_used_at: datetime | None


def find(conn: Connection, audience: str, issuer: str, subject: str) -> Identity | None:
    """The link of an account, in one audience, compared exactly (also of a closed user); None when there is none."""
    e = external_identity.c
    mine = (e.audience == audience, e.issuer == issuer, e.subject == subject)
    row = conn.execute(_columns().where(*mine)).first()
    return _identity(row) if row is not None else None


def of_user(conn: Connection, user_id: int) -> list[Identity]:
    """All links of a user, oldest first."""
    e = external_identity.c
    return [_identity(row) for row in conn.execute(_columns().where(e.user_id == user_id).order_by(e.id))]


def link(
    conn: Connection, user_id: int, audience: str, provider: str, issuer: str, subject: str, label: str, *,
    now: datetime, by: int | None,
) -> int:  # fmt: skip
    """Give an account to a user; returns the link's id.

    Raises:
        ValidationFailed: there is no subject, or it belongs to somebody.
    """
    subject = subject.strip()
    if not subject or len(subject) > _LONGEST:
        raise ValidationFailed.single("subject", "required", _("Enter the id that the provider gives the account."))
    e = external_identity.c
    taken = select(e.id).where(e.audience == audience, e.issuer == issuer, e.subject == subject)
    if conn.execute(taken).first() is not None:
        raise ValidationFailed.single("subject", "taken", _("This account is linked to somebody already."))
    values = {
        "user_id": user_id, "audience": audience, "provider": provider, "issuer": issuer, "subject": subject,
        "label": label[:254], "linked_at": now, "linked_by": by,
    }  # fmt: skip
    number: int = conn.execute(insert(external_identity).values(values).returning(e.id)).scalar_one()
    return number


def unlink(conn: Connection, identity_id: int) -> None:
    """Take a link away."""
    conn.execute(delete(external_identity).where(external_identity.c.id == identity_id))


def used(conn: Connection, identity_id: int, label: str, *, now: datetime) -> None:
    """Note that somebody signed in by a link, and what the provider calls the account today."""
    e = external_identity.c
    conn.execute(update(external_identity).where(e.id == identity_id).values(last_used_at=now, label=label[:254]))


def _columns() -> Any:
    e = external_identity.c
    return select(e.id, e.user_id, e.provider, e.issuer, e.subject, e.label, e.linked_at, e.last_used_at)


def _identity(row: Any) -> Identity:
    return Identity(**{**row._mapping, "label": row.label or ""})
