"""A company with a library, two customers with people in their portal, and files for every test."""

from __future__ import annotations

from io import BytesIO

import pytest

from weft.core.outbox.worker import Worker
from weft.core.sdk import files

READER = "documents.customer_reader"


class World:
    """What tests of documents talk about."""


@pytest.fixture
def world(weft_cast, make_record):
    """Sales with Maud (rep) and Lin; HR with He; Alder (Lieke reads documents, Bram does not); Birch (Cas)."""
    w = World()
    w.sales, w.people = weft_cast.unit("Sales"), weft_cast.unit("People")
    w.maud = weft_cast.user("crm.sales_rep", name="Maud Teunisse", email="maud@weft.example", units=[w.sales])
    w.lin = weft_cast.user("employee", name="Lin Shutong", email="lin@weft.example", units=[w.sales])
    w.he = weft_cast.user("employee", name="He Shuyao", email="he@weft.example", units=[w.people])
    w.librarian = weft_cast.user("documents.librarian", name="Su Yin", email="su@weft.example", units=[w.people])
    w.alder = make_record("crm.account", name="Alder Water", role=["customer"], owner=w.maud).id
    w.birch = make_record("crm.account", name="Birch Heat", role=["customer"]).id
    w.lieke = weft_cast.user(READER, name="Lieke Haagstra", email="lieke@alder.example", anchors=[w.alder])
    w.bram = weft_cast.user("customer", name="Bram Visser", email="bram@alder.example", anchors=[w.alder])
    w.cas = weft_cast.user(READER, name="Cas Berk", email="cas@birch.example", anchors=[w.birch])
    w.open = make_record("documents.folder", name="Manuals").id
    w.closed = make_record("documents.folder", name="Personnel", access="chosen", owner=w.he).id
    return w


@pytest.fixture
def settle(weft_runtime):
    """Do the background work that is due: reading files, indexing, versions, readers of folders."""

    def run():
        from weft.core.search.indexing import check

        Worker(weft_runtime, threads=1).run_due()
        check(weft_runtime)

    return run


@pytest.fixture
def put(records_as):
    """``put(who, "name.txt", b"...", folder, status="released")`` makes a document of a file; returns its id."""
    from weft.plugins.documents.services import library

    def make(who, name, content, folder, **values):
        with records_as(who, write=True) as records:
            received = files.receive(records.runtime, BytesIO(content), name, wide=True)
            kept = files.upload(records, received)
            values = {"status": "released", "name": name.rsplit(".", 1)[0], **values}
            return library.add(records, {**values, "file": kept.id, "folder": folder})["id"]

    return make
