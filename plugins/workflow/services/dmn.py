"""Reading DMN: tables, expressions, invocations and knowledge models out of XML, without entities or DTDs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from weft.core.sdk import translator
from weft.plugins.workflow.services.feel import FeelError

_ = translator("workflow")

__all__ = [
    "HITS",
    "Decision",
    "Input",
    "Invocation",
    "Knowledge",
    "Output",
    "Parts",
    "Rule",
    "Table",
    "check_hit",
    "read",
    "safe_tree",
]

#: How many rules of a table may hold and what they come to together; other words would count in some way by chance.
HITS = ("UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
_AGGREGATES = ("", "COUNT", "SUM", "MIN", "MAX")
MOST_BYTES, MOST_NODES = 1_000_000, 20_000


@dataclass(frozen=True, slots=True)
class Input:
    """A column of tests."""

    label: str
    expression: str
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results."""

    name: str
    allowed: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line: one cell per input, one per output."""

    tests: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    hit: str
    aggregate: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Invocation:
    """A decision made by a knowledge model."""

    name: str
    bindings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, and from which other decisions."""

    logic: Table | Invocation | str
    decisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A function of a model."""

    parameters: tuple[str, ...]
    logic: Table | str


@dataclass(slots=True)
class Parts:
    """What a model consists of."""

    inputs: list[str] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    knowledge: dict[str, Knowledge] = field(default_factory=dict)


def safe_tree(text: str | bytes) -> etree._Element:
    """Parse XML of somebody else: no document type, no entities, no network, bounded.

    Raises:
        FeelError: saying what is wrong.
    """
    data = text.encode() if isinstance(text, str) else text
    if len(data) > MOST_BYTES:
        raise FeelError(str(_("The file is larger than %(n)s MB.") % {"n": MOST_BYTES // 1_000_000}))
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<!doctype" in data:
        raise FeelError(str(_("A document type or an entity stands in the file; models have none.")))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = getattr(error, "lineno", 0) or 0
        raise FeelError(str(_("The file is no XML: line %(n)s.") % {"n": line})) from error
    if root.getroottree().docinfo.doctype:
        raise FeelError(str(_("A document type or an entity stands in the file; models have none.")))
    if sum(1 for _node in root.iter()) > MOST_NODES:
        raise FeelError(str(_("The file has more than %(n)s elements.") % {"n": MOST_NODES}))
    return root


def read(text: str | bytes) -> Parts:
    """Read a model.

    Raises:
        FeelError: it is none, or a decision has logic of a kind that is not supported; names it.
    """
    root = safe_tree(text)
    if etree.QName(root).localname != "definitions":
        raise FeelError(str(_("The file is no DMN model.")))
    parts = Parts()
    names = {node.get("id"): node.get("name") for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
    for node in _children(root, "inputData"):
        parts.inputs.append(_variable(node))
    for node in _children(root, "businessKnowledgeModel"):
        inner = next(_children(node, "encapsulatedLogic"), None)
        if inner is None:
            raise _missing(node)
        given = tuple(str(one.get("name")) for one in _children(inner, "formalParameter"))
        logic = _logic(inner, str(node.get("name")))
        if isinstance(logic, Invocation):
            raise _missing(node)
        parts.knowledge[str(node.get("name"))] = Knowledge(given, logic)
    for node in _children(root, "decision"):
        needed = [
            names.get(str(one.get("href")).lstrip("#"), "")
            for need in _children(node, "informationRequirement")
            for one in _children(need, "requiredDecision")
        ]
        parts.decisions[str(node.get("name"))] = Decision(
            _logic(node, str(node.get("name"))), tuple(str(one) for one in needed if one)
        )
    if not parts.decisions:
        raise FeelError(str(_("The model decides nothing.")))
    return parts


def _variable(node: etree._Element) -> str:
    inner = next(_children(node, "variable"), None)
    return str((inner.get("name") if inner is not None else None) or node.get("name"))


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (one for one in node if isinstance(one.tag, str) and etree.QName(one).localname == name)


def _text(node: etree._Element | None) -> str:
    if node is None:
        return ""
    inner = next(_children(node, "text"), None)
    return ((inner.text if inner is not None else node.text) or "").strip()


def _missing(node: etree._Element) -> FeelError:
    name = str(node.get("name") or node.get("id") or "")
    return FeelError(str(_("“%(name)s” has no table and no expression that is understood here.") % {"name": name[:60]}))


def _logic(node: etree._Element, name: str) -> Table | Invocation | str:
    for table in _children(node, "decisionTable"):
        return _table(table, name)
    for literal in _children(node, "literalExpression"):
        return _text(literal)
    for call in _children(node, "invocation"):
        called = next(_children(call, "literalExpression"), None)
        bindings = {}
        for one in _children(call, "binding"):
            parameter, value = next(_children(one, "parameter"), None), next(_children(one, "literalExpression"), None)
            if parameter is not None:
                bindings[str(parameter.get("name"))] = _text(value)
        return Invocation(_text(called), bindings)
    raise _missing(node)


def _table(node: etree._Element, name: str) -> Table:
    inputs = []
    for one in _children(node, "input"):
        inner = next(_children(one, "inputExpression"), None)
        allowed = _text(next(_children(one, "inputValues"), None))
        inputs.append(Input(str(one.get("label") or _text(inner)), _text(inner), allowed))
    outputs = []
    for one in _children(node, "output"):
        allowed, default = (_text(next(_children(one, kind), None)) for kind in ("outputValues", "defaultOutputEntry"))
        outputs.append(Output(str(one.get("name") or name), allowed, default))
    rules = tuple(
        Rule(
            tuple(_text(cell) for cell in _children(one, "inputEntry")),
            tuple(_text(cell) for cell in _children(one, "outputEntry")),
        )
        for one in _children(node, "rule")
    )
    if not outputs or any(len(rule.tests) != len(inputs) or len(rule.results) != len(outputs) for rule in rules):
        raise FeelError(str(_("The table “%(name)s” has rules with too few or too many cells.") % {"name": name[:60]}))
    hit = str(node.get("hitPolicy") or "UNIQUE").replace("_", " ")
    aggregate = str(node.get("aggregation") or "")
    check_hit(hit, aggregate)
    return Table(hit, aggregate, tuple(inputs), tuple(outputs), rules)


def check_hit(hit: str, aggregate: str = "") -> None:
    """Refuse a hit policy or an aggregation that DMN does not have.

    Raises:
        FeelError: naming it.
    """
    wrong = hit if hit not in HITS else aggregate
    if hit not in HITS or aggregate not in _AGGREGATES:
        known = ", ".join((*HITS, *(one for one in _AGGREGATES if one)))
        raise FeelError(
            str(_("There is no hit policy “%(hit)s”; known are: %(known)s.") % {"hit": wrong[:60], "known": known})
        )
