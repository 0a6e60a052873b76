"""The service plugin keeps the contract of every plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from weft.core.testing.contract import PluginContract


class TestServiceContract(PluginContract):
    plugin = "service"
    #: Hours are of a zone that exists.
    values: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "service.hours": {"name": "Office", "zone": "Europe/Amsterdam"},
    }
