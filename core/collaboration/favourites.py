"""Records a person marked, and the last ten they opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from weft.core.collaboration import places
from weft.core.collaboration.tables import favourite, recent_record
from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.records.values import RefValue

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["RECENT", "add", "favourites", "is_favourite", "opened", "recent", "remove", "reorder"]

_ = translator("core")

#: How many records "recent" remembers.
RECENT = 10
_MOST = 50


def favourites(records: Records) -> list[RefValue]:
    """Records the person marked, in their order; those that may no longer be read are left out."""
    user = records.principal.user_id
    if user is None:
        return []
    statement = select(favourite.c.record_id).where(favourite.c.user_id == user).order_by(favourite.c.position)
    return _titled(records, records.connection.scalars(statement).all())


def is_favourite(records: Records, record_id: int) -> bool:
    """True when the person marked the record."""
    statement = select(favourite.c.record_id).where(
        favourite.c.user_id == records.principal.user_id, favourite.c.record_id == record_id
    )
    return records.connection.scalar(statement) is not None


def add(records: Records, record_id: int) -> None:
    """Mark a record; it stands last.

    Raises:
        NotFound: there is no such record for this principal.
        ValidationFailed: fifty are marked already.
    """
    places.require(records, record_id, "read")
    user = places.person_of(records)
    count, last = records.connection.execute(
        select(func.count(), func.coalesce(func.max(favourite.c.position), 0)).where(favourite.c.user_id == user)
    ).one()
    if count >= _MOST:
        raise ValidationFailed.single("", "too_many", _("You have fifty favourites. Remove one first."))
    make = postgresql_insert if records.connection.dialect.name == "postgresql" else sqlite_insert
    values = {"user_id": user, "record_id": record_id, "position": last + 1}
    records.connection.execute(make(favourite).values(**values).on_conflict_do_nothing())


def remove(records: Records, record_id: int) -> None:
    """Take the mark off a record."""
    user = places.person_of(records)
    records.connection.execute(delete(favourite).where(favourite.c.user_id == user, favourite.c.record_id == record_id))


def reorder(records: Records, ids: Sequence[int]) -> None:
    """Put the marked records into this order; others keep their places behind."""
    user = places.person_of(records)
    for position, record_id in enumerate(list(ids)[:_MOST], start=1):
        where = (favourite.c.user_id == user, favourite.c.record_id == record_id)
        records.connection.execute(update(favourite).where(*where).values(position=position))


def opened(records: Records, record_id: int) -> None:
    """Note that the person opened a record they have just read; keeps the last ten."""
    user = places.person_of(records)
    make = postgresql_insert if records.connection.dialect.name == "postgresql" else sqlite_insert
    statement = make(recent_record).values(user_id=user, record_id=record_id, at=records.now)
    key = [recent_record.c.user_id, recent_record.c.record_id]
    records.connection.execute(statement.on_conflict_do_update(index_elements=key, set_={"at": records.now}))
    kept = _recent_ids(user, RECENT + 10)
    ids = records.connection.scalars(kept).all()
    if len(ids) > RECENT + 5:  # tidied up now and then, not at every page
        gone = (recent_record.c.user_id == user, recent_record.c.record_id.not_in(ids[:RECENT]))
        records.connection.execute(delete(recent_record).where(*gone))


def recent(records: Records) -> list[RefValue]:
    """The last ten records the person opened, newest first; those that may no longer be read are left out."""
    user = records.principal.user_id
    if user is None:
        return []
    return _titled(records, records.connection.scalars(_recent_ids(user, RECENT)).all())


def _recent_ids(user: int, limit: int) -> Select[Any]:
    r = recent_record.c
    return select(r.record_id).where(r.user_id == user).order_by(r.at.desc(), r.record_id.desc()).limit(limit)


def _titled(records: Records, ids: Sequence[int]) -> list[RefValue]:
    found = records.titles(ids)
    return [found[i] for i in ids if i in found and not found[i].restricted]
