"""Claiming customers from a pool: who may, how many a day, how many in all, and who has to wait.

Safe when many claim at once: the customer's row is locked first, then the person's places of the day make the claims of
one person queue up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from weft.core.sdk import (
    Denied,
    Records,
    Row,
    StateConflict,
    ValidationFailed,
    directory,
    in_script,
    translator,
)
from weft.plugins.crm.services import ownership, silence

_ = translator("crm")

__all__ = ["CLAIMS_AT_ONCE", "Standing", "claim", "standing"]


#: Most customers of one claim.
CLAIMS_AT_ONCE = 50
_PART = 200
_TRIES = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands towards a pool today.

    Attributes:
        member: the person belongs to the unit whose people may claim.
        claimed: claims of today from this pool.
        held: live customers the person has.
    """

    pool: Row
    member: bool
    claimed: int
    held: int

    @property
    def per_day(self) -> int | None:
        """Claims allowed per day."""
        found: int | None = self.pool.get("claims_per_day")
        return found

    @property
    def most(self) -> int | None:
        """Customers allowed per person."""
        found: int | None = self.pool.get("most_held")
        return found

    @property
    def left(self) -> int:
        """How many more may be claimed today."""
        rest = [CLAIMS_AT_ONCE]
        if self.per_day is not None:
            rest.append(self.per_day - self.claimed)
        if self.most is not None:
            rest.append(self.most - self.held)
        return max(0, min(rest)) if self.member else 0


# ---- where a person stands


def standing(records: Records, pools: Sequence[Row]) -> dict[int, Standing]:
    """How the person of a unit of work stands towards pools, by pool id."""
    me = records.principal.user_id
    system = records.system("crm: where a person stands")
    mine = set(records.principal.units)
    claimed = {
        line["pool"].id: line["count"]
        for line in system.aggregate("crm.pool_move", group=("pool",), filters=_claims_of_today(system, me))
        if line["pool"]
    }
    held = _held(system, me)
    found: dict[int, Standing] = {}
    for pool in pools:
        members = pool.get("members")
        below = set(directory.units_below(records, members.id)) if members is not None else set()
        found[pool["id"]] = Standing(pool, bool(mine & below), claimed.get(pool["id"], 0), held)
    return found


def _claims_of_today(system: Records, user: int | None) -> dict[str, Any]:
    start = datetime.combine(silence.today_of(system), time(), tzinfo=system.zone).astimezone(UTC)
    return {"kind": "claimed", "to_owner": user, "at__gte": start}


def _held(system: Records, user: int | None) -> int:
    """Live customers of a person."""
    filters = {"owner": user, "role": "customer", "frozen": "false", "life__ne": "invalid"}
    return int(system.aggregate("crm.account", filters=filters)[0]["count"])


# ---- claiming


def claim(records: Records, accounts: Sequence[int]) -> int:
    """Take customers out of a pool for the person of the unit; all of them or none.

    Args:
        records: unit of the person who claims.
        accounts: ids of accounts in a pool.

    Returns:
        How many were claimed.

    Raises:
        StateConflict: one is in no pool (any more).
        Denied: the person is no member, had the customer lately, or has claimed or holds as many as allowed.
    """
    ids = sorted(set(accounts))
    if len(ids) > CLAIMS_AT_ONCE:
        message = _("Claim at most %(n)s customers at once.") % {"n": CLAIMS_AT_ONCE}
        raise ValidationFailed.single("ids", "too_many", message)
    system = records.system("crm: claim from a pool")
    # The write locks the rows: whoever comes second waits here, and finds them in no pool.
    system.bulk("crm.account", "update", ids, {"awaits_contact": True}, expected=len(ids))
    fields = ("name", "name_alt", "pool", "pooled_at", "former_owner", "owner")
    rows = system.query("crm.account", fields=fields, filters={"id__in": ids}, limit=_PART).rows
    for row in rows:
        if row.get("pool") is None:
            raise StateConflict(_gone(records, row))
    by_pool: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_pool[row["pool"].id].append(row)
    pools = system.query("crm.pool", filters={"id__in": sorted(by_pool)}, limit=_PART).rows
    stands = standing(records, pools)
    for pool, some in by_pool.items():
        _require_member(stands[pool])
        _require_cooled(records, stands[pool].pool, some)
    _take_places(records, system, rows)
    for one in standing(records, pools).values():  # counted again: the places of the day make claims queue up
        _require_room(one, len(ids))
    ownership.hand_to(records, ids, int(records.principal.user_id or 0), kind="claimed", noted=True)
    return len(ids)


