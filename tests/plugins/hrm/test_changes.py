"""What people ask to have changed in their own file waits for a people officer, who enters it or says why not."""

from __future__ import annotations

from typing import Any

import pytest

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.sdk import directory

pytestmark = pytest.mark.weft_plugins("portal_employee", "hrm")

CHANGE = "hrm.file_change"
ADDRESS = {"country": "CN", "city": "Suzhou", "lines": ["Pine Lane 4"]}


def ask(records_as: Any, crew: Any, **wish: Any) -> int:
    given = {"address": {"country": "CN", "city": "Suzhou", "lines": []}, "phone": None, "emergency": None, **wish}
    with records_as(crew.person, write=True) as records:
        records.act("hrm.employee.ask_change", crew.file, given)
        return int(records.query(CHANGE, filters={"person": "me"}, sort="-created_at", limit=1).rows[0]["id"])


def told(records_as: Any, who: int) -> list[str]:
    from weft.core.collaboration import notices

    with records_as(who) as records:
        return [one.kind for one in notices.inbox(records)]


def test_an_address_is_entered_by_the_officer_and_both_are_told(crew: Any, records_as: Any, client_as: Any) -> None:
    number = ask(records_as, crew, address=ADDRESS)
    with records_as(crew.person) as records:
        row = records.get(CHANGE, number)
        assert (row["concerns"], row["status"], row["name"]) == (["address"], "asked", "Xu Tinglan")
        assert records.get("hrm.employee", crew.file)["address"]["lines"] == []
    assert told(records_as, crew.officer) == ["hrm.file_change_asked"] and told(records_as, crew.head) == []
    home = client_as(crew.officer).get("/employee/todo/").text
    assert "Changes asked for" in home and "Xu Tinglan" in home
    page = client_as(crew.officer).get(f"/employee/hrm/file-changes/{number}").text
    assert "Pine Lane 4, Suzhou, CN" in page and "Home address · now: Suzhou, CN" in page
    with records_as(crew.officer, write=True) as records:
        records.act(f"{CHANGE}.agree", number, {})
        entries = records.history(crew.file)
        assert entries[0].person is not None and entries[0].person.id == crew.officer
    with records_as(crew.person) as records:
        assert records.get("hrm.employee", crew.file)["address"]["lines"] == ["Pine Lane 4"]
        assert records.get(CHANGE, number)["status"] == "agreed"
    assert told(records_as, crew.person) == ["hrm.file_change_answered"]
    assert "Changes asked for" in client_as(crew.person).get(f"/employee/hrm/employees/{crew.file}").text


def test_nobody_else_asks_reads_or_enters(crew: Any, records_as: Any) -> None:
    number = ask(records_as, crew, phone="+8651262518800")
    for who in (crew.head, crew.colleague, crew.stranger, crew.payroll, "portal_employee.executive", "customer"):
        with records_as(who) as records, pytest.raises(NotFound):
            records.get(CHANGE, number)
        with pytest.raises((NotFound, Denied)), records_as(who, write=True) as records:
            records.act("hrm.employee.ask_change", crew.file, {"phone": "+8651262518801"})
    for name in ("agree", "refuse"):
        with pytest.raises((NotFound, Denied)), records_as(crew.person, write=True) as records:
            records.act(f"{CHANGE}.{name}", number, {"answer": "Yes"})
    with pytest.raises((NotFound, Denied)), records_as(crew.person, write=True) as records:
        records.create(CHANGE, {"person": crew.person})


def test_nothing_new_or_a_second_request_is_refused_until_the_first_is_answered(crew: Any, records_as: Any) -> None:
    with pytest.raises(ValidationFailed):
        ask(records_as, crew)
    number = ask(records_as, crew, emergency="Fang")
    with pytest.raises(ValidationFailed):
        ask(records_as, crew, emergency="Lei")
    with pytest.raises(ValidationFailed), records_as(crew.officer, write=True) as records:
        records.act(f"{CHANGE}.refuse", number, {})
    with records_as(crew.officer, write=True) as records:
        records.act(f"{CHANGE}.refuse", number, {"answer": "Who is that?"})
    with records_as(crew.person) as records:
        assert records.get(CHANGE, number)["answer"] == "Who is that?"
        assert records.get("hrm.employee", crew.file).get("emergency") is None
    again = ask(records_as, crew, emergency="Lei Ruoxi")
    with records_as(crew.person, write=True) as records:
        records.act(f"{CHANGE}.withdraw", again, {})
    with records_as("system") as records:
        assert directory.persons(records, [crew.person])[crew.person].active
        assert records.get(CHANGE, again)["status"] == "withdrawn"
