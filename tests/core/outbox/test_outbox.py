"""Events and jobs: written with the business transaction, delivered at least once, each receiver on its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from weft.core.db.tables import installation, outbox
from weft.core.outbox import delivery, queue, schedule
from weft.core.outbox.publishing import enqueue, publish
from weft.core.outbox.worker import Worker
from weft.core.registry.background import Job

pytestmark = pytest.mark.both_databases


def rows(runtime: Any, **match: Any) -> list[Any]:
    query = select(outbox).order_by(outbox.c.id)
    for name, value in match.items():
        query = query.where(outbox.c[name] == value)
    with runtime.db.read() as connection:
        return list(connection.execute(query))


def add_job(runtime: Any, payload: dict[str, Any] | None = None, **more: Any) -> int | None:
    with runtime.db.write() as connection:
        return enqueue(connection, "errand.run", payload or {}, now=runtime.clock(), **more)


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def test_a_rolled_back_transaction_leaves_no_job_and_no_event(weft_runtime: Any, calls: Any) -> None:
    with pytest.raises(RuntimeError), weft_runtime.db.write() as connection:
        enqueue(connection, "errand.run", {}, now=weft_runtime.clock())
        publish(connection, [("shop.order.paid", {})], now=weft_runtime.clock())
        raise RuntimeError("the business operation failed")
    assert rows(weft_runtime) == []
    assert Worker(weft_runtime).run_due() == 0


def test_a_job_runs_with_its_payload_and_is_done(weft_runtime: Any, calls: Any) -> None:
    add_job(weft_runtime, {"order": 7})
    assert Worker(weft_runtime).run_due() == 1
    assert calls("run") == [{"order": 7}]
    assert [(row.state, row.tries) for row in rows(weft_runtime)] == [("done", 1)]
    assert Worker(weft_runtime).run_due() == 0


def test_a_job_for_later_waits(weft_runtime: Any, calls: Any, moved_clock: Any) -> None:
    add_job(weft_runtime, run_at=weft_runtime.clock() + timedelta(minutes=5))
    assert Worker(weft_runtime).run_due() == 0
    moved_clock.move(minutes=6)
    assert Worker(weft_runtime).run_due() == 1


def test_the_same_key_is_queued_once_even_after_it_ran(weft_runtime: Any, calls: Any) -> None:
    assert add_job(weft_runtime, dedup_key="invoice-1") is not None
    assert add_job(weft_runtime, dedup_key="invoice-1") is None
    Worker(weft_runtime).run_due()
    assert add_job(weft_runtime, dedup_key="invoice-1") is None
    assert len(calls("run")) == 1


def test_every_receiver_gets_an_event_and_a_failing_one_stops_nobody(
    weft_runtime: Any, calls: Any, behaviour: dict[str, Any]
) -> None:
    def fail(_context: Any, _payload: Any) -> None:
        raise ValueError("no stock")

    behaviour["any"] = fail
    with weft_runtime.db.write() as connection:
        publish(connection, [("shop.order.paid", {"order": 3}), ("shop.order.sent", {})], now=weft_runtime.clock())
    Worker(weft_runtime).run_due()
    assert [payload["order"] for payload in calls("paid")] == [3]
    assert [payload["event"] for payload in calls("any")] == ["shop.order.paid", "shop.order.sent"]
    assert {row.state for row in rows(weft_runtime, kind="event")} == {"done"}
    failed = rows(weft_runtime, topic="errand.any")
    assert {row.state for row in failed} == {"failed"}
    assert "ValueError: no stock" in failed[0].last_error
    assert {row.state for row in rows(weft_runtime, topic="errand.paid")} == {"done"}


def test_only_the_receiver_that_failed_is_tried_again(
    weft_runtime: Any, calls: Any, behaviour: dict[str, Any], moved_clock: Any
) -> None:
    def fail_once(context: Any, _payload: Any) -> None:
        if context.tries == 1:
            raise ValueError("not yet")

    behaviour["any"] = fail_once
    with weft_runtime.db.write() as connection:
        publish(connection, [("shop.order.paid", {})], now=weft_runtime.clock())
    Worker(weft_runtime).run_due()
    moved_clock.move(seconds=6)
    Worker(weft_runtime).run_due()
    assert (len(calls("any")), len(calls("paid"))) == (2, 1)
    assert {row.state for row in rows(weft_runtime)} == {"done"}


def test_back_off_doubles_and_ends_after_eight_tries(
    weft_runtime: Any, calls: Any, behaviour: dict[str, Any], moved_clock: Any
) -> None:
    def fail(_context: Any, _payload: Any) -> None:
        raise ValueError("never")

    behaviour["run"] = fail
    number = add_job(weft_runtime)
    waits = []
    for _try in range(8):
        Worker(weft_runtime).run_due()
        row = rows(weft_runtime)[0]
        if row.state == "failed":
            waits.append((row.run_at - weft_runtime.clock()).total_seconds())
            moved_clock.move(seconds=waits[-1] + 0.001)
    assert waits == [5, 10, 20, 40, 80, 160, 320]
    assert (row.state, row.tries) == ("dead", 8)
    assert Worker(weft_runtime).run_due() == 0
    with weft_runtime.db.read() as connection:
        assert queue.counts(connection) == {"ready": 0, "running": 0, "failed": 0, "dead": 1}
        listed = queue.list_jobs(connection, states=("dead",))
    assert [(line.id, line.topic) for line in listed] == [(number, "errand.run")]
    behaviour.clear()
    with weft_runtime.db.write() as connection:
        assert queue.retry(connection, number, now=weft_runtime.clock())
        assert not queue.retry(connection, number, now=weft_runtime.clock())
    assert Worker(weft_runtime).run_due() == 1
    assert rows(weft_runtime)[0].state == "done"


def test_a_job_nobody_declares_fails_with_that_reason(weft_runtime: Any, calls: Any) -> None:
    with weft_runtime.db.write() as connection:
        enqueue(connection, "gone.job", {}, now=weft_runtime.clock())
    Worker(weft_runtime).run_due()
    assert "No running plugin declares the job gone.job" in rows(weft_runtime)[0].last_error


def test_a_receiver_with_five_errors_in_a_row_is_failing_until_it_works(
    weft_runtime: Any, calls: Any, behaviour: dict[str, Any], moved_clock: Any
) -> None:
    def fail(_context: Any, _payload: Any) -> None:
        raise ValueError("no stock")

    behaviour["paid"] = fail
    for number in range(5):
        with weft_runtime.db.read() as connection:
            assert delivery.failing_receivers(connection) == {}
        with weft_runtime.db.write() as connection:
            publish(connection, [("shop.order.paid", {"order": number})], now=weft_runtime.clock())
        Worker(weft_runtime).run_due()
    with weft_runtime.db.read() as connection:
        failing = delivery.failing_receivers(connection)
    assert failing["errand.paid"]["errors"] == 5
    assert failing["errand.paid"]["error"] == "ValueError: no stock"
    behaviour.clear()
    moved_clock.move(minutes=2)
    Worker(weft_runtime).run_due()
    with weft_runtime.db.read() as connection:
        assert delivery.failing_receivers(connection) == {}


def test_signals_reach_connected_receivers_and_an_error_stays_with_its_receiver(weft_runtime: Any, calls: Any) -> None:
    heard = []

    def broken(runtime: Any, event: Any) -> None:
        raise ValueError("deaf")

    def listening(runtime: Any, event: Any) -> None:
        heard.append(event["order"])

    signal = delivery.signals(weft_runtime).signal("shop.order.paid")
    signal.connect(broken)
    signal.connect(listening)
    with weft_runtime.db.write() as connection:
        publish(connection, [("shop.order.paid", {"order": 9})], now=weft_runtime.clock())
    Worker(weft_runtime).run_due()
    assert heard == [9]


def test_a_handler_writes_records_as_the_platform(weft_runtime: Any, calls: Any, behaviour: dict[str, Any]) -> None:
    def write(context: Any, _payload: Any) -> None:
        with context.records() as records:
            assert (records.principal.kind, records.door) == ("system", "job")
            records.enqueue("errand.hourly", {"from": "job"})

    behaviour["run"] = write
    add_job(weft_runtime)
    assert Worker(weft_runtime).run_due() == 2
    assert calls("hourly") == [{"from": "job"}]


# ---- leases


def test_a_row_whose_lease_ended_is_taken_over_and_its_first_worker_cannot_finish_it(
    weft_runtime: Any, calls: Any, moved_clock: Any
) -> None:
    add_job(weft_runtime)
    lease = timedelta(seconds=60)

    def claim(worker: str) -> list[Any]:
        with weft_runtime.db.write() as connection:
            return queue.claim(connection, now=weft_runtime.clock(), worker=worker, lease=lease)

    [first] = claim("one")
    assert claim("two") == []
    moved_clock.move(seconds=50)
    with weft_runtime.db.write() as connection:
        queue.extend(connection, [first.id], worker="one", until=weft_runtime.clock() + lease)
    moved_clock.move(seconds=50)
    assert claim("two") == []
    moved_clock.move(seconds=11)
    [second] = claim("two")
    assert (second.id, second.tries) == (first.id, 2)
    with weft_runtime.db.write() as connection:
        assert queue.finish(connection, [first.id], worker="one", now=weft_runtime.clock()) == 0
        assert queue.fail(connection, first, "late", worker="one", now=weft_runtime.clock()) is None
        assert queue.finish(connection, [second.id], worker="two", now=weft_runtime.clock()) == 1


def test_threads_run_each_job_once_and_are_woken_by_the_commit(weft_runtime: Any, calls: Any) -> None:
    worker = Worker(weft_runtime, threads=3, poll=30.0)  # without the call they would sleep for half a minute
    worker.start()
    try:
        time.sleep(0.3)
        for number in range(40):
            add_job(weft_runtime, {"n": number})
        assert wait_for(lambda: len(rows(weft_runtime, state="done")) == 40)
    finally:
        assert worker.stop(10)
    assert sorted(payload["n"] for payload in calls("run")) == list(range(40))


def test_a_handler_that_hangs_is_given_up_and_others_go_on(
    weft_runtime: Any, calls: Any, behaviour: dict[str, Any]
) -> None:
    release = threading.Event()
    behaviour["any"] = lambda _context, _payload: release.wait(20)
    worker = Worker(weft_runtime, threads=1, receiver_deadline=0.3, poll=0.05)
    with weft_runtime.db.write() as connection:
        publish(connection, [("shop.order.paid", {})], now=weft_runtime.clock())
    worker.start()
    try:
        assert wait_for(lambda: rows(weft_runtime, topic="errand.paid", state="done") != [])
        assert wait_for(lambda: rows(weft_runtime, topic="errand.any", state="failed") != [])
        assert "Took longer than 0.3 s" in rows(weft_runtime, topic="errand.any")[0].last_error
    finally:
        release.set()
        assert worker.stop(10)


def test_what_was_claimed_with_a_hanging_job_is_given_back_untouched(
    weft_runtime: Any, calls: Any, behaviour: dict[str, Any]
) -> None:
    release = threading.Event()

    def hang_at_twelve(_context: Any, payload: Any) -> None:
        if payload["n"] == 12:
            release.wait(20)

    behaviour["run"] = hang_at_twelve
    for number in range(30):
        add_job(weft_runtime, {"n": number})
    worker = Worker(weft_runtime, threads=1, job_deadline=0.5, poll=0.05)
    worker.start()
    try:
        assert wait_for(lambda: len(rows(weft_runtime, topic="errand.run", state="done")) == 29)
        [late] = rows(weft_runtime, topic="errand.run", state="failed")
        assert (late.payload, late.tries) == ({"n": 12}, 1)
    finally:
        release.set()
        assert worker.stop(10)
    assert sorted(payload["n"] for payload in calls("run")) == list(range(30))  # none twice
    assert {row.tries for row in rows(weft_runtime, topic="errand.run")} == {1}


# ---- schedules


def test_a_scheduled_job_has_one_row_and_runs_at_its_time(weft_runtime: Any, calls: Any, moved_clock: Any) -> None:
    moved_clock.set(datetime(2026, 3, 4, 10, 20, tzinfo=UTC))
    jobs = {key: job for key, job in weft_runtime.registry.jobs.items() if key == "errand.hourly"}
    for _time in range(3):
        schedule.ensure(weft_runtime.db, jobs, weft_runtime.clock())
    [row] = rows(weft_runtime, topic="errand.hourly")
    assert row.run_at == datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
    assert Worker(weft_runtime).run_due() == 0
    moved_clock.set(datetime(2026, 3, 4, 15, 5, tzinfo=UTC))  # nothing worked for hours: it is made up once
    schedule.ensure(weft_runtime.db, jobs, weft_runtime.clock())
    assert Worker(weft_runtime).run_due() == 1
    schedule.ensure(weft_runtime.db, jobs, weft_runtime.clock())
    with weft_runtime.db.read() as connection:
        [line] = schedule.scheduled(connection, jobs)
    assert line.last_run == datetime(2026, 3, 4, 15, 5, tzinfo=UTC)
    assert line.next_run == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    assert line.state == "ready"


def test_a_daily_job_follows_the_zone_of_the_company(weft_runtime: Any, calls: Any, moved_clock: Any) -> None:
    moved_clock.set(datetime(2026, 3, 4, 10, 0, tzinfo=UTC))
    jobs = {key: job for key, job in weft_runtime.registry.jobs.items() if key == "errand.daily"}
    schedule.ensure(weft_runtime.db, jobs, weft_runtime.clock())
    with weft_runtime.db.write() as connection:
        connection.execute(insert(installation).values(key="company", value={"zone": "Asia/Shanghai"}))
    schedule.ensure(weft_runtime.db, jobs, weft_runtime.clock())
    assert [row.run_at for row in rows(weft_runtime, topic="errand.daily")] == [
        datetime(2026, 3, 4, 18, 30, tzinfo=UTC)
    ]
    with weft_runtime.db.write() as connection:
        connection.execute(update(installation).where(installation.c.key == "company").values(value={"zone": "x/y"}))
    with weft_runtime.db.read() as connection:
        assert schedule.company_zone(connection) == ZoneInfo("UTC")


def test_a_daily_job_runs_once_on_days_when_clocks_change() -> None:
    job = Job("errand.daily", "Daily", lambda *_: None, at="02:30")
    zone = ZoneInfo("Europe/Amsterdam")
    spring = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    moments = []
    for _day in range(3):
        spring = schedule.next_run(job, spring, zone) or spring
        moments.append(spring.isoformat())
    assert moments == ["2026-03-29T01:30:00+00:00", "2026-03-30T00:30:00+00:00", "2026-03-31T00:30:00+00:00"]
    autumn = schedule.next_run(job, datetime(2026, 10, 24, 12, 0, tzinfo=UTC), zone)
    assert autumn == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert schedule.next_run(job, autumn, zone) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_old_rows_are_pruned_but_the_last_run_of_a_schedule_stays(
    weft_runtime: Any, calls: Any, moved_clock: Any
) -> None:
    jobs = {key: job for key, job in weft_runtime.registry.jobs.items() if key == "errand.hourly"}
    for _run in range(2):
        schedule.ensure(weft_runtime.db, jobs, weft_runtime.clock())
        moved_clock.move(hours=1)
        add_job(weft_runtime)
        Worker(weft_runtime).run_due()
    moved_clock.move(days=8)
    with weft_runtime.db.write() as connection:
        assert queue.prune(connection, weft_runtime.clock() - timedelta(days=7)) == 3
    assert [row.topic for row in rows(weft_runtime)] == ["errand.hourly"]
