"""Joining and leaving lists, contracts that end, attendance with corrections, and goals that fill themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from weft.core.errors import Denied, NotFound, NotSignedIn, ValidationFailed
from weft.core.sdk import company_currency
from weft.plugins.hrm.services import attendance, checklists, goals

pytestmark = pytest.mark.weft_plugins("portal_employee", "crm", "hrm")


@pytest.fixture
def training(crew: Any, make_record: Any, records_as: Any) -> Any:
    """The list of Xu with two steps of his own."""
    number = make_record("hrm.template", name="New colleague", kind="joining")["id"]
    for place, subject in enumerate(("Safety training", "Guide read")):
        make_record("hrm.template_step", subject=subject, template=number, responsible="person", position=place)
    with records_as(crew.officer, write=True) as records:
        made = checklists.begin(records, "joining", crew.person, date(2026, 3, 16), number)
        return made["id"], [row["id"] for row in records.query("hrm.step", sort="position").rows]


def test_a_ticked_step_counts_on_its_list(crew: Any, training: Any, records_as: Any) -> None:
    number, steps = training
    with records_as(crew.person, write=True) as records:
        records.act("hrm.step.tick", steps[0], {})
        row = records.get("hrm.checklist", number)
        assert (row["steps_done"], row["steps_total"], row["status"]) == (1, 2, "open")
        assert records.get("hrm.step", steps[0])["done_on"] == date(2026, 3, 16)
    with records_as(crew.officer, write=True) as records:
        records.act("hrm.step.tick", steps[1], {})
        assert records.get("hrm.checklist", number)["status"] == "done"
    with records_as(crew.officer, write=True) as records:
        records.act("hrm.step.untick", steps[1], {})
        assert records.get("hrm.checklist", number)["status"] == "open"


def test_a_step_is_for_its_owner_and_the_people_officer(crew: Any, training: Any, records_as: Any) -> None:
    number, steps = training
    for who in ("anonymous", "customer", crew.colleague):
        with records_as(who, write=True) as records, pytest.raises((NotFound, NotSignedIn)):
            records.act("hrm.step.tick", steps[0], {})
    for who in (crew.colleague, crew.stranger):
        with records_as(who) as records, pytest.raises(NotFound):
            records.get("hrm.checklist", number)


def test_customers_of_whoever_leaves_are_a_step_of_their_head_until_they_are_handed_over(
    crew: Any, records_as: Any, make_record: Any
) -> None:
    firms = [
        make_record("crm.account", owner=crew.person, name=name, role=["customer"])["id"] for name in ("Lan", "Tang")
    ]
    with records_as(crew.officer, write=True) as records:
        records.act("hrm.employee.leave", crew.file, {"last_day": "2026-04-30"})
    with records_as(crew.head) as records:
        (step,) = records.query("hrm.step", filters={"owner": "me"}).rows
    assert (step["subject"], step["subject_alt"]) == ("Hand over 2 customers", "交接 2 个客户")
    assert step["page"] == f"/employee/crm/hand-over?from={crew.person}"
    with records_as("system", write=True) as records:
        assert checklists.settle(records) == 0
        records.bulk("crm.account", "assign", firms, {"owner": crew.colleague}, expected=2)
        records.bulk("crm.account", "update", firms, {"former_owner": crew.person}, expected=2)
    with records_as("system", write=True) as records:
        assert checklists.settle(records) == 1
        assert checklists.handed_over(records, [crew.person]) == {crew.person: ["2 handed to Fang Zheyuan"]}


@pytest.mark.weft_plugins("portal_employee", "hrm")
def test_without_the_crm_nobody_hands_over_customers(crew: Any, records_as: Any) -> None:
    with records_as(crew.officer, write=True) as records:
        records.act("hrm.employee.leave", crew.file, {"last_day": "2026-04-30"})
        assert records.query("hrm.step").rows == []
        assert goals.sources(records) == {}


def test_contracts_say_what_ends_next_and_what_can_be_done(crew: Any, records_as: Any, make_record: Any) -> None:
    number = make_record(
        "hrm.contract", person=crew.person, kind="fixed", starts_on="2026-01-01", ends_on="2026-12-31",
        probation_until="2026-03-31",
    )["id"]  # fmt: skip
    with records_as(crew.officer, write=True) as records:
        assert records.get("hrm.contract", number)["ends_next"] == date(2026, 3, 31)
        records.act("hrm.contract.confirm", number, {})
        assert records.get("hrm.contract", number)["ends_next"] == date(2026, 12, 31)
        with pytest.raises(ValidationFailed):
            records.act("hrm.contract.renew", number, {"ends_on": "2026-06-30"})
        records.act("hrm.contract.renew", number, {"ends_on": "2027-12-31"})
        assert records.get("hrm.contract", number)["ends_next"] == date(2027, 12, 31)
        records.act("hrm.contract.end", number, {"last_day": "2026-05-31"})
        assert records.get("hrm.employee", crew.file)["status"] == "leaving"
    with records_as(crew.colleague) as records, pytest.raises(NotFound):
        records.get("hrm.contract", number)


def test_coming_going_and_a_correction_that_somebody_else_agrees_to(crew: Any, records_as: Any) -> None:
    with records_as(crew.person, write=True) as records:
        assert attendance.clock(records) == "came"
    crew.clock.set(datetime(2026, 3, 16, 12, tzinfo=UTC))
    with records_as(crew.person, write=True) as records:
        assert attendance.clock(records) == "left"
        number = attendance.of_today(records)["id"]
        assert records.get("hrm.attendance", number)["minutes"] == 180
        wish = {"left_at": "2026-03-16T17:00:00+00:00", "reason": "Forgot"}
        records.act("hrm.attendance.ask", number, wish)
        assert records.get("hrm.attendance", number)["minutes"] == 180
    with records_as(crew.person, write=True) as records, pytest.raises((Denied, ValidationFailed)):
        records.act("hrm.attendance.agree", number, {})
    with records_as(crew.stranger) as records, pytest.raises(NotFound):
        records.get("hrm.attendance", number)
    with records_as(crew.head, write=True) as records:
        records.act("hrm.attendance.agree", number, {})
        row = records.get("hrm.attendance", number)
        assert (row["minutes"], row["status"], row.get("asked_left_at")) == (480, "corrected", None)


def test_a_goal_fills_itself_from_what_was_won(crew: Any, records_as: Any, make_record: Any) -> None:
    stage = make_record("crm.stage", code="won", label_en="Won", outcome="won", position=1, probability=100)["id"]
    firm = make_record("crm.account", owner=crew.person, name="Lan", role=["customer"])["id"]
    goal = make_record(
        "hrm.goal", subject="Won", person=crew.person, starts_on="2026-01-01", ends_on="2026-03-31", target="100000",
        source="crm.won",
    )["id"]  # fmt: skip
    with records_as("system") as records:
        currency = company_currency(records)
    for name, owner, amount in (("One", crew.person, "30000"), ("Other", crew.colleague, "999")):
        make_record("crm.opportunity", owner=owner, name=name, account=firm, stage=stage,
                    amount={"amount": amount, "currency": currency})  # fmt: skip
    with records_as(crew.officer, write=True) as records:
        records.act("hrm.goal.count", goal, {})
        row = records.get("hrm.goal", goal)
    assert (row["reached"], row["percent"]) == (30000, 30)
    with records_as(crew.officer, write=True) as records, pytest.raises(ValidationFailed):
        records.update("hrm.goal", goal, {"source": "nobody.knows"}, version=None)
