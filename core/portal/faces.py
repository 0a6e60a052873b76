"""What administrators made of each portal: name, logo, accent, host name, languages, menu. Read often, written rarely.

Every page needs it, so a process reads all of it at most every five seconds; a change shows at once where it was made.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from weft.core.errors import ErrorCollector, NotFound, TooLarge
from weft.core.i18n import LOCALES, translator
from weft.core.identity.acting import Acting, note, require_admin
from weft.core.portal.colours import parse_colours
from weft.core.portal.tables import portal_face, portal_text
from weft.core.registry.runtime import Runtime

__all__ = ["Face", "all_faces", "face_of", "forget", "hosts", "is_logo", "portal_of_host", "save", "save_menu"]

_ = translator("core")

_SERVICE = "portal.faces"
_FRESH = timedelta(seconds=5)
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
_LONGEST_NAME = 60
_LARGEST_MENU = 32_768


@dataclass(frozen=True, slots=True)
class Face:
    """How one portal looks and what it offers.

    Attributes:
        names: language -> name in the head; where one is missing the company's name stands.
        logo_file: id of the logo's file.
        accent, accent_dark: ``#rrggbb`` on light and dark pages; empty for the product's own.
        host: host name that leads here, empty when none does.
        locales: languages offered.
        registration: strangers may ask for an account.
        menu: ``entry key`` or ``group:<key>`` -> ``{"place": int, "hidden": bool, "label": {locale: text}}``.
        version: grows with every change; part of the stylesheet's address.
        texts: kind (``terms``, ``privacy``) -> present version.
    """

    portal: str
    names: Mapping[str, str] = field(default_factory=dict)
    logo_file: int | None = None
    accent: str = ""
    accent_dark: str = ""
    host: str = ""
    locales: tuple[str, ...] = tuple(LOCALES)
    registration: bool = False
    menu: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    version: int = 0
    texts: Mapping[str, int] = field(default_factory=dict)

    def name(self, locale: str) -> str:
        """Name in a language, empty when administrators gave none."""
        return self.names.get(locale) or ""

    def offered(self, locale: str) -> str:
        """The language itself where the portal offers it, else the first it offers."""
        return locale if locale in self.locales else self.locales[0]


def all_faces(runtime: Runtime) -> Mapping[str, Face]:
    """Faces of the portals that administrators touched, by portal key."""
    cache: _Cache = runtime.services.setdefault(_SERVICE, _Cache())
    return cache.read(runtime)


def face_of(runtime: Runtime, portal: str) -> Face:
    """The face of one portal; that of an untouched one when nobody changed it."""
    return all_faces(runtime).get(portal) or Face(portal)


def forget(runtime: Runtime) -> None:
    """Read anew at the next look; call it after a change was committed."""
    runtime.services.pop(_SERVICE, None)


def hosts(runtime: Runtime) -> frozenset[str]:
    """Host names that lead to a portal."""
    return frozenset(face.host for face in all_faces(runtime).values() if face.host)


def portal_of_host(runtime: Runtime, host: str) -> str | None:
    """Key of the portal a host name leads to."""
    name = host.partition(":")[0].lower()
    return next((key for key, face in all_faces(runtime).items() if face.host and face.host == name), None)


def is_logo(runtime: Runtime, file_id: int) -> bool:
    """True when a file is the logo of a portal, which anybody may see."""
    return any(face.logo_file == file_id for face in all_faces(runtime).values())


def save(acting: Acting, portal: str, **changes: Any) -> int:
    """Change a portal's face; returns the change set. Names are those of :class:`Face` besides menu and texts.

    Raises:
        Denied: not an administrator.
        NotFound: there is no such portal.
        ValidationFailed: a value is unusable; names all such fields.
    """
    require_admin(acting)
    before = _row(acting, portal)
    values = _checked(acting, portal, changes)
    if "accent" in values or "accent_dark" in values:
        pair = (values.get("accent", before["accent"]) or "", values.get("accent_dark", before["accent_dark"]) or "")
        values["accent"], values["accent_dark"] = (one or None for one in parse_colours(*pair))
    return _write(acting, portal, before, values)


def save_menu(acting: Acting, portal: str, menu: Mapping[str, Mapping[str, Any]]) -> int:
    """Keep order, hidden lines and other words of a portal's menu; an empty one goes back to what plugins declared."""
    require_admin(acting)
    if len(json.dumps(menu)) > _LARGEST_MENU:
        raise TooLarge("a menu has at most 32 kB")
    return _write(acting, portal, _row(acting, portal), {"menu": dict(menu)})


