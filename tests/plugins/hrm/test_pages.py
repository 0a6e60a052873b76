"""Pages of the people plugin as their readers see them: every list and record opens, refusals are refusals."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.weft_plugins("portal_employee", "hrm")
PAGES = ("org-chart", "my-leave", "leave/ask", "my-file")


@pytest.fixture
def goal(crew: Any, make_record: Any) -> int:
    """A goal whose fields bear the words that links use: source and target."""
    given = {"starts_on": "2026-01-01", "ends_on": "2026-03-31", "target": "20", "reached": "5"}
    return int(make_record("hrm.goal", subject="Visits", person=crew.person, **given)["id"])


def test_pages_of_one_person_open(crew: Any, client_as: Any, asked: int, goal: int) -> None:
    person = client_as(crew.person)
    for page in PAGES:
        answer = person.get(f"/employee/hrm/{page}", follow_redirects=True)
        assert answer.status_code == 200, page
    for page in (f"leaves/{asked}", f"goals/{goal}", f"employees/{crew.file}"):
        assert person.get(f"/employee/hrm/{page}").status_code == 200, page
    assert client_as(crew.colleague).get(f"/employee/hrm/employees/{crew.file}").status_code == 404


def test_lists_and_records_open_for_the_officer(crew: Any, client_as: Any, asked: int, goal: int) -> None:
    officer = client_as(crew.officer)
    for page in ("employees", "leaves", "checklists", "steps", "contracts", "attendance", "goals", "placements",
                 "entitlements", f"goals/{goal}", f"employees/{crew.file}", f"leaves/{asked}", "hire"):  # fmt: skip
        assert officer.get(f"/employee/hrm/{page}", follow_redirects=True).status_code == 200, page


def test_only_officers_hire(crew: Any, client_as: Any) -> None:
    for who in (crew.person, crew.head):
        assert client_as(who).get("/employee/hrm/hire").status_code in (403, 404)
    assert client_as(None).get("/employee/hrm/hire").status_code in (302, 303, 401)


def test_the_form_counts_before_it_is_sent(crew: Any, client_as: Any) -> None:
    address = f"/employee/hrm/leave/count?leave_type={crew.annual}&from_on=2026-04-03&to_on=2026-04-07"
    text = client_as(crew.person).get(address).text
    assert re.findall(r'data-kind="(\w+)"', text) == ["working", "weekend", "weekend", "holiday", "working"]
    # 10 of the year, 2 carried that will have expired by then: 10 - 2
    assert re.search(r"Balance after it</dt><dd[^>]*>\s*(?:<span[^>]*>)?\s*8\b", text), text


def test_one_button_comes_and_goes(crew: Any, client_as: Any, records_as: Any) -> None:
    person = client_as(crew.person)
    for _press in range(2):
        assert person.post("/employee/hrm/clock").status_code in (204, 303)
        crew.clock.move(minutes=10)
    with records_as(crew.person) as records:
        assert [row["minutes"] for row in records.query("hrm.attendance", filters={"person": "me"}).rows] == [10]
