"""Load the principal of a user: one statement for the version, one for all rights, none when nothing changed.

The cache is per process and keyed by the user's version, which every change of rights raises: a change in any process
is effective at the next request, and so is a change of the company's access rules, whose version is read along.
Memberships and deputyships that begin or end by date limit how long an entry lives.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, String, cast, literal, null, or_, select, union_all
from sqlalchemy.engine import Row

from weft.core.db.types import RecordId, UtcDateTime
from weft.core.errors import NotSignedIn
from weft.core.identity import rulebook
from weft.core.identity.principal import Principal
from weft.core.identity.tables import anchor, app_user, deputy, membership, org_closure, user_role
from weft.core.registry.model import Registry
from weft.core.registry.runtime import Runtime

__all__ = ["close_roles", "load"]

_CACHE_SIZE = 2000
_SERVICE = "principals"


@dataclass(slots=True)
class _Entry:
    version: int
    principal: Principal
    until: datetime | None
    registry: Registry  # whose roles were closed over


@dataclass(slots=True)
class _Cache:
    """Least recently used entries of one process, safe for threads."""

    entries: OrderedDict[int, _Entry] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, user_id: int, version: int, now: datetime, registry: Registry) -> Principal | None:
        with self.lock:
            entry = self.entries.get(user_id)
            if entry is None or entry.registry is not registry:
                return None
            if entry.version != version or (entry.until is not None and now >= entry.until):
                return None
            self.entries.move_to_end(user_id)
            return entry.principal

    def put(self, user_id: int, entry: _Entry) -> None:
        with self.lock:
            self.entries[user_id] = entry
            self.entries.move_to_end(user_id)
            while len(self.entries) > _CACHE_SIZE:
                self.entries.popitem(last=False)


def load(
    conn: Connection,
    runtime: Runtime,
    user_id: int,
    audience: str,
    *,
    session_id: int | None = None,
    confirmed_at: datetime | None = None,
    version: int | None = None,
    rules: int | None = None,
    kind: Literal["user", "token", "job"] = "user",
    scopes: frozenset[str] | None = None,
    read_only: bool = False,
) -> Principal:
    """Build the principal of an active user in at most two statements.

    Args:
        audience: must be the user's own.
        session_id, confirmed_at: of the browser session.
        version: the user's version when the caller just read it (the cookie check did); saves a statement.
        rules: version of the access rules, likewise; the installation goes over to them when it is another one.
        kind, scopes, read_only: taken over into the principal.

    Raises:
        NotSignedIn: there is no such active user in this audience.
    """
    now = runtime.clock()
    cache: _Cache = runtime.services.setdefault(_SERVICE, _Cache())
    user: Row[Any] | None = None
    if version is None:
        user = _user(conn, user_id, audience)
        version, rules = user.version, user.rules or 0
    rulebook.follow(runtime, conn, rules)
    registry = runtime.registry
    principal = cache.get(user_id, version, now, registry)
    if principal is None or principal.audience != audience:
        user = user if user is not None else _user(conn, user_id, audience)
        principal, until = _build(conn, registry, user, now)
        cache.put(user_id, _Entry(user.version, principal, until, registry))
    if (session_id, kind, scopes, read_only) == (None, "user", None, False):
        return principal
    return principal.with_changes(
        session_id=session_id, confirmed_at=confirmed_at, kind=kind, scopes=scopes, read_only=read_only
    )


def close_roles(registry: Registry, roles: Iterable[str], audience: str) -> frozenset[str]:
    """Add all roles that these include; roles that are not installed or of another audience give nothing."""
    closed: set[str] = set()
    waiting = [audience, *roles]
    while waiting:
        key = waiting.pop()
        role = registry.roles.get(key)
        if key in closed or (role is None and key != audience) or (role is not None and role.audience != audience):
            continue
        closed.add(key)
        waiting.extend(role.includes if role is not None else ())
    return frozenset(closed)


def _user(conn: Connection, user_id: int, audience: str) -> Any:
    u = app_user.c
    statement = select(u.id, u.audience, u.name, u.name_alt, u.locale, u.zone, u.version, rulebook.rules_version)
    wanted = statement.where(u.id == user_id, u.audience == audience, u.active.is_(True))
    row: Any = conn.execute(wanted).first()
    if row is None:
        raise NotSignedIn("this account is closed")
    return row


def _build(conn: Connection, registry: Registry, user: Row[Any], now: datetime) -> tuple[Principal, datetime | None]:
    """Read all rights in one statement; returns the principal and the moment a dated right begins or ends."""
    found: dict[str, set[Any]] = {kind: set() for kind in "rmtad"}
    boundaries: list[datetime] = []
    for kind, number, word, valid_from, valid_to in conn.execute(_rights(user.id, now)):
        boundaries += [moment for moment in (valid_from, valid_to) if moment is not None and moment > now]
        if valid_from is None or valid_from <= now:
            found[kind].add(word if kind == "r" else number)
    principal = Principal(
        kind="user",
        user_id=user.id,
        audience=user.audience,
        roles=close_roles(registry, found["r"], user.audience),
        name=user.name,
        name_alt=user.name_alt or "",
        units=tuple(sorted(found["m"])),
        unit_tree=tuple(sorted(found["t"])),
        anchors=tuple(sorted(found["a"])),
        acts_for=tuple(sorted(found["d"])),
        locale=user.locale,
        zone=user.zone,
    )
    return principal, min(boundaries, default=None)


def _rights(user_id: int, now: datetime) -> Any:
    """One row per right: (kind, number, word, valid from, valid to); ended ones left out, future ones kept."""
    m, d, c = membership.c, deputy.c, org_closure.c
    no_number, no_word = cast(null(), RecordId), cast(null(), String(100))
    no_time = cast(null(), UtcDateTime())
    open_ = or_(m.valid_to.is_(None), m.valid_to > now)

    def part(kind: str, number: Any, word: Any, start: Any = no_time, end: Any = no_time) -> Any:
        return select(literal(kind).label("kind"), number, word, start, end)

    tree = part("t", c.descendant_id, no_word, m.valid_from, m.valid_to)
    tree = tree.join_from(membership, org_closure, c.ancestor_id == m.unit_id).where(m.user_id == user_id, open_)
    acting = part("d", d.user_id, no_word, d.valid_from, d.valid_to)
    acting = acting.join_from(deputy, app_user, app_user.c.id == d.user_id)
    return union_all(
        part("r", no_number, user_role.c.role).where(user_role.c.user_id == user_id),
        part("m", m.unit_id, no_word, m.valid_from, m.valid_to).where(m.user_id == user_id, open_),
        tree,
        part("a", anchor.c.record_id, no_word).where(anchor.c.user_id == user_id),
        acting.where(d.deputy_id == user_id, d.valid_to > now, app_user.c.active.is_(True)),
    )
