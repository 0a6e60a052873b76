"""Communication as Weft sees it: everything the plugin declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, hookimpl, translator
from weft.plugins.communication import actions, grants, jobs, models, widgets
from weft.plugins.communication.demo import make as demo
from weft.plugins.communication.services import announcements, news, people
from weft.plugins.communication.views import catalogue as views

_ = translator("communication")


class CommunicationPlugin(Plugin):
    """Announcements, news per audience, and messages between people inside and outside."""

    key, title, version, api = "communication", _("Communication"), "0.1.0", ">=1,<2"
    optional = ("crm", "portal_employee", "portal_customer", "portal_supplier", "portal_distributor")

    @hookimpl
    def weft_entities(self) -> list[Any]:
        return models.ENTITIES

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
    def weft_jobs(self) -> list[Any]:
        return jobs.JOBS

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

    @hookimpl(elevated=True)
    def weft_before_write(self, changes: Sequence[Any], context: Any) -> None:
        people.follow_owner(changes, context)
        people.name_audience(changes, context)
        news.before_write(changes, context)
        announcements.before_write(changes, context)

    @hookimpl
    def weft_demo(self, context: Any) -> None:
        demo.make(context)
