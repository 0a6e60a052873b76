"""Routes of generated forms: make a record, change one, choose between two people's changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.db.fields import Field
from weft.core.errors import Conflict, FieldError, RateLimited, ValidationFailed
from weft.core.i18n import translator
from weft.core.records.values import Row, to_api
from weft.core.registry.model import EntityType
from weft.core.web import once, quotas, toasts
from weft.core.web.forms.checks import warnings
from weft.core.web.forms.conflict import conflict_data, resolved
from weft.core.web.forms.parse import parse_form
from weft.core.web.forms.record_form import RecordForm
from weft.core.web.frame import endpoint_url
from weft.core.web.pages.resolve import entity_at, require_operation
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.values import Values

__all__ = ["blueprint", "partial_form"]

_ = translator("core")

blueprint = Blueprint("forms", __name__)
_BASE = "/<portal>/<plugin>/<slug>/"


# ---- new


@route(blueprint, _BASE + "new", policy="record", endpoint="new")
def show_new(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "create")
    page = view.runtime.registry.record_pages.get(entity.key)
    if page is not None and page.maker and view.args.get("pick") != "1":
        maker = endpoint_url(view, page.maker)
        if maker is not None:
            return view.redirect(maker)
    form = RecordForm(view, entity)
    return _new_page(view, entity, form, _defaults(view, form))


def _defaults(view: View, form: RecordForm) -> dict[str, Any]:
    """Declared defaults, then what the address presets (``?role=customer&account=17``)."""
    values = {name: declared.default_value() for name, declared in form.writable.items()}
    given = parse_form(view.args, form.writable.values(), view.zone)
    values |= {name: value for name, value in given.items() if value not in (None, "", [])}
    page = view.runtime.registry.record_pages.get(form.entity.key)
    if page is not None and page.preset is not None:
        for name, value in page.preset(view, values).items():
            if name in form.writable and values.get(name) in (None, "", []):
                values[name] = value
    typed = view.args.get("title", "").strip()[:200]
    if typed and len(form.entity.spec.title) == 1 and form.entity.spec.title[0] in form.writable:
        values.setdefault(form.entity.spec.title[0], typed)
        values[form.entity.spec.title[0]] = values[form.entity.spec.title[0]] or typed
    return values


def _new_page(
    view: View,
    entity: EntityType,
    form: RecordForm,
    values: Mapping[str, Any],
    errors: tuple[FieldError, ...] = (),
    *,
    status: int = 422,
) -> Response:
    picking = view.args.get("pick") == "1"
    data = form.data(
        action=view.url(entity.key, "new", **({"pick": "1"} if picking else {})),
        values=values,
        errors=errors,
        cancel_url=view.url(entity.key),
        only=_quick(entity, form, values) if picking else _asked(view, entity),
    )
    if picking:
        data.pop("submit_new", None)
    title = _("New %(entity)s") % {"entity": _lower(view, entity.label)}
    return _form_answer(view, str(title), data, entity, status=status if errors else 200)


def _asked(view: View, entity: EntityType) -> list[str] | None:
    """Fields that a plugin's page asks for in a new record, and those that the address presets; None for all."""
    page = view.runtime.registry.record_pages.get(entity.key)
    if page is None or not page.new:
        return None
    posted = view.form.get("_had", "").split(",")
    return list(dict.fromkeys([*page.new, *view.args, *posted]))


def _quick(entity: EntityType, form: RecordForm, values: Mapping[str, Any]) -> list[str]:
    """Fields of the small form inside a picker: titles, required ones, and what has no default."""
    needed = [name for name, f in form.writable.items() if f.required and values.get(name) in (None, "", [])]
    titles = [name for name in (*entity.spec.title, entity.spec.alt_title) if name in form.writable]
    return list(dict.fromkeys([*(name for name in titles if name), *needed]))


def _form_answer(view: View, title: str, data: dict[str, Any], entity: EntityType, *, status: int = 200) -> Response:
    """A dialog when htmx asks for one, else a page."""
    if view.target in ("wf-dialog", "wf-dialog-form"):
        return view.render("pages/form_dialog.html", status, dialog={"title": title, "size": "wide"}, form=data)
    page = {"title": title, "back": {"url": view.url(entity.key), "label": str(entity.plural)}}
    template = "pages/form_part.html" if view.fragment and view.target == "wf-form" else "pages/form.html"
    return view.render(template, status, page=page, form=data)


