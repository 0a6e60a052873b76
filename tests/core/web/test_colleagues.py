"""Our company > Colleagues, and the first invitation from a person's record: who may, and what stays shut."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from weft.core.identity import rights, users
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.access import Role
from weft.core.testing.client import WeftClient, sign_in
from weft.core.testing.plugins import named

HERE = "/customer/company/colleagues/"
ADMIN, ASKS, READS = "portal_customer.admin", "tasks.asks", "tasks.reads"


class TasksPlugin(Plugin):
    """Two things a visitor may be allowed, as plugins declare them (ADR 0006)."""

    key, title, package = "tasks", "Tasks", "tests"

    @hookimpl
    def weft_roles(self) -> list[Role]:
        return [Role(ASKS, "Requests", audience="customer"), Role(READS, "Invoices", audience="customer")]


@pytest.fixture
def weft_plugins() -> list[Any]:
    return [*named(["crm", "portal_employee", "portal_customer", "portal_supplier"]), TasksPlugin]


@pytest.fixture
def two_firms(weft_cast: Any, make_record: Any, weft_app: Any, weft_runtime: Any) -> Any:
    """Two customers: of one an administrator with a colleague, of the other a person nobody there may see."""
    maud = weft_cast.user("crm.sales_rep", name="Maud Teunisse")
    mine = make_record("crm.account", name="Haverdijk", role=["customer"], owner=maud)
    other = make_record("crm.account", name="Tangyu", role=["customer"], owner=maud)
    found = SimpleNamespace(
        mine=mine,
        other=other,
        maud=maud,
        admin=weft_cast.user("customer", ADMIN, ASKS, name="Lieke Haagstra", anchors=[mine.id]),
        colleague=weft_cast.user("customer", ASKS, READS, name="Sjoerd Colleague", anchors=[mine.id]),
        stranger=weft_cast.user("customer", ADMIN, name="Zhou Stranger", anchors=[other.id]),
    )
    found.client = lambda user: sign_in(weft_app, weft_runtime, user)
    return found


def held(runtime: Any, user: int) -> list[str]:
    with runtime.db.read() as connection:
        return list(rights.roles_of(connection, [user])[user])


def active(runtime: Any, user: int) -> bool:
    with runtime.db.read() as connection:
        return users.find(connection, user).active


def test_the_list_shows_the_own_firm_and_nobody_else(two_firms: Any) -> None:
    text = two_firms.client(two_firms.admin).get(HERE).text
    assert "Sjoerd Colleague" in text and "Lieke Haagstra" in text and "Zhou Stranger" not in text
    assert "Zhou Stranger" in two_firms.client(two_firms.stranger).get(HERE).text


def test_whoever_stands_for_another_firm_too_is_not_theirs_to_end(two_firms: Any, weft_cast: Any) -> None:
    both = weft_cast.user("customer", ASKS, name="Wen Consultant", anchors=[two_firms.mine.id, two_firms.other.id])
    client = two_firms.client(two_firms.admin)
    assert "Wen Consultant" not in client.get(HERE).text
    assert client.post(f"{HERE}{both}/end/").status_code == 404


def test_without_the_role_nothing_of_it_is_open(two_firms: Any, client_as: Any, weft_runtime: Any) -> None:
    """Anonymous, an employee, a colleague without the role: every page and every write."""
    target = f"{HERE}{two_firms.admin}/"
    data = {"email": "new@haverdijk.example", "name": "New", "roles": [ASKS]}
    plain = two_firms.client(two_firms.colleague)
    assert 'href="/customer/company/colleagues/"' not in plain.get("/customer/company/").text
    for client, refused in ((client_as(None), {303, 401}), (client_as("core.admin"), {303, 401, 404}), (plain, {403})):
        for address in (HERE, f"{HERE}invite/", target):
            assert client.get(address).status_code in refused, address
        for address in (f"{HERE}invite/", target, f"{target}end/", f"{target}reopen/", f"{target}invite/"):
            assert client.post(address, data=data).status_code in refused, address
    assert active(weft_runtime, two_firms.admin) and held(weft_runtime, two_firms.admin) == [ADMIN, ASKS]
    with weft_runtime.db.read() as connection:
        assert users.find_by_email(connection, "new@haverdijk.example", "customer") is None


def test_another_firms_people_do_not_exist(two_firms: Any, weft_runtime: Any) -> None:
    client, target = two_firms.client(two_firms.admin), f"{HERE}{two_firms.stranger}/"
    before = held(weft_runtime, two_firms.stranger)
    missing = client.get(f"{HERE}999999/").status_code
    assert client.get(target).status_code == missing == 404
    for word in ("", "end/", "reopen/", "invite/"):
        assert client.post(f"{target}{word}", data={"roles": [ASKS]}).status_code == 404
    assert active(weft_runtime, two_firms.stranger) and held(weft_runtime, two_firms.stranger) == before
    assert client.post(f"{HERE}{two_firms.maud}/end/").status_code == 404  # nor do people of the company


@pytest.mark.both_databases
def test_a_colleague_is_invited_for_one_thing_and_sees_only_the_own_firm(
    two_firms: Any, weft_app: Any, weft_runtime: Any
) -> None:
    client = two_firms.client(two_firms.admin)
    page = client.get(f"{HERE}invite/").text
    assert "Requests" in page and "Portal administrator" in page and "Invoices" not in page
    data = {"email": "Piet@Haverdijk.example", "name": "Piet Visser", "roles": [ASKS]}
    link = re.search(r'value="[^"]*(/auth/link/[^"]+)"', client.post(f"{HERE}invite/", data=data).text)
    assert link is not None
    with weft_runtime.db.read() as connection:
        piet = users.find_by_email(connection, "piet@haverdijk.example", "customer")
        assert piet is not None and rights.anchors_of(connection, [piet.id])[piet.id] == [two_firms.mine.id]
    assert held(weft_runtime, piet.id) == [ASKS]
    browser: Any = weft_app.test_client()
    secret = {"password": "tulips under rain", "again": "tulips under rain"}
    assert browser.post(link.group(1), data=secret).headers["Location"] == "/customer/"
    home = browser.get("/customer/").text
    assert "Haverdijk" in home and browser.get(HERE).status_code == 403
    assert browser.get(f"/customer/crm/accounts/{two_firms.other.id}").status_code == 404


def test_nobody_gives_what_they_do_not_hold(two_firms: Any, weft_runtime: Any) -> None:
    client = two_firms.client(two_firms.admin)
    for role in (READS, "crm.sales_manager", "core.admin", "portal_supplier.admin"):
        data = {"email": "eve@haverdijk.example", "name": "Eve", "roles": [role]}
        assert client.post(f"{HERE}invite/", data=data).status_code == 422, role
        assert client.post(f"{HERE}{two_firms.colleague}/", data={"roles": [role]}).status_code == 422, role
    assert held(weft_runtime, two_firms.colleague) == [ASKS, READS]


def test_roles_one_does_not_hold_stay_as_they_are(two_firms: Any, weft_runtime: Any) -> None:
    client = two_firms.client(two_firms.admin)
    assert client.post(f"{HERE}{two_firms.colleague}/", data={"roles": [ADMIN]}).status_code == 303
    assert held(weft_runtime, two_firms.colleague) == [ADMIN, READS]
    own = client.post(f"{HERE}{two_firms.admin}/", data={"roles": [ASKS]})
    assert own.status_code == 422 and "from yourself" in own.text


def test_access_ends_at_the_next_request_and_can_be_opened_again(two_firms: Any, weft_runtime: Any) -> None:
    client, theirs = two_firms.client(two_firms.admin), two_firms.client(two_firms.colleague)
    assert theirs.get("/customer/").status_code == 200
    assert client.post(f"{HERE}{two_firms.colleague}/end/").status_code == 303
    assert theirs.get("/customer/").headers["Location"].startswith("/auth/customer/sign-in")
    assert "Access ended" in client.get(HERE).text
    assert client.post(f"{HERE}{two_firms.admin}/end/").status_code == 422
    assert client.post(f"{HERE}{two_firms.colleague}/reopen/").status_code == 303
    assert active(weft_runtime, two_firms.colleague)
    assert held(weft_runtime, two_firms.colleague) == [ASKS]  # not what the administrator does not hold
    assert theirs.get("/customer/").status_code == 303  # the old session stays dead


def test_what_the_company_closed_only_the_company_opens(two_firms: Any, weft_runtime: Any, client_as: Any) -> None:
    client, target = two_firms.client(two_firms.admin), f"{HERE}{two_firms.colleague}/"
    company = client_as("core.admin")
    assert client.post(f"{target}end/").status_code == 303
    assert client.post(f"{target}reopen/").status_code == 303
    for word, status in (("deactivate", 303), ("reactivate", 303), ("deactivate", 303)):
        assert company.post(f"/employee/settings/users/{two_firms.colleague}/{word}/").status_code == status, word
    refused = client.post(f"{target}reopen/")
    assert refused.status_code == 403 and "only we can open it again" in refused.text
    assert not active(weft_runtime, two_firms.colleague)


def test_every_step_is_in_the_audit_trail(two_firms: Any, client_as: Any) -> None:
    client = two_firms.client(two_firms.admin)
    client.post(f"{HERE}invite/", data={"email": "piet@haverdijk.example", "name": "Piet Visser"})
    client.post(f"{HERE}{two_firms.colleague}/end/")
    text = client_as("core.admin").get("/employee/settings/audit/").text
    assert "Lieke Haagstra invited Piet Visser" in text and "Lieke Haagstra deactivated Sjoerd Colleague" in text


def test_a_link_is_sent_again_until_it_is_used(two_firms: Any, weft_runtime: Any, weft_app: Any) -> None:
    client = two_firms.client(two_firms.admin)
    first = client.post(f"{HERE}invite/", data={"email": "piet@haverdijk.example", "name": "Piet"}).text
    old = re.search(r'value="[^"]*(/auth/link/[^"]+)"', first)
    with weft_runtime.db.read() as connection:
        piet = users.find_by_email(connection, "piet@haverdijk.example", "customer")
    assert piet is not None and old is not None
    again = client.post(f"{HERE}{piet.id}/invite/").text
    assert re.search(r'value="[^"]*(/auth/link/[^"]+)"', again) is not None
    assert weft_app.test_client().get(old.group(1)).status_code == 410
    assert client.post(f"{HERE}{two_firms.colleague}/invite/").status_code in (200, 422)


# ---- the first person


@pytest.fixture
def contact(two_firms: Any, make_record: Any) -> Any:
    values = {"name": "Lotte Bakker", "name_alt": "洛特·巴克", "email": "lotte@haverdijk.example"}
    return make_record("crm.contact", account=two_firms.mine.id, owner=two_firms.maud, **values)


def test_the_owner_invites_the_first_person_with_every_role_ticked(
    two_firms: Any, contact: Any, weft_runtime: Any
) -> None:
    client, here = two_firms.client(two_firms.maud), f"/employee/crm/contacts/{contact.id}"
    assert f'href="{here}/portal"' in client.get(here).text
    page = client.get(f"{here}/portal").text
    assert 'value="lotte@haverdijk.example"' in page and 'value="洛特·巴克"' in page
    assert len(re.findall(r'name="roles" value="[^"]+" checked', page)) == 3 and "Supplier portal" not in page
    data = {"audience": "customer", "email": "lotte@haverdijk.example", "name": "Lotte", "roles": [ADMIN, "core.admin"]}
    answer = client.post(f"{here}/portal", data=data)
    assert re.search(r'value="[^"]*/auth/link/[^"]+"', answer.text)
    with weft_runtime.db.read() as connection:
        lotte = users.find_by_email(connection, "lotte@haverdijk.example", "customer")
        assert lotte is not None
        assert rights.anchors_of(connection, [lotte.id])[lotte.id] == sorted([contact.id, two_firms.mine.id])
    assert held(weft_runtime, lotte.id) == [ADMIN]  # an internal role is not given, whoever asks
    assert "has access already" in client.get(f"{here}/portal").text


def test_who_may_not_share_the_firm_invites_nobody(
    two_firms: Any, contact: Any, client_as: Any, weft_cast: Any, weft_runtime: Any
) -> None:
    here = f"/employee/crm/contacts/{contact.id}/portal"
    data = {"audience": "customer", "email": "eve@haverdijk.example", "name": "Eve", "roles": [ADMIN]}
    rival = two_firms.client(weft_cast.user("crm.sales_rep"))
    reader = client_as("portal_employee.executive")
    for client, refused in (
        (client_as(None), {303, 401}),
        (client_as("employee"), {404}),
        (rival, {404}),
        (reader, {403}),
    ):
        assert client.get(here).status_code in refused
        assert client.post(here, data=data).status_code in refused
    visitor = two_firms.client(two_firms.admin)
    assert visitor.get(here.replace("/employee/", "/customer/")).status_code == 404
    assert client_as("crm.sales_manager").get(here).status_code == 200
    with weft_runtime.db.read() as connection:
        assert users.find_by_email(connection, "eve@haverdijk.example", "customer") is None


def test_internal_people_are_never_made_there(two_firms: Any, contact: Any, weft_runtime: Any) -> None:
    client, here = two_firms.client(two_firms.maud), f"/employee/crm/contacts/{contact.id}/portal"
    data = {"audience": "employee", "email": "eve@haverdijk.example", "name": "Eve", "roles": ["core.admin"]}
    assert client.post(here, data=data).status_code == 422
    assert isinstance(client, WeftClient)
