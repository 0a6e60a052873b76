"""The workflow plugin as Weft sees it: everything it declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, hookimpl, translator
from weft.plugins.workflow import grants, vocabulary
from weft.plugins.workflow.actions import catalogue as actions
from weft.plugins.workflow.demo import make as demo
from weft.plugins.workflow.hooks import catalogue as hooks
from weft.plugins.workflow.hookspecs import WorkflowHooks
from weft.plugins.workflow.jobs import catalogue as jobs
from weft.plugins.workflow.models import catalogue as models
from weft.plugins.workflow.views import catalogue as views
from weft.plugins.workflow.widgets import catalogue as widgets

_ = translator("workflow")


class WorkflowPlugin(Plugin):
    """Approval chains, processes, cases and the decisions in them."""

    key, title, version, api = "workflow", _("Workflow"), "0.1.0", ">=1,<2"
    optional = ("crm", "documents", "finance", "hrm", "portal_employee", "projects", "service")
    hookspecs = WorkflowHooks

    @hookimpl
    def weft_entities(self) -> list[Any]:
        return models.ENTITIES

    @hookimpl
    def weft_value_lists(self) -> list[Any]:
        return vocabulary.VALUE_LISTS

    @hookimpl
    def weft_roles(self) -> list[Any]:
        return grants.ROLES

    @hookimpl
    def weft_grants(self) -> list[Any]:
        return grants.GRANTS

    @hookimpl
    def weft_actions(self) -> list[Any]:
        return actions.ACTIONS

    @hookimpl
    def weft_views(self) -> list[Any]:
        return views.VIEWS

    @hookimpl
    def weft_navigation(self) -> list[Any]:
        return views.NAVIGATION

    @hookimpl
    def weft_record_pages(self) -> list[Any]:
        return views.RECORD_PAGES

    @hookimpl
    def weft_slots(self) -> list[Any]:
        return views.SLOTS

    @hookimpl
    def weft_routes(self) -> list[Any]:
        return views.ROUTES

    @hookimpl
    def weft_widgets(self) -> list[Any]:
        return widgets.WIDGETS

    @hookimpl
    def weft_homes(self) -> list[Any]:
        return widgets.HOMES

    @hookimpl
    def weft_jobs(self) -> list[Any]:
        return jobs.JOBS

    @hookimpl(elevated=True)
    def weft_before_write(self, changes: Sequence[Any], context: Any) -> None:
        hooks.before_write(changes, context)

    @hookimpl(elevated=True)
    def weft_before_undo(self, changes: Sequence[Any], context: Any) -> None:
        hooks.before_undo(changes, context)

    @hookimpl
    def weft_demo(self, context: Any) -> None:
        demo.make(context)
