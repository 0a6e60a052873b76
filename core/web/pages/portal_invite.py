"""Inviting a person of another organisation into its portal, from the person's own record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.access.decide import decide
from weft.core.db.fields import Kind
from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity import directory, users
from weft.core.portal import colleagues
from weft.core.records.values import RefValue, Row
from weft.core.registry.declarations import PortalSpec
from weft.core.registry.model import EntityType
from weft.core.web.frame import locale_names
from weft.core.web.pages.actions import title_of
from weft.core.web.pages.colleagues import invitation_blocks
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.settings.area import field, form_block

__all__ = ["INVITE_SLOT", "blueprint", "invite_button"]

_ = translator("core")

blueprint = Blueprint("portal_invite", __name__)
_HERE = "/<portal>/<plugin>/<slug>/<int:record_id>/portal"
_PERSON, _ORGANISATION = "core.person", "core.organization"
#: Which portals suit an organisation: ``context(view, row) -> {"audiences": [...]}``, the likeliest first.
INVITE_SLOT = "portal.invite"


def organisation_fields(view: View, entity: EntityType) -> list[str]:
    """References of a kind of person that lead to organisations."""
    targets = view.runtime.registry.targets
    references = {name: one for name, one in entity.fields.items() if one.kind is Kind.REFERENCE and "*" not in one.to}
    return [
        name for name, one in references.items() if any(_ORGANISATION in target.spec.traits for target in targets(one))
    ]


def invite_button(view: View, entity: EntityType, row: Row) -> dict[str, Any] | None:
    """The line in the More menu of a person's page, for those who may show the organisation's record to others."""
    if not view.principal.internal or _PERSON not in entity.spec.traits or not _portals(view):
        return None
    firm = _organisation(view, entity, row)
    if firm is None or not view.may(firm.type, "share"):
        return None
    if not decide(view.records, firm.type, "share", firm.id).allowed:
        return None
    address = view.url(entity.key, row.id, "portal")
    return {"label": str(_("Invite to the portal")), "url": address, "icon": "user-plus"}


def _portals(view: View) -> list[PortalSpec]:
    specs = view.runtime.registry.portals.values()
    return sorted((one for one in specs if one.audience != "employee"), key=lambda one: (one.order, one.key))


def _organisation(view: View, entity: EntityType, row: Row) -> RefValue | None:
    for name in organisation_fields(view, entity):
        found = row.get(name)
        if isinstance(found, RefValue) and not found.restricted:
            return found
    return None


def _found(plugin: str, slug: str, record_id: int) -> tuple[View, EntityType, Row, RefValue]:
    view, entity = entity_at(plugin, slug)
    if not view.principal.internal or _PERSON not in entity.spec.traits or not _portals(view):
        raise NotFound(str(record_id))
    row = view.records.get(entity.key, record_id, trash=False)
    firm = _organisation(view, entity, row)
    if firm is None:
        name = str(view.entity(entity.key).label)
        text = _("Link this record to an organisation first: %(kind)s.") % {"kind": name}
        raise ValidationFailed.single("", "organisation", text)
    colleagues.may_invite(view.records, firm.id)
    return view, entity, row, firm


@route(blueprint, _HERE, policy="record", endpoint="ask")
def show_invite(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity, row, firm = _found(plugin, slug, record_id)
    return _page(view, entity, row, firm, {})


def _audiences(view: View, firm: RefValue) -> list[PortalSpec]:
    """Portals in the order plugins propose for this organisation; all of them when nobody proposes any."""
    wished: list[str] = []
    for slot in view.runtime.registry.slots:
        if slot.slot == INVITE_SLOT and slot.entity == firm.type and slot.context is not None:
            found = slot.context(view, view.records.find(firm.id)) or {}
            wished += [one for one in found.get("audiences", ()) if one not in wished]
    portals = _portals(view)
    proposed = [one for audience in wished for one in portals if one.audience == audience]
    return proposed or portals


def _usual(entity: EntityType, row: Row) -> dict[str, str]:
    """Mail and names as the record has them."""
    mail = next((row.get(name) for name, one in entity.fields.items() if one.kind is Kind.EMAIL and row.get(name)), "")
    alt = row.get(entity.spec.alt_title) if entity.spec.alt_title else ""
    return {"email": str(mail or ""), "name": str(row.title or ""), "name_alt": str(alt or "")}


def _page(
    view: View, entity: EntityType, row: Row, firm: RefValue, typed: Mapping[str, Any],
    errors: Sequence[FieldError] = (),
) -> Response:  # fmt: skip
    portals, here = _audiences(view, firm), view.url(entity.key, row.id, "portal")
    wished = str(typed.get("audience") or view.args.get("audience", ""))
    spec = next((one for one in portals if one.audience == wished), portals[0])
    roles = colleagues.external_roles(view.runtime, spec.audience)
    given = {**_usual(entity, row), **typed}
    blocks: list[dict[str, Any]] = [*_known(view, row.id)]
    if len(portals) > 1:
        tabs = [
            {"label": str(one.label), "url": f"{here}?audience={one.audience}", "current": one.key == spec.key}
            for one in portals
        ]
        blocks.append({"kind": "tabs", "tabs": {"label": str(_("Portal")), "tabs": tabs}})
    fields = [
        field("email", "email", _("Mail"), given["email"], max_length=254),
        field("name", "text", _("Name"), given["name"], width="half", max_length=120),
        field("name_alt", "text", _("Name in the other script"), given["name_alt"], width="half", required=False,
              max_length=120),
        field("locale", "choice", _("Language"), typed.get("locale") or view.locale, choices=locale_names()),
    ]  # fmt: skip
    if roles:
        choices = [{"value": one.key, "label": str(one.label)} for one in roles]
        ticked = typed.get("roles", [one.key for one in roles])
        help_text = str(_("The portal administrator invites the others of the same company."))
        more = {"choices": choices, "required": False, "help": help_text}
        fields.append(field("roles", "choices", _("May use"), ticked, **more))
    back = {"url": view.url(entity.key, row.id), "label": title_of(view, entity, row)}
    hidden = {"audience": spec.audience}
    blocks.append(form_block(here, fields, _("Invite"), errors, hidden=hidden, cancel_url=back["url"]))
    title = _("Invite to the portal: %(name)s") % {"name": in_script(firm.title, firm.alt)[0]}
    return _shown(view, str(title), blocks, back, 422 if errors else 200)


def _known(view: View, person: int) -> list[dict[str, Any]]:
    """Says so when somebody signs in for this record already."""
    ids = directory.standing_for(view.records, [person]).get(person, [])
    found = users.find_many(view.connection, ids)
    if not found:
        return []
    names = ", ".join(f"{users.shown_name(one, view.locale)} ({one.email})" for one in found)
    text = _("This person has access already: %(names)s") % {"names": names}
    return [{"kind": "note", "text": str(text), "tone": "warn"}]


def _shown(view: View, title: str, blocks: list[dict[str, Any]], back: dict[str, str], status: int = 200) -> Response:
    head = {"title": title, "crumbs": {"links": [back]}}
    page = {"title": title, "back": back}
    return view.render("settings/page.html", status, page=page, head=head, nav=None, blocks=blocks)


@route(blueprint, _HERE, policy="record", methods=["POST"], endpoint="invite")
def invite(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity, row, firm = _found(plugin, slug, record_id)
    typed: dict[str, Any] = {
        name: view.form.get(name, "").strip() for name in ("email", "name", "name_alt", "audience", "locale")
    }
    typed["roles"] = view.form.getlist("roles")
    try:
        invitation = colleagues.invite_first(view.records, person=record_id, organisation=firm.id, **typed)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, entity, row, firm, typed, error.errors)
    back = {"url": view.url(entity.key, row.id), "label": title_of(view, entity, row)}
    title = _("Invitation for %(name)s") % {"name": typed["name"]}
    return _shown(view, str(title), invitation_blocks(view, invitation), back)
