"""The forms of a decision: agreeing, with what the step lets its people fill in; returning, to whom."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from weft.core.sdk import Conflict, FieldError, Money, Row, ValidationFailed, current_locale, translator
from weft.core.websdk import FormField, Values, View, after_write, parse_form
from weft.plugins.workflow.grants import CASE, TASK
from weft.plugins.workflow.services import chains, filling, processes
from weft.plugins.workflow.views import story

_ = translator("workflow")

__all__ = ["agree", "give_back"]

_REASON = "workflow: forms of decisions"


def _of(view: View, record_id: int) -> tuple[Row, Row, Mapping[str, Any]]:
    """A task, its case, and the chain that case runs."""
    row = view.records.get(TASK, record_id)
    case = view.records.system(_REASON).get(CASE, processes.case_of(row))
    return row, case, processes.chain_of(view.records, processes.version_of(case))


def agree(view: View, record_id: int) -> Any:
    """Agree, with a comment and the fields of the record that the step asks for, all in one go."""
    view.require(TASK, f"{TASK}.agree", record_id)
    row, case, chain = _of(view, record_id)
    entity = view.runtime.registry.entities.get(str(chain["entity"]))
    about = case["about"].id if case.get("about") is not None else 0
    modes = filling.fillable(view.records, chain, row, about) if about and entity is not None else {}
    fields = {name: entity.fields[name] for name in modes} if entity is not None else {}
    if view.method != "POST":
        stored = view.records.get(chain["entity"], about) if fields else {}
        return _agree_form(view, row, chain, fields, modes, stored, "", (), _version_of(stored))
    given = parse_form(view.form, fields.values(), view.zone)
    comment, version = view.form.get("comment", "").strip(), view.form.get("version", "")
    try:
        sent = {"comment": comment, "values": json.dumps(given, ensure_ascii=False), "version": version or None}
        view.records.act(f"{TASK}.agree", record_id, sent)
    except ValidationFailed as error:
        view.undo_all()
        return _agree_form(view, row, chain, fields, modes, given, comment, error.errors, version)
    except Conflict as error:
        view.undo_all()
        now = view.records.get(chain["entity"], error.record_id)
        changed = FieldError("", "changed", _meanwhile(view, now, fields, given))
        return _agree_form(view, row, chain, fields, modes, given, comment, [changed], _version_of(now))
    return after_write(view, _("Agreed"), view.url(TASK, record_id))


def _version_of(record: Any) -> str:
    """What the form sends back, so that nobody writes over what came in between."""
    return str(record.version) if record else ""


def _meanwhile(view: View, now: Row, fields: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """Who changed the record while somebody was deciding, and what stands there now."""
    entry = next(iter(view.records.history(now.id, limit=1)), None)
    person = entry.person if entry is not None else None
    who = person.shown()[0] if person is not None else str(_("Somebody"))
    shown = {name: _short(view, fields[name], now.get(name)) for name in given}
    said = [f"{fields[name].label}: {text}" for name, text in shown.items() if text]
    text = _("%(who)s changed this record while you were deciding. Check it and agree again.")
    found = str(text % {"who": who})
    return found + (" " + str(_("Now it says: %(values)s") % {"values": "; ".join(said)}) if said else "")


def _short(view: View, declared: Any, value: Any) -> str:
    """A value within a sentence; empty for nothing, and for what fits into none."""
    if isinstance(value, Money):
        return view.formats.money(value)
    if isinstance(value, date):
        return view.formats.datetime(value) if isinstance(value, datetime) else view.formats.date(value)
    if isinstance(value, str):
        return Values.choice_label(declared, value)[:200]
    if isinstance(value, bool) or value is None:
        return ""
    return view.formats.number(value) if isinstance(value, (int, Decimal)) else ""


def _agree_form(
    view: View,
    row: Row,
    chain: Mapping[str, Any],
    fields: Mapping[str, Any],
    modes: Mapping[str, str],
    values: Mapping[str, Any],
    comment: str,
    errors: Sequence[FieldError],
    version: str,
) -> Any:
    entity = view.entity(chain["entity"])
    maker = FormField(view, (entity.plugin, entity.slug))
    wrong = {error.field: str(error.message) for error in errors}
    parts = []
    for name, declared in fields.items():
        one = maker.field(declared, values.get(name), error=wrong.get(name))
        parts.append({**one, "required": modes[name] == "required"})
    parts.append(
        {
            "name": "comment",
            "kind": "multiline",
            "label": str(_("Comment")),
            "value": comment,
            "required": False,
            "max_length": 2000,
        }
    )
    form: dict[str, Any] = {
        "action": view.url(TASK, row["id"], "act", "agree"),
        "submit": str(_("Agree")),
        "fields": parts,
        "hidden": {"_had": ",".join(fields)},
        "version": version or None,
    }
    return _shown(view, row, str(_("Agree")), form, errors)


def _shown(view: View, row: Row, title: str, form: dict[str, Any], errors: Sequence[FieldError]) -> Any:
    """The form in the dialog it was asked for in, or as a page of its own."""
    form["errors"] = [{"text": str(error.message), "field": error.field} for error in errors]
    form["cancel_url"] = view.url(TASK, row["id"])
    status = 422 if errors else 200
    if view.target in ("wf-dialog", "wf-dialog-form") or view.args.get("by"):
        dialog = {"title": title, "sub": story.name_of(row), "size": "small"}
        return view.render("pages/form_dialog.html", status, dialog=dialog, form=form)
    back = {"url": view.url(TASK, row["id"]), "label": story.name_of(row)}
    template = "pages/form_part.html" if view.fragment and view.target == "wf-form" else "pages/form.html"
    return view.render(template, status, page={"title": title, "back": back}, form=form)


# ---- returning


def give_back(view: View, record_id: int) -> Any:
    """Return to whoever asked or to an earlier step, with the reason."""
    view.require(TASK, f"{TASK}.give_back", record_id)
    if view.method != "POST":
        return _return_form(view, record_id, {}, ())
    given = {name: view.form.get(name, "").strip() for name in ("comment", "to")}
    try:
        view.records.act(f"{TASK}.give_back", record_id, {**given, "to": given["to"] if given["to"] != "-" else ""})
    except ValidationFailed as error:
        view.undo_all()
        return _return_form(view, record_id, given, error.errors)
    return after_write(view, _("Returned"), view.url(TASK, record_id))


def _return_form(view: View, record_id: int, given: Mapping[str, str], errors: Sequence[FieldError]) -> Any:
    row, case, chain = _of(view, record_id)
    choices = [{"value": "-", "label": str(_("To %(who)s, who asked") % {"who": story.person(case.get("owner"))})}]
    for step in chain.get("steps") or ():
        if step["key"] == row["step"]:
            break
        choices.append({"value": step["key"], "label": chains.title_in(step["title"], current_locale())})
    wrong = {error.field: str(error.message) for error in errors}
    form: dict[str, Any] = {
        "action": view.url(TASK, record_id, "act", "give_back"),
        "submit": str(_("Return")),
        "fields": [
            {
                "name": "to",
                "kind": "choice",
                "label": str(_("Where to")),
                "choices": choices,
                "value": given.get("to") or "-",
                "error": wrong.get("to"),
            },
            {
                "name": "comment",
                "kind": "multiline",
                "label": str(_("Reason")),
                "value": given.get("comment", ""),
                "max_length": 2000,
                "error": wrong.get("comment"),
            },
        ],
    }
    return _shown(view, row, str(_("Return")), form, errors)
