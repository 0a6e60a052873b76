"""Days of the people of the demo company: a fresh small demo for every journey, served and seen in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text


@pytest.fixture
def company(serve_demo: Callable[..., Any], tmp_path: Path) -> Iterator[Any]:
    """A copy of the demo of its own, served."""
    with serve_demo(tmp_path / "home") as company:
        yield company


@pytest.fixture
def visit(
    chromium: Any, company: Any, signed_in: Callable[..., None], request: pytest.FixtureRequest, pictures: Path
) -> Iterator[Any]:
    """``visit("sales", "/employee/", locale="zh", width=360)``: a signed-in page of a profile of its own.

    Errors of scripts, of the content policy and answers of 500 fail the test.
    """
    contexts: list[Any] = []
    pages: list[Any] = []
    problems: list[str] = []

    def start(
        who: str | None, path: str = "/employee/", *, locale: str = "zh", width: int = 1280, agreed: bool = True
    ) -> Any:  # fmt: skip
        """``agreed=False``: the person has not yet agreed to the portal's terms."""
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, has_touch=width < 600, accept_downloads=True,
            locale="zh-CN" if locale == "zh" else "en-GB", reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        if who is not None:
            signed_in(company, context, who, locale, agreed=agreed)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
        page.on("response", lambda one: problems.append(f"{one.status} {one.url}") if one.status >= 500 else None)
        page.goto(company.url + path)
        page.wait_for_load_state("networkidle")
        pages.append(page)
        return page

    yield start
    for number, page in enumerate(pages):
        page.screenshot(path=str(pictures / f"{request.node.name.replace('[', '-').rstrip(']')}-{number}.png"))
    for context in contexts:
        context.close()
    assert problems == []


class Desks:
    """Pages of the people of one demo in one language."""

    def __init__(self, visit: Any, company: Any, say: Callable[..., str], locale: str) -> None:
        self.visit, self.company, self.say, self.locale = visit, company, say, locale

    def of(self, who: str, path: str = "/employee/", **more: Any) -> Any:
        """A page of somebody, signed in."""
        return self.visit(who, path, **{"locale": self.locale, **more})

    def go(self, page: Any, path: str) -> Any:
        answer = page.goto(path if path.startswith("http") else self.company.url + path)
        page.wait_for_load_state("networkidle")
        return answer

    def words(self, message: str, context: str = "", domain: str = "workflow", **slots: Any) -> str:
        return self.say(self.locale, message, context, domain=domain, **slots)

    def name(self, who: str) -> str:
        return str(self.company.name(who, self.locale))

    def tile(self, page: Any, key: str) -> Any:
        return page.locator(f"[data-tile='{key}']")

    def number(self, page: Any, key: str) -> int:
        self.go(page, "/employee/")
        return int(self.tile(page, key).locator("header .wf-n").inner_text())

    def approvals(self, page: Any) -> int:
        return self.number(page, "workflow.approvals")

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def rows_of(self, sql: str, **values: Any) -> list[Any]:
        """Rows out of the database."""
        with self.company.runtime.db.read() as connection:
            return list(connection.execute(text(sql), values).all())

    def rows(self, page: Any) -> Any:
        return page.locator("tbody tr[data-id]")

    def open_task(self, page: Any, title: str) -> None:
        """From the tile Approvals to the page of one decision."""
        self.go(page, "/employee/")
        self.tile(page, "workflow.approvals").get_by_role("link", name=title).first.click()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".wf-wfl-now")).to_be_visible()

    def press_only(self, page: Any, label: str) -> None:
        """A button of the page of a record, from the menu More where it stands there."""
        button = page.locator("#wf-page a, #wf-page button").filter(
            has_text=re.compile(rf"^\s*{re.escape(label)}\s*A?\s*$")
        )
        if not button.first.is_visible():
            page.locator(".wf-record-acts details.wf-drop > summary").last.click()
        button.first.click()

    def press(self, page: Any, label: str, **fields: str) -> None:
        """A button of the page of a record, and the form it opens."""
        self.press_only(page, label)
        dialog = page.locator("#wf-dialog")
        expect(dialog.locator("button[type=submit]").last).to_be_visible()
        for name, value in fields.items():
            picker = dialog.locator(f"[data-field={name}] [role=combobox]")
            if picker.count():
                self.pick(page, picker, value)
            else:
                dialog.locator(f"[name={name}]").fill(value)
        dialog.locator("button[type=submit]").last.click()
        expect(page.locator("#wf-dialog[open]")).to_have_count(0)
        page.wait_for_load_state("networkidle")

    def pick(self, page: Any, box: Any, value: str) -> None:
        """Choose somebody in a picker."""
        box.fill(value)
        page.locator("[role=option]", has_text=value).first.click()

    def fits(self, page: Any) -> None:
        """Nothing scrolls sideways."""
        wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window, f"{page.url} is {wide} px wide in {window}"


@pytest.fixture(params=["en", "zh"])
def desks(visit: Any, company: Any, say: Callable[..., str], request: pytest.FixtureRequest) -> Desks:
    """The demo of this test and the people of it who decide, once in each language."""
    return Desks(visit, company, say, request.param)
