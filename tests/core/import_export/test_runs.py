"""Imports in the background: queued with the file, worked on by the worker, counted, with a fault file, never twice."""

from __future__ import annotations

import io
from typing import Any

import pytest

from weft.core.errors import Denied, NotFound
from weft.core.import_export import runs
from weft.core.import_export.options import ImportOptions
from weft.core.outbox.delivery import JobContext

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.both_databases]

TEXT = b"name,payment_days\nGood,1\nBad,many\nFine,2\n"


@pytest.fixture
def queued(weft_runtime: Any, records_as: Any) -> int:
    address = runs.keep_source(weft_runtime, io.BytesIO(TEXT))
    with records_as("crm.sales_manager", write=True) as records:
        return runs.start(
            records, "crm.account", address, "firms.csv", mapping={}, key="name", options=ImportOptions(), total=3
        )


def work(runtime: Any, number: int) -> None:
    runtime.registry.jobs[runs.JOB].handler(JobContext(runtime, f"import:{number}", 1), {"run": number})


def test_the_job_imports_and_tells_what_it_did(queued: int, weft_runtime: Any, records_as: Any) -> None:
    with records_as("crm.sales_manager") as records:
        waiting = runs.find(records, queued)
        assert (waiting.state, waiting.total, waiting.file_name) == ("waiting", 3, "firms.csv")
    work(weft_runtime, queued)
    with records_as("crm.sales_manager") as records:
        done = runs.find(records, queued)
        assert (done.state, done.total, done.created, done.faulty) == ("done", 3, 2, 1)
        with runs.faults(records, queued) as stream:
            assert "Bad,many" in stream.read().decode("utf-8-sig")
        assert [run.id for run in runs.imports(records)] == [queued]
    with records_as("crm.sales_manager", write=True) as records:
        records.undo(done.change_set_id)
        assert records.query("crm.account").rows == []


def test_a_job_that_runs_again_imports_nothing_twice(queued: int, weft_runtime: Any, records_as: Any) -> None:
    work(weft_runtime, queued)
    work(weft_runtime, queued)
    with records_as("crm.sales_manager") as records:
        assert len(records.query("crm.account").rows) == 2
        assert len(records.history(records.query("crm.account").rows[0].id)) == 1


def test_a_file_that_cannot_be_read_fails_with_its_reason(weft_runtime: Any, records_as: Any) -> None:
    address = runs.keep_source(weft_runtime, io.BytesIO(b"PK\x03\x04rubbish"))
    with records_as("crm.sales_manager", write=True) as records:
        number = runs.start(records, "crm.account", address, "x.xlsx", mapping={}, key=None, options=ImportOptions())
    work(weft_runtime, number)
    with records_as("crm.sales_manager") as records:
        failed = runs.find(records, number)
        assert failed.state == "failed"
        assert failed.message


def test_runs_are_ones_own(queued: int, weft_runtime: Any, records_as: Any) -> None:
    work(weft_runtime, queued)
    with records_as("crm.sales_rep") as records:
        assert runs.imports(records) == []
        for look in (runs.find, runs.faults):
            with pytest.raises(NotFound):
                look(records, queued)
    with records_as("core.admin") as records:
        assert [run.id for run in runs.imports(records)] == [queued]
        with pytest.raises(NotFound):
            runs.faults(records, queued)  # what somebody sent stays theirs
    with records_as("employee", write=True) as records, pytest.raises(Denied):
        runs.start(records, "crm.account", "0" * 64, "x.csv", mapping={}, key=None, options=ImportOptions())


def test_old_files_are_forgotten(queued: int, weft_runtime: Any, records_as: Any, moved_clock: Any) -> None:
    work(weft_runtime, queued)
    moved_clock.set(weft_runtime.clock())
    moved_clock.move(days=40)
    assert runs.clear_old(weft_runtime) == 1
    with records_as("crm.sales_manager") as records:
        found = runs.find(records, queued)
        assert (found.source, found.errors, found.created) == (None, None, 2)
    with pytest.raises(NotFound):
        runs.open_source(weft_runtime, "0" * 64, "x.csv")
