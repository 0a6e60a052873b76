"""Begin to look as another person: from Settings, for those with the role."""

from __future__ import annotations

from flask import Blueprint, Response

from weft.core.identity import users, viewing
from weft.core.registry.core_plugin import VIEW_AS
from weft.core.web.request import current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE

__all__ = ["blueprint"]

blueprint = Blueprint("settings_viewing", __name__)


@route(blueprint, f"{BASE}users/<int:user_id>/view-as/", policy=f"role:{VIEW_AS}", methods=["POST"], endpoint="start")
def start_viewing(user_id: int) -> Response:
    """Go on as this person, in their portal."""
    view = current()
    viewing.start(view.records, user_id)
    audience = users.find(view.connection, user_id).audience
    portals = view.runtime.registry.portals.values()
    portal = next((spec.key for spec in portals if spec.audience == audience), "employee")
    return view.redirect(f"/{portal}/")
