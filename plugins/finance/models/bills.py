"""Bills of suppliers, what they are charged to, and the versions that were sent before."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Money, Ref, field, trait, translator
from weft.plugins.finance import vocabulary as words

_ = translator("finance")


class Bill(
    Entity,
    key="finance.bill",
    label=_("Supplier bill"),
    plural=_("Supplier bills"),
    icon="file-invoice",
    title="bill_no",
    number="BI-",
    traits=("core.activity",),
    sort="-updated_at",
    columns=("bill_no", "supplier", "gross", "net", "status", "due_on", "expected_on", "number"),
):
    """What a supplier asks to be paid. Sent in its portal, or typed by an employee."""

    bill_no: Mapped[str] = field.text(_("Bill number"), required=True, max_length=60, index=True, search=True)
    supplier: Mapped[Ref | None] = field.reference(
        _("Supplier"), to=trait("core.organization"), relation="finance.billed_by", index=True,
        inverse=("finance.bills_us", _("Bills")),
    )  # fmt: skip
    status: Mapped[str] = field.choice(
        _("Status"), words.BILL_STATUS, state=True, transitions=words.BILL_MOVES, default="received",
        initial=("received", "checking", "accepted", "paid", "rejected"),
    )  # fmt: skip
    about: Mapped[str | None] = field.text(_("What for"), max_length=200, search=True)
    file: Mapped[int | None] = field.file(_("Bill as PDF"))
    billed_on: Mapped[date | None] = field.date(_("Date of the bill"), index=True)
    net: Mapped[Money] = field.money(_("Net"), required=True)
    tax: Mapped[Money] = field.money(_("Tax"), required=True)
    gross: Mapped[Money] = field.money(_("Gross"), required=True, index=True)
    due_on: Mapped[date] = field.date(_("Due"), required=True, index=True)
    expected_on: Mapped[date | None] = field.date(_("Expected payment"), readonly=True, index=True)
    decided_on: Mapped[date | None] = field.date(_("Decided"), readonly=True)
    paid_on: Mapped[date | None] = field.date(_("Paid on"), readonly=True, index=True)
    checker: Mapped[int | None] = field.user(_("Checked by"), readonly=True)
    why: Mapped[str | None] = field.multiline(_("Why it was rejected"), readonly=True, max_length=1000)
    revision: Mapped[int] = field.integer(_("Version"), default=1, readonly=True)
    from_portal: Mapped[bool] = field.boolean(_("Sent in the portal"), readonly=True, index=True)
    same: Mapped[str | None] = field.text(_("Supplier and number"), max_length=120, unique=True, internal=True)
    batch: Mapped[Ref | None] = field.reference(
        _("Payment batch"), to="finance.batch", relation="finance.bill_in_batch", readonly=True, on_delete="detach",
        inverse=("finance.batch_bills", _("Supplier bills")),
    )  # fmt: skip


class BillShare(
    Entity,
    key="finance.bill_share",
    label=_("Share of a bill"),
    plural=_("Shares of a bill"),
    icon="chart-donut",
    title="name",
    features=("export",),
    sort="id",
    columns=("name", "bill", "charged_to", "percent", "amount"),
):
    """The part of a bill that one project, customer or unit bears."""

    name: Mapped[str | None] = field.text(_("Name"), max_length=420, readonly=True)
    bill: Mapped[Ref] = field.reference(
        _("Bill"), to="finance.bill", relation="finance.share_of", required=True, on_delete="archive",
        inverse=("finance.has_share", _("Charged to")),
    )  # fmt: skip
    charged_to: Mapped[Ref | None] = field.reference(
        _("Charged to"), to=trait(words.COSTABLE), relation="finance.bears_bill", index=True, told=True,
        inverse=("finance.bill_shares", _("Shares of bills")),
    )  # fmt: skip
    for_unit: Mapped[int | None] = field.unit(_("Or to a unit"))
    percent: Mapped[Decimal] = field.decimal(
        _("Share (%)"), scale=4, required=True, minimum=0, maximum=100, default=100
    )
    amount: Mapped[Money | None] = field.money(_("Net"), readonly=True)


class BillVersion(
    Entity,
    key="finance.bill_version",
    label=_("Earlier version"),
    plural=_("Earlier versions"),
    icon="versions",
    title="name",
    features=("export",),
    columns=("name", "bill", "revision", "gross", "file", "sent_at", "why"),
):
    """A bill as it was sent before it was rejected and corrected."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=100)
    bill: Mapped[Ref] = field.reference(
        _("Bill"), to="finance.bill", relation="finance.version_of", required=True, on_delete="archive",
        inverse=("finance.has_version", _("Earlier versions")),
    )  # fmt: skip
    revision: Mapped[int] = field.integer(_("Version"), required=True, minimum=1)
    gross: Mapped[Money] = field.money(_("Gross"), required=True)
    file: Mapped[int | None] = field.file(_("Bill as PDF"))
    sent_at: Mapped[datetime | None] = field.datetime(_("Sent"))
    why: Mapped[str | None] = field.multiline(_("Why it was rejected"), max_length=1000)