@route(blueprint, _BASE + "check", policy="record", methods=["POST"], endpoint="check")
def check(portal: str, plugin: str, slug: str) -> Response:
    """Warnings about what is being typed; nothing is written, so no unit for writing is opened."""
    view, entity = entity_at(plugin, slug)
    view.writing = False
    try:
        quotas.take("check" if view.principal.internal else "check_outside", view.principal)
    except RateLimited as error:  # said where the warnings stand: the form itself can still be sent
        rows = [{"text": str(error), "tone": "warn", "blocks": False}]
        answer = view.fragment_of("wf/form.html", "form_warnings", rows, status=429)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    given = view.args.get("record", "")
    row = view.records.get(entity.key, int(given)) if given.isdigit() else None
    if row is None:
        entity_at(plugin, slug, "create")
    else:
        require_operation(view, entity, "update", row.id)
    values = RecordForm(view, entity, row).posted()
    rows = warnings(view, entity, values, row.id if row is not None else None)
    return view.fragment_of("wf/form.html", "form_warnings", rows)


@route(blueprint, _BASE + "new", policy="record", methods=["POST"], endpoint="create")
def create(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "create")
    again = once.replayed(view)
    if again is not None:
        view.toast(_("This was already saved."))
        return view.redirect(again)
    form = RecordForm(view, entity)
    values = form.posted()
    try:
        quotas.take_check(view.runtime.registry, entity.key, _typed(values), view.principal)
        row = view.records.create(entity.key, values)
    except RateLimited as error:
        return _too_often(_new_page(view, entity, form, values, _said(error), status=429), error)
    except ValidationFailed as error:
        view.undo_all()
        return _new_page(view, entity, form, values, error.errors)
    address = view.url(entity.key, row.id)
    once.remember(view, address)
    return _created(view, entity, row, address)


def _typed(values: Mapping[str, Any]) -> list[str]:
    """Names of the fields in which something stands."""
    return [name for name, value in values.items() if value not in (None, "", [])]


def _said(error: RateLimited) -> tuple[FieldError, ...]:
    return (FieldError("", "rate_limited", str(error)),)


def _too_often(answer: Response, error: RateLimited) -> Response:
    """A form that was saved too often is shown again with all that was typed."""
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _created(view: View, entity: EntityType, row: Row, address: str) -> Response:
    values = Values(view.runtime.registry, view.portal_key)
    title = values.title(row, entity)[0]
    view.toast(_("%(title)s created") % {"title": title}, undo=view.records.change_set_id)
    if view.args.get("pick") == "1":
        picked: dict[str, Any] = {"id": row.id, "title": title, "url": address}
        face = values.record_face(entity.key, row.id, title)
        return view.done(wf_picked=picked | ({"face": face} if face else {}), wf_close=True)
    if view.form.get("_next") == "new":
        return view.redirect(view.url(entity.key, "new"))
    if view.target in ("wf-dialog", "wf-dialog-form"):
        return view.done(wf_close=True, wf_refresh=True)
    return view.redirect(address)


# ---- edit


