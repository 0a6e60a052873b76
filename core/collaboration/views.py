"""Saved views: a list as somebody set it up, for themselves or shared with colleagues.

Shared means with everybody of the company, with the people of a role, or with a unit and those below it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update

from weft.core.access.policy import AccessPolicy
from weft.core.collaboration import places
from weft.core.collaboration.tables import saved_view
from weft.core.db.fields import Field, Kind
from weft.core.errors import Denied, NotFound, TooLarge, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.tables import app_user, org_closure, org_unit
from weft.core.records.kinds import Refused, converter

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["SavedView", "find", "names", "remove", "rename", "save", "saved_views"]

_ = translator("core")

_LARGEST = 16_384
#: Most views looked at for one list.
_MOST = 300
#: Key in the stored state that says whom a view is shared with.
_AUDIENCE = "for"
_name = converter(Field(Kind.TEXT, "", max_length=80))


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved view.

    Attributes:
        state: filters, columns, sort, layout ... as the list page wrote them; reading applies the viewer's rights.
        shared: colleagues of the same audience see it too.
        own: the viewer made it and may change it.
        audience: with whom it is shared: empty, ``all``, ``role:<key>`` or ``unit:<id>``.
    """

    id: int
    entity: str
    name: str
    state: Mapping[str, Any]
    shared: bool
    own: bool
    owner_id: int
    audience: str = ""


def saved_views(records: Records, entity: str) -> list[SavedView]:
    """The person's own views of an entity's list, then those colleagues share; none where the list may not be read."""
    user = records.principal.user_id
    if user is None or not AccessPolicy.of(records.runtime).allows(records.principal, entity, "read"):
        return []
    v = saved_view.c
    statement = (
        select(saved_view)
        .join(app_user, app_user.c.id == v.owner_id)
        .where(v.entity == entity, or_(v.owner_id == user, v.shared))
        .where(app_user.c.audience == records.principal.audience)
        .order_by(v.position, v.id)
        .limit(_MOST)
    )
    found = [_view(row, user) for row in records.connection.execute(statement)]
    return sorted(_reaching(records, found), key=lambda view: not view.own)


def _reaching(records: Records, views: Sequence[SavedView]) -> list[SavedView]:
    """One's own views and those shared with this principal."""
    # A unit stands for itself and those below it: whoever has it among the units above their own sees the view.
    by_unit = any(one.audience.startswith("unit:") and not one.own for one in views)
    keys = {"all", *(f"role:{role}" for role in records.principal.roles)}
    if by_unit:
        keys |= {f"unit:{unit}" for unit in _above(records)}
    return [one for one in views if one.own or (one.shared and one.audience in keys)]


def _above(records: Records) -> set[int]:
    """Units of the principal and all units above them."""
    own = records.principal.units
    if not own:
        return set()
    c = org_closure.c
    found = records.connection.scalars(select(c.ancestor_id).where(c.descendant_id.in_(own)))
    return {*own, *found}


def names(records: Records, ids: Iterable[int]) -> dict[int, str]:
    """Names of views by id, in one statement; those that are neither one's own nor shared with one are absent."""
    user, wanted = records.principal.user_id, sorted(set(ids))
    if user is None or not wanted:
        return {}
    rows = records.connection.execute(select(saved_view).where(saved_view.c.id.in_(wanted)))
    return {one.id: one.name for one in _reaching(records, [_view(row, user) for row in rows])}


def find(records: Records, view_id: int) -> SavedView:
    """One's own view (for an administrator: any shared one).

    Raises:
        NotFound, Denied: see :func:`save`.
    """
    user = places.person_of(records)
    return _view(_own(records, view_id, user), user)


def rename(records: Records, view_id: int, name: str, audience: str) -> SavedView:
    """Give one's own view another name and share it anew; errors as in :func:`save`."""
    kept = find(records, view_id)
    return save(records, kept.entity, name, kept.state, audience=audience, view_id=view_id)


def save(
    records: Records, entity: str, name: str, state: Mapping[str, Any], *, shared: bool = False,
    audience: str | None = None, view_id: int | None = None,
) -> SavedView:  # fmt: skip
    """Keep a list as it is set up, as a new view or over one's own.

    Args:
        records: the unit of work.
        entity: whose list.
        name: the tab.
        state: JSON object of at most 16 kB.
        shared: everybody of the company sees it too; people of the company only.
        audience: the same, and more: empty, ``all``, ``role:<key>`` or ``unit:<id>``; overrides ``shared``.
        view_id: own view to write over.

    Raises:
        NotFound: the list may not be read, or there is no such view.
        Denied: the view is somebody else's, or sharing is not for this audience.
        ValidationFailed: the name is empty or too long.
        TooLarge: the state is too large.
    """
    user = places.person_of(records)
    if not AccessPolicy.of(records.runtime).allows(records.principal, entity, "read"):
        raise NotFound(entity)
    audience = ("all" if shared else "") if audience is None else _audience(records, audience)
    if audience and not records.principal.internal:
        raise Denied(str(_("Only people of the company share views.")), rule="views")
    if len(json.dumps(dict(state))) > _LARGEST:
        raise TooLarge("a saved view has at most 16 kB")
    values = {
        "name": _checked(name), "state": {**state, _AUDIENCE: audience}, "shared": bool(audience),
        "updated_at": records.now, "entity": entity,
    }  # fmt: skip
    if view_id is None:
        statement = insert(saved_view).values(**values, owner_id=user, created_at=records.now).returning(saved_view)
        return _view(records.connection.execute(statement).one(), user)
    _own(records, view_id, user)
    changed = update(saved_view).where(saved_view.c.id == view_id).values(**values).returning(saved_view)
    return _view(records.connection.execute(changed).one(), user)


def remove(records: Records, view_id: int) -> None:
    """Remove one's own view; errors as in :func:`save`."""
    _own(records, view_id, places.person_of(records))
    records.connection.execute(delete(saved_view).where(saved_view.c.id == view_id))


def _audience(records: Records, text: str) -> str:
    """Check whom a view is shared with: a role or unit of the company that exists."""
    kind, _sep, key = text.partition(":")
    if text in ("", "all"):
        return text
    if kind == "role":
        role = records.runtime.registry.roles.get(key)
        if role is not None and role.audience == records.principal.audience:
            return text
    if kind == "unit" and key.isdigit():
        known = select(org_unit.c.id).where(org_unit.c.id == int(key))
        if records.connection.scalar(known) is not None:
            return text
    raise ValidationFailed.single("audience", "choice", _("Choose whom the view is for."))


def _own(records: Records, view_id: int, user: int) -> Any:
    row = records.connection.execute(select(saved_view).where(saved_view.c.id == view_id)).first()
    admin = records.principal.has_role("core.admin")
    if row is None or not ((admin and row.shared) or _reaching(records, [_view(row, user)])):
        raise NotFound("view")
    if row.owner_id != user and not admin:
        raise Denied(str(_("This view belongs to a colleague. Save it under a name of your own.")), rule="views")
    return row


def _checked(name: str) -> str:
    try:
        clean = _name(name)
    except Refused as refused:
        raise ValidationFailed.single("name", refused.code, refused.message) from refused
    if not clean:
        raise ValidationFailed.single("name", "required", _("Fill this in."))
    return str(clean)


def _view(row: Any, user: int) -> SavedView:
    state = dict(row.state)
    audience = str(state.pop(_AUDIENCE, "all" if row.shared else ""))
    return SavedView(row.id, row.entity, row.name, state, row.shared, row.owner_id == user, row.owner_id, audience)
