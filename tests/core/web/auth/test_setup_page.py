"""The set-up page of an empty installation."""

from __future__ import annotations

from collections.abc import Callable

from weft.core.identity import company, setup, users
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient
from weft.core.testing.people import Cast

GOOD = "tulips under rain"
SIGN_IN = "/auth/employee/sign-in"
Visit = Callable[[], WeftClient]


FORM = {
    "company": "Weirholm Instruments", "company_alt": "澄栎仪表有限公司", "currency": "CNY", "zone": "Asia/Shanghai",
    "locale": "zh", "name": "邵以宁", "email": "admin@weirholm.example", "password": GOOD, "again": GOOD,
}  # fmt: skip


def start_code(runtime: Runtime) -> str:
    address = setup.announce(runtime)
    assert address is not None
    assert address.startswith(runtime.settings.public_url + "/auth/setup?token=")
    return address.rpartition("=")[2]


def test_an_empty_installation_asks_for_company_and_administrator(browser: Visit, weft_runtime: Runtime) -> None:
    client = browser()
    assert client.get("/auth/").location == "/auth/setup"
    assert client.get(SIGN_IN).location == "/auth/setup"
    code = start_code(weft_runtime)
    page = client.get("/auth/setup", query_string={"token": code})
    assert page.status_code == 200
    assert "Asia/Shanghai" in page.text and "CNY" in page.text
    answer = client.post("/auth/setup", data={**FORM, "token": code})
    assert (answer.status_code, answer.location) == (303, "/employee/")
    with weft_runtime.db.read() as conn:
        found = company.get(conn)
        assert (found.name, found.name_alt, found.currency, found.zone) == (
            "Weirholm Instruments",
            "澄栎仪表有限公司",
            "CNY",
            "Asia/Shanghai",
        )
        admin = users.find_by_email(conn, "admin@weirholm.example", "employee")
    assert admin is not None
    assert admin.locale == "zh"
    assert Cast(weft_runtime).principal(admin.id).has_role("core.admin")
    assert client.get(SIGN_IN).location == "/employee/"


def test_set_up_exists_only_once(browser: Visit, weft_runtime: Runtime) -> None:
    first, second = start_code(weft_runtime), start_code(weft_runtime)
    refused = browser().post("/auth/setup", data={**FORM, "token": first})
    assert refused.status_code == 422, "a new start makes earlier codes useless"
    assert browser().post("/auth/setup", data={**FORM, "token": ""}).status_code == 422
    assert browser().post("/auth/setup", data={**FORM, "token": second}).status_code == 303
    assert setup.announce(weft_runtime) is None
    assert browser().get("/auth/setup").status_code == 404
    assert (
        browser().post("/auth/setup", data={**FORM, "token": second, "email": "b@weirholm.example"}).status_code == 404
    )


def test_all_mistakes_are_told_at_once_and_the_code_stays_good(browser: Visit, weft_runtime: Runtime) -> None:
    code = start_code(weft_runtime)
    wrong = {
        **FORM,
        "token": code,
        "company": "",
        "currency": "XXX",
        "name": " ",
        "email": "x",
        "password": "short",
        "again": "short",
    }
    page = browser().post("/auth/setup", data=wrong)
    assert page.status_code == 422
    for name in ("company", "currency", "name", "email", "password"):
        assert f'id="f-{name}-error"' in page.text, name
    assert 'id="f-token"' not in page.text, "the code was right: it is not asked for again"
    with weft_runtime.db.read() as conn:
        assert company.is_empty(conn)
    assert browser().post("/auth/setup", data={**FORM, "token": code}).status_code == 303


def test_there_is_no_default_account(browser: Visit, weft_runtime: Runtime) -> None:
    with weft_runtime.db.read() as conn:
        assert users.list_users(conn) == []
