"""What plugins declare besides entities and grants: relations, actions, views, widgets, navigation ...

Everything here is frozen data with callables at the leaves; the registry checks it once and freezes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from weft.core.db.fields import Field
from weft.core.i18n import Text
from weft.core.registry.access import PathScope

__all__ = [
    "Action", "Extension", "Home", "HttpRoute", "ListView", "NavEntry", "NavGroup", "NewEntry",
    "PortalSpec", "RecordPage", "RelationType", "Setting", "Slot", "Story", "TraitSpec",
    "ValueList", "Widget",
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
        fields: input asked for in a small form, by name; programs may also send those that are ``internal``.
        states: states in which it is offered; empty for all.
        transition: (state field value before or "*", value after) done by the platform before the handler.
        icon, primary, order: how the button looks and where it stands.
        bulk: offered for many rows at once.
        confirm: question before it runs, only where it cannot be undone.
        dialog: endpoint of a page of its own that asks for the input and takes what is sent, instead of the generated
            form. Its view is called as ``view_function(view, record_id=...)`` for GET and POST after the right to the
            action was decided; at its own address it decides itself (``view.require``). Programs send ``fields``;
            without handler and transition the action is for people only.
        quiet: the timeline leaves its own line out, for what it makes stands there already; the history keeps it.
        shortcut: key that opens it on the record's page and on a row of its list; such an action also gets an icon in
            the row and a line for every record found in the palette.
        needs: operation that a grant must give beside ``act`` to cover it (``assign``); a grant that names the key of
            the action covers it in any case.
        final: its handler does what cannot be taken back (a payment, a mail), so Undo refuses its change set; all that
            a handler writes through ``context.records`` is taken back otherwise.
        offered: ``offered(row) -> bool``, whether the page of a record shows the button; the handler still decides.
        since: what a refusal to undo says when this was done meanwhile, with ``%(who)s`` and ``%(time)s``; empty for
            the general sentence about what was changed.
        within: reference field that names the whole which the record is a part of and which the handler changes too:
            the whole is held before the record, so that of actions on several parts at one moment one goes first.
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
    final: bool = False
    needs: str = ""
    dialog: str = ""
    quiet: bool = False
    shortcut: str = ""
    offered: Callable[..., bool] | None = None
    since: Text = ""
    within: str = ""

    @property
    def key(self) -> str:
        """Full key: ``<entity>.<name>``."""
        return f"{self.entity}.{self.name}"

    @property
    def asked(self) -> dict[str, Field]:
        """Input that generated forms ask for, by name; what is ``internal`` is sent by programs and own dialogs."""
        return {name: one.named(name) for name, one in self.fields.items() if not one.internal}


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
class Story:
    """What is told of records of an entity on the timelines of the records they belong to.

    Attributes:
        steps: what is worth telling: ``create``, ``assign`` and names of actions of the entity.
        to: paths from such a record to the records on whose timelines it is told; one with a relation that is not
            installed is left out.
        only: field -> values; other records are not told of.
        through: what stands at the end of a path tells it on, to the records its own story is told on (a decision about
            a contract is told on the contract's customer).
    """

    steps: tuple[str, ...]
    to: tuple[PathScope, ...]
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    through: bool = False


@dataclass(frozen=True, slots=True)
class RecordPage:
    """How the page of an entity's records looks beyond the generated one.

    Attributes:
        entity: whose page.
        template: template to use instead of the generated page, or empty.
        facts: field names of the strip below the header; ``next_step+next_on`` shows a date beside another field.
        sections: form sections with their field names, in order; empty = declaration order in one section.
        context: ``context(view, record) -> dict`` with more data for the template. Some names have a meaning: ``facts``
            replaces the strip that ``facts`` declares, ``head`` is laid over the head's data, ``side`` over that of the
            side column, ``since`` (state -> day) stands on the path for states the record was made in.
        makes: ``crm.opportunity.account``: what is mostly made from such a record, as entity and the field that names
            it; each gets a button, and Edit moves into the menu.
        not_added: ``crm.opportunity.competitor``: fields of other records in which this one is not named from its Add
            menu. The menu leaves out by itself what is kept in Settings, and fields whose ``only`` it does not meet.
        links: keys of directions (``crm.has_opportunity``) whose panels and tabs come first, in this order.
        told: ``told(view, rows) -> {id: dict}``, how records of an activity entity read on the timeline of what they
            are linked to: ``text`` (message with slots), ``slots`` (name -> (kind, text, id) with kind ``text``,
            ``person`` or ``record``), and if
            wanted ``icon``, ``note`` (Markdown), ``internal``, ``mark``, ``status`` (None for
            none; without it the record's state stands there). One call for all rows.
        story: which steps of such records are told on the timelines of others.
        drawn: keys of directions that the template shows in its own way, so that the overview has no panel of them.
        new: the fields that the form of a new record asks for, empty for all; what the address presets is asked too.
        maker: endpoint of a page of its own that makes such records; the form of a new record leads there, but for the
            small form inside a picker.
        preset: ``preset(view, given) -> dict``, values that such a form starts with beside the declared defaults;
            ``given`` are those of the address.
        marks: ``marks(view, ids) -> {id: {"label", "tone", "icon", "title"}}``, what stands out about records, on cards
            of a board and beside names in a list. One call for all rows.
        column_notes: ``column_notes(view, field, columns, filters) -> {key: text}`` below the sum of a board's column;
            ``columns`` is key -> its sums. A dict (``note count total dot``) for a text makes it a narrow end column.
    """

    entity: str
    template: str = ""
    facts: tuple[str, ...] = ()
    sections: Sequence[tuple[Text, tuple[str, ...]]] = ()
    context: Callable[..., Mapping[str, Any]] | None = None
    makes: tuple[str, ...] = ()
    not_added: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    told: Callable[..., Mapping[int, Mapping[str, Any]]] | None = None
    story: Story | None = None
    drawn: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    maker: str = ""
    preset: Callable[..., Mapping[str, Any]] | None = None
    marks: Callable[..., Mapping[int, Mapping[str, Any]]] | None = None
    column_notes: Callable[..., Mapping[str, str]] | None = None


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
        shown: ``shown(view) -> bool``, whether there is such a tile now at all (another plugin shows the same better);
            asked on every page for tiles of the band ``todo``, so cheap.
        counted: ``counted(view) -> bool``, whether its rows count among what is to do; False where another tile of the
            band has them already.
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
    shown: Callable[..., bool] | None = None
    counted: Callable[..., bool] | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Default tiles of a role's home page, in order within their bands."""

    role: str
    widgets: tuple[str, ...]
    portal: str = "employee"
    order: int = 100


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A group of the sidebar; fixed keys are in ``product.md`` section 2, a plugin may add its own.

    Attributes:
        joined: in an external portal the group is one line in its own words, whatever number of plugins fill it; the
            pages of its entries carry tabs from one to the other.
    """

    key: str
    label: Text
    icon: str
    order: int = 100
    portal: str = "employee"
    joined: bool = False


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One line of the sidebar: the list of an entity (with filters) or a page of its own.

    Attributes:
        key: ``crm.customers``.
        group: key of the group; empty for a list that has no line of its own because a tile or a page leads to it.
        label: words on screen, at most 24 Latin letters or 8 Chinese characters.
        entity: shown when the viewer may read it; or
        endpoint: Flask endpoint of a page (with the policy of that page).
        query: filters of the list as in the address.
        roles: shown only to these roles; empty for all that may open it.
        count: ``count(view) -> int`` for To do, Messages and Requests only.
        subject: of an entry of the group ``reports``: the menu shows one line per subject, the page of reports all.
        help: what it answers, in one sentence; shown on the page of reports.
        shown: ``shown(view) -> bool``, whether this person has such an entry at all; asked on every page, so cheap.
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
    subject: Text = ""
    help: Text = ""
    shown: Callable[..., bool] | None = None


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
class Slot:
    """Content a plugin puts into a named place of a page.

    Places: ``record.tabs`` (a tab), ``record.side`` (a part of the side column), ``record.facts`` (figures at the end
    of the strip below the head: no template, the context is ``{"facts": [fact, ...]}`` in the shape of the macro
    ``facts``), ``profile``, ``portal.contact`` (how to write to a person from one's portal: no template,
    ``context(view, user_id)`` gives ``{"message": action}``; the button stands beside "Your contact" and in the
    directory), ``portal.company`` (a further tab of Our company in an external portal: no template,
    ``context(view, None)`` gives ``{"url": address}`` of a page made by ``websdk.company_page``), ``portal.invite``
    (which portals people of an organisation may be invited into: no template, ``context(view, record)`` gives
    ``{"audiences": [...]}``).

    Attributes:
        slot: name of the place.
        template: template rendered there; empty for the places without one.
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
        page: word of the platform's addresses at which it stands instead of the plugin's key: ``messages``, or
            ``settings`` for a page of Settings (with a ``NavEntry`` of the group ``settings`` it stands in their list).
        portal: portal it is mounted in; empty for a public page outside all portals, at ``/<plugin>/<rule>``, where
            whoever is signed in is nobody (see :mod:`weft.core.web.public`).
        upload: the request carries a file: the body may be as large as the upload limit, not 1 MiB, and every request
            counts against the sender's quota of uploads. Not for public pages.
    """

    rule: str
    endpoint: str
    view: Callable[..., Any]
    policy: str
    methods: tuple[str, ...] = ("GET",)
    portal: str = "employee"
    page: str = ""
    upload: bool = False


@dataclass(frozen=True, slots=True)
class PortalSpec:
    """A face of the records for one audience.

    Attributes:
        key: first part of its addresses.
        audience: whose face it is.
        label: its name.
        admin_role: role of whoever looks after the colleagues of the own organisation; empty for none.
    """

    key: str
    audience: str
    label: Text
    order: int = 100
    admin_role: str = ""
