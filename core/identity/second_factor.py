"""The second step of signing in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

Storage and checks only; who may switch it on or off is decided in :mod:`weft.core.identity.account` and
:mod:`weft.core.identity.admin`. A code is good once: an app code never for a time step at or before the last one taken.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from weft.core.config import Settings
from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import company, rights
from weft.core.identity.principals import close_roles
from weft.core.identity.sealing import Unreadable, keyed_hash, seal, unseal
from weft.core.identity.tables import app_user, recovery_code, second_factor
from weft.core.registry.model import Registry

__all__ = [
    "RECOVERY_CODES", "Offer", "Policy", "accept", "check", "codes_left", "is_on", "new_codes", "offer", "on_of",
    "opened", "policy", "required", "set_policy", "switch_off", "switch_on",
]  # fmt: skip

_ = translator("core")

RECOVERY_CODES = 10
_STEP = 30
#: Codes of the step before and after are taken too: clocks differ and people type slowly.
_WINDOW = 1
_OFFER_GOOD = timedelta(minutes=30)
#: No letters and digits that look alike.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_POLICY = "second_factor"
_FACTOR, _RECOVERY, _OFFER = "second-factor", "recovery-code", "second-factor-offer"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret somebody may take over into their app.

    Attributes:
        secret: base32, to be typed by hand.
        uri: ``otpauth://`` address for the QR code.
        sealed: the secret for the form that brings the first code; nothing is stored before.
    """

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """Who must have a second step: all of some audiences, and holders of some roles."""

    audiences: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


# ---- setting up


def offer(settings: Settings, user_id: int, email: str, issuer: str, *, now: datetime, secret: str = "") -> Offer:
    """Propose a secret (or show the same one again after a wrong first code).

    Args:
        email: names the account in the app.
        issuer: names the company in the app.
    """
    import pyotp

    secret = secret or pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer.replace(":", " "))
    text = f"{int(now.timestamp())}:{secret}"
    return Offer(secret, uri, seal(settings, _OFFER, text, about=str(user_id)))


def opened(settings: Settings, user_id: int, sealed: str, *, now: datetime) -> str:
    """The secret of an offer that a form brings back.

    Raises:
        ValidationFailed: it is older than half an hour, or was made for somebody else.
    """
    try:
        made, _colon, secret = unseal(settings, _OFFER, sealed[:400], about=str(user_id)).partition(":")
    except Unreadable:
        made, secret = "0", ""
    if not secret or now.timestamp() - int(made) > _OFFER_GOOD.total_seconds():
        raise ValidationFailed.single("", "expired", _("This page is too old. Begin again."))
    return secret


def accept(secret: str, code: str, *, now: datetime) -> int:
    """Check the first code of a secret; returns its time step.

    Raises:
        ValidationFailed: the code does not fit.
    """
    step = _matching_step(secret, code, now)
    if step is None:
        message = _("This code does not fit. Check that the clock of the phone is right, and type the newest code.")
        raise ValidationFailed.single("code", "wrong", message)
    return step


def switch_on(
    conn: Connection, settings: Settings, user_id: int, secret: str, step: int, *, now: datetime
) -> list[str]:
    """Keep a secret whose first code was right; returns the recovery codes, which are shown once.

    Args:
        step: time step of that first code; it is not taken again.
    """
    sealed = seal(settings, _FACTOR, secret, about=str(user_id))
    conn.execute(delete(second_factor).where(second_factor.c.user_id == user_id))
    conn.execute(insert(second_factor).values(user_id=user_id, secret=sealed, last_step=step, created_at=now))
    return new_codes(conn, settings, user_id)


def switch_off(conn: Connection, user_id: int) -> bool:
    """Forget the secret and the recovery codes; False when there were none."""
    conn.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    return bool(conn.execute(delete(second_factor).where(second_factor.c.user_id == user_id)).rowcount)


