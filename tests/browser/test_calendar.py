"""The calendar in a real browser: drag with Undo, keys, a click for a new appointment, both languages, the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def lin(cast: Any) -> int:
    """A salesperson, in the zone of Greenwich."""
    found: int = cast.user("crm.sales_rep", name="Lin Shutong", email="lin@weft.example")
    return found


@pytest.fixture
def visit(make: Callable[..., Any], lin: int) -> Any:
    """A visit of today at ten."""
    begins = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    ends = begins + timedelta(hours=1)
    return make("core.event", owner=lin, subject="Visit Alder", starts_at=begins, ends_at=ends)


def entry(page: Any) -> Any:
    """The visit on the page."""
    return page.locator(".wf-pl-entry", has_text="Visit Alder").first


def test_an_appointment_is_dragged_resized_and_taken_back(open_page: Any, lin: int, visit: Any) -> None:
    """U-11, C-100: what is moved moves at once, and Undo brings it back."""
    page = open_page(lin, "/employee/calendar/?view=day")
    expect(page.locator("#wf-planner.wf-live")).to_be_visible()
    box = entry(page).bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 40, steps=4)
    page.mouse.move(box["x"] + 60, box["y"] + 12 + 96, steps=4)
    page.mouse.up()
    expect(page.locator("#wf-toast")).to_contain_text("12:00")
    expect(entry(page)).to_have_attribute("data-from", "720")
    box = entry(page).bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] + 21, steps=5)
    page.mouse.up()
    expect(entry(page)).to_have_attribute("data-minutes", "90")
    page.keyboard.press("Control+z")
    expect(entry(page)).to_have_attribute("data-minutes", "60")
    entry(page).locator(".wf-pl-link").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(entry(page)).to_have_attribute("data-from", "705")


def test_one_or_all_repetitions_are_asked_for(open_page: Any, lin: int, make: Callable[..., Any]) -> None:
    begins = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=7)
    make("core.event", owner=lin, subject="Visit Alder", starts_at=begins, ends_at=begins + timedelta(hours=1),
         rule="FREQ=DAILY")  # fmt: skip
    page = open_page(lin, "/employee/calendar/?view=day")
    entry(page).locator(".wf-pl-link").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.get_by_role("button", name="Only this one").click()
    expect(entry(page)).to_have_attribute("data-from", "615")
    expect(entry(page)).to_have_attribute("data-occurrence", "")


def test_a_click_makes_an_appointment(open_page: Any, lin: int) -> None:
    page = open_page(lin, "/employee/calendar/?view=day")
    page.locator(".wf-pl-timed").first.click(position={"x": 300, "y": 14 * 48 + 5})
    dialog = page.locator("#wf-dialog")
    expect(dialog.locator("[name=starts_at]")).to_have_value(f"{datetime.now(UTC):%Y-%m-%d}T14:00")
    expect(dialog.locator('[data-field="rule"]')).to_be_hidden()
    dialog.locator("[name=subject]").fill("Visit Alder")
    dialog.locator("[name=repeat]").select_option("weekly")
    page.keyboard.press("Control+Enter")
    expect(entry(page)).to_have_attribute("data-from", "840")
    page.keyboard.press("m")
    expect(page.get_by_role("grid")).to_be_visible()
    expect(entry(page)).to_be_visible()


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_on_a_phone_it_is_a_list_of_days(open_page: Any, cast: Any, make: Callable[..., Any], locale: str) -> None:
    """U-36: today's calendar on the home page, and the day behind it."""
    user = cast.user("crm.sales_rep", name="Lin", email=f"lin-{locale}@weft.example", locale=locale)
    begins = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    make("core.event", owner=user, subject="Visit Alder", starts_at=begins, ends_at=begins + timedelta(hours=1))
    page = open_page(user, "/employee/", width=360)
    tile = page.locator('[data-tile="portal_employee.today"]')
    expect(tile).to_contain_text("Today" if locale == "en" else "今日日程")
    expect(tile).to_contain_text("Visit Alder")
    for view in ("week", "month", "agenda", "tasks"):
        page.goto(page.url.split("/employee/")[0] + f"/employee/calendar/?view={view}")
        page.wait_for_load_state("networkidle")
        wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window, view
    page.goto(page.url.split("?")[0])
    expect(page.locator("#wf-planner")).not_to_have_class("wf-live")
    expect(entry(page)).to_be_visible()
