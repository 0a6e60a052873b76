"""The home page in a real browser (U-35, U-36): tiles by role, period switch, lists behind tiles, order, a phone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.fixture
def manager(site, cast, make):
    """A manager with a customer and three deals: two won this year, one of them this month, and one open."""
    site.runtime.clock = lambda: NOW
    user = cast.user("crm.sales_manager", name="Lu Jinghe")
    stages = {
        code: make("crm.stage", code=code, label_en=code.title(), position=10 * n, probability=odds, outcome=code)["id"]
        for n, (code, odds) in enumerate([("open", 50), ("won", 100), ("lost", 0)], 1)
    }
    account = make("crm.account", name="Heting Water", role=["customer"], owner=user)["id"]
    deals = [("Loggers", "open", "2026-11-28", None), ("Meters", "won", None, "2026-11-10"),
             ("Valves", "won", None, "2026-02-03")]  # fmt: skip
    for name, stage, expected, closed in deals:
        make("crm.opportunity", owner=user, name=name, account=account, stage=stages[stage], expected_close=expected,
             closed_on=closed, amount={"amount": "125000", "currency": "EUR"})  # fmt: skip
    return user


def tile(page, key):
    return page.locator(f"[data-tile='{key}']")


def order(page, band):
    found = page.locator(".wf-band").nth(band).locator("[data-tile]")
    return [one.get_attribute("data-tile") for one in found.all()]


def test_u36_the_period_switch_changes_every_figure(manager, open_page):
    page = open_page(manager, "/employee/")
    won = tile(page, "crm.won_period")
    assert won.locator(".wf-n").inner_text() == "1" and "November 2026" in won.locator(".wf-period").inner_text()
    assert "Next month" in tile(page, "crm.next_month").inner_text()
    page.get_by_role("link", name="Year", exact=True).click()
    page.wait_for_selector("[data-tile='crm.won_period'] .wf-n:text-is('2')")
    assert tile(page, "crm.won_period").locator(".wf-period").inner_text().startswith("2026")
    assert "Next year" in tile(page, "crm.next_month").inner_text()
    page.reload()
    assert tile(page, "crm.won_period").locator(".wf-n").inner_text() == "2"  # the choice stays


def test_u35_a_tile_and_its_bars_open_the_list_behind_them(manager, open_page):
    page = open_page(manager, "/employee/?period=year")
    page.get_by_role("link", name="Won this period").click()
    page.wait_for_url("**/crm/opportunities/?outcome=won**")
    assert page.locator("h1 .wf-n").inner_text() == "2"
    assert page.locator("main").get_by_role("link", name="Valves").count() == 1
    assert page.locator("main").get_by_role("link", name="Loggers").count() == 0
    page.go_back()
    page.locator("[data-tile='crm.team_pipeline'] svg a").first.click()
    page.wait_for_url("**stage=**")
    assert page.locator("h1 .wf-n").inner_text() == "1"
    assert page.locator("main").get_by_role("link", name="Loggers").count() == 1


def test_u35_tiles_are_hidden_and_moved(manager, open_page):
    page = open_page(manager, "/employee/")
    before = order(page, 0)
    assert len(before) >= 3 and tile(page, "crm.stalled").count() == 1
    page.get_by_role("link", name="Arrange").or_(page.get_by_role("button", name="Arrange")).first.click()
    dialog = page.locator("#wf-arrange")
    dialog.wait_for()
    dialog.locator("input[name=show][value='crm.stalled']").uncheck()
    dialog.locator(f"input[name='place-{before[1]}']").fill("1")
    dialog.locator(f"input[name='place-{before[0]}']").fill("99")
    dialog.get_by_role("button", name="Save").click()
    page.wait_for_selector("[data-tile='crm.stalled']", state="detached")
    after = order(page, 0)
    assert after[0] == before[1] and after[-1] == before[0]
    page.reload()
    assert order(page, 0) == after and tile(page, "crm.stalled").count() == 0
    page.get_by_role("link", name="Arrange").or_(page.get_by_role("button", name="Arrange")).first.click()
    page.locator("#wf-arrange").get_by_role("button", name="As at first").click()
    page.wait_for_selector("[data-tile='crm.stalled']")
    assert order(page, 0) == before


def test_u36_the_home_fits_a_phone(manager, open_page):
    page = open_page(manager, "/employee/", width=360)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    wide = page.evaluate(
        "[...document.querySelectorAll('[data-tile]')].filter(t => t.getBoundingClientRect().right > 360).length"
    )
    assert wide == 0 and page.locator("[data-tile]").count() >= 8
    assert page.get_by_role("link", name="Home", exact=True).last.is_visible()
    page.get_by_role("link", name="Quarter", exact=True).click()
    page.wait_for_selector("[data-tile='crm.won_period'] .wf-period:has-text('Q4 2026')")


def test_u36_an_employee_without_a_business_role_has_the_common_tiles(site, cast, open_page):
    page = open_page(cast.user("employee", name="Xu Tinglan"), "/employee/")
    keys = [one.get_attribute("data-tile") for one in page.locator("[data-tile]").all()]
    assert keys == ["portal_employee.todo", "portal_employee.today", "portal_employee.notices"]
    assert page.get_by_role("link", name="Quarter", exact=True).count() == 0  # no figure to switch
