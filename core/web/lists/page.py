"""What stands around the rows of a list: title, buttons, tabs of views, the bar for ticked rows, the empty state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weft.core.i18n import Text, translator
from weft.core.identity import company
from weft.core.import_export.people import takes_cards
from weft.core.portal.navigation import menu, new_entries
from weft.core.records import merge
from weft.core.web.frame import endpoint_url
from weft.core.web.lists.board import BoardList
from weft.core.web.lists.chips import filterable
from weft.core.web.lists.pins import pinned
from weft.core.web.lists.state import ListState, SavedView
from weft.core.web.lists.table import count_text
from weft.core.web.policies import may

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = [
    "bulk_bar", "dormant_link", "empty_state", "foot_label", "in_sentence", "list_head", "list_title", "page_data",
    "total_options", "view_tabs",
]  # fmt: skip

_ = translator("core")

_LAYOUTS: dict[str, tuple[Text, str]] = {
    "table": (_("Table"), "table"),
    "board": (_("Board"), "layout-kanban"),
    "calendar": (_("Calendar"), "calendar"),
    "timeline": (_("Timeline", "list layout"), "timeline"),
}


def in_sentence(view: View, text: Text) -> str:
    """A plural inside a sentence."""
    words = str(text)
    return words[:1].lower() + words[1:] if view.locale == "en" else words


def list_title(view: View, state: ListState) -> str:
    """The words of the menu entry that leads to this page of the list, else the plural."""
    wanted = view.url(state.entity.key) + (f"?{state.view.page}" if state.view.page else "")
    for group in menu(view, lambda endpoint: endpoint_url(view, endpoint)):
        for entry in group.entries:
            if entry.url.replace("%2C", ",") == wanted:
                return str(entry.label)
    return str(state.entity.plural)


def page_data(view: View, state: ListState, count: str) -> dict[str, Any]:
    """What the frame says of the page."""
    return {"title": list_title(view, state), "count": count}


def foot_label(view: View, state: ListState, count: str) -> str:
    """``308 accounts``, the first words of the line below a list."""
    return str(_("%(count)s %(list)s") % {"count": count, "list": in_sentence(view, state.entity.plural)})


def dormant_link(view: View, state: ListState) -> dict[str, str] | None:
    """The way to rows that lie dormant, where some are left out: ``12 frozen are left out``."""
    if not state.hides_dormant:
        return None
    name = state.dormant
    hidden = state.with_filter(name, "true")
    page = view.records.query(
        state.entity.key,
        fields=[],
        filters=hidden.filter_map,
        search=state.search or None,
        limit=1,
        count="capped",
    )
    if page.count is None or not page.count.value:
        return None
    field = state.entity.fields[name]
    label = _("%(count)s left out: %(field)s") % {"count": count_text(view, page.count), "field": field.label}
    # Naming the field, for either value, is what shows them.
    return {"label": str(label), "url": state.with_filter(f"{name}__in", "true,false,none").url()}


def total_options(state: ListState, board: BoardList) -> list[dict[str, Any]]:
    """Money fields whose sums the columns of a board can show."""
    options = [
        {"label": str(f.label), "url": state.with_changes(total=name).url(), "current": f is board.total}
        for name, f in state.entity.fields.items()
        if name in board.readable and f.value_kind.value == "money"
    ]
    return [*options, {"label": str(_("None")), "url": state.with_changes(total="none").url()}]


# ---- the head


def list_head(view: View, state: ListState, count: str, layouts: tuple[str, ...]) -> dict[str, Any]:
    """Title, the switch of layouts and the buttons.

    Args:
        layouts: those this list can have, the present one among them.
    """
    entity = state.entity
    actions: list[dict[str, Any]] = []
    if may(view.runtime, view.principal, "export", entity.key) and entity.has("export"):
        actions.append({"label": str(_("Export")), "url": state.url("export"), "icon": "download", "opens": "dialog"})
    if may(view.runtime, view.principal, "create", entity.key):
        preset = {name: value for name, value in state.filters if "__" not in name and name in entity.fields}
        url = view.url(entity.key, "new", **preset)
        actions.append({"label": _new_label(view, state), "url": url, "icon": "plus"})
    head: dict[str, Any] = {"title": list_title(view, state), "count": count, "actions": actions}
    if len(layouts) > 1:
        head["layouts"] = [
            {
                "key": key,
                "label": str(_LAYOUTS[key][0]),
                "icon": _LAYOUTS[key][1],
                "url": state.with_changes(layout=key).url(layout=key),
                "current": state.layout == key,
            }
            for key in layouts
        ]
    more = []
    if may(view.runtime, view.principal, "import", entity.key) and entity.has("import"):
        more.append({"label": str(_("Import")), "url": view.url(entity.key, "import"), "icon": "upload"})
        if takes_cards(entity):
            more.append({"label": str(_("Import vCards")), "url": view.url(entity.key, "vcards"), "icon": "upload"})
    if may(view.runtime, view.principal, "restore", entity.key):
        more.append({"label": str(_("Trash")), "url": view.page("trash", type=entity.key), "icon": "trash"})
    if more:
        head["more"] = more
    return head


def _new_label(view: View, state: ListState) -> str:
    """``New customer`` where an entry of the New menu makes exactly what this list shows, else the entity's name."""
    shown = set(state.filters)
    words: Text = state.entity.label
    for entry, _url in new_entries(view):
        if entry.entity == state.entity.key and entry.query and set(entry.query.items()) <= shown:
            words = entry.label
            break
    return str(_("New %(entity)s") % {"entity": in_sentence(view, words)})


