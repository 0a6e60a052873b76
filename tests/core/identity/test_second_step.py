"""Two-step sign-in: codes are good once, nothing skips the step, and a rule is kept before anything else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from weft.core.errors import Denied, NextStep, NotSignedIn, RateLimited, ValidationFailed
from weft.core.identity import (
    account_security,
    admin_security,
    audit,
    links,
    second_factor,
    second_step,
    sessions,
    sign_in,
)
from weft.core.identity.acting import writing
from weft.core.identity.principal import Principal
from weft.core.identity.sign_in import Browser
from weft.core.identity.tables import recovery_code
from weft.core.identity.tables import second_factor as factor_table
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

pytestmark = pytest.mark.both_databases
GOOD = "tulips under rain"
HERE = Browser("192.0.2.10", "Test")


@pytest.fixture
def halfway(weft_runtime: Runtime) -> Callable[..., NextStep]:
    """Types the right password and returns the step that is missing."""

    def run(email: str = "ann@test.example", password: str = GOOD) -> NextStep:
        with pytest.raises(NextStep) as found:
            sign_in.sign_in(weft_runtime, audience="employee", email=email, password=password, address=HERE.address)
        return found.value

    return run


@pytest.fixture
def type_code(weft_runtime: Runtime) -> Callable[..., second_step.Entered]:
    def run(step: NextStep, code: str, audience: str = "employee") -> second_step.Entered:
        return second_step.type_code(weft_runtime, audience, step.token, code, HERE)

    return run


def open_sessions(runtime: Runtime, user_id: int) -> list[int]:
    with runtime.db.read() as conn:
        return [one.id for one in sessions.list_sessions(conn, user_id, now=runtime.clock())]


# ---- signing in


def test_the_password_alone_opens_nothing(
    weft_runtime: Runtime, ann: Any, halfway: Callable[..., NextStep], type_code: Callable[..., Any]
) -> None:
    step = halfway()
    assert step.step == "code"
    assert open_sessions(weft_runtime, ann.id) == []
    with weft_runtime.db.read() as conn:
        assert sessions.find_by_cookie(conn, step.token, "employee", now=weft_runtime.clock()) is None
    done = type_code(step, ann.phone.next())
    assert done.by == "app"
    assert open_sessions(weft_runtime, ann.id) == [done.signed_in.session.id]


def test_a_code_is_good_once_also_in_another_sign_in(
    ann: Any, halfway: Callable[..., NextStep], type_code: Callable[..., Any]
) -> None:
    code = ann.phone.next()
    type_code(halfway(), code)
    with pytest.raises(ValidationFailed):
        type_code(halfway(), code)


def test_an_older_code_than_the_last_is_refused(
    ann: Any, halfway: Callable[..., NextStep], type_code: Callable[..., Any], moved_clock: MovedClock
) -> None:
    older = ann.phone.next()
    type_code(halfway(), ann.phone.next())
    with pytest.raises(ValidationFailed):
        type_code(halfway(), older)


def test_of_twenty_uses_of_one_code_at_once_one_wins(
    ann: Any, halfway: Callable[..., NextStep], weft_runtime: Runtime
) -> None:
    step, code, results = halfway(), ann.phone.next(), list[str]()
    barrier = threading.Barrier(5)

    def use() -> None:
        barrier.wait()
        try:
            second_step.type_code(weft_runtime, "employee", step.token, code, HERE)
            results.append("in")
        except (NotSignedIn, ValidationFailed, RateLimited) as error:
            results.append(type(error).__name__)

    threads = [threading.Thread(target=use) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("in") == 1
    assert len(open_sessions(weft_runtime, ann.id)) == 1


def test_the_cookie_of_the_step_is_good_once_and_for_its_audience(
    ann: Any, halfway: Callable[..., NextStep], type_code: Callable[..., Any]
) -> None:
    step = halfway()
    with pytest.raises(NotSignedIn):
        type_code(step, ann.phone.code(), audience="customer")
    type_code(step, ann.phone.next())
    with pytest.raises(NotSignedIn):
        type_code(step, ann.phone.next())


def test_the_step_ends_after_ten_minutes(
    ann: Any, halfway: Callable[..., NextStep], type_code: Callable[..., Any], moved_clock: MovedClock
) -> None:
    step = halfway()
    moved_clock.move(minutes=11)
    with pytest.raises(NotSignedIn):
        type_code(step, ann.phone.code())


def test_five_wrong_codes_ask_for_the_password_again_and_then_for_patience(
    ann: Any, halfway: Callable[..., NextStep], type_code: Callable[..., Any], moved_clock: MovedClock
) -> None:
    step = halfway()
    for _number in range(5):
        with pytest.raises(ValidationFailed):
            type_code(step, ann.phone.wrong())
    with pytest.raises(NotSignedIn):
        type_code(step, ann.phone.code())
    with pytest.raises(RateLimited) as limited:
        type_code(halfway(), ann.phone.code())
    moved_clock.move(seconds=limited.value.retry_after)
    assert type_code(halfway(), ann.phone.code()).by == "app"


def test_recovery_codes_work_once_each(
    ann: Any, halfway: Callable[..., NextStep], type_code: Callable[..., Any], weft_runtime: Runtime
) -> None:
    assert len(set(ann.codes)) == second_factor.RECOVERY_CODES
    done = type_code(halfway(), ann.codes[3].upper().replace("-", " "))
    assert (done.by, done.codes_left) == ("recovery", 9)
    with pytest.raises(ValidationFailed):
        type_code(halfway(), ann.codes[3])


def test_a_reset_by_link_does_not_skip_the_step(weft_runtime: Runtime, ann: Any, type_code: Callable[..., Any]) -> None:
    with weft_runtime.db.write() as conn:
        token, _end = links.issue(conn, "reset", ann.id, now=weft_runtime.clock())
    with pytest.raises(NextStep) as step:
        sign_in.set_password_by_link(weft_runtime, token, "tulips under snow", address=HERE.address)
    assert open_sessions(weft_runtime, ann.id) == []
    assert type_code(step.value, ann.phone.next()).signed_in.user_id == ann.id


def test_secrets_are_kept_so_that_the_database_alone_does_not_give_them_away(
    weft_runtime: Runtime, ann: Any, halfway: Callable[..., NextStep], type_code: Callable[..., Any]
) -> None:
    with weft_runtime.db.read() as conn:
        stored = conn.execute(select(factor_table.c.secret)).scalar_one()
        hashes = set(conn.execute(select(recovery_code.c.code_hash)).scalars())
    assert ann.phone._totp.secret not in stored
    assert not hashes & {code.replace("-", "") for code in ann.codes}
    # Another secret key (a stolen database elsewhere): neither app nor recovery code is taken ...
    old, settings = weft_runtime.settings.secret_key, weft_runtime.settings
    weft_runtime.settings = settings.with_changes(secret_key="k" * 40)
    for code in (ann.phone.next(), ann.codes[0]):
        with pytest.raises(ValidationFailed):
            type_code(halfway(), code)
    # ... with the former one among the old keys, both are.
    weft_runtime.settings = settings.with_changes(secret_key="k" * 40, old_secret_keys=(old,))
    assert type_code(halfway(), ann.phone.next()).by == "app"
    assert type_code(halfway(), ann.codes[0]).by == "recovery"


# ---- a rule asks for it


def test_a_rule_makes_people_set_it_up_before_anything_else(
    weft_runtime: Runtime, weft_cast: Cast, plain: int, halfway: Callable[..., NextStep], phone: Callable[[str], Any]
) -> None:
    boss = weft_cast.principal(weft_cast.user(ADMIN))
    with writing(weft_runtime, boss) as acting:
        admin_security.set_rules(acting, ["employee"], [])
    step = halfway()
    assert step.step == "enrol"
    user = second_step.waiting(weft_runtime, "employee", step.token, "enrol")
    offer = second_step.offer_for(weft_runtime, user)
    with pytest.raises(NotSignedIn):
        second_step.type_code(weft_runtime, "employee", step.token, "123456", HERE)
    app = phone(offer.secret)
    with pytest.raises(ValidationFailed):
        second_step.enrol(weft_runtime, "employee", step.token, offer.sealed, app.wrong(), HERE)
    done = second_step.enrol(weft_runtime, "employee", step.token, offer.sealed, app.code(), HERE)
    assert len(done.codes) == 10
    assert open_sessions(weft_runtime, plain) == [done.signed_in.session.id]
    assert halfway().step == "code"


def test_a_rule_holds_for_roles_held_through_others(weft_runtime: Runtime, weft_cast: Cast) -> None:
    admin_user, other = weft_cast.user(ADMIN), weft_cast.user("employee")
    with weft_runtime.db.write() as conn:
        second_factor.set_policy(conn, [], ["core.explain"])
        assert second_factor.required(conn, weft_runtime.registry, admin_user)
        assert not second_factor.required(conn, weft_runtime.registry, other)


def test_nobody_can_plant_a_secret_of_their_own_on_somebody_else(
    weft_runtime: Runtime, weft_cast: Cast, plain: int, moved_clock: MovedClock
) -> None:
    thief = weft_cast.user("employee")
    offer = second_factor.offer(weft_runtime.settings, thief, "t@test.example", "W", now=moved_clock.now)
    with pytest.raises(ValidationFailed):
        second_factor.opened(weft_runtime.settings, plain, offer.sealed, now=moved_clock.now)
    moved_clock.move(minutes=31)
    with pytest.raises(ValidationFailed):
        second_factor.opened(weft_runtime.settings, thief, offer.sealed, now=moved_clock.now)


# ---- on and off


def test_switching_on_ends_other_sessions_and_renews_this_one(
    weft_runtime: Runtime,
    plain: int,
    in_session: Callable[[int], Principal],
    moved_clock: MovedClock,
    phone: Callable[[str], Any],
) -> None:
    other, mine = in_session(plain), in_session(plain)
    offer = second_factor.offer(weft_runtime.settings, plain, "ann@test.example", "W", now=moved_clock.now)
    with writing(weft_runtime, mine, "page") as acting:
        done = account_security.switch_on(acting, offer.sealed, phone(offer.secret).code())
    assert len(done.codes) == 10
    assert open_sessions(weft_runtime, plain) == [mine.session_id]
    assert other.session_id != mine.session_id
    with weft_runtime.db.read() as conn:
        found = sessions.find_by_cookie(conn, done.token, "employee", now=moved_clock.now)
        assert found is not None and found.id == mine.session_id
        assert audit.entries(conn)[0].action == "user.second_on"


def test_switching_off_takes_password_and_code(
    weft_runtime: Runtime, ann: Any, in_session: Callable[[int], Principal], halfway: Callable[..., NextStep]
) -> None:
    mine = in_session(ann.id)

    def off(password: str, code: str) -> str:
        return account_security.switch_off(weft_runtime, mine, password, code, address=HERE.address)

    for password, code in (("wrong wrong wrong", ann.phone.next()), (GOOD, ann.phone.wrong())):
        with pytest.raises(ValidationFailed):
            off(password, code)
    assert halfway().step == "code"
    assert off(GOOD, ann.phone.next())
    assert sign_in.sign_in(
        weft_runtime, audience="employee", email="ann@test.example", password=GOOD, address=HERE.address
    ).user_id == ann.id  # fmt: skip


def test_what_a_rule_asks_for_cannot_be_switched_off(
    weft_runtime: Runtime, ann: Any, in_session: Callable[[int], Principal]
) -> None:
    with weft_runtime.db.write() as conn:
        second_factor.set_policy(conn, ["employee"], [])
    with pytest.raises(ValidationFailed):
        account_security.switch_off(weft_runtime, in_session(ann.id), GOOD, ann.phone.next(), address="::1")


def test_new_recovery_codes_end_the_old_ones(
    weft_runtime: Runtime, ann: Any, in_session: Callable[[int], Principal], halfway: Callable[..., NextStep],
    type_code: Callable[..., Any],
) -> None:  # fmt: skip
    with writing(weft_runtime, in_session(ann.id), "page") as acting:
        fresh = account_security.new_codes(acting)
    with pytest.raises(ValidationFailed):
        type_code(halfway(), ann.codes[0])
    assert type_code(halfway(), fresh[0]).by == "recovery"


def test_an_administrator_resets_it_and_the_trail_says_so(
    weft_runtime: Runtime, weft_cast: Cast, ann: Any, in_session: Callable[[int], Principal]
) -> None:
    in_session(ann.id)
    for who in (weft_cast.principal("employee"), weft_cast.principal(ann.id)):
        with writing(weft_runtime, who) as acting, pytest.raises(Denied):
            admin_security.reset_second_step(acting, ann.id)
    with writing(weft_runtime, weft_cast.principal(weft_cast.user(ADMIN))) as acting:
        admin_security.reset_second_step(acting, ann.id)
    assert open_sessions(weft_runtime, ann.id) == []
    with weft_runtime.db.read() as conn:
        assert not second_factor.is_on(conn, ann.id)
        assert second_factor.codes_left(conn, ann.id) == 0
        entry = audit.entries(conn, rights=True)[0]
        assert (entry.action, entry.subject_id) == ("user.second_reset", ann.id)
