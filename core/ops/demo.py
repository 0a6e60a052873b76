"""``weft demo``: an invented company in an empty database, each plugin bringing its part by ``weft_demo``.

Knows how to make units, people and moments of the past; what the company does is the plugins' business.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select

from weft.core.config import Settings
from weft.core.db.tables import installation, outbox, record
from weft.core.errors import ConfigError
from weft.core.identity import company, passwords, principals, rights, units, users
from weft.core.identity.principal import SYSTEM
from weft.core.identity.tables import app_user
from weft.core.records import rates
from weft.core.records import unit as work
from weft.core.records.facade import Records
from weft.core.registry.runtime import Runtime

__all__ = ["DemoContext", "make_demo", "password_file", "read_password"]

SIZES = ("small", "medium", "large")
LOCALES = ("en", "zh", "both")
DOMAIN = "demo.weft.example"


@dataclass(slots=True)
class DemoContext:
    """What a plugin gets to make its part of the demo company.

    Attributes:
        runtime: the installation.
        day: D, the day the demo is made, in the company's zone.
        size: ``small``, ``medium`` or ``large``.
        seed: the same seed makes the same company.
        locale: ``en``, ``zh`` or ``both``: language of free texts.
        people: key of a person -> user id; units: key of a unit -> unit id; filled by whoever makes them.
        made: key of a named record -> record id, for plugins that come later.
        progress: ``progress(label, done, total)``.
    """

    runtime: Runtime
    day: date
    size: str
    seed: int
    locale: str
    password: str
    progress: Callable[[str, int, int], None]
    people: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def side(self, alternate: bool) -> int:
        """Which of a pair of free texts (English, Chinese) to write: the wanted language, else the office's own.

        Args:
            alternate: the office that writes works in Chinese.
        """
        return {"en": 0, "zh": 1}.get(self.locale, int(alternate))

    def set_company(self, **values: Any) -> None:
        """Set name, currency, zone and language of the company."""
        with self.runtime.db.write() as connection:
            company.save(connection, **values)

    def set_rates(self, quotes: Mapping[str, Sequence[tuple[int, str]]]) -> None:
        """Set dated rates: currency -> (days from D, company currency per unit)."""
        rows = [
            rates.Rate(currency, self.moment(days).date(), Decimal(rate), "demo")
            for currency, line in quotes.items()
            for days, rate in line
        ]
        with self.runtime.db.write() as connection:
            rates.set_rates(connection, rows)

    def add_unit(self, key: str, name: str, name_alt: str, parent: str = "") -> int:
        """Make an organisational unit; returns its id."""
        with self.runtime.db.write() as connection:
            self.units[key] = units.create_unit(
                connection,
                name=name,
                name_alt=name_alt,
                parent_id=self.units[parent] if parent else None,
                position=len(self.units),
                now=self.moment(-720),
            )
        return self.units[key]

    def add_person(
        self,
        key: str,
        name: str,
        name_alt: str,
        *,
        audience: str = "employee",
        unit: str = "",
        position: str = "",
        position_alt: str = "",
        locale: str = "en",
        zone: str = "Asia/Shanghai",
        roles: Sequence[str] = (),
        head: bool = False,
        login: bool = False,
        since: int = -700,
        until: int | None = None,
        anchors: Sequence[int] = (),
        phone: str = "",
    ) -> int:
        """Make a user ``<key>@demo.weft.example``; with ``login`` it gets the demo password.

        Args:
            roles: those that are installed are given. A visitor of an external portal for whom none is named gets every
                role of the audience, as the first person of a company who is invited does.
            since, until: days from D in which the person belongs to the unit; with ``until`` the user is closed.
        """
        known = self.runtime.registry.roles
        if not roles and audience != "employee":
            roles = [role.key for role in known.values() if role.audience == audience and role.key != audience]
        installed = [role for role in roles if role in known]
        now = self.runtime.clock()
        with self.runtime.db.write() as connection:
            user_id = users.create(
                connection, email=f"{key}@{DOMAIN}", name=name, name_alt=name_alt, audience=audience, phone=phone,
                locale=locale,
                zone=zone, now=self.moment(since),
            )  # fmt: skip
            if unit:
                units.add_member(
                    connection, user_id, self.units[unit], now=now, position=position, position_alt=position_alt,
                    head=head, valid_from=self.moment(since),
                    valid_to=None if until is None else self.moment(until),
                )  # fmt: skip
            rights.set_roles(connection, self.runtime.registry, user_id, installed, now=now)
            if anchors:
                rights.set_anchors(connection, user_id, anchors, now=now)
            if login:
                passwords.set_password(connection, user_id, self.password, now=now, check=False)
                _list_on_sign_in(connection, key, audience)
            if until is not None:
                users.deactivate(connection, user_id, now=self.moment(until))
        self.people[key] = user_id
        return user_id

    def moment(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """The moment ``days`` from D at an hour of the company's day, moved to a working day unless it is D."""
        day = self.day + timedelta(days=days)
        while days and day.weekday() > 4:
            day += timedelta(days=1 if days > 0 else -1)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))

    @contextmanager
    def acting(self, who: str | None, at: datetime) -> Iterator[Records]:
        """Open a writing unit as a person (None: the platform) at a moment of the past."""
        past = replace(self.runtime, clock=lambda: at)
        principal = SYSTEM
        if who is not None:
            with self.runtime.db.read() as connection:
                audience = users.find(connection, self.people[who]).audience
                principal = principals.load(connection, self.runtime, self.people[who], audience)
        with work.writing(past, principal, door="demo") as records:
            yield records

    @contextmanager
    def back_then(self, who: str) -> Iterator[None]:
        """Let somebody who has left own records while the block lasts, for what they had before they left."""
        row = app_user.c.id == self.people[who]
        with self.runtime.db.write() as connection:
            connection.execute(app_user.update().where(row).values(active=True))
        try:
            yield
        finally:
            with self.runtime.db.write() as connection:
                connection.execute(app_user.update().where(row).values(active=False))


