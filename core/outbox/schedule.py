"""Scheduled jobs: each has exactly one waiting row in the outbox, at the moment of its next run.

The row's key names the job and that moment, so any number of processes may look after the schedule at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, delete, func, select

from weft.core.db.engine import Database
from weft.core.db.tables import installation, outbox
from weft.core.i18n import Text
from weft.core.outbox.publishing import enqueue
from weft.core.registry.background import Job

__all__ = ["ScheduledJob", "company_zone", "ensure", "next_run", "scheduled"]

_PREFIX = "schedule:"


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """One line of the list of scheduled jobs.

    Attributes:
        key, label: of the job.
        every, at: its schedule as declared.
        last_run: when it last ended well, None when never.
        next_run: when it is due, None before a worker first looked.
        state: of the row that waits or runs: ``ready``, ``running``, ``failed``, ``dead`` or ``""``.
    """

    key: str
    label: Text
    every: timedelta | None
    at: str
    last_run: datetime | None
    next_run: datetime | None
    state: str


def company_zone(connection: Connection) -> ZoneInfo:
    """Time zone of the company; UTC before the installation is set up."""
    value = connection.execute(select(installation.c.value).where(installation.c.key == "company")).scalar_one_or_none()
    name = value.get("zone") if isinstance(value, Mapping) else None
    try:
        return ZoneInfo(str(name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def next_run(job: Job, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The first moment of a job's schedule later than ``after``; None for jobs without a schedule.

    An interval counts from the start of 1970, so that every process finds the same moments. A daily time that does not
    exist on a day (clocks go forward) is the moment after the gap; one that comes twice is the first.
    """
    if job.every is not None:
        seconds = job.every.total_seconds()
        return datetime.fromtimestamp((after.timestamp() // seconds + 1) * seconds, UTC)
    if not job.at:
        return None
    hour, minute = (int(part) for part in job.at.split(":"))
    day = after.astimezone(zone).date()
    for offset in range(3):
        local = datetime.combine(day + timedelta(days=offset), time(hour, minute), zone)
        moment = local.astimezone(UTC)
        if moment > after:
            return moment
    raise AssertionError(job.at)  # a day has at most 25 hours


def ensure(database: Database, jobs: Mapping[str, Job], now: datetime) -> None:
    """Make sure that every scheduled job has its waiting row, and only the right one.

    A run that was missed while nothing worked stays and is made up once; a changed schedule or zone replaces a row
    that is not due yet. Writes only when there is something to change.
    """
    with database.read() as connection:
        wrong, new = _lacking(connection, jobs, now)
    if not wrong and not new:
        return
    with database.write() as connection:
        wrong, new = _lacking(connection, jobs, now)
        if wrong:
            connection.execute(delete(outbox).where(outbox.c.dedup_key.in_(wrong), outbox.c.tries == 0))
        for key, moment in new.items():
            enqueue(connection, key, {}, now=now, run_at=moment, dedup_key=_dedup_key(key, moment))


def _dedup_key(job: str, moment: datetime) -> str:
    return f"{_PREFIX}{job}:{moment.isoformat()}"


def _lacking(connection: Connection, jobs: Mapping[str, Job], now: datetime) -> tuple[list[str], dict[str, datetime]]:
    """Keys of rows at the wrong moment, and job -> moment of rows that are missing."""
    zone, waiting = company_zone(connection), _waiting(connection)
    wrong: list[str] = []
    new: dict[str, datetime] = {}
    for job in jobs.values():
        moment = next_run(job, now, zone)
        if moment is None:
            continue
        rows = waiting.get(job.key, {})
        key = _dedup_key(job.key, moment)
        misplaced = [other for other, run_at in rows.items() if other != key and run_at > now]
        wrong += misplaced
        if key not in rows and len(misplaced) == len(rows):
            new[job.key] = moment
    return wrong, new


def _waiting(connection: Connection) -> dict[str, dict[str, datetime]]:
    """Rows of schedules that have not ended: job -> key -> moment."""
    query = select(outbox.c.topic, outbox.c.dedup_key, outbox.c.run_at).where(
        outbox.c.state.in_(("ready", "running", "failed")), outbox.c.dedup_key.startswith(_PREFIX)
    )
    found: dict[str, dict[str, datetime]] = {}
    for row in connection.execute(query):
        found.setdefault(row.topic, {})[row.dedup_key] = row.run_at
    return found


def scheduled(connection: Connection, jobs: Mapping[str, Job]) -> list[ScheduledJob]:
    """All jobs with a schedule and when they ran and will run, by key (three statements at most)."""
    mine = outbox.c.dedup_key.startswith(_PREFIX)
    ended = select(outbox.c.topic, func.max(outbox.c.done_at)).where(mine, outbox.c.state == "done")
    last = {row[0]: row[1] for row in connection.execute(ended.group_by(outbox.c.topic))}
    open_rows = select(outbox.c.topic, outbox.c.run_at, outbox.c.state).where(mine, outbox.c.state != "done")
    ahead = {row.topic: row for row in connection.execute(open_rows.order_by(outbox.c.run_at.desc()))}
    lines = []
    for key, job in sorted(jobs.items()):
        if job.every is None and not job.at:
            continue
        row = ahead.get(key)
        moment, state = (row.run_at, row.state) if row is not None else (None, "")
        lines.append(ScheduledJob(key, job.label, job.every, job.at, last.get(key), moment, state))
    return lines
