"""The parameters of row rules: what of a principal enters a statement, by fixed names.

A statement made once holds no values: every execution supplies them, so one user's ids can never serve another. Where a
caller wants an expression for its own statement, the values go in at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.types import TypeEngine

from weft.core.access.moments import Moment, Word

__all__ = ["Slots", "moment_of", "now_of", "slot_values"]

_PREFIX = "w_"


def now_of(ctx: Any) -> datetime:
    """The moment of a context: its own, or the runtime's clock."""
    found: datetime | None = getattr(ctx, "now", None)
    return found if found is not None else ctx.runtime.clock()


def moment_of(ctx: Any) -> Moment:
    """Who asks and when."""
    principal = ctx.principal
    return Moment(now_of(ctx), principal.zone, principal.user_id if principal.whose is None else principal.whose)


class Slots:
    """Makes the parameters of one statement.

    Args:
        ctx: takes the values from this context at once; None leaves them to each execution (see :meth:`values`).
    """

    __slots__ = ("_given", "_moment", "used")

    def __init__(self, ctx: Any = None) -> None:
        self._given = None if ctx is None else slot_values(ctx)
        self._moment = None if ctx is None else moment_of(ctx)
        self.used: dict[str, Word | None] = {}

    def get(self, name: str, kind: TypeEngine[Any], *, expanding: bool = False) -> BindParameter[Any]:
        """The parameter ``user``, ``owners``, ``units``, ``tree``, ``anchors`` or ``now``."""
        self.used[name] = None
        if self._given is None:
            return bindparam(_PREFIX + name, type_=kind, expanding=expanding)
        return bindparam(None, self._given[name], type_=kind, unique=True, expanding=expanding)

    def word(self, word: Word, kind: TypeEngine[Any]) -> BindParameter[Any]:
        """The parameter of a word such as ``today+7``."""
        name = f"{word.form}_{word.text}".replace("+", "_plus_").replace("-", "_minus_")
        self.used[name] = word
        if self._moment is None:
            return bindparam(_PREFIX + name, type_=kind)
        return bindparam(None, word.value(self._moment), type_=kind, unique=True)

    def bind(self, value: Any, kind: TypeEngine[Any], expanding: bool) -> Any:
        """The parameter of a value of a condition: constants keep theirs."""
        if isinstance(value, Word):
            return self.word(value, kind)
        return bindparam(None, value, type_=kind, unique=True, expanding=expanding)

    def values(self, ctx: Any) -> dict[str, Any]:
        """Values of the parameters used, by their names in the statement."""
        return filled(self.used, ctx)


def filled(used: Mapping[str, Word | None], ctx: Any) -> dict[str, Any]:
    """Values for the parameters a statement used."""
    given = slot_values(ctx)
    return {_PREFIX + name: given[name] if word is None else word.value(moment_of(ctx)) for name, word in used.items()}


def slot_values(ctx: Any) -> dict[str, Any]:
    """What row rules may need of a principal."""
    principal = ctx.principal
    owners = [*([principal.user_id] if principal.user_id is not None else []), *principal.acts_for]
    return {
        "user": principal.user_id,
        "owners": owners,
        "units": list(principal.units),
        "tree": list(principal.unit_tree),
        "anchors": list(principal.anchors),
        "now": now_of(ctx),
    }
