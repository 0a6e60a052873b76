"""Looking as another person: what they see, nothing changed, told in the audit trail."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from sqlalchemy import select

from weft.core.db.tables import core_metadata
from weft.core.identity import audit
from weft.core.testing.client import sign_in
from weft.core.web.routing import inventory

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")

#: A visit slides one's own session and notes that one was seen; nothing of the person looked at.
_OWN = {"user_session", "app_user"}


def state(runtime: Any) -> str:
    """One number for all that is stored, but for the visitor's own session."""
    from sqlalchemy import MetaData

    found = MetaData()
    found.reflect(runtime.db.engine)
    digest = hashlib.sha256()
    with runtime.db.read() as connection:
        for table in found.sorted_tables:
            if table.name not in _OWN:
                digest.update(repr(sorted(map(repr, connection.execute(select(table)).all()))).encode())
    return digest.hexdigest()


def looking(client_as: Any, user_id: int, who: Any = "core.admin") -> Any:
    client = client_as(who)
    answer = client.post(f"/employee/settings/users/{user_id}/view-as/")
    assert answer.status_code == 303, answer.text
    return client


@pytest.fixture
def seller(weft_cast: Any, make_record: Any) -> int:
    number: int = weft_cast.user("crm.sales_rep", name="Lin Shutong")
    make_record("crm.account", name="Inkboat", role=["customer"], owner=number)
    return number


def test_it_shows_what_the_person_sees_with_both_names_until_left(client_as: Any, seller: int) -> None:
    client = looking(client_as, seller)
    page = client.get("/employee/crm/accounts/").text
    assert "Inkboat" in page
    assert "core.admin 2, you look as Lin Shutong." in page
    assert client.get("/employee/settings/users/").status_code == 403
    left = client.post("/auth/view-as/leave")
    assert left.location == f"/employee/settings/users/{seller}/"
    assert "you look as" not in client.get(left.location).text
    assert client.get("/employee/crm/accounts/").status_code == 404


def test_nothing_can_be_written(weft_app: Any, weft_runtime: Any, client_as: Any, seller: int) -> None:
    client = looking(client_as, seller)
    for page in (
        "/employee/",
        "/employee/crm/accounts/",
        "/employee/profile/",
        "/employee/todo/",
        "/employee/notices/",
    ):
        client.get(page)
    before = state(weft_runtime)
    refused = 0
    for info in inventory(weft_app):
        if info.door != "page" or not info.rule.startswith(("/<portal>", "/employee", "/files")):
            continue
        path = re.sub(r"<portal>", "employee", info.rule)
        path = re.sub(r"<int:[^>]+>", "1", re.sub(r"<plugin>", "crm", re.sub(r"<slug>", "accounts", path)))
        path = re.sub(r"<[^>]+>", "x", path)
        for method in set(info.methods) & {"POST", "PUT", "PATCH", "DELETE"}:
            answer = client.open(path, method=method, data={"name": "Changed"})
            assert answer.status_code in (403, 404, 405), (path, answer.status_code)
            refused += answer.status_code == 403
    assert refused > 50
    assert state(weft_runtime) == before


def test_a_portal_person_is_seen_in_their_portal_and_keeps_their_own_session(
    weft_app: Any, weft_runtime: Any, weft_cast: Any, client_as: Any, make_record: Any
) -> None:
    own = make_record("crm.account", name="Haverdijk", role=["customer"])
    other = weft_cast.user("customer", name="Somebody Else")
    lieke = weft_cast.user("customer", name="Lieke Haagstra", anchors=[own.id])
    admin = looking(client_as, lieke)
    theirs = sign_in(weft_app, weft_runtime, other)
    cookie = theirs.get_cookie("weft_customer")
    admin.set_cookie("weft_customer", cookie.value)
    page = admin.get("/customer/").text
    assert "you look as Lieke Haagstra" in page and "Somebody Else" not in page
    assert admin.get("/employee/settings/users/").status_code == 200
    admin.post("/auth/view-as/leave")
    assert "Somebody Else" in admin.get("/customer/profile/").text
    assert admin.get_cookie("weft_customer").value == cookie.value


def test_beginning_and_end_are_in_the_audit_trail(weft_runtime: Any, client_as: Any, seller: int) -> None:
    client = looking(client_as, seller)
    client.post("/auth/employee/sign-out")
    with weft_runtime.db.read() as connection:
        found = [(one.action, one.subject_id) for one in audit.entries(connection, action="view_as")]
    assert found == [("view_as.end", seller), ("view_as.start", seller)]


@pytest.mark.parametrize(("who", "status"), [(None, 303), ("employee", 403), ("core.explain", 403), ("customer", 303)])
def test_who_may_not_look_as_others(client_as: Any, seller: int, who: str | None, status: int) -> None:
    answer = client_as(who).post(f"/employee/settings/users/{seller}/view-as/")
    assert answer.status_code in (status, 401)


def test_nobody_becomes_more_than_they_are(client_as: Any, weft_cast: Any) -> None:
    admin, helper = weft_cast.user("core.admin"), weft_cast.user("core.view_as")
    client = client_as(helper)
    assert client.post(f"/employee/settings/users/{admin}/view-as/").status_code == 403
    assert client.post("/employee/settings/users/999999/view-as/").status_code == 404
    assert core_metadata.tables["user_session"].c.viewing_id.nullable


