"""Announcements: telling all or some units, who has read or confirmed, reminding only those who have not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from weft.core.sdk import (
    Denied,
    FieldError,
    Records,
    Row,
    ValidationFailed,
    directory,
    in_script,
    notify,
    register_notice,
    settle_notices,
    translator,
)
from weft.plugins.communication.grants import EDITOR, EXECUTIVE, HEAD

_ = translator("communication")

__all__ = [
    "ALL", "UnitLine", "announce", "before_write", "by_unit", "confirm", "deliver", "deliver_due", "own_units",
    "remind", "seen", "waiting",
]  # fmt: skip

ANNOUNCEMENT, RECEIVER, RECEIPT = "communication.announcement", "communication.receiver", "communication.receipt"
TOLD, REMINDED = "communication.announced", "communication.reminded"
register_notice(TOLD, _("%(who)s announces: %(record)s"))
register_notice(REMINDED, _("%(who)s asks you to read and confirm: %(record)s"), headline=_("Please confirm"))
_REASON = "communication: announcement"
#: What stands for all units among the receivers of a form.
ALL = "all"
_PART = 200


@dataclass(frozen=True, slots=True)
class UnitLine:
    """Receivers of one unit: those who have read or confirmed, those who have not; names in the viewer's script."""

    unit: str
    done: tuple[str, ...]
    open: tuple[str, ...]


def own_units(records: Records) -> frozenset[int] | None:
    """Units the person may write to; None for all, as executives and those who keep announcements may."""
    me = records.principal
    if me.kind == "system" or me.has_role(EDITOR) or me.has_role(EXECUTIVE):
        return None
    return frozenset(me.unit_tree) if me.has_role(HEAD) else frozenset()


