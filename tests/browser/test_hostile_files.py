# ruff: noqa: E501  (files of attackers and of the browser read best whole)
"""Hostile files sent into the library and opened in a real browser: nothing of them runs, loads or breaks a page.

Each file is refused with a reason, or it becomes a document that is looked into, listed, downloaded and opened by its
address. A dialog, a changed title, a report of the content policy, a request to another machine, a script or a handler
in a page, or an answer of 500 fails the test. The samples are our own; those of ``shared/data/security`` and the strings
in it are taken too where they lie beside the checkout.
"""

from __future__ import annotations

import base64
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.weft_plugins("crm", "documents", "portal_employee", "portal_customer")

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
_EVIL = "https://evil.example/collect"
#: What begins as a web page is refused at once; this begins as a text.
_LEAD = b"An ordinary line of words.\n" * 45
_CODE = "document.title='ran';alert('ran')"
#: What must not be in a page, whatever was in a file.
LOOK = """() => [...document.querySelectorAll('*')].flatMap(one => [...one.attributes]
    .filter(a => /^on/i.test(a.name) || (/^(href|src|action|formaction|data)$/i.test(a.name) && /^\\s*(javascript|data:text|https?:..evil)/i.test(a.value)))
    .map(a => `${one.tagName} ${a.name}=${a.value.slice(0, 60)}`))
  .concat([...document.scripts].filter(s => !s.src).map(s => 'SCRIPT ' + s.textContent.slice(0, 60)))
  .concat([...document.querySelectorAll('style, iframe, object, embed, main form[action*=evil]')].map(one => one.tagName))
  .concat(document.title === 'ran' ? ['TITLE'] : [])"""
_SEND = """async ([name, content]) => {
  const bytes = Uint8Array.from(atob(content), one => one.charCodeAt(0));
  const form = new FormData();
  form.append('file', new File([bytes], name, {type: 'text/html'}));
  const headers = {'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content};
  const answer = await fetch('/employee/me/upload/?wide=1', {method: 'POST', body: form, headers});
  return [answer.status, await answer.json()];
}"""


def _zip(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name.replace("__", "/", 1) if name.startswith(("_rels", "word", "xl")) else name, text)
    return out.getvalue()


def _docx(body: str, before: str = "", **more: str) -> bytes:
    text = f'<?xml version="1.0"?>{before}<w:document {_W}><w:body>{body}</w:body></w:document>'
    return _zip(**{"[Content_Types].xml": _TYPES, "word__document.xml": text}, **more)


