"""What administrators and people do with accounts: refused without the right, noted in the audit trail, undoable."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from weft.core.errors import Denied, NotFound, NotSignedIn, UndoRefused, ValidationFailed
from weft.core.identity import (
    account,
    admin,
    audit,
    company,
    organisation,
    passwords,
    rights,
    sessions,
    sign_in,
    tokens,
    undo,
    units,
    users,
)
from weft.core.identity.acting import Acting, writing
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

pytestmark = pytest.mark.both_databases
ActAs = Callable[[int | str], AbstractContextManager[Acting]]


@pytest.fixture
def act_as(weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock) -> ActAs:
    """Opens a write transaction as a user or as the user of a role."""
    return lambda who: writing(weft_runtime, weft_cast.principal(who), "page")


def actions(runtime: Runtime) -> list[str]:
    with runtime.db.read() as conn:
        return [entry.action for entry in audit.entries(conn)]


def test_an_invitation_makes_a_person_who_can_set_a_password(
    weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs
) -> None:
    boss, unit = weft_cast.user(ADMIN), weft_cast.unit("Field service")
    with act_as(boss) as acting:
        made = admin.invite(
            acting, email="New@Test.example", name="许听澜", name_alt="Xu Tinglan", unit=unit, position="Engineer"
        )
    assert not made.mailed, "there is no mail server in this installation"
    assert made.url.startswith(weft_runtime.settings.public_url + "/auth/link/")
    assert made.url not in repr(made)
    with weft_runtime.db.read() as conn:
        assert users.find(conn, made.user_id).status == "invited"
        assert users.count_by_status(conn)["invited"] == 2  # the administrator of this test has no password either
        assert users.list_users(conn, search="tinglan", unit=unit)[0].email == "new@test.example"
    done = sign_in.set_password_by_link(weft_runtime, made.url.rpartition("/")[2], "tulips under rain", address="::1")
    assert done.user_id == made.user_id
    with weft_runtime.db.read() as conn:
        assert users.find(conn, made.user_id).status == "active"
    assert actions(weft_runtime) == ["user.sign_in", "user.accept", "user.invite"]
    with act_as(boss) as acting, pytest.raises(ValidationFailed, match="accepted already"):
        admin.invite_again(acting, made.user_id)


def test_a_second_invitation_ends_the_first_link(weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs) -> None:
    with act_as(weft_cast.user(ADMIN)) as acting:
        first = admin.invite(acting, email="new@test.example", name="X")
        second = admin.invite_again(acting, first.user_id)
    with pytest.raises(NotFound):
        sign_in.set_password_by_link(weft_runtime, first.url.rpartition("/")[2], "tulips under rain", address="::1")
    assert sign_in.set_password_by_link(weft_runtime, second.url.rpartition("/")[2], "tulips under rain", address="::1")


def test_a_taken_address_is_refused_per_audience_and_leaves_no_trace(
    weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs
) -> None:
    boss = weft_cast.user(ADMIN, email="boss@test.example")
    with pytest.raises(ValidationFailed, match="already in use"), act_as(boss) as acting:
        admin.invite(acting, email="BOSS@test.example", name="X")
    with act_as(boss) as acting:
        admin.invite(acting, email="boss@test.example", name="X", audience="customer")
    assert actions(weft_runtime) == ["user.invite"]


CALLS: list[Callable[[Acting, int], Any]] = [
    lambda acting, user: admin.invite(acting, email="x@test.example", name="X"),
    lambda acting, user: admin.add_user(acting, email="x@test.example", name="X"),
    lambda acting, user: admin.invite_again(acting, user),
    lambda acting, user: admin.reset_link(acting, user),
    lambda acting, user: admin.update_user(acting, user, name="X"),
    lambda acting, user: admin.deactivate(acting, user),
    lambda acting, user: admin.reactivate(acting, user),
    lambda acting, user: admin.set_roles(acting, user, [ADMIN]),
    lambda acting, user: admin.set_anchors(acting, user, []),
    lambda acting, user: admin.add_membership(acting, user, 1),
    lambda acting, user: admin.end_membership(acting, 1, user),
    lambda acting, user: admin.end_sessions(acting, user),
    lambda acting, user: organisation.create_unit(acting, name="X"),
    lambda acting, user: organisation.update_unit(acting, 1, name="X"),
    lambda acting, user: organisation.move_unit(acting, 1, None),
    lambda acting, user: organisation.delete_unit(acting, 1),
    lambda acting, user: organisation.update_company(acting, name="X"),
    lambda acting, user: undo.undo_audit(acting, 1),
]


def test_nobody_else_may_and_nothing_is_written(weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs) -> None:
    weft_cast.unit("Sales")
    boss, plain, guest = weft_cast.user(ADMIN), weft_cast.user("employee"), weft_cast.user("customer")
    viewer = weft_cast.principal(boss).with_changes(read_only=True)
    program = weft_cast.principal(boss).with_changes(kind="token", scopes=frozenset({"read"}))

    def state() -> list[Any]:
        with weft_runtime.db.read() as conn:
            return [
                users.list_users(conn),
                units.list_units(conn, now=weft_runtime.clock()),
                company.get(conn),
                audit.entries(conn),
            ]

    before = state()
    for who in (weft_cast.principal(plain), weft_cast.principal(guest), viewer, program):
        for call in CALLS:
            with pytest.raises(Denied), writing(weft_runtime, who, "page") as acting:
                call(acting, plain)
    assert state() == before


def test_closing_the_wrong_account_is_taken_back(weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs) -> None:
    """Journey J1, step 12: the session ends at the next click, Undo opens the account again with its rights."""
    boss, manager = weft_cast.user(ADMIN), weft_cast.user("employee", email="manager@test.example")
    with weft_runtime.db.write() as conn:
        passwords.set_password(conn, manager, "tulips under rain", now=weft_runtime.clock())
        rights.set_roles(conn, weft_runtime.registry, manager, ["core.explain"], now=weft_runtime.clock())
    enter = {"audience": "employee", "email": "manager@test.example", "password": "tulips under rain", "address": "::1"}
    token = sign_in.sign_in(weft_runtime, **enter).session.token
    with act_as(boss) as acting:
        number = admin.deactivate(acting, manager)
    with weft_runtime.db.read() as conn:
        assert sessions.find_by_cookie(conn, token, "employee", now=weft_runtime.clock()) is None
    with pytest.raises(NotSignedIn):
        sign_in.sign_in(weft_runtime, **enter)
    with act_as(boss) as acting:
        undo.undo_audit(acting, number)
    assert sign_in.sign_in(weft_runtime, **enter).user_id == manager
    assert weft_cast.principal(manager).has_role("core.explain")
    with weft_runtime.db.read() as conn:
        trail = {entry.action: entry for entry in audit.entries(conn)}
    assert trail["user.deactivate"].undone
    assert trail["user.reactivate"].subject_id == manager
    with pytest.raises(UndoRefused, match="already"), act_as(boss) as acting:
        undo.undo_audit(acting, number)


def test_an_installation_keeps_an_administrator(weft_cast: Cast, act_as: ActAs) -> None:
    boss, second = weft_cast.user(ADMIN), weft_cast.user(ADMIN)
    with act_as(boss) as acting, pytest.raises(ValidationFailed, match="yourself"):
        admin.deactivate(acting, boss)
    with act_as(boss) as acting:
        number = admin.set_roles(acting, second, [])
        with pytest.raises(ValidationFailed, match="last administrator"):
            admin.set_roles(acting, boss, [])
        undo.undo_audit(acting, number)
        admin.set_roles(acting, boss, [])
    with act_as(second) as acting:
        promotion = admin.set_roles(acting, boss, [ADMIN])
    with act_as(boss) as acting:
        admin.set_roles(acting, second, [])
        with pytest.raises(UndoRefused, match="last administrator"):
            undo.undo_audit(acting, promotion)


def test_undo_is_refused_when_something_changed_since(weft_cast: Cast, act_as: ActAs) -> None:
    boss, user = weft_cast.user(ADMIN), weft_cast.user("employee", name="Old")
    with act_as(boss) as acting:
        first = admin.update_user(acting, user, name="New", locale="zh")
        second = admin.update_user(acting, user, name="Newer")
        with pytest.raises(UndoRefused, match="changed again"):
            undo.undo_audit(acting, first)
        undo.undo_audit(acting, second)
        undo.undo_audit(acting, first)
        assert (users.find(acting.connection, user).name, users.find(acting.connection, user).locale) == ("Old", "en")
        with pytest.raises(UndoRefused, match="cannot be undone"):
            undo.undo_audit(acting, admin.end_sessions(acting, user))
        with pytest.raises(NotFound):
            undo.undo_audit(acting, 10**9)


def test_units_and_company_settings_are_undone(weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs) -> None:
    top, team = weft_cast.unit("Top"), weft_cast.unit("Team")
    with act_as(weft_cast.user(ADMIN)) as acting:
        numbers = [
            organisation.move_unit(acting, team, top),
            organisation.update_unit(acting, team, name="Renamed", active=False),
            organisation.create_unit(acting, name="New", parent_id=team)[1],
            organisation.update_company(acting, name="Weirholm", currency="CNY", fiscal_year_start=4),
        ]
        for number in reversed(numbers):
            undo.undo_audit(acting, number)
        listed = units.list_units(acting.connection, now=acting.now)
        assert [(unit.name, unit.depth, unit.active) for unit in listed] == [("Team", 0, True), ("Top", 0, True)]
        assert company.get(acting.connection) == company.Company()
    assert company.cached(weft_runtime) == company.Company()


def test_company_settings_are_seen_at_once_and_checked(weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs) -> None:
    assert company.cached(weft_runtime).name == "Weft"
    with act_as(weft_cast.user(ADMIN)) as acting:
        organisation.update_company(acting, name="Weirholm", zone="Asia/Shanghai")
        with pytest.raises(ValidationFailed) as refused:
            organisation.update_company(
                acting, name=" ", currency="XXX", zone="Mars/Base", idle_minutes="1", website="ftp://x"
            )
    assert {error.field for error in refused.value.errors} == {"name", "currency", "zone", "idle_minutes", "website"}
    assert company.cached(weft_runtime).zone == "Asia/Shanghai"


def test_a_fiscal_year_may_begin_in_any_month() -> None:
    from datetime import date

    year = company.Company(fiscal_year_start=4).fiscal_year
    assert year(date(2026, 3, 31)) == (date(2025, 4, 1), date(2026, 3, 31))
    assert year(date(2026, 4, 1)) == (date(2026, 4, 1), date(2027, 3, 31))
    assert company.Company().fiscal_year(date(2024, 2, 29)) == (date(2024, 1, 1), date(2024, 12, 31))


# ---- one's own account


def test_people_change_their_own_profile_but_not_address_or_rights(weft_cast: Cast, act_as: ActAs) -> None:
    user = weft_cast.user("employee")
    with act_as(user) as acting:
        account.update_profile(acting, name="New name", locale="zh", theme="dark")
        assert users.find(acting.connection, user).locale == "zh"
        for wrong in ({"email": "x@test.example"}, {"active": True}, {"audience": "customer"}, {"version": 1}):
            with pytest.raises(Denied):
                account.update_profile(acting, **wrong)
    viewer = weft_cast.principal(user).with_changes(read_only=True)
    with pytest.raises(Denied), writing(weft_cast.runtime, viewer, "page") as acting:
        account.update_profile(acting, name="X")


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(
    weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock
) -> None:
    user = weft_cast.user("employee", email="lin@test.example")
    with weft_runtime.db.write() as conn:
        passwords.set_password(conn, user, "tulips under rain", now=moved_clock.now)
        here, there = (sessions.create(conn, user, "employee", now=moved_clock.now) for _number in range(2))
    me = weft_cast.principal(user).with_changes(session_id=here.id)
    with pytest.raises(ValidationFailed, match="present password"):
        account.change_password(weft_runtime, me, "wrong", "tulips under snow", address="::1")
    with pytest.raises(ValidationFailed, match="12 characters"):
        account.change_password(weft_runtime, me, "tulips under rain", "short", address="::1")
    account.change_password(weft_runtime, me, "tulips under rain", "tulips under snow", address="::1")
    with weft_runtime.db.read() as conn:
        assert sessions.find_by_cookie(conn, here.token, "employee", now=moved_clock.now) is not None
        assert sessions.find_by_cookie(conn, there.token, "employee", now=moved_clock.now) is None


def test_sessions_of_others_are_out_of_reach(
    weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs, moved_clock: MovedClock
) -> None:
    mine, other = weft_cast.user("employee"), weft_cast.user("employee")
    with weft_runtime.db.write() as conn:
        opened = sessions.create(conn, other, "employee", now=moved_clock.now)
    with act_as(mine) as acting:
        account.end_session(acting, opened.id)
    with weft_runtime.db.read() as conn:
        assert sessions.find_by_cookie(conn, opened.token, "employee", now=moved_clock.now) is not None


def test_tokens_are_shown_once_scoped_ended_and_never_make_tokens(
    weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs, moved_clock: MovedClock
) -> None:
    user, other = weft_cast.user("employee"), weft_cast.user("employee")
    with act_as(user) as acting:
        issued = account.create_token(
            acting, "Report", scopes=["read"], expires_at=moved_clock.now + timedelta(days=365)
        )
        with pytest.raises(ValidationFailed, match="one year"):
            account.create_token(acting, "Report", expires_at=moved_clock.now + timedelta(days=366))
        with pytest.raises(ValidationFailed, match="what the token may do"):
            account.create_token(acting, "Report", scopes=["everything"])
    assert issued.secret.startswith("weft_")
    assert issued.secret not in repr(issued)
    with weft_runtime.db.read() as conn:
        found = tokens.find_by_token(conn, issued.secret, now=moved_clock.now)
        assert found is not None and (found.user_id, found.scopes) == (user, {"read"})
        assert tokens.find_by_token(conn, issued.secret + "x", now=moved_clock.now) is None
        assert issued.secret not in repr(tokens.list_tokens(conn, user)) + repr(audit.entries(conn))
    program = weft_cast.principal(user).with_changes(kind="token")
    with pytest.raises(Denied), writing(weft_runtime, program, "rest") as acting:
        account.create_token(acting, "Another")
    with pytest.raises(NotFound), act_as(other) as acting:
        account.revoke_token(acting, issued.id)
    with act_as(user) as acting:
        account.revoke_token(acting, issued.id)
    with weft_runtime.db.read() as conn:
        assert tokens.find_by_token(conn, issued.secret, now=moved_clock.now) is None


def test_tokens_end_with_time_and_with_their_user(
    weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock
) -> None:
    user = weft_cast.user("employee")
    with weft_runtime.db.write() as conn:
        brief = tokens.issue(conn, user, "brief", now=moved_clock.now, expires_at=moved_clock.now + timedelta(hours=1))
        long = tokens.issue(conn, user, "long", now=moved_clock.now)
    moved_clock.move(hours=2)
    with weft_runtime.db.write() as conn:
        assert tokens.find_by_token(conn, brief.secret, now=moved_clock.now) is None
        assert tokens.find_by_token(conn, long.secret, now=moved_clock.now) is not None
        users.deactivate(conn, user, now=moved_clock.now)
        assert tokens.find_by_token(conn, long.secret, now=moved_clock.now) is None


def test_a_deputy_is_named_and_ended_by_the_person_only(
    weft_cast: Cast, act_as: ActAs, moved_clock: MovedClock
) -> None:
    chief, deputy = weft_cast.user("employee"), weft_cast.user("employee")
    now = moved_clock.now
    with act_as(chief) as acting:
        account.add_deputy(acting, deputy, valid_from=now, valid_to=now + timedelta(days=2))
        (entry,) = rights.deputies(acting.connection, chief, now=now)
    assert weft_cast.principal(deputy).acts_for == (chief,)
    with pytest.raises(NotFound), act_as(deputy) as acting:
        account.end_deputy(acting, entry.id)
    with act_as(chief) as acting:
        account.end_deputy(acting, entry.id)
    assert weft_cast.principal(deputy).acts_for == ()


# ---- the audit trail


def test_the_trail_is_read_in_pages_newest_first_and_by_action(
    weft_runtime: Runtime, weft_cast: Cast, act_as: ActAs, moved_clock: MovedClock
) -> None:
    boss, user = weft_cast.user(ADMIN), weft_cast.user("employee")
    for number in range(7):
        moved_clock.move(minutes=1)
        with act_as(boss) as acting:
            admin.update_user(acting, user, name=f"Name {number}")
    with act_as(boss) as acting:
        organisation.create_unit(acting, name="X")
    with weft_runtime.db.read() as conn:
        first = audit.entries(conn, limit=3)
        second = audit.entries(conn, limit=30, before=first[-1].id)
        assert [entry.action for entry in first] == ["unit.create", "user.update", "user.update"]
        assert len(second) == 6 - 1
        assert second[0].changes["name"] == ["Name 3", "Name 4"]
        assert len(audit.entries(conn, action="user")) == 7
        assert audit.entries(conn, action="use") == []
        assert audit.entries(conn, user_id=user) == []
