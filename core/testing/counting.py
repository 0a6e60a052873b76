"""Count the statements a block sends, so that a query per row cannot slip in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = ["Counted", "counting"]


@dataclass(slots=True)
class Counted:
    """Statements sent in a block, in order; ``BEGIN``, ``COMMIT`` and pragmas are not among them."""

    statements: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many statements were sent."""
        return len(self.statements)

    def matching(self, part: str) -> list[str]:
        """Those that contain a text, in any case."""
        return [statement for statement in self.statements if part.lower() in statement.lower()]


@contextmanager
def counting(runtime: Runtime, at_most: int | None = None) -> Iterator[Counted]:
    """Record the statements of a block.

    Args:
        at_most: fail when more are sent; the message lists them.
    """
    from sqlalchemy import event

    counted = Counted()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SET ")):
            counted.statements.append(statement)

    event.listen(runtime.db.engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(runtime.db.engine, "before_cursor_execute", note)
    if at_most is not None and counted.number > at_most:
        listed = "\n".join(f"{place}. {statement}" for place, statement in enumerate(counted.statements, 1))
        raise AssertionError(f"{counted.number} statements were sent, at most {at_most} are expected:\n{listed}")
