"""J2: the day of the sales manager, Lu Jinghe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])
CORE = {"domain": "core"}
LANAN = {"zh": "澜桉食品", "en": "Lan'an Foods"}


class Day:
    """What one does again and again on a day of the manager."""

    def __init__(self, visit: Any, company: Any, say: Callable[..., str], locale: str) -> None:
        self.visit, self.company, self.say, self.locale = visit, company, say, locale
        self.page = visit("manager", "/employee/", locale=locale)

    def go(self, path: str) -> Any:
        answer = self.page.goto(path if path.startswith("http") else self.company.url + path)
        self.page.wait_for_load_state("networkidle")
        return answer

    def words(self, text: str, **slots: Any) -> str:
        return self.say(self.locale, text, **slots)

    def tile(self, key: str, page: Any = None) -> Any:
        return (page or self.page).locator(f"[data-tile='{key}']")

    def number(self, key: str, page: Any = None) -> int:
        return int(self.tile(key, page).locator("header .wf-n").inner_text())

    def home_of(self, who: str, locale: str | None = None) -> Any:
        return self.visit(who, "/employee/", locale=locale or self.locale)

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def tile_equals_its_list(self, key: str) -> int:
        """Open the list behind a tile: it has as many rows as the tile says."""
        number = self.number(key)
        self.tile(key).locator("header a").click()
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator("tbody tr[data-id]")).to_have_count(min(number, 50))
        return number

    def give(self, leads: int, who: str) -> None:
        """Tick the first leads of the list and give them by the panel."""
        boxes = self.page.locator("tbody tr[data-id] input.wf-ck")
        for place in range(leads):
            boxes.nth(place).check()
        self.page.locator("[data-bulk-url*='/allocate/leads']", has_text=self.words("Allocate")).click()
        row = self.page.locator(f"#wf-dialog tr[data-to='person:{self.company.people[who]}']")
        expect(row).to_contain_text(self.company.name(who, self.locale))
        row.locator("button").click()
        expect(self.page.locator("#wf-toast")).to_contain_text(self.company.name(who, self.locale))
        self.page.wait_for_load_state("networkidle")

    def load_of(self, who: str) -> list[int]:
        """Customers and open deals that the panel says a person has."""
        boxes = self.page.locator("tbody tr[data-id] input.wf-ck")
        boxes.first.check()
        self.page.locator("[data-bulk-url*='/allocate/leads']", has_text=self.words("Allocate")).click()
        row = self.page.locator(f"#wf-dialog tr[data-to='person:{self.company.people[who]}']")
        expect(row).to_have_count(1)
        cells = [cell.split("\n")[0] for cell in row.locator("td").all_inner_texts()]
        self.page.keyboard.press("Escape")
        expect(self.page.locator("#wf-dialog[open]")).to_have_count(0)
        boxes.first.uncheck()
        return [int(cells[1]), int(cells[2])]


@pytest.fixture
def day(visit: Any, company: Any, say: Callable[..., str], locale: str) -> Day:
    return Day(visit, company, say, locale)


@LOCALES
def test_home_and_its_period(day: Day) -> None:
    """J2.1: every tile is there and equals its list; the period switch changes figures and names its period."""
    attention = ("crm.unassigned", "crm.stalled", "crm.contacts_week")
    figures = ("crm.team_pipeline", "crm.won_period", "crm.next_month", "crm.life_moves")
    for key in (*attention, *figures):
        expect(day.tile(key)).to_have_count(1)
    assert 3 <= day.number("portal_employee.todo") <= 12
    # A deal is named in the language of the office that keeps it.
    expect(day.tile("crm.stalled")).to_contain_text(LANAN["zh"])
    told = {key: day.tile(key).inner_text() for key in figures}
    for key in ("crm.unassigned", "crm.stalled", "crm.won_period", "crm.next_month"):
        day.tile_equals_its_list(key)
        day.go("/employee/")
    day.page.get_by_role("link", name=day.words("Quarter", **CORE), exact=True).or_(
        day.page.locator("a[href*='period=quarter']")
    ).first.click()
    day.page.wait_for_load_state("networkidle")
    for key in figures[1:]:
        assert day.tile(key).inner_text() != told[key], key
        period = day.tile(key).locator(".wf-period").inner_text()
        assert re.search(r"第\d季度|Q\d", period), f"{key} names the quarter: {period}"
    for key in ("crm.won_period", "crm.next_month"):
        day.tile_equals_its_list(key)
        day.go("/employee/")


@LOCALES
def test_leads_are_allocated(day: Day) -> None:
    """J2.2: three leads, two to Lin and one to Maud; both are told by whom."""
    before = {who: day.number("crm.newly_assigned", day.home_of(who)) for who in ("sales", "maud")}
    unassigned = day.tile_equals_its_list("crm.unassigned")
    behind = day.page.url
    customers, deals = day.load_of("sales")
    assert customers == 31
    assert deals == day.scalar(
        "SELECT count(*) FROM crm_opportunity o JOIN record r ON r.id = o.id"
        " WHERE o.outcome = 'open' AND r.owner_id = :who",
        who=day.company.people["sales"],
    )
    day.give(2, "sales")
    day.go(behind)
    lead = day.page.locator("tbody tr[data-id] .wf-name").first.inner_text().split("\n")[0]
    day.give(1, "maud")
    day.go("/employee/")
    assert day.number("crm.unassigned") == unassigned - 3
    manager = day.company.name("manager", day.locale)
    seller = day.home_of("sales")
    expect(seller.locator("main")).to_contain_text(day.words("New leads were assigned to you"))
    assert day.number("crm.newly_assigned", seller) == before["sales"] + 2
    expect(day.tile("crm.newly_assigned", seller)).to_contain_text(manager)
    maud = day.home_of("maud", "en")
    expect(maud.locator("main")).to_contain_text("New leads were assigned to you")
    assert day.number("crm.newly_assigned", maud) == before["maud"] + 1
    row = day.tile("crm.newly_assigned", maud).locator("li", has_text=lead)
    expect(row).to_contain_text("Lu Jinghe")
    maud.goto(day.company.url + "/employee/notices/")
    expect(maud.locator("main")).to_contain_text(f"Lu Jinghe gave you the lead {lead}")
    seller.reload()
    seller.wait_for_load_state("networkidle")
    assert day.number("crm.newly_assigned", seller) == before["sales"] + 2


@LOCALES
def test_a_stalled_deal_says_why(day: Day) -> None:
    """J2.3: Lan'an is red for reasons in words; a comment calls Lin, and her notice opens it."""
    day.tile("crm.stalled").locator("li", has_text=LANAN["zh"]).locator("a").first.click()
    day.page.wait_for_load_state("networkidle")
    main = day.page.locator("main")
    expect(main).to_contain_text("760,000")
    expect(main).to_contain_text("商务谈判" if day.locale == "zh" else "Negotiation")
    expect(main).to_contain_text(day.words("%(n)s days until the pool.", n=3))
    why = day.words("No contact for %(days)s days; after %(limit)s a deal is red.", days=47, limit=30)
    expect(main).to_contain_text(why)
    said = "请今天联系对方" if day.locale == "zh" else "please call them today"
    day.page.fill("[data-composer] textarea", f"@林疏桐 {said}")
    day.page.locator("[data-composer] button[type=submit]").last.click()
    expect(day.page.locator("#wf-timeline")).to_contain_text(said)
    seller = day.visit("sales", "/employee/notices/", locale=day.locale)
    manager = day.company.name("manager", day.locale)
    notice = seller.locator("main li a", has_text=manager).filter(has_text=LANAN["zh"]).first
    notice.click()
    seller.wait_for_load_state("networkidle")
    assert re.search(r"#comment-\d+$", seller.url)
    opened = seller.locator(f"[id='{seller.url.partition('#')[2]}']")
    expect(opened).to_contain_text(said)
    expect(opened).to_contain_text("@林疏桐")


