"""Expense claims, their lines, what one line may cost at most, and money given in advance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Money, Ref, field, trait, translator
from weft.plugins.finance import vocabulary as words

_ = translator("finance")


class Claim(
    Entity,
    key="finance.claim",
    label=_("Expense claim"),
    plural=_("Expense claims"),
    slug="expenses",
    icon="receipt",
    title="purpose",
    number="EX-",
    sort="-updated_at",
    columns=("purpose", "owner", "total", "status", "waits", "submitted_on", "unit"),
):
    """What somebody paid for the company and gets back. The owner is who paid."""

    purpose: Mapped[str] = field.text(_("What it was for"), required=True, max_length=200, search=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.CLAIM_STATUS, state=True, transitions=words.CLAIM_MOVES, default="draft",
        initial=("draft", "submitted", "approved", "booked", "paid", "returned", "rejected"),
    )  # fmt: skip
    waits: Mapped[str | None] = field.choice(_("Waits for"), words.WAITS, readonly=True, index=True)
    currency: Mapped[str | None] = field.text(
        _("Paid back in"), max_length=3, help=_("Three letters, such as EUR; empty for the company's currency.")
    )
    advance: Mapped[Ref | None] = field.reference(
        _("Advance"), to="finance.advance", relation="finance.settles", only={"status": "given", "owner": "me"},
        inverse=("finance.settled_by", _("Claims")), help=_("Money you already got for this."),
    )  # fmt: skip
    total: Mapped[Money | None] = field.money(_("Total"), readonly=True, index=True)
    payable: Mapped[Money | None] = field.money(_("To be paid out"), readonly=True)
    over_limit: Mapped[bool] = field.boolean(_("Over a limit"), readonly=True, index=True)
    submitted_on: Mapped[date | None] = field.date(_("Submitted"), readonly=True, index=True)
    decided_on: Mapped[date | None] = field.date(_("Decided"), readonly=True)
    booked_on: Mapped[date | None] = field.date(_("Booked on"), readonly=True, index=True)
    paid_on: Mapped[date | None] = field.date(_("Paid on"), readonly=True, index=True)
    head: Mapped[int | None] = field.user(_("Head of unit"), readonly=True, index=True)
    lead: Mapped[int | None] = field.user(_("Project lead"), readonly=True, index=True)
    approver: Mapped[int | None] = field.user(_("Decides now"), readonly=True, index=True)
    why: Mapped[str | None] = field.multiline(_("Why it was sent back"), readonly=True, max_length=1000)
    batch: Mapped[Ref | None] = field.reference(
        _("Payment batch"), to="finance.batch", relation="finance.claim_in_batch", readonly=True, on_delete="detach",
        inverse=("finance.batch_claims", _("Expense claims")),
    )  # fmt: skip


class ClaimLine(
    Entity,
    key="finance.claim_line",
    label=_("Expense"),
    plural=_("Expenses", "lines"),
    slug="expense-lines",
    icon="receipt-2",
    title="subject",
    features=("comments", "export"),
    sort="day",
    columns=("subject", "claim", "kind", "day", "gross", "charged_to", "excess"),
):
    """One thing paid: day, kind, amount, what it is charged to, and the receipt beside it."""

    subject: Mapped[str] = field.text(_("What"), required=True, max_length=200)
    claim: Mapped[Ref] = field.reference(
        _("Claim"), to="finance.claim", relation="finance.line_of_claim", required=True, on_delete="archive",
        inverse=("finance.has_line", _("Expenses", "lines")),
    )  # fmt: skip
    kind: Mapped[Ref] = field.value(
        _("Kind"), list="finance.expense_kind", relation="finance.of_kind", required=True,
        inverse=("finance.kind_of", _("Expenses", "lines")),
    )  # fmt: skip
    day: Mapped[date] = field.date(_("Day"), required=True, index=True)
    gross: Mapped[Money] = field.money(_("Amount with tax"), required=True)
    tax: Mapped[Money | None] = field.money(_("Tax in it"))
    net: Mapped[Money | None] = field.money(_("Net"), readonly=True)
    charged_to: Mapped[Ref | None] = field.reference(
        _("Charged to"), to=trait(words.COSTABLE), relation="finance.charged_to", index=True, told=True,
        inverse=("finance.bears", _("Expenses", "lines")), help=_("A project or customer; empty: your own unit."),
    )  # fmt: skip
    receipt: Mapped[int | None] = field.file(_("Receipt"), help=_("A photo is enough."))
    rate: Mapped[Decimal | None] = field.decimal(_("Rate"), scale=6, readonly=True)
    rate_on: Mapped[date | None] = field.date(_("Rate of"), readonly=True)
    company: Mapped[Money | None] = field.money(_("Net in company currency"), readonly=True)
    back: Mapped[Money | None] = field.money(_("Paid back"), readonly=True)
    most: Mapped[Money | None] = field.money(_("Limit"), readonly=True)
    excess: Mapped[Money | None] = field.money(_("Above the limit"), readonly=True)
    why: Mapped[str | None] = field.text(_("What is missing"), readonly=True, max_length=500)


class Limit(
    Entity,
    key="finance.limit",
    label=_("Expense limit"),
    plural=_("Expense limits"),
    icon="gauge",
    title="name",
    features=("export",),
    columns=("name", "expense", "amount", "per", "valid_from"),
):
    """How much a kind of expense may cost by the travel and expense policy."""

    name: Mapped[str] = field.text(_("Rule"), required=True, max_length=200, help=_("The policy it comes from."))
    expense: Mapped[Ref] = field.value(
        _("Kind"), list="finance.expense_kind", relation="finance.limits_kind", required=True,
        inverse=("finance.kind_limits", _("Expense limits")),
    )  # fmt: skip
    amount: Mapped[Money] = field.money(_("At most"), required=True)
    per: Mapped[str] = field.choice(_("For"), words.LIMIT_PER, default="line")
    valid_from: Mapped[date] = field.date(_("Valid from"), required=True, index=True)


class Advance(
    Entity,
    key="finance.advance",
    label=_("Advance"),
    plural=_("Advances"),
    icon="cash-banknote",
    title="purpose",
    number="AD-",
    columns=("purpose", "owner", "amount", "open", "status", "given_on"),
):
    """Money somebody gets before they spend it; claims are set against it."""

    purpose: Mapped[str] = field.text(_("What for"), required=True, max_length=200, search=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.ADVANCE_STATUS, state=True, transitions=words.ADVANCE_MOVES, default="asked",
        initial=("asked", "given", "settled"),
    )  # fmt: skip
    amount: Mapped[Money] = field.money(_("Amount"), required=True)
    open: Mapped[Money | None] = field.money(_("Still open"), readonly=True)
    given_on: Mapped[date | None] = field.date(_("Given on"), readonly=True)
