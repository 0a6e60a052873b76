"""The plugin keeps the contract of every plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from weft.core.testing.contract import PluginContract


class TestDocumentsContract(PluginContract):
    plugin = "documents"
    #: What only the platform writes cannot be invented from what a form would ask.
    values: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "documents.document": {"name": "Manual", "form": "page", "body": "Words"},
        "documents.version": {"name": "Manual v1", "revision": 1},
        "documents.reading": {"name": "Manual"},
    }
