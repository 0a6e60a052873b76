"""Signing in at a provider: a real one in a process of its own, with all that an attacker may change in its answers."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from weft.core.config_oidc import OidcProvider
from weft.core.identity import audit, identities, second_factor, sessions, users
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient
from weft.core.testing.people import Cast

GOOD = "tulips under rain"
BASE, SIGN_IN = "http://127.0.0.1:8000", "/auth/employee/sign-in"
BACK, PROFILE = "/auth/oidc/firm/callback", "/employee/profile/sign-in/"
Visit = Callable[[], WeftClient]
ANN = {"sub": "s-ann", "email": "ann@firm.example", "email_verified": True, "name": "Ann"}


class Process:
    """The provider's process."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def next(self, claims: dict[str, Any] | None = None, **wishes: Any) -> None:
        """Who signs in next, and what is wrong with the answer."""
        self._ask("POST", "/next", json.dumps({"claims": claims or ANN, **wishes}))

    def visit(self, address: str) -> str:
        """What a browser does there: sign in and be sent back; returns path and query of the way back."""
        location = self._ask("GET", address.removeprefix(self.issuer))
        assert location.startswith(BASE), "the provider did not send the browser back"
        return location.removeprefix(BASE)

    def _ask(self, method: str, path: str, body: str = "") -> str:
        connection = http.client.HTTPConnection(urlsplit(self.issuer).netloc, timeout=5)
        connection.request(method, path, body or None)
        answer = connection.getresponse()
        location = answer.getheader("Location") or ""
        connection.close()
        return location


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    command = [sys.executable, str(Path(__file__).with_name("oidc_provider.py")), "weft", "s3cret", BASE + BACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        yield Process(started.stdout.readline().strip())
        started.terminate()


@pytest.fixture
def configured(weft_runtime: Runtime, process: Process) -> Callable[..., None]:
    """Names the provider in the settings; plain http to this machine is allowed as an operator would."""

    def run(**changes: Any) -> None:
        given = {"key": "firm", "label": "Firm account", "issuer": process.issuer, "client_id": "weft"}
        provider = OidcProvider(**{**given, "client_secret": "s3cret", **changes})
        weft_runtime.settings = weft_runtime.settings.with_changes(
            oidc=(provider,), egress_loopback=True, public_url=BASE
        )
        weft_runtime.services.pop("oidc", None)
        process.next()

    run()
    return run


@pytest.fixture
def ann(weft_runtime: Runtime, weft_cast: Cast, process: Process) -> int:
    """An employee linked to ``s-ann``."""
    user = weft_cast.user("employee", email="ann@test.example", name="Ann")
    with weft_runtime.db.write() as conn:
        identities.link(
            conn, user, "employee", "firm", process.issuer, "s-ann", "ann", now=weft_runtime.clock(), by=None
        )
    return user


def begin(client: WeftClient, **query: str) -> str:
    answer = client.get("/auth/employee/oidc/firm", query_string=query)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def through(client: WeftClient, process: Process, **query: str) -> Any:
    """Begin, sign in at the provider, come back."""
    return client.get(process.visit(begin(client, **query)))


def signed_in(client: WeftClient) -> bool:
    return client.get(PROFILE).status_code == 200


def test_the_button_leads_to_the_provider_and_back_to_where_one_wanted_to_go(
    browser: Visit, configured: Any, ann: int, process: Process, weft_runtime: Runtime
) -> None:
    client = browser()
    page = client.get(SIGN_IN, query_string={"next": "/employee/todo/"})
    assert 'href="/auth/employee/oidc/firm?next=%2Femployee%2Ftodo%2F"' in page.text
    assert "Continue with Firm account" in page.text
    answer = client.get("/auth/employee/oidc/firm?next=%2Femployee%2Ftodo%2F")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert all(f"{name}=" in answer.location for name in ("state", "nonce", "code_challenge", "scope"))
    done = client.get(process.visit(answer.location))
    assert (done.status_code, done.location) == (303, "/employee/todo/")
    assert signed_in(client)
    with weft_runtime.db.read() as conn:
        assert audit.entries(conn)[0].changes["provider"] == [None, "firm"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": {**ANN, "iss": "https://other.example"}},
        {"claims": {**ANN, "aud": "somebody-else"}},
        {"claims": {**ANN, "aud": ["weft", "somebody-else"]}},
        {"claims": {**ANN, "aud": ["weft", "x"], "azp": "x"}},
        {"claims": {**ANN, "nonce": "another"}},
        {"claims": {**ANN, "exp": 1_500_000_000}},
        {"claims": {**ANN, "sub": ""}},
        {"without": ["sub"]},
        {"without": ["nonce"]},
        {"without": ["exp"]},
        {"without": ["aud"]},
        {"stranger": True},
        {"alg": "none"},
    ],
    ids=lambda wrong: json.dumps(wrong)[:60],
)
def test_an_answer_that_is_wrong_in_one_thing_signs_nobody_in(
    browser: Visit, configured: Any, ann: int, process: Process, wrong: dict[str, Any]
) -> None:
    client = browser()
    process.next(**{"claims": ANN, **wrong})
    answer = through(client, process)
    assert answer.status_code == 403
    assert "cannot be trusted" in answer.text
    assert not signed_in(client)


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(
    browser: Visit, configured: Any, ann: int, process: Process
) -> None:
    client, thief = browser(), browser()
    address = begin(client)
    cookie = client.get_cookie("weft_provider").value
    back = process.visit(address)
    assert thief.get(back).status_code == 403
    assert client.get(back).status_code == 303
    # the same answer, with the same cookie, once more
    thief.set_cookie("weft_provider", cookie)
    again = thief.get(back)
    assert again.status_code == 403 and not signed_in(thief)


