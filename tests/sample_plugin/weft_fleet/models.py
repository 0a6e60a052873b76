"""What the fleet keeps records of."""

from weft.core.sdk import Entity, Mapped, Ref, field, trait
from weft_fleet.vocabulary import VEHICLE_STATUS, _


class Vehicle(Entity, key="fleet.vehicle", label=_("Vehicle"), plural=_("Vehicles"), icon="car", title="plate"):
    """A vehicle the company owns or leases."""

    plate: Mapped[str] = field.text(_("Plate"), unique=True, max_length=16)
    status: Mapped[str] = field.choice(_("Status"), VEHICLE_STATUS, default="free", board=True)
    driver: Mapped[Ref | None] = field.reference(
        _("Driver"), to="hrm.employee", relation="fleet.driven_by", inverse=("fleet.drives", _("Drives"))
    )
    garage: Mapped[Ref | None] = field.reference(
        _("Garage"),
        to=trait("core.organization"),
        relation="fleet.maintained_by",
        inverse=("fleet.maintains", _("Maintains")),
    )
