"""Waits for a network that does not answer."""

import time

from weft.core.sdk import Plugin, hookimpl


class BrokenPlugin(Plugin):
    """Its hook takes a minute."""

    key, title = "broken_slow", "Broken slow hook"

    @hookimpl
    def weft_traits(self):
        time.sleep(60)
        return []
