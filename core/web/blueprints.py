"""All pages of the core, in one list."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint

from weft.core.registry.runtime import Runtime
from weft.core.web.pages import (
    actions,
    bulk,
    delegation,
    exports,
    files,
    forms,
    home,
    imports,
    links,
    lists,
    notices,
    pick,
    profile,
    records,
    search,
    streams,
    views,
)
from weft.core.web.settings import company, rates, rights, system, trail, units, user_writes, users
from weft.core.web.settings import lists as value_lists

__all__ = ["core_blueprints"]

_PAGES = (
    home, search, notices, profile, delegation, lists, views, exports, imports, forms, bulk, pick, records, actions,
    links, streams, files,
)  # fmt: skip
_SETTINGS = (company, rates, users, user_writes, units, rights, value_lists, system, trail)


def core_blueprints(runtime: Runtime) -> Iterator[Blueprint]:
    """Blueprints of lists, forms, records, the reserved pages and the Settings area."""
    for module in (*_PAGES, *_SETTINGS):
        yield module.blueprint
