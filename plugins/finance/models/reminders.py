"""Reminders of overdue invoices, and where people are paid back what they paid for the company."""

from __future__ import annotations

from datetime import date

from weft.core.sdk import Entity, Mapped, Money, Ref, field, trait, translator
from weft.plugins.finance import vocabulary as words

_ = translator("finance")


class Reminder(
    Entity,
    key="finance.reminder",
    label=_("Payment reminder"),
    plural=_("Payment reminders"),
    icon="bell",
    title="name",
    traits=("core.activity",),
    features=("export", "search"),
    sort="-sent_on",
    columns=("name", "invoice", "customer", "level", "sent_on", "open_gross", "owner"),
):
    """One reminder of one overdue invoice, as it was sent. The owner sent it, or nobody: the nightly job."""

    name: Mapped[str | None] = field.text(_("About"), max_length=200, readonly=True, search=True)
    invoice: Mapped[Ref | None] = field.reference(
        _("Invoice"), to="finance.invoice", relation="finance.reminds_of", index=True,
        inverse=("finance.reminded_by", _("Payment reminders")), on_delete="archive", readonly=True,
    )  # fmt: skip
    customer: Mapped[Ref | None] = field.reference(
        _("Customer"), to=trait("core.organization"), relation="finance.reminded", readonly=True, index=True,
        inverse=("finance.got_reminder", _("Payment reminders")),
    )  # fmt: skip
    level: Mapped[int] = field.integer(_("Level"), default=1, readonly=True, index=True)
    sent_on: Mapped[date | None] = field.date(_("Sent on"), readonly=True, index=True)
    open_gross: Mapped[Money | None] = field.money(_("Open, gross"), readonly=True)
    days: Mapped[int] = field.integer(_("Days overdue"), default=0, readonly=True)
    told: Mapped[int] = field.integer(_("People told"), default=0, readonly=True)
    text: Mapped[str] = field.multiline(_("Text"), max_length=4000, readonly=True)
    text_alt: Mapped[str | None] = field.multiline(_("Text in the other language"), max_length=4000, readonly=True)


class Payee(
    Entity,
    key="finance.payee",
    label=_("Account for repayment"),
    plural=_("Accounts for repayment"),
    icon="building-bank",
    title="holder",
    features=(),
    sort="-created_at",
    columns=("holder", "owner", "account", "bank", "status", "decided_on"),
):
    """The account the owner is paid back to. Finance confirms it before it is used; the last confirmed one counts."""

    holder: Mapped[str] = field.text(_("Account holder"), required=True, max_length=140)
    account: Mapped[str] = field.text(
        _("Account number"), required=True, max_length=60, sensitive=True, help=_("IBAN or card number.")
    )
    bank: Mapped[str | None] = field.text(_("Bank"), max_length=140)
    status: Mapped[str] = field.choice(
        _("Status"), words.PAYEE_STATUS, state=True, transitions=words.PAYEE_MOVES, default="waiting",
        initial=("waiting", "confirmed"),
    )  # fmt: skip
    note: Mapped[str | None] = field.text(_("How it was made sure"), max_length=500, readonly=True)
    decided_on: Mapped[date | None] = field.date(_("Decided"), readonly=True)
    decided_by: Mapped[int | None] = field.user(_("Decided by"), readonly=True)
