"""The company's own roles and access rules: where they are kept, and how every process follows them.

The version of the rules is read with each check of a cookie or token, in the same statement. Where it is another one
than the process works by, the rules are read and laid over the declarations before anything is decided.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from weft.core.db.tables import installation
from weft.core.identity.tables import access_role, access_rule, user_role
from weft.core.registry.model import Registry
from weft.core.registry.overlay import Overlay, OwnRole, lay
from weft.core.registry.rules import Rule
from weft.core.registry.runtime import Runtime

__all__ = [
    "bump", "follow", "held", "problems", "put_role", "put_rules", "read", "remove_role", "rules_version", "version",
]  # fmt: skip

_KEY = "rights.version"
_SERVICE = "rights"
_lock = threading.Lock()
#: What other parts keep that was made from the rules.
_DERIVED = ("rest.descriptions",)

#: Column of other statements: the version, NULL before the first change.
rules_version = select(installation.c.value).where(installation.c.key == _KEY).scalar_subquery().label("rules")


@dataclass(frozen=True, slots=True)
class _Followed:
    """What a process works by."""

    version: int
    declared: Registry
    problems: tuple[tuple[str, str, str], ...]


def version(conn: Connection) -> int:
    """How often the rules were changed."""
    return int(conn.execute(select(installation.c.value).where(installation.c.key == _KEY)).scalar() or 0)


def follow(runtime: Runtime, conn: Connection, wanted: int | None = None) -> None:
    """Let the runtime work by the stored rules, if it does not yet.

    Args:
        runtime: whose registry is replaced when the rules are newer.
        conn: a transaction that sees the rules of this version.
        wanted: the version, read before; None reads it.
    """
    number = version(conn) if wanted is None else wanted
    kept: _Followed | None = runtime.services.get(_SERVICE)
    if number <= (kept.version if kept is not None else 0):
        return
    with _lock:
        kept = runtime.services.get(_SERVICE)
        if kept is not None and kept.version >= number:
            return
        declared = kept.declared if kept is not None else runtime.registry
        laid = lay(declared, read(conn))
        runtime.registry = laid.registry
        for service in _DERIVED:
            runtime.services.pop(service, None)
        runtime.services[_SERVICE] = _Followed(number, declared, laid.problems)


def problems(runtime: Runtime) -> tuple[tuple[str, str, str], ...]:
    """(role, entity, sentence) of stored rules that cannot work any more and so give nothing."""
    kept: _Followed | None = runtime.services.get(_SERVICE)
    return kept.problems if kept is not None else ()


def read(conn: Connection) -> Overlay:
    """All own roles and changed rules, in two statements."""
    r, x = access_role.c, access_rule.c
    roles = conn.execute(select(r.key, r.audience, r.label_en, r.label_zh, r.includes, r.help).order_by(r.key))
    rules = conn.execute(select(x.role, x.entity, x.rules).order_by(x.role, x.entity))
    return Overlay(
        {
            row.key: OwnRole(row.key, row.audience, row.label_en, row.label_zh, tuple(row.includes), row.help)
            for row in roles
        },
        {(row.role, row.entity): row.rules for row in rules},
    )


def bump(conn: Connection) -> int:
    """Raise the version as the last step of a change; returns the new one. Changes wait for each other here."""
    i = installation.c
    number = version(conn) + 1
    if number == 1:
        conn.execute(insert(installation).values(key=_KEY, value=1))
    else:
        conn.execute(update(installation).where(i.key == _KEY).values(value=number))
    return number


def put_rules(
    conn: Connection, role: str, entity: str, rules: Sequence[Rule] | None, *, now: datetime, by: int | None
) -> None:
    """Keep the rules of a role on an entity; None goes back to the declared ones."""
    x = access_rule.c
    conn.execute(delete(access_rule).where(x.role == role, x.entity == entity))
    if rules is not None:
        values: dict[str, Any] = {"rules": list(rules), "changed_at": now, "changed_by": by}
        conn.execute(insert(access_rule).values(role=role, entity=entity, **values))


def put_role(conn: Connection, role: OwnRole, *, now: datetime, by: int | None) -> None:
    """Make an own role or change it; its key and audience stay."""
    values: dict[str, Any] = {
        "label_en": role.label_en, "label_zh": role.label_zh, "help": role.help, "includes": list(role.includes),
    }  # fmt: skip
    if not conn.execute(update(access_role).where(access_role.c.key == role.key).values(values)).rowcount:
        values |= {"key": role.key, "audience": role.audience, "created_at": now, "created_by": by}
        conn.execute(insert(access_role).values(values))


def remove_role(conn: Connection, key: str) -> None:
    """Take an own role away with its rules; nobody may hold it any more."""
    conn.execute(delete(access_rule).where(access_rule.c.role == key))
    conn.execute(delete(access_role).where(access_role.c.key == key))


def held(conn: Connection, key: str) -> int:
    """How many people hold a role directly, deactivated ones too."""
    return len(conn.execute(select(user_role.c.user_id).where(user_role.c.role == key)).all())
