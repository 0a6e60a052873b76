"""Background work of forecast and targets: what is open is written down every night, so that slippage shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Job, translator
from weft.plugins.crm.services import planning

_ = translator("crm")


def take_snapshot(context: Any, payload: Mapping[str, Any]) -> None:
    """Keep what is open for each month, once per day, and let go of old days."""
    with context.records() as records:
        system = records.system("crm: snapshot of the forecast")
        day = system.now.astimezone(system.zone).date()
        planning.take_snapshot(system, day)
        planning.thin_snapshots(system, day)


JOBS: list[Any] = [Job("crm.forecast.snapshot", _("Keep the day's forecast"), take_snapshot, at="23:30")]
SUBSCRIBERS: list[Any] = []
