"""The functions with which models declare fields: ``plate: Mapped[str] = field.text(_("Plate"))``.

Each returns a :class:`~weft.core.db.fields.Field`; the annotation ``Mapped[...]`` is for type checkers only.
Common keyword arguments of all: ``help``, ``required``, ``index``, ``default``, ``readonly``, ``sensitive``,
``confirm``, ``confirm_by``, ``internal``, ``search`` (part of the full-text index), ``section``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weft.core.db.fields import Choices, Field, Kind, Trait
from weft.core.i18n import Text


def text(label: Text, *, max_length: int = 255, unique: bool = False, **common: Any) -> Any:
    """One line of text."""
    return Field(Kind.TEXT, label, max_length=max_length, unique=unique, **common)


def multiline(label: Text, *, max_length: int = 20_000, **common: Any) -> Any:
    """Plain text of several lines."""
    return Field(Kind.MULTILINE, label, max_length=max_length, **common)


def markdown(label: Text, *, max_length: int = 100_000, **common: Any) -> Any:
    """Formatted text, stored as Markdown, shown through the sanitiser."""
    return Field(Kind.MARKDOWN, label, max_length=max_length, **common)


def integer(label: Text, *, minimum: int | None = None, maximum: int | None = None, **common: Any) -> Any:
    """A whole number below 2**53."""
    return Field(Kind.INTEGER, label, minimum=minimum, maximum=maximum, **common)


def decimal(label: Text, *, scale: int = 2, minimum: Any = None, maximum: Any = None, **common: Any) -> Any:
    """An exact decimal with ``scale`` places."""
    return Field(Kind.DECIMAL, label, scale=scale, minimum=minimum, maximum=maximum, **common)


def money(label: Text, *, scale: int = 2, **common: Any) -> Any:
    """An amount with its currency; stored as ``<name>`` and ``<name>_currency``."""
    return Field(Kind.MONEY, label, scale=scale, **common)


def date(label: Text, **common: Any) -> Any:
    """A calendar day without a time."""
    return Field(Kind.DATE, label, **common)


def datetime(label: Text, **common: Any) -> Any:
    """A moment, stored in UTC and shown in the viewer's zone."""
    return Field(Kind.DATETIME, label, **common)


def boolean(label: Text, *, default: bool = False, **common: Any) -> Any:
    """Yes or no."""
    return Field(Kind.BOOLEAN, label, default=default, **common)


def choice(
    label: Text,
    choices: Choices,
    *,
    state: bool = False,
    transitions: Mapping[str, Sequence[str]] | None = None,
    initial: Sequence[str] = (),
    board: bool = False,
    **common: Any,
) -> Any:
    """One of a fixed set of values; ``state=True`` makes it the record's state.

    Args:
        transitions: from value -> values it may change to, by actions only.
        initial: states a new record may begin in; the default alone when empty.
    """
    return Field(
        Kind.CHOICE,
        label,
        choices=choices,
        state=state,
        transitions=dict(transitions or {}),
        initial=tuple(initial),
        board=board,
        **common,
    )


def multi_choice(label: Text, choices: Choices, **common: Any) -> Any:
    """Several of a fixed set of values, stored as a JSON array in declaration order."""
    return Field(Kind.MULTI_CHOICE, label, choices=choices, **common)


def reference(
    label: Text,
    *,
    to: str | Trait | Sequence[str | Trait],
    relation: str,
    inverse: tuple[str, Text],
    on_delete: str = "restrict",
    board: bool = False,
    only: Mapping[str, str] | None = None,
    told: bool = False,
    **common: Any,
) -> Any:
    """Another record; a column and an edge at once, the column being the truth.

    Args:
        to: entity key(s) or trait(s) it may point at.
        relation: key of the relation this field writes.
        inverse: key and label of the same relation read from the other end.
        on_delete: ``restrict`` (refuse), ``detach`` (empty this field) or ``archive`` when the target is deleted.
        board: offered as column field of the board.
        only: filters of the records that its picker offers, e.g. ``{"role": "competitor"}``.
        told: people of the company who may read this field are told the name of what it leads to, even where that
            record is closed to them: who asks is part of a request.
    """
    targets = (to,) if isinstance(to, (str, Trait)) else tuple(to)
    return Field(
        Kind.REFERENCE,
        label,
        to=targets,
        relation=relation,
        inverse=inverse,
        on_delete=on_delete,
        board=board,
        only=only or {},
        told=told,
        **common,
    )


def value(
    label: Text, *, list: str, relation: str, inverse: tuple[str, Text], board: bool = False, **common: Any
) -> Any:
    """A value that the company keeps in Settings > Lists and values (source, reason, industry ...).

    Args:
        list: key of the value list, e.g. ``crm.source``; declared with ``weft_value_lists``.
    """
    return Field(
        Kind.REFERENCE,
        label,
        to=("core.value",),
        values=list,
        relation=relation,
        inverse=inverse,
        board=board,
        **common,
    )


def email(label: Text, *, unique: bool = False, **common: Any) -> Any:
    """A mail address, stored in lower case."""
    return Field(Kind.EMAIL, label, max_length=254, unique=unique, **common)


def phone(label: Text, **common: Any) -> Any:
    """A telephone number, stored as E.164."""
    return Field(Kind.PHONE, label, max_length=24, **common)


def url(label: Text, **common: Any) -> Any:
    """A web address with http or https."""
    return Field(Kind.URL, label, max_length=2000, **common)


def address(label: Text, **common: Any) -> Any:
    """A postal address: ``{country, region, city, lines, postcode}``; country is ISO 3166-1 alpha-2."""
    return Field(Kind.ADDRESS, label, **common)


def file(label: Text, *, anything: bool = False, **common: Any) -> Any:
    """One file; the value is a file id served by the one file route with this record's rights.

    Args:
        anything: people of the company may send any kind of file but programs, web pages and macros.
    """
    return Field(Kind.FILE, label, anything=anything, **common)


def user(label: Text, **common: Any) -> Any:
    """A user of this installation (not a record)."""
    return Field(Kind.USER, label, **common)


def unit(label: Text, **common: Any) -> Any:
    """An organisational unit (not a record)."""
    return Field(Kind.UNIT, label, **common)


def computed(
    label: Text,
    result: Kind | str,
    *,
    sql: Callable[..., Any] | None = None,
    python: Callable[[Mapping[str, Any]], Any] | None = None,
    **common: Any,
) -> Any:
    """A value nobody types: as SQL it can be filtered and sorted, as Python it is for display only."""
    return Field(Kind.COMPUTED, label, sql=sql, python=python, result=Kind(result), **common)
