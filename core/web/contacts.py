"""Ways to reach somebody that plugins offer beside a name: the place ``portal.contact``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weft.core.portal.contact import Contact
from weft.core.web.values import face

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["PLACE", "contact_data", "message_to"]

PLACE = "portal.contact"


def message_to(view: View, user_id: int) -> dict[str, Any] | None:
    """The action that writes to a user from this portal, None when no plugin offers one."""
    for slot in view.runtime.registry.slots:
        if slot.slot == PLACE and slot.portal == view.portal_key and slot.context is not None:
            found = slot.context(view, user_id)
            if found and found.get("message"):
                action: dict[str, Any] = dict(found["message"])
                return action
    return None


def contact_data(view: View, contact: Contact | None) -> dict[str, Any] | None:
    """Who at the company is responsible, for the card on the home page and the line at the foot of other pages."""
    if contact is None:
        return None
    found: dict[str, Any] = {
        "name": contact.name,
        "note": contact.position,
        "email": contact.email,
        "phone": contact.phone,
        "face": face(contact.user_id, contact.name),
    }
    action = message_to(view, contact.user_id)
    return found | ({"message": action} if action else {})
