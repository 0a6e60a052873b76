"""The face of a portal as administrators set it: name, logo, colour, host name, languages, terms, menu, home."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image

from weft.core.portal import faces

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer", "portal_supplier")

LOOK = "/employee/settings/portals/customer/"
TEXTS = f"{LOOK}texts/"


def look(**changes: Any) -> dict[str, Any]:
    """A whole form of the page, with some values changed."""
    return {
        "name_en": "",
        "name_zh": "",
        "accent": "",
        "accent_dark": "",
        "host": "",
        "locales": ["en", "zh"],
        **changes,
    }


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 60), "#0a5f63").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("who", ["employee", "crm.sales_manager", "customer", None])
def test_only_administrators_change_a_portal(client_as: Any, who: str | None, weft_runtime: Any) -> None:
    client = client_as(who)
    for address in (LOOK, TEXTS, f"{LOOK}menu/", f"{LOOK}homes/"):
        assert client.get(address).status_code in (302, 303, 403), address
        assert client.post(address, data=look(accent="#0a5f63", kind="terms", text_en="x")).status_code in (401, 403)
    assert not faces.all_faces(weft_runtime)


@pytest.mark.both_databases
def test_the_sign_in_page_has_the_portals_face(client_as: Any) -> None:
    admin, nobody = client_as("core.admin"), client_as(None)
    upload = admin.post("/employee/me/upload/", data={"file": (io.BytesIO(picture()), "logo.png")})
    logo = upload.get_json()["id"]
    assert nobody.get(f"/files/{logo}").status_code == 303  # still nobody's but the sender's
    names = {"name_en": "Weirholm for customers", "name_zh": "澄栎客户门户"}
    assert admin.post(LOOK, data=look(accent="#0A5F63", logo=str(logo), **names)).status_code == 303
    text = nobody.get("/auth/customer/sign-in").text
    assert "Weirholm for customers" in text and f'src="/files/{logo}"' in text
    address = re.search(r'href="(/theme/customer\.css\?v=\d+)"', text)
    assert address is not None
    css = nobody.get(address.group(1))
    assert css.mimetype == "text/css" and "#0a5f63" in css.text and "immutable" in css.headers["Cache-Control"]
    picture_answer = nobody.get(f"/files/{logo}")
    assert picture_answer.mimetype == "image/png" and "sandbox" in picture_answer.headers["Content-Security-Policy"]
    assert "Weirholm for customers" not in nobody.get("/auth/supplier/sign-in").text
    nobody.post("/auth/locale", data={"locale": "zh", "next": "/auth/customer/sign-in"})
    assert "澄栎客户门户" in nobody.get("/auth/customer/sign-in").text
    assert nobody.get("/theme/nothing.css").status_code == 404


def test_another_persons_file_never_becomes_the_logo(client_as: Any, weft_cast: Any) -> None:
    upload = client_as("employee").post("/employee/me/upload/", data={"file": (io.BytesIO(picture()), "theirs.png")})
    number = upload.get_json()["id"]
    assert client_as("core.admin").post(LOOK, data=look(logo=str(number))).status_code == 404
    text = io.BytesIO(b"plain words")
    note = client_as("core.admin").post("/employee/me/upload/", data={"file": (text, "note.txt")}).get_json()["id"]
    answer = client_as("core.admin").post(LOOK, data=look(logo=str(note)))
    assert answer.status_code == 422 and "Choose a picture" in answer.text


def test_wrong_values_come_back_with_their_reasons(client_as: Any) -> None:
    data = look(accent="#ffee00", host="https://x", locales=[], name_en="n" * 61)
    answer = client_as("core.admin").post(LOOK, data=data)
    assert answer.status_code == 422
    for said in ("Offer at least one language", "without https://", "at most 60 characters"):
        assert said in answer.text
    answer = client_as("core.admin").post(LOOK, data=look(accent="#ffee00"))
    assert answer.status_code == 422 and "4.5 : 1" in answer.text


def test_a_host_name_leads_to_its_portal(client_as: Any, weft_app: Any) -> None:
    nobody = client_as(None)
    there = {"Host": "customers.weirholm.example"}
    assert nobody.get("/", headers=there).status_code == 400  # a name nobody gave is refused
    assert client_as("core.admin").post(LOOK, data=look(host="Customers.Weirholm.Example")).status_code == 303
    assert nobody.get("/", headers=there).headers["Location"] == "/customer/"
    assert nobody.get("/auth/", headers=there).headers["Location"] == "/auth/customer/sign-in"
    assert "customers.weirholm.example" in weft_app.config["TRUSTED_HOSTS"]  # what the origin of posts is compared with
    assert nobody.post("/auth/locale", headers={"Origin": "http://evil.example"}).status_code == 403
    taken = client_as("core.admin").post(
        "/employee/settings/portals/supplier/", data=look(host="customers.weirholm.example")
    )
    assert taken.status_code == 422 and "Another portal" in taken.text


def test_a_portal_in_one_language_offers_no_other(
    client_as: Any, weft_cast: Any, weft_app: Any, weft_runtime: Any
) -> None:
    from weft.core.testing.client import sign_in

    assert client_as("core.admin").post(LOOK, data=look(locales=["zh"])).status_code == 303
    text = client_as(None).get("/auth/customer/sign-in").text
    assert 'lang="zh-CN"' in text and 'name="locale"' not in text
    visitor = sign_in(weft_app, weft_runtime, weft_cast.user("customer", locale="en"))
    assert 'lang="zh-CN"' in visitor.get("/customer/").text


# ---- terms and consent


def publish(admin: Any, kind: str, en: str, zh: str = "") -> None:
    assert admin.post(TEXTS, data={"kind": kind, "text_en": en, "text_zh": zh}).status_code == 303


def test_terms_are_read_before_sign_in_in_the_visitors_language(client_as: Any) -> None:
    nobody, admin = client_as(None), client_as("core.admin")
    assert nobody.get("/auth/customer/terms").status_code == 404
    publish(admin, "terms", "Be **kind**.\n\n<script>alert(1)</script>", "请友善。")
    page = nobody.get("/auth/customer/terms").text
    assert "Be <strong>kind</strong>." in page and "<script>alert" not in page and "Version 1 of" in page
    publish(admin, "terms", "Be kind and quick.", "请友善。")
    assert "kind and quick" in nobody.get("/auth/customer/terms").text
    assert "kind</strong>" in nobody.get("/auth/customer/terms?version=1").text
    publish(admin, "terms", "Be kind and quick.", "请友善。")  # saving the same makes no version
    assert "Version 2 of" in nobody.get("/auth/customer/terms").text
    assert nobody.get("/auth/supplier/terms").status_code == 404
    assert "/auth/customer/terms" in nobody.get("/auth/customer/sign-in").text


@pytest.mark.both_databases
def test_consent_is_asked_once_for_each_version(
    client_as: Any, weft_app: Any, weft_runtime: Any, weft_cast: Any, make_record: Any
) -> None:
    from weft.core.portal import terms
    from weft.core.testing.client import sign_in

    admin = client_as("core.admin")
    publish(admin, "terms", "Terms one")
    publish(admin, "privacy", "Privacy one")
    user = weft_cast.user("customer", name="Lieke")
    visitor = sign_in(weft_app, weft_runtime, user)
    led = visitor.get("/customer/company/")
    assert led.headers["Location"] == "/auth/customer/consent?next=%2Fcustomer%2Fcompany%2F"
    page = visitor.get(led.headers["Location"]).text
    assert 'name="agree_terms" value="1"' in page and 'name="agree_privacy" value="1"' in page
    ask = "/auth/customer/consent"
    assert visitor.post(ask, data={"agree_terms": "1"}).status_code == 422  # half of it is not consent
    assert visitor.get("/customer/").status_code == 303
    both = {"agree_terms": "1", "agree_privacy": "1", "next": "/customer/company/"}
    assert visitor.post(ask, data=both).headers["Location"] == "/customer/company/"
    assert visitor.get("/customer/").status_code == 200
    with weft_runtime.db.read() as connection:
        kept = terms.consents(connection, [user])[user]
    assert {(portal, kind, version) for portal, kind, version, _at in kept} == {
        ("customer", "terms", 1), ("customer", "privacy", 1),
    }  # fmt: skip
    publish(admin, "terms", "Terms two")
    page = visitor.get(visitor.get("/customer/").headers["Location"]).text
    assert 'name="agree_terms" value="2"' in page and "agree_privacy" not in page
    assert visitor.post(ask, data={"agree_terms": "1"}).status_code == 422  # an old page agrees to the old version
    assert visitor.post(ask, data={"agree_terms": "2", "next": "//evil.example"}).headers["Location"] == "/customer/"
    assert "agreed to the terms" in admin.get("/employee/settings/audit/").text
    assert client_as("employee").get("/employee/").status_code == 200  # other portals ask for their own


def test_nobody_agrees_for_a_stranger(client_as: Any) -> None:
    publish(client_as("core.admin"), "terms", "Terms")
    assert client_as(None).post("/auth/customer/consent", data={"agree_terms": "1"}).status_code == 401
    assert client_as("employee").get("/auth/customer/consent").status_code == 303


def test_web_forms_link_the_privacy_page(client_as: Any, make_record: Any) -> None:
    make_record("crm.web_form", name="Contact", slug="contact", title_en="Write to us")
    nobody = client_as(None)
    assert "/auth/customer/privacy" not in nobody.get("/crm/forms/contact").text
    publish(client_as("core.admin"), "privacy", "We keep little.")
    assert 'href="/auth/customer/privacy"' in nobody.get("/crm/forms/contact").text


# ---- menus and homes


def words(text: str) -> list[str]:
    """Words of the sidebar's entries, in order."""
    return re.findall(r'class="wf-nav-entry[^"]*"[^>]*><span class="wf-cut" title="([^"]+)"', text)


