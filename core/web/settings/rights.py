"""Settings > Roles and rights, Portals and menus: what roles may do, and where people find things. To read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import NotFound
from weft.core.i18n import translator
from weft.core.identity import rights
from weft.core.registry.access import (
    AllRows,
    Both,
    Either,
    Grant,
    Own,
    PathScope,
    RowScope,
    SharedRows,
    UnitRows,
    Via,
    Where,
)
from weft.core.registry.model import EntityType
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, settings_page

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_rights", __name__)
_HERE = f"{BASE}roles/"
_OPERATIONS = {
    "read": _("Read"),
    "create": _("Create"),
    "update": _("Edit"),
    "delete": _("Delete"),
    "assign": _("Assign"),
    "share": _("Share"),
    "comment": _("Comment"),
    "export": _("Export"),
    "import": _("Import"),
    "act": _("Actions"),
}
_AUDIENCES = {
    "employee": _("People of the company"),
    "customer": _("Customers"),
    "supplier": _("Suppliers"),
    "distributor": _("Distributors and agents"),
}


@route(blueprint, _HERE, policy=POLICY, endpoint="list")
def show_roles() -> Response:
    view = current()
    registry = view.runtime.registry
    blocks: list[dict[str, Any]] = []
    for audience, label in _AUDIENCES.items():
        roles = [role for role in registry.roles.values() if role.audience == audience]
        if not roles:
            continue
        rows = []
        for role in sorted(roles, key=lambda one: (one.key != audience, str(one.label))):
            held = len(rights.holders(view.connection, role.key)) if role.key != audience else None
            row: dict[str, Any] = {
                "title": str(role.label),
                "url": f"{_HERE}{role.key}/",
                "icon": "shield",
                "sub": str(role.help or ""),
            }
            text = _("everybody here") if held is None else _("%(n)s people") % {"n": view.formats.number(held)}
            rows.append(row | {"end": {"text": str(text)}})
        blocks.append({"kind": "panel", "panel": {"title": str(label), "rows": rows, "rows_two": True, "full": True}})
    return settings_page(view, "roles", blocks)


@route(blueprint, _HERE + "<key>/", policy=POLICY, endpoint="role")
def show_role(key: str) -> Response:
    view = current()
    role = view.runtime.registry.roles.get(key)
    if role is None:
        raise NotFound(key)
    roles = frozenset({key, *_included(view, key)})
    text = _("These rules come with the plugins; whoever holds several roles may do what any of them allows.")
    blocks: list[dict[str, Any]] = [{"kind": "note", "text": str(text)}]
    for entity in sorted(view.runtime.registry.entities.values(), key=lambda one: (one.plugin, str(one.label))):
        rows = [
            _rule(view, entity, grant) for grant in view.runtime.registry.grants_on(entity.key) if grant.role in roles
        ]
        if rows:
            panel = {"title": str(entity.plural), "rows": rows, "rows_two": True, "full": True}
            blocks.append({"kind": "panel", "panel": panel})
    if len(blocks) == 1:
        blocks.append({"kind": "empty", "empty": {"title": str(_("This role has no rules of its own."))}})
    return settings_page(view, "roles", blocks, title=role.label, crumbs=[{"url": _HERE, "label": str(_("Roles"))}])


def _rule(view: View, entity: EntityType, grant: Grant) -> dict[str, Any]:
    """One rule as a line: which rows, what may be done with them, which fields."""
    joint = "、" if view.locale == "zh" else ", "
    known = [str(label) for key, label in _OPERATIONS.items() if key in grant.actions]
    known += [str(a.label) for a in entity.actions.values() if a.key in grant.actions]
    fields = str(_("all fields"))
    if grant.fields is not None:
        fields = joint.join(_field_label(entity, name) for name in sorted(grant.fields))
    elif grant.without:
        hidden = joint.join(_field_label(entity, name) for name in sorted(grant.without))
        fields = str(_("all fields but %(names)s") % {"names": hidden})
    rows = _rows_text(view, entity, grant)
    return {
        "title": joint.join(known),
        "sub": f"{_('Rows')}: {rows} · {_('Fields')}: {fields}",
        "icon": "shield",
        "plain": True,
    }


def _included(view: View, key: str) -> set[str]:
    found: set[str] = set()
    waiting = [key]
    while waiting:
        role = view.runtime.registry.roles.get(waiting.pop())
        for other in role.includes if role else ():
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _field_label(entity: EntityType, name: str) -> str:
    declared = entity.fields.get(name)
    return str(declared.label) if declared else name


def _rows_text(view: View, entity: EntityType, grant: Grant) -> str:
    return _scope_text(view, entity, grant.rows) if grant.rows is not None else str(_("all"))


def _scope_text(view: View, entity: EntityType, scope: RowScope) -> str:
    """A row scope in words."""
    if isinstance(scope, AllRows):
        return str(_("all"))
    if isinstance(scope, Own):
        return str(_("own"))
    if isinstance(scope, UnitRows):
        return str(_("own unit and below") if scope.subtree else _("own unit"))
    if isinstance(scope, SharedRows):
        return str(_("shared one by one"))
    if isinstance(scope, (Either, Both)):
        word = str(_(" or ") if isinstance(scope, Either) else _(" and "))
        return word.join(_scope_text(view, entity, one) for one in scope.scopes)
    if isinstance(scope, Via):
        declared = entity.fields.get(scope.link)
        return str(_("through %(link)s") % {"link": declared.label if declared else _relation(view, scope.link)})
    if isinstance(scope, PathScope):
        steps = " → ".join(_relation(view, step.relation) for step in scope.steps)
        return str(_("linked to the visitor: %(path)s") % {"path": steps} if steps else _("the visitor's own record"))
    if isinstance(scope, Where):
        return str(_("where %(filters)s") % {"filters": _filters_text(entity, scope.filters)})
    return str(_("some"))


def _relation(view: View, key: str) -> str:
    try:
        declared, reverse = view.runtime.registry.relation(key)
    except KeyError:
        return key
    return str(declared.inverse_label if reverse else declared.label)


def _filters_text(entity: EntityType, filters: Mapping[str, Any]) -> str:
    parts = []
    for key, value in filters.items():
        name, _sep, _operator = key.partition("__")
        declared = entity.fields.get(name)
        labels = declared.choices.labels if declared and declared.choices else {}
        values = value if isinstance(value, (list, tuple)) else [value]
        shown = ", ".join(str(labels.get(one, one)) for one in values)
        parts.append(f"{declared.label if declared else name}: {shown}")
    return "; ".join(parts)


# ---- portals and menus


@route(blueprint, f"{BASE}portals/", policy=POLICY, endpoint="portals")
def show_portals() -> Response:
    view = current()
    registry = view.runtime.registry
    blocks: list[dict[str, Any]] = []
    for portal in sorted(registry.portals.values(), key=lambda one: (one.order, one.key)):
        rows = []
        entries = [entry for entry in registry.nav_entries.values() if entry.portal == portal.key]
        for entry in sorted(entries, key=lambda one: (_group_order(view, one.group), one.group, one.order, one.key)):
            group = registry.nav_groups.get(entry.group)
            entity = registry.entities.get(entry.entity)
            rows.append(
                {
                    "title": str(entry.label),
                    "sub": str(group.label if group else entry.group),
                    "beside": True,
                    "icon": entity.spec.icon if entity else "point",
                    "plain": True,
                    "end": {"text": _roles_text(view, entry.roles)},
                }
            )
        panel = {
            "title": str(portal.label), "rows": rows, "full": True, "count": len(rows),
            "empty": {"title": str(_("This portal has no entries beyond its home."))},
        }  # fmt: skip
        blocks.append({"kind": "panel", "panel": panel})
    return settings_page(view, "portals", blocks)


def _group_order(view: View, key: str) -> int:
    group = view.runtime.registry.nav_groups.get(key)
    return group.order if group else 800


def _roles_text(view: View, keys: tuple[str, ...]) -> str:
    if not keys:
        return str(_("whoever may read it"))
    roles = view.runtime.registry.roles
    return ", ".join(str(roles[key].label) if key in roles else key for key in keys)
