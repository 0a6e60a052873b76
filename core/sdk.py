"""The facade for plugins: everything a plugin or portal may import, without Flask.

The names below are stable within one API level; nothing else of ``weft.core`` is. The core itself never imports this
module. Views, widgets and pages import :mod:`weft.core.websdk` too, tests :mod:`weft.core.testing`.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Mapped

from weft.core.access.conditions import Filter, all_of, any_of
from weft.core.collaboration import comments, followers
from weft.core.collaboration.mails import send_mail
from weft.core.collaboration.mentions import link_names
from weft.core.collaboration.notices import note as notify
from weft.core.collaboration.notices import readers
from weft.core.collaboration.notices import settle as settle_notices
from weft.core.collaboration.sentences import register_kind as register_notice
from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.db.fields import Choices, Field, Kind, Ref, Trait, choices, trait
from weft.core.db.money import Money, is_currency
from weft.core.errors import (
    ActionNeeded,
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
from weft.core.files import files
from weft.core.i18n import LazyText, Text, babel_locale, current_locale, in_script, translator, use_locale
from weft.core.identity import directory, staff
from weft.core.identity.audit import note as audit_note
from weft.core.identity.principal import Principal
from weft.core.mail.fetch import fetch_mail
from weft.core.ops.commands import command_context
from weft.core.ops.demo import DemoContext
from weft.core.outbox.delivery import JobContext
from weft.core.plugin.base import API_LEVEL, Plugin, hookimpl, hookspec
from weft.core.records.acting import allowed_for, fields_for, writing_as
from weft.core.records.changes import ActionContext, ActionResult, BulkResult, Change, LoadResult, WriteContext
from weft.core.records.conversion import company_currency, to_company
from weft.core.records.every import among, every
from weft.core.records.facade import Records
from weft.core.records.field_trail import FieldMove, field_moves
from weft.core.records.rate_admin import import_ecb as import_rates
from weft.core.records.rate_admin import newest_rates
from weft.core.records.rights import company_name, company_region, known_names
from weft.core.records.serials import gapless_number
from weft.core.records.shares import share as share_record
from weft.core.records.shares import shares as shares_of
from weft.core.records.shares import unshare as unshare_record
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
from weft.core.registry.background import Command, Job, Subscriber
from weft.core.registry.calendars import CalendarSource
from weft.core.registry.declarations import (
    Action,
    Extension,
    Home,
    HttpRoute,
    ListView,
    NavEntry,
    NavGroup,
    NewEntry,
    PortalSpec,
    RecordPage,
    RelationType,
    Setting,
    Slot,
    Story,
    TraitSpec,
    ValueList,
    Widget,
)
from weft.core.registry.formchecks import FormAction, FormCheck, FormWarning
from weft.core.search.people import find_colleagues

__all__ = [
    # the plugin
    "API_LEVEL", "Plugin", "hookimpl", "hookspec",
    # entities and fields
    "Choices", "Entity", "Field", "Kind", "Mapped", "Money", "Ref", "Trait", "choices", "field", "trait",
    # roles and grants
    "ALL", "AUDIENCES", "EDIT", "READ", "WRITE", "Grant", "Role", "RowScope", "Step", "all_rows", "own", "path", "rev",
    "shared", "tree", "unit", "unit_tree", "via", "where",
    # other declarations
    "Action", "CalendarSource", "Command", "Extension", "FormAction", "FormCheck", "FormWarning", "Home", "HttpRoute",
    "Job", "ListView", "NavEntry", "NavGroup", "NewEntry", "PortalSpec", "RecordPage", "RelationType", "Setting",
    "Slot", "Story", "Subscriber", "TraitSpec", "ValueList", "Widget",
    "timedelta",
    # reading and writing
    "ActionContext", "ActionResult", "BulkResult", "Change", "DemoContext", "FieldMove", "Filter", "JobContext",
    "LoadResult", "MoneySum", "Page", "PersonRef", "Principal", "Records", "RefValue", "Row", "UnitRef", "WriteContext",
    "all_of", "allowed_for", "among", "any_of", "audit_note", "company_currency", "company_name", "company_region",
    "every", "field_moves", "fields_for", "gapless_number", "import_rates", "is_currency", "known_names",
    "newest_rates", "to_company", "writing_as",
    # conversations and files
    "command_context", "comments", "fetch_mail", "files", "followers", "link_names",
    # people and notices
    "directory", "find_colleagues", "notify", "readers", "register_notice", "send_mail", "settle_notices",
    "share_record", "shares_of", "staff", "unshare_record",
    # errors
    "ActionNeeded", "Conflict", "DeclarationError", "Denied", "FieldError", "NotFound", "QueryError", "StateConflict",
    "ValidationFailed", "WeftError",
    # texts
    "LazyText", "Text", "babel_locale", "current_locale", "in_script", "translator", "use_locale",
]  # fmt: skip
