"""Import of a file into a list: choose it, match its columns, see what would happen, run it, take it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from weft.core.errors import NotFound, TooLarge, ValidationFailed
from weft.core.i18n import translator
from weft.core.import_export import runs
from weft.core.import_export.options import ImportOptions, Outcome
from weft.core.import_export.planning import ImportPlan, plan
from weft.core.import_export.running import dry_run
from weft.core.import_export.targets import Target
from weft.core.registry.model import EntityType
from weft.core.web.forms.conflict import pack, unpack
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("imports", __name__)
_BASE = "/<portal>/<plugin>/<slug>/import"
_SHOWN = 20
_OUT = "-"
_MODES = {
    "upsert": _("Create new records and change known ones"),
    "create": _("Only create new records"),
    "update": _("Only change known records"),
}
_STATES = {"waiting": _("waiting"), "running": _("running"), "done": _("done"), "failed": _("failed")}


def _page(view: View, entity: EntityType, blocks: list[dict[str, Any]], status: int = 200, **head: Any) -> Response:
    title = str(_("Import into %(list)s") % {"list": entity.plural})
    back = {"url": view.url(entity.key), "label": str(entity.plural)}
    shown: dict[str, Any] = {"title": title, "crumbs": {"links": [back]}, **head}
    page = {"title": title, "back": back}
    return view.render("settings/page.html", status, page=page, head=shown, nav=None, blocks=blocks)


@route(blueprint, _BASE, policy="record", endpoint="choose")
def show_choose(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "import")
    return _choose(view, entity)


def _choose(view: View, entity: EntityType, error: object = None) -> Response:
    limit = str(_("up to %(size)s") % {"size": view.formats.filesize(view.runtime.settings.upload_limit)})
    fields: list[dict[str, Any]] = [
        {"name": "file", "kind": "file", "label": str(_("File")), "accept": ".csv,.txt,.xlsx,.xls,.ods", "limit": limit,
         "help": str(_("CSV in any encoding, or a spreadsheet. The first row names the columns.")), "files": []},
    ]  # fmt: skip
    if error:
        fields[0]["error"] = str(error)
    form = {
        "action": view.url(entity.key, "import"), "fields": fields, "submit": str(_("Next")), "plain": True,
        "multipart": True, "cancel_url": view.url(entity.key),
    }  # fmt: skip
    return _page(view, entity, [{"kind": "form", "form": form}], 422 if error else 200)


@route(blueprint, _BASE, policy="record", methods=["POST"], upload=True, endpoint="receive")
def receive(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "import")
    given = view.files.get("file")
    if given is None or not given.filename:
        return _choose(view, entity, _("Choose a file."))
    try:
        address = runs.keep_source(view.runtime, given.stream)  # type: ignore[arg-type]
        # The check that follows only reads: it must not hold the writer's lock.
        view.writing = False
        return _check(view, entity, address, given.filename[:200], {}, "", "upsert")
    except (ValidationFailed, TooLarge) as error:
        message = error.errors[0].message if isinstance(error, ValidationFailed) else str(error)
        return _choose(view, entity, message)


def _label(view: View, target: Target) -> str:
    """Words of a place a column can go to."""
    words = {"id": _("Id"), "owner": _("Owner"), "unit": _("Unit")}
    text = str(target.field.label if target.field is not None else words.get(target.key, target.key))
    if target.relation:
        declared, reverse = view.runtime.registry.relation(target.relation)
        link = str(declared.inverse_label if reverse else declared.label)
        return f"{link}: {text}" if target.attribute else link
    return f"{text} ({target.part})" if target.part else text


def _check(
    view: View, entity: EntityType, address: str, name: str, mapping: dict[str, str | None], key: str, mode: str
) -> Response:
    """What the columns mean and what would happen, to be corrected or run."""
    source = runs.open_source(view.runtime, address, name)
    with source.stream:
        made = plan(view.records, entity.key, source, mapping or None, key or None, ImportOptions(mode=mode))
        outcome = dry_run(view.records, made)
    blocks = [_counts(view, outcome), *_faults(view, outcome)]
    blocks += [{"kind": "note", "text": str(text)} for text in made.notes]
    blocks.append({"kind": "form", "form": _matching(view, entity, made, outcome, (address, name, mode))})
    return _page(view, entity, blocks, sub=name)


def _counts(view: View, outcome: Outcome) -> dict[str, Any]:
    number = view.formats.number
    slots = {
        "total": number(outcome.total), "created": number(outcome.created), "updated": number(outcome.updated),
        "skipped": number(outcome.skipped), "faulty": number(outcome.faulty),
    }  # fmt: skip
    text = _(
        "%(total)s rows: %(created)s would be created, %(updated)s changed, %(skipped)s left as they are, "
        "%(faulty)s refused."
    )
    return {"kind": "note", "tone": "warn" if outcome.faulty else "ok", "text": str(text % slots)}


def _faults(view: View, outcome: Outcome) -> list[dict[str, Any]]:
    if not outcome.faults:
        return []
    rows = [
        {"id": f"f{index}", "url": "", "title": str(one.line),
         "cells": {"line": one.line, "column": one.column, "reason": str(one.reason)}}
        for index, one in enumerate(outcome.faults[:_SHOWN])
    ]  # fmt: skip
    columns: list[dict[str, Any]] = [
        {"key": "reason", "label": str(_("Reason")), "kind": "text"},
        {"key": "line", "label": str(_("Line")), "kind": "integer", "width": 90, "phone": "end"},
        {"key": "column", "label": str(_("Column")), "kind": "text", "width": 180, "phone": "line"},
    ]
    table = {"label": str(_("Refused rows")), "columns": columns, "rows": rows, "select": False, "id": "wf-faults"}
    return [{"kind": "table", "table": table}]


def _matching(
    view: View, entity: EntityType, made: ImportPlan, outcome: Outcome, source: tuple[str, str, str]
) -> dict[str, Any]:
    options = [{"value": _OUT, "label": str(_("Leave out"))}]
    options += [{"value": key, "label": _label(view, target)} for key, target in made.targets.items()]
    fields: list[dict[str, Any]] = []
    for column in made.columns:
        chosen = made.chosen.get(column.index)
        sample = next((str(row.cells[column.index]) for row in made.sample if row.cells[column.index]), "")
        fields.append(
            {"name": f"map-{column.index}", "kind": "choice", "as_select": True, "label": column.name,
             "choices": options, "value": chosen.key if chosen else _OUT, "help": sample[:80], "width": "half"}
        )  # fmt: skip
    keys = [{"value": "", "label": str(_("Every row is a new record"))}]
    keys += [{"value": t.key, "label": _label(view, t)} for t in made.chosen.values() if not t.part and not t.relation]
    settings: list[dict[str, Any]] = [
        {"name": "key", "kind": "choice", "as_select": True, "label": str(_("Known records are found by")),
         "choices": keys, "value": made.key, "required": False},
        {"name": "mode", "kind": "choice", "as_select": True, "label": str(_("What happens")), "value": source[2],
         "choices": [{"value": word, "label": str(label)} for word, label in _MODES.items()]},
        {"name": "go", "kind": "choice", "label": str(_("Next step")), "value": "check", "choices": [
            {"value": "check", "label": str(_("Check again"))},
            {"value": "run", "label": str(_("Import %(n)s rows")
                                          % {"n": view.formats.number(outcome.created + outcome.updated)})},
        ]},
    ]  # fmt: skip
    return {
        "action": view.url(entity.key, "import", "check"),
        "groups": [
            {"title": str(_("Columns of the file")), "fields": fields},
            {"title": str(_("Import")), "fields": settings},
        ],
        "hidden": {"source": pack(view, {"address": source[0], "name": source[1]})},
        "submit": str(_("Go on")),
        "plain": True,
        "cancel_url": view.url(entity.key),
    }


@route(blueprint, _BASE + "/check", policy="record", methods=["POST"], endpoint="check")
def check(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "import")
    kept = unpack(view, view.form.get("source", ""))
    if kept is None:
        raise NotFound("source")
    address, name = str(kept["address"]), str(kept["name"])
    key, mode = view.form.get("key", ""), view.form.get("mode", "upsert")
    source = runs.open_source(view.runtime, address, name)
    running = view.form.get("go") == "run"
    view.writing = running
    with source.stream:
        found = plan(view.records, entity.key, source, None, None, ImportOptions())
        mapping = {
            column.name: None
            if view.form.get(f"map-{column.index}", _OUT) == _OUT
            else view.form[f"map-{column.index}"]
            for column in found.columns
        }
    try:
        if not running:
            return _check(view, entity, address, name, mapping, key, mode)
        options = ImportOptions(mode=mode)
        number = runs.start(view.records, entity.key, address, name, mapping=mapping, key=key or None, options=options)
    except ValidationFailed as error:
        note = {"kind": "note", "tone": "stop", "text": str(error.errors[0].message)}
        again = {"label": str(_("Begin again")), "url": view.url(entity.key, "import")}
        return _page(view, entity, [note], 422, actions=[again])
    view.toast(_("The import runs; you can go on working"))
    return view.redirect(view.url(entity.key, "import", number))


@route(blueprint, _BASE + "/<int:number>", policy="record", endpoint="run")
def show_run(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, entity = entity_at(plugin, slug, "import")
    found = runs.find(view.records, number)
    if found.entity != entity.key:
        raise NotFound(str(number))
    rows: list[dict[str, Any]] = [
        {"label": str(_("File")), "kind": "text", "v": found.file_name},
        {"label": str(_("State")), "kind": "text", "v": str(_STATES.get(found.state, found.state))},
        {"label": str(_("Rows")), "kind": "integer", "v": found.total or found.processed},
        {"label": str(_("Created")), "kind": "integer", "v": found.created},
        {"label": str(_("Changed")), "kind": "integer", "v": found.updated},
        {"label": str(_("Left as they are")), "kind": "integer", "v": found.skipped},
        {"label": str(_("Refused")), "kind": "integer", "v": found.faulty},
    ]
    blocks: list[dict[str, Any]] = [{"kind": "details", "details": {"rows": rows}}]
    if found.message:
        blocks.insert(0, {"kind": "note", "tone": "stop", "text": found.message})
    here = view.url(entity.key, "import", number)
    actions: list[dict[str, Any]] = []
    if found.state in ("waiting", "running"):
        actions.append({"label": str(_("Look again")), "url": here})
    if found.errors and found.user_id == view.principal.user_id:
        actions.append(
            {"label": str(_("Refused rows")), "url": f"{here}/faults", "icon": "download", "opens": "download"}
        )
    if found.change_set_id:
        url = view.page("undo", found.change_set_id)
        actions.append({"label": str(_("Take the import back")), "url": url, "opens": "post"})
    return _page(view, entity, blocks, actions=actions)


@route(blueprint, _BASE + "/<int:number>/faults", policy="record", endpoint="faults")
def faults(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, _entity = entity_at(plugin, slug, "import")
    stream = runs.faults(view.records, number)
    answer = Response(stream, mimetype="text/csv", direct_passthrough=True)
    answer.headers["Content-Disposition"] = f'attachment; filename="refused-{number}.csv"'
    return answer
