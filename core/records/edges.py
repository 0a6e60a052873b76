"""Linking and unlinking records by hand: rules of the relation type, rights at both ends, exposing links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from weft.core.db.tables import relation as relation_table
from weft.core.errors import NotFound, QueryError, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import links, rights
from weft.core.records.changes import UNSET, Unset
from weft.core.records.journal import all_or_nothing
from weft.core.records.kinds import api_value
from weft.core.records.schema import load, schema_of_fields
from weft.core.records.targets import entity_keys, readable_ids
from weft.core.registry.declarations import RelationType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Edge", "LinkRequest", "change", "link", "link_many", "unlink"]

_ = translator("core")


@dataclass(frozen=True, slots=True)
class Edge:
    """A link between two records, in the direction in which its type is stored.

    Attributes:
        relation: key of the relation type.
        source_id, target_id: ends.
        ordinal: tells apart several links of the same pair.
        attributes: API values of the link's own fields.
        valid_from, valid_to: period, aware UTC, None for open.
    """

    relation: str
    source_id: int
    target_id: int
    ordinal: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """One link to be made; arguments as in :meth:`Records.link`."""

    source_id: int
    target_id: int
    attributes: Mapping[str, Any] | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def link(
    records: Records, relation: str, source_id: int, target_id: int, *, attributes: Mapping[str, Any] | None = None,
    valid_from: datetime | None = None, valid_to: datetime | None = None,
) -> Edge:  # fmt: skip
    """Link two records; see :meth:`Records.link`.

    Args:
        records: the unit of work.
        relation: key of the relation type in either direction.
        source_id: the record at the beginning of that direction.
        target_id: the record at its end.
        attributes: API values of the link's own fields.
        valid_from, valid_to: period, aware; None for open.

    Raises:
        NotFound: an end does not exist or may not be read.
        Denied: linking is not granted, or the link would show a record to outsiders and ``share`` is not granted.
        ValidationFailed: the type does not allow these ends, this second link or this circle.
        QueryError: there is no such relation type.
    """
    request = LinkRequest(source_id, target_id, attributes, valid_from, valid_to)
    return link_many(records, relation, [request], kind="link")[0]


def link_many(records: Records, relation: str, requests: Sequence[LinkRequest], *, kind: str = "link") -> list[Edge]:
    """Make many links of one type, all or nothing, in few statements; errors as in :func:`link`."""
    rights.require_writable(records)
    declared, reverse = _declared(records, relation)
    requests = [_turned(declared, request, reverse) for request in requests]
    keys = _checked_ends(records, declared, requests)
    _require_rights(records, declared, {(r.source_id, r.target_id) for r in requests}, keys)
    ordinals = links.next_ordinals(records, declared, [(r.source_id, r.target_id) for r in requests])
    rows: list[links.EdgeRow] = []
    for request, (ordinal, live) in zip(requests, ordinals, strict=True):
        if live and not declared.repeatable:
            raise ValidationFailed.single("target", "linked", _("These records are linked already."))
        values = _attributes(declared, request.attributes)
        valid_from, valid_to = _period(request)
        rows.append(
            links.EdgeRow(
                declared,
                request.source_id,
                keys[request.source_id],
                request.target_id,
                keys[request.target_id],
                ordinal,
                values,
                valid_from,
                valid_to,
            )
        )
    links.insert_rows(records, rows, kind=kind)
    return [_edge(row) for row in rows]


def unlink(records: Records, relation: str, source_id: int, target_id: int, *, ordinal: int = 0) -> None:
    """Remove a link made by hand; see :meth:`Records.unlink`.

    Raises:
        NotFound: there is no such link, or an end may not be read.
        Denied, ValidationFailed: as in :func:`link`.
    """
    rights.require_writable(records)
    declared, reverse = _declared(records, relation)
    request = _turned(declared, LinkRequest(source_id, target_id), reverse)
    found, keys = _stored(records, declared, request, ordinal)
    _require_rights(records, declared, {(request.source_id, request.target_id)}, keys)
    with all_or_nothing(records):
        links.end(records, [links.EdgeKey.of(found)], kind="unlink")


def change(
    records: Records, relation: str, source_id: int, target_id: int, *, ordinal: int = 0,
    attributes: Mapping[str, Any] | Unset | None = UNSET, valid_from: datetime | Unset | None = UNSET,
    valid_to: datetime | Unset | None = UNSET,
) -> Edge:  # fmt: skip
    """Change what a link made by hand carries: its own fields, or its period (somebody left on the 30th).

    Args:
        records: the unit of work.
        relation, source_id, target_id, ordinal: which link, as in :func:`link`.
        attributes: all of the link's own fields anew; what is not given stays.
        valid_from, valid_to: aware moments, None for open; what is not given stays.

    Raises:
        NotFound: there is no such link, or an end may not be read.
        Denied, ValidationFailed: as in :func:`link`.
    """
    rights.require_writable(records)
    declared, reverse = _declared(records, relation)
    request = _turned(declared, LinkRequest(source_id, target_id), reverse)
    found, keys = _stored(records, declared, request, ordinal)
    _require_rights(records, declared, {(request.source_id, request.target_id)}, keys)
    before = links.row_of(records, found, declared)
    after = replace(
        before,
        attributes=before.attributes if isinstance(attributes, Unset) else _attributes(declared, attributes),
        valid_from=before.valid_from if isinstance(valid_from, Unset) else valid_from,
        valid_to=before.valid_to if isinstance(valid_to, Unset) else valid_to,
    )
    checked = LinkRequest(after.source_id, after.target_id, None, after.valid_from, after.valid_to)
    start, stop = _period(checked)
    after = replace(after, valid_from=start, valid_to=stop)
    if after != before:
        links.rewrite(records, before, after, kind="relink")
    return _edge(after)


def _edge(row: links.EdgeRow) -> Edge:
    return Edge(
        row.relation.key, row.source_id, row.target_id, row.ordinal, row.attributes or {}, row.valid_from, row.valid_to
    )


def _attributes(declared: RelationType, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The link's own fields as API values, checked; empty ones left out."""
    loaded = load(schema_of_fields(declared.attributes, f"{declared.key}_attributes"), dict(given or {}))
    return {
        name: api_value(declared.attributes[name].named(name), value)
        for name, value in loaded.items()
        if value is not None
    }


