"""Which shape a list takes, and the pages it gives.

Neither starting from the visible set nor walking the order is safe alone: a small set in a large table makes the walk
read everything, a large set makes the other shape sort everything. A capped count of both candidates chooses; a walk
that uses up its budget without filling the page falls back to the set.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any

from weft.core.access.plans import Statement, plans_of
from weft.core.access.slots import filled
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.records import shapes
from weft.core.records.cursor import Position
from weft.core.records.decoder import Decoder
from weft.core.records.hints import Hint, hints_of
from weft.core.records.shapes import ListSpec
from weft.core.records.values import Count, Row

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["CAPPED", "SET_CAP", "WALK_BUDGET", "Found", "Run", "counted", "forced_shape", "page", "refuse_large_sort"]

_ = translator("core")

#: A set with fewer ids is looked up and sorted whole.
SET_CAP = 2_000
#: Index entries a walk may read before it gives up.
WALK_BUDGET = 10_000
#: What a walk reads first, to see how dense the visible rows lie.
WALK_START = 500
#: A set with more ids is not tried instead of a slow walk.
TRIAL_CAP = 20_000
#: Where a capped count stops.
CAPPED = 1_000
#: Most rows a list may be sorted by a name without an index.
SORT_LIMIT = 5_000
_ENDLESS = 2**31 - 1

#: Tests and measurements force a shape: ``direct``, ``set``, ``seek`` (where there is an indexed filter) or ``walk``.
forced_shape: ContextVar[str | None] = ContextVar("weft_forced_shape", default=None)


@dataclass(slots=True)
class Found:
    """Rows of a page before references are resolved.

    Attributes:
        rows: at most the limit.
        position: of the last row when more may follow, else None.
        shape: the shape that gave them.
        dense: a short walk filled the page.
    """

    rows: list[Row]
    position: Position | None
    shape: str
    dense: bool = False


def page(records: Records, spec: ListSpec, decoder: Decoder, limit: int, start: Position | None) -> Found:
    """Return one page.

    Args:
        records: whose rights and connection.
        spec: the list.
        decoder: columns to read.
        limit: rows wanted.
        start: position of the last row seen, None for the first page.
    """
    if spec.rows.kind == "none":
        return Found([], None, "none")
    run = Run(records, spec, decoder)
    shape = forced_shape.get() or run.choose()
    if shape == "seek" and not spec.bound.seeks:
        shape = "set"
    if shape == "set" and spec.rows.kind == "all":
        shape = "direct"
    phases = spec.order.phases
    index = phases.index(start[0]) if start is not None and start[0] in phases else 0
    values: list[Any] | None = start[1] if start is not None else None
    taken: list[tuple[str, Sequence[Any]]] = []
    for phase in phases[index:]:
        shape, more = run.rows(shape, phase, values, limit + 1 - len(taken))
        taken.extend((phase, row) for row in more)
        values = None
        if len(taken) > limit:
            break
    rows = decoder.rows([row for _, row in taken[:limit]])
    position = None
    if len(taken) > limit:
        phase, last = taken[limit - 1]
        position = (phase, list(last[decoder.width + len(decoder.masks) :]))
    return Found(rows, position, shape, run.dense)


class Run:
    """One execution of one list: chooses shapes and runs prepared statements with the request's values."""

    def __init__(self, records: Records, spec: ListSpec, decoder: Decoder | None = None) -> None:
        self.records = records
        self.spec = spec
        self.decoder = decoder
        self.plans = plans_of(records.runtime)
        self.key = spec.key
        self.given = spec.bound.values(spec.dialect)
        self.hints = hints_of(records.runtime)
        who = records.principal
        self.hint_key = (self.key, who.user_id, who.whose, who.anchors, repr(sorted(self.given.items())))
        self._sizes: tuple[int, int] | None = None
        #: False when only a walk over a table could find the rule's set: then a longer walk of the order comes first.
        self._countable = True
        #: True when the first part of a walk filled the page: visible rows lie close together.
        self.dense = False

    def execute(self, statement: Statement, **more: Any) -> Any:
        """Run a statement with the filter's, the principal's and further values."""
        parameters = {**self.given, **filled(statement.used, self.records), **more}
        return self.records.connection.execute(statement.sql, parameters)

    # ---- choosing
    def choose(self) -> str:
        """The shape of a page."""
        spec = self.spec
        ruled, seeks = spec.rows.kind == "some", bool(spec.bound.seeks)
        if not ruled and not seeks:
            return "direct"
        if self._index_fits():
            return "direct"
        rule, seek = self.sizes()
        if min(rule, seek) < SET_CAP:
            return "seek" if seek <= rule else "set"
        if spec.order.walkable and not spec.trash:
            return "walk"
        return "set" if ruled else "direct"

    def _index_fits(self) -> bool:
        """True when one index finds the rows and has the order: one owner, unit or state by time of change."""
        spec = self.spec
        if spec.trash or [key.name.name for key in spec.order.keys] != ["updated_at", "id"]:
            return False
        if spec.rows.kind == "some":
            conjunctions = spec.rows.conjunctions
            own = len(conjunctions) == 1 and any(shapes.single_owner(atom) for atom in conjunctions[0])
            return own and not spec.bound.seeks
        return spec.bound.seeks_then_updated

    def sizes(self) -> tuple[int, int]:
        """(size of the rule's set, size of the filter's), each cut at the cap; unasked ones count as large."""
        listed = self.spec.bound.listed_ids
        if self._sizes is None and listed is not None:
            self._sizes = (SET_CAP, listed)  # a look at each of them costs less than counting
        hint = self.hints.get(self.hint_key) if self._sizes is None else None
        if hint is not None:
            self._sizes, self._countable = hint.sizes, hint.countable
        if self._sizes is None:
            ruled, seeks = self.spec.rows.kind == "some", bool(self.spec.bound.seeks)
            statement, levels = self.plans.get(
                (*self.key, "sizes"), lambda: shapes.size_statement(self.spec, SET_CAP, rule=ruled, seek=seeks)
            )
            found = tuple(self.execute(statement).one()) if statement is not None else ()
            rule = min(sum(found[:levels]), SET_CAP) if levels else SET_CAP
            self._sizes = (rule, found[-1] if seeks else SET_CAP)
            self._countable = bool(levels) or not ruled
            self.hints.put(self.hint_key, Hint(self._sizes, self._countable))
        return self._sizes

    # ---- rows
    def rows(self, shape: str, phase: str, values: list[Any] | None, wanted: int) -> tuple[str, list[Any]]:
        """Rows of one phase behind a position: (shape used, rows)."""
        if wanted <= 0:
            return shape, []
        nulls = None if values is None else tuple(value is None for value in values)
        given = {} if values is None else {f"c{n}": value for n, value in enumerate(values) if value is not None}
        given["n"] = wanted
        if shape != "walk":
            return shape, self._page(shape, phase, nulls, given)
        if forced_shape.get() is not None:
            return shape, self._page("walk", phase, nulls, given | {"budget": _ENDLESS})
        return self._walk(phase, nulls, given, wanted)

    def _walk(
        self, phase: str, nulls: tuple[bool, ...] | None, given: dict[str, Any], wanted: int
    ) -> tuple[str, list[Any]]:
        """Rows of one phase by a walk, or by the other way where that is faster: (shape used, rows)."""
        hint = self.hints.get(self.hint_key) or Hint()
        other = "set" if self.spec.rows.kind == "some" else "seek"
        if hint.other_way or (hint.to_try and self._worth_a_try(hint, other)):
            began = perf_counter()
            rows = self._page(other, phase, nulls, given)
            self._learn(hint, listed=perf_counter() - began)
            return other, rows
        for budget in hint.budgets(WALK_START, WALK_BUDGET):
            began = perf_counter()
            found = self._page("walk", phase, nulls, given | {"budget": budget})
            if len(found) == wanted or self._ended(phase, nulls, given, budget):
                self.dense = budget == WALK_START
                if budget == WALK_BUDGET and hint.walked is None:
                    self._learn(hint, walked=perf_counter() - began)
                return "walk", found
            if self._countable and len(found) * WALK_BUDGET < wanted * budget:
                break  # at this density the budget would not fill the page
            hint = self._learn(hint, far=True)
        self._learn(hint, hopeless=True)
        return other, self._page(other, phase, nulls, given)

    def _worth_a_try(self, hint: Hint, other: str) -> bool:
        """Whether the other way starts from a set that is small enough to be looked up once."""
        statement, levels = self.plans.get(
            (*self.key, "trial", other),
            lambda: shapes.size_statement(self.spec, TRIAL_CAP, rule=other == "set", seek=other == "seek"),
        )
        size = TRIAL_CAP
        if statement is not None and (levels or other == "seek"):
            size = sum(self.execute(statement).one())
        if size >= TRIAL_CAP:
            self._learn(hint, listed=inf)
        return size < TRIAL_CAP

    def _learn(self, hint: Hint, **changes: Any) -> Hint:
        """Remember how a walk went."""
        if hint.sizes is not None:
            hint = replace(hint, **changes)
            self.hints.put(self.hint_key, hint)
        return hint

    def _page(self, shape: str, phase: str, nulls: tuple[bool, ...] | None, given: dict[str, Any]) -> list[Any]:
        decoder = self.decoder
        if decoder is None:
            raise TypeError("a page needs a decoder")
        statement = self.plans.get(
            (*self.key, decoder, shape, phase, nulls),
            lambda: shapes.page_statement(self.spec, decoder, shape, phase, nulls),
        )
        found: list[Any] = self.execute(statement, **given).all()
        if shape == "walk" and self.spec.dialect == "sqlite":
            _verify(found, self.spec, decoder, phase)
        return found

    def _ended(self, phase: str, nulls: tuple[bool, ...] | None, given: dict[str, Any], budget: int) -> bool:
        """True when the walk came to the end of the index within the budget."""
        statement = self.plans.get(
            (*self.key, "end", phase, nulls), lambda: shapes.end_statement(self.spec, phase, nulls)
        )
        return self.execute(statement, **given, budget=budget).first() is None

    # ---- counting
    def whole(self) -> str:
        """The shape for statements over all rows."""
        ruled = self.spec.rows.kind == "some"
        if not ruled and not self.spec.bound.seeks:
            return "direct"
        rule, seek = self.sizes()
        if seek < SET_CAP and seek <= rule:
            return "seek"
        return "set" if ruled else "direct"

    def count(self, cap: int | None, shape: str | None = None) -> int:
        """How many rows, at most ``cap``; in the shape that is known to be good, if any."""
        spec, shape = self.spec, shape or self.whole()
        statement = self.plans.get(
            (*self.key, "count", shape, cap is None),
            lambda: shapes.count_statement(spec, shape, capped=cap is not None),
        )
        more = {} if cap is None else {"n": cap}
        return int(self.execute(statement, **more).scalar_one())


