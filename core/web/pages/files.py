"""Files of records, uploads of forms, and the one route that serves any file with the rights of its record."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from weft.core.access.decide import require
from weft.core.errors import NotFound, NotSignedIn, TooLarge, ValidationFailed
from weft.core.files import files
from weft.core.i18n import translator
from weft.core.portal import faces
from weft.core.records import unit
from weft.core.web.pages.actions import after_write, title_of
from weft.core.web.pages.previews import preview_url
from weft.core.web.pages.resolve import entity_at
from weft.core.web.record.head import RecordHead
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.security import FILE_POLICY

__all__ = ["blueprint", "files_panel"]

_ = translator("core")

blueprint = Blueprint("files", __name__)
_BASE = "/<portal>/<plugin>/<slug>/<int:record_id>/"


def files_panel(head: RecordHead) -> dict[str, Any]:
    """Files attached to the record, with a way to add and remove."""
    formats = head.view.formats
    rows = []
    for one in files.attachments(head.view.records, head.row.id):
        who = one.person.shown()[0] if one.person else ""
        when = formats.stamp(one.created_at)
        row: dict[str, Any] = {
            "title": one.file.name,
            "url": f"/files/{one.file.id}",
            "icon": "paperclip",
            "look": {
                "label": str(_("Look into it")),
                "url": preview_url(head.view.portal_key, one.file.id),
                "icon": "eye",
                "opens": "dialog",
            },
            "sub": " · ".join(part for part in (who, when, formats.filesize(one.file.size)) if part),
        }
        if head.view.principal.internal:
            row["chip"] = str(_("internal") if one.audience == "internal" else _("shared"))
        mine = one.person is not None and one.person.id == head.view.principal.user_id
        if head.may("attach") and (mine or head.view.principal.internal):
            row["action"] = {
                "label": str(_("Remove")), "url": head.url("detach"), "opens": "post", "button": True,
                "hidden": {"attachment": one.id},
            }  # fmt: skip
        rows.append(row)
    panel: dict[str, Any] = {
        "title": str(_("Files")), "rows": rows, "rows_two": True, "full": True, "count": len(rows),
        "empty": {"title": str(_("No files yet")), "text": str(_("Attach a contract, a drawing, a photo."))},
    }  # fmt: skip
    if head.may("attach"):
        panel["add"] = {"label": str(_("Attach a file")), "url": head.url("attach"), "icon": "plus", "opens": "dialog"}
    return panel


@route(blueprint, "/files/<int:file_id>", policy="public", endpoint="serve")
def serve(file_id: int) -> Response:
    """A file, for whoever may read a record that has it; several audiences may be signed in in one browser.

    The logo of a portal stands on its sign-in page: anybody may load it.
    """
    view = current()
    if faces.is_logo(view.runtime, file_id):
        return _logo(view, file_id)
    if view.principal.kind == "anonymous":
        raise NotSignedIn
    for audience in view.audiences():
        if view.principal.audience != audience and not view.try_audience(audience):
            continue
        try:
            found, stream = files.open_for(view.records, file_id)
        except NotFound:
            continue
        answer = Response(stream, direct_passthrough=True)
        answer.headers.update(files.response_headers(found))
        answer.headers["Content-Security-Policy"] = FILE_POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    raise NotFound(str(file_id))


def _logo(view: View, file_id: int) -> Response:
    found, stream = files.open_public(view.records, file_id)
    answer = Response(stream, direct_passthrough=True)
    answer.headers.update(files.response_headers(found))
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@route(blueprint, "/<portal>/me/upload/", policy="signed_in", methods=["POST"], upload=True, endpoint="upload")
def upload(portal: str) -> Response:
    """Take a file of a form; it belongs to nobody until the form is saved.

    With ``wide=1`` people of the company may send kinds of files that only some fields take.
    """
    view = current()
    wide = view.principal.internal and view.args.get("wide") == "1"
    given = view.files.get("file")
    if given is None or not given.filename:
        return _refused(str(_("Choose a file.")), 422)
    try:
        got = files.receive(view.runtime, given.stream, given.filename, wide=wide)
    except TooLarge as error:
        return _refused(str(error), 413)
    except ValidationFailed as error:
        return _refused(str(error.errors[0].message), 422)
    kept = files.upload(view.records, got)
    return jsonify({"id": kept.id, "name": kept.name, "size": view.formats.filesize(kept.size)})


def _refused(text: str, status: int) -> Response:
    answer = jsonify({"error": text})
    answer.status_code = status
    return answer


@route(blueprint, _BASE + "attach", policy="record", endpoint="ask")
def show_attach(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    limit = str(_("up to %(size)s") % {"size": view.formats.filesize(view.runtime.settings.upload_limit)})
    fields: list[dict[str, Any]] = [
        {"name": "file", "kind": "files", "label": str(_("Files")), "limit": limit, "files": []},
    ]
    if view.principal.internal:
        choices = [
            {"value": "internal", "label": str(_("Internal"))},
            {"value": "shared", "label": str(_("Shared"))},
        ]
        fields.append(
            {"name": "audience", "kind": "choice", "label": str(_("Who may open it")), "choices": choices,
             "value": "internal"}
        )  # fmt: skip
    form = {
        "action": view.url(entity.key, record_id, "attach"), "fields": fields, "submit": str(_("Attach")),
        "multipart": True,
    }  # fmt: skip
    dialog = {"title": str(_("Attach a file")), "sub": title_of(view, entity, row)}
    return view.render("pages/form_dialog.html", dialog=dialog, form=form)


@route(blueprint, _BASE + "attach", policy="record", methods=["POST"], upload=True, endpoint="attach")
def attach(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    # Asked in a short unit of its own: bytes are taken before the writing unit opens, since sending them may take long.
    with unit.reading(view.runtime, view.principal, "page") as reading:
        require(reading, entity.key, "attach", record_id)
    given = [one for one in view.files.getlist("file") if one.filename]
    received = [files.receive(view.runtime, one.stream, one.filename or "") for one in given]
    if not received:
        raise ValidationFailed.single("file", "required", _("Choose a file."))
    row = view.records.get(entity.key, record_id)
    audience = view.form.get("audience") or None
    for one in received:
        files.attach(view.records, record_id, one, audience=audience)
    names = {"title": title_of(view, entity, row), "n": len(received)}
    message = _("%(n)s files attached to %(title)s") if len(received) > 1 else _("File attached to %(title)s")
    return after_write(view, message % names, view.url(entity.key, record_id, tab="files"))


@route(blueprint, _BASE + "detach", policy="record", methods=["POST"], endpoint="detach")
def detach(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    number = view.form.get("attachment", "")
    if not number.isdigit():
        raise NotFound("attachment")
    files.detach(view.records, int(number))
    return after_write(view, _("File removed"), view.url(entity.key, record_id, tab="files"))
