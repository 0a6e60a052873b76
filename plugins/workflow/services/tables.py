"""Decision tables: one in plain data, or DMN 1.x models with tables, expressions and knowledge models.

Answers are lists of lines, each output name -> value, in the order of the hit policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from weft.core.sdk import translator
from weft.plugins.workflow.services import dmn, feel
from weft.plugins.workflow.services.closed import ClosedError
from weft.plugins.workflow.services.feel import FeelError, Scope

_ = translator("workflow")

__all__ = ["HITS", "MOST_RULES", "Model", "check", "decide"]

HITS = dmn.HITS
#: Most rules of a table in plain data.
MOST_RULES = 500


def decide(declared: Mapping[str, Any], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answer of a table as a chain keeps it.

    Args:
        declared: ``{"hit", "inputs", "outputs", "rules"}``: names of fields, names of outputs, and one list of cells
            per rule (tests, then results); or ``{"dmn": text, "decision": name}``.
        values: fields of the record.

    Raises:
        ClosedError: a cell cannot be read, or a value is missing.
    """
    plain = {name: _value(one) for name, one in values.items()}
    try:
        if declared.get("dmn"):
            model, name = Model(str(declared["dmn"])), str(declared["decision"])
            answer = model.decide(name, plain)
            lines = answer if isinstance(answer, list) else [answer]
            key = model.output_of(name)
            return [dict(one) if isinstance(one, Mapping) else {key: one} for one in lines if one is not None]
        table = dmn.Table(
            hit=str(declared.get("hit") or "COLLECT"),
            aggregate="",
            inputs=tuple(dmn.Input(str(name), str(name)) for name in declared["inputs"]),
            outputs=tuple(dmn.Output(str(name)) for name in declared["outputs"]),
            rules=tuple(
                dmn.Rule(
                    tuple(map(str, rule[: len(declared["inputs"])])), tuple(map(str, rule[len(declared["inputs"]) :]))
                )
                for rule in declared["rules"]
            ),
        )
        found = run(table, Scope({**{one.expression: None for one in table.inputs}, **plain}))
    except FeelError as error:
        raise ClosedError(str(error)) from error
    lines = found if isinstance(found, list) else [found]
    return [
        dict(one) if isinstance(one, Mapping) else {table.outputs[0].name or "result": one}
        for one in lines
        if one is not None
    ]


def check(declared: Mapping[str, Any]) -> None:
    """Refuse a table whose cells cannot be read.

    Raises:
        FeelError: naming the cell.
    """
    if declared.get("dmn"):
        Model(str(declared["dmn"]))
        return
    if not declared.get("inputs") or not declared.get("outputs") or not declared.get("rules"):
        raise FeelError(str(_("A decision table needs inputs, outputs and rules.")))
    dmn.check_hit(str(declared.get("hit") or "COLLECT"))
    if len(declared["rules"]) > MOST_RULES:
        raise FeelError(str(_("A decision table has at most %(n)s rules.") % {"n": MOST_RULES}))
    width = len(declared["inputs"]) + len(declared["outputs"])
    scope = Scope({str(name): None for name in declared["inputs"]})
    for place, rule in enumerate(declared["rules"], 1):
        if len(rule) != width:
            raise FeelError(str(_("Rule %(n)s has not as many cells as the table has columns.") % {"n": place}))
        for cell in rule[: len(declared["inputs"])]:
            feel.matches(str(cell), None, scope)
        for cell in rule[len(declared["inputs"]) :]:
            feel.evaluate(str(cell), scope)


def _value(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, (str, Decimal)):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, date):
        return value
    return [_value(one) for one in value] if isinstance(value, (list, tuple)) else str(value)


# ---- running a table


def run(table: dmn.Table, scope: Scope) -> Any:
    """What a table answers in a scope: a value, a mapping, or a list of them, by its hit policy."""
    given = [feel.evaluate(one.expression, scope) for one in table.inputs]
    for one, value in zip(table.inputs, given, strict=True):
        if one.allowed and not feel.matches(one.allowed, value, scope):
            return None
    hits = [
        rule
        for rule in table.rules
        if all(feel.matches(cell, value, scope) for cell, value in zip(rule.tests, given, strict=True))
    ]
    lines = [_line(table, rule, scope) for rule in hits]
    if not lines:
        return _default(table, scope)
    return _by_policy(table, lines, scope)


def _line(table: dmn.Table, rule: dmn.Rule, scope: Scope) -> Any:
    values = [feel.evaluate(cell, scope) if cell.strip() not in ("", "-") else None for cell in rule.results]
    if len(table.outputs) == 1:
        return values[0]
    return {one.name: value for one, value in zip(table.outputs, values, strict=True)}


