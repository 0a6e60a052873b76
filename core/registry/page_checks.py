"""Cross-checks of what people see: views, tiles, homes, menu, pages, jobs, receivers of events."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from weft.core.errors import DeclarationError
from weft.core.i18n import Text
from weft.core.registry.access import AUDIENCES
from weft.core.registry.background import Job
from weft.core.registry.calendars import CALENDAR_TONES, CalendarSource
from weft.core.registry.checks import OPERATIONS
from weft.core.registry.declarations import Home, HttpRoute, ListView, NavEntry, RecordPage, Widget
from weft.core.registry.formchecks import FormCheck
from weft.core.registry.lookup import Lookup, message_of
from weft.core.registry.model import EntityType, Header, Stores

__all__ = ["MAX_LABEL", "check_pages"]

#: Longest label of a menu entry in Latin letters; the Chinese one has at most 8 characters (checked by the test kit).
MAX_LABEL = 24
BANDS = ("todo", "new", "figures")
WIDGET_KINDS = ("list", "counts", "number", "bars", "schedule", "template")
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.?\*)?|\*")


def check_pages(lookup: Lookup) -> None:
    """Check everything that makes pages and background work; leave out what is dormant; sort by (order, key).

    Raises:
        DeclarationError: naming the first declaration that cannot work.
    """
    stores = lookup.stores
    stores.views = {key: view for key, view in stores.views.items() if _view(lookup, view)}
    stores.record_pages = {key: page for key, page in stores.record_pages.items() if _record_page(lookup, page)}
    stores.widgets = {key: one for key, one in stores.widgets.items() if _widget(lookup, one)}
    stores.homes = [home for home in (_home(lookup, one) for one in stores.homes) if home is not None]
    stores.nav_entries = {key: one for key, one in stores.nav_entries.items() if _nav_entry(lookup, one)}
    stores.new_entries = [
        one for one in stores.new_entries if lookup.entity(lookup.owner_of(one), "New menu", one.entity)
    ]
    stores.calendars = {key: one for key, one in stores.calendars.items() if _calendar(lookup, one)}
    stores.form_checks = {key: one for key, one in sorted(stores.form_checks.items()) if _form_check(lookup, one)}
    stores.routes = {key: route for key, route in stores.routes.items() if _route(lookup, route)}
    stores.slots = [s for s in stores.slots if not s.entity or lookup.entity(_plugin(s.key), s.key, s.entity)]
    for action in stores.actions.values():
        if action.dialog and action.dialog not in stores.routes:
            problem = f"its dialog {action.dialog!r} is no page."
            raise DeclarationError(_plugin(action.key), action.key, problem, "add its HttpRoute.")
    for group in stores.nav_groups.values():
        _label(lookup.owner("nav_groups", group.key), f"menu group {group.key}", group.label)
    for job in stores.jobs.values():
        _job(job)
    for subscriber in stores.subscribers:
        if not _EVENT.fullmatch(subscriber.event):
            problem = f"{subscriber.event!r} is no event."
            raise DeclarationError(
                _plugin(subscriber.key), subscriber.key, problem, "write crm.account.created or crm.*."
            )
    for portal in stores.portals.values():
        owner = lookup.owner("portals", portal.key)
        _one_of(owner, portal.key, "audience", portal.audience, AUDIENCES)
        lookup.roles(owner, portal.key, (portal.admin_role,) if portal.admin_role else ())
    _sort(stores)


def _plugin(key: str) -> str:
    return key.partition(".")[0]


def _sort(stores: Stores) -> None:
    """Nothing visible depends on the order in which plugins were called."""
    for name in ("views", "widgets", "nav_groups", "nav_entries", "portals", "settings", "calendars"):
        items = getattr(stores, name)
        setattr(stores, name, dict(sorted(items.items(), key=lambda pair: (pair[1].order, pair[0]))))
    for name in (
        "entities",
        "relations",
        "traits",
        "value_lists",
        "roles",
        "record_pages",
        "routes",
        "jobs",
        "commands",
    ):
        setattr(stores, name, dict(sorted(getattr(stores, name).items())))
    stores.slots.sort(key=lambda slot: (slot.order, slot.key))
    stores.homes.sort(key=lambda home: (home.order, home.portal, home.role))
    stores.new_entries.sort(key=lambda entry: (entry.order, entry.entity, message_of(entry.label)))
    stores.subscribers.sort(key=lambda subscriber: subscriber.key)


def _fields(plugin: str, declaration: str, entity: EntityType, names: Collection[str]) -> None:
    for name in names:
        if name not in entity.fields and name not in Header:
            problem = f"names the field {name!r}, which {entity.key} does not have."
            raise DeclarationError(plugin, declaration, problem, "correct the name.")


def _one_of(plugin: str, declaration: str, what: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        problem = f"{what} {value!r} is unknown."
        raise DeclarationError(plugin, declaration, problem, f"choose from {', '.join(sorted(allowed))}.")


def _label(plugin: str, declaration: str, label: Text) -> None:
    text = message_of(label)
    if not text or len(text) > MAX_LABEL:
        problem = f"the label {text!r} has {len(text)} letters."
        raise DeclarationError(plugin, declaration, problem, f"a menu label has 1 to {MAX_LABEL} letters.")


def _view(lookup: Lookup, view: ListView) -> bool:
    plugin = _plugin(view.key)
    if not lookup.entity(plugin, view.key, view.entity):
        return False
    entity = lookup.stores.entities[view.entity]
    _one_of(plugin, view.key, "layout", view.layout, ("table", "board"))
    _fields(plugin, view.key, entity, view.columns)
    _fields(plugin, view.key, entity, [name.lstrip("-") for name in view.sort.split(",") if name])
    _fields(plugin, view.key, entity, [view.board] if view.board else [])
    # Filters may also name words of the address such as q; only a plain misspelt field is refused.
    names = [name.partition("__")[0] for name in view.filters]
    _fields(plugin, view.key, entity, [name for name in names if name not in ("q", "or")])
    lookup.roles(plugin, view.key, view.roles)
    return True


def _record_page(lookup: Lookup, page: RecordPage) -> bool:
    plugin = lookup.owner("record_pages", page.entity)
    if not lookup.entity(plugin, f"page of {page.entity}", page.entity):
        return False
    entity = lookup.stores.entities[page.entity]
    named = [name for _, names in page.sections for name in names]
    _fields(
        plugin, f"page of {page.entity}", entity, [*(name for fact in page.facts for name in fact.split("+")), *named]
    )
    if page.story is not None:
        _fields(plugin, f"story of {page.entity}", entity, page.story.only)
        for step in page.story.steps:
            if step not in ("create", "assign") and step not in entity.actions:
                problem = f"its story names the action {step!r}, which {page.entity} does not have."
                raise DeclarationError(plugin, f"story of {page.entity}", problem, "correct the name.")
    return True


def _widget(lookup: Lookup, widget: Widget) -> bool:
    plugin = _plugin(widget.key)
    _one_of(plugin, widget.key, "band", widget.band, BANDS)
    _one_of(plugin, widget.key, "kind", widget.kind, WIDGET_KINDS)
    if (widget.kind == "template") != bool(widget.template):
        raise DeclarationError(plugin, widget.key, "kind template and template= go together.", "give both or neither.")
    if not 1 <= widget.width <= 3:
        raise DeclarationError(plugin, widget.key, f"width {widget.width}.", "a tile is 1 to 3 columns wide.")
    return not widget.roles or bool(lookup.roles(plugin, widget.key, widget.roles))


def _home(lookup: Lookup, home: Home) -> Home | None:
    plugin, name, known = lookup.owner_of(home), f"home of {home.role}", lookup.stores.widgets
    if not lookup.role(plugin, name, home.role):
        return None
    return replace(home, widgets=tuple(key for key in home.widgets if lookup.exists(plugin, name, "tile", key, known)))


def _nav_entry(lookup: Lookup, entry: NavEntry) -> bool:
    plugin = lookup.owner("nav_entries", entry.key)
    _label(plugin, entry.key, entry.label)
    if bool(entry.entity) == bool(entry.endpoint):
        raise DeclarationError(plugin, entry.key, "leads nowhere or to two places.", "give either entity or endpoint.")
    if entry.portal != "employee" and entry.portal not in lookup.stores.portals:
        lookup.stores.dormant.append(f"{plugin}: {entry.key} waits for the portal {entry.portal}.")
        return False
    known = lookup.stores.nav_groups
    if entry.group and not lookup.exists(plugin, entry.key, "menu group", entry.group, known):
        return False
    endpoint = entry.endpoint
    owner = _plugin(endpoint)
    if endpoint and owner != "core" and owner in lookup.installed and endpoint not in lookup.stores.routes:
        raise DeclarationError(
            plugin, entry.key, f"names the page {endpoint}, which is not there.", "add its HttpRoute."
        )
    lookup.roles(plugin, entry.key, entry.roles)
    return not entry.entity or lookup.entity(plugin, entry.key, entry.entity)


def _form_check(lookup: Lookup, check: FormCheck) -> bool:
    plugin = _plugin(check.key)
    if not lookup.entity(plugin, check.key, check.entity):
        return False
    _fields(plugin, check.key, lookup.stores.entities[check.entity], check.fields)
    return True


def _calendar(lookup: Lookup, source: CalendarSource) -> bool:
    plugin = _plugin(source.key)
    if not lookup.entity(plugin, source.key, source.entity):
        return False
    entity = lookup.stores.entities[source.entity]
    named = (source.start, source.end, source.minutes, source.all_day, source.about, source.place, source.person,
             source.remind, source.finished[0], *source.tasks)  # fmt: skip
    _fields(plugin, source.key, entity, [name for name in named if name])
    _fields(plugin, source.key, entity, [name.partition("__")[0] for name in source.filters if name != "or"])
    _one_of(plugin, source.key, "tone", source.tone, CALENDAR_TONES)
    if source.end and source.minutes:
        raise DeclarationError(plugin, source.key, "has both end and minutes.", "keep one of them.")
    return True


def _route(lookup: Lookup, route: HttpRoute) -> bool:
    plugin = lookup.owner("routes", route.endpoint)
    if not route.rule.startswith("/"):
        raise DeclarationError(plugin, route.endpoint, f"the rule {route.rule!r} is relative.", "begin it with /.")
    if not callable(route.view):
        raise DeclarationError(plugin, route.endpoint, "has no view function.", "give view=function.")
    _one_of(plugin, route.endpoint, "method", next(iter(set(route.methods) - _METHODS), "GET"), _METHODS)
    kind, _, rest = str(route.policy or "").partition(":")
    if route.upload and kind == "public":
        problem = "takes large files of everybody, known or not."
        raise DeclarationError(plugin, route.endpoint, problem, "leave out upload, or give another policy.")
    if kind in ("public", "signed_in", "record") and not rest:
        return True
    if kind == "portal" and rest in AUDIENCES:
        return True
    if kind == "role":
        return lookup.role(plugin, route.endpoint, rest)
    operation, _, entity = rest.partition(":")
    if kind == "grant" and (operation in OPERATIONS or operation in lookup.stores.actions):
        return lookup.entity(plugin, route.endpoint, entity)
    problem = (
        f"has the policy {route.policy!r}." if route.policy else "has no policy, so nobody decided who may open it."
    )
    remedy = "give public, signed_in, record, portal:<audience>, role:<key> or grant:<operation>:<entity>."
    raise DeclarationError(plugin, route.endpoint, problem, remedy)


def _job(job: Job) -> None:
    plugin = _plugin(job.key)
    if job.every is not None and job.at:
        raise DeclarationError(plugin, job.key, "has both every and at.", "keep one of them.")
    if job.at and not _TIME.fullmatch(job.at):
        raise DeclarationError(plugin, job.key, f"at={job.at!r} is no time of day.", "write HH:MM.")
    if job.every is not None and job.every.total_seconds() <= 0:
        raise DeclarationError(plugin, job.key, "every must be longer than zero.", "give a timedelta such as hours=1.")
