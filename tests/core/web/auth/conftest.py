"""Browsers and people of the sign-in pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from weft.core.identity import passwords
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.declarations import PortalSpec
from weft.core.registry.runtime import Runtime
from weft.core.testing.client import WeftClient
from weft.core.testing.people import Cast

Visit = Callable[[], WeftClient]
#: Password of :func:`person`.
GOOD = "tulips under rain"


class OfficePlugin(Plugin):
    """Two portals, so that their addresses exist."""

    key, title, api = "office", "Office", ">=1,<2"
    package = "tests"

    @hookimpl
    def weft_portals(self) -> list[PortalSpec]:
        return [PortalSpec("employee", "employee", "Employees"), PortalSpec("supplier", "supplier", "Suppliers")]


@pytest.fixture
def weft_plugins() -> list[type[Plugin]]:
    return [OfficePlugin]


@pytest.fixture
def browser(client_as: Callable[[None], WeftClient]) -> Visit:
    """Makes browsers in which nobody is signed in."""
    return lambda: client_as(None)


@pytest.fixture
def mail_set_up(weft_runtime: Runtime) -> None:
    """The installation has a mail server; nothing is sent, the worker does not run."""
    weft_runtime.settings = weft_runtime.settings.with_changes(mail_url="smtp://127.0.0.1?from=weft@test.example")


@pytest.fixture
def person(weft_runtime: Runtime, weft_cast: Cast) -> int:
    """``lin@test.example`` with the password :data:`GOOD`."""
    user = weft_cast.user("employee", email="lin@test.example", name="Lin Shutong")
    with weft_runtime.db.write() as conn:
        passwords.set_password(conn, user, GOOD, now=weft_runtime.clock())
    return user
