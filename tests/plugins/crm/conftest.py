"""A channel for tests: a distributor with two dealers, an agent, their people, their lists, customers and stages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

PARTNER, CONTACT_LOG = "crm.partner", "crm.partner_contacts"


@pytest.fixture
def channel_scene(weft_cast: Any, make_record: Any, link: Any) -> SimpleNamespace:
    """Ids by name: people (``kadri`` of Baltmere, ``riga`` of its dealer, ``zhuo`` of the agent), firms, customers."""
    manager = weft_cast.user("crm.sales_manager", name="Lu Jinghe")
    gu = weft_cast.user("crm.sales_rep", name="Gu Nanqiao")
    lin = weft_cast.user("crm.sales_rep", name="Lin Shutong")

    def stage(code: str, outcome: str, position: int) -> int:
        given = {"code": code, "label_en": code.title(), "outcome": outcome, "position": position, "probability": 10}
        return int(make_record("crm.stage", **given)["id"])

    def prices(name: str, currency: str, amount: str, product: int) -> int:
        number = int(make_record("crm.price_list", name=name, currency=currency, channel=name == "Channel")["id"])
        price = {"amount": amount, "currency": currency}
        make_record("crm.price", price_list=number, product=product, price=price)
        return number

    stages = {code: stage(code, outcome, place) for place, (code, outcome) in enumerate(
        (("contact", "open"), ("negotiation", "open"), ("won", "won"), ("lost", "lost")), 1)}  # fmt: skip
    meter = int(make_record("crm.product", code="WH-20", name="Clamp-on flow meter")["id"])
    secret = int(make_record("crm.product", code="XX-1", name="Prototype")["id"])
    euro, yuan = prices("Channel", "EUR", "1035", meter), prices("China", "CNY", "9800", meter)
    prices("Europe", "EUR", "1380", secret)

    def firm(name: str, role: str, **more: Any) -> int:
        return int(make_record("crm.account", name=name, role=[role], owner=gu, **more)["id"])

    baltmere = firm("Baltmere Tehnika", "distributor", price_list=euro)
    riga = firm("Baltmere Riga", "distributor", price_list=euro, partner=baltmere, email="office@riga.example")
    turku = firm("Baltmere Turku", "distributor", price_list=euro, partner=baltmere)
    lingtang = firm("Lingtang Automation", "agent", price_list=yuan, name_alt="岭棠自动化")
    return SimpleNamespace(
        manager=manager, gu=gu, lin=lin, stages=stages, meter=meter, secret=secret, euro=euro, yuan=yuan,
        baltmere=baltmere, riga_firm=riga, turku_firm=turku, lingtang=lingtang,
        kadri=weft_cast.user(PARTNER, name="Kadri Tammsoo", anchors=[baltmere]),
        logger=weft_cast.user(CONTACT_LOG, name="Siim Kaarma", anchors=[baltmere]),
        base=weft_cast.user("distributor", name="Mari Lepa", anchors=[baltmere]),
        riga=weft_cast.user(PARTNER, name="Dace Kalvenaite", anchors=[riga]),
        zhuo=weft_cast.user(PARTNER, name="Zhuo Qichi", anchors=[lingtang]),
        ours=int(make_record("crm.account", name="Saltholm Dairy", role=["customer"], partner=baltmere, owner=gu,
                             note="Pays late.")["id"]),
        dealers=int(make_record("crm.account", name="Ropal Works", role=["customer"], partner=riga, owner=gu)["id"]),
        agents=int(make_record("crm.account", name="Jilan Park Water", role=["customer"], partner=lingtang)["id"]),
        served=int(make_record("crm.account", name="Haverdijk Water Board", role=["customer"], owner=lin)["id"]),
    )  # fmt: skip
