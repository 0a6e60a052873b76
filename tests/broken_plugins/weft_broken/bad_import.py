"""Fails while it is imported."""

import weft_library_that_is_not_installed  # noqa: F401

from weft.core.sdk import Plugin


class BrokenPlugin(Plugin):
    """Never reached."""

    key, title = "broken_import", "Broken import"
