"""The sales pipeline: pipelines, stages, opportunities and their lines."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


class Pipeline(
    Entity,
    key="crm.pipeline",
    label=_("Pipeline"),
    plural=_("Pipelines"),
    icon="list-details",
    title="label_en",
    alt_title="label_zh",
    features=("export",),
    sort="position",
    columns=("label_en", "label_zh", "position", "active"),
):
    """A way of selling with stages of its own; a company with one way needs none."""

    code: Mapped[str] = field.text(_("Code"), required=True, unique=True, max_length=40)
    label_en: Mapped[str] = field.text(_("Label (English)"), required=True, max_length=60)
    label_zh: Mapped[str | None] = field.text(_("Label (Chinese)"), max_length=60)
    position: Mapped[int] = field.integer(_("Order"), required=True, default=10, minimum=0, maximum=1000, index=True)
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class Stage(
    Entity,
    key="crm.stage",
    label=_("Stage"),
    plural=_("Stages"),
    icon="list-details",
    title="label_en",
    alt_title="label_zh",
    features=("export",),
    sort="position",
    columns=("label_en", "label_zh", "position", "probability", "outcome", "active"),
):
    """A step of the sales pipeline; the company names and orders its own."""

    code: Mapped[str] = field.text(_("Code"), required=True, unique=True, max_length=40)
    label_en: Mapped[str] = field.text(_("Label (English)"), required=True, max_length=60)
    label_zh: Mapped[str | None] = field.text(_("Label (Chinese)"), max_length=60)
    position: Mapped[int] = field.integer(_("Order"), required=True, default=10, minimum=0, maximum=1000, index=True)
    probability: Mapped[int] = field.integer(_("Probability (%)"), required=True, default=10, minimum=0, maximum=100)
    outcome: Mapped[str] = field.choice(
        _("Outcome"), words.OUTCOME, default="open", help=_("Deals that reach this stage are open, won or lost.")
    )
    pipeline: Mapped[Ref | None] = field.reference(
        _("Pipeline"), to="crm.pipeline", relation="crm.stage_in", inverse=("crm.has_stage", _("Stages")),
        help=_("Empty: a stage of every pipeline."),
    )  # fmt: skip
    needs: Mapped[list[str]] = field.multi_choice(
        _("Must be filled"), words.STAGE_NEEDS, help=_("A deal enters this stage only when these are filled.")
    )
    stale_days: Mapped[int | None] = field.integer(
        _("Red after (days)"), minimum=1, maximum=1000, help=_("A deal that stands here longer turns red.")
    )
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class Opportunity(
    Entity,
    key="crm.opportunity",
    label=_("Opportunity"),
    plural=_("Opportunities"),
    icon="target-arrow",
    title="name",
    number="OPP-",
    columns=("name", "account", "stage", "amount", "expected_close", "outcome", "owner"),
):
    """A deal that may be won: with whom, how much, how far, by when."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    account: Mapped[Ref] = field.reference(
        _("Account"),
        to="crm.account",
        relation="crm.opportunity_of",
        inverse=("crm.has_opportunity", _("Opportunities")),
        required=True,
        only={"role__in": "customer,distributor,agent,partner"},
    )
    contact: Mapped[Ref | None] = field.reference(
        _("Contact"),
        to="crm.contact",
        relation="crm.deal_contact",
        inverse=("crm.contact_of_deal", _("Opportunities")),
        on_delete="detach",
    )
    stage: Mapped[Ref] = field.reference(
        _("Stage"),
        to="crm.stage",
        relation="crm.in_stage",
        inverse=("crm.stage_of", _("Opportunities")),
        required=True,
        board=True,
    )
    pipeline: Mapped[Ref | None] = field.reference(
        _("Pipeline"), to="crm.pipeline", relation="crm.deal_in", inverse=("crm.pipeline_of", _("Opportunities")),
        index=True,
    )  # fmt: skip
    stage_since: Mapped[datetime | None] = field.datetime(_("In this stage since"), readonly=True, index=True)
    price_list: Mapped[Ref | None] = field.reference(
        _("Price list"), to="crm.price_list", relation="crm.priced_by", inverse=("crm.prices_deal", _("Opportunities")),
        on_delete="detach",
    )  # fmt: skip
    amount: Mapped[Decimal | None] = field.money(
        _("Amount"), index=True, help=_("Net. Where the deal has lines it is their sum and cannot be typed.")
    )
    has_lines: Mapped[bool] = field.boolean(_("Has lines"), readonly=True)
    expected_close: Mapped[date | None] = field.date(_("Expected close"), index=True)
    outcome: Mapped[str] = field.choice(
        _("Outcome"), words.OUTCOME, state=True, transitions=words.OUTCOME_MOVES, default="open", board=True
    )
    closed_on: Mapped[date | None] = field.date(_("Closed on"), index=True)
    product: Mapped[str | None] = field.text(_("Product"), max_length=120, index=True, search=True)
    loss_reason: Mapped[Ref | None] = field.value(
        _("Loss reason"),
        list="crm.loss_reason",
        relation="crm.lost_because",
        inverse=("crm.loss_of", _("Opportunities")),
    )
    competitor: Mapped[Ref | None] = field.reference(
        _("Competitor"),
        to="crm.account",
        relation="crm.lost_to",
        inverse=("crm.won_against_us", _("Deals lost against")),
        on_delete="detach",
        only={"role": "competitor"},
    )
    partner: Mapped[Ref | None] = field.reference(
        _("Sold through"), to="crm.account", relation="crm.sold_through",
        inverse=("crm.sells", _("Deals sold through")),
        on_delete="detach", only={"role__in": "distributor,agent,partner"},
    )  # fmt: skip
    reported_on: Mapped[date | None] = field.date(
        _("Reported won on"), readonly=True, index=True,
        help=_("By the partner; a sales manager confirms it before it counts."),
    )  # fmt: skip
    closed_owner: Mapped[int | None] = field.user(_("Owner at the end"), readonly=True)
    last_contact_at: Mapped[datetime | None] = field.datetime(
        _("Last contact"), readonly=True, index=True, help=_("Of its account.")
    )
    lesson: Mapped[str | None] = field.markdown(
        _("What we learned"), search=True, help=_("Shown to colleagues on similar deals.")
    )
    source: Mapped[Ref | None] = field.value(
        _("Source"), list="crm.source", relation="crm.deal_source", inverse=("crm.source_of_deal", _("Opportunities"))
    )
    note: Mapped[str | None] = field.markdown(_("Note"), search=True)