# ---- tabs of saved views


def view_tabs(view: View, state: ListState, count: Any, text: str) -> dict[str, Any]:
    """Tabs; counts of the others only where counting is cheap (fewer rows than the cap)."""
    small = count is not None and count.exact
    tabs = []
    for tab in state.tabs:
        current = tab.key == state.view.key
        shown: dict[str, Any] = {"label": str(tab.label), "url": state.in_view(tab).url(), "current": current}
        if current and text and not state.changed and not state.search:
            shown["count"] = text
        elif small and not current:
            shown["count"] = _count_of(view, state.in_view(tab))
        if current:
            shown["menu"] = _view_menu(view, state, tab)
        tabs.append(shown)
    found: dict[str, Any] = {
        "tabs": tabs,
        "add": {"label": str(_("Save as new view")), "url": state.url("views"), "opens": "dialog"},
    }
    if state.changed:
        found["reset_url"] = state.in_view(state.view).url()
        found["save"] = {"label": str(_("Save view")), "url": state.url("views"), "opens": "dialog"}
        if state.view.own:
            url = state.url("views", state.view.own_id or 0)
            found["save"] = {"label": str(_("Save view")), "url": url, "opens": "post"}
    return found


def _count_of(view: View, state: ListState) -> str:
    page = view.records.query(state.entity.key, fields=[], filters=state.filter_map, limit=1, count="capped")
    return count_text(view, page.count)


def _view_menu(view: View, state: ListState, tab: SavedView) -> list[dict[str, Any]]:
    """What one can do with the tab one is in: make it the first, pin it, and change one's own."""
    entries: list[dict[str, Any]] = []
    name, entity = tab.key or "-", state.entity.key

    def entry(label: Text, icon: str, *parts: str | int, opens: str = "post", danger: bool = False) -> dict[str, Any]:
        url = state.url("views", *parts)
        return {"label": str(label), "url": url, "icon": icon, "opens": opens, "danger": danger}

    if view.principal.user_id is not None:
        first = state.first == tab.key and bool(tab.key)
        words = _("No longer show this view first") if first else _("Show this view first")
        entries.append(entry(words, "home", "first", name))
        on = (entity, tab.key) in {(one.get("entity"), one.get("view")) for one in pinned(view)}
        words = _("Take off the menu") if on else _("Pin under Home")
        entries.append(entry(words, "pin", "pin", name))
    if tab.own:
        number = tab.own_id or 0
        entries.append({"line": True})
        entries.append(entry(_("Rename or share…"), "pencil", number, "edit", opens="dialog"))
        entries.append(entry(_("Overwrite with what is shown"), "device-floppy", number))
        entries.append(entry(_("Delete this view"), "trash", number, "delete"))
    return entries


# ---- the bar for ticked rows


