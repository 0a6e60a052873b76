"""News: whom it is for, when it is shown, in which language it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.plugins.communication.services import news

pytestmark = pytest.mark.weft_plugins("communication", "portal_employee", "portal_customer", "portal_distributor")

NEWS = "communication.news"


@pytest.fixture
def item(make_record, records_as, weft_cast):
    """A published item for customers in both languages."""
    weft_cast.user("communication.editor", name="He Shuyao", email="he@weft.example")
    row = make_record(
        NEWS, headline="LD-4 is here", headline_alt="LD-4 上市", text="It hears **more**.", text_alt="听得更清。",
        audiences=["customer"],
    )  # fmt: skip
    with records_as("system", write=True) as records:
        records.act(f"{NEWS}.publish", row.id)
    return row.id


def test_only_its_audience_reads_a_published_item(item, records_as):
    with records_as("customer") as records:
        assert [row["headline"] for row in records.query(NEWS).rows] == ["LD-4 is here"]
    for who in ("distributor", "employee", "anonymous"):
        with records_as(who) as records, pytest.raises(NotFound):
            records.get(NEWS, item)
    with records_as("communication.editor") as records:
        assert records.get(NEWS, item)["headline"] == "LD-4 is here"


def test_a_draft_and_what_was_withdrawn_is_read_by_editors_only(item, records_as, make_record):
    draft = make_record(NEWS, headline="Soon", text="Wait.", audiences=["customer"])
    with records_as("communication.editor", write=True) as records:
        records.act(f"{NEWS}.withdraw", item)
        assert {row["id"] for row in records.query(NEWS).rows} == {item, draft.id}
    with records_as("customer") as records:
        assert records.query(NEWS).rows == []
    with records_as("customer", write=True) as records, pytest.raises((Denied, NotFound)):
        records.act(f"{NEWS}.publish", item)


def test_it_is_shown_from_its_first_to_its_last_day(records_as, make_record, weft_runtime, moved_clock):
    today = weft_runtime.clock().date()
    days = {"shown_from": 2, "shown_until": 5}
    dates = {name: (today + timedelta(days=number)).isoformat() for name, number in days.items()}
    row = make_record(NEWS, headline="Fair", text="Stand 4.", audiences=["customer"], **dates)
    with records_as("system", write=True) as records:
        records.act(f"{NEWS}.publish", row.id)
    seen = []
    for days in (0, 3, 4):
        moved_clock.move(days=days)
        with records_as("system", write=True) as records:
            news.refresh(records)
        with records_as("customer") as records:
            seen.append(len(records.query(NEWS).rows))
    assert seen == [0, 1, 0]


def test_an_end_before_the_beginning_is_refused(make_record):
    dates = {"shown_from": "2026-05-02", "shown_until": "2026-05-01"}
    with pytest.raises(ValidationFailed) as refused:
        make_record(NEWS, headline="Fair", text="x", audiences=["customer"], **dates)
    assert refused.value.errors[0].field == "shown_until"


def test_readers_see_it_in_their_language_in_tile_and_page(item, client_as, weft_cast):
    english = client_as(weft_cast.user("customer", email="a@alder.example", locale="en"))
    chinese = client_as(weft_cast.user("customer", email="b@alder.example", locale="zh"))
    assert "LD-4 is here" in english.get("/customer/").text
    assert "LD-4 上市" in chinese.get("/customer/").text
    page = english.get(f"/customer/communication/news/{item}").text
    assert "<strong>more</strong>" in page and "听得更清" not in page
    assert "听得更清" in chinese.get(f"/customer/communication/news/{item}").text
    assert client_as("distributor").get(f"/distributor/communication/news/{item}").status_code == 404
