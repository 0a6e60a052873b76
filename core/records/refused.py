"""How a converter refuses a value; shared by :mod:`weft.core.records.kinds` and its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weft.core.i18n import Text

__all__ = ["MAX_ID", "Converter", "Refused"]

#: Ids and whole numbers stay below this, so that every JSON reader keeps them exact.
MAX_ID = 2**53
#: Turns an API value or a Python value into the Python value; None for empty ones.
Converter = Callable[[Any], Any]


class Refused(Exception):
    """A value cannot be taken.

    Args:
        code: stable machine word of :class:`weft.core.errors.FieldError`.
        message: one sentence that says how to mend it.
    """

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
