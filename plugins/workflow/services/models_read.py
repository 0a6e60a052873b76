"""Reading BPMN that somebody else drew: what can run is found, what cannot is refused by the name on the drawing.

The text itself is kept as it came, vendor attributes and drawing included; only a copy is prepared for the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from weft.core.sdk import FieldError, ValidationFailed, translator
from weft.plugins.workflow.services import closed, dmn, engine
from weft.plugins.workflow.services.feel import FeelError

_ = translator("workflow")

__all__ = ["Checked", "read"]

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_WEFT = "urn:weft:workflow"
MOST_NODES, MOST_TIMERS, MOST_DEPTH, MOST_PROBLEMS = 500, 20, 4, 30
_PEOPLE = frozenset({"userTask", "manualTask", "task"})
_FLOW = (
    frozenset(
        {
            "startEvent",
            "endEvent",
            "intermediateCatchEvent",
            "intermediateThrowEvent",
            "boundaryEvent",
            "exclusiveGateway",
            "parallelGateway",
            "inclusiveGateway",
            "scriptTask",
            "serviceTask",
            "businessRuleTask",
            "subProcess",
        }
    )
    | _PEOPLE
)
#: What carries no flow and may stand in a model.
_AROUND = frozenset(
    {
        "sequenceFlow",
        "laneSet",
        "lane",
        "flowNodeRef",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataInputAssociation",
        "dataOutputAssociation",
        "ioSpecification",
        "property",
        "association",
        "textAnnotation",
        "text",
        "group",
        "conditionExpression",
        "script",
        "timerEventDefinition",
        "terminateEventDefinition",
        "errorEventDefinition",
        "escalationEventDefinition",
        "timeDuration",
        "timeDate",
        "timeCycle",
        "potentialOwner",
        "humanPerformer",
        "resourceAssignmentExpression",
        "formalExpression",
        "childLaneSet",
        "inputSet",
        "outputSet",
        "dataInput",
        "dataOutput",
        "dataInputRefs",
        "dataOutputRefs",
        "sourceRef",
        "targetRef",
        "assignment",
        "from",
        "to",
        "transformation",
        "dataState",
        "auditing",
        "monitoring",
        "rendering",
    }
)
_NAMES: Mapping[str, Any] = {
    "sendTask": _("a task that sends a message"),
    "receiveTask": _("a task that waits for a message"),
    "callActivity": _("a call of another process"),
    "complexGateway": _("a complex gateway"),
    "eventBasedGateway": _("a gateway that waits for events"),
    "transaction": _("a transaction"),
    "adHocSubProcess": _("an ad hoc sub-process"),
    "messageEventDefinition": _("a message event"),
    "signalEventDefinition": _("a signal event"),
    "conditionalEventDefinition": _("a conditional event"),
    "compensateEventDefinition": _("compensation"),
    "cancelEventDefinition": _("a cancel event"),
    "linkEventDefinition": _("a link event"),
    "multiInstanceLoopCharacteristics": _("a multiple instance"),
    "standardLoopCharacteristics": _("a loop marker"),
}


@dataclass(slots=True)
class Checked:
    """A model that can run.

    Attributes:
        text: as it came.
        process: id of the process.
        title: name of the process.
        people, actions, tables: id -> name of tasks for people, service tasks and business rule tasks.
        asked: id of a service task -> the action its model names.
        tree: the copy for the engine.
    """

    text: str
    process: str
    title: str
    people: dict[str, str] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    tree: Any = None


def read(text: str, process: str = "") -> Checked:
    """Check a model and prepare it.

    Args:
        text: BPMN 2.0 XML.
        process: id of the process to run where the file has several; the one with a start event when empty.

    Raises:
        ValidationFailed: field ``model``, one sentence per thing that cannot run, each with the name it has.
    """
    try:
        root = dmn.safe_tree(text)
    except FeelError as error:
        raise ValidationFailed.single("model", "xml", str(error)) from error
    if etree.QName(root).namespace != _BPMN:
        raise ValidationFailed.single("model", "bpmn", _("The file is no BPMN 2.0 model."))
    main = _process(root, process)
    reader = _Reader(main)
    reader.check()
    if reader.problems:
        raise ValidationFailed([FieldError("model", "model", one) for one in reader.problems[:MOST_PROBLEMS]])
    found = reader.found
    found.text, found.tree = text, root
    found.process = str(main.get("id"))
    participant = next(
        (one for one in root.iter(f"{{{_BPMN}}}participant") if one.get("processRef") == main.get("id")), None
    )
    found.title = str(
        main.get("name") or (participant.get("name") if participant is not None else None) or main.get("id")
    )
    main.set("isExecutable", "true")
    for other in list(root):
        if etree.QName(other).localname in ("collaboration", "process") and other is not main:
            root.remove(other)
    try:
        engine.compile_model(root, found.process)
    except engine.EngineError as error:
        message = _("The engine cannot run it: %(why)s") % {"why": str(error)}
        raise ValidationFailed.single("model", "engine", message) from error
    return found


def _process(root: etree._Element, wanted: str) -> etree._Element:
    all_of = [one for one in root if isinstance(one.tag, str) and etree.QName(one).localname == "process"]
    if wanted:
        all_of = [one for one in all_of if one.get("id") == wanted]
    full = [
        one
        for one in all_of
        if any(etree.QName(node).localname == "startEvent" for node in one if isinstance(node.tag, str))
    ]
    if not all_of:
        raise ValidationFailed.single("model", "process", _("There is no process in the file."))
    if not full:
        raise ValidationFailed.single("model", "start", _("The process has no start event."))
    if len(full) > 1:
        names = ", ".join(str(one.get("name") or one.get("id")) for one in full)
        raise ValidationFailed.single(
            "model",
            "several",
            _("The file has several processes (%(names)s); one can run at a time.") % {"names": names},
        )
    return full[0]


class _Reader:
    """Looks at every element once, then at the flows."""

    def __init__(self, main: etree._Element) -> None:
        self.main = main
        self.found = Checked("", "", "")
        self.problems: list[str] = []

    def say(self, message: Any) -> None:
        text = str(message)
        if text not in self.problems:
            self.problems.append(text)

    def check(self) -> None:
        nodes = timers = 0
        refused: list[etree._Element] = []
        for node, depth in _walk(self.main, 0):
            name = etree.QName(node).localname
            if etree.QName(node).namespace != _BPMN or node.getparent() in refused:
                refused += [node] if node.getparent() in refused else []
                continue
            if depth > MOST_DEPTH:
                self.say(_("Sub-processes are nested deeper than %(n)s.") % {"n": MOST_DEPTH})
            nodes += name in _FLOW
            timers += name == "timerEventDefinition"
            if not self._one(node, name):
                refused.append(node)
        if nodes > MOST_NODES:
            self.say(_("The process has more than %(n)s steps.") % {"n": MOST_NODES})
        if timers > MOST_TIMERS:
            self.say(_("The process has more than %(n)s timers.") % {"n": MOST_TIMERS})
        for part in (self.main, *(one for one in self.main.iter(f"{{{_BPMN}}}subProcess"))):
            self._flows(part)

    def _one(self, node: etree._Element, name: str) -> bool:
        """Take in one element; False when it cannot run, with everything in it."""
        if name in _NAMES or (name not in _FLOW and name not in _AROUND and name != "process"):
            marks = name.endswith(("EventDefinition", "Characteristics"))
            label = _label(node.getparent() if marks else node)
            what = _NAMES.get(name) or name
            text = (
                _("“%(name)s” has %(what)s, which cannot run here.")
                if marks
                else _("“%(name)s” is %(what)s, which cannot run here.")
            )
            self.say(text % {"name": label, "what": what})
            return False
        key, label = str(node.get("id")), _label(node)
        if name in _PEOPLE:
            self.found.people[key] = label
            node.tag = f"{{{_BPMN}}}userTask"
        elif name == "serviceTask":
            self.found.actions[key] = label
            self.found.asked[key] = str(node.get(f"{{{_WEFT}}}action") or "")
        elif name == "businessRuleTask":
            self.found.tables[key] = label
        elif name == "scriptTask":
            self._script(node, label)
        elif name == "conditionExpression":
            self._condition(node)
        elif name in ("timeDuration", "timeDate", "timeCycle"):
            self._timer(node)
        return True

    def _script(self, node: etree._Element, label: str) -> None:
        script = next((one.text or "" for one in node if etree.QName(one).localname == "script"), "")
        try:
            closed.check_script(script, engine.FUNCTIONS)
        except closed.ClosedError as error:
            self.say(_("Script “%(name)s”: %(why)s") % {"name": label, "why": str(error)})

    def _condition(self, node: etree._Element) -> None:
        text = (node.text or "").strip()
        if text.startswith(("${", "#{")) and text.endswith("}"):
            text = _from_juel(text[2:-1].strip())
        node.text = text
        if not text:
            self.say(_("The condition of “%(name)s” is empty.") % {"name": _label(node.getparent())})
            return
        try:
            closed.check(text, engine.FUNCTIONS)
        except closed.ClosedError as error:
            self.say(_("Condition of “%(name)s”: %(why)s") % {"name": _label(node.getparent()), "why": str(error)})

    def _timer(self, node: etree._Element) -> None:
        text = (node.text or "").strip().strip("\"'")
        if not text or any(letter in text for letter in "${}()\\\"'"):
            name = _label(node.getparent().getparent())
            self.say(_("The time of “%(name)s” has to be written out, such as P3D.") % {"name": name})
        node.text = f'"{text}"'

    # ---- flows
    def _flows(self, part: etree._Element) -> None:
        own = {
            str(one.get("id")): one for one in part if isinstance(one.tag, str) and etree.QName(one).localname in _FLOW
        }
        flows = [one for one in part if isinstance(one.tag, str) and etree.QName(one).localname == "sequenceFlow"]
        out: dict[str, list[etree._Element]] = {key: [] for key in own}
        into: dict[str, list[etree._Element]] = {key: [] for key in own}
        known = {str(one.get("id")) for one in part.iter() if isinstance(one.tag, str)}
        for flow in flows:
            ends = {str(flow.get("sourceRef")), str(flow.get("targetRef"))}
            if not ends <= set(own):
                if ends <= known:  # to something that was refused by its name already
                    continue
                self.say(_("The flow “%(name)s” leads to nothing.") % {"name": _label(flow)})
                continue
            out[str(flow.get("sourceRef"))].append(flow)
            into[str(flow.get("targetRef"))].append(flow)
        for key, node in own.items():
            kind = etree.QName(node).localname
            if kind in ("exclusiveGateway", "inclusiveGateway") and len(out[key]) > 1:
                self._branches(node, out[key])
            elif kind not in ("parallelGateway", "exclusiveGateway", "inclusiveGateway") and len(out[key]) > 1:
                self.say(_("“%(name)s” has several ways out without a gateway.") % {"name": _label(node)})
            if kind == "parallelGateway" and len(into[key]) > 1:
                self._trap(key, node, own, out, into)

    def _branches(self, node: etree._Element, flows: list[etree._Element]) -> None:
        default = node.get("default")
        bare = [
            flow
            for flow in flows
            if flow.get("id") != default
            and not any(etree.QName(one).localname == "conditionExpression" for one in flow)
        ]
        for flow in bare:
            message = _("At “%(gate)s” the way “%(name)s” has no condition and is not the default.")
            self.say(message % {"gate": _label(node), "name": _label(flow)})

    def _trap(
        self,
        key: str,
        node: etree._Element,
        own: Mapping[str, etree._Element],
        out: Mapping[str, list[etree._Element]],
        into: Mapping[str, list[etree._Element]],
    ) -> None:
        """A parallel join whose ways come from one exclusive split waits for ever: only one of them is ever taken."""
        joined = {str(flow.get("id")) for flow in into[key]}
        for gate, one in own.items():
            if etree.QName(one).localname != "exclusiveGateway" or len(out[gate]) < 2:
                continue
            reached = [_reached(flow, key, out) & joined for flow in out[gate]]
            together = set().union(*reached)
            if len(together) > 1 and not any(part == together for part in reached):
                message = _(
                    "“%(join)s” waits for several ways of which “%(gate)s” takes only one: it would wait for ever. "
                    "Join them with an exclusive gateway first."
                )
                self.say(message % {"join": _label(node), "gate": _label(one)})


def _from_juel(text: str) -> str:
    """The signs of another expression language that mean the same: ``!a && b`` is ``not a and b``."""
    text = text.replace("&&", " and ").replace("||", " or ")
    return re.sub(r"!(?!=)", " not ", text).strip()


def _reached(start: etree._Element, stop: str, out: Mapping[str, list[etree._Element]]) -> set[str]:
    """Flows that can be reached from one without going through a node."""
    found: set[str] = set()
    todo = [start]
    while todo:
        flow = todo.pop()
        if str(flow.get("id")) in found:
            continue
        found.add(str(flow.get("id")))
        target = str(flow.get("targetRef"))
        if target != stop:
            todo += out.get(target, [])
    return found


def _walk(node: etree._Element, depth: int) -> Iterator[tuple[etree._Element, int]]:
    for one in node:
        if not isinstance(one.tag, str):
            continue
        name = etree.QName(one).localname
        yield one, depth
        if name != "extensionElements":
            yield from _walk(one, depth + (name == "subProcess"))


def _label(node: etree._Element | None) -> str:
    """What stands on the drawing; else what kind of thing it is, with its line in the file."""
    if node is None:
        return ""
    name = " ".join(str(node.get("name") or "").split())
    if name:
        return name[:80]
    key = str(node.get("id") or "")
    return f"{etree.QName(node).localname} {key}".strip()[:80]
