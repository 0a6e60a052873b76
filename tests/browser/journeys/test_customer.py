"""J10: the day of a customer, Lieke Haagstra, and of who answers her, in both languages and at 360 px.

Steps 1 to 4 and 12 follow each other on one demo: she asks with a photo, is answered, reopens, rates.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import expect

DAYS = pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("zh", 360)])
ANNEKE = {"en": "Anneke Roodhuyzen", "zh": "安妮可·罗德豪森"}
MAUD = {"en": "Maud Teunisse", "zh": "莫德·特尼瑟"}
_LIMIT = 25 * 1024 * 1024


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small picture, as a phone would send it."""
    path = tmp_path / "pit 14.png"
    Image.new("RGB", (8, 8), "white").save(path)
    return path


def goto(page: Any, company: Any, path: str) -> Any:
    """Open an address and let it settle."""
    answer = page.goto(company.url + path)
    page.wait_for_load_state("networkidle")
    return answer


def fits(page: Any) -> None:
    """Nothing scrolls sideways."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in {window}"


def card(page: Any, title: str) -> Any:
    """A card of the portal's home."""
    return page.locator(".wf-card", has=page.get_by_role("heading", name=title, exact=True)).first


def number_of(page: Any) -> int:
    """Id of the request whose page it is."""
    return int(re.search(r"/requests/(\d+)", page.url).group(1))


