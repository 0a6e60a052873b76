"""Settings > Processes > Upload a model: BPMN is checked, then each task for people gets the people who do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import FieldError, NotFound, ValidationFailed, audit_note, translator
from weft.core.websdk import View, settings_nav, settings_page
from weft.plugins.workflow.grants import PROCESS
from weft.plugins.workflow.services import chains, models_read, processes, tables
from weft.plugins.workflow.services.feel import FeelError
from weft.plugins.workflow.services.models_read import Checked
from weft.plugins.workflow.views import chain_fields, chain_form

_ = translator("workflow")

__all__ = ["upload"]

BASE = "/employee/settings/processes/"
_REASON = "workflow: an uploaded process"


def upload(view: View) -> Any:
    """Ask for the file and what it is about; then for the people; then keep it."""
    entity = (view.form if view.writing else view.args).get("entity", "")
    key = (view.form if view.writing else view.args).get("key", "")
    if key and not entity:
        entity = _of(view, key)
    if not view.writing:
        return _ask(view, entity, key)
    text = _text(view)
    if entity not in view.runtime.registry.entities:
        return _ask(view, "", key, [FieldError("entity", "required", _("Choose what kind of record it is about."))])
    try:
        checked = models_read.read(text, view.form.get("process", ""))
    except ValidationFailed as error:
        return _ask(view, entity, key, error.errors)
    if view.form.get("stage") != "people":
        return _people(view, checked, _first(view, checked, entity), key)
    given = chain_form.read(view.form)
    try:
        return _keep(view, checked, given, key)
    except ValidationFailed as error:
        view.undo_all()
        return _people(view, checked, given, key, error.errors)


def _of(view: View, key: str) -> str:
    rows = view.records.system(_REASON).query(PROCESS, filters={"key": key}, limit=1).rows
    if not rows:
        raise NotFound(key)
    return str(rows[0]["subject"])


def _text(view: View) -> str:
    file = view.files.get("file")
    data = file.read(2_000_000) if file is not None and file.filename else b""
    return data.decode("utf-8", "replace") if data else view.form.get("model", "")


def _ask(view: View, entity: str, key: str, errors: Sequence[FieldError] = ()) -> Any:
    wrong = {error.field: str(error.message) for error in errors}
    choices = sorted(
        (
            {"value": one.key, "label": str(one.label)}
            for one in view.runtime.registry.entities.values()
            if one.plugin not in ("core", "workflow")
        ),
        key=lambda choice: choice["label"],
    )
    fields = [
        {
            "name": "entity",
            "kind": "choice",
            "as_select": True,
            "label": str(_("What is it about?")),
            "choices": choices,
            "value": entity,
            "error": wrong.get("entity"),
        },
        {
            "name": "file",
            "kind": "file",
            "label": str(_("BPMN 2.0 file")),
            "required": False,
            "accept": ".bpmn,.xml",
            "error": wrong.get("model"),
        },
        {
            "name": "model",
            "kind": "multiline",
            "label": str(_("Or its text")),
            "required": False,
            "rows": 8,
            "value": view.form.get("model", "") if view.writing else "",
        },
    ]
    form = {
        "action": f"{BASE}upload/",
        "fields": fields,
        "submit": str(_("Check it")),
        "plain": True,
        "multipart": True,
        "hidden": {"key": key},
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }
    crumbs = [{"url": BASE, "label": str(_("Processes"))}]
    return settings_page(
        view,
        "processes",
        [{"kind": "form", "form": form}],
        title=_("Upload a model"),
        crumbs=crumbs,
        status=422 if errors else 200,
    )


def _first(view: View, checked: Checked, entity: str) -> chain_form.Given:
    given = chain_form.Given(entity=entity, title=checked.title, title_zh=checked.title)
    for key, name in checked.people.items():
        given.steps.append({**chain_form.new_step(), "key": key, "title": name, "title_zh": name})
    for key, name in checked.actions.items():
        given.steps.append(
            {
                "key": key,
                "title": name,
                "title_zh": name,
                "kind": "action",
                "action": checked.asked.get(key, "").rpartition(".")[2],
            }
        )
    for key, name in checked.tables.items():
        given.steps.append({"key": key, "title": name, "title_zh": name, "kind": "table", "decision": name})
    return given


def _people(view: View, checked: Checked, given: chain_form.Given, key: str, errors: Sequence[FieldError] = ()) -> Any:
    form = chain_fields.Form(view, f"{BASE}upload/", given, errors, model=True).data()
    hidden = {
        "stage": "people",
        "key": key,
        "process": checked.process,
        "model": checked.text,
        "dmn": view.form.get("dmn", ""),
    }
    if checked.tables:
        form["dmn"] = {
            "name": "dmn",
            "kind": "multiline",
            "label": str(_("DMN model with the decisions")),
            "rows": 6,
            "value": hidden.pop("dmn"),
            "error": form["dmn_error"],
        }
    title = str(_("Who does what in “%(name)s”") % {"name": checked.title})
    crumbs = {"links": [{"url": BASE, "label": str(_("Processes"))}]}
    return view.render(
        "workflow/chain.html",
        422 if errors else 200,
        page={"title": title},
        head={"title": title, "crumbs": crumbs},
        form=form | {"hidden": hidden},
        history=None,
        nav=settings_nav("processes", view),
    )


def _keep(view: View, checked: Checked, given: chain_form.Given, key: str) -> Any:
    raw = chain_form.raw_of(given, {}) | {"tables": _tables(view, checked, given), "process": checked.process}
    rows = view.records.system(_REASON).query(PROCESS, filters={"key": key}, limit=1).rows if key else []
    if not key:
        key = processes.free_key(view.records, f"{given.entity}.model")
    chain = chains.clean(view.records, raw | {"key": key}, model=_ids(checked))
    processes.save(view.records, chain, process=rows[0]["id"] if rows else None, source="upload", model=checked.text)
    audit_note(view.records, "process.save", f"{chain['title']['en']} ({checked.process})")
    view.toast(_("The process is in use from now on."))
    return view.redirect(f"{BASE}{key}/")


def _ids(checked: Checked) -> frozenset[str]:
    return frozenset({*checked.people, *checked.actions, *checked.tables})


def _tables(view: View, checked: Checked, given: chain_form.Given) -> dict[str, Mapping[str, Any]]:
    """The decisions of the DMN text, one for each business rule task."""
    if not checked.tables:
        return {}
    text = view.form.get("dmn", "")
    try:
        known = tables.Model(text).decisions
    except FeelError as error:
        raise ValidationFailed.single("dmn", "dmn", str(error)) from error
    found: dict[str, Mapping[str, Any]] = {}
    for step in given.steps:
        if step.get("kind") == "table":
            name = step.get("decision", "")
            if name not in known:
                message = _("The DMN model has no decision “%(name)s”; it has: %(known)s.")
                raise ValidationFailed.single("dmn", "missing", message % {"name": name, "known": ", ".join(known)})
            found[step["key"]] = {"dmn": text, "decision": name}
    return found
