"""All hooks of the core, in one place. Names read ``weft_<noun>``; a hook returns declarations or None.

Every hook is called once at start, on every plugin, and returns a list (or None for nothing). Results of all plugins
are joined and sorted by (order, key); nothing depends on the order in which pluggy calls. Stability of all: stable.
``weft_before_write`` and ``weft_before_undo`` alone are called at run time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from weft.core.plugin.base import hookspec

if TYPE_CHECKING:
    from weft.core.db.entity import Entity
    from weft.core.registry import access, background, calendars, declarations, formchecks

__all__ = ["WeftHooks"]


class WeftHooks:
    """Hook specifications; implement any of them as methods of a :class:`~weft.core.plugin.base.Plugin`."""

    @hookspec
    def weft_entities(self) -> Sequence[type[Entity]] | None:
        """Entity classes of the plugin, each with a key that begins with the plugin's key."""

    @hookspec
    def weft_extensions(self) -> Sequence[declarations.Extension] | None:
        """Fields on entities of other plugins; dormant while the entity is not installed."""

    @hookspec
    def weft_traits(self) -> Sequence[declarations.TraitSpec] | None:
        """Traits this plugin defines."""

    @hookspec
    def weft_relations(self) -> Sequence[declarations.RelationType] | None:
        """Relation types besides those of reference fields."""

    @hookspec
    def weft_value_lists(self) -> Sequence[declarations.ValueList] | None:
        """Lists of values the company keeps."""

    @hookspec
    def weft_roles(self) -> Sequence[access.Role] | None:
        """Roles with keys that begin with the plugin's key."""

    @hookspec
    def weft_grants(self) -> Sequence[access.Grant] | None:
        """Grants on the plugin's own entities, to its own or other plugins' roles (dormant when absent)."""

    @hookspec
    def weft_actions(self) -> Sequence[declarations.Action] | None:
        """Named operations on records of the plugin's entities."""

    @hookspec
    def weft_views(self) -> Sequence[declarations.ListView] | None:
        """Ready saved views of lists."""

    @hookspec
    def weft_record_pages(self) -> Sequence[declarations.RecordPage] | None:
        """Form sections, fact strips and own templates of record pages."""

    @hookspec
    def weft_slots(self) -> Sequence[declarations.Slot] | None:
        """Content for named places of pages."""

    @hookspec
    def weft_widgets(self) -> Sequence[declarations.Widget] | None:
        """Tiles for home pages."""

    @hookspec
    def weft_homes(self) -> Sequence[declarations.Home] | None:
        """Default tiles by role."""

    @hookspec
    def weft_navigation(self) -> Sequence[declarations.NavEntry | declarations.NavGroup | declarations.NewEntry] | None:
        """Sidebar groups, their entries and entries of the New menu."""

    @hookspec
    def weft_routes(self) -> Sequence[declarations.HttpRoute] | None:
        """Pages with a view of their own, each with a policy."""

    @hookspec
    def weft_portals(self) -> Sequence[declarations.PortalSpec] | None:
        """Portals the plugin contributes."""

    @hookspec
    def weft_settings(self) -> Sequence[declarations.Setting] | None:
        """Company settings of the plugin."""

    @hookspec
    def weft_jobs(self) -> Sequence[background.Job] | None:
        """Background work, scheduled or enqueued."""

    @hookspec
    def weft_subscribers(self) -> Sequence[background.Subscriber] | None:
        """Receivers of events after commit."""

    @hookspec
    def weft_calendar(self) -> Sequence[calendars.CalendarSource] | None:
        """Records that stand in people's calendars."""

    @hookspec
    def weft_form_checks(self) -> Sequence[formchecks.FormCheck] | None:
        """Warnings while a form is filled in, and in the dry run of an import."""

    @hookspec
    def weft_commands(self) -> Sequence[background.Command] | None:
        """Command line commands, mounted as ``weft <plugin> <name>``."""

    @hookspec
    def weft_before_write(self, changes: Sequence[Any], context: Any) -> None:
        """May change or veto writes before they happen.

        Called with a batch of :class:`weft.core.records.changes.Change` (a single write is a batch of one) after
        validation; change ``change.values`` in place, or raise ``ValidationFailed`` or ``Denied`` to refuse all.
        ``context.system()`` needs ``elevated=True`` in the implementation's ``hookimpl`` options.
        """

    @hookspec
    def weft_before_undo(self, changes: Sequence[Any], context: Any) -> None:
        """May veto an undo before anything of it is written.

        An undo restores values as they were and asks ``weft_before_write`` nothing. Called once per undo with a
        :class:`weft.core.records.changes.Change` for every record and operation (``update``, ``assign``, ``delete``,
        ``restore``) of all entities together; ``change.after(name)`` is the value that would come back. Raise
        ``ValidationFailed`` or ``Denied`` to refuse all of it: the person reads its sentence. What the hook writes
        into ``change.values`` is ignored. ``context`` is that of ``weft_before_write`` with the operation ``undo``.
        """

    @hookspec
    def weft_demo(self, context: Any) -> None:
        """Make the plugin's part of the demo company; called by ``weft demo`` in load order."""
