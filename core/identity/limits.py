"""Limits on guessing, kept in the database: per account and address, per account, per address, and for all together.

Nobody can lock somebody else out: an address from which an account signed in before has a limit of its own, and every
limit ends by itself. Attempts that are refused here are not counted. Accounts that do not exist are treated alike.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, insert, select, text, update

from weft.core.errors import RateLimited
from weft.core.i18n import translator
from weft.core.identity.tables import sign_in_attempt

__all__ = ["account_key", "admit", "may_reset", "may_send", "purge", "succeeded"]

_ = translator("core")

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
#: (failures, within, wait after the last one) of one account from one address: five a minute, then longer pauses.
_PAIR = ((5, _MINUTE, _MINUTE), (15, timedelta(minutes=15), timedelta(minutes=2)), (40, _HOUR, timedelta(minutes=5)))
#: The same for one account from all addresses that are new to it: a pause between attempts.
_STRANGERS = ((15, _MINUTE, timedelta(seconds=10)), (60, _HOUR, timedelta(seconds=30)))
#: For one address, whatever the account (an office behind one address has many people).
_ADDRESS = ((40, _MINUTE, timedelta(seconds=20)), (300, _HOUR, _MINUTE))
#: For all together; people at addresses they used before are not held up.
_ALL = ((400, _MINUTE, timedelta(seconds=2)),)
#: Codes of the second step for one account: a guess has three chances in a million.
_CODES = ((5, _MINUTE, _MINUTE), (12, _HOUR, timedelta(minutes=10)), (40, timedelta(days=1), _HOUR))
#: An address is known to an account for this long after its last success there.
_KNOWN = timedelta(days=30)
_RESETS_OF_ACCOUNT, _RESETS_OF_ADDRESS = 3, 20
_SENT_BY_ADDRESS = 20
_LOCK = 0x77656674_0002


def account_key(audience: str, email: str) -> str:
    """What stands for the account typed; a hash, so that the table keeps no addresses of strangers."""
    return hashlib.sha256(f"{audience}:{email.strip().lower()}".encode("utf-8", "replace")).hexdigest()


def admit(conn: Connection, account: str, address: str, *, now: datetime, kind: str = "sign_in") -> int:
    """Let an attempt begin and note it as failed until :func:`succeeded`; returns its id.

    Noting comes first, so that a hundred attempts at once are counted as a hundred.

    Args:
        kind: ``sign_in`` for passwords; ``code`` for the second step, whose codes are short: there the account alone
            counts, from wherever they come (whoever tries has the password already).

    Raises:
        RateLimited: with the seconds to wait; the attempt is not noted.
    """
    _lock(conn, account)
    a = sign_in_attempt.c
    if kind == "code":
        of_account = and_(a.kind == kind, a.success.is_(False), a.account == account)
        _refuse(_wait(conn, of_account, _CODES, now))
        return _note(conn, kind, account, address, now)
    known_here = and_(a.account == account, a.address == address, a.success.is_(True), a.at > now - _KNOWN)
    known = conn.execute(select(a.id).where(known_here).limit(1)).first() is not None
    failed = and_(a.kind == "sign_in", a.success.is_(False))
    waits = [
        _wait(conn, and_(failed, a.account == account, a.address == address), _PAIR, now),
        _wait(conn, and_(failed, a.address == address), _ADDRESS, now),
    ]
    if not known:
        waits += [_wait(conn, and_(failed, a.account == account), _STRANGERS, now), _wait(conn, failed, _ALL, now)]
    _refuse(max(waits))
    return _note(conn, kind, account, address, now)


def succeeded(conn: Connection, attempt_id: int) -> None:
    """The attempt was right: it counts no longer, and its address is known to the account."""
    conn.execute(update(sign_in_attempt).where(sign_in_attempt.c.id == attempt_id).values(success=True))


def may_reset(conn: Connection, account: str, address: str, *, now: datetime) -> bool:
    """Note a request for a reset link; False above three an hour for an account or twenty for an address."""
    _lock(conn, account)
    a = sign_in_attempt.c
    of_account = func.sum(case((a.account == account, 1), else_=0))
    of_address = func.sum(case((a.address == address, 1), else_=0))
    statement = select(of_account, of_address).where(a.kind == "reset", a.at > now - _HOUR)
    accounts, addresses = conn.execute(statement).one()
    _note(conn, "reset", account, address, now)
    return (accounts or 0) < _RESETS_OF_ACCOUNT and (addresses or 0) < _RESETS_OF_ADDRESS


def may_send(conn: Connection, purpose: str, subject: str, address: str, *, now: datetime, most: int = 1) -> str:
    """Note that a visitor sent a public form: ``fine``; not noted are ``again`` (it was sent) and ``busy`` (too much).

    Args:
        conn: a writing transaction.
        purpose: up to ten letters; every purpose is counted apart.
        subject: what may be sent ``most`` times an hour: the form as it was shown, or a mail address.
        address: network address; at most twenty an hour come from one.
        now: aware.
        most: how often the subject may be sent.
    """
    account = hashlib.sha256(f"{purpose}:{subject}".encode("utf-8", "replace")).hexdigest()
    _lock(conn, account)
    a = sign_in_attempt.c
    of_subject = func.sum(case((a.account == account, 1), else_=0))
    of_address = func.sum(case((a.address == address[:45], 1), else_=0))
    statement = select(of_subject, of_address).where(a.kind == purpose, a.at > now - _HOUR)
    subjects, addresses = conn.execute(statement).one()
    if (subjects or 0) >= most:
        return "again"
    if (addresses or 0) >= _SENT_BY_ADDRESS:
        return "busy"
    _note(conn, purpose, account, address, now)
    return "fine"


def purge(conn: Connection, *, now: datetime) -> int:
    """Drop failures older than a day and successes older than the time an address stays known; returns how many."""
    a = sign_in_attempt.c
    old = and_(a.success.is_(False), a.at < now - timedelta(days=1))
    return conn.execute(delete(sign_in_attempt).where(old | (a.at < now - _KNOWN))).rowcount


def _refuse(wait: timedelta) -> None:
    if wait > timedelta(0):
        seconds = int(wait.total_seconds()) + 1
        message = _("Too many attempts. Try again in %(seconds)s seconds.") % {"seconds": seconds}
        raise RateLimited(str(message), retry_after=seconds)


def _wait(conn: Connection, which: Any, limits: Any, now: datetime) -> timedelta:
    """How long to wait, one statement for all windows of one kind."""
    a = sign_in_attempt.c
    counts = [func.sum(case((a.at > now - within, 1), else_=0)) for _count, within, _pause in limits]
    longest = max(within for _count, within, _pause in limits)
    row = conn.execute(select(func.max(a.at), *counts).where(which, a.at > now - longest)).one()
    last: datetime | None = row[0]
    if last is None:
        return timedelta(0)
    pauses = [pause for (limit, _w, pause), count in zip(limits, row[1:], strict=True) if (count or 0) >= limit]
    return max((last + pause - now for pause in pauses), default=timedelta(0))


def _note(conn: Connection, kind: str, account: str, address: str, now: datetime) -> int:
    values = {"kind": kind, "account": account, "address": address[:45], "at": now, "success": False}
    number: int = conn.execute(insert(sign_in_attempt).values(values).returning(sign_in_attempt.c.id)).scalar_one()
    return number


def _lock(conn: Connection, account: str) -> None:
    """Count and note without anybody of the same account in between; SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        number = int(account[:8], 16) - 2**31
        conn.execute(text("SELECT pg_advisory_xact_lock(:space, :key)"), {"space": _LOCK & 0x7FFFFFFF, "key": number})
