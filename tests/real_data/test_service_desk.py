"""The log of a service desk: 890 incidents with 5,998 updates become requests; figures are those of its README."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from weft.core.sdk import every
from weft.core.testing.clock import MovedClock
from weft.plugins.service.services import reports

REQUEST = "service.request"
_PRIORITY = {"1": "urgent", "2": "high", "3": "normal", "4": "low"}
_ACTIONS = {
    "New": "", "Active": "resume", "Awaiting User Info": "wait", "Awaiting Problem": "resume",
    "Awaiting Vendor": "resume", "Awaiting Evidence": "wait", "Resolved": "solve", "Closed": "close",
}  # fmt: skip
pytestmark = pytest.mark.weft_plugins("crm", "service", "portal_employee")


@pytest.fixture(scope="module")
def incidents(real_data):
    """Number of an incident -> its updates in order."""
    found = defaultdict(list)
    path = real_data / "service-desk" / "incident_event_log_slice.csv"
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            found[row["number"]].append(row)
    return found


def moment(text):
    return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=UTC)


def test_the_file_is_what_its_readme_says(incidents):
    assert len(incidents) == 890 and sum(map(len, incidents.values())) == 5998
    states = Counter(row["incident_state"] for rows in incidents.values() for row in rows)
    assert states["New"] == 1638 and states["Awaiting User Info"] == 910


def test_all_incidents_load_and_the_report_counts_what_was_kept(incidents, weft_runtime, records_as):
    """What another system judged in time stays so: its due time is imported with the request."""
    rows = []
    for number, updates in incidents.items():
        last = updates[-1]
        solved = moment(last["resolved_at"]) if last["resolved_at"] != "?" else moment(last["closed_at"])
        rows.append(
            {"subject": f"{number} {last['category']}", "description": last["u_symptom"], "channel": "file",
             "priority": _PRIORITY[last["priority"][0]], "asked_at": moment(last["opened_at"]), "status": "closed",
             "first_response_at": moment(updates[min(1, len(updates) - 1)]["sys_updated_at"]),
             "resolved_at": solved, "closed_at": moment(last["closed_at"]),
             "due_at": solved if last["made_sla"] == "TRUE" else moment(last["opened_at"]),
             "reopened": int(last["reopen_count"])}
        )  # fmt: skip
    with records_as("system", write=True) as records:
        assert len(records.load(REQUEST, rows).created) == 890
    with records_as("service.lead") as records:
        whole = next(iter(reports.keeping(records, None, None).values()))
        assert whole.judged == 890 and whole.over == 0
        assert abs(whole.kept - 495) <= 5  # solved in the minute it was opened counts as in time
        reopened = records.query(REQUEST, fields=(), filters={"reopened__gt": "0"}, limit=1, count="exact").count
        assert reopened is not None and reopened.value == 10
        assert {line["status"]: line["count"] for line in records.aggregate(REQUEST, group=("status",))} == {
            "closed": 890
        }


def test_the_life_of_all_incidents_runs_through_the_actions(incidents, weft_runtime, records_as):
    """Each of the 5,998 updates with the clock of the log: what it does to the request, and how all end."""
    seen, waited = 0, set()
    for number, updates in incidents.items():
        weft_runtime.clock = clock = MovedClock(moment(updates[0]["opened_at"]))
        with records_as("system", write=True) as records:
            request = records.create(REQUEST, {"subject": number, "asked_at": clock()}).id
        state = "New"
        for row in updates:
            seen += 1
            if row["incident_state"] == state:
                continue  # a note, another assignee: the state of the request stays
            state = row["incident_state"]
            clock.set(max(moment(row["sys_updated_at"]), clock()))
            with records_as("system", write=True) as records:
                if _follow(records, request, state):
                    waited.add(request)
    assert seen == 5998
    with records_as("system") as records:
        found = {row["id"]: row for row in every(records, REQUEST, None, {})}
    assert len(found) == 890
    for row in found.values():
        assert row["status"] == "closed" and row["closed_at"] is not None and row["due_at"] > row["asked_at"]
        assert row["asked_at"] <= row["resolved_at"] <= row["closed_at"]
        assert (row["stopped_minutes"] or 0) >= 0
    assert any(found[number]["stopped_minutes"] > 0 for number in waited)


def _follow(records, request, state):
    """Bring a request to the state of an update; True when it waited for the customer."""
    name = _ACTIONS[state]
    now = records.get(REQUEST, request)["status"]
    if now in ("solved", "closed") and name in ("resume", "wait"):
        records.act(f"{REQUEST}.reopen", request, {"reason": ""})
        now = "open"
    wanted = {"resume": "open", "wait": "waiting", "solve": "solved", "close": "closed"}.get(name)
    if wanted is not None and now != wanted and not (now == "closed" and wanted == "solved"):
        records.act(f"{REQUEST}.{name}", request, {"answer": ""} if name == "solve" else {})
    return name == "wait"