def new_codes(conn: Connection, settings: Settings, user_id: int) -> list[str]:
    """Ten recovery codes in place of the earlier ones; kept as keyed hashes only."""
    made = [
        "-".join("".join(secrets.choice(_LETTERS) for _i in range(4)) for _j in range(3))
        for _k in range(RECOVERY_CODES)
    ]
    rows = [{"user_id": user_id, "code_hash": _hashes(settings, user_id, code)[0]} for code in made]
    conn.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    conn.execute(insert(recovery_code), rows)
    return made


# ---- checking


def check(conn: Connection, settings: Settings, user_id: int, code: str, *, now: datetime) -> str:
    """Take a code: returns ``app`` or ``recovery``, and "" when it is wrong or was used before.

    Of simultaneous uses of one code exactly one succeeds.
    """
    typed = re.sub(r"[\s-]", "", code).lower()
    if re.fullmatch(r"\d{6}", typed, re.ASCII):
        return "app" if _check_app(conn, settings, user_id, typed, now) else ""
    r = recovery_code.c
    mine = (r.user_id == user_id, r.code_hash.in_(_hashes(settings, user_id, typed[:40])), r.used_at.is_(None))
    return "recovery" if conn.execute(update(recovery_code).where(*mine).values(used_at=now)).rowcount else ""


def is_on(conn: Connection, user_id: int) -> bool:
    """True when the user signs in with a second step."""
    return bool(on_of(conn, [user_id]))


def on_of(conn: Connection, user_ids: Sequence[int]) -> dict[int, datetime]:
    """Those of these users who have a second step, with the moment since when; one statement."""
    f = second_factor.c
    return {
        row.user_id: row.created_at
        for row in conn.execute(select(f.user_id, f.created_at).where(f.user_id.in_(list(user_ids))))
    }


def codes_left(conn: Connection, user_id: int) -> int:
    """How many recovery codes are still good."""
    r = recovery_code.c
    statement = select(func.count()).where(r.user_id == user_id, r.used_at.is_(None))
    return int(conn.execute(statement).scalar_one())


# ---- who must


def policy(conn: Connection) -> Policy:
    """Who must have a second step."""
    stored = company.get_value(conn, _POLICY) or {}
    return Policy(frozenset(stored.get("audiences") or ()), frozenset(stored.get("roles") or ()))


def set_policy(conn: Connection, audiences: Iterable[str], roles: Iterable[str]) -> None:
    """Keep who must have a second step; effective at the next sign-in of everybody concerned."""
    company.set_value(conn, _POLICY, {"audiences": sorted(set(audiences)), "roles": sorted(set(roles))})


def required(conn: Connection, registry: Registry, user_id: int) -> bool:
    """True when a user must sign in with a second step, by audience or by a role held directly or through another."""
    found = policy(conn)
    if not found.audiences and not found.roles:
        return False
    audience = conn.execute(select(app_user.c.audience).where(app_user.c.id == user_id)).scalar_one()
    held = close_roles(registry, rights.roles_of(conn, [user_id])[user_id], audience)
    return audience in found.audiences or bool(held & found.roles)


# ---- inside


def _check_app(conn: Connection, settings: Settings, user_id: int, code: str, now: datetime) -> bool:
    f = second_factor.c
    row: Any = conn.execute(select(f.secret, f.last_step).where(f.user_id == user_id)).first()
    if row is None:
        return False
    try:
        secret = unseal(settings, _FACTOR, row.secret, about=str(user_id))
    except Unreadable:
        return False  # the secret key was changed: an administrator resets the second step
    step = _matching_step(secret, code, now)
    if step is None:
        return False
    newer = update(second_factor).where(f.user_id == user_id, f.last_step < step).values(last_step=step)
    return bool(conn.execute(newer).rowcount)


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is; all steps of the window are compared, in equal time."""
    import pyotp

    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // _STEP
    typed = re.sub(r"[\s-]", "", code)[:12].encode("utf-8", "replace")
    found = None
    for step in range(present - _WINDOW, present + _WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed):
            found = step
    return found


def _hashes(settings: Settings, user_id: int, code: str) -> list[str]:
    return keyed_hash(settings, _RECOVERY, code.replace("-", ""), about=str(user_id))
