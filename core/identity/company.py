"""The company of this installation: names, currency, zone, language, fiscal year, and the demo mark."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select, update

from weft.core.db.money import is_currency
from weft.core.db.tables import installation
from weft.core.errors import ErrorCollector
from weft.core.i18n import LOCALES, in_script, translator
from weft.core.identity.tables import app_user
from weft.core.identity.zones import time_zones
from weft.core.registry.runtime import Runtime

__all__ = ["KEY", "Company", "cached", "demo_mark", "get", "get_value", "is_empty", "save", "set_value"]

_ = translator("core")

#: Key of the installation under which the settings are kept.
KEY = "company"
_DEMO = "demo"
_SERVICE = "company"
_FRESH = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Company:
    """Settings of the company.

    Attributes:
        name, name_alt: name and its form in the other script.
        currency: ISO code of the company currency.
        zone: IANA time zone; decides what "today" is.
        locale: language of visitors who have chosen none.
        fiscal_year_start: month, 1 to 12.
        idle_minutes: a sign-in ends after so long without a request.
        address: postal address as in address fields.
        tax_id, phone, website: shown on documents.
        logo_file: id of the logo's file, if any.
    """

    name: str = "Weft"
    name_alt: str = ""
    currency: str = "EUR"
    zone: str = "UTC"
    locale: str = "en"
    fiscal_year_start: int = 1
    idle_minutes: int = 30
    address: dict[str, Any] | None = None
    tax_id: str = ""
    phone: str = ""
    website: str = ""
    logo_file: int | None = None

    def shown(self, locale: str | None = None) -> tuple[str, str]:
        """(name in the viewer's script, the other form or empty)."""
        return in_script(self.name, self.name_alt, locale)

    def today(self, now: datetime) -> date:
        """The company's calendar day at a moment."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def fiscal_year(self, day: date) -> tuple[date, date]:
        """First and last day of the fiscal year a day is in."""
        year = day.year if day.month >= self.fiscal_year_start else day.year - 1
        first = date(year, self.fiscal_year_start, 1)
        return first, date(year + 1, self.fiscal_year_start, 1) - timedelta(days=1)


def get(conn: Connection) -> Company:
    """The settings, defaults for what was never set."""
    stored = get_value(conn, KEY) or {}
    known = {name: value for name, value in stored.items() if name in Company.__dataclass_fields__}
    return Company(**known)


def save(conn: Connection, **changes: Any) -> tuple[Company, Company]:
    """Change settings; returns (before, after).

    Raises:
        ValidationFailed: a value is unusable; names all such fields.
    """
    before = get(conn)
    after = replace(before, **_checked(changes))
    set_value(conn, KEY, asdict(after))
    return before, after


def cached(runtime: Runtime) -> Company:
    """The settings for frames and formats: read at most every five seconds per process."""
    cache: _Cache = runtime.services.setdefault(_SERVICE, _Cache())
    return cache.read(runtime)


def forget(runtime: Runtime) -> None:
    """Make :func:`cached` read again; call it after a change was committed."""
    runtime.services.pop(_SERVICE, None)


def get_value(conn: Connection, key: str) -> Any:
    """A value of the installation by key, None when it was never set."""
    return conn.execute(select(installation.c.value).where(installation.c.key == key)).scalar_one_or_none()


def set_value(conn: Connection, key: str, value: Any) -> None:
    """Keep a value of the installation."""
    changed = conn.execute(update(installation).where(installation.c.key == key).values(value=value)).rowcount
    if not changed:
        conn.execute(insert(installation).values(key=key, value=value))


def demo_mark(conn: Connection) -> dict[str, Any] | None:
    """What ``weft demo`` noted (``made_at`` and more), None outside of a demo database."""
    found = get_value(conn, _DEMO)
    return dict(found) if found else None


def is_empty(conn: Connection) -> bool:
    """True on an installation without any user: the first visitor with the printed link sets it up."""
    return not conn.execute(select(func.count()).select_from(select(app_user.c.id).limit(1).subquery())).scalar()


class _Cache:
    """One company read now and then."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Company | None = None
        self.at: datetime | None = None

    def read(self, runtime: Runtime) -> Company:
        now = runtime.clock()
        value, at = self.value, self.at
        if value is not None and at is not None and timedelta(0) <= now - at < _FRESH:
            return value
        with runtime.db.read() as conn:
            value = get(conn)
        with self.lock:
            self.value, self.at = value, now
        return value


def _checked(changes: dict[str, Any]) -> dict[str, Any]:
    unknown = set(changes) - set(Company.__dataclass_fields__)
    if unknown:
        raise ValueError(f"no company settings: {sorted(unknown)}")
    values, errors = dict(changes), ErrorCollector()
    for name, longest in (("name", 120), ("name_alt", 120), ("tax_id", 40), ("phone", 24), ("website", 200)):
        if name in values:
            values[name] = " ".join(str(values[name] or "").split())
            if len(values[name]) > longest:
                errors.add(name, "too_long", _("Use at most %(count)s characters.") % {"count": longest})
    if "name" in values and not values["name"]:
        errors.add("name", "required", _("Enter the name of the company."))
    if values.get("website") and not str(values["website"]).startswith(("https://", "http://")):
        errors.add("website", "invalid", _("Enter an address that begins with https://."))
    if "currency" in values and not is_currency(values["currency"]):
        errors.add("currency", "invalid", _("Choose a currency."))
    if "zone" in values and values["zone"] not in time_zones():
        errors.add("zone", "invalid", _("Choose a time zone such as Europe/Amsterdam."))
    if "locale" in values and values["locale"] not in LOCALES:
        errors.add("locale", "invalid", _("Choose one of the languages."))
    for name, least, most in (("fiscal_year_start", 1, 12), ("idle_minutes", 5, 720)):
        if name in values:
            values[name] = _whole(values[name])
            if values[name] is None or not least <= values[name] <= most:
                slots = {"least": least, "most": most}
                errors.add(name, "invalid", _("Enter a whole number from %(least)s to %(most)s.") % slots)
    errors.raise_if_any()
    return values


def _whole(value: Any) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
