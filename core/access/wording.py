"""Row scopes, operations and remedies in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from weft.core.access.conditions import split_name
from weft.core.access.decide import OPERATION_LABELS
from weft.core.access.policy import covers
from weft.core.i18n import LazyText, Text, translator
from weft.core.identity.principal import Principal
from weft.core.registry.access import (
    AllRows,
    Both,
    Either,
    Grant,
    Own,
    PathScope,
    RowScope,
    SharedRows,
    Step,
    UnitRows,
    Via,
    Where,
)
from weft.core.registry.model import Registry

__all__ = ["change_words", "operation_label", "scope_words", "smallest_role", "step_label"]

_ = translator("core")
#: Narrow rows first: a role is the smaller change the fewer rows it shows.
_WIDTH: dict[type[RowScope], int] = {Own: 1, SharedRows: 1, PathScope: 2, UnitRows: 3, Where: 4, Via: 4}


def operation_label(registry: Registry, operation: str) -> Text | None:
    """Words for an operation or action; None when there is none."""
    action = registry.actions.get(operation)
    return action.label if action is not None else OPERATION_LABELS.get(operation)


def step_label(registry: Registry, relation: str, *, reverse: bool) -> Text:
    """Words for a relation in the direction it is followed."""
    declared = registry.relations[relation]
    return declared.inverse_label if reverse else declared.label


def _joined(words: Iterable[Text], pattern: LazyText) -> Text:
    return reduce(lambda first, second: pattern % {"first": first, "second": second}, words)


def scope_words(registry: Registry, entity: str, scope: RowScope | None) -> Text:
    """Which rows a scope means, as the object of a sentence."""
    if isinstance(scope, Either):
        return _joined((scope_words(registry, entity, one) for one in scope.scopes), _("%(first)s or %(second)s"))
    if isinstance(scope, Both):
        return _joined(
            (scope_words(registry, entity, one) for one in scope.scopes), _("%(first)s that are also %(second)s")
        )
    if isinstance(scope, Own):
        return _("records the person owns")
    if isinstance(scope, UnitRows):
        return (
            _("records of the person's units and those below") if scope.subtree else _("records of the person's units")
        )
    if isinstance(scope, SharedRows):
        return _("records shared with the person")
    if isinstance(scope, Where):
        return _("records chosen by %(fields)s") % {"fields": _fields(registry, entity, scope)}
    if isinstance(scope, Via):
        declared = registry.entity(entity).fields.get(scope.link)
        if declared is not None:
            label: Text = declared.label
        else:
            relation, reverse = registry.relation(scope.link)
            label = step_label(registry, relation.key, reverse=reverse)
        return _("records whose “%(link)s” the person may read") % {"link": label}
    if isinstance(scope, PathScope):
        return _path(registry, scope.steps)
    if scope is None or isinstance(scope, AllRows):
        return _("all records")
    return str(scope)


def _path(registry: Registry, steps: Sequence[Step]) -> Text:
    if not steps:
        return _("the person's own record or organisation")
    labels = [step_label(registry, step.relation, reverse=step.reverse) for step in steps]
    way = _joined([_("“%(label)s”") % {"label": label} for label in labels], _("%(first)s, %(second)s"))
    return _("records that lead over %(way)s to the person or their organisation") % {"way": way}


def _fields(registry: Registry, entity: str, scope: Where) -> Text:
    fields = registry.entity(entity).fields
    names = dict.fromkeys(split_name(text)[0] for text in scope.filters)
    return _joined([fields[name].label if name in fields else name for name in names], _("%(first)s, %(second)s"))


# ---- what would change a refusal


def change_words(
    registry: Registry, entity: str, operation: str, grants: Sequence[Grant], principal: Principal
) -> Text:
    """The smallest change that would allow an operation: to the record if a grant waits for it, else a role.

    Args:
        registry: for roles.
        entity: of the record.
        operation: refused.
        grants: the person's grants of that operation, none of which covers the record.
        principal: the person.
    """
    found = sorted((change for grant in grants for change in _changes(registry, grant.rows)), key=lambda one: one[0])
    if found:
        return found[0][1]
    role = smallest_role(registry, entity, operation, principal)
    if role is None:
        return _("No role of this portal has this operation.")
    label = registry.roles[role].label
    return _("With the role “%(role)s” it could be allowed. Roles are given by an administrator.") % {"role": label}


def _changes(registry: Registry, scope: RowScope | None) -> list[tuple[int, Text]]:
    """(effort, words) for a row to come into a scope."""
    if isinstance(scope, Either):
        return [change for one in scope.scopes for change in _changes(registry, one)]
    if isinstance(scope, Own):
        return [(1, _("If the record were assigned to the person, it would be allowed."))]
    if isinstance(scope, SharedRows):
        return [(2, _("If the record were shared with the person, it would be allowed."))]
    if isinstance(scope, UnitRows):
        return [(3, _("If the record belonged to one of the person's units, it would be allowed."))]
    if isinstance(scope, PathScope) and scope.steps:
        first = scope.steps[0]
        label = step_label(registry, first.relation, reverse=first.reverse)
        return [
            (
                4,
                _("If “%(link)s” of the record led to the person or their organisation, it would be allowed.")
                % {"link": label},
            )
        ]
    if isinstance(scope, Via):
        return [(5, _("If the person could read the record that this one is linked to, it would be allowed."))]
    return []


def smallest_role(registry: Registry, entity: str, operation: str, person: Principal) -> str | None:
    """The role that would allow an operation and gives least besides; None when no role of the audience does."""
    declared = registry.entity(entity)
    width: dict[str, int] = {}
    for grant in registry.grants_on(entity):
        role = registry.roles.get(grant.role)
        if role is None or role.audience != person.audience or grant.role in person.roles:
            continue
        if covers(grant, operation, declared):
            width[grant.role] = min(width.get(grant.role, 99), _width(grant.rows))
    given = {key: sum(len(frozenset(grant.actions)) for grant in registry.grants if grant.role == key) for key in width}
    return min(width, key=lambda key: (width[key], given[key], key), default=None)


def _width(scope: RowScope | None) -> int:
    if isinstance(scope, Either):
        return max(_width(part) for part in scope.scopes)
    if isinstance(scope, Both):
        return min(_width(part) for part in scope.scopes)
    return 9 if scope is None else _WIDTH.get(type(scope), 9)
