"""What is linked to a record: panels with counts, lists behind tabs, and the links people made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.access.policy import AccessPolicy
from weft.core.collaboration.timeline import ACTIVITY
from weft.core.db.fields import Kind
from weft.core.i18n import translator
from weft.core.records.filters import Term
from weft.core.records.neighbours import Neighbour, RelationGroup
from weft.core.records.stubs import stubs_of
from weft.core.registry.model import EntityType
from weft.core.web.policies import may
from weft.core.web.record.head import RecordHead, meets

__all__ = [
    "add_menu", "group_key", "hand_made", "in_order", "link_rows", "no_links", "panel_of", "people_groups",
    "related_groups", "stub_rows", "tab_groups",
]  # fmt: skip

_ = translator("core")

_ROWS = 5


def group_key(group: RelationGroup) -> str:
    """Name of a group in addresses."""
    return f"{group.relation}~{group.entity}"


def in_order(head: RecordHead, groups: Sequence[RelationGroup]) -> list[RelationGroup]:
    """Groups with those first that the record's page names, in its order."""
    page = head.view.runtime.registry.record_pages.get(head.entity.key)
    order = {key: place for place, key in enumerate(page.links if page else ())}
    return sorted(groups, key=lambda group: order.get(group.relation, len(order)))


def no_links(head: RecordHead) -> dict[str, Any]:
    """The list of links of a record that nobody linked to another by hand."""
    empty: dict[str, Any] = {"title": str(_("Nothing is linked by hand yet."))}
    if head.may("link") and head.entity.has("links"):
        empty["action"] = {"label": str(_("Link to…")), "url": head.url("link"), "icon": "link", "opens": "dialog"}
    return {"title": str(_("Links")), "count": 0, "empty": empty}


def related_groups(head: RecordHead, groups: Sequence[RelationGroup]) -> list[RelationGroup]:
    """Groups that get a panel: other records that name this one in a field, values and own references left out.

    Activities of another plugin stand on the timeline, each with its words; a panel would only repeat them.
    """
    entities, own = head.view.runtime.registry.entities, head.entity.plugin
    told = {key for key, one in entities.items() if ACTIVITY in one.spec.traits and one.plugin != own}
    told.add("core.value")
    return [g for g in groups if g.field and g.reverse and g.entity not in told and g.count.value]


def tab_groups(head: RecordHead, groups: Sequence[RelationGroup]) -> list[RelationGroup]:
    """Groups that get a tab: those with a panel, and activities that people keep as a list of their own (requests)."""
    registry, portal = head.view.runtime.registry, head.view.portal_key
    listed = {one.entity for one in registry.nav_entries.values() if one.entity and one.portal == portal}
    shown = {group_key(group) for group in related_groups(head, groups)}
    return [
        g for g in groups if group_key(g) in shown or (g.field and g.reverse and g.entity in listed and g.count.value)
    ]


def hand_made(head: RecordHead, groups: Sequence[RelationGroup]) -> list[RelationGroup]:
    """Links that stand in the side column and the Links tab: made by people, or with a life of their own."""
    return [g for g in groups if not g.field and g.count.value]


def people_groups(head: RecordHead, groups: Sequence[RelationGroup]) -> list[RelationGroup]:
    """Hand-made links to persons."""
    return [g for g in hand_made(head, groups) if head.values.face_kind(g.entity) == "person"]


def count_text(head: RecordHead, group: RelationGroup) -> str:
    """The number of a group: ``1,000+`` where counting stopped."""
    return head.view.formats.number(group.count.value) + ("" if group.count.exact else "+")


def list_url(head: RecordHead, group: RelationGroup) -> str | None:
    """Address of the list that shows exactly this group, where a field makes it."""
    if not group.field or not group.reverse:
        return None
    return head.view.url(group.entity, **{group.field: head.row.id})


def row_of(head: RecordHead, neighbour: Neighbour) -> dict[str, Any]:
    """One line of a panel."""
    shown = head.values.reference(neighbour.record)
    row: dict[str, Any] = {"title": shown["title"], "url": shown.get("url")}
    if "face" in shown:
        row["face"] = shown["face"]
    notes = [str(neighbour.attributes[name]) for name in ("role", "label") if neighbour.attributes.get(name)]
    if neighbour.valid_to is not None:
        notes.append(str(_("until %(date)s") % {"date": head.view.formats.date(neighbour.valid_to)}))
    other = shown.get("other")
    if notes or other:
        row["sub"] = " · ".join([*notes, *([other] if other else [])])
    if not neighbour.current:
        row["muted"] = True
    return row


