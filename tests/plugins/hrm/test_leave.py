"""Leave: the balance (R9), who may ask, read and decide, and what happens when two decide at once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from weft.core.errors import NotFound, StateConflict, ValidationFailed, WeftError
from weft.core.records import unit
from weft.plugins.hrm.services import balance, leave, yearly
from weft.plugins.hrm.services.balance import Taken

pytestmark = pytest.mark.weft_plugins("portal_employee", "hrm")


def taken(day: str, days: str = "1", approved: bool = True) -> Taken:
    return Taken(date.fromisoformat(day), Decimal(days), approved)


ENTITLED = {"year": 2026, "days": Decimal(12), "carried": Decimal(3), "carried_until": date(2026, 3, 31),
            "corrected": Decimal("-0.5")}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "on", "expected"),
    [
        ("year", "2026-01-01", "12"),
        ("month", "2026-01-01", "1"),
        ("month", "2026-06-15", "6"),
        ("month", "2026-12-31", "12"),
        ("month", "2025-12-31", "0"),
        ("month", "2027-01-01", "12"),
    ],
)
def test_entitlements_accrue_by_their_rule(rule: str, on: str, expected: str) -> None:
    assert balance.accrued(Decimal(12), rule, 2026, date.fromisoformat(on)) == Decimal(expected)


def test_who_joined_during_the_year_has_the_months_from_then_on() -> None:
    assert balance.accrued(Decimal(12), "year", 2026, date(2026, 8, 1), date(2026, 7, 15)) == 6
    assert balance.accrued(Decimal(12), "month", 2026, date(2026, 8, 1), date(2026, 7, 15)) == 2


def test_the_balance_is_accrued_carried_and_corrected_less_what_is_approved() -> None:
    used = [taken("2026-02-02"), taken("2026-05-04", "0.5"), taken("2026-11-02"), taken("2026-12-01", approved=False)]
    early = balance.compute(ENTITLED, "year", used, date(2026, 3, 1))
    assert (early.carried, early.approved, early.requested, early.left) == (
        3, Decimal("2.5"), 1, Decimal(12) + 3 - Decimal("0.5") - Decimal("2.5"),
    )  # fmt: skip
    # of three carried days one was used before they expired
    late = balance.compute(ENTITLED, "year", used, date(2026, 4, 1))
    assert (late.carried, late.left) == (1, Decimal(12) + 1 - Decimal("0.5") - Decimal("2.5"))


def test_a_request_takes_working_days_and_waits_for_the_head(crew: Any, asked: int, records_as: Any) -> None:
    with records_as(crew.person) as records:
        row = records.get("hrm.leave", asked)
        assert (row["days"], row["status"], row["owner"].id) == (3, "requested", crew.head)
        assert row["title"] == "Xu Tinglan"
        kind = records.get("hrm.leave_type", crew.annual)
        found = balance.balances(records, crew.person, 2026, date(2026, 3, 16), [kind])[crew.annual]
    assert (found.left, found.requested) == (12, 3)


def test_half_days_count_half(crew: Any, records_as: Any) -> None:
    given = {"leave_type": crew.annual, "from_on": "2026-03-23", "to_on": "2026-03-24", "first_half": True}
    with records_as(crew.person, write=True) as records:
        assert leave.request(records, given)["days"] == Decimal("1.5")


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("2026-03-25", "2026-03-23", "to_on"), ("2026-03-21", "2026-03-22", "from_on"),
     ("2026-03-24", "2026-03-24", "from_on"), ("2026-05-11", "2026-06-12", "to_on")],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_at_its_field(
    crew: Any, asked: int, records_as: Any, first: str, last: str, field: str
) -> None:
    """Wrong order, a weekend, days asked for already, more than there are."""
    with records_as(crew.person, write=True) as records, pytest.raises(ValidationFailed) as refused:
        leave.request(records, {"leave_type": crew.annual, "from_on": first, "to_on": last})
    assert {error.field for error in refused.value.errors} == {field}


def test_days_of_the_next_year_come_from_its_own_entitlement(crew: Any, records_as: Any, make_record: Any) -> None:
    """Over New Year each year is looked at: one day of this one and months of the next are more than both give."""
    given = {"leave_type": crew.annual, "from_on": "2026-12-31", "to_on": "2027-03-31"}
    with records_as(crew.person, write=True) as records, pytest.raises(ValidationFailed, match="days are left"):
        leave.request(records, given)
    make_record("hrm.entitlement", person=crew.person, leave_type=crew.annual, year=2027, days="4")
    with records_as(crew.person, write=True) as records, pytest.raises(ValidationFailed, match="days are left"):
        leave.request(records, {**given, "to_on": "2027-01-15"})
    with records_as(crew.person, write=True) as records:
        assert leave.request(records, {**given, "to_on": "2027-01-06"})["days"] > 1


def test_the_head_decides_once_and_the_person_reads_it(crew: Any, asked: int, records_as: Any) -> None:
    with records_as(crew.head, write=True) as records:
        records.act("hrm.leave.approve", asked, {"answer": "Enjoy it"})
    with records_as(crew.person) as records:
        row = records.get("hrm.leave", asked)
        assert (row["status"], row["decided_by"].id, row["decision"]) == ("approved", crew.head, "Enjoy it")
    with records_as(crew.officer, write=True) as records, pytest.raises(StateConflict):
        records.act("hrm.leave.refuse", asked, {"answer": "Too late"})


@pytest.mark.both_databases
def test_of_two_who_approve_at_once_one_takes_effect(crew: Any, asked: int, weft_runtime: Any, weft_cast: Any) -> None:
    start, said, wrong = threading.Barrier(2), [], []

    def decide(who: int) -> None:
        try:
            with unit.writing(weft_runtime, weft_cast.principal(who)) as records:
                start.wait(timeout=10)
                records.act("hrm.leave.approve", asked, {"answer": str(who)})
            said.append(who)
        except WeftError as error:
            wrong.append(error)

    # SQLite lets one writer in at a time: the barrier would wait for ever inside its transaction.
    if weft_runtime.db.dialect == "sqlite":
        start = threading.Barrier(1)
    threads = [threading.Thread(target=decide, args=(who,)) for who in (crew.head, crew.officer)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    assert (len(said), [type(error) for error in wrong]) == (1, [StateConflict])
    with unit.reading(weft_runtime, weft_cast.principal(crew.officer)) as records:
        assert records.get("hrm.leave", asked)["decision"] == str(said[0])


def test_nobody_decides_on_their_own_leave(crew: Any, records_as: Any) -> None:
    with records_as(crew.officer, write=True) as records:
        given = {"person": crew.officer, "leave_type": crew.sick, "from_on": "2026-03-23", "to_on": "2026-03-23"}
        made = records.create("hrm.leave", given)
    with records_as(crew.officer, write=True) as records, pytest.raises(ValidationFailed):
        records.act("hrm.leave.approve", made["id"], {})


def test_a_request_can_be_withdrawn_and_approved_leave_cancelled_before_it_begins(
    crew: Any, asked: int, records_as: Any
) -> None:
    with records_as(crew.head, write=True) as records:
        records.act("hrm.leave.approve", asked, {})
    crew.clock.set(datetime(2026, 3, 23, 10, tzinfo=UTC))
    with records_as(crew.person, write=True) as records, pytest.raises(ValidationFailed):
        records.act("hrm.leave.cancel", asked, {})
    crew.clock.set(datetime(2026, 3, 20, 10, tzinfo=UTC))
    with records_as(crew.person, write=True) as records:
        records.act("hrm.leave.cancel", asked, {})
        assert records.get("hrm.leave", asked)["status"] == "cancelled"


def test_who_reads_what_of_a_leave(crew: Any, asked: int, records_as: Any) -> None:
    """Anonymous and portals nothing; colleagues that somebody is away, never why; head and officer all of it."""
    for who in ("anonymous", "customer", crew.colleague, crew.stranger):
        with records_as(who) as records, pytest.raises(NotFound):
            records.get("hrm.leave", asked)
    with records_as(crew.head, write=True) as records:
        assert records.get("hrm.leave", asked)["reason"] == "Family"
        records.act("hrm.leave.approve", asked, {})
    with records_as(crew.stranger) as records:
        row = records.get("hrm.leave", asked)
        assert (row["from_on"], row["person"].id) == (date(2026, 3, 23), crew.person)
        assert not {"reason", "leave_type", "days", "decision"} & set(row)
    with records_as(crew.officer) as records:
        assert records.get("hrm.leave", asked)["reason"] == "Family"


def test_the_new_year_brings_entitlements_and_carries_over_what_is_left(crew: Any, records_as: Any) -> None:
    with records_as(crew.officer, write=True) as records:
        given = {"person": crew.person, "leave_type": crew.annual, "from_on": "2026-06-01", "to_on": "2026-06-05",
                 "status": "approved"}  # fmt: skip
        records.create("hrm.leave", given)
    crew.clock.set(datetime(2027, 1, 4, 1, tzinfo=UTC))
    for _again in range(2):
        with records_as("system", write=True) as records:
            yearly.run(records, date(2027, 1, 4))
    with records_as("system") as records:
        rows = records.query("hrm.entitlement", filters={"person": crew.person, "year": 2027}).rows
    # 10 of the year, 2 carried that expired unused, 5 taken: 5 left, at most 5 go along, until the end of March
    assert [(row["days"], row["carried"], row["carried_until"]) for row in rows] == [(10, 5, date(2027, 3, 31))]
