"""The pool in the browser: a seller claims, gives back and undoes; the manager looks at what falls next."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from weft.plugins.crm.services import ownership

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def pool(cast: Any, make: Any) -> dict[str, Any]:
    """A pool with three customers, a seller of its unit and the manager above."""
    sales = cast.unit("Sales")
    china = cast.unit("China", parent=sales)
    manager = cast.user("crm.sales_manager", units=[sales], name="Lu Jinghe", email="lu@weft.example")
    seller = cast.user("crm.sales_rep", units=[china], name="Lin Shutong", email="lin@weft.example")
    found = make("crm.pool", code="china", label_en="China", label_zh="中国", members=china, claims_per_day=2)
    make("crm.pool_rule", name="50 days", pool=found.id, kind="silence", days=50, red_days=30, warn_days=43)
    names = ("Alder Water", "Birch Heat", "Cedar Paper")
    ids = [make("crm.account", name=name, role=["customer"], owner=manager).id for name in names]
    with cast.records("system", write=True) as records:
        ownership.to_pool(records, ids, found.id, kind="imported")
    return {"id": found.id, "manager": manager, "seller": seller, "accounts": ids}


@pytest.mark.parametrize("width", [1440, 360])
def test_a_seller_claims_from_the_pool_and_takes_it_back(open_page: Any, pool: dict[str, Any], width: int) -> None:
    page = open_page(pool["seller"], "/employee/crm/pool/", width=width)
    expect(page.locator("tbody tr[data-id]")).to_have_count(3)
    expect(page.locator("body")).to_contain_text("2 of 2 claims left today")
    row = page.locator("tbody tr[data-id]", has_text="Birch Heat")
    row.get_by_role("button", name="Claim").click()
    expect(page.locator("#wf-toast")).to_contain_text("Birch Heat is yours now")
    expect(page.locator("tbody tr[data-id]")).to_have_count(2)
    expect(page.locator("body")).to_contain_text("1 of 2 claims left today")
    page.locator("#wf-toast").get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr[data-id]")).to_have_count(3)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window


def test_ticked_customers_are_claimed_together_and_the_quota_says_no_in_words(
    open_page: Any, pool: dict[str, Any]
) -> None:
    page = open_page(pool["seller"], "/employee/crm/pool/")
    for box in page.locator("tbody tr[data-id] input[type=checkbox]").all():
        box.check()
    page.locator("[data-bulk-url]", has_text="Claim").click()
    dialog = page.locator("#wf-dialog")
    expect(dialog).to_contain_text("2 of 2 claims left today")
    dialog.get_by_role("button", name="Claim").click()
    expect(page.locator("body")).to_contain_text("You may claim 2 customers a day")
    page.goto(page.url)
    expect(page.locator("tbody tr[data-id]")).to_have_count(3)


def test_a_customer_is_given_back_with_a_reason(open_page: Any, pool: dict[str, Any], make: Any) -> None:
    mine = make("crm.account", name="Dogwood Foods", role=["customer"], owner=pool["seller"])
    page = open_page(pool["seller"], f"/employee/crm/accounts/{mine.id}/act/give")
    page.fill("[name=reason]", "Too far away")
    page.get_by_role("button", name="Give to the pool").click()
    page.wait_for_url("**/crm/pool/**")
    expect(page.locator("tbody tr[data-id]", has_text="Dogwood Foods")).to_have_count(1)


def test_the_manager_sees_what_falls_next_before_anything_falls(
    open_page: Any, pool: dict[str, Any], make: Any, site: Any
) -> None:
    make("crm.account", name="Elm Dairy", role=["customer"], owner=pool["seller"])
    page = open_page(pool["manager"], "/employee/crm/pool/")
    page.get_by_role("link", name="What falls next").click()
    expect(page.locator("body")).to_contain_text("Nothing falls into a pool")
    page.goto(f"{site.url}/employee/crm/pool/next/?days=60")
    expect(page.locator("tbody tr[data-id]", has_text="Elm Dairy")).to_have_count(1)
    expect(page.locator("tbody tr[data-id]").first).to_contain_text("50 days")
