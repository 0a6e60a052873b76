"""Saved views: a list as somebody set it up, for themselves or shared with their colleagues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update

from weft.core.access.policy import AccessPolicy
from weft.core.collaboration import places
from weft.core.collaboration.tables import saved_view
from weft.core.db.fields import Field, Kind
from weft.core.errors import Denied, NotFound, TooLarge, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.tables import app_user
from weft.core.records.kinds import Refused, converter

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["SavedView", "remove", "save", "saved_views"]

_ = translator("core")

_LARGEST = 16_384
_name = converter(Field(Kind.TEXT, "", max_length=80))


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved view.

    Attributes:
        state: filters, columns, sort, layout ... as the list page wrote them; reading applies the viewer's rights.
        shared: colleagues of the same audience see it too.
        own: the viewer made it and may change it.
    """

    id: int
    entity: str
    name: str
    state: Mapping[str, Any]
    shared: bool
    own: bool
    owner_id: int


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
        .limit(100)
    )
    found = [_view(row, user) for row in records.connection.execute(statement)]
    return sorted(found, key=lambda view: not view.own)


def save(
    records: Records, entity: str, name: str, state: Mapping[str, Any], *, shared: bool = False,
    view_id: int | None = None,
) -> SavedView:  # fmt: skip
    """Keep a list as it is set up, as a new view or over one's own.

    Args:
        records: the unit of work.
        entity: whose list.
        name: the tab.
        state: JSON object of at most 16 kB.
        shared: colleagues of the same audience see it too; people of the company only.
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
    if shared and not records.principal.internal:
        raise Denied(str(_("Only people of the company share views.")), rule="views")
    if len(json.dumps(dict(state))) > _LARGEST:
        raise TooLarge("a saved view has at most 16 kB")
    values = {
        "name": _checked(name), "state": dict(state), "shared": shared, "updated_at": records.now, "entity": entity,
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


def _own(records: Records, view_id: int, user: int) -> None:
    row = records.connection.execute(select(saved_view).where(saved_view.c.id == view_id)).first()
    if row is None or (row.owner_id != user and not row.shared):
        raise NotFound("view")
    if row.owner_id != user and not records.principal.has_role("core.admin"):
        raise Denied(str(_("This view belongs to a colleague. Save it under a name of your own.")), rule="views")


def _checked(name: str) -> str:
    try:
        clean = _name(name)
    except Refused as refused:
        raise ValidationFailed.single("name", refused.code, refused.message) from refused
    if not clean:
        raise ValidationFailed.single("name", "required", _("Fill this in."))
    return str(clean)


def _view(row: Any, user: int) -> SavedView:
    return SavedView(row.id, row.entity, row.name, row.state, row.shared, row.owner_id == user, row.owner_id)
