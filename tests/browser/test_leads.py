"""U-36 and the way of a lead: from a stranger's phone to the manager, to a salesperson, to a customer with a deal."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

LIST = "/employee/crm/leads/"


@pytest.fixture
def scene(cast: Any, make: Any) -> dict[str, Any]:
    """A manager and two sellers below, a public form, a first stage."""
    sales = cast.unit("Sales")
    china = cast.unit("China", parent=sales)
    manager = cast.user("crm.sales_manager", name="Lu Jinghe", units=[sales])
    lin = cast.user("crm.sales_rep", name="Lin Shutong", units=[china])
    su = cast.user("crm.sales_rep", name="Su Wanqing", units=[china])
    make("crm.stage", code="c", label_en="Contact", label_zh="接触", position=1, probability=10, outcome="open")
    make(
        "crm.web_form", name="Contact", slug="contact", title_en="Ask us", title_zh="联系我们", consent_en="I agree.",
        consent_zh="我同意。", asks=["company", "person", "email", "phone", "country", "need"],
        requires=["person", "email"],
    )  # fmt: skip
    for number in range(3):
        make("crm.account", name=f"Customer {number}", role=["customer"], life="basic", owner=su)
    return {"manager": manager, "lin": lin, "su": su}


def fits(page: Any) -> None:
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window


@pytest.mark.parametrize(
    ("language", "heading", "button", "thanks"),
    [("en", "Ask us", "Send", "Thank you"), ("zh", "联系我们", "提交", "感谢")],
)
def test_a_stranger_asks_by_phone_and_the_manager_finds_it_unassigned(
    open_page: Any, scene: dict[str, Any], site: Any, language: str, heading: str, button: str, thanks: str
) -> None:
    page = open_page(None, f"/crm/forms/contact?lang={language}", width=360)
    expect(page.locator("h1")).to_have_text(heading)
    fits(page)
    page.fill("[name=company]", "砚舟热力")
    page.fill("[name=person]", "戚明远")
    page.fill("[name=need]", "需为 12 个换热站加装漏损记录仪。")
    page.wait_for_timeout(2200)  # nobody fills in a form in less than two seconds
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".wf-errors")).to_be_visible()  # mail and consent are missing; what was typed stays
    expect(page.locator("[name=person]")).to_have_value("戚明远")
    fits(page)
    page.fill("[name=email]", "qi.mingyuan@inkboat-heating.example")
    page.locator("input[type=checkbox][name=consent]").check()
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("h1")).to_contain_text(thanks)
    expect(page.locator("main")).to_contain_text("LEAD-")
    fits(page)
    seen = open_page(scene["manager"], f"{LIST}?status__in=new,working&owner=none")
    expect(seen.locator("tbody tr[data-id]", has_text="砚舟热力")).to_have_count(1)


def test_two_ticked_leads_are_given_to_who_has_least_and_taken_back(
    open_page: Any, scene: dict[str, Any], make: Any
) -> None:
    for name in ("Alder Water", "Birch Heat", "Cedar Paper"):
        make("crm.lead", name=name)
    page = open_page(scene["manager"], f"{LIST}?status__in=new,working&owner=none", width=1280)
    for name in ("Alder Water", "Birch Heat"):
        page.locator("tbody tr[data-id]", has_text=name).locator("input[name=ids]").check()
    page.locator("[data-bulk] [data-bulk-url]", has_text="Allocate").click()
    dialog = page.locator("#wf-dialog")
    expect(dialog).to_contain_text("2 chosen")
    people = dialog.locator("tbody tr")
    expect(people.nth(0)).to_contain_text("Lin Shutong")  # nothing yet; Su has three customers
    expect(people.filter(has_text="Su Wanqing").locator("td").nth(1)).to_have_text("3")
    people.nth(0).get_by_role("button", name="Give to Lin Shutong").click()
    expect(page.locator("#wf-toast")).to_contain_text("2 allocated to Lin Shutong")
    expect(page.locator("tbody tr[data-id]")).to_have_count(1)
    page.locator("#wf-toast").get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr[data-id]")).to_have_count(3)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_lead_becomes_the_customer_it_is_with_a_deal(
    open_page: Any, scene: dict[str, Any], make: Any, width: int
) -> None:
    account = make("crm.account", name="霁岚园区水务", role=["customer"], owner=scene["lin"])
    make("crm.contact", name="顾思齐", account=account.id, owner=scene["lin"])
    lead = make(
        "crm.lead", name="霁岚园区水务有限公司", company="霁岚园区水务有限公司", person="顾思齐", owner=scene["lin"]
    )
    page = open_page(scene["lin"], f"{LIST}{lead.id}/act/convert", width=width)
    fits(page)
    form = page.locator("#wf-form")
    expect(form).to_contain_text("Here already (Name)")
    expect(form).to_contain_text("顾思齐 works there already")
    expect(form.locator("input[name=account]")).to_have_value(str(account.id))
    form.locator("[name=deal_name]").fill("Park phase 3")
    form.get_by_role("button", name="Convert").click()
    page.wait_for_url("**/crm/opportunities/**")
    expect(page.locator("main")).to_contain_text("Park phase 3")
    expect(page.locator("main")).to_contain_text("霁岚园区水务")
    fits(page)


def test_a_colleagues_customer_is_named_by_owner_and_asked_for(
    open_page: Any, scene: dict[str, Any], make: Any
) -> None:
    make("crm.account", name="Inkboat Heat", name_alt="砚舟热力", role=["customer"], owner=scene["su"])
    lead = make("crm.lead", name="砚舟热力有限公司", company="砚舟热力有限公司", owner=scene["lin"])
    page = open_page(scene["lin"], f"{LIST}{lead.id}", width=1280)
    page.get_by_role("link", name="Convert").or_(page.get_by_role("button", name="Convert")).first.click()
    dialog = page.locator("#wf-dialog")
    expect(dialog).to_contain_text("This customer is with Su Wanqing; ask Lu Jinghe")
    assert "Inkboat Heat" not in dialog.inner_text()
    dialog.get_by_role("button", name="Ask for it").click()
    expect(page.locator("#wf-toast")).to_contain_text("Request sent")


def test_a_refused_bulk_action_says_why(open_page: Any, scene: dict[str, Any], make: Any) -> None:
    make("crm.lead", name="Alder Water", owner=scene["lin"])
    make("crm.lead", name="Birch Heat", owner=scene["lin"], status="working")
    page = open_page(scene["lin"], f"{LIST}?status__in=new,working", width=1280)
    for box in page.locator("tbody tr[data-id] input[name=ids]").all():
        box.check()
    button = page.locator("[data-bulk] [data-bulk-url]", has_text="Start work")
    if not button.is_visible():
        page.locator("[data-bulk] summary").last.click()
    button.click()
    dialog = page.locator("#wf-dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Not possible")
    expect(dialog).to_contain_text("In work")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("tbody tr[data-id]", has_text="New")).to_have_count(1)  # all or none
