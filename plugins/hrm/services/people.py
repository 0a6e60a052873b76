"""Who somebody is to this plugin: their file, their names, their head. Reads only, few statements for many people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from weft.core.sdk import Records, Row, directory
from weft.plugins.hrm.grants import OFFICER

__all__ = ["deciders", "files", "officers", "today"]

EMPLOYEE = "hrm.employee"
_FIELDS = ("name", "name_alt", "user", "status", "in_unit", "position", "heads", "reports_to", "joined_on", "last_day",
           "country", "region")  # fmt: skip
_REASON = "hrm: who somebody is"
_PART = 200


def today(records: Records) -> date:
    """The day it is for who acts."""
    return records.now.astimezone(records.zone).date()


def files(records: Records, users: Iterable[int | None]) -> dict[int, Row]:
    """Employee files by user, without anything private; people without a file are absent."""
    wanted = sorted({user for user in users if user is not None})
    system, found = records.system(_REASON), {}
    for start in range(0, len(wanted), _PART):
        filters = {"user__in": wanted[start : start + _PART], "gone__in": "true,false"}
        for row in system.query(EMPLOYEE, fields=_FIELDS, filters=filters, limit=_PART).rows:
            found[row["user"].id] = row
    return found


def officers(records: Records) -> list[int]:
    """Active people officers."""
    return directory.holders(records, OFFICER)


def deciders(records: Records, users: Iterable[int | None]) -> dict[int, int | None]:
    """Who decides for each person: whom they report to, else the head of their unit, else a people officer."""
    wanted = sorted({user for user in users if user is not None})
    known = files(records, wanted)
    active = directory.persons(records, [row["reports_to"].id for row in known.values() if row.get("reports_to")])
    fallback = officers(records)
    found: dict[int, int | None] = {}
    by_unit: dict[tuple[int, bool], int | None] = {}
    for user in wanted:
        row = known.get(user)
        named = row["reports_to"].id if row is not None and row.get("reports_to") else None
        if named is not None and named != user and active[named].active:
            found[user] = named
            continue
        unit = row["in_unit"].id if row is not None and row.get("in_unit") else 0
        heads = bool(row and row.get("heads"))
        key = (unit, heads) if unit and not heads else (-user, heads)
        if key not in by_unit:
            above = directory.heads_above(records, user)
            by_unit[key] = above[0] if above else None
        head = by_unit[key]
        if head is None or head == user:
            others = [one for one in fallback if one != user] or fallback
            head = others[0] if others else None
        found[user] = head
    return found
