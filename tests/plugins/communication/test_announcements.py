"""Announcements: told to all or some units, confirmed, counted by unit, reminded of; refused when empty."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.collaboration import notices
from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.plugins.communication.services import announcements as service

pytestmark = pytest.mark.weft_plugins("communication", "portal_employee", "portal_customer")

ANNOUNCEMENT = "communication.announcement"
EXECUTIVE, HEAD = "portal_employee.executive", "portal_employee.department_head"
TEXT = {"subject": "Safety day", "text": "On Friday the hall is shut.", "to_confirm": True}


class Place:
    """Sales with China below it, Field beside it; somebody in each, and who leads."""


@pytest.fixture
def place(weft_cast):
    p = Place()
    p.sales = weft_cast.unit("Sales")
    p.china, p.field = weft_cast.unit("China", p.sales), weft_cast.unit("Field service")
    p.boss = weft_cast.user(EXECUTIVE, name="Shen Zhiyao", email="shen@weft.example", units=[p.sales])
    p.head = weft_cast.user(HEAD, name="Lu Jinghe", email="lu@weft.example", units=[p.sales])
    p.lin = weft_cast.user("employee", name="Lin Shutong", email="lin@weft.example", units=[p.china])
    p.xu = weft_cast.user("employee", name="Xu Tinglan", email="xu@weft.example", units=[p.field])
    p.lieke = weft_cast.user("customer", name="Lieke Haagstra", email="lieke@alder.example")
    return p


def tell(records_as, who, receivers, **values):
    with records_as(who, write=True) as records:
        return service.announce(records, {**TEXT, **values}, receivers)["id"]


def waiting(records_as, who):
    with records_as(who) as records:
        return service.waiting(records)


def test_all_units_get_it_and_the_author_sees_who_has_confirmed_by_unit(place, records_as):
    told = tell(records_as, place.boss, ["all"])
    for who in (place.lin, place.xu, place.head, place.boss):
        assert waiting(records_as, who) == {told}
    with records_as(place.xu, write=True) as records:
        records.act(f"{ANNOUNCEMENT}.confirm", told)
    assert waiting(records_as, place.xu) == set()
    with records_as(place.boss) as records:
        lines = {line.unit: (line.done, line.open) for line in service.by_unit(records, told)}
    assert lines["Field service"] == (("Xu Tinglan",), ())
    assert lines["China"] == ((), ("Lin Shutong",))


def test_a_unit_gets_it_with_the_units_below_and_nobody_else_reads_it(place, records_as):
    told = tell(records_as, place.boss, [str(place.sales)])
    assert waiting(records_as, place.lin) == {told} and waiting(records_as, place.xu) == set()
    for stranger in (place.xu, place.lieke, "anonymous"):
        with records_as(stranger) as records, pytest.raises(NotFound):
            records.get(ANNOUNCEMENT, told)
    with records_as(place.xu, write=True) as records, pytest.raises(NotFound):
        records.act(f"{ANNOUNCEMENT}.confirm", told)


@pytest.mark.parametrize(
    ("values", "receivers", "wrong"),
    [({"text": " "}, ["all"], "text"), ({}, [], "receivers"), ({"subject": ""}, ["all"], "subject"),
     ({"valid_from": "2026-12-02", "valid_until": "2026-12-01"}, ["all"], "valid_until")],
)  # fmt: skip
def test_what_is_missing_is_refused_at_the_field(place, records_as, values, receivers, wrong):
    with pytest.raises(ValidationFailed) as refused:
        tell(records_as, place.boss, receivers, **values)
    assert [error.field for error in refused.value.errors] == [wrong]


def test_heads_write_to_their_own_units_and_others_to_none(place, records_as):
    told = tell(records_as, place.head, [str(place.china)])
    assert waiting(records_as, place.lin) == {told}
    for who, receivers in ((place.head, [str(place.field)]), (place.head, ["all"]), (place.lin, [str(place.china)])):
        with pytest.raises(Denied):
            tell(records_as, who, receivers)


def test_a_reminder_reaches_only_those_who_have_not_confirmed(place, records_as):
    told = tell(records_as, place.boss, ["all"])
    with records_as(place.xu, write=True) as records:
        records.act(f"{ANNOUNCEMENT}.confirm", told)
    with records_as(place.lin, write=True) as records, pytest.raises(Denied):
        records.act(f"{ANNOUNCEMENT}.remind", told)
    with records_as(place.boss, write=True) as records:
        assert "3" in str(records.act(f"{ANNOUNCEMENT}.remind", told).message)
    with records_as(place.lin) as records:
        assert "Shen Zhiyao asks you to read and confirm: Safety day" in [one.text for one in notices.inbox(records)]
    with records_as(place.xu) as records:
        assert notices.inbox(records) == []


def test_it_begins_on_its_day_reaches_who_joins_later_and_ends(place, records_as, weft_runtime, weft_cast, moved_clock):
    today = weft_runtime.clock().date()
    first, last = (today + timedelta(days=days) for days in (3, 10))
    told = tell(records_as, place.boss, ["all"], valid_from=first.isoformat(), valid_until=last.isoformat())
    assert waiting(records_as, place.lin) == set()
    moved_clock.move(days=3, hours=12)
    with records_as("system", write=True) as records:
        assert service.deliver_due(records) == 4
    assert waiting(records_as, place.lin) == {told}
    new = weft_cast.user("employee", name="Gu Nanqiao", email="gu@weft.example", units=[place.china])
    for expected in (1, 0):
        with records_as("system", write=True) as records:
            assert service.deliver_due(records) == expected
    assert waiting(records_as, new) == {told}


def test_it_stands_in_tile_page_and_to_do_and_leaves_them_with_one_click(place, records_as, client_as):
    tell(records_as, place.boss, ["all"])
    client = client_as(place.xu)
    for address in ("/employee/", "/employee/todo/", "/employee/communication/board?waiting=1"):
        page = client.get(address).text
        assert "Safety day" in page and "Read and confirm" in page, address
    told = next(iter(waiting(records_as, place.xu)))
    assert client.post(f"/employee/communication/announcements/{told}/act/confirm").status_code in (204, 302, 303)
    assert "Safety day" not in client.get("/employee/communication/board?waiting=1").text
    assert "Safety day" in client.get("/employee/communication/board").text


def test_one_without_confirmation_is_done_once_it_was_opened(place, records_as, client_as):
    told = tell(records_as, place.boss, ["all"], to_confirm=False)
    client = client_as(place.xu)
    page = client.get(f"/employee/communication/announcements/{told}").text
    assert f"/employee/communication/seen/{told}" in page
    assert client.post(f"/employee/communication/seen/{told}").status_code == 204
    assert waiting(records_as, place.xu) == set()
    must = tell(records_as, place.boss, ["all"])
    client.post(f"/employee/communication/seen/{must}")
    assert waiting(records_as, place.xu) == {must}


def test_the_form_keeps_what_was_typed_and_publishes(place, client_as, records_as):
    client = client_as(place.boss)
    answer = client.post("/employee/communication/announce", data={"subject": "Hall shut", "text": "On Friday."})
    assert answer.status_code == 422 and "Choose who gets it" in answer.text and "On Friday." in answer.text
    sent = {"subject": "Hall shut", "text": "On Friday.", "receivers": [str(place.sales)], "to_confirm": ["0", "1"]}
    assert client.post("/employee/communication/announce", data=sent).status_code in (302, 303)
    (told,) = waiting(records_as, place.lin)
    with records_as(place.lin) as records:
        assert records.get(ANNOUNCEMENT, told)["to_confirm"] is True
    assert client_as(place.xu).get("/employee/communication/announce").status_code == 403
    assert client_as(place.lieke).get("/employee/communication/announce").status_code in (302, 303)
    assert client_as(None).get("/employee/communication/announce").status_code in (302, 303)


def send(door, client_as, api_as, weft_app, who, path, values):
    """Status of a write that comes in by the interface for programs, or by the generated pages."""
    if door == "page":
        return client_as(who).post(f"/employee/communication/announcements{path or '/new'}", data=values).status_code
    address = f"/api/v1/communication/announcements{path.replace('/act/', '/actions/').replace('/edit', '')}"
    method = "PATCH" if path.endswith("/edit") else "POST"
    answer = weft_app.test_client().open(address, method=method, json=values, headers=api_as(who))
    return answer.status_code


@pytest.mark.parametrize("door", ["rest", "page"])
def test_no_door_takes_a_head_beyond_their_own_units(door, place, records_as, client_as, api_as, weft_app):
    everybody = {"subject": "Hall shut", "text": "On Friday.", "everybody": True if door == "rest" else "1"}
    told = []
    for who, allowed in ((None, False), (place.lin, False), (place.head, False), (place.boss, True)):
        if who is None and door == "rest":
            continue  # a program without a token is nobody: see the tests of REST
        status = send(door, client_as, api_as, weft_app, who, "", everybody)
        told.append((status in (201, 303), allowed, status))
    if door == "page":  # the sign-in page is a redirect too
        told = told[1:]
    assert all(done == allowed for done, allowed, _status in told), told
    with records_as("system") as records:
        assert [row["owner"].id for row in records.query(ANNOUNCEMENT).rows] == [place.boss]


def test_a_head_neither_widens_nor_publishes_what_goes_to_others(place, records_as, weft_app, api_as):
    with records_as(place.head, write=True) as records:
        draft = records.create(ANNOUNCEMENT, {"subject": "Hall shut", "text": "On Friday."})["id"]
    client, headers = weft_app.test_client(), api_as(place.head)
    address = f"/api/v1/communication/announcements/{draft}"
    first = {**headers, "If-Match": '"1"'}
    changed = client.patch(address, json={"everybody": True}, headers=first)
    assert changed.status_code == 403, changed.text
    with records_as("system", write=True) as records:
        line = {"name": "Field service", "announcement": draft, "place": place.field}
        records.load("communication.receiver", [line])
    assert client.post(f"{address}/actions/publish", json={}, headers=first).status_code == 403
    assert waiting(records_as, place.xu) == set()
    with records_as(place.head) as records:
        assert records.get(ANNOUNCEMENT, draft)["status"] == "draft"
    # Somebody else's does not exist for them, whatever they ask.
    theirs = tell(records_as, place.boss, [str(place.field)])
    stranger = f"/api/v1/communication/announcements/{theirs}"
    assert client.patch(stranger, json={"everybody": True}, headers=first).status_code == 404


def test_new_in_the_list_of_announcements_opens_the_page_that_asks_for_receivers(place, client_as):
    answer = client_as(place.head).get("/employee/communication/announcements/new")
    assert answer.status_code == 303 and answer.location == "/employee/communication/announce"
    assert client_as(place.lin).get("/employee/communication/announcements/new").status_code == 403