def _name(row: Row) -> str:
    return in_script(row["name"], row.get("name_alt"))[0]


def _gone(records: Records, row: Row) -> str:
    """A customer that is in no pool: named only to who may still read it, for any id may be sent."""
    found = records.titles([row["id"]]).get(row["id"])
    if found is None or found.restricted:
        return str(_("The customer is in no pool any more: somebody was faster."))
    return str(_("%(name)s is in no pool any more: somebody was faster.") % {"name": _name(row)})


def _label(pool: Row) -> str:
    return in_script(pool["label_en"], pool.get("label_zh"))[0]


def _require_member(found: Standing) -> None:
    if not found.pool.get("active"):
        raise Denied(str(_("The pool %(pool)s is not in use.") % {"pool": _label(found.pool)}), rule="claim")
    if not found.member:
        message = _("Only members of the pool %(pool)s may claim its customers.") % {"pool": _label(found.pool)}
        raise Denied(str(message), ask=str(_("Ask a sales manager to allocate the customer to you.")), rule="claim")


def _require_cooled(records: Records, pool: Row, rows: Sequence[Row]) -> None:
    for row in rows:
        former, since = row.get("former_owner"), row.get("pooled_at")
        if former is None or former.id != records.principal.user_id or since is None:
            continue
        free = since + timedelta(days=pool.get("cooling_days") or 0)
        if free > records.now:
            day = free.astimezone(records.zone).date().isoformat()
            message = _("You had %(name)s before. You may claim it again from %(day)s; until then others go first.")
            raise Denied(str(message % {"name": _name(row), "day": day}), rule="claim")


def _require_room(found: Standing, fresh: int) -> None:
    """Refuse what goes beyond the day's claims (the fresh ones are counted already) or the person's customers."""
    what = {"pool": _label(found.pool), "n": found.per_day, "held": found.held, "most": found.most}
    if found.per_day is not None and found.claimed > found.per_day:
        message = _("You may claim %(n)s customers a day from the pool %(pool)s. Claim again tomorrow.") % what
        raise Denied(str(message), rule="claim")
    if found.most is not None and found.held + fresh > found.most:
        message = _("You have %(held)s customers; the pool %(pool)s allows %(most)s per person.") % what
        raise Denied(str(message), ask=str(_("Give back what you do not work on, then claim.")), rule="claim")


def _take_places(records: Records, system: Records, rows: Sequence[Row]) -> None:
    """Write the lines of the pool's history, each with a place of the person's day that nobody can take twice.

    All claims of a person try for the same next place, so they queue up behind each other.
    """
    me = records.principal.user_id
    day = f"{me}:{silence.today_of(system).isoformat()}:"
    for _attempt in range(_TRIES):
        taken = system.query(
            "crm.pool_move", fields=("slot",), filters={"slot__startswith": day}, sort="-slot", limit=1
        )
        last = int(taken.rows[0]["slot"].removeprefix(day)) if taken.rows else 0
        moves = [
            {"subject": row["name"], "account": row["id"], "kind": "claimed", "at": records.now,
             "pool": row["pool"].id, "from_owner": row["former_owner"].id if row.get("former_owner") else None,
             "to_owner": me, "slot": f"{day}{last + place:05}"}
            for place, row in enumerate(rows, 1)
        ]  # fmt: skip
        try:
            system.load("crm.pool_move", moves)
        except ValidationFailed as error:
            if all(one.field == "slot" for one in error.errors):
                continue
            raise
        return
    raise StateConflict(_("You are claiming from several places at once. Try again."))
