"""What no source of the product may contain; each rule is shown to find what it is for."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = ("core", "plugins", "portals")
#: Running code or shells, and formats that do (R11, R14, R15). ``ops/backup.py`` runs the database's own programs.
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "pty", "telnetlib"}
#: Written by hand and safe: generated triggers and maintenance (see ruff's S608 for the same places).
SQL_PLACES = ("core/db/", "core/migrations/", "core/testing/", "plugins/*/migrations/")
#: In templates: inline code, and data marked as safe.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\shx-on|javascript:|\bhx-vals=['\"]js:", re.I)
SAFE = re.compile(r"(\S+)\s*\|\s*safe\b")


def sources(checkout: Path, pattern: str) -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((checkout / folder).rglob(pattern)):
            name = path.relative_to(checkout).as_posix()
            if "/frontend/" not in name and "/node_modules/" not in name and "/static/dist/" not in name:
                yield name, path.read_text(encoding="utf-8")


def faults_of_python(name: str, text: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            found += [f"imports {one}" for one in names if one.partition(".")[0] in FORBIDDEN_MODULES]
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in FORBIDDEN_CALLS:
            found.append(f"calls {called}")
        if any(word.arg == "shell" and getattr(word.value, "value", None) is not False for word in node.keywords):
            found.append("runs a shell")
        literal = node.args and isinstance(node.args[0], (ast.Constant, ast.JoinedStr))
        placed = any(Path(name).match(f"{place}*") or name.startswith(place) for place in SQL_PLACES)
        if called == "text" and node.args and not placed and not (literal and isinstance(node.args[0], ast.Constant)):
            found.append("SQL text that is no literal")
    return found


def faults_of_template(text: str) -> list[str]:
    bare = re.sub(r"{#.*?#}", "", text, flags=re.S)
    found = [f"inline: {one.group(0).strip()}" for one in INLINE.finditer(bare)]
    # Only words of the template itself may be marked as safe, never a value.
    found += [f"safe: {one.group(0)}" for one in SAFE.finditer(bare) if not one.group(1).endswith(("'", '"'))]
    return found


def test_no_python_runs_text_as_code_or_builds_sql_of_it(checkout: Path) -> None:
    found = {name: faults for name, text in sources(checkout, "*.py") if (faults := faults_of_python(name, text))}
    assert found == {}


def test_no_template_holds_inline_code_or_trusts_data(checkout: Path) -> None:
    found = {name: faults for name, text in sources(checkout, "*.html") if (faults := faults_of_template(text))}
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    ["eval(x)", "import pickle", "from yaml import load", "run(x, shell=True)", "text(f'SELECT {x}')", "text('a' + b)"],
)
def test_planted_python_is_found(planted: str) -> None:
    assert faults_of_python("core/web/x.py", planted)


@pytest.mark.parametrize(
    "planted",
    [
        "<script>x()</script>", '<p style="color:red">', '<a onclick="x()">', "{{ value|safe }}",
        "{{ a.b | safe }}", '<b hx-on:click="x">', '<a href="javascript:x">',
    ],
)  # fmt: skip
def test_planted_templates_are_found(planted: str) -> None:
    assert faults_of_template(planted)
    assert not faults_of_template("{{ ' aria-current'|safe }}<script src='/a.js'></script><p class='x'>onward=1</p>")


def test_what_a_folder_of_tests_shares_ends_with_the_folder(checkout: Path) -> None:
    """Without ``__init__.py`` pytest keeps a fixture of scope "package" for the whole session, with all it patched."""
    sharing = [one for one in (checkout / "tests").rglob("conftest.py") if 'scope="package"' in one.read_text("utf-8")]
    assert sharing
    assert [str(one) for one in sharing if not (one.parent / "__init__.py").exists()] == []


def test_every_icon_that_is_named_is_in_the_sprite(checkout: Path) -> None:
    """A name the sprite lacks leaves a hole in the button."""
    known = set(json.loads((checkout / "core/web/frontend/icons.json").read_text("utf-8")).values())
    named = re.compile(r'\bicon"?(?:=|: )"([a-z0-9-]+)"')
    used = {icon: name for name, text in sources(checkout, "*.py") for icon in named.findall(text)}
    assert len(used) > 100
    assert {icon: name for icon, name in used.items() if icon not in known} == {}
