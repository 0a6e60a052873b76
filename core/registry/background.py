"""What plugins declare that runs without a page: jobs, receivers of events, commands. Frozen data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from weft.core.i18n import Text

__all__ = ["Command", "Job", "Subscriber"]


@dataclass(frozen=True, slots=True)
class Command:
    """A command line command: a :mod:`click` command, mounted as ``weft <plugin> <name>``."""

    name: str
    command: Any


@dataclass(frozen=True, slots=True)
class Job:
    """Background work.

    Attributes:
        key: ``crm.recycle_pools``.
        label: words on screen.
        handler: ``handler(context, payload)``; must be idempotent, runs at least once.
        every: interval of a scheduled job, or None for jobs that are only enqueued.
        at: local time ``HH:MM`` of a daily job.
    """

    key: str
    label: Text
    handler: Callable[..., Any]
    every: timedelta | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A receiver of events after commit: ``handler(context, event)``; ``event`` may end in ``*``.

    Attributes:
        key: kept with what waits in the queue; the plugin's key and the handler's name when empty.
        label: what it does, as an administrator reads it on the page of jobs.
    """

    event: str
    handler: Callable[..., Any]
    key: str = ""
    label: Text = ""
