"""Settings > Roles and rights: all roles, and those that the company makes itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.access import role_changes
from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import people, rights, rulebook
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page
from weft.core.web.values import face

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_roles", __name__)
_HERE = f"{BASE}roles/"
_AUDIENCES = {
    "employee": _("People of the company"),
    "customer": _("Customers"),
    "supplier": _("Suppliers"),
    "distributor": _("Distributors and agents"),
}


@route(blueprint, _HERE, policy=POLICY, endpoint="list")
def show_roles() -> Response:
    view = current()
    registry, overlay = view.runtime.registry, rulebook.read(view.connection)
    changed = {role for role, _entity in overlay.rules}
    blocks: list[dict[str, Any]] = []
    for audience, label in _AUDIENCES.items():
        roles = [role for role in registry.roles.values() if role.audience == audience]
        rows = []
        for role in sorted(roles, key=lambda one: (one.key != audience, str(one.label))):
            row: dict[str, Any] = {
                "title": str(role.label),
                "url": f"{_HERE}{role.key}/",
                "icon": "shield-check",
                "sub": str(role.help or ""),
                "end": {"text": _held(view, role.key, audience)},
            }
            if role.key in overlay.roles:
                row["chip"] = str(_("own role"))
            elif role.key in changed:
                row["chip"] = str(_("own rules"))
            rows.append(row)
        if rows:
            panel = {"title": str(label), "rows": rows, "rows_two": True, "full": True}
            blocks.append({"kind": "panel", "panel": panel})
    broken = rulebook.problems(view.runtime)
    if broken:
        text = _("%(n)s rules can no longer work and give nothing. The roles concerned say why.")
        blocks.insert(0, {"kind": "note", "text": str(text % {"n": len(broken)}), "tone": "warn"})
    actions = [
        {"label": str(_("Who sees a field?")), "url": f"{BASE}explain/field/", "icon": "eye"},
        {"label": str(_("Why can…?")), "url": f"{BASE}explain/", "icon": "help-circle"},
        {"label": str(_("Export and import")), "url": f"{_HERE}file/", "icon": "download"},
        {"label": str(_("New role")), "url": f"{_HERE}new/", "icon": "plus"},
    ]
    return settings_page(view, "roles", blocks, actions=actions)


def _held(view: View, role: str, audience: str) -> str:
    if role == audience:
        return str(_("everybody here"))
    return str(_("%(n)s people") % {"n": view.formats.number(len(rights.holders(view.connection, role)))})


@route(blueprint, _HERE + "<key>/people/", policy=POLICY, endpoint="people")
def show_people(key: str) -> Response:
    """Who holds a role."""
    view = current()
    role = view.runtime.registry.roles.get(key)
    if role is None:
        raise NotFound(key)
    if key == role.audience:
        return view.redirect(f"{BASE}users/")
    known = people.people(view.connection, rights.holders(view.connection, key))
    rows = [
        {"title": one.shown()[0], "sub": one.shown()[1], "face": face(number, one.shown()[0]),
         "url": f"{BASE}users/{number}/"}
        for number, one in sorted(known.items(), key=lambda pair: pair[1].shown()[0])
    ]  # fmt: skip
    panel = {
        "title": str(_("People")), "rows": rows, "rows_two": True, "full": True, "count": len(rows),
        "empty": {"title": str(_("Nobody has this role.")), "text": str(_("Give it to people under Users."))},
    }  # fmt: skip
    crumbs = [{"url": _HERE, "label": str(_("Roles and rights"))}, {"url": f"{_HERE}{key}/", "label": str(role.label)}]
    return settings_page(view, "roles", [{"kind": "panel", "panel": panel}], title=role.label, crumbs=crumbs)


# ---- own roles


@route(blueprint, _HERE + "new/", policy=POLICY, endpoint="new")
def new_role() -> Response:
    view = current()
    model = view.runtime.registry.roles.get(view.args.get("copy", ""))
    typed = {"audience": model.audience, "copy_of": model.key} if model is not None else {}
    return _form(view, typed)


def _form(
    view: View, typed: Mapping[str, Any], errors: Sequence[FieldError] = (), *, key: str = "", audience: str = ""
) -> Response:
    """The form of a new role, or with ``key`` of one that is there."""
    registry = view.runtime.registry
    chosen = audience or str(typed.get("audience") or "employee")
    fields = [
        field("label_en", "text", _("Name in English"), typed.get("label_en", ""), width="half", required=False,
              max_length=80, autofocus=True),
        field("label_zh", "text", _("Name in Chinese"), typed.get("label_zh", ""), width="half", required=False,
              max_length=80),
        field("help", "text", _("What it is for"), typed.get("help", ""), required=False, max_length=255),
    ]  # fmt: skip
    if not key:
        audiences = [{"value": one, "label": str(label)} for one, label in _AUDIENCES.items()]
        copies = [
            {"value": one.key, "label": str(one.label)}
            for one in registry.roles.values()
            if one.audience == chosen and one.key != chosen
        ]
        fields += [
            field("audience", "choice", _("For"), chosen, choices=audiences),
            field("copy_of", "choice", _("Begin with the rules of"), typed.get("copy_of", ""), choices=copies,
                  required=False, as_select=True),
        ]  # fmt: skip
    others = [
        {"value": one.key, "label": str(one.label)}
        for one in registry.roles.values()
        if one.audience == chosen and one.key not in (chosen, key)
    ]
    fields.append(field("includes", "choices", _("Has also the rules of"), typed.get("includes") or [], choices=others,
                        required=False))  # fmt: skip
    action = f"{_HERE}{key}/edit/" if key else f"{_HERE}new/"
    block = form_block(action, fields, _("Save") if key else _("Make the role"), errors, cancel_url=_HERE)
    crumbs = [{"url": _HERE, "label": str(_("Roles and rights"))}]
    title = registry.roles[key].label if key else _("New role")
    return settings_page(view, "roles", [block], title=title, crumbs=crumbs, status=422 if errors else 200)


def _typed(view: View) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: view.form.get(name, "").strip() for name in ("label_en", "label_zh", "help", "audience", "copy_of")
    }
    return found | {"includes": view.form.getlist("includes")}


@route(blueprint, _HERE + "new/", policy=POLICY, methods=["POST"], endpoint="create")
def create_role() -> Response:
    view = current()
    typed = _typed(view)
    try:
        key, number = role_changes.create_role(view.records, **typed)
    except ValidationFailed as error:
        view.undo_all()
        return _form(view, typed, error.errors)
    view.toast(_("Role made"), undo=number)
    return view.redirect(f"{_HERE}{key}/")


@route(blueprint, _HERE + "<key>/edit/", policy=POLICY, endpoint="edit")
def edit_role(key: str) -> Response:
    view = current()
    own = rulebook.read(view.connection).roles.get(key)
    if own is None:
        raise NotFound(key)
    typed = {"label_en": own.label_en, "label_zh": own.label_zh, "help": own.help, "includes": own.includes}
    return _form(view, typed, key=key, audience=own.audience)


@route(blueprint, _HERE + "<key>/edit/", policy=POLICY, methods=["POST"], endpoint="update")
def update_role(key: str) -> Response:
    view = current()
    typed = _typed(view)
    values = {name: typed[name] for name in ("label_en", "label_zh", "help", "includes")}
    try:
        number = role_changes.update_role(view.records, key, **values)
    except ValidationFailed as error:
        view.undo_all()
        return _form(view, typed, error.errors, key=key, audience=view.runtime.registry.roles[key].audience)
    view.toast(_("Role changed"), undo=number)
    return view.redirect(f"{_HERE}{key}/")


@route(blueprint, _HERE + "<key>/delete/", policy=POLICY, methods=["POST"], endpoint="delete")
def delete_role(key: str) -> Response:
    view = current()
    number = role_changes.delete_role(view.records, key)
    view.toast(_("Role deleted"), undo=number)
    return view.redirect(_HERE)
