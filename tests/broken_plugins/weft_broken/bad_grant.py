"""Grants on an entity that belongs to somebody else."""

from weft.core.sdk import ALL, Grant, Plugin, hookimpl


class BrokenPlugin(Plugin):
    """Would give every customer every value of the company."""

    key, title = "broken_grant", "Broken grant"

    @hookimpl
    def weft_grants(self):
        return [Grant("customer", "core.value", ALL)]
