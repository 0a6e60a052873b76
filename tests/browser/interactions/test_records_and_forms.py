"""Forms, references, the record page, refusals and empty lists: U-06, U-19, U-20, U-21, U-26, U-27, U-28, U-36."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

CONTACTS = "/employee/crm/contacts/"
#: One white pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def tangyu(company: Any) -> int:
    """A customer of the sales rep with people, deals and talks."""
    with company.records("sales") as records:
        rows = records.query("crm.account", fields=("name",), filters={"name": "Tangyu Water Group"}, limit=2).rows
    return int(rows[0]["id"])


def test_u06_a_new_record_by_keys_and_the_next_one_at_once(visit: Callable[..., Any], company: Any) -> None:
    """U-06: a new record opens with a shortcut; Ctrl+Enter saves; "save and new" exists."""
    page = visit("sales", "/employee/")
    page.keyboard.press("n")
    expect(page.locator(".wf-top details[open] .wf-menu-item").first).to_be_focused()
    for _step in range(2):  # customer, lead, contact
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contacts/new"))
    page.locator("#f-name").fill("Quillmoor One")
    page.get_by_role("button", name="Save and new").click()
    expect(page.locator("#wf-toast")).to_contain_text("Quillmoor One created")
    expect(page.locator("#f-name")).to_have_value("")
    assert page.url.partition("?")[0].endswith("/contacts/new")
    page.locator("#f-name").fill("Quillmoor Two")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/contacts/\d+$"))
    expect(page.locator("h1")).to_have_text("Quillmoor Two")
    with company.records("sales") as records:
        found = records.query("crm.contact", fields=(), filters={"name__contains": "Quillmoor"}, limit=1, count="exact")
    assert found.count.value == 2


def test_u19_a_reference_is_searched_made_in_place_and_looked_at(visit: Callable[..., Any]) -> None:
    """U-19: a relation field searches while typing, creates a missing record in place, opens a preview."""
    page = visit("sales", CONTACTS + "new")
    page.locator("#f-name").fill("Quillmoor Three")
    field = page.locator("#f-account")
    field.press_sequentially("Tangyu Wat", delay=30)
    options = page.locator("[role=option]")
    expect(options.filter(has_text="Tangyu Water Group")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#wf-peek")).to_contain_text("Tangyu")
    page.keyboard.press("Enter")
    page.locator("#wf-peek [data-close]").first.click()
    expect(page.locator(".wf-pick", has_text="Tangyu")).to_be_visible()
    page.locator(".wf-pick .wf-cut", has_text="Tangyu").click()
    expect(page.locator("#wf-peek")).to_contain_text("Tangyu")
    page.locator("#wf-peek [data-close]").first.click()
    field.press_sequentially("Quillmoor Foundry", delay=20)
    options.filter(has_text=re.compile("New|Create")).last.click()
    dialog = page.locator("#wf-dialog")
    expect(dialog.locator("[name=name]")).to_have_value("Quillmoor Foundry")
    dialog.locator("button[type=submit]").last.click()
    expect(page.locator(".wf-pick", has_text="Quillmoor Foundry")).to_be_visible()
    expect(page.locator("#f-name")).to_have_value("Quillmoor Three")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/contacts/\d+$"))
    expect(page.locator("main")).to_contain_text("Quillmoor Foundry")


def test_a_form_sent_while_its_file_is_on_its_way_waits_for_it(visit: Callable[..., Any], tmp_path: Any) -> None:
    """Nothing is lost to a slow line: the form goes by itself once the file is there, and with it."""
    page = visit("manager", "/employee/crm/products/new")
    held: list[Any] = []
    page.route("**/me/upload/**", lambda route: held.append(route))
    photo = tmp_path / "valve.png"
    photo.write_bytes(PNG)
    page.locator("#f-name").fill("Quillmoor Valve")
    page.locator("#f-code").fill("QM-VALVE")
    page.locator("input[type=file]").first.set_input_files(photo)
    expect(page.locator(".wf-files li")).to_contain_text("valve.png")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("form [aria-busy=true]")).to_have_count(1)
    assert page.url.endswith("/products/new")
    held.pop().continue_()
    page.wait_for_url(re.compile(r"/products/\d+$"))
    expect(page.locator("main dd a[href^='/files/']")).to_have_count(1)


def test_u20_the_record_page_of_any_kind_loads_its_panels_in_place(visit: Callable[..., Any], tangyu: int) -> None:
    """U-20: header, key fields, related panels with counts, activity stream; panels load without a page change."""
    page = visit("sales", f"/employee/crm/accounts/{tangyu}")
    expect(page.locator("h1")).to_have_text("Tangyu Water Group")
    for part in (".wf-facts", ".wf-path", "#wf-timeline li", ".wf-record-side"):
        expect(page.locator(part).first).to_be_visible()
    page.evaluate("window.stayed = true")
    tab = page.locator(".wf-tabs a", has_text="Opportunities")
    wanted = int(re.sub(r"\D", "", tab.inner_text()))
    tab.click()
    deals = page.locator("#wf-tab .wf-record-main a, #wf-tab .wf-panel a").and_(
        page.locator("a[href*='/crm/opportunities/']:not([href*='?'])")
    )
    expect(deals).to_have_count(wanted)
    assert page.evaluate("window.stayed") is True
    deals.first.click()
    page.wait_for_url(re.compile(r"/opportunities/\d+"))
    for part in ("h1", ".wf-facts", "#wf-timeline", ".wf-tabs"):
        expect(page.locator(part).first).to_be_visible()


def test_u21_a_record_is_linked_to_any_other_with_a_word(visit: Callable[..., Any], tangyu: int) -> None:
    """U-21: "Link to…" finds any other record, of another kind too, and asks only for the label."""
    page = visit("sales", f"/employee/crm/accounts/{tangyu}")
    page.locator(".wf-record-acts a", has_text="Link to").click()
    dialog = page.locator("#wf-dialog")
    dialog.locator("input[role=combobox]").fill("澜桉食品 3")
    dialog.locator("[role=option]", has_text="澜桉食品 3 号线计量").first.click()
    dialog.locator("input[name=label]").fill("same meters as")
    dialog.locator("button[type=submit]").click()
    links = page.locator(".wf-record-side .wf-links")
    expect(links).to_contain_text("same meters as")
    page.keyboard.press("Control+z")
    expect(links.filter(has_text="same meters as")).to_have_count(0)


def test_u27_an_empty_list_says_what_to_do_next(visit: Callable[..., Any], company: Any) -> None:
    """U-27: empty lists explain the next step; a filter too much is named and taken away with a click."""
    page = visit("sales", "/employee/crm/accounts/?role=customer&frozen=false&name__contains=Nobodywouldhaveit")
    empty = page.locator(".wf-empty")
    expect(empty).to_contain_text("match")
    empty.get_by_role("link", name="Remove that filter").click()
    expect(page.locator("tbody tr[data-id]").first).to_be_visible()
    assert "Nobodywouldhaveit" not in page.url


def test_u28_a_refusal_says_why_and_whom_to_ask(
    visit: Callable[..., Any], make: Callable[..., Any], company: Any, tangyu: int
) -> None:
    """U-28: refused actions say why and whom to ask; buttons one may not use are absent or explained."""
    stranger = make("crm.account", owner="maud", name="Quillmoor North", role=["customer"], life="basic", frozen=False)
    page = visit("sales", f"/employee/crm/accounts/{stranger.id}")
    expect(page.locator("main")).to_contain_text("Does not exist or is not shared with you")
    expect(
        page.get_by_role("button", name="Ask for access").or_(page.get_by_role("link", name="Ask for access"))
    ).to_be_visible()
    # a customer nobody spoke to yet is not moved on: the page says what is missing
    mine = make("crm.account", owner="sales", name="Quillmoor South", role=["customer"], life="basic", frozen=False)
    page = visit("sales", f"/employee/crm/accounts/{mine.id}")
    page.locator(".wf-path button, .wf-path a", has_text="Potential").first.click()
    expect(page.locator("#wf-dialog")).to_contain_text("nobody spoke to them. Log a contact first.")
    # who may only read finds no button that changes
    reader = visit("executive", f"/employee/crm/accounts/{tangyu}")
    acts = " ".join(reader.locator(".wf-record-acts").all_inner_texts())
    assert "Edit" not in acts and "Delete" not in acts
    assert reader.locator("dd[data-edit-url]").count() == 0