def _verify(found: list[Any], spec: ListSpec, decoder: Decoder, phase: str) -> None:
    """Refuse rows that are out of order, should SQLite ever give them so: a wrong page is worse than an error."""
    first = decoder.width + len(decoder.masks)
    down = spec.order.keys[0].descending if phase == "value" else spec.order.keys[-1].descending
    values = [row[first] for row in found]
    if values and isinstance(values[0], (int, str, datetime)):
        pairs = pairwise(values)
        if any((a < b) if down else (a > b) for a, b in pairs):
            raise RuntimeError("the database gave the rows of a walk out of order")


def counted(records: Records, spec: ListSpec, how: str, first: bool, found: Found) -> Count | None:
    """The number of rows as asked for: ``none``, ``capped`` or ``exact``.

    Raises:
        QueryError: another word.
    """
    if how == "none":
        return None
    if how not in ("capped", "exact"):
        raise QueryError(_("Choose none, capped or exact."), name="count")
    if first and found.position is None:
        return Count(len(found.rows), True)
    if how == "exact":
        return Count(Run(records, spec).count(None), True)
    # Where visible rows lie close together a walk soon counts up to the cap.
    shape = "direct" if found.dense or found.shape == "direct" else None
    number = Run(records, spec).count(CAPPED + 1, shape)
    return Count(min(number, CAPPED), number <= CAPPED)


def refuse_large_sort(records: Records, spec: ListSpec) -> None:
    """Refuse to sort a large list by a name without an index.

    Raises:
        QueryError: status 422, naming the field.
    """
    name = spec.order.small_only
    if name and spec.rows.kind != "none" and Run(records, spec).count(SORT_LIMIT + 1) > SORT_LIMIT:
        message = _(
            "A list of more than %(limit)s records cannot be sorted by “%(field)s”. "
            "Filter the list first, or sort it by another field."
        )
        raise QueryError(message % {"limit": f"{SORT_LIMIT:,}", "field": spec.names[name].label}, name=name, status=422)
