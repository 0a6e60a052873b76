"""The state of a list page as its address says it: view, filters, sort, search, layout. And addresses of other states.

Rules: ``view`` names a saved view. An address whose filters are exactly those of a menu entry shows that entry's first
view; a person may make another one the first. As soon as ``view`` stands beside filters, those of the address alone
count, so that removing one removes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from weft.core.access.conditions import split_name
from weft.core.errors import QueryError
from weft.core.i18n import Text, translator
from weft.core.portal.addresses import entity_url, with_query
from weft.core.records.filters import alternatives, from_address
from weft.core.registry.model import EntityType, Registry

__all__ = ["CONTROL", "DEFAULTS", "LAYOUTS", "ListState", "SavedView", "preference_key", "read_state", "saved_views"]

_ = translator("core")

#: How a list can be shown.
LAYOUTS = ("table", "board", "calendar", "timeline")
#: Parameters of the address that are no filters. ``cal`` and ``cal_end`` name the date fields of calendar and timeline,
#: ``cal_at`` is a day in what they show, ``cal_zoom`` the width of the timeline, ``group_by`` the groups of a table,
#: ``whose`` the id of who "me" is: an address that is passed on shows the same rows to whoever opens it.
CONTROL = frozenset(
    {
        "view", "q", "sort", "cursor", "layout", "by", "sum", "all", "ids", "except", "part", "trash", "next",
        "cal", "cal_end", "cal_at", "cal_zoom", "group_by", "whose",
    }
)  # fmt: skip
#: What stands for the reader in a filter on people.
_ME = "me"
#: Name of the preference that says which view of a page comes first, see :func:`preference_key`.
DEFAULTS = "@first"


def preference_key(entity: str, name: str) -> str:
    """Key of what a person keeps for a list: its columns by view, and :data:`DEFAULTS`."""
    return f"list:{entity}:{name}"[:120]


@dataclass(frozen=True, slots=True)
class SavedView:
    """A tab of a list: declared by a plugin, or saved by a person.

    Attributes:
        key: ``crm.customers_all``, or ``own:<id>`` of a person's view.
        columns: names of fields, each with ``:<width>`` behind it where somebody chose one.
        page: query of the menu entry whose tabs it belongs to, empty for the entity's own.
        own_id: id of a person's saved view.
        own: the viewer made it and may change it.
        total: money field summed on the board.
        date, end, zoom: fields of calendar and timeline, and how much the timeline shows.
        group: field whose values group the rows of the table.
        audience: whom it is shared with: empty, ``all``, ``role:<key>`` or ``unit:<id>``.
    """

    key: str
    label: Text
    filters: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    sort: str = ""
    layout: str = "table"
    board: str = ""
    page: str = ""
    own_id: int | None = None
    own: bool = False
    total: str = ""
    date: str = ""
    end: str = ""
    zoom: str = ""
    group: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class ListState:
    """What a list shows.

    Attributes:
        entity: whose list.
        portal: portal of the addresses.
        view: the tab one is in.
        tabs: the tabs beside it.
        filters: (name or name__operator, value) in order of the address.
        date, end: date fields of calendar and timeline, empty for the usual ones.
        at: a day in what calendar and timeline show, as ISO text; empty for today.
        zoom: how much the timeline shows.
        group: field whose values group the rows of a table.
        dormant: field that hides rows while no filter names it, empty for none.
        reader: id of who looks, None for the platform.
        kept: what the person keeps for this list, by preference key.
    """

    entity: EntityType
    portal: str
    view: SavedView
    tabs: tuple[SavedView, ...]
    filters: tuple[tuple[str, str], ...]
    sort: str = ""
    search: str = ""
    cursor: str = ""
    layout: str = "table"
    by: str = ""
    total: str = ""
    trash: bool = False
    date: str = ""
    end: str = ""
    at: str = ""
    zoom: str = ""
    group: str = ""
    dormant: str = ""
    reader: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """True when filters, sort or layout differ from the saved view."""
        saved = self.view
        return (
            sorted(self.filters) != sorted(saved.filters)
            or (self.sort or "") != saved.sort
            or self.layout != saved.layout
            or bool(self.by and saved.layout == "board" and self.by != saved.board)
            or (self.total, self.date, self.end, self.zoom, self.group)
            != (saved.total, saved.date, saved.end, saved.zoom, saved.group)
        )

    @property
    def first(self) -> str:
        """Key of the view the person made the first of this page, empty for none."""
        found = self.kept.get(preference_key(self.entity.key, DEFAULTS))
        return str(found.get(self.view.page, "")) if isinstance(found, Mapping) else ""

    @property
    def hides_dormant(self) -> bool:
        """True when rows that lie dormant are left out because no filter speaks of them."""
        return bool(self.dormant) and not names_field(self.filters, self.dormant)

    @property
    def filter_map(self) -> dict[str, str | list[str]]:
        """Filters as the query compiler takes them; the same name twice means either value, as over REST."""
        found = from_address(self.filters)
        return found | {f"{self.dormant}__ne": "true"} if self.hides_dormant else found

    # ---- addresses

    def query(self) -> list[tuple[str, str]]:
        """Parameters that bring one back to this state (without the page)."""
        pairs: list[tuple[str, str]] = [("view", self.view.key)] if self.view.key else []
        pairs += list(self.filters)
        if not self.filters and (self.view.filters or (self.first and not self.view.key)):
            pairs.append(("all", "1"))
        pairs += [("sort", self.sort), ("q", self.search)]
        if self.layout != self.view.layout:
            pairs.append(("layout", self.layout))
        if self.layout == "board":
            pairs += [("by", self.by if self.by != self.view.board else ""), ("sum", self.total)]
        elif self.layout == "table":
            pairs.append(("group_by", self.group or ("none" if self.view.group else "")))
        else:
            pairs += [("cal", self.date), ("cal_at", self.at)]
            pairs += [("cal_end", self.end), ("cal_zoom", self.zoom)] if self.layout == "timeline" else []
        if self.reader is not None and any(value == _ME for _name, value in self.filters):
            pairs.append(("whose", str(self.reader)))
        return [(name, value) for name, value in pairs if value]

    def url(self, *parts: str | int, **extra: str) -> str:
        """Address of this state, or of something below the list in this state."""
        return with_query(entity_url(self.portal, self.entity, *parts), [*self.query(), *extra.items()])

    def with_filter(self, key: str, value: str | None) -> ListState:
        """The state with one filter set, or removed for None."""
        kept = [(name, old) for name, old in self.filters if name != key]
        if value is not None:
            kept.append((key, value))
        return replace(self, filters=tuple(kept), cursor="")

    def without_filter(self, key: str, value: str) -> ListState:
        """The state with one filter of one value removed; others of the same name stay."""
        return replace(self, filters=tuple(pair for pair in self.filters if pair != (key, value)), cursor="")

    def with_changes(self, **changes: Any) -> ListState:
        """The state with other parts."""
        return replace(self, cursor="", **changes)

    def in_view(self, view: SavedView) -> ListState:
        """The state one gets by choosing a tab."""
        return replace(
            self,
            view=view,
            filters=view.filters,
            sort=view.sort,
            search="",
            cursor="",
            layout=view.layout,
            by=view.board,
            total=view.total,
            date=view.date,
            end=view.end,
            at="",
            zoom=view.zoom,
            group=view.group,
        )


def names_field(filters: Iterable[tuple[str, str]], name: str) -> bool:
    """True when a filter, or an alternative of one, speaks of a field."""
    for key, value in filters:
        if key == "or":
            try:
                if any(names_field(one, name) for one in alternatives(value)):
                    return True
            except QueryError:  # the query compiler says what is wrong with it
                continue
        elif split_name(key)[0] == name:
            return True
    return False


def saved_views(
    registry: Registry, entity: EntityType, roles: frozenset[str], own: Iterable[SavedView]
) -> list[SavedView]:
    """Declared views of an entity for these roles in order, then the person's own."""
    declared = [v for v in registry.views.values() if v.entity == entity.key and (not v.roles or roles & set(v.roles))]
    found = [
        SavedView(v.key, v.label, _pairs(v.filters), v.columns, v.sort, v.layout, v.board, v.page)
        for v in sorted(declared, key=lambda one: (one.order, one.key))
    ]
    return [*found, *own]


