"""Sharing one record: with a person, a unit, or by a link; who will see it is named. And the page behind a link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, request

from weft.core.access.decide import decide
from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity import people, principals, units
from weft.core.identity.principal import ANONYMOUS
from weft.core.records import share_links, shares, unit
from weft.core.records.facade import Records
from weft.core.records.values import RefValue, Row
from weft.core.registry.model import EntityType
from weft.core.rest.limits import Limits
from weft.core.web.pages.resolve import entity_at, require_operation
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import field, form_block
from weft.core.web.values import Values, face

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("sharing", __name__)
_BASE = "/<portal>/<plugin>/<slug>/<int:record_id>/share/"
_LIMITS = "share.limits"
_NAMED = 8


@route(blueprint, _BASE, policy="portal:employee", endpoint="show")
def show_sharing(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    require_operation(view, entity, "share", record_id)
    return _page(view, entity, record_id)


def _page(
    view: View,
    entity: EntityType,
    record_id: int,
    errors: Sequence[FieldError] = (),
    *,
    form: str = "",
    secret: str = "",
) -> Response:
    row = view.records.get(entity.key, record_id)
    here = view.url(entity.key, record_id, "share") + "/"
    blocks: list[dict[str, Any]] = []
    if secret:
        help_text = str(_("Whoever has it reads the chosen fields. It is shown only once."))
        url = f"{view.runtime.settings.public_url}/shared/{secret}"
        blocks.append({"kind": "copy", "label": str(_("Address of the link")), "value": url, "help": help_text})
    blocks += [
        _shared_with(view, entity, record_id, here),
        _share_form(view, here, errors if form == "share" else ()),
        _open_links(view, entity, record_id, here),
        _link_form(view, entity, record_id, here, errors if form == "link" else ()),
    ]
    title = in_script(row.title or "", str(row.get(entity.spec.alt_title) or "") if entity.spec.alt_title else "")[0]
    crumbs = [{"url": view.url(entity.key, record_id), "label": title}]
    head = {"title": str(_("Share")), "crumbs": {"links": crumbs}}
    page = {"title": head["title"], "back": crumbs[0]}
    status = 422 if errors else 200
    return view.render("settings/page.html", status, page=page, head=head, nav=None, blocks=blocks)


def _shared_with(view: View, entity: EntityType, record_id: int, here: str) -> dict[str, Any]:
    """With whom, and which people that are in fact."""
    rows = []
    for one in shares.shares(view.records, record_id):
        until = view.formats.date(one.expires_at) if one.expires_at else str(_("for good"))
        level = _("to edit") if one.level == "edit" else _("to read")
        row: dict[str, Any] = {
            "action": {"label": str(_("End")), "url": f"{here}{one.id}/end/", "opens": "post", "button": True},
        }
        if one.person is not None:
            name = in_script(one.person.name, one.person.alt)[0]
            row |= {"title": name, "face": face(one.person.id, name)}
            who = "" if _sees(view, entity, record_id, one.person.id) else str(_("their roles do not cover it"))
        else:
            assert one.unit is not None  # noqa: S101  (the table allows nothing else)
            row |= {"title": in_script(one.unit.name, one.unit.alt)[0], "icon": "sitemap"}
            who = _members(view, one.unit.id)
        rows.append(row | {"sub": " · ".join(part for part in (str(level), until, who) if part)})
    panel = {
        "title": str(_("Who sees it by sharing")), "rows": rows, "rows_two": True, "full": True,
        "empty": {"title": str(_("It is shared with nobody yet."))},
    }  # fmt: skip
    return {"kind": "panel", "panel": panel}


def _sees(view: View, entity: EntityType, record_id: int, user_id: int) -> bool:
    principal = principals.load(view.connection, view.runtime, user_id, "employee")
    return decide(Records(principal, view.records.state), entity.key, "read", record_id).readable


def _members(view: View, unit_id: int) -> str:
    found = units.members(view.connection, unit_id, now=view.runtime.clock(), subtree=True)
    known = people.people(view.connection, [one.user_id for one in found])
    names = [known[one.user_id].shown()[0] for one in found if one.user_id in known]
    words = str(_(", ")).join(dict.fromkeys(names[:_NAMED]))
    rest = len(names) - _NAMED
    return words if rest <= 0 else str(_("%(names)s and %(n)s more") % {"names": words, "n": rest})


def _share_form(view: View, here: str, errors: Sequence[FieldError]) -> dict[str, Any]:
    found = units.list_units(view.connection, now=view.runtime.clock())
    choices = [{"value": u.id, "label": in_script(u.name, u.name_alt)[0]} for u in found if u.active]
    levels = [{"value": "read", "label": str(_("to read"))}, {"value": "edit", "label": str(_("to edit"))}]
    fields = [
        {"name": "user", "kind": "reference", "label": str(_("Person")), "required": False, "selected": [],
         "search_url": view.page("pick", "people")},
        field("unit", "choice", _("or a unit"), "", choices=choices, required=False, as_select=True),
        field("level", "choice", _("For what"), "read", choices=levels, width="half"),
        field("expires_at", "date", _("Until"), "", required=False, width="half"),
    ]  # fmt: skip
    return form_block(here, fields, _("Share"), errors, id="share-form")


def _open_links(view: View, entity: EntityType, record_id: int, here: str) -> dict[str, Any]:
    rows = []
    found = share_links.links(view.records, record_id)
    known = people.people(view.connection, [one.created_by for one in found])
    for one in found:
        names = str(_(", ")).join(str(entity.fields[name].label) for name in one.fields if name in entity.fields)
        maker = known[one.created_by].shown()[0] if one.created_by in known else "?"
        slots = {"who": maker, "end": view.formats.date(one.expires_at), "n": one.uses, "fields": names}
        rows.append(
            {
                "title": one.note or str(_("Address of the link")),
                "icon": "link",
                "sub": str(_("by %(who)s · until %(end)s · opened %(n)s times · %(fields)s") % slots),
                "action": {
                    "label": str(_("End")), "url": f"{here}links/{one.id}/end/", "opens": "post", "button": True,
                },
            }
        )  # fmt: skip
    panel = {
        "title": str(_("Links for anybody who has them")), "rows": rows, "rows_two": True, "full": True,
        "empty": {"title": str(_("There is no open link."))},
    }  # fmt: skip
    return {"kind": "panel", "panel": panel}


def _link_form(
    view: View, entity: EntityType, record_id: int, here: str, errors: Sequence[FieldError]
) -> dict[str, Any]:
    names = share_links.offered_fields(view.records, entity.key, record_id)
    choices = [{"value": name, "label": str(entity.fields[name].label)} for name in names]
    chosen = view.form.getlist("fields") if errors else list(entity.spec.title)
    end = (view.today + timedelta(days=14)).isoformat()
    fields = [
        field(
            "note", "text", _("For whom"), view.form.get("note", "") if errors else "", required=False, max_length=120
        ),
        field("expires_at", "date", _("Until"), end, help=str(_("At most 90 days."))),
        field("fields", "choices", _("Fields it shows"), chosen, choices=choices),
    ]
    return form_block(f"{here}links/", fields, _("Make a link"), errors, id="link-form")


def _end_of(view: View, text: str) -> datetime | None:
    """The end of a day at the viewer's place; None when none was given."""
    if not text.strip():
        return None
    try:
        day = datetime.fromisoformat(text.strip()).date()
    except ValueError:
        raise ValidationFailed.single("expires_at", "invalid", _("Choose a day.")) from None
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(view.zone)).astimezone(UTC)


