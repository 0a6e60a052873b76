"""Sharing single records with a person or a unit, for reading or editing, for a time or for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update

from weft.core.access.decide import entity_of, require
from weft.core.access.tables import LEVELS, record_share
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.tables import app_user, org_unit
from weft.core.records import journal
from weft.core.records.values import PersonRef, UnitRef

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Share", "share", "shares", "unshare"]

_ = translator("core")

#: Most people and units one record is shared with.
MOST = 200


@dataclass(frozen=True, slots=True)
class Share:
    """With whom a record is shared.

    Attributes:
        id: of the share.
        person, unit: one of them.
        level: ``read`` or ``edit``.
        expires_at: aware UTC, None for good.
    """

    id: int
    person: PersonRef | None
    unit: UnitRef | None
    level: str
    expires_at: datetime | None


def shares(records: Records, record_id: int) -> list[Share]:
    """With whom a record is shared now; whoever may read the record may know it inside the company.

    Raises:
        NotFound: the record does not exist for the principal, or the principal is from outside.
    """
    entity = entity_of(records, record_id)
    if entity is None or not records.principal.internal:
        raise NotFound(str(record_id))
    require(records, entity, "read", record_id)
    s, u, o = record_share.c, app_user.c, org_unit.c
    statement = (
        select(s.id, s.user_id, u.name, u.name_alt, s.unit_id, o.name, o.name_alt, s.level, s.expires_at)
        .select_from(record_share.outerjoin(app_user, u.id == s.user_id).outerjoin(org_unit, o.id == s.unit_id))
        .where(s.record_id == record_id, or_(s.expires_at.is_(None), s.expires_at > records.now))
        .order_by(s.id)
    )
    found = []
    for row in records.connection.execute(statement):
        person = PersonRef(row[1], row[2], row[3] or "") if row[1] is not None else None
        unit = UnitRef(row[4], row[5], row[6] or "") if row[4] is not None else None
        found.append(Share(row[0], person, unit, row[7], row[8]))
    return found


def share(
    records: Records,
    record_id: int,
    *,
    user: int | None = None,
    unit: int | None = None,
    level: str = "read",
    expires_at: datetime | None = None,
) -> int:
    """Share a record, or change an existing share; returns the id of the share.

    Args:
        records: of a unit opened for writing.
        record_id: the record; the principal needs the operation ``share`` on it.
        user: an active user of the company, or
        unit: an active unit.
        level: ``read`` or ``edit``; what may be done at all still depends on the receiver's roles.
        expires_at: aware moment in the future, None for good.

    Raises:
        NotFound: the record does not exist for the principal.
        Denied: sharing is not granted.
        ValidationFailed: the receiver does not exist, or level or end cannot be.
    """
    writer = records.writer()
    entity = _entity(writer, record_id)
    _check(writer, user, unit, level, expires_at)
    s = record_share.c
    receiver = s.user_id == user if user is not None else s.unit_id == unit
    before = writer.connection.execute(
        select(s.id, s.level, s.expires_at).where(s.record_id == record_id, receiver)
    ).first()
    if before is not None:
        number: int = before.id
        writer.connection.execute(update(record_share).where(s.id == number).values(level=level, expires_at=expires_at))
    else:
        count = len(writer.connection.execute(select(s.id).where(s.record_id == record_id).limit(MOST)).all())
        if count >= MOST:
            message = _("A record is shared with at most %(limit)s people and units.") % {"limit": MOST}
            raise ValidationFailed.single("user", "too_many", message)
        number = writer.runtime.db.ids.next()
        writer.connection.execute(
            insert(record_share).values(
                id=number, record_id=record_id, user_id=user, unit_id=unit, level=level, expires_at=expires_at,
                created_at=writer.now, created_by=journal.actor_id(writer),
            )
        )  # fmt: skip
    old = None if before is None else _plain(user, unit, before.level, before.expires_at)
    _note(writer, entity, record_id, "share", old, _plain(user, unit, level, expires_at))
    return number


def unshare(records: Records, record_id: int, share_id: int) -> None:
    """End a share.

    Raises:
        NotFound: the record or the share does not exist for the principal.
        Denied: sharing is not granted.
    """
    writer = records.writer()
    entity = _entity(writer, record_id)
    s = record_share.c
    row = writer.connection.execute(
        select(s.user_id, s.unit_id, s.level, s.expires_at).where(s.id == share_id, s.record_id == record_id)
    ).first()
    if row is None:
        raise NotFound(str(share_id))
    writer.connection.execute(delete(record_share).where(s.id == share_id))
    _note(writer, entity, record_id, "unshare", _plain(*row), None)


def _entity(records: Records, record_id: int) -> str:
    entity = entity_of(records, record_id)
    if entity is None:
        raise NotFound(str(record_id))
    require(records, entity, "share", record_id)
    return entity


def _check(records: Records, user: int | None, unit: int | None, level: str, expires_at: datetime | None) -> None:
    if (user is None) == (unit is None):
        raise ValidationFailed.single("user", "required", _("Choose a person or a unit."))
    if level not in LEVELS:
        raise ValidationFailed.single("level", "choice", _("Choose one of the offered values."))
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= records.now):
        raise ValidationFailed.single("expires_at", "past", _("Choose a moment in the future."))
    if user is not None:
        u = app_user.c
        known = select(u.id).where(u.id == user, u.active, u.audience == "employee")
    else:
        known = select(org_unit.c.id).where(org_unit.c.id == unit, org_unit.c.active)
    if records.connection.execute(known).first() is None:
        name = "user" if user is not None else "unit"
        raise ValidationFailed.single(name, "missing", _("This entry does not exist."))


def _plain(user: int | None, unit: int | None, level: str, expires_at: datetime | None) -> dict[str, Any]:
    return {"user": user, "unit": unit, "level": level, "expires_at": expires_at and expires_at.isoformat()}


def _note(records: Records, entity: str, record_id: int, action: str, old: Any, new: Any) -> None:
    entry = journal.Entry(record_id, entity, action, None, {"share": [old, new]})
    journal.write(records, [entry], kind=action, events=False)
    records.emit(f"{entity}.{'shared' if action == 'share' else 'unshared'}", {
        "record": record_id, "type": entity, "user": journal.actor_id(records), "change_set": records.change_set_id,
        "changes": {"share": [old, new]},
    })  # fmt: skip
