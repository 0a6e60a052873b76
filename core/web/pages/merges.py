"""Routes of merging: two records side by side, a choice per field that differs, what moves, and how it will look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from weft.core.db.fields import Field, Kind
from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import merge as merging
from weft.core.records.values import RefValue, Row, to_api
from weft.core.registry.model import EntityType
from weft.core.web.forms.record_form import RecordForm
from weft.core.web.pages.bulk import chosen_ids
from weft.core.web.pages.resolve import entity_at, require_operation
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.values import Values

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("merges", __name__)
_BASE = "/<portal>/<plugin>/<slug>/merge"
_KEEP, _DROP = "keep", "drop"
#: Words for rows beside records, by table; what is not here is not counted aloud.
_BESIDE = {
    "comment": _("Comments"), "attachment": _("Files"), "record_tag": _("Tags"), "follower": _("Followers"),
    "record_share": _("Shares"), "anchor": _("People who sign in for it"), "links": _("Links"),
}  # fmt: skip


@route(blueprint, _BASE, policy="record", endpoint="ask")
def show_merge(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "delete")
    if "ids" in view.args:  # from two ticked rows of a list
        ids = chosen_ids(view, entity, view.args)
        if len(ids) != 2:
            view.toast(_("Tick exactly two rows to merge them."))
            return view.done(wf_close=True) if view.fragment else view.redirect(view.url(entity.key))
        return view.redirect(view.url(entity.key, "merge", keep=min(ids), drop=max(ids)))
    keep, drop = _number(view, _KEEP), _number(view, _DROP)
    if not drop:
        return _choose(view, entity, keep)
    return _page(view, entity, keep, drop)


def _number(view: View, name: str) -> int:
    text = view.args.get(name, "")
    return int(text) if text.isdigit() and len(text) < 17 else 0


def _choose(view: View, entity: EntityType, keep: int) -> Response:
    """Ask which record is the same; from the More menu of one."""
    from weft.core.web.forms.fields import FormField

    require_operation(view, entity, "update", keep)
    field = FormField(view, (entity.plugin, entity.slug)).field(
        Field(Kind.REFERENCE, _("The other record"), name=_DROP, required=True, to=(entity.key,)), None
    )
    field |= {"search_url": view.page("pick", "any", entity.plugin, entity.slug, only=entity.key), "autofocus": True}
    field.pop("create_url", None)
    form = {
        "action": view.url(entity.key, "merge", "choose"), "fields": [field], "submit": str(_("Compare")),
        "hidden": {_KEEP: str(keep)},
    }  # fmt: skip
    dialog = {"title": str(_("Merge")), "sub": _title(view, entity, view.records.get(entity.key, keep))}
    return view.render("pages/form_dialog.html", dialog=dialog, form=form)


@route(blueprint, _BASE + "/choose", policy="record", methods=["POST"], endpoint="choose")
def choose(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "delete")
    view.writing = False
    keep, drop = view.form.get(_KEEP, ""), view.form.get(_DROP, "")
    if not (keep.isdigit() and drop.isdigit()):
        raise ValidationFailed.single(_DROP, "required", _("Choose the other record."))
    return view.redirect(view.url(entity.key, "merge", keep=keep, drop=drop))


# ---- the page


def _sides(view: View, entity: EntityType, keep: int, drop: int) -> tuple[Row, Row]:
    if keep == drop:
        raise NotFound("merge")
    require_operation(view, entity, "update", keep)
    require_operation(view, entity, "delete", drop)
    return view.records.get(entity.key, keep, trash=False), view.records.get(entity.key, drop, trash=False)


def _title(view: View, entity: EntityType, row: Row) -> str:
    return str(Values(view.runtime.registry, view.portal_key).title(row, entity)[0])


def _page(view: View, entity: EntityType, keep: int, drop: int, errors: tuple[Any, ...] = ()) -> Response:
    first, second = _sides(view, entity, keep, drop)
    chosen = {name: view.form[name] for name in view.form} if errors else {}
    data = {
        "action": view.url(entity.key, "merge", keep=keep, drop=drop),
        "swap_url": view.url(entity.key, "merge", keep=drop, drop=keep),
        "cancel_url": view.url(entity.key, keep),
        "keep": _side(view, entity, first), "drop": _side(view, entity, second),
        "rows": _rows(view, entity, first, second, chosen),
        "moves": _moves(view, drop),
        "same": _same(view, entity, first, second),
        "errors": [{"text": str(error.message)} for error in errors],
    }  # fmt: skip
    page = {
        "title": str(_("Merge two records")),
        "back": {"url": view.url(entity.key), "label": str(entity.plural)},
    }
    return view.render("pages/merge.html", 422 if errors else 200, page=page, merge=data)


def _side(view: View, entity: EntityType, row: Row) -> dict[str, Any]:
    owner = Values(view.runtime.registry, view.portal_key).person(row["owner"]) if row.get("owner") else None
    return {
        "title": _title(view, entity, row), "url": view.url(entity.key, row.id), "owner": owner,
        "created": view.formats.date(row["created_at"]) if row.get("created_at") else "",
    }  # fmt: skip


def _choosable(view: View, entity: EntityType, first: Row) -> Mapping[str, Field]:
    """Fields a person may choose: those of the form, but for files, which stay where they are."""
    form = RecordForm(view, entity, first)
    return {name: declared for name, declared in form.writable.items() if declared.kind is not Kind.FILE}


def _differing(view: View, entity: EntityType, first: Row, second: Row) -> dict[str, Field]:
    mine, theirs = to_api(entity, first), to_api(entity, second)
    return {
        name: declared for name, declared in _choosable(view, entity, first).items()
        if name in second and not _empty(theirs.get(name)) and mine.get(name) != theirs[name]
        if not _hidden(second.get(name)) and not _names_itself(declared, second.get(name), first.id)
    }  # fmt: skip


def _empty(value: Any) -> bool:
    return value in (None, "", []) or (isinstance(value, Mapping) and not any(value.values()))


def _hidden(value: Any) -> bool:
    return isinstance(value, RefValue) and value.restricted


def _names_itself(declared: Field, value: Any, keep: int) -> bool:
    return declared.kind is Kind.REFERENCE and isinstance(value, RefValue) and value.id == keep


def _rows(view: View, entity: EntityType, first: Row, second: Row, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    values = Values(view.runtime.registry, view.portal_key)
    rows = []
    for name, declared in _differing(view, entity, first, second).items():
        preset = _KEEP if not _empty(to_api(entity, first).get(name)) else _DROP
        shown = {side: values.value(declared, row.get(name)) for side, row in ((_KEEP, first), (_DROP, second))}
        rows.append({
            "name": name, "label": str(declared.label), "kind": values.kind(declared), "keep": shown[_KEEP],
            "drop": shown[_DROP], "keep_empty": _empty(to_api(entity, first).get(name)),
            "chosen": chosen.get(name, preset),
        })  # fmt: skip
    return rows


def _same(view: View, entity: EntityType, first: Row, second: Row) -> list[str]:
    mine, theirs = to_api(entity, first), to_api(entity, second)
    fields = _choosable(view, entity, first)
    return [
        str(f.label) for name, f in fields.items() if not _empty(mine.get(name)) and mine.get(name) == theirs.get(name)
    ]


def _moves(view: View, drop: int) -> list[dict[str, Any]]:
    """What comes along, in words and numbers."""
    found = []
    for key, number in merging.counts(view.records, drop).items():
        entity = view.runtime.registry.entities.get(key)
        label = str(entity.plural) if entity is not None else str(_BESIDE[key]) if key in _BESIDE else ""
        if label and number:
            found.append({"label": label, "count": view.formats.number(number)})
    return found


@route(blueprint, _BASE, policy="record", methods=["POST"], endpoint="run")
def run_merge(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "delete")
    keep, drop = _number(view, _KEEP), _number(view, _DROP)
    first, second = _sides(view, entity, keep, drop)
    theirs = to_api(entity, second)
    values = {
        name: _plain(theirs.get(name)) for name in _differing(view, entity, first, second)
        if view.form.get(name) == _DROP
    }  # fmt: skip
    title = _title(view, entity, first)
    try:
        view.records.merge(entity.key, keep, drop, values)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, entity, keep, drop, error.errors)
    except Denied:
        view.undo_all()
        raise
    view.toast(_("Merged into %(title)s") % {"title": title}, undo=view.records.change_set_id)
    return view.redirect(view.url(entity.key, keep))


def _plain(value: Any) -> Any:
    """An API value as writers take it: references by their id."""
    if isinstance(value, Mapping) and "id" in value:
        return value["id"]
    return value
