"""Pages beside records: what I started, the drawing of a case, starting by a button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response

from weft.core.sdk import FieldError, Kind, NotFound, Row, current_locale, every, translator
from weft.core.websdk import FormField, Values, View, after_write, parse_form
from weft.plugins.workflow import vocabulary as words
from weft.plugins.workflow.grants import ADMIN, CASE, TASK
from weft.plugins.workflow.services import cases, chains, drawing, processes, steps
from weft.plugins.workflow.views import story
from weft.plugins.workflow.views.naming import is_mine, process_name

_ = translator("workflow")

__all__ = ["begin", "model", "panel_of", "picture", "started"]

_REASON = "workflow: pages"
_MOST = 100


def started(view: View) -> Any:
    """Cases the viewer asked for, open ones first, each with what it waits for in words."""
    fields = ("name", "name_alt", "process", "version_of", "status", "amount", "created_at", "ended_at", "why")
    running = view.records.query(
        CASE,
        fields=fields,
        filters={"owner": "me", "status__in": "running,stuck"},
        sort="-created_at",
        limit=_MOST,
        count="capped",
    )
    ended = view.records.query(
        CASE,
        fields=fields,
        filters={"owner": "me", "status__not_in": "running,stuck"},
        sort="-ended_at",
        limit=20,
        count="capped",
    )
    live = _live(view, running.rows)
    title = str(_("Started by me"))
    panels = [
        _panel(
            view,
            _("Running", "list of cases"),
            running,
            live,
            {
                "title": str(_("Nothing you asked for is open.")),
                "text": str(_("What you send for approval appears here with whom it waits for.")),
            },
        ),
        _panel(
            view, _("Decided", "list of cases"), ended, {}, {"title": str(_("Nothing you asked for was decided yet."))}
        ),
    ]
    panels[0]["url"] = view.url(CASE, all="1", owner="me", status__in="running,stuck")
    panels[1]["url"] = view.url(CASE, view="workflow.started")
    return view.render("workflow/started.html", page={"title": title}, head={"title": title}, panels=panels)


def _live(view: View, rows: Sequence[Row]) -> dict[int, list[Row]]:
    """Open tasks of many cases in few queries."""
    found: dict[int, list[Row]] = {row["id"]: [] for row in rows}
    if not rows:
        return found
    filters = {"case__in": list(found), "status__in": ",".join(steps.LIVE)}
    for task in every(view.records.system(_REASON), TASK, None, filters):
        found[task["case"].id].append(task)
    return found


def _panel(
    view: View, title: Any, page: Any, live: Mapping[int, list[Row]], empty: Mapping[str, Any]
) -> dict[str, Any]:
    rows = []
    labels = words.CASE_STATUS
    for row in page.rows:
        process = process_name(row)
        waiting = story.waiting_words(live.get(row["id"], ()), processes.known_chain(view.records, row))
        sub = waiting or str(row.get("why") or "")
        rows.append(
            {
                "title": story.name_of(row),
                "url": view.url(CASE, row["id"]),
                "icon": "route",
                "sub": " · ".join(part for part in (process, sub[:120]) if part),
                "kind": "status",
                "v": {"label": str(labels.labels[row["status"]]), "dot": labels.tones[row["status"]]},
            }
        )
    return {
        "title": str(title),
        "rows": rows,
        "rows_two": True,
        "full": True,
        "empty": dict(empty),
        "count": page.count.value if page.count else len(rows),
    }


def picture(view: View, record_id: int) -> Any:
    """The model of a case as BPMN, for whoever may read the case."""
    view.require(CASE, "read", record_id)
    case = view.records.system(_REASON).get(CASE, record_id)
    version = processes.version_of(case)
    chain = processes.chain_of(view.records, version)
    if chain.get("process") or chain["entity"] not in view.runtime.registry.entities:
        return _xml(processes.model_of(view.records, version))
    kinds = processes.kinds_of(view.records, chain["entity"])
    return _xml(drawing.to_bpmn(chain, kinds, current_locale()))  # the same nodes, named in the viewer's language


def model(view: View, record_id: int) -> Any:
    """The model of a version as a file, for administrators."""
    if not view.principal.has_role(ADMIN):
        raise NotFound(str(record_id))
    answer = _xml(processes.model_of(view.records, record_id))
    answer.headers["Content-Disposition"] = f'attachment; filename="process-{record_id}.bpmn"'
    return answer


def _xml(text: str) -> Response:
    return Response(text, mimetype="application/xml", headers={"X-Content-Type-Options": "nosniff"})


# ---- on the record


def panel_of(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """What runs about a record, and the processes a button can start."""
    if not view.principal.internal or record["type"] not in processes.watched(view.records):
        return None
    rows: list[dict[str, Any]] = []
    for case in cases.open_cases(view.records, record["id"]):
        live = steps.tasks_of(view.records.system(_REASON), case["id"], live=True)
        mine = next((task for task in live if task["status"] == "open" and is_mine(view, task)), None)
        url = view.url(TASK, mine["id"]) if mine is not None else ""
        if not url and view.may(CASE, "read", case["id"]):
            url = view.url(CASE, case["id"])
        process, chain = process_name(case), processes.known_chain(view.records, case)
        rows.append(
            {
                "title": process,
                "text": story.waiting_words(live, chain) or str(case.get("help_text") or ""),
                "url": url,
                "number": case.get("number"),
                "decide": mine is not None,
            }
        )
    buttons = [] if view.principal.read_only else _buttons(view, record, {row["title"] for row in rows})
    return {"rows": rows, "buttons": buttons} if rows or buttons else None


def _buttons(view: View, record: Mapping[str, Any], running: set[str]) -> list[dict[str, Any]]:
    found = []
    for live in processes.live_for(view.records, record["type"]):
        title = chains.title_in(live.chain["title"], current_locale())
        if live.chain["start"]["on"] != "button" or title in running:
            continue
        may = view.may(record["type"], processes.asks(live), record["id"]) and not _does(view, live, record)
        if may and cases.possible(view.records, live, record.get("state")):
            url = f"/{view.portal_key}/workflow/begin/{record['id']}/{live.key}"
            opens = "dialog" if chains.asked_at_start(view.records, live.chain) else "post"
            label = str(_("Ask for: %(what)s") % {"what": title})
            found.append({"label": label, "url": url, "icon": "send", "opens": opens})
    return found


def _does(view: View, live: processes.Live, record: Mapping[str, Any]) -> bool:
    """Whoever may do what others can only propose need not ask for it."""
    action = live.chain.get("approved")
    if processes.asks(live) != "read" or not action:
        return False
    return bool(view.may(record["type"], f"{record['type']}.{action}", record["id"]))


def begin(view: View, record_id: int, key: str) -> Any:
    """Start a process about a record by its button; what its approval needs to know is asked first."""
    row = view.records.find(record_id)
    live = next((one for one in processes.live_for(view.records, row["type"]) if one.key == key), None)
    if live is None or live.chain["start"]["on"] != "button":
        raise NotFound(key)
    view.require(row["type"], processes.asks(live), record_id)
    asked = chains.asked_at_start(view.records, live.chain)
    if asked and view.method != "POST":
        return _begin_form(view, row, live, asked, {}, ())
    inputs = parse_form(view.form, [one.named(name) for name, one in asked.items()], view.zone) if asked else {}
    wrong = _missing(asked, inputs)
    if wrong:
        return _begin_form(view, row, live, asked, inputs, wrong)
    case = cases.start(view.records, live, record_id, requester=view.principal.user_id, inputs=_plain(inputs))
    home = view.url(row["type"], record_id)
    if case is None:
        return after_write(view, _("This runs already."), home)
    live_tasks = steps.tasks_of(view.records.system(_REASON), case["id"], live=True)
    waiting = story.waiting_words(live_tasks, processes.known_chain(view.records, case))
    return after_write(view, waiting or _("Sent"), home)


def _missing(asked: Mapping[str, Any], given: Mapping[str, Any]) -> list[FieldError]:
    """What is not there, is no number, or out of its range; the action itself checks the rest later."""
    found = []
    for name, one in asked.items():
        value = given.get(name)
        if value in (None, ""):
            if one.required:
                found.append(FieldError(name, "required", _("Fill this in.")))
            continue
        if one.kind not in (Kind.DECIMAL, Kind.INTEGER):
            continue
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            found.append(FieldError(name, "number", _("Write a number, such as 20000.")))
            continue
        low, high = one.minimum, one.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            message = _("Between %(low)s and %(high)s.") % {"low": low, "high": high}
            found.append(FieldError(name, "range", message))
    return found


def _plain(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if value not in (None, "")}


def _input(view: View, maker: FormField, declared: Any, value: Any, error: str | None) -> dict[str, Any]:
    """An input of the action that is asked for; whoever asks may look up colleagues without a right to that action."""
    found = maker.field(declared, value, error=error)
    if declared.kind is Kind.USER:
        found["search_url"] = view.page("pick", "workflow", "tasks", "owner")
    return found


def _begin_form(
    view: View,
    row: Row,
    live: processes.Live,
    asked: Mapping[str, Any],
    given: Mapping[str, Any],
    errors: Sequence[FieldError],
) -> Any:
    maker = FormField(view, ("action", f"{row['type']}.{live.chain['approved']}"))
    wrong = {error.field: str(error.message) for error in errors}
    title = chains.title_in(live.chain["title"], current_locale())
    home = view.url(row["type"], row["id"])
    form = {
        "action": f"/{view.portal_key}/workflow/begin/{row['id']}/{live.key}",
        "submit": str(_("Send")),
        "cancel_url": home,
        "fields": [
            _input(view, maker, one.named(name), given.get(name), wrong.get(name)) for name, one in asked.items()
        ],
        "hidden": {"_had": ",".join(asked)},
        "errors": [{"text": str(e.message), "field": e.field} for e in errors],
    }
    status = 422 if errors else 200
    name = Values(view.runtime.registry, view.portal_key).title(row, view.entity(row["type"]))[0]
    if view.target in ("wf-dialog", "wf-dialog-form"):
        return view.render("pages/form_dialog.html", status, dialog={"title": title, "sub": name}, form=form)
    return view.render(
        "pages/form.html", status, page={"title": title, "back": {"url": home, "label": name}}, form=form
    )
