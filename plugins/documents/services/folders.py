"""Folders: their readers, which those inside take over, and their place in the tree."""

from __future__ import annotations

from collections.abc import Iterable

from weft.core.sdk import Records, Row, ValidationFailed, share_record, shares_of, translator, unshare_record

_ = translator("documents")

__all__ = ["check_place", "follow", "spread", "take_over", "way_to"]

FOLDER = "documents.folder"
_REASON = "documents: readers of a folder"
_DEEPEST, _PART = 12, 200


def way_to(records: Records, folder: int | None) -> list[Row]:
    """The folders from the top down to one, as far as they may be read."""
    found: list[Row] = []
    while folder is not None and len(found) < _DEEPEST:
        rows = records.query(FOLDER, fields=("name", "name_alt", "parent"), filters={"id": folder}, limit=1).rows
        if not rows:
            break
        found.insert(0, rows[0])
        parent = rows[0].get("parent")
        folder = parent.id if parent is not None else None
    return found


def check_place(system: Records, folder: int, parent: int | None) -> None:
    """Refuse a folder inside itself, and trees that are too deep.

    Raises:
        ValidationFailed: see above.
    """
    seen = 0
    while parent is not None:
        seen += 1
        if parent == folder or seen >= _DEEPEST:
            raise ValidationFailed.single("parent", "circle", _("A folder cannot lie inside itself, or too deep."))
        rows = system.query(FOLDER, fields=("parent",), filters={"id": parent}, limit=1).rows
        above = rows[0].get("parent") if rows else None
        parent = above.id if above is not None else None


def access_of(system: Records, folder: int) -> str:
    """Who reads a folder: everybody or chosen people."""
    rows = system.query(FOLDER, fields=("access",), filters={"id": folder}, limit=1).rows
    return str(rows[0]["access"]) if rows else "chosen"


def _inside(system: Records, folder: int) -> list[Row]:
    filters = {"parent": folder, "inherits": "true"}
    return list(system.query(FOLDER, fields=("access", "parent"), filters=filters, limit=_PART).rows)


def spread(system: Records, folder: int, access: str) -> None:
    """Give the folders below that have the same readers the same kind of access, in the same transaction."""
    for row in _inside(system, folder):
        if row["access"] != access:
            system.update(FOLDER, row["id"], {"access": access}, version=None)
        spread(system, row["id"], access)


def take_over(records: Records, folder: int) -> None:
    """Share a folder with exactly those with whom the folder above is shared; nothing where it has its own readers."""
    system = records.system(_REASON)
    rows = system.query(FOLDER, fields=("inherits", "parent"), filters={"id": folder}, limit=1).rows
    if not rows or not rows[0]["inherits"] or rows[0].get("parent") is None:
        return
    wanted = {_key(one): one for one in shares_of(system, rows[0]["parent"].id)}
    for one in shares_of(system, folder):
        there = wanted.pop(_key(one), None)
        if there is None:
            unshare_record(system, folder, one.id)
    for one in wanted.values():
        share_record(
            system, folder, user=one.person.id if one.person else None, unit=one.unit.id if one.unit else None,
            level=one.level, expires_at=one.expires_at,
        )  # fmt: skip


def _key(one: object) -> tuple[object, ...]:
    person, unit = getattr(one, "person", None), getattr(one, "unit", None)
    ends = getattr(one, "expires_at", None)
    return (person.id if person else None, unit.id if unit else None, getattr(one, "level", ""), ends)


def follow(records: Records, folders: Iterable[int]) -> None:
    """Let folders, and all below that have the same readers, take over whom the one above is shared with."""
    system = records.system(_REASON)
    waiting, seen = list(folders), set[int]()
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        take_over(records, number)
        waiting += [row["id"] for row in _inside(system, number)]
