"""Adds a page without saying who may open it."""

from weft.core.sdk import HttpRoute, Plugin, hookimpl


def salaries(view):
    """Would show everything to everybody."""
    return "salaries"


class BrokenPlugin(Plugin):
    """Its page has no policy."""

    key, title = "broken_route", "Broken route"

    @hookimpl
    def weft_routes(self):
        return [HttpRoute("/salaries", "broken_route.salaries", salaries, policy="")]
