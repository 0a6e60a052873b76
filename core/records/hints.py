"""What one request learned about the way to a list, for the next ones of the same person.

Every way gives the same rows; a hint only spares the looks that choose between them. It is forgotten after a while,
since the records behind it change.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from weft.core.registry.runtime import Runtime

__all__ = ["Hint", "Hints", "hints_of"]

#: Seconds a hint is trusted.
_TRUSTED = 300.0
#: Seconds of a walk that make the other way worth a try.
_SLOW = 0.004
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Hint:
    """How large the rule's set and the filter's were, and how a walk went.

    Attributes:
        sizes: of both sets, each cut at the cap; None when nobody has counted.
        countable: False when only a walk over a table could find the rule's set.
        far: a short walk did not fill the page.
        hopeless: nor did a long one.
        walked, listed: seconds that a page took by a long walk and by looking up and sorting the whole set.
    """

    sizes: tuple[int, int] | None = None
    countable: bool = True
    far: bool = False
    hopeless: bool = False
    walked: float | None = None
    listed: float | None = None

    @property
    def other_way(self) -> bool:
        """The whole set was faster than the walk."""
        return self.walked is not None and self.listed is not None and self.listed < self.walked

    @property
    def to_try(self) -> bool:
        """The walk was slow, and nobody knows whether the whole set is faster."""
        return self.walked is not None and self.walked > _SLOW and self.listed is None

    def budgets(self, short: int, long: int) -> tuple[int, ...]:
        """The walks that are worth trying."""
        return () if self.hopeless else (long,) if self.far else (short, long)


class Hints:
    """A small thread-safe store of hints."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[float, Hint]] = OrderedDict()

    def get(self, key: Hashable) -> Hint | None:
        """What is known under a key, None when that is nothing or too old."""
        with self._lock:
            ends, found = self._found.get(key, (0.0, None))
        return found if time.monotonic() < ends else None

    def put(self, key: Hashable, hint: Hint) -> None:
        """Remember something; the oldest is forgotten first."""
        with self._lock:
            self._found[key] = time.monotonic() + _TRUSTED, hint
            self._found.move_to_end(key)
            while len(self._found) > _MOST:
                self._found.popitem(last=False)


def hints_of(runtime: Runtime) -> Hints:
    """The store of a runtime."""
    found: Hints | None = runtime.services.get("records.hints")
    if found is None:
        found = runtime.services["records.hints"] = Hints()
    return found