def bulk_bar(view: View, state: ListState, matches: int, count: str) -> dict[str, Any]:
    """What can be done with ticked rows: the platform's operations, then actions of plugins declared for many."""
    entity = state.entity
    offered = [
        ("assign", "assign", _("Assign"), "user-share", False),
        ("update", "edit", _("Edit"), "pencil", False),
        ("link", "link", _("Link"), "link", False),
        ("update", "tag", _("Tag"), "tag", False),
        ("delete", "merge", _("Merge"), "git-merge", False),
        ("export", "export", _("Export"), "download", False),
        ("delete", "delete", _("Delete"), "trash", True),
    ]
    actions: list[dict[str, Any]] = []
    for operation, word, label, icon, danger in offered:
        if not may(view.runtime, view.principal, operation, entity.key):
            continue
        if word == "merge" and not merge.offered(view.runtime.registry, entity):
            continue
        if (word == "tag" and not entity.has("tags")) or (word == "link" and not entity.has("links")):
            continue
        # A page of its own compares exactly two ticked rows.
        url = state.url(word) if word in ("export", "merge") else state.url("bulk", word)
        opens = "post" if word == "delete" else "dialog"
        actions.append({"label": str(label), "url": url, "icon": icon, "danger": danger, "opens": opens})
    ends = [one for one in actions if one["danger"]]
    actions = [*(one for one in actions if not one["danger"]), *_plugin_actions(view, state), *ends]
    return {
        "matches": matches,
        "all_label": str(_("Select all %(count)s") % {"count": count}),
        "actions": actions,
    }


def _plugin_actions(view: View, state: ListState) -> list[dict[str, Any]]:
    entity, found = state.entity, []
    for action in sorted(entity.actions.values(), key=lambda one: (one.order, one.name)):
        if not action.bulk or not may(view.runtime, view.principal, action.key, entity.key):
            continue
        own = endpoint_url(view, f"{action.dialog.replace('.', '_')}.view") if action.dialog else None
        asks = bool(own or action.asked or str(action.confirm))
        found.append(
            {
                "label": str(action.label),
                "url": own or state.url("bulk", "act", action.name),
                "icon": action.icon or "bolt",
                "opens": "dialog" if asks else "post",
                # A page of the plugin's own has to know of which list "all" speaks.
                "query": state.url().partition("?")[2] if own else "",
            }
        )
    return found


# ---- nothing to show


def empty_state(view: View, state: ListState) -> dict[str, Any]:
    """Why nothing is shown, and the step that helps: the filter whose removal shows most, or the first record."""
    entity = state.entity
    plural = in_sentence(view, entity.plural)
    if state.filters or state.search:
        return {"title": str(_("No %(list)s match") % {"list": plural}), **_hint(view, state)}
    empty: dict[str, Any] = {
        "title": str(_("No %(list)s yet") % {"list": plural}),
        "text": str(_("They appear here as soon as somebody makes or imports one.")),
    }
    if view.principal.has_role("core.admin") and company.demo_mark(view.records.connection) is None:
        empty["text"] += " " + str(_("To look around first, load the demo company with “weft demo”."))
    if may(view.runtime, view.principal, "create", entity.key):
        label = _("New %(entity)s") % {"entity": in_sentence(view, entity.label)}
        empty["action"] = {"label": str(label), "url": view.url(entity.key, "new"), "icon": "plus"}
    return empty


def _hint(view: View, state: ListState) -> dict[str, Any]:
    best: tuple[int, str, str, str] | None = None
    labels = filterable(view, state, [name.split("__")[0] for name, _value in state.filters])
    for key, value in state.filters[:8]:
        without = state.without_filter(key, value) if key == "or" else state.with_filter(key, None)
        found = view.records.query(
            state.entity.key,
            fields=[],
            filters=without.filter_map,
            limit=1,
            count="capped",
            search=state.search or None,
        ).count
        if found and found.value and (best is None or found.value > best[0]):
            declared = labels.get(key.split("__")[0])
            label = str(_("any of these") if key == "or" else declared.label if declared else key)
            best = (found.value, count_text(view, found), label, without.url())
    if best is None:
        return {"text": str(_("Remove a filter to see more."))}
    text = _("Without “%(filter)s” there are %(count)s.") % {"filter": best[2], "count": best[1]}
    return {"hint": {"text": str(text), "action": {"label": str(_("Remove that filter")), "url": best[3]}}}
