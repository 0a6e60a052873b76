"""Routes of generated record pages: the page with its tabs, the peek beside a list, undo, and the trash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import NotFound
from weft.core.i18n import translator
from weft.core.identity.undo import is_audit, undo_audit
from weft.core.records.history import HistoryEntry
from weft.core.records.neighbours import RelationGroup
from weft.core.records.values import Row
from weft.core.registry.declarations import Slot
from weft.core.registry.model import EntityType
from weft.core.web import counts
from weft.core.web.pages.files import files_panel
from weft.core.web.pages.lists import list_title, state_of
from weft.core.web.pages.portal_invite import invite_button
from weft.core.web.pages.resolve import entity_at, found_or_merged
from weft.core.web.pages.streams import composer_of, feed, marks_of, note_visit, tags_of
from weft.core.web.policies import may
from weft.core.web.record import panels, trail
from weft.core.web.record.asked import asked_slot
from weft.core.web.record.details import details, long_texts
from weft.core.web.record.head import RecordHead
from weft.core.web.record.timeline import PAGE, history_entries
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.values import Values, title_names

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("records", __name__)
_BASE = "/<portal>/<plugin>/<slug>/<int:record_id>"
_PANELS = 6
_TABS = 6
#: Longest words looked for in the trash, in characters.
_LONGEST = 200


@route(blueprint, _BASE, policy="record", endpoint="record")
def show_record(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row, moved = found_or_merged(view, entity, record_id)
    if row is None:
        return moved
    head = RecordHead(view, entity, row)
    note_visit(view, record_id)
    known = view.runtime.registry
    groups = panels.in_order(head, [g for g in view.records.neighbours(record_id) if g.entity in known.entities])
    tab = view.args.get("tab", "")
    declared = known.record_pages.get(entity.key)
    more = dict(declared.context(view, row) or {}) if declared and declared.context else {}
    invited = invite_button(view, entity, row)
    data = head.data([*marks_of(head), *([invited] if invited else [])]) | dict(more.pop("head", {}))
    for step in (data.get("path") or {}).get("steps", ()):
        if step.get("made") and step["key"] in more.get("since", {}):
            step["date"] = more["since"][step["key"]]
    data["facts"] = [*(more.pop("facts", None) or data.get("facts") or ()), *_slot_facts(head)]
    data["crumbs"] = _crumbs(head)
    data["tabs"] = _tabs(head, tab, groups)
    found = tags_of(head)
    data["marks"] = [*data.get("marks", ()), *({"label": tag["label"], "icon": "tag"} for tag in found)]
    back = data["crumbs"]["links"][-1]
    page = {"title": head.title, "back": {"url": back["url"], "label": back["label"]}}
    page["actions"] = [action for action in data["actions"] if action.get("icon")][:2]
    template = (declared.template if declared else "") or "pages/record.html"
    view.shown_row = row
    side = _side(head, groups) | dict(more.pop("side", {}))
    return view.render(template, page=page, head=data, main=_tab(head, tab, groups), side=side, row=row, **more)


def _crumbs(head: RecordHead) -> dict[str, Any]:
    """The list one came from, with the record's place in it."""
    query = trail.address_kept(head.entity.key) if head.view.portal_key == "employee" else None
    state = state_of(head.view, head.entity, query) if query is not None else None
    return trail.crumbs(head, state, list_title(head.view, state) if state is not None else "")


def _slot_facts(head: RecordHead) -> list[dict[str, Any]]:
    """Figures that plugins add to the strip below the head."""
    found: list[dict[str, Any]] = []
    for slot in _slots(head, "record.facts"):
        context = slot.context(head.view, head.row) if slot.context else None
        found += (context or {}).get("facts", ())
    return found


# ---- tabs


def _slots(head: RecordHead, place: str) -> list[Slot]:
    return [
        slot
        for slot in sorted(head.view.runtime.registry.slots, key=lambda one: (one.order, one.key))
        if slot.slot == place and slot.entity in ("", head.entity.key) and slot.portal == head.view.portal_key
    ]


