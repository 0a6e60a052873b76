"""The plugin keeps the contract of every plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from weft.core.testing.contract import PluginContract


class TestCommunicationContract(PluginContract):
    plugin = "communication"
    #: What only the platform writes cannot be invented from what a form would ask.
    values: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "communication.message": {"excerpt": "Hello", "text": "Hello, Maud."},
        "communication.participant": {"name": "Maud Teunisse"},
        "communication.receiver": {"name": "Sales"},
        "communication.receipt": {"name": "Maud Teunisse"},
    }
