"""What happens to a case besides decisions: the platform's own steps, withdrawing, help where nobody was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Denied, Records, Row
from weft.plugins.workflow.grants import CASE
from weft.plugins.workflow.services import cases, processes, steps

__all__ = ["continue_case", "help_on", "withdraw"]

_REASON = "workflow: cases"


def continue_case(records: Records, case_id: int) -> bool:
    """Do the next action of a model that a case waits for, as whoever started the case; one action per unit of work.

    Returns:
        True when there was one, and so perhaps another.
    """
    case = cases.lock(records, case_id)
    if case["status"] not in ("running", "stuck") or not case.get("engine"):
        return False
    chain, run, look = cases.resumed(records, case)
    waits = [wait for wait in run.waits() if wait.kind == "action"]
    if not waits:
        return False
    step = steps.step_of(chain, waits[0].key)
    cases.carry_out(records, case, f"{chain['entity']}.{step.get('action')}", "")
    run.complete(waits[0].key, {})
    cases.advance(run, chain)
    cases.settle(records, case, chain, run, look)
    return True


def withdraw(records: Records, case: Row, why: str = "") -> None:
    """The requester takes it back; the record goes the way of what is returned, where the chain has one."""
    chain = processes.known_chain(records, case)
    cases.close(records, case, "withdrawn", why)
    action = (chain.get("withdrawn") or chain.get("returned")) if chain is not None else None
    if chain is not None and action and case.get("about"):
        try:
            cases.carry_out(records, case, f"{chain['entity']}.{action}", why)
        except Denied:
            # Who asked need not be able to return the record; that nobody decides on it any more is theirs to say.
            return


def help_on(records: Records, case: Row, user: int) -> None:
    """Ask somebody for the steps of a case that found nobody."""
    system = records.system(_REASON)
    chain, run, look = cases.resumed(records, case)
    cases.settle(records, case, _asking(chain, user), run, look)
    system.update(CASE, case["id"], {"help_text": None}, version=None)


def _asking(chain: Mapping[str, Any], user: int) -> Mapping[str, Any]:
    """The chain with one person for all steps, for those that are opened now."""
    who = {"kind": "person", "user": user}
    return {**chain, "steps": [{**step, "who": who} for step in chain.get("steps") or ()]}
