"""What is compiled once per process although every test makes an installation of its own: addresses and statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from weft.core.db import engine as engines

__all__ = ["SharedStatements", "shared_addresses", "shared_statements"]


class SharedStatements:
    """Compiled SQL of all engines of one kind.

    SQLAlchemy keeps compiled statements by dialect object, so engines that share them also share that.

    Args:
        capacity: number of statements kept.
    """

    def __init__(self, capacity: int = 4_000) -> None:
        self._compiled: LRUCache[Any, Any] = LRUCache(capacity)
        self._dialects: dict[str, Any] = {}

    def share(self, engine: Engine) -> Engine:
        """Let an engine that has not connected yet use what the ones before it have compiled."""
        engine.dialect = self._dialects.setdefault(engine.url.drivername, engine.dialect)
        engine.update_execution_options(compiled_cache=self._compiled)
        return engine


@contextmanager
def shared_statements() -> Iterator[None]:
    """While the block lasts, new engines of Weft share their compiled statements."""
    kept, module = SharedStatements(), cast(Any, engines)
    made = module.create_engine
    module.create_engine = lambda *args, **options: kept.share(made(*args, **options))
    try:
        yield
    finally:
        module.create_engine = made


@contextmanager
def shared_addresses() -> Iterator[None]:
    """While the block lasts, the function that writes the address of a route is compiled once per route."""
    compiled: dict[Any, Any] = {}
    routes: Any = Rule  # how a rule is compiled is not part of werkzeug's types
    compile_one = routes._compile_builder

    def compile_once(rule: Any, append_unknown: bool = True) -> Any:
        # The function is made from these alone; the rule it belongs to is its first argument.
        if rule.defaults:
            return compile_one(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = compile_one(rule, append_unknown)
        return compiled[key]

    routes._compile_builder = compile_once
    try:
        yield
    finally:
        routes._compile_builder = compile_one