def make_demo(
    runtime: Runtime,
    *,
    size: str = "small",
    seed: int = 7,
    locale: str = "both",
    day: date | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> str:
    """Fill an empty database with the demo company; returns the password of its people.

    Args:
        runtime: an installation whose database has tables but no people and records.
        day: D; today in the company's zone when not given.

    Raises:
        ConfigError: the database is not empty, or an option is unknown.
    """
    if size not in SIZES or locale not in LOCALES:
        raise ConfigError(f"size is one of {', '.join(SIZES)}; locale is one of {', '.join(LOCALES)}")
    with runtime.db.read() as connection:
        people = connection.execute(select(func.count()).select_from(app_user)).scalar_one()
        entities = [runtime.registry.entity_id(key) for key in runtime.registry.entities if not key.startswith("core.")]
        records = connection.execute(select(record.c.id).where(record.c.type_id.in_(entities)).limit(1)).first()
    if people or records:
        raise ConfigError("The demo company needs an empty database: this one has people or records already.")
    password = read_password(runtime.settings) or secrets.token_urlsafe(12)
    context = DemoContext(
        runtime, day or runtime.clock().astimezone(ZoneInfo("Asia/Shanghai")).date(), size, seed, locale, password,
        progress or (lambda label, done, total: None),
    )  # fmt: skip
    with runtime.db.write() as connection:
        mark = {"day": context.day.isoformat(), "size": size, "people": {}}
        connection.execute(insert(installation).values(key="demo", value=mark))
    for key in runtime.plugins.active:
        hook = getattr(runtime.plugins.manager.get_plugin(key), "weft_demo", None)
        if hook is not None:
            context.progress(key, 0, 1)
            hook(context=context)
    with runtime.db.write() as connection:
        # Two years of events in one go would keep the workers busy with notices about the past.
        connection.execute(delete(outbox).where(outbox.c.kind.in_(("event", "receiver"))))
    _keep_password(runtime.settings, password)
    return password


def password_file(settings: Settings) -> Path:
    """Where the demo's password is kept, readable by the owner only."""
    return settings.home / "demo-password"


def read_password(settings: Settings) -> str | None:
    """The password given by ``WEFT_DEMO_PASSWORD`` or kept from before."""
    given = os.environ.get("WEFT_DEMO_PASSWORD")
    if given:
        return given
    path = password_file(settings)
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def _keep_password(settings: Settings, password: str) -> None:
    path = password_file(settings)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(password + "\n")


def _list_on_sign_in(connection: Any, key: str, audience: str) -> None:
    """Note a person in the demo mark, so that the sign-in page can list people by role."""
    row = connection.execute(select(installation.c.value).where(installation.c.key == "demo")).scalar_one()
    row["people"].setdefault(audience, []).append(key)
    connection.execute(installation.update().where(installation.c.key == "demo").values(value=row))
