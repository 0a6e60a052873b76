"""Run as a process by ``test_killed_worker``: claims the job and holds on to it until it is killed."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from weft.core.config import Settings
from weft.core.ops.boot import boot
from weft.core.outbox.worker import Worker
from weft.core.sdk import Job, Plugin, hookimpl


def hold(_context: Any, _payload: Any) -> None:
    """Say that the job runs and never end."""
    sys.stdout.write("running\n")
    sys.stdout.flush()
    time.sleep(600)


class ErrandPlugin(Plugin):
    """The same job as in the test's own process, with a handler that hangs."""

    key, title, api = "errand", "Errand", ">=1,<2"

    @hookimpl
    def weft_jobs(self) -> Any:
        return [Job("errand.run", "Run", hold)]


if __name__ == "__main__":
    settings = Settings(home=Path(sys.argv[1]), database_url=sys.argv[2], secret_key="k" * 40)
    runtime = boot(settings, plugins=[ErrandPlugin])
    Worker(runtime, threads=1, lease=timedelta(seconds=2), poll=0.1).run_forever()
