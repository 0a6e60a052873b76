"""Fixtures for tests of Weft and of plugins, installed with Weft (entry point ``pytest11``).

Imports of Weft stand inside the fixtures: this module is loaded by every run of pytest where Weft is installed.

Which plugins a test runs with is said by, in this order: an override of the fixture ``weft_plugins`` (a list of
classes), the marker ``@pytest.mark.weft_plugins("crm", FleetPlugin)``, the ini option ``weft_plugins``. Nothing else
that is installed is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from weft.core.plugin.base import Plugin
    from weft.core.records.facade import Records
    from weft.core.records.values import Row
    from weft.core.registry.runtime import Runtime
    from weft.core.testing.client import WeftClient
    from weft.core.testing.clock import MovedClock
    from weft.core.testing.counting import Counted
    from weft.core.testing.databases import Databases
    from weft.core.testing.events import CapturedEvents
    from weft.core.testing.people import Cast
    from weft.core.testing.plugins import Stage


# ---- configuration


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options in the ini file."""
    parser.addini("weft_plugins", "Keys of the plugins that tests run with.", type="args", default=[])
    parser.addini("weft_guard", "Refuse connections to other machines.", type="bool", default=True)


def pytest_configure(config: pytest.Config) -> None:
    """Describe the markers."""
    for line in (
        "weft_plugins(*plugins): run with these plugins, named by key or class",
        "both_databases: run on SQLite and, where a server was named, on PostgreSQL",
        "network: may reach other machines",
        "postgres: needs a PostgreSQL server (WEFT_TEST_POSTGRES_URL)",
    ):
        config.addinivalue_line("markers", line)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests marked ``both_databases`` or ``postgres`` their dialects."""
    if "weft_dialect" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    on_postgres = pytest.param("postgresql", marks=pytest.mark.postgres)
    dialects: list[Any] = ["sqlite"]
    if "both_databases" in marks:
        dialects.append(on_postgres)
    elif "postgres" in marks:
        dialects = [on_postgres]
    metafunc.parametrize("weft_dialect", dialects, indirect=True)


# ---- databases and runtimes


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Compile each template, address and statement once in a session, not once per test."""
    from weft.core.testing.shared import shared_addresses, shared_statements
    from weft.core.testing.templates import SharedTemplates
    from weft.core.web import templating

    templating.compiled = SharedTemplates()
    with shared_addresses(), shared_statements():
        yield
    templating.compiled = None


@pytest.fixture(scope="session")
def weft_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Templates and copies of databases of this session."""
    from weft.core.testing.databases import Databases

    made = Databases(tmp_path_factory.mktemp("weft-templates"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def _postgres_problem() -> str:
    from weft.core.testing.databases import postgres_problem

    return postgres_problem()


@pytest.fixture
def weft_dialect(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgresql``; without a server the latter is skipped, in CI it fails."""
    dialect: str = request.param
    if dialect == "postgresql":
        problem: str = request.getfixturevalue("_postgres_problem")
        if problem and os.environ.get("CI") == "true":
            pytest.fail(f"CI must test on PostgreSQL: {problem}")
        if problem:
            pytest.skip(f"no PostgreSQL: {problem}")
    return dialect


@pytest.fixture
def weft_plugins(request: pytest.FixtureRequest) -> list[type[Plugin]]:
    """Classes of the plugins this test runs with; override it in a module or class."""
    from weft.core.testing.plugins import named

    marker = request.node.get_closest_marker("weft_plugins")
    wanted = marker.args if marker is not None else request.config.getini("weft_plugins")
    return named(wanted)


@pytest.fixture
def weft_stage() -> Iterator[Stage]:
    """Puts the tables of exactly the plugins of this test in place: ``weft_stage.enter(classes)``."""
    from weft.core.testing.plugins import Stage

    stage = Stage()
    yield stage
    stage.leave()


@pytest.fixture
def weft_boot(
    weft_databases: Databases, weft_dialect: str, weft_stage: Stage, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Runtime]]:
    """``weft_boot(*plugin_classes)`` starts one more installation on an empty database of its own."""
    started: list[Runtime] = []

    def start(*plugins: type[Plugin]) -> Runtime:
        classes = weft_stage.enter(plugins)
        runtime = weft_databases.runtime(weft_dialect, classes, tmp_path_factory.mktemp("weft"))
        started.append(runtime)
        return runtime

    yield start
    for runtime in started:
        weft_databases.drop(runtime)


@pytest.fixture
def weft_runtime(weft_boot: Callable[..., Runtime], weft_plugins: list[type[Plugin]]) -> Runtime:
    """A running installation with the test's plugins on an empty database; what a test commits is gone after it."""
    runtime = weft_boot(*weft_plugins)
    failed = {key: why.reason for key, why in runtime.plugins.quarantined.items()}
    assert not failed, f"plugins of this test are quarantined: {failed}"
    return runtime


