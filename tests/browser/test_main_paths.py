"""What people do all day, in a real browser: lists, boards, forms, record pages, palette, phone, portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")

PASSWORD = "seven quiet herons"


@pytest.fixture
def manager(cast: Any) -> int:
    """A sales manager."""
    found: int = cast.user("crm.sales_manager", name="Lu Jinghe", email="lu@weft.example")
    return found


@pytest.fixture
def accounts(make: Callable[..., Any]) -> list[Any]:
    """Customers with names in two scripts."""
    names = (
        ("Alder Water", "桤木水务", "potential"),
        ("Birch Heat", "桦热力", "won"),
        ("Cedar Paper", "雪松纸业", "basic"),
    )
    return [make("crm.account", name=n, name_alt=a, role=["customer"], life=s, frozen=False) for n, a, s in names]


@pytest.fixture
def deals(make: Callable[..., Any], accounts: list[Any]) -> list[Any]:
    """Two stages and a deal in the first."""
    stages = [
        make("crm.stage", code=code, label_en=code.title(), position=place, probability=20)
        for place, code in enumerate(("contact", "proposal"))
    ]
    amount = {"amount": "1500.00", "currency": "EUR"}
    deal = make("crm.opportunity", name="Pump meters", account=accounts[0].id, stage=stages[0].id, amount=amount)
    return [*stages, deal]


def no_sideways_scroll(page: Any) -> None:
    """The page is no wider than the window."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in a window of {window}"


