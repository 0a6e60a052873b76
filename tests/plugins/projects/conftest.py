"""A small world of projects: two leads, a field engineer, two customers with people in the portal, two suppliers."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from weft.core.identity import units as org_units
from weft.core.ops.value_lists import install_defaults

LEAD = "projects.lead"
EVERYTHING = ("crm", "projects", "portal_employee", "portal_customer", "portal_supplier")


@pytest.fixture
def world(weft_runtime: Any, weft_cast: Any, make_record: Any, moved_clock: Any) -> Any:
    """Anneke leads Haverdijk, Cen leads Tangyu; Xu belongs to Haverdijk's team; Vesterlund does one of its tasks."""
    install_defaults(weft_runtime)
    found = SimpleNamespace(clock=moved_clock, today=moved_clock().date())
    found.top = weft_cast.unit("Engineering")
    found.unit, found.other = weft_cast.unit("Projects", found.top), weft_cast.unit("Sales")
    found.anneke = weft_cast.user(LEAD, name="Anneke Roodhuyzen", units=[found.unit])
    found.cen = weft_cast.user(LEAD, name="Cen Yuanzhi", units=[found.other])
    found.xu = weft_cast.user("employee", name="Xu Tinglan", units=[found.unit])
    found.stranger = weft_cast.user("employee", name="Hou Tianyu")
    found.head = weft_cast.user("portal_employee.department_head", name="Emeric Voskamp")
    with weft_runtime.db.write() as connection:
        org_units.add_member(connection, found.head, found.top, now=moved_clock(), head=True)
    found.executive = weft_cast.user("portal_employee.executive", name="Shen Zhiyao")
    found.firm = make_record("crm.account", name="Haverdijk", role=["customer"])["id"]
    found.rival = make_record("crm.account", name="Tangyu", name_alt="棠屿", role=["customer"])["id"]
    found.partner = make_record("crm.account", name="Vesterlund", role=["supplier"])["id"]
    found.smith = make_record("crm.account", name="Shuohe", role=["supplier"])["id"]
    found.lieke = weft_cast.user("projects.follower", name="Lieke Haagstra", anchors=[found.firm])
    found.ji = weft_cast.user("projects.follower", name="Ji Huaiyuan", anchors=[found.rival])
    found.bare = weft_cast.user("customer", name="No role", anchors=[found.firm])
    found.sub = weft_cast.user("projects.subcontractor", name="Vester Lund", anchors=[found.partner])
    found.jin = weft_cast.user("projects.subcontractor", name="Jin Xubai", anchors=[found.smith])
    found.project = make_record(
        "projects.project", owner=found.anneke, unit=found.unit, name="District metering", customer=found.firm,
        starts_on=found.today.isoformat(), ends_on=(found.today + timedelta(days=30)).isoformat(), status="running",
        currency="EUR", shared=True,
    )["id"]  # fmt: skip
    found.other_project = make_record(
        "projects.project", owner=found.cen, unit=found.other, name="Pump stations", customer=found.rival,
        status="running", shared=True,
    )["id"]  # fmt: skip
    return found


@pytest.fixture
def make_task(make_record: Any, world: Any) -> Any:
    """``make_task("Survey", days=3)``: a task of Haverdijk's project, Xu's unless said otherwise."""

    def make(name: str, **values: Any) -> int:
        owner = values.pop("owner", world.xu)
        row = make_record(
            "projects.task", owner=owner, name=name, project=values.pop("project", world.project), **values
        )
        return int(row["id"])

    return make


@pytest.fixture
def row_of(records_as: Any) -> Any:
    """``row_of(entity, number)``: a record as the platform sees it."""

    def find(entity: str, number: int) -> Any:
        with records_as("system") as records:
            return records.get(entity, number)

    return find
