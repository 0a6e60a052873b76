"""Settings > Lists and values: the words a company chooses itself, in both languages, in its own order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import Denied, FieldError, NotFound, StateConflict, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.portal.navigation import set_up_entries
from weft.core.records.values import Row
from weft.core.web.frame import endpoint_url
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_values", __name__)
_HERE = f"{BASE}values/"
_ENTITY = "core.value"
_NAMES = ("title", "list_key", "code", "label_en", "label_zh", "position", "status")
_STEP = 10


@route(blueprint, _HERE, policy=POLICY, endpoint="lists")
def show_lists() -> Response:
    view = current()
    counted = {line["list_key"]: line["count"] for line in _counts(view)}
    rows = []
    for one in sorted(view.runtime.registry.value_lists.values(), key=lambda found: str(found.label)):
        number = counted.get(one.key, 0)
        text = str(_("%(n)s values") % {"n": view.formats.number(number)})
        plugin = view.runtime.plugins.active.get(one.key.partition(".")[0])
        rows.append(
            {
                "title": str(one.label), "url": f"{_HERE}{one.key}/", "icon": "list", "beside": True,
                "sub": str(plugin.title) if plugin else "", "end": {"text": text},
            }
        )  # fmt: skip
    panel = {
        "title": str(_("Lists")), "rows": rows, "full": True, "count": len(rows),
        "empty": {"title": str(_("No plugin keeps a list yet."))},
    }  # fmt: skip
    blocks = [{"kind": "panel", "panel": panel}]
    kept = _set_up(view)
    if kept:
        blocks.append({"kind": "panel", "panel": {"title": str(_("Set up once")), "rows": kept, "full": True}})
    return settings_page(view, "values", blocks)


def _set_up(view: View) -> list[dict[str, Any]]:
    """Lists of records that steer a plugin: stages, pools, rules."""
    rows = []
    for entry in set_up_entries(view, lambda endpoint: endpoint_url(view, endpoint)):
        plugin = view.runtime.plugins.active.get(entry.key.partition(".")[0])
        sub = str(plugin.title) if plugin else ""
        rows.append(
            {"title": str(entry.label), "url": entry.url, "icon": "adjustments-horizontal", "sub": sub, "beside": True}
        )
    return rows


def _counts(view: View) -> list[dict[str, Any]]:
    """How many values each list has; one query of all of them (lists are short)."""
    found: dict[str, int] = {}
    cursor = None
    while True:
        page = view.records.query(_ENTITY, fields=["list_key"], limit=200, cursor=cursor)
        for row in page.rows:
            found[row["list_key"]] = found.get(row["list_key"], 0) + 1
        if page.next is None:
            return [{"list_key": key, "count": number} for key, number in found.items()]
        cursor = page.next


def _list(view: View, key: str) -> Any:
    found = view.runtime.registry.value_lists.get(key)
    if found is None:
        raise NotFound(key)
    return found


def _values(view: View, key: str) -> Sequence[Row]:
    return view.records.query(_ENTITY, fields=_NAMES, filters={"list_key": key}, sort="position", limit=200).rows


@route(blueprint, _HERE + "<key>/", policy=POLICY, endpoint="list")
def show_list(key: str) -> Response:
    return _list_page(current(), key, {})


def _list_page(view: View, key: str, typed: Mapping[str, str], errors: Sequence[FieldError] = ()) -> Response:
    one = _list(view, key)
    rows = _values(view, key)
    shown = []
    for number, row in enumerate(rows):
        name, other = in_script(row["label_en"], row.get("label_zh"))
        line: dict[str, Any] = {
            "title": name,
            "url": f"{_HERE}{key}/{row.id}/",
            "sub": " · ".join(part for part in (other, row["code"]) if part),
            "beside": True,
        }
        if row["status"] == "retired":
            line |= {"muted": True, "chip": str(_("retired"))}
        if number:
            line["action"] = {
                "label": str(_("Move %(name)s up") % {"name": name}), "icon": "arrow-up", "opens": "post",
                "url": f"{_HERE}{key}/{row.id}/up/",
            }  # fmt: skip
        shown.append(line)
    panel = {
        "title": str(_("Values")), "rows": shown, "full": True, "count": len(shown),
        "empty": {"title": str(_("This list is empty. Add its first value below."))},
    }  # fmt: skip
    fields = [
        field("label_en", "text", _("Label in English"), typed.get("label_en", ""), width="half", max_length=120),
        field("label_zh", "text", _("Label in Chinese"), typed.get("label_zh", ""), width="half", required=False),
        field("code", "text", _("Code"), typed.get("code", ""), width="half", max_length=60,
              help=str(_("Stable name for imports and programs, such as trade_fair."))),
    ]  # fmt: skip
    blocks: list[dict[str, Any]] = [
        {"kind": "panel", "panel": panel},
        {"kind": "head", "text": str(_("New value"))},
        form_block(f"{_HERE}{key}/", fields, _("Add"), errors),
    ]
    crumbs = [{"url": _HERE, "label": str(_("Lists and values"))}]
    return settings_page(view, "values", blocks, title=one.label, crumbs=crumbs, status=422 if errors else 200)


@route(blueprint, _HERE + "<key>/", policy=POLICY, methods=["POST"], endpoint="add")
def add(key: str) -> Response:
    view = current()
    _list(view, key)
    typed = {name: view.form.get(name, "").strip() for name in ("label_en", "label_zh", "code")}
    last = max((int(row["position"] or 0) for row in _values(view, key)), default=0)
    try:
        values = {name: value or None for name, value in typed.items()}
        view.records.create(_ENTITY, {**values, "list_key": key, "position": last + _STEP})
    except ValidationFailed as error:
        view.undo_all()
        return _list_page(view, key, typed, error.errors)
    view.toast(_("%(name)s added") % {"name": typed["label_en"]}, undo=view.records.change_set_id)
    return view.redirect(f"{_HERE}{key}/")


@route(blueprint, _HERE + "<key>/<int:number>/up/", policy=POLICY, methods=["POST"], endpoint="up")
def move_up(key: str, number: int) -> Response:
    """Change places with the value before; positions are written anew where two are equal."""
    view = current()
    rows = list(_values(view, key))
    place = next((index for index, row in enumerate(rows) if row.id == number), 0)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
        for index, row in enumerate(rows):
            if row["position"] != (index + 1) * _STEP:
                view.records.update(_ENTITY, row.id, {"position": (index + 1) * _STEP}, version=row.version)
    view.toast(_("Order changed"), undo=view.records.change_set_id)
    return view.redirect(f"{_HERE}{key}/")


# ---- one value


def _value(view: View, key: str, number: int) -> Row:
    row = view.records.get(_ENTITY, number, fields=_NAMES)
    if row["list_key"] != key:
        raise NotFound(str(number))
    return row


@route(blueprint, _HERE + "<key>/<int:number>/", policy=POLICY, endpoint="value")
def show_value(key: str, number: int) -> Response:
    return _value_page(current(), key, number)


def _value_page(view: View, key: str, number: int, errors: Sequence[FieldError] = ()) -> Response:
    one, row = _list(view, key), _value(view, key, number)
    fields = [
        field("label_en", "text", _("Label in English"), row["label_en"], width="half", max_length=120),
        field("label_zh", "text", _("Label in Chinese"), row.get("label_zh") or "", width="half", required=False),
        {"name": "code", "kind": "text", "label": str(_("Code")), "readonly": True, "value": row["code"],
         "reason": str(_("imports and programs rely on it"))},
    ]  # fmt: skip
    here = f"{_HERE}{key}/{number}/"
    block = form_block(here, fields, _("Save"), errors, cancel_url=f"{_HERE}{key}/", version=row.version)
    retired = row["status"] == "retired"
    word, label = ("use", _("Use again")) if retired else ("retire", _("Retire"))
    actions: list[dict[str, Any]] = [
        {"label": str(label), "url": f"{here}{word}/", "opens": "post"},
        {"label": str(_("Delete")), "url": f"{here}delete/", "opens": "post", "danger": True},
    ]
    crumbs = [{"url": _HERE, "label": str(_("Lists and values"))}, {"url": f"{_HERE}{key}/", "label": str(one.label)}]
    title = in_script(row["label_en"], row.get("label_zh"))[0]
    status = 422 if errors else 200
    return settings_page(view, "values", [block], title=title, crumbs=crumbs, actions=actions, status=status)


@route(blueprint, _HERE + "<key>/<int:number>/", policy=POLICY, methods=["POST"], endpoint="save")
def save(key: str, number: int) -> Response:
    view = current()
    row = _value(view, key, number)
    version = view.form.get("version", "")
    values = {name: view.form.get(name, "").strip() or None for name in ("label_en", "label_zh")}
    try:
        view.records.update(_ENTITY, row.id, values, version=int(version) if version.isdigit() else row.version)
    except ValidationFailed as error:
        view.undo_all()
        return _value_page(view, key, number, error.errors)
    view.toast(_("Value saved"), undo=view.records.change_set_id)
    return view.redirect(f"{_HERE}{key}/")


@route(
    blueprint, _HERE + "<key>/<int:number>/<any(retire, use):word>/", policy=POLICY, methods=["POST"], endpoint="switch"
)
def switch(key: str, number: int, word: str) -> Response:
    view = current()
    row = _value(view, key, number)
    status = "retired" if word == "retire" else "active"
    view.records.update(_ENTITY, row.id, {"status": status}, version=row.version)
    view.toast(_("Retired; it stays where it was used") if word == "retire" else _("In use again"),
               undo=view.records.change_set_id)  # fmt: skip
    return view.redirect(f"{_HERE}{key}/")


@route(blueprint, _HERE + "<key>/<int:number>/delete/", policy=POLICY, methods=["POST"], endpoint="delete")
def delete(key: str, number: int) -> Response:
    """A value in use cannot be deleted: the page says so and offers to retire it."""
    view = current()
    row = _value(view, key, number)
    try:
        view.records.delete(_ENTITY, row.id, version=row.version)
    except (ValidationFailed, StateConflict, Denied) as error:
        view.undo_all()
        reason = error.errors[0].message if isinstance(error, ValidationFailed) else str(error)
        text = _("%(reason)s Retire it instead: it stays where it was used and is no longer offered.")
        failed = FieldError("", "in_use", text % {"reason": reason})
        return _value_page(view, key, number, [failed])
    view.toast(_("Value deleted"), undo=view.records.change_set_id)
    return view.redirect(f"{_HERE}{key}/")
