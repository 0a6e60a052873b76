"""Passwords: what is accepted, how it is kept, and checks that take as long for unknown people as for known ones."""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, select

from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.common_passwords import common_passwords, plain, weak_cores
from weft.core.identity.tables import credential

__all__ = [
    "MAX_LENGTH", "MIN_LENGTH", "check_policy", "has_password", "hash_password", "needs_rehash", "random_password",
    "set_password", "store", "verify",
]  # fmt: skip

_ = translator("core")

MIN_LENGTH = 12
MAX_LENGTH = 128
#: A password must have at least this many characters that are neither names, nor digits at its ends.
_LEAST_OWN = 6
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Each hash takes 19 MiB; a flood of sign-ins must not take all memory.
_slots = threading.BoundedSemaphore(4)


def check_policy(password: str, context: Iterable[str] = ()) -> None:
    """Refuse passwords that are too short, too long, common, or made of what everybody knows about the person.

    Args:
        password: as typed.
        context: words of the person and the company: address, names, company name.

    Raises:
        ValidationFailed: for the field ``password``, with the reason.
    """
    text = unicodedata.normalize("NFKC", password)
    if len(text) < MIN_LENGTH:
        raise _refused("too_short", _("Use at least 12 characters; a short sentence is easy to remember."))
    if len(text) > MAX_LENGTH:
        raise _refused("too_long", _("Use at most 128 characters."))
    if _is_common(text):
        raise _refused("common", _("This password is on the lists that attackers try first. Choose another one."))
    if _is_personal(text, context):
        message = _("This password consists of names that others know. Choose words that nobody connects with you.")
        raise _refused("personal", message)


def hash_password(password: str) -> str:
    """The stored form: argon2id with 19 MiB, two passes."""
    with _slots:
        return _hasher.hash(_normal(password))


def verify(stored: str | None, password: str) -> bool:
    """Compare; without a stored hash as much time is spent, and the answer is False."""
    with _slots:
        try:
            return _hasher.verify(stored or _nobody(), _normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def random_password() -> str:
    """A password for demo people and resets by command: 24 letters and digits in four groups."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _i in range(6)) for _j in range(4))


def set_password(
    conn: Connection, user_id: int, password: str, *, now: datetime, check: bool = True, context: Iterable[str] = ()
) -> None:
    """Give a user a password; for commands and the demo, doors hash outside of a transaction and :func:`store`.

    Args:
        check: False for passwords that were made, not chosen.
        context: see :func:`check_policy`.

    Raises:
        ValidationFailed: the password is refused by the policy.
    """
    if check:
        check_policy(password, context)
    store(conn, user_id, hash_password(password), now=now)


def store(conn: Connection, user_id: int, stored: str, *, now: datetime) -> None:
    """Keep the hash of a user's (first or next) password."""
    values = {"password_hash": stored, "changed_at": now}
    changed = conn.execute(credential.update().where(credential.c.user_id == user_id).values(values)).rowcount
    if not changed:
        conn.execute(credential.insert().values(user_id=user_id, **values))


def has_password(conn: Connection, user_id: int) -> bool:
    """True when the user has set a password."""
    return conn.execute(select(credential.c.user_id).where(credential.c.user_id == user_id)).first() is not None


@cache
def _nobody() -> str:
    """The hash of a password that nobody has."""
    return _hasher.hash(secrets.token_urlsafe(32))


def _normal(password: str) -> str:
    # The same text typed on two machines may differ in code points; more than the maximum is never accepted.
    return unicodedata.normalize("NFKC", password[: 4 * MAX_LENGTH])


def _is_common(text: str) -> bool:
    lower = text.casefold()
    core = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", lower)
    forms = {lower, plain(lower), plain(core) if core else lower}
    if forms & common_passwords() or _repeats(lower) or _counts(lower):
        return True
    # A known word with digits and signs around it is that word.
    return not core or not weak_cores().isdisjoint({core, plain(core)})


def _repeats(text: str) -> bool:
    """The same one to five characters over and over."""
    return any(text == (text[:period] * len(text))[: len(text)] for period in range(1, 6))


def _counts(text: str) -> bool:
    """Every character is the next (or the one before) of its predecessor, except at most twice."""
    for step in (1, -1):
        breaks = sum(1 for left, right in pairwise(text) if ord(right) - ord(left) != step)
        if breaks <= 2:
            return True
    return False


def _is_personal(text: str, context: Iterable[str]) -> bool:
    rest = plain(text)
    words = {word for entry in context for word in re.split(r"[\W_]+", entry.casefold()) if len(word) >= 2}
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(plain(word), "")
    if rest == plain(text):
        return False
    return len(set(re.sub(r"[\W_\d]", "", rest))) < _LEAST_OWN


def _refused(code: str, message: object) -> ValidationFailed:
    return ValidationFailed.single("password", code, message)
