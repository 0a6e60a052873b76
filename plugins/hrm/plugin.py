"""The people plugin as Weft sees it: everything it declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, hookimpl, translator
from weft.plugins.hrm import chains, grants, vocabulary
from weft.plugins.hrm.actions import catalogue as actions
from weft.plugins.hrm.demo import make as demo
from weft.plugins.hrm.hooks import catalogue as hooks
from weft.plugins.hrm.hookspecs import HrmHooks
from weft.plugins.hrm.jobs import catalogue as jobs
from weft.plugins.hrm.models import catalogue as models
from weft.plugins.hrm.views import catalogue as views
from weft.plugins.hrm.widgets import catalogue as widgets

_ = translator("hrm")


class HrmPlugin(Plugin):
    """Employees, reporting lines, joining and leaving, leave, attendance, contracts and goals."""

    key, title, version, api = "hrm", _("People"), "0.1.0", ">=1,<2"
    optional = ("crm", "portal_employee")
    hookspecs = HrmHooks

    @hookimpl
    def weft_entities(self) -> list[Any]:
        return models.ENTITIES

    @hookimpl
    def weft_settings(self) -> list[Any]:
        return vocabulary.SETTINGS

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
    def weft_routes(self) -> list[Any]:
        return views.ROUTES

    @hookimpl
    def weft_calendar(self) -> list[Any]:
        return views.CALENDAR

    @hookimpl
    def weft_widgets(self) -> list[Any]:
        return widgets.WIDGETS

    @hookimpl
    def weft_homes(self) -> list[Any]:
        return widgets.HOMES

    @hookimpl
    def weft_jobs(self) -> list[Any]:
        return jobs.JOBS

    @hookimpl
    def weft_subscribers(self) -> list[Any]:
        return jobs.SUBSCRIBERS

    @hookimpl(elevated=True)
    def weft_before_write(self, changes: Sequence[Any], context: Any) -> None:
        hooks.before_write(changes, context)

    @hookimpl
    def weft_demo(self, context: Any) -> None:
        demo.make(context)

    @hookimpl(optionalhook=True)
    def weft_workflow_chains(self) -> list[Any]:
        return chains.CHAINS
