"""A real browser on a real server: Debian's Chromium driven by Playwright, Weft over SQLite in a thread.

Pictures of every test go to ``test-results/`` (not tracked), to be laid beside the design's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waitress.server import create_server

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser."""
    for item in items:
        if "browser" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, started once."""
    if not CHROMIUM.exists():
        pytest.skip("BROWSER NOT TESTED: there is no /usr/bin/chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(weft_boot: Callable[..., Any], weft_plugins: list[Any]) -> Iterator[Any]:
    """A served installation: ``site.url``, ``site.runtime``."""
    from weft.core.web.app import create_app

    runtime = weft_boot(*weft_plugins)
    server: Any = create_server(lambda environ, start: app(environ, start), host="127.0.0.1", port=0, threads=4)
    url = f"http://127.0.0.1:{server.effective_port}"
    runtime.settings = runtime.settings.with_changes(public_url=url)
    app = create_app(runtime)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    class Site:
        pass

    found: Any = Site()
    found.url, found.runtime = url, runtime
    yield found
    # Closed by the server's own thread: sockets closed under its select() would end it with an error.
    server.trigger.pull_trigger(lambda: server.asyncore.close_all(map=server._map, ignore_all=True))
    thread.join(timeout=5)
    assert not thread.is_alive()
    server.task_dispatcher.shutdown(timeout=2)


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
            viewport={"width": width, "height": 800 if width < 600 else 900}, color_scheme=scheme, has_touch=width < 600
        )
        contexts.append(context)
        if user_id is not None:
            with site.runtime.db.write() as connection:
                audience = users.find(connection, user_id).audience
                opened = sessions.create(connection, user_id, audience, now=site.runtime.clock())
            name = cookies.session_cookie(site.runtime.settings, audience)
            context.add_cookies([{"name": name, "value": opened.token, "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(8000)
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
