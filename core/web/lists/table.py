"""The table layout of a list: rows, columns, count, sums, the bar for what is ticked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Kind
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.records.values import Count, Page
from weft.core.web.lists.chips import chips, filterable
from weft.core.web.lists.columns import (
    Column,
    chosen_columns,
    column_options,
    table_columns,
    table_rows,
)
from weft.core.web.lists.state import ListState
from weft.core.web.values import Values

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["PAGE_SIZE", "TableList", "count_text", "filters_bar", "writable_names"]

_ = translator("core")

PAGE_SIZE = 50
#: Sorting by a field without an index is offered up to here (the compiler refuses more).
_SORT_ANY = 5000


def count_text(view: View, count: Count | None) -> str:
    """A count as people read it: ``1,000+`` when counting stopped."""
    return "" if count is None else view.formats.number(count.value) + ("" if count.exact else "+")


def writable_names(view: View, entity_key: str) -> frozenset[str]:
    """Names the viewer may change in some row; whether in this row is decided when it is tried."""
    entity = view.entity(entity_key)
    covered = AccessPolicy.of(view.runtime).access(view.principal, entity_key, "update").names
    named = {
        name
        for name, declared in entity.fields.items()
        if name in covered and declared.writable and not (declared.state and declared.transitions)
    }
    return frozenset(named)


class TableList:
    """One table: made from the state, filled by one query of rows and at most two of figures.

    Args:
        view: who looks.
        state: what the address asks for.
    """

    def __init__(self, view: View, state: ListState) -> None:
        self.view = view
        self.state = state
        policy = AccessPolicy.of(view.runtime)
        self.readable = sorted(policy.access(view.principal, state.entity.key, "read").names)
        self.names = policy.names(state.entity.key)
        self.values = Values(view.runtime.registry, view.portal_key)
        self.columns: list[Column] = chosen_columns(view, state, self.readable)

    # ---- data

    def fields(self) -> list[str]:
        """Names the query has to bring: titles and the columns shown."""
        spec = self.state.entity.spec
        wanted = ["title", *(c.name for c in self.columns), spec.alt_title or "", "number" if spec.number else ""]
        return [name for name in dict.fromkeys(wanted) if name and name in self.readable]

    def page(self, count: str) -> Page:
        """The rows of this page."""
        state = self.state
        return self.view.records.query(
            state.entity.key,
            fields=self.fields(),
            filters=state.filter_map,
            sort=state.sort or None,
            limit=PAGE_SIZE,
            cursor=state.cursor or None,
            count=count,
            search=state.search or None,
        )

    def rows_only(self) -> dict[str, Any]:
        """The next rows, for the answer to ``more_url``."""
        page = self.page("none")
        return self._table(page, sortable=set())

    def whole(self) -> tuple[dict[str, Any], Page]:
        """The table and the page it shows."""
        page = self.page("capped")
        return self._table(page, self._sortable(page.count)), page

    def _table(self, page: Page, sortable: set[str]) -> dict[str, Any]:
        state, view = self.state, self.view
        table: dict[str, Any] = {
            "label": str(state.entity.plural),
            "columns": table_columns(state, self.columns, self.values, sortable),
            "rows": table_rows(view, state, page.rows, self.columns, writable_names(view, state.entity.key)),
            "two": state.entity.spec.alt_title is not None or bool(state.entity.spec.number),
            "layout_url": state.url("columns"),
        }
        if page.next:
            table["more_url"] = state.url(part="rows", cursor=page.next)
        return table

    def _sortable(self, count: Count | None) -> set[str]:
        small = count is not None and count.exact and count.value <= _SORT_ANY
        return {
            name
            for name, found in self.names.items()
            if name in self.readable and (found.sortable or (small and found.orderable))
        }

    # ---- figures

    def sums(self, count: Count | None) -> list[dict[str, Any]]:
        """Sums of the money columns shown, over all matches; left out where counting stopped."""
        money = [column for column in self.columns if column.field.value_kind is Kind.MONEY]
        if not money or count is None or not count.exact or not count.value:
            return []
        measures = ["count", *(f"sum({column.name})" for column in money)]
        try:
            found = self.view.records.aggregate(
                self.state.entity.key,
                measures=measures,
                filters=self.state.filter_map,
                search=self.state.search or None,
            )
        except QueryError:
            # A column readable only in some rows has no honest sum.
            return []
        line = found[0] if found else {}
        return [self._sum(column, line.get(f"sum({column.name})")) for column in money]

    def _sum(self, column: Column, value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"label": str(column.field.label), "amounts": self.values.sums(value)}
        rate_date = getattr(value, "rate_date", None)
        if rate_date is not None and self.view.portal_key == "employee":
            found["note"] = str(_("rate of %(date)s") % {"date": self.view.formats.date(rate_date)})
        return found


def filters_bar(view: View, state: ListState, readable: Sequence[str], columns: Sequence[Column]) -> dict[str, Any]:
    """Chips, the search box, sort and columns of a list page."""
    fields = filterable(view, state, readable)
    bar: dict[str, Any] = {
        "chips": chips(view, state, fields),
        "add_url": state.url("filter"),
        "build_url": state.url("build"),
        "search": {
            "name": "q",
            "value": state.search,
            "placeholder": str(_("Find in %(list)s") % {"list": state.entity.plural}),
        },
    }
    if state.layout == "table":
        bar["sort"] = _sort_menu(view, state, readable)
        options = column_options(state, columns, readable)
        bar["columns"] = {"url": state.url("columns"), "options": options}
    return bar


def _sort_menu(view: View, state: ListState, readable: Sequence[str]) -> dict[str, Any]:
    """Orders that are quick at any size."""
    names = AccessPolicy.of(view.runtime).names(state.entity.key)
    labels: dict[str, Any] = {
        "updated_at": _("Last change"),
        "created_at": _("Created"),
        "title": _("Title"),
        "owner": _("Owner"),
    }
    labels |= {name: declared.label for name, declared in state.entity.fields.items()}
    offered = [n for n in labels if n in names and n in readable and names[n].sortable]
    present = state.sort or state.entity.spec.sort
    options = []
    for name in offered:
        down = name in ("updated_at", "created_at") if present.lstrip("-") != name else not present.startswith("-")
        key = f"-{name}" if down else name
        current = present.lstrip("-") == name
        options.append({"label": str(labels[name]), "url": state.with_changes(sort=key).url(), "current": current})
    label = labels.get(present.lstrip("-"), "")
    return {"value": str(label), "options": options}
