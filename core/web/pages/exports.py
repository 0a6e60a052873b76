"""Export of exactly the present view of a list, as CSV or XLSX, within the rights of who asks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any, cast

from flask import Blueprint, Response

from weft.core.access.policy import AccessPolicy
from weft.core.errors import NotFound
from weft.core.i18n import translator
from weft.core.import_export.exporting import FORMATS, ExportRequest, run_export
from weft.core.web.lists.state import ListState
from weft.core.web.lists.table import TableList, count_text
from weft.core.web.pages.lists import state_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.request import View
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
    chosen, left_out = _numbers(view, "ids"), _numbers(view, "except")
    if chosen:
        count = view.formats.number(len(chosen))
    else:
        filters = _filters(state, chosen, left_out)
        found = view.records.query(
            entity.key, fields=[], filters=filters, search=state.search or None, limit=1, count="capped"
        )
        count = count_text(view, found.count)
    given = {"ids": chosen, "except": left_out}
    extra = {name: ",".join(numbers) for name, numbers in given.items() if numbers}
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
    # What the list shows may come from a grant that does not give export: the file leaves it out.
    given = AccessPolicy.of(view.runtime).access(view.principal, entity.key, "export").names
    readable = {*shown.readable} & given | {"id"}
    chosen = _numbers(view, "ids")
    request = ExportRequest(
        entity=entity.key,
        fields=[name for name in names if name in readable],
        filters=_filters(state, chosen, _numbers(view, "except")),
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


def _numbers(view: View, name: str) -> list[str]:
    """Record ids of a parameter of the address."""
    return [part for part in view.args.get(name, "").split(",") if part.isdigit()]


def _filters(state: ListState, chosen: list[str], left_out: list[str]) -> dict[str, Any]:
    """The ticked rows, or everything the list shows except those whose tick was taken away."""
    if chosen:
        return {"id__in": ",".join(chosen)}
    return {**state.filter_map, **({"id__not_in": ",".join(left_out)} if left_out else {})}


def _chunks(out: Any) -> Iterator[bytes]:
    """The file in pieces; it is closed with the last one."""
    with out:
        while chunk := out.read(_CHUNK):
            yield chunk
