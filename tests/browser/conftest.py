"""A real browser on a real server: Debian's Chromium driven by Playwright, Weft over SQLite in a thread.

Pictures of every test go to ``test-results/`` (not tracked), to be laid beside the design's.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from waitress.server import create_server

from weft.core.cli.setup import ready
from weft.core.config import Settings
from weft.core.i18n import in_script, translator, use_locale
from weft.core.ops.boot import boot
from weft.core.ops.demo import make_demo
from weft.core.outbox import schedule
from weft.core.outbox.worker import Worker
from weft.core.testing.databases import unsynced

#: The one without a window takes a fifth less time; some Debians have only the whole browser.
BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in BROWSERS if path.exists()), BROWSERS[-1])
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

PLUGINS = (
    "communication", "crm", "documents", "finance", "hrm", "projects", "service", "workflow", "portal_employee",
    "portal_customer", "portal_supplier", "portal_distributor",
)  # fmt: skip
PASSWORD = "seven quiet herons"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser."""
    for item in items:
        if "browser" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, started once."""
    if not CHROMIUM.exists():
        pytest.skip("BROWSER NOT TESTED: there is no Chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    playwright.expect.set_options(timeout=30_000)  # of the whole process: pages wait for two cores here
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(weft_boot: Callable[..., Any], weft_plugins: list[Any]) -> Iterator[Any]:
    """A served installation: ``site.url``, ``site.runtime``."""

    class Site:
        pass

    found: Any = Site()
    found.runtime = weft_boot(*weft_plugins)
    with served(found.runtime) as found.url:
        yield found


@pytest.fixture
def cast(site: Any) -> Any:
    """The people of a test."""
    from weft.core.testing.people import Cast

    return Cast(site.runtime)


@pytest.fixture
def make(cast: Any) -> Callable[..., Any]:
    """``make("crm.account", name="X")`` creates a record as the platform."""

    def create(entity: str, *, owner: int | None = None, **values: Any) -> Any:
        with cast.records("system", write=True) as records:
            return records.create(entity, values, owner=owner)

    return create


@pytest.fixture
def pictures(checkout: Path) -> Path:
    """The folder of screenshots."""
    folder = checkout / "test-results" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _note(answer: Any) -> None:
    print(answer.request.method, answer.url, answer.status, answer.headers.get("hx-trigger", ""))


@pytest.fixture
def open_page(chromium: Any, site: Any, request: pytest.FixtureRequest, pictures: Path) -> Iterator[Callable[..., Any]]:
    """``open_page(user_id, "/employee/", width=360, scheme="dark")``: a signed-in page.

    A page that reports an error of a script, or of the content policy, fails its test.
    """
    from weft.core.identity import sessions, users
    from weft.core.web import cookies

    contexts: list[Any] = []
    problems: list[str] = []
    pages: list[Any] = []

    def start(user_id: int | None, path: str = "/", *, width: int = 1440, scheme: str = "light") -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 800 if width < 600 else 900}, color_scheme=scheme,
            has_touch=width < 600, reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        if user_id is not None:
            with site.runtime.db.write() as connection:
                audience = users.find(connection, user_id).audience
                opened = sessions.create(connection, user_id, audience, now=site.runtime.clock())
            name = cookies.session_cookie(site.runtime.settings, audience)
            context.add_cookies([{"name": name, "value": opened.token, "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None,
        )
        # What the server answered to writes: shown by pytest when the test fails.
        page.on("response", lambda answer: _note(answer) if answer.request.method == "POST" else None)
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        pages.append(page)
        return page

    yield start
    for number, page in enumerate(pages):
        page.screenshot(path=str(pictures / f"{request.node.name.split('[')[0]}-{number}.png"))
    for context in contexts:
        context.close()
    assert problems == []


# ---- the demo company


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a demo company made today, shared by all workers of the run: making it takes half a minute."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder, lock = shared / "journey-demo", shared / "journey-demo.lock"
    with _alone(lock):
        if not (folder / "made").exists():
            folder.mkdir(exist_ok=True)
            runtime = _boot(folder)
            os.environ["WEFT_DEMO_PASSWORD"] = PASSWORD
            try:
                make_demo(runtime)
            finally:
                del os.environ["WEFT_DEMO_PASSWORD"]
                runtime.db.dispose()
            (folder / "made").touch()
    return folder


class _alone:
    """A file that one process holds at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_error: object) -> None:
        self._file.close()


def _settings(folder: Path) -> Settings:
    return Settings(home=folder, database_url=f"sqlite:///{folder / 'weft.sqlite3'}", secret_key="journey" * 8)


