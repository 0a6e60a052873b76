"""J9: the day of the managing director, Shen Zhiyao, the first steps on a phone.

The steps follow each other on one demo of Weirholm, once in each language; figures move as the journey tells.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import expect

TANGYU = {"en": "Tangyu Water Group", "zh": "棠屿供水集团"}
RENEWAL = {"en": "Framework contract Tangyu", "zh": "棠屿框架合同"}
FERRAULT = {"en": "Ferrault Brewing", "zh": "费罗酿造"}
PUMPS = {"en": "Tangyu pump stations", "zh": "棠屿泵站改造"}
TILES = (
    "workflow.approvals", "crm.plan", "crm.next_month", "finance.cash_tile", "crm.customers", "projects.health_tile",
    "service.whole", "finance.whole_margin",
)  # fmt: skip
CASES = "SELECT count(*) FROM journal WHERE action = 'workflow.task.agree' AND record_id = :id"


def test_the_day_of_the_executive(desks: Any) -> None:
    phone = desks.of("executive", width=360)
    _home_on_the_phone(desks, phone)
    other = desks.of("executive")
    _the_renewal(desks, phone, other)
    _what_is_owed(desks, phone)
    page = desks.of("executive")
    _customers(desks, page)
    _projects_and_service(desks, page)
    _results(desks, page)
    _an_announcement(desks, page)
    _the_year_and_its_print(desks, page)
    _what_is_not_his(desks, page)


def _home_on_the_phone(desks: Any, page: Any) -> None:
    """Step 1: one approval; the eight tiles, figures with period and currency."""
    for key in TILES:
        expect(desks.tile(page, key)).to_have_count(1)
    expect(desks.tile(page, "workflow.approvals").locator("header .wf-n")).to_have_text("1")
    for key in ("crm.plan", "crm.next_month", "finance.cash_tile", "finance.whole_margin"):
        tile = desks.tile(page, key)
        expect(tile).to_contain_text(re.compile(r"20\d\d"))
        expect(tile).to_contain_text(re.compile("CNY|EUR"))
    desks.fits(page)


def _the_renewal(desks: Any, page: Any, desktop: Any) -> None:
    """Steps 2 and 11: the draft, what changed, the risk; agreed on the phone; the desktop says so."""
    desks.open_task(page, RENEWAL[desks.locale])
    desks.fits(page)
    main = page.locator("#wf-page")
    expect(main).to_contain_text("1,260,000")
    risk = main.locator("a.wf-late, p.wf-late", has_text=TANGYU[desks.locale])
    expect(risk).to_contain_text("318,600.00")
    expect(risk).to_contain_text("41")
    expect(main.locator(".wf-wfl-way")).to_contain_text(desks.name("su"))
    paper = main.locator("li", has_text=RENEWAL[desks.locale]).filter(has=page.locator("[hx-get*='/me/preview/']"))
    paper.locator("[hx-get*='/me/preview/']").first.click()
    dialog = page.locator("#wf-dialog")
    expect(dialog.locator("img[alt*='1,260,000.00']")).to_be_visible()
    desks.fits(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name=desks.words("What changed", domain="documents")).or_(
        page.get_by_role("button", name=desks.words("What changed", domain="documents"))
    ).first.click()
    expect(dialog.locator("del", has_text="1,080,000.00")).to_have_count(1)
    expect(dialog.locator("ins", has_text="1,260,000.00")).to_have_count(1)
    page.keyboard.press("Escape")

    address = page.url
    task = int(re.search(r"/tasks/(\d+)", address).group(1))  # type: ignore[union-attr]
    desks.go(desktop, address)
    desks.press(page, desks.words("Agree"), comment="Settle the old invoice first.")
    waiting = page.locator(".wf-wfl-now")
    expect(waiting).to_contain_text(desks.name("finance"))
    expect(waiting).not_to_contain_text(desks.name("executive"))
    desktop.locator("#wf-page .wf-record-acts .btn-primary").click()
    dialog = desktop.locator("#wf-dialog")
    dialog.locator("button[type=submit]").last.click()
    agreed = desks.words("You %(did)s at %(time)s already.", did=desks.words("agreed"), time="@")
    before, _at, after = agreed.partition("@")
    expect(desktop.locator("body")).to_contain_text(re.compile(re.escape(before) + r"\d\d:\d\d" + re.escape(after)))
    assert desks.scalar(CASES, id=task) == 1

    desks.go(page, "/employee/")
    tile = desks.tile(page, "workflow.approvals")
    expect(tile.locator("header .wf-n")).to_have_text("0")
    empty = "Nothing waits for your decision. What colleagues send for approval appears here."
    expect(tile).to_contain_text(desks.words(empty))
    desks.fits(page)


def _what_is_owed(desks: Any, page: Any) -> None:
    """Step 3: Tangyu with 41 days on the tile; the report of ageing has it among 31 to 60 days."""
    tile = desks.tile(page, "finance.cash_tile")
    row = tile.locator("li", has_text=TANGYU[desks.locale])
    expect(row).to_contain_text("318,600")
    expect(row).to_contain_text(desks.words("%(n)s days overdue", domain="finance", n=41))
    tile.locator("header a").click()
    page.wait_for_load_state("networkidle")
    bucket = page.locator("tbody tr", has_text=desks.words("31-60 days", domain="finance"))
    expect(bucket).to_contain_text("318,600")
    desks.fits(page)


def _customers(desks: Any, page: Any) -> None:
    """Step 4: 90 won, 84 potential, 61 basic, 8 invalid and 12 frozen apart; moves open the accounts."""
    tile = desks.tile(page, "crm.customers")
    found = [int(one) for one in re.findall(r"^\s*(\d+)\s*$", tile.inner_text(), re.M)]
    assert found[-5:] == [90, 84, 61, 8, 12], tile.inner_text()
    desks.go(page, "/employee/?period=quarter")
    moves = desks.tile(page, "crm.life_moves")
    assert int(moves.locator("header .wf-n").inner_text()) > 0
    moves.locator("li a").first.click()
    page.wait_for_load_state("networkidle")
    assert page.locator("main a[href*='/employee/crm/accounts/']").count() > 0
    desks.go(page, "/employee/?period=month")


def _projects_and_service(desks: Any, page: Any) -> None:
    """Steps 5 and 6: 14 running, one late, 20 finished, two planned; 22 open, 3 overdue, Ferrault buys 38 % less."""
    tile = desks.tile(page, "projects.health_tile")
    for label, number in (("Running", 14), ("Late", 1), ("Planned", 2), ("Finished", 20)):
        row = tile.locator("li", has_text=re.compile("^" + desks.words(label, domain="projects")))
        expect(row).to_contain_text(str(number))
    expect(tile).to_contain_text(PUMPS[desks.locale])
    service = desks.tile(page, "service.whole")
    expect(service.locator("header .wf-n")).to_have_text("22")
    row = service.locator("li", has_text=FERRAULT[desks.locale])
    expect(row).to_contain_text(desks.words("%(mean)s of 5", domain="service", mean="2.0"))
    expect(row).to_contain_text("38")


def _results(desks: Any, page: Any) -> None:
    """Step 7: next month as the manager reads it; 108 of 186 won; Haverdijk 111,600.00."""
    mine = desks.tile(page, "crm.next_month").locator(".wf-big").inner_text()
    manager = desks.of("manager")
    assert desks.tile(manager, "crm.next_month").locator(".wf-big").inner_text() == mine
    desks.go(page, "/employee/crm/funnel?period=all")
    expect(page.locator("main")).to_contain_text("58.1")
    desks.go(page, "/employee/finance/margin?period=all")
    row = page.locator("tbody tr", has_text={"en": "Haverdijk", "zh": "哈弗代克"}[desks.locale]).first
    expect(row).to_contain_text("111,600")


def _an_announcement(desks: Any, page: Any) -> None:
    """Step 8: to all units, to be confirmed; nothing without a text or a receiver; who has confirmed, by unit."""
    desks.go(page, "/employee/communication/announce")
    page.locator("main [name=subject]").fill("Framework with Tangyu goes on")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main [data-field=receivers] .wf-error")).to_be_visible()
    page.locator("main textarea[name=text]").evaluate("(one) => { one.value = 'It runs for another year.'; }")
    page.locator("main [name=receivers]").first.check()
    page.locator("main input[type=checkbox][name=to_confirm]").check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/announcements/\d+"))
    address = page.url
    who = page.locator("section", has=page.locator(".wf-receipts"))
    everybody = desks.words("%(n)s of %(all)s", domain="communication", n=0, all=48)
    expect(who.locator(".wf-n")).to_have_text(everybody)
    with desks.company.records("employee", write=True) as records:
        records.act("communication.announcement.confirm", int(address.rpartition("/")[2]), {})
    desks.go(page, address)
    expect(who.locator(".wf-n")).to_have_text(desks.words("%(n)s of %(all)s", domain="communication", n=1, all=48))
    expect(who.locator("tr", has_text={"en": "Field service", "zh": "现场组"}[desks.locale]).first).to_contain_text(
        "1/"
    )


def _the_year_and_its_print(desks: Any, page: Any) -> None:
    """Step 9: every figure follows the period; the print has the date and the period."""
    desks.go(page, "/employee/?period=year")
    year = str(datetime.now(UTC).year)
    for key in ("crm.plan", "finance.cash_tile", "finance.whole_margin"):
        expect(desks.tile(page, key).locator(".wf-period")).to_contain_text(year)
    page.emulate_media(media="print")
    label = desks.words("Figures of %(period)s", domain="core", period=year)
    expect(page.locator(".wf-print-only")).to_be_visible()
    expect(page.locator(".wf-print-only")).to_contain_text(label)
    expect(page.locator("h1")).to_contain_text(year)
    page.emulate_media(media="screen")


def _what_is_not_his(desks: Any, page: Any) -> None:
    """Step 10: no button that edits what others keep; no pay, no Settings."""
    deal = desks.scalar("SELECT id FROM crm_opportunity WHERE outcome = 'open' ORDER BY id LIMIT 1")
    desks.go(page, f"/employee/crm/opportunities/{deal}")
    assert page.locator(f"a[href$='/opportunities/{deal}/edit']").count() == 0
    employee = desks.scalar("SELECT id FROM hrm_employee WHERE name = 'Xu Tinglan'")
    desks.go(page, f"/employee/hrm/employees/{employee}")
    expect(page.locator("main")).not_to_contain_text(desks.words("Monthly salary", domain="hrm"))
    assert page.locator("a[href^='/employee/settings/']").count() == 0
    assert desks.go(page, "/employee/settings/users/").status in (403, 404)
