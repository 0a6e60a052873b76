"""Storage of users: plain functions over one connection. Checks of rights and the audit trail are in ``admin``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, exists, func, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from weft.core.errors import ErrorCollector, NotFound, ValidationFailed
from weft.core.i18n import LOCALES, in_script, translator
from weft.core.identity.tables import app_user, credential, deputy, membership, org_closure, user_role
from weft.core.identity.zones import time_zones
from weft.core.registry.access import AUDIENCES

__all__ = [
    "STATUSES", "THEMES", "User", "bump", "count_by_status", "create", "deactivate", "find", "find_by_email",
    "find_many", "list_users", "normal_email", "reactivate", "seen", "shown_name", "update_user",
]  # fmt: skip

_ = translator("core")

THEMES = ("auto", "light", "dark")
#: What the list of users tells about each: deactivated, invited (no password yet), new (never signed in), active.
STATUSES = ("active", "new", "invited", "inactive")
#: Country code and number, as E.164 has them.
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
#: What people put between the digits.
_PHONE_MARKS = str.maketrans("", "", " ()-./\u00a0")
#: One @, no spaces or controls, a domain with a dot or a single local name.
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f<>\"]{1,64}@[^@\s\x00-\x1f\x7f<>\"]{1,189}")


@dataclass(frozen=True, slots=True)
class User:
    """One user as the list and the profile show it; ``status`` is one of :data:`STATUSES`."""

    id: int
    audience: str
    email: str
    name: str
    name_alt: str
    phone: str
    locale: str
    zone: str
    theme: str
    active: bool
    version: int
    created_at: datetime
    invited_at: datetime | None
    last_seen_at: datetime | None
    deactivated_at: datetime | None
    status: str


def normal_email(address: str) -> str:
    """Bring a mail address to the stored form: trimmed, lower case.

    Raises:
        ValidationFailed: it cannot be a mail address.
    """
    email = address.strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise ValidationFailed.single("email", "invalid", _("Enter a mail address such as name@company.example."))
    return email


def create(
    conn: Connection,
    *,
    email: str,
    name: str,
    now: datetime,
    audience: str = "employee",
    name_alt: str = "",
    phone: str = "",
    locale: str = "en",
    zone: str = "UTC",
    theme: str = "auto",
    invited: bool = False,
) -> int:
    """Insert a user without password and roles; returns its id.

    Raises:
        ValidationFailed: a value is unusable, or the address is taken in this audience.
    """
    values = _checked(
        {"email": email, "name": name, "name_alt": name_alt, "phone": phone, "locale": locale, "zone": zone,
         "theme": theme}
    )  # fmt: skip
    if audience not in AUDIENCES:
        raise ValidationFailed.single("audience", "invalid", _("Choose one of the portals."))
    values |= {"audience": audience, "created_at": now, "invited_at": now if invited else None}
    with _address_free(conn):
        number: int = conn.execute(insert(app_user).values(values).returning(app_user.c.id)).scalar_one()
    return number


def update_user(conn: Connection, user_id: int, **changes: Any) -> None:
    """Change name, name_alt, email, phone, locale, zone or theme; a sign-in that is open shows it at its next request.

    Raises:
        ValidationFailed: a value is unusable, or the address is taken in this audience.
        NotFound: there is no such user.
    """
    values = _checked(changes)
    if not values:
        return
    statement = update(app_user).where(app_user.c.id == user_id).values(**values, version=app_user.c.version + 1)
    with _address_free(conn):
        changed = conn.execute(statement).rowcount
    if not changed:
        raise NotFound("user")


def deactivate(conn: Connection, user_id: int, *, now: datetime) -> None:
    """Close an account: its sessions and tokens stop at their next use, its records and history stay."""
    _switch(conn, user_id, active=False, deactivated_at=now)


def reactivate(conn: Connection, user_id: int) -> None:
    """Open a closed account again, with the rights it had."""
    _switch(conn, user_id, active=True, deactivated_at=None)


def seen(conn: Connection, user_id: int, *, now: datetime) -> None:
    """Note the moment a user was last seen; does not count as a change."""
    conn.execute(update(app_user).where(app_user.c.id == user_id).values(last_seen_at=now))


def bump(conn: Connection, user_ids: Iterable[int], *, roles_at: datetime | None = None) -> None:
    """Make cached principals of these users stale; with ``roles_at`` their cookies are renewed as well."""
    values: dict[str, Any] = {"version": app_user.c.version + 1}
    if roles_at is not None:
        values["roles_at"] = roles_at
    ids = sorted(set(user_ids))
    for start in range(0, len(ids), 500):
        conn.execute(update(app_user).where(app_user.c.id.in_(ids[start : start + 500])).values(values))


def find(conn: Connection, user_id: int) -> User:
    """One user by id.

    Raises:
        NotFound: there is no such user.
    """
    row = conn.execute(_select().where(app_user.c.id == user_id)).first()
    if row is None:
        raise NotFound("user")
    return _user(row)


def find_many(conn: Connection, user_ids: Iterable[int]) -> list[User]:
    """Users by id, by name; unknown ids are absent."""
    ids = sorted(set(user_ids))
    statement = _select().where(app_user.c.id.in_(ids)).order_by(app_user.c.name, app_user.c.id)
    return [_user(row) for row in conn.execute(statement)] if ids else []


def find_by_email(conn: Connection, email: str, audience: str) -> User | None:
    """The user of an address in one audience, also a deactivated one."""
    statement = _select().where(app_user.c.audience == audience, app_user.c.email == email.strip().lower())
    row = conn.execute(statement).first()
    return _user(row) if row else None


def list_users(
    conn: Connection,
    *,
    audience: str | None = None,
    search: str = "",
    status: str | None = None,
    unit: int | None = None,
    now: datetime | None = None,
    role: str | None = None,
    emails: Sequence[str] | None = None,
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[User]:
    """Users by name, one page; ``after`` is (name, id) of the last one of the page before.

    Args:
        search: part of the name in either script or of the address.
        status: one of :data:`STATUSES`.
        unit: members of this unit and the units below it.
        now: the moment of membership; without it only those without an end count.
        role: holders of this role directly.
        emails: only users with one of these addresses.
    """
    statement = _select()
    if audience:
        statement = statement.where(app_user.c.audience == audience)
    if search:
        found = [
            column.icontains(search, autoescape=True)
            for column in (app_user.c.name, app_user.c.name_alt, app_user.c.email)
        ]
        statement = statement.where(or_(*found))
    if status:
        statement = statement.where(status == _STATUS)
    if unit is not None:
        members = select(membership.c.user_id).join(org_closure, org_closure.c.descendant_id == membership.c.unit_id)
        ended = membership.c.valid_to.is_(None) if now is None else _valid_at(now)
        members = members.where(org_closure.c.ancestor_id == unit, ended)
        statement = statement.where(app_user.c.id.in_(members))
    if role:
        statement = statement.where(app_user.c.id.in_(select(user_role.c.user_id).where(user_role.c.role == role)))
    if emails is not None:
        statement = statement.where(app_user.c.email.in_(list(emails)))
    if after:
        name, last = after
        statement = statement.where(or_(app_user.c.name > name, (app_user.c.name == name) & (app_user.c.id > last)))
    return [_user(row) for row in conn.execute(statement.order_by(app_user.c.name, app_user.c.id).limit(limit))]


def count_by_status(conn: Connection) -> dict[str, int]:
    """How many users there are of each status, zeros included."""
    status = _STATUS.label("status")
    found = {
        row[0]: row[1] for row in conn.execute(select(status, func.count()).select_from(app_user).group_by(status))
    }
    return {status: found.get(status, 0) for status in STATUSES}


def _valid_at(now: datetime) -> Any:
    m = membership.c
    return (m.valid_from <= now) & or_(m.valid_to.is_(None), m.valid_to > now)


def _status_expression() -> Any:
    has_password = exists().where(credential.c.user_id == app_user.c.id)
    return case(
        (app_user.c.active.is_(False), "inactive"),
        (~has_password, "invited"),
        (app_user.c.last_seen_at.is_(None), "new"),
        else_="active",
    )


_STATUS = _status_expression()
_COLUMNS = (
    "id", "audience", "email", "name", "name_alt", "phone", "locale", "zone", "theme", "active", "version",
    "created_at", "invited_at", "last_seen_at", "deactivated_at",
)  # fmt: skip


def _select() -> Any:
    return select(*(app_user.c[name] for name in _COLUMNS), _STATUS.label("status"))


def _user(row: Row[Any]) -> User:
    values = dict(row._mapping)
    values |= {name: values[name] or "" for name in ("name_alt", "phone")}
    return User(**values)


def _switch(conn: Connection, user_id: int, **values: Any) -> None:
    statement = update(app_user).where(app_user.c.id == user_id).values(**values, version=app_user.c.version + 1)
    if not conn.execute(statement).rowcount:
        raise NotFound("user")
    # Whoever acts for this user does so no longer, or again.
    acting = select(deputy.c.deputy_id).where(deputy.c.user_id == user_id)
    conn.execute(update(app_user).where(app_user.c.id.in_(acting)).values(version=app_user.c.version + 1))


@contextmanager
def _address_free(conn: Connection) -> Iterator[None]:
    """A taken address inside the block comes back as a field error and leaves the transaction usable."""
    try:
        with conn.begin_nested():
            yield
    except IntegrityError as error:
        raise ValidationFailed.single("email", "unique", _("This address is already in use.")) from error


def _checked(changes: dict[str, Any]) -> dict[str, Any]:
    unknown = set(changes) - {"email", "name", "name_alt", "phone", "locale", "zone", "theme"}
    if unknown:
        raise ValueError(f"not changeable here: {sorted(unknown)}")
    values = dict(changes)
    errors = ErrorCollector()
    for name in ("name", "name_alt"):
        if name in values:
            values[name] = " ".join(str(values[name] or "").split()) or None
            if len(values[name] or "") > 120:
                errors.add(name, "too_long", _("Use at most 120 characters."))
    if "name" in values and not values["name"]:
        errors.add("name", "required", _("Enter a name."))
    if "email" in values:
        try:
            values["email"] = normal_email(str(values["email"] or ""))
        except ValidationFailed as error:
            errors.errors.extend(error.errors)
    if "phone" in values:
        values["phone"] = str(values["phone"] or "").replace("(0)", "").translate(_PHONE_MARKS) or None
        if values["phone"] and not _PHONE.fullmatch(values["phone"]):
            message = _("Enter the number with its country code, such as +44 20 7946 0000.")
            errors.add("phone", "invalid", message)
    if "locale" in values and values["locale"] not in LOCALES:
        errors.add("locale", "invalid", _("Choose one of the languages."))
    if "zone" in values and values["zone"] not in time_zones():
        errors.add("zone", "invalid", _("Choose a time zone such as Europe/Amsterdam."))
    if "theme" in values and values["theme"] not in THEMES:
        errors.add("theme", "invalid", _("Choose one of the themes."))
    errors.raise_if_any()
    return values


def shown_name(user: User, locale: str) -> str:
    """The user's name in the script of a language."""
    return in_script(user.name, user.name_alt, locale)[0]
