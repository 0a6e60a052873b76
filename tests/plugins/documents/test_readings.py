"""Reading confirmations: who is asked, who has confirmed, who is reminded."""

from __future__ import annotations

import pytest

from weft.core.collaboration import notices
from weft.core.errors import ValidationFailed
from weft.plugins.documents.services import readings

pytestmark = pytest.mark.weft_plugins("crm", "documents", "portal_employee")

DOCUMENT = "documents.document"


def _unread(records):
    return [one for one in notices.inbox(records) if one.kind.startswith("documents.")]


def test_units_are_asked_and_only_those_who_have_not_confirmed_are_reminded(world, put, records_as):
    number = put(world.he, "guide.txt", b"Welcome to the company.", world.open)
    with records_as(world.he, write=True) as records:
        answer = records.act(f"{DOCUMENT}.ask", number, {"units": str(world.sales), "due_on": None})
        assert "2" in str(answer.message)  # Maud and Lin
    with records_as(world.lin, write=True) as records:
        assert [row["document"].id for row in readings.waiting(records)] == [number]
        records.act(f"{DOCUMENT}.confirm", number, {})
        assert readings.waiting(records) == []
    with records_as(world.he, write=True) as records:
        (line,) = readings.by_unit(records, number)
        assert (line.unit, line.done, line.open) == ("Sales", ("Lin Shutong",), ("Maud Teunisse",))
        records.act(f"{DOCUMENT}.remind", number, {})
    reminded = {}
    for who, person in {"lin": world.lin, "maud": world.maud}.items():
        with records_as(person) as records:
            reminded[who] = [one for one in _unread(records) if one.kind == readings.REMINDED]
    assert len(reminded["maud"]) == 1 and reminded["lin"] == []


def test_who_may_not_read_it_is_not_asked_and_a_new_version_is_asked_for_anew(world, put, records_as):
    number = put(world.he, "pay.txt", b"Salaries.", world.closed)
    with records_as(world.he, write=True) as records:
        answer = records.act(f"{DOCUMENT}.ask", number, {"units": str(world.sales), "due_on": None})
        assert "2" not in str(answer.message)
        with pytest.raises(ValidationFailed):
            records.act(f"{DOCUMENT}.ask", number, {"units": "", "due_on": None})
    with records_as(world.lin) as records:
        assert readings.waiting(records) == []
    page = put(world.he, "rules.txt", b"Rules.", world.open)
    with records_as(world.he, write=True) as records:
        records.act(f"{DOCUMENT}.ask", page, {"units": str(world.sales), "due_on": None})
    with records_as(world.lin, write=True) as records:
        records.act(f"{DOCUMENT}.confirm", page, {})
    with records_as(world.he, write=True) as records:
        records.update(DOCUMENT, page, {"body": "Other rules."}, version=None)
        records.act(f"{DOCUMENT}.ask", page, {"units": str(world.sales), "due_on": None})
    with records_as(world.lin) as records:
        assert [row["document"].id for row in readings.waiting(records)] == [page]
    with records_as(world.he, write=True) as records:
        assert (
            readings.by_unit(records, page)[0].open == ("Lin Shutong", "Maud Teunisse")
            or len(readings.by_unit(records, page)[0].open) == 2
        )


def test_nobody_confirms_what_they_were_not_asked_for(world, put, records_as):
    number = put(world.he, "guide.txt", b"Welcome.", world.open)
    with records_as(world.lin, write=True) as records, pytest.raises(ValidationFailed):
        records.act(f"{DOCUMENT}.confirm", number, {})
