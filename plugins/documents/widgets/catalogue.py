"""Tiles: what one has to read, new documents, contract steps that are due."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Home, Widget, in_script, translator
from weft.core.websdk import View
from weft.plugins.documents.grants import (
    BUYER,
    CONTRACTS,
    DOCUMENTS,
    FINANCE,
    HEAD,
    IN_BUSINESS,
    LEAD,
    LIBRARIAN,
    MANAGER,
    REP,
)
from weft.plugins.documents.services import readings
from weft.plugins.documents.services.certificates import CERTIFICATE
from weft.plugins.documents.views.certificate import ENDING, end_of, status_word
from weft.plugins.documents.views.rows import DOCUMENT, FIELDS, OUTSIDE_FIELDS, document_rows, named

_ = translator("documents")

__all__ = ["HOMES", "WIDGETS"]

CONTRACT = "documents.contract"


def to_read(view: View) -> dict[str, Any]:
    """Documents the viewer was asked to read and has not confirmed."""
    waiting = readings.waiting(view.records)
    rows = []
    for row in waiting[:5]:
        paper = row.get("document")
        late = row.get("due_on") is not None and row["due_on"] < view.today
        line: dict[str, Any] = {"title": row["name"], "icon": "checkbox"}
        if paper is not None:  # who may no longer read it is still told what was asked
            line["url"] = view.url(DOCUMENT, paper.id)
        if paper is not None and not paper.restricted:
            line["title"] = in_script(paper.title or row["name"], paper.alt)[0]
        if row.get("due_on") is not None:
            line["end"] = {"text": view.formats.reldate(row["due_on"]), "tone": "late" if late else "soon"}
        rows.append(line)
    return {"rows": rows, "count": len(waiting)}


def to_read_url(view: View) -> str:
    """The list behind: what waits for the viewer's confirmation."""
    return view.url("documents.reading", owner="me", confirmed_at__isnull="true")


def new_documents(view: View) -> dict[str, Any]:
    """What was released last among what the viewer may read."""
    fields = FIELDS if view.principal.internal else OUTSIDE_FIELDS
    page = view.records.query(
        DOCUMENT, fields=fields, filters={"status": "released"}, sort="-released_at", limit=5, count="capped"
    )
    rows = document_rows(view, page.rows)
    for row in rows:
        row["plain"] = True
    return {"rows": rows, "count": page.count.value if page.count else len(rows)}


def documents_url(view: View) -> str:
    """The list behind new documents."""
    return view.url(DOCUMENT, status="released", sort="-released_at")


def steps_due(view: View) -> dict[str, Any]:
    """The viewer's own contracts with a step due within thirty days."""
    page = view.records.query(
        CONTRACT, fields=("name", "name_alt", "account", "next_due_on", "steps_done", "steps_all"), limit=5,
        filters={"status": "active", "owner": "me", "next_due_on__lte": "today+30"}, sort="next_due_on", count="capped",
    )  # fmt: skip
    rows = []
    for row in page.rows:
        late = row["next_due_on"] < view.today
        rows.append({
            "title": named(row), "url": view.url(CONTRACT, row["id"]), "icon": "file-certificate",
            "sub": str(_("%(n)s of %(all)s steps done") % {"n": row["steps_done"], "all": row["steps_all"]}),
            "end": {"text": view.formats.reldate(row["next_due_on"]), "tone": "late" if late else "soon"},
        })  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows)}


def steps_url(view: View) -> str:
    """The list behind contract steps."""
    return view.url(CONTRACT, status="active", owner="me", next_due_on__lte="today+30", sort="next_due_on")


def certificates_to_confirm(view: View) -> dict[str, Any]:
    """Certificates and renewals that suppliers sent."""
    page = view.records.query(
        CERTIFICATE, fields=("name", "name_alt", "holder", "ends_on"), filters=dict(_TO_CONFIRM), sort="ends_on",
        limit=5, count="capped",
    )  # fmt: skip
    rows = [
        {"title": named(row), "url": view.url(CERTIFICATE, row.id), "icon": "certificate", "end": end_of(view, row),
         "sub": in_script(row["holder"].title, row["holder"].alt)[0] if row.get("holder") else ""}
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


def certificates_ending(view: View) -> dict[str, Any]:
    """Own certificates that end within sixty days, with what is to be done."""
    fields = ("name", "name_alt", "ends_on", "status")
    page = view.records.query(CERTIFICATE, fields=fields, filters=dict(ENDING), sort="ends_on", limit=5, count="capped")
    rows = [
        {"title": named(row), "url": view.url(CERTIFICATE, row.id), "icon": "certificate", "end": end_of(view, row),
         "sub": status_word(row)}
        for row in page.rows
    ]  # fmt: skip
    return {"rows": rows, "count": page.count.value if page.count else len(rows), "two": True}


_TO_CONFIRM = {"status": "to_confirm"}
_LABELS = {"customer": _("New documents"), "supplier": _("New documents"), "distributor": _("New documents")}
_EMPTY = _("What we share with you appears here.")

WIDGETS = [
    Widget("documents.to_read", _("Please read"), "todo", "list", to_read, to_read_url, order=65,
           empty=_("You have confirmed everything you were asked to read.")),
    Widget("documents.new", _("New documents"), "new", "list", new_documents, documents_url, order=60,
           empty=_("Released documents appear here.")),
    Widget("documents.steps_due", _("Contract steps due"), "todo", "list", steps_due, steps_url, order=70,
           roles=(CONTRACTS, *IN_BUSINESS), empty=_("No step of a contract is due within 30 days.")),
    Widget("documents.certificates_tile", _("Certificates to confirm"), "todo", "list", certificates_to_confirm,
           lambda view: view.url(CERTIFICATE, all="1", sort="ends_on", **_TO_CONFIRM), order=75,
           roles=(LIBRARIAN, FINANCE, BUYER, HEAD), empty=_("No certificate of a supplier waits.")),
    Widget("documents.certificates_supplier", _("Certificates"), "new", "list", certificates_ending,
           lambda view: view.url(CERTIFICATE, sort="ends_on", **ENDING), roles=(DOCUMENTS["supplier"],),
           portal="supplier", order=50, empty=_("No certificate ends within 60 days.")),
    *[
        Widget(f"documents.new_{audience}", label, "new", "list", new_documents, documents_url,
               roles=(DOCUMENTS[audience],), portal=audience, order=30, empty=_EMPTY)
        for audience, label in _LABELS.items()
    ],
    *[
        Widget(f"documents.to_read_{audience}", _("Please read"), "todo", "list", to_read, to_read_url,
               roles=(DOCUMENTS[audience],), portal=audience, order=60,
               empty=_("You have confirmed everything you were asked to read."))
        for audience in DOCUMENTS
    ],
]  # fmt: skip

HOMES = [
    Home("employee", ("documents.to_read", "documents.new"), order=12),
    Home("supplier", ("documents.certificates_supplier",), portal="supplier", order=22),
    *[Home(role, ("documents.steps_due",), order=80) for role in (CONTRACTS, REP, MANAGER, LEAD, FINANCE)],
    *[
        Home(audience, (f"documents.to_read_{audience}", f"documents.new_{audience}"), portal=audience, order=25)
        for audience in DOCUMENTS
    ],
]  # fmt: skip