def _check_units(allowed: frozenset[int] | None, units: Iterable[int | None], *, everybody: bool) -> None:
    if allowed is not None and (everybody or set(units) - allowed):
        raise Denied(str(_("You may write to your own units only.")), rule=ANNOUNCEMENT)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Refuse receivers the writer may not write to, whichever way the announcement or its publishing comes in.

    Raises:
        Denied: all units, or a unit that is not one of the writer's own.
    """
    allowed = own_units(context.records)
    if allowed is None:
        return
    published: list[int] = []
    for change in changes:
        if change.entity == RECEIVER:
            _check_units(allowed, [change.after("place")], everybody=False)
        if change.entity != ANNOUNCEMENT:
            continue
        publishes = change.changed("status") and change.after("status") == "published"
        if publishes or change.changed("everybody"):
            _check_units(allowed, (), everybody=bool(change.after("everybody")))
        if publishes and change.before:
            published.append(change.record_id)
    if published:
        # Units were chosen earlier: by somebody else, or while they still were the writer's own.
        system, filters = context.system("communication: receivers"), {"announcement__in": published}
        _check_units(allowed, _places(system, filters), everybody=False)


def _places(system: Records, filters: Mapping[str, Any]) -> list[int]:
    """Units among some receivers."""
    found, cursor = [], None
    while True:
        page = system.query(RECEIVER, fields=("place",), filters=filters, sort="created_at", limit=_PART, cursor=cursor)
        found += [row["place"].id for row in page.rows if row.get("place") is not None]
        cursor = page.next
        if cursor is None:
            return found


def announce(records: Records, values: Mapping[str, Any], receivers: Sequence[str]) -> Row:
    """Write an announcement and publish it.

    Args:
        records: the author's unit of work.
        values: API values of the announcement.
        receivers: ids of units, or :data:`ALL`.

    Raises:
        ValidationFailed: no title, no text, no receiver, or an end before the beginning.
        Denied: a unit that the author may not write to.
    """
    errors = [
        FieldError(name, "required", message)
        for name, message in (("subject", _("Give it a title.")), ("text", _("Write what you want to tell.")))
        if not str(values.get(name) or "").strip()
    ]
    everybody, units = ALL in receivers, sorted({int(one) for one in receivers if one.isdigit()})
    if not everybody and not units:
        errors.append(FieldError("receivers", "required", _("Choose who gets it.")))
    first, last = str(values.get("valid_from") or ""), str(values.get("valid_until") or "")
    if first and last and last < first:
        errors.append(FieldError("valid_until", "range", _("The end is before the beginning.")))
    if errors:
        raise ValidationFailed(errors)
    _check_units(own_units(records), units, everybody=everybody)
    row = records.create(ANNOUNCEMENT, {**values, "everybody": everybody})
    names = directory.unit_names(records, units)
    lines = [
        {"name": names[unit][0][:120], "announcement": row["id"], "place": unit, "owner": None}
        for unit in units if unit in names
    ]  # fmt: skip
    if lines and not everybody:
        records.system(_REASON).load(RECEIVER, lines)
    records.act(f"{ANNOUNCEMENT}.publish", row["id"], {})
    return records.get(ANNOUNCEMENT, row["id"])


def deliver(records: Records, row: Row) -> int:
    """Put a published announcement before its receivers once its time has come; returns how many are new.

    Harmless when it runs again: people who joined a unit since get it then.
    """
    system = records.system(_REASON)
    today = records.now.astimezone(records.zone).date()
    if not _runs(row, today):
        return 0
    wanted = _receivers(records, row)
    there = {one["owner"].id for one in _receipts(system, row["id"]) if one.get("owner") is not None}
    new = [user for user in wanted if user not in there]
    if not new:
        return 0
    known = directory.persons(records, new)
    author = row["owner"].id if row.get("owner") is not None else None
    made = [
        {"name": known[user].name[:120], "announcement": row["id"], "owner": user,
         **({"done_at": records.now.isoformat()} if user == author and not row["to_confirm"] else {})}
        for user in new
    ]  # fmt: skip
    for start in range(0, len(made), _PART):
        system.load(RECEIPT, made[start : start + _PART])
    notify(records, [user for user in new if user != author], TOLD, row["id"], at_sign_in=bool(row["to_confirm"]))
    return len(new)


def _runs(row: Row, today: date) -> bool:
    first, last = row.get("valid_from"), row.get("valid_until")
    return row["status"] == "published" and (first is None or first <= today) and (last is None or last >= today)


def _receivers(records: Records, row: Row) -> list[int]:
    """Active people of the company that an announcement is for."""
    if row["everybody"]:
        return [one.id for one in directory.listing(records)]
    found: dict[int, None] = {}
    for unit in _places(records.system(_REASON), {"announcement": row["id"]}):
        inside = directory.colleagues(records, unit=unit, limit=100_000)
        found.update(dict.fromkeys(person.id for person in inside))
    return list(found)


def _receipts(system: Records, announcement: int, **more: Any) -> Iterable[Row]:
    filters, cursor = {"announcement": announcement, **more}, None
    while True:
        page = system.query(
            RECEIPT, fields=("owner", "done_at"), filters=filters, sort="created_at", limit=_PART, cursor=cursor
        )
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def deliver_due(records: Records) -> int:
    """Deliver what begins today, and what runs to people who joined since; for the job."""
    filters, cursor, number = {"status": "published"}, None, 0
    today = records.now.astimezone(records.zone).date()
    while True:
        page = records.query(ANNOUNCEMENT, filters=filters, sort="created_at", limit=_PART, cursor=cursor)
        number += sum(deliver(records, row) for row in page.rows if _runs(row, today))
        cursor = page.next
        if cursor is None:
            return number


# ---- what receivers do


def waiting(records: Records) -> set[int]:
    """Ids of announcements the person has not read or confirmed yet."""
    filters = {"owner": records.principal.user_id, "done_at__isnull": "true"}
    rows = records.query(RECEIPT, fields=("announcement",), filters=filters, limit=_PART).rows
    return {row["announcement"].id for row in rows}


def confirm(records: Records, announcement: int) -> bool:
    """Note that the person has read or confirmed it; False when they did so before.

    Raises:
        ValidationFailed: the announcement was not for this person.
    """
    system = records.system(_REASON)
    filters = {"announcement": announcement, "owner": records.principal.user_id}
    rows = system.query(RECEIPT, fields=("done_at",), filters=filters, limit=1).rows
    if not rows:
        raise ValidationFailed.single("", "receiver", _("This announcement was not for you."))
    settle_notices(records, announcement)
    if rows[0].get("done_at") is not None:
        return False
    system.update(RECEIPT, rows[0]["id"], {"done_at": records.now.isoformat()}, version=None)
    return True


def seen(records: Records, announcement: int) -> None:
    """Note that the person opened it; those to be confirmed wait until they confirm."""
    row = records.get(ANNOUNCEMENT, announcement, fields=("to_confirm",))
    settle_notices(records, announcement)
    filters = {"announcement": announcement, "owner": records.principal.user_id, "done_at__isnull": "true"}
    rows = records.system(_REASON).query(RECEIPT, fields=(), filters=filters, limit=1).rows
    if rows and not row["to_confirm"]:
        values = {"done_at": records.now.isoformat()}
        records.system(_REASON).update(RECEIPT, rows[0]["id"], values, version=None)


# ---- what the author sees


def by_unit(records: Records, announcement: int) -> list[UnitLine]:
    """Receivers by unit, in the order of the units; the caller may read who got it."""
    rows = list(_receipts(records.system(_REASON), announcement))
    users = [row["owner"].id for row in rows if row.get("owner") is not None]
    known, places = directory.persons(records, users), directory.units_of(records, users)
    lines: dict[int, tuple[list[str], list[str]]] = {}
    for row in rows:
        if row.get("owner") is None or row["owner"].id not in known:
            continue
        person = known[row["owner"].id]
        done, left = lines.setdefault(places.get(person.id, 0), ([], []))
        (left if row.get("done_at") is None else done).append(in_script(person.name, person.name_alt)[0])
    ordered = [(number, in_script(name, alt)[0]) for number, name, alt, _depth in directory.all_units(records)]
    ordered.append((0, str(_("No unit"))))
    return [UnitLine(name, tuple(lines[key][0]), tuple(lines[key][1])) for key, name in ordered if key in lines]


def remind(records: Records, row: Row) -> int:
    """Remind those who have not read or confirmed; returns how many."""
    system = records.system(_REASON)
    left = list(_receipts(system, row["id"], done_at__isnull="true"))
    users = [one["owner"].id for one in left if one.get("owner") is not None]
    if left:
        moment = {"reminded_at": records.now.isoformat()}
        system.update_many(RECEIPT, {one["id"]: moment for one in left})
        notify(records, users, REMINDED, row["id"], at_sign_in=True)
    return len(users)
