"""A worker that is killed inside a job loses nothing: another one runs the job again after the lease."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from weft.core.db.tables import outbox
from weft.core.outbox.publishing import enqueue
from weft.core.outbox.worker import Worker
from weft.core.registry.runtime import utc_now

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]


def test_a_job_of_a_killed_worker_is_run_again(weft_runtime: Any, calls: Any) -> None:
    weft_runtime.clock = utc_now
    with weft_runtime.db.write() as connection:
        enqueue(connection, "errand.run", {"n": 1}, now=utc_now())
    url = weft_runtime.db.engine.url.render_as_string(hide_password=False)
    script = Path(__file__).with_name("errand_worker.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(weft_runtime.settings.home), url], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        own = Worker(weft_runtime, lease=timedelta(seconds=2))
        time.sleep(3)  # longer than the lease: signs of life keep the job with the other worker
        own.run_due()  # the platform's own jobs may be due meanwhile
        assert calls("run") == []
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        own.run_due()
        assert calls("run") == []
        ends = time.monotonic() + 10
        while not calls("run") and time.monotonic() < ends:
            time.sleep(0.2)
            own.run_due()
    finally:
        process.kill()
        process.communicate()
    assert calls("run") == [{"n": 1}]
    with weft_runtime.db.read() as connection:
        row = connection.execute(select(outbox).where(outbox.c.topic == "errand.run")).one()
    assert (row.state, row.tries) == ("done", 2)
