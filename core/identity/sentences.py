"""The audit trail in words: one sentence per entry, with people and labels in the viewer's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weft.core.i18n import LOCALES, LazyText, WrittenText, in_script, translator
from weft.core.identity.audit import ACTIONS, FOR_ONESELF, AuditEntry
from weft.core.identity.people import Person
from weft.core.registry.model import Registry

__all__ = ["sentence"]

_ = translator("core")

_NOBODY = _("The platform")
_GONE = _("somebody")
#: Said when somebody saved a form without changing a thing that has a name.
_BARE_UPDATE = _("%(actor)s changed the user %(subject)s")
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

_PORTAL_PARTS: dict[str, LazyText] = {
    "names": _("Name"),
    "logo_file": _("Logo"),
    "accent": _("Accent colour"),
    "accent_dark": _("Accent colour on dark pages"),
    "host": _("Host name"),
    "locales": _("Languages"),
    "registration": _("Registration"),
    "terms": _("Terms of use"),
    "privacy": _("Privacy"),
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
    if entry.action == "user.update" and not detail:
        template = _BARE_UPDATE
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
    if entry.action == "user.consent":
        return _of_portal(entry, registry)
    if entry.action == "user.sessions":
        return str(changes["sessions"][0] or changes["sessions"][1] or 0)
    if entry.action in ("user.link", "user.unlink"):
        return str(next(name for name in reversed(changes["provider"]) if name))
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


def _of_portal(entry: AuditEntry, registry: Registry) -> str:
    """The portal's name, and what of it."""
    changes = entry.changes
    key = str((changes.get("portal") or ["", ""])[1])
    label = str(registry.portals[key].label) if key in registry.portals else key
    words = [label, *(str(_PORTAL_PARTS[name]) for name in changes if name in _PORTAL_PARTS)]
    if "kind" in changes:
        kind = _PORTAL_PARTS.get(str(changes["kind"][1]))
        text = _("%(text)s, version %(n)s") % {"text": kind or "", "n": changes["version"][1]}
        words.append(str(text))
    return _join(words)


def _of_registration(entry: AuditEntry, registry: Registry) -> str:
    return _join([str(pair[1]) for name, pair in entry.changes.items() if name in ("name", "organisation", "reason")])


def _of_rates(entry: AuditEntry, registry: Registry) -> str:
    return _join(entry.changes["currencies"][1]) or str(entry.changes["count"][1])


def _of_sign_in(entry: AuditEntry, registry: Registry) -> str:
    return _roles([[*audiences, *roles] for audiences, roles in zip(*entry.changes.values(), strict=True)], registry)


def _of_records(entry: AuditEntry, registry: Registry) -> str:
    key = str(entry.changes["entity"][1])
    return str(registry.entities[key].plural) if key in registry.entities else key


def _of_rights(entry: AuditEntry, registry: Registry) -> str:
    """A role with the kinds of records whose rules changed, or the names of an own role."""
    if entry.action == "rights.import":
        return ""
    key = str(entry.changes["role"][1])
    label = str(registry.roles[key].label) if key in registry.roles else key
    if entry.action != "rights.rules":
        names = [[entry.changes[f"label_{code}"][side] or "" for code in ("en", "zh")] for side in (1, 0)]
        english, chinese = next((pair for pair in names if any(pair)), [label, ""])
        return str(WrittenText(english, chinese))
    kinds = [registry.entities[one] for one in sorted(entry.changes["rules"][1]) if one in registry.entities]
    return str(_("%(role)s: %(kinds)s") % {"role": label, "kinds": _join([str(one.plural) for one in kinds])})


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


def _of_kept(entry: AuditEntry, registry: Registry) -> str:
    return str(entry.changes["name"][1])


_DETAILS: dict[str, Callable[[AuditEntry, Registry], str]] = {
    "user": _of_user,
    "unit": _of_unit,
    "token": _of_token,
    "company": _of_company,
    "portal": _of_portal,
    "registration": _of_registration,
    "rates": _of_rates,
    "records": _of_records,
    "sign_in": _of_sign_in,
    "rights": _of_rights,
    "process": _of_kept,
    "month": _of_kept,
}
