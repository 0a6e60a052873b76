"""Who owns a customer: the one way by which accounts change hands, whether allotted, claimed, recycled or handed over.

The caller has decided that the change may happen; what belongs to the account (people, open deals, planned steps, open
leads of the former owner) goes along, the pool's history and the new owner's notice are written here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, Row, notify, register_notice, translator
from weft.plugins.crm.services import silence

_ = translator("crm")

__all__ = ["ALONG", "hand_to", "to_pool"]

GIVEN, GIVEN_MANY = "crm.given", "crm.given_many"
HANDED, HANDED_MANY = "crm.handed", "crm.handed_many"
_NEW = _("New customers were assigned to you")
register_notice(GIVEN, _("%(who)s gave you the customer %(record)s"), headline=_NEW)
register_notice(GIVEN_MANY, _("%(who)s gave you %(count)s customers"), headline=_NEW)
register_notice(HANDED, _("%(who)s handed the customer %(record)s over to you from %(from)s"), headline=_NEW)
register_notice(HANDED_MANY, _("%(who)s handed %(count)s customers over to you from %(from)s"), headline=_NEW)

#: What goes along with an account: entity and the rows that still belong to its former owner.
ALONG: Mapping[str, Mapping[str, Any]] = {
    "crm.contact": {},
    "crm.opportunity": {"outcome": "open"},
    "crm.activity": {"status": "planned"},
    "crm.lead": {"status__in": ["new", "working"]},
}
_PART = 200


def hand_to(
    records: Records, accounts: Sequence[int], owner: int, *, kind: str = "allocated", reason: str = "", rule: int = 0,
    handed_from: str = "", noted: bool = False,
) -> None:  # fmt: skip
    """Give accounts to an owner; one notice, whatever their number.

    Accounts that the owner has already stay as they are.

    Args:
        records: unit of the person who decided; rights beyond theirs are taken from the platform.
        accounts: ids of accounts.
        owner: user who has them from now on.
        kind: ``allocated`` or ``claimed``, for the pool's history.
        reason: why, for the pool's history.
        rule: pool rule that did it.
        handed_from: name of who had them before, when a colleague's customers are handed over; the notice says so.
        noted: the pool's history has its lines already (a claim takes its place of the day before anything else).
    """
    accounts = _not_yet(records, accounts, owner)
    if not accounts:
        return
    values = {
        "assigned_at": records.now, "assigned_by": records.principal.user_id, "awaits_contact": True,
        "pool": None, "pooled_at": None,
    }  # fmt: skip
    _change(records, accounts, owner, "" if noted else kind, values, reason, rule, None)
    silence.refresh(records, accounts)
    _tell(records, accounts, owner, handed_from)


def _not_yet(records: Records, accounts: Sequence[int], owner: int) -> list[int]:
    """Those of the accounts that belong to somebody else or nobody, each once, in their order."""
    wanted = list(dict.fromkeys(accounts))
    theirs: set[int] = set()
    system = records.system("crm: ownership")
    for start in range(0, len(wanted), _PART):
        some = {"id__in": wanted[start : start + _PART], "owner": owner}
        theirs.update(row["id"] for row in system.query("crm.account", fields=(), filters=some, limit=_PART).rows)
    return [number for number in wanted if number not in theirs]


def _tell(records: Records, accounts: Sequence[int], owner: int, handed_from: str) -> None:
    single = len(accounts) == 1
    kinds = (HANDED, HANDED_MANY) if handed_from else (GIVEN, GIVEN_MANY)
    data: dict[str, Any] = {"from": handed_from} if handed_from else {}
    if not single:
        data |= {"count": len(accounts), "entity": "crm.account", "query": {"owner": "me", "awaits_contact": "true"}}
    kind, record = (kinds[0], accounts[0]) if single else (kinds[1], None)
    notify(records, [owner], kind, record, data, at_sign_in=True)


def to_pool(
    records: Records, accounts: Sequence[int], pool: int, *, kind: str = "recycled", reason: str = "", rule: int = 0
) -> None:
    """Let accounts fall into a pool: nobody owns them, their former owner is noted.

    Args:
        records: unit of the person or job that decided.
        accounts: ids of accounts.
        pool: id of the pool.
        kind: ``recycled``, ``released`` or ``imported``.
        reason: why, as the history shows it.
        rule: pool rule that did it.
    """
    values = {"pool": pool, "pooled_at": records.now, "awaits_contact": False, "recycle_on": None, "silence": "none"}
    _change(records, accounts, None, kind, values, reason, rule, pool)


def _change(
    records: Records, accounts: Sequence[int], owner: int | None, kind: str, values: Mapping[str, Any], reason: str,
    rule: int, pool: int | None,
) -> None:  # fmt: skip
    system = records.system("crm: ownership")
    for start in range(0, len(accounts), _PART):
        ids = list(accounts[start : start + _PART])
        before = system.query(
            "crm.account", fields=("name", "name_alt", "owner", "pool"), filters={"id__in": ids}, limit=_PART
        )
        rows = before.rows
        by_owner: dict[int | None, list[Row]] = defaultdict(list)
        for row in rows:
            by_owner[row["owner"].id if row.get("owner") else None].append(row)
        for former, held in by_owner.items():
            _along(system, [row["id"] for row in held], former, owner)
            kept = dict(values) if former is None else {**values, "former_owner": former}
            _update(system, [row["id"] for row in held], kept)
        system.bulk("crm.account", "assign", [row["id"] for row in rows], {"owner": owner}, expected=len(rows))
        if kind:
            _note_moves(system, records, rows, owner, kind, reason, rule, pool)


def _update(system: Records, ids: Sequence[int], values: Mapping[str, Any]) -> None:
    system.bulk("crm.account", "update", list(ids), values, expected=len(ids))


def _along(system: Records, accounts: Sequence[int], former: int | None, owner: int | None) -> None:
    """People, open deals and planned steps that the former owner had at these accounts go to the new one."""
    for entity, filters in ALONG.items():
        ids = [row["id"] for row in _all(system, entity, {**filters, "account__in": list(accounts), **_of(former)})]
        if ids:
            system.bulk(entity, "assign", ids, {"owner": owner}, expected=len(ids))
    if former is None or owner is None:
        return
    hook = system.runtime.plugins.manager.hook.weft_crm_along
    for more in hook(records=system, accounts=list(accounts), owner=former):
        for entity, ids in (more or {}).items():
            for start in range(0, len(ids), _PART):
                part = list(ids[start : start + _PART])
                system.bulk(entity, "assign", part, {"owner": owner}, expected=len(part))


def _of(user: int | None) -> dict[str, Any]:
    return {"owner__isnull": True} if user is None else {"owner": user}


def _all(system: Records, entity: str, filters: Mapping[str, Any]) -> Iterable[Row]:
    cursor: str | None = None
    while True:
        page = system.query(entity, fields=("owner",), filters=filters, limit=200, cursor=cursor)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def _note_moves(
    system: Records, records: Records, rows: Sequence[Row], owner: int | None, kind: str, reason: str, rule: int,
    pool: int | None,
) -> None:  # fmt: skip
    """One line of pool history per account that went into or out of a pool."""
    moved = [
        {
            "subject": reason or row["name"], "subject_alt": None if reason else row.get("name_alt"),
            "account": row["id"], "kind": kind, "at": records.now,
            "pool": pool if pool is not None else row["pool"].id, "rule": rule or None, "reason": reason or None,
            "from_owner": row["owner"].id if row.get("owner") else None, "to_owner": owner,
        }
        for row in rows
        if pool is not None or row.get("pool")
    ]  # fmt: skip
    if moved:
        system.load("crm.pool_move", moved)
