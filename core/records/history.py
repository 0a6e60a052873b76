"""What happened to a record, as sentences with people and labels in the viewer's language.

A sentence is a list of parts, so that pages can set people apart and link records; ``text`` is the plain form. Fields
the viewer may not read in this record are left out, and so are links to records they may not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, or_, select

from weft.core.access import decide
from weft.core.db.fields import Field, Kind
from weft.core.db.tables import change_set, journal
from weft.core.errors import NotFound
from weft.core.i18n import LazyText, translator
from weft.core.identity.people import Person
from weft.core.records.merge import entity_and_merged
from weft.core.records.wording import Names, label_of, value_text
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Detail", "HistoryEntry", "Part", "compose", "history", "older", "read", "sentences"]

_ = translator("core")

#: How often more rows are read when most of a page may not be told.
_ROUNDS = 10
_SLOT = re.compile(r"\x00(\w+)\x00")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence: ``kind`` is ``text``, ``person``, ``record`` or ``value``; ``id`` of person or record."""

    kind: str
    text: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """One changed field in words."""

    name: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened.

    Attributes:
        id: cursor for ``before``.
        at: when, aware UTC.
        person: who, None for the platform.
        action: ``create update assign delete restore link unlink`` or the key of an action.
        parts: the sentence.
        details: the changed fields that may be read.
        change_set_id: for Undo; ``undone`` says that it was taken back.
        door: page, rest, import, job, command or demo.
    """

    id: int
    at: datetime
    person: Person | None
    action: str
    parts: tuple[Part, ...]
    details: tuple[Detail, ...]
    change_set_id: int
    door: str
    undone: bool

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text for part in self.parts)


def history(records: Records, record_id: int, *, limit: int = 50, before: int | None = None) -> list[HistoryEntry]:
    """Return what happened to a record, newest first; see :meth:`Records.history`.

    Args:
        records: whose rights and language count.
        record_id: the record.
        limit: at most so many entries, up to 200, and one more to see whether there are more.
        before: ``id`` of the last entry of the page before.

    Raises:
        NotFound: there is no such record for this principal.
    """
    entity, merged = entity_and_merged(records, record_id)
    if entity is None:
        raise NotFound(str(record_id))
    decision = decide.require(records, entity, "read", record_id)
    where: list[ColumnElement[bool]] = []
    if before is not None:
        at = records.connection.scalar(select(journal.c.at).where(journal.c.id == before))
        if at is None:
            return []
        where = [older(at, before)]
    visible = dict.fromkeys([record_id, *merged], decision.visible)
    return read(records, records.runtime.registry.entity(entity), visible, min(max(limit, 1), 201), where)


def older(at: datetime, number: int) -> ColumnElement[bool]:
    """Journal rows that stand behind a row of a moment and id."""
    return or_(journal.c.at < at, and_(journal.c.at == at, journal.c.id < number))


def read(
    records: Records, entity_type: EntityType, visible: Mapping[int, frozenset[str]], limit: int,
    where: Sequence[ColumnElement[bool]],
) -> list[HistoryEntry]:  # fmt: skip
    """Read journal rows of one record until so many may be told, newest first.

    Args:
        records: whose rights and language count.
        entity_type: entity of the record.
        visible: the record's id -> names readable in it.
        limit: entries wanted.
        where: further conditions on the journal.
    """
    found: list[HistoryEntry] = []
    conditions = list(where)
    for _round in range(_ROUNDS):
        rows = records.connection.execute(
            select(journal, change_set.c.door, change_set.c.undone_by, change_set.c.on_behalf_of)
            .join(change_set, change_set.c.id == journal.c.change_set_id)
            .where(journal.c.record_id.in_(visible), *conditions)
            .order_by(journal.c.at.desc(), journal.c.id.desc())
            .limit(limit)
        ).all()
        found += sentences(records, entity_type, rows, visible)
        if len(rows) < limit or len(found) >= limit:
            break
        conditions = [*where, older(rows[-1].at, rows[-1].id)]
    return found[:limit]


def sentences(
    records: Records, entity_type: EntityType, rows: Sequence[Any], visible: Mapping[int, frozenset[str]]
) -> list[HistoryEntry]:
    """Put journal rows of one entity into words.

    Args:
        records: whose rights and language count.
        entity_type: entity of all rows.
        rows: journal rows with ``door``, ``undone_by`` and ``on_behalf_of``.
        visible: record id -> names readable in it.
    """
    names = Names()
    for row in rows:
        names.want_person(row.user_id)
        names.want_person(row.on_behalf_of)
        names.want_record(row.record_id)
        ends = _ENDS.get(row.action, ())
        for name, pair in row.changes.items():
            if name in ends:
                names.want_record(pair[0] or pair[1])
            elif name in visible[row.record_id]:
                names.want(entity_type.fields.get(name), name, pair)
    names.look_up(records)
    made = (_entry(records, entity_type, row, visible[row.record_id], names) for row in rows)
    return [entry for entry in made if entry is not None]


#: What changes of these actions name are ends of a link; fields of other changes may bear the same names.
_ENDS = {**dict.fromkeys(("link", "unlink", "relink"), ("source", "target")), "merge": ("merged",)}


def _entry(
    records: Records, entity_type: EntityType, row: Any, visible: frozenset[str], names: Names
) -> HistoryEntry | None:
    zone = records.principal.zone
    linking = row.action in ("link", "unlink", "relink")
    details = [] if linking else _details(entity_type, row.changes, visible, names, zone)
    details = [_hidden(entity_type, detail) for detail in details]
    template, slots = (
        _linking(records, row, names) if linking else _sentence(entity_type, row, _said(entity_type, details))
    )
    if row.action == "merge":
        template, slots = _merging(row, names)
    if template is None or (row.action == "update" and row.changes and not details):
        return None
    slots = {"who": Part("person", _who(row, names), row.user_id), **slots}
    slots.setdefault("record", Part("record", names.record(row.record_id), row.record_id))
    person = names.people.get(row.user_id) if row.user_id is not None else None
    return HistoryEntry(
        row.id, row.at, person, row.action, compose(template, slots), tuple(details), row.change_set_id, row.door,
        row.undone_by is not None,
    )  # fmt: skip


def _who(row: Any, names: Names) -> str:
    """Who did it; a deputy with the name of the person they acted for."""
    if row.on_behalf_of is None:
        return names.person(row.user_id)
    both = {"deputy": names.person(row.user_id), "person": names.person(row.on_behalf_of)}
    return str(_("%(deputy)s for %(person)s") % both)


def _details(
    entity_type: EntityType, changes: Mapping[str, Any], visible: frozenset[str], names: Names, zone: str
) -> list[Detail]:
    """The changed fields that may be read, in the order of their declaration."""
    order = [*entity_type.fields, "owner", "unit"]
    found: list[Detail] = []
    for name in order:
        if name in changes and name in visible:
            old, new = (value_text(entity_type, name, value, names, zone) for value in changes[name])
            found.append(Detail(name, label_of(entity_type, name), old, new))
    return found


def _said(entity_type: EntityType, details: Sequence[Detail]) -> Sequence[Detail]:
    """The changes a sentence tells: what Weft keeps by itself stands among the details, unless it is all there is."""
    by_hand = [
        detail for detail in details
        if (declared := entity_type.fields.get(detail.name)) is None or not declared.readonly
    ]  # fmt: skip
    return by_hand or details


def _hidden(entity_type: EntityType, detail: Detail) -> Detail:
    """A sensitive value changed, but is not told."""
    declared = entity_type.fields.get(detail.name)
    if declared is None or not declared.sensitive:
        return detail
    return Detail(detail.name, detail.label, "•••" if detail.old else "", "•••" if detail.new else "")


_PLAIN: Mapping[str, LazyText] = {
    "create": _("%(who)s created %(record)s"),
    "delete": _("%(who)s moved %(record)s to the trash"),
    "restore": _("%(who)s restored %(record)s"),
    "share": _("%(who)s shared %(record)s"),
    "share_link": _("%(who)s made a link to %(record)s"),
    "unshare_link": _("%(who)s ended a link to %(record)s"),
    "unmerge": _("%(who)s made two records of %(record)s again"),
    "unshare": _("%(who)s stopped sharing %(record)s with somebody"),
}


def _sentence(entity_type: EntityType, row: Any, details: Sequence[Detail]) -> tuple[LazyText | None, dict[str, Part]]:
    if row.action in _PLAIN:
        return _PLAIN[row.action], {}
    if row.action == "assign" or (row.action == "update" and "owner" in row.changes):  # an undo gives back with more
        return _assigned(details, by=row.user_id, before=row.changes.get("owner", [None])[0])
    action = entity_type.actions.get(row.action.rpartition(".")[2])
    if row.action != "update" and not details:
        label = str(action.label) if action is not None else row.action
        return _("%(who)s: “%(action)s” for %(record)s"), {"action": Part("text", label)}
    if len(details) == 1:
        return _one_field(entity_type.fields.get(details[0].name), details[0])
    listed = str(_(", ")).join(detail.label for detail in details)
    return _("%(who)s changed %(fields)s of %(record)s"), {"fields": Part("value", listed)}


def _assigned(
    details: Sequence[Detail], *, by: int | None, before: int | None
) -> tuple[LazyText | None, dict[str, Part]]:
    owner = next((detail for detail in details if detail.name == "owner"), None)
    chosen = owner or next(iter(details), None)
    if chosen is None:
        return _("%(who)s gave %(record)s to somebody else"), {}
    if not chosen.new:
        return _("%(who)s took %(record)s from %(old)s"), {"old": Part("value", chosen.old)}
    if chosen.old and chosen is owner and before != by:
        slots = {"old": Part("value", chosen.old), "new": Part("value", chosen.new)}
        return _("%(who)s handed %(record)s over from %(old)s to %(new)s"), slots
    return _("%(who)s gave %(record)s to %(new)s"), {"new": Part("value", chosen.new)}


def _one_field(declared: Field | None, detail: Detail) -> tuple[LazyText | None, dict[str, Part]]:
    slots = {
        "field": Part("text", detail.label), "old": Part("value", detail.old), "new": Part("value", detail.new),
    }  # fmt: skip
    if declared is not None and (declared.board or declared.state) and detail.old and detail.new:
        return _("%(who)s moved %(record)s from %(old)s to %(new)s"), slots
    long = declared is not None and declared.kind in (Kind.MULTILINE, Kind.MARKDOWN)
    if long:
        return _("%(who)s rewrote %(field)s of %(record)s"), slots
    if not detail.old:
        return _("%(who)s set %(field)s of %(record)s to %(new)s"), slots
    if not detail.new:
        return _("%(who)s cleared %(field)s of %(record)s (it was %(old)s)"), slots
    return _("%(who)s changed %(field)s of %(record)s from %(old)s to %(new)s"), slots


def _merging(row: Any, names: Names) -> tuple[LazyText, dict[str, Part]]:
    far = row.changes["merged"][1]
    return _("%(who)s merged %(other)s into %(record)s"), {"other": Part("record", names.record(far), far)}


def _linking(records: Records, row: Any, names: Names) -> tuple[LazyText | None, dict[str, Part]]:
    """A link as read from this record's end; nothing when the other end may not be read."""
    side = 0 if row.action == "unlink" else 1
    source, target = row.changes["source"][side], row.changes["target"][side]
    forward = row.record_id == source
    far = target if forward else source
    seen = names.records.get(far)
    if seen is None or seen.restricted:
        return None, {}
    declared = records.runtime.registry.relations.get(row.changes["relation"][side])
    attributes = row.changes.get("attributes", [None, None])[side] or {}
    label = "" if declared is None else str(declared.label if forward else declared.inverse_label)
    label = str(attributes.get("label") or label)
    slots = {"label": Part("text", label), "other": Part("record", names.record(far), far)}
    if row.action == "link":
        return _("%(who)s linked %(record)s with %(other)s (%(label)s)"), slots
    if row.action == "relink":
        return _("%(who)s changed the link of %(record)s with %(other)s (%(label)s)"), slots
    return _("%(who)s removed the link of %(record)s with %(other)s (%(label)s)"), slots


def compose(template: LazyText, slots: Mapping[str, Part]) -> tuple[Part, ...]:
    """Cut the translated sentence at its slots, in the order of the viewer's language."""
    text = str(template) % {name: f"\x00{name}\x00" for name in slots}
    pieces: list[Part] = []
    for place, piece in enumerate(_SLOT.split(text)):
        if place % 2:
            pieces.append(slots[piece])
        elif piece:
            pieces.append(Part("text", piece))
    return tuple(pieces)
