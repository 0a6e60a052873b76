"""Changes that are confirmed first: fields declared with ``confirm=True`` (bank account, tax number).

The write path takes such values out of an outsider's update and keeps them here; the record stays as it is until
somebody of the company who may change that field confirms. Where a role confirms a field, colleagues without that role
ask as well. What was asked, by whom and how it ended stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, false, insert, not_, or_, select, update

from weft.core.access import decide
from weft.core.db.tables import record
from weft.core.errors import Denied, NotFound, StateConflict, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity.people import Person, people
from weft.core.identity.rights import holders
from weft.core.outbox.publishing import publish
from weft.core.records import rights
from weft.core.records.kinds import api_value
from weft.core.records.tables import field_change

if TYPE_CHECKING:
    from weft.core.records.changes import Change
    from weft.core.records.facade import Records

__all__ = [
    "EVENT", "Asked", "asked", "asked_of", "confirm", "confirmers", "divert", "find", "purge_asked", "refuse",
    "waiting_for", "withdraw",
]  # fmt: skip

_ = translator("core")

#: Last word of the event that tells of a value to confirm: ``<entity>.change_asked``.
EVENT = "change_asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """One value somebody asked to change; ``before`` and ``after`` are API values.

    Attributes:
        state: ``waiting``, ``confirmed``, ``refused`` or ``withdrawn``.
        may_decide: the viewer belongs to the company and may change this field of this record.
        note: what whoever decided wrote ("called back on Monday").
    """

    id: int
    record_id: int
    entity: str
    field: str
    before: Any
    after: Any
    state: str
    asked_by: Person | None
    asked_at: datetime
    decided_by: Person | None
    decided_at: datetime | None
    note: str
    may_decide: bool


def divert(records: Records, changes: Sequence[Change]) -> None:
    """Take what others have to confirm out of somebody's changes and keep it; called by the write path.

    A newer wish for the same field replaces the one that waits; asking for the present value withdraws it.
    """
    if rights.elevated(records):
        return
    for change in changes:
        for name in [one for one in change.values if _asks(records, change, one)]:
            declared, value = change.type.fields[name], change.values.pop(name)
            _end_waiting(records, change.record_id, name)
            if value == change.before.get(name):
                continue
            row = {
                "record_id": change.record_id, "entity": change.entity, "field": name, "state": "waiting",
                "before": api_value(declared, change.before.get(name)), "after": api_value(declared, value),
                "asked_by": records.principal.user_id, "asked_at": records.now,
            }  # fmt: skip
            records.connection.execute(insert(field_change).values(**row))
            records.state.notes.setdefault("asked", []).append(declared.label)
            told = {
                "record": change.record_id, "type": change.entity, "user": records.principal.user_id, "field": name,
            }  # fmt: skip
            publish(records.connection, [(f"{change.entity}.{EVENT}", told)], now=records.now)


def _asks(records: Records, change: Change, name: str) -> bool:
    """A value that whoever writes it does not confirm."""
    if not change.type.fields[name].confirm:
        return False
    return not records.principal.internal or not _by_role(records, change.entity, name)


def asked(records: Records, record_id: int, *, waiting: bool = False) -> list[Asked]:
    """What was asked of one record, newest first, as far as the viewer may read its fields; 50 at most."""
    return asked_of(records, [record_id], waiting=waiting)


def asked_of(records: Records, record_ids: Iterable[int], *, waiting: bool = True, limit: int = 50) -> list[Asked]:
    """What was asked of several records, newest first; values of fields the viewer may not read are left out."""
    f = field_change.c
    ids = sorted(set(record_ids))
    statement = select(field_change).where(f.record_id.in_(ids)).order_by(f.id.desc()).limit(limit)
    if waiting:
        statement = statement.where(f.state == "waiting")
    return _read(records, statement) if ids else []


def _read(records: Records, statement: Select[Any]) -> list[Asked]:
    rows = records.connection.execute(statement).all()
    reading: dict[int, Any] = {}
    deciding: dict[int, Any] = {}
    for entity in {row.entity for row in rows if row.entity in records.runtime.registry.entities}:
        mine = sorted({row.record_id for row in rows if row.entity == entity})
        reading |= decide.decide_many(records, entity, "read", mine)
        if records.principal.internal:
            deciding |= decide.decide_many(records, entity, "update", mine)
    named = people(records.connection, [number for row in rows for number in (row.asked_by, row.decided_by)])
    found = []
    for row in rows:
        may_read = reading.get(row.record_id)
        if may_read is None or not may_read.readable or row.field not in may_read.visible:
            continue
        may_write = deciding.get(row.record_id)
        allowed = may_write is not None and may_write.allowed and row.field in may_write.fields
        allowed = allowed and _by_role(records, row.entity, row.field)
        found.append(
            Asked(
                row.id, row.record_id, row.entity, row.field, row.before, row.after, row.state, named.get(row.asked_by),
                row.asked_at, named.get(row.decided_by), row.decided_at, row.note or "", allowed,
            )
        )  # fmt: skip
    return found


def _role_of(records: Records, entity: str, name: str) -> str:
    """The role that confirms a field; empty where whoever looks after the record does."""
    return records.runtime.registry.confirmed_by.get((entity, name), "")


def confirmers(records: Records, record_id: int, entity: str, name: str) -> set[int]:
    """Who confirms a value that waits: the people of the role that the field names, or the record's owner."""
    role = _role_of(records, entity, name)
    if role:
        return set(holders(records.connection, role))
    owner = records.connection.scalar(select(record.c.owner_id).where(record.c.id == record_id))
    return set() if owner is None else {int(owner)}


