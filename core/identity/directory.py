"""Who works where, for plugins: colleagues by role and unit, heads above a person. Reads only; names, never rights.

``ctx`` is anything with ``connection`` and ``now``, such as a :class:`~weft.core.records.facade.Records`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from weft.core.identity import rights, units
from weft.core.identity.people import Person, find_people, people
from weft.core.identity.tables import anchor, app_user, org_unit
from weft.core.identity.tables import membership as member

__all__ = [
    "Entry",
    "all_units",
    "colleagues",
    "heads_above",
    "holders",
    "listing",
    "persons",
    "standing_for",
    "unit_names",
    "units_below",
    "units_of",
    "with_mail",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """A colleague as the directory shows them; several units give the oldest membership."""

    id: int
    name: str
    name_alt: str
    email: str
    phone: str
    unit_id: int | None
    unit: str
    unit_alt: str
    position: str
    position_alt: str


def listing(ctx: Any) -> list[Entry]:
    """All active people of the company by name, each with unit, position, mail and telephone number."""
    u, m, o = app_user.c, member.c, org_unit.c
    present = (m.user_id == u.id) & (m.valid_from <= ctx.now) & or_(m.valid_to.is_(None), m.valid_to > ctx.now)
    statement = (
        select(u.id, u.name, u.name_alt, u.email, u.phone, m.unit_id, m.position, m.position_alt, o.name.label("unit"),
               o.name_alt.label("unit_alt"))
        .select_from(app_user.outerjoin(member, present).outerjoin(org_unit, o.id == m.unit_id))
        .where(u.active.is_(True), u.audience == "employee")
        .order_by(u.name, u.id, m.id)
    )  # fmt: skip
    found: dict[int, Entry] = {}
    for row in ctx.connection.execute(statement):
        texts = (row.unit, row.unit_alt, row.position, row.position_alt)
        entry = Entry(row.id, row.name, row.name_alt or "", row.email, row.phone or "", row.unit_id,
                      *(text or "" for text in texts))  # fmt: skip
        found.setdefault(row.id, entry)
    return list(found.values())


def persons(ctx: Any, user_ids: Iterable[int | None]) -> dict[int, Person]:
    """Persons by id; unknown ids are absent."""
    return people(ctx.connection, user_ids)


def colleagues(
    ctx: Any, *, role: str | None = None, unit: int | None = None, search: str = "", limit: int = 200
) -> list[Person]:
    """Active people of the company, by name.

    Args:
        ctx: connection and moment.
        role: only those who hold this role directly.
        unit: only members of this unit or one below it.
        search: part of a name in either script.
        limit: at most so many.
    """
    found = find_people(ctx.connection, search, role=role, limit=100_000 if unit is not None else limit)
    if unit is not None:
        inside = {one.user_id for one in units.members(ctx.connection, unit, now=ctx.now, subtree=True)}
        found = [one for one in found if one.id in inside]
    return found[:limit]


def units_of(ctx: Any, user_ids: Sequence[int]) -> dict[int, int]:
    """The unit each person belongs to now (the oldest membership where there are several); others are absent."""
    found = units.memberships_of(ctx.connection, list(user_ids), now=ctx.now)
    return {user: memberships[0].unit_id for user, memberships in found.items() if memberships}


def units_below(ctx: Any, unit: int) -> list[int]:
    """The unit and all below it."""
    return units.descendants(ctx.connection, [unit])


def all_units(ctx: Any) -> list[tuple[int, str, str, int]]:
    """Units in use in tree order: id, name, name in the other script, depth."""
    found = units.list_units(ctx.connection, now=ctx.now)
    return [(one.id, one.name, one.name_alt, one.depth) for one in found if one.active]


def unit_names(ctx: Any, unit_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Names of units in both scripts."""
    return dict(units.names(ctx.connection, unit_ids))


def heads_above(ctx: Any, user_id: int) -> list[int]:
    """Whom a person reports to now: the heads of their unit, or of the nearest unit above that has another head."""
    for membership in units.memberships_of(ctx.connection, [user_id], now=ctx.now)[user_id]:
        unit: int | None = membership.unit_id
        while unit is not None:
            found = [one for one in units.heads(ctx.connection, unit, now=ctx.now) if one != user_id]
            if found:
                return found
            unit = _parent(ctx, unit)
    return []


def standing_for(ctx: Any, record_ids: Iterable[int]) -> dict[int, list[int]]:
    """Active people from outside who sign in for a record (their own firm, their own person), by record."""
    found: dict[int, list[int]] = {}
    wanted = (
        select(anchor.c.record_id, anchor.c.user_id)
        .join(app_user, app_user.c.id == anchor.c.user_id)
        .where(anchor.c.record_id.in_(sorted(set(record_ids))), app_user.c.active)
        .order_by(anchor.c.user_id)
    )
    for row in ctx.connection.execute(wanted):
        found.setdefault(row.record_id, []).append(row.user_id)
    return found


def with_mail(ctx: Any, address: str) -> Person | None:
    """The active person whose sign-in address this is, None when there is nobody or several (of two portals)."""
    u = app_user.c
    wanted = select(u.id).where(u.email == address.strip().lower(), u.active).limit(2)
    ids = ctx.connection.scalars(wanted).all()
    return people(ctx.connection, ids).get(ids[0]) if len(ids) == 1 else None


def holders(ctx: Any, role: str) -> list[int]:
    """Active users who hold a role directly."""
    return rights.holders(ctx.connection, role)


def _parent(ctx: Any, unit: int) -> int | None:
    return next((one.parent_id for one in units.list_units(ctx.connection, now=ctx.now) if one.id == unit), None)
