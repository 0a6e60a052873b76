"""The job that reads the words of a file and has the records that have it indexed anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.files import words
from weft.core.outbox.publishing import enqueue
from weft.core.search import pending

__all__ = ["read_job"]

_MOST_TRIES = 5


def read_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job ``core.files.read``: harmless when it runs again. A file that took too long is tried a few times later.

    Without a file (every hour) it looks for content that nobody read yet, such as that of before an upgrade.
    """
    runtime = context.runtime
    if "file" not in payload:
        for one in words.unread(runtime):
            read_job(context, {"file": one, "tries": _MOST_TRIES})
        return
    number = int(payload["file"])
    found = words.read_words(runtime, number)
    tries = int(payload.get("tries", 0))
    with runtime.db.write() as connection:
        if found is not None and found.reason in words.AGAIN:
            if tries < _MOST_TRIES:
                enqueue(connection, words.READ_JOB, {"file": number, "tries": tries + 1}, now=context.now)
            return
        pending.mark(connection, words.holders(runtime, connection, number), now=context.now)
