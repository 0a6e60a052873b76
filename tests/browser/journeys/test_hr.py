"""J4: the day of the people officer, He Shuyao, as far as people and CRM go; then leave asked for on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])
TODAY = datetime.now(UTC).date()
UNITS = [2, 12, 15, 9, 4, 4, 2]


class Day:
    """What one does again and again on a day of the people officer."""

    def __init__(self, visit: Any, company: Any, say: Callable[..., str], locale: str) -> None:
        self.visit, self.company, self.say, self.locale = visit, company, say, locale
        self.page = visit("hr", "/employee/", locale=locale)

    def go(self, path: str, page: Any = None) -> Any:
        page = page or self.page
        answer = page.goto(path if path.startswith("http") else self.company.url + path)
        page.wait_for_load_state("networkidle")
        return answer

    def words(self, text: str, context: str = "", **slots: Any) -> str:
        return self.say(self.locale, text, context, domain="hrm", **slots)

    def name(self, who: str) -> str:
        return str(self.company.name(who, self.locale))

    def tile(self, key: str, page: Any = None) -> Any:
        return (page or self.page).locator(f"[data-tile='{key}']")

    def number(self, key: str, page: Any = None) -> int:
        return int(self.tile(key, page).locator("header .wf-n").inner_text())

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def rows(self) -> Any:
        return self.page.locator("tbody tr[data-id]")

    def opens_its_list(self, key: str) -> int:
        """The list behind a tile has as many rows as the tile says."""
        number = self.number(key)
        self.go(self.company.url + str(self.tile(key).locator("header a").get_attribute("href")))
        expect(self.rows()).to_have_count(min(number, 50))
        return number

    def headcount(self) -> list[int]:
        self.go("/employee/")
        cells = self.tile("hrm.headcount").locator("tr td.wf-right").all_inner_texts()
        return [int(cell) for cell in cells]


@pytest.fixture
def day(visit: Any, company: Any, say: Callable[..., str], locale: str) -> Day:
    return Day(visit, company, say, locale)


@LOCALES
def test_the_day_of_the_people_officer(day: Day) -> None:
    _home(day)
    _tick(day)
    _hire(day)
    _decide(day)
    _away(day)
    _chart(day)
    _ending(day)
    _goal(day)
    _directory_and_refusals(day)
    _conflict(day)


def _home(day: Day) -> None:
    """Steps 1 and 2: tiles and headcount by unit."""
    lists = day.tile("hrm.lists")
    expect(lists.locator("li", has_text=day.name("gu"))).to_contain_text("6/9")
    joris = lists.locator("li", has_text=day.name("joris"))
    expect(joris).to_contain_text(day.say(day.locale, "%(n)s handed to %(name)s", n=14, name=day.name("maud")))
    expect(joris).to_contain_text(day.say(day.locale, "%(n)s to the pool", n=2))
    assert (day.number("hrm.away"), day.number("hrm.headcount")) == (2, 48)
    assert day.number("hrm.to_decide") >= 2 and day.number("hrm.ending") >= 3
    assert day.headcount() == UNITS
    for key in ("hrm.to_decide", "hrm.away", "hrm.lists", "hrm.ending", "hrm.headcount", "hrm.open_goals"):
        day.opens_its_list(key)
        day.go("/employee/")
    day.tile("hrm.headcount").locator("tr a").nth(1).click()
    expect(day.rows()).to_have_count(12)
    expect(day.page.locator("tbody", has_text=day.name("joris"))).to_have_count(0)


def _tick(day: Day) -> None:
    """Step 3: the safety training is done, on the tile, on the list, in her own To do."""
    training = "安全培训" if day.locale == "zh" else "Safety training"
    newcomer = day.visit("gu", "/employee/todo/", locale=day.locale)
    expect(newcomer.locator("main")).to_contain_text(training)
    day.go("/employee/")
    day.tile("hrm.lists").locator("a", has_text=day.name("gu")).click()
    row = day.page.locator("main li", has_text=training)
    row.get_by_role("button", name=day.words("Done", "button")).click()
    expect(day.page.locator("main .wf-panel", has_text=training).first).to_contain_text("7/9")
    day.go("/employee/")
    expect(day.tile("hrm.lists").locator("li", has_text=day.name("gu"))).to_contain_text("7/9")
    newcomer.reload()
    newcomer.wait_for_load_state("networkidle")
    expect(newcomer.locator("main")).not_to_contain_text(training)


def _hire(day: Day) -> None:
    """Step 4: one form; the count rises by one, the chart has the box, the invited person signs in."""
    day.go("/employee/hrm/employees/new")
    page = day.page
    page.fill("#f-name", "Tess Brouwland")
    page.fill("#f-name_alt", "泰丝·布劳兰")
    page.fill("#f-email", "tess@demo.weft.example")
    field = day.scalar("SELECT id FROM org_unit WHERE name = 'Field service'")
    page.select_option("#f-unit", str(field))
    position = day.scalar("SELECT id FROM hrm_position WHERE name = 'Field engineer'")
    page.select_option("#f-position", str(position))
    page.get_by_role("button", name=day.words("Hire")).click()
    link = page.locator("#wf-copy")
    expect(link).to_be_visible()
    invited = link.input_value()
    name = "泰丝·布劳兰" if day.locale == "zh" else "Tess Brouwland"
    assert day.headcount() == [2, 12, 16, 9, 4, 4, 2]
    expect(day.tile("hrm.lists").locator("li", has_text=name)).to_contain_text("0/9")
    day.go("/employee/hrm/org-chart")
    unit = "现场组" if day.locale == "zh" else "Field service"
    expect(page.locator(f"[data-org-chart] [data-unit='{unit}']")).to_contain_text(name)
    newcomer = day.visit(None, invited.removeprefix(day.company.url), locale=day.locale)
    for box in newcomer.locator("input[type=password]").all():
        box.fill("four brisk otters 9")
    newcomer.locator("form:has(input[name=password]) button[type=submit]").last.click()
    newcomer.wait_for_url("**/employee/")
    expect(newcomer.locator("a[href*='/employee/hrm/org-chart']").first).to_be_attached()
    for hidden in ("/employee/crm/", "/employee/hrm/employees/", "/employee/hrm/leaves/?"):
        assert newcomer.locator(f"nav a[href*='{hidden}']").count() == 0


def _decide(day: Day) -> None:
    """Step 5: each day of the request across the Spring Festival says what it is; agreed, the tile falls by one."""
    day.go("/employee/")
    waiting = day.number("hrm.to_decide")
    day.tile("hrm.to_decide").locator("a", has_text=day.name("zhu")).click()
    page = day.page
    days = page.locator("[data-days] li")
    kinds = [one.get_attribute("data-kind") for one in days.all()]
    working = sum(kind in ("working", "made_up") for kind in kinds)
    assert {"working", "weekend", "holiday"} <= set(kinds)
    row = day.company.records("hr")
    with row as records:
        found = records.query("hrm.leave", filters={"status": "requested", "person": day.company.people["zhu"]}).rows[0]
    assert found["days"] == working
    if not found["official"]:
        expect(page.locator("main")).to_contain_text(
            day.words("The official calendar of that year is not loaded yet: make-up working days are not counted. "
                      "It is counted anew when the calendar is there.")
        )  # fmt: skip
    page.locator("main a, main button").filter(has_text=day.words("Approve")).first.click()
    page.locator("#wf-dialog button[type=submit]").click()
    expect(page.locator("#wf-toast")).to_contain_text(day.words("Leave approved"))
    day.go("/employee/")
    assert day.number("hrm.to_decide") == waiting - 1


def _away(day: Day) -> None:
    """Step 6: the list of a unit has whom the whole list has of it."""
    day.go("/employee/")
    day.opens_its_list("hrm.away")
    china = day.scalar("SELECT id FROM org_unit WHERE name = 'China'")
    day.go(day.page.url + f"&in_unit={china}")
    expect(day.rows()).to_have_count(1)
    expect(day.rows()).to_contain_text(day.name("wen"))


def _chart(day: Day) -> None:
    """Step 7: in March Joris headed the European group, today Maud does."""
    unit = "欧洲组" if day.locale == "zh" else "Europe"
    year = TODAY.year if date(TODAY.year, 4, 10) < TODAY else TODAY.year - 1
    day.go(f"/employee/hrm/org-chart?on={year}-03-15")
    expect(day.page.locator(f"[data-org-chart] [data-unit='{unit}']")).to_contain_text(day.name("joris"))
    day.page.locator("details summary", has_text=day.words("As a list, with who reported to whom")).click()
    maud = day.page.locator("[data-org-list] li", has_text=day.name("maud")).last
    expect(maud).to_contain_text(day.words("reports to %(name)s", name=day.name("joris")))
    day.go("/employee/hrm/org-chart")
    expect(day.page.locator(f"[data-org-chart] [data-unit='{unit}']")).to_contain_text(day.name("maud"))
    expect(day.page.locator("[data-org-chart]")).not_to_contain_text(day.name("joris"))


def _ending(day: Day) -> None:
    """Step 8: each row has the action that answers it; a probation is passed."""
    day.go("/employee/")
    number = day.number("hrm.ending")
    tile = day.tile("hrm.ending")
    expect(tile.locator("li a[hx-get], li button[hx-get], li [data-opens], li .wf-icon-btn")).to_have_count(
        min(number, 5)
    )
    row = tile.locator("li", has_text=day.name("gu"))
    expect(row).to_contain_text(day.words("Probation ends"))
    row.get_by_role("link", name=day.name("gu")).click()
    day.page.locator("main a, main button").filter(has_text=day.words("Probation passed")).first.click()
    expect(day.page.locator("#wf-toast")).to_contain_text(day.words("Probation passed"))
    day.go("/employee/")
    assert day.number("hrm.ending") == number - 1


def _goal(day: Day) -> None:
    """Step 9: what Lin won in the quarter stands in her goal as in the sales figures."""
    person = day.company.people["sales"]
    with day.company.records("hr") as records:
        goal = records.query("hrm.goal", filters={"person": person, "source": "crm.won"}).rows[0]
    won = day.scalar(
        "SELECT coalesce(sum(amount), 0) / 100.0 FROM crm_opportunity WHERE outcome = 'won' AND closed_owner = :who"
        " AND closed_on BETWEEN :first AND :last AND amount_currency = 'CNY' AND deleted_at IS NULL",
        who=person, first=goal["starts_on"].isoformat(), last=goal["ends_on"].isoformat(),
    )  # fmt: skip
    assert float(goal["reached"]) == won
    day.go(f"/employee/hrm/goals/{goal['id']}")
    expect(day.page.locator("main")).to_contain_text(re.compile(f"{int(won):,}"))


def _directory_and_refusals(day: Day) -> None:
    """Steps 10 and 11."""
    day.go("/employee/directory/?q=lst")
    expect(day.page.locator(".wf-directory li")).to_have_count(1)
    expect(day.page.locator(".wf-directory li")).to_contain_text(day.name("sales"))
    answer = day.go("/employee/crm/opportunities/")
    assert answer.status in (403, 404)
    salary = day.words("Monthly salary")
    with day.company.records("hr") as records:
        found = records.query("hrm.employee", filters={"user": day.company.people["sales"]}).rows[0]
    day.go(f"/employee/hrm/employees/{found['id']}")
    expect(day.page.locator("main")).to_contain_text(salary)
    for who in ("manager", "executive"):
        page = day.visit(who, f"/employee/hrm/employees/{found['id']}", locale=day.locale)
        expect(page.locator("main")).to_contain_text(day.name("sales"))
        expect(page.locator("main")).not_to_contain_text(salary)
    other = day.visit("employee", f"/employee/hrm/employees/{found['id']}", locale=day.locale)
    assert other.locator("main", has_text=day.name("sales")).count() == 0


def _conflict(day: Day) -> None:
    """Step 12: a colleague changes the phone while she changes it and more; nothing of either is lost."""
    with day.company.records("hr") as records:
        row = records.query("hrm.employee", filters={"user": day.company.people["hou"]}).rows[0]
    day.go(f"/employee/hrm/employees/{row['id']}/edit")
    colleague = "+8651200000077"
    with day.company.records("cheng", write=True) as records:
        records.update("hrm.employee", row["id"], {"phone": colleague}, version=row["version"])
    day.page.fill("#f-phone", "+86 512 0000 0088")
    day.page.fill("#f-emergency", "Hou Anran")
    day.page.keyboard.press("Control+Enter")
    choose = day.page.locator("table.wf-choose")
    expect(choose.locator("tbody tr")).to_have_count(1)
    expect(choose).to_contain_text("0077")
    choose.locator("tbody tr td").last.locator("input").check()
    day.page.locator("[data-conflict] button[type=submit]").click()
    day.page.wait_for_url(re.compile(rf"/employees/{row['id']}(\?.*)?$"))
    with day.company.records("hr") as records:
        kept = records.get("hrm.employee", row["id"])
        assert (kept["phone"], kept["emergency"]) == (colleague, "Hou Anran")
        people = {entry.person.id for entry in records.history(row["id"]) if entry.person is not None}
    assert {day.company.people["hr"], day.company.people["cheng"]} <= people


@LOCALES
def test_leave_is_asked_for_in_three_clicks_on_a_phone(day: Day) -> None:
    """J7.5: from the home, with the balance after it before sending; Emeric's group lead has it to decide."""
    page = day.visit("employee", "/employee/", locale=day.locale, width=360)
    with page.expect_response(lambda answer: answer.url.endswith("/hrm/leave/ask")):
        day.tile("hrm.my_leave_tile", page).locator("[hx-get$='/hrm/leave/ask']").click()
    dialog = page.locator("#wf-dialog")
    expect(dialog.locator("[name=from_on]")).to_be_visible()
    wanted = _next_monday()
    for name in ("from_on", "to_on"):
        with page.expect_response(lambda answer: "/leave/count" in answer.url):
            dialog.locator(f"[name={name}]").fill(wanted.isoformat())
    expect(dialog.locator("#wf-leave-count")).to_contain_text(day.words("Balance after it"))
    dialog.locator("button[type=submit]").click()
    expect(page.locator("#wf-toast")).to_contain_text(day.name("lei"))
    day.company.settle()  # a case is opened by the jobs, a second after the request
    head = day.visit("lei", "/employee/todo/", locale=day.locale)
    expect(head.locator("main")).to_contain_text(day.name("employee"))


