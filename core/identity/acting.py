"""Who does something in which transaction: what the audited operations of this package need.

A records unit of work (:class:`weft.core.records.facade.Records`) is one; :func:`writing` opens one elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, text

from weft.core.errors import ConfirmationNeeded, Denied
from weft.core.i18n import translator
from weft.core.identity import audit
from weft.core.identity.principal import Principal
from weft.core.registry.core_plugin import ADMIN, RATES
from weft.core.registry.runtime import Runtime

__all__ = ["FRESH", "Acting", "note", "require_admin", "require_fresh", "require_rates", "require_self", "writing"]

_ = translator("core")
#: For so long after signing in (or confirming) rights may be changed without being asked again.
FRESH = timedelta(minutes=15)
_ADMINS = 0x77656674_0003


class Acting(Protocol):
    """A principal at work in one write transaction."""

    @property
    def principal(self) -> Principal:
        """Who acts."""

    @property
    def runtime(self) -> Runtime:
        """The installation."""

    @property
    def connection(self) -> Connection:
        """The transaction."""

    @property
    def door(self) -> str:
        """``page``, ``rest``, ``command`` ..."""

    @property
    def now(self) -> datetime:
        """The moment, aware UTC."""


@dataclass(frozen=True, slots=True)
class _Unit:
    principal: Principal
    runtime: Runtime
    connection: Connection
    door: str
    now: datetime


@contextmanager
def writing(runtime: Runtime, principal: Principal, door: str = "command") -> Iterator[Acting]:
    """Open a write transaction for the operations of this package; commits at the end, rolls back on any error."""
    with runtime.db.write() as conn:
        yield _Unit(principal, runtime, conn, door, runtime.clock())


def require_admin(acting: Acting) -> None:
    """Let administrators and the platform itself pass; changes of administrators then happen one after the other.

    Raises:
        Denied: anybody else, and every read-only or token principal without the right to write.
    """
    if not _may(acting.principal, ADMIN):
        reason = str(_("Only administrators may change users, rights and company settings."))
        raise Denied(reason, ask=str(_("An administrator can do it for you.")), rule=ADMIN)
    if acting.connection.dialect.name == "postgresql":
        acting.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADMINS})


def require_rates(acting: Acting) -> None:
    """Let those pass who keep the exchange rates (administrators have that role too), and the platform itself.

    Raises:
        Denied: anybody else, and every read-only or token principal without the right to write.
    """
    if not _may(acting.principal, RATES):
        raise Denied(
            str(_("Only those who keep the exchange rates may load them.")),
            ask=str(_("An administrator can do it for you.")), rule=RATES,
        )  # fmt: skip


def _may(principal: Principal, role: str) -> bool:
    """The platform itself, or who has a role and may write."""
    writes = not principal.read_only and (principal.scopes is None or "write" in principal.scopes)
    return writes and (principal.kind == "system" or principal.has_role(role))


def require_fresh(acting: Acting) -> None:
    """Let a browser session pass only when the person lately showed who they are: a found laptop changes no rights.

    Commands, jobs and tokens have no session and pass.

    Raises:
        ConfirmationNeeded: the door asks for the password (or a code) and repeats the change.
    """
    principal = acting.principal
    if principal.kind != "user" or principal.session_id is None:
        return
    if principal.confirmed_at is None or acting.now - principal.confirmed_at > FRESH:
        raise ConfirmationNeeded


def require_self(acting: Acting, user_id: int) -> None:
    """Let only the user concerned pass.

    Raises:
        Denied: anybody else, and "view as".
    """
    principal = acting.principal
    if principal.user_id != user_id or principal.read_only or principal.kind not in ("user", "token"):
        raise Denied(str(_("Everybody changes only their own account here.")))


def note(acting: Acting, action: str, changes: dict[str, Any], *, undoes: int | None = None) -> int:
    """Append to the audit trail; returns the change set."""
    user_id = acting.principal.user_id
    return audit.write(acting.connection, acting.now, user_id, acting.door, action, changes, undoes=undoes)
