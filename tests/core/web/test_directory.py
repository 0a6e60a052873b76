"""The directory: colleagues by name, sound, unit and place, with a number to call; people of the company only."""

from __future__ import annotations

import pytest

from weft.core.identity import users
from weft.core.search.people import find_colleagues

pytestmark = pytest.mark.weft_plugins("portal_employee", "portal_customer")


@pytest.fixture
def people(weft_cast, weft_runtime):
    """Two colleagues in two units, one who left, one from outside."""
    sales, field = weft_cast.unit("Sales"), weft_cast.unit("Field service")
    lin = weft_cast.user("employee", name="林疏桐", email="lin@weft.example", units=[sales])
    maud = weft_cast.user("employee", name="Maud Teunisse", email="maud@weft.example", units=[field])
    gone = weft_cast.user("employee", name="Joris Haanstra", email="joris@weft.example")
    weft_cast.user("customer", name="Lieke Haagstra", email="lieke@water.example")
    with weft_runtime.db.write() as connection:
        users.update_user(connection, lin, name_alt="Lin Shutong", phone="+86 512 0000 0101")
        users.deactivate(connection, gone, now=weft_runtime.clock())
    return {"lin": lin, "maud": maud, "sales": sales, "field": field}


@pytest.mark.parametrize("typed", ["lst", "linshutong", "疏桐", "shutong", "lin shu", "LIN", "00000101", "lin@weft"])
def test_a_colleague_is_found_by_part_of_the_name_by_sound_number_and_address(people, records_as, typed):
    with records_as("employee") as records:
        assert [one.id for one in find_colleagues(records, typed)] == [people["lin"]]


def test_the_page_lists_those_who_work_here_and_narrows_by_unit(people, client_as):
    client = client_as("employee")
    page = client.get("/employee/directory/").text
    assert "Lin Shutong" in page and "Maud Teunisse" in page and 'href="tel:+8651200000101"' in page
    assert "Joris Haanstra" not in page and "Lieke Haagstra" not in page
    one = client.get(f"/employee/directory/?q=lst&unit={people['sales']}").text
    assert "Lin Shutong" in one and "Maud Teunisse" not in one
    none = client.get(f"/employee/directory/?q=lst&unit={people['field']}").text
    assert "Nobody matches" in none


def test_strangers_and_visitors_of_portals_are_refused(people, client_as):
    assert client_as(None).get("/employee/directory/").status_code in (302, 303)
    assert client_as("customer").get("/employee/directory/").status_code in (302, 303, 403, 404)
    assert client_as("customer").get("/customer/directory/").status_code == 404
    found = client_as("customer").get("/customer/search/?q=Lin").text
    assert "Lin Shutong" not in found and "疏桐" not in found


def test_search_and_palette_find_colleagues_too(people, client_as):
    client = client_as("employee")
    assert "Lin Shutong" in client.get("/employee/search/?q=lst").text
    groups = client.get("/employee/palette/?q=lst").get_json()["groups"]
    rows = [row for group in groups for row in group["rows"] if group["title"] == "Colleagues"]
    assert rows[0]["title"] == "Lin Shutong" and "+86 512 0000 0101" in rows[0]["end"]


def test_one_gives_ones_own_number_with_a_country_code(people, client_as, weft_runtime):
    client = client_as(people["maud"])
    refused = client.post("/employee/profile/", data={"name": "Maud Teunisse", "phone": "010 12345"})
    assert refused.status_code == 422 and "country code" in refused.text
    assert client.post("/employee/profile/", data={"phone": "+31 (0)10 000 0009"}).status_code in (302, 303)
    with weft_runtime.db.read() as connection:
        assert users.find(connection, people["maud"]).phone == "+31100000009"


def test_everybody_is_listed_in_few_statements(people, weft_cast, records_as, query_count):
    for number in range(30):
        weft_cast.user("employee", name=f"Colleague {number}", email=f"c{number}@weft.example")
    with records_as("employee") as records, query_count(at_most=2):
        assert len(find_colleagues(records)) >= 32