class DealLine(
    Entity,
    key="crm.deal_line",
    label=_("Line"),
    plural=_("Lines"),
    icon="list",
    title="description",
    alt_title="description_alt",
    features=("export", "import"),
    sort="position",
    columns=("description", "opportunity", "product", "quantity", "unit_price", "discount", "amount"),
):
    """One product of a deal with its quantity and price; the lines of a deal sum to its amount."""

    opportunity: Mapped[Ref] = field.reference(
        _("Opportunity"), to="crm.opportunity", relation="crm.line_of", inverse=("crm.has_line", _("Lines")),
        required=True, on_delete="archive",
    )  # fmt: skip
    product: Mapped[Ref | None] = field.reference(
        _("Product"), to="crm.product", relation="crm.line_product", inverse=("crm.product_in", _("Lines of deals")),
    )  # fmt: skip
    description: Mapped[str] = field.text(_("Description"), required=True, max_length=200)
    description_alt: Mapped[str | None] = field.text(
        _("Description in the other script"), max_length=200, readonly=True
    )
    quantity: Mapped[Decimal] = field.decimal(_("Quantity"), scale=3, required=True, default=Decimal(1), minimum=0)
    unit_price: Mapped[Decimal | None] = field.money(
        _("Unit price"), help=_("Empty: the price of the deal's list for this quantity.")
    )
    discount: Mapped[Decimal] = field.decimal(_("Discount (%)"), scale=2, default=Decimal(0), minimum=0, maximum=100)
    amount: Mapped[Decimal | None] = field.money(_("Amount"), readonly=True)
    position: Mapped[int] = field.integer(_("Order"), default=10, minimum=0, maximum=10_000)
