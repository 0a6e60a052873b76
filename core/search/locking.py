"""A lock between processes by the operating system: it is gone when its process is."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["FileLock"]

_PAUSE = 0.05


class FileLock:
    """A lock file.

    Args:
        path: the file, made at need; it stays.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def held(self, wait: float = 0.0) -> Iterator[bool]:
        """Hold the lock inside the block; yields False when another process has it after ``wait`` seconds."""
        descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            until = time.monotonic() + wait
            while not (got := _try(descriptor)) and time.monotonic() < until:
                time.sleep(_PAUSE)
            yield got
        finally:
            os.close(descriptor)  # which releases it


if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
