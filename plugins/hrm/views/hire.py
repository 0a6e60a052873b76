"""Hiring: one form for everything that somebody new needs, then the link to hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from weft.core.sdk import FieldError, ValidationFailed, current_locale, directory, in_script, staff, translator
from weft.core.websdk import View, once
from weft.plugins.hrm import vocabulary as words
from weft.plugins.hrm.services import checklists, hiring

_ = translator("hrm")

__all__ = ["hire"]

_TEXTS = ("name", "name_alt", "email", "phone", "contract", "country", "locale", "zone")
_NUMBERS = ("unit", "position", "reports_to", "template")
_DAYS = ("begins_on", "ends_on", "probation_until")
_LOCALES = {"en": "English", "zh": "中文"}


def hire(view: View) -> Any:
    """Ask, then take somebody on."""
    if view.method != "POST":
        joining = checklists.templates(view.records, "joining")
        first = {"begins_on": view.today.isoformat(), "contract": "open_ended", "locale": view.locale,
                 "template": joining[0]["id"] if joining else ""}  # fmt: skip
        return _form(view, first, ())
    again = once.replayed(view)
    if again is not None:
        return view.redirect(again)
    typed = {name: view.form.get(name, "").strip() for name in (*_TEXTS, *_NUMBERS, *_DAYS)}
    given: dict[str, Any] = {
        **typed,
        "roles": [one for text in view.form.getlist("roles") for one in text.split(",") if one],
        "heads": view.form.getlist("heads")[-1:] == ["1"],
    }
    try:
        done = hiring.hire(view.records, _newcomer(given))
    except ValidationFailed as error:
        view.undo_all()
        return _form(view, given, error.errors)
    address = view.url("hrm.employee", done.employee["id"])
    once.remember(view, address)
    return _hired(view, done, address)


def _newcomer(given: Mapping[str, Any]) -> hiring.Newcomer:
    days: dict[str, date | None] = {}
    for name in _DAYS:
        try:
            days[name] = date.fromisoformat(given[name]) if given[name] else None
        except ValueError as error:
            raise ValidationFailed.single(name, "invalid", _("This is no day.")) from error
    begins = days.pop("begins_on")
    if begins is None:
        raise ValidationFailed.single("begins_on", "required", _("Say when the work begins."))
    numbers: dict[str, Any] = {name: int(given[name]) if given[name].isdigit() else None for name in _NUMBERS}
    texts: dict[str, Any] = {name: given[name] for name in _TEXTS}
    rest: dict[str, Any] = {**texts, **numbers, **days, "begins_on": begins}
    return hiring.Newcomer(**rest, roles=tuple(given["roles"]), heads=given["heads"])


def _hired(view: View, done: hiring.Hired, address: str) -> Any:
    name = in_script(done.employee["name"], done.employee.get("name_alt"), current_locale())[0]
    text = _("A mail with a link of its own is on its way.") if done.mailed else _("Hand this link over yourself.")
    title = str(_("%(name)s was hired") % {"name": name})
    more = []
    if done.checklist is not None:
        more.append({"label": str(_("Joining list")), "url": view.url(checklists.LIST, done.checklist["id"])})
    return view.render(
        "hrm/hired.html", page={"title": title},
        head={"title": title, "actions": [{"label": str(_("Open the file")), "url": address, "primary": True}, *more]},
        text=str(text), mailed=done.mailed, link=done.url,
    )  # fmt: skip


# ---- the form


def _form(view: View, given: Mapping[str, Any], errors: Sequence[FieldError]) -> Any:
    wrong = {error.field: str(error.message) for error in errors}

    def field(name: str, kind: str, label: Any, **more: Any) -> dict[str, Any]:
        found = {"name": name, "kind": kind, "label": str(label), "value": given.get(name) or "", "required": False,
                 "error": wrong.get(name), "width": "half"}  # fmt: skip
        return found | more

    contracts = [{"value": key, "label": str(label)} for key, label in words.CONTRACT_KIND.labels.items()]
    contracts.append({"value": "", "label": str(_("No contract yet"))})
    roles = [{"value": role.key, "label": str(role.label)} for role in staff.givable_roles(view.records)]
    sections = [
        (_("Person"), [
            field("name", "text", _("Name"), required=True, max_length=120, autofocus=True),
            field("name_alt", "text", _("Name in the other script"), max_length=120),
            field("email", "email", _("Mail for signing in"), required=True),
            field("phone", "phone", _("Telephone")),
        ]),
        (_("Place of work"), [
            field("unit", "choice", _("Unit"), as_select=True, choices=_units(view), required=True),
            field("position", "choice", _("Position"), as_select=True, choices=_positions(view)),
            field("reports_to", "reference", _("Reports to"), selected=_person(view, given), value=None,
                  search_url=view.page("pick", "hrm", "employees", "reports_to"),
                  help=str(_("Empty: the head of the unit."))),
            field("begins_on", "date", _("First day of work"), required=True),
            field("heads", "boolean", _("Heads the unit"), value=bool(given.get("heads"))),
            field("country", "text", _("Working calendar of"), max_length=2,
                  help=str(_("Country code, such as NL or CN. Empty: that of the company."))),
        ]),
        (_("Contract"), [
            field("contract", "choice", _("Kind of contract"), choices=contracts, as_select=True),
            field("ends_on", "date", _("Ends on")),
            field("probation_until", "date", _("Probation until")),
        ]),
        (_("Account and joining list"), [
            field("roles", "choices", _("Roles"), value=given.get("roles") or [], choices=roles, width="full"),
            field("locale", "choice", _("Language"),
                  choices=[{"value": key, "label": label} for key, label in _LOCALES.items()]),
            field("template", "choice", _("Joining list"), as_select=True, choices=_templates(view)),
        ]),
    ]  # fmt: skip
    back = {"url": view.url("hrm.employee"), "label": str(_("Employees"))}
    form = {
        "action": view.page("hrm", "hire").rstrip("/"), "submit": str(_("Hire")), "plain": True,
        "groups": [{"title": str(title), "fields": fields} for title, fields in sections],
        "hidden": {once.FIELD: once.new_token(view)}, "cancel_url": back["url"],
        "errors": [{"text": str(e.message), "field": e.field} for e in errors],
    }  # fmt: skip
    page = {"title": str(_("Hire somebody")), "back": back}
    return view.render("pages/form.html", 422 if errors else 200, page=page, form=form)


def _units(view: View) -> list[dict[str, Any]]:
    return [
        {"value": number, "label": "\u2003" * depth + in_script(name, other, current_locale())[0]}
        for number, name, other, depth in directory.all_units(view.records)
    ]


def _positions(view: View) -> list[dict[str, Any]]:
    rows = view.records.query("hrm.position", filters={"active": "true"}, sort="name", limit=200).rows
    found = [
        {"value": row["id"], "label": in_script(row["name"], row.get("name_alt"), current_locale())[0]} for row in rows
    ]
    return [{"value": "", "label": str(_("No position"))}, *found]


def _templates(view: View) -> list[dict[str, Any]]:
    found = [
        {"value": row["id"], "label": in_script(row["name"], row.get("name_alt"), current_locale())[0]}
        for row in checklists.templates(view.records, "joining")
    ]
    return [*found, {"value": "", "label": str(_("No list"))}]


def _person(view: View, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    typed = str(given.get("reports_to") or "")
    found = directory.persons(view.records, [int(typed)] if typed.isdigit() else [])
    return [
        {"id": one.id, "title": one.shown()[0], "face": {"initials": one.initials, "slot": one.id % 6 + 1}}
        for one in found.values()
    ]
