"""Menus, homes, profile and settings: everybody finds exactly what they may open."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer", "portal_supplier")


def menu(text: str) -> list[str]:
    """Words of the sidebar's entries."""
    return re.findall(r'class="wf-nav-entry[^"]*"[^>]*><span class="wf-cut" title="([^"]+)"', text)


def test_the_menu_holds_what_one_may_open(client_as: Any) -> None:
    assert "Opportunities" in menu(client_as("crm.sales_manager").get("/employee/").text)
    plain = menu(client_as("employee").get("/employee/").text)
    assert plain == ["To do", "Calendar", "Notices", "Directory"]


def test_every_entry_of_every_menu_opens(client_as: Any) -> None:
    for role in ("crm.sales_manager", "crm.sales_rep", "core.admin", "employee", "portal_employee.executive"):
        client = client_as(role)
        text = client.get("/employee/").text
        for address in re.findall(r'class="wf-nav-(?:entry|head)[^"]*" href="([^"]+)"', text):
            assert client.get(address.replace("&amp;", "&")).status_code in (200, 303), (role, address)


def test_the_home_of_an_administrator(client_as: Any) -> None:
    text = client_as("core.admin").get("/employee/").text
    for tile in ("Needs attention", "Users", "Recent changes to rights", "Imports and exports", "Version"):
        assert tile in text
    assert "Mail is not set up" in text


def test_tiles_are_hidden_ordered_and_put_back(client_as: Any) -> None:
    client = client_as("core.admin")
    tiles = re.compile(r'data-tile="([^"]+)"')
    before = tiles.findall(client.get("/employee/").text)
    assert "portal_employee.version" in before
    data = {"show": ["portal_employee.attention", "portal_employee.users"], "place-portal_employee.users": "1"}
    client.post("/employee/me/home/", data=data)
    assert set(tiles.findall(client.get("/employee/").text)) == set(data["show"])
    client.post("/employee/me/home/", data={"reset": "1"})
    assert tiles.findall(client.get("/employee/").text) == before


def test_a_visitor_sees_only_the_own_company_and_who_looks_after_it(
    weft_app: Any, weft_runtime: Any, weft_cast: Any, make_record: Any
) -> None:
    from weft.core.testing.client import sign_in

    seller = weft_cast.user("crm.sales_rep", name="Maud Teunisse")
    mine = make_record("crm.account", name="Haverdijk Water", role=["customer"], owner=seller)
    make_record("crm.account", name="Somebody Else", role=["customer"], owner=seller)
    visitor = weft_cast.user("customer", anchors=[mine.id])
    client = sign_in(weft_app, weft_runtime, visitor)
    home = client.get("/customer/").text
    assert "Haverdijk Water" in home and "Maud Teunisse" in home
    assert "Somebody Else" not in home
    assert ">Notices<" in home and ">Messages<" not in home
    listed = client.get("/customer/crm/accounts/").text
    assert "Haverdijk Water" in listed and "Somebody Else" not in listed
    page = client.get(f"/customer/crm/accounts/{mine.id}").text
    assert "Haverdijk Water" in page and "Edit" not in re.findall(r"<span>([A-Z][a-z]+)</span>", page)
    assert "<dt>Owner</dt>" not in page  # not hers to read: left out, never "none"


def test_employee_and_visitor_are_signed_in_side_by_side(
    weft_app: Any, weft_runtime: Any, weft_cast: Any, make_record: Any
) -> None:
    from weft.core.testing.client import sign_in

    mine = make_record("crm.account", name="Haverdijk Water", role=["customer"])
    client = sign_in(weft_app, weft_runtime, weft_cast.user("crm.sales_manager"))
    other = sign_in(weft_app, weft_runtime, weft_cast.user("customer", anchors=[mine.id]))
    cookie = other.get_cookie("weft_customer")
    assert cookie is not None
    client.set_cookie("weft_customer", cookie.value)
    assert client.get("/employee/").status_code == 200
    assert client.get("/customer/").status_code == 200


