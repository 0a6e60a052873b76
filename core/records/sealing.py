"""The seal of the journal: a hash chain over its rows, added by a job, so that a later edit or removal shows.

Rows are sealed in batches. A row's seal is the number of its batch (16 hexadecimal digits) and 48 digits of the SHA-256
of the seal before it and of its own content. Each batch ends with a journal row of its own (action ``seal``) that notes
how many rows it has and its last seal; that row is sealed by the next batch. Chaining inside the business transaction
would cost most of its throughput.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from weft.core.db.tables import change_set, installation, journal

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = ["ACTION", "seal", "seal_job", "verify"]

#: Action of the journal rows that end a batch.
ACTION = "seal"
#: Where the number of batches and the last seal are kept, to find cuts at the end.
KEY = "journal.seal"
_BATCH = 5_000
#: A transaction may take so long between its moment and its commit; older rows are not looked for.
_LATE = timedelta(days=2)
_DIGITS = 48


def seal_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job ``core.journal.seal``: one batch per transaction until nothing is left."""
    while seal(context.runtime) == _BATCH:
        pass


def seal(runtime: Runtime) -> int:
    """Seal one batch of rows; returns how many, the batch's own end row not counted."""
    with runtime.db.write() as connection:
        state = _state(connection)
        statement = select(journal).where(journal.c.seal.is_(None)).order_by(journal.c.at, journal.c.id).limit(_BATCH)
        if state["at"] is not None:
            statement = statement.where(journal.c.at >= _moment(state["at"]) - _LATE)
        rows = connection.execute(statement).all()
        if all(row.action == ACTION for row in rows):
            return 0  # only the end of the batch before: it waits for something to stand behind
        batch = int(state["batch"]) + 1
        seals = list(_chain(batch, str(state["head"]), rows))
        connection.execute(
            update(journal).where(journal.c.id == bindparam("row_id")).values(seal=bindparam("row_seal")),
            [{"row_id": row.id, "row_seal": one} for row, one in zip(rows, seals, strict=True)],
        )
        _end(runtime, connection, batch, len(rows), seals[-1], rows[-1].at)
        return len(rows)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _state(connection: Connection) -> dict[str, Any]:
    found = connection.scalar(select(installation.c.value).where(installation.c.key == KEY))
    return dict(found) if found else {"batch": 0, "head": "", "at": None}


def _end(runtime: Runtime, connection: Connection, batch: int, count: int, head: str, at: datetime) -> None:
    """Write the batch's end row and remember where the chain stands."""
    now = runtime.clock()
    number, row_id = runtime.db.ids.take(2)
    connection.execute(insert(change_set).values(id=number, at=now, door="job", kind=ACTION))
    changes = {"batch": [None, batch], "count": [None, count], "head": [None, head]}
    connection.execute(insert(journal).values(id=row_id, change_set_id=number, at=now, action=ACTION, changes=changes))
    value = {"batch": batch, "head": head, "at": at.isoformat()}
    mine = installation.c.key == KEY
    if not connection.execute(update(installation).where(mine).values(value=value)).rowcount:
        connection.execute(insert(installation).values(key=KEY, value=value))


def _chain(batch: int, head: str, rows: Sequence[Any]) -> Iterator[str]:
    """Seals of rows in their order, going on from the last seal of the batch before."""
    for row in rows:
        head = f"{batch:016x}{hashlib.sha256((head + _content(row)).encode()).hexdigest()[:_DIGITS]}"
        yield head


def _content(row: Any) -> str:
    """A row as text that is the same on every database."""
    parts = [
        row.id, row.change_set_id, row.at.astimezone(UTC).isoformat(timespec="microseconds"), row.user_id,
        row.record_id, row.type_id, row.action, row.version, row.changes,
    ]  # fmt: skip
    return json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def verify(connection: Connection) -> list[str]:
    """Walk the whole chain; one sentence for every batch that is not as it was sealed, none when all is well."""
    problems: list[str] = []
    state = _state(connection)
    ends: dict[Any, tuple[Any, Any]] = {}
    for row in connection.execute(select(journal.c.changes).where(journal.c.action == ACTION)):
        batch, count, head = (row.changes.get(name, [None, None])[1] for name in ("batch", "count", "head"))
        ends[batch] = count, head
    head = ""
    for batch in range(1, int(state["batch"]) + 1):
        if batch not in ends:
            problems.append(f"The end of batch {batch} of the journal is missing.")
            head = ""
            continue
        count, expected = ends[batch]
        rows = _batch(connection, batch)
        if len(rows) != count:
            problems.append(f"Batch {batch} of the journal has {len(rows)} rows instead of {count}.")
        else:
            wrong = next((r for r, one in zip(rows, _chain(batch, head, rows), strict=True) if r.seal != one), None)
            if wrong is not None:
                problems.append(f"Journal row {wrong.id} (batch {batch}) is not as it was sealed.")
        head = expected
    if head != state["head"]:
        problems.append("The end of the chain is not the one that was noted.")
    return problems


def _batch(connection: Connection, batch: int) -> Sequence[Any]:
    mark = f"{batch:016x}"
    own = func.substr(journal.c.seal, 1, len(mark)) == mark
    return connection.execute(select(journal).where(own).order_by(journal.c.at, journal.c.id)).all()
