"""The allocation dialog: everybody who could take the ticked leads or customers, with what they have already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    Denied,
    HttpRoute,
    NotFound,
    ValidationFailed,
    current_locale,
    directory,
    in_script,
    translator,
)
from weft.core.websdk import View, chosen_ids
from weft.plugins.crm.services import allocation as services
from weft.plugins.crm.services.loads import Load, loads

_ = translator("crm")

VIEWS: list[Any] = []
NAVIGATION: list[Any] = []
RECORD_PAGES: list[Any] = []
SLOTS: list[Any] = []

_ENDPOINTS = {"crm.lead": "leads", "crm.account": "customers"}
_PARTNERS = {"role__in": "distributor,agent"}
_MOST_PARTNERS = 100


def allocate_leads(view: View, record_id: int | None = None) -> Any:
    """Give leads to people, units and partners."""
    return _allocate(view, "crm.lead", record_id)


def allocate_customers(view: View, record_id: int | None = None) -> Any:
    """Give customers to people and units."""
    return _allocate(view, "crm.account", record_id)


def _allocate(view: View, entity: str, record_id: int | None) -> Any:
    posted = view.writing and "to" in view.form
    source = view.form if posted and "ids" in view.form else view.args
    ids = [record_id] if record_id is not None else chosen_ids(view, view.entity(entity), source)
    require_allocate(view, entity, ids)
    if not posted:
        return _dialog(view, entity, ids)
    try:
        message = _give(view, entity, ids, view.form["to"])
    except ValidationFailed as error:
        view.undo_all()
        return _dialog(view, entity, ids, [str(one.message) for one in error.errors])
    view.toast(message, undo=view.records.change_set_id)
    if view.scripted:
        return view.done(wf_close=True, wf_refresh="#wf-page" if view.form.get("from") == "home" else True)
    return view.redirect(view.url(entity))


def require_allocate(view: View, entity: str, ids: Sequence[int]) -> None:
    """All of them may be given away by the viewer, or nothing is shown; one statement for 200."""
    if not ids:
        raise ValidationFailed.single("ids", "required", _("Choose at least one record."))
    for operation, refusal in (("read", NotFound(entity)), (f"{entity}.allocate", _denied())):
        found: set[int] = set()
        for start in range(0, len(ids), 200):
            some = {"id__in": list(ids[start : start + 200])}
            rows = view.records.query(entity, fields=(), filters=some, limit=200, operation=operation).rows
            found |= {row["id"] for row in rows}
        if found != set(ids):
            raise refusal


def _denied() -> Denied:
    message = _("You may not give these records to somebody else.")
    return Denied(str(message), ask=str(_("Ask a sales manager.")))


def _give(view: View, entity: str, ids: Sequence[int], to: str) -> str:
    records = view.records
    if to == "rules":
        decisions = services.by_rules(records, entity, ids, lock=True)
    else:
        target = services.Target.read(to)
        decisions = [services.Decision(number, target) for number in ids]
    given = services.give(records, entity, decisions)
    if not given:
        raise ValidationFailed.single("to", "no_rule", _("No allocation rule fits. Choose who gets it."))
    number = view.formats.number(given)
    if given < len(ids):
        left = view.formats.number(len(ids) - given)
        return str(_("%(n)s allocated, %(left)s fit no rule") % {"n": number, "left": left})
    return str(_("%(n)s allocated to %(name)s") % {"n": number, "name": _name_of(view, to)})


def _name_of(view: View, to: str) -> str:
    if to == "rules":
        return str(_("people by the rules"))
    kind, _colon, number = to.partition(":")
    if kind == "person":
        person = directory.persons(view.records, [int(number)]).get(int(number))
        return person.shown()[0] if person else ""
    if kind == "unit":
        return _unit_name(directory.unit_names(view.records, [int(number)]), int(number))
    found = view.records.titles([int(number)]).get(int(number))
    return in_script(found.title, found.alt, current_locale())[0] if found else ""


# ---- the panel


def _dialog(view: View, entity: str, ids: Sequence[int], errors: Sequence[str] = ()) -> Any:
    records = view.records
    people = services.sellers(records)
    units = directory.units_of(records, people)
    names = directory.unit_names(records, sorted(set(units.values())))
    dialog = {
        "title": str(_("Allocate")),
        "sub": str(_("%(n)s chosen") % {"n": view.formats.number(len(ids))}),
        "size": "wide",
    }
    form = {
        "action": view.page("crm", "allocate", _ENDPOINTS[entity]).rstrip("/"),
        "hidden": {"ids": ",".join(map(str, ids)), "from": view.args.get("from", "")},
        "id": "wf-allocate", "target": "#wf-dialog", "swap": "innerHTML", "in_dialog": True,
    }  # fmt: skip
    data = {
        "people": _people(view, people, units, names),
        "units": [{"to": f"unit:{number}", "title": _unit_name(names, number)} for number in names],
        "partners": _partners(view),
        "rules": _preview(view, entity, ids),
    }
    page = {"title": dialog["title"], "back": {"url": view.url(entity), "label": str(view.entity(entity).plural)}}
    fragment = view.target in ("wf-dialog", "wf-allocate")
    template = "crm/allocate_dialog.html" if fragment else "crm/allocate.html"
    status = 422 if errors else 200
    return view.render(template, status, page=page, dialog=dialog, form=form, errors=list(errors), **data)


def _people(
    view: View, people: Sequence[int], units: Mapping[int, int], names: Mapping[int, tuple[str, str]]
) -> list[dict[str, Any]]:
    """Who could take them, who has least first."""
    held = loads(view.records.system("crm: load per person"), people)
    persons = directory.persons(view.records, people)
    rows = [
        {
            "to": f"person:{number}",
            "title": persons[number].shown()[0],
            "face": {"initials": persons[number].initials, "slot": number % 6 + 1},
            "sub": _unit_name(names, units[number]) if number in units else "",
            "load": held.get(number, Load()),
        }
        for number in people
        if number in persons
    ]
    return sorted(rows, key=lambda row: (row["load"].customers + row["load"].leads, row["title"]))


def _unit_name(names: Mapping[int, tuple[str, str]], number: int) -> str:
    name, alt = names.get(number, ("", ""))
    return in_script(name, alt, current_locale())[0]


def _partners(view: View) -> list[dict[str, str]]:
    page = view.records.query(
        "crm.account", fields=("name", "name_alt"), filters=_PARTNERS, sort="name", limit=_MOST_PARTNERS
    )
    return [
        {"to": f"partner:{row['id']}", "title": in_script(row["name"], row.get("name_alt"), current_locale())[0]}
        for row in page.rows
    ]


def _preview(view: View, entity: str, ids: Sequence[int]) -> dict[str, Any] | None:
    """Who would get how many by the rules; None when no rule fits any of them."""
    decisions = services.by_rules(view.records, entity, ids)
    counted = Counter(one.target for one in decisions)
    left = counted.pop(None, 0)
    if not counted:
        return None
    parts = [
        str(_("%(n)s to %(name)s") % {"n": number, "name": _name_of(view, _to(target))})
        for target, number in counted.most_common(12)
    ]
    if left:
        parts.append(str(_("%(n)s fit no rule") % {"n": left}))
    return {"text": str(_(", ")).join(parts)}


def _to(target: services.Target | None) -> str:
    if target is None:
        return ""
    if target.person is not None:
        return f"person:{target.person}"
    return f"unit:{target.unit}" if target.unit is not None else f"partner:{target.partner}"


ROUTES = [
    HttpRoute(
        "/allocate/leads", "crm.allocate_leads", allocate_leads, "grant:assign:crm.lead", ("GET", "POST")
    ),
    HttpRoute(
        "/allocate/customers", "crm.allocate_customers", allocate_customers, "grant:assign:crm.account",
        ("GET", "POST"),
    ),
]  # fmt: skip
