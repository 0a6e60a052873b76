"""The accounts that people of the demo are paid back to: all confirmed but one, which waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from weft.core.sdk import directory

__all__ = ["make"]

#: Who entered a new account lately; finance has not called back yet.
_WAITS = "fang"


def make(context: Any, people: Iterable[str], euro: Iterable[str]) -> None:
    """Write one account for everybody who claims.

    Args:
        context: of the demo.
        people: sign-in names of who claims.
        euro: those of them who are paid back in euro.
    """
    known = [one for one in sorted(set(people)) if one in context.people]
    abroad = set(euro)
    with context.acting(None, context.moment(-300)) as records:
        persons = directory.persons(records, [context.people[one] for one in known])
        records.load("finance.payee", [
            _values(context, one, persons[context.people[one]].name, abroad) | {
                "status": "confirmed", "note": "Called back", "decided_on": context.moment(-299).date(),
                "decided_by": context.people["finance"]}
            for one in known
        ])  # fmt: skip
        if _WAITS in known:
            values = _values(context, _WAITS, persons[context.people[_WAITS]].name, abroad)
            records.load("finance.payee", [
                values | {"account": values["account"][:-4] + "0417", "status": "waiting",
                          "created_at": context.moment(-1)}
            ])  # fmt: skip


def _values(context: Any, who: str, name: str, abroad: set[str]) -> dict[str, Any]:
    digits = f"{context.people[who] * 7919 % 10_000_000_000:010d}"
    account = f"NL44DEMO{digits}" if who in abroad else f"62220200{digits}"
    return {"holder": name, "account": account, "owner": context.people[who]}
