"""Parties and the people who work for them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from weft.core.sdk import Entity, Mapped, Ref, field, translator
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
    traits=("core.organization", "crm.contactable", "finance.costable"),
    columns=("name", "life", "value_class", "owner", "next_step", "last_contact_at"),
    dormant="frozen",
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
    tax_id: Mapped[str | None] = field.text(_("Tax id"), max_length=40, index=True, search=True, confirm=True)
    bank_account: Mapped[str | None] = field.text(
        _("Bank account"),
        max_length=80,
        confirm=True,
        confirm_by="finance.officer",
        help=_("IBAN, or account number and bank."),
    )
    parent: Mapped[Ref | None] = field.reference(
        _("Parent"), to="crm.account", relation="crm.part_of", inverse=("crm.has_part", _("Subsidiaries"))
    )
    partner: Mapped[Ref | None] = field.reference(
        _("Looked after by"), to="crm.account", relation="crm.served_through",
        inverse=("crm.serves", _("Looks after")), on_delete="detach", index=True,
        only={"role__in": "distributor,agent"},
        help=_("A distributor or agent who works on this customer; of a dealer: the distributor above it."),
    )  # fmt: skip
    price_list: Mapped[Ref | None] = field.reference(
        _("Price list"), to="crm.price_list", relation="crm.buys_by",
        inverse=("crm.list_of", _("Firms with this list")),
        on_delete="detach", help=_("What a distributor or agent sees in its portal, and what its deals begin with."),
    )  # fmt: skip
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
    partner_contact_at: Mapped[datetime | None] = field.datetime(
        _("Last contact by the partner"), readonly=True, index=True
    )
    silence: Mapped[str] = field.choice(
        _("Silence"), words.SILENCE, default="fine", readonly=True, index=True,
        help=_("How long nobody spoke to them, by the rule of the pool they would fall into."),
    )  # fmt: skip
    recycle_on: Mapped[date | None] = field.date(_("Falls into the pool on"), readonly=True, index=True)
    pool: Mapped[Ref | None] = field.reference(
        _("Pool"), to="crm.pool", relation="crm.in_pool", inverse=("crm.pool_holds", _("In this pool")),
        readonly=True, index=True,
    )  # fmt: skip
    pooled_at: Mapped[datetime | None] = field.datetime(_("In the pool since"), readonly=True, index=True)
    former_owner: Mapped[int | None] = field.user(_("Former owner"), readonly=True)
    assigned_at: Mapped[datetime | None] = field.datetime(_("Assigned"), readonly=True, index=True)
    assigned_by: Mapped[int | None] = field.user(_("Assigned by"), readonly=True)
    awaits_contact: Mapped[bool] = field.boolean(_("Awaits first contact"), readonly=True, index=True)
    contract_ends_on: Mapped[date | None] = field.date(_("Contract ends"), index=True)
    won_amount: Mapped[Decimal | None] = field.money(
        _("Won in 12 months"), readonly=True, index=True, help=_("In the company's currency, net.")
    )
    suggested_class: Mapped[str | None] = field.choice(
        _("Suggested class"),
        words.VALUE_CLASS,
        readonly=True,
        help=_("From what was won, by the settings."),
    )
    match_name: Mapped[str | None] = field.text(_("Name for comparing"), max_length=200, internal=True, index=True)
    match_alt: Mapped[str | None] = field.text(_("Other name for comparing"), max_length=200, internal=True, index=True)
    match_domain: Mapped[str | None] = field.text(_("Domain"), max_length=200, internal=True, index=True)
    match_phone: Mapped[str | None] = field.text(_("Phone for comparing"), max_length=30, internal=True, index=True)
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
    dormant="frozen",
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
    frozen: Mapped[bool] = field.boolean(
        _("Frozen", "contact"), readonly=True, index=True, help=_("People of a frozen customer are frozen with it.")
    )
    match_name: Mapped[str | None] = field.text(_("Name for comparing"), max_length=200, internal=True, index=True)
    match_phone: Mapped[str | None] = field.text(_("Phone for comparing"), max_length=30, internal=True, index=True)
    note: Mapped[str | None] = field.markdown(_("Note"))