@route(blueprint, _BASE, policy="portal:employee", methods=["POST"], endpoint="share")
def share(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    user, group = (view.form.get(name, "") for name in ("user", "unit"))
    try:
        shares.share(
            view.records,
            record_id,
            user=int(user) if user.isdigit() else None,
            unit=int(group) if group.isdigit() else None,
            level=view.form.get("level", "read"),
            expires_at=_end_of(view, view.form.get("expires_at", "")),
        )
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, entity, record_id, error.errors, form="share")
    view.toast(_("Shared"))
    return view.redirect(view.url(entity.key, record_id, "share") + "/")


@route(blueprint, _BASE + "<int:number>/end/", policy="portal:employee", methods=["POST"], endpoint="unshare")
def unshare(portal: str, plugin: str, slug: str, record_id: int, number: int) -> Response:
    view, entity = entity_at(plugin, slug)
    shares.unshare(view.records, record_id, number)
    view.toast(_("No longer shared"))
    return view.redirect(view.url(entity.key, record_id, "share") + "/")


@route(blueprint, _BASE + "links/", policy="portal:employee", methods=["POST"], endpoint="make_link")
def make_link(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    try:
        end = _end_of(view, view.form.get("expires_at", ""))
        if end is None:
            raise ValidationFailed.single("expires_at", "required", _("Choose a day."))
        _number, secret = share_links.create(
            view.records, record_id, fields=view.form.getlist("fields"), expires_at=end, note=view.form.get("note", "")
        )
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, entity, record_id, error.errors, form="link")
    return _page(view, entity, record_id, secret=secret)


