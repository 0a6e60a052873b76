"""Our company, in the external portals: the own organisation's data, and what waits for confirmation of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import NotFound
from weft.core.i18n import translator
from weft.core.portal import colleagues as people
from weft.core.records import confirming
from weft.core.web.record.asked import asked_rows, to_confirm
from weft.core.web.record.details import details
from weft.core.web.record.head import RecordHead
from weft.core.web.request import View, current
from weft.core.web.routing import route

__all__ = ["COMPANY_SLOT", "blueprint", "company_page", "visitor"]

_ = translator("core")

blueprint = Blueprint("our_company", __name__)
#: A further tab: ``context(view, None) -> {"url": address} | None``.
COMPANY_SLOT = "portal.company"


def visitor() -> View:
    """The request of somebody from outside; the company's own people have no such page."""
    view = current()
    if view.portal is None or view.portal.audience == "employee" or view.principal.internal:
        raise NotFound(view.path)
    return view


def company_page(
    view: View, tab: str, blocks: Sequence[dict[str, Any]], *, title: object = "", status: int = 200,
    actions: Sequence[dict[str, Any]] = (), back: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """One page of Our company, with its tabs where there is more than one.

    Args:
        view: of the request.
        tab: ``data``, ``colleagues``, or the key of the slot ``portal.company`` whose tab it is.
        blocks: what stands on it, as on pages of Settings.
        title: instead of the tabs' common title.
        status: HTTP status.
        actions: buttons beside the title.
        back: where one came from; such a page has no tabs.
    """
    view.belongs_to = view.page("company")
    tabs = [{"label": str(_("Data")), "url": view.page("company"), "current": tab == "data"}]
    if people.is_admin(view.records):
        address = view.page("company", "colleagues")
        tabs.append({"label": str(_("Colleagues")), "url": address, "current": tab == "colleagues"})
    for slot in view.runtime.registry.slots:
        if slot.slot == COMPANY_SLOT and slot.portal == view.portal_key and slot.context is not None:
            found = slot.context(view, None)
            if found:
                tabs.append({"label": str(slot.label), "url": found["url"], "current": slot.key == tab})
    head: dict[str, Any] = {"title": str(title or _("Our company")), "actions": list(actions)}
    page: dict[str, Any] = {"title": head["title"]}
    if back:
        head["crumbs"], page["back"] = {"links": [back]}, back
    shown = list(blocks)
    if len(tabs) > 1 and not back:
        shown.insert(0, {"kind": "tabs", "tabs": {"label": str(_("Our company")), "tabs": tabs}})
    return view.render("settings/page.html", status, page=page, head=head, nav=None, blocks=shown)


@route(blueprint, "/<portal>/company/", policy="signed_in", endpoint="data")
def show_data(portal: str) -> Response:
    view = visitor()
    blocks: list[dict[str, Any]] = []
    waits: list[int] = []
    for record_id in people.organisations_of(view.records):
        try:
            row = view.records.find(record_id, trash=False)
        except NotFound:
            continue
        entity = view.entity(row.type)
        head = RecordHead(view, entity, row)
        shown = details(head)
        shown["title"] = " · ".join(part for part in (head.title, head.other) if part)
        names = [name for name in (*entity.spec.title, entity.spec.alt_title) if name and row.get(name)]
        rows = [
            {"label": str(entity.fields[name].label), "kind": "text", "v": row[name]} for name in names
        ]  # the page has no other head that says them
        shown["rows"] = [*rows, *shown["rows"]]
        blocks.append({"kind": "details", "details": shown | {"wide": True}})
        if to_confirm(entity):
            waits.append(record_id)
    asked = confirming.asked_of(view.records, waits, waiting=False, limit=20)
    found = [one for one in asked if one.state != "withdrawn"]
    if found:
        panel = {"title": str(_("Changes we confirm")), "rows": asked_rows(view, found), "rows_two": True, "full": True}
        blocks.append({"kind": "panel", "panel": panel})
    if not blocks:
        text = str(_("Ask your contact to link your account to your company."))
        blocks.append({"kind": "empty", "empty": {"title": str(_("Nothing here yet.")), "text": text}})
    return company_page(view, "data", blocks)
