"""First start: an empty installation gets its company and first administrator from whoever holds the printed link.

There is no default account and no default password. The link is made anew at every start while nobody is there, shown
only on the operator's console, and good once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from weft.core.errors import ErrorCollector, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import audit, company, links, passwords, rights, sessions, units, users
from weft.core.identity.sign_in import SignedIn
from weft.core.identity.tables import one_time_link
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime

__all__ = ["announce", "set_up"]

_ = translator("core")


def announce(runtime: Runtime) -> str | None:
    """Make the set-up link of an empty installation and make earlier ones useless; None when somebody is there.

    Returns:
        The absolute address to print, good for one day.
    """
    now = runtime.clock()
    with runtime.db.read() as conn:
        if not company.is_empty(conn):
            return None
    with runtime.db.write() as conn:
        _withdraw(conn, now)
        token, _expires = links.issue(conn, "setup", None, now=now)
    return f"{runtime.settings.public_url}/auth/setup?token={token}"


def set_up(runtime: Runtime, token: str, values: Mapping[str, Any], *, address: str, agent: str = "") -> SignedIn:
    """Name the company, make the first unit and the first administrator, sign in.

    Args:
        token: of the printed link.
        values: ``company``, ``company_alt``, ``currency``, ``zone``, ``locale``, ``name``, ``name_alt``, ``email``,
            ``password``.

    Raises:
        NotFound: the link is unknown, used or expired, or the installation is set up already.
        ValidationFailed: values are unusable; the link stays good.
    """
    now = runtime.clock()
    with runtime.db.read() as conn:
        if links.look(conn, token, now=now).purpose != "setup" or not company.is_empty(conn):
            raise NotFound("setup")
    errors = ErrorCollector()
    password = str(values.get("password") or "")
    words = [str(values.get(key) or "") for key in ("email", "name", "name_alt", "company", "company_alt")]
    try:
        passwords.check_policy(password, [*words, "weft"])
    except ValidationFailed as error:
        errors.errors.extend(error.errors)
    stored = "" if errors.errors else passwords.hash_password(password)
    with runtime.db.write() as conn:
        signed_in = _write(conn, runtime, token, values, stored, errors, now, address, agent)
    company.forget(runtime)
    return signed_in


def _write(
    conn: Connection,
    runtime: Runtime,
    token: str,
    values: Mapping[str, Any],
    stored: str,
    errors: ErrorCollector,
    now: datetime,
    address: str,
    agent: str,
) -> SignedIn:
    links.consume(conn, token, now=now)
    if not company.is_empty(conn):
        raise NotFound("setup")
    locale = str(values.get("locale") or "en")
    common: dict[str, Any] = {"zone": values.get("zone") or "UTC", "locale": locale}
    names = {"name": values.get("company"), "name_alt": values.get("company_alt") or ""}
    user_id = 0
    try:
        company.save(conn, **names, **common, currency=values.get("currency"))
    except ValidationFailed as error:
        errors.errors.extend(_renamed(error))
    try:
        person: dict[str, Any] = {key: str(values.get(key) or "") for key in ("email", "name", "name_alt")}
        user_id = users.create(conn, **person, **common, now=now)
    except ValidationFailed as error:
        errors.errors.extend(item for item in error.errors if item.field not in ("locale", "zone"))
    errors.raise_if_any()
    passwords.store(conn, user_id, stored, now=now)
    rights.set_roles(conn, runtime.registry, user_id, [ADMIN], now=now, by=user_id)
    unit = units.create_unit(conn, name=str(names["name"]), name_alt=str(names["name_alt"]), now=now)
    units.add_member(conn, user_id, unit, now=now, head=True)
    more: dict[str, Any] = {"address": address, "agent": agent, "idle": sessions.IDLE_ADMIN}
    session = sessions.create(conn, user_id, "employee", now=now, **more)
    audit.write(conn, now, user_id, "page", "company.setup", {"user": [None, user_id], "name": [None, names["name"]]})
    return SignedIn(user_id, "employee", locale, "auto", session)


def _renamed(error: ValidationFailed) -> list[Any]:
    """Errors of the company's names under the names of the set-up form."""
    form = {"name": "company", "name_alt": "company_alt"}
    collector = ErrorCollector()
    for item in error.errors:
        collector.add(form.get(item.field, item.field), item.code, item.message)
    return collector.errors


def _withdraw(conn: Connection, now: datetime) -> None:
    c = one_time_link.c
    conn.execute(update(one_time_link).where(c.purpose == "setup", c.used_at.is_(None)).values(used_at=now))
