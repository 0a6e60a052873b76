"""Interactions that people take for granted (U-01 to U-39), seen on the demo company in a real browser.

One served company per module, and one browser profile per person, language and width: a test opens a page of its own,
works on records of its own or takes back what it did, and so may run alone or in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from weft.core.testing.people import Cast

#: A busy machine may take its time; what is expected comes or does not come all the same.


@pytest.fixture(scope="module")
def company(serve_demo: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A copy of the demo, served for all tests of a module."""
    with serve_demo(tmp_path_factory.mktemp("company") / "home") as company:
        yield company


@pytest.fixture(scope="module")
def profiles(chromium: Any, company: Any, signed_in: Callable[..., None]) -> Iterator[Callable[..., Any]]:
    """``profiles("sales", "en", 1280)``: the browser profile of a person."""
    opened: dict[tuple[str, str, int], Any] = {}

    def profile(who: str, locale: str, width: int) -> Any:
        if (who, locale, width) not in opened:
            context = chromium.new_context(
                viewport={"width": width, "height": 800}, has_touch=width < 600, accept_downloads=True,
                locale="zh-CN" if locale == "zh" else "en-GB", reduced_motion="reduce",
            )  # fmt: skip
            opened[who, locale, width] = context
            context.set_default_timeout(60_000)
        signed_in(company, opened[who, locale, width], who, locale)
        return opened[who, locale, width]

    yield profile
    for context in opened.values():
        context.close()


@pytest.fixture
def visit(
    profiles: Callable[..., Any], company: Any, request: pytest.FixtureRequest, pictures: Any
) -> Iterator[Callable[..., Any]]:
    """``visit("sales", "/employee/", locale="zh", width=360)``: a page of a person of the demo, English when not said.

    Errors of scripts, of the content policy and answers of 500 fail the test.
    """
    pages: list[Any] = []
    problems: list[str] = []

    def start(who: str, path: str = "/employee/", *, locale: str = "en", width: int = 1280) -> Any:
        page = profiles(who, locale, width).new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
        page.on("response", lambda one: problems.append(f"{one.status} {one.url}") if one.status >= 500 else None)
        pages.append(page)
        page.goto(company.url + path)
        page.wait_for_load_state("networkidle")
        return page

    yield start
    for number, page in enumerate(pages):
        page.screenshot(path=str(pictures / f"{request.node.name.replace('[', '-').rstrip(']')}-{number}.png"))
        page.close()
    assert problems == []


@pytest.fixture(scope="module")
def make(company: Any) -> Callable[..., Any]:
    """``make("crm.account", owner="sales", name="X")`` creates a record as the platform; returns it."""
    cast = Cast(company.runtime)

    def create(entity: str, *, owner: str | None = None, **values: Any) -> Any:
        with cast.records("system", write=True) as records:
            return records.create(entity, values, owner=company.people[owner] if owner else None)

    return create


@pytest.fixture(scope="module")
def behind(company: Any) -> Callable[..., Any]:
    """``behind("crm.account", 42)``: a record as the platform reads it, to look behind the screen."""
    cast = Cast(company.runtime)

    def look(entity: str, number: int) -> Any:
        with cast.records("system") as records:
            return records.get(entity, number)

    return look
