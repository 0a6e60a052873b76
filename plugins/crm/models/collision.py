"""What keeps sellers from running into each other: registrations, requests for a customer, duplicates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


class Registration(
    Entity,
    key="crm.registration",
    label=_("Deal registration"),
    plural=_("Deal registrations"),
    icon="shield-check",
    title="name",
    number="REG-",
    columns=("name", "partner", "status", "protected_until", "product", "amount", "account"),
):
    """A customer that a distributor or agent announced and is protected for, for a time."""

    name: Mapped[str] = field.text(_("Customer"), required=True, max_length=200, index=True, search=True)
    # Not declared as required: people of a partner do not say who they are, the hook does; it asks everybody else.
    partner: Mapped[Ref | None] = field.reference(
        _("Registered by"), to="crm.account", relation="crm.registered_by",
        inverse=("crm.has_registration", _("Deal registrations")), only={"role__in": "distributor,agent"},
    )  # fmt: skip
    account: Mapped[Ref | None] = field.reference(
        _("Account"), to="crm.account", relation="crm.registered_account",
        inverse=("crm.protected_by", _("Protected by")), on_delete="detach",
    )  # fmt: skip
    person: Mapped[str | None] = field.text(_("Person"), max_length=120)
    phone: Mapped[str | None] = field.phone(_("Phone"))
    website: Mapped[str | None] = field.url(_("Website"))
    product: Mapped[Ref | None] = field.reference(
        _("Product"), to="crm.product", relation="crm.registered_product",
        inverse=("crm.product_registered", _("Deal registrations")), on_delete="detach",
    )  # fmt: skip
    amount: Mapped[Decimal | None] = field.money(_("Amount"), help=_("Net, as the partner expects it."))
    expected_on: Mapped[date | None] = field.date(_("Expected"))
    status: Mapped[str] = field.choice(
        _("Status"), words.REGISTRATION_STATE, state=True, transitions=words.REGISTRATION_MOVES,
        default="registered", board=True,
    )  # fmt: skip
    registered_on: Mapped[date | None] = field.date(_("Registered on"), readonly=True, index=True)
    protected_until: Mapped[date | None] = field.date(_("Protected until"), readonly=True, index=True)
    decision: Mapped[str | None] = field.text(_("Decision"), max_length=250)
    opportunity: Mapped[Ref | None] = field.reference(
        _("Opportunity"), to="crm.opportunity", relation="crm.registered_deal",
        inverse=("crm.deal_registered", _("Deal registration")), readonly=True, on_delete="detach",
    )  # fmt: skip
    match_name: Mapped[str | None] = field.text(_("Name for comparing"), max_length=200, internal=True, index=True)
    match_phone: Mapped[str | None] = field.text(_("Phone for comparing"), max_length=30, internal=True, index=True)
    match_domain: Mapped[str | None] = field.text(_("Domain"), max_length=200, internal=True, index=True)


class CustomerRequest(
    Entity,
    key="crm.customer_request",
    label=_("Request for a customer"),
    plural=_("Requests for customers"),
    icon="hand-grab",
    title="subject",
    columns=("subject", "owner", "account", "status", "created_at"),
):
    """A salesperson asks for a customer that somebody else has or that a partner is protected for."""

    subject: Mapped[str] = field.text(_("Customer"), required=True, max_length=200)
    account: Mapped[Ref | None] = field.reference(
        _("Account"), to="crm.account", relation="crm.asks_for", inverse=("crm.asked_for", _("Requests for it")),
        on_delete="detach",
    )  # fmt: skip
    registration: Mapped[Ref | None] = field.reference(
        _("Deal registration"), to="crm.registration", relation="crm.asks_despite",
        inverse=("crm.asked_despite", _("Requests for it")), on_delete="detach",
    )  # fmt: skip
    reason: Mapped[str | None] = field.multiline(_("Reason"), max_length=2000)
    status: Mapped[str] = field.choice(
        _("Status"), words.REQUEST_STATE, state=True, transitions=words.REQUEST_MOVES, default="open", board=True
    )
    answer: Mapped[str | None] = field.text(_("Answer"), max_length=250)


class Duplicate(
    Entity,
    key="crm.duplicate",
    label=_("Possible duplicate"),
    plural=_("Duplicates"),
    icon="copy",
    title="subject",
    alt_title="subject_alt",
    features=("export",),
    sort="-score",
    columns=("subject", "first", "second", "score", "reasons", "status"),
):
    """Two records that look like the same party or person, with the reasons."""

    subject: Mapped[str] = field.text(_("Pair"), required=True, max_length=420)
    subject_alt: Mapped[str | None] = field.text(_("Pair in the other script"), max_length=420, readonly=True)
    first: Mapped[Ref] = field.reference(
        _("One"), to=("crm.account", "crm.contact", "crm.lead"), relation="crm.duplicate_one",
        inverse=("crm.one_of_duplicate", _("Possible duplicates")), required=True, on_delete="archive",
    )  # fmt: skip
    second: Mapped[Ref] = field.reference(
        _("Other"), to=("crm.account", "crm.contact", "crm.lead"), relation="crm.duplicate_other",
        inverse=("crm.other_of_duplicate", _("Possible duplicates")), required=True, on_delete="archive",
    )  # fmt: skip
    score: Mapped[int] = field.integer(_("Likeness (%)"), required=True, minimum=0, maximum=100, index=True)
    reasons: Mapped[list[str]] = field.multi_choice(_("Because of"), words.MATCH_REASON)
    status: Mapped[str] = field.choice(
        _("Status"), words.DUPLICATE_STATE, state=True, transitions=words.DUPLICATE_MOVES, default="open", board=True
    )
    pair: Mapped[str | None] = field.text(_("Pair of ids"), max_length=60, unique=True, internal=True)
