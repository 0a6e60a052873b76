"""Contracts, who else is a party, and the steps in which they are carried out."""

from __future__ import annotations

from datetime import date

from weft.core.sdk import Entity, Kind, Mapped, Money, Ref, field, trait, translator
from weft.plugins.documents import vocabulary as words
from weft.plugins.documents.models.capitals import in_capitals

_ = translator("documents")


class Contract(
    Entity,
    key="documents.contract",
    label=_("Contract"),
    plural=_("Contracts"),
    icon="file-certificate",
    title="name",
    alt_title="name_alt",
    number="CT-",
    sort="-signed_on",
    columns=("name", "account", "amount", "status", "steps_done", "next_due_on", "ends_on", "owner"),
):
    """What was agreed with somebody: amount, dates, steps, and what follows from it."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200, search=True)
    kind: Mapped[str] = field.choice(_("Kind"), words.CONTRACT_KIND, default="sale", index=True, board=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.CONTRACT_STATUS, state=True, transitions=words.CONTRACT_MOVES, default="draft", board=True,
        initial=("draft", "approval", "approved", "active", "ended", "cancelled"),
    )  # fmt: skip
    account: Mapped[Ref | None] = field.reference(
        _("Other party"), to=trait("core.organization"), relation="documents.contract_with",
        inverse=("documents.has_contract", _("Contracts")),
    )  # fmt: skip
    amount: Mapped[Money | None] = field.money(_("Amount"), index=True)
    in_words: Mapped[str | None] = field.computed(
        _("Amount in Chinese capitals"), Kind.TEXT, python=lambda row: in_capitals(row.get("amount"))
    )
    signed_on: Mapped[date | None] = field.date(_("Signed on"), index=True)
    starts_on: Mapped[date | None] = field.date(_("Begins"), index=True)
    ends_on: Mapped[date | None] = field.date(_("Ends"), index=True)
    renewal: Mapped[str] = field.choice(_("At its end"), words.RENEWAL, default="none")
    notice_days: Mapped[int | None] = field.integer(
        _("Notice (days before the end)"), minimum=0, maximum=1000, help=_("The owner is reminded on that day.")
    )
    opportunity: Mapped[Ref | None] = field.reference(
        _("Opportunity"), to="crm.opportunity", relation="documents.contract_from",
        inverse=("documents.led_to_contract", _("Contracts")), on_delete="detach",
    )  # fmt: skip
    project: Mapped[Ref | None] = field.reference(
        _("Project"), to="projects.project", relation="documents.contract_for",
        inverse=("documents.under_contract", _("Contracts")), on_delete="detach",
    )  # fmt: skip
    amends: Mapped[Ref | None] = field.reference(
        _("Amends"), to="documents.contract", relation="documents.amends",
        inverse=("documents.amended_by", _("Amendments")), on_delete="detach",
    )  # fmt: skip
    renews: Mapped[Ref | None] = field.reference(
        _("Renews"), to="documents.contract", relation="documents.renews",
        inverse=("documents.renewed_by", _("Renewals")), on_delete="detach",
    )  # fmt: skip
    note: Mapped[str | None] = field.multiline(_("What was agreed"), max_length=10_000, search=True)
    steps_all: Mapped[int] = field.integer(_("Steps"), default=0, readonly=True)
    steps_done: Mapped[int] = field.integer(_("Steps done"), default=0, readonly=True, index=True)
    next_due_on: Mapped[date | None] = field.date(_("Next step due"), readonly=True, index=True)
    end_told: Mapped[date | None] = field.date(_("Told of the end"), internal=True)


class Party(
    Entity,
    key="documents.party",
    label=_("Further party"),
    plural=_("Further parties"),
    icon="users",
    title="name",
    features=("export",),
    columns=("name", "contract", "account", "part"),
):
    """Somebody else who signs a contract."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200)
    contract: Mapped[Ref] = field.reference(
        _("Contract"), to="documents.contract", relation="documents.party_of", required=True, on_delete="archive",
        inverse=("documents.has_party", _("Further parties")),
    )  # fmt: skip
    account: Mapped[Ref | None] = field.reference(
        _("Account"), to=trait("core.organization"), relation="documents.party_is",
        inverse=("documents.is_party", _("Party to contracts")),
    )  # fmt: skip
    part: Mapped[str] = field.choice(_("Part"), words.PART, default="other")


class Step(
    Entity,
    key="documents.step",
    label=_("Contract step"),
    plural=_("Contract steps"),
    icon="list-check",
    title="name",
    alt_title="name_alt",
    features=("comments", "export", "search"),
    sort="place",
    columns=("name", "contract", "place", "share", "amount", "due_on", "status", "done_on"),
):
    """One step in which a contract is carried out, with the payment that hangs on it."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200)
    contract: Mapped[Ref] = field.reference(
        _("Contract"), to="documents.contract", relation="documents.step_of", required=True, on_delete="archive",
        inverse=("documents.has_step", _("Steps")),
    )  # fmt: skip
    place: Mapped[int] = field.integer(_("Place"), default=1, minimum=1, maximum=999, index=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.STEP_STATUS, state=True, transitions={"planned": ("done",), "done": ("planned",)},
        default="planned", initial=("planned", "done"),
    )  # fmt: skip
    share: Mapped[float | None] = field.decimal(_("Share (%)"), scale=2, minimum=0, maximum=100)
    amount: Mapped[Money | None] = field.money(_("Payment"))
    due_on: Mapped[date | None] = field.date(_("Due"), index=True)
    done_on: Mapped[date | None] = field.date(_("Done on"), index=True)
    by_customer: Mapped[bool] = field.boolean(_("Waits for the customer"))
    milestone: Mapped[Ref | None] = field.reference(
        _("Milestone"), to="projects.milestone", relation="documents.step_waits_for", on_delete="detach",
        inverse=("documents.finishes_step", _("Contract steps")),
        help=_("When the customer accepts it, this step is done; when its date is published, this step moves with it."),
    )  # fmt: skip
    reminded_at: Mapped[date | None] = field.date(_("Reminded"), readonly=True)
