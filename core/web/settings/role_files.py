"""Settings > Roles and rights > Export and import: the whole set of rights as a file, compared before it applies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.access import drafts, rule_changes
from weft.core.access.rule_files import Difference, differences, read_file, write_file
from weft.core.errors import FieldError, StateConflict, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import rulebook
from weft.core.registry.overlay import Overlay
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page
from weft.core.web.settings.role_words import COLUMNS, MORE, short

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("settings_role_files", __name__)
_HERE = f"{BASE}roles/file/"


@route(blueprint, _HERE, policy=POLICY, endpoint="show")
def show_files() -> Response:
    return _page(current())


def _page(view: View, errors: Sequence[FieldError] = (), status: int = 200) -> Response:
    out = _("The file holds the company's own roles and every rule that differs from the installed ones.")
    export = {"label": str(_("Export")), "url": f"{_HERE}rights.json", "icon": "download", "opens": "download"}
    fields = [field("file", "file", _("File of rights"), accept=".json,application/json")]
    form = form_block(f"{_HERE}check/", fields, _("Show what would change"), errors, multipart=True)
    blocks: list[dict[str, Any]] = [
        {"kind": "note", "text": str(out), "actions": [export]},
        {"kind": "head", "text": str(_("Import"))},
        {
            "kind": "note",
            "text": str(_("An import takes the place of all own roles and changed rules, or does nothing.")),
        },
        form,
    ]
    return settings_page(
        view,
        "roles",
        blocks,
        title=_("Export and import"),
        crumbs=_crumbs(),
        status=422 if errors and status == 200 else status,
    )


def _crumbs() -> list[dict[str, str]]:
    return [{"url": f"{BASE}roles/", "label": str(_("Roles and rights"))}]


@route(blueprint, _HERE + "rights.json", policy=POLICY, endpoint="export")
def export() -> Response:
    view = current()
    answer = Response(write_file(rulebook.read(view.connection)), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="rights-{view.today.isoformat()}.json"'
    return answer


@route(blueprint, _HERE + "check/", policy=POLICY, methods=["POST"], endpoint="check")
def check_file() -> Response:
    """Compare a file with what holds; nothing is changed."""
    view = current()
    sent = view.files.get("file")
    text = sent.read(1_000_001).decode("utf-8", "replace") if sent is not None else ""
    return _compared(view, text)


def _compared(view: View, text: str) -> Response:
    try:
        wanted = read_file(view.runtime.registry, text)
    except ValidationFailed as error:
        return _page(view, error.errors)
    present = rulebook.read(view.connection)
    found = differences(view.runtime.registry, present, wanted)
    rows = [_row(view, one, present, wanted) for one in found]
    panel = {
        "title": str(_("What would change")), "rows": rows, "rows_two": True, "full": True, "count": len(rows),
        "empty": {"title": str(_("Nothing: these rights hold already."))},
    }  # fmt: skip
    blocks: list[dict[str, Any]] = [{"kind": "panel", "panel": panel}]
    if found:
        hidden = {"text": text, "version": str(rulebook.version(view.connection))}
        submit = _("Let these rights hold")
        blocks.append(form_block(f"{_HERE}apply/", [], submit, hidden=hidden, cancel_url=_HERE))
    return settings_page(view, "roles", blocks, title=_("What would change"), crumbs=_crumbs())


def _row(view: View, one: Difference, present: Overlay, wanted: Overlay) -> dict[str, Any]:
    registry = view.runtime.registry
    own = wanted.roles.get(one.role) or present.roles.get(one.role)
    label = str(own.role.label if own is not None else registry.roles[one.role].label)
    row: dict[str, Any] = {"icon": "shield-check", "plain": True}
    if one.kind != "rules":
        words = {"role_new": _("new role"), "role_gone": _("role goes"), "role_changed": _("role changed")}
        return row | {"title": label, "sub": str(words[one.kind])}
    entity = registry.entities[one.entity]
    labels = {**COLUMNS, **MORE, **{action.key: action.label for action in entity.actions.values()}}
    parts = []
    for operation in drafts.differing(one.before, one.after, labels, entity):
        pair = [short(registry, entity, drafts.cell(rules, operation, entity)) for rules in (one.before, one.after)]
        parts.append(
            str(_("%(what)s: %(old)s to %(new)s") % {"what": labels[operation], "old": pair[0], "new": pair[1]})
        )
    return row | {"title": f"{label}: {entity.plural}", "sub": " · ".join(parts) or str(_("fields"))}


@route(blueprint, _HERE + "apply/", policy=POLICY, methods=["POST"], endpoint="apply")
def apply() -> Response:
    """Let the rights of the file hold that was just compared."""
    view = current()
    version = view.form.get("version", "")
    try:
        wanted = read_file(view.runtime.registry, view.form.get("text", ""))
        number = rule_changes.replace_all(
            view.records, wanted, expected=int(version) if version.isdigit() and len(version) < 10 else -1
        )
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, error.errors)
    except StateConflict as error:
        view.undo_all()
        return _page(view, [FieldError("", "conflict", str(error))], 409)
    view.toast(_("Rights imported"), undo=number)
    return view.redirect(f"{BASE}roles/")
