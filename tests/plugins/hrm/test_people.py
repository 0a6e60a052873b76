"""Employees: hiring in one go, who was whose head when, leaving, and files that others do not read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from weft.core.errors import Denied, NotFound, QueryError, ValidationFailed
from weft.core.identity import directory, users
from weft.plugins.hrm.services import hiring, leaving, org
from weft.plugins.hrm.services.hiring import Newcomer

pytestmark = pytest.mark.weft_plugins("portal_employee", "hrm")
PAY = ("salary", "bank_account", "identity_number")


@pytest.fixture
def template(make_record: Any) -> int:
    """A joining list of three steps: of the officer, the head, the newcomer."""
    number = make_record("hrm.template", name="New colleague", kind="joining")["id"]
    for place, who in enumerate(("officer", "head", "person")):
        make_record("hrm.template_step", subject=f"Step of {who}", template=number, responsible=who, days=place,
                    position=place)  # fmt: skip
    return int(number)


def newcomer(crew: Any, **more: Any) -> Newcomer:
    given = {"name": "Gu Nanqiao", "name_alt": "顾南乔", "email": "gu@weft.example", "begins_on": date(2026, 3, 16),
             "unit": crew.unit, "position": crew.engineer, "country": "CN"}  # fmt: skip
    return Newcomer(**{**given, **more})


def test_hiring_makes_everything_at_once(crew: Any, template: int, records_as: Any) -> None:
    with records_as(crew.officer, write=True) as records:
        probation = date(2026, 6, 15)
        done = hiring.hire(
            records, newcomer(crew, contract="fixed", ends_on=date(2027, 3, 15), probation_until=probation,
                              template=template)
        )  # fmt: skip
        change_set = records.change_set_id
    assert "/auth/" in done.url
    user = done.employee["user"].id
    with records_as(crew.officer) as records:
        assert done.employee["number"].startswith("EMP-")
        entry = next(one for one in directory.listing(records) if one.id == user)
        assert (entry.unit_id, entry.position, entry.position_alt) == (crew.unit, "Field engineer", "现场工程师")
        contract = records.query("hrm.contract", filters={"person": user}).rows[0]
        assert (contract["kind"], contract["ends_next"]) == ("fixed", probation)
        assert records.query("hrm.entitlement", filters={"person": user, "year": 2026}).rows[0]["days"] == 10
        steps = records.query("hrm.step", filters={"list": done.checklist["id"]}, sort="position").rows
        assert [step["owner"].id for step in steps] == [crew.officer, crew.head, user]
        assert [step["due_on"] for step in steps] == [date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 18)]
        seat = org.chart(records, date(2026, 3, 16)).seats[user]
        assert (seat.name, seat.position) == ("Gu Nanqiao", "Field engineer")
        entries = [records.history(row["id"]) for row in (done.employee, contract, *steps)]
        assert {entry.change_set_id for found in entries for entry in found} == {change_set}


def test_a_mistake_while_hiring_leaves_nothing(crew: Any, records_as: Any) -> None:
    with pytest.raises(ValidationFailed), records_as(crew.officer, write=True) as records:
        hiring.hire(records, newcomer(crew, contract="fixed", ends_on=date(2026, 1, 1)))
    with records_as("system") as records:
        assert records.query("hrm.employee", filters={"name": "Gu Nanqiao"}).rows == []
        assert not [one for one in directory.listing(records) if one.name == "Gu Nanqiao"]


def test_officers_give_no_rights_of_the_platform_and_others_hire_nobody(crew: Any, records_as: Any) -> None:
    for role in ("core.admin", "core.explain"):
        with pytest.raises(ValidationFailed), records_as(crew.officer, write=True) as records:
            hiring.hire(records, newcomer(crew, roles=(role,)))
    for who in (crew.head, crew.person):
        with pytest.raises((Denied, NotFound)), records_as(who, write=True) as records:
            hiring.hire(records, newcomer(crew))
        with records_as("system") as records:
            assert not [one for one in directory.listing(records) if one.name == "Gu Nanqiao"]


def test_who_was_whose_head_on_a_day(crew: Any, records_as: Any) -> None:
    crew.clock.set(datetime(2026, 9, 1, 9, tzinfo=UTC))
    with records_as(crew.officer, write=True) as records:
        records.update("hrm.employee", crew.file, {"in_unit": crew.other, "reports_to": crew.stranger}, version=None)
    with records_as(crew.colleague) as records:
        for day, head, unit in ((date(2026, 3, 15), crew.head, crew.unit), (date(2026, 8, 31), crew.head, crew.unit),
                                (date(2026, 9, 1), crew.stranger, crew.other)):  # fmt: skip
            found = org.chart(records, day)
            assert org.head_of(found, crew.person).user == head, day
            inside = next(box for box in found.roots if box.id == unit)
            assert crew.person in {seat.user for seat in inside.seats}
        assert directory.units_of(records, [crew.person]) == {crew.person: crew.other}
        assert crew.person not in org.chart(records, date(2023, 1, 1)).seats


def test_several_moves_on_one_day_are_one_placement(crew: Any, records_as: Any) -> None:
    for heads in (True, False):
        with records_as(crew.officer, write=True) as records:
            records.update("hrm.employee", crew.colleague_file, {"heads": heads, "in_unit": crew.other}, version=None)
    with records_as(crew.officer) as records:
        rows = records.query("hrm.placement", filters={"person": crew.colleague}, sort="since").rows
    assert [(row["in_unit"].id, row["since"], row.get("until")) for row in rows] == [
        (crew.unit, date(2024, 1, 1), date(2026, 3, 15)), (crew.other, date(2026, 3, 16), None),
    ]  # fmt: skip


def test_pay_is_there_for_nobody_who_was_not_given_it(crew: Any, records_as: Any) -> None:
    """Not on the page, in exports, filters or sorts; and only whoever has the role changes it."""
    for who in (crew.head, crew.officer, crew.person, "portal_employee.executive"):
        with records_as(who) as records:
            assert not set(PAY) & set(records.get("hrm.employee", crew.file))
            for wish in ({"fields": ["salary"]}, {"filters": {"salary__gt": "1"}}, {"sort": "salary"},
                         {"fields": ["bank_account"], "operation": "export"}):  # fmt: skip
                with pytest.raises(QueryError):
                    records.query("hrm.employee", **wish)
    with records_as(crew.payroll, write=True) as records:
        assert records.get("hrm.employee", crew.file)["salary"].amount == 9000
        records.update("hrm.employee", crew.file, {"salary": {"amount": "9500", "currency": "CNY"}}, version=None)
    with pytest.raises((Denied, ValidationFailed)), records_as(crew.officer, write=True) as records:
        records.update("hrm.employee", crew.file, {"salary": {"amount": "1", "currency": "CNY"}}, version=None)


def test_who_reads_a_file(crew: Any, records_as: Any) -> None:
    for who in ("anonymous", "customer", crew.colleague, crew.stranger):
        with records_as(who) as records, pytest.raises(NotFound):
            records.get("hrm.employee", crew.file)
    with records_as(crew.person) as records:
        assert records.get("hrm.employee", crew.file)["address"]["city"] == "Suzhou"
    with records_as(crew.head) as records:
        row = records.get("hrm.employee", crew.file)
        assert row["position"].title == "Field engineer" and "address" not in row
        with pytest.raises(NotFound):
            records.get("hrm.employee", crew.stranger_file)


def test_leaving_keeps_everything_until_the_last_day_and_closes_the_account_then(
    crew: Any, records_as: Any, weft_runtime: Any, client_as: Any, make_record: Any
) -> None:
    number = make_record("hrm.template", name="Leaves", kind="leaving")["id"]
    make_record("hrm.template_step", subject="Return the laptop", template=number, responsible="head")
    with records_as(crew.officer, write=True) as records:
        records.act("hrm.employee.leave", crew.file, {"last_day": "2026-03-30"})
    with records_as(crew.head) as records:
        steps = records.query("hrm.step", filters={"owner": "me", "status": "todo"}).rows
        assert [step["subject"] for step in steps] == ["Return the laptop"]
    crew.clock.set(datetime(2026, 3, 30, 20, tzinfo=UTC))
    with records_as("system", write=True) as records:
        assert leaving.close_left(records, date(2026, 3, 30)) == 0
    client = client_as(crew.person)
    assert client.get("/employee/").status_code == 200
    crew.clock.set(datetime(2026, 3, 31, 1, tzinfo=UTC))
    with records_as("system", write=True) as records:
        assert leaving.close_left(records, date(2026, 3, 31)) == 1
    assert client.get("/employee/").status_code in (302, 303)
    with weft_runtime.db.read() as connection:
        assert not users.find(connection, crew.person).active
    with records_as(crew.officer) as records:
        assert records.get("hrm.employee", crew.file)["status"] == "left"
        present = records.aggregate("hrm.employee", filters={"status__in": "active,leaving"})[0]["count"]
        assert present == 3
        assert crew.person in org.chart(records, date(2026, 3, 30)).seats
        assert crew.person not in org.chart(records, date(2026, 3, 31)).seats
