"""The service plugin as Weft sees it: everything it declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, hookimpl, hookspec, translator
from weft.plugins.service import commands, grants, vocabulary
from weft.plugins.service.actions import catalogue as actions
from weft.plugins.service.demo import make as demo
from weft.plugins.service.hooks import catalogue as hooks
from weft.plugins.service.jobs import catalogue as jobs
from weft.plugins.service.models import catalogue as models
from weft.plugins.service.views import catalogue as views
from weft.plugins.service.widgets import catalogue as widgets

_ = translator("service")


class ServiceHooks:
    """What other plugins may add to the service."""

    @hookspec
    def weft_service_suggestions(self, records: Any, words: Sequence[str]) -> list[dict[str, Any]]:  # type: ignore[empty-body]
        """Called while somebody types a request. Returns what may answer it: ``{"id", "entity", "title"}`` each.

        Only what ``records`` lets the person read; ``words`` are those of the text that tell what it is about.
        """

    @hookspec
    def weft_service_signs(self, view: Any, customers: Sequence[int]) -> dict[int, str] | None:
        """What else says that a customer may leave, beside low ratings: ``{customer: sentence}``, for one viewer."""


class ServicePlugin(Plugin):
    """Requests of customers from asking to rating, service agreements, due times, satisfaction."""

    hookspecs = ServiceHooks
    key, title, version, api = "service", _("Service"), "0.1.0", ">=1,<2"
    optional = ("crm", "portal_employee", "portal_customer", "portal_distributor")

    @hookimpl
    def weft_entities(self) -> list[Any]:
        return models.ENTITIES

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
    def weft_form_checks(self) -> list[Any]:
        return views.FORM_CHECKS

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

    @hookimpl
    def weft_commands(self) -> list[Any]:
        return commands.COMMANDS

    @hookimpl(elevated=True)
    def weft_before_write(self, changes: Sequence[Any], context: Any) -> None:
        hooks.before_write(changes, context)

    @hookimpl
    def weft_demo(self, context: Any) -> None:
        demo.make(context)