def _stored(records: Records, declared: RelationType, request: LinkRequest, ordinal: int) -> tuple[Any, dict[int, str]]:
    """The stored link between two readable records, and the entity keys of its ends."""
    ends = request.source_id, request.target_id
    keys = entity_keys(records, ends)
    _require_readable(records, keys, ends)
    found = records.connection.execute(
        select(relation_table)
        .where(
            relation_table.c.source_id == request.source_id,
            relation_table.c.type_id == records.runtime.registry.relation_id(declared.key),
            relation_table.c.target_id == request.target_id,
            relation_table.c.ordinal == ordinal,
        )
        .with_for_update()
    ).first()
    if found is None:
        raise NotFound("link")
    return found, keys


def _declared(records: Records, relation: str) -> tuple[RelationType, bool]:
    try:
        declared, reverse = records.runtime.registry.relation(relation)
    except KeyError:
        raise QueryError(_("There is no kind of link of that name."), name="relation") from None
    if declared.field:
        message = _("This link is written by a field of the record. Change the field instead.")
        raise ValidationFailed.single("relation", "field", message)
    return declared, reverse


def _turned(declared: RelationType, request: LinkRequest, reverse: bool) -> LinkRequest:
    """The request in the stored direction; symmetric links are stored from the smaller id."""
    source, target = request.source_id, request.target_id
    if reverse or (declared.symmetric and source > target):
        source, target = target, source
    return LinkRequest(source, target, request.attributes, request.valid_from, request.valid_to)


def _checked_ends(records: Records, declared: RelationType, requests: Sequence[LinkRequest]) -> dict[int, str]:
    ids = {end for request in requests for end in (request.source_id, request.target_id)}
    keys = entity_keys(records, ids)
    _require_readable(records, keys, ids)
    registry = records.runtime.registry
    free = "*" in declared.source and "*" in declared.target
    for request in requests:
        source, target = keys[request.source_id], keys[request.target_id]
        if request.source_id == request.target_id:
            raise ValidationFailed.single("target", "self", _("A record cannot be linked to itself."))
        if not (registry.matches(declared.source, source) and registry.matches(declared.target, target)):
            raise ValidationFailed.single("target", "ends", _("These records cannot be linked in this way."))
        if free and not (registry.entity(source).has("links") and registry.entity(target).has("links")):
            raise ValidationFailed.single("target", "ends", _("Records of this kind take no free links."))
    return keys


def _require_readable(records: Records, keys: Mapping[int, str], ids: Iterable[int]) -> None:
    by_type: dict[str, set[int]] = defaultdict(set)
    for end in ids:
        if end not in keys:
            raise NotFound(str(end))
        by_type[keys[end]].add(end)
    for key, wanted in by_type.items():
        if readable_ids(records, key, wanted) != wanted:
            raise NotFound(key)


def _require_rights(
    records: Records, declared: RelationType, pairs: Iterable[tuple[int, int]], keys: Mapping[int, str]
) -> None:
    """``link`` at one end; at both where a rule of access follows the link; ``share`` where outsiders come to see."""
    if rights.elevated(records):
        return
    pairs = set(pairs)
    allowed = rights.allowed_ids(records, {end: keys[end] for pair in pairs for end in pair}, "link")
    both = rights.followed(records, declared.key)
    for source, target in pairs:
        given = (source in allowed) + (target in allowed)
        if given < (2 if both else 1):
            raise rights.denied(_("You may not link these records."), operation="link")
    rights.require_share(records, declared.key, pairs, keys)


def _period(request: LinkRequest) -> tuple[datetime | None, datetime | None]:
    for name, moment in (("valid_from", request.valid_from), ("valid_to", request.valid_to)):
        if moment is not None and moment.tzinfo is None:
            raise ValidationFailed.single(name, "zone", _("Add the time zone, such as +08:00 or Z."))
    start = request.valid_from.astimezone(UTC) if request.valid_from else None
    stop = request.valid_to.astimezone(UTC) if request.valid_to else None
    if start is not None and stop is not None and stop <= start:
        raise ValidationFailed.single("valid_to", "order", _("The end must lie after the beginning."))
    return start, stop
