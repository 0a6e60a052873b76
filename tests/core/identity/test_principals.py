"""Principals: two statements at most, none when nothing changed, and a change counts at the next request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from weft.core.db.tables import record
from weft.core.errors import NotSignedIn, ValidationFailed
from weft.core.identity import principals, rights, sessions, users
from weft.core.identity.tables import app_user, user_role
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.access import Role
from weft.core.registry.runtime import Runtime
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

pytestmark = pytest.mark.both_databases


class ShopPlugin(Plugin):
    """Roles that include each other, inside and outside."""

    key, title, api = "shop", "Shop", ">=1,<2"
    package = "tests"

    @hookimpl
    def weft_roles(self) -> list[Role]:
        return [
            Role("shop.clerk", "Clerk"),
            Role("shop.manager", "Manager", includes=("shop.clerk",)),
            Role("shop.owner", "Owner", includes=("shop.manager",)),
            Role("shop.buyer", "Buyer", audience="customer"),
        ]


@pytest.fixture
def weft_plugins() -> list[type[Plugin]]:
    return [ShopPlugin]


def test_roles_are_closed_over_what_they_include(weft_cast: Cast) -> None:
    user = weft_cast.user("shop.owner")
    assert weft_cast.principal(user).roles == {"employee", "shop.owner", "shop.manager", "shop.clerk"}
    buyer = weft_cast.user("shop.buyer")
    assert weft_cast.principal(buyer).roles == {"customer", "shop.buyer"}


def test_two_statements_then_none(weft_runtime: Runtime, weft_cast: Cast, query_count: Callable[..., Any]) -> None:
    unit = weft_cast.unit("Sales")
    user = weft_cast.user("shop.manager", units=[unit])
    with weft_runtime.db.read() as conn:
        with query_count(at_most=2):
            first = principals.load(conn, weft_runtime, user, "employee", session_id=7)
        version = users.find(conn, user).version
        with query_count(at_most=0):
            again = principals.load(conn, weft_runtime, user, "employee", session_id=7, version=version, rules=0)
    assert first == again
    assert first.session_id == 7
    assert first.units == (unit,)


def test_a_role_taken_away_is_gone_at_the_next_request(weft_runtime: Runtime, weft_cast: Cast) -> None:
    user = weft_cast.user("shop.manager")
    with weft_runtime.db.write() as conn:
        opened = sessions.create(conn, user, "employee", now=weft_runtime.clock())

    def request() -> tuple[frozenset[str], bool]:
        with weft_runtime.db.read() as conn:
            check = sessions.find_by_cookie(conn, opened.token, "employee", now=weft_runtime.clock())
            assert check is not None
            found = principals.load(conn, weft_runtime, user, "employee", version=check.version)
            return found.roles, check.renew

    assert request() == ({"employee", "shop.manager", "shop.clerk"}, False)
    with weft_runtime.db.write() as conn:
        rights.set_roles(conn, weft_runtime.registry, user, [], now=weft_runtime.clock())
    roles, renew = request()
    assert roles == {"employee"}
    assert renew, "the cookie given out before the change must be renewed"


def test_internal_and_external_roles_exclude_each_other(weft_runtime: Runtime, weft_cast: Cast) -> None:
    clerk, buyer = weft_cast.user("shop.clerk"), weft_cast.user("shop.buyer")
    for user, role in ((clerk, "shop.buyer"), (buyer, "shop.clerk"), (buyer, "core.admin")):
        with pytest.raises(ValidationFailed, match="another portal"), weft_runtime.db.write() as conn:
            rights.set_roles(conn, weft_runtime.registry, user, [role], now=weft_runtime.clock())
    with pytest.raises(ValidationFailed, match="does not exist"), weft_runtime.db.write() as conn:
        rights.set_roles(conn, weft_runtime.registry, clerk, ["shop.ghost"], now=weft_runtime.clock())


def test_the_database_itself_refuses_a_role_of_another_audience(weft_runtime: Runtime, weft_cast: Cast) -> None:
    buyer, now = weft_cast.user("shop.buyer"), weft_runtime.clock()
    for audience in ("customer", "employee"):
        row = {
            "user_id": buyer,
            "role": "core.admin",
            "audience": audience,
            "role_audience": "employee",
            "granted_at": now,
        }
        with pytest.raises(IntegrityError), weft_runtime.db.write() as conn:
            conn.execute(insert(user_role).values(row))
    with pytest.raises(IntegrityError), weft_runtime.db.write() as conn:
        conn.execute(app_user.update().where(app_user.c.id == buyer).values(audience="employee"))


def test_a_stored_role_of_another_audience_gives_nothing(weft_runtime: Runtime) -> None:
    registry = weft_runtime.registry
    assert principals.close_roles(registry, ["core.admin", "shop.ghost"], "customer") == {"customer"}


def test_closed_and_foreign_accounts_are_nobody(weft_runtime: Runtime, weft_cast: Cast) -> None:
    user = weft_cast.user("employee")
    with weft_runtime.db.read() as conn, pytest.raises(NotSignedIn):
        principals.load(conn, weft_runtime, user, "customer")
    weft_cast.principal(user)
    with weft_runtime.db.write() as conn:
        users.deactivate(conn, user, now=weft_runtime.clock())
    with weft_runtime.db.read() as conn, pytest.raises(NotSignedIn):
        principals.load(conn, weft_runtime, user, "employee")


def test_a_deputy_acts_for_a_period_only(weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock) -> None:
    chief, stand_in = weft_cast.user("employee"), weft_cast.user("employee")
    now = moved_clock.now
    with weft_runtime.db.write() as conn:
        start, end = now + timedelta(days=1), now + timedelta(days=3)
        rights.add_deputy(conn, chief, stand_in, valid_from=start, valid_to=end, now=now)
    assert weft_cast.principal(stand_in).acts_for == ()
    moved_clock.move(days=1)
    assert weft_cast.principal(stand_in).acts_for == (chief,)
    with weft_runtime.db.write() as conn:
        users.deactivate(conn, chief, now=moved_clock.now)
    assert weft_cast.principal(stand_in).acts_for == ()
    with weft_runtime.db.write() as conn:
        users.reactivate(conn, chief)
    assert weft_cast.principal(stand_in).acts_for == (chief,)
    moved_clock.move(days=2)
    assert weft_cast.principal(stand_in).acts_for == ()


def test_deputies_are_of_the_same_portal_and_not_oneself(weft_runtime: Runtime, weft_cast: Cast) -> None:
    chief, buyer, now = weft_cast.user("employee"), weft_cast.user("shop.buyer"), weft_runtime.clock()
    for other in (chief, buyer, 10_000):
        with pytest.raises(ValidationFailed), weft_runtime.db.write() as conn:
            rights.add_deputy(conn, chief, other, valid_from=now, valid_to=now + timedelta(days=1), now=now)


def test_anchors_reach_the_principal(weft_runtime: Runtime, weft_cast: Cast) -> None:
    buyer = weft_cast.user("shop.buyer")
    number, now = weft_runtime.db.ids.next(), weft_runtime.clock()
    with weft_runtime.db.write() as conn:
        kind = weft_runtime.registry.entity_id("core.value")
        conn.execute(insert(record).values(id=number, type_id=kind, created_at=now, updated_at=now))
        rights.set_anchors(conn, buyer, [number], now=now)
    assert weft_cast.principal(buyer).anchors == (number,)
    with pytest.raises(ValidationFailed, match="does not exist"), weft_runtime.db.write() as conn:
        rights.set_anchors(conn, buyer, [number, number + 1], now=now)
    assert weft_cast.principal(buyer).anchors == (number,)
