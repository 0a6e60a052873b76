"""Entities of the CRM, each with the relations its reference fields write."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from weft.core.sdk import Entity, Mapped, Ref, field, trait, translator
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


class Account(
    Entity,
    key="crm.account",
    label=_("Account"),
    plural=_("Accounts"),
    icon="building",
    title="name",
    alt_title="name_alt",
    traits=("core.organization",),
    columns=("name", "life", "value_class", "owner", "next_step", "last_contact_at"),
):
    """Any organisation the company deals with; one record however many roles it has."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(
        _("Name in the other script"),
        max_length=200,
        search=True,
        help=_("Chinese name of a Latin one, or the reverse."),
    )
    role: Mapped[list[str]] = field.multi_choice(
        _("Roles"), words.ACCOUNT_ROLES, required=True, default=lambda: ["customer"], index=True
    )
    life: Mapped[str | None] = field.choice(
        _("Life"), words.LIFE, state=True, transitions=words.LIFE_MOVES, default="basic", board=True
    )
    frozen: Mapped[bool] = field.boolean(_("Frozen"), readonly=True, index=True)
    value_class: Mapped[str | None] = field.choice(_("Class"), words.VALUE_CLASS, index=True, board=True)
    tax_id: Mapped[str | None] = field.text(_("Tax id"), max_length=40, index=True, search=True)
    parent: Mapped[Ref | None] = field.reference(
        _("Parent"), to="crm.account", relation="crm.part_of", inverse=("crm.has_part", _("Subsidiaries"))
    )
    industry: Mapped[Ref | None] = field.value(
        _("Industry"), list="crm.industry", relation="crm.in_industry", inverse=("crm.industry_of", _("Accounts"))
    )
    territory: Mapped[Ref | None] = field.value(
        _("Territory"), list="crm.territory", relation="crm.in_territory", inverse=("crm.territory_of", _("Accounts"))
    )
    source: Mapped[Ref | None] = field.value(
        _("Source"), list="crm.source", relation="crm.came_by", inverse=("crm.brought", _("Accounts"))
    )
    phone: Mapped[str | None] = field.phone(_("Phone"), search=True)
    email: Mapped[str | None] = field.email(_("Mail"), search=True)
    website: Mapped[str | None] = field.url(_("Website"), search=True)
    address: Mapped[dict[str, Any] | None] = field.address(_("Address"), search=True)
    payment_days: Mapped[int | None] = field.integer(_("Payment (days)"), minimum=0, maximum=365)
    customer_since: Mapped[date | None] = field.date(_("Customer since"))
    next_step: Mapped[str | None] = field.text(_("Next step"), max_length=200, readonly=True)
    next_on: Mapped[date | None] = field.date(_("Next step on"), readonly=True, index=True)
    last_contact_at: Mapped[datetime | None] = field.datetime(_("Last contact"), readonly=True, index=True)
    note: Mapped[str | None] = field.markdown(_("Note"), search=True)


