"""Lists, pages, menus and addresses of the documents plugin."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import HttpRoute, ListView, NavEntry, NewEntry, RecordPage, Slot, Story, path, translator
from weft.plugins.documents import vocabulary as words
from weft.plugins.documents.grants import CONTRACTS, IN_BUSINESS, LIBRARIAN
from weft.plugins.documents.services.certificates import CERTIFICATE
from weft.plugins.documents.views import certificate, contract, dialogs, document, library

_ = translator("documents")

__all__ = ["NAVIGATION", "RECORD_PAGES", "ROUTES", "SLOTS", "VIEWS"]

DOCUMENT, CONTRACT, FOLDER = "documents.document", "documents.contract", "documents.folder"
STEP = "documents.step"
_COLUMNS = ("name", "folder", "form", "status", "revision", "owner", "updated_at")
#: Visitors of the portals have the plain list.
_INSIDE = ("employee",)
_CONTRACTS = ("name", "account", "amount", "status", "steps_done", "next_due_on", "ends_on", "owner")
_CERTIFICATES = ("name", "holder", "kind", "ends_on", "status", "revision", "owner")
#: Records of other plugins that have a tab of documents.
_TABS = (
    "crm.account", "crm.opportunity", "crm.lead", "crm.product", "projects.project", "service.request",
    "service.agreement", "hrm.employee", CONTRACT,
)  # fmt: skip

VIEWS: list[Any] = [
    ListView("documents.all", DOCUMENT, _("All"), {"status__in": "draft,review,released"}, _COLUMNS,
                 order=10, roles=_INSIDE),
    ListView("documents.mine", DOCUMENT, _("Mine"), {"owner": "me"}, _COLUMNS, order=20, roles=_INSIDE),
    ListView("documents.drafts", DOCUMENT, _("Drafts and reviews"), {"status__in": "draft,review"}, _COLUMNS,
                 order=30, roles=_INSIDE),
    ListView("documents.expiring", DOCUMENT, _("Expiring within 60 days"),
             {"expires_on__gte": "today", "expires_on__lte": "today+60"},
             ("name", "folder", "expires_on", "status", "owner"), sort="expires_on", order=40, roles=_INSIDE),
    ListView("documents.archived", DOCUMENT, _("Archived"), {"status": "archived"}, _COLUMNS, order=50, roles=_INSIDE),
    ListView("documents.articles", DOCUMENT, _("Articles"), {"form": "article", "status": "released"},
             ("name", "summary", "folder", "language", "updated_at"), order=10, page="form=article", roles=_INSIDE),
    ListView("documents.article_drafts", DOCUMENT, _("Drafts of articles"),
             {"form": "article", "status__in": "draft,review"}, _COLUMNS, order=20, page="form=article", roles=_INSIDE),
    ListView("documents.running", CONTRACT, _("In force and coming"), {"status__in": ",".join(words.LIVE)}, _CONTRACTS,
             sort="ends_on", order=10, roles=_INSIDE),
    ListView("documents.steps_due", CONTRACT, _("Steps due within 30 days"),
             {"status": "active", "next_due_on__lte": "today+30"}, _CONTRACTS, sort="next_due_on",
                 order=20, roles=_INSIDE),
    ListView("documents.ending", CONTRACT, _("Ending within 60 days"),
             {"status__in": "active,approval", "ends_on__gte": "today", "ends_on__lte": "today+60"}, _CONTRACTS,
             sort="ends_on", order=30, roles=_INSIDE),
    ListView("documents.certificates_waiting", CERTIFICATE, _("To confirm"), {"status": "to_confirm"}, _CERTIFICATES,
             sort="ends_on", order=10, roles=_INSIDE),
    ListView("documents.certificates_ending", CERTIFICATE, _("Ending within 60 days"), dict(certificate.ENDING),
             _CERTIFICATES, sort="ends_on", order=20, roles=_INSIDE),
    ListView("documents.certificates_all", CERTIFICATE, _("All certificates"), {}, _CERTIFICATES, sort="ends_on",
             order=5, roles=_INSIDE),
    ListView("documents.contracts", CONTRACT, _("All contracts"), {}, _CONTRACTS, sort="-signed_on",
                 order=40, roles=_INSIDE),
]  # fmt: skip

NAVIGATION: list[Any] = [
    NavEntry("documents.library", "documents", _("Library"), endpoint="documents.library", order=10),
    NavEntry("documents.contracts", "documents", _("Contracts"), entity=CONTRACT, order=20,
             roles=(CONTRACTS, *IN_BUSINESS)),
    NavEntry("documents.knowledge", "documents", _("Knowledge"), entity=DOCUMENT, query={"form": "article"}, order=30),
    NavEntry("documents.templates", "values", _("Document templates"), entity="documents.template", order=400,
             roles=(LIBRARIAN,)),
    NewEntry(CONTRACT, _("Contract"), order=70, roles=(CONTRACTS, *IN_BUSINESS)),
    NavEntry("documents.customer", "customer_documents", _("Documents", "customer portal"), entity=DOCUMENT,
             portal="customer", order=10),
    NavEntry("documents.all_certificates", "", _("Certificates"), entity=CERTIFICATE),
    NavEntry("documents.certificates", "supplier_certificates", _("Certificates"), entity=CERTIFICATE,
             portal="supplier", order=10),
    NavEntry("documents.supplier", "supplier_documents", _("Documents", "supplier portal"), entity=DOCUMENT,
             portal="supplier", order=10),
    NavEntry("documents.distributor", "distributor_material", _("Documents"), entity=DOCUMENT,
             portal="distributor", order=10),
]  # fmt: skip

RECORD_PAGES: list[Any] = [
    RecordPage(
        DOCUMENT, template="documents/document.html", context=document.page_context,
        facts=("status", "revision", "folder", "released_at", "expires_on", "owner"),
        sections=[
            (_("Document"), ("name", "name_alt", "form", "folder", "file", "body", "summary", "keywords", "language")),
            (_("Readers"), ("expires_on", "for_customers", "for_suppliers", "for_distributors")),
        ],
        new=("name", "form", "folder", "file", "body", "summary", "language"),
    ),
    RecordPage(
        CERTIFICATE, template="documents/certificate.html", context=certificate.page,
        facts=("holder", "kind", "status", "ends_on", "new_ends_on", "revision"),
        sections=[(_("Certificate"), ("name", "name_alt", "holder", "kind", "cert_no", "issuer", "ends_on", "file"))],
        new=("holder", "name", "kind", "cert_no", "issuer", "ends_on", "file"), drawn=("documents.had_certificate",),
        not_added=("documents.certificate_version.certificate",),
    ),
    RecordPage(
        CONTRACT, template="documents/contract.html", context=contract.page_context,
        story=Story(("create", "ask_approval", "approve", "send_back", "activate", "end", "renew"),
                    (path("documents.contract_with"),)),
        facts=("account", "amount", "status", "next_due_on", "ends_on", "owner"),
        sections=[
            (_("Contract"), ("name", "name_alt", "kind", "account", "amount", "note")),
            (_("Dates"), ("signed_on", "starts_on", "ends_on", "renewal", "notice_days")),
            (_("Belongs to"), ("opportunity", "project", "amends", "renews")),
        ],
        links=("documents.has_party", "documents.amended_by"), drawn=("documents.has_step",),
        new=("name", "kind", "account", "amount", "signed_on", "starts_on", "ends_on", "renewal", "notice_days"),
        preset=contract.preset,
    ),
    RecordPage(STEP, story=Story(("finish",), (path("documents.step_of", "documents.contract_with"),))),
]  # fmt: skip

SLOTS: list[Any] = [
    *[Slot("record.tabs", "documents/tab.html", contract.documents_tab, entity, _("Documents"),
           key=f"documents.tab_{entity.replace('.', '_')}", order=20) for entity in _TABS],
    Slot("record.side", "documents/certificates.html", certificate.of_account, "crm.account", _("Certificates"),
         key="documents.certificates_beside", order=30),
    Slot("record.facts", "", contract.facts, "crm.account", key="documents.contract_facts", order=40),
    Slot("record.side", "documents/from_deal.html", contract.from_deal, "crm.opportunity", _("Contract"),
         key="documents.from_deal", order=15),
]  # fmt: skip

ROUTES: list[Any] = [
    HttpRoute("/library", "documents.library", library.show_library, f"grant:read:{FOLDER}"),
    HttpRoute("/upload", "documents.upload", library.upload, f"grant:create:{DOCUMENT}", ("GET", "POST")),
    HttpRoute("/compare/<int:record_id>", "documents.compare", document.compare, "record"),
    HttpRoute("/ask/<int:record_id>", "documents.ask", dialogs.ask, "record", ("GET", "POST")),
    HttpRoute("/share/<int:record_id>", "documents.share", dialogs.share, "record", ("GET", "POST")),
    HttpRoute("/organisations", "documents.organisations", dialogs.organisations, f"grant:share:{DOCUMENT}"),
    HttpRoute("/fill/<int:record_id>", "documents.fill", dialogs.fill, f"grant:create:{DOCUMENT}", ("GET", "POST")),
]  # fmt: skip
