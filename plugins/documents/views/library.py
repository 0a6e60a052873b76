"""The library: folders, what lies in them, and sending files into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import FieldError, Row, ValidationFailed, in_script, translator
from weft.core.websdk import View, once, with_query
from weft.plugins.documents.services import folders, library
from weft.plugins.documents.views.rows import DOCUMENT, FIELDS, document_rows, named

_ = translator("documents")

__all__ = ["library_url", "show_library", "upload"]

FOLDER = "documents.folder"
_ADDRESS = "/employee/documents/library"
_MOST = 200


def library_url(folder: int | None = None) -> str:
    """Address of a folder in the library, or of its top."""
    return with_query(_ADDRESS, {"folder": str(folder)} if folder else {})


def show_library(view: View) -> Any:
    """The folders inside one and the documents in it."""
    text = view.args.get("folder", "")
    folder = int(text) if text.isdigit() else None
    way = folders.way_to(view.records, folder)
    here = view.records.get(FOLDER, folder) if folder is not None else None  # NotFound where it may not be read
    title = named(here) if here is not None else str(_("Library"))
    inside = _folders(view, folder)
    panels = [inside] if inside["rows"] or folder is None else []
    panels.append(_latest(view) if folder is None else _documents(view, folder))
    crumbs = [{"url": library_url(), "label": str(_("Library"))}]
    crumbs += [{"url": library_url(row["id"]), "label": named(row)} for row in way[:-1]]
    head: dict[str, Any] = {"title": title, "actions": _buttons(view, here)}
    if here is not None:
        head["crumbs"] = {"links": crumbs}
        head["sub"] = _readers(here)
    page = {"title": title, "tab": "menu", "actions": head["actions"][:1]}
    if here is not None:
        page["back"] = crumbs[-1]
    search = {"action": view.url(DOCUMENT), "value": ""}
    return view.render("documents/library.html", page=page, head=head, panels=panels, search=search)


def _readers(folder: Row) -> str:
    return str(_("Everybody here reads it") if folder["access"] == "company" else _("Chosen people and units read it"))


def _buttons(view: View, here: Row | None) -> list[dict[str, Any]]:
    """Upload, new page, new folder, and the folder's own page with its rights."""
    found: list[dict[str, Any]] = []
    folder = {"folder": str(here["id"])} if here is not None else {}
    if view.may(DOCUMENT, "create") and here is not None:
        found.append({"label": str(_("Upload files")), "url": with_query("/employee/documents/upload", folder),
                      "icon": "upload", "opens": "dialog", "primary": True})  # fmt: skip
        found.append({"label": str(_("New page")), "icon": "file-plus",
                      "url": view.url(DOCUMENT, "new", form="page", **folder)})  # fmt: skip
    if view.may(FOLDER, "create"):
        inside = {"parent": str(here["id"])} if here is not None else {}
        found.append({"label": str(_("New folder")), "icon": "folder-plus", "opens": "dialog",
                      "url": view.url(FOLDER, "new", **inside)})  # fmt: skip
    if here is not None and view.may(FOLDER, "update", here["id"]):
        found.append({"label": str(_("Rights and details")), "icon": "settings", "url": view.url(FOLDER, here["id"])})
    return found


def _folders(view: View, folder: int | None) -> dict[str, Any]:
    filters = {"parent": str(folder)} if folder is not None else {"parent__isnull": "true"}
    page = view.records.query(FOLDER, fields=("name", "name_alt", "access"), filters=filters, sort="title", limit=_MOST)
    counts = _counts(view, [row["id"] for row in page.rows])
    rows = [
        {"title": named(row), "url": library_url(row["id"]), "icon": "folder", "count": counts.get(row["id"], 0),
         **({"chip": str(_("Chosen people"))} if row["access"] != "company" else {})}
        for row in page.rows
    ]  # fmt: skip
    empty = {"title": str(_("No folders here"))}
    return {"title": str(_("Folders")), "rows": rows, "full": True, "empty": empty, "count": len(rows)}


def _counts(view: View, ids: Sequence[int]) -> dict[int, int]:
    """Documents the viewer may read in each of some folders, in one statement."""
    if not ids:
        return {}
    lines = view.records.aggregate(
        DOCUMENT, group=("folder",), filters={"folder__in": ",".join(map(str, ids))}, limit=_MOST
    )
    return {line["folder"].id: line["count"] for line in lines if line.get("folder") is not None}


