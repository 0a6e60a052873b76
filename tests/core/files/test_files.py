"""Files: what is taken, how it is named and served, who may open it, and when it is cleared away."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from weft.core.errors import Denied, NotFound, TooLarge, ValidationFailed
from weft.core.files import files
from weft.core.files.collector import collect
from weft.core.files.store import store_of


def picture(form: str = "PNG", size: tuple[int, int] = (8, 6), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **options)
    return out.getvalue()


def archive(members: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def take(runtime, content: bytes, name: str = "x") -> files.Received:
    return files.receive(runtime, io.BytesIO(content), name)


class Endless:
    """A stream that never ends, and counts what was read."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1, /) -> bytes:
        self.given += size
        return b"x" * size


DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}


# ---- what is taken


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (picture(), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("GIF"), "image/gif"),
        (picture("WEBP"), "image/webp"),
        (archive(DOCX), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (archive({"a.txt": b"a"}), "application/zip"),
        ("Grüße, 你好\n".encode(), "text/plain"),
        ("你好".encode("gb18030"), "text/plain"),
        ("a\tb\r\n".encode("utf-16"), "text/plain"),
    ],
)
def test_the_kind_is_found_from_the_bytes_whatever_the_name(weft_runtime, content, kind):
    assert take(weft_runtime, content, "harmless.exe").media_type == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "markup"),
        (b"  \n<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "markup"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "markup"),
        (b"GIF89a/*<script>alert(1)</script>*/", "image"),
        (b"\x7fELF\x02\x01\x01\x00", "type"),
        (b"MZ\x90\x00\x03\x00", "type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "type"),
        (b"text with \x00 zero", "type"),
        (archive({**DOCX, "word/vbaProject.bin": b"macro"}), "macros"),
        (archive({f"{n}.txt": b"" for n in range(1001)}), "archive"),
        (archive({"zeros": b"\0" * 30_000_000}), "archive"),
        (b"PK\x03\x04broken", "archive"),
        (picture(size=(7000, 6000)), "pixels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_dangerous_files_are_refused_and_leave_nothing(weft_runtime, content, code):
    with pytest.raises(ValidationFailed) as failure:
        take(weft_runtime, content, "report.pdf")
    assert failure.value.errors[0].code == code
    root = weft_runtime.settings.home / "files"
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_an_upload_of_any_length_is_cut_off_at_the_limit(weft_runtime):
    weft_runtime.settings = weft_runtime.settings.with_changes(upload_limit=1_000_000)
    stream = Endless()
    with pytest.raises(TooLarge):
        files.receive(weft_runtime, stream, "endless.txt")
    assert stream.given < 2_000_000
    assert not list((weft_runtime.settings.home / "files" / "tmp").iterdir())


def test_a_picture_is_made_anew_without_what_hides_in_it(weft_runtime):
    hidden = (
        picture("JPEG", comment=b"<script>alert(1)</script>", exif=b"Exif\x00\x00secret place") + b"PK\x03\x04polyglot"
    )
    got = take(weft_runtime, hidden, "me.jpg")
    content = store_of(weft_runtime).open(got.content.sha256).read()
    assert b"script" not in content and b"secret" not in content and b"polyglot" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (8, 6)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\Windows\\system.ini", "system.ini.txt"),
        ("report.txt\x00.exe", "report.txt.exe.txt"),
        ("invoice\u202etxt.exe", "invoicetxt.exe.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"),
        ("Bericht.TXT", "Bericht.txt"),
        ("..", "file.txt"),
        ("", "file.txt"),
        (".htaccess", "htaccess.txt"),
        ("说明书.txt", "说明书.txt"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_names_are_for_people_only(weft_runtime, given, shown):
    got = take(weft_runtime, b"plain", given)
    assert got.name.replace(":", "") == shown
    headers = files.response_headers(
        files.FileInfo(1, "0" * 64, got.name, got.media_type, 5, weft_runtime.clock(), None)
    )
    disposition = headers["Content-Disposition"]
    assert disposition.startswith("attachment; ") and "\r" not in disposition and "\n" not in disposition
    assert disposition.isascii()


def test_files_are_served_without_any_power(weft_runtime):
    headers = files.response_headers(
        files.FileInfo(1, "0" * 64, 'a"b;.pdf', "application/pdf", 5, weft_runtime.clock(), None)
    )
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Content-Disposition"] == "attachment; filename=\"a_b_.pdf\"; filename*=UTF-8''a%22b%3B.pdf"


def test_the_same_content_lies_once_and_a_digest_is_no_path(weft_runtime):
    first, second = take(weft_runtime, b"same", "a.txt"), take(weft_runtime, b"same", "b.txt")
    assert first.content == second.content
    found = [path for path in (weft_runtime.settings.home / "files").rglob("*") if path.is_file()]
    assert len(found) == 1 and found[0].name == first.content.sha256
    for wrong in ("../../secret.key", "A" * 64, ""):
        with pytest.raises(NotFound):
            store_of(weft_runtime).open(wrong)


# ---- who may open it


@pytest.fixture
def shown(make_record, link, weft_cast):
    """A case that one visitor may see, and the visitor."""
    party = make_record("desk.party", name="Mills")["id"]
    case = make_record("desk.case", name="Pump", owner=weft_cast.user_of("desk.clerk"))["id"]
    link("desk.sees", case, party)
    return case, weft_cast.user("customer", anchors=[party])


def opened(records, file_id) -> bytes:
    _info, handle = files.open_for(records, file_id)
    with handle:
        return handle.read()


@pytest.mark.both_databases
def test_an_attachment_opens_by_the_right_to_its_record(records_as, shown, weft_cast):
    case, visitor = shown
    with records_as("desk.clerk", write=True) as records:
        inside = files.attach(records, case, io.BytesIO(b"internal"), "in.txt")
        outside = files.attach(records, case, io.BytesIO(b"shared"), "out.txt", audience="shared")
    assert (inside.audience, outside.audience) == ("internal", "shared")
    with records_as("desk.clerk") as records:
        assert opened(records, inside.file.id) == b"internal"
        assert [one.file.name for one in files.attachments(records, case)] == ["out.txt", "in.txt"]
    with records_as(visitor) as records:
        assert opened(records, outside.file.id) == b"shared"
        assert [one.file.name for one in files.attachments(records, case)] == ["out.txt"]
        with pytest.raises(NotFound):
            files.open_for(records, inside.file.id)
    for who in ("employee", "supplier", weft_cast.user("customer")):
        with records_as(who) as records, pytest.raises(NotFound):
            files.open_for(records, outside.file.id)
    with records_as("desk.boss", write=True) as records:
        files.detach(records, outside.id)
    with records_as(visitor) as records, pytest.raises(NotFound):
        files.open_for(records, outside.file.id)


@pytest.mark.both_databases
def test_attaching_needs_the_right_and_outsiders_attach_shared(records_as, shown):
    case, visitor = shown
    with records_as(visitor, write=True) as records:
        assert files.attach(records, case, io.BytesIO(b"x"), "x.txt").audience == "shared"
        with pytest.raises(Denied):
            files.attach(records, case, io.BytesIO(b"x"), "x.txt", audience="internal")
    for who, error in (("desk.reader", Denied), ("employee", NotFound)):
        with records_as(who, write=True) as records, pytest.raises(error):
            files.attach(records, case, io.BytesIO(b"x"), "x.txt")


@pytest.mark.both_databases
def test_a_field_claims_ones_own_fresh_upload_and_no_other_file(records_as, shown, make_record, weft_cast):
    case, visitor = shown
    second = make_record("desk.case", name="Second", owner=weft_cast.user_of("desk.clerk"))["id"]
    with records_as("desk.boss", write=True) as records:
        foreign = files.upload(records, io.BytesIO(b"the boss's"), "boss.txt").id
        attached = files.attach(records, case, io.BytesIO(b"attached"), "at.txt").file.id
    with records_as("desk.clerk", write=True) as records:
        mine = files.upload(records, io.BytesIO(picture()), "me.png").id
        for other in (foreign, attached, 987_654):
            with pytest.raises(ValidationFailed) as failure:
                records.update("desk.case", case, {"picture": other}, version=None)
            assert [(e.field, e.code) for e in failure.value.errors] == [("picture", "missing")]
        records.update("desk.case", case, {"picture": mine}, version=None)
        with pytest.raises(ValidationFailed):
            records.update("desk.case", second, {"picture": mine}, version=None)
        records.update("desk.case", case, {"picture": mine, "note": "kept"}, version=None)
    with records_as(visitor) as records:
        assert opened(records, mine).startswith(b"\x89PNG")
        with pytest.raises(NotFound):
            files.open_for(records, foreign)
    with records_as("desk.boss") as records:
        assert opened(records, foreign) == b"the boss's"  # the sender's own, for a day
    with records_as("employee") as records, pytest.raises(NotFound):
        files.open_for(records, mine)


# ---- clearing away


@pytest.mark.both_databases
def test_unused_files_go_after_a_day_and_for_good_after_thirty(records_as, shown, weft_runtime, moved_clock):
    case, _visitor = shown
    store = store_of(weft_runtime)
    with records_as("desk.clerk", write=True) as records:
        unused = files.upload(records, io.BytesIO(b"nobody's"), "a.txt")
        twin = files.upload(records, io.BytesIO(b"attached"), "b.txt")
        kept = files.attach(records, case, io.BytesIO(b"attached"), "c.txt").file
        named = files.upload(records, io.BytesIO(picture()), "d.png")
        records.update("desk.case", case, {"picture": named.id}, version=None)
    assert collect(weft_runtime) == (0, 0)
    moved_clock.move(hours=25)
    assert collect(weft_runtime) == (2, 0)
    assert not store.exists(unused.sha256) and store.exists(kept.sha256) and store.exists(named.sha256)
    with records_as("desk.clerk") as records:
        assert opened(records, kept.id) == b"attached"
        with pytest.raises(NotFound):
            files.open_for(records, twin.id)
    moved_clock.move(days=31)
    assert collect(weft_runtime) == (0, 2)
    with records_as("desk.clerk") as records:
        assert opened(records, kept.id) == b"attached" and opened(records, named.id).startswith(b"\x89PNG")
    with pytest.raises(NotFound):
        store.open(unused.sha256)


def test_content_whose_request_failed_is_cleared_too(records_as, weft_runtime, moved_clock):
    store, real = store_of(weft_runtime), datetime.now(UTC)
    with pytest.raises(RuntimeError), records_as("desk.boss", write=True) as records:
        lost = files.upload(records, io.BytesIO(b"lost"), "a.txt").sha256
        raise RuntimeError("the request failed")
    moved_clock.set(real + timedelta(hours=23))
    collect(weft_runtime)
    assert store.exists(lost)
    moved_clock.set(real + timedelta(hours=25))
    collect(weft_runtime)
    assert not store.exists(lost) and store.open(lost).read() == b"lost"  # brought back from the trash
    collect(weft_runtime)
    moved_clock.set(real + timedelta(days=40))
    collect(weft_runtime)
    with pytest.raises(NotFound):
        store.open(lost)


def test_content_that_another_table_names_stays(weft_runtime, moved_clock):
    from sqlalchemy import Column, MetaData, String, Table

    from weft.core.db.tables import core_metadata

    got = take(weft_runtime, b"rows of an import")
    named = Table("a_run", MetaData(), Column("source", String(64), info={"content": True}))
    with weft_runtime.db.write() as connection:
        named.create(connection)
        connection.execute(named.insert().values(source=got.content.sha256))
    copied = named.to_metadata(core_metadata)
    try:
        moved_clock.set(datetime.now(UTC) + timedelta(days=2))
        collect(weft_runtime)
        assert store_of(weft_runtime).exists(got.content.sha256)
    finally:
        core_metadata.remove(copied)
