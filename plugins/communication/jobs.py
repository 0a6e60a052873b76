"""Background work: announcements and news whose day has come, or has passed."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Job, JobContext, timedelta, translator
from weft.plugins.communication.services import announcements, news

_ = translator("communication")

__all__ = ["JOBS"]


def keep_up(context: JobContext, payload: Any) -> None:
    """Deliver what begins, also to people who joined since; show and hide news by their days."""
    with context.records() as records:
        announcements.deliver_due(records)
        news.refresh(records)


JOBS = [Job("communication.keep_up", _("Deliver announcements and news"), keep_up, every=timedelta(hours=1))]
