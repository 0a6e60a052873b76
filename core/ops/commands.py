"""What commands of plugins work with: the installation of the settings, for the length of the command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from weft.core.config import load_settings
from weft.core.outbox.delivery import JobContext

__all__ = ["command_context"]


@contextmanager
def command_context(name: str) -> Iterator[JobContext]:
    """A context with ``runtime`` and ``records()``, as jobs get it; plugins that do not run are told on stderr.

    Args:
        name: of the command, kept as the key of its work.

    Raises:
        StorageNotReady: the database needs ``weft db upgrade``.
    """
    from weft.core.ops.boot import boot

    runtime = boot(load_settings())
    for one in runtime.plugins.quarantined.values():
        sys.stderr.write(f"The plugin {one.key} is not running ({one.stage}): {one.reason}\n")
    try:
        yield JobContext(runtime, f"command:{name}", 1)
    finally:
        runtime.db.dispose()
