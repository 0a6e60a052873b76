"""The order of a list: checked sort names, SQL order, and the condition "after this row" of keyset pages.

NULLs stand last in both directions on both engines. The nullable first key splits a list into two phases, rows with a
value and rows without: each phase then reads an index in its order, which NULLS LAST would prevent on one engine or the
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, or_, tuple_

from weft.core.access.names import Name, Source
from weft.core.access.policy import EntityAccess
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.records.filters import readable_name
from weft.core.registry.model import EntityType

__all__ = ["Key", "Order", "ordered", "sort_words"]

_ = translator("core")

MAX_KEYS = 4


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key."""

    name: Name
    descending: bool


@dataclass(frozen=True, slots=True)
class Order:
    """The keys of a list, ending in the id.

    Attributes:
        keys: in order of weight.
        asked: how many of them were asked for; the rest break ties.
    """

    keys: tuple[Key, ...]
    asked: int

    @property
    def text(self) -> str:
        """Canonical form, part of the cursor's seal."""
        return ",".join(("-" if key.descending else "") + key.name.name for key in self.keys)

    @property
    def phases(self) -> tuple[str, ...]:
        """``value`` and, when the first key can be NULL, ``null``."""
        return ("value", "null") if self.keys[0].name.nullable else ("value",)

    @property
    def walkable(self) -> bool:
        """True when one index gives exactly this order within a phase."""
        first = self.keys[0]
        if not (first.name.sortable or first.name.name == "id"):
            return False
        rest = self.keys[1:] if first.name.name != "id" else ()
        if first.name.then_updated:
            return [key.name.name for key in rest] == ["updated_at", "id"]
        return [key.name.name for key in rest] in ([], ["id"])

    @property
    def small_only(self) -> str:
        """Name of an asked key without an index, or empty."""
        return next(
            (key.name.name for key in self.keys[: self.asked] if not (key.name.sortable or key.name.name == "id")), ""
        )

    def terms(self, source: Source, phase: str) -> list[tuple[ColumnElement[Any], bool]]:
        """(expression, descending) of a phase; a later nullable key is preceded by "has no value"."""
        found: list[tuple[ColumnElement[Any], bool]] = []
        for number, key in enumerate(self.keys):
            column = source.column(key.name)
            if number == 0:
                if phase == "value":
                    found.append((column, key.descending))
                continue
            if key.name.nullable:
                found.append((case((column.is_(None), 1), else_=0), False))
            found.append((column, key.descending))
        return found

    def sql(self, source: Source, phase: str) -> list[ColumnElement[Any]]:
        """ORDER BY of a phase."""
        return [term.desc() if descending else term.asc() for term, descending in self.terms(source, phase)]

    def phase_condition(self, source: Source, phase: str) -> ColumnElement[bool] | None:
        """Which rows belong to a phase; None for all."""
        if len(self.phases) == 1:
            return None
        column = source.column(self.keys[0].name)
        return column.is_not(None) if phase == "value" else column.is_(None)

    def after(self, source: Source, phase: str, nulls: Sequence[bool]) -> ColumnElement[bool]:
        """The condition "behind the row whose term values are the parameters ``c0``, ``c1`` ..."

        Args:
            source: the table.
            phase: of the row.
            nulls: which term values are NULL; such terms are equal for all rows concerned.
        """
        terms = [
            (term, descending, bindparam(f"c{number}", type_=term.type if term.type.python_type else Integer()))
            for number, (term, descending) in enumerate(self.terms(source, phase))
            if not nulls[number]
        ]
        directions = {descending for _, descending, _ in terms}
        if len(directions) == 1 and all(not isinstance(term, _CASE) for term, _, _ in terms):
            if len(terms) == 1:
                term, descending, value = terms[0]
                return term < value if descending else term > value
            left, right = tuple_(*(term for term, _, _ in terms)), tuple_(*(value for _, _, value in terms))
            return left < right if directions == {True} else left > right
        found = []
        for number, (term, descending, value) in enumerate(terms):
            equal = [other == given for other, _, given in terms[:number]]
            found.append(and_(*equal, term < value if descending else term > value))
        # The bound on the first term alone lets an index start there.
        first, descending, value = terms[0]
        return and_(first <= value if descending else first >= value, or_(*found))


_CASE = type(case((bindparam("x", 1) == 1, 1), else_=0))


def sort_words(given: str | Sequence[str] | None) -> list[str]:
    """``"-updated_at,title"`` or a sequence as a list of words."""
    if given is None:
        return []
    words = given.split(",") if isinstance(given, str) else list(given)
    return [word.strip() for word in words if word.strip()]


def ordered(
    entity: EntityType, access: EntityAccess, names: Mapping[str, Name], given: str | Sequence[str] | None
) -> Order:
    """Check a sort; without one the entity's own order counts, as far as the principal may read it.

    Raises:
        QueryError: a name is unknown or unreadable, cannot be ordered, or there are more than four.
    """
    words = sort_words(given)
    if not words:
        words = [
            word
            for word in sort_words(entity.spec.sort)
            if word.removeprefix("-") in access.cells and word.removeprefix("-") in names
        ] or ["-id"]
    if len(words) > MAX_KEYS:
        raise QueryError(
            _("A list is sorted by at most %(limit)s names.") % {"limit": MAX_KEYS}, name="sort", status=422
        )
    keys: list[Key] = []
    for word in words:
        name = readable_name(access, names, word.removeprefix("-"))
        if not name.orderable:
            raise QueryError(_("A list cannot be sorted by “%(field)s”.") % {"field": name.label}, name=name.name)
        if all(key.name.name != name.name for key in keys):
            keys.append(Key(name, word.startswith("-")))
    asked = len(keys)
    last = keys[-1].descending
    if asked == 1 and keys[0].name.then_updated and "updated_at" in access.cells:
        keys.append(Key(names["updated_at"], last))
    if all(key.name.name != "id" for key in keys):
        keys.append(Key(names["id"], last))
    else:  # nothing can be behind the id
        keys = keys[: next(number for number, key in enumerate(keys) if key.name.name == "id") + 1]
    return Order(tuple(keys), min(asked, len(keys)))
