"""S-FEEL, the expression language of DMN tables: parsed and computed here, with exact decimals and three-valued logic.

Names may have spaces, as DMN allows, so the scanner knows the names of the scope. There are no attributes of Python
objects, no calls but of the models themselves, and every size is bounded. What cannot be computed is ``None`` (null).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from weft.core.sdk import translator

_ = translator("workflow")

__all__ = ["FeelError", "Scope", "evaluate", "matches"]

_MOST_LETTERS, _MOST_TOKENS, _MOST_DEPTH = 4_000, 600, 40
_EXACT = Context(prec=34, traps=[DivisionByZero, InvalidOperation, Overflow], Emax=6144, Emin=-6143)
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_SIGN = re.compile(r"\*\*|<=|>=|!=|\.\.|[-+*/(),\[\]<>=.]")
_NAME = re.compile(r"[^\W\d]\w*", re.UNICODE)
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class FeelError(Exception):
    """A text that is no S-FEEL; ``str()`` is a sentence."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean.

    Attributes:
        values: name -> number (Decimal), text, bool, date, list, mapping of a structure, or None.
        functions: name -> (names of parameters, function) of business knowledge models.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def longest(self, text: str, at: int) -> str:
        """The longest known name that begins at a place of a text; empty for none."""
        known = (*self.values, *self.functions)
        fitting = [name for name in known if " " in name and text.startswith(name, at)]
        return max(fitting, key=len, default="")


def evaluate(text: str, scope: Scope) -> Any:
    """Compute an expression.

    Raises:
        FeelError: it is none, or too long.
    """
    parser = _Parser(text, scope)
    value = parser.disjunction()
    parser.end()
    return value


def matches(text: str, value: Any, scope: Scope) -> bool:
    """Whether a value meets the unary tests of a cell: ``-``, ``>= 18``, ``[5..8]``, ``"a","b"``, ``not(...)``.

    Raises:
        FeelError: they are none.
    """
    text = text.strip()
    if text in ("", "-"):
        return True
    parser = _Parser(text, scope)
    found = parser.tests(value)
    parser.end()
    return found


