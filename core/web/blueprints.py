"""All pages of the core, in one list."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint

from weft.core.registry.runtime import Runtime
from weft.core.web.pages import (
    actions,
    bulk,
    forms,
    home,
    links,
    lists,
    pick,
    records,
    search,
)

__all__ = ["core_blueprints"]


def core_blueprints(runtime: Runtime) -> Iterator[Blueprint]:
    """Blueprints of lists, forms, records and the reserved pages."""
    for module in (home, search, lists, forms, bulk, pick, actions, links, records):
        yield module.blueprint
