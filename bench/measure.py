"""Timing: two functions turn by turn, medians of CPU and wall time, ratio of one to the other."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the report; times in milliseconds, ``ratio`` = Weft to bare SQL."""

    name: str
    weft: float
    bare: float
    target: float | None = None
    limit_ms: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """Weft's time in multiples of the bare one."""
        return self.weft / self.bare if self.bare else float("inf")

    @property
    def met(self) -> bool | None:
        """True when the target holds; None without a target."""
        if self.target is None and self.limit_ms is None:
            return None
        by_ratio = self.target is not None and self.ratio <= self.target
        by_time = self.limit_ms is not None and self.weft <= self.limit_ms
        return by_ratio or by_time


def compare(
    weft: Callable[[], Any],
    bare: Callable[[], Any],
    *,
    rounds: int = 60,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Median milliseconds of both, run turn by turn after a warm-up; ``time.thread_time`` as clock measures CPU."""
    for _number in range(5):
        weft(), bare()
    gc.collect()
    gc.disable()
    ours, theirs = [], []
    try:
        for _number in range(rounds):
            ours.append(_timed(weft, clock))
            theirs.append(_timed(bare, clock))
    finally:
        gc.enable()
    return statistics.median(ours), statistics.median(theirs)


def _timed(function: Callable[[], Any], clock: Callable[[], float]) -> float:
    began = clock()
    function()
    return (clock() - began) * 1000
