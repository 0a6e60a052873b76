"""Which tiles the home page of each role begins with."""

from __future__ import annotations

from collections.abc import Collection

from weft.core.sdk import Home
from weft.plugins.crm.grants import CONTACT_LOG, EXECUTIVE, MANAGER, PARTNER, REP

__all__ = ["default_homes"]

_REP = ("crm.follow_ups", "crm.going_cold", "crm.newly_assigned", "crm.my_pipeline", "crm.target", "crm.closing")
_MANAGER = (
    "crm.unassigned", "crm.stalled", "crm.asked_for", "crm.to_confirm", "crm.contacts_week", "crm.team_pipeline", "crm.won_period",
    "crm.next_month", "crm.life_moves",
)  # fmt: skip
_PARTNER = ("crm.partner_new", "crm.partner_owed", "crm.partner_registered", "crm.partner_pipeline")
_CONTACT_LOG = ("crm.partner_owed",)
_EXECUTIVE = ("crm.plan", "crm.next_month", "crm.customers", "crm.life_moves")


def default_homes(known: Collection[str]) -> list[Home]:
    """The homes of the roles that sell and lead, of the tiles that the CRM has."""
    partners = (
        Home(CONTACT_LOG, tuple(key for key in _CONTACT_LOG if key in known), "distributor", 30),
        Home(PARTNER, tuple(key for key in _PARTNER if key in known), "distributor", 20),
    )
    wanted = ((REP, 20, _REP), (MANAGER, 15, _MANAGER), (EXECUTIVE, 15, _EXECUTIVE))
    ours = [Home(role, tuple(key for key in keys if key in known), order=order) for role, order, keys in wanted]
    return [*ours, *partners]
