"""The page of security rules names all rules, and only tests and places that exist."""

from __future__ import annotations

import re
from pathlib import Path


def test_every_rule_has_a_row_and_every_name_exists(checkout: Path) -> None:
    text = (checkout / "docs" / "security-rules.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| R(\d+) \|", text, re.M) == [str(number) for number in range(1, 37)]
    tests = {path.name: path.read_text(encoding="utf-8") for path in (checkout / "tests").rglob("test_*.py")}
    missing = [
        name for name in re.findall(r"`((?:core|tests|requirements)/[\w./*-]+)`", text) if not _there(checkout, name)
    ]
    for name, function in re.findall(r"\b(test_\w+\.py)(?:::(test_\w+))?", text):
        if f"def {function}(" not in tests.get(name, "def (") + ("def (" if not function else ""):
            missing.append(f"{name}::{function}")
        if name not in tests:
            missing.append(name)
    assert missing == []


def _there(checkout: Path, name: str) -> bool:
    return any(checkout.glob(name)) if "*" in name else (checkout / name).exists()
