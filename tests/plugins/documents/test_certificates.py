"""Certificates of suppliers: sent, accepted, refused, warned of; each supplier has its own only."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest

from weft.core.errors import StateConflict
from weft.core.sdk import Denied, NotFound, ValidationFailed, files
from weft.plugins.documents.services import certificates

pytestmark = pytest.mark.weft_plugins("crm", "documents", "portal_employee", "portal_supplier")
CERTIFICATE, VERSION = certificates.CERTIFICATE, certificates.VERSION


@pytest.fixture
def world(weft_cast, make_record, moved_clock):
    """Dai looks after Shuohe, whose Jin has an account; Nordlyng has Nils."""
    w = SimpleNamespace(clock=moved_clock, today=moved_clock().date())
    w.dai = weft_cast.user("employee", name="Dai Lanting")
    w.other = weft_cast.user("employee", name="Hou Tianyu")
    w.rep = weft_cast.user("crm.sales_rep", name="Lin Shutong")
    w.shuohe = make_record("crm.account", name="Shuohe", role=["supplier"], owner=w.dai)["id"]
    w.nordlyng = make_record("crm.account", name="Nordlyng", role=["supplier"])["id"]
    w.jin = weft_cast.user("documents.supplier_reader", name="Jin Xubai", anchors=[w.shuohe])
    w.nils = weft_cast.user("documents.supplier_reader", name="Nils Nord", anchors=[w.nordlyng])
    return w


@pytest.fixture
def paper(records_as):
    """``paper(who)``: an uploaded PDF; its id."""

    def make(who, name="iso.pdf"):
        with records_as(who, write=True) as records:
            made = files.make_pdf(f"# {name}", name)
            content = made.content or b"%PDF-1.4\n%%EOF\n"
            return int(files.upload(records, files.receive(records.runtime, BytesIO(content), name)).id)

    return make


@pytest.fixture
def sent(world, paper, records_as):
    """A certificate that Jin entered; its id."""
    file = paper(world.jin)
    with records_as(world.jin, write=True) as records:
        return records.create(CERTIFICATE, {
            "name": "Quality management", "kind": "quality", "ends_on": (world.today + timedelta(days=20)).isoformat(),
            "file": file}).id  # fmt: skip


def act(records_as, who, word, number, **data):
    with records_as(who, write=True) as records:
        return records.act(f"{CERTIFICATE}.{word}", number, data)


def row_of(records_as, number, who="system"):
    with records_as(who) as records:
        return records.get(CERTIFICATE, number)


def versions_of(records_as, number):
    with records_as("system") as records:
        rows = records.query(VERSION, fields=("revision", "ends_on", "file"), filters={"certificate": number}).rows
    return [(row["revision"], row["ends_on"], row["file"]) for row in rows]


def test_what_a_supplier_enters_waits_for_who_looks_after_it(world, sent, records_as):
    row = row_of(records_as, sent)
    assert (row["status"], row["holder"].id, row["owner"].id) == ("to_confirm", world.shuohe, world.dai)
    with pytest.raises((Denied, NotFound)):
        act(records_as, world.jin, "accept", sent)
    with pytest.raises((Denied, NotFound)):
        act(records_as, world.rep, "accept", sent)
    act(records_as, world.dai, "accept", sent)
    assert row_of(records_as, sent, world.rep)["status"] == "valid"
    with records_as(world.jin, write=True) as records, pytest.raises(ValidationFailed):
        records.create(CERTIFICATE, {"name": "Without a paper", "ends_on": world.today.isoformat()})


def test_a_renewal_counts_once_it_is_accepted_and_the_old_paper_stays(world, sent, paper, records_as):
    act(records_as, world.dai, "accept", sent)
    before = row_of(records_as, sent)
    later = world.today + timedelta(days=900)
    with pytest.raises(ValidationFailed, match="longer"):
        act(records_as, world.jin, "renew", sent, file=paper(world.jin), ends_on=world.today + timedelta(days=3))
    act(records_as, world.jin, "renew", sent, file=paper(world.jin, "new.pdf"), ends_on=later)
    row = row_of(records_as, sent)
    assert (row["status"], row["ends_on"], row["new_ends_on"]) == ("to_confirm", before["ends_on"], later)
    act(records_as, world.dai, "accept", sent)
    row = row_of(records_as, sent)
    assert (row["status"], row["ends_on"], row["revision"], row["new_ends_on"]) == ("valid", later, 2, None)
    assert row["file"] != before["file"]
    with records_as(world.jin) as records:
        (old,) = records.query(VERSION, fields=("revision", "ends_on", "file"), filters={"certificate": sent}).rows
    assert (old["revision"], old["ends_on"], old["file"]) == (1, before["ends_on"], before["file"])


def test_a_refused_renewal_says_why_and_the_present_one_goes_on(world, sent, paper, records_as, client_as):
    act(records_as, world.dai, "accept", sent)
    before, later = row_of(records_as, sent), world.today + timedelta(days=900)
    act(records_as, world.jin, "renew", sent, file=paper(world.jin), ends_on=later)
    act(records_as, world.dai, "refuse", sent, why="The stamp is missing")
    row = row_of(records_as, sent, world.jin)
    assert (row["status"], row["why"]) == ("valid", "The stamp is missing")
    kept = ("ends_on", "file", "revision", "new_file", "new_ends_on")
    assert [row.get(name) for name in kept] == [before.get(name) for name in kept]
    assert versions_of(records_as, sent) == []
    page = client_as(world.jin).get(f"/supplier/documents/certificates/{sent}").text
    assert "Why the renewal was refused" in page and "Send the renewal" in page
    act(records_as, world.jin, "renew", sent, file=paper(world.jin, "stamped.pdf"), ends_on=later)
    act(records_as, world.dai, "accept", sent)
    row = row_of(records_as, sent)
    assert (row["status"], row["ends_on"], row["revision"], row.get("why")) == ("valid", later, 2, None)
    assert versions_of(records_as, sent) == [(1, before["ends_on"], before["file"])]


def test_a_paper_refused_at_first_is_sent_again_and_was_never_an_earlier_certificate(
    world, sent, paper, records_as, client_as
):
    act(records_as, world.dai, "refuse", sent, why="The day is wrong")
    assert row_of(records_as, sent)["status"] == "refused"
    page = client_as(world.jin).get(f"/supplier/documents/certificates/{sent}").text
    assert "Why it was refused" in page and "The day is wrong" in page
    with pytest.raises(ValidationFailed, match="end after today"):
        act(records_as, world.jin, "renew", sent, file=paper(world.jin), ends_on=world.today)
    earlier, right = world.today + timedelta(days=10), paper(world.jin, "right.pdf")
    act(records_as, world.jin, "renew", sent, file=right, ends_on=earlier)
    row = row_of(records_as, sent)
    assert (row["status"], row["ends_on"], row["file"], row["new_ends_on"]) == ("to_confirm", earlier, right, None)
    act(records_as, world.dai, "refuse", sent, why="Now the name is")
    assert row_of(records_as, sent)["status"] == "refused"
    act(records_as, world.jin, "renew", sent, file=paper(world.jin), ends_on=earlier)
    act(records_as, world.dai, "accept", sent)
    row = row_of(records_as, sent)
    assert (row["status"], row["revision"]) == ("valid", 1) and versions_of(records_as, sent) == []


def test_while_a_renewal_waits_no_second_one_is_sent(world, sent, paper, records_as):
    act(records_as, world.dai, "accept", sent)
    act(records_as, world.jin, "renew", sent, file=paper(world.jin), ends_on=world.today + timedelta(days=900))
    waiting = row_of(records_as, sent)
    for who in (world.jin, world.dai):
        with pytest.raises(StateConflict, match="no longer possible"):
            act(records_as, who, "renew", sent, file=paper(who), ends_on=world.today + timedelta(days=950))
    assert row_of(records_as, sent)["new_ends_on"] == waiting["new_ends_on"]


def test_a_certificate_taken_over_without_a_version_is_kept_as_the_first(world, paper, records_as):
    ends, file = world.today + timedelta(days=20), paper(world.dai)
    with records_as("system", write=True) as records:
        taken = {"name": "Insurance", "holder": world.shuohe, "ends_on": ends, "file": file, "status": "valid",
                 "owner": world.dai, "revision": 0}  # fmt: skip
        (number,) = records.load(CERTIFICATE, [taken]).created
    act(records_as, world.jin, "renew", number, file=paper(world.jin), ends_on=world.today + timedelta(days=400))
    act(records_as, world.dai, "accept", number)
    assert versions_of(records_as, number) == [(1, ends, file)] and row_of(records_as, number)["revision"] == 2


def test_another_supplier_and_colleagues_without_a_reason_see_nothing(world, sent, records_as, client_as):
    for stranger in (world.nils, world.other):
        with records_as(stranger) as records, pytest.raises(NotFound):
            records.get(CERTIFICATE, sent)
    assert client_as(world.nils).get(f"/supplier/documents/certificates/{sent}").status_code == 404
    assert client_as(world.jin).get(f"/supplier/documents/certificates/{sent}").status_code == 200
    card = client_as(world.rep).get(f"/employee/crm/accounts/{world.shuohe}").text
    assert "Quality management" in card and "To confirm" in card


def test_both_sides_are_warned_once(world, sent, records_as, weft_runtime):
    from sqlalchemy import text

    act(records_as, world.dai, "accept", sent)
    with records_as("system", write=True) as records:
        assert certificates.warn(records, world.today, 30) == 1
        assert certificates.warn(records, world.today, 30) == 0
    with weft_runtime.db.read() as connection:
        told = connection.execute(
            text("SELECT user_id FROM notice WHERE kind = 'documents.certificate_ends'")
        ).scalars()
        assert set(told) == {world.dai, world.jin}
