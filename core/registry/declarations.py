"""What plugins declare besides entities and grants: relations, actions, views, widgets, navigation, jobs ...

Everything here is frozen data with callables at the leaves; the registry checks it once and freezes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from weft.core.db.fields import Field
from weft.core.i18n import Text

__all__ = [
    "Action", "Command", "Extension", "Home", "HttpRoute", "Job", "ListView", "NavEntry", "NavGroup", "NewEntry",
    "PortalSpec", "RecordPage", "RelationType", "Setting", "Slot", "Subscriber", "TraitSpec", "ValueList", "Widget",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TraitSpec:
    """A capability entities may claim; the key belongs to whoever defines it."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class RelationType:
    """A link between two records, named in both directions.

    Attributes:
        key, inverse: technical names of the two directions (``crm.employs`` / ``crm.employed_by``).
        label, inverse_label: words on screen, read from source and from target.
        source, target: entity keys or trait keys (``trait:core.person``) allowed at each end; ``*`` for any.
        cardinality: ``many_to_many``, ``many_to_one`` (a source has one target), ``one_to_many``, ``one_to_one``.
        repeatable: the same pair may be linked more than once (with different dates or roles).
        acyclic: following it never leads back; kept in the closure table when a grant follows it with ``tree``.
        symmetric: both directions mean the same.
        on_delete: ``restrict``, ``detach`` or ``archive`` when an end is deleted.
        attributes: fields of the edge itself (role, from, to).
        field: name of the reference field that writes it, empty for links made by people; set by the registry.
    """

    key: str
    inverse: str
    label: Text
    inverse_label: Text
    source: tuple[str, ...] = ("*",)
    target: tuple[str, ...] = ("*",)
    cardinality: str = "many_to_many"
    repeatable: bool = False
    acyclic: bool = False
    symmetric: bool = False
    on_delete: str = "detach"
    attributes: Mapping[str, Field] = field(default_factory=dict)
    field: str = ""
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """Fields a plugin adds to another plugin's entity; each is reachable as ``<plugin>_<name>``."""

    entity: str
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class ValueList:
    """A list of values the company keeps, edited in Settings > Lists and values.

    Attributes:
        key: ``crm.source``.
        label: words on screen.
        defaults: (code, {"en": ..., "zh": ...}) made once when the list is first installed.
        audiences: who may read the values; name an external audience only when its portal shows them.
    """

    key: str
    label: Text
    defaults: Sequence[tuple[str, Mapping[str, str]]] = ()
    audiences: tuple[str, ...] = ("employee",)


@dataclass(frozen=True, slots=True)
class Action:
    """A named business operation on a record: ``crm.lead.convert``.

    Attributes:
        name: last part of the key.
        entity: the entity it belongs to.
        label: the verb on the button.
        handler: ``handler(context, record, data) -> ActionResult | None``; writes only through ``context.records``.
        fields: input asked for in a small form, by name.
        states: states in which it is offered; empty for all.
        transition: (state field value before or "*", value after) done by the platform before the handler.
        icon, primary, order: how the button looks and where it stands.
        bulk: offered for many rows at once.
        confirm: question before it runs, only where it cannot be undone.
    """

    name: str
    entity: str
    label: Text
    handler: Callable[..., Any] | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    transition: tuple[str, str] | None = None
    icon: str = ""
    primary: bool = False
    order: int = 100
    bulk: bool = False
    confirm: Text = ""

    @property
    def key(self) -> str:
        """Full key: ``<entity>.<name>``."""
        return f"{self.entity}.{self.name}"