def _tabs(head: RecordHead, tab: str, groups: Sequence[RelationGroup]) -> dict[str, Any]:
    related, made = panels.tab_groups(head, groups), panels.hand_made(head, groups)
    tabs: list[tuple[str, Any, str | None]] = [("", _("Overview"), None), ("timeline", _("Timeline"), None)]
    for group in related[:_TABS]:
        tabs.append((panels.group_key(group), group.label, panels.count_text(head, group)))
    if head.view.portal_key == "employee" and (made or groups):
        total = head.view.formats.number(sum(group.count.value for group in made)) if made else None
        tabs.append(("links", _("Links"), total))
    if head.entity.has("attachments") and (head.view.portal_key == "employee" or head.may("attach")):
        tabs.append(("files", _("Files"), None))
    for slot in _slots(head, "record.tabs"):
        tabs.append((f"slot:{slot.key}", slot.label, None))
    if tab == "history":
        tabs.append(("history", _("History"), None))
    shown = []
    for key, label, count in tabs:
        url = head.url(**({"tab": key} if key else {}))
        shown.append({"key": key, "label": str(label), "url": url, "count": count, "current": key == tab, "hx": True})
    return {"label": str(_("Sections")), "tabs": shown, "add": panels.add_menu(head, groups)}


def _tab(head: RecordHead, tab: str, groups: Sequence[RelationGroup]) -> dict[str, Any]:
    """What the main column shows: kind of the tab and its data."""
    present = {group.entity for group in groups}
    if tab == "history":
        history = head.view.records.history(head.row.id, limit=PAGE)
        more = _more_history(head, history, "history")
        return {"kind": "history", "timeline": {"entries": history_entries(head, history, undo=True), **more}}
    if tab == "timeline":
        return {"kind": "timeline", "timeline": feed(head, present), "composer": composer_of(head)}
    if tab == "links":
        listed = [panels.panel_of(head, g, 20) for g in panels.hand_made(head, groups)] or [panels.no_links(head)]
        listed += [panels.panel_of(head, g) for g in panels.related_groups(head, groups)]
        picture = {"title": str(_("Picture")), "load_url": head.url("graph"), "full": True}
        return {"kind": "panels", "panels": [*listed, picture]}
    if tab == "files":
        return {"kind": "panels", "panels": [files_panel(head)]}
    if tab.startswith("slot:"):
        return _slot_tab(head, tab.removeprefix("slot:"))
    for group in groups:
        if panels.group_key(group) == tab:
            return {"kind": "panels", "panels": [panels.panel_of(head, group, 20) | {"full": True}]}
    page = head.view.runtime.registry.record_pages.get(head.entity.key)
    shown = [g for g in panels.related_groups(head, groups) if page is None or g.relation not in page.drawn]
    related = [panels.panel_of(head, group) for group in shown[:_PANELS]]
    return {
        "kind": "overview",
        "panels": related,
        "texts": long_texts(head),
        "timeline": feed(head, present),
        "composer": composer_of(head),
    }


def _slot_tab(head: RecordHead, key: str) -> dict[str, Any]:
    slot = next((one for one in _slots(head, "record.tabs") if one.key == key), None)
    if slot is None:
        raise NotFound(key)
    context = slot.context(head.view, head.row) if slot.context else {}
    if context is None:
        raise NotFound(key)
    return {"kind": "slot", "template": slot.template, "context": context}


def _more_history(head: RecordHead, history: Sequence[HistoryEntry], tab: str) -> dict[str, str]:
    if len(history) < PAGE:
        return {}
    return {"more_url": head.url("history", before=str(history[-1].id), tab=tab)}


