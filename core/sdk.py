"""The facade for plugins: everything a plugin or portal may import, without Flask.

The names below are stable within one API level; nothing else of ``weft.core`` is. The core itself never imports this
module. Views, widgets and pages import :mod:`weft.core.websdk` too, tests :mod:`weft.core.testing`.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Mapped

from weft.core.access.conditions import Filter, all_of, any_of
from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.db.fields import Choices, Field, Kind, Ref, Trait, choices, trait
from weft.core.db.money import Money
from weft.core.errors import (
    Conflict,
    DeclarationError,
    Denied,
    FieldError,
    NotFound,
    QueryError,
    StateConflict,
    ValidationFailed,
    WeftError,
)
from weft.core.i18n import LazyText, Text, current_locale, in_script, translator, use_locale
from weft.core.identity.principal import Principal
from weft.core.ops.demo import DemoContext
from weft.core.outbox.delivery import JobContext
from weft.core.plugin.base import API_LEVEL, Plugin, hookimpl, hookspec
from weft.core.records.changes import ActionContext, ActionResult, BulkResult, Change, LoadResult, WriteContext
from weft.core.records.facade import Records
from weft.core.records.values import MoneySum, Page, PersonRef, RefValue, Row, UnitRef
from weft.core.registry.access import (
    ALL,
    AUDIENCES,
    EDIT,
    READ,
    WRITE,
    Grant,
    Role,
    RowScope,
    Step,
    all_rows,
    own,
    path,
    rev,
    shared,
    tree,
    unit,
    unit_tree,
    via,
    where,
)
from weft.core.registry.declarations import (
    Action,
    Command,
    Extension,
    Home,
    HttpRoute,
    Job,
    ListView,
    NavEntry,
    NavGroup,
    NewEntry,
    PortalSpec,
    RecordPage,
    RelationType,
    Setting,
    Slot,
    Subscriber,
    TraitSpec,
    ValueList,
    Widget,
)

__all__ = [
    # the plugin
    "API_LEVEL", "Plugin", "hookimpl", "hookspec",
    # entities and fields
    "Choices", "Entity", "Field", "Kind", "Mapped", "Money", "Ref", "Trait", "choices", "field", "trait",
    # roles and grants
    "ALL", "AUDIENCES", "EDIT", "READ", "WRITE", "Grant", "Role", "RowScope", "Step", "all_rows", "own", "path", "rev",
    "shared", "tree", "unit", "unit_tree", "via", "where",
    # other declarations
    "Action", "Command", "Extension", "Home", "HttpRoute", "Job", "ListView", "NavEntry", "NavGroup", "NewEntry",
    "PortalSpec", "RecordPage", "RelationType", "Setting", "Slot", "Subscriber", "TraitSpec", "ValueList", "Widget",
    "timedelta",
    # reading and writing
    "ActionContext", "ActionResult", "BulkResult", "Change", "DemoContext", "Filter", "JobContext", "LoadResult",
    "MoneySum", "Page", "PersonRef", "Principal", "Records", "RefValue", "Row", "UnitRef", "WriteContext",
    "all_of", "any_of",
    # errors
    "Conflict", "DeclarationError", "Denied", "FieldError", "NotFound", "QueryError", "StateConflict",
    "ValidationFailed", "WeftError",
    # texts
    "LazyText", "Text", "current_locale", "in_script", "translator", "use_locale",
]  # fmt: skip
