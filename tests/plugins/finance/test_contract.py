"""The finance plugin keeps the contract of every plugin."""

from __future__ import annotations

from weft.core.testing.contract import PluginContract


class TestFinanceContract(PluginContract):
    plugin = "finance"
