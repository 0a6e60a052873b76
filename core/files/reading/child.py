"""Asks a child process what is in a file: its words, a rendering of it, or a picture of a page.

Parsers of office files and PDF are large and their input is anybody's: they never run in a process of the server. The
child gets the bytes on its standard input, no environment, and limits of memory, time and output (``limits``); whatever
goes wrong there is one of the reasons below here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from typing import IO, Any

import structlog

from weft.core.files.reading.limits import MAX_INPUT, SECONDS

__all__ = ["REASONS", "Answer", "ask"]

_log = structlog.get_logger(__name__)

#: Why a file cannot be read: it is locked by a password, broken, too large, took too long, has no words (a scan), or is
#: of a kind that nothing here reads.
REASONS = ("password", "damaged", "large", "slow", "empty", "kind", "busy")
#: Children at the same time; further ones wait so many seconds for a place.
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child said.

    Attributes:
        reason: empty, or one of :data:`REASONS`.
        data: by task: ``text``; ``kind``, ``html``, ``pages``; ``image`` (base64), ``text``.
    """

    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def ask(task: str, media_type: str, handle: IO[bytes], size: int, **options: int) -> Answer:
    """Let a child process read a file.

    Args:
        task: ``text``, ``show`` or ``page``.
        media_type: as found when the file came in.
        handle: its bytes.
        size: how many they are.
        options: numbers for the task (``number`` and ``width`` of a page).
    """
    if size > MAX_INPUT:
        return Answer("large")
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        return Answer("busy")
    try:
        return _run(task, media_type, handle, options)
    finally:
        _AT_ONCE.release()


def _run(task: str, media_type: str, handle: IO[bytes], options: dict[str, int]) -> Answer:
    command = [sys.executable, "-I", "-m", "weft.core.files.reading.worker", task, media_type, json.dumps(options)]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        while piece := handle.read(256 * 1024):
            given.write(piece)
        given.flush()
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603  (our own interpreter and module; the arguments are no user's words)
                command, stdin=given, stdout=said, stderr=subprocess.DEVNULL, env={"PYTHONUTF8": "1"},
                timeout=SECONDS + 10, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Answer("slow")
        said.seek(0)
        try:
            found = json.load(said)
        except ValueError:  # killed by a limit, or by its input
            _log.info("files.reading_failed", task=task, media_type=media_type, code=done.returncode)
            return Answer("slow" if done.returncode in (-24, -9) else "damaged")
    return Answer(str(found.pop("reason", "")), found)