@pytest.fixture
def stub_entity_type() -> Callable[..., type[Plugin]]:
    """``stub_entity_type("hrm.employee", traits=["core.person"])``: a stand-in for an entity of an absent plugin.

    Returns a plugin class for ``weft_boot``; in a ``weft_plugins`` override import the function of the same name
    from :mod:`weft.core.testing.stubs`.
    """
    from weft.core.testing.stubs import stub_entity_type as make

    return make


@pytest.fixture
def moved_clock(weft_runtime: Runtime) -> MovedClock:
    """The runtime's clock, standing still at a Monday morning until ``moved_clock.move(days=1)``."""
    from weft.core.testing.clock import MovedClock

    clock = MovedClock()
    weft_runtime.clock = clock
    return clock


# ---- people and records


@pytest.fixture
def weft_cast(weft_runtime: Runtime) -> Cast:
    """Users and units: ``weft_cast.user("crm.sales_rep", units=[...])``, ``weft_cast.unit("Sales")``."""
    from weft.core.testing.people import Cast

    return Cast(weft_runtime)


@pytest.fixture
def records_as(weft_cast: Cast) -> Callable[..., AbstractContextManager[Records]]:
    """``with records_as("crm.sales_rep", write=True) as records:`` opens a unit of work.

    Who: a role (its one user in this test), a user id, a Principal, ``"system"`` or ``"anonymous"``.
    """
    return weft_cast.records


@pytest.fixture
def make_record(weft_cast: Cast) -> Callable[..., Row]:
    """``make_record("crm.account", name="X", owner=user_id)`` creates a record as the platform and returns its row."""

    def make(entity: str, *, owner: int | None = None, unit: int | None = None, **values: Any) -> Row:
        with weft_cast.records("system", write=True) as records:
            return records.create(entity, values, owner=owner, unit=unit)

    return make


@pytest.fixture
def link(weft_cast: Cast) -> Callable[..., Any]:
    """``link("core.linked", a, b, label="supplier")`` links two records (ids or rows) as the platform."""

    def make(relation: str, source: Any, target: Any, **attributes: Any) -> Any:
        ends = [end if isinstance(end, int) else end["id"] for end in (source, target)]
        with weft_cast.records("system", write=True) as records:
            return records.link(relation, *ends, attributes=attributes or None)

    return make


@pytest.fixture
def captured_events(weft_runtime: Runtime) -> CapturedEvents:
    """Events written in this test: ``captured_events.keys()``, ``captured_events.of("crm.account.created")``."""
    from weft.core.testing.events import CapturedEvents

    return CapturedEvents(weft_runtime)


@pytest.fixture
def query_count(weft_runtime: Runtime) -> Callable[..., AbstractContextManager[Counted]]:
    """``with query_count(at_most=6) as counted:`` counts statements; more fail the test with their list."""
    from weft.core.testing.counting import counting

    def count(at_most: int | None = None) -> AbstractContextManager[Counted]:
        return counting(weft_runtime, at_most)

    return count


# ---- pages and programs


@pytest.fixture
def weft_app(weft_runtime: Runtime) -> Any:
    """The Flask application over the test's runtime."""
    from weft.core.testing.client import WeftClient
    from weft.core.web.app import create_app

    app = create_app(weft_runtime, testing=True)
    app.test_client_class = WeftClient
    return app


@pytest.fixture
def client_as(weft_app: Any, weft_cast: Cast, weft_runtime: Runtime) -> Callable[..., WeftClient]:
    """``client_as("employee")`` is a browser signed in as the user of a role (or a user id); None is a visitor."""
    from weft.core.testing.client import sign_in

    def client(who: str | int | None) -> WeftClient:
        if who is None:
            visitor: WeftClient = weft_app.test_client()
            return visitor
        return sign_in(weft_app, weft_runtime, who if isinstance(who, int) else weft_cast.user_of(who))

    return client


@pytest.fixture
def api_as(weft_app: Any, weft_cast: Cast, weft_runtime: Runtime) -> Callable[..., dict[str, str]]:
    """``api_as("crm.sales_rep")`` gives the headers of a program with a token of that user."""
    from weft.core.testing.client import api_headers

    def headers(who: str | int, **wishes: Any) -> dict[str, str]:
        return api_headers(weft_runtime, who if isinstance(who, int) else weft_cast.user_of(who), **wishes)

    return headers


# ---- guards


@pytest.fixture
def mailbox(weft_runtime: Runtime) -> Any:
    """Mails sent in this test, instead of being sent: ``mailbox.messages``, ``mailbox.to("a@b.example")``."""
    from weft.core.mail.mailer import Mailbox

    box = Mailbox()
    weft_runtime.services["mailer"] = box
    return box


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections to other machines fail the test, unless it is marked ``network``."""
    from weft.core.testing.guards import refuse_network

    if request.config.getini("weft_guard") and request.node.get_closest_marker("network") is None:
        refuse_network(monkeypatch)
