"""What the core itself declares, through the same hooks as any plugin: values, free links, base roles, menu groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.i18n import translator
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.access import ALL, READ, WRITE, Grant, Role, own, shared, unit
from weft.core.registry.calendars import CalendarSource
from weft.core.registry.declarations import Action, NavEntry, NavGroup, NewEntry, RelationType, TraitSpec
from weft.core.registry.events import Event
from weft.core.registry.values import Value

__all__ = ["ADMIN", "EXPLAIN", "LINKED", "RATES", "VIEW_AS", "CorePlugin"]

_ = translator("core")

#: Role of administrators; settings, users and values are theirs, business records only with a business role.
ADMIN = "core.admin"
#: Role that may ask why another user may or may not do something.
EXPLAIN = "core.explain"
#: Role that may look at everything as another person does, without changing anything.
VIEW_AS = "core.view_as"
#: Role that loads exchange rates.
RATES = "core.rates"
#: The free link between any two records that anybody may read.
LINKED = "core.linked"


class CorePlugin(Plugin):
    """The core's own declarations; always there, never quarantined."""

    key, title, version = "core", _("Platform"), "1"
    package = "weft.core"

    @hookimpl
    def weft_entities(self) -> Sequence[type[Entity]]:
        return [Value, Event]

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
            Role(VIEW_AS, _("View as"), help=_("Looks as another person does; each time is in the audit trail.")),
            Role(RATES, _("Exchange rates"), help=_("Loads the exchange rates of the central bank.")),
            Role(
                ADMIN,
                _("Administrator"),
                includes=(EXPLAIN, RATES, VIEW_AS),
                help=_("Users, rights, values, plugins and health; business records need a business role too."),
            ),
        ]

    @hookimpl
    def weft_grants(self) -> Sequence[Grant]:
        # What external audiences may read of the values depends on the lists: see assemble.value_grants.
        return [
            Grant("employee", "core.value", READ),
            Grant(ADMIN, "core.value", ALL),
            Grant("employee", "core.event", WRITE | {"share"}, rows=own),
            Grant("employee", "core.event", READ | {"comment"}, rows=unit | shared),
        ]

    @hookimpl
    def weft_actions(self) -> Sequence[Action]:
        return [Action("finish", "core.event", _("Done"), _finish, icon="check", order=10)]

    @hookimpl
    def weft_calendar(self) -> Sequence[CalendarSource]:
        return [
            CalendarSource(
                "core.events",
                _("Appointments"),
                "core.event",
                "starts_at",
                end="ends_at",
                all_day="all_day",
                about="about",
                place="place",
                filters={"status__ne": "cancelled"},
                tasks={"kind": "task"},
                finished=("status", "done"),
                done="core.event.finish",
                remind="remind_minutes",
                repeats=True,
                order=10,
            )
        ]

    @hookimpl
    def weft_navigation(self) -> Sequence[NavEntry | NavGroup | NewEntry]:
        return [
            NavGroup("work", _("My work"), "briefcase", 10),
            NavGroup("customers", _("Customers"), "users", 20),
            NavGroup("partners", _("Partners"), "building-store", 30),
            NavGroup("trade", _("Trade"), "packages", 40),
            NavGroup("service", _("Service"), "lifebuoy", 50),
            NavGroup("projects", _("Projects"), "timeline", 60),
            NavGroup("documents", _("Documents"), "file-text", 70),
            NavGroup("people", _("People"), "id-badge-2", 80),
            NavGroup("money", _("Money"), "receipt", 90),
            NavGroup("reports", _("Reports"), "chart-bar", 100),
            # Its entries stand on Settings > Lists and values, not in the sidebar: stages, pools, rules.
            NavGroup("values", _("Lists and values"), "list-tree", 890),
            NavGroup("settings", _("Settings"), "settings", 900),
        ]


def _finish(context: Any, record: Any, data: Mapping[str, Any]) -> None:
    """Action: the appointment took place, or the task is done."""
    context.records.update("core.event", record["id"], {"status": "done"}, version=None)
