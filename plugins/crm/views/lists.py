"""How the CRM's records are listed, grouped in the sidebar and laid out on their pages."""

from __future__ import annotations

from weft.core.sdk import ListView, NavEntry, NewEntry, translator
from weft.plugins.crm.grants import IN_BUSINESS

_ = translator("crm")

VIEWS = [
    ListView(
        "crm.customers_all",
        "crm.account",
        _("All customers"),
        {"role": "customer", "frozen": "false"},
        page="role=customer",
        order=10,
    ),
    ListView(
        "crm.customers_mine",
        "crm.account",
        _("My customers"),
        {"role": "customer", "frozen": "false", "owner": "me"},
        page="role=customer",
        order=20,
    ),
    ListView(
        "crm.customers_active",
        "crm.account",
        _("Active"),
        {"role": "customer", "frozen": "false", "life__in": "potential,won"},
        page="role=customer",
        order=30,
    ),
    ListView(
        "crm.customers_a",
        "crm.account",
        _("Class A"),
        {"role": "customer", "frozen": "false", "value_class": "A"},
        page="role=customer",
        order=40,
    ),
    ListView(
        "crm.customers_idle",
        "crm.account",
        _("No next step"),
        {"role": "customer", "frozen": "false", "life__in": "basic,potential,won", "next_on__isnull": "true"},
        page="role=customer",
        order=50,
    ),
    ListView(
        "crm.suppliers",
        "crm.account",
        _("Suppliers"),
        {"role": "supplier"},
        ("name", "industry", "owner", "phone", "payment_days"),
        page="role=supplier",
    ),
    ListView(
        "crm.channel",
        "crm.account",
        _("Distributors and agents"),
        {"role__in": "distributor,agent"},
        ("name", "role", "territory", "owner", "last_contact_at"),
        page="role__in=distributor,agent",
    ),
    ListView(
        "crm.competitors",
        "crm.account",
        _("Competitors"),
        {"role": "competitor"},
        ("name", "website", "owner", "updated_at"),
        page="role=competitor",
    ),
    ListView(
        "crm.accounts_all",
        "crm.account",
        _("All accounts"),
        {"frozen": "false"},
        ("name", "role", "life", "owner", "updated_at"),
        page="",
        order=10,
    ),
    ListView(
        "crm.accounts_frozen",
        "crm.account",
        _("Frozen"),
        {"frozen": "true"},
        ("name", "role", "life", "owner", "updated_at"),
        page="",
        order=20,
    ),
    ListView(
        "crm.deals_open", "crm.opportunity", _("Open"), {"outcome": "open"}, layout="board", board="stage", order=10
    ),
    ListView(
        "crm.deals_mine",
        "crm.opportunity",
        _("My open deals"),
        {"outcome": "open", "owner": "me"},
        layout="board",
        board="stage",
        order=20,
    ),
    ListView(
        "crm.deals_month",
        "crm.opportunity",
        _("Closing this month"),
        {"outcome": "open", "expected_close__gte": "month_start", "expected_close__lte": "month_end"},
        sort="expected_close",
        order=30,
    ),
    ListView(
        "crm.deals_closed",
        "crm.opportunity",
        _("Won and lost"),
        {"outcome__in": "won,lost"},
        ("name", "account", "amount", "outcome", "closed_on", "loss_reason", "owner"),
        sort="-closed_on",
        order=40,
    ),
    ListView("crm.activities_planned", "crm.activity", _("Planned"), {"status": "planned"}, sort="at", order=10),
    ListView("crm.activities_mine", "crm.activity", _("Mine"), {"owner": "me"}, order=20),
    ListView("crm.activities_done", "crm.activity", _("Done"), {"status": "done"}, order=30),
]

NAVIGATION = [
    NavEntry(
        "crm.nav_customers",
        "customers",
        _("Customers"),
        entity="crm.account",
        query={"role": "customer"},
        order=20,
        roles=IN_BUSINESS,
    ),
    NavEntry("crm.nav_contacts", "customers", _("Contacts"), entity="crm.contact", order=30, roles=IN_BUSINESS),
    NavEntry(
        "crm.nav_opportunities",
        "customers",
        _("Opportunities"),
        entity="crm.opportunity",
        order=40,
        roles=IN_BUSINESS,
    ),
    NavEntry("crm.nav_activities", "customers", _("Activities"), entity="crm.activity", order=50),
    NavEntry(
        "crm.nav_suppliers",
        "partners",
        _("Suppliers"),
        entity="crm.account",
        query={"role": "supplier"},
        order=10,
        roles=IN_BUSINESS,
    ),
    NavEntry(
        "crm.nav_channel",
        "partners",
        _("Distributors and agents"),
        entity="crm.account",
        query={"role__in": "distributor,agent"},
        order=20,
        roles=IN_BUSINESS,
    ),
    NavEntry(
        "crm.nav_competitors",
        "partners",
        _("Competitors"),
        entity="crm.account",
        query={"role": "competitor"},
        order=40,
        roles=IN_BUSINESS,
    ),
    NavEntry("crm.nav_accounts", "partners", _("All accounts"), entity="crm.account", order=50, roles=IN_BUSINESS),
    *[
        NavEntry(f"crm.set_{word}", "values", label, entity=f"crm.{word}", order=10 * place)
        for place, (word, label) in enumerate(
            {
                "pipeline": _("Pipelines"),
                "stage": _("Stages"),
                "pool": _("Pools"),
                "pool_rule": _("Pool rules"),
                "allocation_rule": _("Allocation rules"),
                "web_form": _("Web forms"),
            }.items(),
            1,
        )
    ],
    NewEntry("crm.account", _("Customer"), order=10, query={"role": "customer"}),
    NewEntry("crm.contact", _("Contact"), order=20),
    NewEntry("crm.opportunity", _("Opportunity"), order=30),
    NewEntry("crm.activity", _("Activity"), order=40),
    NewEntry("crm.account", _("Supplier"), order=50, query={"role": "supplier"}),
]
