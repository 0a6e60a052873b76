"""Why somebody may or may not do something with a kind of records at all, and who reads one of its fields.

Nothing here looks at a record, so nothing can be told about one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from weft.core.access.explain import subject_of
from weft.core.access.policy import AccessPolicy
from weft.core.access.wording import operation_label, scope_words, smallest_role
from weft.core.errors import QueryError
from weft.core.i18n import Text, translator
from weft.core.identity.principal import Principal
from weft.core.identity.principals import close_roles
from weft.core.identity.tables import app_user, user_role
from weft.core.registry.access import Grant
from weft.core.registry.model import Registry

__all__ = ["EntityExplanation", "FieldReader", "explain_entity", "readers_of"]

_ = translator("core")


@dataclass(frozen=True, slots=True)
class EntityExplanation:
    """The answer.

    Attributes:
        allowed: some records may be concerned; which ones, the sentences say.
        user: name of the person.
        sentences: the rules that decide.
        change: the smallest change that would alter a refusal, empty when allowed.
        role: key of the role that the change gives, or empty.
    """

    allowed: bool
    user: Principal
    sentences: tuple[Text, ...]
    change: Text = ""
    role: str = ""


def explain_entity(ctx: Any, entity: str, operation: str = "read", user: int | None = None) -> EntityExplanation:
    """Explain an operation on a kind of records.

    Args:
        ctx: something with ``principal``, ``runtime`` and ``connection``: who asks.
        entity: entity key.
        operation: ``read``, ``update`` ... or the key of an action of this entity.
        user: the person concerned, None for the one who asks; others need the role ``core.explain``.

    Raises:
        QueryError: no such entity or operation. Denied, NotFound: as :func:`weft.core.access.explain.explain`.
    """
    registry: Registry = ctx.runtime.registry
    declared = registry.entities.get(entity)
    action = registry.actions.get(operation)
    label = operation_label(registry, operation)
    if declared is None or label is None or (action is not None and action.entity != entity):
        raise QueryError(_("There is no operation of that name."), name="action")
    person = subject_of(ctx, user)
    policy = AccessPolicy.of(ctx.runtime)
    grants = policy.grants(person.roles, entity, operation)
    slots = {"what": label, "kind": declared.plural}
    if not grants:
        role = smallest_role(registry, entity, operation, person)
        sentences: list[Text] = [
            _("No role of this person has “%(what)s” for %(kind)s.") % slots,
            _roles(registry, person),
        ]
        if role is None:
            return EntityExplanation(False, person, tuple(sentences), _("No role of this portal has it."))
        change = _("Smallest change: give the role “%(role)s” (Settings > Users).")
        return EntityExplanation(False, person, tuple(sentences), change % {"role": registry.roles[role].label}, role)
    sentences = [_allows(registry, entity, grant, label) for grant in grants]
    allowed = policy.allows(person, entity, operation)
    if allowed:
        return EntityExplanation(True, person, tuple(sentences))
    sentences.append(_("None of this fits the person: no unit, no record stands for them, or they look only."))
    change = _("Smallest change: give the person a unit, or the records that stand for them (Settings > Users).")
    return EntityExplanation(False, person, tuple(sentences), change)


def _allows(registry: Registry, entity: str, grant: Grant, label: Text) -> Text:
    return _("The role “%(role)s” allows “%(what)s” on %(rows)s.") % {
        "role": registry.roles[grant.role].label if grant.role in registry.roles else grant.role,
        "what": label,
        "rows": scope_words(registry, entity, grant.rows),
    }


def _roles(registry: Registry, person: Principal) -> Text:
    labels = [str(registry.roles[key].label) for key in sorted(person.roles) if key in registry.roles]
    return _("Roles held: %(roles)s.") % {"roles": str(_(", ")).join(labels)}


# ---- who reads a field


@dataclass(frozen=True, slots=True)
class FieldReader:
    """A role that reads a field.

    Attributes:
        role: its key.
        rows: of which records, in words.
        people: how many active people hold it, by themselves or through another role.
    """

    role: str
    rows: Text
    people: int


def readers_of(ctx: Any, entity: str, field: str) -> tuple[list[FieldReader], int]:
    """Roles whose rules let a field be read, and how many people that are in all.

    Raises:
        QueryError: there is no such field.
    """
    registry: Registry = ctx.runtime.registry
    if entity not in registry.entities or field not in registry.entities[entity].fields:
        raise QueryError(_("There is no field “%(name)s” here.") % {"name": field[:60]}, name=field)
    policy = AccessPolicy.of(ctx.runtime)
    holders = _holders(ctx.connection, registry)
    found: list[FieldReader] = []
    everybody: set[int] = set()
    for role in registry.roles.values():
        grants = [
            grant for grant in policy.grants(frozenset({role.key}), entity, "read") if _reads(policy, grant, field)
        ]
        if grants:
            people = holders.get(role.key, set())
            everybody |= people
            words = [scope_words(registry, entity, grant.rows) for grant in grants]
            found.append(FieldReader(role.key, _joined(words), len(people)))
    return found, len(everybody)


def _reads(policy: AccessPolicy, grant: Grant, field: str) -> bool:
    return field in policy.covered(grant)


def _joined(words: list[Text]) -> Text:
    text = words[0]
    for one in words[1:]:
        text = _("%(first)s or %(second)s") % {"first": text, "second": one}
    return text


def _holders(conn: Any, registry: Registry) -> dict[str, set[int]]:
    """Role -> active people who have its rules, in two statements."""
    u = app_user.c
    audiences = {row.id: row.audience for row in conn.execute(select(u.id, u.audience).where(u.active.is_(True)))}
    held: dict[int, list[str]] = {number: [] for number in audiences}
    for row in conn.execute(select(user_role.c.user_id, user_role.c.role)):
        if row.user_id in held:
            held[row.user_id].append(row.role)
    found: dict[str, set[int]] = {}
    for number, audience in audiences.items():
        for key in close_roles(registry, held[number], audience):
            found.setdefault(key, set()).add(number)
    return found
