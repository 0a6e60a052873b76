"""Why somebody may or may not do something with a record: the deciding rules in sentences, and what would change it.

Only for records that the one who asks may read; whatever else a sentence would have to name and that they may not read
stays unnamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from weft.core.access.decide import Decision, decide, entity_of
from weft.core.access.evidence import Evidence, evidence_for
from weft.core.access.policy import AccessPolicy
from weft.core.access.wording import change_words, operation_label, scope_words
from weft.core.errors import Denied, NotFound, QueryError
from weft.core.i18n import Text, translator
from weft.core.identity import principals
from weft.core.identity.principal import Principal
from weft.core.identity.tables import app_user
from weft.core.registry.access import Grant
from weft.core.registry.core_plugin import EXPLAIN

__all__ = ["Explanation", "explain", "subject_of"]

_ = translator("core")


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer.

    Attributes:
        allowed: what was decided.
        record_id, entity, operation: about what.
        user: name of the person concerned.
        sentences: the reasons, in the language of the moment.
        rules: keys of the grants that decided, or that came closest.
        change: the smallest change that would alter the decision, empty when it is allowed.
        hidden_fields: fields of the record that the person may not read.
    """

    allowed: bool
    record_id: int
    entity: str
    operation: str
    user: str
    sentences: tuple[Text, ...]
    rules: tuple[str, ...] = ()
    change: Text = ""
    hidden_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Context:
    """The same unit seen by another principal."""

    principal: Principal
    runtime: Any
    connection: Any
    now: Any


def explain(
    ctx: Any, record_id: int, operation: str = "read", user: int | None = None, *, field: str | None = None
) -> Explanation:
    """Explain a decision.

    Args:
        ctx: something with ``principal``, ``runtime`` and ``connection``: who asks.
        record_id: a record that the one who asks may read.
        operation: ``read``, ``update`` ... or an action key.
        user: id of the person concerned, None for the one who asks; others need the role ``core.explain``.
        field: explain this field of the record instead of the whole.

    Raises:
        NotFound: the record does not exist for the one who asks, or there is no such user.
        Denied: another user, without the role for it.
        QueryError: no such operation or field.
    """
    entity = entity_of(ctx, record_id)
    if entity is None or not decide(ctx, entity, "read", record_id).readable:
        raise NotFound(str(record_id))
    registry = ctx.runtime.registry
    if operation not in registry.actions and operation_label(registry, operation) is None:
        raise QueryError(_("There is no operation of that name."), name="action")
    if registry.actions.get(operation) is not None and registry.actions[operation].entity != entity:
        raise QueryError(_("There is no operation of that name."), name="action")
    subject = subject_of(ctx, user)
    there = _Context(subject, ctx.runtime, ctx.connection, getattr(ctx, "now", None) or ctx.runtime.clock())
    decision = decide(there, entity, operation, record_id)
    if field is not None:
        return _field(ctx, there, entity, decision, field)
    return _allowed(ctx, there, entity, decision) if decision.allowed else _refused(there, entity, decision)


def subject_of(ctx: Any, user: int | None) -> Principal:
    """The person concerned: the one who asks, or somebody else for those with the role ``core.explain``.

    Raises:
        Denied: another person, without the role. NotFound: there is no such active person.
    """
    principal: Principal = ctx.principal
    if user is None or user == principal.user_id:
        return principal
    if principal.kind != "system" and not principal.has_role(EXPLAIN):
        raise Denied(
            str(_("Only people with the role “Explain access” may ask about others.")),
            ask=str(_("Ask an administrator.")),
            rule=EXPLAIN,
        )
    row = ctx.connection.execute(select(app_user.c.audience, app_user.c.active).where(app_user.c.id == user)).first()
    if row is None or not row.active:
        raise NotFound("user")
    return principals.load(ctx.connection, ctx.runtime, user, row.audience)


def _made(ctx: Any, entity: str, decision: Decision, sentences: list[Text], **more: Any) -> Explanation:
    hidden = ()
    if decision.readable:
        fields = ctx.runtime.registry.entity(entity).fields
        hidden = tuple(name for name in fields if name not in decision.visible)
    return Explanation(
        decision.allowed,
        decision.record_id,
        entity,
        decision.operation,
        ctx.principal.name,
        tuple(sentences),
        hidden_fields=more.pop("hidden_fields", hidden),
        **more,
    )


