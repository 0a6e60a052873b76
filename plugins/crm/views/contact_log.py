"""The dialog in which a contact is logged: on an account, contact, opportunity or lead, from wherever one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import FieldError, HttpRoute, Row, ValidationFailed, current_locale, directory, in_script, translator
from weft.core.websdk import Values, View, after_write, once, parse_form
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.actions.contact_log import DIALOG, FIELDS
from weft.plugins.crm.services.contact_log import Party, party_of, replaced_step

_ = translator("crm")

__all__ = ["ROUTES"]

#: Kinds of contact offered, with their icons; notes and tasks are no contacts.
_KINDS = {"call": "phone", "visit": "map-pin", "mail": "mail", "message": "message", "meeting": "users"}
_QUICK = ((1, _("Tomorrow")), (3, _("In 3 days")), (7, _("Next week")), (30, _("In a month")))
_MOST_PEOPLE = 12
#: Contacts looked at to guess who was spoken to.
_LATEST = 10


def log_contact(view: View, record_id: int) -> Any:
    """Ask for a contact, or write down the one that was sent."""
    record = view.records.find(record_id)
    key = f"{record['type']}.log_contact"
    view.require(record["type"], key, record_id)
    if view.method != "POST":
        return _dialog(view, record, _first_values(view, record), ())
    if once.replayed(view) is not None:
        return after_write(view, _("This was already saved."), view.url(record["type"], record_id))
    given = _posted(view)
    try:
        result = view.records.act(key, record_id, given)
    except ValidationFailed as error:
        view.undo_all()
        return _dialog(view, view.records.find(record_id), given, error.errors)
    address = view.url(record["type"], record_id)
    once.remember(view, address)
    return after_write(view, result.message or _("Contact logged"), address)


def _posted(view: View) -> dict[str, Any]:
    fields = [declared.named(name) for name, declared in FIELDS.items() if name != "people"]
    given = parse_form(view.form, fields, view.zone)
    people = [part for text in view.form.getlist("people") for part in text.split(",") if part]
    return given | ({"people": ",".join(people)} if people else {})


# ---- what the form begins with


def _first_values(view: View, record: Row) -> dict[str, Any]:
    kind = view.args.get("kind", "")
    return {
        "kind": kind if kind in _KINDS else "call",
        "people": ",".join(str(number) for number in _usual_people(view, record)),
        "at": view.formats.local(view.runtime.clock()).strftime("%Y-%m-%dT%H:%M"),
        "next_who": view.principal.user_id if view.principal.internal else None,
    }


def _usual_people(view: View, record: Row) -> list[int]:
    """Who was probably spoken to: the person of the record, whom one met last there, or the only one there is."""
    party = party_of(record)
    if party.person is not None:
        return [party.person]
    named = record.get("contact")
    if named is not None and not named.restricted:
        return [named.id]
    if party.account is None:
        return []
    filters = {"account": party.account, "status": "done"}
    latest = view.records.query("crm.activity", fields=("at",), filters=filters, sort="-at", limit=_LATEST).rows
    attended = view.records.linked("crm.attended_by", [row["id"] for row in latest])
    for row in latest:
        if attended.get(row["id"]):
            return [attended[row["id"]][0].id]
    only = _contacts(view, party, "", 2)
    return [only[0]["id"]] if len(only) == 1 else []


def _contacts(view: View, party: Party, typed: str, limit: int = _MOST_PEOPLE) -> Sequence[Row]:
    """People of the account, by its field and by further employments; of anybody where there is no account."""
    fields, found = ("title", "name_alt", "position"), {}
    wheres: list[dict[str, Any]]
    wheres = [{"account": party.account}, {"linked": f"crm.works_for:{party.account}"}] if party.account else [{}]
    # Of an account that is frozen its people are looked for all the same.
    known = {"frozen__in": "true,false,none"} if party.account and view.principal.internal else {}
    for where in wheres:
        page = view.records.query(
            "crm.contact", fields=fields, filters={**where, **known}, search=typed or None, sort="name", limit=limit
        )
        found.update({row["id"]: row for row in page.rows})
    return list(found.values())[:limit]


# ---- the form


def _dialog(view: View, record: Row, given: Mapping[str, Any], errors: Sequence[FieldError]) -> Any:
    title = Values(view.runtime.registry, view.portal_key).title(record, view.entity(record["type"]))[0]
    form = {
        "action": view.url(record["type"], record["id"], "act", "log_contact"),
        "hidden": {once.FIELD: once.new_token(view), "_had": "people,next_who,outcome"},
        "submit": str(_("Log contact")), "errors": [{"text": str(e.message), "field": e.field} for e in errors],
        "cancel_url": view.url(record["type"], record["id"]),
    }  # fmt: skip
    messages = {error.field: str(error.message) for error in errors}
    party = party_of(record)
    data = {
        "dialog": {"title": str(_("Log contact")), "sub": title},
        "form": form,
        "log": {**_fields(view, record, given, messages), "quick": _quick(view), "replaces": _replaced(view, party)},
        "page": {"title": str(_("Log contact")), "back": {"url": form["cancel_url"], "label": title}},
    }
    whole = view.target not in ("wf-dialog", "wf-dialog-form")
    template = "crm/log_contact_page.html" if whole else "crm/log_contact.html"
    return view.render(template, 422 if errors else 200, **data)


def _fields(view: View, record: Row, given: Mapping[str, Any], wrong: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    def field(name: str, kind: str, label: Any, **more: Any) -> dict[str, Any]:
        return {
            "name": name, "kind": kind, "label": str(label), "value": given.get(name), "required": True,
            "error": wrong.get(name), **more,
        }  # fmt: skip

    kinds = [{"value": kind, "label": str(words.ACTIVITY_KIND.labels[kind]), "icon": i} for kind, i in _KINDS.items()]
    outcomes = [{"value": value, "label": str(label)} for value, label in words.CONTACT_OUTCOME.labels.items()]
    at = str(given.get("at") or "")[:16]
    inside = {
        "next_who": field(
            "next_who", "reference", _("Who does it"), selected=_colleague(view, given),
            search_url=view.page("pick", "crm", "activities", "owner"),
        ),
        "shared": field("shared", "boolean", _("Share"), value=bool(given.get("shared"))),
    }  # fmt: skip
    return {
        "kind": field("kind", "choice", _("Kind"), choices=kinds),
        "people": field(
            "people", "references", _("With"), selected=_selected(view, given), width="half",
            search_url=f"/{view.portal_key}/crm/log/{record['id']}/people",
        ),
        "at": field("at", "datetime", _("When"), width="half", value=at),
        "note": field("note", "multiline", _("Note"), rows=3, autofocus=True),
        "outcome": field("outcome", "choice", _("Outcome"), choices=outcomes),
        "next_step": field("next_step", "text", _("Next step"), max_length=200),
        "next_on": field("next_on", "date", _("Next step on")),
        **(inside if view.principal.internal else {}),
    }  # fmt: skip


def _selected(view: View, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    ids = [int(part) for part in str(given.get("people") or "").split(",") if part.isdigit()]
    values, titles = Values(view.runtime.registry, view.portal_key), view.records.titles(ids)
    shown = [values.reference(titles[one]) for one in ids if one in titles and not titles[one].restricted]
    return [{**one, "url": f"{one['url']}/peek"} for one in shown]


def _colleague(view: View, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    typed = str(given.get("next_who") or "")
    number = int(typed) if typed.isdigit() else None
    person = directory.persons(view.records, [number]).get(number) if number is not None else None
    if person is None:
        return []
    name = in_script(person.name, person.name_alt, current_locale())[0]
    return [{"id": person.id, "title": name, "face": {"initials": person.initials, "slot": person.id % 6 + 1}}]


def _quick(view: View) -> list[dict[str, Any]]:
    """Buttons that fill in the day of the next step; the last one empties it."""
    today: date = view.today
    filled = [{"label": str(label), "day": (today + timedelta(days=days)).isoformat()} for days, label in _QUICK]
    return [*filled, {"label": str(_("None", "no next step")), "day": ""}]


def _replaced(view: View, party: Party) -> str:
    step = replaced_step(view.records, party)
    if step is None:
        return ""
    slots = {"step": step["subject"], "day": view.formats.date(step["at"])}
    return str(_("replaces “%(step)s” of %(day)s") % slots)


# ---- people to choose from


def log_people(view: View, record_id: int) -> Any:
    """What the field With offers while one types."""
    record = view.records.find(record_id)
    view.require(record["type"], f"{record['type']}.log_contact", record_id)
    party, values = party_of(record), Values(view.runtime.registry, view.portal_key)
    chosen = {int(part) for part in view.args.get("chosen", "").split(",") if part.isdigit()}
    typed, rows = view.args.get("q", "").strip()[:100], []
    for row in _contacts(view, party, typed):
        if row["id"] in chosen:
            continue
        cell = values.name_cell(row, view.entity("crm.contact"))
        rows.append({"id": row["id"], **cell, "url": f"{cell['url']}/peek", "note": row.get("position")})
    create = None
    if typed and view.may("crm.contact", "create"):
        preset = {"account": party.account} if party.account else {}
        label = str(_("Create “%(name)s”") % {"name": typed})
        create = {"label": label, "url": view.url("crm.contact", "new", pick="1", title=typed, **preset)}
    return view.fragment_of("wf/field.html", "picker_options", rows, create)


ROUTES = [
    HttpRoute("/log/<int:record_id>", DIALOG, log_contact, "record", methods=("GET", "POST")),
    HttpRoute("/log/<int:record_id>/people", "crm.log_people", log_people, "record"),
    HttpRoute("/log/<int:record_id>", "crm.partner_log_contact", log_contact, "record", methods=("GET", "POST"),
              portal="distributor"),
    HttpRoute("/log/<int:record_id>/people", "crm.partner_log_people", log_people, "record", portal="distributor"),
]  # fmt: skip
