"""What a person would see and do under rights that are not saved yet, beside what they see and do now.

Reads with both sets of rules on the present connection; titles only as far as the one who asks may read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import and_, false, func, not_, select

from weft.core.access.evidence import evidence_for
from weft.core.access.filters import row_filter
from weft.core.access.policy import AccessPolicy
from weft.core.access.wording import scope_words
from weft.core.i18n import Text
from weft.core.identity import principals
from weft.core.records.facade import Records
from weft.core.records.state import UnitState
from weft.core.records.values import RefValue
from weft.core.registry.model import Registry
from weft.core.registry.runtime import Runtime

__all__ = ["EntityPreview", "Shown", "as_person", "preview", "runtime_with"]

#: What a runtime keeps that depends on its rules.
_DERIVED = ("access.policy", "principals", "records.plans", "records.exposing", "rest.descriptions")
#: Records named in a preview.
NAMED = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A record that would become visible.

    Attributes:
        title: what the one who asks may know of it.
        because: which rows the rule that shows it covers, in words.
    """

    title: RefValue
    because: Text


@dataclass(frozen=True, slots=True)
class EntityPreview:
    """One kind of record for one person.

    Attributes:
        entity: key.
        before, after: how many records are readable now and would be.
        gained, lost: how many would become visible and would disappear.
        named: the first of those that would become visible.
        fields: names readable afterwards, in some record.
        fields_gained, fields_lost: names.
        can, cannot: operations that would begin or stop to work.
    """

    entity: str
    before: int
    after: int
    gained: int
    lost: int
    named: tuple[Shown, ...]
    fields: tuple[str, ...]
    fields_gained: tuple[str, ...]
    fields_lost: tuple[str, ...]
    can: tuple[str, ...]
    cannot: tuple[str, ...]


def runtime_with(runtime: Runtime, registry: Registry) -> Runtime:
    """The same installation under other rules; nothing that was derived from the present ones is shared."""
    services = {key: value for key, value in runtime.services.items() if key not in _DERIVED}
    return replace(runtime, registry=registry, services=services)


def as_person(records: Records, runtime: Runtime, user_id: int, audience: str) -> Records:
    """Records as another person reads them under the rules of ``runtime``, on the same connection, for looking only."""
    connection = records.connection
    principal = principals.load(connection, runtime, user_id, audience)
    return Records(principal, UnitState(runtime, connection, "preview", records.now, writable=False))


def preview(
    records: Records, after: Registry, user_id: int, audience: str, entities: Iterable[str], operations: Iterable[str]
) -> list[EntityPreview]:
    """Compare what a person may do now with what they could do under other rules.

    Args:
        records: of the one who asks; decides which titles are shown.
        after: registry with the other rules.
        user_id, audience: the person.
        entities: kinds of records to compare.
        operations: operations to compare, besides the actions of each entity.
    """
    now = as_person(records, records.runtime, user_id, audience)
    then = as_person(records, runtime_with(records.runtime, after), user_id, audience)
    wanted = tuple(operations)
    return [_compared(records, now, then, entity, wanted) for entity in entities]


def _compared(asker: Records, now: Records, then: Records, entity: str, operations: tuple[str, ...]) -> EntityPreview:
    declared = asker.runtime.registry.entity(entity)
    actions = [action.key for action in declared.actions.values()]
    every = [*operations, *actions]
    before, after = AccessPolicy.of(now.runtime), AccessPolicy.of(then.runtime)
    could = {one for one in every if before.allows(now.principal, entity, one)}
    can = {one for one in every if after.allows(then.principal, entity, one)}
    old, new = before.access(now.principal, entity).names, after.access(then.principal, entity).names
    fields = [name for name in (*declared.fields, "owner", "unit", "number") if name in new | old]
    count, count_after, gained, lost, ids = _counts(now, then, entity)
    return EntityPreview(
        entity,
        count,
        count_after,
        gained,
        lost,
        _named(asker, then, entity, ids),
        tuple(name for name in fields if name in new),
        tuple(name for name in fields if name in new - old),
        tuple(name for name in fields if name in old - new),
        tuple(one for one in every if one in can - could),
        tuple(one for one in every if one in could - can),
    )


def _counts(now: Records, then: Records, entity: str) -> tuple[int, int, int, int, list[int]]:
    """Both numbers, how many come and go, and the first that come."""
    table = now.runtime.registry.entity(entity).table
    live = table.c.deleted_at.is_(None)
    # A rule over an empty cell is neither true nor false: for rows that come and go that is "not".
    old, new = (func.coalesce(row_filter(one, entity).expression(table), false()) for one in (now, then))
    gone_or_new = [and_(live, new, not_(old)), and_(live, old, not_(new))]
    before, after = _size(now, entity), _size(then, entity)
    if before == after == 0:
        return 0, 0, 0, 0, []
    found = then.connection.scalars(select(table.c.id).where(gone_or_new[0]).order_by(table.c.title).limit(NAMED))
    ids = list(found)
    if not ids:
        return before, after, 0, before - after, ids
    if not then.connection.scalar(select(table.c.id).where(gone_or_new[1]).limit(1)):
        return before, after, after - before, 0, ids
    stays = then.connection.scalar(select(func.count()).select_from(table).where(live, old, new)) or 0
    return before, after, after - stays, before - stays, ids


def _size(ctx: Records, entity: str) -> int:
    if row_filter(ctx, entity).kind == "none":
        return 0
    page = ctx.query(entity, fields=["id"], limit=1, count="exact")
    return page.count.value if page.count is not None else 0


def _named(asker: Records, then: Records, entity: str, ids: list[int]) -> tuple[Shown, ...]:
    titles = asker.titles(ids)
    grants = AccessPolicy.of(then.runtime).grants(then.principal.roles, entity, "read")
    found = []
    for record_id in ids:
        title = titles.get(record_id)
        if title is None or title.restricted:
            continue
        for grant in grants:
            if evidence_for(then, entity, record_id, grant) is not None:
                found.append(Shown(title, scope_words(then.runtime.registry, entity, grant.rows)))
                break
    return tuple(found)
