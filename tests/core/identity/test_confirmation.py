"""Showing again who one is before rights change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from weft.core.errors import ConfirmationNeeded
from weft.core.identity import account, account_security, admin, admin_security, second_step, sessions
from weft.core.identity.acting import writing
from weft.core.identity.principal import Principal
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

pytestmark = pytest.mark.both_databases
GOOD = "tulips under rain"


def test_rights_are_not_changed_from_an_old_session(
    weft_runtime: Runtime, weft_cast: Cast, in_session: Callable[[int], Principal], moved_clock: MovedClock
) -> None:
    boss, other = weft_cast.user(ADMIN), weft_cast.user("employee")
    who = in_session(boss)
    moved_clock.move(minutes=14)
    with writing(weft_runtime, who, "page") as acting:
        admin.set_roles(acting, other, ["core.explain"])
    moved_clock.move(minutes=2)
    operations: list[Callable[[Any], Any]] = [
        lambda acting: admin.set_roles(acting, other, []),
        lambda acting: admin.set_anchors(acting, other, []),
        lambda acting: admin.invite(acting, email="n@test.example", name="N"),
        lambda acting: admin.reset_link(acting, other),
        lambda acting: admin.update_user(acting, other, email="elsewhere@test.example"),
        lambda acting: account.create_token(acting, "script"),
        lambda acting: account_security.may_begin(acting),
        lambda acting: account_security.new_codes(acting),
        lambda acting: admin_security.reset_second_step(acting, other),
        lambda acting: admin_security.set_rules(acting, [], []),
    ]
    for operation in operations:
        with writing(weft_runtime, who, "page") as acting, pytest.raises(ConfirmationNeeded):
            operation(acting)


@pytest.mark.parametrize("way", ["password", "code"])
def test_password_or_code_confirm_and_renew_the_session(
    weft_runtime: Runtime, ann: Any, in_session: Callable[[int], Principal], moved_clock: MovedClock, way: str
) -> None:
    who = in_session(ann.id)
    moved_clock.move(minutes=20)
    with pytest.raises(ConfirmationNeeded):
        second_step.confirm(weft_runtime, who, "wrong wrong wrong", address="::1")
    typed = GOOD if way == "password" else ann.phone.next()
    token = second_step.confirm(weft_runtime, who, typed, address="::1")
    with weft_runtime.db.read() as conn:
        found = sessions.find_by_cookie(conn, token, "employee", now=moved_clock.now)
    assert found is not None and found.confirmed_at == moved_clock.now


def test_guessing_while_confirming_is_limited(
    weft_runtime: Runtime, plain: int, in_session: Callable[[int], Principal]
) -> None:
    who = in_session(plain)
    for _number in range(5):
        with pytest.raises(ConfirmationNeeded):
            second_step.confirm(weft_runtime, who, "wrong wrong wrong", address="::1")
    with pytest.raises(ConfirmationNeeded) as limited:
        second_step.confirm(weft_runtime, who, GOOD, address="::1")
    assert limited.value.retry_after > 0
