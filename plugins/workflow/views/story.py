"""A case in words: what it waits for, who did what and when, what is still to come, and the record it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, Row, StateConflict, current_locale, field, translator
from weft.core.websdk import Values, View
from weft.plugins.workflow.grants import CASE, TASK
from weft.plugins.workflow.services import chains, engine, processes, steps
from weft.plugins.workflow.services.looking import Look
from weft.plugins.workflow.services.told import in_words
from weft.plugins.workflow.views import about
from weft.plugins.workflow.views.naming import name_of, person, process_name

_ = translator("workflow")

__all__ = ["name_of", "person", "sentence", "story", "waiting_words"]

_REASON = "workflow: what a case shows"
CREATED = field.datetime(_("Asked at"))
_DID = {
    "agreed": _("%(who)s agreed"),
    "rejected": _("%(who)s rejected"),
    "returned": _("%(who)s returned it"),
    "passed": _("%(who)s handed it over"),
    "seen": _("%(who)s has read it"),
}
_STATE = {
    "agreed": "done",
    "seen": "done",
    "passed": "done",
    "open": "now",
    "waiting": "todo",
    "rejected": "stopped",
    "returned": "stopped",
}


def step_title(row: Mapping[str, Any]) -> str:
    """Name of a task's step in the viewer's language."""
    chinese = current_locale().startswith("zh")
    return str((row.get("step_name_alt") if chinese else row.get("step_name")) or row.get("step_name") or "")


def waiting_words(tasks: Sequence[Row], chain: Mapping[str, Any] | None = None) -> str:
    """What a case waits for in one sentence; empty when it waits for nobody.

    Args:
        tasks: of the case, in their order.
        chain: says who suffices alone; without it everybody is needed.
    """
    live = [row for row in tasks if row["status"] in steps.LIVE and row["kind"] != "read" and row.get("owner")]
    now = list(dict.fromkeys(_sides([row for row in live if row["status"] == "open"], chain)))
    later = [person(row["owner"]) for row in live if row["status"] == "waiting"]
    if not now:
        return ""
    names = str(_(" and ", "between two people who both decide")).join(now)
    if later:
        text = _("Waits for %(names)s, then %(later)s")
        return str(text % {"names": names, "later": str(_(", then ")).join(dict.fromkeys(later))})
    return str(_("Waits for %(names)s") % {"names": names})


def _sides(rows: Sequence[Row], chain: Mapping[str, Any] | None) -> list[str]:
    """Those who are needed, each with the others who could decide in their place."""
    sides: dict[tuple[Any, ...], list[str]] = {}
    for row in rows:
        mode = steps.step_of(chain, row["step"]).get("mode") or "any" if chain is not None else "all"
        side: tuple[Any, ...] = (row["step"], row["id"])
        if row["kind"] == "decide" and mode in ("any", "each"):
            side = (row["step"], row["place"] if mode == "each" else "any")
        sides.setdefault(side, []).append(person(row["owner"]))
    return [_side(list(dict.fromkeys(names))) for names in sides.values()]


def _side(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    others = str(_(", ", "between names")).join(names[1:])
    return str(_("%(name)s (or %(others)s)") % {"name": names[0], "others": others})


def sentence(view: View, row: Row) -> str:
    """Who did what with a task, for whom."""
    who, owner = row.get("decided_by"), row.get("owner")
    if row.get("silent"):
        return str(_("%(who)s did not answer in time") % {"who": person(owner)})
    name = person(who) if who is not None else person(owner)
    if who is not None and owner is not None and who.id != owner.id:
        name = str(_("%(who)s for %(whom)s") % {"who": name, "whom": person(owner)})
    text = _DID.get(row["status"])
    return str(text % {"who": name}) if text is not None else ""


def story(view: View, case: Row) -> dict[str, Any]:
    """All a page about a case shows beside its head. The viewer may read the case: that was decided before."""
    try:
        return _story(view, case)
    except StateConflict as error:
        return _lost(error)


def _lost(error: StateConflict) -> dict[str, Any]:
    """A case that nobody can tell anything about."""
    return {"waiting": {"text": str(error), "tone": "late"}, "way": [], "readers": []}


def _story(view: View, case: Row) -> dict[str, Any]:
    system = view.records.system(_REASON)
    tasks = steps.tasks_of(system, case["id"])
    whole = system.get(CASE, case["id"])
    chain = processes.chain_of(view.records, processes.version_of(whole))
    return {
        "waiting": _waiting(view, whole, chain, tasks),
        "way": _way(view, whole, chain, tasks),
        "about": about.about(view, whole, chain, tasks),
        "picture": _picture(view, system, whole, chain),
        "version": _version(view, whole),
        "readers": [_told(view, row) for row in tasks if row["kind"] == "read"],
    }


def _version(view: View, case: Row) -> str:
    number = case["version_of"].title.rpartition(" v")[2]
    return str(_("%(name)s, version %(n)s") % {"name": process_name(case), "n": number})


def _waiting(view: View, case: Row, chain: Mapping[str, Any], tasks: Sequence[Row]) -> dict[str, Any]:
    if case["status"] in ("running", "stuck"):
        text = waiting_words(tasks, chain) or str(case.get("help_text") or _("The next step is being prepared."))
        due = case.get("due_at")
        late = due is not None and due < view.records.now
        sub = str(_("answer by %(day)s") % {"day": view.formats.datetime(due)}) if due is not None else ""
        return {"text": text, "sub": sub, "tone": "late" if late or case["status"] == "stuck" else "soon"}
    labels = view.entity(CASE).fields["status"].choices
    word = str(labels.labels[case["status"]]) if labels else case["status"]
    ended = case.get("ended_at")
    return {
        "text": word,
        "sub": view.formats.datetime(ended) if ended is not None else "",
        "tone": {"approved": "good", "rejected": "late", "returned": "late"}.get(case["status"], ""),
        "why": "" if case["status"] == "approved" else in_words(case.get("why")),
    }


def _way(view: View, case: Row, chain: Mapping[str, Any], tasks: Sequence[Row]) -> list[dict[str, Any]]:
    """Steps from asking to the end, each with the people and what they did."""
    asked = {
        "label": str(_("%(who)s asked") % {"who": person(case.get("owner"))}) if case.get("owner") else str(_("Asked")),
        "note": view.formats.datetime(case["created_at"]),
        "state": "done",
        "tasks": [],
    }
    way: list[dict[str, Any]] = [asked]
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in tasks:
        if row["kind"] != "read":
            groups.setdefault((row["step"], row["round"]), []).append(row)
    for rows in groups.values():
        way.append(_group(view, chain, rows))
    if case["status"] in ("running", "stuck"):
        seen = {key for key, _round in groups}
        ahead = [step for step in chain.get("steps") or () if step["key"] not in seen]
        keys = [step["key"] for step in chain.get("steps") or ()]
        last = max((keys.index(key) for key in seen if key in keys), default=-1)
        for step in ahead:
            if keys.index(step["key"]) > last:
                way.append(
                    {
                        "label": chains.title_in(step["title"], current_locale()),
                        "state": "todo",
                        "tasks": [],
                        "note": _perhaps(step),
                    }
                )
    return way


def _perhaps(step: Mapping[str, Any]) -> str:
    return str(_("if it is needed")) if step.get("when") else ""


def _group(view: View, chain: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    step = steps.step_of(chain, rows[0]["step"])
    verdict = steps.judge(step, rows)
    live = any(row["status"] in steps.LIVE for row in rows)
    state = "now" if live else "stopped" if verdict.word in ("reject", "return") else "done"
    mode = step.get("mode") or "any"
    votes = [row for row in rows if row["kind"] == "decide"]
    note = ""
    if len(votes) > 1:
        note = {
            "any": str(_("one of %(n)s is enough")),
            "all": str(_("all %(n)s")),
            "each": str(_("one of each side")),
            "turn": str(_("%(n)s, one after the other")),
            "share": str(_("%(share)s %% of %(n)s")),
        }[mode] % {"n": len(votes), "share": step.get("share") or 100}
    return {"label": step_title(rows[0]), "state": state, "note": note, "tasks": [_told(view, row) for row in rows]}


def _told(view: View, row: Row) -> dict[str, Any]:
    """One person's part."""
    done = sentence(view, row)
    extra = {"sign": _("further signature"), "advise": _("advice"), "choose": _("chooses who decides")}.get(row["kind"])
    name = person(row.get("owner"))
    if done:
        text, at = done, row.get("decided_at")
    elif row["status"] == "open":
        text, at = (
            str(_("%(who)s: since %(day)s") % {"who": name, "day": view.formats.datetime(row["opened_at"])}),
            None,
        )
    elif row["status"] == "waiting":
        text, at = str(_("%(who)s: afterwards") % {"who": name}), None
    else:
        text, at = str(_("%(who)s: not needed any more") % {"who": name}), None
    return {
        "text": text,
        "at": view.formats.datetime(at) if at is not None else "",
        "comment": in_words(row.get("comment")),
        "extra": str(extra) if extra is not None else "",
        "state": _STATE.get(row["status"], "todo"),
        "muted": row["status"] == "dropped",
    }


