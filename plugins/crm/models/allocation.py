"""Rules by which leads and customers find their owner."""

from __future__ import annotations

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


class AllocationRule(
    Entity,
    key="crm.allocation_rule",
    label=_("Allocation rule"),
    plural=_("Allocation rules"),
    icon="route",
    title="name",
    features=("export",),
    sort="position",
    columns=("name", "position", "applies", "territory", "source", "method", "active"),
):
    """Who gets what arrives: the first rule that fits decides."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120)
    position: Mapped[int] = field.integer(_("Order"), default=10, minimum=0, maximum=1000, index=True)
    applies: Mapped[str] = field.choice(_("For"), words.ALLOCATED, default="lead")
    territory: Mapped[Ref | None] = field.value(
        _("Only territory"), list="crm.territory", relation="crm.allocation_territory",
        inverse=("crm.territory_of_allocation", _("Allocation rules")),
    )  # fmt: skip
    source: Mapped[Ref | None] = field.value(
        _("Only source"), list="crm.source", relation="crm.allocation_source",
        inverse=("crm.source_of_allocation", _("Allocation rules")),
    )  # fmt: skip
    industry: Mapped[Ref | None] = field.value(
        _("Only industry"), list="crm.industry", relation="crm.allocation_industry",
        inverse=("crm.industry_of_allocation", _("Allocation rules")),
    )  # fmt: skip
    family: Mapped[Ref | None] = field.value(
        _("Only product line"), list="crm.product_family", relation="crm.allocation_family",
        inverse=("crm.family_of_allocation", _("Allocation rules")),
    )  # fmt: skip
    method: Mapped[str] = field.choice(_("Method"), words.ALLOCATION_METHOD, default="round_robin")
    person: Mapped[int | None] = field.user(_("Person"))
    people_of: Mapped[int | None] = field.unit(_("People of unit"), help=_("For turns, load and the unit itself."))
    partner: Mapped[Ref | None] = field.reference(
        _("Distributor or agent"), to="crm.account", relation="crm.allocates_to",
        inverse=("crm.allocated_by", _("Allocation rules")), on_delete="detach",
    )  # fmt: skip
    answer_days: Mapped[int | None] = field.integer(_("Answer within (days)"), minimum=1, maximum=90)
    active: Mapped[bool] = field.boolean(_("In use"), default=True)
    last_person: Mapped[int | None] = field.user(_("Last turn"), internal=True)