def test_language_and_theme_follow_the_person(client_as: Any) -> None:
    client = client_as("employee")
    client.post("/employee/me/locale/", data={"locale": "zh", "next": "/employee/todo/"})
    text = client.get("/employee/todo/").text
    assert 'lang="zh-CN"' in text and "待办" in text
    client.post("/employee/me/theme/", data={"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/employee/").text


def test_the_way_back_stays_inside_the_portal(client_as: Any) -> None:
    answer = client_as("employee").post("/employee/me/theme/", data={"theme": "light", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/employee/"


def test_an_invitation_shows_a_link_that_works_once(client_as: Any, weft_app: Any) -> None:
    admin = client_as("core.admin")
    data = {"email": "new@weft.example", "name": "Nora New", "audience": "employee", "roles": "crm.sales_rep"}
    page = admin.post("/employee/settings/users/invite/", data=data).text
    link = re.search(r'value="[^"]*(/auth/link/[^"]+)"', page)
    assert link is not None
    assert "Nora New" in admin.get("/employee/settings/users/").text
    assert weft_app.test_client().get(link.group(1)).status_code == 200


def test_a_wrong_invitation_comes_back_with_its_errors(client_as: Any) -> None:
    answer = client_as("core.admin").post("/employee/settings/users/invite/", data={"email": "nonsense", "name": "X"})
    assert answer.status_code == 422 and "Enter a mail address" in answer.text


def test_deactivating_a_user_can_be_undone(client_as: Any, weft_cast: Any) -> None:
    admin, user_id = client_as("core.admin"), weft_cast.user("employee", name="Leaving Person")
    admin.post(f"/employee/settings/users/{user_id}/deactivate/")
    page = admin.get(f"/employee/settings/users/{user_id}/").text
    undo = re.search(r"/employee/undo/\d+/", page)
    assert "Deactivated" in page and undo is not None
    admin.post(undo.group(0))
    assert "Deactivated" not in admin.get(f"/employee/settings/users/{user_id}/").text


def test_values_are_added_ordered_and_kept_when_in_use(client_as: Any, make_record: Any, records_as: Any) -> None:
    admin, here = client_as("core.admin"), "/employee/settings/values/crm.source/"
    for label in ("Radio", "Podcast"):
        data = {"label_en": label, "label_zh": "", "code": label.lower()}
        assert admin.post(here, data=data).status_code == 303
    with records_as("core.admin") as records:
        rows = records.query("core.value", filters={"list_key": "crm.source"}, sort="position", limit=50).rows
        radio = next(row for row in rows if row["code"] == "radio")
        podcast = next(row for row in rows if row["code"] == "podcast")
    admin.post(f"{here}{podcast.id}/up/")
    text = admin.get(here).text
    assert text.index("Podcast") < text.index("Radio")
    make_record("crm.account", name="Acme", role=["customer"], source=radio.id)
    refused = admin.post(f"{here}{radio.id}/delete/")
    assert refused.status_code == 422 and "Retire it instead" in refused.text
    assert admin.post(f"{here}{podcast.id}/delete/").status_code == 303
    assert admin.post(f"{here}{radio.id}/retire/").status_code == 303
    assert "retired" in admin.get(here).text


def test_every_settings_page_opens(client_as: Any) -> None:
    from weft.core.web.settings.area import BASE, PAGES

    admin = client_as("core.admin")
    for word in PAGES:
        assert admin.get(f"{BASE}{word}/").status_code == 200, word
    assert admin.get(f"{BASE}roles/crm.sales_rep/").status_code == 200
    assert admin.get(f"{BASE}audit/export").data.startswith(b"PK")


def test_a_broken_tile_does_not_take_the_home_with_it(weft_boot: Any) -> None:
    from weft.core.plugin.base import Plugin, hookimpl
    from weft.core.registry.declarations import Home, Widget
    from weft.core.testing.client import WeftClient, sign_in
    from weft.core.testing.people import Cast
    from weft.core.testing.plugins import named
    from weft.core.web.app import create_app

    def broken(view: Any) -> dict[str, Any]:
        raise ZeroDivisionError

    class Faulty(Plugin):
        key, title = "faulty", "Faulty"

        @hookimpl
        def weft_widgets(self) -> list[Widget]:
            return [Widget("faulty.tile", "Faulty tile", "new", "list", broken)]

        @hookimpl
        def weft_homes(self) -> list[Home]:
            return [Home("employee", ("faulty.tile",))]

    runtime = weft_boot(*named(["portal_employee"]), Faulty)
    app = create_app(runtime, testing=True)
    app.test_client_class = WeftClient
    answer = sign_in(app, runtime, Cast(runtime).user("employee")).get("/employee/")
    assert answer.status_code == 200
    assert "Faulty tile" in answer.text and "could not be filled" in answer.text
    assert "Notices" in answer.text
