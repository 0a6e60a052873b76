"""Signing in, sessions, links: what an attacker tries and what then must be true."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from weft.core.errors import NotFound, NotSignedIn, RateLimited, ValidationFailed
from weft.core.identity import limits, links, passwords, sessions, sign_in, users
from weft.core.identity.sign_in import SignedIn
from weft.core.identity.tables import credential, one_time_link, sign_in_attempt, user_session
from weft.core.registry.runtime import Runtime
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

pytestmark = pytest.mark.both_databases
GOOD = "tulips under rain"
Enter = Callable[..., SignedIn]
HOME, FAR = "192.0.2.10", "198.51.100.7"


@pytest.fixture
def person(weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock) -> int:
    """An employee with the address ``lin@test.example`` and the password :data:`GOOD`."""
    user = weft_cast.user("employee", email="lin@test.example", name="Lin Shutong")
    with weft_runtime.db.write() as conn:
        passwords.set_password(conn, user, GOOD, now=moved_clock.now)
    return user


@pytest.fixture
def enter(weft_runtime: Runtime) -> Callable[..., SignedIn]:
    def run(password: str = GOOD, *, email: str = "lin@test.example", address: str = HOME, **more: str) -> SignedIn:
        given = {"audience": "employee", **more}
        return sign_in.sign_in(weft_runtime, email=email, password=password, address=address, **given)

    return run


def check(runtime: Runtime, token: str, audience: str = "employee") -> sessions.SessionCheck | None:
    with runtime.db.read() as conn:
        return sessions.find_by_cookie(conn, token, audience, now=runtime.clock())


def failures(enter: Enter, count: int, **more: str) -> list[str]:
    found = []
    for _number in range(count):
        try:
            enter("wrong wrong wrong", **more)
        except (NotSignedIn, RateLimited) as error:
            found.append(type(error).__name__)
    return found


def test_the_right_pair_opens_a_session_for_this_audience_only(
    weft_runtime: Runtime, person: int, enter: Enter
) -> None:
    done = enter(email=" LIN@Test.Example ")
    assert done.user_id == person
    found = check(weft_runtime, done.session.token)
    assert found is not None and found.user_id == person
    assert check(weft_runtime, done.session.token, "customer") is None
    assert check(weft_runtime, "") is None
    assert check(weft_runtime, "x" * 500) is None
    with pytest.raises(NotSignedIn):
        enter(audience="customer")


def test_a_cookie_is_checked_in_one_statement(
    weft_runtime: Runtime, person: int, enter: Enter, query_count: Callable[..., Any]
) -> None:
    token = enter().session.token
    with weft_runtime.db.read() as conn, query_count(at_most=1):
        assert sessions.find_by_cookie(conn, token, "employee", now=weft_runtime.clock()) is not None


def test_the_clock_does_not_tell_known_from_unknown(person: int, enter: Enter) -> None:
    def seconds(email: str, number: int) -> float:
        began = time.perf_counter()
        with pytest.raises(NotSignedIn):
            enter("wrong wrong wrong", email=email, address=f"203.0.113.{number}")
        return time.perf_counter() - began

    pairs = [(seconds("lin@test.example", number), seconds("nobody@test.example", number)) for number in range(9)]
    known, unknown = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert 0.6 < known / unknown < 1.7


def test_nothing_secret_is_stored(weft_runtime: Runtime, person: int, enter: Enter) -> None:
    token = enter().session.token
    with weft_runtime.db.read() as conn:
        stored = [*conn.execute(select(user_session)).one(), *conn.execute(select(credential)).one()]
    assert token not in map(str, stored)
    assert GOOD not in map(str, stored)
    assert token not in repr(enter())


def test_wrong_unknown_closed_and_invited_are_refused_alike(
    weft_runtime: Runtime, weft_cast: Cast, person: int, enter: Enter
) -> None:
    weft_cast.user("employee", email="invited@test.example")
    closed = weft_cast.user("employee", email="closed@test.example")
    with weft_runtime.db.write() as conn:
        passwords.set_password(conn, closed, GOOD, now=weft_runtime.clock())
        users.deactivate(conn, closed, now=weft_runtime.clock())
    texts = set()
    for email in ("lin@test.example", "nobody@test.example", "closed@test.example", "invited@test.example"):
        with pytest.raises(NotSignedIn) as refused:
            enter("wrong wrong wrong" if email.startswith("lin") else GOOD, email=email)
        texts.add(str(refused.value))
    assert len(texts) == 1


def test_a_planted_cookie_is_worth_nothing_after_signing_in(weft_runtime: Runtime, person: int, enter: Enter) -> None:
    planted = enter().session.token
    own = enter(previous=planted).session.token
    assert own != planted
    assert check(weft_runtime, planted) is None
    assert check(weft_runtime, own) is not None


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    weft_runtime: Runtime, weft_cast: Cast, person: int, enter: Enter
) -> None:
    done = enter()
    principal = weft_cast.principal(person).with_changes(session_id=done.session.id)
    sign_in.sign_out(weft_runtime, principal)
    assert check(weft_runtime, done.session.token) is None


def test_revoked_and_closed_at_the_next_request(weft_runtime: Runtime, person: int, enter: Enter) -> None:
    first, second = enter(), enter()
    with weft_runtime.db.write() as conn:
        assert not sessions.revoke(conn, first.session.id, now=weft_runtime.clock(), user_id=person + 1)
        assert sessions.revoke(conn, first.session.id, now=weft_runtime.clock(), user_id=person)
    assert check(weft_runtime, first.session.token) is None
    assert check(weft_runtime, second.session.token) is not None
    with weft_runtime.db.write() as conn:
        users.deactivate(conn, person, now=weft_runtime.clock())
    assert check(weft_runtime, second.session.token) is None


def test_sessions_end_when_idle_and_after_twelve_hours(
    weft_runtime: Runtime, person: int, enter: Enter, moved_clock: MovedClock
) -> None:
    idle, used = enter(), enter()
    for _step in range(3):
        moved_clock.move(minutes=20)
        found = check(weft_runtime, used.session.token)
        assert found is not None and sessions.due_for_touch(found, moved_clock.now)
        with weft_runtime.db.write() as conn:
            sessions.touch(conn, found, now=moved_clock.now)
    assert check(weft_runtime, idle.session.token) is None
    with weft_runtime.db.read() as conn:
        assert [entry.id for entry in sessions.list_sessions(conn, person, now=moved_clock.now)] == [used.session.id]
    for _step in range(40):
        moved_clock.move(minutes=17)
        found = check(weft_runtime, used.session.token)
        if found is None:
            break
        with weft_runtime.db.write() as conn:
            sessions.touch(conn, found, now=moved_clock.now)
    assert found is None
    assert (
        timedelta(hours=11, minutes=40)
        < moved_clock.now - (used.session.expires_at - timedelta(hours=12))
        < timedelta(hours=12, minutes=20)
    )


def test_a_renewed_cookie_replaces_the_old_one_after_a_moment(
    weft_runtime: Runtime, person: int, enter: Enter, moved_clock: MovedClock
) -> None:
    done = enter()
    moved_clock.move(minutes=1)
    with weft_runtime.db.write() as conn:
        users.bump(conn, [person], roles_at=moved_clock.now)
    moved_clock.move(seconds=1)
    with weft_runtime.db.write() as conn:
        token = sessions.renew(conn, done.session.id, now=moved_clock.now)
        assert token is not None
        assert sessions.renew(conn, done.session.id, now=moved_clock.now) is None
    assert check(weft_runtime, done.session.token) is not None, "requests under way are still served"
    moved_clock.move(minutes=1)
    assert check(weft_runtime, done.session.token) is None
    found = check(weft_runtime, token)
    assert found is not None and not found.renew


# ---- guessing


def test_five_wrong_then_a_pause_that_ends_by_itself(
    weft_runtime: Runtime, person: int, enter: Enter, moved_clock: MovedClock
) -> None:
    assert failures(enter, 7) == ["NotSignedIn"] * 5 + ["RateLimited"] * 2
    with pytest.raises(RateLimited) as limited:
        enter()
    assert 0 < limited.value.retry_after <= 61
    moved_clock.move(seconds=limited.value.retry_after)
    assert enter().user_id == person


def test_a_stranger_cannot_lock_somebody_out(person: int, enter: Enter) -> None:
    enter()
    for number in range(40):
        failures(enter, 1, address=f"203.0.113.{number}")
    with pytest.raises(RateLimited):
        enter(address=FAR)  # a new address waits a few seconds ...
    assert enter().user_id == person  # ... the usual one does not


def test_one_address_cannot_try_many_accounts(enter: Enter, person: int) -> None:
    found = [failures(enter, 1, email=f"user{number}@test.example", address=FAR)[0] for number in range(45)]
    assert found == ["NotSignedIn"] * 40 + ["RateLimited"] * 5
    assert enter(address=HOME).user_id == person


def test_unknown_accounts_are_limited_alike(enter: Enter, person: int) -> None:
    known = failures(enter, 8)
    assert failures(enter, 8, email="nobody@test.example", address=FAR) == known


def test_guesses_at_once_are_all_counted(weft_runtime: Runtime, person: int, enter: Enter) -> None:
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.extend(failures(enter, 1))) for _number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["NotSignedIn"] * 5 + ["RateLimited"] * 7


def test_old_attempts_are_cleared_and_known_addresses_kept(
    weft_runtime: Runtime, person: int, enter: Enter, moved_clock: MovedClock
) -> None:
    enter()
    failures(enter, 2)
    moved_clock.move(days=2)
    with weft_runtime.db.write() as conn:
        assert limits.purge(conn, now=moved_clock.now) == 2
        assert conn.execute(select(func.count()).select_from(sign_in_attempt)).scalar() == 1


# ---- links


def link_of(runtime: Runtime, user_id: int, purpose: str = "reset") -> str:
    with runtime.db.write() as conn:
        return links.issue(conn, purpose, user_id, now=runtime.clock())[0]


def test_twenty_uses_of_one_link_at_once_one_wins(weft_runtime: Runtime, person: int) -> None:
    token = link_of(weft_runtime, person)
    results: list[str] = []
    barrier = threading.Barrier(20)

    def use(number: int) -> None:
        barrier.wait()
        try:
            done = sign_in.set_password_by_link(weft_runtime, token, f"tulips under snow {number}", address=HOME)
            results.append(done.session.token)
        except NotFound:
            results.append("used")

    threads = [threading.Thread(target=use, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 20
    assert results.count("used") == 19
    winner = next(result for result in results if result != "used")
    assert check(weft_runtime, winner) is not None


def test_a_link_ends_all_sessions_and_its_siblings(weft_runtime: Runtime, person: int, enter: Enter) -> None:
    open_before = enter()
    token, sibling = link_of(weft_runtime, person), link_of(weft_runtime, person)
    done = sign_in.set_password_by_link(weft_runtime, token, "tulips under snow", address=HOME)
    assert check(weft_runtime, open_before.session.token) is None
    assert check(weft_runtime, done.session.token) is not None
    for used in (token, sibling):
        with pytest.raises(NotFound):
            sign_in.set_password_by_link(weft_runtime, used, "tulips under hail", address=HOME)
    with pytest.raises(NotSignedIn):
        enter()
    assert enter("tulips under snow").user_id == person


@pytest.mark.parametrize(("purpose", "good", "bad"), [("reset", 29, 31), ("invite", 7 * 1440 - 1, 7 * 1440 + 1)])
def test_links_expire(
    weft_runtime: Runtime, person: int, moved_clock: MovedClock, purpose: str, good: int, bad: int
) -> None:
    token, began = link_of(weft_runtime, person, purpose), moved_clock.now
    moved_clock.set(began + timedelta(minutes=good))
    with weft_runtime.db.read() as conn:
        assert links.look(conn, token, now=moved_clock.now).purpose == purpose
    moved_clock.set(began + timedelta(minutes=bad))
    with weft_runtime.db.read() as conn, pytest.raises(NotFound):
        links.look(conn, token, now=moved_clock.now)


def test_a_refused_password_does_not_use_the_link_up(weft_runtime: Runtime, person: int) -> None:
    token = link_of(weft_runtime, person)
    with pytest.raises(ValidationFailed):
        sign_in.set_password_by_link(weft_runtime, token, "LinShutong2026!", address=HOME)
    assert sign_in.set_password_by_link(weft_runtime, token, "tulips under snow", address=HOME).user_id == person


def test_the_table_holds_no_usable_link(weft_runtime: Runtime, person: int) -> None:
    token = link_of(weft_runtime, person)
    with weft_runtime.db.read() as conn:
        row = conn.execute(select(one_time_link)).one()
    assert token not in map(str, row)


def test_links_of_closed_accounts_are_dead(weft_runtime: Runtime, person: int) -> None:
    token = link_of(weft_runtime, person)
    with weft_runtime.db.write() as conn:
        users.deactivate(conn, person, now=weft_runtime.clock())
    with pytest.raises(NotFound):
        sign_in.set_password_by_link(weft_runtime, token, "tulips under snow", address=HOME)
