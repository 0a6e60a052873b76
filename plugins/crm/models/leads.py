"""Enquiries that may become customers, and the public forms they come in by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


class Lead(
    Entity,
    key="crm.lead",
    label=_("Lead"),
    plural=_("Leads"),
    icon="user-search",
    title="name",
    number="LEAD-",
    traits=("crm.contactable",),
    columns=("name", "company", "source", "status", "owner", "assigned_at", "created_at"),
):
    """Somebody who might buy, before it is known whether a customer comes of it."""

    name: Mapped[str] = field.text(
        _("Name"), required=True, max_length=200, index=True, search=True, help=_("The firm, or the person.")
    )
    company: Mapped[str | None] = field.text(_("Company"), max_length=200, search=True)
    person: Mapped[str | None] = field.text(_("Person"), max_length=120, search=True)
    position: Mapped[str | None] = field.text(_("Position"), max_length=120)
    email: Mapped[str | None] = field.email(_("Mail"), index=True, search=True)
    phone: Mapped[str | None] = field.phone(_("Phone"), search=True)
    wechat: Mapped[str | None] = field.text(_("WeChat"), max_length=60)
    website: Mapped[str | None] = field.url(_("Website"))
    address: Mapped[dict[str, Any] | None] = field.address(_("Address"))
    need: Mapped[str | None] = field.multiline(_("Need"), search=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.LEAD_STATE, state=True, transitions=words.LEAD_MOVES, default="new", board=True
    )
    close_reason: Mapped[Ref | None] = field.value(
        _("Why closed"), list="crm.lead_reason", relation="crm.lead_closed_for", inverse=("crm.closed_lead", _("Leads"))
    )
    source: Mapped[Ref | None] = field.value(
        _("Source"), list="crm.source", relation="crm.lead_source", inverse=("crm.source_of_lead", _("Leads"))
    )
    industry: Mapped[Ref | None] = field.value(
        _("Industry"), list="crm.industry", relation="crm.lead_industry", inverse=("crm.industry_of_lead", _("Leads"))
    )
    territory: Mapped[Ref | None] = field.value(
        _("Territory"), list="crm.territory", relation="crm.lead_territory",
        inverse=("crm.territory_of_lead", _("Leads")),
    )  # fmt: skip
    product: Mapped[Ref | None] = field.reference(
        _("Product"), to="crm.product", relation="crm.lead_product", inverse=("crm.product_of_lead", _("Leads")),
        on_delete="detach",
    )  # fmt: skip
    form: Mapped[Ref | None] = field.reference(
        _("Web form"), to="crm.web_form", relation="crm.lead_form", inverse=("crm.form_of_lead", _("Leads")),
        readonly=True, on_delete="detach",
    )  # fmt: skip
    page_url: Mapped[str | None] = field.url(_("Page it came from"), readonly=True)
    language: Mapped[str | None] = field.choice(_("Language"), words.LANGUAGE)
    consent: Mapped[str] = field.choice(_("Consent to be contacted"), words.CONSENT, default="unknown")
    consent_on: Mapped[date | None] = field.date(_("Consent on"))
    consent_text: Mapped[str | None] = field.multiline(_("Text agreed to"), readonly=True)
    assigned_at: Mapped[datetime | None] = field.datetime(_("Assigned"), readonly=True, index=True)
    assigned_by: Mapped[int | None] = field.user(_("Assigned by"), readonly=True)
    awaits_contact: Mapped[bool] = field.boolean(_("Awaits first contact"), readonly=True, index=True)
    first_contact_at: Mapped[datetime | None] = field.datetime(_("First contact"), readonly=True)
    partner: Mapped[Ref | None] = field.reference(
        _("Given to"), to="crm.account", relation="crm.lead_partner", inverse=("crm.partner_of_lead", _("Leads given")),
        on_delete="detach", help=_("A distributor or agent."), only={"role__in": "distributor,agent"},
    )  # fmt: skip
    answer_by: Mapped[datetime | None] = field.datetime(_("Answer by"), index=True)
    accepted_at: Mapped[datetime | None] = field.datetime(_("Accepted"), readonly=True)
    declined_by: Mapped[Ref | None] = field.reference(
        _("Declined by"), to="crm.account", relation="crm.lead_declined_by",
        inverse=("crm.declined_lead", _("Leads declined")), readonly=True, on_delete="detach",
    )  # fmt: skip
    decline_reason: Mapped[str | None] = field.text(_("Why declined"), max_length=250, readonly=True)
    account: Mapped[Ref | None] = field.reference(
        _("Account"), to="crm.account", relation="crm.lead_account", inverse=("crm.account_of_lead", _("Leads"))
    )
    contact: Mapped[Ref | None] = field.reference(
        _("Contact"), to="crm.contact", relation="crm.lead_contact", inverse=("crm.contact_of_lead", _("Leads")),
        on_delete="detach",
    )  # fmt: skip
    opportunity: Mapped[Ref | None] = field.reference(
        _("Opportunity"), to="crm.opportunity", relation="crm.became", inverse=("crm.came_of", _("Came of")),
        readonly=True, on_delete="detach",
    )  # fmt: skip
    converted_at: Mapped[datetime | None] = field.datetime(_("Converted"), readonly=True, index=True)
    match_name: Mapped[str | None] = field.text(_("Name for comparing"), max_length=200, internal=True, index=True)
    match_domain: Mapped[str | None] = field.text(_("Domain"), max_length=200, internal=True, index=True)
    match_phone: Mapped[str | None] = field.text(_("Phone for comparing"), max_length=30, internal=True, index=True)


class WebForm(
    Entity,
    key="crm.web_form",
    label=_("Web form"),
    plural=_("Web forms"),
    icon="forms",
    title="name",
    features=("export",),
    columns=("name", "slug", "kind", "source", "active", "updated_at"),
):
    """A public form, a page of its own or embedded into the company's site, whose answers become leads."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120)
    slug: Mapped[str] = field.text(
        _("Address"),
        required=True,
        unique=True,
        max_length=60,
        help=_("Last part of the address, such as contact."),
    )
    kind: Mapped[str] = field.choice(_("Kind"), words.FORM_KIND, default="enquiry")
    title_en: Mapped[str] = field.text(_("Heading (English)"), required=True, max_length=120)
    title_zh: Mapped[str | None] = field.text(_("Heading (Chinese)"), max_length=120)
    intro_en: Mapped[str | None] = field.multiline(_("Introduction (English)"), max_length=2000)
    intro_zh: Mapped[str | None] = field.multiline(_("Introduction (Chinese)"), max_length=2000)
    asks: Mapped[list[str]] = field.multi_choice(
        _("Asks for"), words.FORM_FIELDS, default=lambda: ["company", "person", "email", "phone", "need"]
    )
    requires: Mapped[list[str]] = field.multi_choice(
        _("Must be filled"), words.FORM_FIELDS, default=lambda: ["person", "email"]
    )
    consent_en: Mapped[str] = field.multiline(
        _("Consent (English)"), required=True, max_length=2000,
        default="I agree that you use these data to answer my request.",
    )  # fmt: skip
    consent_zh: Mapped[str | None] = field.multiline(
        _("Consent (Chinese)"), max_length=2000, default="我同意贵公司使用以上信息答复我的请求。"
    )
    thanks_en: Mapped[str | None] = field.multiline(_("Thanks (English)"), max_length=2000)
    thanks_zh: Mapped[str | None] = field.multiline(_("Thanks (Chinese)"), max_length=2000)
    source: Mapped[Ref | None] = field.value(
        _("Source"), list="crm.source", relation="crm.form_source", inverse=("crm.source_of_form", _("Web forms"))
    )
    territory: Mapped[Ref | None] = field.value(
        _("Territory"), list="crm.territory", relation="crm.form_territory",
        inverse=("crm.territory_of_form", _("Web forms")),
    )  # fmt: skip
    receiver: Mapped[int | None] = field.user(
        _("Goes to"), help=_("Empty: the allocation rules decide, else the lead waits unassigned.")
    )
    origins: Mapped[str | None] = field.multiline(
        _("May be embedded by"),
        max_length=2000,
        help=_("Addresses of sites, one per line, such as https://www.firm.example."),
    )
    active: Mapped[bool] = field.boolean(_("In use"), default=True)
