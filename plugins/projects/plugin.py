"""The projects plugin as Weft sees it: everything it declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from weft.core.sdk import Plugin, hookimpl, translator
from weft.plugins.projects import chains, grants, vocabulary
from weft.plugins.projects.actions import catalogue as actions
from weft.plugins.projects.demo import make as demo
from weft.plugins.projects.hooks import catalogue as hooks
from weft.plugins.projects.jobs import catalogue as jobs
from weft.plugins.projects.models import catalogue as models
from weft.plugins.projects.services import costs, missing
from weft.plugins.projects.views import advice
from weft.plugins.projects.views import catalogue as views
from weft.plugins.projects.widgets import catalogue as widgets

_ = translator("projects")


class ProjectsPlugin(Plugin):
    """Projects with plan, tasks, milestones, hours, risks; customers follow theirs, subcontractors see their tasks."""

    key, title, version, api = "projects", _("Projects"), "0.1.0", ">=1,<2"
    optional = ("crm", "portal_employee", "portal_customer", "portal_supplier")

    @hookimpl
    def weft_entities(self) -> list[Any]:
        return models.ENTITIES

    @hookimpl
    def weft_relations(self) -> list[Any]:
        return vocabulary.RELATIONS

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
    def weft_calendar(self) -> list[Any]:
        return views.CALENDARS

    @hookimpl
    def weft_routes(self) -> list[Any]:
        return views.ROUTES

    @hookimpl
    def weft_slots(self) -> list[Any]:
        return views.SLOTS

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
    def weft_workflow_advice(self, view: Any, record: Any, asked: Any) -> Any:
        return advice.advice(view, record, asked)

    @hookimpl(optionalhook=True)
    def weft_workflow_chains(self) -> list[Any]:
        return chains.CHAINS

    @hookimpl(optionalhook=True)
    def weft_finance_cost_paths(self) -> list[Any]:
        return [{"entity": "projects.project", "customer": "customer", "project": "id", "lead": "owner"}]

    @hookimpl(optionalhook=True)
    def weft_finance_month_open(self, records: Any, first: date, last: date) -> list[dict[str, Any]]:
        return missing.of_month(records, first, last)

    @hookimpl(optionalhook=True)
    def weft_finance_hours(self, records: Any, entries: Sequence[int] | None) -> list[Any]:
        return costs.hours(records, entries)