def flat(text: str) -> list[str]:
    """Words of an external portal's line, in order."""
    line = text[text.index("wf-portal-nav") :]
    return re.findall(r"<a [^>]*>([^<]+)", line[: line.index("</nav>")])


def form_of(page: str) -> dict[str, Any]:
    """What the form of an arrangement holds."""
    data: dict[str, Any] = dict(re.findall(r'name="(place-[^"]+)" value="([^"]*)"', page))
    data |= dict(re.findall(r'name="(label-[^"]+)" value="([^"]*)"', page))
    return data | {"show": re.findall(r'name="show" value="([^"]+)" checked', page)}


def test_a_changed_menu_is_there_at_the_next_page(client_as: Any) -> None:
    admin, seller, here = (
        client_as("core.admin"),
        client_as("crm.sales_manager"),
        "/employee/settings/portals/employee/menu/",
    )
    before = words(seller.get("/employee/").text)
    data = form_of(admin.get(here).text)
    data["show"].remove("crm.nav_pool")
    data |= {"place-crm.nav_opportunities": "1", "place-crm.nav_leads": "9", "label-en-crm.nav_opportunities": "Deals"}
    assert admin.post(here, data=data).status_code == 303
    after = words(seller.get("/employee/").text)
    assert "Pool" in before and "Pool" not in after and "Opportunities" not in after
    assert after.index("Deals") < after.index("Customers") < after.index("Leads")
    assert seller.get("/employee/crm/pools/").status_code in (200, 404)  # hidden is not forbidden
    admin.post(here, data={"reset": "1"})
    assert words(seller.get("/employee/").text) == before


