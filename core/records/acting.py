"""Background work in somebody's name: what a process does for whoever started it is done with their rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from weft.core.access.decide import Decision, decide
from weft.core.errors import Denied
from weft.core.i18n import translator
from weft.core.identity import principals, users
from weft.core.records import unit
from weft.core.records.facade import Records

__all__ = ["allowed_for", "fields_for", "writing_as"]

_ = translator("core")


@contextmanager
def writing_as(context: Any, user_id: int | None) -> Iterator[Records]:
    """Open a writing unit of a job with the rights somebody has now; there may be fewer than when it was queued.

    Args:
        context: of the job.
        user_id: whose rights count; never more than theirs.

    Raises:
        Denied: there is nobody, or their account is closed.
    """
    runtime = context.runtime
    with runtime.db.read() as connection:
        person = users.find(connection, user_id) if user_id is not None else None
        if person is None or not person.active:
            raise Denied(str(_("The person in whose name this would be done has no account any more.")))
        principal = principals.load(connection, runtime, person.id, person.audience)
    with unit.writing(runtime, principal, door="job") as records:
        yield records


def allowed_for(records: Records, user_id: int, entity: str, operation: str, record_id: int) -> bool:
    """True when somebody, with the rights they have now, may do an operation on a record: what a deputy does for them.

    Args:
        records: any unit of work.
        user_id: whose rights are asked about.
        entity, operation, record_id: as everywhere.
    """
    decision = _decided(records, user_id, entity, operation, record_id)
    return decision is not None and decision.allowed


def fields_for(records: Records, user_id: int, entity: str, operation: str, record_id: int) -> frozenset[str]:
    """Names of the fields that the grants of an operation cover for somebody on a record; none where it is not theirs.

    Args: as of :func:`allowed_for`.
    """
    decision = _decided(records, user_id, entity, operation, record_id)
    return decision.fields if decision is not None and decision.allowed else frozenset()


def _decided(records: Records, user_id: int, entity: str, operation: str, record_id: int) -> Decision | None:
    person = users.find(records.connection, user_id)
    if not person.active:
        return None
    principal = principals.load(records.connection, records.runtime, person.id, person.audience)
    return decide(Records(principal, records.state), entity, operation, record_id)