@route(blueprint, _BASE + "/history", policy="record", endpoint="history")
def show_history(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    head = RecordHead(view, entity, view.records.get(entity.key, record_id))
    before = view.args.get("before", "")
    history = view.records.history(record_id, limit=PAGE, before=int(before) if before.isdigit() else None)
    tab = view.args.get("tab", "timeline")
    entries = history_entries(head, history, undo=tab == "history")
    timeline = {"entries": entries, **_more_history(head, history, tab)}
    return view.fragment_of("wf/timeline.html", "timeline_rows", timeline)


def _side(head: RecordHead, groups: Sequence[RelationGroup]) -> dict[str, Any]:
    made = panels.hand_made(head, groups)
    persons = panels.people_groups(head, groups)
    people = []
    for group in persons:
        for one in group.items[:4]:
            row = panels.row_of(head, one)
            if row.get("url"):
                people.append(row | {"sub": row.get("sub") or ""})
    rest = [group for group in made if group not in persons]
    side: dict[str, Any] = {
        "details": details(head),
        "people": people,
        "people_count": sum(group.count.value for group in persons),
        "links": panels.link_rows(head, rest),
        "links_count": sum(group.count.value for group in rest),
        "stubs": panels.stub_rows(head),
    }
    if head.may("link") and head.entity.has("links"):
        side["add_link"] = {"label": str(_("Link to…")), "url": head.url("link"), "icon": "plus", "opens": "dialog"}
    waiting = asked_slot(head.view, head.entity, head.row.id)
    slots = [waiting] if waiting else []
    for slot in _slots(head, "record.side"):
        context = slot.context(head.view, head.row) if slot.context else {}
        if context is not None:
            slots.append({"label": str(slot.label), "template": slot.template, "context": context})
    side["slots"] = slots
    return side


# ---- peek


@route(blueprint, _BASE + "/peek", policy="record", endpoint="peek")
def peek(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    head = RecordHead(view, entity, row)
    if not view.scripted:
        return view.redirect(head.url())
    history = view.records.history(record_id, limit=5)
    data = head.data()
    data.pop("crumbs", None)
    timeline = {"entries": history_entries(head, history, undo=False), "id": "wf-peek-timeline"}
    peeked = {"title": head.title, "url": head.url(), "sub": str(entity.label)}
    return view.render("pages/peek.html", peek=peeked, head=data, details=details(head), timeline=timeline)


# ---- undo


@route(blueprint, "/<portal>/undo/<int:change_set_id>/", policy="signed_in", methods=["POST"], endpoint="undo")
def undo(portal: str, change_set_id: int) -> Response:
    """Take a change set back; a refusal says who changed what since."""
    view = current()
    if is_audit(view.connection, change_set_id):
        number = undo_audit(view.records, change_set_id)
    else:
        number = view.records.undo(change_set_id)
    counts.forget(view)
    view.toast(_("Undone"), undo=number)
    if view.scripted:
        return view.done(wf_refresh="#wf-page")
    return view.redirect(view.form["next"] if _inside(view) else view.page())


def _inside(view: View) -> bool:
    """True when the form names an address of this portal to go on to."""
    goal = view.form.get("next", "")
    return goal.startswith(view.page()) and "\\" not in goal


# ---- trash


@route(blueprint, "/<portal>/trash/", policy="signed_in", endpoint="trash")
def show_trash(portal: str) -> Response:
    view = current()
    wanted, typed = view.args.get("type", ""), view.args.get("q", "").strip()[:_LONGEST]
    groups = []
    for entity in _restorable(view):
        if wanted and entity.key != wanted:
            continue
        page = view.records.query(
            entity.key,
            fields=[*title_names(entity), "owner", "deleted_at"],
            trash=True,
            search=typed or None,
            limit=50,
            count="capped",
        )
        if page.rows:
            groups.append(_trash_group(view, entity, page.rows, page.count.value if page.count else None))
    title = str(_("Trash"))
    text = str(_("What is deleted stays here for 30 days and can be restored."))
    head = {"title": title, "sub": text}
    return view.render("pages/trash.html", page={"title": title}, head=head, groups=groups, q=typed, wanted=wanted)


def _restorable(view: View) -> list[EntityType]:
    entities = view.runtime.registry.entities.values()
    return [entity for entity in entities if may(view.runtime, view.principal, "restore", entity.key)]


def _trash_group(view: View, entity: EntityType, rows: Sequence[Row], count: int | None) -> dict[str, Any]:
    values = Values(view.runtime.registry, view.portal_key)
    shown = []
    for row in rows:
        title, _other = values.title(row, entity)
        deleted = row.get("deleted_at")
        when = str(_("deleted %(when)s") % {"when": view.formats.reldate(deleted)}) if deleted else ""
        line: dict[str, Any] = {
            "title": title,
            "url": view.url(entity.key, row.id),
            "sub": when,
            "icon": entity.spec.icon,
            "action": {
                "label": str(_("Restore")),
                "url": view.url(entity.key, row.id, "restore"),
                "opens": "post",
                "button": True,
            },
        }
        seen = values.record_face(entity.key, row.id, title)
        shown.append(line | ({"face": seen} if seen else {}))
    return {"title": str(entity.plural), "count": count, "rows": shown, "rows_two": True, "full": True}
