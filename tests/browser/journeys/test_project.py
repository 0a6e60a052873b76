"""The days around a project: its lead (J6), a field engineer on the phone (J7), the customer who accepts (J10).

The steps follow each other on one demo of Weirholm, once in each language; figures move as the journeys tell.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

HAVERDIJK = {"en": "Haverdijk district metering", "zh": "哈弗代克分区计量"}
TANGYU = {"en": "Tangyu pump stations", "zh": "棠屿泵站改造"}
GOAL = {"en": "Acceptance of phase 2", "zh": "二期验收"}
ZONE = {"en": "Fit meters and loggers in zone 4", "zh": "4区安装流量计与记录仪"}
LAST = {"en": "Conversion of station 3", "zh": "三号泵站改造"}


class Days:
    """Pages of the people of one demo in one language."""

    def __init__(self, visit: Any, company: Any, say: Any, locale: str) -> None:
        self.visit, self.company, self.locale, self._say = visit, company, locale, say

    def words(self, message: str, context: str = "", **slots: Any) -> str:
        return str(self._say(self.locale, message, context, domain="projects", **slots))

    def number(self, table: str, name: str) -> int:
        """Id of a record by its English name."""
        with self.company.runtime.db.read() as connection:
            statement = text(f"SELECT id FROM projects_{table} WHERE name = :name ORDER BY id LIMIT 1")
            return int(connection.execute(statement, {"name": name}).scalar_one())

    def goto(self, page: Any, path: str) -> None:
        page.goto(self.company.url + path)
        page.wait_for_load_state("networkidle")


def tile(page: Any, key: str) -> Any:
    """A tile of a home page."""
    return page.locator(f"[data-tile='{key}']")


def fits(page: Any) -> None:
    """Nothing scrolls sideways."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in {window}"


@pytest.fixture(params=["en", "zh"])
def days(visit: Any, company: Any, say: Any, request: pytest.FixtureRequest) -> Days:
    """The demo of this test, once in each language."""
    return Days(visit, company, say, request.param)


def test_the_lead_the_engineer_and_the_customer_of_a_project(days: Days) -> None:
    haverdijk, tangyu = days.number("project", HAVERDIJK["en"]), days.number("project", TANGYU["en"])
    anneke = days.visit("project", "/employee/", locale=days.locale)
    the_lead_sees_what_is_late_and_moves_a_task(days, anneke, tangyu)
    the_lead_approves_hours_and_writes_her_own(days, anneke, haverdijk)
    the_customer_is_shown_reminded_and_accepts(days, anneke, haverdijk)
    the_engineer_finishes_a_task_on_the_phone(days, anneke, haverdijk)


def the_lead_sees_what_is_late_and_moves_a_task(days: Days, page: Any, tangyu: int) -> None:
    """J6 steps 1, 2 and 14."""
    mine = tile(page, "projects.mine")
    expect(mine).to_contain_text(HAVERDIJK[days.locale])
    expect(mine).to_contain_text(re.compile(r"62\s?%"))
    late = days.words("%(n)s days late", n=9)
    expect(mine.locator("li", has_text=TANGYU[days.locale])).to_contain_text(late)
    expect(tile(page, "projects.late_tasks_tile").locator(".wf-n")).to_have_text("1")
    expect(tile(page, "projects.hours_tile").locator(".wf-n")).to_have_text("2")
    expect(tile(page, "projects.customer_tile").locator(".wf-n")).to_have_text("1")

    days.goto(page, f"/employee/projects/projects/{tangyu}?tab=slot:projects.plan")
    expect(page.locator(".wf-gantt[data-ready='1']")).to_be_visible()
    expect(page.locator(".wf-record-head")).to_contain_text(late)
    bar = page.locator(f".wf-gantt-task[data-task='{days.number('task', LAST['en'])}']")
    expect(bar).to_have_class(re.compile("wf-critical"))
    before = bar.get_attribute("aria-label")
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 20, middle[1], steps=4)
    page.mouse.move(middle[0] + 7 * 9, middle[1], steps=4)
    page.mouse.up()
    expect(page.locator(".wf-gantt")).to_have_attribute("data-moved", "1")
    toast = page.locator("#wf-toast")
    expect(toast).to_contain_text(days.words("the customer sees it once you publish the date"))
    expect(bar).not_to_have_attribute("aria-label", before)
    with page.expect_response(lambda answer: answer.url.endswith("/data")):
        page.keyboard.press("Control+z")
    expect(page.locator(".wf-gantt[data-ready='1']")).to_be_visible()
    expect(bar).to_have_attribute("aria-label", before)
    # the same with keys: a day later, and back
    days.goto(page, f"/employee/projects/projects/{tangyu}?tab=slot:projects.plan")
    expect(page.locator(".wf-gantt[data-ready='1']")).to_be_visible()
    bar.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".wf-gantt")).to_have_attribute("data-moved", "1")
    expect(bar).not_to_have_attribute("aria-label", before)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".wf-gantt")).to_have_attribute("data-moved", "2")
    expect(bar).to_have_attribute("aria-label", before)
    # list and plan show the same dates
    days.goto(page, f"/employee/projects/tasks/?project={tangyu}&critical=true&all=1")
    expect(page.locator("tbody tr", has_text=LAST[days.locale])).to_contain_text("0")