def _by_role(records: Records, entity: str, name: str) -> bool:
    role = _role_of(records, entity, name)
    return not role or records.principal.has_role(role)


def find(records: Records, number: int) -> Asked:
    """One value that waits.

    Raises:
        NotFound: there is none, or not for this viewer. StateConflict: somebody decided it already.
    """
    record_id = records.connection.scalar(select(field_change.c.record_id).where(field_change.c.id == number))
    found = next((one for one in asked(records, record_id) if one.id == number), None) if record_id else None
    if found is None:
        raise NotFound("change")
    if found.state != "waiting":
        raise StateConflict(str(_("This was decided already.")))
    return found


def waiting_for(records: Records, *, limit: int = 50) -> list[Asked]:
    """What waits for the viewer: on own records, and in fields that a role of theirs confirms; oldest last."""
    f, me = field_change.c, records.principal
    by_role = records.runtime.registry.confirmed_by
    kept = {pair: and_(f.entity == pair[0], f.field == pair[1]) for pair in by_role}
    mine = [condition for pair, condition in kept.items() if me.has_role(by_role[pair])]
    own = and_(record.c.owner_id == me.user_id, not_(or_(false(), *kept.values())))
    statement = (
        select(field_change)
        .join(record, record.c.id == f.record_id)
        .where(f.state == "waiting", or_(own, *mine), record.c.deleted_at.is_(None))
        .order_by(f.id.desc())
        .limit(limit)
    )
    return [one for one in _read(records, statement) if one.may_decide]


def confirm(records: Records, number: int, note: str = "") -> Asked:
    """Write the value into the record with the rights of who confirms.

    Raises:
        NotFound, Denied: as everywhere; outsiders never confirm.
        StateConflict: somebody decided it already.
    """
    one = _waiting(records, number)
    if not records.principal.internal or not one.may_decide:
        raise Denied(str(_("Only people of the company who may change this value confirm it.")), rule="confirm")
    if _role_of(records, one.entity, one.field) and not note.strip():
        raise ValidationFailed.single("note", "required", _("Say how you made sure, such as a call back."))
    records.update(one.entity, one.record_id, {one.field: one.after}, version=None)
    _decide(records, one, "confirmed", note)
    return one


def refuse(records: Records, number: int, note: str = "") -> Asked:
    """Leave the record as it is and say why."""
    one = _waiting(records, number)
    if not records.principal.internal or not one.may_decide:
        raise Denied(str(_("Only people of the company who may change this value confirm it.")), rule="confirm")
    _decide(records, one, "refused", note)
    return one


def withdraw(records: Records, number: int) -> Asked:
    """Take a wish back that waits still: by whoever asked, or a colleague who may change the same record."""
    one = _waiting(records, number)
    decide.require(records, one.entity, "update", one.record_id)
    _decide(records, one, "withdrawn", "")
    return one


def _waiting(records: Records, number: int) -> Asked:
    rights.require_writable(records)
    return find(records, number)


def _decide(records: Records, one: Asked, state: str, note: str) -> None:
    f = field_change.c
    values = {
        "state": state, "decided_by": records.principal.user_id, "decided_at": records.now,
        "note": note.strip()[:2000] or None,
    }  # fmt: skip
    done = update(field_change).where(f.id == one.id, f.state == "waiting").values(**values)
    if not records.connection.execute(done).rowcount:
        raise StateConflict(str(_("This was decided already.")))


def _end_waiting(records: Records, record_id: int, name: str) -> None:
    f = field_change.c
    mine = (f.record_id == record_id, f.field == name, f.state == "waiting")
    values = {"state": "withdrawn", "decided_by": records.principal.user_id, "decided_at": records.now}
    records.connection.execute(update(field_change).where(*mine).values(**values))


def purge_asked(connection: Any, ids: list[int]) -> None:
    """Forget what was asked of records that are removed for good; called by the purge job."""
    connection.execute(field_change.delete().where(field_change.c.record_id.in_(ids)))
