"""The dialog that turns a lead into a customer: it shows beforehand which account and contact it will use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import FieldError, HttpRoute, RefValue, Row, ValidationFailed, translator
from weft.core.websdk import FormField, Values, View, once, parse_form
from weft.plugins.crm.actions.leads import CONVERT, CONVERT_DIALOG
from weft.plugins.crm.services import conversion

_ = translator("crm")

__all__ = ["ROUTES"]

_LEAD, _ACTION = "crm.lead", "crm.lead.convert"
_TEMPLATES = {"dialog": "crm/convert_dialog.html", "page": "crm/convert_page.html"}
#: Asked in the dialog; whether an account is made apart shows in an emptied field.
_ASKED = {name: declared.named(name) for name, declared in CONVERT.items() if name != "apart"}


def convert(view: View, record_id: int) -> Any:
    """Show what the lead will become, or convert it as the form says."""
    view.require(_LEAD, _ACTION, record_id)
    lead = view.records.get(_LEAD, record_id)
    if view.method != "POST":
        return _ask(view, lead)
    done = once.replayed(view)
    if done is not None:
        view.toast(_("This was already saved."))
        return view.redirect(done)
    given = parse_form(view.form, list(_ASKED.values()), view.zone)
    try:
        result = view.records.act(_ACTION, record_id, _meant(view, lead, given))
    except ValidationFailed as error:
        view.undo_all()
        lead = view.records.get(_LEAD, record_id)
        return _ask(view, lead, _chosen(view, given), error.errors)
    address = f"/r/{result.record}"
    once.remember(view, address)
    view.toast(result.message or _("Lead converted"), undo=view.records.change_set_id)
    return view.redirect(address)


def _meant(view: View, lead: Row, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the form means: an emptied account is a new one, a new account takes no contact of the one proposed."""
    found = conversion.known(view.records, lead)
    data = dict(given)
    if found is None or not found.readable:
        return data
    account = str(data.get("account") or "")
    if not account:
        data["apart"] = True
    if account != str(found.account) and str(data.get("contact") or "") == str(found.contact or "-"):
        data["contact"] = None
    return data


def _chosen(view: View, given: Mapping[str, Any]) -> dict[str, Any]:
    """The form as it was sent, its references with their titles."""
    wanted = {name: int(given[name]) for name in ("account", "contact") if str(given.get(name) or "").isdigit()}
    titles = view.records.titles(wanted.values())
    return {**given, **{name: titles.get(number) for name, number in wanted.items()}}


# ---- the form


def _ask(view: View, lead: Row, given: Mapping[str, Any] | None = None, errors: Sequence[FieldError] = ()) -> Any:
    found = conversion.known(view.records, lead)
    refused = _refusals(view, lead, found)
    title = Values(view.runtime.registry, view.portal_key).title(lead, view.entity(_LEAD))[0]
    back = {"url": view.url(_LEAD, lead["id"]), "label": title}
    form: dict[str, Any] = {
        "action": view.url(_LEAD, lead["id"], "act", "convert"), "submit": str(_("Convert")),
        "hidden": {once.FIELD: once.new_token(view), "_had": ",".join(_ASKED)}, "cancel_url": back["url"],
        "errors": [_error(one) for one in errors],
        "fields": [] if refused else _fields(view, lead, found, given, errors),
    }  # fmt: skip
    data = {
        "dialog": {"title": str(_("Convert")), "sub": title},
        "page": {"title": str(_("Convert")), "back": back},
        "form": form,
        "notes": refused,
    }
    part = "dialog" if view.target in ("wf-dialog", "wf-dialog-form") else "page"
    return view.render(_TEMPLATES[part], 422 if errors else 200, **data)


def _error(one: FieldError) -> dict[str, Any]:
    return {"text": str(one.message), **({"field": one.field} if one.field in _ASKED else {})}


def _refusals(view: View, lead: Row, found: conversion.Known | None) -> list[dict[str, Any]]:
    """Why this person cannot make a customer of the firm, and whom to ask; empty when they can."""
    if found is not None and found.readable:
        return []
    told = conversion.says(view.records, lead)
    return [
        {
            "text": str(one.text), "tone": "stop",
            "action": {"label": str(one.action.label), "url": view.page("crm", "ask-for-customer").rstrip("/"),
                       "values": dict(one.action.values)} if one.action else None,
        }
        for one in told
        if one.blocks or found is not None
    ]  # fmt: skip


def _fields(
    view: View, lead: Row, found: conversion.Known | None, given: Mapping[str, Any] | None,
    errors: Sequence[FieldError],
) -> list[dict[str, Any]]:  # fmt: skip
    maker = FormField(view, ("action", _ACTION))
    wrong = {error.field: error.message for error in reversed(errors)}
    values = _proposed(view, found) if given is None else given
    fields = {name: maker.field(field, values.get(name), error=wrong.get(name)) for name, field in _ASKED.items()}
    fields["account"]["help"] = str(_account_help(lead, found))
    fields["contact"]["help"] = str(_contact_help(lead, found))
    return list(fields.values())


def _proposed(view: View, found: conversion.Known | None) -> dict[str, Any]:
    values: dict[str, Any] = {"deal": True}
    if found is None:
        return values
    titles = view.records.titles([number for number in (found.account, found.contact) if number is not None])
    contact: RefValue | None = titles.get(found.contact) if found.contact is not None else None
    values["account"] = titles.get(found.account)
    if contact is not None and not contact.restricted:
        values["contact"] = contact
    return values


def _account_help(lead: Row, found: conversion.Known | None) -> Any:
    name = {"name": lead.get("company") or lead["name"]}
    if found is None:
        return _("Empty: %(name)s becomes a new customer.") % name
    if not found.reasons:
        return _("The lead belongs to it. Empty: %(name)s becomes a new customer.") % name
    return _("Here already (%(reasons)s). Empty: %(name)s becomes a new customer.") % {**name, "reasons": found.reasons}


def _contact_help(lead: Row, found: conversion.Known | None) -> Any:
    if not lead.get("person"):
        return _("The lead names no person.")
    name = {"name": lead["person"]}
    if found is not None and found.contact is not None:
        return _("%(name)s works there already.") % name
    return _("Empty: %(name)s becomes a new contact.") % name


ROUTES = [
    HttpRoute("/convert/<int:record_id>", CONVERT_DIALOG, convert, "record", methods=("GET", "POST")),
]
