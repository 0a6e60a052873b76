"""The CRM as Weft sees it: everything it declares, nothing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Plugin, hookimpl, translator
from weft.plugins.crm import actions, grants, hooks, jobs, models, views, vocabulary, widgets
from weft.plugins.crm.demo import make as demo

_ = translator("crm")


class CrmPlugin(Plugin):
    """Accounts, contacts, opportunities and activities."""

    key, title, version, api = "crm", _("Customers"), "0.1.0", ">=1,<2"
    optional = ("portal_employee",)

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
    def weft_actions(self) -> list[Any]:
        return actions.ACTIONS

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
