"""How often a token may call (600 a minute), and how often an address may try tokens that do not exist (60 a minute).

Counted in this process, or in Redis where one is configured, so that several workers share the counts.
"""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from weft.core.errors import ConfigError, RateLimited
from weft.core.i18n import translator

__all__ = ["FAILURES_PER_MINUTE", "PER_MINUTE", "Limits"]

_ = translator("core")

PER_MINUTE = 600
FAILURES_PER_MINUTE = 60


class Limits:
    """Counters of one application.

    Args:
        redis_url: shared storage, None to count in this process.

    Raises:
        ConfigError: the Redis client is not installed.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        try:
            storage = storage_from_string(redis_url or "memory://")
        except ConfigurationError as error:
            raise ConfigError(f"WEFT_REDIS_URL cannot be used: {error}") from error
        self._strategy = FixedWindowRateLimiter(storage)
        self._calls = RateLimitItemPerMinute(PER_MINUTE, 1, "api")
        self._failures = RateLimitItemPerMinute(FAILURES_PER_MINUTE, 1, "api-failure")

    def hit(self, token_id: int) -> None:
        """Count one call of a token; raises ``RateLimited`` when there were too many."""
        if not self._strategy.hit(self._calls, str(token_id)):
            raise RateLimited(str(_("This token has called too often; wait a minute.")), retry_after=60)

    def check_address(self, address: str) -> None:
        """Refuse an address that tried too many wrong tokens."""
        if not self._strategy.test(self._failures, address):
            raise RateLimited(str(_("Too many wrong tokens; wait a minute.")), retry_after=60)

    def failed(self, address: str) -> None:
        """Count a wrong token."""
        self._strategy.hit(self._failures, address)
