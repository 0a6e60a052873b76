"""The two applications as gunicorn loads them; ``bench.http`` sets their environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

__all__ = ["bare_app", "weft_app"]


def weft_app() -> Any:
    """Weft with the CRM on the benchmark's database."""
    from weft.core.config import Settings
    from weft.core.ops.boot import boot
    from weft.core.web.app import create_app
    from weft.plugins.crm.plugin import CrmPlugin
    from weft.portals.employee.portal import EmployeePortal

    settings = Settings(
        home=Path(os.environ["BENCH_HOME"]), database_url=os.environ["BENCH_URL"], secret_key="bench" * 10
    )
    runtime = boot(settings, plugins=[CrmPlugin, EmployeePortal])
    app = create_app(runtime)
    runtime.db.dispose()
    return app


def bare_app() -> Any:
    """The yardstick."""
    from bench.bare_app import make

    return make()