def test_settings_can_neither_be_hidden_nor_lost(client_as: Any) -> None:
    admin, here = client_as("core.admin"), "/employee/settings/portals/employee/menu/"
    assert admin.post(here, data={"show": []}).status_code == 303
    page = admin.get("/employee/").text
    assert 'title="Settings"' in page and words(page) == []


def test_the_line_of_a_portal_is_renamed_in_one_language(
    client_as: Any, weft_cast: Any, weft_app: Any, weft_runtime: Any
) -> None:
    from weft.core.testing.client import sign_in

    admin, here = client_as("core.admin"), "/employee/settings/portals/customer/menu/"
    data = form_of(admin.get(here).text) | {"label-zh-portal_customer.company": "本公司"}
    assert admin.post(here, data=data).status_code == 303
    english = sign_in(weft_app, weft_runtime, weft_cast.user("customer")).get("/customer/").text
    chinese = sign_in(weft_app, weft_runtime, weft_cast.user("customer", locale="zh")).get("/customer/").text
    assert flat(english) == ["Home", "Our company"] and flat(chinese) == ["首页", "本公司"]


def test_a_role_begins_with_the_tiles_an_administrator_chose(client_as: Any) -> None:
    admin, here = client_as("core.admin"), "/employee/settings/portals/employee/homes/?role=core.admin"
    tiles = re.compile(r'data-tile="([^"]+)"')
    before = tiles.findall(admin.get("/employee/").text)
    page = admin.get(here).text
    assert set(form_of(page)["show"]) <= set(before)
    data = {"show": ["portal_employee.version"], "place-portal_employee.version": "1"}
    assert admin.post(here, data=data).status_code == 303
    assert "portal_employee.attention" not in tiles.findall(admin.get("/employee/").text)
    assert form_of(admin.get(here).text)["show"] == ["portal_employee.version"]
    admin.post(here, data={"reset": "1"})
    assert tiles.findall(admin.get("/employee/").text) == before


def test_visitors_arrange_their_own_home(client_as: Any) -> None:
    visitor = client_as("customer")
    assert 'href="/customer/me/home/"' in visitor.get("/customer/").text
    assert "Notices" in visitor.get("/customer/me/home/").text
    visitor.post("/customer/me/home/", data={"show": []})
    assert 'data-card="portal_customer.notices"' not in visitor.get("/customer/").text
    visitor.post("/customer/me/home/", data={"reset": "1"})
    assert 'data-card="portal_customer.notices"' in visitor.get("/customer/").text