@route(
    blueprint, _BASE + "links/<int:number>/end/", policy="portal:employee", methods=["POST"], endpoint="end_link"
)  # fmt: skip
def end_link(portal: str, plugin: str, slug: str, record_id: int, number: int) -> Response:
    view, entity = entity_at(plugin, slug)
    share_links.revoke(view.records, record_id, number)
    view.toast(_("Link ended"))
    return view.redirect(view.url(entity.key, record_id, "share") + "/")


# ---- the page behind a link


@route(blueprint, "/shared/<token>", policy="public", door="probe", endpoint="open")
def open_link(token: str) -> Response:
    """Some fields of one record as plain text; every wrong, ended or withdrawn link looks the same."""
    runtime = current_app.extensions["weft"]
    limits: Limits = current_app.extensions.setdefault(_LIMITS, Limits(runtime.settings.redis_url))
    caller, now = request.remote_addr or "unknown", runtime.clock()
    limits.check_address(caller)
    view = current()
    view.become(ANONYMOUS)
    with runtime.db.read() as connection:
        found = share_links.find(runtime, connection, token, now=now)
    if found is None:
        limits.failed(caller)
        raise NotFound("link")
    limits.hit(-found.id)  # ids of tokens are positive: the counts of both never meet
    with unit.reading(runtime, found.principal, "link") as records:
        entity = runtime.registry.entity(found.entity)
        row = records.get(found.entity, found.record_id, fields=[*found.fields])
        data = _shown(view, entity, row, found.fields)
    with runtime.db.write() as connection:
        share_links.used(connection, found.id, now=now)
    return view.render("pages/shared.html", page={"title": data["title"]}, shared=data)


def _shown(view: View, entity: EntityType, row: Row, names: frozenset[str]) -> dict[str, Any]:
    """Labels and values; names of other records as words, never as links."""
    values = Values(view.runtime.registry, "employee")
    rows = []
    for name, declared in entity.fields.items():
        if name not in names or name not in row or name in entity.spec.title:
            continue
        value = row[name]
        if value is None or value == "":
            continue
        if isinstance(value, RefValue):
            rows.append({"label": str(declared.label), "kind": "text", "v": in_script(value.title, value.alt)[0]})
        elif declared.kind.value not in ("file", "user"):
            shown = {"label": str(declared.label), "kind": values.kind(declared), "v": values.value(declared, value)}
            rows.append(shown)
    title = " ".join(str(row[name]) for name in entity.spec.title if row.get(name)) or str(entity.label)
    return {"title": title, "kind": str(entity.label), "rows": rows}