@route(blueprint, _BASE + "<int:record_id>/edit", policy="record", endpoint="edit")
def show_edit(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    require_operation(view, entity, "update", record_id)
    row = view.records.get(entity.key, record_id)
    return _edit_page(view, entity, row, row)


def _edit_page(
    view: View, entity: EntityType, row: Row, values: Mapping[str, Any], errors: tuple[FieldError, ...] = (),
    *, status: int = 422,
) -> Response:  # fmt: skip
    form = RecordForm(view, entity, row)
    given = view.form.get("version", "")
    data = form.data(
        action=view.url(entity.key, row.id, "edit"),
        values=values,
        errors=errors,
        version=int(given) if errors and given.isdigit() else row.version,
        cancel_url=view.url(entity.key, row.id),
        hidden={"_base": _base_of(form, row)} if not errors else {"_base": view.form.get("_base", "")},
    )
    title = Values(view.runtime.registry, view.portal_key).title(row, entity)[0]
    return _form_answer(view, title, data, entity, status=status if errors else 200)


def partial_form(
    view: View, entity: EntityType, row: Row, values: Mapping[str, Any], only: Sequence[str],
    errors: tuple[FieldError, ...],
) -> Response:  # fmt: skip
    """The form of a record with some fields alone, in a dialog: what a move on a board still lacks."""
    form = RecordForm(view, entity, row)
    data = form.data(
        action=view.url(entity.key, row.id, "edit"),
        values=values,
        errors=errors,
        version=row.version,
        hidden={"_base": _base_of(form, row)},
        only=only,
    )
    data.pop("draft", None)
    title = Values(view.runtime.registry, view.portal_key).title(row, entity)[0]
    return view.render("pages/form_dialog.html", 422, dialog={"title": title, "size": "small"}, form=data)


def _base_of(form: RecordForm, row: Row) -> str:
    """The values the form starts from, so that a conflict can tell mine from theirs; signed against tampering."""
    from weft.core.web.forms.conflict import pack

    api = to_api(form.entity, row)
    return pack(form.view, {name: api.get(name) for name in form.writable})


@route(blueprint, _BASE + "<int:record_id>/edit", policy="record", methods=["POST"], endpoint="update")
def update(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    require_operation(view, entity, "update", record_id)
    before = view.records.get(entity.key, record_id)
    form = RecordForm(view, entity, before)
    posted = resolved(view, form.posted())
    base = _unpacked(view)
    # Only what the person changed is written: untouched fields neither conflict nor appear in the history.
    values = _changed(form, posted, base) if base is not None else posted
    version = view.form.get("version", "")
    try:
        quotas.take_check(view.runtime.registry, entity.key, values, view.principal)
        row = view.records.update(
            entity.key, record_id, values, version=int(version) if version.isdigit() else None, base=base
        )
    except RateLimited as error:
        shown = {**before, **posted}
        return _too_often(_edit_page(view, entity, before, shown, _said(error), status=429), error)
    except ValidationFailed as error:
        view.undo_all()
        return _edit_page(view, entity, view.records.get(entity.key, record_id), {**before, **posted}, error.errors)
    except Conflict as error:
        view.undo_all()
        return _conflict_page(view, entity, record_id, posted, error)
    title = Values(view.runtime.registry, view.portal_key).title(row, entity)[0]
    view.toast(_("%(title)s saved") % {"title": title}, undo=view.records.change_set_id)
    if view.target in ("wf-dialog", "wf-dialog-form"):
        return view.done(wf_close=True, wf_refresh=True)
    return view.redirect(view.url(entity.key, record_id))


def _unpacked(view: View) -> dict[str, Any] | None:
    from weft.core.web.forms.conflict import unpack

    return unpack(view, view.form.get("_base", ""))


def _changed(form: RecordForm, posted: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in posted.items() if not _same(form.writable[name], value, base.get(name))}


def _same(declared: Field, posted: Any, base: Any) -> bool:
    """True when a posted value means what the form showed."""
    if isinstance(base, Mapping) and "id" in base:
        return str(posted or "") == str(base["id"])
    from weft.core.records.kinds import Refused, api_value, converter

    try:
        convert = converter(declared)
        mine, theirs = convert(posted), convert(base)
    except Refused:
        return False
    return bool(api_value(declared, mine) == api_value(declared, theirs)) or (not mine and not theirs)


def _conflict_page(
    view: View, entity: EntityType, record_id: int, posted: Mapping[str, Any], error: Conflict
) -> Response:
    now = view.records.get(entity.key, record_id)
    data = conflict_data(view, entity, now, posted, error)
    title = str(_("Somebody else saved this record"))
    page = {"title": title, "back": {"url": view.url(entity.key, record_id), "label": str(entity.label)}}
    if view.fragment:
        response = view.render("pages/conflict_part.html", 409, conflict=data)
        return toasts.trigger(response)
    return view.render("pages/conflict.html", 412, page=page, conflict=data)


def _lower(view: View, text: object) -> str:
    words = str(text)
    return words[:1].lower() + words[1:] if view.locale == "en" else words
