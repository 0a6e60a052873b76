"""Who follows a record and so hears of its changes, as long as they may read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from weft.core.collaboration import places
from weft.core.collaboration.tables import follower
from weft.core.db.tables import relation
from weft.core.db.types import UtcDateTime
from weft.core.identity.people import Person, people

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["follow", "followers", "followed", "hand_on", "unfollow"]

_PART = 500


def follow(records: Records, record_id: int) -> None:
    """Follow a record one may read; following twice is once.

    Raises:
        NotFound: there is no such record for this principal, or its kind has no followers.
    """
    entity = places.require(records, record_id, "read")
    if not entity.has("followers"):
        return
    user = places.person_of(records)
    make = postgresql_insert if records.connection.dialect.name == "postgresql" else sqlite_insert
    statement = make(follower).values(record_id=record_id, user_id=user, created_at=records.now)
    records.connection.execute(statement.on_conflict_do_nothing())


def unfollow(records: Records, record_id: int) -> None:
    """Stop following; also a record that can no longer be read."""
    user = places.person_of(records)
    records.connection.execute(delete(follower).where(follower.c.record_id == record_id, follower.c.user_id == user))


def followers(records: Records, record_id: int) -> list[Person]:
    """The active people following a record; outsiders see nobody but themselves."""
    places.require(records, record_id, "read")
    ids = records.connection.scalars(
        select(follower.c.user_id).where(follower.c.record_id == record_id).order_by(follower.c.created_at).limit(200)
    ).all()
    wanted = ids if records.principal.internal else [user for user in ids if user == records.principal.user_id]
    found = people(records.connection, wanted)
    return [found[user] for user in wanted if user in found and found[user].active]


def followed(records: Records, ids: Iterable[int]) -> frozenset[int]:
    """Those of some records that the principal follows."""
    user = records.principal.user_id
    if user is None:
        return frozenset()
    wanted = sorted(set(ids))
    statement = select(follower.c.record_id).where(follower.c.user_id == user, follower.c.record_id.in_(wanted))
    return frozenset(records.connection.scalars(statement))


def hand_on(records: Records, around: Sequence[int], former: int, new: int) -> None:
    """Let somebody follow what another person followed of some records and of what refers to them.

    The other one stays a follower: they hear of it as long as they may read it, and once more when it is taken back.

    Args:
        records: a writing unit; the caller decided that the records change hands.
        around: ids of records.
        former, new: users.
    """
    make = postgresql_insert if records.connection.dialect.name == "postgresql" else sqlite_insert
    for start in range(0, len(around), _PART):
        some = around[start : start + _PART]
        near = select(relation.c.source_id).where(relation.c.target_id.in_(some), relation.c.valid_to.is_(None))
        watched = select(follower.c.record_id, literal(new), literal(records.now, UtcDateTime())).where(
            follower.c.user_id == former, or_(follower.c.record_id.in_(some), follower.c.record_id.in_(near))
        )
        statement = make(follower).from_select(["record_id", "user_id", "created_at"], watched)
        records.connection.execute(statement.on_conflict_do_nothing())