def read_state(
    registry: Registry,
    entity: EntityType,
    portal: str,
    args: Sequence[tuple[str, str]],
    views: Sequence[SavedView],
    kept: Mapping[str, Any] | None = None,
    reader: int | None = None,
) -> ListState:
    """Read the address of a list.

    Args:
        registry: unused names are left to the query compiler, which refuses them.
        entity: whose list.
        portal: portal of the addresses.
        args: query parameters in order.
        views: of :func:`saved_views`.
        kept: what the person keeps for this list, by preference key.
        reader: id of who looks.
    """
    given = dict(args)
    whose = given.get("whose", "")
    if whose.isdecimal() and whose != str(reader):
        args = [(name, whose if value == _ME else value) for name, value in args]
    filters = tuple((name, value) for name, value in args if name not in CONTROL and value != "")
    named = next((view for view in views if view.key == given.get("view")), None)
    page = named.page if named else _page_of(views, filters)
    tabs = tuple(view for view in views if view.page == page)
    if all(view.own_id for view in tabs):
        tabs = (_everything(entity), *tabs)
    first = (kept or {}).get(preference_key(entity.key, DEFAULTS))
    wanted = first.get(page) if isinstance(first, Mapping) and "all" not in given else None
    default = named or next((view for view in tabs if wanted and view.key == wanted), tabs[0])
    untouched = not filters or (named is None and sorted(filters) == sorted(parse_qsl(page)))
    if untouched and "all" not in given:
        filters = default.filters or filters
    elif named is None:
        default = next((view for view in tabs if sorted(view.filters) == sorted(filters)), default)
    layout = given.get("layout") or default.layout
    return ListState(
        entity=entity,
        portal=portal,
        view=default,
        tabs=tabs,
        filters=filters,
        sort=given.get("sort", default.sort),
        search=given.get("q", "").strip()[:200],
        cursor=given.get("cursor", ""),
        layout=layout if layout in LAYOUTS else "table",
        by=given.get("by") or default.board,
        total=given.get("sum", default.total),
        date=given.get("cal") or default.date,
        end=given.get("cal_end") or default.end,
        at=given.get("cal_at", "")[:10],
        zoom=given.get("cal_zoom") or default.zoom,
        group=("" if given.get("group_by") == "none" else given.get("group_by") or default.group),
        reader=reader,
        kept=kept or {},
    )


def _pairs(filters: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in filters.items())


def _page_of(views: Sequence[SavedView], filters: Sequence[tuple[str, str]]) -> str:
    """The menu entry an address belongs to: all of its parameters stand in it; the longest wins."""
    pages = sorted({view.page for view in views if view.page}, key=len, reverse=True)
    given = set(filters)
    return next((page for page in pages if set(parse_qsl(page)) <= given), "")


def _everything(entity: EntityType) -> SavedView:
    return SavedView("", _("All"))
