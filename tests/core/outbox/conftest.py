"""A plugin with jobs and receivers that do what a test tells them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from weft.core.plugin.base import Plugin

#: What handlers were called with: (name, payload, tries).
CALLS: list[tuple[str, dict[str, Any], int]] = []
#: Name -> function that a handler calls before it ends.
BEHAVIOUR: dict[str, Any] = {}


def handler(name: str) -> Any:
    """A handler that notes its call and does what the test set for it."""

    def handle(context: Any, payload: dict[str, Any]) -> None:
        CALLS.append((name, payload, context.tries))
        BEHAVIOUR.get(name, lambda _context, _payload: None)(context, payload)

    return handle


def _plugin() -> type[Plugin]:
    from weft.core.sdk import Job, Plugin, Subscriber, hookimpl

    class ErrandPlugin(Plugin):
        key, title, api = "errand", "Errand", ">=1,<2"

        @hookimpl
        def weft_jobs(self) -> Any:
            return [
                Job("errand.run", "Run", handler("run")),
                Job("errand.hourly", "Hourly", handler("hourly"), every=timedelta(hours=1)),
                Job("errand.daily", "Daily", handler("daily"), at="02:30"),
            ]

        @hookimpl
        def weft_subscribers(self) -> Any:
            return [
                Subscriber("shop.order.*", handler("any"), key="errand.any"),
                Subscriber("shop.order.paid", handler("paid"), key="errand.paid"),
            ]

    return ErrandPlugin


_made: list[Any] = []


@pytest.fixture
def weft_plugins() -> list[type[Plugin]]:
    """The plugin of these tests, made once per process."""
    if not _made:
        _made.append(_plugin())
    return list(_made)


@pytest.fixture
def calls() -> Any:
    """The calls of this test, by handler: ``calls("paid") -> [payload, ...]``."""
    CALLS.clear()
    BEHAVIOUR.clear()
    yield lambda name: [payload for called, payload, _tries in CALLS if called == name]
    BEHAVIOUR.clear()


@pytest.fixture
def behaviour() -> dict[str, Any]:
    """Set ``behaviour["paid"] = function(context, payload)``."""
    return BEHAVIOUR
