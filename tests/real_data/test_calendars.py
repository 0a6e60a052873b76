"""Real calendar files: valid ones import with all their components, broken ones say by name what is wrong."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from weft.core.calendar.entries import EVENT
from weft.core.calendar.importing import plan_import, run_import
from weft.core.calendar.reading import read_calendar

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
KINDS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VALARM")


@pytest.fixture
def files(data_file: Callable[..., Path]) -> list[tuple[Path, dict[str, int]]]:
    """Every file with the numbers of its components."""
    table = data_file("calendars-ics", "expected_components.csv")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    return [(table.parent / row["file"], {kind: int(row[kind.lower()]) for kind in KINDS}) for row in rows]


def test_valid_files_import_with_all_their_components(files: Any, records_as: Any, weft_cast: Any) -> None:
    valid = [(path, counts) for path, counts in files if path.parent.name == "valid"]
    assert len(valid) == 34
    for path, counts in valid:
        found = read_calendar(path.read_bytes(), now=NOW)
        assert {kind: found.components[kind] for kind in KINDS} == counts, path.name
        # dates of RDATE are appointments of their own besides the component
        own = [one for one in found.events if "#" not in one.uid]
        assert len(own) == counts["VEVENT"] + counts["VTODO"], path.name
        assert {one.code for one in found.skipped} <= {"unsupported", "empty"}, path.name
        with records_as(weft_cast.user("employee"), write=True) as records:
            plan = plan_import(records, found)
            assert run_import(records, plan) == len({(one.uid, str(one.instead)) for one in found.events}), path.name
            assert plan_import(records, found).same == len(plan.fresh), path.name


def test_broken_files_name_what_is_wrong(files: Any, records_as: Any, weft_cast: Any) -> None:
    codes = {}
    for path, _counts in files:
        if path.parent.name != "broken":
            continue
        found = read_calendar(path.read_bytes(), now=NOW)
        assert found.problems and all(str(one.message) for one in found.problems), path.name
        codes[path.stem] = (len(found.events), {one.code for one in found.problems})
        with records_as(weft_cast.user("employee"), write=True) as records:
            assert run_import(records, plan_import(records, found)) == len(found.events)
    assert codes == {
        "big_bad_calendar": (0, {"no_start"}),
        "broken_dtstart": (0, {"bad_value", "no_start"}),
        "broken_ical": (0, {"bad_value", "no_start"}),
        "empty": (0, {"empty"}),
        "fuzz_testcase_0_char_in_component_name": (0, {"no_calendar"}),
        "fuzz_testcase_invalid_month": (0, {"no_calendar"}),
        "invalid_duration": (1, {"bad_value"}),
        "issue_104_broken_calendar": (1, {"broken_line"}),
        "issue_1081_invalid_rrule_freq": (1, {"bad_value"}),
        "issue_1081_invalid_start_and_end": (0, {"bad_value", "no_start"}),
        "parsing_error": (2, {"bad_value"}),
        "parsing_error_in_UTC_offset": (0, {"bad_value"}),
        "small_bad_calendar": (0, {"no_start"}),
    }


def test_what_was_cut_anywhere_never_crashes(files: Any) -> None:
    for path, _counts in files:
        data = path.read_bytes()
        for part in range(1, 20):
            read_calendar(data[: len(data) * part // 20], now=NOW)


def test_the_platform_writes_only_into_the_own_calendar(files: Any, records_as: Any, weft_cast: Any) -> None:
    path = next(path for path, _counts in files if path.name == "example.ics")
    lin, xu = weft_cast.user("employee"), weft_cast.user("employee")
    with records_as(lin, write=True) as records:
        run_import(records, plan_import(records, read_calendar(path.read_bytes(), now=NOW)))
    with records_as(xu) as records:
        assert records.query(EVENT).rows == []
        assert len(plan_import(records, read_calendar(path.read_bytes(), now=NOW)).fresh) == 3
