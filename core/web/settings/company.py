"""Settings > Company: name, currency, zone, language, fiscal year, and the settings plugins declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.db.money import CURRENCIES
from weft.core.errors import FieldError, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import company, organisation
from weft.core.identity.zones import time_zones
from weft.core.web.forms.fields import FormField
from weft.core.web.forms.parse import parse_form
from weft.core.web.frame import locale_names
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_company", __name__)
_NAMES = ("name", "name_alt", "currency", "zone", "locale", "fiscal_year_start", "tax_id", "phone", "website")


@route(blueprint, BASE, policy=POLICY, endpoint="start")
def start() -> Response:
    return current().redirect(f"{BASE}company/")


@route(blueprint, BASE + "company/", policy=POLICY, endpoint="show")
def show() -> Response:
    return _page(current(), {})


def _page(view: View, typed: Mapping[str, Any], errors: Sequence[FieldError] = ()) -> Response:
    stored = company.get(view.connection)
    values = {name: typed.get(name, getattr(stored, name)) for name in _NAMES}
    months = [{"value": str(n), "label": _month(view, n)} for n in range(1, 13)]
    zones = [{"value": zone, "label": zone} for zone in sorted(time_zones()) if "/" in zone]
    fields = [
        field("name", "text", _("Name of the company"), values["name"], max_length=120),
        field("name_alt", "text", _("Name in the other script"), values["name_alt"], required=False),
        field("currency", "choice", _("Company currency"), values["currency"], width="half",
              choices=[{"value": code, "label": code} for code in CURRENCIES],
              help=str(_("Sums over several currencies are shown in it."))),
        field("fiscal_year_start", "choice", _("Fiscal year begins"), str(values["fiscal_year_start"]), width="half",
              choices=months),
        field("zone", "choice", _("Time zone"), values["zone"], choices=zones, width="half"),
        field("locale", "choice", _("Language"), values["locale"], choices=locale_names(), width="half"),
        field("tax_id", "text", _("Tax id"), values["tax_id"], required=False, width="half"),
        field("phone", "text", _("Phone"), values["phone"], required=False, width="half"),
        field("website", "url", _("Website"), values["website"], required=False),
    ]  # fmt: skip
    blocks = [form_block(f"{BASE}company/", fields, _("Save"), errors)]
    plugin_form = _plugin_settings(view, typed, errors)
    if plugin_form:
        blocks += [{"kind": "head", "text": str(_("Settings of plugins"))}, plugin_form]
    rates = {"label": str(_("Exchange rates")), "url": f"{BASE}company/rates/", "icon": "coin"}
    return settings_page(view, "company", blocks, actions=[rates], status=422 if errors else 200)


def _month(view: View, number: int) -> str:
    return str(view.formats.babel.months["stand-alone"]["wide"][number])


@route(blueprint, BASE + "company/", policy=POLICY, methods=["POST"], endpoint="save")
def save() -> Response:
    view = current()
    given = {name: view.form[name] for name in _NAMES if name in view.form}
    try:
        number = organisation.update_company(view.records, **given)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, given, error.errors)
    view.toast(_("Company saved"), undo=number)
    return view.redirect(f"{BASE}company/")


# ---- settings of plugins


def _declared(view: View) -> dict[str, Any]:
    found = sorted(view.runtime.registry.settings.values(), key=lambda one: (one.order, one.key))
    return {one.key: one.field.named(one.key.replace(".", "-")) for one in found}


def _plugin_settings(view: View, typed: Mapping[str, Any], errors: Sequence[FieldError]) -> dict[str, Any] | None:
    declared = _declared(view)
    if not declared:
        return None
    maker = FormField(view, ("setting",))
    messages = {error.field: error.message for error in errors}
    fields = []
    for key, one in declared.items():
        value = company.get_value(view.connection, f"setting:{key}")
        value = one.default_value() if value is None else value
        fields.append(maker.field(one, value, error=messages.get(one.name)))
    return form_block(
        f"{BASE}company/plugins/", fields, _("Save"), hidden={"_had": ",".join(f["name"] for f in fields)}
    )


@route(blueprint, BASE + "company/plugins/", policy=POLICY, methods=["POST"], endpoint="save_plugins")
def save_plugins() -> Response:
    from weft.core.identity.acting import note
    from weft.core.records.kinds import api_value
    from weft.core.records.schema import load, schema_of_fields

    view = current()
    declared = _declared(view)
    by_name = {one.name: (key, one) for key, one in declared.items()}
    given = parse_form(view.form, declared.values(), view.zone)
    try:
        loaded = load(schema_of_fields({name: one for name, (_key, one) in by_name.items()}, "settings"), given)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, {}, error.errors)
    changes = {}
    for name, value in loaded.items():
        key, one = by_name[name]
        before, after = company.get_value(view.connection, f"setting:{key}"), api_value(one, value)
        if before != after:
            company.set_value(view.connection, f"setting:{key}", after)
            changes[key] = [before, after]
    if changes:
        note(view.records, "company.update", changes)
    view.toast(_("Settings saved"))
    return view.redirect(f"{BASE}company/")
