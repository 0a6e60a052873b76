"""Versions, comparing, templates, folders, and the pages people work with."""

from __future__ import annotations

from io import BytesIO

import pytest

from weft.core.errors import ValidationFailed
from weft.core.sdk import files
from weft.plugins.documents.services import filling, library

pytestmark = pytest.mark.weft_plugins("crm", "documents", "portal_employee")

DOCUMENT = "documents.document"


def test_a_new_file_is_a_new_version_and_the_old_one_stays(world, put, records_as, client_as, settle):
    number = put(world.maud, "protocol.txt", b"Pump one runs.\nPump two stands.\n", world.open)
    with records_as(world.maud, write=True) as records:
        kept = files.upload(records, BytesIO(b"Pump one runs.\nPump two runs again.\n"), "protocol2.txt")
        records.act(f"{DOCUMENT}.new_version", number, {"file": kept.id, "note": "Pump two mended"})
    settle()
    with records_as(world.lin) as records:
        first, second = sorted(library.versions(records, number), key=lambda row: row["revision"])
        assert (first["revision"], second["revision"], second["note"]) == (1, 2, "Pump two mended")
        assert records.get(DOCUMENT, number)["revision"] == 2
        changes = library.changes_between(records, first, second)
        assert ("-", "Pump two stands.") in changes and ("+", "Pump two runs again.") in changes
    page = client_as(world.lin).get(f"/employee/documents/documents/{number}").text
    assert "Pump two mended" in page and f"/employee/documents/compare/{number}?a=1&amp;b=2" in page
    compared = client_as(world.lin).get(f"/employee/documents/compare/{number}?a=1&b=2").text
    assert "<ins>Pump two runs again.</ins>" in compared and "<del>Pump two stands.</del>" in compared
    assert client_as(world.lin).get(f"/employee/documents/compare/{number}?a=1&b=9").status_code == 404


def test_a_file_document_needs_a_file_and_a_folder_cannot_lie_in_itself(world, records_as, make_record):
    with records_as(world.maud, write=True) as records, pytest.raises(ValidationFailed):
        records.create(DOCUMENT, {"name": "Nothing", "folder": world.open})
    inner = make_record("documents.folder", name="Inner", parent=world.open).id
    with records_as(world.librarian, write=True) as records, pytest.raises(ValidationFailed):
        records.update("documents.folder", world.open, {"parent": inner}, version=None)


def test_files_are_sent_into_a_folder_and_about_a_record(world, client_as, records_as):
    client = client_as(world.maud)
    sent = client.post("/employee/me/upload/?wide=1", data={"file": (BytesIO(b"A plan."), "plan.txt")},
                       content_type="multipart/form-data").get_json()  # fmt: skip
    answer = client.post("/employee/documents/upload", data={
        "files": sent["id"], "folder": world.open, "about": world.alder, "release": "1", "name": "",
    })  # fmt: skip
    assert answer.status_code == 303
    tab = client.get(f"/employee/crm/accounts/{world.alder}?tab=slot:documents.tab_crm_account").text
    assert "plan" in tab and "/employee/documents/fill/" in tab
    refused = client.post("/employee/documents/upload", data={"folder": world.open})
    assert refused.status_code == 422 and "Choose a file." in refused.text
    library_page = client.get(f"/employee/documents/library?folder={world.open}").text
    assert "plan" in library_page
    assert client.get(f"/employee/documents/library?folder={world.closed}").status_code == 404


def test_a_template_is_filled_from_a_record_as_pdf(world, make_record, records_as, settle):
    make_record("documents.template", name="Letter", output="pdf", subject="crm.account",
                body="# {{name}}\n\nDear {{name}}, this is {{company}}. {{unknown}} {{bank_account}}")  # fmt: skip
    with records_as(world.maud, write=True) as records:
        record = records.find(world.alder)
        (template,) = filling.offered(records, record)
        made = filling.fill(records, template, world.alder, world.open)
    settle()
    with records_as(world.maud) as records:
        text = files.words_of(records, records.get(DOCUMENT, made["id"])["file"])
        assert "Dear Alder Water, this is" in text and "{{" not in text
        linked = records.query(DOCUMENT, filters={"linked": f"documents.about:{world.alder}"}).rows
        assert [row["id"] for row in linked] == [made["id"]]


def test_a_page_links_records_and_runs_nothing(world, records_as, client_as):
    with records_as(world.maud, write=True) as records:
        body = f"See [Alder](/r/{world.alder}).\n\n<script>alert(1)</script> [x](javascript:alert(1))"
        number = library.add(records, {"name": "Note", "form": "page", "folder": world.open, "body": body})["id"]
    page = client_as(world.maud).get(f"/employee/documents/documents/{number}").text
    assert f'href="/r/{world.alder}"' in page
    assert "<script>alert" not in page and 'href="javascript' not in page


def test_the_dialog_of_sharing_names_who_will_see_it_before_anything_is_saved(world, put, client_as, records_as):
    number = put(world.maud, "valve.txt", b"Words.", world.open)
    client = client_as(world.maud)
    address = f"/employee/documents/documents/{number}/act/share_outside"
    asked = client.post(address, data={"organisations": world.alder})
    assert "Lieke Haagstra" in asked.text and "Cas Berk" not in asked.text
    with records_as(world.maud) as records:
        assert library.shared_with(records, number) == []
    done = client.post(address, data={"organisations": world.alder, "seen": str(world.alder)})
    assert done.status_code in (204, 303)
    with records_as(world.maud) as records:
        assert library.shared_with(records, number) == [(world.alder, "Alder Water")]
    assert client_as(world.lin).post(address, data={"organisations": world.alder}).status_code in (403, 404)
