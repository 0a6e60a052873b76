"""Everything the modules of this package declare, for the plugin class."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import HttpRoute, Slot, translator
from weft.plugins.workflow.views import decide_form, lists, pages, settings, step_times, uploads

_ = translator("workflow")

VIEWS: list[Any] = lists.VIEWS
NAVIGATION: list[Any] = lists.NAVIGATION
RECORD_PAGES: list[Any] = lists.RECORD_PAGES
SLOTS: list[Any] = [
    Slot(
        "record.side",
        "workflow/beside.html",
        pages.panel_of,
        label=_("Approval", "side column"),
        key="workflow.beside",
        order=5,
    ),
]
_INSIDE, _ADMIN, _BOTH = "portal:employee", "role:core.admin", ("GET", "POST")
ROUTES: list[Any] = [
    HttpRoute("/started", "workflow.started", pages.started, _INSIDE),
    HttpRoute("/step-times", "workflow.step_times", step_times.show, "grant:read:workflow.case"),
    HttpRoute("/picture/<int:record_id>", "workflow.picture", pages.picture, "record"),
    HttpRoute("/model/<int:record_id>", "workflow.model", pages.model, _ADMIN),
    HttpRoute("/agree/<int:record_id>", "workflow.agree", decide_form.agree, "record", _BOTH),
    HttpRoute("/return/<int:record_id>", "workflow.give_back", decide_form.give_back, "record", _BOTH),
    HttpRoute("/begin/<int:record_id>/<key>", "workflow.begin", pages.begin, "record", _BOTH),
    HttpRoute("/processes/", "workflow.processes", settings.show, _ADMIN, page="settings"),
    HttpRoute("/processes/new/", "workflow.new_chain", settings.make, _ADMIN, _BOTH, page="settings"),
    HttpRoute("/processes/upload/", "workflow.upload", uploads.upload, _ADMIN, _BOTH, page="settings", upload=True),
    HttpRoute("/processes/<key>/", "workflow.chain", settings.show_one, _ADMIN, page="settings"),
    HttpRoute("/processes/<key>/save/", "workflow.save_chain", settings.edit, _ADMIN, ("POST",), page="settings"),
    HttpRoute("/processes/<key>/switch/", "workflow.switch", settings.switch, _ADMIN, ("POST",), page="settings"),
]
