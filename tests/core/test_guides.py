"""The user guides: both languages are there, links lead somewhere, and every bold label is a word of the screen."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
ROLES = frozenset({
    "administrator", "sales-rep", "sales-manager", "hr", "finance", "project-lead", "employee", "department-head",
    "executive", "customer", "supplier", "distributor-agent",
})  # fmt: skip
LANGUAGES = ("en", "zh")
_LABEL = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@cache
def words() -> tuple[frozenset[str], frozenset[str]]:
    """English messages and Chinese translations of all catalogues."""
    english: set[str] = set()
    chinese: set[str] = set()
    for folder in ("core", "plugins", "portals"):
        for path in sorted((ROOT / folder).glob("**/translations/zh/LC_MESSAGES/*.po")):
            with path.open("rb") as file:
                catalogue = read_po(file, locale="zh")
            for message in catalogue:
                ids = [message.id] if isinstance(message.id, str) else list(message.id)
                strings = [message.string] if isinstance(message.string, str) else list(message.string)
                english.update(one for one in ids if one)
                chinese.update(one for one in strings if one)
    return frozenset(english), frozenset(chinese)


def labels(path: Path) -> list[str]:
    """Bold texts of a guide, line breaks inside them read as spaces."""
    return [" ".join(found.split()) for found in _LABEL.findall(path.read_text(encoding="utf-8"))]


def test_every_role_has_a_guide_in_both_languages() -> None:
    for language in LANGUAGES:
        assert {path.stem for path in (GUIDE / language).glob("*.md")} == ROLES


@pytest.mark.parametrize("path", sorted(GUIDE.rglob("*.md")), ids=lambda path: str(path.relative_to(GUIDE)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in _LINK.findall(path.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("#"):
            assert (path.parent / target.partition("#")[0]).exists(), f"{path.name} links {target}"


def test_the_index_names_every_guide_and_the_readme_the_index() -> None:
    linked = set(_LINK.findall((GUIDE / "README.md").read_text(encoding="utf-8")))
    assert {f"{language}/{role}.md" for language in LANGUAGES for role in ROLES} <= linked
    assert "docs/guide/README.md" in _LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bold_label_stands_on_the_screen(language: str) -> None:
    known = words()[LANGUAGES.index(language)]
    unknown: list[str] = []
    for path in sorted((GUIDE / language).glob("*.md")):
        found = labels(path)
        assert len(found) > 20, f"{path.name} names hardly any label"
        unknown += [f"{path.name}: {one}" for one in found if one not in known]
    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_both_languages_tell_the_same(role: str) -> None:
    english, chinese = (len(labels(GUIDE / language / f"{role}.md")) for language in LANGUAGES)
    assert abs(english - chinese) <= 0.2 * english, f"{role}: {english} labels in English, {chinese} in Chinese"
