"""The sign-in page of a demo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert

from weft.core.db.tables import record
from weft.core.identity import company, passwords, rights, users
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

GOOD = "tulips under rain"
SIGN_IN = "/auth/employee/sign-in"
Visit = Callable[[], WeftClient]


def make_demo_people(runtime: Runtime, cast: Cast, made: str) -> None:
    with runtime.db.write() as conn:
        for key, name in (("admin", "邵以宁"), ("sales", "林疏桐")):
            user = users.create(
                conn, email=f"{key}@demo.weft.example", name=name, name_alt=key.title(), now=runtime.clock()
            )
            passwords.set_password(conn, user, GOOD, now=runtime.clock())
        company.set_value(conn, "demo", {"day": made, "people": {"employee": ["admin", "sales", "ghost"]}})


def test_a_demo_lists_its_people_and_choosing_one_fills_the_address(
    browser: Visit, weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock
) -> None:
    make_demo_people(weft_runtime, weft_cast, moved_clock.now.date().isoformat())
    page = browser().get(SIGN_IN)
    assert page.text.index("Admin") < page.text.index("Sales"), "in the order of the demo"
    assert "ghost" not in page.text
    address = re.search(r'href="(/auth/employee/sign-in\?as=sales[^"]*)"', page.text)
    assert address is not None
    chosen = browser().get(address[1])
    assert 'value="sales@demo.weft.example"' in chosen.text
    assert "Sign in as Sales" in chosen.text
    assert "Demo data of" in chosen.text


def test_a_visitor_of_another_portal_is_named_with_the_organisation(
    browser: Visit, weft_runtime: Runtime, weft_cast: Cast
) -> None:
    now, (person, firm) = weft_runtime.clock(), weft_runtime.db.ids.take(2)
    with weft_runtime.db.write() as conn:
        kind = weft_runtime.registry.entity_id("core.value")
        for number, title in ((person, "金叙白"), (firm, "Shuohe Castings")):
            row = {"id": number, "type_id": kind, "title": title, "created_at": now, "updated_at": now}
            conn.execute(insert(record).values(row))
        user = users.create(
            conn, email="supplier@demo.weft.example", name="Jin Xubai", name_alt="金叙白", audience="supplier", now=now
        )
        passwords.set_password(conn, user, GOOD, now=now)
        rights.set_anchors(conn, user, [firm, person], now=now)
        company.set_value(conn, "demo", {"day": "2026-03-16", "people": {"supplier": ["supplier"]}})
    page = browser().get(SIGN_IN).text
    assert "Supplier: Shuohe Castings" in page
    assert 'href="/auth/supplier/sign-in?as=supplier%40demo.weft.example"' in page


def test_an_old_demo_says_so(browser: Visit, weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock) -> None:
    make_demo_people(weft_runtime, weft_cast, (moved_clock.now - timedelta(days=15)).date().isoformat())
    assert "weft demo" in browser().get(SIGN_IN).text


def test_outside_of_a_demo_nobody_is_listed(
    browser: Visit, weft_runtime: Runtime, weft_cast: Cast, moved_clock: MovedClock
) -> None:
    make_demo_people(weft_runtime, weft_cast, moved_clock.now.date().isoformat())
    with weft_runtime.db.write() as conn:
        company.set_value(conn, "demo", None)
    assert "@demo.weft.example" not in browser().get(SIGN_IN).text