def test_a_code_that_was_used_is_refused_by_the_provider(
    browser: Visit, configured: Any, ann: int, process: Process
) -> None:
    first, second = browser(), browser()
    used = process.visit(begin(first))
    first.get(used)
    code = re.search(r"code=([^&]+)", used)
    fresh = process.visit(begin(second))
    assert code is not None
    answer = second.get(re.sub(r"code=[^&]+", f"code={code[1]}", fresh))
    assert answer.status_code == 403 and "did not accept" in answer.text
    assert not signed_in(second)


def test_a_forged_state_and_a_late_answer_are_refused(
    browser: Visit, configured: Any, ann: int, process: Process, moved_clock: Any
) -> None:
    moved_clock.set(moved_clock.now.fromtimestamp(time.time(), moved_clock.now.tzinfo))
    client = browser()
    process.next(state="forged")
    assert through(client, process).status_code == 403
    process.next()
    address = begin(client)
    moved_clock.move(minutes=11)
    answer = client.get(process.visit(address))
    assert answer.status_code == 403 and "not begun in this browser" in answer.text


def test_swapped_addresses_change_nothing(
    browser: Visit, configured: Any, ann: int, process: Process, weft_runtime: Runtime, weft_cast: Cast
) -> None:
    """The identity is issuer and subject: whoever owns an address at the provider owns nothing here."""
    bob = weft_cast.user("employee", email="bob@firm.example")
    client = browser()
    process.next({**ANN, "email": "bob@firm.example"})
    through(client, process)
    with weft_runtime.db.read() as conn:
        assert len(sessions.list_sessions(conn, ann, now=weft_runtime.clock())) == 1
        assert sessions.list_sessions(conn, bob, now=weft_runtime.clock()) == []
    stranger = browser()
    process.next({**ANN, "sub": "s-other", "email": "bob@firm.example"})
    answer = through(stranger, process)
    assert answer.status_code == 403 and "linked to nobody" in answer.text
    assert not signed_in(stranger)


def test_what_a_person_gave_up_is_named(browser: Visit, configured: Any, process: Process) -> None:
    client = browser()
    process.next(error="access_denied")
    answer = through(client, process)
    assert answer.status_code == 403 and "You did not finish signing in at Firm account." in answer.text


