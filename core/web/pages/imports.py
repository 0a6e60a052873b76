"""Import of a file into a list: choose it, match its columns, see what would happen, run it, take it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from weft.core.errors import NotFound, TooLarge, ValidationFailed
from weft.core.i18n import translator
from weft.core.import_export import runs
from weft.core.import_export.options import ImportOptions
from weft.core.import_export.planning import plan
from weft.core.import_export.running import dry_run
from weft.core.registry.model import EntityType
from weft.core.web.forms.conflict import pack, unpack
from weft.core.web.forms.import_grid import Decisions, grid, kept_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("imports", __name__)
_BASE = "/<portal>/<plugin>/<slug>/import"
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
        return _check(view, entity, address, given.filename[:200], Decisions())
    except (ValidationFailed, TooLarge) as error:
        message = error.errors[0].message if isinstance(error, ValidationFailed) else str(error)
        return _choose(view, entity, message)


def _check(view: View, entity: EntityType, address: str, name: str, decided: Decisions) -> Response:
    """What the columns mean and what would happen, to be corrected in place or run."""
    source = runs.open_source(view.runtime, address, name)
    with source.stream:
        made = plan(view.records, entity.key, source, decided.mapping or None, decided.key or None, decided.options())
        outcome = dry_run(view.records, made)
    data = grid(view, made, outcome, decided)
    number = view.formats.number
    slots = {
        "total": number(outcome.total), "created": number(outcome.created), "updated": number(outcome.updated),
        "skipped": number(outcome.skipped), "faulty": number(outcome.faulty),
    }  # fmt: skip
    text = _(
        "%(total)s rows: %(created)s would be created, %(updated)s changed, %(skipped)s left as they are, "
        "%(faulty)s refused."
    )
    notes: list[dict[str, Any]] = [{"tone": "warn" if outcome.faulty else "ok", "text": str(text % slots)}]
    if outcome.warned:
        heard = _("%(count)s rows may be there already; they are created all the same.")
        said = outcome.warnings[:5]
        lines = [str(_("Line %(line)s: %(text)s") % {"line": line, "text": words}) for line, words in said]
        notes.append({"tone": "warn", "text": " ".join([str(heard % {"count": number(outcome.warned)}), *lines])})
    notes += [{"tone": None, "text": str(one)} for one in made.notes]
    title = str(_("Import into %(list)s") % {"list": entity.plural})
    back = {"url": view.url(entity.key), "label": str(entity.plural)}
    return view.render(
        "pages/import_check.html",
        page={"title": title, "back": back},
        head={"title": title, "crumbs": {"links": [back]}, "sub": name},
        notes=notes,
        grid=data,
        action=view.url(entity.key, "import", "check"),
        cancel_url=view.url(entity.key, "import"),
        source=pack(view, kept_of(data, decided, address, name) | {"total": outcome.total}),
        run_label=str(_("Import %(n)s rows") % {"n": number(data["ready"])}),
        hidden_rows=max(0, outcome.faulty - len(data["rows"])),
    )


@route(blueprint, _BASE + "/check", policy="record", methods=["POST"], endpoint="check")
def check(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "import")
    kept = unpack(view, view.form.get("source", ""))
    if kept is None:
        raise NotFound("source")
    address, name = str(kept["address"]), str(kept["name"])
    source = runs.open_source(view.runtime, address, name)
    running = view.form.get("go") == "run"
    view.writing = running
    with source.stream:
        decided = Decisions.of(view, kept, plan(view.records, entity.key, source, None, None, ImportOptions()))
    try:
        if not running:
            return _check(view, entity, address, name, decided)
        number = runs.start(
            view.records, entity.key, address, name,
            mapping=decided.mapping, key=decided.key or None, options=decided.options(),
            total=int(kept.get("total", 0)),
        )  # fmt: skip
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
    here = view.url(entity.key, "import", number)
    if found.state in ("waiting", "running"):
        blocks.insert(0, _progress(view, found, here))
    if found.message:
        blocks.insert(0, {"kind": "note", "tone": "stop", "text": found.message})
    actions: list[dict[str, Any]] = []
    if found.errors and found.user_id == view.principal.user_id:
        actions.append(
            {"label": str(_("Refused rows")), "url": f"{here}/faults", "icon": "download", "opens": "download"}
        )
    if found.change_set_id:
        url = view.page("undo", found.change_set_id)
        actions.append({"label": str(_("Take the import back")), "url": url, "opens": "post"})
    return _page(view, entity, blocks, actions=actions)


def _progress(view: View, run: runs.ImportRun, here: str) -> dict[str, Any]:
    """How far it is; the block looks again by itself until the import has ended."""
    number = view.formats.number
    note = str(_("%(done)s of %(total)s rows") % {"done": number(run.processed), "total": number(run.total)})
    label = _("The import runs") if run.state == "running" else _("The import begins shortly")
    percent = round(100 * run.processed / run.total) if run.total else 0
    return {"kind": "progress", "label": str(label), "note": note if run.total else "", "percent": percent, "url": here}


@route(blueprint, _BASE + "/<int:number>/faults", policy="record", endpoint="faults")
def faults(portal: str, plugin: str, slug: str, number: int) -> Response:
    view, _entity = entity_at(plugin, slug, "import")
    stream = runs.faults(view.records, number)
    answer = Response(stream, mimetype="text/csv", direct_passthrough=True)
    answer.headers["Content-Disposition"] = f'attachment; filename="refused-{number}.csv"'
    return answer
