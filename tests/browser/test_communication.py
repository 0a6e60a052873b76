"""Announcements, messages and the directory in a real browser: J7 steps 2 and 8, J9 step 8, J10 step 10."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from weft.core.i18n import translator, use_locale

pytestmark = pytest.mark.weft_plugins("crm", "communication", "portal_employee", "portal_customer")

LANGUAGES = ("en", "zh")
WIDTHS = {"en": 1280, "zh": 360}


def say(locale: str, text: str, **slots: Any) -> str:
    """A text of the plugin as that language has it."""
    with use_locale(locale):
        found = str(translator("communication")(text))
    return found % slots if slots else found


@pytest.fixture
def company(cast: Any) -> dict[str, int]:
    """An executive and a field engineer in a unit each."""
    lead, field = cast.unit("Management"), cast.unit("Field service")
    return {
        "boss": cast.user("portal_employee.executive", name="Shen Zhiyao", email="shen@weft.example", units=[lead]),
        "xu": cast.user("employee", name="Xu Tinglan", email="xu@weft.example", units=[field]),
    }


def speaks(site: Any, user: int, locale: str) -> int:
    """Let a person read their pages in a language."""
    from weft.core.identity import users

    with site.runtime.db.write() as connection:
        users.update_user(connection, user, locale=locale)
    return user


def tell(cast: Any, company: dict[str, int]) -> int:
    from weft.plugins.communication.services import announcements

    values = {"subject": "Safety day", "text": "On Friday the hall is shut.", "to_confirm": True}
    with cast.records(company["boss"], write=True) as records:
        return int(announcements.announce(records, values, ["all"])["id"])


@pytest.mark.parametrize("locale", LANGUAGES)
def test_j7_2_an_announcement_is_confirmed_in_one_click_and_leaves_the_tile(
    open_page: Any, site: Any, cast: Any, company: dict[str, int], locale: str
) -> None:
    told = tell(cast, company)
    page = open_page(speaks(site, company["xu"], locale), "/employee/", width=WIDTHS[locale])
    tile = page.locator("[data-tile='communication.announcements']")
    expect(tile).to_contain_text("Safety day")
    tile.get_by_role("button", name=say(locale, "Read and confirm")).click()
    expect(tile).to_contain_text(say(locale, "You have read all announcements."))
    author = open_page(speaks(site, company["boss"], locale), f"/employee/communication/announcements/{told}")
    expect(author.locator("main")).to_contain_text(say(locale, "%(n)s of %(all)s", n=1, all=2))
    expect(author.locator("main")).to_contain_text("Shen Zhiyao")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_j9_8_an_announcement_to_all_units_asks_for_text_and_receivers_first(
    open_page: Any, site: Any, company: dict[str, int], locale: str
) -> None:
    page = open_page(speaks(site, company["boss"], locale), "/employee/communication/announce", width=WIDTHS[locale])
    page.locator("input[name=subject]").fill("Hall shut")
    page.locator("textarea[name=text]").fill("  ")
    page.get_by_role("button", name=say(locale, "Publish")).click()
    expect(page.locator("[data-field=text] .wf-error")).to_contain_text(say(locale, "Write what you want to tell."))
    expect(page.locator("[data-field=receivers] .wf-error")).to_contain_text(say(locale, "Choose who gets it."))
    page.locator("textarea[name=text]").fill("On Friday.")
    page.get_by_label(say(locale, "All units")).check()
    page.locator("label", has_text=say(locale, "Must be confirmed")).click()
    page.get_by_role("button", name=say(locale, "Publish")).click()
    page.wait_for_url(re.compile(r"/announcements/\d+"))
    expect(page.locator("main")).to_contain_text(say(locale, "%(n)s of %(all)s", n=0, all=2))
    page.get_by_role("button", name=say(locale, "Remind the %(n)s who have not", n=2)).click()
    expect(page.locator("#wf-toast")).to_contain_text(say(locale, "%(n)s people reminded", n=2))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_j10_10_a_customer_writes_to_the_contact_who_answers_and_changes(
    open_page: Any, site: Any, cast: Any, make: Any, locale: str
) -> None:
    maud = cast.user("crm.sales_rep", name="Maud Teunisse", email="maud@weft.example", locale=locale)
    floris = cast.user("crm.sales_rep", name="Floris Wennekamp", email="floris@weft.example")
    firm = make("crm.account", owner=maud, name="Alder Water", role=["customer"]).id
    lieke = cast.user(
        "communication.customer_messages", name="Lieke Haagstra", email="lieke@alder.example", anchors=[firm],
        locale=locale,
    )  # fmt: skip
    page = open_page(lieke, "/customer/profile/", width=360)
    page.locator("footer").get_by_role("link", name=say(locale, "Send a message")).click()
    dialog = page.locator("#wf-dialog")
    expect(dialog).to_contain_text("Maud Teunisse")
    dialog.locator("input[name=subject]").fill("LD-4")
    dialog.locator("textarea[name=text]").fill("Does it fit from 55 cm?")
    plan = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Chamber 7: 60 cm"}
    dialog.locator("input[type=file]").set_input_files(plan)
    dialog.locator("input[type=hidden][name=files]").wait_for(state="attached")
    dialog.get_by_role("button", name=say(locale, "Send")).click()
    page.wait_for_url(re.compile(r"/threads/\d+"))
    expect(page.locator(".wf-comments")).to_contain_text("Does it fit from 55 cm?")
    expect(page.locator(".wf-comments")).to_contain_text("plan.txt")

    inside = open_page(maud, "/employee/messages/?unread=1")
    expect(inside.locator("[aria-current=page]").first).to_contain_text(say(locale, "Messages"))
    inside.get_by_role("link", name="LD-4").click()
    inside.locator("textarea[name=text]").fill("Yes, it does.")
    inside.get_by_role("button", name=say(locale, "Send")).click()
    expect(inside.locator(".wf-comments")).to_contain_text("Yes, it does.")
    inside.goto(f"{site.url}/employee/crm/accounts/{firm}?tab=timeline")
    expect(inside.locator("#wf-timeline")).to_contain_text("Does it fit from 55 cm?")

    page.goto(f"{site.url}/customer/messages/")
    expect(page.locator("main").get_by_title(say(locale, "%(n)s new", n=1))).to_be_visible()
    with cast.records("system", write=True) as records:
        records.assign("crm.account", firm, owner=floris)
    page.goto(f"{site.url}/customer/")
    expect(page.locator("aside.wf-portal-col")).to_contain_text("Floris Wennekamp")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_j7_8_a_colleague_is_found_by_initials_on_the_phone(open_page: Any, cast: Any, site: Any) -> None:
    from weft.core.identity import users

    lin = cast.user("employee", name="林疏桐", email="lin@weft.example")
    with site.runtime.db.write() as connection:
        users.update_user(connection, lin, phone="+8651200000101")
    xu = cast.user("employee", name="许听澜", email="xu@weft.example", locale="zh")
    page = open_page(xu, "/employee/directory/", width=360)
    page.locator("input[name=q]").fill("lst")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=lst**")
    expect(page.locator(".wf-directory > li")).to_have_count(1)
    call = page.locator(".wf-directory a[href='tel:+8651200000101']")
    assert call.bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
