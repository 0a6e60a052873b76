"""Documents: adding, versions, comparing two of them, sharing with people outside."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, directory, every, files, in_script, readers, translator
from weft.plugins.documents import vocabulary as words

_ = translator("documents")

__all__ = [
    "DOCUMENT", "VERSION", "add", "changes_between", "keep_version", "new_version", "shared_with", "share_with",
    "versions", "who_reads",
]  # fmt: skip

DOCUMENT, VERSION, FOLDER = "documents.document", "documents.version", "documents.folder"
_REASON = "documents: versions"


def add(records: Records, values: Mapping[str, Any], about: Iterable[int] = ()) -> Row:
    """Make a document with its first version, and link it to records.

    Args:
        records: the writer's unit of work.
        values: API values; ``file`` is the id of an upload of the writer.
        about: records it belongs to; the writer must be able to read them.
    """
    row = records.create(DOCUMENT, values)
    keep_version(records, row["id"], note="")
    for number in about:
        records.find(number)
        records.link(words.ABOUT, row["id"], number)
    return row


def new_version(records: Records, document: int, *, file: int | None = None, body: str | None = None,
                note: str = "") -> Row:  # fmt: skip
    """Put a new file or text in the place of the present one, which stays as a version.

    Raises:
        ValidationFailed: neither a file nor a text.
    """
    if file is None and not (body or "").strip():
        raise ValidationFailed.single("file", "required", _("Choose a file or write a text."))
    values: dict[str, Any] = {"file": file} if file is not None else {}
    if body is not None and body.strip():
        values["body"] = body
    records.update(DOCUMENT, document, values, version=None)
    keep_version(records, document, note=note)
    return records.get(DOCUMENT, document)


def keep_version(records: Records, document: int, *, note: str | None = None) -> None:
    """Make or complete the version of a document as it is now. Harmless when it runs again."""
    system = records.system(_REASON)
    fields = ("name", "revision", "file", "body", "owner")
    rows = system.query(DOCUMENT, fields=fields, filters={"id": document}, limit=1).rows
    if not rows:
        return
    row = rows[0]
    content = {"file": row.get("file"), "body": row.get("body")}
    filters = {"document": document, "revision": row["revision"]}
    known = system.query(VERSION, fields=("file", "body", "note"), filters=filters, limit=1).rows
    if known:
        changed = {name: value for name, value in content.items() if known[0].get(name) != value}
        if note:
            changed["note"] = note[:300]
        if changed:
            system.update(VERSION, known[0]["id"], changed, version=None)
        return
    name = f"{row['name']} v{row['revision']}"[:220]
    author = records.principal.user_id or (row["owner"].id if row.get("owner") is not None else None)
    values = {**content, "name": name, "document": document, "revision": row["revision"], "note": (note or "")[:300],
              "made_at": records.now.isoformat()}  # fmt: skip
    system.create(VERSION, {key: value for key, value in values.items() if value not in (None, "")}, owner=author)


def versions(records: Records, document: int) -> list[Row]:
    """The versions of a document that the viewer may read, latest first."""
    fields = ("revision", "file", "body", "note", "made_at", "owner")
    page = records.query(VERSION, fields=fields, filters={"document": document}, sort="-revision", limit=100)
    return list(page.rows)


def last_two(records: Records, documents: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Of each of some documents that has several versions: the number of the one before the last, and of the last."""
    wanted = sorted(set(documents))
    known: dict[int, list[int]] = {}
    fields, filters = ("document", "revision"), {"document__in": wanted}
    for row in every(records, VERSION, fields, filters, sort="-revision") if wanted else ():
        known.setdefault(row["document"].id, []).append(row["revision"])
    return {document: (found[1], found[0]) for document, found in known.items() if len(found) > 1}


def changes_between(records: Records, older: Row, newer: Row) -> list[tuple[str, str]] | None:
    """What changed from one version to another: (" ", "+" or "-", line); None where one of them has no words."""
    texts = []
    for row in (older, newer):
        text = row.get("body")
        if row.get("file") is not None:
            text = files.words_of(records, int(row["file"]))
        if text is None:
            return None
        texts.append([line.strip() for line in text.splitlines() if line.strip()])
    lines = difflib.unified_diff(texts[0], texts[1], n=1, lineterm="")
    return [(line[0], line[1:]) for line in lines if line[:1] in " +-" and line[:3] not in ("+++", "---")]


# ---- outside


def shared_with(records: Records, document: int) -> list[tuple[int, str]]:
    """Organisations outside a document is shared with, with their names."""
    for group in records.neighbours(document, relation=words.SHARED, limit=100):
        return [(one.record.id, in_script(one.record.title or "", one.record.alt)[0]) for one in group.items]
    return []


def share_with(records: Records, document: int, organisations: Iterable[int]) -> None:
    """Let people of organisations read a document once it is released; needs the right to share it."""
    there = {number for number, _name in shared_with(records, document)}
    for number in organisations:
        if number not in there:
            records.link(words.SHARED, document, number)


def who_reads(records: Records, organisations: Iterable[int]) -> dict[int, list[str]]:
    """People with an account in a portal who stand for organisations: those who will see what is shared."""
    wanted = list(organisations)
    stand = directory.standing_for(records, wanted)
    people = directory.persons(records, [user for users in stand.values() for user in users])
    return {
        number: [in_script(people[user].name, people[user].name_alt)[0] for user in stand.get(number, ())
                 if user in people]
        for number in wanted
    }  # fmt: skip


def reached(records: Records, document: int, organisations: Iterable[int]) -> list[int]:
    """Users outside who may read a document now."""
    stand = directory.standing_for(records, list(organisations))
    return sorted(readers(records, document, {user for users in stand.values() for user in users}))


# ---- several files at once


def add_files(
    records: Records, uploads: Iterable[int], folder: int, *, name: str = "", about: Iterable[int] = (),
    release: bool = False,
) -> list[int]:  # fmt: skip
    """Make a document of each upload; returns their ids.

    Args:
        records: the writer's unit of work.
        uploads: ids of files the writer sent.
        folder: where they go.
        name: of the document, for a single file; else each is named like its file.
        about: records they belong to.
        release: others read it at once; needs what releasing needs.
    """
    numbers, targets = list(dict.fromkeys(uploads)), list(about)
    known = files.info(records, numbers)
    made = []
    for number in numbers:
        if number not in known:
            raise ValidationFailed.single("files", "missing", _("This file is not there any more. Send it again."))
        stem = known[number].name.rsplit(".", 1)[0]
        values = {"name": (name if name and len(numbers) == 1 else stem)[:200], "form": "file", "folder": folder,
                  "file": number, "status": "released" if release else "draft"}  # fmt: skip
        made.append(add(records, values, targets)["id"])
    return made
