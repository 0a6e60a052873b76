"""Invoices and credit notes to customers, their lines, and what was paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Money, Ref, field, trait, translator
from weft.plugins.finance import vocabulary as words

_ = translator("finance")


class Invoice(
    Entity,
    key="finance.invoice",
    label=_("Invoice"),
    plural=_("Invoices"),
    icon="file-dollar",
    title="name",
    alt_title="name_alt",
    traits=("core.activity",),
    sort="-updated_at",
    columns=("name", "serial", "customer", "net", "gross", "open_net", "status", "issued_on", "due_on"),
):
    """What a customer is asked to pay. A draft has no number: issuing gives it the next one of a gapless series."""

    name: Mapped[str] = field.text(_("What for"), required=True, max_length=200, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200, search=True)
    serial: Mapped[str | None] = field.text(
        _("Invoice number"), max_length=40, unique=True, readonly=True, index=True, search=True
    )
    kind: Mapped[str] = field.choice(_("Kind"), words.INVOICE_KIND, default="invoice", index=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.INVOICE_STATUS, state=True, transitions=words.INVOICE_MOVES, default="draft",
        initial=("draft", "issued", "part_paid", "paid", "credited"),
    )  # fmt: skip
    customer: Mapped[Ref | None] = field.reference(
        _("Customer"), to=trait("core.organization"), relation="finance.invoice_to", index=True,
        inverse=("finance.has_invoice", _("Invoices")),
    )  # fmt: skip
    project: Mapped[Ref | None] = field.reference(
        _("Project"), to="projects.project", relation="finance.invoice_for", index=True,
        inverse=("finance.invoiced_by", _("Invoices")),
    )  # fmt: skip
    contract: Mapped[Ref | None] = field.reference(
        _("Contract"), to="documents.contract", relation="finance.under_contract", on_delete="detach",
        inverse=("finance.contract_invoices", _("Invoices")),
    )  # fmt: skip
    step: Mapped[Ref | None] = field.reference(
        _("Contract step"), to="documents.step", relation="finance.bills_step", on_delete="detach",
        inverse=("finance.step_invoices", _("Invoices")), help=_("It can be issued when this step is done."),
    )  # fmt: skip
    credits: Mapped[Ref | None] = field.reference(
        _("Credits"), to="finance.invoice", relation="finance.credits", readonly=True,
        inverse=("finance.credited_by", _("Credit notes")),
    )  # fmt: skip
    currency: Mapped[str | None] = field.text(
        _("Currency"), max_length=3, help=_("Three letters, such as EUR; empty for the company's currency.")
    )
    days: Mapped[int | None] = field.integer(_("Payment (days)"), minimum=0, maximum=365)
    tax_id: Mapped[str | None] = field.text(_("Customer's tax id"), max_length=40)
    fapiao_no: Mapped[str | None] = field.text(_("Fapiao number"), max_length=40, index=True, search=True)
    note: Mapped[str | None] = field.multiline(_("Note on the invoice"), max_length=2000)
    net: Mapped[Money | None] = field.money(_("Net"), readonly=True, index=True)
    tax: Mapped[Money | None] = field.money(_("Tax"), readonly=True)
    gross: Mapped[Money | None] = field.money(_("Gross"), readonly=True, index=True)
    paid: Mapped[Money | None] = field.money(_("Paid, gross"), readonly=True)
    open_gross: Mapped[Money | None] = field.money(_("Open, gross"), readonly=True, index=True)
    open_net: Mapped[Money | None] = field.money(_("Open, net"), readonly=True, index=True)
    issued_on: Mapped[date | None] = field.date(_("Issued on"), readonly=True, index=True)
    due_on: Mapped[date | None] = field.date(_("Due"), readonly=True, index=True)
    paid_on: Mapped[date | None] = field.date(_("Paid on"), readonly=True, index=True)
    reminders: Mapped[int] = field.integer(_("Reminders sent"), default=0, readonly=True)
    reminded_on: Mapped[date | None] = field.date(_("Last reminder"), readonly=True, index=True)


class InvoiceLine(
    Entity,
    key="finance.invoice_line",
    label=_("Invoice line"),
    plural=_("Invoice lines"),
    icon="list-details",
    title="text",
    alt_title="text_alt",
    features=("export",),
    sort="position",
    columns=("text", "invoice", "quantity", "price", "tax_rate", "net", "gross"),
):
    """One thing on an invoice."""

    text: Mapped[str] = field.text(_("Text"), required=True, max_length=300)
    text_alt: Mapped[str | None] = field.text(_("Text in the other language"), max_length=300)
    invoice: Mapped[Ref] = field.reference(
        _("Invoice"), to="finance.invoice", relation="finance.line_of_invoice", required=True, on_delete="archive",
        inverse=("finance.has_invoice_line", _("Invoice lines")),
    )  # fmt: skip
    position: Mapped[int] = field.integer(_("Place"), default=1, minimum=1, maximum=999, index=True)
    quantity: Mapped[Decimal] = field.decimal(_("Quantity"), scale=3, default=1, required=True)
    price: Mapped[Decimal] = field.decimal(
        _("Price each, net"), scale=2, required=True, help=_("In the currency of the invoice.")
    )
    tax_rate: Mapped[Decimal] = field.decimal(_("Tax (%)"), scale=2, required=True, default=0, minimum=0, maximum=100)
    net: Mapped[Money | None] = field.money(_("Net"), readonly=True)
    tax: Mapped[Money | None] = field.money(_("Tax"), readonly=True)
    gross: Mapped[Money | None] = field.money(_("Gross"), readonly=True)


class Payment(
    Entity,
    key="finance.payment",
    label=_("Payment received"),
    plural=_("Payments received"),
    slug="payments",
    icon="cash",
    title="name",
    features=("comments", "export", "search"),
    sort="-paid_on",
    columns=("name", "invoice", "customer", "amount", "paid_on", "owner"),
):
    """Money that came in for an invoice, gross. Corrected by a second one with the opposite sign."""

    name: Mapped[str | None] = field.text(_("Reference"), max_length=200, search=True)
    invoice: Mapped[Ref] = field.reference(
        _("Invoice"), to="finance.invoice", relation="finance.pays", required=True, index=True,
        inverse=("finance.paid_by", _("Payments")), only={"status__in": "issued,part_paid", "kind": "invoice"},
    )  # fmt: skip
    customer: Mapped[Ref | None] = field.reference(
        _("Customer"), to=trait("core.organization"), relation="finance.payment_from", readonly=True, index=True,
        inverse=("finance.paid_us", _("Payments")),
    )  # fmt: skip
    amount: Mapped[Money] = field.money(_("Amount, gross"), required=True, index=True)
    paid_on: Mapped[date] = field.date(_("Received on"), required=True, index=True)
    corrects: Mapped[Ref | None] = field.reference(
        _("Corrects"), to="finance.payment", relation="finance.corrects", readonly=True,
        inverse=("finance.corrected_by", _("Corrections")),
    )  # fmt: skip
