"""Names of time zones. Python reads the whole folder of zones each time it is asked for them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

__all__ = ["time_zones"]


@cache
def time_zones() -> frozenset[str]:
    """The keys of all zones this installation knows, such as ``Europe/Amsterdam``."""
    return frozenset(available_timezones())
