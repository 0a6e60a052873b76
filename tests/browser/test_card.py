"""The customer card in a real browser: U-20, U-21, U-23, U-24 and U-30, and a contact logged in three interactions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

#: A busy machine may take its time; what is expected comes or does not come all the same.


@pytest.fixture
def rep(cast: Any) -> int:
    """A sales rep."""
    found: int = cast.user("crm.sales_rep", name="Maud Teunisse", email="maud@weft.example")
    return found


@pytest.fixture
def account(make: Callable[..., Any], rep: int) -> Any:
    """A customer of the rep with a person, a deal and a neighbour in the list."""
    found = make("crm.account", owner=rep, name="Alder Water", name_alt="桤木水务", role=["customer"], life="potential")
    make("crm.account", owner=rep, name="Birch Heat", role=["customer"], life="basic")
    make("crm.contact", owner=rep, name="Lieke Haagstra", account=found.id, position="Plant engineer")
    stage = make("crm.stage", code="contact", label_en="Contact", position=1, probability=20)
    amount = {"amount": "1500.00", "currency": "EUR"}
    make("crm.opportunity", owner=rep, name="Pump meters", account=found.id, stage=stage.id, amount=amount)
    return found


def logged(cast: Any, account: Any) -> list[str]:
    """Subjects of what was logged on the account."""
    with cast.records("system") as records:
        rows = records.query("crm.activity", filters={"account": account.id, "status": "done"}, sort="id").rows
    return [row["subject"] for row in rows]


def finish(page: Any, note: str) -> None:
    """The second and third interaction: write what was said, send it."""
    page.wait_for_selector(".wf-dlg textarea[name=note]:focus")
    page.keyboard.type(note)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("dialog#wf-dialog:not([open])", state="attached")
    expect(page.locator("#wf-toast")).to_contain_text("Contact logged")


# ---- a contact in three interactions


def test_a_contact_is_logged_from_the_list_by_key_and_by_icon(
    open_page: Any, cast: Any, rep: int, account: Any
) -> None:
    page = open_page(rep, "/employee/crm/accounts/?role=customer&sort=title")
    page.keyboard.press("j")
    page.keyboard.press("l")
    finish(page, "From the list by key.")
    row = page.locator(f"#row-{account.id}")
    row.hover()
    row.locator(".wf-row-act a").click()
    finish(page, "From the list by icon.")
    assert logged(cast, account) == ["From the list by key.", "From the list by icon."]


def test_a_contact_is_logged_from_the_card_with_its_next_step_and_taken_back(
    open_page: Any, cast: Any, rep: int, account: Any
) -> None:
    page = open_page(rep, f"/employee/crm/accounts/{account.id}")
    expect(page.locator(".wf-facts")).to_contain_text("none planned")
    page.keyboard.press("l")
    page.wait_for_selector(".wf-dlg")
    expect(page.locator("#wf-dialog")).to_contain_text("Lieke Haagstra")
    page.locator(".wf-dlg textarea[name=note]").fill("Night values are needed.")
    page.locator(".wf-opt-b", has_text="Positive").click()
    page.locator("#f-next_step").fill("Acceptance meeting")
    page.locator("button", has_text="In 3 days").click()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", page.locator("#f-next_on").input_value())
    page.locator(".wf-dlg button[type=submit]", has_text="Log contact").click()
    expect(page.locator(".wf-facts")).to_contain_text("Acceptance meeting")
    expect(page.locator("#wf-timeline")).to_contain_text("called Lieke Haagstra: Night values are needed.")
    page.keyboard.press("Control+z")
    expect(page.locator(".wf-facts")).to_contain_text("none planned")
    assert logged(cast, account) == []


def test_a_contact_is_logged_from_the_palette_and_from_search(
    open_page: Any, cast: Any, rep: int, account: Any
) -> None:
    page = open_page(rep, "/employee/")
    page.keyboard.press("Control+k")
    page.wait_for_selector(".wf-palette input:focus")
    page.keyboard.type("log contact alder")
    page.wait_for_selector(".wf-palette li:has-text('Log contact')")
    page.keyboard.press("Enter")
    finish(page, "From the palette.")
    page.goto(page.url.split("/employee")[0] + "/employee/search/?q=alder")
    page.locator("a[href$='/act/log_contact']").first.click()
    finish(page, "From the search.")
    assert logged(cast, account) == ["From the palette.", "From the search."]


def test_a_contact_is_logged_on_a_phone(open_page: Any, cast: Any, rep: int, account: Any) -> None:
    """U-30: the card, its dialog and the row of the list at 360 px."""
    page = open_page(rep, "/employee/crm/accounts/?role=customer&sort=title", width=360)
    box = page.locator(f"#row-{account.id} .wf-row-act a").bounding_box()
    assert box["width"] >= 44 and box["height"] >= 44
    page.locator("a.wf-name", has_text="Alder Water").click()
    page.wait_for_url(re.compile(r"/employee/crm/accounts/\d+$"))
    page.locator(".wf-record-acts .btn-primary").click()
    page.wait_for_selector(".wf-dlg textarea[name=note]")
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]
    page.locator(".wf-dlg textarea[name=note]").fill("On the way.")
    # U-30: no value is lost when leaving a field
    page.locator("#f-next_step").click()
    assert page.locator(".wf-dlg textarea[name=note]").input_value() == "On the way."
    page.locator(".wf-dlg button[type=submit]").click()
    expect(page.locator("#wf-timeline")).to_contain_text("On the way.")
    assert logged(cast, account) == ["On the way."]


# ---- the card


def test_u20_the_card_has_head_facts_panels_with_counts_and_a_stream(open_page: Any, rep: int, account: Any) -> None:
    """U-20: header, key fields, related panels with counts, activity stream; its kinds load without a page change."""
    page = open_page(rep, "/employee/crm/accounts/?role=customer&sort=title")
    page.locator("a.wf-name", has_text="Alder Water").click()
    page.wait_for_url(re.compile(r"/employee/crm/accounts/\d+$"))
    expect(page.locator(".wf-crumbs")).to_contain_text("1 of 2")
    expect(page.locator("h1")).to_have_text("Alder Water")
    expect(page.locator(".wf-path .wf-at")).to_contain_text("Potential")
    expect(page.locator(".wf-tabs")).to_contain_text(re.compile(r"Opportunities\s*1"))
    expect(page.locator(".wf-panel", has_text="Still to do")).to_contain_text("No next step is planned")
    expect(page.locator(".wf-panel", has_text="Open deals")).to_contain_text("Pump meters")
    expect(page.locator(".wf-record-side")).to_contain_text("Plant engineer")
    page.evaluate("window.stayed = true")
    page.locator("#wf-timeline .wf-seg a", has_text="Changes").click()
    expect(page.locator("#wf-timeline .wf-on")).to_have_text("Changes")
    assert page.evaluate("window.stayed") is True
    page.locator(".wf-crumbs a[href*='/accounts/']").last.click()
    expect(page.locator("h1")).to_have_text("Birch Heat")


def test_u21_any_record_is_linked_by_its_name_and_a_word_and_drawn(open_page: Any, rep: int, account: Any) -> None:
    """U-21: "Link to…" finds any record and asks only for the label; the picture leads there by keyboard."""
    page = open_page(rep, f"/employee/crm/accounts/{account.id}")
    page.locator(".wf-record-acts a", has_text="Link to").click()
    page.locator(".wf-dlg input[role=combobox]").fill("Birch")
    page.locator(".wf-dlg [role=option]", has_text="Birch Heat").click()
    page.locator(".wf-dlg input[name=label]").fill("shares a pipe with")
    page.locator(".wf-dlg button[type=submit]").click()
    expect(page.locator(".wf-links")).to_contain_text("Birch Heat")
    page.locator(".wf-tabs a", has_text="Links").click()
    page.wait_for_selector(".wf-graph svg")
    expect(page.locator(".wf-graph")).to_contain_text("Birch Heat")
    page.locator(".wf-graph-centre").focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.dataset.node") != str(account.id):
            break
    else:
        raise AssertionError("the arrow keys lead nowhere")
    goal = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(goal)))


def test_u23_a_comment_names_a_colleague_who_is_told(open_page: Any, cast: Any, rep: int, account: Any) -> None:
    """U-23: a comment with a mention notifies; one follows with a click; the notice is marked done."""
    other = cast.user("crm.sales_manager", name="Lu Jinghe", email="lu@weft.example")
    page = open_page(rep, f"/employee/crm/accounts/{account.id}")
    page.locator(".wf-composer textarea").fill(f"Please look, @[Lu Jinghe](user:{other}).")
    page.locator(".wf-composer button[type=submit]").click()
    expect(page.locator("#wf-timeline")).to_contain_text("Please look")
    page.locator(".wf-record-acts .wf-drop summary").click()
    page.locator(".wf-record-acts .wf-menu-item", has_text="Follow").click()
    expect(page.locator("#wf-toast")).to_contain_text("You follow Alder Water")
    inbox = open_page(other, "/employee/notices/")
    expect(inbox.locator("main")).to_contain_text("Alder Water")


def test_u24_two_people_choose_field_by_field_on_the_card(open_page: Any, cast: Any, rep: int, account: Any) -> None:
    """U-24: who saves second sees both values of each field, and nothing is lost."""
    page = open_page(rep, f"/employee/crm/accounts/{account.id}/edit")
    page.locator("#f-payment_days").fill("45")
    with cast.records("system", write=True) as records:
        records.update("crm.account", account.id, {"payment_days": 60}, version=None)
    page.locator("form.wf-form button[type=submit]", has_text="Save").first.click()
    page.wait_for_selector("[data-conflict]")
    expect(page.locator("[data-conflict]")).to_contain_text("45")
    expect(page.locator("[data-conflict]")).to_contain_text("60")
    page.locator("[data-conflict] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/employee/crm/accounts/\d+$"))
    with cast.records("system") as records:
        assert records.get("crm.account", account.id)["payment_days"] == 45


def test_the_card_in_chinese_and_dark(open_page: Any, cast: Any, account: Any) -> None:
    reader = cast.user("crm.sales_manager", name="Lu Jinghe", locale="zh")
    page = open_page(reader, f"/employee/crm/accounts/{account.id}", scheme="dark")
    expect(page.locator("h1")).to_have_text("桤木水务")
    expect(page.locator(".wf-facts")).to_contain_text("未安排")
    expect(page.locator("main")).to_contain_text("还需要做")
    page.keyboard.press("l")
    page.wait_for_selector(".wf-dlg")
    expect(page.locator("#wf-dialog")).to_contain_text("内部：仅同事可见")