def _picture(view: View, system: Records, case: Row, chain: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where the drawing is fetched, and the nodes to mark in it."""
    state = system.get(CASE, case["id"], fields=("engine",)).get("engine")
    version = processes.version_of(case)
    passed: list[str] = []
    present: list[str] = []
    if state:
        look = Look(system, None, chain)
        run = engine.resume(processes.compiled(system, version), str(state), look.functions)
        present, passed = ([] if run.ended else run.positions()), run.passed()
    return {
        "options": {
            "data": f"/{view.portal_key}/workflow/picture/{case['id']}",
            "present": present,
            "passed": passed,
            "label": str(_("The process as a picture")),
            "failed": str(_("The picture could not be drawn.")),
        }
    }


def _strip(view: View, entity: str, record: Row, names: Sequence[str]) -> list[dict[str, Any]]:
    """The facts below the head: the declared strip also names what the side column need not repeat."""
    values = Values(view.runtime.registry, view.portal_key)
    fields = view.entity(entity).fields
    found = []
    for name in names:
        declared = CREATED if name == "created_at" else fields[name]
        value = values.value(declared, record.get(name))
        if value is not None:
            found.append({"label": str(declared.label), "kind": values.kind(declared), "v": value})
    return found


def case_page(view: View, record: Row) -> dict[str, Any]:
    """What the page of a case shows."""
    found = story(view, record)
    mine = view.records.query(
        TASK, fields=("kind",), filters={"case": record["id"], "status": "open", "owner": "me"}, limit=1
    ).rows
    if mine:
        label = _("Read it") if mine[0]["kind"] == "read" else _("Decide")
        found["mine"] = {"label": str(label), "url": view.url(TASK, mine[0]["id"]), "icon": "checkbox", "primary": True}
    return {"story": found, "facts": _strip(view, CASE, record, ("process", "amount", "created_at", "due_at"))}


def task_page(view: View, record: Row) -> dict[str, Any]:
    """What the page of a task shows: the whole case, and what this person is asked."""
    strip = _strip(view, TASK, record, ("process", "requester", "amount", "opened_at", "due_at"))
    try:
        case = view.records.system(_REASON).get(CASE, processes.case_of(record))
    except StateConflict as error:
        return {"story": _lost(error), "head": {"path": None}, "facts": strip}
    found = story(view, case)
    if view.may(CASE, "read", case["id"]):
        found["case"] = {
            "label": str(_("The case %(number)s") % {"number": case.get("number") or ""}),
            "url": view.url(CASE, case["id"]),
            "icon": "route",
        }
    asked_by = record.get("from_person")
    if asked_by is not None:
        found["from"] = str(_("Passed on by %(who)s") % {"who": person(asked_by)})
    return {"story": found, "head": {"path": None}, "facts": strip}
