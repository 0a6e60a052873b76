"""The sample plugin, installed by pip: what an author gets for the few lines of design section 4."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from weft.core.plugin.loader import load
from weft.core.registry.build import build


@pytest.fixture
def weft_plugins(fleet_package: Path) -> list[type]:
    from weft.core.testing.plugins import named

    return named(["crm", "fleet"])


def test_a_stranger_is_found_but_off_until_it_is_named(fleet_package: Path) -> None:
    assert "fleet" not in load().active
    loaded = load(("+fleet",))
    assert "fleet" in loaded.active, loaded.quarantined
    assert loaded.sources["fleet"] == "weft-fleet 1.0.0"
    registry = build(loaded)
    assert "fleet" not in loaded.quarantined
    assert registry.entity("fleet.vehicle").slug == "vehicles"


def test_it_imports_nothing_but_the_facade(fleet_package: Path) -> None:
    imported = set()
    for file in (fleet_package / "weft_fleet").glob("*.py"):
        imported |= set(re.findall(r"^(?:from|import) (\S+)", file.read_text(encoding="utf-8"), re.MULTILINE))
    assert {name for name in imported if name.startswith("weft.")} == {"weft.core.sdk"}


def test_it_is_as_small_as_promised(fleet_package: Path) -> None:
    """Design section 4 shows about 25 lines of code; layout and docstrings not counted it must stay below 40."""
    lines = 0
    for name in ("vocabulary", "models", "plugin"):
        source = (fleet_package / "weft_fleet" / f"{name}.py").read_text(encoding="utf-8")
        source = re.sub(r'"""[^"]*"""', "", source)
        lines += sum(1 for line in source.splitlines() if line.strip() and not line.startswith(("from", "import")))
    assert lines < 40


def test_what_the_registry_makes_of_it(weft_runtime) -> None:
    registry = weft_runtime.registry
    assert [entry.label for entry in registry.nav_entries.values() if entry.entity == "fleet.vehicle"] == ["Vehicles"]
    assert registry.nav_groups["fleet"].label == "Fleet"
    relation, reverse = registry.relation("fleet.maintains")
    assert (relation.key, reverse, relation.field, relation.cardinality) == (
        "fleet.maintained_by", True, "garage", "many_to_one",
    )  # fmt: skip
    vehicle = registry.entity("fleet.vehicle")
    assert [entity.key for entity in registry.targets(vehicle.fields["garage"])] == ["crm.account"]
    assert registry.targets(vehicle.fields["driver"]) == (), "hrm is not installed: the field is dormant, not an error"
    assert any("hrm.employee" in line for line in registry.dormant)


def test_its_chinese_words_are_found(weft_runtime) -> None:
    assert weft_runtime.registry.entity("fleet.vehicle").label.in_locale("zh") == "车辆"


def test_its_module_was_imported_from_the_installed_package(fleet_package: Path) -> None:
    assert importlib.import_module("weft_fleet").__file__.startswith(str(fleet_package))
