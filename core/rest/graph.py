"""Addresses that know no entity: records by id, their links, history and neighbourhood, search, undo, explain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from weft.core.access import explain as explanations
from weft.core.errors import QueryError, ValidationFailed
from weft.core.i18n import translator
from weft.core.records.edges import Edge
from weft.core.relations import graph as walks
from weft.core.rest.answers import Answer, etag
from weft.core.rest.calls import Call
from weft.core.rest.entities import single, whole

__all__ = ["add_relation", "explain", "find", "graph", "history", "path", "relations", "remove_relation", "undo"]

_ = translator("core")

_MAX_ID = 2**53 - 1
_EDGE_NAMES = frozenset({"relation", "source", "target", "attributes", "valid_from", "valid_to"})


def find(call: Call, record_id: int) -> Answer:
    """A record of whatever entity."""
    single(frozenset())
    row = call.records.find(record_id)
    return Answer(row, headers={"ETag": etag(row.version)})


def relations(call: Call, record_id: int) -> Answer:
    """The 360 view: groups with counts and the first of each; ``relation`` and ``limit`` open one group."""
    parameters = single(frozenset({"relation", "limit"}))
    relation = parameters.get("relation") or None
    limit = whole(parameters, "limit", 20, 1, 200)
    groups = call.records.neighbours(record_id, relation=relation, limit=limit)
    return Answer({"data": [_group(found) for found in groups]})


def history(call: Call, record_id: int) -> Answer:
    """What happened to a record, newest first."""
    parameters = single(frozenset({"limit", "before"}))
    limit = whole(parameters, "limit", 50, 1, 200)
    before = whole(parameters, "before", 0, 1, _MAX_ID) or None
    entries = call.records.history(record_id, limit=limit, before=before)
    return Answer({"data": [_entry(found) for found in entries]})


def graph(call: Call, record_id: int) -> Answer:
    """Records within some steps and the links between them."""
    parameters = single(frozenset({"depth", "limit"}))
    depth = whole(parameters, "depth", 2, 1, 4)
    found = walks.traverse(call.records, record_id, depth=depth, limit=whole(parameters, "limit", 200, 1, 1000))
    return Answer(_graph(found))


def path(call: Call) -> Answer:
    """The shortest chain of links between two records."""
    parameters = single(frozenset({"from", "to", "limit"}))
    start, end = (whole(parameters, name, 0, 1, _MAX_ID) for name in ("from", "to"))
    for name, value in (("from", start), ("to", end)):
        if not value:
            raise QueryError(str(_("Name the record.")), name=name)
    found = walks.shortest_path(call.records, start, end, limit=whole(parameters, "limit", 6, 1, 8))
    return Answer({"data": None if found is None else _path(found)})


def add_relation(call: Call) -> Answer:
    """Link two records."""
    body = call.body()
    unknown = set(body) - _EDGE_NAMES
    if unknown:
        raise ValidationFailed.single(min(unknown), "unknown", _("There is no such field."))
    relation, source, target = _edge_ends(body)
    attributes = body.get("attributes")
    if attributes is not None and not isinstance(attributes, dict):
        raise ValidationFailed.single("attributes", "invalid", _("Write an object of field names and values."))
    edge = call.records.link(
        relation,
        source,
        target,
        attributes=attributes,
        valid_from=_moment(body, "valid_from"),
        valid_to=_moment(body, "valid_to"),
    )
    return Answer({**_edge(edge), "change": call.records.change_set_id}, 201)


def _edge_ends(body: Mapping[str, Any]) -> tuple[str, int, int]:
    relation = body.get("relation")
    if not isinstance(relation, str) or not relation:
        raise ValidationFailed.single("relation", "required", _("Name the kind of link."))
    ends = []
    for name in ("source", "target"):
        value = body.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MAX_ID:
            raise ValidationFailed.single(name, "invalid", _("Name the record by its id."))
        ends.append(value)
    return relation, ends[0], ends[1]


def _moment(body: Mapping[str, Any], name: str) -> datetime | None:
    value = body.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = _("Write a date and time such as 2026-11-25T09:30:00+08:00.")
        raise ValidationFailed.single(name, "invalid", message)
    return moment


def remove_relation(call: Call) -> Answer:
    """Remove a link."""
    parameters = single(frozenset({"relation", "source", "target", "ordinal"}))
    if not parameters.get("relation"):
        raise QueryError(str(_("Name the kind of link.")), name="relation")
    source, target = (whole(parameters, name, 0, 1, _MAX_ID) for name in ("source", "target"))
    for name, value in (("source", source), ("target", target)):
        if not value:
            raise QueryError(str(_("Name the record.")), name=name)
    ordinal = whole(parameters, "ordinal", 0, 0, 2**31 - 1)
    call.records.unlink(parameters["relation"], source, target, ordinal=ordinal)
    number = call.records.change_set_id
    return Answer(status=204, headers={} if number is None else {"Weft-Change": str(number)})


def undo(call: Call, change_id: int) -> Answer:
    """Take a change back."""
    return Answer({"change": call.records.undo(change_id)})


def explain(call: Call) -> Answer:
    """Why somebody may or may not do something with a record."""
    parameters = single(frozenset({"record", "action", "user"}))
    record_id = whole(parameters, "record", 0, 1, _MAX_ID)
    if not record_id:
        raise QueryError(str(_("Name the record.")), name="record")
    user = whole(parameters, "user", 0, 1, _MAX_ID) or None
    found = explanations.explain(call.records, record_id, parameters.get("action") or "read", user=user)
    return Answer(_explanation(found))


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "relation": edge.relation,
        "source": edge.source_id,
        "target": edge.target_id,
        "ordinal": edge.ordinal,
        "attributes": dict(edge.attributes),
        "valid_from": edge.valid_from,
        "valid_to": edge.valid_to,
    }