@LOCALES
def test_the_funnel_opens_its_deals(day: Day) -> None:
    """J2.6: a bar opens just its deals; amounts equal plain SQL; next month names its error."""
    bar = day.tile("crm.team_pipeline").locator("svg a").first
    label = bar.get_attribute("aria-label")
    number = int(re.search(r": (\d+),", label).group(1))  # type: ignore[union-attr]
    day.go(day.company.url + bar.get_attribute("href"))
    expect(day.page.locator("tbody tr[data-id]")).to_have_count(number)
    day.go("/employee/crm/funnel?period=year")
    stage = day.scalar("SELECT id FROM crm_stage WHERE code = 'proposal'")
    lin = day.company.people["sales"]
    cells = day.page.locator(f"table a[href*='owner={lin}'][href*='stage={stage}']")
    deals, amount = cells.all_inner_texts()[:2]
    behind = (
        " FROM crm_opportunity o JOIN record r ON r.id = o.id"
        " WHERE o.outcome = 'open' AND o.stage = :stage AND r.owner_id = :lin"
    )
    assert int(deals) == day.scalar("SELECT count(*)" + behind, stage=stage, lin=lin) > 0
    # SQLite keeps amounts in hundredths.
    total = day.scalar("SELECT sum(o.amount) / 100" + behind + " AND o.amount_currency = 'CNY'", stage=stage, lin=lin)
    assert re.sub(r"\D", "", amount) == str(round(total))
    expect(day.page.locator("#wf-report")).to_contain_text("CNY")
    cells.first.click()
    day.page.wait_for_load_state("networkidle")
    rows = day.page.locator("tbody tr[data-id]")
    expect(rows).to_have_count(int(deals))
    day.go("/employee/")
    error = day.words("error of the last six months %(error)s", error="")
    expect(day.tile("crm.next_month")).to_contain_text(re.compile(re.escape(error.strip()) + r"\s*\d"))
    day.tile_equals_its_list("crm.next_month")
    assert "sort=expected_close" in day.page.url


