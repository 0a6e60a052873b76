"""The sample plugin keeps the whole contract; so does everything `weft plugin new` makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from weft.core.testing.contract import PluginContract


@pytest.mark.usefixtures("fleet_package")
class TestFleetContract(PluginContract):
    plugin = "fleet"

    @pytest.fixture
    def weft_plugins(self, fleet_package: Path) -> list[type]:
        from weft.core.testing.plugins import named

        return named(["fleet"])
