"""Sharing one record with a person or by a link: who sees it, for how long, and never more."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from weft.core.access.tables import record_link

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")


@pytest.fixture
def number(make_record: Any, weft_cast: Any) -> int:
    owner = weft_cast.user_of("crm.sales_manager")
    made = make_record(
        "crm.account", name="Haverdijk", role=["customer"], tax_id="NL001", phone="+31105550123", owner=owner
    )
    return int(made.id)


def make_link(client: Any, number: int, clock: Any, **more: Any) -> str:
    end = (clock.now + timedelta(days=more.pop("days", 14))).date().isoformat()
    data = {"fields": ["name", "phone"], "expires_at": end, "note": "Tender", **more}
    page = client.post(f"/employee/crm/accounts/{number}/share/links/", data=data)
    assert page.status_code == 200, page.text
    found = re.search(r"/shared/([\w-]{22})", page.text)
    assert found is not None
    return f"/shared/{found.group(1)}"


def test_a_person_gets_to_see_it_and_loses_it(number: int, client_as: Any, weft_cast: Any) -> None:
    lin = weft_cast.user("crm.sales_rep", name="Lin Shutong")
    manager, seller, here = client_as("crm.sales_manager"), client_as(lin), f"/employee/crm/accounts/{number}"
    assert seller.get(here).status_code == 404
    assert manager.post(f"{here}/share/", data={"user": str(lin), "level": "read"}).status_code == 303
    assert seller.get(here).status_code == 200
    page = manager.get(f"{here}/share/").text
    assert "Lin Shutong" in page and "their roles do not cover it" not in page
    ending = re.search(rf"{here}/share/\d+/end/", page)
    assert ending is not None and manager.post(ending.group(0)).status_code == 303
    assert seller.get(here).status_code == 404
    plain = weft_cast.user("employee", name="Xu Tinglan")
    manager.post(f"{here}/share/", data={"user": str(plain), "level": "read"})
    assert "their roles do not cover it" in manager.get(f"{here}/share/").text


def test_a_link_shows_the_chosen_fields_to_anybody(
    number: int, client_as: Any, weft_runtime: Any, moved_clock: Any
) -> None:
    address = make_link(client_as("crm.sales_manager"), number, moved_clock)
    page = client_as(None).get(address)
    assert page.status_code == 200 and "Haverdijk" in page.text and "555" in page.text
    assert "NL001" not in page.text and "/employee/" not in page.text
    with weft_runtime.db.read() as connection:
        row = connection.execute(select(record_link)).one()
    assert row.uses == 1 and address.rpartition("/")[2] not in repr(row)
    history = client_as("crm.sales_manager").get(f"/employee/crm/accounts/{number}?tab=history").text
    assert "made a link to" in history


def test_a_link_ends(number: int, client_as: Any, weft_runtime: Any, weft_cast: Any, moved_clock: Any) -> None:
    from weft.core.identity import rights

    manager, visitor = client_as("crm.sales_manager"), client_as(None)
    ended, expired, withdrawn = (make_link(manager, number, moved_clock, days=days) for days in (5, 1, 6))
    page = manager.get(f"/employee/crm/accounts/{number}/share/").text
    first = re.search(rf"/employee/crm/accounts/{number}/share/links/\d+/end/", page)
    assert first is not None and manager.post(first.group(0)).status_code == 303
    assert visitor.get(ended).status_code == 404
    assert visitor.get(expired).status_code == 200
    moved_clock.move(days=2)
    assert visitor.get(expired).status_code == 404
    assert visitor.get(withdrawn).status_code == 200
    with weft_runtime.db.write() as connection:
        person = weft_cast.user_of("crm.sales_manager")
        rights.set_roles(connection, weft_runtime.registry, person, [], now=moved_clock.now)
    assert visitor.get(withdrawn).status_code == 404
    assert visitor.get("/shared/" + "A" * 22).status_code == 404


def test_what_the_company_confirms_is_never_shared(
    number: int, client_as: Any, weft_runtime: Any, moved_clock: Any
) -> None:
    """Neither offered, nor shown by a link of the days when it was."""
    manager = client_as("crm.sales_manager")
    page = manager.get(f"/employee/crm/accounts/{number}/share/").text
    assert 'value="phone"' in page and 'value="tax_id"' not in page and 'value="bank_account"' not in page
    address = make_link(manager, number, moved_clock)
    with weft_runtime.db.write() as connection:
        connection.execute(record_link.update().values(fields=["name", "phone", "tax_id"]))
    page = client_as(None).get(address).text
    assert "Haverdijk" in page and "NL001" not in page


@pytest.mark.parametrize(
    "more",
    [{"days": 91}, {"days": -1}, {"fields": []}, {"fields": ["match_name"]}, {"fields": ["name", "bank_account"]}],
)
def test_what_a_link_may_not_be(number: int, client_as: Any, weft_runtime: Any, moved_clock: Any, more: Any) -> None:
    end = (moved_clock.now + timedelta(days=more.get("days", 5))).date().isoformat()
    data = {"fields": more.get("fields", ["name"]), "expires_at": end}
    assert (
        client_as("crm.sales_manager").post(f"/employee/crm/accounts/{number}/share/links/", data=data).status_code
        == 422
    )
    with weft_runtime.db.read() as connection:
        assert connection.execute(select(record_link)).first() is None


@pytest.mark.parametrize(
    ("who", "status"), [(None, (303, 401)), ("crm.sales_rep", (403, 404)), ("customer", (303, 401))]
)
def test_who_may_not_share(
    number: int, client_as: Any, who: str | None, status: tuple[int, int], moved_clock: Any
) -> None:
    client, here = client_as(who), f"/employee/crm/accounts/{number}/share/"
    assert client.get(here).status_code in status
    assert client.post(here, data={"user": "1"}).status_code in status
    assert client.post(here + "links/", data={"fields": ["name"], "expires_at": "2026-12-01"}).status_code in status
