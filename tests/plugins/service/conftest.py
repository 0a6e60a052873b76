"""A small world of the service: two firms with people in the portal, a team that answers, sellers and heads."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from weft.core.identity import units as org_units
from weft.core.ops.value_lists import install_defaults
from weft.plugins.service.services import arrivals

AGENT, REQUESTER, REP = "service.agent", "service.requester", "crm.sales_rep"


@pytest.fixture
def world(weft_runtime: Any, weft_cast: Any, make_record: Any, moved_clock: Any) -> Any:
    """Lieke of Haverdijk asks, Anneke's team answers; Tangyu is another firm, Bai of another team."""
    install_defaults(weft_runtime)
    found = SimpleNamespace(clock=moved_clock)
    found.top = weft_cast.unit("Engineering")
    found.unit, found.other = weft_cast.unit("Service", found.top), weft_cast.unit("Other")
    found.head = weft_cast.user("portal_employee.department_head", name="Emeric Voskamp")
    with weft_runtime.db.write() as connection:
        org_units.add_member(connection, found.head, found.top, now=moved_clock(), head=True)
    found.agent = weft_cast.user(AGENT, name="Anneke Roodhuyzen", units=[found.unit], email="anneke@weft.example")
    found.colleague = weft_cast.user(AGENT, name="Wieke Lammerts", units=[found.unit])
    found.stranger = weft_cast.user(AGENT, name="Bai Ningshu", units=[found.other])
    found.rep = weft_cast.user(REP, name="Maud Teunisse")
    found.firm = make_record(
        "crm.account", owner=found.rep, name="Haverdijk", role=["customer"],
        address={"country": "NL", "city": "Haverdijk", "lines": []},
    )["id"]  # fmt: skip
    found.rival = make_record(
        "crm.account", name="Tangyu", role=["customer"], address={"country": "CN", "lines": []}
    )["id"]  # fmt: skip
    found.person = make_record(
        "crm.contact", name="Lieke Haagstra", account=found.firm, email="lieke@haverdijk.example"
    )["id"]  # fmt: skip
    found.lieke = weft_cast.user(
        REQUESTER, name="Lieke Haagstra", anchors=[found.person, found.firm], email="lieke.portal@haverdijk.example"
    )
    found.ji = weft_cast.user(REQUESTER, name="Ji Huaiyuan", anchors=[found.rival])
    found.bare = weft_cast.user("customer", name="Reads only", anchors=[found.firm])
    found.hours = make_record("service.hours", name="Office", zone="UTC", country="NL")["id"]
    found.queue = make_record(
        "service.queue", name="Europe", team=found.unit, rule="person", answers=found.agent, lead=found.colleague,
        hours=found.hours, standard=True,
    )["id"]  # fmt: skip
    return found


@pytest.fixture
def asked(world: Any, records_as: Any) -> int:
    """Lieke's request, asked in the portal on a Monday morning."""
    with records_as(world.lieke, write=True) as records:
        row = arrivals.ask(records, {"subject": "LD-3 loggers stop at night", "description": "Since Friday."})
    return int(row["id"])


@pytest.fixture
def row_of(records_as: Any) -> Any:
    """``row_of(number)``: a request as the platform sees it."""

    def find(number: int) -> Any:
        with records_as("system") as records:
            return records.get("service.request", number)

    return find