def test_who_loses_the_right_stops_looking_at_once(client_as: Any, weft_runtime: Any, weft_cast: Any) -> None:
    from weft.core.identity import rights

    helper, person = weft_cast.user("core.view_as", name="Helper"), weft_cast.user("employee", name="Xu Tinglan")
    client = looking(client_as, person, helper)
    assert "you look as Xu Tinglan" in client.get("/employee/").text
    with weft_runtime.db.write() as connection:
        rights.set_roles(connection, weft_runtime.registry, helper, [], now=weft_runtime.clock())
    assert "you look as" not in client.get("/employee/").text


def test_nobody_looks_as_administrators_or_others_who_look_nor_as_people_with_more_roles(
    client_as: Any, weft_cast: Any
) -> None:
    admin, other_helper = weft_cast.user("core.admin"), weft_cast.user("core.view_as")
    manager, lieke = weft_cast.user("crm.sales_manager"), weft_cast.user("customer")
    plain = weft_cast.user("employee")
    for who, user, status in (
        ("core.admin", admin, 403), ("core.admin", other_helper, 403), ("core.admin", manager, 303),
        ("core.view_as", admin, 403), ("core.view_as", other_helper, 403), ("core.view_as", manager, 403),
        ("core.view_as", plain, 303), ("core.view_as", lieke, 303),
    ):  # fmt: skip
        answer = client_as(weft_cast.user(who)).post(f"/employee/settings/users/{user}/view-as/")
        assert answer.status_code == status, (who, user)


@pytest.mark.parametrize("role", ["core.admin", "core.view_as", "crm.sales_manager"])
def test_who_is_given_more_is_not_seen_from_the_next_request_on(
    client_as: Any, weft_runtime: Any, weft_cast: Any, role: str
) -> None:
    from weft.core.identity import rights

    person = weft_cast.user("employee", name="Xu Tinglan")
    client = looking(client_as, person, weft_cast.user("core.view_as", name="Helper"))
    assert "you look as Xu Tinglan" in client.get("/employee/").text
    with weft_runtime.db.write() as connection:
        rights.set_roles(connection, weft_runtime.registry, person, [role], now=weft_runtime.clock())
    assert "you look as" not in client.get("/employee/").text


@pytest.mark.parametrize("portal", ["employee", "customer"])
def test_what_writes_is_switched_off_while_looking_but_the_way_back(
    client_as: Any, weft_cast: Any, portal: str
) -> None:
    person = weft_cast.user(portal, name="Xu Tinglan")
    arrange = f'hx-get="/{portal}/me/home'
    save = re.compile(r'<button type="submit" class="btn btn-primary"( disabled)?')
    own = client_as(person)
    assert arrange in own.get(f"/{portal}/").text and save.findall(own.get(f"/{portal}/profile/").text).count("") > 0
    client = looking(client_as, person)
    home, profile = client.get(f"/{portal}/").text, client.get(f"/{portal}/profile/").text
    assert arrange not in home and "Switched off while you look" in home
    assert set(save.findall(profile)) == {" disabled"}
    assert 'action="/auth/view-as/leave"' in home


@pytest.mark.weft_plugins("crm", "service", "communication", "portal_employee", "portal_customer")
@pytest.mark.parametrize("portal", ["employee", "customer"])
def test_nothing_that_writes_can_be_pressed_on_any_page_whichever_plugin_it_comes_from(
    client_as: Any, weft_cast: Any, make_record: Any, portal: str
) -> None:
    """Composers, ratings, tags, messages: each is a form of its own, and all of them are off."""
    firm = make_record("crm.account", name="Haverdijk", role=["customer"])
    request = make_record("service.request", subject="Logger stops", customer=firm.id)
    people = {
        "employee": weft_cast.user("service.lead", "crm.sales_manager", name="Anneke Roodhuyzen"),
        "customer": weft_cast.user("service.requester", "communication.customer_messages", anchors=[firm.id]),
    }
    pages = ["", "profile/", "messages/", f"crm/accounts/{firm.id}", f"service/requests/{request.id}", "notices/"]
    own, client = client_as(people[portal]), looking(client_as, people[portal])
    usable = 0
    for page in pages:
        usable += len(_usable(own.get(f"/{portal}/{page}").text))
        answer = client.get(f"/{portal}/{page}")
        assert answer.status_code == 200, page
        assert _usable(answer.text) == [], page
    assert usable > 10, "the pages have nothing that could be switched off"


def _usable(page: str) -> list[str]:
    """Controls of forms that write, which are not disabled; the way back is none of them."""
    from lxml import html

    forms = [one for one in html.fromstring(page).iter("form") if (one.get("method") or "").lower() == "post"]
    return [
        html.tostring(control, encoding="unicode")[:120]
        for form in forms if not form.get("action", "").endswith("/view-as/leave")
        for control in form.iter("button", "input", "select", "textarea")
        if control.get("type") != "hidden" and control.get("disabled") is None
    ]  # fmt: skip
