"""Words have the room to be read: the company's name on the phone, and the rows of a rule."""

from __future__ import annotations

from typing import Any

import pytest

from weft.core.portal import faces

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_distributor")


def test_a_portal_of_a_phone_names_the_company_in_full(cast: Any, make: Any, open_page: Any) -> None:
    firm = make("crm.account", name="Baltmere Tehnika", role=["distributor"])
    with cast.records("system", write=True) as records:
        faces.save(records, "distributor", names={"en": "Weirholm Instruments", "zh": "澄栎仪表"})
    kadri = cast.user("distributor", name="Kadri Tammsoo", anchors=[firm.id])
    page = open_page(kadri, "/distributor/", width=360)
    name = page.locator(".wf-portal-top b")
    assert name.inner_text() == "Weirholm Instruments"
    assert name.evaluate("e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth")


def test_rows_of_a_rule_can_be_read_beside_each_other(cast: Any, open_page: Any) -> None:
    admin = cast.user("core.admin", name="Shao Yining")
    page = open_page(admin, "/employee/settings/roles/crm.sales_rep/?open=crm.account", width=1280)
    widths = page.locator(".wf-mx-select").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
    assert widths and min(widths) >= 120
