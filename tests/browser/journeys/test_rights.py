"""J1 steps 6 to 8 and J2 step 9: rights with a preview, looking as a customer, why somebody cannot, a deputy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])
CORE = {"domain": "core"}


@LOCALES
def test_rights_with_a_preview_and_view_as(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    # 6. The preview of Lieke counts what she sees and names the fields; nothing internal is among them.
    page = visit("admin", "/employee/settings/roles/customer/", locale=locale)
    preview = page.locator(".wf-prev")
    page.select_option("#mx-person", label=company.name("customer", locale))
    page.wait_for_url("**person=*")
    seen = preview.locator("details").filter(has=page.get_by_text(say(locale, "Accounts"), exact=True))
    expect(seen.locator("summary b")).to_have_text("1")
    seen.locator("summary").click()
    assert say(locale, "Tax id") in seen.inner_text() and say(locale, "Note") not in seen.inner_text()
    # A change of the sellers' rights is outlined and counted before it holds, and holds at the next click after.
    seller = visit("sales", "/employee/crm/accounts/?role=customer&owner__ne=me", locale=locale)
    page.goto(company.url + f"/employee/settings/roles/crm.sales_rep/?person={company.people['sales']}")
    page.select_option("[id='mx-crm.account-read']", "all")
    expect(page.locator("[id='mx-crm.account-read']")).to_have_class("form-select wf-mx-select wf-changed")
    before, after = (int(page.locator(f"[data-{one}]").inner_text().replace(",", "")) for one in ("before", "after"))
    with company.records("sales") as records:
        assert records.query("crm.account", limit=1, count="exact").count.value == before < after
    page.get_by_role("button", name=say(locale, "Save rights", **CORE)).click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#wf-toast")).to_contain_text(say(locale, "Undo", **CORE))
    seller.goto(company.url + "/employee/crm/accounts/")
    with company.records("sales") as records:
        assert records.query("crm.account", limit=1, count="exact").count.value == after
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Control+z")
    with company.records("sales") as records:
        assert records.query("crm.account", limit=1, count="exact").count.value == before
    # 7. Looking as Lieke: both names on every page, every button that writes is off, leaving leads back.
    page.goto(company.url + f"/employee/settings/users/{company.people['customer']}/")
    page.get_by_role("button", name=say(locale, "View as", **CORE)).click()
    page.wait_for_url("**/customer/")
    for path in ("/customer/", "/customer/profile/"):
        page.goto(company.url + path)
        band = page.locator(".wf-viewing")
        theirs = page.locator("html").get_attribute("lang")[:2]
        expect(band).to_contain_text(company.name("admin", theirs))
        expect(band).to_contain_text(company.name("customer", theirs))
        for button in page.locator("main form[method=post] button").all():
            assert button.is_disabled()
    page.locator(".wf-viewing button").click()
    page.wait_for_url(f"**/settings/users/{company.people['customer']}/")
    page.goto(company.url + "/employee/settings/audit/?what=rights")
    page.goto(company.url + "/employee/settings/audit/")
    names = {"actor": company.name("admin", locale), "subject": company.name("customer", locale)}
    for text in ("%(actor)s began to look as %(subject)s", "%(actor)s stopped looking as %(subject)s"):
        expect(page.locator("main")).to_contain_text(say(locale, text, **CORE, **names))
    # 8. Why can Xu Tinglan not open Opportunities?
    page.goto(company.url + f"/employee/settings/explain/?person={company.people['employee']}&entity=crm.opportunity")
    answer = page.locator("main")
    role = say(locale, "Sales rep")
    change = say(locale, "Smallest change: give the role “%(role)s” (Settings > Users).", **CORE, role=role)
    expect(answer).to_contain_text(change)


@LOCALES
def test_a_deputy_for_two_days(visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str) -> None:
    manager = visit("manager", "/employee/profile/deputies/", locale=locale)
    name = company.name("sales", locale)
    manager.locator("main input[role=combobox]").fill(name[:3])
    manager.locator("[role=option]", has_text=name).first.click()
    manager.fill("input[name=end]", str(datetime.now(UTC).date() + timedelta(days=1)))
    manager.locator("main form:has(input[name=end]) button[type=submit]").last.click()
    manager.wait_for_load_state("networkidle")
    expect(manager.locator("main .wf-panel")).to_contain_text(name)
    # Lin finds what waits for Lu with his name on it; what she does to his customer tells both.
    with company.records("manager", write=True) as records:
        account = records.create("crm.account", {"name": "Tarn Lodge", "role": ["customer"]})
        data = {"kind": "call", "note": "Asked", "next_step": "Call again", "next_on": str(datetime.now(UTC).date())}
        records.act("crm.account.log_contact", account.id, data)
    lin = visit("sales", "/employee/todo/", locale=locale)
    row = lin.locator("main li", has_text="Tarn Lodge")
    expect(row.first).to_contain_text(say(locale, "for %(name)s", **CORE, name=company.name("manager", locale)))
    with company.records("sales", write=True) as records:
        records.update("crm.account", account.id, {"phone": "+31105550199"}, version=None)
    lin.goto(company.url + f"/employee/crm/accounts/{account.id}?tab=history")
    both = {"deputy": name, "person": company.name("manager", locale)}
    expect(lin.locator("main")).to_contain_text(say(locale, "%(deputy)s for %(person)s", **CORE, **both))
