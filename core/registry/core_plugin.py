"""What the core itself declares, through the same hooks as any plugin: values, free links, base roles, menu groups."""

from __future__ import annotations

from collections.abc import Sequence

from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.i18n import translator
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.access import ALL, READ, Grant, Role
from weft.core.registry.declarations import NavEntry, NavGroup, NewEntry, RelationType, TraitSpec
from weft.core.registry.values import Value

__all__ = ["ADMIN", "EXPLAIN", "LINKED", "CorePlugin"]

_ = translator("core")

#: Role of administrators; settings, users and values are theirs, business records only with a business role.
ADMIN = "core.admin"
#: Role that may ask why another user may or may not do something.
EXPLAIN = "core.explain"
#: The free link between any two records that anybody may read.
LINKED = "core.linked"


class CorePlugin(Plugin):
    """The core's own declarations; always there, never quarantined."""

    key, title, version = "core", _("Platform"), "1"
    package = "weft.core"

    @hookimpl
    def weft_entities(self) -> Sequence[type[Entity]]:
        return [Value]

    @hookimpl
    def weft_traits(self) -> Sequence[TraitSpec]:
        return [
            TraitSpec("core.person", _("Person")),
            TraitSpec("core.organization", _("Organisation")),
            TraitSpec("core.activity", _("Activity")),
        ]

    @hookimpl
    def weft_relations(self) -> Sequence[RelationType]:
        return [
            RelationType(
                LINKED,
                "core.linked_from",
                _("Linked to"),
                _("Linked from"),
                attributes={"label": field.text(_("Linked as"), max_length=80)},
            )
        ]

    @hookimpl
    def weft_roles(self) -> Sequence[Role]:
        return [
            Role("employee", _("Employee"), audience="employee", help=_("Everybody who works here.")),
            Role("customer", _("Customer"), audience="customer", help=_("Visitors of the customer portal.")),
            Role("supplier", _("Supplier"), audience="supplier", help=_("Visitors of the supplier portal.")),
            Role("distributor", _("Distributor"), audience="distributor", help=_("Distributors and agents.")),
            Role(EXPLAIN, _("Explain access"), help=_("Sees why somebody may or may not do something.")),
            Role(
                ADMIN,
                _("Administrator"),
                includes=(EXPLAIN,),
                help=_("Users, rights, values, plugins and health; business records need a business role too."),
            ),
        ]

    @hookimpl
    def weft_grants(self) -> Sequence[Grant]:
        # What external audiences may read of the values depends on the lists: see assemble.value_grants.
        return [Grant("employee", "core.value", READ), Grant(ADMIN, "core.value", ALL)]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry | NavGroup | NewEntry]:
        return [
            NavGroup("work", _("My work"), "briefcase", 10),
            NavGroup("customers", _("Customers"), "users", 20),
            NavGroup("partners", _("Partners"), "building-store", 30),
            NavGroup("trade", _("Trade"), "packages", 40),
            NavGroup("service", _("Service"), "lifebuoy", 50),
            NavGroup("projects", _("Projects"), "timeline", 60),
            NavGroup("documents", _("Documents"), "folders", 70),
            NavGroup("people", _("People"), "id-badge-2", 80),
            NavGroup("money", _("Money"), "coins", 90),
            NavGroup("reports", _("Reports"), "chart-bar", 100),
            NavGroup("settings", _("Settings"), "settings", 900),
        ]