@LOCALES
def test_pools_and_what_falls_next(day: Day) -> None:
    """J2.7: the pools hold 17 and 7; five fall within three days, and looking changes nothing."""
    state = "SELECT count(*) FROM crm_account WHERE pool IS NOT NULL"
    assert day.scalar(state) == 24
    day.go("/employee/crm/pool/")
    china, europe = ("中国", "欧洲") if day.locale == "zh" else ("China", "Europe")
    expect(day.page.locator("main .wf-tabs a", has_text=china)).to_contain_text("17")
    expect(day.page.locator("tbody tr[data-id]")).to_have_count(17)
    day.page.locator("main .wf-tabs a", has_text=europe).click()
    expect(day.page.locator("tbody tr[data-id]")).to_have_count(7)
    day.page.get_by_role("link", name=day.words("What falls next")).first.click()
    day.page.wait_for_load_state("networkidle")
    rows = day.page.locator("tbody tr[data-id]")
    expect(rows).to_have_count(5)
    lanan = rows.filter(has_text=LANAN[day.locale])
    expect(lanan).to_contain_text(day.company.name("sales", day.locale))
    expect(lanan).to_contain_text("50")
    day.page.reload()
    expect(rows).to_have_count(5)
    assert day.scalar(state) == 24


@LOCALES
def test_targets_show_at_once(day: Day) -> None:
    """J2.8: a target of next month and one of this month; Lin's tile and the results have them at once."""
    lin = day.company.people["sales"]
    day.go("/employee/crm/targets/grid")
    cells = day.page.locator(f"input[name^='t-{lin}-']:not([type=hidden])")
    cells.nth(1).fill("777000")
    cells.nth(2).fill("888000")
    following = str(cells.nth(2).get_attribute("name"))[-7:]
    day.page.locator("main form button[type=submit].btn-primary").click()
    day.page.wait_for_load_state("networkidle")
    expect(cells.nth(2)).to_have_value("888,000")
    expect(day.tile("crm.target", day.home_of("sales"))).to_contain_text("777,000")
    day.go(f"/employee/crm/results?period=month&at={following}-01")
    row = day.page.locator("tbody tr", has_text=day.company.name("sales", day.locale)).first
    expect(row).to_contain_text("888,000")


@LOCALES
def test_a_wrong_allocation_is_taken_back(day: Day) -> None:
    """J2.11: three leads to the wrong person; Undo brings them back and the notice says so."""
    number = day.tile_equals_its_list("crm.unassigned")
    behind = day.page.url
    first = day.page.locator("tbody tr[data-id]").first.get_attribute("data-id")
    day.give(3, "maud")
    expect(day.page.locator("tbody tr[data-id]")).to_have_count(number - 3)
    day.page.locator("#wf-toast").get_by_role("button", name=day.words("Undo", **CORE)).click()
    expect(day.page.locator("tbody tr[data-id]")).to_have_count(number)
    day.go(behind)
    expect(day.page.locator("tbody tr[data-id]")).to_have_count(number)
    maud = day.visit("maud", "/employee/notices/", locale=day.locale)
    taken = day.words("Taken back: %(notice)s", **CORE, notice="").strip()
    expect(maud.locator("main")).to_contain_text(taken)
    day.go(f"/employee/crm/leads/{first}?tab=history")
    told = day.page.locator("main .wf-timeline")
    expect(told).to_contain_text(day.company.name("maud", day.locale))
    expect(told).to_contain_text(day.words("undone", **CORE))