def panel_of(head: RecordHead, group: RelationGroup, limit: int = _ROWS) -> dict[str, Any]:
    """A panel with its first rows, the count, and a way to make one more."""
    entity = head.view.entity(group.entity)
    shown = group.items[:limit]
    told = _told(head, entity, [one.record.id for one in shown])
    rows = [_with(row_of(head, one), told.get(one.record.id, ("", ""))) for one in shown]
    panel: dict[str, Any] = {
        "key": group.relation,
        "title": str(group.label),
        "url": list_url(head, group),
        "count": count_text(head, group),
        "rows": rows,
        "rows_two": any(row.get("sub") for row in rows),
    }
    if group.count.value > len(rows):
        url = list_url(head, group) or head.url(tab=group_key(group))
        rest = group.count.value - len(rows)
        panel["more"] = {"label": str(_("and %(n)s more") % {"n": head.view.formats.number(rest)}), "url": url}
    if group.field and group.reverse and may(head.view.runtime, head.view.principal, "create", entity.key):
        label = _("New %(entity)s") % {"entity": entity.label}
        url = head.view.url(entity.key, "new", **{group.field: head.row.id})
        panel["add"] = {"label": str(label), "url": url, "icon": "plus"}
    elif not group.field and head.may("link"):
        url = head.url("link", relation=group.relation)
        panel["add"] = {"label": str(_("Link to…")), "url": url, "icon": "plus", "opens": "dialog"}
    return panel


def _told(head: RecordHead, entity: EntityType, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """What a row says beside its title: (what it is, when), by the list's columns; one statement for all rows."""
    access = AccessPolicy.of(head.view.runtime).access(head.view.principal, entity.key, "read")
    columns = [entity.fields[name] for name in entity.spec.columns if name in entity.fields and name in access.cells]
    kind = next((one for one in columns if one.kind is Kind.CHOICE and one.required and not one.state), None)
    day = next((one for one in columns if one.kind in (Kind.DATE, Kind.DATETIME)), None)
    names = [one.name for one in (kind, day) if one is not None]
    if not names or not ids:
        return {}
    page = head.view.records.query(entity.key, fields=names, filters=Term("id", "in", list(ids)), limit=len(ids))
    found = {}
    for row in page.rows:
        label = head.values.choice_label(kind, row[kind.name]) if kind is not None and row.get(kind.name) else ""
        found[row.id] = label, head.view.formats.date(row.get(day.name)) if day is not None else ""
    return found


def _with(row: dict[str, Any], told: tuple[str, str]) -> dict[str, Any]:
    kind, day = told
    if kind:
        row["sub"] = " · ".join(part for part in (kind, row.get("sub")) if part)
    return row | ({"end": {"text": day, "tone": "muted"}} if day else {})


def link_rows(head: RecordHead, groups: Sequence[RelationGroup]) -> list[dict[str, Any]]:
    """Links in the side column: the words of the link, then the records."""
    rows = []
    for group in groups:
        parts = []
        for one in group.items[:_ROWS]:
            shown = head.values.reference(one.record)
            parts.append({"title": shown["title"], "url": shown.get("url", "")})
        label = str(group.items[0].attributes.get("label") or group.label) if group.items else str(group.label)
        rows.append({"label": label, "parts": parts})
    return rows


def stub_rows(head: RecordHead) -> list[dict[str, Any]]:
    """What is linked and belongs to plugins that are not installed: what kind it was, and its last title."""
    return [
        {"label": one.kind, "parts": [{"title": one.title, "url": ""}]}
        for one in stubs_of(head.view.records, head.row.id)
    ]


def add_menu(head: RecordHead, groups: Sequence[RelationGroup]) -> list[dict[str, Any]]:
    """What can be made from here and is not there yet: records that name this one in a field that makes sense."""
    view, present = head.view, {(g.entity, g.field) for g in groups if g.reverse and g.count.value}
    registry, menu = view.runtime.registry, []
    # What is kept in Settings is made there, and from other such records.
    set_up = {entry.entity for entry in registry.nav_entries.values() if entry.group == "values"}
    for entity in registry.entities.values():
        if entity.plugin == "core" or not may(view.runtime, view.principal, "create", entity.key):
            continue
        fields = [] if entity.key in set_up and head.entity.key not in set_up else _naming(head, entity)
        if fields and not any((entity.key, name) in present for name in fields):
            label = _("New %(entity)s") % {"entity": entity.label}
            url = view.url(entity.key, "new", **{fields[0]: head.row.id})
            menu.append({"label": str(label), "url": url, "icon": entity.spec.icon})
    return menu


def _naming(head: RecordHead, entity: EntityType) -> list[str]:
    """Fields of an entity in which people name a record like this one."""
    registry = head.view.runtime.registry
    page = registry.record_pages.get(head.entity.key)
    left_out = page.not_added if page else ()
    return [
        name
        for name, declared in entity.fields.items()
        if declared.kind is Kind.REFERENCE
        and "*" not in declared.to
        and declared.writable
        and f"{entity.key}.{name}" not in left_out
        and head.entity.key in {target.key for target in registry.targets(declared)}
        and meets(head.row, declared.only)
    ]
