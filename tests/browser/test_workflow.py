"""Approvals in a real browser: decided on a phone, the picture with the place of the case, the form of a chain."""

from __future__ import annotations

import pytest

from weft.core.identity import company
from weft.core.identity import units as org_units

pytestmark = pytest.mark.weft_plugins("crm", "documents", "workflow", "portal_employee")


def test_a_contract_is_approved_on_a_phone_and_seen_by_who_asked(site, cast, make, open_page):
    now = site.runtime.clock()
    top = cast.unit("Company")
    sales = cast.unit("Sales", top)
    lin = cast.user("crm.sales_rep", name="Lin Shutong", units=[sales])
    lu = cast.user("portal_employee.department_head", name="Lu Jinghe")
    admin = cast.user("core.admin", name="Shao Yining")
    with site.runtime.db.write() as connection:
        company.save(connection, currency="CNY")
        org_units.add_member(connection, lu, sales, now=now, head=True)
    firm = make("crm.account", name="Tangyu Water Group", role=["customer"], owner=lin)["id"]
    terms = {"name": "Framework Tangyu", "account": firm, "amount": {"amount": "50000.00", "currency": "CNY"}}
    with cast.records(lin, write=True) as records:
        number = records.create("documents.contract", terms)["id"]
    with cast.records(lin, write=True) as records:
        records.act("documents.contract.ask_approval", number, {})

    phone = open_page(lu, "/employee/todo/", width=360)
    phone.get_by_role("link", name="Framework Tangyu").first.click()
    phone.get_by_text("Waits for Lu Jinghe").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.locator("[data-island=workflow-picture]").scroll_into_view_if_needed()
    phone.locator(".wf-wfl-present").first.wait_for()
    assert phone.locator(".wf-wfl-passed").count() >= 2
    phone.get_by_role("link", name="Agree").or_(phone.get_by_role("button", name="Agree")).first.click()
    phone.get_by_label("Comment").fill("Good terms")
    phone.get_by_role("dialog").get_by_role("button", name="Agree").click()
    phone.get_by_text("Lu Jinghe agreed").wait_for()

    desk = open_page(lin, "/employee/workflow/started", scheme="dark")
    desk.get_by_role("link", name="Framework Tangyu").first.click()
    desk.get_by_text("Good terms").first.wait_for()

    settings = open_page(admin, "/employee/settings/processes/documents.contract/")
    settings.get_by_role("button", name="Add a step").click()
    settings.wait_for_load_state("networkidle")
    assert settings.locator("[data-field=s2-role]").is_hidden()
    settings.locator("[name=s2-who]").select_option("role")
    assert settings.locator("[data-field=s2-role]").is_visible()
    settings.get_by_role("button", name="Save").last.click()
    settings.get_by_text("Give the step a name.").first.wait_for()
