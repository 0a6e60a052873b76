"""Messages with a context: the same English words, other words in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from weft.core.i18n import translator, use_locale
from weft.core.portal.homes import BANDS

ROOT = Path(__file__).resolve().parents[2]
_ = translator("core")


def test_the_bands_of_a_home_page_read_as_questions_in_chinese() -> None:
    assert [str(label) for label in BANDS.values()] == ["To do", "New", "Figures"]
    with use_locale("zh"):
        assert [str(label) for label in BANDS.values()] == ["要做什么", "有何变化", "进展如何"]


def test_a_context_tells_the_same_words_apart() -> None:
    with use_locale("zh"):
        assert str(_("New")) != str(_("New", "home band"))
        assert str(_("New", "no such context")) == "New"
    with use_locale("zh"):
        assert _("New") != _("New", "home band")


def test_a_context_survives_filling_slots() -> None:
    with use_locale("zh"):
        assert str(_("New", "home band") % {}) == "有何变化"


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))


def test_the_tools_find_contexts_in_code_and_templates(tools: None, tmp_path: Path) -> None:
    import messages

    code, page = tmp_path / "a.py", tmp_path / "b.html"
    code.write_text('x = _("New", "home band")\ny = _("New")\nz = _n("one", "many", 2)\n', encoding="utf-8")
    page.write_text('{{ _("New", "home band") }}{{ _("Old") }}', encoding="utf-8")
    said = messages.Said
    assert [one for _owner, one in messages.marked(code)] == [
        said("home band", "New"), said("", "New"), said("", ("one", "many")),
    ]  # fmt: skip
    assert [one for _owner, one in messages.marked(page)] == [said("home band", "New"), said("", "Old")]


def test_a_missing_translation_of_a_context_is_a_fault(tools: None, tmp_path: Path) -> None:
    import check_translations
    import extract_messages
    import messages

    domain = messages.Domain("core", tmp_path, {messages.Said("", "New"): ["a.py"]})
    path = domain.po_file("zh")
    path.parent.mkdir(parents=True)

    def write() -> None:
        catalogue = extract_messages.updated(domain, "zh")
        for entry in catalogue:
            if entry.id == "New" and not entry.context:
                entry.string = "新建"
        path.write_text(extract_messages.text_of(catalogue, domain, "zh"), encoding="utf-8")

    write()
    assert list(check_translations.faults(domain, "zh")) == []
    domain.messages[messages.Said("home band", "New")] = ["b.py"]
    write()
    assert domain.catalogue("zh").get("New").string == "新建"
    assert list(check_translations.faults(domain, "zh")) == ["'New' [home band] (b.py): not translated"]
