"""Is sound itself, but needs a plugin that fails."""

from weft.core.sdk import Plugin


class BrokenPlugin(Plugin):
    """Goes with the plugin it requires."""

    key, title, requires = "broken_dependent", "Broken dependent", ("broken_grant",)
