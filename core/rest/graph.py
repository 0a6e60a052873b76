"""Addresses that know no entity: records by id, their links, history and neighbourhood, search, undo, explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from weft.core.access import explain as explanations
from weft.core.errors import QueryError, ValidationFailed
from weft.core.i18n import LazyText, translator
from weft.core.records.edges import Edge
from weft.core.records.history import HistoryEntry
from weft.core.records.neighbours import Neighbour, RelationGroup
from weft.core.records.values import RefValue
from weft.core.relations import graph as walks
from weft.core.rest.answers import Answer, etag
from weft.core.rest.calls import Call
from weft.core.rest.entities import single, split, whole, yes

__all__ = ["add_relation", "explain", "find", "graph", "history", "path", "relations", "remove_relation", "undo"]

_ = translator("core")

_MAX_ID = 2**53 - 1
_EDGE_NAMES = frozenset({"relation", "source", "target", "attributes", "valid_from", "valid_to"})


def find(call: Call, record_id: int) -> Answer:
    """A record of whatever entity."""
    row = call.records.find(record_id, trash=yes(single(frozenset({"trash"})), "trash"))
    return Answer(row, headers={"ETag": etag(row.version)})


def relations(call: Call, record_id: int) -> Answer:
    """The 360 view: groups with counts and the first of each; ``relation`` and ``limit`` open one group."""
    parameters = single(frozenset({"relation", "limit"}))
    relation = parameters.get("relation") or None
    limit = whole(parameters, "limit", 20, 1, 200)
    groups = call.records.neighbours(record_id, relation=relation, limit=limit)
    return Answer({"data": [_group(found) for found in groups]})


def history(call: Call, record_id: int) -> Answer:
    """What happened to a record, newest first; ``next`` is the ``before`` of the following page."""
    parameters = single(frozenset({"limit", "before"}))
    limit = whole(parameters, "limit", 50, 1, 200)
    before = whole(parameters, "before", 0, 1, _MAX_ID) or None
    entries = call.records.history(record_id, limit=limit + 1, before=before)
    shown = entries[:limit]
    return Answer({"data": [_entry(found) for found in shown], "next": shown[-1].id if len(entries) > limit else None})


def graph(call: Call, record_id: int) -> Answer:
    """Records within some steps and the links between them."""
    parameters = single(frozenset({"depth", "limit", "through"}))
    depth = whole(parameters, "depth", 2, 1, 4)
    limit, through = whole(parameters, "limit", 200, 1, 1000), split(parameters.get("through"))
    found = walks.traverse(call.records, record_id, depth=depth, limit=limit, through=through)
    return Answer(_graph(found))


def path(call: Call) -> Answer:
    """The shortest chain of links between two records."""
    parameters = single(frozenset({"from", "to", "limit", "through"}))
    start, end = (whole(parameters, name, 0, 1, _MAX_ID) for name in ("from", "to"))
    for name, value in (("from", start), ("to", end)):
        if not value:
            raise QueryError(str(_("Name the record.")), name=name)
    limit, through = whole(parameters, "limit", 6, 1, 8), split(parameters.get("through"))
    found = walks.shortest_path(call.records, start, end, limit=limit, through=through)
    return Answer({"data": [_hop(hop) for hop in found] if found else None})


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
    return Answer(_plain(found))


def _plain(value: Any) -> Any:
    """Dataclasses as objects, lazy texts in the caller's language."""
    if is_dataclass(value) and not isinstance(value, type) and not isinstance(value, RefValue):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, LazyText):
        return str(value)
    if isinstance(value, (list, tuple, frozenset)):
        return [_plain(one) for one in value]
    return value


def _graph(found: walks.Graph) -> dict[str, Any]:
    return {
        "nodes": [{"record": node, "depth": found.depth[node.id]} for node in found.nodes],
        "edges": [
            {"source": edge.source_id, "target": edge.target_id, "relation": edge.relation, "label": str(edge.label)}
            for edge in found.edges
        ],
        "complete": found.complete,
    }


def _hop(hop: walks.Hop) -> dict[str, Any]:
    return {"record": hop.record, "relation": hop.relation or None, "label": str(hop.label) or None}


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


def _group(found: RelationGroup) -> dict[str, Any]:
    return {
        "relation": found.relation,
        "label": str(found.label),
        "reverse": found.reverse,
        "field": found.field or None,
        "type": found.entity,
        "type_label": str(found.entity_label),
        "count": {"value": found.count.value, "exact": found.count.exact},
        "items": [_neighbour(item) for item in found.items],
    }


def _neighbour(item: Neighbour) -> dict[str, Any]:
    return {
        "record": item.record,
        "ordinal": item.ordinal,
        "attributes": dict(item.attributes),
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "current": item.current,
    }


def _entry(found: HistoryEntry) -> dict[str, Any]:
    person = found.person
    return {
        "id": found.id,
        "at": found.at,
        "person": None if person is None else {"id": person.id, "name": person.name, "alt": person.name_alt},
        "action": found.action,
        "text": "".join(part.text for part in found.parts),
        "parts": [{"kind": part.kind, "text": part.text, "id": part.id} for part in found.parts],
        "details": [{"field": d.name, "label": d.label, "old": d.old, "new": d.new} for d in found.details],
        "change": found.change_set_id,
        "door": found.door,
        "undone": found.undone,
    }
