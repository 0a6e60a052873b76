"""External portals in a browser: own face before sign-in, consent, Our company, a colleague invited (J10 step 9)."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from weft.core.identity import passwords, users
from weft.core.portal import faces, terms

PLUGINS = ("crm", "portal_employee", "portal_customer", "portal_supplier", "portal_distributor")
pytestmark = pytest.mark.weft_plugins(*PLUGINS)

SECRET = "tulips under rain"
TEXTS = {"en": "Please be **kind**.", "zh": "请**友善**。"}


@pytest.fixture
def haverdijk(site: Any, cast: Any, make: Any) -> Any:
    """A customer with a portal administrator, in a portal with a face and terms."""
    maud = cast.user("crm.sales_rep", name="Maud Teunisse")
    account = make(
        "crm.account", owner=maud, name="Haverdijk Water Board", name_alt="哈弗代克水务局", role=["customer"]
    )
    with cast.records("system", write=True) as records:
        faces.save(records, "customer", accent="#0a5f63", names={"en": "Weirholm Instruments", "zh": "澄栎仪表"})
        terms.publish(records, "customer", "terms", TEXTS)
        terms.publish(records, "customer", "privacy", TEXTS)
    found = SimpleNamespace(account=account, maud=maud)
    for locale in ("en", "zh"):
        name, role = f"Lieke {locale}", "portal_customer.admin"
        user = cast.user("customer", role, name=name, email=f"{locale}@h.example", locale=locale, anchors=[account.id])
        with site.runtime.db.write() as connection:
            passwords.set_password(connection, user, SECRET, now=site.runtime.clock())
        setattr(found, locale, user)
    return found


def overflow(page: Any) -> int:
    """Points by which the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def accent_of(page: Any) -> str:
    """Ground of the filled button as the browser paints it."""
    return str(page.evaluate("getComputedStyle(document.querySelector('.btn-primary')).backgroundColor"))


@pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("zh", 360)])
def test_from_the_portals_own_sign_in_page_over_consent_to_an_invited_colleague(
    haverdijk: Any, open_page: Any, site: Any, locale: str, width: int
) -> None:
    chinese = locale == "zh"
    page = open_page(None, "/auth/customer/sign-in", width=width)
    assert accent_of(page) == "rgb(10, 95, 99)"
    if chinese:
        page.get_by_role("button", name="中文").click()
    page.get_by_text("澄栎仪表" if chinese else "Weirholm Instruments").first.wait_for()
    page.get_by_role("link", name="隐私" if chinese else "Privacy").click()
    page.locator("strong", has_text="友善" if chinese else "kind").wait_for()
    page.goto(f"{site.url}/auth/customer/sign-in")
    page.locator("[name=email]").fill(f"{locale}@h.example")
    page.locator("[name=password]").fill(SECRET)
    page.locator("[data-submit]").click()
    page.locator("[name=agree_terms]").check()
    page.locator("[name=agree_privacy]").check()
    assert overflow(page) <= 0
    page.locator("[data-submit]").click()

    page.locator(".wf-card", has_text="Maud Teunisse").wait_for()
    assert page.locator(".wf-card h2").first.inner_text() == ("等您处理" if chinese else "Waiting for you")
    assert overflow(page) <= 0
    page.get_by_role("link", name="我的公司" if chinese else "Our company").click()
    page.get_by_role("link", name="同事" if chinese else "Colleagues").click()
    page.get_by_role("link", name="邀请同事" if chinese else "Invite a colleague").click()
    page.locator("[name=email]").fill("Piet@Haverdijk.example")
    page.locator("[name=name]").fill("Piet Visser")
    page.locator("#wf-page form .btn-primary").click()
    link = page.locator("#wf-copy").input_value()
    assert link.startswith(f"{site.url}/auth/link/") and overflow(page) <= 0

    other = open_page(None, link.removeprefix(site.url), width=width)
    other.locator("[name=password]").fill(SECRET)
    other.locator("[name=again]").fill(SECRET)
    other.locator("[data-submit]").click()
    for name in ("agree_terms", "agree_privacy"):
        other.locator(f"[name={name}]").check()
    other.locator("[data-submit]").click()
    other.locator(".wf-card", has_text="Maud Teunisse").wait_for()
    other.goto(f"{site.url}/customer/company/")
    assert other.get_by_role("link", name="同事" if chinese else "Colleagues").count() == 0

    page.goto(f"{site.url}/customer/company/colleagues/")
    page.get_by_role("link", name="Piet Visser").first.click()
    page.get_by_role("button", name="终止访问" if chinese else "End access").click()
    page.locator(".wf-table", has_text="访问已终止" if chinese else "Access ended").wait_for()
    assert overflow(page) <= 0
    other.goto(f"{site.url}/customer/")
    assert re.search(r"/auth/customer/sign-in", other.url)


def test_a_new_bank_account_waits_for_the_owner(haverdijk: Any, open_page: Any, site: Any, cast: Any) -> None:
    with cast.records(haverdijk.en, write=True) as records:
        terms.agree(records, "customer", {"terms": 1, "privacy": 1})
    page = open_page(haverdijk.en, "/customer/company/", width=360)
    page.get_by_role("button", name="Edit Bank account").click()
    page.locator("[name=bank_account]").fill("NL11 WEFT 0123")
    page.locator("[name=bank_account]").press("Enter")
    page.get_by_text("Bank account: we confirm it first").wait_for()
    page.reload()
    page.get_by_text("→ NL11 WEFT 0123").wait_for()
    assert overflow(page) <= 0
    owner = open_page(haverdijk.maud, f"/employee/crm/accounts/{haverdijk.account.id}", width=1280)
    owner.get_by_role("link", name="Confirm or refuse").or_(
        owner.get_by_role("button", name="Confirm or refuse")
    ).click()
    owner.locator("#wf-dialog [name=note]").fill("Called back on the known number")
    owner.locator("#wf-dialog .btn-primary").click()
    owner.locator("dd", has_text="NL11 WEFT 0123").wait_for()
    with cast.records("system") as records:
        assert records.get("crm.account", haverdijk.account.id)["bank_account"] == "NL11 WEFT 0123"


def test_an_administrator_dresses_a_portal_and_moves_its_menu(open_page: Any, site: Any, cast: Any) -> None:
    admin = cast.user("core.admin", locale="en")
    page = open_page(admin, "/employee/settings/portals/supplier/")
    page.locator("[name=accent]").fill("#ffdd00")
    page.locator("#wf-page form .btn-primary").click()
    page.get_by_text("text needs 4.5 : 1").first.wait_for()
    page.locator("[name=accent]").fill("#8a1c1c")
    page.locator("[name=name_en]").fill("Weirholm Supply")
    page.locator("#wf-page form .btn-primary").click()
    page.get_by_text("The look of the portal is saved").wait_for()
    before = open_page(None, "/auth/supplier/sign-in", width=360, scheme="dark")
    before.get_by_text("Weirholm Supply").first.wait_for()
    assert overflow(before) <= 0
    page.goto(f"{site.url}/employee/settings/portals/employee/menu/")
    row = page.locator(".wf-order li", has_text="Pool").first
    row.locator("[type=checkbox]").uncheck()
    page.locator("#wf-page form .btn-primary").click()
    page.get_by_text("The menu is arranged").wait_for()
    seller = open_page(cast.user("crm.sales_manager"), "/employee/")
    assert seller.locator(".wf-nav-entry", has_text="Leads").count() == 1
    assert seller.locator(".wf-nav-entry", has_text="Pool").count() == 0
    with site.runtime.db.read() as connection:
        assert users.find(connection, admin).active