def _allowed(ctx: Any, there: _Context, entity: str, decision: Decision) -> Explanation:
    """Every grant that covers the row, with the way over edges that makes it so."""
    if there.principal.kind == "system":
        return _made(there, entity, decision, [_("The platform itself may do everything.")], rules=decision.grants)
    sentences: list[Text] = []
    for grant in _grants(there, entity, decision.operation):
        if grant.key not in decision.grants:
            continue
        found = evidence_for(there, entity, decision.record_id, grant)
        if found is None:  # another grant with the same words covers it
            continue
        sentences.append(_allows(there, entity, decision.operation, grant))
        sentences.extend(_way(ctx, found))
    return _made(there, entity, decision, sentences, rules=decision.grants)


def _allows(ctx: Any, entity: str, operation: str, grant: Grant) -> Text:
    registry = ctx.runtime.registry
    role = registry.roles.get(grant.role)
    return _("The role “%(role)s” allows “%(what)s” on %(rows)s.") % {
        "role": role.label if role is not None else grant.role,
        "what": operation_label(registry, operation),
        "rows": scope_words(registry, entity, grant.rows),
    }


def _way(ctx: Any, found: Evidence) -> list[Text]:
    """The chain of links in words; records the asker may not read stay unnamed."""
    if not found.steps:
        return []
    parts: list[Text] = []
    for step in found.steps:
        title: Text = step.title_for(ctx) or _("a record you may not see")
        parts.append(_("“%(label)s” leads to %(title)s") % {"label": step.label, "title": title})
    words = parts[0]
    for part in parts[1:]:
        words = _("%(first)s, then %(next)s") % {"first": words, "next": part}
    return [_("The way: %(way)s.") % {"way": words}]


def _refused(there: _Context, entity: str, decision: Decision) -> Explanation:
    """Grants of the person that do not cover the row; or that no role of theirs has the operation at all."""
    registry, principal = there.runtime.registry, there.principal
    label = operation_label(registry, decision.operation)
    name = registry.entity(entity).label
    if principal.read_only:
        return _made(
            there, entity, decision, [_("This is a view for looking only; nothing can be done in it.")],
            change=_("Leave the view."),
        )  # fmt: skip
    grants = _grants(there, entity, decision.operation)
    if not decision.readable:
        reading = _grants(there, entity, "read")
        sentences: list[Text] = [_("The person may not read this record, so nothing can be done with it.")]
        sentences.extend(_not_covered(there, entity, grant) for grant in reading)
        change = change_words(registry, entity, "read", reading, principal)
        return _made(there, entity, decision, sentences, rules=tuple(one.key for one in reading), change=change)
    if not grants:
        sentences = [_("No role of the person has “%(what)s” for %(entity)s.") % {"what": label, "entity": name}]
    else:
        sentences = [_not_covered(there, entity, grant) for grant in grants]
    if principal.scopes is not None:
        sentences.append(_("The token used may do less than the person."))
    change = change_words(registry, entity, decision.operation, grants, principal)
    return _made(there, entity, decision, sentences, rules=tuple(one.key for one in grants), change=change)


def _not_covered(there: _Context, entity: str, grant: Grant) -> Text:
    registry = there.runtime.registry
    role = registry.roles.get(grant.role)
    return _("The role “%(role)s” covers %(rows)s, and this is none of them.") % {
        "role": role.label if role is not None else grant.role,
        "rows": scope_words(registry, entity, grant.rows),
    }


def _grants(there: _Context, entity: str, operation: str) -> tuple[Grant, ...]:
    return AccessPolicy.of(there.runtime).grants(there.principal.roles, entity, operation)


def _field(ctx: Any, there: _Context, entity: str, decision: Decision, field: str) -> Explanation:
    """Which grants cover one field in this row. The asker must be able to read it."""
    registry = there.runtime.registry
    declared = registry.entity(entity).fields.get(field)
    own = decide(ctx, entity, "read", decision.record_id)
    if declared is None or field not in own.visible:
        raise QueryError(_("There is no field “%(name)s” here.") % {"name": field[:60]}, name=field)
    reading = decision.operation == "read"
    covered = field in (decision.visible if reading else decision.fields)
    label = {"field": declared.label, "what": operation_label(registry, decision.operation)}
    sentences: list[Text] = []
    if covered:
        sentences.append(_("“%(what)s” covers the field “%(field)s” of this record.") % label)
    else:
        sentences.append(_("No grant that covers this record has “%(what)s” for the field “%(field)s”.") % label)
    closest = [
        grant
        for grant in _grants(there, entity, decision.operation)
        if (grant.fields is None or field in grant.fields) and field not in grant.without
    ]
    sentences.extend(_allows(there, entity, decision.operation, grant) for grant in closest)
    change: Text = "" if covered else change_words(registry, entity, decision.operation, closest, there.principal)
    found = _made(there, entity, decision, sentences, rules=tuple(one.key for one in closest), change=change)
    return Explanation(**{**_as_dict(found), "allowed": covered})


def _as_dict(found: Explanation) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Explanation.__dataclass_fields__}
