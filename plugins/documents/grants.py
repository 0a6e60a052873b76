"""Roles of the documents plugin and who may do what with its records.

A folder is read by everybody here, or by the people and units it is shared with; who reads a folder reads what is
released in it. Drafts are for their owner, the reviewer and colleagues of the owner's unit. Outside, a released
document is read by the organisations it is shared with, and by all of an audience where it says so. That a document
belongs to a record opens it to nobody.
"""

from __future__ import annotations

from weft.core.sdk import (
    ALL,
    EDIT,
    READ,
    WRITE,
    Grant,
    Role,
    all_rows,
    own,
    path,
    shared,
    translator,
    unit,
    unit_tree,
    via,
    where,
)

_ = translator("documents")

__all__ = [
    "BUYER",
    "CERTIFICATE_SHOWN",
    "CONTRACTS",
    "DOCUMENTS",
    "GRANTS",
    "IN_BUSINESS",
    "LIBRARIAN",
    "OUTSIDE",
    "ROLES",
    "SHARERS",
]

LIBRARIAN, CONTRACTS = "documents.librarian", "documents.contracts"
#: Audience -> role of its people who read documents.
DOCUMENTS = {audience: f"documents.{audience}_reader" for audience in ("customer", "supplier", "distributor")}
EXECUTIVE, HEAD = "portal_employee.executive", "portal_employee.department_head"
REP, MANAGER = "crm.sales_rep", "crm.sales_manager"
LEAD, FINANCE, BUYER, OFFICER = "projects.lead", "finance.officer", "trade.buyer", "hrm.officer"
SERVICE_LEAD = "service.lead"
#: Those who let people outside read their documents.
SHARERS = (LIBRARIAN, REP, MANAGER, LEAD, HEAD, EXECUTIVE, BUYER, SERVICE_LEAD)
#: Those who are asked to agree with contracts.
DECIDING = (MANAGER, FINANCE, HEAD, EXECUTIVE)
#: Those in whose menu contracts stand.
IN_BUSINESS = (CONTRACTS, REP, MANAGER, LEAD, FINANCE, HEAD, EXECUTIVE, BUYER)

ROLES = [
    Role(LIBRARIAN, _("Library"), help=_("Keeps all folders, documents, articles and templates.")),
    Role(CONTRACTS, _("Contracts"), help=_("Keeps all contracts with their parties and steps.")),
    *[
        Role(key, _("Documents"), audience=audience, help=_("Reads what is shared with the company."))
        for audience, key in DOCUMENTS.items()
    ],
]

_FOLDER, _DOCUMENT, _VERSION = "documents.folder", "documents.document", "documents.version"
_READING, _TEMPLATE = "documents.reading", "documents.template"
_CONTRACT, _PARTY, _STEP = "documents.contract", "documents.party", "documents.step"
_CERTIFICATE, _EARLIER = "documents.certificate", "documents.certificate_version"
_BELOW = (_PARTY, _STEP)
#: What whoever agrees with a contract may do to it: say yes, or send it back.
_AGREE = frozenset({f"{_CONTRACT}.approve", f"{_CONTRACT}.send_back"})
_CONFIRM, _SHARE = f"{_DOCUMENT}.confirm", f"{_DOCUMENT}.share_outside"

#: What people outside read of a document.
OUTSIDE = frozenset({
    "name", "name_alt", "number", "form", "status", "summary", "file", "body", "language", "revision", "released_at",
    "expires_on", "updated_at",
})  # fmt: skip
_RELEASED = where(status="released", expired=False)
_FLAGS = {"customer": "for_customers", "supplier": "for_suppliers", "distributor": "for_distributors"}
_IN_FOLDER = via("folder", _FOLDER)
_HERS = frozenset({"create", "update", "delete", "restore"})
#: Who outside reads a document: written by those who may share it only.
_SHOWN = frozenset(_FLAGS.values())


#: What a supplier writes of a certificate, and what it reads of it.
_CERTIFICATE_WRITTEN = frozenset({"name", "kind", "cert_no", "issuer", "ends_on", "file"})
CERTIFICATE_SHOWN = _CERTIFICATE_WRITTEN | {
    "name_alt", "holder", "status", "revision", "new_file", "new_ends_on", "why", "updated_at",
}  # fmt: skip
_THEIRS = path("documents.certificate_of")
_JUDGE = frozenset({f"{_CERTIFICATE}.accept", f"{_CERTIFICATE}.refuse"})


def _outside(audience: str) -> list[Grant]:
    role, flag = DOCUMENTS[audience], _FLAGS[audience]
    return [
        Grant(role, _DOCUMENT, {"read", _CONFIRM}, rows=path("documents.shared_with") & _RELEASED, fields=OUTSIDE),
        Grant(role, _DOCUMENT, {"read", _CONFIRM}, rows=where(**{flag: True}) & _RELEASED, fields=OUTSIDE),
        Grant(role, _READING, {"read"}, rows=own,
              fields={"name", "document", "owner", "due_on", "confirmed_at", "open", "revision"}),
    ]  # fmt: skip


