"""The list of ready reports of a portal, by subject; each report is a page of the plugin that brings it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from weft.core.i18n import translator
from weft.core.portal import navigation
from weft.core.web.frame import endpoint_url
from weft.core.web.request import current
from weft.core.web.routing import route

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("reports", __name__)


@route(blueprint, "/<portal>/reports/", policy="signed_in", endpoint="index")
def show_reports(portal: str) -> Response:
    """Only what the viewer may open; ``subject=`` narrows it to one."""
    view = current()
    wanted = view.args.get("subject", "")
    groups: dict[str, dict[str, Any]] = {}
    for key, entry, url in navigation.reports(view, lambda endpoint: endpoint_url(view, endpoint)):
        group = groups.setdefault(key, {"key": key, "label": str(entry.subject or _("Other")), "rows": []})
        group["rows"].append({"label": str(entry.label), "url": url, "help": str(entry.help)})
    shown = [group for group in groups.values() if not wanted or group["key"] == wanted] or list(groups.values())
    title = str(_("Reports"))
    head: dict[str, Any] = {"title": title}
    if wanted and len(shown) == 1 and len(groups) > 1:
        head["crumbs"] = {"links": [{"label": title, "url": view.page("reports")}]}
        head["title"] = shown[0]["label"]
    return view.render("pages/reports.html", page={"title": head["title"]}, head=head, groups=shown)
