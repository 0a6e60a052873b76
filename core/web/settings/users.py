"""Settings > Users: who may sign in, as whom, since when; invitations by a link that can be copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import FieldError, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity import admin, people, rights, units, users
from weft.core.portal import registrations
from weft.core.registry.access import AUDIENCES
from weft.core.registry.core_plugin import VIEW_AS
from weft.core.web.pages.delegation import deputy_row
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page
from weft.core.web.settings.ways import blocks_of
from weft.core.web.values import face, other_lang

__all__ = ["anchor_field", "blueprint", "link_page"]

_ = translator("core")

blueprint = Blueprint("settings_users", __name__)
_HERE = f"{BASE}users/"
_LIMIT = 50
#: Answers that show something once (a link), or what was wrong, take the place of the page.
_INTO_PAGE = {"target": "#wf-page", "select": "#wf-page"}
_STATUS = {
    "active": (_("Active"), "green"),
    "new": (_("Never signed in"), "amber"),
    "invited": (_("Invited"), "blue"),
    "inactive": (_("Deactivated"), "grey"),
}
PORTALS = {
    "employee": _("Employee portal"),
    "customer": _("Customer portal"),
    "supplier": _("Supplier portal"),
    "distributor": _("Distributor portal"),
}


def _shown(user: users.User) -> tuple[str, str]:
    return in_script(user.name, user.name_alt)


# ---- list


@route(blueprint, _HERE, policy=POLICY, endpoint="list")
def show_users() -> Response:
    view = current()
    query, status = view.args.get("q", "").strip()[:100], view.args.get("status", "")
    after = view.args.get("after", "").rpartition("~")
    start = (after[0], int(after[2])) if after[2].isdigit() else None
    wanted = status if status in users.STATUSES else None
    found = users.list_users(view.connection, search=query, status=wanted, after=start, limit=_LIMIT + 1)
    more = len(found) > _LIMIT
    found = found[:_LIMIT]
    options = [{"value": "", "label": str(_("All"))}]
    options += [{"value": key, "label": str(label)} for key, (label, _dot) in _STATUS.items()]
    selects = [{"name": "status", "label": str(_("Status")), "options": options, "value": status}]
    blocks: list[dict[str, Any]] = []
    if not view.runtime.settings.mail_url:
        text = _("There is no mail server yet. Invitations show a link that you can copy and hand over.")
        blocks.append({"kind": "note", "text": str(text), "tone": "warn"})
    blocks.append({"kind": "filter", "q": query, "label": str(_("Find a person")), "selects": selects})
    blocks.append({"kind": "table", "table": _table(view, found)})
    if more:
        last = found[-1]
        url = f"{_HERE}?after={last.name}~{last.id}&q={query}&status={status}"
        blocks.append({"kind": "pager", "pager": {"range": "", "next_url": url}})
    counted = users.count_by_status(view.connection)
    rules = {"label": str(_("Sign-in")), "url": f"{_HERE}sign-in/", "icon": "lock"}
    invite = {"label": str(_("Invite")), "url": f"{_HERE}invite/", "icon": "user-plus", "primary": True}
    number = counted.get(wanted, 0) if wanted else sum(counted.values())
    actions = [invite]
    waits = registrations.count_waiting(view.connection)
    if waits:
        label = str(_("Waiting: %(n)s") % {"n": view.formats.number(waits)})
        actions.insert(0, {"label": label, "url": f"{_HERE}waiting/", "icon": "clock"})
    # Found by words: how many there are in all is not counted.
    return settings_page(view, "users", blocks, actions=[rules, *actions], count=None if query else number)


def _table(view: View, found: Sequence[users.User]) -> dict[str, Any]:
    roles = rights.roles_of(view.connection, [user.id for user in found])
    memberships = units.memberships_of(view.connection, [user.id for user in found], now=view.runtime.clock())
    labels = view.runtime.registry.roles
    rows = []
    for user in found:
        name, other = _shown(user)
        cell: dict[str, Any] = {"title": name, "face": face(user.id, name), "sub": user.email}
        if other:
            cell |= {"other": other, "other_lang": other_lang(other)}
        status = _STATUS[user.status]
        places = [in_script(m.unit_name, m.unit_name_alt)[0] for m in memberships.get(user.id, ())]
        rows.append(
            {
                "id": user.id,
                "url": f"{_HERE}{user.id}/",
                "title": name,
                "cells": {
                    "name": cell,
                    "status": {"label": str(status[0]), "dot": status[1]},
                    "roles": ", ".join(str(labels[r].label) if r in labels else r for r in roles.get(user.id, ())),
                    "units": ", ".join(places),
                    "seen": user.last_seen_at,
                },
            }
        )
    return {
        "label": str(_("Users")),
        "columns": [
            {"key": "name", "label": str(_("Name")), "kind": "name"},
            {"key": "status", "label": str(_("Status")), "kind": "status", "width": 150, "phone": "line"},
            {"key": "roles", "label": str(_("Roles")), "kind": "text", "width": 240, "phone": "line"},
            {"key": "units", "label": str(_("Unit")), "kind": "text", "width": 180},
            {"key": "seen", "label": str(_("Last seen")), "kind": "reldate", "width": 130, "phone": "end"},
        ],
        "rows": rows,
        "two": True,
        "select": False,
        "empty": {"title": str(_("Nobody matches"))},
    }


# ---- invite


@route(blueprint, _HERE + "invite/", policy=POLICY, endpoint="invite")
def show_invite() -> Response:
    return _invite_page(current(), {})


def _role_choices(view: View, audience: str) -> list[dict[str, Any]]:
    return [
        {"value": role.key, "label": str(role.label)}
        for role in view.runtime.registry.roles.values()
        if role.audience == audience and role.key != audience
    ]


def _unit_choices(view: View) -> list[dict[str, Any]]:
    found = units.list_units(view.connection, now=view.runtime.clock())
    return [{"value": u.id, "label": "\u2003" * u.depth + in_script(u.name, u.name_alt)[0]} for u in found if u.active]


def _invite_page(view: View, typed: Mapping[str, Any], errors: Sequence[FieldError] = ()) -> Response:
    audience = str(typed.get("audience") or view.args.get("audience") or "employee")
    audience = audience if audience in AUDIENCES else "employee"
    portals = {spec.audience for spec in view.runtime.registry.portals.values()} | {"employee"}
    fields = [
        field("audience", "choice", _("Portal"), audience,
              choices=[{"value": key, "label": str(PORTALS[key])} for key in AUDIENCES if key in portals]),
        field("email", "email", _("Mail"), typed.get("email", ""), autofocus=True),
        field("name", "text", _("Name"), typed.get("name", ""), width="half", max_length=120),
        field("name_alt", "text", _("Name in the other script"), typed.get("name_alt", ""), width="half",
              required=False),
    ]  # fmt: skip
    if audience == "employee":
        fields += [
            field("unit", "choice", _("Unit"), typed.get("unit", ""), width="half", required=False, as_select=True,
                  choices=_unit_choices(view)),
            field("position", "text", _("Position"), typed.get("position", ""), width="half", required=False),
        ]  # fmt: skip
    else:
        fields.append(anchor_field(view, ()))
    choices = _role_choices(view, audience)
    if choices:
        chosen = typed.get("roles") or []
        fields.append(field("roles", "choices", _("Roles"), chosen, choices=choices, required=False))
    block = form_block(f"{_HERE}invite/", fields, _("Invite"), errors, cancel_url=_HERE)
    crumbs = [{"url": _HERE, "label": str(_("Users"))}]
    return settings_page(view, "users", [block], title=_("Invite"), crumbs=crumbs, status=422 if errors else 200)


def anchor_field(view: View, ids: Sequence[int]) -> dict[str, Any]:
    """Records that stand for a person: their own organisations and their own person record."""
    titles = view.records.system("settings: name anchors").titles(ids)
    selected = [{"id": number, "title": ref.title or f"#{number}"} for number, ref in titles.items()]
    help_text = str(_("What the person sees in the portal follows from these records."))
    return field("anchors", "references", _("Stands for"), None, required=False, help=help_text, selected=selected,
                 search_url=f"{_HERE}anchors/")  # fmt: skip


@route(blueprint, _HERE + "invite/", policy=POLICY, methods=["POST"], endpoint="do_invite")
def do_invite() -> Response:
    view = current()
    form = view.form
    unit = form.get("unit", "")
    typed: dict[str, Any] = {name: form.get(name, "").strip() for name in ("email", "name", "name_alt", "position")}
    typed |= {"audience": form.get("audience", "employee"), "roles": form.getlist("roles"), "unit": unit}
    try:
        invitation = admin.invite(
            view.records,
            email=typed["email"],
            name=typed["name"],
            audience=typed["audience"],
            name_alt=typed["name_alt"],
            roles=typed["roles"],
            unit=int(unit) if unit.isdigit() else None,
            position=typed["position"],
            anchors=[int(part) for part in form.getlist("anchors") if part.isdigit()],
        )
    except ValidationFailed as error:
        view.undo_all()
        return _invite_page(view, typed, error.errors)
    return link_page(view, invitation, str(typed["name"]), _("Invitation for %(name)s"))


def link_page(view: View, invitation: admin.Invitation, name: str, title: Any) -> Response:
    """The link, shown once; sent as well where mail is set up."""
    until = view.formats.datetime(invitation.expires_at)
    sent = (
        _("A mail with a link of its own is on its way.") if invitation.mailed else _("Hand this link over yourself.")
    )
    help_text = _("Good once, until %(date)s. It is shown only here.") % {"date": until}
    blocks = [
        {"kind": "note", "text": str(sent), "tone": "ok" if invitation.mailed else "warn", "title": ""},
        {"kind": "copy", "label": str(_("Link")), "value": invitation.url, "help": str(help_text)},
    ]
    crumbs = [{"url": _HERE, "label": str(_("Users"))}]
    done = {"label": str(_("Done")), "url": f"{_HERE}{invitation.user_id}/", "primary": True}
    return settings_page(view, "users", blocks, title=title % {"name": name}, crumbs=crumbs, actions=[done])


@route(blueprint, _HERE + "anchors/", policy=POLICY, endpoint="anchors")
def pick_anchor() -> Response:
    """Organisations and persons by title; administrators need no business role to say whom an account stands for."""
    view = current()
    typed = view.args.get("q", "").strip()[:100]
    rows = []
    system = view.records.system("settings: find anchors")
    for entity in view.runtime.registry.entities.values():
        if typed and entity.spec.traits & {"core.organization", "core.person"}:
            page = system.query(entity.key, fields=["title"], search=typed, limit=8)
            rows += [
                {"id": row.id, "title": row.title, "icon": entity.spec.icon, "note": str(entity.label)}
                for row in page.rows
            ]
    return view.fragment_of("wf/field.html", "picker_options", rows)


# ---- one user


@route(blueprint, _HERE + "<int:user_id>/", policy=POLICY, endpoint="user")
def show_user(user_id: int) -> Response:
    return _user_page(current(), user_id)


def _user_page(view: View, user_id: int, errors: Sequence[FieldError] = ()) -> Response:
    user = users.find(view.connection, user_id)
    name, _other = _shown(user)
    own = rights.roles_of(view.connection, [user_id]).get(user_id, [])
    fields = [
        field("name", "text", _("Name"), user.name, width="half", max_length=120),
        field("name_alt", "text", _("Name in the other script"), user.name_alt, width="half", required=False),
        field("email", "email", _("Mail"), user.email, width="half"),
        field("phone", "phone", _("Phone"), user.phone, width="half", required=False),
    ]
    choices = _role_choices(view, user.audience)
    if choices:
        fields.append(field("roles", "choices", _("Roles"), own, choices=choices, required=False))
    if user.audience != "employee":
        fields.append(anchor_field(view, rights.anchors_of(view.connection, [user_id]).get(user_id, [])))
    status = _STATUS[user.status]
    facts = {
        "rows": [
            {"label": str(_("Portal")), "kind": "text", "v": str(PORTALS[user.audience])},
            {"label": str(_("Status")), "kind": "status", "v": {"label": str(status[0]), "dot": status[1]}},
            {"label": str(_("Last seen")), "kind": "datetime", "v": user.last_seen_at},
        ]
    }
    blocks = [
        {"kind": "details", "details": facts},
        form_block(f"{_HERE}{user_id}/", fields, _("Save"), errors, cancel_url=_HERE),
    ]
    if user.audience == "employee":
        blocks += _memberships(view, user_id)
        blocks += _deputies(view, user_id)
    blocks += blocks_of(view, user)
    crumbs = [{"url": _HERE, "label": str(_("Users"))}]
    return settings_page(
        view,
        "users",
        blocks,
        title=name,
        crumbs=crumbs,
        actions=_user_actions(view, user),
        status=422 if errors else 200,
    )


def _user_actions(view: View, user: users.User) -> list[dict[str, Any]]:
    def post(word: str, label: Any, **more: Any) -> dict[str, Any]:
        return {"label": str(label), "url": f"{_HERE}{user.id}/{word}/", "opens": "post", **_INTO_PAGE, **more}

    if user.status == "inactive":
        return [post("reactivate", _("Reactivate"))]
    first = post("invite", _("New invitation link")) if user.status == "invited" else post("reset", _("Reset link"))
    found = [first, post("sessions", _("Sign out everywhere"))]
    if user.id != view.principal.user_id and view.principal.has_role(VIEW_AS):
        found.insert(0, post("view-as", _("View as"), icon="eye"))
    if user.id != view.principal.user_id:
        found.append(post("deactivate", _("Deactivate"), danger=True))
    return found


def _deputies(view: View, user_id: int) -> list[dict[str, Any]]:
    """Who acts for the person, to be ended; absent when nobody does."""
    found = [
        one for one in rights.deputies(view.connection, user_id, now=view.runtime.clock()) if one.user_id == user_id
    ]
    known = people.people(view.connection, [one.deputy_id for one in found])
    rows = [
        deputy_row(view, one, known, one.deputy_id, url=f"{_HERE}{user_id}/deputies/{one.id}/end/") for one in found
    ]
    if not rows:
        return []
    return [{"kind": "panel", "panel": {"title": str(_("Deputies")), "rows": rows, "rows_two": True, "full": True}}]


def _memberships(view: View, user_id: int) -> list[dict[str, Any]]:
    found = units.memberships_of(view.connection, [user_id], now=view.runtime.clock()).get(user_id, [])
    rows = []
    for one in found:
        position = in_script(one.position or "", one.position_alt)[0]
        row: dict[str, Any] = {
            "title": in_script(one.unit_name, one.unit_name_alt)[0],
            "icon": "sitemap",
            "sub": position,
            "action": {
                "label": str(_("End")), "url": f"{_HERE}{user_id}/units/{one.id}/end/", "opens": "post", "button": True,
            },
        }  # fmt: skip
        if one.head:
            row["chip"] = str(_("head"))
        rows.append(row)
    panel = {
        "title": str(_("Units")), "rows": rows, "rows_two": True, "full": True,
        "empty": {"title": str(_("Not in any unit yet."))},
    }  # fmt: skip
    fields = [
        field("unit", "choice", _("Unit"), "", width="half", as_select=True, choices=_unit_choices(view)),
        field("position", "text", _("Position"), "", width="half", required=False),
        field("head", "boolean", _("Heads this unit"), False),
    ]
    return [{"kind": "panel", "panel": panel}, form_block(f"{_HERE}{user_id}/units/", fields, _("Add to unit"))]
