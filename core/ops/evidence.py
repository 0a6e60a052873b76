"""What the doctor finds out about the seal of the history and about the bytes of files."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from weft.core.files.store import store_of
from weft.core.files.tables import file
from weft.core.ops.doctor import DOCTOR_SERVICE, Finding
from weft.core.records import sealing
from weft.core.registry.runtime import Runtime

__all__ = ["broken_seals", "install", "missing_contents"]

_EXAMPLES = 5


def install(runtime: Runtime) -> None:
    """Let the doctor ask these checks too."""
    checks: list[Callable[[Runtime], list[Finding]]] = runtime.services.setdefault(DOCTOR_SERVICE, [])
    checks += [broken_seals, missing_contents]


def broken_seals(runtime: Runtime) -> list[Finding]:
    """Batches of the history that are not as they were sealed."""
    with runtime.db.read() as connection:
        problems = sealing.verify(connection)
    remedy = "Compare the history with a backup: somebody changed it in the database."
    return [Finding("broken_seal", problem, remedy) for problem in problems]


def missing_contents(runtime: Runtime) -> list[Finding]:
    """Files whose bytes are neither in the store nor in its trash."""
    store = store_of(runtime)
    with runtime.db.read() as connection:
        rows = connection.execute(select(file.c.sha256, file.c.id).where(file.c.trashed_at.is_(None))).all()
    present: dict[str, bool] = {}
    gone = [row.id for row in rows if not present.setdefault(row.sha256, store.holds(row.sha256))]
    if not gone:
        return []
    shown = ", ".join(map(str, gone[:_EXAMPLES]))
    return [Finding("missing_content", f"{len(gone)} files have no bytes: {shown}", "Restore the files of a backup.")]
