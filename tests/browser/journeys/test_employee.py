"""J7: the day of a field engineer on the phone, Xu Tinglan: what came back, what is closed to him, a lost connection.

Leave, his own file, documents, a task of a project and urging have their steps in the tests of those who answer them.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

HAVERDIJK = "Haverdijk Water"


@pytest.fixture
def photo() -> dict[str, Any]:
    """A photo of a receipt as a phone makes it."""
    out = io.BytesIO()
    Image.new("RGB", (400, 600), "white").save(out, "JPEG")
    return {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_the_day_of_an_engineer_on_the_phone(desks: Any, photo: dict[str, Any]) -> None:
    page = desks.of("employee", width=360)
    _home(desks, page)
    _confirms_an_announcement(desks, page)
    _sends_the_returned_claim_again(desks, page, photo)
    _what_is_closed(desks, page)
    _a_lost_connection(desks, page, photo)


def _home(desks: Any, page: Any) -> None:
    """Step 1: the tile To do has the returned claim and tasks; what it counts is what it lists."""
    desks.fits(page)
    todo = desks.tile(page, "portal_employee.todo")
    numbers = todo.locator("li .wf-end b").all_inner_texts()
    assert sum(map(int, numbers)) == desks.number(page, "portal_employee.todo") > 0
    for words in (desks.words("Came back to me"), desks.words("Tasks", domain="portal_employee")):
        expect(todo).to_contain_text(words)
    expect(_to_confirm(desks, page)).to_have_count(1)


def _to_confirm(desks: Any, page: Any) -> Any:
    label = desks.words("Read and confirm", domain="communication")
    return desks.tile(page, "communication.announcements").get_by_role("button", name=label)


def _confirms_an_announcement(desks: Any, page: Any) -> None:
    """Step 2: one press; it leaves the tile, and one person less is missing for its author."""
    missing = "SELECT count(*) FROM communication_receipt WHERE done_at IS NULL AND announcement = :id"
    told = desks.scalar("SELECT id FROM communication_announcement WHERE to_confirm ORDER BY id DESC LIMIT 1")
    before = desks.scalar(missing, id=told)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        _to_confirm(desks, page).click()
    page.wait_for_load_state("networkidle")
    expect(_to_confirm(desks, page)).to_have_count(0)
    assert desks.scalar(missing, id=told) == before - 1


def _sends_the_returned_claim_again(desks: Any, page: Any, photo: dict[str, Any]) -> None:
    """Step 3: the reason at the line; a photo added, sent again: one to do less, one approval more for his head."""
    head = desks.of("lei")
    approvals, todo = desks.approvals(head), desks.number(page, "portal_employee.todo")
    came_back = desks.tile(page, "workflow.came_back").locator("li a").first
    title = came_back.inner_text().split("\n")[0]
    came_back.click()
    page.wait_for_load_state("networkidle")
    claim = desks.scalar("SELECT id FROM finance_claim WHERE status = 'returned' AND owner_id = :who",
                         who=desks.company.people["employee"])  # fmt: skip
    desks.go(page, f"/employee/finance/expenses/{claim}")
    missing = "SELECT id, why FROM finance_claim_line WHERE claim = :id AND why IS NOT NULL"
    (wrong,) = desks.rows_of(missing, id=claim)
    line = page.locator(f"#line-{wrong.id}")
    expect(line.locator(".wf-error")).to_have_text(wrong.why)
    line.get_by_role("link", name=desks.words("Change", domain="finance"), exact=True).click()
    dialog = page.locator("#wf-dialog")
    with page.expect_response(lambda answer: answer.url.endswith("/me/upload/")):
        dialog.locator("input[type=file]").set_input_files(photo)
    dialog.locator("button[type=submit]").last.click()
    expect(page.locator("#wf-dialog[open]")).to_have_count(0)
    expect(line.locator("a", has_text=desks.words("Receipt", domain="finance"))).to_be_visible()
    desks.press_only(page, desks.words("Send again", domain="finance"))
    page.wait_for_load_state("networkidle")
    desks.company.settle()
    desks.go(page, f"/employee/finance/expenses/{claim}")
    expect(page.locator(".wf-facts")).to_contain_text(desks.name("lei"))
    assert desks.number(page, "portal_employee.todo") == todo - 1
    assert desks.approvals(head) == approvals + 1
    expect(desks.tile(head, "workflow.approvals")).to_contain_text(title)


def _what_is_closed(desks: Any, page: Any) -> None:
    """Step 10: no customers, money or reports in the menu; of Haverdijk name, site and contacts; no file of others."""
    desks.go(page, "/employee/")
    menu = " ".join(page.locator("#wf-side a").all_text_contents())
    for words, domain in (("Customers", "crm"), ("Invoices", "finance"), ("Reports", "core")):
        assert desks.words(words, domain=domain) not in menu
    firm = desks.scalar("SELECT id FROM crm_account WHERE name LIKE :name", name=f"{HAVERDIJK}%")
    desks.go(page, f"/employee/crm/accounts/{firm}")
    expect(page.locator("h1")).to_be_visible()
    said = page.locator("main").inner_text()
    for money in ("97,200", "243,000", "111,600"):
        assert money not in said
    other = desks.scalar("SELECT id FROM hrm_employee WHERE \"user\" <> :me AND \"user\" IS NOT NULL LIMIT 1",
                         me=desks.company.people["employee"])  # fmt: skip
    paper = desks.scalar("SELECT id FROM hrm_contract WHERE person = :id", id=other)
    for address in (f"/employee/hrm/contracts/{paper}", "/employee/finance/invoices/", "/employee/settings/users/"):
        assert desks.go(page, address).status in (403, 404), address


def _a_lost_connection(desks: Any, page: Any, photo: dict[str, Any]) -> None:
    """Step 11: not sent, the entries are kept; back online the photo goes by itself; one expense with one receipt."""
    desks.go(page, "/employee/finance/expenses/new")
    page.locator("[name=purpose]").fill("Taxi to the pump house")
    page.locator("#wf-form button[type=submit], form[data-island=draft] button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/expenses/\d+"))
    claim = int(re.search(r"/expenses/(\d+)", page.url)[1])  # type: ignore[index]
    page.locator("[data-claim-lines] header a").click()
    dialog = page.locator("#wf-dialog")
    dialog.locator("[name=subject]").fill("Taxi")
    dialog.locator("[data-field=kind] [role=combobox]").click()
    page.locator("[role=option][data-id]").first.click()
    dialog.locator("[name=day]").fill(datetime.now(UTC).date().isoformat())
    dialog.locator("[data-field=gross] input").last.fill("86.00")
    page.context.set_offline(True)
    dialog.locator("input[type=file]").set_input_files(photo)
    again = dialog.get_by_role("button", name=desks.words("Try again", domain="core"))
    expect(again).to_be_visible()
    dialog.locator("button[type=submit]").last.click()
    kept = "Not sent: the server could not be reached. Your entries are kept."
    expect(dialog.locator(".wf-alert")).to_have_text(desks.words(kept, domain="core"))
    expect(dialog.locator("[name=subject]")).to_have_value("Taxi")
    with page.expect_response(lambda answer: answer.url.endswith("/me/upload/")):
        page.context.set_offline(False)
    expect(again).to_have_count(0)
    dialog.locator("button[type=submit]").last.click()
    expect(page.locator("#wf-dialog[open]")).to_have_count(0)
    made = desks.rows_of("SELECT subject, receipt FROM finance_claim_line WHERE claim = :id", id=claim)
    assert [(row.subject, row.receipt is not None) for row in made] == [("Taxi", True)]