def _row(acting: Acting, portal: str) -> dict[str, Any]:
    if portal not in acting.runtime.registry.portals:
        raise NotFound(portal)
    row = acting.connection.execute(select(portal_face).where(portal_face.c.portal == portal)).mappings().first()
    empty: dict[str, Any] = {column.name: None for column in portal_face.c}
    empty |= {"portal": portal, "names": {}, "locales": [], "menu": {}, "registration": False, "version": 0}
    return dict(row) if row is not None else empty


def _write(acting: Acting, portal: str, before: dict[str, Any], values: dict[str, Any]) -> int:
    real = {name: value for name, value in values.items() if value != before[name]}
    if real:
        kept = before | real | {"version": before["version"] + 1, "updated_at": acting.now}
        if before["version"]:
            acting.connection.execute(update(portal_face).where(portal_face.c.portal == portal).values(**kept))
        else:
            acting.connection.execute(insert(portal_face).values(**kept))
        acting.runtime.db.after_commit(lambda: forget(acting.runtime))
    changes = {name: [before[name], value] for name, value in real.items() if name != "menu"}
    action = "portal.menu" if "menu" in values else "portal.update"
    return note(acting, action, {"portal": [portal, portal], **changes})


def _checked(acting: Acting, portal: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    values, errors = dict(changes), ErrorCollector()
    if "names" in values:
        names = {locale: " ".join(str(text or "").split()) for locale, text in values["names"].items()}
        for locale, text in names.items():
            if len(text) > _LONGEST_NAME:
                slots = {"count": _LONGEST_NAME}
                errors.add(f"name_{locale}", "too_long", _("Use at most %(count)s characters.") % slots)
        values["names"] = {locale: text for locale, text in names.items() if text and locale in LOCALES}
    if "host" in values:
        values["host"] = str(values["host"] or "").strip().lower() or None
        _check_host(acting, portal, values["host"], errors)
    if "locales" in values:
        values["locales"] = [locale for locale in LOCALES if locale in values["locales"]]
        if not values["locales"]:
            errors.add("locales", "required", _("Offer at least one language."))
    errors.raise_if_any()
    return values


def _check_host(acting: Acting, portal: str, host: str | None, errors: ErrorCollector) -> None:
    if host is None:
        return
    if not _HOST.fullmatch(host) or len(host) > 253:
        errors.add("host", "invalid", _("Enter a host name such as customers.company.example, without https://."))
    elif host in acting.runtime.settings.trusted_hosts:
        errors.add("host", "unique", _("This is the address of Weft itself. Choose another host name."))
    else:
        f = portal_face.c
        taken = acting.connection.scalar(select(f.portal).where(f.host == host, f.portal != portal))
        if taken is not None:
            errors.add("host", "unique", _("Another portal has this host name already."))


class _Cache:
    """All faces, read now and then."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Mapping[str, Face] | None = None
        self.at: datetime | None = None

    def read(self, runtime: Runtime) -> Mapping[str, Face]:
        now = runtime.clock()
        value, at = self.value, self.at
        if value is not None and at is not None and timedelta(0) <= now - at < _FRESH:
            return value
        with runtime.db.read() as connection:
            value = _load(connection)
        with self.lock:
            self.value, self.at = value, now
        return value


def _load(connection: Connection) -> Mapping[str, Face]:
    t = portal_text.c
    versions: dict[str, dict[str, int]] = {}
    for row in connection.execute(select(t.portal, t.kind, func.max(t.version).label("v")).group_by(t.portal, t.kind)):
        versions.setdefault(row.portal, {})[row.kind] = row.v
    found = {key: Face(key, texts=texts) for key, texts in versions.items()}
    for row in connection.execute(select(portal_face)):
        found[row.portal] = Face(
            row.portal, row.names or {}, row.logo_file, row.accent or "", row.accent_dark or "", row.host or "",
            tuple(row.locales or LOCALES), row.registration, row.menu or {}, row.version, versions.get(row.portal, {}),
        )  # fmt: skip
    return found
