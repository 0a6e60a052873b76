"""Pools of customers nobody owns, the rules that fill them, and what moved in and out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


class Pool(
    Entity,
    key="crm.pool",
    label=_("Pool"),
    plural=_("Pools"),
    icon="pool",
    title="label_en",
    alt_title="label_zh",
    features=("export", "comments"),
    sort="position",
    columns=("label_en", "label_zh", "unit", "claims_per_day", "most_held", "cooling_days", "active"),
):
    """Customers without an owner that the members of the pool's unit may claim."""

    code: Mapped[str] = field.text(_("Code"), required=True, unique=True, max_length=40)
    label_en: Mapped[str] = field.text(_("Label (English)"), required=True, max_length=60)
    label_zh: Mapped[str | None] = field.text(_("Label (Chinese)"), max_length=60)
    position: Mapped[int] = field.integer(_("Order"), default=10, minimum=0, maximum=1000, index=True)
    members: Mapped[int | None] = field.unit(
        _("Members"), help=_("People of this unit and below may claim; their customers fall into this pool.")
    )
    claims_per_day: Mapped[int | None] = field.integer(
        _("Claims per person and day"), default=5, minimum=0, maximum=1000, help=_("Empty: as many as they like.")
    )
    most_held: Mapped[int | None] = field.integer(
        _("Customers per person"),
        minimum=0,
        maximum=100_000,
        help=_("Who has so many cannot claim more. Empty: no limit."),
    )
    cooling_days: Mapped[int] = field.integer(
        _("Cooling-off (days)"), default=30, minimum=0, maximum=1000,
        help=_("So long the former owner cannot claim a customer again."),
    )  # fmt: skip
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class PoolRule(
    Entity,
    key="crm.pool_rule",
    label=_("Pool rule"),
    plural=_("Pool rules"),
    icon="recycle",
    title="name",
    alt_title="name_alt",
    features=("export",),
    sort="position",
    columns=("name", "pool", "kind", "days", "red_days", "manager_days", "warn_days", "active"),
):
    """When a customer turns red for its owner, then for the manager, and when it falls into the pool."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120)
    pool: Mapped[Ref] = field.reference(
        _("Pool"), to="crm.pool", relation="crm.rule_of_pool", inverse=("crm.pool_has_rule", _("Rules")), required=True
    )
    kind: Mapped[str] = field.choice(_("Rule"), words.POOL_RULE_KIND, required=True, default="silence")
    position: Mapped[int] = field.integer(_("Order"), default=10, minimum=0, maximum=1000, index=True)
    days: Mapped[int] = field.integer(
        _("Into the pool after (days)"), required=True, default=50, minimum=1, maximum=3650
    )
    red_days: Mapped[int | None] = field.integer(_("Red for the owner after (days)"), minimum=1, maximum=3650)
    manager_days: Mapped[int | None] = field.integer(_("Red for the manager after (days)"), minimum=1, maximum=3650)
    warn_days: Mapped[int | None] = field.integer(_("Pool warning after (days)"), minimum=1, maximum=3650)
    lives: Mapped[list[str]] = field.multi_choice(
        _("Stages of life"), words.LIFE, default=lambda: ["basic", "potential", "won"]
    )
    classes: Mapped[list[str]] = field.multi_choice(
        _("Only classes"), words.VALUE_CLASS, help=_("Empty: customers of every class.")
    )
    territory: Mapped[Ref | None] = field.value(
        _("Only territory"), list="crm.territory", relation="crm.rule_territory",
        inverse=("crm.territory_of_rule", _("Pool rules")),
    )  # fmt: skip
    family: Mapped[Ref | None] = field.value(
        _("Only product line"), list="crm.product_family", relation="crm.rule_family",
        inverse=("crm.family_of_rule", _("Pool rules")),
    )  # fmt: skip
    below: Mapped[Decimal | None] = field.money(
        _("Won less than"), help=_("For the rule of value: what was won from them in the last 12 months, net.")
    )
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class PoolMove(
    Entity,
    key="crm.pool_move",
    label=_("Pool move"),
    plural=_("Pool history"),
    icon="arrows-exchange",
    title="subject",
    alt_title="subject_alt",
    features=("export",),
    traits=("core.activity",),
    sort="-at",
    columns=("at", "account", "pool", "kind", "from_owner", "to_owner"),
):
    """One customer that went into or out of a pool; kept for good."""

    subject: Mapped[str] = field.text(_("What happened"), required=True, max_length=250)
    subject_alt: Mapped[str | None] = field.text(_("In the other script"), max_length=250, readonly=True)
    account: Mapped[Ref] = field.reference(
        _("Account"), to="crm.account", relation="crm.pool_move_of", inverse=("crm.has_pool_move", _("Pool history")),
        required=True, on_delete="archive",
    )  # fmt: skip
    pool: Mapped[Ref | None] = field.reference(
        _("Pool"), to="crm.pool", relation="crm.moved_in_pool", inverse=("crm.pool_moves", _("Moves"))
    )
    rule: Mapped[Ref | None] = field.reference(
        _("Rule"), to="crm.pool_rule", relation="crm.moved_by_rule", inverse=("crm.rule_moves", _("Moves")),
        on_delete="detach",
    )  # fmt: skip
    kind: Mapped[str] = field.choice(_("Kind"), words.POOL_MOVE_KIND, required=True, index=True)
    from_owner: Mapped[int | None] = field.user(_("From"))
    to_owner: Mapped[int | None] = field.user(_("To"))
    at: Mapped[datetime] = field.datetime(_("When"), required=True, index=True)
    reason: Mapped[str | None] = field.text(_("Reason"), max_length=250)
    slot: Mapped[str | None] = field.text(
        _("Claim of the day"), max_length=60, unique=True, internal=True,
    )  # fmt: skip
