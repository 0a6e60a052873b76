"""Whose turn a claim is where a process decides: the viewer's own open task, answered from the claim itself."""

from __future__ import annotations

from collections.abc import Mapping

from weft.core.sdk import PersonRef, Records
from weft.plugins.finance.services.claims import CHECK, CLAIM, by_process

__all__ = ["answer", "mine", "next_to_check", "waits_for"]

_CASE, _TASK, _PROCESS = "workflow.case", "workflow.task", "workflow.process"
#: Kinds of tasks that are answered with yes or no.
_ASKED = "decide,sign"
_REASON = "finance: whose turn a claim is"
#: Tasks that are looked at for the next claim: several may be of the claim that was just decided on.
_AHEAD = 10


def _open_tasks(records: Records) -> dict[str, object]:
    """Filters of what waits for the viewer or for whom they act for."""
    me = records.principal
    return {"owner__in": [me.user_id, *me.acts_for], "status": "open", "kind__in": _ASKED}


def mine(records: Records, claim: int) -> int | None:
    """The task with which a claim waits for the viewer; None while it waits for nobody or somebody else."""
    if not by_process(records):
        return None
    system = records.system(_REASON)
    cases = system.query(_CASE, fields=(), filters={"about": claim, "status": "running"}, limit=200).rows
    if not cases:
        return None
    filters = {**_open_tasks(records), "case__in": [row.id for row in cases]}
    tasks = system.query(_TASK, fields=(), filters=filters, sort="id", limit=1).rows
    return tasks[0].id if tasks else None


def waits_for(records: Records, claim: int) -> list[PersonRef]:
    """Those who decide on a claim now in a process; nobody where none runs."""
    system = records.system(_REASON)
    cases = system.query(_CASE, fields=(), filters={"about": claim, "status": "running"}, limit=200).rows
    if not cases:
        return []
    filters = {"case__in": [row.id for row in cases], "status": "open", "kind__in": _ASKED}
    tasks = system.query(_TASK, fields=("owner",), filters=filters, sort="id", limit=200).rows
    return list({row["owner"].id: row["owner"] for row in tasks if row.get("owner")}.values())


def next_to_check(records: Records, done: int) -> int | None:
    """The claim that has waited longest for the viewer, who is of finance; None where no other one waits.

    Args:
        records: of the viewer.
        done: the claim that was just decided on.
    """
    if by_process(records):
        return _next_asked(records, done)
    filters = {**CHECK, "id__ne": done, "owner__ne": records.principal.user_id}
    rows = records.query(CLAIM, fields=(), filters=filters, sort="submitted_on", limit=1).rows
    return rows[0].id if rows else None


def _next_asked(records: Records, done: int) -> int | None:
    """Of the claims that wait for the viewer in a process: by their tasks, the oldest first."""
    system = records.system(_REASON)
    processes = [row.id for row in system.query(_PROCESS, fields=(), filters={"subject": CLAIM}, limit=200).rows]
    if not processes:
        return None
    filters = {**_open_tasks(records), "process__in": processes}
    tasks = system.query(_TASK, fields=("case",), filters=filters, sort="opened_at", limit=_AHEAD).rows
    cases = {"id__in": [row["case"].id for row in tasks], "status": "running"}
    about = {row.id: row["about"] for row in system.query(_CASE, fields=("about",), filters=cases, limit=_AHEAD).rows}
    found = (about.get(row["case"].id) for row in tasks)
    return next((claim.id for claim in found if claim is not None and claim.id != done), None)


def answer(records: Records, claim: int, word: str, data: Mapping[str, str]) -> bool:
    """Answer the viewer's task of a claim; the process carries out what it comes to. False where there is none.

    Args:
        records: of the viewer.
        claim: the claim.
        word: ``agree``, ``give_back`` or ``reject``.
        data: what the process asks with it, such as ``comment``.
    """
    task = mine(records, claim)
    if task is None:
        return False
    records.act(f"{_TASK}.{word}", task, dict(data))
    return True
