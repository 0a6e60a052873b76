"""People of a frozen customer are frozen with it: out of lists and search, and back with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import every
from weft.plugins.crm.queries.rows import parts

__all__ = ["before_write"]

_ACCOUNT, _CONTACT = "crm.account", "crm.contact"
_REASON = "crm: people of frozen customers"


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Carry the mark of accounts to their people, and give it to people who come to an account."""
    if context.operation == "delete":
        return
    if changes[0].entity == _ACCOUNT:
        for mark in (True, False):
            moved = [
                c.record_id for c in changes if c.before and c.changed("frozen") and bool(c.after("frozen")) is mark
            ]
            _carry(moved, mark, context)
    elif changes[0].entity == _CONTACT:
        _follow([change for change in changes if not change.before or change.changed("account")], context)


def _carry(accounts: Sequence[int], mark: bool, context: Any) -> None:
    if not accounts:
        return
    system = context.system(_REASON)
    for part in parts(sorted(accounts)):
        filters = {"account__in": list(part), "frozen__ne" if mark else "frozen": "true"}
        ids = [row.id for row in every(system, _CONTACT, (), filters)]
        if ids:
            system.bulk(_CONTACT, "update", ids, {"frozen": mark}, expected=len(ids))


def _follow(changes: Sequence[Any], context: Any) -> None:
    employers = sorted({change.after("account") for change in changes if change.after("account")})
    frozen: set[int] = set()
    for part in parts(employers):
        filters = {"id__in": list(part), "frozen": "true"}
        frozen |= {row.id for row in every(context.system(_REASON), _ACCOUNT, (), filters)}
    for change in changes:
        mark = change.after("account") in frozen
        if bool(change.after("frozen")) != mark:
            change.values["frozen"] = mark
