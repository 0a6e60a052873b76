"""People with passwords, phones and sessions."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest

from weft.core.identity import passwords, principals, second_factor, sessions
from weft.core.identity.principal import Principal
from weft.core.registry.runtime import Runtime
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

GOOD = "tulips under rain"


class Phone:
    """Somebody's authenticator app."""

    def __init__(self, secret: str, clock: MovedClock) -> None:
        self._totp, self._clock = pyotp.TOTP(secret), clock

    def code(self) -> str:
        return self._totp.at(self._clock.now)

    def wrong(self) -> str:
        return f"{(int(self.code()) + 500_000) % 1_000_000:06}"

    def next(self) -> str:
        """The code of the next half minute."""
        self._clock.move(seconds=30)
        return self.code()


class Ann:
    """A person with password, phone and recovery codes."""

    def __init__(self, user_id: int, phone: Phone, codes: list[str]) -> None:
        self.id, self.phone, self.codes = user_id, phone, codes


@pytest.fixture
def plain(weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock) -> int:
    """``ann@test.example`` without second step."""
    user = weft_cast.user("employee", email="ann@test.example", name="Ann")
    with weft_runtime.db.write() as conn:
        passwords.set_password(conn, user, GOOD, now=moved_clock.now)
    return user


@pytest.fixture
def ann(weft_runtime: Runtime, plain: int, moved_clock: MovedClock) -> Ann:
    secret = pyotp.random_base32()
    phone = Phone(secret, moved_clock)
    with weft_runtime.db.write() as conn:
        step = second_factor.accept(secret, phone.code(), now=moved_clock.now)
        codes = second_factor.switch_on(conn, weft_runtime.settings, plain, secret, step, now=moved_clock.now)
    return Ann(plain, phone, codes)


@pytest.fixture
def phone(moved_clock: MovedClock) -> Callable[[str], Phone]:
    """Takes a secret over into an app."""
    return lambda secret: Phone(secret, moved_clock)


@pytest.fixture
def in_session(weft_runtime: Runtime) -> Callable[[int], Principal]:
    """A person in a browser session that was opened just now."""

    def run(user_id: int) -> Principal:
        now = weft_runtime.clock()
        with weft_runtime.db.write() as conn:
            opened = sessions.create(conn, user_id, "employee", now=now)
            return principals.load(conn, weft_runtime, user_id, "employee", session_id=opened.id, confirmed_at=now)

    return run
