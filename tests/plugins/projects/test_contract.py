"""The projects plugin keeps the contract of every plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.testing.contract import PluginContract
from weft.core.testing.people import Cast


class TestProjectsContract(PluginContract):
    plugin = "projects"

    def given(self, runtime: Any) -> Mapping[str, Mapping[str, Any]]:
        """A dependency lies between two tasks of one project."""
        with Cast(runtime).records("system", write=True) as records:
            project = records.create("projects.project", {"name": "District metering"})
            tasks = [
                records.create("projects.task", {"name": name, "project": project["id"]})["id"]
                for name in ("Survey", "Design")
            ]
        return {"projects.dependency": {"before": tasks[0], "after": tasks[1]}}
