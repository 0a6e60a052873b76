"""What is sold, and for how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from weft.core.sdk import Entity, Mapped, Ref, field, translator
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


class Product(
    Entity,
    key="crm.product",
    label=_("Product"),
    plural=_("Products"),
    icon="box",
    title="name",
    alt_title="name_alt",
    sort="code",
    columns=("code", "name", "family", "kind", "unit_of_sale", "active"),
):
    """A good or service that is sold."""

    code: Mapped[str] = field.text(_("Code"), required=True, unique=True, max_length=40, search=True)
    name: Mapped[str] = field.text(_("Name"), required=True, max_length=200, index=True, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=200, search=True)
    kind: Mapped[str] = field.choice(_("Kind"), words.PRODUCT_KIND, default="good", board=True)
    family: Mapped[Ref | None] = field.value(
        _("Product line"), list="crm.product_family", relation="crm.product_line",
        inverse=("crm.line_of_product", _("Products")),
    )  # fmt: skip
    unit_of_sale: Mapped[str | None] = field.text(_("Unit"), max_length=20)
    summary: Mapped[str | None] = field.markdown(_("Description"), search=True)
    promotion: Mapped[str | None] = field.markdown(
        _("Promotion text"), search=True, help=_("For offers, mails and the portals.")
    )
    picture: Mapped[int | None] = field.file(_("Picture"))
    sold_from: Mapped[date | None] = field.date(_("Sold from"))
    sold_until: Mapped[date | None] = field.date(_("Sold until"))
    active: Mapped[bool] = field.boolean(_("In use"), default=True, index=True)


class PriceList(
    Entity,
    key="crm.price_list",
    label=_("Price list"),
    plural=_("Price lists"),
    icon="tags",
    title="name",
    alt_title="name_alt",
    features=("export", "import", "comments"),
    sort="position",
    columns=("name", "currency", "territory", "channel", "valid_from", "valid_to", "active"),
):
    """Prices of one currency for one market; a deal has one list, so that offers do not contradict each other."""

    name: Mapped[str] = field.text(_("Name"), required=True, unique=True, max_length=120, search=True)
    name_alt: Mapped[str | None] = field.text(_("Name in the other script"), max_length=120, search=True)
    currency: Mapped[str] = field.text(_("Currency"), required=True, max_length=3, help=_("Such as CNY or EUR."))
    territory: Mapped[Ref | None] = field.value(
        _("Territory"), list="crm.territory", relation="crm.list_territory",
        inverse=("crm.territory_of_list", _("Price lists")),
    )  # fmt: skip
    channel: Mapped[bool] = field.boolean(
        _("For distributors and agents"),
        help=_("Deals with them begin with it; their portal shows the list of their account."),
    )
    valid_from: Mapped[date | None] = field.date(_("Valid from"))
    valid_to: Mapped[date | None] = field.date(_("Valid to"))
    position: Mapped[int] = field.integer(_("Order"), default=10, minimum=0, maximum=1000, index=True)
    active: Mapped[bool] = field.boolean(_("In use"), default=True)


class Price(
    Entity,
    key="crm.price",
    label=_("Price"),
    plural=_("Prices"),
    icon="tag",
    title="subject",
    alt_title="subject_alt",
    features=("export", "import"),
    sort="subject",
    columns=("price_list", "product", "price", "from_quantity", "valid_from", "valid_to"),
):
    """What a product costs on a list, from a quantity on and for a time."""

    subject: Mapped[str | None] = field.text(_("Price"), max_length=250, readonly=True, index=True)
    subject_alt: Mapped[str | None] = field.text(_("Price in the other script"), max_length=250, readonly=True)
    price_list: Mapped[Ref] = field.reference(
        _("Price list"), to="crm.price_list", relation="crm.price_on", inverse=("crm.has_price", _("Prices")),
        required=True, on_delete="archive",
    )  # fmt: skip
    product: Mapped[Ref] = field.reference(
        _("Product"), to="crm.product", relation="crm.price_of", inverse=("crm.costs", _("Prices")),
        required=True, on_delete="archive",
    )  # fmt: skip
    price: Mapped[Decimal] = field.money(_("Price"), required=True, help=_("Net, for one unit."))
    from_quantity: Mapped[Decimal] = field.decimal(_("From quantity"), scale=3, default=Decimal(1), minimum=0)
    valid_from: Mapped[date | None] = field.date(_("Valid from"))
    valid_to: Mapped[date | None] = field.date(_("Valid to"))
