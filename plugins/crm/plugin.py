"""The CRM as Weft sees it: everything it declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, hookimpl, translator
from weft.plugins.crm import chains, grants, vocabulary
from weft.plugins.crm.actions import catalogue as actions
from weft.plugins.crm.demo import make as demo
from weft.plugins.crm.hooks import catalogue as hooks
from weft.plugins.crm.hookspecs import CrmHooks
from weft.plugins.crm.jobs import catalogue as jobs
from weft.plugins.crm.models import catalogue as models
from weft.plugins.crm.services import staff
from weft.plugins.crm.views import advice
from weft.plugins.crm.views import catalogue as views
from weft.plugins.crm.widgets import catalogue as widgets

_ = translator("crm")


class CrmPlugin(Plugin):
    """Accounts, contacts, leads, pools, opportunities, products and activities."""

    key, title, version, api = "crm", _("Customers"), "0.1.0", ">=1,<2"
    optional = ("portal_employee",)
    hookspecs = CrmHooks

    @hookimpl
    def weft_entities(self) -> list[Any]:
        return models.ENTITIES

    @hookimpl
    def weft_traits(self) -> list[Any]:
        return vocabulary.TRAITS

    @hookimpl
    def weft_relations(self) -> list[Any]:
        return vocabulary.RELATIONS

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
    def weft_form_checks(self) -> list[Any]:
        return views.FORM_CHECKS

    @hookimpl
    def weft_slots(self) -> list[Any]:
        return views.SLOTS

    @hookimpl
    def weft_routes(self) -> list[Any]:
        return views.ROUTES

    @hookimpl
    def weft_actions(self) -> list[Any]:
        return actions.ACTIONS

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

    @hookimpl
    def weft_widgets(self) -> list[Any]:
        return widgets.WIDGETS

    @hookimpl
    def weft_homes(self) -> list[Any]:
        return widgets.HOMES

    @hookimpl(optionalhook=True)
    def weft_finance_cost_paths(self) -> list[Any]:
        return [{"entity": "crm.account", "customer": "id", "salesperson": "owner", "bank": "bank_account",
                 "tax_id": "tax_id", "days": "payment_days", "address": "address"}]  # fmt: skip

    @hookimpl(optionalhook=True)
    def weft_workflow_advice(self, view: Any, record: Any, asked: Any) -> Any:
        return advice.advice(view, record, asked)

    @hookimpl(optionalhook=True)
    def weft_hrm_leaving(self, records: Any, users: Sequence[int]) -> list[Any]:
        return staff.leaving(records, users)

    @hookimpl(optionalhook=True)
    def weft_hrm_goal_sources(self) -> list[Any]:
        return staff.goal_sources()

    @hookimpl(optionalhook=True)
    def weft_workflow_chains(self) -> list[Any]:
        return chains.CHAINS
