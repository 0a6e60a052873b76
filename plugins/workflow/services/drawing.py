"""A chain as BPMN 2.0: the model that is executed and, with its drawing, the picture of the process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

__all__ = ["expression_of", "to_bpmn"]

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="urn:weft:workflow">\n'
)
_CONDITION = "bpmn:conditionExpression"
_OPS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "eq": "==", "ne": "!="}
#: Where things stand: the line of the chain, the line of what is returned above it, of what is rejected below.
_LINE, _ABOVE, _BELOW, _GAP = 200, 60, 330, 60
_TASK, _GATE, _EVENT = (120, 80), (50, 50), (36, 36)


def expression_of(when: Mapping[str, Any], kind: str = "") -> str:
    """A condition of a step as the text of a gateway.

    Args:
        when: as in a chain.
        kind: kind of the field (``money``, ``decimal``, ``choice`` ...).
    """
    if when.get("expression"):
        return str(when["expression"])
    if when.get("table"):
        return f"chooses({when['table']!r}, {when.get('has') or ''!r})"
    name, op, value = when["field"], _OPS[when.get("op", "ge")], str(when["value"])
    if kind == "money" or when.get("currency"):
        return f"amount({name!r}, {when.get('currency') or 'CNY'!r}) {op} number({value!r})"
    if kind in ("decimal", "integer"):
        return f"number(field({name!r})) {op} number({value!r})"
    if kind == "boolean":
        return f"bool(field({name!r})) {op} {value.lower() in ('1', 'true', 'yes')}"
    return f"field({name!r}) {op} {value!r}"


class _Model:
    """Nodes and flows with their places, written out at the end."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.flows: list[tuple[str, str, str, str, bool]] = []
        self.shapes: dict[str, tuple[int, int, int, int]] = {}
        self.drawn: list[tuple[str, Sequence[tuple[int, int]]]] = []

    def node(self, tag: str, key: str, name: str, x: int, y: int, size: tuple[int, int], more: str = "") -> None:
        """Add a node whose middle stands at (x, y)."""
        self.nodes.append(f"<bpmn:{tag} id={quoteattr(key)} name={quoteattr(name)}{more}/>")
        self.shapes[key] = (x - size[0] // 2, y - size[1] // 2, *size)

    def flow(
        self, source: str, target: str, condition: str = "", *, name: str = "", way: Sequence[tuple[int, int]] = ()
    ) -> str:
        """Add a flow; without a way it stands in the model but not in the picture."""
        key = f"flow{len(self.flows) + 1}"
        self.flows.append((key, source, target, condition, bool(name)))
        if way:
            self.drawn.append((key, way))
        return key

    def straight(self, source: str, target: str) -> list[tuple[int, int]]:
        """From the right side of one to the left side of another, both on one line."""
        left, right = self.shapes[source], self.shapes[target]
        return [(left[0] + left[2], left[1] + left[3] // 2), (right[0], right[1] + right[3] // 2)]


def to_bpmn(chain: Mapping[str, Any], kinds: Mapping[str, str], locale: str = "en") -> str:
    """Write a chain as a model.

    Args:
        chain: as :func:`chains.clean` gives it.
        kinds: field name -> kind, for the conditions.
        locale: language of the names in the model.
    """
    model = _Model()
    words = _words(locale)
    x = 60
    model.node("startEvent", "start", words["start"], x, _LINE, _EVENT)
    before = "start"
    steps: Sequence[Mapping[str, Any]] = chain["steps"]
    for place, step in enumerate(steps):
        before, x = _step(model, steps[:place], step, before, x, kinds, locale, place)
    x += _GAP + 60
    for outcome, y in (("approved", _LINE), ("returned", _ABOVE), ("rejected", _BELOW)):
        model.node("endEvent", f"end_{outcome}", words[outcome], x, y, _EVENT)
    model.flow(before, "end_approved", way=model.straight(before, "end_approved"))
    _endings(model, [step["key"] for step in steps], x)
    return _written(model, chain, locale)


def _words(locale: str) -> dict[str, str]:
    if locale.startswith("zh"):
        return {"start": "发起", "approved": "通过", "returned": "退回", "rejected": "驳回"}
    return {"start": "Asked", "approved": "Approved", "returned": "Returned", "rejected": "Rejected"}


def _step(
    model: _Model,
    earlier: Sequence[Mapping[str, Any]],
    step: Mapping[str, Any],
    before: str,
    x: int,
    kinds: Mapping[str, str],
    locale: str,
    place: int,
) -> tuple[str, int]:
    """One step: a merge, a gate where it has a condition, the task, and the gate of its decision."""
    key = step["key"]
    title = step["title"].get("zh" if locale.startswith("zh") else "en") or key
    x += _GAP + 40
    merge, gate, out = f"merge_{key}", f"when_{key}", f"out_{key}"
    model.node("exclusiveGateway", merge, "", x, _LINE, _GATE)
    model.flow(before, merge, way=model.straight(before, merge))
    entry = merge
    if step.get("when"):
        x += _GAP + 50
        skip = f"flow{len(model.flows) + 3}"
        model.node("exclusiveGateway", gate, "", x, _LINE, _GATE, f' default="{skip}"')
        model.flow(merge, gate, way=model.straight(merge, gate))
        entry = gate
    x += _GAP + 100
    model.node("userTask", key, title, x, _LINE, _TASK)
    condition = expression_of(step["when"], kinds.get(str(step["when"].get("field")), "")) if step.get("when") else ""
    model.flow(entry, key, condition, way=model.straight(entry, key))
    after = f"after_{key}"
    if step.get("when"):
        left = model.shapes[gate]
        middle = left[0] + left[2] // 2
        model.flow(
            gate,
            after,
            way=[
                (middle, _LINE - 25),
                (middle, _LINE - 80),
                (x + 2 * _GAP + 90, _LINE - 80),
                (x + 2 * _GAP + 90, _LINE - 25),
            ],
        )
    x += _GAP + 80
    agreed = f"flow{len(model.flows) + 2}"
    model.node("exclusiveGateway", out, "", x, _LINE, _GATE, f' default="{agreed}"')
    model.flow(key, out, way=model.straight(key, out))
    x += _GAP + 10
    model.node("exclusiveGateway", after, "", x, _LINE, _GATE)
    model.flow(out, after, way=model.straight(out, after))
    for other in earlier:
        model.flow(out, f"merge_{other['key']}", f"decision == 'back' and back == {other['key']!r}")
    return after, x


def _endings(model: _Model, keys: Sequence[str], x: int) -> None:
    for key in keys:
        left, top, width, height = model.shapes[f"out_{key}"]
        middle = left + width // 2
        model.flow(
            f"out_{key}",
            "end_returned",
            "decision == 'return'",
            way=[(middle, top), (middle, _ABOVE), (x - 18, _ABOVE)],
        )
        model.flow(
            f"out_{key}",
            "end_rejected",
            "decision == 'reject'",
            way=[(middle, top + height), (middle, _BELOW), (x - 18, _BELOW)],
        )


def _written(model: _Model, chain: Mapping[str, Any], locale: str) -> str:
    title = chain["title"].get("zh" if locale.startswith("zh") else "en") or chain["key"]
    lines = [_HEAD, f'<bpmn:process id="chain" name={quoteattr(title)} isExecutable="true">\n']
    lines += [f"  {node}\n" for node in model.nodes]
    for key, source, target, condition, _named in model.flows:
        ends = f'id="{key}" sourceRef={quoteattr(source)} targetRef={quoteattr(target)}'
        if condition:
            inner = f'<{_CONDITION} xsi:type="bpmn:tFormalExpression">{escape(condition)}</{_CONDITION}>'
            lines.append(f"  <bpmn:sequenceFlow {ends}>{inner}</bpmn:sequenceFlow>\n")
        else:
            lines.append(f"  <bpmn:sequenceFlow {ends}/>\n")
    lines.append("</bpmn:process>\n")
    lines.append('<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="chain">\n')
    for key, (left, top, width, height) in model.shapes.items():
        box = f'<dc:Bounds x="{left}" y="{top}" width="{width}" height="{height}"/>'
        lines.append(f'  <bpmndi:BPMNShape id="shape_{key}" bpmnElement={quoteattr(key)}>{box}</bpmndi:BPMNShape>\n')
    for key, way in model.drawn:
        points = "".join(f'<di:waypoint x="{px}" y="{py}"/>' for px, py in way)
        lines.append(f'  <bpmndi:BPMNEdge id="edge_{key}" bpmnElement="{key}">{points}</bpmndi:BPMNEdge>\n')
    lines.append("</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>\n</bpmn:definitions>\n")
    return "".join(lines)
