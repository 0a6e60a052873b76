"""The audit trail in words: one sentence per entry, with people and labels in the viewer's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weft.core.i18n import LOCALES, LazyText, in_script, translator
from weft.core.identity.audit import ACTIONS, FOR_ONESELF, AuditEntry
from weft.core.identity.people import Person
from weft.core.registry.model import Registry

__all__ = ["sentence"]

_ = translator("core")

_NOBODY = _("The platform")
_GONE = _("somebody")
_FIELDS: dict[str, LazyText] = {
    "name": _("Name"),
    "name_alt": _("Name in the other script"),
    "email": _("Email"),
    "locale": _("Language"),
    "zone": _("Time zone"),
    "theme": _("Theme"),
    "active": _("Active"),
    "position": _("Position"),
    "currency": _("Currency"),
    "fiscal_year_start": _("First month of the fiscal year"),
    "idle_minutes": _("Minutes until a sign-in ends"),
    "address": _("Address"),
    "tax_id": _("Tax number"),
    "phone": _("Phone"),
    "website": _("Website"),
    "logo_file": _("Logo"),
}

#: Values that say nothing to people.
_BARE = frozenset({"theme", "active", "address", "logo_file"})


def sentence(entry: AuditEntry, people: Mapping[int, Person], registry: Registry) -> str:
    """Say what an entry tells, for the viewer's locale.

    Args:
        people: of :func:`weft.core.identity.people.people` for :func:`weft.core.identity.audit.subjects`.
        registry: for the labels of roles.
    """
    own = entry.user_id is not None and entry.user_id == entry.subject_id
    template = (FOR_ONESELF.get(entry.action) if own else None) or ACTIONS.get(entry.action)
    if template is None:
        return entry.action
    detail = _DETAILS.get(entry.action.partition(".")[0], _no_detail)(entry, registry)
    actor = _name(people, entry.user_id) if entry.user_id is not None else str(_NOBODY)
    subject = _name(people, entry.subject_id) if entry.subject_id is not None else ""
    return str(template % {"actor": actor, "subject": subject, "detail": detail})


def _name(people: Mapping[int, Person], user_id: int | None) -> str:
    person = people.get(user_id or 0)
    return person.shown()[0] if person is not None else str(_GONE)


def _no_detail(entry: AuditEntry, registry: Registry) -> str:
    return ""


def _of_user(entry: AuditEntry, registry: Registry) -> str:
    changes = entry.changes
    if entry.action == "user.roles":
        return _roles(changes["roles"], registry)
    if entry.action == "user.sessions":
        return str(changes["sessions"][0] or changes["sessions"][1] or 0)
    if entry.action == "user.membership":
        joined, names = changes["unit"][1] is not None, changes["unit_name"]
        text = _("joined %(unit)s") if joined else _("left %(unit)s")
        return str(text % {"unit": _both(names[1] if joined else names[0])})
    return _labels(changes)


def _of_unit(entry: AuditEntry, registry: Registry) -> str:
    return _both(next((names for names in reversed(entry.changes["unit_name"]) if names), ["", ""]))


def _of_token(entry: AuditEntry, registry: Registry) -> str:
    return str(entry.changes["name"][1] or entry.changes["name"][0] or "")


def _of_company(entry: AuditEntry, registry: Registry) -> str:
    return _labels(entry.changes)


def _of_rates(entry: AuditEntry, registry: Registry) -> str:
    return _join(entry.changes["currencies"][1]) or str(entry.changes["count"][1])


def _of_records(entry: AuditEntry, registry: Registry) -> str:
    key = str(entry.changes["entity"][1])
    return str(registry.entities[key].plural) if key in registry.entities else key


def _labels(changes: Mapping[str, Any]) -> str:
    return _join([_change(key, *pair) for key, pair in changes.items() if key in _FIELDS])


def _change(key: str, before: Any, after: Any) -> str:
    """``Name Old → New``; the label alone for values that are no words."""
    old, new = (LOCALES.get(value, value) if key == "locale" else value for value in (before, after))
    label = str(_FIELDS[key])
    if key in _BARE:
        return label
    if old in (None, ""):
        return f"{label} {new}"
    return f"{label} {old} → {'–' if new in (None, '') else new}"


def _roles(pair: Sequence[Sequence[str]], registry: Registry) -> str:
    before, after = (set(keys) for keys in pair)

    def label(key: str) -> str:
        return str(registry.roles[key].label) if key in registry.roles else key

    return _join(
        [f"+ {label(key)}" for key in sorted(after - before)] + [f"− {label(key)}" for key in sorted(before - after)]
    )


def _both(names: Sequence[str]) -> str:
    return in_script(names[0], names[1])[0]


def _join(words: Sequence[str]) -> str:
    return str(_(", ")).join(words)


_DETAILS: dict[str, Callable[[AuditEntry, Registry], str]] = {
    "user": _of_user,
    "unit": _of_unit,
    "token": _of_token,
    "company": _of_company,
    "rates": _of_rates,
    "records": _of_records,
}
