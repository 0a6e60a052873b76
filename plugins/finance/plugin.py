"""The finance plugin as Weft sees it: everything it declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, hookimpl, translator
from weft.plugins.finance import chains, grants, vocabulary
from weft.plugins.finance.actions import catalogue as actions
from weft.plugins.finance.demo import make as demo
from weft.plugins.finance.hooks import catalogue as hooks
from weft.plugins.finance.hookspecs import FinanceHooks
from weft.plugins.finance.jobs import catalogue as jobs
from weft.plugins.finance.models import catalogue as models
from weft.plugins.finance.views import advice, trend
from weft.plugins.finance.views import catalogue as views
from weft.plugins.finance.widgets import catalogue as widgets

_ = translator("finance")


class FinancePlugin(Plugin):
    """Expense claims, supplier bills, invoices, payments, budgets; what customers and projects cost and bring."""

    key, title, version, api = "finance", _("Money"), "0.1.0", ">=1,<2"
    optional = ("crm", "projects", "documents", "hrm", "portal_employee", "portal_customer", "portal_supplier")
    hookspecs = FinanceHooks

    @hookimpl
    def weft_traits(self) -> list[Any]:
        return vocabulary.TRAITS

    @hookimpl
    def weft_entities(self) -> list[Any]:
        return models.ENTITIES

    @hookimpl
    def weft_value_lists(self) -> list[Any]:
        return vocabulary.VALUE_LISTS

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
    def weft_workflow_chains(self) -> list[dict[str, Any]]:
        return chains.CHAINS

    @hookimpl(optionalhook=True)
    def weft_service_signs(self, view: Any, customers: Sequence[int]) -> Any:
        return trend.signs(view, customers)

    @hookimpl(optionalhook=True)
    def weft_workflow_advice(self, view: Any, record: Any) -> Any:
        return advice.advice(view, record)
