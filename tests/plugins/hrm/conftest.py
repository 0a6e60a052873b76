"""A small company for the people plugin: a head, two who report to her, a people officer, somebody of another unit."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from weft.core.identity import units as org_units

OFFICER, PAY, HEAD = "hrm.officer", "hrm.pay", "portal_employee.department_head"


@pytest.fixture
def crew(weft_runtime: Any, weft_cast: Any, make_record: Any, moved_clock: Any) -> Any:
    """People of two units with their files, and two kinds of leave; it is Monday, 16 March 2026."""
    found = SimpleNamespace(clock=moved_clock)
    moved_clock.set(datetime(2026, 3, 16, 9, tzinfo=UTC))
    found.unit, found.other = weft_cast.unit("Field service"), weft_cast.unit("Finance")
    found.head = weft_cast.user(HEAD, name="Emeric Voskamp")
    with weft_runtime.db.write() as connection:
        org_units.add_member(connection, found.head, found.unit, now=moved_clock(), head=True)
    found.officer = weft_cast.user(OFFICER, name="He Shuyao")
    found.payroll = weft_cast.user(PAY, name="Tang Yimo")
    found.person = weft_cast.user("employee", name="Xu Tinglan", units=[found.unit])
    found.colleague = weft_cast.user("employee", name="Fang Zheyuan", units=[found.unit])
    found.stranger = weft_cast.user("employee", name="Kong Lingxi", units=[found.other])
    found.engineer = make_record("hrm.position", name="Field engineer", name_alt="现场工程师")["id"]

    def file(user: int, name: str, unit: int | None, **more: Any) -> int:
        given = {"name": name, "user": user, "in_unit": unit, "country": "CN", "joined_on": "2024-01-01", **more}
        return int(make_record("hrm.employee", **given)["id"])

    found.head_file = file(found.head, "Emeric Voskamp", found.unit, heads=True)
    found.file = file(
        found.person, "Xu Tinglan", found.unit, position=found.engineer, salary={"amount": "9000", "currency": "CNY"},
        bank_account="6222 0000", address={"country": "CN", "city": "Suzhou", "lines": []},
    )  # fmt: skip
    found.colleague_file = file(found.colleague, "Fang Zheyuan", found.unit)
    found.stranger_file = file(found.stranger, "Kong Lingxi", found.other)
    found.annual = make_record(
        "hrm.leave_type", name="Annual leave", name_alt="年假", accrual="year", days_a_year="10", carry_days="5",
        carry_months=3, position=10,
    )["id"]  # fmt: skip
    found.sick = make_record("hrm.leave_type", name="Sick leave", name_alt="病假", accrual="none", position=20)["id"]
    found.entitled = make_record(
        "hrm.entitlement", person=found.person, leave_type=found.annual, year=2026, days="10", carried="2",
        carried_until="2026-03-31",
    )["id"]  # fmt: skip
    return found


@pytest.fixture
def asked(crew: Any, records_as: Any) -> int:
    """Xu's request for Monday to Wednesday of the next week."""
    from weft.plugins.hrm.services import leave

    with records_as(crew.person, write=True) as records:
        values = {"leave_type": crew.annual, "from_on": "2026-03-23", "to_on": "2026-03-25", "reason": "Family"}
        return int(leave.request(records, values)["id"])
