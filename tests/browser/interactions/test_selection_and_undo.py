"""Ticked rows, what the bar does with them, undo and the trash, export: U-13 to U-16, U-18."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

LIST = "/employee/crm/accounts/?name__contains=Quillmoor&frozen=false&sort=title"
#: More rows than the first page of a list brings.
MANY = 64


@pytest.fixture(scope="module", autouse=True)
def rows(make: Callable[..., Any]) -> list[Any]:
    """Customers of the sales rep."""
    return [
        make(
            "crm.account", owner="sales", name=f"Quillmoor Works {n:02d}", role=["customer"], life="basic", frozen=False
        )
        for n in range(MANY)
    ]


def ticked(page: Any) -> set[int]:
    """Ids of the ticked rows."""
    found = page.eval_on_selector_all("input[name=ids]:checked", "boxes => boxes.map(box => Number(box.value))")
    return set(found)


def tick(page: Any, row: Any, *, shift: bool = False) -> None:
    """Click the box of a row."""
    page.locator(f"#row-{row.id} input[name=ids]").click(modifiers=["Shift"] if shift else [])


def bar(page: Any, label: str) -> Any:
    """A button of the bar."""
    return page.locator("[data-bulk] button", has_text=re.compile(rf"^\s*{label}\s*$"))


def count(behind_rows: Any, **filters: Any) -> int:
    """How many of the customers of this module hold."""
    found = behind_rows.query(
        "crm.account", fields=(), filters={"name__contains": "Quillmoor", **filters}, limit=1, count="exact"
    )
    return int(found.count.value)


def test_u13_a_range_is_ticked_with_shift_and_all_matches_with_a_word(
    visit: Callable[..., Any], rows: list[Any]
) -> None:
    """U-13: ticking a row and shift-clicking another selects the range; "select all N matches" covers every page."""
    page = visit("manager", LIST)
    said = page.locator("[data-bulk-count]")
    tick(page, rows[2])
    tick(page, rows[9], shift=True)
    assert ticked(page) == {row.id for row in rows[2:10]}
    expect(said).to_have_text(re.compile(r"\b8\b"))
    loaded = page.locator("tbody tr[data-id]").count()
    assert loaded < MANY
    page.locator("[data-select-all]").check()
    expect(said).to_have_text(re.compile(rf"\b{loaded}\b"))
    expect(page.locator("[data-bulk-all]")).to_have_text(f"Select all {MANY}")
    page.locator("[data-bulk-all]").click()
    expect(said).to_have_text(re.compile(rf"\b{MANY}\b"))
    bar(page, "Tag").click()
    expect(page.locator("#wf-dialog")).to_contain_text(f"{MANY} records")


def test_u14_the_bar_works_on_ticked_rows_which_stay_ticked(
    visit: Callable[..., Any], behind: Callable[..., Any], rows: list[Any], company: Any
) -> None:
    """U-14: a bar offers bulk edit, assign, link, tag, export, delete; the selection stays after the action."""
    page = visit("manager", LIST)
    for row in rows[:3]:
        tick(page, row)
    chosen, dialog = {row.id for row in rows[:3]}, page.locator("#wf-dialog")
    words = [text.strip() for text in page.locator("[data-bulk] button[data-bulk-url]").all_inner_texts()]
    assert {"Assign", "Edit", "Link", "Tag", "Export", "Delete"} <= set(words)

    def sent(toast: str) -> None:
        dialog.locator("button[type=submit]").last.click()
        expect(page.locator("#wf-toast")).to_contain_text(toast)
        expect(page.locator("dialog#wf-dialog[open]")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        assert ticked(page) == chosen

    bar(page, "Edit").click()
    dialog.locator("select[name=_pick]").select_option("value_class")
    dialog.locator("button[type=submit]").last.click()
    dialog.locator("label.wf-opt-b", has_text=re.compile(r"^\s*B\s*$")).click()
    sent("3 accounts changed")
    assert {behind("crm.account", number)["value_class"] for number in chosen} == {"B"}
    bar(page, "Assign").click()
    dialog.locator("input[role=combobox]").fill("Maud")
    dialog.locator("[role=option]", has_text="Maud Teunisse").click()
    sent("3 accounts assigned")
    bar(page, "Tag").click()
    dialog.locator("[name=tag]").fill("spring")
    sent("3 accounts tagged")
    bar(page, "Link").click()
    dialog.locator("input[role=combobox]").fill("Tangyu Water")
    dialog.locator("[role=option]", has_text="Tangyu Water Group").first.click()
    sent("3 accounts linked")
    bar(page, "Export").click()
    with page.expect_download() as waited:
        dialog.locator("a[href*='export.csv']").click()
    with open(waited.value.path(), encoding="utf-8-sig", newline="") as text:
        assert {
            int(line["ID"]) if "ID" in line else int(next(iter(line.values()))) for line in csv.DictReader(text)
        } == chosen
    page.keyboard.press("Escape")
    # all but one, and the bar says so in everything it does
    page.locator("[data-select-all]").check()
    page.locator("[data-bulk-all]").click()
    tick(page, rows[5])
    bar(page, "Export").click()
    expect(dialog).to_contain_text(f"{MANY - 1} rows")
    with page.expect_download() as waited:
        dialog.locator("a[href*='export.csv']").click()
    with open(waited.value.path(), encoding="utf-8-sig", newline="") as text:
        lines = text.read()
    assert len(lines.strip().splitlines()) == MANY and rows[5]["name"] not in lines


def test_u15_every_kind_of_change_is_taken_back_by_keys_and_a_toast_offers_it(
    visit: Callable[..., Any], behind: Callable[..., Any], rows: list[Any], company: Any
) -> None:
    """U-15: Ctrl+Z after a save, a delete restores the old state; a toast offers Undo for 10 seconds."""
    row = rows[20]
    page = visit("manager", f"/employee/crm/accounts/{row.id}/edit")
    page.fill("#f-payment_days", "77")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"/accounts/{row.id}(\?.*)?$"))
    toast = page.locator("#wf-toast")
    expect(toast.get_by_text("Undo")).to_be_visible()
    began = time.monotonic()
    assert behind("crm.account", row.id)["payment_days"] == 77
    other = visit("manager", LIST)
    for one in rows[21:24]:
        tick(other, one)
    bar(other, "Delete").click()
    expect(other.locator("#wf-toast")).to_contain_text("3 accounts moved to the trash")
    expect(other.locator(f"#row-{rows[22].id}")).to_have_count(0)
    other.keyboard.press("Control+z")
    expect(other.locator(f"#row-{rows[22].id}")).to_be_visible()
    with company.records("manager") as records:
        assert count(records) == MANY
    time.sleep(max(0.0, began + 9.5 - time.monotonic()))
    expect(toast.get_by_text("Undo")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator(".wf-details").first).not_to_contain_text("77")
    assert behind("crm.account", row.id)["payment_days"] != 77


def test_u16_what_is_deleted_waits_in_the_trash(visit: Callable[..., Any], rows: list[Any], company: Any) -> None:
    """U-16: deleted records are in a trash, can be found, restored by right."""
    first, second = rows[30], rows[31]
    page = visit("manager", LIST)
    for row in (first, second):
        tick(page, row)
    bar(page, "Delete").click()
    expect(page.locator("#wf-toast")).to_contain_text("2 accounts moved to the trash")
    page.goto(company.url + "/employee/trash/")
    page.locator("#wf-trash-q").fill("Quillmoor Works 3")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=Quillmoor"))
    deleted = page.locator("main li")
    expect(deleted).to_have_count(2)
    deleted.filter(has_text=first["name"]).get_by_role("button", name="Restore").click()
    page.wait_for_url(re.compile(rf"/accounts/{first.id}$"))
    expect(page.locator("h1")).to_have_text(first["name"])
    # who may not restore does not see what was deleted: neither there nor by its address
    other = visit("su", "/employee/trash/?q=Quillmoor")
    assert other.locator("main li").count() == 0
    assert other.goto(f"{company.url}/employee/crm/accounts/{second.id}").status == 404


def test_u18_an_export_is_exactly_the_view_one_sees(visit: Callable[..., Any], company: Any) -> None:
    """U-18: export gives exactly the current view, in CSV and XLSX, within rights."""
    page = visit("sales", "/employee/crm/accounts/?role=customer&life=won&frozen=false&sort=-title")
    shown, columns = page.locator("tbody a.wf-name").all_inner_texts(), page.locator("th[data-col]").count()
    assert shown
    page.locator("main").get_by_role("link", name="Export", exact=True).click()
    dialog = page.locator("#wf-dialog")
    expect(dialog).to_contain_text(f"{len(shown)} rows")
    with page.expect_download() as waited:
        dialog.locator("a[href*='export.csv']").click()
    with open(waited.value.path(), encoding="utf-8-sig", newline="") as text:
        lines = list(csv.reader(text))
    assert len(lines) - 1 == len(shown) and len(lines[0]) >= columns
    names = [next(cell for cell in line if cell and not cell.isdigit()) for line in lines[1:]]
    by_name = {cell for line in lines[1:] for cell in line}
    assert set(shown) <= by_name and len(set(names)) == len(shown)
    places = [next(n for n, line in enumerate(lines) if name in line) for name in shown]
    assert places == sorted(places)
    with page.expect_download() as waited:
        dialog.locator("a[href*='export.xlsx']").click()
    with zipfile.ZipFile(io.BytesIO(Path(waited.value.path()).read_bytes())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(shown) + 1
