"""What rows and changes hold."""

from __future__ import annotations

from typing import Any

__all__ = ["ref_id"]


def ref_id(value: Any) -> int | None:
    """Id of a reference, as a row or a change has it."""
    if value is None or value == "":
        return None
    return int(getattr(value, "id", value))
