"""How often a token may call (600 a minute), and how often an address may try tokens that do not exist (60 a minute).

Counted in this process, or in Redis where one is configured, so that several workers share the counts.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

from weft.core.errors import ConfigError, RateLimited
from weft.core.i18n import translator

__all__ = ["FAILURES_PER_MINUTE", "PER_MINUTE", "Counter", "Limits", "counter_of"]

_ = translator("core")

PER_MINUTE = 600
FAILURES_PER_MINUTE = 60
_MINUTE = 60
_MOST_KEYS = 10_000


class Counter(Protocol):
    """Counts by key in windows of time."""

    def hit(self, key: str, limit: int, seconds: int = _MINUTE) -> bool:
        """Count one; False when there were more than ``limit`` in this window."""

    def full(self, key: str, limit: int) -> bool:
        """True when the limit is reached, without counting."""


class _OwnCounter:
    """Counts in this process: one number per key and minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[float, int]] = {}  # key -> (end of its window, count)

    def hit(self, key: str, limit: int, seconds: int = _MINUTE) -> bool:
        now = time.monotonic()
        with self._lock:
            end, count = self._counts.get(key, (0.0, 0))
            if now >= end:
                end, count = now + seconds, 0
            self._counts[key] = end, count + 1
            if len(self._counts) > _MOST_KEYS:
                self._counts = {k: (until, n) for k, (until, n) in self._counts.items() if now < until}
        return count < limit

    def full(self, key: str, limit: int) -> bool:
        end, count = self._counts.get(key, (0.0, 0))
        return count >= limit and time.monotonic() < end


class _SharedCounter:
    """Counts in Redis, for all workers together."""

    def __init__(self, url: str) -> None:
        from limits.errors import ConfigurationError
        from limits.storage import storage_from_string
        from limits.strategies import FixedWindowRateLimiter

        try:
            self._strategy = FixedWindowRateLimiter(storage_from_string(url))
        except ConfigurationError as error:
            raise ConfigError(f"WEFT_REDIS_URL cannot be used: {error}") from error

    def hit(self, key: str, limit: int, seconds: int = _MINUTE) -> bool:
        from limits import RateLimitItemPerSecond

        return self._strategy.hit(RateLimitItemPerSecond(limit, seconds, "weft"), key)

    def full(self, key: str, limit: int) -> bool:
        from limits import RateLimitItemPerSecond

        return not self._strategy.test(RateLimitItemPerSecond(limit, _MINUTE, "weft"), key)


def counter_of(redis_url: str | None) -> Counter:
    """Counts in Redis for all workers, without one in this process.

    Raises:
        ConfigError: the Redis client is not installed.
    """
    return _SharedCounter(redis_url) if redis_url else _OwnCounter()


class Limits:
    """Counters of one application.

    Args:
        redis_url: shared storage, None to count in this process.

    Raises:
        ConfigError: the Redis client is not installed.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        self._counter = counter_of(redis_url)

    def hit(self, token_id: int) -> None:
        """Count one call of a token; raises ``RateLimited`` when there were too many."""
        if not self._counter.hit(f"token:{token_id}", PER_MINUTE):
            raise RateLimited(str(_("This token has called too often; wait a minute.")), retry_after=60)

    def check_address(self, address: str) -> None:
        """Refuse an address that tried too many wrong tokens."""
        if self._counter.full(f"address:{address}", FAILURES_PER_MINUTE):
            raise RateLimited(str(_("Too many wrong tokens; wait a minute.")), retry_after=60)

    def failed(self, address: str) -> None:
        """Count a wrong token."""
        self._counter.hit(f"address:{address}", FAILURES_PER_MINUTE)
