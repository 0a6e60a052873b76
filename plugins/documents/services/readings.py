"""Reading confirmations: asking units to read, who has confirmed and who has not, reminding only those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from weft.core.sdk import (
    Records,
    Row,
    ValidationFailed,
    directory,
    in_script,
    notify,
    readers,
    register_notice,
    settle_notices,
    translator,
)

_ = translator("documents")

__all__ = ["ALL", "UnitLine", "ask", "by_unit", "confirm", "remind", "waiting"]

DOCUMENT, READING = "documents.document", "documents.reading"
ASKED, REMINDED = "documents.asked_to_read", "documents.reminded_to_read"
register_notice(ASKED, _("%(who)s asks you to read and confirm: %(record)s"), headline=_("Please read"))
register_notice(REMINDED, _("%(who)s reminds you to read and confirm: %(record)s"), headline=_("Please read"))
_REASON = "documents: reading confirmation"
#: What stands for all units in a form.
ALL = "all"
_PART = 200


@dataclass(frozen=True, slots=True)
class UnitLine:
    """People of one unit: names of those who have confirmed, and of those who have not."""

    unit: str
    done: tuple[str, ...]
    open: tuple[str, ...]


def ask(records: Records, document: Row, units: Sequence[str], due: date | None, users: Iterable[int] = ()) -> int:
    """Ask everybody of some units (and some further people) to confirm; returns how many are asked anew.

    Only those who may read the document are asked. Who confirmed an earlier version is asked again.

    Raises:
        ValidationFailed: nobody is chosen, or the document is not released.
    """
    if document["status"] != "released":
        raise ValidationFailed.single("", "state", _("Release the document first: until then others cannot read it."))
    wanted = set(users)
    if ALL in units:
        wanted |= {one.id for one in directory.listing(records)}
    for number in {int(one) for one in units if one.isdigit()}:
        wanted |= {one.id for one in directory.colleagues(records, unit=number, limit=100_000)}
    owner = document.get("owner")
    wanted.discard(owner.id if owner is not None else 0)  # who wrote it has read it
    if not wanted:
        raise ValidationFailed.single("units", "required", _("Choose who has to read it."))
    system = records.system(_REASON)
    able = readers(system, document["id"], wanted)
    there = {
        row["owner"].id for row in _rows(system, document["id"])
        if row.get("owner") is not None and row["revision"] == document["revision"]
    }  # fmt: skip
    new = sorted(able - there)
    made = [
        {"name": str(document["name"])[:220], "document": document["id"], "owner": user,
         "revision": document["revision"], **({"due_on": due.isoformat()} if due else {})}
        for user in new
    ]  # fmt: skip
    for start in range(0, len(made), _PART):
        system.load(READING, made[start : start + _PART])
    if new:
        asked = {"confirm_asked_at": records.now.isoformat()}
        system.update(DOCUMENT, document["id"], asked, version=None)
        notify(records, [user for user in new if user != records.principal.user_id], ASKED, document["id"],
               at_sign_in=True)  # fmt: skip
    return len(new)


def _rows(system: Records, document: int, **more: Any) -> list[Row]:
    found: list[Row] = []
    filters, cursor = {"document": document, **more}, None
    fields = ("owner", "revision", "confirmed_at", "due_on")
    while True:
        page = system.query(READING, fields=fields, filters=filters, sort="created_at", limit=_PART, cursor=cursor)
        found += page.rows
        cursor = page.next
        if cursor is None:
            return found


def confirm(records: Records, document: int) -> bool:
    """Note that the person has read it; False when they had said so before.

    Raises:
        ValidationFailed: nobody asked this person.
    """
    system = records.system(_REASON)
    mine = _rows(system, document, owner=records.principal.user_id)
    if not mine:
        raise ValidationFailed.single("", "reader", _("Nobody asked you to confirm this document."))
    settle_notices(records, document)
    left = [row["id"] for row in mine if row.get("confirmed_at") is None]
    if left:
        system.update_many(READING, {number: {"confirmed_at": records.now.isoformat()} for number in left})
    return bool(left)


def waiting(records: Records, limit: int = 50) -> list[Row]:
    """What the person was asked to read and has not confirmed, the earliest due first."""
    filters = {"owner": records.principal.user_id, "confirmed_at__isnull": "true"}
    return list(records.query(READING, fields=("name", "document", "due_on"), filters=filters, sort="due_on",
                              limit=limit).rows)  # fmt: skip


def remind(records: Records, document: int) -> int:
    """Remind those who have not confirmed, and nobody else; returns how many."""
    system = records.system(_REASON)
    left = _rows(system, document, confirmed_at__isnull="true")
    users = sorted({row["owner"].id for row in left if row.get("owner") is not None})
    if left:
        system.update_many(READING, {row["id"]: {"reminded_at": records.now.isoformat()} for row in left})
        notify(records, users, REMINDED, document, at_sign_in=True)
    return len(users)


def by_unit(records: Records, document: int) -> list[UnitLine]:
    """Who was asked, by unit in the order of the tree; for those who may change the document."""
    rows = [row for row in _rows(records.system(_REASON), document) if row.get("owner") is not None]
    latest: dict[int, Row] = {}
    for row in rows:
        if row["owner"].id not in latest or row["revision"] >= latest[row["owner"].id]["revision"]:
            latest[row["owner"].id] = row
    known, places = directory.persons(records, list(latest)), directory.units_of(records, list(latest))
    lines: dict[int, tuple[list[str], list[str]]] = {}
    for user, row in latest.items():
        if user in known:
            done, left = lines.setdefault(places.get(user, 0), ([], []))
            name = in_script(known[user].name, known[user].name_alt)[0]
            (left if row.get("confirmed_at") is None else done).append(name)
    ordered = [(number, in_script(name, alt)[0]) for number, name, alt, _depth in directory.all_units(records)]
    ordered.append((0, str(_("No unit"))))
    return [UnitLine(name, tuple(lines[key][0]), tuple(lines[key][1])) for key, name in ordered if key in lines]
