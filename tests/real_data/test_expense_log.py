"""The log of 10,357 expense claims of a university becomes cases and their steps; counts are those of its README.

Time per step and per case, as the report of the product tells them, equal a plain computation over the file.
"""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from statistics import mean, median

import pytest
from lxml import etree

from weft.plugins.workflow.services import chains, durations, processes

CASE, TASK = "workflow.case", "workflow.task"
SENT = "Declaration SUBMITTED by EMPLOYEE"
pytestmark = pytest.mark.weft_plugins("documents", "workflow", "portal_employee")
_STATUS = {"REJECTED": "rejected", "SAVED": "returned"}


@pytest.fixture
def log(data_file):
    """Claims in the order of the file: (name, amount, [(activity, moment)])."""
    found = []
    with gzip.open(data_file("event-logs", "DomesticDeclarations.xes.gz")) as text:
        parser = etree.iterparse(text, tag="{*}trace", resolve_entities=False, no_network=True)
        for _event, trace in parser:
            events = []
            amount = Decimal(0)
            for one in trace.iterfind("{*}event"):
                told = {part.get("key"): part.get("value") for part in one}
                moment = datetime.fromisoformat(told["time:timestamp"]).astimezone(UTC)
                events.append((told["concept:name"], moment))
                amount = Decimal(told["(case)_Amount"]).quantize(Decimal("0.01"))
            name = next(part.get("value") for part in trace if part.get("key") == "concept:name")
            found.append((name, amount, events))
            trace.clear()
    return found


def test_the_log_is_what_its_readme_says(log):
    counted = Counter(activity for _name, _amount, events in log for activity, _moment in events)
    assert (len(log), sum(counted.values()), len(counted)) == (10_357, 55_628, 14)
    assert counted[SENT] == 11_371 and counted["Declaration FINAL_APPROVED by SUPERVISOR"] == 9_999
    assert counted["Request Payment"] == 9_914 and counted["Payment Handled"] == 9_912
    assert counted["Declaration REJECTED by ADMINISTRATION"] == 936
    assert counted["Declaration REJECTED by SUPERVISOR"] == 286


def _status(activity):
    return next((state for word, state in _STATUS.items() if word in activity), "agreed")


def _rows(log, process, version):
    """Cases, and of each its steps; what the employee sends is no decision."""
    cases = [
        {"name": name, "process": process, "version_of": version, "about_kind": "documents.contract",
         "amount": {"amount": str(amount), "currency": "EUR"}, "created_at": events[0][1], "ended_at": events[-1][1],
         "status": "rejected" if _status(events[-1][0]) == "rejected" else "approved"}
        for name, amount, events in log
    ]  # fmt: skip

    def steps(case, name, events):
        for place, (activity, moment) in enumerate(events):
            yield {"name": name, "case": case, "process": process, "step": f"step{place}", "step_name": activity,
                   "step_name_alt": activity, "kind": "choose" if activity == SENT else "decide",
                   "status": _status(activity), "place": place + 1,
                   "opened_at": events[max(place - 1, 0)][1], "decided_at": moment}  # fmt: skip

    return cases, steps


def _load(records_as, log):
    chain = {"key": "claims.history", "title": "Claims of the university", "entity": "documents.contract",
             "start": {"on": "api"},
             "steps": [{"key": "one", "title": "Supervisor", "who": {"kind": "unit_head"}}]}  # fmt: skip
    with records_as("system", write=True) as records:
        process, version = processes.save(records, chains.clean(records, chain))
        cases, steps = _rows(log, process, version)
        ids = records.load(CASE, cases).created
        tasks = [row for number, (name, _amount, events) in zip(ids, log, strict=True)
                 for row in steps(number, name, events)]  # fmt: skip
        for start in range(0, len(tasks), 5_000):
            records.load(TASK, tasks[start : start + 5_000])
    return process


def test_claims_load_and_the_report_equals_a_plain_computation(log, weft_runtime, records_as, client_as):
    process = _load(records_as, log)
    plain: dict[str, list[float]] = {}
    for _name, _amount, events in log:
        for before, (activity, moment) in pairwise(events):
            if activity != SENT:
                plain.setdefault(activity, []).append((moment - before[1]).total_seconds() / 3600)
    with records_as("system") as records:
        counts = {name: records.query(name, fields=(), limit=1, count="exact").count.value for name in (CASE, TASK)}
        assert counts == {CASE: 10_357, TASK: 55_628}
        by_status = {line["status"]: line["count"] for line in records.aggregate(CASE, group=("status",))}
        assert by_status == Counter(_status(events[-1][0]) if _status(events[-1][0]) == "rejected" else "approved"
                                    for _name, _amount, events in log)  # fmt: skip
        steps = {step.name: step.hours for step in durations.steps_by_name(records, {})}
        whole = next(hours for ref, hours in durations.cases_by_process(records, {}).items() if ref.id == process)
    first = [activity for _name, _amount, events in log for activity, _moment in events[:1] if activity != SENT]
    for activity in {*plain, *first}:
        told = steps[activity]
        expected = plain.get(activity, []) + [0.0] * first.count(activity)
        assert len(told) == len(expected), activity
        assert mean(told) == pytest.approx(mean(expected)) and median(told) == pytest.approx(median(expected))
    spans = [(events[-1][1] - events[0][1]).total_seconds() / 3600 for _name, _amount, events in log]
    assert len(whole) == 10_357 and mean(whole) == pytest.approx(mean(spans))
    assert median(whole) == pytest.approx(median(spans))

    page = client_as("workflow.keeper").get("/employee/workflow/step-times?period=all").text
    for text in ("Declaration FINAL_APPROVED by SUPERVISOR", "9,999", "10,357", f"{median(spans) / 24:.1f}"):
        assert text in page, text


def test_the_variants_are_those_of_the_readme(log):
    """What was kept in the order of its steps: 90 ways, the three most frequent as known."""
    ways = Counter(tuple(activity for activity, _moment in events) for _name, _amount, events in log)
    assert len(ways) == 90
    assert [number for _way, number in ways.most_common(3)] == [4_566, 2_411, 1_392]