@LOCALES
def test_ones_own_file_and_a_change_that_the_people_officers_enter(day: Day) -> None:
    """J7.9: own leave, goals and contract on a phone; a new address goes to the people officers as a request."""
    person = day.company.people["employee"]
    page = day.visit("employee", "/employee/hrm/my-file", locale=day.locale, width=360)
    main = page.locator("main")
    for title in (day.words("Leave", "list"), day.words("Employment contracts"), day.words("Placements")):
        expect(main).to_contain_text(title)
    expect(main).not_to_contain_text(day.words("Monthly salary"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    number = int(re.search(r"/employees/(\d+)", page.url)[1])
    day.go(f"/employee/hrm/employees/{number}/act/ask_change", page)
    page.locator("[name='address-lines']").fill("Lindenweg 12")
    page.locator("[name='address-city']").fill("Suzhou")
    page.select_option("[name='address-country']", "CN")
    page.locator("main form[action$='/ask_change'] [type=submit].btn-primary").first.click()
    page.wait_for_url(re.compile(rf"/employees/{number}(\?.*)?$"))
    expect(page.locator("main")).to_contain_text(day.words("To decide"))
    expect(page.locator("main")).not_to_contain_text("Lindenweg 12")  # the file is as it was
    head = day.visit("head", "/employee/todo/", locale=day.locale)
    expect(head.locator("main")).not_to_contain_text(day.words("Changes asked for"))

    day.go("/employee/todo/")
    waiting = day.page.locator("main section, main .wf-panel", has_text=day.words("Changes asked for")).last
    waiting.locator("a", has_text=day.name("employee")).first.click()
    expect(day.page.locator("main")).to_contain_text("Lindenweg 12, Suzhou, CN")
    day.page.locator("main a, main button").filter(has_text=day.words("Enter it")).first.click()
    day.page.locator("#wf-dialog button[type=submit]").click()
    expect(day.page.locator("#wf-toast")).to_contain_text(day.words("Entered in the file"))
    with day.company.records("employee") as records:
        row = records.get("hrm.employee", number)
        assert (row["user"].id, row["address"]["lines"], row["address"]["city"]) == (person, ["Lindenweg 12"], "Suzhou")
    day.go(f"/employee/hrm/employees/{number}", page)
    expect(page.locator("main")).to_contain_text("Lindenweg 12")
    day.go("/employee/notices/", page)
    expect(page.locator("main")).to_contain_text(day.name("hr"))


def _next_monday() -> date:
    """A Monday in some weeks that is no holiday in China."""
    from weft.plugins.hrm.services.calendar import Calendar

    found = TODAY + timedelta(days=28)
    while found.weekday() or not Calendar("CN").day(found).works:
        found += timedelta(days=1)
    return found
