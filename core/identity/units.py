"""Organisational units, their closure table and who belongs to them.

Every change of the tree is made under one lock, so that two moves at once can neither make a circle nor leave the
closure different from the tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, literal, or_, select, text, update
from sqlalchemy.orm import aliased

from weft.core.errors import ErrorCollector, NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import users
from weft.core.identity.tables import app_user, membership, org_closure, org_unit

__all__ = [
    "Member", "Unit", "add_member", "create_unit", "delete_unit", "descendants", "end_membership", "heads",
    "list_units", "members", "memberships_of", "move_unit", "names", "rebuild_closure", "update_unit",
]  # fmt: skip

_ = translator("core")
_CHANGEABLE = {"name", "name_alt", "position", "active"}
#: Key of the PostgreSQL advisory lock that serialises changes of the tree ("weft units").
_LOCK = 0x77656674_0001


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit in tree order; ``people`` counts the members of the unit itself, now."""

    id: int
    parent_id: int | None
    name: str
    name_alt: str
    position: int
    active: bool
    depth: int
    people: int


@dataclass(frozen=True, slots=True)
class Member:
    """One membership with the names needed to show it."""

    id: int
    user_id: int
    unit_id: int
    unit_name: str
    unit_name_alt: str
    name: str
    name_alt: str
    position: str
    position_alt: str
    head: bool
    valid_from: datetime
    valid_to: datetime | None


def create_unit(
    conn: Connection, *, name: str, now: datetime, name_alt: str = "", parent_id: int | None = None, position: int = 0
) -> int:
    """Add a unit below ``parent_id`` (or at the top); returns its id.

    Raises:
        ValidationFailed: no name, or the parent does not exist.
    """
    _lock(conn)
    values = _checked({"name": name, "name_alt": name_alt, "position": position})
    if parent_id is not None and not _exists(conn, parent_id):
        raise ValidationFailed.single("parent_id", "invalid", _("This unit does not exist."))
    made = insert(org_unit).values(**values, parent_id=parent_id, created_at=now).returning(org_unit.c.id)
    unit_id: int = conn.execute(made).scalar_one()
    above = select(org_closure.c.ancestor_id, literal(unit_id), org_closure.c.depth + 1)
    columns = ["ancestor_id", "descendant_id", "depth"]
    conn.execute(insert(org_closure).values(ancestor_id=unit_id, descendant_id=unit_id, depth=0))
    if parent_id is not None:
        conn.execute(insert(org_closure).from_select(columns, above.where(org_closure.c.descendant_id == parent_id)))
        _rights_changed(conn, [parent_id])
    return unit_id


def update_unit(conn: Connection, unit_id: int, **changes: Any) -> None:
    """Change name, name_alt, position or active.

    Raises:
        ValidationFailed: no name. NotFound: no such unit.
    """
    values = _checked(changes)
    if values and not conn.execute(update(org_unit).where(org_unit.c.id == unit_id).values(values)).rowcount:
        raise NotFound("unit")


def move_unit(conn: Connection, unit_id: int, parent_id: int | None) -> None:
    """Hang a unit with all below it under another one, or at the top with None.

    Raises:
        ValidationFailed: the new parent is the unit itself or below it, or does not exist.
        NotFound: no such unit.
    """
    _lock(conn)
    if not _exists(conn, unit_id):
        raise NotFound("unit")
    below = select(org_closure.c.descendant_id).where(org_closure.c.ancestor_id == unit_id)
    if parent_id is not None:
        if not _exists(conn, parent_id):
            raise ValidationFailed.single("parent_id", "invalid", _("This unit does not exist."))
        if parent_id in set(conn.execute(below).scalars()):
            message = _("A unit cannot stand below itself. Choose a unit outside of it.")
            raise ValidationFailed.single("parent_id", "cycle", message)
    _rights_changed(conn, [unit_id, *([parent_id] if parent_id is not None else [])])
    above = select(org_closure.c.ancestor_id).where(org_closure.c.descendant_id == unit_id, org_closure.c.depth > 0)
    ancestors, descendants_ = list(conn.execute(above).scalars()), list(conn.execute(below).scalars())
    if ancestors:
        stale = org_closure.c.ancestor_id.in_(ancestors) & org_closure.c.descendant_id.in_(descendants_)
        conn.execute(delete(org_closure).where(stale))
    conn.execute(update(org_unit).where(org_unit.c.id == unit_id).values(parent_id=parent_id))
    if parent_id is not None:
        upper, lower = aliased(org_closure), aliased(org_closure)
        joined = select(upper.c.ancestor_id, lower.c.descendant_id, upper.c.depth + lower.c.depth + 1)
        joined = joined.join_from(upper, lower, lower.c.ancestor_id == unit_id)  # every one above with every one below
        joined = joined.where(upper.c.descendant_id == parent_id)
        conn.execute(insert(org_closure).from_select(["ancestor_id", "descendant_id", "depth"], joined))
        _rights_changed(conn, [parent_id])