def test_domains_are_compared_whole_and_must_be_verified(
    browser: Visit, configured: Callable[..., None], ann: int, process: Process
) -> None:
    configured(domains=("firm.example",))
    for email, verified, allowed in [
        ("ann@firm.example", True, True),
        ("ann@FIRM.example", True, True),
        ("ann@firm.example", False, False),
        ("ann@notfirm.example", True, False),
        ("ann@firm.example.evil.example", True, False),
        ("firm.example", True, False),
        ("@firm.example", True, False),
        ("", True, False),
    ]:
        client = browser()
        process.next({**ANN, "email": email, "email_verified": verified})
        assert (through(client, process).status_code == 303) is allowed, (email, verified)


@pytest.mark.parametrize("create", [False, True])
def test_closed_accounts_stay_closed(
    browser: Visit, configured: Any, ann: int, process: Process, weft_runtime: Runtime, create: bool
) -> None:
    configured(create=create, domains=("firm.example",))
    with weft_runtime.db.write() as conn:
        users.deactivate(conn, ann, now=weft_runtime.clock())
    client = browser()
    assert "This account is closed." in through(client, process).text
    assert not signed_in(client)


def test_accounts_are_made_only_where_switched_on_and_never_taken_over(
    browser: Visit, configured: Callable[..., None], process: Process, weft_runtime: Runtime, weft_cast: Cast
) -> None:
    configured(domains=("firm.example",), create=True, role="core.explain")
    client = browser()
    process.next({**ANN, "sub": "s-new", "email": "new@firm.example", "name": "New Person", "locale": "zh-CN"})
    assert through(client, process).status_code == 303 and signed_in(client)
    with weft_runtime.db.read() as conn:
        made = users.find_by_email(conn, "new@firm.example", "employee")
        assert made is not None and (made.name, made.locale) == ("New Person", "zh")
    weft_cast.user("employee", email="old@firm.example")
    other = browser()
    process.next({**ANN, "sub": "s-evil", "email": "old@firm.example"})
    answer = through(other, process)
    assert answer.status_code == 403 and "is here already" in answer.text
    assert not signed_in(other)


@pytest.mark.parametrize(("asks", "location"), [("weft", "/auth/employee/code"), ("provider", "/employee/")])
def test_the_second_step_is_asked_for_here_unless_the_provider_does(
    browser: Visit, configured: Callable[..., None], ann: int, process: Process, weft_runtime: Runtime,
    asks: str, location: str,
) -> None:  # fmt: skip
    configured(second_factor=asks)
    with weft_runtime.db.write() as conn:
        second_factor.switch_on(conn, weft_runtime.settings, ann, "A" * 32, 1, now=weft_runtime.clock())
    assert through(browser(), process).location.startswith(location)


def test_linking_is_asked_for_in_ones_own_session_and_only_there(
    browser: Visit, configured: Any, person: int, process: Process, weft_runtime: Runtime
) -> None:
    client = browser()
    assert client.get("/auth/employee/oidc/firm?link=1").location == SIGN_IN
    client.post(SIGN_IN, data={"email": "lin@test.example", "password": GOOD})
    process.next({**ANN, "sub": "s-lin", "email": "lin@firm.example"})
    back = process.visit(begin(client, link="1"))
    asked = client.get(back)
    assert asked.status_code == 200 and "lin@firm.example" in asked.text
    with weft_runtime.db.read() as conn:
        assert identities.of_user(conn, person) == [], "a visit alone links nothing"
    sealed = re.search(r'name="account" value="([^"]+)"', asked.text)
    assert sealed is not None
    data = {"account": sealed[1]}
    assert client.post(PROFILE + "links/", data=data, forged=True).status_code in (400, 403)
    assert client.post(PROFILE + "links/", data=data).status_code == 303
    assert "Firm account" in client.get(PROFILE).text
    fresh = browser()
    assert through(fresh, process).status_code == 303 and signed_in(fresh)
    # somebody else can neither use the form nor link the same account
    other = browser()
    other_page = other.post(SIGN_IN, data={"email": "lin@test.example", "password": "wrong wrong wrong"})
    assert other_page.status_code == 401
    number = next(iter(re.findall(r"/sign-in/links/(\d+)/end/", client.get(PROFILE).text)))
    assert client.post(f"{PROFILE}links/{number}/end/").status_code == 303
    assert through(browser(), process).status_code == 403


