"""Working days: weekends, holidays, days that make up for one, and years whose calendar is not announced yet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from weft.plugins.hrm.services import leave
from weft.plugins.hrm.services.calendar import Calendar, calendar_for

pytestmark = pytest.mark.weft_plugins("portal_employee", "hrm")


def kinds(calendar: Calendar, first: str, last: str) -> list[str]:
    return [one.kind for one in calendar.days(date.fromisoformat(first), date.fromisoformat(last))]


@pytest.mark.parametrize(("year", "days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_known_numbers_of_working_days(year: int, days: int) -> None:
    calendar = Calendar("CN")
    assert sum(one.works for one in calendar.days(date(year, 1, 1), date(year, 12, 31))) == days
    assert calendar.official(date(year, 1, 1), date(year, 12, 31))


def test_each_day_across_a_spring_festival_is_told() -> None:
    found = kinds(Calendar("CN"), "2026-02-13", "2026-02-24")
    assert found == ["working", "made_up", "weekend", *["holiday"] * 5, "weekend", "weekend",
                     "holiday", "working"]  # fmt: skip


def test_other_countries_have_their_own_days() -> None:
    assert kinds(Calendar("NL"), "2026-04-27", "2026-04-28") == ["holiday", "working"]  # King's day
    assert kinds(Calendar(), "2026-04-27", "2026-04-28") == ["working", "working"]
    assert Calendar("NL").official(date(2031, 1, 1), date(2031, 12, 31))


def test_a_year_without_its_official_calendar_says_so_and_counts_anew_when_it_is_loaded(
    crew: Any, records_as: Any, weft_runtime: Any
) -> None:
    from weft.core.outbox.worker import Worker

    with records_as("system") as records:
        assert not calendar_for(records, "CN", "", date(2027, 2, 1), date(2027, 2, 9)).official(
            date(2027, 2, 1), date(2027, 2, 9)
        )
    with records_as(crew.officer, write=True) as records:
        made = records.create(
            "hrm.leave",
            {"person": crew.person, "leave_type": crew.sick, "from_on": "2027-01-29", "to_on": "2027-02-01"},
        )
    assert (made["days"], made["official"]) == (2, False)
    with records_as(crew.officer, write=True) as records:
        records.load("hrm.calendar_day", [
            {"name": "Spring Festival", "country": "cn", "day": "2027-02-08", "kind": "off"},
            {"name": "Make-up day", "country": "CN", "day": "2027-01-30", "kind": "work"},
        ])  # fmt: skip
    Worker(weft_runtime).run_due()
    with records_as(crew.person) as records:
        row = records.get("hrm.leave", made["id"])
        assert (row["days"], row["official"]) == (3, True)
        stored = calendar_for(records, "CN", "", date(2027, 1, 1), date(2027, 2, 28))
        assert kinds(stored, "2027-01-30", "2027-01-31") == ["made_up", "weekend"]
        assert kinds(stored, "2027-02-08", "2027-02-08") == ["holiday"]


def test_a_preview_lists_every_day(crew: Any, records_as: Any) -> None:
    with records_as(crew.person) as records:
        kind = records.get("hrm.leave_type", crew.annual)
        given = {"from_on": date(2026, 4, 3), "to_on": date(2026, 4, 7)}  # Friday to Tuesday, Tomb sweeping on Sunday
        found = leave.preview(records, crew.person, kind, given)
    assert [one.kind for one in found.listed] == ["working", "weekend", "weekend", "holiday", "working"]
    assert (found.days, found.official) == (2, True)
