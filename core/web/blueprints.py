"""All pages of the core, in one list."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint

from weft.core.registry.runtime import Runtime
from weft.core.web.auth import register, terms
from weft.core.web.pages import (
    actions,
    bulk,
    calendar,
    calendar_files,
    colleagues,
    confirming,
    days,
    delegation,
    directory,
    explaining,
    exports,
    files,
    filtering,
    forms,
    home,
    imports,
    links,
    lists,
    merges,
    notices,
    our_company,
    pick,
    portal_invite,
    previews,
    profile,
    records,
    reports,
    search,
    sharing,
    sign_in_ways,
    streams,
    vcards,
    views,
)
from weft.core.web.settings import (
    arranging,
    company,
    portals,
    rates,
    registrations,
    role_files,
    role_page,
    roles,
    sign_in,
    system,
    trail,
    units,
    user_writes,
    users,
    viewing,
)
from weft.core.web.settings import lists as value_lists

__all__ = ["core_blueprints"]

_PAGES = (
    home, calendar, calendar_files, directory, search, notices, profile, delegation, explaining, sign_in_ways, lists,
    filtering, days, views, exports, imports, forms, bulk, merges, pick, records, actions,
    sharing, reports, links, streams, files, vcards, terms, register, confirming, our_company, colleagues,
    portal_invite, previews,
)  # fmt: skip
_SETTINGS = (
    company, rates, users, user_writes, registrations, sign_in, units, roles, role_files, role_page, viewing, portals,
    arranging, value_lists, system, trail,
)  # fmt: skip


def core_blueprints(runtime: Runtime) -> Iterator[Blueprint]:
    """Blueprints of lists, forms, records, the reserved pages and the Settings area."""
    for module in (*_PAGES, *_SETTINGS):
        yield module.blueprint
