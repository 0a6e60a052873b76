"""A clock that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["MovedClock"]


class MovedClock:
    """Stands still until it is moved; give it to ``Runtime.clock``.

    Args:
        start: aware moment it shows at first.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 3, 16, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    @property
    def now(self) -> datetime:
        """The moment it shows, aware UTC."""
        return self._now

    def move(self, **parts: float) -> datetime:
        """Move on by ``days=``, ``hours=``, ``minutes=`` ... (negative goes back); returns the new moment."""
        self._now += timedelta(**parts)
        return self._now

    def set(self, moment: datetime) -> datetime:
        """Show this aware moment from now on."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        self._now = moment.astimezone(UTC)
        return self._now