def _documents(view: View, folder: int) -> dict[str, Any]:
    filters = {"folder": str(folder), "status__in": "draft,review,released"}
    page = view.records.query(DOCUMENT, fields=FIELDS, filters=filters, sort="title", limit=_MOST, count="capped")
    rows = document_rows(view, page.rows)
    for line, row in zip(rows, page.rows, strict=True):
        line["sub"] = str(_("Version %(n)s") % {"n": row["revision"]})
    panel = {
        "title": str(_("Documents")), "rows": rows, "rows_two": True, "full": True,
        "count": page.count.value if page.count else len(rows),
        "url": view.url(DOCUMENT, folder=str(folder)),
        "empty": {"title": str(_("Nothing lies here yet")), "text": str(_("Upload files or write a page."))},
    }  # fmt: skip
    return panel


def _latest(view: View) -> dict[str, Any]:
    page = view.records.query(DOCUMENT, fields=FIELDS, filters={"status": "released"}, sort="-released_at", limit=12)
    return {
        "title": str(_("Released lately")), "rows": document_rows(view, page.rows), "rows_two": True, "full": True,
        "url": view.url(DOCUMENT), "empty": {"title": str(_("Nothing was released yet"))},
    }  # fmt: skip


# ---- sending files


def upload(view: View) -> Any:
    """Ask for files, and make a document of each: named like the file, in a folder, about a record."""
    if not view.writing:
        return _upload_form(view)
    again = once.replayed(view)
    if again is not None:
        return view.redirect(again)
    numbers = [int(one) for one in view.form.getlist("files") if one.isdigit()]
    folder, about = view.form.get("folder", ""), view.form.get("about", "")
    errors = []
    if not numbers:
        errors.append(FieldError("files", "required", _("Choose a file.")))
    if not folder.isdigit():
        errors.append(FieldError("folder", "required", _("Choose a folder.")))
    if errors:
        return _upload_form(view, errors)
    try:
        made = library.add_files(
            view.records, numbers, int(folder), name=view.form.get("name", "").strip(),
            about=[int(about)] if about.isdigit() else (), release="1" in view.form.getlist("release"),
        )  # fmt: skip
    except ValidationFailed as error:
        view.undo_all()
        return _upload_form(view, error.errors)
    address = view.url(DOCUMENT, made[0]) if len(made) == 1 else library_url(int(folder))
    if about.isdigit():
        address = f"/r/{about}"
    once.remember(view, address)
    view.toast(_("%(n)s documents added") % {"n": len(made)} if len(made) > 1 else _("Document added"),
               undo=view.records.change_set_id)  # fmt: skip
    return view.redirect(address)


def _upload_form(view: View, errors: Sequence[FieldError] = ()) -> Any:
    messages = {error.field: str(error.message) for error in errors}
    given = view.form if view.writing else view.args
    limit = view.runtime.settings.upload_limit
    folder = given.get("folder", "")
    selected = []
    if folder.isdigit():
        row = view.records.get(FOLDER, int(folder), fields=("name", "name_alt"))
        selected = [{"id": row["id"], "title": named(row)}]
    fields: list[dict[str, Any]] = [
        {"name": "files", "kind": "files", "label": str(_("Files")), "files": [], "max_bytes": limit,
         "upload_url": view.page("me", "upload", wide="1"), "error": messages.get("files"),
         "limit": str(_("up to %(size)s each") % {"size": view.formats.filesize(limit)})},
        {"name": "name", "kind": "text", "label": str(_("Name")), "required": False, "max_length": 200,
         "value": given.get("name", ""), "help": str(_("Empty: the name of the file."))},
        {"name": "folder", "kind": "reference", "label": str(_("Folder")), "selected": selected,
         "search_url": view.page("pick", "documents", "documents", "folder"), "error": messages.get("folder")},
        {"name": "release", "kind": "boolean", "label": str(_("Release at once")), "value": True,
         "help": str(_("Otherwise it is a draft that only you and your colleagues read."))},
    ]  # fmt: skip
    form = {
        "action": "/employee/documents/upload", "fields": fields, "submit": str(_("Add")),
        "hidden": {once.FIELD: view.form.get(once.FIELD) or once.new_token(view), "about": given.get("about", "")},
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }  # fmt: skip
    title, status = str(_("Upload files")), 422 if errors else 200
    if view.target in ("wf-dialog", "wf-dialog-form"):
        return view.render("pages/form_dialog.html", status, dialog={"title": title}, form=form)
    back = {"url": library_url(int(folder) if folder.isdigit() else None), "label": str(_("Library"))}
    return view.render("pages/form.html", status, page={"title": title, "back": back}, form=form)


def folder_name(view: View, row: Row) -> str:
    """Name of the folder of a document, empty where it may not be read."""
    folder = row.get("folder")
    return "" if folder is None or folder.restricted else in_script(folder.title or "", folder.alt)[0]