@dataclass(frozen=True, slots=True)
class ListView:
    """A ready saved view of an entity's list: a tab with filters, columns and sort.

    Attributes:
        key: ``crm.customers``.
        entity: whose list.
        label: the tab.
        filters: filters as in the address (``role=customer``).
        columns: field names, empty for the entity's own.
        sort: as in the address; empty for the entity's own.
        layout: ``table`` or ``board``.
        board: column field of the board.
        page: the part of the address all tabs of one navigation entry share (``role=supplier``): a list whose address
            has it shows the views with that page as tabs; empty for the entity's plain list.
    """

    key: str
    entity: str
    label: Text
    filters: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    sort: str = ""
    layout: str = "table"
    board: str = ""
    page: str = ""
    order: int = 100
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordPage:
    """How the page of an entity's records looks beyond the generated one.

    Attributes:
        entity: whose page.
        template: template to use instead of the generated page, or empty.
        facts: field names of the strip below the header; ``next_step+next_on`` shows a date beside another field.
        sections: form sections with their field names, in order; empty = declaration order in one section.
        context: ``context(view, record) -> dict`` with more data for the template.
    """

    entity: str
    template: str = ""
    facts: tuple[str, ...] = ()
    sections: Sequence[tuple[Text, tuple[str, ...]]] = ()
    context: Callable[..., Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Widget:
    """A tile on a home page.

    Attributes:
        key: ``crm.my_pipeline``.
        label: title of the tile.
        band: ``todo``, ``new`` or ``figures``.
        kind: ``list``, ``counts``, ``number``, ``bars``, ``schedule`` or ``template``.
        data: ``data(view) -> dict`` in the shape the tile kind documents; reads through ``view.records`` only.
        link: ``link(view) -> str``, address of the list behind the tile with the same filter.
        roles: roles that may have it; empty for every role of the portal.
        portal: key of the portal it belongs to.
        width: 1 to 3 columns.
        template: for kind ``template``.
        empty: what would fill it, and the label and address of the first step.
    """

    key: str
    label: Text
    band: str
    kind: str
    data: Callable[..., Any]
    link: Callable[..., str] | None = None
    roles: tuple[str, ...] = ()
    portal: str = "employee"
    width: int = 1
    order: int = 100
    template: str = ""
    empty: Text = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Default tiles of a role's home page, in order within their bands."""

    role: str
    widgets: tuple[str, ...]
    portal: str = "employee"
    order: int = 100


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A group of the sidebar; fixed keys are in ``product.md`` section 2, a plugin may add its own."""

    key: str
    label: Text
    icon: str
    order: int = 100
    portal: str = "employee"


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One line of the sidebar: the list of an entity (with filters) or a page of its own.

    Attributes:
        key: ``crm.customers``.
        group: key of the group.
        label: words on screen, at most 24 Latin letters or 8 Chinese characters.
        entity: shown when the viewer may read it; or
        endpoint: Flask endpoint of a page (with the policy of that page).
        query: filters of the list as in the address.
        roles: shown only to these roles; empty for all that may open it.
        count: ``count(view) -> int`` for To do, Messages and Requests only.
    """

    key: str
    group: str
    label: Text
    entity: str = ""
    endpoint: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    portal: str = "employee"
    order: int = 100
    roles: tuple[str, ...] = ()
    count: Callable[..., int] | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry of the New menu: makes a record of an entity, with preset values."""

    entity: str
    label: Text
    order: int = 100
    query: Mapping[str, str] = field(default_factory=dict)
    portal: str = "employee"
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A company setting of a plugin, edited on a page of Settings."""

    key: str
    field: Field
    page: str = "company"
    order: int = 100


@dataclass(frozen=True, slots=True)
class Command:
    """A command line command: a :mod:`click` command, mounted as ``weft <plugin> <name>``."""

    name: str
    command: Any


@dataclass(frozen=True, slots=True)
class Job:
    """Background work.

    Attributes:
        key: ``crm.recycle_pools``.
        label: words on screen.
        handler: ``handler(context, payload)``; must be idempotent, runs at least once.
        every: interval of a scheduled job, or None for jobs that are only enqueued.
        at: local time ``HH:MM`` of a daily job.
    """

    key: str
    label: Text
    handler: Callable[..., Any]
    every: timedelta | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A receiver of events after commit: ``handler(context, event)``; ``event`` may end in ``*``.

    Attributes:
        key: kept with what waits in the queue; the plugin's key and the handler's name when empty.
        label: what it does, as an administrator reads it on the page of jobs.
    """

    event: str
    handler: Callable[..., Any]
    key: str = ""
    label: Text = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """Content a plugin puts into a named place of a page (``record.tabs``, ``record.side``, ``profile``).

    Attributes:
        slot: name of the place.
        template: template rendered there.
        context: ``context(view, record) -> dict | None``; None leaves the slot out.
        entity: only on records of this entity, empty for all.
        label: title of a tab or panel.
    """

    slot: str
    template: str
    context: Callable[..., Mapping[str, Any] | None] | None = None
    entity: str = ""
    label: Text = ""
    key: str = ""
    order: int = 100
    portal: str = "employee"


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """A page of a plugin with its own view; mounted at ``/<portal>/<plugin>/<rule>``.

    Attributes:
        rule: Flask rule below the mount point, beginning with ``/``.
        endpoint: unique name ``<plugin>.<view>``.
        view: the function; gets a ``view`` context first, then the parts of the rule.
        policy: ``public``, ``signed_in``, ``portal:<audience>``, ``role:<key>`` or ``grant:<operation>:<entity>``.
        methods: HTTP methods.
        portal: portal it is mounted in.
    """

    rule: str
    endpoint: str
    view: Callable[..., Any]
    policy: str
    methods: tuple[str, ...] = ("GET",)
    portal: str = "employee"


@dataclass(frozen=True, slots=True)
class PortalSpec:
    """A face of the records for one audience."""

    key: str
    audience: str
    label: Text
    order: int = 100
