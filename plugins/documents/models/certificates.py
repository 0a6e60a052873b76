"""Certificates of suppliers and partners: what they prove, until when, and the papers they were proved with."""

from __future__ import annotations

from datetime import date, datetime

from weft.core.sdk import Entity, Mapped, Ref, field, trait, translator
from weft.plugins.documents import vocabulary as words

_ = translator("documents")


class Certificate(
    Entity,
    key="documents.certificate",
    label=_("Certificate"),
    plural=_("Certificates"),
    icon="certificate",
    title="name",
    alt_title="name_alt",
    features=("comments", "search", "export", "followers"),
    sort="ends_on",
    columns=("name", "holder", "kind", "ends_on", "status", "revision", "issuer"),
):
    """What an organisation has proved, until a day. A renewal counts once somebody of the company has accepted it."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200, search=True)
    holder: Mapped[Ref | None] = field.reference(
        _("Certificate of"), to=trait("core.organization"), relation="documents.certificate_of", index=True,
        inverse=("documents.has_certificate", _("Certificates")),
    )  # fmt: skip
    kind: Mapped[str] = field.choice(_("Kind"), words.CERTIFICATE_KIND, default="quality", index=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.CERTIFICATE_STATUS, state=True, transitions=words.CERTIFICATE_MOVES, default="to_confirm",
        initial=("to_confirm", "valid"),
    )  # fmt: skip
    cert_no: Mapped[str | None] = field.text(_("Certificate number"), max_length=80, search=True)
    issuer: Mapped[str | None] = field.text(_("Issued by"), max_length=200)
    ends_on: Mapped[date] = field.date(_("Valid until"), required=True, index=True)
    file: Mapped[int | None] = field.file(_("File"))
    revision: Mapped[int] = field.integer(_("Version"), default=1, readonly=True)
    new_file: Mapped[int | None] = field.file(_("Renewal"), readonly=True)
    new_ends_on: Mapped[date | None] = field.date(_("Renewed until"), readonly=True)
    why: Mapped[str | None] = field.text(_("Why it was refused"), max_length=500, readonly=True)
    told_for: Mapped[date | None] = field.date(_("Warned of"), internal=True)


class CertificateVersion(
    Entity,
    key="documents.certificate_version",
    label=_("Earlier certificate"),
    plural=_("Earlier certificates"),
    slug="certificate-versions",
    icon="versions",
    title="name",
    features=("export",),
    columns=("name", "certificate", "revision", "ends_on", "file", "replaced_at"),
):
    """A certificate as it was before it was renewed."""

    name: Mapped[str | None] = field.text(_("Name"), max_length=220, readonly=True)
    certificate: Mapped[Ref | None] = field.reference(
        _("Certificate"), to="documents.certificate", relation="documents.earlier_certificate", on_delete="archive",
        inverse=("documents.had_certificate", _("Earlier certificates")), readonly=True,
    )  # fmt: skip
    revision: Mapped[int] = field.integer(_("Version"), default=1, readonly=True)
    ends_on: Mapped[date | None] = field.date(_("Valid until"), readonly=True)
    file: Mapped[int | None] = field.file(_("File"), readonly=True)
    replaced_at: Mapped[datetime | None] = field.datetime(_("Replaced"), readonly=True)