def delete_unit(conn: Connection, unit_id: int) -> None:
    """Remove a unit that has no units below it and never had members.

    Raises:
        ValidationFailed: it has; deactivate it instead. NotFound: no such unit.
    """
    _lock(conn)
    if not _exists(conn, unit_id):
        raise NotFound("unit")
    child = exists().where(org_unit.c.parent_id == unit_id)
    member = exists().where(membership.c.unit_id == unit_id)
    if conn.execute(select(or_(child, member))).scalar():
        message = _("This unit has units or people. Move them first, or switch the unit off instead.")
        raise ValidationFailed.single("", "in_use", message)
    conn.execute(delete(org_closure).where(org_closure.c.descendant_id == unit_id))
    conn.execute(delete(org_unit).where(org_unit.c.id == unit_id))


def list_units(conn: Connection, *, now: datetime) -> list[Unit]:
    """All units in tree order: each parent before its children, siblings by position and name."""
    m = membership.c
    people = select(m.unit_id, func.count().label("people")).where(_valid(now)).group_by(m.unit_id).subquery()
    statement = select(org_unit, func.coalesce(people.c.people, 0).label("people")).join_from(
        org_unit, people, people.c.unit_id == org_unit.c.id, isouter=True
    )
    children: dict[int | None, list[Any]] = {}
    for row in conn.execute(statement.order_by(org_unit.c.position, org_unit.c.name, org_unit.c.id)):
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[Unit] = []
    stack = [(row, 0) for row in reversed(children.get(None, []))]
    while stack:
        row, depth = stack.pop()
        ordered.append(
            Unit(row.id, row.parent_id, row.name, row.name_alt or "", row.position, row.active, depth, row.people)
        )
        stack.extend((child, depth + 1) for child in reversed(children.get(row.id, [])))
    return ordered


