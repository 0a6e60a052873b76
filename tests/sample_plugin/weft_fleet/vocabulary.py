"""Words and values of the fleet."""

from weft.core.sdk import choices, translator

_ = translator("fleet")

VEHICLE_STATUS = choices(free=_("Free"), in_use=_("In use"), repair=_("In repair"))
