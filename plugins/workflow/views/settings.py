"""Settings > Processes: which processes there are, with their versions; the form of an approval chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    FieldError,
    NotFound,
    ValidationFailed,
    audit_note,
    current_locale,
    every,
    in_script,
    translator,
)
from weft.core.websdk import View, settings_nav, settings_page
from weft.plugins.workflow import vocabulary as words
from weft.plugins.workflow.grants import CASE, PROCESS, VERSION
from weft.plugins.workflow.services import chains, processes
from weft.plugins.workflow.views import chain_fields, chain_form

_ = translator("workflow")

__all__ = ["edit", "make", "show", "show_one", "switch"]

BASE = "/employee/settings/processes/"
_WORD = "processes"
_REASON = "workflow: settings of processes"


def _crumbs(view: View) -> list[dict[str, str]]:
    return [{"url": BASE, "label": str(_("Processes"))}]


def show(view: View) -> Any:
    """All processes, those of plugins that were not used yet among them."""
    system = view.records.system(_REASON)
    rows = list(every(system, PROCESS, None, {}, sort="name"))
    counts = {
        line["process"].id: line["count"]
        for line in system.aggregate(CASE, group=("process",), filters={"status__in": "running,stuck"})
        if line["process"] is not None
    }
    known = {row["key"] for row in rows}
    shown = [_row(view, row, counts.get(row["id"], 0)) for row in rows]
    for key, raw in processes.declared(view.records).items():
        if key not in known:
            title = chains.texts(raw.get("title"))
            shown.append(
                {
                    "title": chains.title_in(title, current_locale()),
                    "url": f"{BASE}{key}/",
                    "icon": "route",
                    "sub": f"{_subject(view, str(raw['entity']))} · {words.SOURCE.labels['plugin']}",
                    "end": {"text": str(_("version %(n)s") % {"n": 1})},
                }
            )
    panel = {
        "title": str(_("Processes")),
        "rows": shown,
        "rows_two": True,
        "full": True,
        "count": len(shown),
        "empty": {
            "title": str(_("No process has been set up yet.")),
            "text": str(_("A process says who agrees with what, in which order.")),
        },
    }
    actions: list[dict[str, Any]] = [
        {"label": str(_("New approval chain")), "url": f"{BASE}new/", "icon": "plus", "primary": True},
        {"label": str(_("Upload a model")), "url": f"{BASE}upload/", "icon": "upload"},
    ]
    return settings_page(view, _WORD, [{"kind": "panel", "panel": panel}], title=_("Processes"), actions=actions)


def _subject(view: View, key: str) -> str:
    entity = view.runtime.registry.entities.get(key)
    return str(entity.label) if entity is not None else str(_("a kind of record that is not installed"))


def _row(view: View, row: Mapping[str, Any], open_cases: int) -> dict[str, Any]:
    parts = [_subject(view, row["subject"]), str(words.SOURCE.labels[row["source"]])]
    if open_cases:
        parts.append(str(_("%(n)s open cases") % {"n": view.formats.number(open_cases)}))
    found: dict[str, Any] = {
        "title": in_script(row["name"], row.get("name_alt"), current_locale())[0],
        "url": f"{BASE}{row['key']}/",
        "icon": "route",
        "sub": " · ".join(parts),
        "end": {"text": str(_("version %(n)s") % {"n": row["latest"]})},
    }
    return found if row["active"] else found | {"muted": True, "chip": str(_("off", "process that is switched off"))}


def _found(view: View, key: str) -> tuple[int | None, Mapping[str, Any], int, bool, str]:
    """Record id (None for a shipped one not used yet), chain, version number, in use, source."""
    system = view.records.system(_REASON)
    rows = system.query(PROCESS, filters={"key": key}, limit=1).rows
    if rows:
        row = rows[0]
        versions = system.query(
            VERSION, fields=("revision",), filters={"process": row["id"], "revision": row["latest"]}, limit=1
        ).rows
        chain = processes.chain_of(view.records, versions[0]["id"]) if versions else {}
        return row["id"], chain, row["latest"], row["active"], row["source"]
    raw = processes.declared(view.records).get(key)
    if raw is None:
        raise NotFound(key)
    return None, chains.clean(view.records, raw), 1, True, "plugin"


def show_one(view: View, key: str) -> Any:
    """One process: its chain as a form, its versions, its picture."""
    number, chain, latest, active, source = _found(view, key)
    given = (
        chain_form.given_of(chain, chains.conditions_of(view.records, chain["entity"])) if chain else chain_form.Given()
    )
    return _page(view, key, number, given, latest, active, source, chain)


def _page(
    view: View,
    key: str,
    number: int | None,
    given: chain_form.Given,
    latest: int,
    active: bool,
    source: str,
    chain: Mapping[str, Any],
    errors: Sequence[FieldError] = (),
) -> Any:
    blocks: list[dict[str, Any]] = []
    if not active:
        blocks.append({"kind": "note", "text": str(_("This process is off: nothing starts it.")), "tone": "warn"})
    title = chains.title_in(chain["title"], current_locale()) if chain else key
    if source == "upload":
        blocks.append(
            {
                "kind": "note",
                "text": str(_("This process was uploaded as a model. A new version is uploaded too.")),
                "actions": [{"label": str(_("Upload a new version")), "url": f"{BASE}upload/?key={key}"}],
            }
        )
    else:
        form = chain_fields.Form(view, f"{BASE}{key}/save/", given, errors).data()
        form["note_versions"] = str(_("Saving makes version %(n)s. Cases that run keep theirs.") % {"n": latest + 1})
        return view.render(
            "workflow/chain.html",
            422 if errors else 200,
            **_frame(view, title, active, key),
            form=form,
            history=_versions(view, number),
            nav=_nav(view),
        )
    blocks.append({"kind": "panel", "panel": _versions(view, number)})
    return settings_page(view, _WORD, blocks, title=title, crumbs=_crumbs(view), actions=_switches(key, active))


def _nav(view: View) -> list[dict[str, Any]]:
    return settings_nav(_WORD, view)


def _frame(view: View, title: str, active: bool, key: str) -> dict[str, Any]:
    head: dict[str, Any] = {"title": title, "crumbs": {"links": _crumbs(view)}}
    if key:
        head["actions"] = _switches(key, active)
    return {"page": {"title": title, "back": _crumbs(view)[-1]}, "head": head}


def _switches(key: str, active: bool) -> list[dict[str, Any]]:
    label = _("Switch off") if active else _("Switch on")
    return [{"label": str(label), "url": f"{BASE}{key}/switch/", "opens": "post"}]


def _versions(view: View, number: int | None) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    total = 0
    if number is not None:
        page = view.records.system(_REASON).query(
            VERSION,
            fields=("revision", "note", "created_at", "owner"),
            filters={"process": number},
            sort="-revision",
            limit=50,
            count="exact",
        )
        total = page.count.value if page.count else len(page.rows)
        for row in page.rows:
            who = in_script(row["owner"].name, row["owner"].alt, current_locale())[0] if row.get("owner") else ""
            rows.append(
                {
                    "title": str(_("Version %(n)s") % {"n": row["revision"]}),
                    "sub": row.get("note") or who,
                    "icon": "versions",
                    "url": f"/employee/workflow/model/{row['id']}",
                    "end": {"text": view.formats.datetime(row["created_at"])},
                }
            )
    return {
        "title": str(_("Versions")),
        "rows": rows,
        "full": True,
        "rows_two": True,
        "count": total,
        "empty": {"title": str(_("Version 1 begins with the first case."))},
    }


def edit(view: View, key: str) -> Any:
    """Change the chain: add, move and remove steps, then save it as the next version."""
    number, chain, latest, active, source = _found(view, key)
    given = chain_form.read(view.form, fixed=chain)
    if chain_form.changed(view.form, given):
        return _page(view, key, number, given, latest, active, source, chain)
    try:
        raw = chain_form.raw_of(given, chains.conditions_of(view.records, chain["entity"]), chain) | {"key": key}
        raw["tables"] |= {name: one for name, one in (chain.get("tables") or {}).items() if one.get("dmn")}
        cleaned = chains.clean(view.records, raw)
        if number is None:
            number, _version = processes.save(view.records, chain, source="plugin")
        processes.save(view.records, cleaned, process=number, note=view.form.get("note", "")[:300])
        _audit(view, "process.save", cleaned, latest + 1)
    except ValidationFailed as error:
        view.undo_all()
        return _page(
            view,
            key,
            None if source == "plugin" and latest == 1 else number,
            given,
            latest,
            active,
            source,
            chain,
            error.errors,
        )
    view.toast(_("Saved. Cases that run keep their version."), undo=None)
    return view.redirect(f"{BASE}{key}/")


def make(view: View) -> Any:
    """A new chain: what it is about first, then its steps."""
    entity = (view.form if view.writing else view.args).get("entity", "")
    if entity not in view.runtime.registry.entities:
        return _choose(view)
    given = (
        chain_form.read(view.form) if view.writing else chain_form.Given(entity=entity, steps=[chain_form.new_step()])
    )
    errors: Sequence[FieldError] = ()
    if view.writing and not chain_form.changed(view.form, given):
        try:
            key = processes.free_key(view.records, f"{entity}.")
            fields = chains.conditions_of(view.records, entity)
            chain = chains.clean(view.records, chain_form.raw_of(given, fields) | {"key": key})
            processes.save(view.records, chain, note="")
            _audit(view, "process.save", chain, 1)
        except ValidationFailed as error:
            view.undo_all()
            errors = error.errors
        else:
            view.toast(_("The process is in use from now on."))
            return view.redirect(f"{BASE}{key}/")
    form = chain_fields.Form(view, f"{BASE}new/", given, errors).data()
    title = str(_("New approval chain"))
    return view.render(
        "workflow/chain.html",
        422 if errors else 200,
        **_frame(view, title, True, ""),
        form=form,
        history=None,
        nav=_nav(view),
    )


def _audit(view: View, action: str, chain: Mapping[str, Any], number: int) -> None:
    """One line of the audit trail per change of what the company decided."""
    audit_note(view.records, action, f"{chain['title']['en']} v{number}")


def _choose(view: View) -> Any:
    choices = sorted(
        (
            {"value": one.key, "label": str(one.label)}
            for one in view.runtime.registry.entities.values()
            if one.plugin not in ("core", "workflow") and chains.outcomes_of(view.records, one.key)
        ),
        key=lambda choice: choice["label"],
    )
    field = {
        "name": "entity",
        "kind": "choice",
        "label": str(_("What is it about?")),
        "choices": choices,
        "as_select": True,
    }
    form = {"action": f"{BASE}new/", "method": "get", "fields": [field], "submit": str(_("Next")), "plain": True}
    title = _("New approval chain")
    return settings_page(view, _WORD, [{"kind": "form", "form": form}], title=title, crumbs=_crumbs(view))


def switch(view: View, key: str) -> Any:
    """Let a process start cases, or not."""
    number, chain, latest, active, _source = _found(view, key)
    if number is None:
        number, _version = processes.save(view.records, chain, source="plugin")
    processes.changed(view.records)
    view.records.system(_REASON).update(PROCESS, number, {"active": not active}, version=None)
    _audit(view, "process.switch", chain, latest)
    view.toast(_("Switched off: nothing starts it any more.") if active else _("Switched on."))
    return view.redirect(f"{BASE}{key}/")
