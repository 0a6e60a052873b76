"""Field kinds: what a plugin writes in ``models.py`` and what the whole platform reads afterwards.

A field is plain, frozen data. Columns, validation, forms, filters, exports and the API are derived from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from weft.core.i18n import Text

__all__ = ["Choices", "Field", "Kind", "Ref", "Trait", "choices", "trait"]

#: A record id in annotations of reference fields.
Ref = int


class Kind(StrEnum):
    """All kinds a field can have."""

    TEXT = "text"
    MULTILINE = "multiline"
    MARKDOWN = "markdown"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    REFERENCE = "reference"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    ADDRESS = "address"
    FILE = "file"
    COMPUTED = "computed"
    USER = "user"
    UNIT = "unit"


#: Kinds stored as one text column that filters such as ``contains`` work on.
TEXT_KINDS = frozenset({Kind.TEXT, Kind.MULTILINE, Kind.MARKDOWN, Kind.EMAIL, Kind.PHONE, Kind.URL})
NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY})


@dataclass(frozen=True, slots=True)
class Choices:
    """An ordered set of allowed values, each with a label and optionally a dot colour.

    Attributes:
        labels: value -> label, in display order.
        tones: value -> one of ``grey blue teal green amber red plum``.
    """

    labels: Mapping[str, Text]
    tones: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, value: object) -> bool:
        return value in self.labels

    def __iter__(self) -> Any:
        return iter(self.labels)


def choices(tones: Mapping[str, str] | None = None, /, **labels: Text) -> Choices:
    """Declare the values of a choice field: ``choices(free=_("Free"), repair=_("In repair"))``.

    Args:
        tones: optional dot colour per value.
        labels: value = label, in display order.
    """
    return Choices(dict(labels), dict(tones or {}))


@dataclass(frozen=True, slots=True)
class Trait:
    """A capability that entities claim and references may point at, e.g. ``core.organization``."""

    key: str


def trait(key: str) -> Trait:
    """Name a trait as the target of a reference; dormant while no installed entity has it."""
    return Trait(key)


@dataclass(frozen=True, slots=True)
class Field:
    """One declared attribute of an entity. Build it with the functions of :mod:`weft.core.db.field`.

    Attributes:
        name: set when the entity class is made; the column has the same name.
        kind: decides column, validation, form control and filters.
        label: words on screen.
        help: one sentence below the form control.
        required: empty values are refused.
        unique: no other live record may have the same value.
        index: sortable and filterable at any size.
        default: value, or a callable without arguments, of a new record.
        max_length: longest text in characters.
        scale: places of a decimal.
        choices: allowed values of choice kinds.
        state: this choice feeds the header column ``state`` and changes only by declared transitions.
        transitions: for a state, from value -> allowed next values; empty means any change by ``update``.
        initial: states a new record may begin in, empty for the default alone; no state at all is always allowed
            where the field is not required.
        board: offered as column field of the board.
        to: entity keys or traits a reference may point at.
        values: list key for a reference to a value the company keeps (``core.value``).
        only: for a reference, filters of the records that its picker offers (``{"role": "competitor"}``); what else
            may be written is for ``weft_before_write`` to refuse.
        told: for a reference, whoever of the company reads the field is told the name of what it leads to, although
            that record may be closed to them; nothing else of it, and no link.
        relation, inverse: key of the relation and (key, label) of its other direction.
        sql: computed in SQL; a callable taking the entity's table, returning a column expression (filterable).
        python: computed for display only; a callable taking the row as a dict.
        result: kind of a computed value.
        readonly: never written through forms or the API, only by ``elevated`` code.
        sensitive: left out of search and journal texts.
        confirm: when somebody from outside changes it, the value waits until somebody of the company confirms it.
        confirm_by: role whose people confirm it, with a note on how they made sure, instead of whoever looks after
            the record; while no plugin declares that role, the latter do.
        internal: for the plugin's own code alone (match keys, counters): no role can read, filter, sort, export or
            write it; only ``records.system(...)`` knows the name.
        anything: a file of any kind but programs, web pages and macros, not only of the usual kinds.
        extension_of: entity key when another plugin contributes this field.
        section: key of the form section it belongs to.
        peers: company-kept money: name of the currency column, derived.
    """

    kind: Kind
    label: Text
    name: str = ""
    help: Text = ""
    required: bool = False
    unique: bool = False
    index: bool = False
    default: Any = None
    max_length: int | None = None
    scale: int = 2
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    choices: Choices | None = None
    state: bool = False
    transitions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    initial: tuple[str, ...] = ()
    board: bool = False
    to: tuple[str | Trait, ...] = ()
    values: str | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    told: bool = False
    relation: str | None = None
    inverse: tuple[str, Text] | None = None
    on_delete: str = "restrict"
    sql: Callable[..., Any] | None = None
    python: Callable[[Mapping[str, Any]], Any] | None = None
    result: Kind | None = None
    readonly: bool = False
    sensitive: bool = False
    confirm: bool = False
    confirm_by: str = ""
    internal: bool = False
    search: bool = False
    anything: bool = False
    extension_of: str | None = None
    section: str = ""

    def named(self, name: str) -> Field:
        """Return a copy that knows its name."""
        return replace(self, name=name)

    @property
    def value_kind(self) -> Kind:
        """The kind of the values: of the result for computed fields, else of the field."""
        return self.result or self.kind if self.kind is Kind.COMPUTED else self.kind

    @property
    def currency_name(self) -> str:
        """Name of the currency column of a money field."""
        return f"{self.name}_currency"

    @property
    def stored(self) -> bool:
        """True when the field has a column of its own."""
        return self.kind is not Kind.COMPUTED

    @property
    def writable(self) -> bool:
        """True when callers may set it."""
        return self.stored and not self.readonly

    @property
    def first_states(self) -> tuple[Any, ...]:
        """States a new record may begin in."""
        return self.initial or (self.default_value(),)

    def default_value(self) -> Any:
        """The value of a new record that does not name the field."""
        return self.default() if callable(self.default) else self.default
