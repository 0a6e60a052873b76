"""U-26: a warning appears while typing name, phone or domain; merge shows both sides, what moves, and can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def scene(cast: Any, make: Callable[..., Any]) -> dict[str, Any]:
    """A manager, a rep, and a colleague's customers; one is protected for a partner."""
    sales = cast.unit("Sales")
    manager = cast.user("crm.sales_manager", name="Lu Jinghe", units=[sales])
    rep = cast.user("crm.sales_rep", name="Lin Shutong", units=[sales])
    other = cast.user("crm.sales_rep", name="Su Wanqing", units=[sales])
    partner = make("crm.account", name="Lingtang Automation", role=["agent"], owner=other)
    jilan = make("crm.account", name="Jilan Park Water", name_alt="霁岚园区水务", owner=other)
    make("crm.registration", name="霁岚园区水务", partner=partner.id, account=jilan.id)
    tangyu = make("crm.account", name="Tangyu Water Group", phone="+8651266661234", owner=other)
    return {"manager": manager, "rep": rep, "tangyu": tangyu, "jilan": jilan}


@pytest.mark.parametrize("width", [1280, 360])
def test_u26_typing_a_protected_name_warns_turns_saving_off_and_offers_to_ask(
    open_page: Callable[..., Any], scene: dict[str, Any], width: int
) -> None:
    page = open_page(scene["rep"], "/employee/crm/accounts/new?role=customer", width=width)
    name = page.locator("[name=name]")
    name.press_sequentially("霁岚园区水务有限公司")
    warning = page.locator(".wf-form-checks [data-blocks]")
    expect(warning).to_contain_text("Registered by Lingtang Automation, protected until")
    expect(warning).to_contain_text("ask Lu Jinghe")
    save = page.locator("form#wf-form button[type=submit]").first
    expect(save).to_be_disabled()
    warning.get_by_role("button", name="Ask for it").click()
    expect(page.locator("#wf-toast, .wf-toast").first).to_contain_text("Request sent")
    name.fill("Entirely new firm")
    expect(page.locator(".wf-form-checks .wf-note")).to_have_count(0)
    expect(save).to_be_enabled()
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window


def test_u26_a_telephone_number_warns_without_naming_the_record(
    open_page: Callable[..., Any], scene: dict[str, Any]
) -> None:
    page = open_page(scene["rep"], "/employee/crm/accounts/new?role=customer")
    page.locator("[name=phone]").press_sequentially("+86 512 6666 1234")
    notes = page.locator(".wf-form-checks")
    expect(notes).to_contain_text("This customer is with Su Wanqing; ask Lu Jinghe")
    assert "Tangyu" not in notes.inner_text()


@pytest.mark.parametrize("width", [1280, 360])
def test_u26_two_records_are_merged_side_by_side_and_made_two_again(
    open_page: Callable[..., Any], scene: dict[str, Any], make: Callable[..., Any], width: int
) -> None:
    double = make("crm.account", name="Tangyu Water", tax_id="91320594MA1")
    make("crm.contact", name="Ji Huaiyuan", account=double.id)
    keep = scene["tangyu"].id
    page = open_page(scene["manager"], f"/employee/crm/accounts/merge?keep={keep}&drop={double.id}", width=width)
    expect(page.locator("main")).to_contain_text("1 Contacts")
    page.locator("input[name=name][value=drop]").check()
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window
    page.locator("form.wf-merge button[type=submit]").click()
    page.wait_for_url(f"**/employee/crm/accounts/{keep}**")
    expect(page.locator("main")).to_contain_text("Tangyu Water")
    page.locator("#wf-toast, .wf-toast").first.get_by_text("Undo").click()
    page.wait_for_timeout(1500)
    page.goto(page.url.replace(f"/accounts/{keep}", f"/accounts/{double.id}"))
    expect(page.locator("main")).to_contain_text("91320594MA1")
    assert page.url.rstrip("/").endswith(str(double.id))
