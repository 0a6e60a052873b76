"""Values for any declared field, with a word in every text that says whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from weft.core.db.fields import Field, Kind
from weft.core.registry.model import EntityType

__all__ = ["EXTRA", "TOLD", "Words", "fillable", "plain_values", "satisfying"]

#: Entity -> values its business rules insist on; what is generated fits all others. A plugin adds its own here.
EXTRA: Mapping[str, Mapping[str, Any]] = {
    "crm.price_list": {"currency": "CNY"},
    "crm.stage": {"active": True},
    "crm.target": {"person": None},
    "projects.project": {"country": None, "currency": "EUR", "ends_on": None},
    "projects.template_step": {"after": None},
    "projects.time_entry": {"hours": "0.1"},
    "service.hours": {"zone": "UTC", "opens": "09:00", "closes": "17:00", "country": None, "region": None},
    "service.queue": {"countries": None},
    "service.agreement": {"valid_to": None},
    # The place of work of whoever is a visitor's contact is told to the visitor on purpose: none has one here.
    "hrm.employee": {"position": None},
    "documents.document": {"form": "page", "expires_on": None},
    "core.event": {"rule": None, "left_out": None, "series": None, "occurrence": None},
}
#: Entity -> references whose titles are told to whoever may read the record, whatever they may read of the other one,
#: with the reason. A plugin that names somebody on purpose says so here.
TOLD: Mapping[str, Mapping[str, str]] = {
    "service.request": {
        "queue": "who answers: people who ask learn whom they talk to",
        "contact": "who asked: the conversation names its authors",
    },
    "projects.project": {
        "customer": "whom the work is for: who works on a project reads the name, nothing else of the customer",
        "contact": "whom to talk to there",
    },
}
_START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_WORD = re.compile(r"(?<![a-z0-9])(q[a-z]\d+z)(?![a-z0-9])", re.IGNORECASE)


class Words:
    """Hands out words that occur nowhere else, and finds them again in whatever was answered."""

    def __init__(self) -> None:
        self._last = 10_000

    def new(self, sort: str = "w") -> str:
        """A fresh word; ``sort`` is one letter that helps whoever reads a failure."""
        self._last += 1
        return f"q{sort}{self._last}z"

    @staticmethod
    def within(text: str) -> frozenset[str]:
        """All such words in a text."""
        return frozenset(found.lower() for found in _WORD.findall(text))


def plain_values(entity: EntityType, turn: int, words: Words) -> dict[str, Any]:
    """API values for every writable field that is no reference, user, unit or file."""
    found = {}
    for name, declared in entity.fields.items():
        if fillable(declared) and not declared.internal and not declared.state:
            value = _value(declared, turn, words)
            if value is not None:
                found[name] = value
    return {name: value for name, value in {**found, **EXTRA.get(entity.key, {})}.items() if value is not None}


def fillable(declared: Field) -> bool:
    """People may write it; or the platform must, since a record cannot be without it."""
    return declared.stored and (declared.writable or declared.required)


def _value(declared: Field, turn: int, words: Words) -> Any:
    match declared.kind:
        case Kind.TEXT | Kind.MULTILINE | Kind.MARKDOWN:
            return words.new() if (declared.max_length or 255) >= 8 else None
        case Kind.EMAIL:
            return f"{words.new('m')}@firm.example"
        case Kind.URL:
            return f"https://{words.new('u')}.example/"
        case Kind.ADDRESS:
            return {"country": "NL", "city": words.new("a")}
        case Kind.PHONE:
            return f"+8651262{518000 + turn}"
        case Kind.INTEGER | Kind.DECIMAL:
            return _number(declared, turn)
        case Kind.MONEY:
            return {"amount": f"{_number(declared, turn)}.00", "currency": "CNY"}
        case Kind.DATE:
            return (_START + timedelta(days=31 * turn)).date().isoformat()
        case Kind.DATETIME:
            return (_START + timedelta(days=31 * turn)).isoformat()
        case Kind.BOOLEAN:
            return turn % 2 == 0
        case Kind.CHOICE:
            return list(declared.choices or ())[turn % len(list(declared.choices or ()))]
        case Kind.MULTI_CHOICE:
            return [list(declared.choices or ())[turn % len(list(declared.choices or ()))]]
    return None


def _number(declared: Field, turn: int) -> int:
    lowest = int(declared.minimum) if declared.minimum is not None else 1
    highest = int(declared.maximum) if declared.maximum is not None else lowest + 1000
    return lowest + turn % max(1, highest - lowest + 1)


def satisfying(filters: Mapping[str, Any]) -> tuple[dict[str, Any], set[str], set[str]]:
    """Values that meet the filters of a ``where``: (values, names that must be filled, names that must be empty)."""
    values: dict[str, Any] = {}
    filled: set[str] = set()
    empty: set[str] = set()
    for text, wanted in filters.items():
        name, mark, op = text.rpartition("__")
        name, op = (name, op) if mark else (text, "eq")
        if op == "isnull":
            (empty if str(wanted).lower() == "true" else filled).add(name)
        elif op == "in":
            values[name] = _first(wanted)
        elif op in ("eq", "gte", "lte"):
            values[name] = wanted
    return values, filled, empty


def _first(wanted: Any) -> Any:
    return wanted.split(",")[0] if isinstance(wanted, str) else next(iter(_in_order(wanted)))


def _in_order(wanted: Iterable[Any]) -> list[Any]:
    return sorted(wanted, key=str)
