"""Prepared statements of a process: made once per shape, executed with each request's values."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ARRAY, JSON, BigInteger, ColumnElement, CursorResult, Select, any_, bindparam, func, select
from sqlalchemy import column as sql_column

from weft.core.access.moments import Word
from weft.core.access.slots import filled
from weft.core.registry.runtime import Runtime

__all__ = ["Plans", "Statement", "among", "plans_of"]

_T = TypeVar("_T")
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Statement:
    """A prepared statement and the principal's parameters it needs."""

    sql: Select[Any]
    used: Mapping[str, Word | None] = field(default_factory=dict)

    def run(self, ctx: Any, **values: Any) -> CursorResult[Any]:
        """Execute it with what it needs of a context and further values."""
        found: CursorResult[Any] = ctx.connection.execute(self.sql, {**filled(self.used, ctx), **values})
        return found


class Plans:
    """A small thread-safe store of the most recently used statements.

    Keys hold no value of any request and no id of any principal; a statement therefore serves everybody with the same
    rules, and every execution must supply all parameters.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """The plan of a key, made when it is new."""
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
                return found  # type: ignore[no-any-return]
        made = make()
        with self._lock:
            self._found[key] = made
            while len(self._found) > _MOST:
                self._found.popitem(last=False)
        return made


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """``column`` is one of the ids in the list parameter ``name``; one parameter, so that the text stays the same."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(BigInteger)))
    items = func.json_each(bindparam(name, type_=JSON())).table_valued(sql_column("value", BigInteger()))
    return column.in_(select(items.c.value))


def plans_of(runtime: Runtime) -> Plans:
    """The store of a runtime."""
    found: Plans | None = runtime.services.get("records.plans")
    if found is None:
        found = runtime.services["records.plans"] = Plans()
    return found
