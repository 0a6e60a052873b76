"""One world for all tests of rights: every installed plugin, and stand-ins for the rules that none of them uses."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import pytest
import structlog

from tests.security.doors import Doors, Report
from tests.security.estate import EstatePlugin
from tests.security.filling import build
from tests.security.world import World
from weft.core.plugin.base import ENTRY_POINT_GROUP, Plugin
from weft.core.testing.plugins import Stage
from weft.core.web.logs import configure_logs


def installed() -> list[type[Plugin]]:
    """The plugins a run is about: all, or those that ``WEFT_MATRIX_PLUGINS`` names."""
    points = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: one.name)
    only = os.environ.get("WEFT_MATRIX_PLUGINS", "").split(",")
    wanted = [one for one in points if only == [""] or one.name in only or one.name.startswith("portal_")]
    return [point.load() for point in wanted if point.value.startswith("weft.")]


@pytest.fixture(scope="package", autouse=True)
def quiet() -> Iterator[None]:
    """Tens of thousands of requests need no line each."""
    configure_logs()  # as the first application of a process does: what is put back afterwards is then the usual
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.configure(**before)


@pytest.fixture(scope="package")
def runtime(weft_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An empty installation with everything that is installed."""
    stage = Stage()
    classes = stage.enter([*installed(), EstatePlugin])
    started = weft_databases.runtime("sqlite", classes, tmp_path_factory.mktemp("weft"))
    assert not started.plugins.quarantined, started.plugins.quarantined
    yield started
    weft_databases.drop(started)
    stage.leave()


@pytest.fixture(scope="package")
def world(runtime: Any) -> World:
    """Two firms and everybody who may look at them; made once, for nothing that a test does stays in it."""
    return build(runtime)


@pytest.fixture(scope="package")
def entrance(world: World) -> Iterator[Doors]:
    """All doors of the world, with everybody signed in: opening them takes longer than most tests."""
    patch = pytest.MonkeyPatch()
    made = Doors(world, patch)
    yield made
    made.close()
    patch.undo()


@pytest.fixture
def doors(entrance: Doors) -> Doors:
    """All doors, with nothing found yet."""
    entrance.report = Report()
    return entrance
