"""Export of exactly the present view of a list, as CSV or XLSX, within the rights of who asks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any, cast

from flask import Blueprint, Response

from weft.core.errors import NotFound
from weft.core.i18n import translator
from weft.core.import_export.exporting import FORMATS, ExportRequest, run_export
from weft.core.web.lists.table import TableList, count_text
from weft.core.web.pages.lists import state_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("exports", __name__)
_BASE = "/<portal>/<plugin>/<slug>/"
_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 64 * 1024


@route(blueprint, _BASE + "export", policy="record", endpoint="ask")
def show_export(portal: str, plugin: str, slug: str) -> Response:
    view, entity = entity_at(plugin, slug, "export")
    state = state_of(view, entity)
    chosen = [part for part in view.args.get("ids", "").split(",") if part.isdigit()]
    if chosen:
        count = view.formats.number(len(chosen))
    else:
        found = view.records.query(
            entity.key, fields=[], filters=state.filter_map, search=state.search or None, limit=1, count="capped"
        )
        count = count_text(view, found.count)
    extra = {"ids": ",".join(chosen)} if chosen else {}
    links = [
        {"label": "XLSX", "url": state.url("export.xlsx", **extra), "icon": "file-spreadsheet", "opens": "download",
         "primary": True},
        {"label": "CSV", "url": state.url("export.csv", **extra), "icon": "file-text", "opens": "download"},
    ]  # fmt: skip
    dialog = {"title": str(_("Export")), "sub": str(entity.plural), "size": "small"}
    text = str(_("%(count)s rows with the columns of this view, within your rights.") % {"count": count})
    return view.render("pages/export.html", dialog=dialog, text=text, links=links)


@route(blueprint, _BASE + "export.<form>", policy="record", endpoint="export")
def export(portal: str, plugin: str, slug: str, form: str) -> Response:
    view, entity = entity_at(plugin, slug, "export")
    if form not in FORMATS:
        raise NotFound(form)
    state = state_of(view, entity)
    shown = TableList(view, state)
    titles = [*entity.spec.title, *([entity.spec.alt_title] if entity.spec.alt_title else [])]
    number = ["number"] if entity.spec.number else []
    names = dict.fromkeys(["id", *number, *titles, *(column.name for column in shown.columns)])
    readable = {*shown.readable, "id"}
    filters: dict[str, Any] = dict(state.filter_map)
    chosen = [part for part in view.args.get("ids", "").split(",") if part.isdigit()]
    if chosen:
        filters = {"id__in": ",".join(chosen)}
    request = ExportRequest(
        entity=entity.key,
        fields=[name for name in names if name in readable],
        filters=filters,
        sort=state.sort or None,
        search=None if chosen else state.search or None,
        format=form,
    )
    principal = view.principal
    # The export opens units of its own: this request's reading unit must not stay open beside them.
    view.close()
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (it outlives this function)
    try:
        run_export(view.runtime, principal, request, cast(Any, out))
    except BaseException:
        out.close()
        raise
    out.seek(0)
    ending, media = FORMATS[form]
    answer = Response(_chunks(out), mimetype=media.partition(";")[0])
    answer.call_on_close(out.close)
    answer.headers["Content-Type"] = media
    name = f"{entity.slug}-{view.today.isoformat()}{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _chunks(out: Any) -> Iterator[bytes]:
    """The file in pieces; it is closed with the last one."""
    with out:
        while chunk := out.read(_CHUNK):
            yield chunk