def the_lead_approves_hours_and_writes_her_own(days: Days, page: Any, haverdijk: int) -> None:
    """J6 steps 4 and 9: both timesheets in one go; 78,900 rises by their hours of this project at their rates."""
    days.goto(page, f"/employee/projects/projects/{haverdijk}")
    expect(page.locator(".wf-facts")).to_contain_text("78,900")
    waiting = (
        "SELECT sum(hours) FROM projects_time_entry WHERE status = 'submitted' AND project = :id AND owner_id = :who"
    )
    with days.company.runtime.db.read() as connection:
        people = days.company.people
        hours = {  # SQLite keeps hundredths
            who: int(connection.execute(text(waiting), {"id": haverdijk, "who": people[who]}).scalar_one()) / 100
            for who in ("employee", "bart")
        }
    assert hours == {"employee": 37, "bart": 30}
    rises = 78_900 + hours["employee"] * 70 + hours["bart"] * 85
    days.goto(page, "/employee/projects/timesheets")
    expect(page.locator("input[name=chosen]")).to_have_count(2)
    page.get_by_role("button", name=days.words("Approve the chosen")).click()
    expect(page.locator("#wf-page")).to_contain_text(days.words("Nothing waits for you"))
    days.goto(page, f"/employee/projects/projects/{haverdijk}")
    expect(page.locator(".wf-facts")).to_contain_text(f"{rises:,.0f}")
    days.goto(page, "/employee/")
    expect(tile(page, "projects.hours_tile").locator(".wf-n")).to_have_text("0")

    days.goto(page, "/employee/projects/timesheet")
    cells = page.locator(".wf-pj-hours tbody tr").first.locator("input")
    cells.nth(0).click()
    page.keyboard.type("3")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("2.5")
    expect(page.locator(".wf-pj-hours tfoot td.wf-pj-sum")).to_have_text("5.5")
    page.get_by_role("button", name=days.words("Submit the week")).click()
    expect(page.locator("#wf-toast")).to_contain_text(days.words("%(n)s entries submitted", n=2))


def the_customer_is_shown_reminded_and_accepts(days: Days, page: Any, haverdijk: int) -> None:
    """J6 steps 5 and 6, J10 steps 5, 6 and 11."""
    days.goto(page, f"/employee/projects/shown/{haverdijk}")
    main = page.locator("#wf-page")
    expect(main.locator(".wf-milestones li")).to_have_count(3)
    expect(main).not_to_contain_text(ZONE[days.locale])
    expect(main).not_to_contain_text("84,040")
    days.goto(page, "/employee/")
    waits = tile(page, "projects.customer_tile")
    waits.get_by_role("button", name=days.words("Remind")).click()
    expect(page.locator("#wf-toast")).to_contain_text(days.words("%(n)s people reminded", n=1))

    lieke = days.visit("customer", "/customer/", locale=days.locale, width=360 if days.locale == "zh" else 1280)
    expect(lieke.locator("#wf-page")).to_contain_text(GOAL[days.locale])
    days.goto(lieke, f"/customer/projects/projects/{haverdijk}")
    expect(lieke.locator("#wf-page")).to_contain_text(re.compile(r"62\s?%"))
    expect(lieke.locator(".wf-milestones li")).to_have_count(3)
    for hidden in (ZONE[days.locale], "78,900", "84,040", TANGYU[days.locale]):
        expect(lieke.locator("#wf-page")).not_to_contain_text(hidden)
    fits(lieke)
    lieke.get_by_role("link", name=days.words("Accept or refuse"), exact=True).click()
    lieke.wait_for_url(re.compile(r"/milestones/\d+"))
    lieke.get_by_role("link", name=days.words("Accept", "a milestone"), exact=True).click()
    dialog = lieke.locator("#wf-dialog")
    dialog.locator("[name=remark]").fill("All zones of the pilot.")
    dialog.get_by_role("button", name=days.words("Accept", "a milestone"), exact=True).click()
    expect(lieke.locator("#wf-page")).to_contain_text(days.words("Accepted"))
    expect(lieke.locator("#wf-page")).to_contain_text("All zones of the pilot.")
    fits(lieke)
    days.goto(page, "/employee/")
    expect(tile(page, "projects.customer_tile").locator(".wf-n")).to_have_text("0")


def the_engineer_finishes_a_task_on_the_phone(days: Days, page: Any, haverdijk: int) -> None:
    """J7 steps 6, 7 and 10 at 360 px: the last item, the task, 27 of 42; 25 hours on a day are refused."""
    task = days.number("task", ZONE["en"])
    xu = days.visit("employee", f"/employee/projects/tasks/{task}", locale=days.locale, width=360)
    fits(xu)
    open_items = xu.locator("[role=checkbox][aria-checked=false]")
    expect(open_items).to_have_count(1)
    open_items.click()
    expect(xu.locator("[role=checkbox][aria-checked=true]")).to_have_count(3)
    days.goto(xu, f"/employee/projects/tasks/{task}/act/finish")
    xu.locator("main [type=submit].btn-primary, #wf-page [type=submit].btn-primary").first.click()
    xu.wait_for_url(re.compile(rf"/tasks/{task}$"))
    days.goto(page, f"/employee/projects/projects/{haverdijk}")
    expect(page.locator(".wf-facts")).to_contain_text(re.compile(r"64\s?%"))
    days.goto(xu, "/employee/projects/timesheet")
    fits(xu)
    cell = xu.locator(".wf-pj-hours input").first
    cell.fill("25")
    xu.get_by_role("button", name=days.words("Save"), exact=True).click()
    expect(xu.locator(".wf-pj-week > [role=alert]")).to_contain_text(days.words("A day has 24 hours."))
    expect(xu.locator(".wf-pj-hours input").first).to_have_value("25")
    xu.locator(".wf-pj-hours input").first.fill("6.5")
    xu.get_by_role("button", name=days.words("Save"), exact=True).click()
    expect(xu.locator("#wf-toast")).to_contain_text(days.words("Saved"))
    expect(xu.locator(".wf-pj-hours input").first).to_have_value("6.5")
    answer = xu.goto(f"{days.company.url}/employee/projects/shown/{haverdijk}")
    assert answer.status in (403, 404)