def _default(table: dmn.Table, scope: Scope) -> Any:
    if table.hit == "COLLECT" and table.aggregate == "COUNT":
        return Decimal(0)
    if not any(one.default for one in table.outputs):
        return None
    values = {one.name: feel.evaluate(one.default, scope) if one.default else None for one in table.outputs}
    return values if len(values) > 1 else next(iter(values.values()))


def _by_policy(table: dmn.Table, lines: list[Any], scope: Scope) -> Any:
    hit = table.hit
    if hit == "UNIQUE":
        return lines[0] if len(lines) == 1 else None
    if hit == "ANY":
        return lines[0] if all(line == lines[0] for line in lines) else None
    if hit == "FIRST":
        return lines[0]
    if hit in ("PRIORITY", "OUTPUT ORDER"):
        ordered = sorted(lines, key=_rank(table, scope))
        return ordered[0] if hit == "PRIORITY" else ordered
    if hit == "COLLECT" and table.aggregate:
        return _aggregated(table.aggregate, lines)
    return lines


def _rank(table: dmn.Table, scope: Scope) -> Callable[[Any], tuple[int, ...]]:
    orders = []
    for one in table.outputs:
        texts = [text for text in re.findall(r'"(?:[^"\\]|\\.)*"|[^,]+', one.allowed) if text.strip()]
        orders.append([feel.evaluate(text.strip(), scope) for text in texts])

    def rank(line: Any) -> tuple[int, ...]:
        values = [line[one.name] for one in table.outputs] if isinstance(line, Mapping) else [line]
        return tuple(
            order.index(value) if value in order else len(order) for order, value in zip(orders, values, strict=True)
        )

    return rank


def _aggregated(word: str, lines: Sequence[Any]) -> Any:
    if word == "COUNT":
        return Decimal(len(lines))
    numbers = [one for one in map(feel.number, lines) if one is not None]
    if not numbers:
        return None
    if word == "SUM":
        return sum(numbers, Decimal(0))
    return min(numbers) if word == "MIN" else max(numbers)


# ---- models


class Model:
    """A DMN model: what is decided from what.

    Raises:
        FeelError: the text is no model that can be used; says why.
    """

    def __init__(self, text: str) -> None:
        self._parts = dmn.read(text)

    @property
    def decisions(self) -> list[str]:
        """Names of the decisions."""
        return list(self._parts.decisions)

    def decide(self, name: str, inputs: Mapping[str, Any]) -> Any:
        """What a decision comes to.

        Args:
            name: of the decision.
            inputs: input data by name; what is missing is null.

        Raises:
            FeelError: there is no such decision, decisions need each other, or a cell cannot be read.
        """
        known = {key: _value(one) if not isinstance(one, Mapping) else one for key, one in inputs.items()}
        return self._decided(name, known, ())

    def _decided(self, name: str, inputs: Mapping[str, Any], on_the_way: tuple[str, ...]) -> Any:
        if name not in self._parts.decisions or name in on_the_way:
            raise FeelError(str(_("The decision “%(name)s” is missing, or needs itself.") % {"name": name[:60]}))
        decision = self._parts.decisions[name]
        values: dict[str, Any] = dict.fromkeys(self._parts.inputs)
        values.update(inputs)
        for other in decision.decisions:
            answer = self._decided(other, inputs, (*on_the_way, name))
            values[other] = answer
            values |= self._by_output(other, answer)
        functions: dict[str, Callable[..., Any]] = {}
        for key, known in self._parts.knowledge.items():
            functions[key] = self._function(known)
        scope = Scope(values, functions)
        if isinstance(decision.logic, dmn.Table):
            return run(decision.logic, scope)
        if isinstance(decision.logic, dmn.Invocation):
            given = {key: feel.evaluate(text, scope) for key, text in decision.logic.bindings.items()}
            knowledge = self._parts.knowledge[decision.logic.name]
            return self._function(knowledge)(*[given.get(one) for one in knowledge.parameters])
        return feel.evaluate(decision.logic, scope)

    def output_of(self, name: str) -> str:
        """What some tools, and the tasks of a process, call the answer of a decision with one output."""
        logic = self._parts.decisions[name].logic
        return logic.outputs[0].name if isinstance(logic, dmn.Table) and len(logic.outputs) == 1 else name

    def _by_output(self, name: str, answer: Any) -> dict[str, Any]:
        return dict(answer) if isinstance(answer, Mapping) else {self.output_of(name): answer}

    def _function(self, known: dmn.Knowledge) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            if len(given) != len(known.parameters):
                return None
            scope = Scope(dict(zip(known.parameters, given, strict=True)))
            return run(known.logic, scope) if isinstance(known.logic, dmn.Table) else feel.evaluate(known.logic, scope)

        return call
