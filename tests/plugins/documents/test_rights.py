"""Who finds a document, and who finds no trace of it: in lists, counts, search, previews, files and links."""

from __future__ import annotations

from io import BytesIO

import pytest

from weft.core.errors import Denied, NotFound, QueryError, ValidationFailed
from weft.core.import_export.options import ImportOptions, Source
from weft.core.import_export.planning import plan
from weft.core.search.service import search
from weft.plugins.documents.services import library

pytestmark = pytest.mark.weft_plugins("crm", "documents", "portal_employee", "portal_customer")

WORDS = "The seal of the quietwater valve lasts nine years."


def _found(records, words="quietwater"):
    groups = search(records, words) or []
    return [row.id for group in groups for row in group.rows]


@pytest.fixture
def shared(world, put, records_as, settle):
    """A manual that Maud shared with Alder."""
    number = put(world.maud, "valve.txt", WORDS.encode(), world.open)
    with records_as(world.maud, write=True) as records:
        library.share_with(records, number, [world.alder])
    settle()
    return number


def _traces(records, number):
    """Everything in which a document could show."""
    try:
        row = records.query("documents.document", filters={"id": number}).rows
        count = records.query("documents.document", limit=1, count="exact").count.value
    except QueryError:  # nothing of the kind may be read at all
        row, count = [], 0
    try:
        link = records.find(number).title
    except NotFound:
        link = None
    return {
        "row": bool(row), "count": count,
        "search": number in _found(records), "title": records.titles([number]).get(number) is not None, "link": link,
    }  # fmt: skip


@pytest.mark.both_databases
def test_only_the_organisation_it_is_shared_with_sees_a_document(world, shared, records_as, client_as):
    with records_as(world.lieke) as records:
        seen = _traces(records, shared)
        file = records.get("documents.document", shared)["file"]
    assert seen == {"row": True, "count": 1, "search": True, "title": True, "link": "valve"}
    for other in (world.bram, world.cas):
        with records_as(other) as records:
            traces = _traces(records, shared)
        assert not traces["row"] and not traces["count"] and not traces["search"] and traces["link"] is None
    addresses = (f"/files/{file}", f"/customer/me/preview/{file}", f"/customer/documents/documents/{shared}")
    opened = {
        who: [client_as(person).get(address).status_code for address in addresses]
        for who, person in {"nobody": None, "lieke": world.lieke, "bram": world.bram, "cas": world.cas}.items()
    }
    assert opened["lieke"] == [200, 200, 200]
    assert opened["bram"] == opened["cas"] == [404, 404, 404]
    assert set(opened["nobody"]) <= {303, 401, 404}


def test_a_draft_is_seen_by_its_owner_and_colleagues_of_the_unit_only(world, put, records_as, settle):
    number = put(world.maud, "valve.txt", WORDS.encode(), world.open, status="draft")
    settle()
    who = {"maud": world.maud, "lin": world.lin, "he": world.he, "lieke": world.lieke}
    seen = {}
    for name, person in who.items():
        with records_as(person) as records:
            seen[name] = number in _found(records)
    assert seen == {"maud": True, "lin": True, "he": False, "lieke": False}


def test_a_folder_for_chosen_people_opens_to_them_and_all_below_follows(world, put, make_record, records_as, settle):
    with records_as(world.he, write=True) as records:
        inner = records.create("documents.folder", {"name": "Contracts of work", "parent": world.closed})["id"]
    number = put(world.he, "pay.txt", WORDS.encode(), inner)
    settle()
    with records_as(world.lin) as records:
        traces = _traces(records, number)
        assert not traces["row"] and not traces["search"] and traces["link"] is None
        assert records.query("documents.folder", filters={"id__in": [world.closed, inner]}).rows == []
    from weft.core.sdk import share_record

    with records_as(world.he, write=True) as records:
        share_record(records, world.closed, user=world.lin)
    settle()
    with records_as(world.lin) as records:
        assert _traces(records, number)["search"]
    with records_as(world.maud) as records:
        assert not _traces(records, number)["row"]
    with records_as(world.he, write=True) as records:
        records.update("documents.folder", world.closed, {"access": "company"}, version=None)
    with records_as(world.maud) as records:
        assert _traces(records, number)["row"]


def test_a_file_changes_ones_own_documents_and_not_those_of_the_unit(world, put, records_as):
    """Colleagues write on a draft by hand; changing many by a file is for the owner."""
    hers = put(world.maud, "valve.txt", WORDS.encode(), world.open, status="draft")
    his = put(world.lin, "seal.txt", WORDS.encode(), world.open, status="draft")
    text = f"id,summary\n{hers},By file\n{his},By file\n".encode()
    with records_as(world.lin, write=True, door="import") as records:
        records.update("documents.document", hers, {"summary": "By hand"}, version=None)
        source = Source(BytesIO(text), "x.csv")
        outcome = plan(records, "documents.document", source, None, "id", ImportOptions(mode="update")).run(records)
    assert (outcome.updated, outcome.faulty) == (1, 1)
    with records_as(world.lin) as records:
        kept = {number: records.get("documents.document", number)["summary"] for number in (hers, his)}
    assert kept == {hers: "By hand", his: "By file"}


def test_those_without_the_right_cannot_let_people_outside_read(world, put, records_as):
    number = put(world.lin, "valve.txt", WORDS.encode(), world.open)
    with records_as(world.lin, write=True) as records:
        with pytest.raises((Denied, NotFound)):
            library.share_with(records, number, [world.alder])
        with pytest.raises((Denied, ValidationFailed)):
            records.update("documents.document", number, {"for_customers": True}, version=None)
    with records_as(world.maud, write=True) as records:
        records.update("documents.document", number, {"for_customers": True}, version=None)
    with records_as(world.cas) as records:
        assert _traces(records, number)["row"]


def test_what_has_expired_is_gone_outside(world, shared, records_as):
    with records_as(world.maud, write=True) as records:
        records.update("documents.document", shared, {"expires_on": "2020-01-01"}, version=None)
    with records_as(world.lieke) as records:
        assert not _traces(records, shared)["row"]
    with records_as(world.lin) as records:
        assert _traces(records, shared)["row"]


def test_a_reviewed_folder_lets_nobody_release_their_own(world, put, make_record, records_as):
    folder = make_record("documents.folder", name="Policies", reviewed=True).id
    number = put(world.lin, "policy.txt", WORDS.encode(), folder, status="draft")
    with records_as(world.lin, write=True) as records, pytest.raises(Denied):
        records.act("documents.document.release", number, {})
    with records_as(world.lin, write=True) as records:
        records.act("documents.document.submit", number, {"reviewer": world.he})
    with records_as(world.he, write=True) as records:
        records.act("documents.document.release", number, {})
        assert records.get("documents.document", number)["status"] == "released"
