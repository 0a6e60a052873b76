"""Looking into a file without leaving the page: pictures, pages of PDF, texts and office documents.

The right is that of the file route. What is in the file comes from a child process; markup is made safe once more by
the sanitiser, pages of PDF arrive as pictures inside the answer, so no second address serves bytes of files.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from markupsafe import Markup

from weft.core.errors import NotFound
from weft.core.files import files
from weft.core.files.files import FileInfo
from weft.core.files.media import IMAGES
from weft.core.files.reading.child import Answer, ask
from weft.core.i18n import translator
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.sanitiser import foreign

__all__ = ["blueprint", "preview_url", "shown_file"]

_ = translator("core")

blueprint = Blueprint("previews", __name__)
_BASE = "/<portal>/me/preview/<int:file_id>"
_WHY = {
    "password": _("It is locked by a password. Download it and open it with the password."),
    "damaged": _("It cannot be read: it is damaged, or not what it seems to be."),
    "large": _("It is too large to look into here."),
    "slow": _("Reading it takes too long."),
    "empty": _("There are no words in it."),
    "kind": _("This kind of file is not shown here."),
    "busy": _("Many files are being read just now. Try again in a minute."),
}


def preview_url(portal: str, file_id: int) -> str:
    """Address of the preview of a file, for a dialog (``opens: "dialog"``) or as a page."""
    return f"/{portal}/me/preview/{file_id}"


def why_not(reason: str) -> str:
    """The sentence that says why a file is not shown."""
    return str(_WHY.get(reason, _WHY["kind"]))


def shown_file(view: View, file_id: int) -> dict[str, Any]:
    """What the template ``pages/preview_part.html`` draws of a file.

    Raises:
        NotFound: the viewer may not open the file.
    """
    found, handle = files.open_for(view.records, file_id)
    with handle:
        shown: dict[str, Any] = {
            "name": found.name, "size": view.formats.filesize(found.size), "url": f"/files/{found.id}", "kind": "none",
            "why": "",
        }  # fmt: skip
        if found.media_type in IMAGES.values():
            return {**shown, "kind": "image"}
        answer = ask("show", found.media_type, handle, found.size)
    if answer.reason:
        return {**shown, "why": why_not(answer.reason)}
    if answer.data.get("kind") == "pages":
        pages = int(answer.data.get("pages", 0))
        base = preview_url(view.portal_key, found.id)
        return {**shown, "kind": "pages", "pages": pages, "page_url": f"{base}/page/"}
    return {**shown, "kind": "html", "html": foreign(answer.data.get("html", "")), "cut": bool(answer.data.get("cut"))}


@route(blueprint, _BASE, policy="signed_in", endpoint="show")
def show(portal: str, file_id: int) -> Response:
    view = current()
    shown = shown_file(view, file_id)
    if view.fragment and view.args.get("part"):
        return view.render("pages/preview_part.html", file=shown)
    page = {"title": shown["name"]}
    template = "pages/preview_dialog.html" if view.fragment else "pages/preview.html"
    return view.render(template, page=page, file=shown)


@route(blueprint, f"{_BASE}/page/<int:number>", policy="signed_in", endpoint="page")
def page(portal: str, file_id: int, number: int) -> Response:
    """One page of a PDF, counted from one, with the place of the next."""
    view = current()
    found, handle = files.open_for(view.records, file_id)
    if found.media_type != "application/pdf" or number < 1:
        raise NotFound(str(file_id))
    with handle:
        answer = ask("page", found.media_type, handle, found.size, number=number - 1)
    return view.render("pages/preview_page.html", shown=_page(found, answer, number))


def _page(found: FileInfo, answer: Answer, number: int) -> dict[str, Any]:
    if answer.reason:
        return {"number": number, "why": why_not(answer.reason)}
    return {
        "number": number, "why": "", "width": int(answer.data["width"]), "height": int(answer.data["height"]),
        "image": Markup("data:image/png;base64,%s") % answer.data["image"], "text": str(answer.data.get("text") or ""),
    }  # fmt: skip