def test_another_person_cannot_finish_what_one_began(
    browser: Visit, configured: Any, person: int, process: Process, weft_cast: Cast, weft_runtime: Runtime
) -> None:
    client = browser()
    client.post(SIGN_IN, data={"email": "lin@test.example", "password": GOOD})
    back = process.visit(begin(client, link="1"))
    other = weft_cast.user("employee")
    with weft_runtime.db.write() as conn:
        opened = sessions.create(conn, other, "employee", now=weft_runtime.clock())
    client.set_cookie("weft_employee", opened.token)
    assert client.get(back).status_code == 403


def test_administrators_link_beforehand_by_subject(
    configured: Any, person: int, process: Process, weft_cast: Cast, client_as: Callable[[Any], WeftClient],
    browser: Visit,
) -> None:  # fmt: skip
    boss, path = client_as(weft_cast.user(ADMIN)), f"/employee/settings/users/{person}/links/"
    assert boss.post(path, data={"provider": "firm", "subject": ""}).status_code == 422
    for who in (None, "employee", "supplier"):
        assert client_as(who).post(path, data={"provider": "firm", "subject": "s-lin"}).status_code in (401, 403)
    assert boss.post(path, data={"provider": "firm", "subject": "s-lin"}).status_code == 303
    process.next({"sub": "s-lin"})
    assert through(browser(), process).status_code == 303
    page = boss.get(f"/employee/settings/users/{person}/")
    number = next(iter(re.findall(r"/links/(\d+)/end/", page.text)))
    assert boss.post(f"{path}{number}/end/").status_code == 303
    assert through(browser(), process).status_code == 403


def test_signing_out_says_that_the_provider_does_not_know(
    browser: Visit, configured: Any, ann: int, process: Process
) -> None:
    client = browser()
    through(client, process)
    answer = client.post("/auth/employee/sign-out")
    page = client.get(answer.location)
    assert "Sign out there too" in page.text and not signed_in(client)
    out = client.get("/auth/employee/oidc/firm/out").location
    assert out.startswith(f"{process.issuer}/logout?") and "post_logout_redirect_uri=" in out


def test_a_provider_that_is_down_or_speaks_for_another_is_named(
    browser: Visit, configured: Callable[..., None], process: Process, weft_runtime: Runtime
) -> None:
    configured(issuer="http://127.0.0.1:9")
    answer = browser().get("/auth/employee/oidc/firm")
    assert answer.status_code == 503 and "cannot be reached" in answer.text
    configured()
    process.next(discovery_issuer="https://other.example")
    assert "cannot be trusted" in browser().get("/auth/employee/oidc/firm").text


def test_without_the_operators_allowance_nothing_on_this_machine_is_asked(
    browser: Visit, configured: Any, weft_runtime: Runtime
) -> None:
    weft_runtime.settings = weft_runtime.settings.with_changes(egress_loopback=False)
    weft_runtime.services.pop("oidc", None)
    assert browser().get("/auth/employee/oidc/firm").status_code == 503


def test_providers_of_other_portals_do_not_exist_here(
    browser: Visit, configured: Callable[..., None], person: int
) -> None:
    configured(audience="supplier")
    client = browser()
    assert client.get("/auth/employee/oidc/firm").status_code == 404
    assert client.get("/auth/oidc/nix/callback").status_code == 404
    assert "oidc/firm" not in client.get(SIGN_IN).text
    assert "oidc/firm" in client.get("/auth/supplier/sign-in").text