def _said(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<w:p><w:r><w:t xml:space="preserve">{escaped}</w:t></w:r></w:p>'


def _sheet() -> bytes:
    """Formulas, a link that is code, and markup in cells and in the name of the sheet."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    links = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    texts = (
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "=cmd|'/c calc'!A1",
        "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;",
    )
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c></row>' for n, text in enumerate(texts, 1)
    )
    rows += f'<row r="4"><c r="A4"><f>HYPERLINK("{_EVIL}","x")</f><v>1</v></c></row>'
    return _zip(**{
        "[Content_Types].xml": _TYPES.replace("</Types>", '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'),
        "_rels__.rels": f'<Relationships {links}><Relationship Id="a" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl__workbook.xml": f'<workbook {main}><sheets><sheet name="&lt;svg onload=alert(1)&gt;" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl___rels/workbook.xml.rels": f'<Relationships {links}><Relationship Id="b" Type="{kind}/worksheet" Target="sheet1.xml"/></Relationships>',
        "xl__sheet1.xml": f'<worksheet {main}><sheetData>{rows}</sheetData><hyperlinks><hyperlink ref="A1" r:id="c"/></hyperlinks></worksheet>',
        "xl___rels/sheet1.xml.rels": f'<Relationships {links}><Relationship Id="c" Type="{kind}/hyperlink" Target="javascript:alert(1)" TargetMode="External"/></Relationships>',
    })  # fmt: skip


def _picture(form: str, tail: bytes = b"", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (24, 16), "red").save(out, form, **options)
    return out.getvalue() + tail


def _pdf() -> bytes:
    """A page that wants to run a script when it is opened, to go to an address, and to start a program."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('ran'\\);)>>/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert(1))>>]>>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>/AA<</O<</S/Launch/F(calc.exe)>>>>/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 200 100]/A<</S/URI/URI(javascript:alert\\(1\\))>>>>]>>",
        b"<</Length 62>>stream\nBT /F 12 Tf 10 50 Td (<img src=x onerror=alert\\(1\\)>) Tj ET\nendstream",
    ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, part in enumerate(parts, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj" % number + part + b"endobj\n")
    start = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


_PAGE = f'<!doctype html><html><body onload="{_CODE}"><script>{_CODE}</script></body></html>'.encode()
_SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{_CODE}"><script>{_CODE}</script></svg>'.encode()

#: Sent as they are: the server says no, with a reason.
REFUSED = {
    "page.html": _PAGE,
    "page.pdf": _PAGE,
    "page.txt": _PAGE,
    "drawing.svg": _SVG,
    "drawing.png": _SVG,
    "xhtml.xml": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    "styled.xml": b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="data:text/xml,x"?><a/>',
    "bomb.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "program.pdf": b"MZ\x90\x00" + b"\0" * 300,
    "script.jpg": b"#!/bin/sh\nrm -r /\x00",
    "empty.docx": b"",
    "torn.docx": b"PK\x03\x04 torn",
    "bomb.docx": _docx("<w:p/>", word__zeros="0" * 60_000_000),
    "macro.docx": _docx(_said("hello"), **{"word__vbaProject.bin": "x"}),
    "mixed.gif": b"GIF89a/*<script>alert(1)</script>*/=1;",
}
#: Taken, since each is what it seems to be; harmless however it is opened.
TAKEN: dict[str, bytes] = {
    "said.txt": _LEAD + f"<script>{_CODE}</script>\n<img src=x onerror=\"{_CODE}\">\n[x](javascript:alert(1))\n{_EVIL}\n".encode() * 40,
    "utf7.txt": _LEAD + b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-\n" * 3,
    "note.md": _LEAD + b"# Note\n\n<script>alert(1)</script>\n\n![x](https://evil.example/p.png) <iframe src=javascript:alert(1)></iframe>\n",
    "data.csv": _LEAD + f"=cmd|'/c calc'!A1,\"<script>{_CODE}</script>\"\n@SUM(1),+1\n".encode(),
    "mail.eml": _LEAD + b"Subject: hello\nContent-Type: text/plain\n\nthe word is <b onclick=alert(1)>bold</b>\n",
    "words.rtf": b"{\\rtf1 {\\field{\\*\\fldinst HYPERLINK \"javascript:alert(1)\"}{\\fldrslt <img src=x onerror=alert(1)>}}\\par <script>alert(1)</script>}",
    "plain.xml": b'<?xml version="1.0"?><order xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/><n onclick="alert(1)">7</n></order>',
    "words.docx": _docx(
        "".join(_said(text) for text in (f"<script>{_CODE}</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"))
        + f'<w:p><w:hyperlink r:id="x"><w:r><w:t>{_EVIL}</w:t></w:r></w:hyperlink></w:p>',
        **{"word__links.xml": "<x/>"},
    ),
    "outside.docx": _docx(_said("&x;").replace("&amp;x;", "&x;"), '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "cells.xlsx": _sheet(),
    "open.pdf": _pdf(),
    "shot.png": _picture("PNG", _PAGE), "shot.jpg": _picture("JPEG", _SVG, comment=b"<script>alert(1)</script>"), "shot.gif": _picture("GIF", _PAGE),
    "up/../../etc/passwd.txt": b"only a name\n", "<img src=x onerror=alert(1)>.txt": b"only a name\n",
    "\u202etxt.exe.txt": b"only a name\n", "a\"onmouseover=\"alert(1).txt": b"only a name\n", "page.html.txt": b"only a name\n",
}  # fmt: skip


@pytest.fixture
def samples(checkout: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Files to be refused and files to be taken, the public ones among them."""
    folder = Path(os.environ.get("WEFT_TEST_DATA") or checkout.parent / "shared" / "data") / "security"
    refused, taken = dict(REFUSED), dict(TAKEN)
    for one in sorted((folder / "xml").glob("*.xml")) if folder.is_dir() else ():
        # Whatever declares an entity or a document type is refused; the innocent ones are taken.
        innocent = one.name in ("simple.xml", "simple-ns.xml")
        (taken if innocent else refused)[f"public-{one.name}"] = one.read_bytes()
    for name in ("xss_payloads.txt", "blns.txt", "csv_injection.txt"):
        if (folder / name).exists():
            lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
            kept = [line for line in lines if line.isprintable() and line]
            taken[f"public-{name}"] = ("a list of strings follows\n" * 60 + "\n".join(kept)).encode()
            taken[f"public-{name}.docx"] = _docx("".join(_said(line) for line in kept[:400]))
    return refused, taken


class Watch:
    """Notes whatever ran or was loaded from elsewhere."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url, self.found = page, url, []
        page.on("dialog", lambda one: (self.found.append(f"dialog {page.url}: {one.message}"), one.dismiss()))
        page.on("request", lambda one: self._asked(one.url))
        page.on("response", lambda one: self.found.append(f"{one.status} {one.url}") if one.status >= 500 else None)

    def _asked(self, address: str) -> None:
        if not address.startswith((self.url, "data:image/", "blob:", "about:")):
            self.found.append(f"asked for {address}")

    def look(self, what: str) -> None:
        """Nothing of an attacker is in the page."""
        self.found += [f"{what}: {one}" for one in self.page.evaluate(LOOK)]


def test_hostile_files_are_refused_or_harmless(
    site: Any, cast: Any, make: Callable[..., Any], open_page: Callable[..., Any], samples: Any
) -> None:
    refused, taken = samples
    librarian = cast.user("documents.librarian", name="Su Yin", email="su@weft.example")
    firm = make("crm.account", name="Alder Water", role=["customer"])
    folder = make("documents.folder", name="Received").id
    page = open_page(librarian, "/employee/documents/library")
    watch = Watch(page, site.url)
    sent: dict[str, int] = {}
    for name, content in refused.items():
        status, said = page.evaluate(_SEND, [name, base64.b64encode(content).decode()])
        if status == 200:  # without the first line of XML it is a plain text that nothing parses
            assert name.startswith("public-") and said["name"].endswith(".txt"), (name, said)
            sent[name] = said["id"]
        else:
            assert status == 422 and len(said["error"]) > 10, (name, status, said)
    for name, content in taken.items():
        status, said = page.evaluate(_SEND, [name, base64.b64encode(content).decode()])
        assert status == 200, (name, status, said)
        sent[name] = said["id"]
    made = _documents(cast, librarian, folder, sent)
    from weft.core.outbox.worker import Worker

    Worker(site.runtime, threads=1).run_due()  # words of the files are read by child processes
    page.goto(f"{site.url}/employee/documents/library?folder={folder}")
    watch.look("folder")
    for name, (document, file) in made.items():
        with page.expect_response(lambda one: "/me/preview/" in one.url and "part=1" in one.url) as waited:
            page.goto(f"{site.url}/employee/documents/documents/{document}")
        assert waited.value.status == 200, name
        page.locator("[data-look] [data-preview]").wait_for()
        watch.look(name)
        _opened_by_its_address(page, site.url, file, name)
    for address in ("/employee/search/?q=script", "/employee/search/?q=alert", "/employee/documents/documents/"):
        page.goto(site.url + address)
        watch.look(address)
    _seen_by_a_customer(site, cast, open_page, firm.id, made)
    assert watch.found == []


def _documents(cast: Any, who: int, folder: int, sent: dict[str, int]) -> dict[str, tuple[int, int]]:
    """A released document of each upload, named like the file was called: name -> (document, file)."""
    made = {}
    for name, file in sent.items():
        with cast.records(who, write=True) as records:
            values = {"name": name[:200], "folder": folder, "file": file, "status": "released", "for_customers": True}
            made[name] = (records.create("documents.document", values)["id"], file)
    return made


def _opened_by_its_address(page: Any, url: str, file: int, name: str) -> None:
    """The bytes come as a download that has no power over the page, also when somebody opens the address itself."""
    headers = page.evaluate(
        "async (address) => { const one = await fetch(address); return [one.status, Object.fromEntries(one.headers)] }",
        f"/files/{file}",
    )
    status, told = headers
    assert status == 200 and told["content-disposition"].startswith("attachment"), (name, headers)
    assert told["x-content-type-options"] == "nosniff" and "sandbox" in told["content-security-policy"], name
    assert not told["content-type"].startswith(("text/html", "image/svg", "application/xhtml")), (name, told)
    before = page.url
    with page.expect_download() as waited:
        page.evaluate("(address) => { location.href = address }", f"{url}/files/{file}")
    saved = waited.value.suggested_filename
    assert "/" not in saved and not saved.lower().endswith((".html", ".svg", ".exe", ".js")), (name, saved)
    assert page.url == before


def _seen_by_a_customer(
    site: Any, cast: Any, open_page: Callable[..., Any], firm: int, made: dict[str, tuple[int, int]]
) -> None:
    """The same few in the portal, for somebody outside."""
    lieke = cast.user("documents.customer_reader", name="Lieke", email="lieke@alder.example", anchors=[firm])
    page = open_page(lieke, "/customer/documents/documents/")
    watch = Watch(page, site.url)
    watch.look("portal")
    for name in ("words.docx", "cells.xlsx", "open.pdf", "note.md"):
        page.goto(f"{site.url}/customer/documents/documents/{made[name][0]}")
        page.locator("[data-look] [data-preview]").wait_for()
        watch.look(f"portal: {name}")
    assert watch.found == []


def test_what_does_run_is_found(chromium: Any) -> None:
    """The detectors, on a page without any protection."""
    page = chromium.new_page()
    watch = Watch(page, "about:")
    page.set_content(f"<img src='{_EVIL}' onerror=\"{_CODE}\"><script>{_CODE}</script>")
    page.wait_for_timeout(300)
    watch.look("page")
    page.close()
    assert any(one.startswith("dialog") for one in watch.found) and any("evil" in one for one in watch.found)
    assert any("SCRIPT" in one for one in watch.found) and "page: TITLE" in watch.found