GRANTS = [
    Grant("employee", _FOLDER, READ, rows=where(access="company") | own | shared),
    Grant("employee", _FOLDER, _HERS | {"share", "act", "link"}, rows=own),
    Grant(
        "employee",
        _DOCUMENT,
        READ | {"comment", _CONFIRM},
        rows=_IN_FOLDER & where(status__in=["released", "archived"]),
    ),
    Grant("employee", _DOCUMENT, READ, rows=(own | unit) & _IN_FOLDER),
    Grant("employee", _DOCUMENT, READ, rows=shared),
    Grant("employee", _DOCUMENT, _HERS | {"comment", "act", "link", "import"}, rows=own & _IN_FOLDER, without=_SHOWN),
    Grant("employee", _DOCUMENT, {"comment", "update", "act", "link"}, rows=unit & _IN_FOLDER, without=_SHOWN),
    Grant("employee", _DOCUMENT, {"comment", "update", "act"}, rows=shared, without=_SHOWN),
    *[
        Grant(
            role,
            _DOCUMENT,
            {"create", "update", "share", _SHARE},
            rows=(own | unit | unit_tree) & _IN_FOLDER,
            fields=_SHOWN,
        )
        for role in SHARERS
        if role != LIBRARIAN
    ],
    Grant("employee", _VERSION, READ, rows=via("document")),
    Grant("employee", _READING, {"read"}, rows=own),
    Grant("employee", _TEMPLATE, READ),
    Grant(LIBRARIAN, _FOLDER, ALL),
    Grant(LIBRARIAN, _DOCUMENT, ALL),
    *[Grant(LIBRARIAN, entity, READ) for entity in (_VERSION, _READING)],
    Grant(LIBRARIAN, _TEMPLATE, ALL),
    Grant(CONTRACTS, _CONTRACT, ALL),
    *[Grant(CONTRACTS, entity, ALL) for entity in _BELOW],
    Grant(REP, _CONTRACT, READ | {"comment", "link"}, rows=via("account", "crm.account") | own),
    Grant(REP, _CONTRACT, EDIT, rows=own),
    Grant(MANAGER, _CONTRACT, WRITE | {"assign"}),
    Grant(LEAD, _CONTRACT, READ | {"comment", "link"}, rows=own | via("project", "projects.project")),
    *[Grant(role, _CONTRACT, READ | {"comment"} | _AGREE, rows=all_rows) for role in (EXECUTIVE, FINANCE)],
    Grant(HEAD, _CONTRACT, READ | _AGREE, rows=unit_tree | own),
    Grant(HEAD, _CONTRACT, READ, rows=via("project", "projects.project")),
    # Who decides about a contract reads the draft that lies for review in a folder they may open.
    *[Grant(role, _DOCUMENT, {"read"}, rows=_IN_FOLDER & where(status="review")) for role in DECIDING],
    *[Grant(role, entity, READ, rows=via("contract")) for role in (REP, LEAD, HEAD) for entity in _BELOW],
    *[Grant(role, entity, READ) for role in (EXECUTIVE, FINANCE) for entity in _BELOW],
    *[Grant(MANAGER, entity, WRITE) for entity in _BELOW],
    *[Grant(REP, entity, _HERS | {"act", "comment", "link"}, rows=own) for entity in _BELOW],
    *[grant for audience in DOCUMENTS for grant in _outside(audience)],
    # ---- certificates of suppliers: proved by them, looked at by whoever keeps the supplier, by buyers and finance
    Grant("employee", _CERTIFICATE, READ | _HERS | _JUDGE | {"comment", f"{_CERTIFICATE}.renew"}, rows=own),
    *[
        Grant(
            role, _CERTIFICATE, READ | _JUDGE | {"comment", "create", "update", f"{_CERTIFICATE}.renew"}, rows=all_rows
        )
        for role in (FINANCE, BUYER)
    ],
    Grant(LIBRARIAN, _CERTIFICATE, ALL),
    *[Grant(role, _CERTIFICATE, READ) for role in (EXECUTIVE, REP, MANAGER, LEAD, HEAD)],
    Grant("employee", _EARLIER, READ, rows=via("certificate")),
    Grant(DOCUMENTS["supplier"], _CERTIFICATE, {"read"}, rows=_THEIRS, fields=CERTIFICATE_SHOWN),
    Grant(
        DOCUMENTS["supplier"],
        _CERTIFICATE,
        {"create", f"{_CERTIFICATE}.renew"},
        rows=_THEIRS,
        fields=_CERTIFICATE_WRITTEN,
    ),
    Grant(
        DOCUMENTS["supplier"],
        _EARLIER,
        {"read"},
        rows=via("certificate"),
        fields={"name", "certificate", "revision", "ends_on", "file", "replaced_at"},
    ),
]
