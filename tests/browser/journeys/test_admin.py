"""J1: the day of the administrator, Shao Yining."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])


@LOCALES
def test_the_administrators_day(visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str) -> None:
    core = {"domain": "core"}
    # 1. The first band asks for mail to be set up; the gear leads to Settings; no business list is offered.
    page = visit("admin", "/employee/", locale=locale)
    attention = page.locator("[data-tile='portal_employee.attention']")
    expect(attention).to_contain_text(say(locale, "Mail is not set up", **core))
    for entity in ("accounts", "opportunities", "leads"):
        assert page.locator(f"a[href*='/employee/crm/{entity}/']").count() == 0
    # 2. Jobs: every job has its last and next run; the failed ones are as many as the tile says.
    company.settle()
    page.goto(company.url + "/employee/settings/jobs/")
    job = page.locator("main tr", has_text=say(locale, "Apply the pool rules"))
    expect(job).to_have_count(1)
    assert job.locator("td").last.inner_text().strip() not in ("", "–"), "every job has a next run"
    assert page.locator("main form[action*='/retry/']").count() == 0, "the band names no failed job"
    # 3. An invitation: no mail server, so the link is shown; it opens once.
    invited = _invite(page, company, say, locale)
    newcomer = visit(None, invited.removeprefix(company.url), locale=locale)
    for box in newcomer.locator("input[type=password]").all():
        box.fill("four brisk otters 9")
    newcomer.locator("form:has(input[name=password]) button[type=submit]").last.click()
    newcomer.wait_for_url("**/employee/")
    expect(newcomer.locator("a[href*='/employee/todo/']").first).to_be_visible()
    assert newcomer.locator("a[href*='/employee/crm/']").count() == 0
    again = visit(None, invited.removeprefix(company.url), locale=locale)
    assert again.locator("input[name=password]").count() == 0
    # 4. A loss reason added is offered at once, under its label of the other language.
    page.goto(company.url + "/employee/settings/values/crm.loss_reason/")
    page.fill("input[name=label_en]", "Delivery too slow")
    page.fill("input[name=label_zh]", "交期过长")
    page.fill("input[name=code]", "slow_delivery")
    page.locator("form:has(input[name=label_en]) button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("body")).to_contain_text("交期过长" if locale == "zh" else "Delivery too slow")
    other = "en" if locale == "zh" else "zh"
    with company.records("sales") as records:
        deal = records.query("crm.opportunity", filters={"outcome": "open", "owner": "me"}, limit=1).rows[0]
    seller = visit("sales", f"/employee/crm/opportunities/{deal.id}/act/lose", locale=other)
    label = "Delivery too slow" if other == "en" else "交期过长"
    seller.locator("main input[role=combobox]").first.fill(label[:4])
    expect(seller.locator("[role=option]", has_text=label)).to_have_count(1)
    # 5. Imports and exports of everybody, without a row of business data.
    page.goto(company.url + "/employee/settings/imports/")
    assert page.locator("h1").count() == 1
    # 10. The trail of today holds the invitation.
    page.goto(company.url + "/employee/settings/audit/")
    told = page.locator("main li", has_text="Tess Brouwland").filter(has_text=company.name("admin", locale))
    expect(told.first).to_be_visible()
    # 11. Business records are the refused page, by address and by search.
    answer = page.goto(company.url + "/employee/crm/accounts/")
    assert answer is not None and answer.status in (403, 404)
    page.goto(company.url + "/employee/search/?q=Haverdijk")
    assert page.locator("main a[href*='/employee/crm/']").count() == 0
    # 12. The manager deactivated by mistake is back with one click, and sees what was theirs.
    manager = visit("manager", "/employee/crm/opportunities/", locale=locale)
    page.goto(company.url + f"/employee/settings/users/{company.people['manager']}/")
    page.get_by_role("button", name=say(locale, "Deactivate", **core)).first.click()
    page.wait_for_load_state("networkidle")
    manager.reload()
    assert "/auth/employee/sign-in" in manager.url
    undo = page.locator("[data-undo], .wf-toast button").first
    undo.click()
    page.wait_for_load_state("networkidle")
    manager = visit("manager", "/employee/crm/opportunities/", locale=locale)
    assert manager.locator("main a[href*='/employee/crm/opportunities/']").count() > 3


def _invite(page: Any, company: Any, say: Callable[..., str], locale: str) -> str:
    page.goto(company.url + "/employee/settings/users/invite/")
    page.fill("input[name=name]", "Tess Brouwland")
    page.fill("input[name=email]", "new.engineer@demo.weft.example")
    page.locator("form:has(input[name=email]) button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    found = page.locator("#wf-copy")
    link = found.input_value() if found.count() else ""
    if not link:
        match = re.search(r"https?://\S+token=\S+", page.inner_text("main"))
        link = match.group(0) if match else ""
    assert link.startswith(company.url), "the link of the invitation is shown to be copied"
    return str(link)
