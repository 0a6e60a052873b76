"""Asking for an account: shut unless switched on, guarded against machines, alike for everybody, decided by people."""

from __future__ import annotations

import re
from typing import Any

import pytest

from weft.core.identity import rights, users
from weft.core.portal import registrations, terms

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer", "portal_supplier")

FORM = "/auth/customer/register"
LIST = "/employee/settings/users/waiting/"
LOOK = "/employee/settings/portals/customer/"


@pytest.fixture
def opened(client_as: Any) -> Any:
    """Registration is switched on for the customers, whose privacy page is published."""
    admin = client_as("core.admin")
    admin.post(LOOK, data={"locales": ["en", "zh"], "registration": "1"})
    admin.post(f"{LOOK}texts/", data={"kind": "privacy", "text_en": "We keep little."})
    return admin


def send(client: Any, clock: Any, *, seconds: int = 30, **changes: Any) -> Any:
    """Fill the form in like a person: look at it, take some time, send it."""
    shown = re.search(r'name="_shown" value="([^"]+)"', client.get(FORM).text)
    assert shown is not None
    clock.move(seconds=seconds)
    data = {"organisation": "Tangyu Water", "name": "Zhou Ning", "email": "zhou@tangyu.example", "consent": "1"}
    return client.post(FORM, data={**data, "_shown": shown.group(1), **changes})


def waiting(runtime: Any) -> list[Any]:
    with runtime.db.read() as connection:
        return registrations.waiting(connection)


def test_it_is_shut_until_an_administrator_opens_it(client_as: Any, opened: Any) -> None:
    nobody = client_as(None)
    assert nobody.get("/auth/supplier/register").status_code == 404
    assert nobody.post("/auth/supplier/register", data={}).status_code == 404
    assert nobody.get("/auth/employee/register").status_code == 404
    assert FORM in nobody.get("/auth/customer/sign-in").text
    assert "register" not in nobody.get("/auth/supplier/sign-in").text


@pytest.mark.both_databases
def test_a_person_asks_and_is_let_in(
    opened: Any, client_as: Any, weft_runtime: Any, moved_clock: Any, make_record: Any
) -> None:
    firm = make_record("crm.account", name="Tangyu", role=["customer"])
    nobody = client_as(None)
    assert "has arrived" in send(nobody, moved_clock).text
    (one,) = waiting(weft_runtime)
    assert (
        "Zhou Ning · Tangyu Water" in opened.get(LIST).text
        and "Waiting: 1" in opened.get("/employee/settings/users/").text
    )
    here = f"{LIST}{one.id}/"
    assert opened.post(f"{here}approve/", data={"roles": ["portal_customer.admin"]}).status_code == 422
    assert opened.post(f"{here}approve/", data={"anchors": [firm.id], "roles": ["core.admin"]}).status_code == 422
    answer = opened.post(f"{here}approve/", data={"anchors": [firm.id], "roles": ["portal_customer.admin"]})
    link = re.search(r'value="[^"]*(/auth/link/[^"]+)"', answer.text)
    assert link is not None and waiting(weft_runtime) == []
    with weft_runtime.db.read() as connection:
        user = users.find_by_email(connection, "zhou@tangyu.example", "customer")
        assert user is not None and rights.anchors_of(connection, [user.id])[user.id] == [firm.id]
        assert [row[:3] for row in terms.consents(connection, [user.id])[user.id]] == [("customer", "privacy", 1)]
    assert "This was approved" in opened.post(f"{here}approve/", data={"anchors": [firm.id]}).text
    answer = nobody.post(link.group(1), data={"password": "tulips under rain", "again": "tulips under rain"})
    assert nobody.get(answer.headers["Location"]).status_code == 200  # consent was given on the form


def test_a_refusal_needs_a_reason_which_is_kept(
    opened: Any, client_as: Any, weft_runtime: Any, moved_clock: Any
) -> None:
    send(client_as(None), moved_clock)
    here = f"{LIST}{waiting(weft_runtime)[0].id}/"
    assert opened.post(f"{here}refuse/", data={"reason": " "}).status_code == 422
    assert opened.post(f"{here}refuse/", data={"reason": "Not a customer yet"}).status_code == 303
    assert "Not a customer yet" in opened.get(here).text and waiting(weft_runtime) == []
    assert "refused an account" in opened.get("/employee/settings/audit/").text


def test_known_and_unknown_addresses_are_answered_alike(
    opened: Any, client_as: Any, weft_cast: Any, moved_clock: Any, make_record: Any, weft_runtime: Any
) -> None:
    weft_cast.user("customer", email="known@tangyu.example")
    firm = make_record("crm.account", name="Tangyu", role=["customer"])
    known = send(client_as(None), moved_clock, email="known@tangyu.example")
    other = send(client_as(None), moved_clock, email="unknown@tangyu.example")
    assert known.status_code == other.status_code == 200
    plain = [re.sub(r'content="[^"]*"|value="[^"]*"', "", answer.text) for answer in (known, other)]
    assert plain[0] == plain[1]
    number = next(one.id for one in waiting(weft_runtime) if one.email.startswith("known"))
    answer = opened.post(f"{LIST}{number}/approve/", data={"anchors": [firm.id]})
    assert answer.status_code == 422 and "already in use" in answer.text


def test_machines_and_forgeries_leave_nothing(opened: Any, client_as: Any, weft_runtime: Any, moved_clock: Any) -> None:
    nobody = client_as(None)
    assert "very quick" in send(nobody, moved_clock, seconds=1).text
    assert "has arrived" in send(nobody, moved_clock, homepage="https://spam.example").text
    assert send(nobody, moved_clock, _shown="forged").status_code == 422
    assert send(nobody, moved_clock, seconds=25 * 3600).status_code == 422
    for missing in ("organisation", "name", "email", "consent"):
        assert send(nobody, moved_clock, **{missing: ""}).status_code == 422, missing
    assert waiting(weft_runtime) == []


@pytest.mark.parametrize("who", [None, "employee", "crm.sales_manager", "customer"])
def test_only_administrators_decide(
    who: str | None, opened: Any, client_as: Any, weft_runtime: Any, moved_clock: Any, make_record: Any
) -> None:
    firm = make_record("crm.account", name="Tangyu", role=["customer"])
    send(client_as(None), moved_clock)
    here = f"{LIST}{waiting(weft_runtime)[0].id}/"
    client = client_as(who)
    assert client.get(LIST).status_code in (303, 403) and client.get(here).status_code in (303, 403)
    assert client.post(f"{here}approve/", data={"anchors": [firm.id]}).status_code in (401, 403)
    assert client.post(f"{here}refuse/", data={"reason": "no"}).status_code in (401, 403)
    assert len(waiting(weft_runtime)) == 1
