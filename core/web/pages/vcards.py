"""vCards into lists of people, and a person as a vCard."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.import_export import people, runs
from weft.core.registry.model import EntityType
from weft.core.web.forms.conflict import pack, unpack
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("vcards", __name__)
_BASE = "/<portal>/<plugin>/<slug>/"
_LARGEST = 20 * 1024 * 1024
_SHOWN = 50


def _entity_at(plugin: str, slug: str, operation: str) -> tuple[View, EntityType]:
    view, entity = entity_at(plugin, slug, operation)
    if not people.takes_cards(entity):
        raise NotFound(slug)
    return view, entity


def _page(view: View, entity: EntityType, blocks: list[dict[str, Any]], status: int = 200, sub: str = "") -> Response:
    title = str(_("Import vCards into %(list)s") % {"list": entity.plural})
    back = {"url": view.url(entity.key), "label": str(entity.plural)}
    head = {"title": title, "crumbs": {"links": [back]}, "sub": sub}
    page = {"title": title, "back": back}
    return view.render("settings/page.html", status, page=page, head=head, nav=None, blocks=blocks)


@route(blueprint, _BASE + "vcards", policy="record", endpoint="choose")
def show_choose(portal: str, plugin: str, slug: str) -> Response:
    view, entity = _entity_at(plugin, slug, "create")
    return _choose(view, entity)


def _choose(view: View, entity: EntityType, error: object = None) -> Response:
    help_text = _("A file .vcf from a phone or a mail program, with one card or many. Known people are found by mail.")
    field: dict[str, Any] = {"name": "file", "kind": "file", "label": str(_("vCard file")), "files": [],
                             "accept": ".vcf,text/vcard", "help": str(help_text),
                             "limit": str(_("up to %(size)s") % {"size": view.formats.filesize(_LARGEST)})}  # fmt: skip
    if error:
        field["error"] = str(error)
    form = {"action": view.url(entity.key, "vcards"), "fields": [field], "submit": str(_("Next")), "plain": True,
            "multipart": True, "cancel_url": view.url(entity.key)}  # fmt: skip
    return _page(view, entity, [{"kind": "form", "form": form}], 422 if error else 200)


@route(blueprint, _BASE + "vcards", policy="record", methods=["POST"], upload=True, endpoint="receive")
def receive(portal: str, plugin: str, slug: str) -> Response:
    """Show whom a file names and what would happen; with ``go`` do it."""
    view, entity = _entity_at(plugin, slug, "create")
    kept = unpack(view, view.form.get("source", ""))
    if kept is not None:
        address, name = str(kept["address"]), str(kept["name"])
    else:
        given = view.files.get("file")
        if given is None or not given.filename:
            return _choose(view, entity, _("Choose a file."))
        address, name = runs.keep_source(view.runtime, given.stream), given.filename[:200]  # type: ignore[arg-type]
    running = kept is not None and view.form.get("go") == "run"
    view.close()
    view.writing = running
    with runs.open_source(view.runtime, address, name).stream as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        return _choose(view, entity, _("This file is too large for cards."))
    plan = people.plan_cards(view.records, entity, data)
    if not (plan.fresh or plan.known):
        return _choose(view, entity, _("The file holds no card with a name."))
    if not running:
        return _preview(view, entity, plan, pack(view, {"address": address, "name": name}), name)
    try:
        made, completed = people.store_cards(view.records, entity, plan)
    except ValidationFailed as error:
        view.undo_all()
        return _choose(view, entity, error.errors[0].message)
    slots = {"made": view.formats.number(made), "completed": view.formats.number(completed)}
    view.toast(_("%(made)s added, %(completed)s completed") % slots, undo=view.records.change_set_id)
    return view.redirect(view.url(entity.key))


def _preview(view: View, entity: EntityType, plan: people.CardPlan, source: str, name: str) -> Response:
    number = view.formats.number
    slots = {"fresh": number(len(plan.fresh)), "known": number(len(plan.known)), "bad": number(len(plan.nameless))}
    text = _("%(fresh)s new, %(known)s known by their mail, %(bad)s without a name.") % slots
    rows = [
        {"id": f"c{place}", "url": "", "title": str(values.get("name") or card.name),
         "cells": {"name": str(values.get("name") or card.name), "email": card.email, "company": card.company,
                   "what": str(_("new") if fresh else _("known"))}}
        for place, (card, values, fresh) in enumerate(
            [*((card, values, True) for card, values in plan.fresh),
             *((card, values, False) for _number, card, values in plan.known)][:_SHOWN]
        )
    ]  # fmt: skip
    columns: list[dict[str, Any]] = [
        {"key": "name", "label": str(_("Name")), "kind": "text"},
        {"key": "email", "label": str(_("Mail")), "kind": "text", "phone": "line"},
        {"key": "company", "label": str(_("Organisation")), "kind": "text"},
        {"key": "what", "label": str(_("Result")), "kind": "text", "width": 100, "phone": "end"},
    ]
    table = {"label": str(_("Cards")), "columns": columns, "rows": rows, "select": False, "id": "wf-cards"}
    form: dict[str, Any] = {
        "action": view.url(entity.key, "vcards"), "fields": [], "plain": True, "cancel_url": view.url(entity.key),
        "hidden": {"source": source, "go": "run"},
        "submit": str(_("Import %(n)s cards") % {"n": number(len(plan.fresh) + len(plan.known))}),
    }  # fmt: skip
    note = {"kind": "note", "tone": "warn" if plan.nameless else "ok", "text": str(text)}
    return _page(view, entity, [note, {"kind": "table", "table": table}, {"kind": "form", "form": form}], sub=name)


@route(blueprint, _BASE + "<int:record_id>/vcard", policy="record", endpoint="card")
def card(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    """A person as a file .vcf."""
    view, entity = _entity_at(plugin, slug, "read")
    body = people.card_of(view.records, entity, record_id)
    answer = Response(body.encode(), mimetype="text/vcard")
    answer.headers["Content-Disposition"] = f'attachment; filename="{entity.slug}-{record_id}.vcf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