def names(conn: Connection, ids: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """Name and other-script name of several units in one statement."""
    statement = select(org_unit.c.id, org_unit.c.name, org_unit.c.name_alt).where(org_unit.c.id.in_(sorted(set(ids))))
    return {row.id: (row.name, row.name_alt or "") for row in conn.execute(statement)} if ids else {}


def descendants(conn: Connection, unit_ids: Sequence[int]) -> list[int]:
    """These units and all below them, ascending."""
    statement = select(org_closure.c.descendant_id).where(org_closure.c.ancestor_id.in_(list(unit_ids))).distinct()
    return sorted(conn.execute(statement).scalars())


def heads(conn: Connection, unit_id: int, *, now: datetime) -> list[int]:
    """Users who head the unit, or else the nearest unit above it that has a head; first by date."""
    m = membership.c
    statement = (
        select(m.user_id, org_closure.c.depth)
        .join_from(membership, org_closure, org_closure.c.ancestor_id == m.unit_id)
        .join(app_user, app_user.c.id == m.user_id)
        .where(org_closure.c.descendant_id == unit_id, m.head.is_(True), app_user.c.active.is_(True), _valid(now))
        .order_by(org_closure.c.depth, m.valid_from, m.user_id)
    )
    rows = conn.execute(statement).all()
    return [row.user_id for row in rows if row.depth == rows[0].depth]


def add_member(
    conn: Connection,
    user_id: int,
    unit_id: int,
    *,
    now: datetime,
    position: str = "",
    position_alt: str = "",
    head: bool = False,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> int:
    """Let a user belong to a unit from ``valid_from`` (default: now) until ``valid_to``; returns the membership's id.

    Raises:
        ValidationFailed: no such unit or an end before the beginning. NotFound: no such user.
    """
    start = valid_from or now
    if not _exists(conn, unit_id):
        raise ValidationFailed.single("unit", "invalid", _("This unit does not exist."))
    if valid_to is not None and valid_to <= start:
        raise ValidationFailed.single("valid_to", "invalid", _("The end must be after the beginning."))
    if conn.execute(select(app_user.c.id).where(app_user.c.id == user_id)).first() is None:
        raise NotFound("user")
    values = {
        "user_id": user_id, "unit_id": unit_id, "position": position.strip()[:120] or None, "head": head,
        "position_alt": position_alt.strip()[:120] or None, "valid_from": start, "valid_to": valid_to,
    }  # fmt: skip
    number: int = conn.execute(insert(membership).values(values).returning(membership.c.id)).scalar_one()
    users.bump(conn, [user_id])
    return number


def end_membership(conn: Connection, membership_id: int, *, at: datetime) -> None:
    """Let a membership end at a moment; it stays in the past. NotFound when there is none."""
    row = conn.execute(select(membership.c.user_id).where(membership.c.id == membership_id)).first()
    if row is None:
        raise NotFound("membership")
    conn.execute(update(membership).where(membership.c.id == membership_id).values(valid_to=at))
    users.bump(conn, [row.user_id])


def members(conn: Connection, unit_id: int, *, now: datetime, subtree: bool = False) -> list[Member]:
    """People of a unit (or also of the units below), heads first, then by name."""
    statement = _members(now)
    if subtree:
        inside = select(org_closure.c.descendant_id).where(org_closure.c.ancestor_id == unit_id)
        statement = statement.where(membership.c.unit_id.in_(inside))
    else:
        statement = statement.where(membership.c.unit_id == unit_id)
    order = (membership.c.head.desc(), app_user.c.name, membership.c.id)
    return [_member(row) for row in conn.execute(statement.order_by(*order))]


def memberships_of(conn: Connection, user_ids: Sequence[int], *, now: datetime) -> dict[int, list[Member]]:
    """Memberships of several users valid now, in one statement; the oldest first."""
    found: dict[int, list[Member]] = {user_id: [] for user_id in user_ids}
    if user_ids:
        statement = _members(now).where(membership.c.user_id.in_(list(user_ids)))
        for row in conn.execute(statement.order_by(membership.c.valid_from, membership.c.id)):
            found[row.user_id].append(_member(row))
    return found


def rebuild_closure(conn: Connection) -> None:
    """Make the closure anew from the parents (after a restore, or when ``doctor`` found a drift)."""
    _lock(conn)
    parents: dict[int, int | None] = {row.id: row.parent_id for row in conn.execute(select(org_unit))}
    rows = []
    for unit_id in parents:
        above: int | None = unit_id
        depth = 0
        while above is not None and depth <= len(parents):
            rows.append({"ancestor_id": above, "descendant_id": unit_id, "depth": depth})
            above, depth = parents[above], depth + 1
    conn.execute(delete(org_closure))
    if rows:
        conn.execute(insert(org_closure), rows)


def _members(now: datetime) -> Any:
    m = membership.c
    return (
        select(m.id, m.user_id, m.unit_id, m.position, m.position_alt, m.head, m.valid_from, m.valid_to)
        .add_columns(org_unit.c.name.label("unit_name"), org_unit.c.name_alt.label("unit_name_alt"))
        .add_columns(app_user.c.name, app_user.c.name_alt)
        .join_from(membership, org_unit, org_unit.c.id == m.unit_id)
        .join(app_user, app_user.c.id == m.user_id)
        .where(_valid(now))
    )


def _member(row: Any) -> Member:
    values = dict(row._mapping)
    for name in ("unit_name_alt", "name_alt", "position", "position_alt"):
        values[name] = values[name] or ""
    return Member(**values)


def _valid(now: datetime) -> Any:
    m = membership.c
    return (m.valid_from <= now) & or_(m.valid_to.is_(None), m.valid_to > now)


def _lock(conn: Connection) -> None:
    """Serialise changes of the tree; on SQLite the write transaction already does."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _exists(conn: Connection, unit_id: int) -> bool:
    return conn.execute(select(org_unit.c.id).where(org_unit.c.id == unit_id)).first() is not None


def _rights_changed(conn: Connection, unit_ids: Sequence[int]) -> None:
    """Make stale the principals of all members of these units and the units above: their unit tree changes."""
    above = select(org_closure.c.ancestor_id).where(org_closure.c.descendant_id.in_(list(unit_ids)))
    concerned = select(membership.c.user_id).where(membership.c.unit_id.in_(above))
    conn.execute(update(app_user).where(app_user.c.id.in_(concerned)).values(version=app_user.c.version + 1))


def _checked(changes: dict[str, Any]) -> dict[str, Any]:
    if set(changes) - _CHANGEABLE:
        raise ValueError(f"not changeable here: {sorted(set(changes) - _CHANGEABLE)}")
    values = dict(changes)
    errors = ErrorCollector()
    for name in ("name", "name_alt"):
        if name in values:
            values[name] = " ".join(str(values[name] or "").split()) or None
            if len(values[name] or "") > 120:
                errors.add(name, "too_long", _("Use at most 120 characters."))
    if "name" in values and not values["name"]:
        errors.add("name", "required", _("Enter a name."))
    errors.raise_if_any()
    return values
