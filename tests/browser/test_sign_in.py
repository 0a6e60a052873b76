"""Two-step sign-in and confirming, as a person with a phone does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import update

from weft.core.identity import passwords, second_factor, sessions
from weft.core.identity.tables import user_session
from weft.core.registry.core_plugin import ADMIN

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")
GOOD = "tulips under rain"


@pytest.fixture
def person(site: Any, cast: Any) -> int:
    user = cast.user("crm.sales_rep", email="lin@test.example", name="Lin Shutong", locale="zh")
    with site.runtime.db.write() as connection:
        passwords.set_password(connection, user, GOOD, now=site.runtime.clock())
    return int(user)


def sign_in(page: Any) -> None:
    page.fill("#f-email", "lin@test.example")
    page.fill("#f-password", GOOD)
    page.click("[data-submit]")


def test_a_rule_leads_through_the_set_up_and_the_code_lets_in(
    site: Any, person: int, open_page: Callable[..., Any], pictures: Any
) -> None:
    with site.runtime.db.write() as connection:
        second_factor.set_policy(connection, ["employee"], [])
    page = open_page(None, "/auth/employee/sign-in", width=360)
    sign_in(page)
    page.wait_for_selector(".wf-qr img")
    page.screenshot(path=str(pictures / "two-step-set-up-360.png"), full_page=True)
    assert page.evaluate("document.querySelector('.wf-qr img').naturalWidth") > 100, "the policy lets the picture in"
    secret = page.inner_text(".wf-secret").replace(" ", "")
    page.fill("#f-code", pyotp.TOTP(secret).now())
    page.click("[data-submit]")
    page.wait_for_selector(".wf-codes")
    page.screenshot(path=str(pictures / "two-step-codes-360.png"), full_page=True)
    code = page.inner_text(".wf-codes li:first-child")
    page.click("a.btn-primary")
    page.wait_for_url("**/employee/**")
    other = open_page(None, "/auth/employee/sign-in?next=/employee/profile/sign-in/", width=1280, scheme="dark")
    sign_in(other)
    other.wait_for_selector("#f-code")
    other.screenshot(path=str(pictures / "two-step-code-dark.png"))
    other.fill("#f-code", code)
    other.click("[data-submit]")
    other.wait_for_url("**/profile/sign-in/**")
    other.screenshot(path=str(pictures / "two-step-profile-dark.png"))
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_old_session_is_asked_in_a_dialog_and_the_change_goes_on(
    site: Any, person: int, cast: Any, open_page: Callable[..., Any], pictures: Any
) -> None:
    boss = cast.user(ADMIN, email="boss@test.example", name="Shao Yining")
    now = site.runtime.clock()
    with site.runtime.db.write() as connection:
        passwords.set_password(connection, boss, GOOD, now=now)
        second_factor.switch_on(connection, site.runtime.settings, person, pyotp.random_base32(), 1, now=now)
    page = open_page(boss, f"/employee/settings/users/{person}/", width=360)
    with site.runtime.db.write() as connection:
        connection.execute(update(user_session).values(confirmed_at=now - timedelta(minutes=20)))
    page.screenshot(path=str(pictures / "user-360.png"), full_page=True)
    page.click(f"form[action$='/{person}/second-step/reset/'] button")
    page.wait_for_selector("#wf-dialog [name=_confirm]")
    page.screenshot(path=str(pictures / "confirm-360.png"))
    page.fill("#wf-dialog [name=_confirm]", GOOD)
    page.click("#wf-dialog button[type=submit]")
    page.wait_for_selector("#wf-toast:has-text('reset')")
    with site.runtime.db.read() as connection:
        assert not second_factor.is_on(connection, person)
        assert sessions.list_sessions(connection, boss, now=site.runtime.clock())
    # A reset link is shown once, at the place of the page.
    page.click("form[action$='/reset/'] button")
    page.wait_for_selector("#wf-copy")
    page.goto(site.url + "/employee/settings/users/sign-in/")
    page.screenshot(path=str(pictures / "sign-in-rules-360.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
