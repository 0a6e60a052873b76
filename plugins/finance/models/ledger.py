"""What was booked: postings that nobody changes, months that are closed, payment batches, budgets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Money, Ref, field, trait, translator
from weft.plugins.finance import vocabulary as words

_ = translator("finance")


class Posting(
    Entity,
    key="finance.posting",
    label=_("Posting"),
    plural=_("Postings"),
    icon="book",
    title="about",
    features=("export", "comments"),
    sort="-day",
    columns=("about", "kind", "day", "amount", "company", "customer", "project", "salesperson"),
):
    """One amount of cost or income on one day. Never changed and never deleted: a mistake is reversed."""

    about: Mapped[str] = field.text(_("What for"), required=True, max_length=420)
    kind: Mapped[str] = field.choice(_("Kind"), words.POSTING_KIND, index=True)
    day: Mapped[date] = field.date(_("Booking day"), required=True, index=True)
    amount: Mapped[Money] = field.money(_("Amount, net"), required=True)
    company: Mapped[Money] = field.money(_("In company currency"), required=True)
    rate: Mapped[Decimal | None] = field.decimal(_("Rate"), scale=6)
    rate_on: Mapped[date | None] = field.date(_("Rate of"))
    charged_to: Mapped[Ref | None] = field.reference(
        _("Charged to"), to=trait(words.COSTABLE), relation="finance.cost_of", index=True,
        inverse=("finance.has_cost", _("Postings")),
    )  # fmt: skip
    customer: Mapped[Ref | None] = field.reference(
        _("Customer"), to=trait("core.organization"), relation="finance.cost_for", index=True,
        inverse=("finance.customer_cost", _("Postings for the customer")),
    )  # fmt: skip
    project: Mapped[Ref | None] = field.reference(
        _("Project"), to="projects.project", relation="finance.cost_in", index=True,
        inverse=("finance.project_cost", _("Postings of the project")),
    )  # fmt: skip
    salesperson: Mapped[int | None] = field.user(_("Salesperson"), index=True)
    lead: Mapped[int | None] = field.user(_("Project lead"), index=True)
    cost_unit: Mapped[int | None] = field.unit(_("Bearing unit"), index=True)
    source: Mapped[Ref | None] = field.reference(
        _("Booked from"), to="*", relation="finance.booked_from", index=True,
        inverse=("finance.booked_as", _("Postings")),
    )  # fmt: skip
    category: Mapped[Ref | None] = field.value(
        _("Kind of expense"), list="finance.expense_kind", relation="finance.posting_kind",
        inverse=("finance.kind_postings", _("Postings")),
    )  # fmt: skip
    reverses: Mapped[Ref | None] = field.reference(
        _("Reverses"), to="finance.posting", relation="finance.reverses",
        inverse=("finance.reversed_by", _("Reversed by")),
    )  # fmt: skip
    reason: Mapped[str | None] = field.text(_("Reason"), max_length=500)


class Month(
    Entity,
    key="finance.month",
    label=_("Closed month"),
    plural=_("Closed months"),
    icon="calendar",
    title="name",
    features=("export",),
    sort="-first_day",
    columns=("name", "first_day", "reason", "owner", "created_at", "reopened_on", "reopened_why"),
):
    """A month in which nothing is booked any more. The owner closed it; opened again, another record closes it."""

    name: Mapped[str | None] = field.text(_("Month"), max_length=40, readonly=True)
    first_day: Mapped[date] = field.date(
        _("Month (any day of it)"), required=True, index=True, help=_("All months before it are closed too.")
    )
    reason: Mapped[str] = field.text(_("Why"), required=True, max_length=200, default="")
    reopened_on: Mapped[date | None] = field.date(_("Opened again"), readonly=True, index=True)
    reopened_why: Mapped[str | None] = field.text(_("Why it was opened again"), readonly=True, max_length=500)
    reopened_by: Mapped[int | None] = field.user(_("Opened again by"), readonly=True)


class Batch(
    Entity,
    key="finance.batch",
    label=_("Payment batch"),
    plural=_("Payment batches"),
    icon="building-bank",
    title="serial",
    features=("comments", "export", "search"),
    sort="-pay_on",
    columns=("serial", "pay_on", "total", "payments", "status", "paid_on", "owner"),
):
    """Agreed claims and bills in one currency that go to the bank together."""

    serial: Mapped[str | None] = field.text(_("Batch number"), max_length=40, unique=True, readonly=True, index=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.BATCH_STATUS, state=True, transitions=words.BATCH_MOVES, default="open",
        initial=("open", "paid"),
    )  # fmt: skip
    pay_on: Mapped[date] = field.date(_("To be paid on"), required=True, index=True)
    total: Mapped[Money | None] = field.money(_("Total"), readonly=True, index=True)
    payments: Mapped[int] = field.integer(_("Payments", "number"), default=0, readonly=True)
    paid_on: Mapped[date | None] = field.date(_("Paid on"), readonly=True, index=True)


class Budget(
    Entity,
    key="finance.budget",
    label=_("Budget"),
    plural=_("Budgets"),
    icon="chart-pie",
    title="name",
    alt_title="name_alt",
    sort="-starts_on",
    columns=("name", "charged_to", "for_unit", "amount", "starts_on", "ends_on", "owner"),
):
    """How much may be spent on a project, for a customer or by a unit. The owner is asked when it is short."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200)
    charged_to: Mapped[Ref | None] = field.reference(
        _("Cost limit of"), to=trait(words.COSTABLE), relation="finance.limits_cost", index=True,
        inverse=("finance.cost_limit", _("Cost limits")), help=_("A customer with its projects, or one project."),
    )  # fmt: skip
    for_unit: Mapped[int | None] = field.unit(_("Budget of the unit"), index=True)
    amount: Mapped[Money] = field.money(_("Amount, net"), required=True)
    starts_on: Mapped[date] = field.date(_("From"), required=True, index=True)
    ends_on: Mapped[date | None] = field.date(_("Until"), index=True)
