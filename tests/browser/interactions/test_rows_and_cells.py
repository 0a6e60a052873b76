"""Rows of a list: cursor, cells edited in place, side peek, and long lists: U-03, U-04, U-05, U-22, U-34."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

LIST = "/employee/crm/accounts/?role=customer&name__contains=Quillmoor&sort=title"


@pytest.fixture(scope="module", autouse=True)
def rows(make: Callable[..., Any]) -> list[Any]:
    """Twenty-five customers of the sales rep, more than a window shows."""
    return [
        make(
            "crm.account", owner="sales", name=f"Quillmoor Works {n:02d}", role=["customer"], life="basic", frozen=False
        )
        for n in range(25)
    ]


def cell(page: Any, row: Any, column: str) -> Any:
    """A cell of the list."""
    return page.locator(f"#row-{row.id} td[data-col={column}]")


def test_u03_keys_walk_the_rows_open_one_and_esc_returns_to_it(visit: Callable[..., Any], rows: list[Any]) -> None:
    """U-03: arrows or j/k move the row cursor, Enter opens, Esc returns to the same row and scroll place."""
    page = visit("sales", LIST)
    cursor, box = page.locator("tr.wf-cur"), page.locator(".wf-table-box")
    for key, place in (("j", 0), ("ArrowDown", 1), ("j", 2), ("k", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(cursor).to_have_attribute("data-id", str(rows[place].id))
    for _step in range(22):
        page.keyboard.press("j")
    expect(cursor).to_have_attribute("data-id", str(rows[22].id))
    place = box.evaluate("e => e.scrollTop")
    assert place > 0
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/accounts/{rows[22].id}$"))
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"name__contains=Quillmoor"))
    expect(cursor).to_have_attribute("data-id", str(rows[22].id))
    assert abs(box.evaluate("e => e.scrollTop") - place) <= 4


def test_u04_a_cell_is_edited_in_place_by_keys(
    visit: Callable[..., Any], behind: Callable[..., Any], rows: list[Any]
) -> None:
    """U-04: a click on a cell edits it in place; Enter saves, Esc cancels, Tab goes to the next cell."""
    page = visit("sales", LIST)
    editor = page.locator("[data-cell-editor]")
    level = cell(page, rows[3], "value_class")
    level.click()
    editor.locator("select").select_option("A")
    page.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    expect(level).not_to_have_text("A")
    level.click()
    editor.locator("select").select_option("B")
    page.keyboard.press("Enter")
    expect(level).to_have_text("B")
    expect(editor).to_have_count(0)
    assert behind("crm.account", rows[3].id)["value_class"] == "B"
    level.click()
    editor.locator("select").select_option("C")
    page.keyboard.press("Tab")
    expect(level).to_have_text("C")
    expect(editor).to_be_visible()
    cells = page.locator("td[data-edit-url]")
    edited = cells.evaluate_all("cells => cells.map(cell => cell.classList.contains('wf-editing'))")
    here = level.evaluate("cell => [...document.querySelectorAll('td[data-edit-url]')].indexOf(cell)")
    assert [place for place, editing in enumerate(edited) if editing] == [here + 1]
    page.keyboard.press("Escape")
    assert behind("crm.account", rows[3].id)["value_class"] == "C"


def test_u05_what_can_be_edited_is_seen_without_hovering(visit: Callable[..., Any], rows: list[Any]) -> None:
    """U-05: on a record's page values that can be edited are underlined without hovering, others are not."""
    page = visit("sales", f"/employee/crm/accounts/{rows[0].id}")
    page.mouse.move(1, 1)
    marks = page.locator(".wf-details dd").evaluate_all(
        "values => values.map(dd => [!!dd.dataset.editUrl, getComputedStyle(dd).borderBottomStyle === 'dashed'])"
    )
    assert [editable for editable, _marked in marks] == [marked for _editable, marked in marks]
    assert {editable for editable, _marked in marks} == {True, False}


def test_u22_the_side_peek_steps_through_the_list(visit: Callable[..., Any], rows: list[Any]) -> None:
    """U-22: a side peek opens a record over the list and steps to the next one with arrow keys."""
    page = visit("sales", LIST)
    peek = page.locator("#wf-peek")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    expect(peek).to_contain_text("Quillmoor Works 00")
    page.keyboard.press("ArrowDown")
    expect(peek).to_contain_text("Quillmoor Works 01")
    page.keyboard.press("ArrowDown")
    expect(peek).to_contain_text("Quillmoor Works 02")
    page.keyboard.press("ArrowUp")
    expect(peek).to_contain_text("Quillmoor Works 01")
    assert "name__contains=Quillmoor" in page.url
    page.keyboard.press("Escape")
    expect(peek.locator("> *")).to_have_count(0)
    expect(page.locator(f"#row-{rows[1].id}")).to_be_focused()


def test_u34_scrolling_a_thousand_rows_leaves_no_gap_and_no_double(visit: Callable[..., Any], company: Any) -> None:
    """U-34: scrolling 1,000 rows loads all of them, in the list's order, each once."""
    page = visit("manager", "/employee/crm/activities/?status=done&sort=-at")
    box, seen = page.locator(".wf-table-box"), page.locator("tbody tr[data-id]")
    for _page in range(40):
        if seen.count() >= 1000:
            break
        before = seen.count()
        box.evaluate("e => e.scrollTo(0, e.scrollHeight)")
        page.wait_for_function("n => document.querySelectorAll('tbody tr[data-id]').length > n", arg=before)
    shown = page.eval_on_selector_all("tbody tr[data-id]", "rows => rows.map(row => Number(row.dataset.id))")
    assert len(shown) >= 1000 and len(set(shown)) == len(shown)
    wanted: list[int] = []
    with company.records("manager") as records:
        cursor = None
        while len(wanted) < len(shown):
            found = records.query(
                "crm.activity", fields=(), filters={"status": "done"}, sort="-at", limit=200, cursor=cursor
            )
            wanted, cursor = [*wanted, *(row.id for row in found.rows)], found.next
    assert shown == wanted[: len(shown)]
