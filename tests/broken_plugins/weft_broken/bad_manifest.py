"""Was written for another level of the interface."""

from weft.core.sdk import Plugin


class BrokenPlugin(Plugin):
    """Needs an API level that does not exist yet."""

    key, title, api = "broken_manifest", "Broken manifest", ">=99"
