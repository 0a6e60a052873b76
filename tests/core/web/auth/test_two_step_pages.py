"""Two-step sign-in as a browser sees it: on the way in, in the profile and settings; confirming old sessions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest

from weft.core.identity import rights, second_factor, sessions
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient
from weft.core.testing.clock import MovedClock
from weft.core.testing.people import Cast

GOOD = "tulips under rain"
SIGN_IN, CODE, ENROL = "/auth/employee/sign-in", "/auth/employee/code", "/auth/employee/two-step"
PROFILE = "/employee/profile/sign-in/"
Visit = Callable[[], WeftClient]


def post_sign_in(client: WeftClient, **more: Any) -> Any:
    return client.post(SIGN_IN, data={"email": "lin@test.example", "password": GOOD, **more})


def hidden(page: Any, name: str) -> str:
    found = re.findall(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"the page has no {name}"
    return str(found[-1])  # the frame's own forms stand before


def secret_on(page: Any) -> str:
    found = re.search(r'<code class="wf-secret"[^>]*>([A-Z2-7 ]+)</code>', page.text)
    assert found
    return found[1].replace(" ", "")


def codes_on(page: Any) -> list[str]:
    return re.findall(r"<li><code>([a-z2-9-]{14})</code></li>", page.text)


@pytest.fixture
def code_now(moved_clock: MovedClock) -> Callable[[str], str]:
    """The code that an app shows in the next half minute."""

    def run(secret: str) -> str:
        moved_clock.move(seconds=30)
        return pyotp.TOTP(secret).at(moved_clock.now)

    return run


@pytest.fixture
def secret(weft_runtime: Runtime, person: int, moved_clock: MovedClock) -> str:
    """``lin@test.example`` signs in in two steps; the secret in the app."""
    made = pyotp.random_base32()
    with weft_runtime.db.write() as conn:
        second_factor.switch_on(conn, weft_runtime.settings, person, made, 1, now=moved_clock.now)
    return made


# ---- on the way in


def test_password_then_code_then_where_one_wanted_to_go(
    browser: Visit, secret: str, code_now: Callable[[str], str]
) -> None:
    client = browser()
    answer = post_sign_in(client, next="/employee/todo/")
    assert (answer.status_code, answer.location) == (303, f"{CODE}?next=%2Femployee%2Ftodo%2F")
    assert client.get_cookie("weft_employee") is None
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("weft_step_employee="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age" not in cookie
    # half signed in is not signed in
    assert SIGN_IN in client.get(PROFILE).location
    page = client.get(answer.location)
    assert 'autocomplete="one-time-code"' in page.text
    wrong = client.post(CODE, data={"code": "12345", "next": "/employee/todo/"})
    assert wrong.status_code == 422 and "does not fit" in wrong.text
    done = client.post(CODE, data={"code": code_now(secret), "next": hidden(wrong, "next")})
    assert (done.status_code, done.location) == (303, "/employee/todo/")
    assert client.get_cookie("weft_employee") is not None
    assert client.get_cookie("weft_step_employee") is None


def test_a_code_without_password_leads_to_the_password(
    browser: Visit, secret: str, code_now: Callable[[str], str]
) -> None:
    client = browser()
    assert client.get(CODE).location == SIGN_IN
    assert client.post(CODE, data={"code": code_now(secret)}).location == SIGN_IN
    client.set_cookie("weft_step_employee", "guessed")
    assert client.post(CODE, data={"code": code_now(secret)}).location == SIGN_IN
    assert client.get(ENROL).location == SIGN_IN
    assert client.get("/auth/nobody/code").location == SIGN_IN


def test_the_password_is_refused_alike_with_and_without_second_step(browser: Visit, secret: str) -> None:
    known = browser().post(SIGN_IN, data={"email": "lin@test.example", "password": "wrong wrong wrong"})
    unknown = browser().post(SIGN_IN, data={"email": "nix@test.example", "password": "wrong wrong wrong"})
    assert known.status_code == unknown.status_code == 401
    assert len(known.data) == len(unknown.data) + len("lin") - len("nix")
    assert not [line for line in known.headers.getlist("Set-Cookie") if "weft_step" in line]


def test_a_rule_shows_the_set_up_before_anything_else(
    browser: Visit, person: int, weft_runtime: Runtime, code_now: Callable[[str], str]
) -> None:
    with weft_runtime.db.write() as conn:
        second_factor.set_policy(conn, ["employee"], [])
    client = browser()
    answer = post_sign_in(client)
    assert answer.location.startswith(ENROL)
    page = client.get(answer.location)
    assert 'src="data:image/png;base64,' in page.text
    secret = secret_on(page)
    wrong = client.post(ENROL, data={"code": "000000", "offer": hidden(page, "offer")})
    assert wrong.status_code == 422 and secret_on(wrong) == secret, "no need to scan again"
    assert client.get_cookie("weft_employee") is None
    done = client.post(ENROL, data={"code": code_now(secret), "offer": hidden(wrong, "offer")})
    assert len(codes_on(done)) == 10
    assert client.get(PROFILE).status_code == 200
    assert codes_on(client.get(PROFILE)) == []


# ---- profile


def test_switching_on_and_off_in_the_profile(
    browser: Visit, person: int, code_now: Callable[[str], str], weft_runtime: Runtime
) -> None:
    client, elsewhere = browser(), browser()
    post_sign_in(client)
    post_sign_in(elsewhere)
    before = client.get_cookie("weft_employee").value
    assert "Set up two-step sign-in" in client.get(PROFILE).text
    page = client.post(PROFILE + "begin/")
    secret = secret_on(page)
    assert not second_factor_is_on(weft_runtime, person), "nothing is kept before the first code"
    done = client.post(PROFILE + "on/", data={"offer": hidden(page, "offer"), "code": code_now(secret)})
    assert len(codes_on(done)) == 10
    assert client.get_cookie("weft_employee").value != before
    assert SIGN_IN in elsewhere.get(PROFILE).location
    assert "Recovery codes left: 10" in client.get(PROFILE).text
    refused = client.post(PROFILE + "off/", data={"password": GOOD, "code": "000000"})
    assert refused.status_code == 422 and second_factor_is_on(weft_runtime, person)
    answer = client.post(PROFILE + "off/", data={"password": GOOD, "code": code_now(secret)})
    assert answer.location == PROFILE and not second_factor_is_on(weft_runtime, person)


def second_factor_is_on(runtime: Runtime, user_id: int) -> bool:
    with runtime.db.read() as conn:
        return second_factor.is_on(conn, user_id)


# ---- confirming


def test_an_old_session_confirms_and_the_change_goes_on(
    browser: Visit, person: int, moved_clock: MovedClock, weft_runtime: Runtime
) -> None:
    client = browser()
    post_sign_in(client)
    moved_clock.move(minutes=16)
    client.get(PROFILE)
    data = {"name": "nightly <script>", "scope": "read"}
    asked = client.post("/employee/profile/tokens/", data=data)
    assert asked.status_code == 403
    assert "Confirm that it is you" in asked.text
    assert 'name="name" value="nightly &lt;script&gt;"' in asked.text
    wrong = client.post("/employee/profile/tokens/", data={**data, "_confirm": "wrong wrong wrong"})
    assert wrong.status_code == 403 and "not your password" in wrong.text and "wrong wrong" not in wrong.text
    before = client.get_cookie("weft_employee").value
    done = client.post("/employee/profile/tokens/", data={**data, "_confirm": GOOD})
    assert done.status_code == 200 and "weft_" in done.text
    assert client.get_cookie("weft_employee").value != before
    again = client.post("/employee/profile/tokens/", data={**data, "name": "second"})
    assert again.status_code == 200, "for fifteen minutes nobody asks again"


def test_a_script_gets_the_question_as_a_dialog(browser: Visit, person: int, moved_clock: MovedClock) -> None:
    client = browser()
    post_sign_in(client)
    moved_clock.move(minutes=16)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{PROFILE}"}
    asked = client.post(PROFILE + "begin/", headers=headers)
    assert (asked.status_code, asked.headers["HX-Retarget"]) == (403, "#wf-dialog")
    assert hidden(asked, "_confirm_back") == PROFILE


# ---- settings


@pytest.fixture
def admin_client(weft_cast: Cast, client_as: Callable[[Any], WeftClient]) -> WeftClient:
    return client_as(weft_cast.user(ADMIN))


def test_administrators_see_reset_and_rule_it(
    admin_client: WeftClient, secret: str, person: int, weft_runtime: Runtime
) -> None:
    page = admin_client.get(f"/employee/settings/users/{person}/")
    assert f"/employee/settings/users/{person}/second-step/reset/" in page.text
    assert admin_client.post(f"/employee/settings/users/{person}/second-step/reset/").status_code == 303
    assert not second_factor_is_on(weft_runtime, person)
    assert admin_client.get("/employee/settings/users/sign-in/").status_code == 200
    data = {"audiences": ["employee"], "roles": ["core.explain"]}
    assert admin_client.post("/employee/settings/users/sign-in/", data=data).status_code == 303
    with weft_runtime.db.read() as conn:
        rules = second_factor.policy(conn)
    assert (rules.audiences, rules.roles) == ({"employee"}, {"core.explain"})
    bad = admin_client.post("/employee/settings/users/sign-in/", data={"roles": ["no.such"]})
    assert bad.status_code == 422
    trail = admin_client.get("/employee/settings/audit/")
    assert "changed who must sign in in two steps" in trail.text


@pytest.mark.parametrize("who", ["anonymous", "employee", "supplier"])
def test_nobody_else_resets_or_rules(
    who: str, browser: Visit, weft_cast: Cast, client_as: Callable[[Any], WeftClient], secret: str, person: int,
    weft_runtime: Runtime,
) -> None:  # fmt: skip
    client = browser() if who == "anonymous" else client_as(weft_cast.user(who))
    for path in (f"/employee/settings/users/{person}/second-step/reset/", "/employee/settings/users/sign-in/"):
        answer = client.post(path, data={"audiences": ["supplier"]})
        assert answer.status_code in (401, 403, 404)
    assert client.get("/employee/settings/users/sign-in/").status_code in (303, 403)
    assert second_factor_is_on(weft_runtime, person)
    with weft_runtime.db.read() as conn:
        assert not second_factor.policy(conn).audiences


# ---- sessions


def test_administrators_sign_ins_end_after_fifteen_idle_minutes(
    browser: Visit, person: int, weft_runtime: Runtime, moved_clock: MovedClock
) -> None:
    client = browser()
    post_sign_in(client)
    moved_clock.move(minutes=20)
    assert client.get(PROFILE).status_code == 200
    with weft_runtime.db.write() as conn:
        rights.set_roles(conn, weft_runtime.registry, person, [ADMIN], now=moved_clock.now)
    moved_clock.move(seconds=5)
    assert client.get(PROFILE).status_code == 200
    moved_clock.move(minutes=16)
    assert SIGN_IN in client.get(PROFILE).location
    post_sign_in(client)
    moved_clock.move(minutes=16)
    assert SIGN_IN in client.get(PROFILE).location
    with weft_runtime.db.read() as conn:
        assert sessions.list_sessions(conn, person, now=moved_clock.now) == []