def number(value: Any) -> Decimal | None:
    """A number for calculations, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Decimal(value)


class _Parser:
    def __init__(self, text: str, scope: Scope) -> None:
        if len(text) > _MOST_LETTERS:
            raise FeelError(str(_("The expression is longer than %(n)s characters.") % {"n": _MOST_LETTERS}))
        self.text, self.scope = text, scope
        self.tokens = self._scan()
        self.at = self.depth = 0

    # ---- words
    def _scan(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        at, text = 0, self.text
        while at < len(text):
            if space := _SPACE.match(text, at):
                at = space.end()
                continue
            if len(found) > _MOST_TOKENS:
                raise self._wrong(text)
            known = self.scope.longest(text, at)
            if known:
                found.append(("name", known))
                at += len(known)
                continue
            at = self._one(found, at)
        return found

    def _one(self, found: list[tuple[str, Any]], at: int) -> int:
        text = self.text
        if (one := _TEXT.match(text, at)) is not None:
            found.append(("text", re.sub(r"\\(.)", r"\1", one.group()[1:-1])))
        elif (one := _NUMBER.match(text, at)) is not None:
            found.append(("number", Decimal(one.group())))
        elif (one := _SIGN.match(text, at)) is not None:
            found.append(("sign", one.group()))
        elif (one := _NAME.match(text, at)) is not None:
            found.append(("name", one.group()))
        else:
            raise self._wrong(text[at : at + 20])
        return one.end()

    def _wrong(self, text: str) -> FeelError:
        return FeelError(str(_("“%(text)s” cannot be read.") % {"text": text.strip()[:80]}))

    def peek(self, *words: str) -> bool:
        kind, value = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return kind in ("sign", "name") and value in words

    def take(self, *words: str) -> str:
        if self.peek(*words):
            self.at += 1
            return str(self.tokens[self.at - 1][1])
        return ""

    def need(self, word: str) -> None:
        if not self.take(word):
            raise self._wrong(self.text)

    def end(self) -> None:
        if self.at != len(self.tokens):
            raise self._wrong(self.text)

    # ---- unary tests
    def tests(self, value: Any) -> bool:
        if self.peek("not") and self.tokens[self.at + 1 : self.at + 2] == [("sign", "(")]:
            self.at += 2
            found = self._any(value)
            self.need(")")
            return not found
        return self._any(value)

    def _any(self, value: Any) -> bool:
        found = self._test(value)
        while self.take(","):
            found = self._test(value) or found
        return found

    def _test(self, value: Any) -> bool:
        sign = self.take("<", "<=", ">", ">=")
        if sign:
            return _ordered(sign, value, self.sum()) is True
        if self.peek("[", "(", "]"):
            mark = self.at
            found = self._interval(value)
            if found is not None:
                return found
            self.at = mark
        other = self.disjunction()
        if isinstance(other, list):
            return value in other
        return _same(value, other) is True

    def _interval(self, value: Any) -> bool | None:
        opens = self.take("[", "(", "]")
        low = self.sum()
        if not self.take(".."):
            return None
        high = self.sum()
        closes = self.take("]", ")", "[")
        if not closes:
            raise self._wrong(self.text)
        least = _ordered(">=" if opens == "[" else ">", value, low)
        most = _ordered("<=" if closes == "]" else "<", value, high)
        return least is True and most is True

    # ---- expressions
    def disjunction(self) -> Any:
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise self._wrong(self.text)
        value = self.conjunction()
        while self.take("or"):
            other = self.conjunction()
            known = [one for one in (value, other) if isinstance(one, bool)]
            value = True if True in known else False if len(known) == 2 else None
        self.depth -= 1
        return value

    def conjunction(self) -> Any:
        value = self.comparison()
        while self.take("and"):
            other = self.comparison()
            known = [one for one in (value, other) if isinstance(one, bool)]
            value = False if False in known else True if len(known) == 2 else None
        return value

    def comparison(self) -> Any:
        value = self.sum()
        sign = self.take("=", "!=", "<", "<=", ">", ">=")
        if sign in ("=", "!="):
            same = _same(value, self.sum())
            return same if sign == "=" or same is None else not same
        return _ordered(sign, value, self.sum()) if sign else value

    def sum(self) -> Any:
        value = self.product()
        while sign := self.take("+", "-"):
            value = _computed(sign, value, self.product())
        return value

    def product(self) -> Any:
        value = self.power()
        while sign := self.take("*", "/"):
            value = _computed(sign, value, self.power())
        return value

    def power(self) -> Any:
        value = self.signed()
        while self.take("**"):
            value = _computed("**", value, self.signed())
        return value

    def signed(self) -> Any:
        if self.take("-"):
            self.depth += 1
            if self.depth > _MOST_DEPTH:
                raise self._wrong(self.text)
            found = number(self.signed())
            self.depth -= 1
            return None if found is None else -found
        return self.member()

    def member(self) -> Any:
        value = self.atom()
        while self.take("."):
            kind, name = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
            if kind != "name":
                raise self._wrong(self.text)
            self.at += 1
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def atom(self) -> Any:
        if self.at >= len(self.tokens):
            raise self._wrong(self.text)
        if self.take("("):
            value = self.disjunction()
            self.need(")")
            return value
        kind, value = self.tokens[self.at]
        self.at += 1
        if kind in ("number", "text"):
            return value
        if kind != "name":
            raise self._wrong(self.text)
        return self._named(value)

    def _named(self, name: str) -> Any:
        if name in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[name]
        if self.peek("(") and (name in self.scope.functions or name in ("not", "date")):
            self.need("(")
            given = [] if self.peek(")") else [self.disjunction()]
            while self.take(","):
                given.append(self.disjunction())
            self.need(")")
            return self._called(name, given)
        if name not in self.scope.values:
            raise FeelError(str(_("There is no value “%(name)s”.") % {"name": name[:60]}))
        return self.scope.values[name]

    def _called(self, name: str, given: list[Any]) -> Any:
        if name == "not":
            return not given[0] if len(given) == 1 and isinstance(given[0], bool) else None
        if name == "date":
            try:
                return date.fromisoformat(str(given[0])) if len(given) == 1 else None
            except ValueError:
                return None
        return self.scope.functions[name](*given)


def _same(one: Any, other: Any) -> bool | None:
    if one is None or other is None:
        return one is None and other is None
    if isinstance(one, bool) != isinstance(other, bool):
        return None
    first, second = number(one), number(other)
    if first is not None and second is not None:
        return first == second
    return bool(one == other) if type(one) is type(other) else None


def _ordered(sign: str, one: Any, other: Any) -> bool | None:
    first, second = number(one), number(other)
    if first is not None and second is not None:
        return bool(_COMPARE[sign](first, second))
    if type(one) is type(other) and isinstance(one, (str, date)):
        return bool(_COMPARE[sign](one, other))
    return None


def _computed(sign: str, one: Any, other: Any) -> Any:
    if sign == "+" and isinstance(one, str) and isinstance(other, str):
        return (one + other)[:_MOST_LETTERS]
    first, second = number(one), number(other)
    if first is None or second is None:
        return None
    do = {"+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply, "/": _EXACT.divide, "**": _EXACT.power}[sign]
    try:
        return do(first, second)
    except (DivisionByZero, InvalidOperation, Overflow):
        return None
