"""The picture of what surrounds a record: records around it on circles, drawn as SVG by the server.

The list of links is the accessible form; the picture says the same at a glance. Who looks decides what is in it: every
hop goes through the row rules. The layout is computed here, so the picture stands without a script and in print.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weft.core.i18n import has_han, translator
from weft.core.relations.graph import Graph, GraphEdge, traverse
from weft.core.web.record.head import RecordHead

__all__ = ["DEPTHS", "picture"]

_ = translator("core")

DEPTHS = (1, 2)
#: Records in a picture of one step and of two: beyond, nobody sees anything in it.
_MOST = {1: 36, 2: 72}
_RADII = {0: 0.0, 1: 190.0, 2: 330.0}
#: From so many records on, words stand along the ray instead of upright, so that they do not cover each other.
_CROWDED = 14
_LETTERS = 26
#: Colours of kinds; more kinds than colours share the last one.
_SLOTS = 6


@dataclass(slots=True)
class _Place:
    angle: float
    depth: int

    @property
    def x(self) -> float:
        return _RADII[self.depth] * math.cos(self.angle)

    @property
    def y(self) -> float:
        return _RADII[self.depth] * math.sin(self.angle)


def picture(head: RecordHead, depth: int) -> dict[str, Any]:
    """The neighbourhood of a record for its macro.

    Args:
        head: the record and who looks.
        depth: steps away, 1 or 2.
    """
    graph = traverse(head.view.records, head.row.id, depth, _MOST[depth])
    places = _places(graph)
    kinds = _kinds(head, graph)
    crowded = len(graph.nodes) > _CROWDED
    words = _words(graph.edges, head.row.id)
    nodes = [
        _node(head, node, places[node.id], kinds[node.type], crowded, words.get(node.id, ""))
        for node in graph.nodes
        if node.id in places and not node.restricted
    ]
    shown = {node["id"] for node in nodes}
    drawn = max((graph.depth[number] for number in shown), default=0) or 1
    reach = _RADII[drawn] + 230
    return {
        "label": str(_("What surrounds %(title)s") % {"title": head.title}),
        "box": f"{-reach:.0f} {-reach:.0f} {2 * reach:.0f} {2 * reach:.0f}" if crowded else _flat_box(drawn),
        "nodes": nodes,
        "edges": [_edge(one, places) for one in graph.edges if {one.source_id, one.target_id} <= shown],
        "kinds": list(kinds.values()),
        "depths": [
            {
                "label": str(_("1 step") if steps == 1 else _("2 steps")), "current": steps == depth,
                "url": head.url("graph", depth=str(steps)), "hx_target": "#wf-graph",
            }
            for steps in DEPTHS
        ],
        "more": "" if graph.complete else _cut(head, len(nodes) - 1),
    }  # fmt: skip


def _cut(head: RecordHead, drawn: int) -> str:
    number = head.view.formats.number(drawn)
    return str(_("The picture shows %(n)s records; there are more. The lists are complete.") % {"n": number})


def _flat_box(depth: int) -> str:
    """A box wider than high: upright words need room at the sides."""
    reach = _RADII[depth]
    return f"{-reach - 300:.0f} {-reach - 70:.0f} {2 * reach + 600:.0f} {2 * reach + 140:.0f}"


def _places(graph: Graph) -> dict[int, _Place]:
    """Angles: each neighbour gets a sector as wide as what hangs on it; kinds stand together."""
    centre = graph.nodes[0].id if graph.nodes else 0
    kinds = {node.id: node.type for node in graph.nodes}
    first = sorted((n for n, d in graph.depth.items() if d == 1 and n in kinds), key=lambda n: (kinds[n], n))
    parents = _parents(graph, set(first))
    hanging: dict[int, list[int]] = {}
    for child, parent in sorted(parents.items()):
        hanging.setdefault(parent, []).append(child)
    weights = {number: max(1, len(hanging.get(number, ()))) for number in first}
    whole = sum(weights.values()) or 1
    places = {centre: _Place(0.0, 0)}
    angle = -math.pi / 2
    for number in first:
        width = 2 * math.pi * weights[number] / whole
        places[number] = _Place(angle + width / 2, 1)
        children = hanging.get(number, [])
        for place, child in enumerate(children):
            places[child] = _Place(angle + width * (place + 0.5) / len(children), 2)
        angle += width
    return places


def _parents(graph: Graph, first: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for edge in graph.edges:
        for near, far in ((edge.source_id, edge.target_id), (edge.target_id, edge.source_id)):
            if near in first and graph.depth.get(far) == 2:
                found.setdefault(far, near)
    return found


def _kinds(head: RecordHead, graph: Graph) -> dict[str, dict[str, Any]]:
    """Legend: kinds in the picture with colour and number, by how many there are."""
    counts: dict[str, int] = {}
    for node in graph.nodes[1:]:
        counts[node.type] = counts.get(node.type, 0) + 1
    if graph.nodes:
        counts.setdefault(graph.nodes[0].type, 0)
    entities = head.view.runtime.registry.entities
    ordered = sorted(counts, key=lambda key: (-counts[key], key))
    return {
        key: {"label": str(entities[key].plural), "count": counts[key], "slot": min(place, _SLOTS - 1) + 1}
        for place, key in enumerate(ordered)
        if key in entities
    }


def _words(edges: Sequence[GraphEdge], centre: int) -> dict[int, str]:
    """How each direct neighbour hangs together with the record."""
    found: dict[int, str] = {}
    for edge in edges:
        if centre in (edge.source_id, edge.target_id):
            other = edge.target_id if edge.source_id == centre else edge.source_id
            found.setdefault(other, str(edge.label))
    return found


def _node(
    head: RecordHead, node: Any, place: _Place, kind: Mapping[str, Any], crowded: bool, word: str
) -> dict[str, Any]:
    shown = head.values.reference(node)
    title = str(shown["title"])
    degrees = math.degrees(place.angle)
    left = math.cos(place.angle) < 0
    turned = crowded and place.depth > 0
    return {
        "id": node.id, "title": title, "short": _short(title), "url": shown.get("url", ""), "slot": kind["slot"],
        "note": " · ".join(part for part in (str(head.view.entity(node.type).label), word) if part),
        "centre": place.depth == 0, "x": f"{place.x:.1f}", "y": f"{place.y:.1f}",
        "anchor": "middle" if place.depth == 0 else ("end" if left else "start"),
        "turn": f"{degrees + (180 if left else 0):.1f}" if turned else "", "dx": -12 if left else 12,
    }  # fmt: skip


def _short(title: str) -> str:
    """As much of a title as has room; Chinese characters are twice as wide."""
    most = _LETTERS // 2 if has_han(title) else _LETTERS
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"


def _edge(edge: GraphEdge, places: Mapping[int, _Place]) -> dict[str, Any]:
    one, other = places[edge.source_id], places[edge.target_id]
    return {
        "a": edge.source_id, "b": edge.target_id, "label": str(edge.label),
        "x1": f"{one.x:.1f}", "y1": f"{one.y:.1f}", "x2": f"{other.x:.1f}", "y2": f"{other.y:.1f}",
    }  # fmt: skip
