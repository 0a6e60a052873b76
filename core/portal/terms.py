"""Terms and privacy page of a portal, in versions, and who agreed to which.

A version is never changed: whoever agreed to it can always be shown what it said. An empty text withdraws the page.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from weft.core.errors import ErrorCollector, NotFound
from weft.core.i18n import LOCALES, LazyText, translator
from weft.core.identity.acting import Acting, note, require_admin, require_self
from weft.core.identity.principal import Principal
from weft.core.portal import faces
from weft.core.portal.tables import portal_text, user_consent
from weft.core.registry.runtime import Runtime

__all__ = [
    "KINDS", "PublishedText", "agree", "consents", "missing", "public_privacy", "publish", "published",
    "record_consent",
]  # fmt: skip

_ = translator("core")

KINDS: Mapping[str, LazyText] = {"terms": _("Terms of use"), "privacy": _("Privacy")}
_LONGEST = 60_000
_SERVICE = "portal.consents"


@dataclass(frozen=True, slots=True)
class PublishedText:
    """One version of a text; ``texts`` is language -> Markdown."""

    kind: str
    version: int
    texts: Mapping[str, str]
    created_at: datetime
    created_by: int | None

    def shown(self, locale: str) -> tuple[str, str]:
        """(language it is in, Markdown): the viewer's language where there is one, else another."""
        if self.texts.get(locale):
            return locale, self.texts[locale]
        return next(((code, text) for code, text in self.texts.items() if text), (locale, ""))


def publish(acting: Acting, portal: str, kind: str, texts: Mapping[str, str]) -> int:
    """Make a new version of a text, which everybody is asked about at their next page; returns the change set.

    Saving what stands there already makes no version.

    Raises:
        Denied: not an administrator. NotFound: no such portal or kind.
        ValidationFailed: a text is too long.
    """
    require_admin(acting)
    if portal not in acting.runtime.registry.portals or kind not in KINDS:
        raise NotFound(f"{portal}/{kind}")
    plain = {code: texts.get(code, "").replace("\r\n", "\n").strip() for code in LOCALES}
    errors = ErrorCollector()
    for code, text in plain.items():
        if len(text) > _LONGEST:
            errors.add(f"text_{code}", "too_long", _("Use at most %(count)s characters.") % {"count": _LONGEST})
    errors.raise_if_any()
    present = published(acting.connection, portal, kind)
    number = present.version if present is not None else 0
    changed = plain != (dict(present.texts) if present is not None else dict.fromkeys(LOCALES, ""))
    if changed:
        number += 1
        row = {"portal": portal, "kind": kind, "version": number, "texts": plain, "created_at": acting.now}
        acting.connection.execute(insert(portal_text).values(**row, created_by=acting.principal.user_id))
        acting.runtime.db.after_commit(lambda: faces.forget(acting.runtime))
    values = {"portal": [portal, portal], "kind": [None, kind], "version": [None, number]}
    return note(acting, "portal.text", values)


def published(conn: Connection, portal: str, kind: str, version: int | None = None) -> PublishedText | None:
    """A version of a text, the present one by default; None when there is none."""
    t = portal_text.c
    statement = select(t.kind, t.version, t.texts, t.created_at, t.created_by)
    statement = statement.where(t.portal == portal, t.kind == kind).order_by(t.version.desc()).limit(1)
    row = conn.execute(statement if version is None else statement.where(t.version == version)).first()
    return PublishedText(*row) if row is not None else None


def public_privacy(runtime: Runtime) -> str | None:
    """Portal whose privacy page forms for the whole world link: the first one outside the company that has one."""
    found = sorted(runtime.registry.portals.values(), key=lambda one: (one.audience == "employee", one.order, one.key))
    return next((spec.key for spec in found if faces.face_of(runtime, spec.key).texts.get("privacy")), None)


# ---- consent


def missing(conn: Connection, runtime: Runtime, principal: Principal, portal: str) -> dict[str, PublishedText]:
    """Texts of a portal the person has not agreed to in their present version, by kind; asks nothing twice."""
    wanted = dict(faces.face_of(runtime, portal).texts)
    if not wanted or principal.user_id is None:
        return {}
    known: _Known = runtime.services.setdefault(_SERVICE, _Known())
    if known.has(principal.user_id, portal, wanted):
        return {}
    u = user_consent.c
    statement = select(u.kind, u.version).where(u.user_id == principal.user_id, u.portal == portal)
    agreed = {(row.kind, row.version) for row in conn.execute(statement)}
    found: dict[str, PublishedText] = {}
    for kind, version in wanted.items():
        if (kind, version) not in agreed:
            text = published(conn, portal, kind, version)
            if text is not None and any(text.texts.values()):
                found[kind] = text
    if not found:
        known.add(principal.user_id, portal, wanted)
    return dict(sorted(found.items(), reverse=True))


def agree(acting: Acting, portal: str, versions: Mapping[str, int]) -> int:
    """Keep that the person agrees to these versions; returns the change set.

    Raises:
        Denied: for somebody else. NotFound: such a version was never published.
    """
    user_id = acting.principal.user_id or 0
    require_self(acting, user_id)
    return record_consent(acting, user_id, portal, versions)


def record_consent(acting: Acting, user_id: int, portal: str, versions: Mapping[str, int]) -> int:
    """The same for somebody whose account is being made and who agreed on the form before."""
    for kind, version in versions.items():
        if published(acting.connection, portal, kind, version) is None:
            raise NotFound(kind)
    u = user_consent.c
    held = select(u.kind, u.version).where(u.user_id == user_id, u.portal == portal)
    agreed = {(row.kind, row.version) for row in acting.connection.execute(held)}
    rows = [
        {"user_id": user_id, "portal": portal, "kind": kind, "version": version, "at": acting.now}
        for kind, version in versions.items()
        if (kind, version) not in agreed
    ]
    if rows:
        acting.connection.execute(insert(user_consent), rows)
    changes = {kind: [None, version] for kind, version in versions.items()}
    return note(acting, "user.consent", {"user": [user_id, user_id], "portal": [None, portal], **changes})


def consents(conn: Connection, user_ids: Iterable[int]) -> dict[int, list[tuple[str, str, int, datetime]]]:
    """What people agreed to, newest first: (portal, kind, version, moment), in one statement."""
    ids = sorted(set(user_ids))
    found: dict[int, list[tuple[str, str, int, datetime]]] = {user_id: [] for user_id in ids}
    u = user_consent.c
    statement = select(u.user_id, u.portal, u.kind, u.version, u.at).where(u.user_id.in_(ids))
    for row in conn.execute(statement.order_by(u.at.desc(), u.kind)) if ids else ():
        found[row.user_id].append((row.portal, row.kind, row.version, row.at))
    return found


class _Known:
    """Who has agreed to what stands now: consent is asked for rarely, but looked for on every page."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pairs: set[tuple[int, str, tuple[tuple[str, int], ...]]] = set()

    def has(self, user_id: int, portal: str, versions: Mapping[str, int]) -> bool:
        with self.lock:
            return (user_id, portal, tuple(sorted(versions.items()))) in self.pairs

    def add(self, user_id: int, portal: str, versions: Mapping[str, int]) -> None:
        with self.lock:
            if len(self.pairs) > 20_000:
                self.pairs.clear()
            self.pairs.add((user_id, portal, tuple(sorted(versions.items()))))
