"""Words of the communication plugin: values of choices. Data only."""

from __future__ import annotations

from weft.core.sdk import choices, translator

_ = translator("communication")

ANNOUNCEMENT_STATE = choices(
    {"draft": "grey", "published": "green", "withdrawn": "grey"},
    draft=_("Draft"),
    published=_("Published"),
    withdrawn=_("Withdrawn"),
)
ANNOUNCEMENT_MOVES = {"draft": ("published",), "published": ("withdrawn",), "withdrawn": ("published",)}
NEWS_STATE = choices(
    {"draft": "grey", "published": "green", "withdrawn": "grey"},
    draft=_("Draft"),
    published=_("Published"),
    withdrawn=_("Withdrawn"),
)
AUDIENCE = choices(
    employee=_("Employees"),
    customer=_("Customers"),
    supplier=_("Suppliers"),
    distributor=_("Distributors and agents"),
)
#: Who takes part in a conversation besides people of the company.
OUTSIDE = choices(
    {"inside": "grey", "customer": "blue", "supplier": "teal", "distributor": "plum"},
    inside=_("Colleagues"),
    customer=_("Customer"),
    supplier=_("Supplier"),
    distributor=_("Distributor or agent"),
)
PART = choices(
    contact=_("Contact of the account"),
    colleague=_("Colleague"),
    outside=_("In the portal"),
)
