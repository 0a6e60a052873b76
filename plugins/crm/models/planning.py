"""Targets of people and units, and what the forecast said on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Ref, field, translator

_ = translator("crm")


class Target(
    Entity,
    key="crm.target",
    label=_("Target"),
    plural=_("Targets"),
    icon="target",
    title="subject",
    features=("export", "import", "comments"),
    sort="-month",
    columns=("subject", "month", "person", "team", "amount"),
):
    """What a person or a team should win in a month."""

    subject: Mapped[str | None] = field.text(_("Target"), max_length=200, readonly=True)
    month: Mapped[date] = field.date(_("Month"), required=True, index=True, help=_("Any day of it."))
    person: Mapped[int | None] = field.user(_("Person"))
    team: Mapped[int | None] = field.unit(_("Team"))
    amount: Mapped[Decimal] = field.money(_("Amount"), required=True, help=_("Net."))
    slot: Mapped[str | None] = field.text(_("Person or team and month"), max_length=60, unique=True, internal=True)


class ForecastSnapshot(
    Entity,
    key="crm.forecast_snapshot",
    label=_("Forecast snapshot"),
    plural=_("Forecast snapshots"),
    icon="photo",
    title="subject",
    features=("export",),
    sort="-taken_on",
    columns=("taken_on", "month", "person", "team", "product", "deals", "amount", "weighted"),
):
    """What was open for a month on a day, per owner, team and product; written by a job, never changed."""

    subject: Mapped[str] = field.text(_("Snapshot"), required=True, max_length=200)
    taken_on: Mapped[date] = field.date(_("Taken on"), required=True, index=True)
    month: Mapped[date] = field.date(_("Month"), required=True, index=True, help=_("Its first day."))
    person: Mapped[int | None] = field.user(_("Owner"))
    team: Mapped[int | None] = field.unit(_("Team"))
    product: Mapped[Ref | None] = field.reference(
        _("Product"), to="crm.product", relation="crm.snapshot_of_product",
        inverse=("crm.product_snapshot", _("Forecast snapshots")), on_delete="detach",
    )  # fmt: skip
    deals: Mapped[int] = field.integer(_("Deals"), default=0, minimum=0)
    amount: Mapped[Decimal | None] = field.money(_("Amount"), help=_("In the company's currency, net."))
    weighted: Mapped[Decimal | None] = field.money(_("Weighted"), help=_("Amount times probability of the stage."))
