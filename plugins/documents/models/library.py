"""Folders, documents with their versions, and who has confirmed to have read what."""

from __future__ import annotations

from datetime import date, datetime

from weft.core.sdk import Entity, Kind, Mapped, Ref, field, translator
from weft.plugins.documents import vocabulary as words

_ = translator("documents")

_PAGE = 200_000


class Folder(
    Entity,
    key="documents.folder",
    label=_("Folder"),
    plural=_("Folders"),
    icon="folder",
    title="name",
    alt_title="name_alt",
    features=("search", "export"),
    sort="title",
    columns=("name", "parent", "access", "inherits", "owner"),
):
    """A place for documents; who may read it may read what is released in it and in the folders below."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120, search=True)
    parent: Mapped[Ref | None] = field.reference(
        _("Inside"), to="documents.folder", relation="documents.inside", on_delete="restrict",
        inverse=("documents.contains", _("Folders inside")),
    )  # fmt: skip
    inherits: Mapped[bool] = field.boolean(
        _("Same readers as the folder above"), default=True, help=_("Switch it off to choose readers of its own.")
    )
    access: Mapped[str] = field.choice(
        _("Readers"), words.ACCESS, default="company", index=True,
        help=_("Chosen people and units are named on the page Share of the folder."),
    )  # fmt: skip
    reviewed: Mapped[bool] = field.boolean(
        _("Released by reviewers only"), help=_("Nobody releases their own documents here.")
    )


class Document(
    Entity,
    key="documents.document",
    label=_("Document"),
    plural=_("Documents"),
    icon="file-text",
    title="name",
    alt_title="name_alt",
    features=("comments", "tags", "followers", "search", "export", "links", "import"),
    number="DOC-",
    sort="-updated_at",
    columns=("name", "folder", "form", "status", "revision", "owner", "expires_on", "updated_at"),
):
    """A file with its versions, a page, or an article of the knowledge base."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200, search=True)
    form: Mapped[str] = field.choice(_("Kind"), words.FORM, default="file", index=True, board=True)
    folder: Mapped[Ref] = field.reference(
        _("Folder"), to="documents.folder", relation="documents.lies_in", required=True,
        inverse=("documents.holds", _("Documents")), board=True,
    )  # fmt: skip
    status: Mapped[str] = field.choice(
        _("Status"), words.STATUS, state=True, transitions=words.MOVES, default="draft", board=True,
        initial=("draft", "review", "released", "archived"),
    )  # fmt: skip
    summary: Mapped[str | None] = field.multiline(_("What it is about"), max_length=2000, search=True)
    file: Mapped[int | None] = field.file(_("File"), anything=True)
    body: Mapped[str | None] = field.markdown(
        _("Text"), max_length=_PAGE, search=True,
        help=_("Link records by their address, such as [Haverdijk](/r/4711)."),
    )  # fmt: skip
    keywords: Mapped[str | None] = field.text(_("Search words"), max_length=300, search=True)
    language: Mapped[str] = field.choice(_("Language"), words.LANGUAGE, default="both", index=True)
    revision: Mapped[int] = field.integer(_("Version"), default=1, readonly=True, index=True)
    reviewer: Mapped[int | None] = field.user(_("Reviewer"))
    released_at: Mapped[datetime | None] = field.datetime(_("Released on"), readonly=True, index=True)
    expires_on: Mapped[date | None] = field.date(_("Valid until"), index=True)
    expired: Mapped[bool] = field.boolean(_("Expired"), readonly=True, index=True)
    for_customers: Mapped[bool] = field.boolean(_("All customers see it"), index=True)
    for_suppliers: Mapped[bool] = field.boolean(_("All suppliers see it"), index=True)
    for_distributors: Mapped[bool] = field.boolean(_("All distributors and agents see it"), index=True)
    confirm_asked_at: Mapped[datetime | None] = field.datetime(_("Confirmation asked"), readonly=True, index=True)
    expiry_told: Mapped[date | None] = field.date(_("Told of expiry"), internal=True)


class Version(
    Entity,
    key="documents.version",
    label=_("Version"),
    plural=_("Versions"),
    icon="versions",
    title="name",
    features=("export",),
    sort="-revision",
    columns=("name", "document", "revision", "note", "owner", "made_at"),
):
    """A document as it was: its file or its text, and what was new. Never changed."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=220, readonly=True)
    document: Mapped[Ref] = field.reference(
        _("Document"), to="documents.document", relation="documents.version_of", required=True, readonly=True,
        on_delete="archive", inverse=("documents.has_version", _("Versions")),
    )  # fmt: skip
    revision: Mapped[int] = field.integer(_("Version"), required=True, readonly=True, index=True)
    file: Mapped[int | None] = field.file(_("File"), readonly=True)
    body: Mapped[str | None] = field.markdown(_("Text"), max_length=_PAGE, readonly=True)
    note: Mapped[str | None] = field.text(_("What is new"), max_length=300, readonly=True)
    made_at: Mapped[datetime | None] = field.datetime(_("Made"), readonly=True, index=True)


class Reading(
    Entity,
    key="documents.reading",
    label=_("Reading confirmation"),
    plural=_("Reading confirmations"),
    icon="checkbox",
    title="name",
    features=("export",),
    sort="due_on",
    columns=("name", "document", "owner", "due_on", "confirmed_at", "reminded_at"),
):
    """That a person was asked to read a document, and when they confirmed; the owner of the record is the person."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=220, readonly=True)
    document: Mapped[Ref] = field.reference(
        _("Document"), to="documents.document", relation="documents.reading_of", required=True, readonly=True,
        on_delete="archive", inverse=("documents.has_reading", _("Reading confirmations")),
    )  # fmt: skip
    revision: Mapped[int] = field.integer(_("Version"), default=1, readonly=True)
    due_on: Mapped[date | None] = field.date(_("Confirm by"), readonly=True, index=True)
    confirmed_at: Mapped[datetime | None] = field.datetime(_("Confirmed"), readonly=True, index=True)
    reminded_at: Mapped[datetime | None] = field.datetime(_("Reminded"), readonly=True)
    open: Mapped[bool] = field.computed(
        _("Not confirmed"), Kind.BOOLEAN, sql=lambda table: table.c.confirmed_at.is_(None)
    )


class Template(
    Entity,
    key="documents.template",
    label=_("Document template"),
    plural=_("Document templates"),
    icon="template",
    title="name",
    alt_title="name_alt",
    features=("export",),
    sort="title",
    columns=("name", "output", "subject", "updated_at"),
):
    """A text with slots such as {{name}} that is filled from a record."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, index=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120)
    output: Mapped[str] = field.choice(_("Makes"), words.OUTPUT, default="pdf", index=True)
    subject: Mapped[str | None] = field.text(
        _("For records of"), max_length=60, index=True, help=_("Such as crm.account; empty for all.")
    )
    file: Mapped[int | None] = field.file(_("Word file with slots"), help=_("For Word documents."))
    body: Mapped[str | None] = field.multiline(
        _("Text with slots"), max_length=_PAGE, help=_("For PDF: headings with #, lists with -, {{name}} for a field.")
    )
