"""The plugin guide is part of the contract: it names every hook as it is, and shows an example that is Python."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import weft.core.sdk
from weft.core.plugin.hookspecs import WeftHooks

HOOKS = sorted(name for name in vars(WeftHooks) if name.startswith("weft_"))


@pytest.fixture(scope="module")
def guide(checkout: Path) -> str:
    return (checkout / "docs" / "plugin-guide.md").read_text(encoding="utf-8")


def section(guide: str, hook: str) -> str:
    names = list(inspect.signature(getattr(WeftHooks, hook)).parameters)[1:]
    heading = f"### `{hook}({', '.join(names)})`\n"
    assert heading in guide, f"docs/plugin-guide.md lacks the heading {heading.strip()}"
    return guide.split(heading)[1].split("\n### ")[0].split("\n## ")[0]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_explained_with_when_what_and_an_example(guide: str, hook: str) -> None:
    text = section(guide, hook)
    assert text.startswith("Called "), "say first when it is called"
    assert "Returns " in text, "say what it returns"
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert f"def {hook}(self" in example
    ast.parse(example)
    assert len(example.splitlines()) <= 10


def test_the_guide_names_no_hook_that_is_gone(guide: str) -> None:
    assert set(re.findall(r"^### `(weft_\w+)\(", guide, re.MULTILINE)) == set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_docstring(hook: str) -> None:
    assert (inspect.getdoc(getattr(WeftHooks, hook)) or "").endswith(".") or hook == "weft_before_write"


def test_every_declaration_of_the_facade_is_in_the_guide(guide: str) -> None:
    declarations = [
        name for name in weft.core.sdk.__all__
        if inspect.isclass(getattr(weft.core.sdk, name))
        and getattr(weft.core.sdk, name).__module__ == "weft.core.registry.declarations"
    ]  # fmt: skip
    assert [name for name in declarations if name not in guide] == []


def test_every_fixture_of_the_kit_is_in_the_guide(guide: str, pytestconfig: pytest.Config) -> None:
    for name in (
        "weft_runtime", "weft_boot", "records_as", "weft_cast", "make_record", "link", "client_as", "api_as",
        "captured_events", "query_count", "moved_clock", "mailbox", "stub_entity_type", "weft_plugins",
    ):  # fmt: skip
        assert f"`{name}" in guide