@DAYS
def test_she_asks_is_answered_reopens_and_rates(
    visit: Any, company: Any, say: Any, photo: Path, tmp_path: Path, locale: str, width: int
) -> None:
    def words(text: str, **slots: Any) -> str:
        return say(locale, text, domain="service", **slots)

    # 1: home
    page = visit("customer", "/customer/", locale=locale, width=width)
    # an answer to a message, two solved requests, a milestone to accept, an invoice to pay
    expect(card(page, say(locale, "Waiting for you", domain="core")).locator("li")).to_have_count(5)
    mine = card(page, words("My requests"))
    expect(mine.locator("li")).to_have_count(4)
    expect(mine).to_contain_text(ANNEKE[locale])
    expect(page.locator("#wf-page")).to_contain_text(MAUD[locale])
    fits(page)

    # 2 and 12: a new request; a file too large and a program in disguise are refused by name, the rest stays
    page.get_by_role("link", name=words("New request")).first.click()
    page.locator("#f-subject").fill("LD-3 no signal in zone 4 at night")
    expect(page.locator(".wf-form-checks a").first).to_be_visible()
    page.locator("#f-description").fill("Pit 14 sends nothing.")
    large = tmp_path / "film.png"
    large.write_bytes(b"\x89PNG" + b"\0" * (_LIMIT + 5 * 1024 * 1024))
    program = tmp_path / "holiday.png"
    program.write_bytes(b"MZ\x90\x00" + b"\0" * 4000)
    page.locator("#f-files").set_input_files([large, program, photo])
    files = page.locator(".wf-files li")
    expect(files).to_have_count(3)
    expect(files.filter(has_text="film.png").get_by_role("alert")).to_contain_text("25 MB")
    expect(files.filter(has_text="holiday.png").get_by_role("alert")).to_be_visible()
    expect(files.filter(has_text="pit 14.png").locator("input[name=files]")).to_have_count(1)
    expect(page.locator("#f-description")).to_have_value("Pit 14 sends nothing.")
    fits(page)
    page.get_by_role("button", name=words("Send the request")).click()
    expect(page.locator("h1")).to_have_text("LD-3 no signal in zone 4 at night")
    number = number_of(page)
    head = page.locator("#wf-page")
    expect(head).to_contain_text("REQ-00161")
    expect(head).to_contain_text(ANNEKE[locale])
    with company.records("project") as records:  # the due time stands on the page as she reads it
        due = records.get("service.request", number)["due_at"].astimezone(ZoneInfo("Europe/Amsterdam"))
    assert due > datetime.now(UTC)
    expect(head).to_contain_text(due.strftime("%H:%M"))
    expect(page.get_by_role("link", name="pit 14.png")).to_be_visible()
    fits(page)
    goto(page, company, "/customer/")
    expect(card(page, words("My requests"))).to_contain_text("LD-3 no signal in zone 4 at night")

    # Anneke has it to do, and Haverdijk's timeline has it
    inside = visit("project", "/employee/", locale=locale, width=1280)
    expect(inside.locator("[data-tile='service.mine'] header .wf-n")).to_have_text("8")
    with company.records("manager") as records:
        haverdijk = records.get("service.request", number)["customer"].id
    boss = visit("maud", f"/employee/crm/accounts/{haverdijk}?tab=timeline", locale=locale, width=1280)
    expect(boss.locator("#wf-timeline")).to_contain_text("LD-3 no signal in zone 4 at night")

    # 3: an internal note, then an answer
    goto(inside, company, f"/employee/service/requests/{number}")
    inside.locator("label:has(input[name=mode][value=internal])").click()
    inside.locator("#wf-composer-text").fill("Is this like Tangyu?")
    inside.locator("#wf-composer button.btn-primary").click()
    expect(inside.locator(".wf-comment-in")).to_contain_text("Is this like Tangyu?")
    inside.locator("#wf-composer-text").fill("Which gateway does it use?")
    inside.get_by_role("button", name=words("Send and wait for the customer")).click()
    expect(inside.locator(".wf-comments")).to_contain_text("Which gateway does it use?")
    company.settle()
    goto(page, company, f"/customer/service/requests/{number}")
    expect(page.locator(".wf-comments")).to_contain_text("Which gateway does it use?")
    expect(page.locator("body")).not_to_contain_text("Tangyu")
    expect(page.locator("#wf-page .wf-st").first).to_contain_text(words("Waiting for you"))
    goto(page, company, "/customer/notices/")
    answered = words("%(who)s answered your request: %(record)s", who=ANNEKE[locale], record="LD-3 no signal in zone 4")
    expect(page.locator("#wf-page")).to_contain_text(answered)

    # 4: she answers, it is solved, she reopens with a reason, it is solved again, she rates it 4
    goto(page, company, f"/customer/service/requests/{number}")
    page.locator("#wf-composer-text").fill("GW-1 in pit 14.")
    page.locator("#wf-composer button.btn-primary").click()
    expect(page.locator(".wf-comments")).to_contain_text("GW-1 in pit 14.")
    _solve(inside, company, number, words, "The update is loaded.")
    goto(page, company, f"/customer/service/requests/{number}")
    page.get_by_role("link", name=words("Reopen"), exact=True).click()
    page.locator(".wf-dlg textarea[name=reason]").fill("Pit 17 is still silent.")
    page.locator(".wf-dlg button.btn-primary").click()
    expect(page.locator(".wf-comments")).to_contain_text("Pit 17 is still silent.")
    _solve(inside, company, number, words, "Both pits send now.")
    goto(page, company, f"/customer/service/requests/{number}")
    page.get_by_role("link", name=words("Rate"), exact=True).click()
    page.locator(".wf-dlg label:has(input[name=rating][value='4'])").click()
    page.locator(".wf-dlg button.btn-primary").click()
    expect(page.locator("#wf-page")).to_contain_text(words("4: good"))
    fits(page)
    with company.records("manager") as records:
        row = records.get("service.request", number)
        assert (row["score"], row["reopened"], row["status"]) == (4, 1, "solved")
    goto(boss, company, f"/employee/crm/accounts/{haverdijk}")
    mean = words("%(mean)s of 5", mean="4.5")
    expect(boss.locator(".wf-facts")).to_contain_text(mean)
    report = visit("executive", "/employee/service/satisfaction?period=all", locale=locale, width=1280)
    expect(report.locator("#wf-page")).to_contain_text("4.5")

    # 11: a request of another firm is the refused page
    with company.records("manager") as records:
        other = records.query("service.request", filters={"customer__ne": str(haverdijk)}, limit=1).rows[0].id
    assert goto(page, company, f"/customer/service/requests/{other}").status == 404


def _solve(page: Any, company: Any, number: int, words: Any, text: str) -> None:
    """Anneke solves it with a last answer."""
    goto(page, company, f"/employee/service/requests/{number}")
    page.locator(".wf-talk").get_by_role("link", name=words("Solve"), exact=True).click()
    page.locator(".wf-dlg textarea[name=answer]").fill(text)
    page.locator(".wf-dlg button.btn-primary").click()
    expect(page.locator(".wf-comments")).to_contain_text(text)
