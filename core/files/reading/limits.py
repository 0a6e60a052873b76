"""What the child process that reads files may use. Imported by both sides, so it imports nothing heavy."""

from __future__ import annotations

from typing import Any

__all__ = ["MAX_INPUT", "MAX_PAGES", "MAX_TEXT", "SECONDS", "apply"]

#: Bytes of a file that are read at all, of its text, and seconds it may take.
MAX_INPUT = 100 * 1024 * 1024
MAX_TEXT = 1_000_000
SECONDS = 20
#: Pages of a PDF whose words are read.
MAX_PAGES = 500
_MEMORY = 768 * 1024 * 1024
_OUTPUT = 32 * 1024 * 1024


def apply() -> None:
    """Give up what reading does not need: memory, time, files, further processes. Not on Windows, which has no such."""
    try:
        import resource
    except ImportError:
        return
    wanted: list[tuple[str, int]] = [
        ("RLIMIT_AS", _MEMORY), ("RLIMIT_CPU", SECONDS), ("RLIMIT_FSIZE", _OUTPUT), ("RLIMIT_NOFILE", 64),
        ("RLIMIT_CORE", 0),
    ]  # fmt: skip
    for name, value in wanted:
        kind: Any = getattr(resource, name, None)
        if kind is not None:
            _soft, hard = resource.getrlimit(kind)
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (most, most))