def targets_are_large(page: Any) -> None:
    """What one touches on a phone has 44 px at least; in details the whole value is the target, not its pencil."""
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main .btn, nav.wf-bottom a, .wf-phone-top a')]
            .filter(e => e.offsetParent && !e.closest('[hidden], details:not([open]) .wf-menu, dd[data-edit-url]'))
            .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 90)])
            .filter(([r]) => r.width && Math.max(r.width, r.height) < 44)
            .map(([r, h]) => `${Math.round(r.width)}x${Math.round(r.height)} ${h}`)"""
    )
    assert small == []


def test_signing_in_leads_to_the_page_one_wanted(site: Any, open_page: Any, manager: int, accounts: list[Any]) -> None:
    from weft.core.identity import passwords

    with site.runtime.db.write() as connection:
        passwords.set_password(connection, manager, PASSWORD, now=site.runtime.clock(), context=())
    page = open_page(None, "/employee/crm/accounts/")
    assert "/auth/employee/sign-in" in page.url
    page.fill("input[name=email]", "lu@weft.example")
    page.fill("input[name=password]", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wf-note-stop")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/employee/crm/accounts/**")
    assert page.locator("a.wf-name", has_text="Birch Heat").count() == 1


def test_a_list_is_filtered_sorted_and_walked_by_keyboard(open_page: Any, manager: int, accounts: list[Any]) -> None:
    page = open_page(manager, "/employee/crm/accounts/?role=customer&sort=title")
    assert page.locator("tbody .wf-name").all_inner_texts() == ["Alder Water", "Birch Heat", "Cedar Paper"]
    page.locator("th[data-col=title] a").click()
    expect(page.locator("tbody .wf-name").first).to_have_text("Cedar Paper")
    page.fill("#wf-list-q", "birch")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr[data-id]")).to_have_count(1)
    assert "q=birch" in page.url
    page.go_back()
    expect(page.locator("tbody tr[data-id]")).to_have_count(3)
    page.locator("body").press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/employee/crm/accounts/\d+$"))
    assert page.locator("h1").inner_text() in ("Birch Heat", "Alder Water", "Cedar Paper")


def test_a_filter_is_added_as_a_chip(open_page: Any, manager: int, accounts: list[Any]) -> None:
    page = open_page(manager, "/employee/crm/accounts/?role=customer&sort=title")
    page.locator(".wf-fc-add summary").click()
    page.locator(".wf-fc-add .wf-menu-item", has_text="Life").first.click()
    page.locator(".wf-fc-add label", has_text="Won customer").click()
    page.locator(".wf-fc-add button[type=submit]").click()
    expect(page.locator("tbody tr[data-id]")).to_have_count(1)
    assert "life" in page.url
    assert page.locator(".wf-fc", has_text="Won customer").count() == 1


def test_a_cell_is_edited_in_place_and_undone_with_the_keyboard(
    open_page: Any, manager: int, accounts: list[Any]
) -> None:
    page = open_page(manager, "/employee/crm/accounts/?role=customer&sort=title")
    cell = page.locator(f"#row-{accounts[2].id} td[data-col=value_class]")
    cell.click()
    page.wait_for_selector("[data-cell-editor]")
    page.locator("[data-cell-editor] select, [data-cell-editor] input").first.wait_for()
    page.locator("[data-cell-editor] select").select_option("B")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("B")
    page.wait_for_selector("#wf-toast:has-text('Class saved')")
    page.keyboard.press("Control+z")
    expect(cell).not_to_have_text("B")


def test_ticked_rows_get_a_bar_that_assigns(open_page: Any, manager: int, cast: Any, accounts: list[Any]) -> None:
    cast.user("crm.sales_rep", name="Maud Teunisse")
    page = open_page(manager, "/employee/crm/accounts/?role=customer&sort=title")
    page.locator(f"#row-{accounts[0].id} input.wf-ck").check()
    page.locator(f"#row-{accounts[1].id} input.wf-ck").check()
    page.wait_for_selector("[data-bulk]:not([hidden])")
    assert "2" in page.locator("[data-bulk-count]").inner_text()
    page.locator("[data-bulk] button", has_text="Assign").click()
    page.wait_for_selector("#wf-dialog[open]")
    page.locator("#wf-dialog input[role=combobox]").fill("Maud")
    page.locator("#wf-dialog [role=option]", has_text="Maud").click()
    page.locator("#wf-dialog button[type=submit]", has_text="Assign").click()
    page.wait_for_selector("#wf-toast:has-text('2 accounts assigned')")
    expect(page.locator("tbody td[data-col=owner]", has_text="Maud Teunisse")).to_have_count(2)


def test_a_card_is_moved_on_the_board_and_comes_back(open_page: Any, manager: int, deals: list[Any]) -> None:
    page = open_page(manager, "/employee/crm/opportunities/?outcome=open&layout=board&by=stage")
    card = page.locator(f".wf-board-card[data-id='{deals[2].id}']")
    target = page.locator(f".wf-board-col[data-col='{deals[1].id}']")
    start, end = card.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 80, end["y"] + 120, steps=12)
    page.wait_for_timeout(250)  # the board looks where the card is a few times a second
    page.mouse.up()
    page.wait_for_selector("#wf-toast:has-text('Pump meters moved from Contact to Proposal')")
    page.wait_for_selector(f".wf-board-col[data-col='{deals[1].id}'] .wf-board-card")
    head = page.locator(f".wf-board-col[data-col='{deals[1].id}'] header")
    assert "1,500" in head.inner_text()
    page.locator("#wf-toast", has_text="Undo").get_by_text("Undo").first.click()
    page.wait_for_selector(f".wf-board-col[data-col='{deals[0].id}'] .wf-board-card")


def test_a_form_says_what_is_wrong_and_makes_what_is_missing(open_page: Any, manager: int, accounts: list[Any]) -> None:
    page = open_page(manager, "/employee/crm/contacts/new")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".wf-errors")
    assert page.locator("#f-name").get_attribute("aria-invalid") == "true"
    page.fill("#f-name", "Lieke Haagstra")
    page.fill("#f-account", "Cedar")
    page.locator("[role=option]", has_text="Cedar Paper").click()
    page.locator(".wf-pick", has_text="Cedar Paper").wait_for()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/employee/crm/contacts/\d+$"))
    page.wait_for_selector("#wf-toast:has-text('Lieke Haagstra created')")
    assert page.locator("h1").inner_text() == "Lieke Haagstra"


def test_the_record_page_is_edited_linked_and_talked_about(open_page: Any, manager: int, accounts: list[Any]) -> None:
    page = open_page(manager, f"/employee/crm/accounts/{accounts[0].id}")
    page.locator("dd[data-edit-url*='payment_days']").click()
    page.locator("dd [data-cell-editor] input").fill("45")
    page.keyboard.press("Enter")
    page.wait_for_selector("dd:has-text('45')")
    page.locator(".wf-composer textarea").fill("They **agree** to zone 3.")
    page.locator(".wf-composer button[type=submit]").click()
    page.wait_for_selector(".wf-timeline strong:has-text('agree')")
    page.locator(".wf-record-acts").get_by_text("Link to…").first.click()
    page.wait_for_selector("#wf-dialog[open]")
    page.locator("#wf-dialog input[role=combobox]").fill("Birch")
    page.locator("#wf-dialog [role=option]", has_text="Birch Heat").click()
    page.locator("#wf-dialog input[name=label]").fill("shares a pipe with")
    page.locator("#wf-dialog button[type=submit]").last.click()
    page.wait_for_selector(".wf-record-side:has-text('shares a pipe with')")


def test_deleting_shows_undo_and_the_trash(open_page: Any, manager: int, accounts: list[Any]) -> None:
    page = open_page(manager, f"/employee/crm/accounts/{accounts[1].id}")
    page.locator(".wf-record-acts details summary").last.click()
    page.locator(".wf-record-acts .wf-menu-item", has_text="Delete").click()
    page.wait_for_selector("#wf-toast:has-text('Birch Heat moved to the trash')")
    page.goto(page.url.split("/employee/")[0] + "/employee/trash/")
    page.locator("li", has_text="Birch Heat").get_by_role("button", name="Restore").click()
    page.wait_for_url(re.compile(r"/employee/crm/accounts/\d+$"))
    page.wait_for_selector("#wf-toast:has-text('Birch Heat restored')")


def test_two_people_choose_field_by_field(open_page: Any, manager: int, cast: Any, accounts: list[Any]) -> None:
    page = open_page(manager, f"/employee/crm/accounts/{accounts[0].id}/edit")
    with cast.records("system", write=True) as records:
        now = records.get("crm.account", accounts[0].id)
        records.update("crm.account", accounts[0].id, {"payment_days": 30}, version=now.version)
    page.fill("#f-payment_days", "60")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("table.wf-choose")
    assert page.locator("table.wf-choose").inner_text().count("60") == 1
    page.locator("table.wf-choose input[value=theirs]").check()
    page.locator("[data-conflict] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/employee/crm/accounts/\d+$"))
    assert "30" in page.locator(".wf-details").first.inner_text()


def test_the_palette_leads_everywhere(open_page: Any, manager: int, accounts: list[Any]) -> None:
    page = open_page(manager, "/employee/")
    page.keyboard.press("Control+k")
    page.keyboard.type("cedar")
    page.wait_for_selector("text=Cedar Paper")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/employee/crm/accounts/{accounts[2].id}")
    page.keyboard.press("?")
    page.wait_for_selector("text=Next and previous row")


def test_chinese_and_dark(open_page: Any, cast: Any, accounts: list[Any], deals: list[Any]) -> None:
    reader = cast.user("crm.sales_manager", name="Lu Jinghe", locale="zh")
    page = open_page(reader, f"/employee/crm/accounts/{accounts[1].id}", scheme="dark")
    assert page.locator("h1").inner_text() == "桦热力"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(24, 23, 22)"
    for path in ("/employee/", "/employee/crm/accounts/?role=customer", "/employee/crm/opportunities/?layout=board"):
        page.goto(page.url.split("/employee/")[0] + path)
        page.wait_for_load_state("networkidle")
        text = page.locator("body").inner_text()
        for word in ("Home", "Search", "Filter", "Columns", "To do", "New "):
            assert word not in text, (path, word)


@pytest.mark.parametrize(
    "path",
    [
        "/employee/",
        "/employee/todo/",
        "/employee/crm/accounts/?role=customer",
        "/employee/crm/accounts/{id}",
        "/employee/crm/accounts/{id}/edit",
        "/employee/crm/opportunities/?layout=board",
        "/employee/search/?q=alder",
        "/employee/profile/",
        "/employee/trash/",
    ],
)
def test_every_page_fits_a_phone(
    open_page: Any, manager: int, accounts: list[Any], deals: list[Any], path: str
) -> None:
    page = open_page(manager, path.format(id=accounts[0].id), width=360)
    no_sideways_scroll(page)
    targets_are_large(page)


def test_a_phone_edits_and_comments(open_page: Any, manager: int, accounts: list[Any]) -> None:
    page = open_page(manager, "/employee/crm/accounts/?role=customer&sort=title", width=360)
    page.locator("a.wf-name", has_text="Alder Water").click()
    page.wait_for_url(re.compile(r"/employee/crm/accounts/\d+$"))
    page.locator(".wf-composer textarea").fill("Seen on site.")
    page.locator(".wf-composer button[type=submit]").click()
    page.wait_for_selector(".wf-timeline :text('Seen on site.')")
    no_sideways_scroll(page)


def test_the_customer_portal(open_page: Any, cast: Any, make: Callable[..., Any]) -> None:
    owner = cast.user("crm.sales_rep", name="Maud Teunisse")
    company = make("crm.account", name="Haverdijk Water", role=["customer"], owner=owner)
    visitor = cast.user("customer", name="Lieke Haagstra", anchors=[company.id])
    page = open_page(visitor, "/customer/")
    assert re.fullmatch(r"Good (morning|afternoon|evening), Lieke", page.locator("h1").inner_text())
    assert "Maud Teunisse" in page.locator("body").inner_text()
    page.locator(".wf-portal-nav a", has_text="Our company").click()
    page.wait_for_selector("text=Haverdijk Water")
    phone = open_page(visitor, "/customer/", width=360)
    no_sideways_scroll(phone)