class Contact(
    Entity,
    key="crm.contact",
    label=_("Contact"),
    plural=_("Contacts"),
    icon="user",
    title="name",
    alt_title="name_alt",
    traits=("core.person",),
    columns=("name", "account", "position", "email", "mobile", "owner"),
):
    """A person at an account; further employers are repeatable links with role and dates."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120, search=True)
    account: Mapped[Ref | None] = field.reference(
        _("Account"),
        to="crm.account",
        relation="crm.contact_of",
        inverse=("crm.has_contact", _("Contacts")),
        on_delete="detach",
    )
    position: Mapped[str | None] = field.text(_("Position"), max_length=120)
    influence: Mapped[str | None] = field.choice(_("Influence"), words.INFLUENCE, board=True)
    email: Mapped[str | None] = field.email(_("Mail"), index=True, search=True)
    phone: Mapped[str | None] = field.phone(_("Phone"), search=True)
    mobile: Mapped[str | None] = field.phone(_("Mobile"), search=True)
    wechat: Mapped[str | None] = field.text(_("WeChat"), max_length=60)
    preferred_channel: Mapped[str | None] = field.choice(_("Preferred channel"), words.CHANNEL)
    preferred_language: Mapped[str | None] = field.choice(_("Preferred language"), words.LANGUAGE)
    preferred_time: Mapped[str | None] = field.text(_("Preferred time"), max_length=60)
    consent: Mapped[str] = field.choice(_("Consent to be contacted"), words.CONSENT, default="unknown")
    consent_on: Mapped[date | None] = field.date(_("Consent on"))
    note: Mapped[str | None] = field.markdown(_("Note"))


class Stage(
    Entity,
    key="crm.stage",
    label=_("Stage"),
    plural=_("Stages"),
    icon="list-details",
    title="label_en",
    alt_title="label_zh",
    features=("export",),
    sort="position",
    columns=("label_en", "label_zh", "position", "probability", "outcome", "active"),
):
    """A step of the sales pipeline; the company names and orders its own."""

    code: Mapped[str] = field.text(_("Code"), required=True, unique=True, max_length=40)
    label_en: Mapped[str] = field.text(_("Label (English)"), required=True, max_length=60)
    label_zh: Mapped[str | None] = field.text(_("Label (Chinese)"), max_length=60)
    position: Mapped[int] = field.integer(_("Order"), required=True, default=10, minimum=0, maximum=1000, index=True)
    probability: Mapped[int] = field.integer(_("Probability (%)"), required=True, default=10, minimum=0, maximum=100)
    outcome: Mapped[str] = field.choice(
        _("Outcome"), words.OUTCOME, default="open", help=_("Deals that reach this stage are open, won or lost.")
    )
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class Opportunity(
    Entity,
    key="crm.opportunity",
    label=_("Opportunity"),
    plural=_("Opportunities"),
    icon="target-arrow",
    title="name",
    number="OPP-",
    columns=("name", "account", "stage", "amount", "expected_close", "outcome", "owner"),
):
    """A deal that may be won: with whom, how much, how far, by when."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    account: Mapped[Ref] = field.reference(
        _("Account"),
        to="crm.account",
        relation="crm.opportunity_of",
        inverse=("crm.has_opportunity", _("Opportunities")),
        required=True,
    )
    contact: Mapped[Ref | None] = field.reference(
        _("Contact"),
        to="crm.contact",
        relation="crm.deal_contact",
        inverse=("crm.contact_of_deal", _("Opportunities")),
        on_delete="detach",
    )
    stage: Mapped[Ref] = field.reference(
        _("Stage"),
        to="crm.stage",
        relation="crm.in_stage",
        inverse=("crm.stage_of", _("Opportunities")),
        required=True,
        board=True,
    )
    amount: Mapped[Decimal | None] = field.money(_("Amount"), index=True)
    expected_close: Mapped[date | None] = field.date(_("Expected close"), index=True)
    outcome: Mapped[str] = field.choice(
        _("Outcome"), words.OUTCOME, state=True, transitions=words.OUTCOME_MOVES, default="open", board=True
    )
    closed_on: Mapped[date | None] = field.date(_("Closed on"), index=True)
    product: Mapped[str | None] = field.text(_("Product"), max_length=120, index=True, search=True)
    loss_reason: Mapped[Ref | None] = field.value(
        _("Loss reason"),
        list="crm.loss_reason",
        relation="crm.lost_because",
        inverse=("crm.loss_of", _("Opportunities")),
    )
    competitor: Mapped[Ref | None] = field.reference(
        _("Competitor"),
        to="crm.account",
        relation="crm.lost_to",
        inverse=("crm.won_against_us", _("Deals lost against")),
        on_delete="detach",
    )
    source: Mapped[Ref | None] = field.value(
        _("Source"), list="crm.source", relation="crm.deal_source", inverse=("crm.source_of_deal", _("Opportunities"))
    )
    note: Mapped[str | None] = field.markdown(_("Note"), search=True)


class Activity(
    Entity,
    key="crm.activity",
    label=_("Activity"),
    plural=_("Activities"),
    icon="message-circle",
    title="subject",
    traits=("crm.activity", "core.activity"),
    sort="-at",
    columns=("subject", "kind", "about", "account", "at", "status", "owner"),
):
    """Something said, done or planned with a party: a call, visit, mail, note or task on any record."""

    subject: Mapped[str] = field.text(_("Subject"), required=True, max_length=200, search=True)
    kind: Mapped[str] = field.choice(
        _("Kind"), words.ACTIVITY_KIND, required=True, default="call", index=True, board=True
    )
    status: Mapped[str] = field.choice(
        _("Status"),
        words.ACTIVITY_STATE,
        state=True,
        transitions=words.ACTIVITY_MOVES,
        initial=("planned", "done"),
        default="planned",
        board=True,
    )
    account: Mapped[Ref | None] = field.reference(
        _("Account"),
        to=trait("core.organization"),
        relation="crm.activity_of",
        inverse=("crm.has_activity", _("Activities")),
    )
    about: Mapped[Ref | None] = field.reference(
        _("About"), to="*", relation="crm.about", inverse=("crm.has_about", _("Activities about this"))
    )
    at: Mapped[datetime | None] = field.datetime(_("When"), index=True)
    minutes: Mapped[int | None] = field.integer(_("Minutes"), minimum=0, maximum=24 * 60)
    note: Mapped[str | None] = field.markdown(_("Note"), search=True)
    result: Mapped[str | None] = field.text(_("Result"), max_length=200)


ENTITIES = [Account, Contact, Stage, Opportunity, Activity]