def _boot(folder: Path) -> Any:
    os.environ["WEFT_PLUGINS"] = ",".join(PLUGINS)
    try:
        settings = _settings(folder)
        ready(settings)
        runtime = boot(settings)
        unsynced(runtime)
        return runtime
    finally:
        del os.environ["WEFT_PLUGINS"]


class Company:
    """The served demo.

    Attributes:
        url: where it is served.
        runtime: the installation.
        people: sign-in name -> user id.
    """

    def __init__(self, runtime: Any, url: str) -> None:
        from sqlalchemy import select

        from weft.core.identity.tables import app_user

        self.runtime, self.url = runtime, url
        with runtime.db.read() as connection:
            rows = connection.execute(select(app_user.c.id, app_user.c.email)).all()
        self.people = {row.email.partition("@")[0]: row.id for row in rows}

    def settle(self) -> None:
        """Let the background work that is due be done and the next be planned, as the worker beside a server does."""
        schedule.ensure(self.runtime.db, self.runtime.registry.jobs, self.runtime.clock())
        Worker(self.runtime, threads=1).run_due()

    def records(self, who: str, write: bool = False) -> Any:
        """A unit of work of a person, for looking behind the screen."""
        from weft.core.identity import principals, users
        from weft.core.records import unit

        with self.runtime.db.read() as connection:
            user = users.find(connection, self.people[who])
            principal = principals.load(connection, self.runtime, user.id, user.audience)
        return (unit.writing if write else unit.reading)(self.runtime, principal)

    def agree(self, who: str) -> None:
        """Let a person have agreed to the present terms of their portal, as after their first sign-in."""
        from weft.core.portal import terms

        with self.records(who, write=True) as records:
            portal = records.principal.audience
            asked = terms.missing(records.connection, self.runtime, records.principal, portal)
            if asked:
                terms.agree(records, portal, {kind: text.version for kind, text in asked.items()})

    def name(self, who: str, locale: str) -> str:
        """A person's name as a viewer of that language reads it."""
        from weft.core.identity.people import people

        with self.runtime.db.read() as connection:
            person = people(connection, [self.people[who]])[self.people[who]]
        return in_script(person.name, person.name_alt, locale)[0]


@contextmanager
def served(runtime: Any) -> Iterator[str]:
    """Serve an installation from a thread while the block lasts; gives its address."""
    from weft.core.web.app import create_app

    server: Any = create_server(lambda environ, start: app(environ, start), host="127.0.0.1", port=0, threads=4)
    url = f"http://127.0.0.1:{server.effective_port}"
    runtime.settings = runtime.settings.with_changes(public_url=url)
    app = create_app(runtime)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        # Closed by the server's own thread: sockets closed under its select() would end it with an error.
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(map=server._map, ignore_all=True))
        thread.join(timeout=5)
        assert not thread.is_alive()
        server.task_dispatcher.shutdown(timeout=2)


@contextmanager
def demo_served(made_demo: Path, folder: Path) -> Iterator[Company]:
    """A copy of the demo in a folder of its own, served while the block lasts."""
    shutil.copytree(made_demo, folder)
    runtime = _boot(folder)
    try:
        with served(runtime) as url:
            yield Company(runtime, url)
    finally:
        runtime.db.dispose()


@pytest.fixture(scope="session")
def serve_demo(made_demo: Path) -> Callable[[Path], AbstractContextManager[Company]]:
    """``with serve_demo(folder) as company:`` a demo company of one's own, for a test or for a module."""
    return lambda folder: demo_served(made_demo, folder)


def sign_in(company: Company, context: Any, who: str, locale: str, *, agreed: bool = True) -> None:
    """Give a browser profile the session of a person who has chosen a language and agreed to the portal's terms."""
    from weft.core.identity import sessions, users
    from weft.core.web import cookies

    with company.runtime.db.write() as connection:
        audience = users.find(connection, company.people[who]).audience
        users.update_user(connection, company.people[who], locale=locale)
        opened = sessions.create(connection, company.people[who], audience, now=company.runtime.clock())
    if agreed:
        company.agree(who)
    name = cookies.session_cookie(company.runtime.settings, audience)
    context.add_cookies([{"name": name, "value": opened.token, "url": company.url}])


@pytest.fixture(scope="session")
def signed_in() -> Callable[..., None]:
    """``signed_in(company, context, "sales", "zh")`` signs a person of the demo in to a browser profile."""
    return sign_in


@pytest.fixture(scope="session")
def say() -> Callable[..., str]:
    """``say("zh", "Log contact")``: a text of the CRM as that language has it, ``domain="core"`` for the platform's."""

    def find(locale: str, text: str, context: str = "", *, domain: str = "crm", **slots: Any) -> str:
        mark = translator(domain)
        with use_locale(locale):
            found = str(mark(text, context) if context else mark(text))
        return found % slots if slots else found

    return find
