"""Two firms with people in their portals, their account managers, and the company around them."""

from __future__ import annotations

import pytest

CUSTOMER = "communication.customer_messages"


class World:
    """What tests of messages talk about."""


@pytest.fixture
def world(weft_cast, make_record):
    """Alder with Lieke (messages), Bram (none); Birch with Cas; Maud owns Alder, Floris Birch; Lin is a colleague."""
    w = World()
    w.maud = weft_cast.user("crm.sales_rep", name="Maud Teunisse", email="maud@weft.example")
    w.floris = weft_cast.user("crm.sales_rep", name="Floris Wennekamp", email="floris@weft.example")
    w.manager = weft_cast.user("crm.sales_manager", name="Lu Jinghe", email="lu@weft.example")
    w.lin = weft_cast.user("employee", name="Lin Shutong", email="lin@weft.example")
    w.alder = make_record("crm.account", name="Alder Water", role=["customer"], owner=w.maud).id
    w.birch = make_record("crm.account", name="Birch Heat", role=["customer"], owner=w.floris).id
    w.lieke = weft_cast.user(CUSTOMER, name="Lieke Haagstra", email="lieke@alder.example", anchors=[w.alder])
    w.bram = weft_cast.user("customer", name="Bram Visser", email="bram@alder.example", anchors=[w.alder])
    w.cas = weft_cast.user(CUSTOMER, name="Cas Berk", email="cas@birch.example", anchors=[w.birch])
    return w
