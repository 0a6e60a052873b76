"""The pages of ``/auth/`` as a browser sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from weft.core.db.tables import outbox
from weft.core.identity import links, rights, sessions
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient
from weft.core.testing.clock import MovedClock

GOOD = "tulips under rain"
SIGN_IN = "/auth/employee/sign-in"
Visit = Callable[[], WeftClient]


def post_sign_in(client: WeftClient, password: str = GOOD, email: str = "lin@test.example", **more: Any) -> Any:
    return client.post(SIGN_IN, data={"email": email, "password": password, **more})


def link_for(runtime: Runtime, user_id: int, purpose: str = "reset") -> str:
    with runtime.db.write() as conn:
        return links.path(links.issue(conn, purpose, user_id, now=runtime.clock())[0])


def without_tokens(text: str) -> str:
    """A page without what differs by design: forgery tokens and the address typed."""
    text = re.sub(r'(csrf_token" value|csrf-token" content)="[^"]*"', "", text)
    return re.sub(r"[a-z]+@test\.example", "ADDRESS", text)


# ---- signing in and out


def test_signing_in_goes_home_and_the_cookie_is_only_for_the_server(browser: Visit, person: int) -> None:
    client = browser()
    page = client.get(SIGN_IN)
    assert page.status_code == 200
    assert 'autocomplete="current-password"' in page.text
    answer = post_sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/employee/")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("weft_employee="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert client.get(SIGN_IN).location == "/employee/"


def test_behind_https_the_cookie_is_bound_to_the_host(weft_runtime: Runtime, person: int) -> None:
    from weft.core.web.app import create_app

    weft_runtime.settings = weft_runtime.settings.with_changes(public_url="https://weft.example")
    app = create_app(weft_runtime, testing=True)
    app.test_client_class = WeftClient
    client, base = app.test_client(), {"base_url": "https://weft.example"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(SIGN_IN, **base).text)
    assert token is not None
    data = {"email": "lin@test.example", "password": GOOD, "csrf_token": token[1]}
    answer = client.post(SIGN_IN, data=data, headers={"Origin": "https://weft.example"}, forged=True, **base)
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if "weft-employee" in line)
    assert cookie.startswith("__Host-weft-employee=")
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_a_wrong_password_and_an_unknown_address_look_alike(browser: Visit, person: int) -> None:
    wrong = post_sign_in(browser(), "wrong wrong wrong")
    unknown = post_sign_in(browser(), "wrong wrong wrong", email="nobody@test.example")
    assert wrong.status_code == unknown.status_code == 401
    assert "The address or the password is not right." in wrong.text
    assert without_tokens(wrong.text) == without_tokens(unknown.text)
    assert wrong.headers["Cache-Control"] == "no-store"


def test_too_many_attempts_are_told_when_to_come_back(browser: Visit, person: int) -> None:
    client = browser()
    for _number in range(5):
        post_sign_in(client, "wrong wrong wrong")
    answer = post_sign_in(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert "Too many attempts" in answer.text


def test_forged_forms_are_refused(browser: Visit, person: int) -> None:
    client = browser()
    data = {"email": "lin@test.example", "password": GOOD}
    assert client.post(SIGN_IN, data=data, forged=True).status_code in (400, 403)
    assert client.post(SIGN_IN, data=data, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.get_cookie("weft_employee") is None


def test_a_planted_session_does_not_survive_signing_in(browser: Visit, person: int, weft_runtime: Runtime) -> None:
    attacker, victim = browser(), browser()
    post_sign_in(attacker)
    planted = attacker.get_cookie("weft_employee").value
    victim.set_cookie("weft_employee", planted)
    post_sign_in(victim)
    assert victim.get_cookie("weft_employee").value != planted
    assert attacker.get("/employee/").status_code in (302, 303)


def test_signing_out_ends_copies_of_the_cookie(browser: Visit, person: int) -> None:
    client, thief = browser(), browser()
    post_sign_in(client)
    thief.set_cookie("weft_employee", client.get_cookie("weft_employee").value)
    assert thief.get(SIGN_IN).location == "/employee/"
    answer = client.post("/auth/employee/sign-out")
    assert answer.location == SIGN_IN
    assert client.get_cookie("weft_employee") is None
    assert thief.get(SIGN_IN).status_code == 200


def test_a_revoked_session_is_at_the_sign_in_page_on_its_next_click(
    browser: Visit, person: int, weft_runtime: Runtime
) -> None:
    client = browser()
    post_sign_in(client)
    with weft_runtime.db.write() as conn:
        sessions.revoke_all(conn, person, now=weft_runtime.clock())
    answer = client.get("/employee/")
    assert answer.status_code in (302, 303)
    assert SIGN_IN in answer.location


def test_a_change_of_roles_renews_the_cookie_at_the_next_request(
    browser: Visit, person: int, weft_runtime: Runtime, moved_clock: MovedClock
) -> None:
    client, copied = browser(), browser()
    post_sign_in(client)
    before = client.get_cookie("weft_employee").value
    copied.set_cookie("weft_employee", before)
    moved_clock.move(seconds=30)
    with weft_runtime.db.write() as conn:
        rights.set_roles(conn, weft_runtime.registry, person, ["core.explain"], now=moved_clock.now)
    moved_clock.move(seconds=30)
    assert client.get(SIGN_IN).location == "/employee/"
    assert client.get_cookie("weft_employee").value != before
    moved_clock.move(seconds=30)
    assert client.get(SIGN_IN).location == "/employee/"
    assert copied.get(SIGN_IN).status_code == 200, "the old cookie is worth nothing any more"


@pytest.mark.parametrize(
    ("goal", "lands"),
    [
        ("/employee/todo/?x=1", "/employee/todo/?x=1"),
        ("/r/17", "/r/17"),
        ("https://evil.example/", "/employee/"),
        ("//evil.example/", "/employee/"),
        ("/\\evil.example/", "/employee/"),
        ("/employee/\r\nSet-Cookie: a=b", "/employee/"),
        ("javascript:alert(1)", "/employee/"),
        ("/auth/employee/sign-in", "/employee/"),
        ("", "/employee/"),
    ],
)
def test_going_on_leads_only_to_own_pages(browser: Visit, person: int, goal: str, lands: str) -> None:
    assert post_sign_in(browser(), next=goal).location == lands


def test_unknown_audiences_do_not_exist(browser: Visit, person: int) -> None:
    assert browser().get("/auth/alien/sign-in").status_code == 404
    assert browser().post("/auth/alien/sign-out").status_code == 404


def test_language_and_theme_before_signing_in(browser: Visit, person: int) -> None:
    client = browser()
    answer = client.post("/auth/locale", data={"locale": "zh", "next": SIGN_IN})
    assert answer.location == SIGN_IN
    assert 'lang="zh-CN"' in client.get(SIGN_IN).text
    assert client.post("/auth/theme", data={"theme": "dark"}, headers={"X-Requested-With": "fetch"}).status_code == 204
    assert 'data-bs-theme="dark"' in client.get(SIGN_IN).text
    assert client.post("/auth/locale", data={"locale": "xx", "next": "https://evil.example"}).location == "/auth/"


# ---- links


def test_a_link_works_once(browser: Visit, person: int, weft_runtime: Runtime) -> None:
    address, client = link_for(weft_runtime, person, "invite"), browser()
    page = client.get(address)
    assert page.status_code == 200
    assert "Welcome, Lin Shutong" in page.text
    assert client.get(address).status_code == 200, "looking does not use it up"
    answer = client.post(address, data={"password": "tulips under snow", "again": "tulips under snow"})
    assert (answer.status_code, answer.location) == (303, "/employee/")
    assert client.get(SIGN_IN).location == "/employee/", "signed in by setting the password"
    for again in (browser().get(address), browser().post(address, data={"password": GOOD, "again": GOOD})):
        assert again.status_code == 410
        assert "was used or has expired" in again.text
    assert post_sign_in(browser(), "tulips under snow").status_code == 303


def test_two_different_passwords_and_weak_ones_are_told(browser: Visit, person: int, weft_runtime: Runtime) -> None:
    address, client = link_for(weft_runtime, person), browser()
    differ = client.post(address, data={"password": "tulips under snow", "again": "tulips under hail"})
    assert differ.status_code == 422
    assert "The two passwords differ." in differ.text
    weak = client.post(address, data={"password": "Password1234!", "again": "Password1234!"})
    assert weak.status_code == 422
    assert "attackers try first" in weak.text
    assert "Password1234!" not in weak.text
    assert client.post(address, data={"password": "tulips under snow", "again": "tulips under snow"}).status_code == 303


def test_an_expired_and_an_invented_link_look_alike(
    browser: Visit, person: int, weft_runtime: Runtime, moved_clock: MovedClock
) -> None:
    address = link_for(weft_runtime, person)
    moved_clock.move(minutes=31)
    expired, invented = browser().get(address), browser().get("/auth/link/" + "a" * 43)
    assert expired.status_code == invented.status_code == 410
    assert without_tokens(expired.text).replace(address, "") == without_tokens(invented.text).replace(
        "/auth/link/" + "a" * 43, ""
    )


def test_a_reset_is_asked_for_the_same_way_by_known_and_unknown(
    browser: Visit, person: int, weft_runtime: Runtime, mail_set_up: None
) -> None:
    pages = [
        browser().post("/auth/employee/reset", data={"email": email})
        for email in ("lin@test.example", "nobody@test.example")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert without_tokens(pages[0].text) == without_tokens(pages[1].text)
    with weft_runtime.db.read() as conn:
        queued = conn.execute(select(outbox.c.topic, outbox.c.payload).order_by(outbox.c.id)).all()
    assert [row.topic for row in queued] == ["core.identity.reset"] * 2
    assert all(set(row.payload) == {"audience", "email"} for row in queued), "no secret waits in the queue"


def test_a_fourth_reset_within_an_hour_is_not_queued_and_not_told(
    browser: Visit, person: int, weft_runtime: Runtime, mail_set_up: None
) -> None:
    pages = [browser().post("/auth/employee/reset", data={"email": "lin@test.example"}) for _number in range(5)]
    assert {without_tokens(page.text) for page in pages} == {without_tokens(pages[0].text)}
    with weft_runtime.db.read() as conn:
        assert len(conn.execute(select(outbox.c.id)).all()) == 3


def test_a_foreign_host_is_refused_and_never_in_a_link(
    browser: Visit, person: int, weft_runtime: Runtime, mail_set_up: None
) -> None:
    answer = browser().post(
        "/auth/employee/reset", data={"email": "lin@test.example"}, headers={"Host": "evil.example"}
    )
    assert answer.status_code == 400
    with weft_runtime.db.read() as conn:
        assert conn.execute(select(outbox.c.id)).all() == []


def test_without_a_mail_server_no_link_is_promised(browser: Visit, person: int, weft_runtime: Runtime) -> None:
    for page in (
        browser().get("/auth/employee/reset"),
        browser().post("/auth/employee/reset", data={"email": "lin@test.example"}),
    ):
        assert "ask an administrator" in page.text
        assert "is on its way" not in page.text
    with weft_runtime.db.read() as conn:
        assert conn.execute(select(outbox.c.id)).all() == []
