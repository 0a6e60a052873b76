"""The documents plugin as Weft sees it: everything it declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, hookimpl, translator
from weft.plugins.documents import chains, grants, vocabulary
from weft.plugins.documents.actions import catalogue as actions
from weft.plugins.documents.demo import make as demo
from weft.plugins.documents.hooks import catalogue as hooks
from weft.plugins.documents.jobs import catalogue as jobs
from weft.plugins.documents.models import catalogue as models
from weft.plugins.documents.services import contracts, suggesting
from weft.plugins.documents.views import advice
from weft.plugins.documents.views import catalogue as views
from weft.plugins.documents.widgets import catalogue as widgets

_ = translator("documents")


class DocumentsPlugin(Plugin):
    """A library of files and pages with versions, knowledge articles, reading confirmations, and contracts."""

    key, title, version, api = "documents", _("Documents"), "0.1.0", ">=1,<2"
    optional = (
        "crm", "service", "projects", "portal_employee", "portal_customer", "portal_supplier", "portal_distributor",
    )  # fmt: skip

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
    def weft_workflow_chains(self) -> list[Any]:
        return chains.CHAINS

    @hookimpl(optionalhook=True)
    def weft_workflow_advice(self, view: Any, record: Any) -> Any:
        return advice.advice(view, record)

    @hookimpl(optionalhook=True)
    def weft_service_suggestions(self, records: Any, words: Sequence[str]) -> list[Any]:
        return suggesting.articles(records, words)

    @hookimpl(optionalhook=True)
    def weft_finance_issue_check(self, records: Any, invoice: Any) -> Any:
        return contracts.why_not_issued(records, invoice)

    @hookimpl(optionalhook=True)
    def weft_finance_step(self, records: Any, step: int) -> Any:
        return contracts.to_be_invoiced(records, step)

    @hookimpl(optionalhook=True)
    def weft_finance_expected(self, records: Any) -> Any:
        return contracts.expected(records)

    @hookimpl(optionalhook=True)
    def weft_crm_along(self, records: Any, accounts: Sequence[int], owner: int) -> Any:
        return contracts.held_with(records, accounts, owner)
