"""The contract of every plugin, for workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.testing.contract import PluginContract
from weft.core.testing.people import Cast


class TestContract(PluginContract):
    plugin = "workflow"

    def given(self, runtime: Any) -> Mapping[str, Mapping[str, Any]]:
        """A duty needs a unit and a person."""
        cast = Cast(runtime)
        return {"workflow.duty": {"in_unit": cast.unit("Sales"), "person": cast.user("employee", name="Lu Jinghe")}}
