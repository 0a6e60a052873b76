"""The only language a model may contain: expressions over task data, and lines ``NAME = expression``.

Nothing of it is run as Python: :mod:`ast` parses, a fixed table of nodes, operators and functions computes. There are
no attributes, no comprehensions, no lambdas, no imports, no calls but those of the table, and every size is bounded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from simpleeval import EvalWithCompoundTypes, FeatureNotAvailable, InvalidExpression, NameNotDefined

from weft.core.sdk import translator

_ = translator("workflow")

__all__ = ["ClosedError", "assignments", "check", "check_script", "evaluate", "number"]

#: Longest expression and script in characters, and most nodes of a parsed expression.
MOST_LETTERS, MOST_SCRIPT, MOST_NODES = 1_000, 4_000, 200
_LEFT_OUT = (
    ast.Attribute,
    ast.ListComp,
    ast.GeneratorExp,
    ast.DictComp,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.Assign,
    ast.AugAssign,
    ast.Import,
    ast.Lambda,
    ast.Starred,
)
_ALLOWED = (
    ast.Expression,
    ast.Constant,
    ast.Name,
    ast.Load,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.UAdd,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Mod,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.IfExp,
    ast.Call,
    ast.keyword,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Subscript,
)
#: Longest text or list an expression may come to.
_MOST_RESULT = 10_000


class ClosedError(Exception):
    """An expression or a script that is not allowed, or cannot be computed; ``str()`` is a sentence."""


def number(value: Any) -> Decimal:
    """A number of a model's text, exactly.

    Raises:
        ClosedError: it is none.
    """
    try:
        return Decimal(str(value if value is not None else 0))
    except InvalidOperation as error:
        raise ClosedError(str(_("“%(text)s” is no number.") % {"text": str(value)[:60]})) from error


def _length(value: Any) -> int:
    return len(value)


#: Calls that every expression may make.
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "number": number,
    "min": min,
    "max": max,
    "round": round,
    "len": _length,
    "int": int,
    "str": str,
    "bool": bool,
    "abs": abs,
}


def _parse(expression: str) -> ast.AST:
    if len(expression) > MOST_LETTERS:
        raise ClosedError(str(_("The expression is longer than %(n)s characters.") % {"n": MOST_LETTERS}))
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        text = expression.strip()[:80]
        raise ClosedError(str(_("“%(text)s” cannot be read as an expression.") % {"text": text})) from error
    _walk(tree, expression)
    return tree


def _walk(tree: ast.AST, expression: str) -> None:
    for count, node in enumerate(ast.walk(tree)):
        if count > MOST_NODES:
            raise ClosedError(str(_("The expression “%(text)s” is too long.") % {"text": expression[:80]}))
        named = isinstance(node, ast.Name) and node.id.startswith("_")
        called = isinstance(node, ast.Call) and not isinstance(node.func, ast.Name)
        if not isinstance(node, _ALLOWED) or named or called:
            text = expression.strip()[:80]
            raise ClosedError(str(_("“%(text)s” uses something a process may not do.") % {"text": text}))


def check(expression: str, functions: frozenset[str] = frozenset()) -> None:
    """Refuse an expression that a model may not contain.

    Args:
        expression: text of a condition.
        functions: names of further functions it may call.

    Raises:
        ClosedError: naming the expression.
    """
    for node in ast.walk(_parse(expression)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name not in _FUNCTIONS and name not in functions:
                raise ClosedError(str(_("There is no function “%(name)s” in processes.") % {"name": name[:60]}))


def assignments(script: str) -> list[tuple[str, str]]:
    """The lines of a script as (name, expression).

    Raises:
        ClosedError: something else than ``NAME = expression`` stands in it.
    """
    if len(script) > MOST_SCRIPT:
        raise ClosedError(str(_("The script is longer than %(n)s characters.") % {"n": MOST_SCRIPT}))
    try:
        tree = ast.parse(script.strip() + "\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ClosedError(str(_("The script cannot be read."))) from error
    found = []
    for line in tree.body:
        target = line.targets[0] if isinstance(line, ast.Assign) and len(line.targets) == 1 else None
        if not isinstance(line, ast.Assign) or not isinstance(target, ast.Name):
            text = (ast.get_source_segment(script.strip(), line) or "").splitlines()[:1]
            shown = text[0][:80] if text else ""
            raise ClosedError(
                str(_("Only lines NAME = expression may stand in a script, not “%(text)s”.") % {"text": shown})
            )
        if target.id.startswith("_"):
            raise ClosedError(str(_("Names of a script do not begin with an underscore.")))
        found.append((target.id, ast.unparse(line.value)))
    return found


def check_script(script: str, functions: frozenset[str] = frozenset()) -> None:
    """Refuse a script with anything else than allowed assignments.

    Raises:
        ClosedError: naming the line.
    """
    for _name, expression in assignments(script):
        check(expression, functions)


def evaluate(expression: str, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """Compute an expression over task data.

    Args:
        expression: as in the model.
        names: task data.
        functions: further functions, such as ``amount`` and ``field``.

    Raises:
        ClosedError: it is not allowed, or cannot be computed.
    """
    _parse(expression)
    engine = EvalWithCompoundTypes(names=dict(names), functions={**_FUNCTIONS, **functions})
    engine.functions = {**_FUNCTIONS, **functions}
    for node in _LEFT_OUT:
        engine.nodes.pop(node, None)
    try:
        value = engine.eval(expression.strip())
    except ClosedError:
        raise
    except NameNotDefined as error:
        name = str(getattr(error, "name", ""))[:60]
        raise ClosedError(str(_("There is no value “%(name)s” in the case.") % {"name": name})) from error
    except (FeatureNotAvailable, InvalidExpression) as error:
        text = expression.strip()[:80]
        raise ClosedError(str(_("“%(text)s” uses something a process may not do.") % {"text": text})) from error
    except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError, MemoryError) as error:
        text = expression.strip()[:80]
        raise ClosedError(str(_("“%(text)s” cannot be computed.") % {"text": text})) from error
    if isinstance(value, (str, list, tuple, dict)) and len(value) > _MOST_RESULT:
        raise ClosedError(str(_("The result of an expression is too large.")))
    return value
