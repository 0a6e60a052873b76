"""The board layout of a list: columns by a choice, a kept value, another reference or the owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Field, Kind
from weft.core.errors import QueryError
from weft.core.i18n import in_script, translator
from weft.core.portal.addresses import record_url
from weft.core.records.values import PersonRef, RefValue, Row
from weft.core.registry.model import EntityType
from weft.core.web.lists.state import ListState
from weft.core.web.values import Values, face, header_fields, title_names

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["BoardList", "board_fields"]

_ = translator("core")

_CARDS = 20
_COLUMNS = 40
#: Key of the column of records without a value.
NONE = "none"


def board_fields(view: View, state: ListState) -> dict[str, Field]:
    """Fields a board may have as columns: declared ones, other choices and kept values, and the owner."""
    readable = AccessPolicy.of(view.runtime).access(view.principal, state.entity.key, "read").names
    found = {
        name: declared
        for name, declared in state.entity.fields.items()
        if name in readable and (declared.kind is Kind.CHOICE or declared.board or declared.values)
    }
    if "owner" in readable:
        found["owner"] = header_fields()["owner"]
    return dict(sorted(found.items(), key=lambda pair: not pair[1].board))


def marks_of_rows(view: View, entity: EntityType, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """What the plugin's page says stands out about rows; one call for all."""
    page = view.runtime.registry.record_pages.get(entity.key)
    return page.marks(view, ids) if page is not None and page.marks is not None and ids else {}


def _inside(row: Row, within: Mapping[str, str]) -> bool:
    """True when a column belongs to what the list is filtered by, or to everything."""
    return all(row.get(name) is None or str(row[name].id) == value for name, value in within.items())


@dataclass(frozen=True, slots=True)
class _Line:
    """One column before its cards: key in the address, words, dot, figures."""

    key: str
    label: str
    dot: str = ""
    count: int = 0
    sums: tuple[dict[str, Any], ...] = ()
    note: str = ""
    end: bool = False


class BoardList:
    """One board: a query for the columns' figures and one per open column for its first cards."""

    def __init__(self, view: View, state: ListState, fields: Mapping[str, Field]) -> None:
        self.view = view
        self.state = state
        self.entity = state.entity
        self.fields = fields
        self.by = fields[state.by] if state.by in fields else next(iter(fields.values()))
        self.values = Values(view.runtime.registry, view.portal_key)
        policy = AccessPolicy.of(view.runtime)
        self.readable = policy.access(view.principal, self.entity.key, "read").names
        self.update = policy.access(view.principal, self.entity.key, "update").names
        self.total = self._total_field()

    def _total_field(self) -> Field | None:
        money = [
            declared
            for name, declared in self.entity.fields.items()
            if declared.value_kind is Kind.MONEY and name in self.readable
        ]
        chosen = next((declared for declared in money if declared.name == self.state.total), None)
        return chosen or (money[0] if money and self.state.total != NONE else None)

    # ---- columns

    def figures(self) -> dict[str, _Line]:
        """Columns with counts and sums, in order, from one aggregate."""
        measures = ["count"] + ([f"sum({self.total.name})"] if self.total else [])
        try:
            rows = self._aggregate(measures)
        except QueryError:
            rows = self._aggregate(["count"])
        found: dict[str, tuple[int, Any]] = {}
        labels: dict[str, str] = {}
        for row in rows:
            key, label = self._key(row[self.by.name])
            found[key] = (row["count"], row.get(measures[-1]) if len(measures) > 1 else None)
            labels[key] = label
        lines: dict[str, _Line] = {}
        for key, label, dot in self._columns(labels):
            count, total = found.get(key, (0, None))
            sums = tuple(self.values.sums(total)) if total is not None else ()
            lines[key] = _Line(key, label, dot, count, sums)
        return self._noted(lines)

    def _noted(self, lines: dict[str, _Line]) -> dict[str, _Line]:
        """The columns with what the plugin's page says below their sums."""
        page = self.view.runtime.registry.record_pages.get(self.entity.key)
        if page is None or page.column_notes is None or self.total is None:
            return lines
        sums = {key: list(line.sums) for key, line in lines.items()}
        notes = page.column_notes(self.view, self.by.name, sums, self.state.filter_map)
        return {key: self._with_note(line, notes.get(key, "")) for key, line in lines.items()}

    def _with_note(self, line: _Line, note: str | Mapping[str, Any]) -> _Line:
        """A line below the sum, or an end column with its own figures; one that holds cards stays open."""
        if isinstance(note, str):
            return replace(line, note=note)
        if line.count:
            return line
        total = note.get("total")
        sums = tuple(self.values.sums(total)) if total is not None else ()
        return replace(line, end=True, note=note["note"], dot=note["dot"], count=note["count"], sums=sums)

    def _aggregate(self, measures: list[str]) -> list[dict[str, Any]]:
        return self.view.records.aggregate(
            self.entity.key,
            group=(self.by.name,),
            measures=measures,
            filters=self.state.filter_map,
            search=self.state.search or None,
            limit=_COLUMNS,
        )

    def _key(self, value: Any) -> tuple[str, str]:
        if value is None:
            return NONE, str(_("None"))
        if isinstance(value, RefValue):
            return str(value.id), in_script(value.title, value.alt)[0]
        if isinstance(value, PersonRef):
            return str(value.id), in_script(value.name, value.alt)[0]
        if hasattr(value, "name"):
            return str(value.id), in_script(value.name, value.alt)[0]
        return str(value), self.values.choice_label(self.by, value)

    def _columns(self, present: Mapping[str, str]) -> list[tuple[str, str, str]]:
        """(key, label, dot) of all columns: the field's values in order, then what else occurs."""
        choices = self.by.choices
        if choices is not None:
            found = [(value, str(label), choices.tones.get(value, "")) for value, label in choices.labels.items()]
        elif self.by.value_kind is Kind.REFERENCE:
            found = [(key, label, "") for key, label in self._targets()]
        else:
            found = []
        known = {key for key, _label, _dot in found}
        rest = [(key, label, "") for key, label in present.items() if key not in known]
        return found + sorted(rest, key=lambda line: (line[0] == NONE, line[1]))

    def _targets(self) -> list[tuple[str, str]]:
        """Records a reference may point at, in their own order; only for short lists such as stages or values."""
        targets = self.view.runtime.registry.targets(self.by)
        if len(targets) != 1:
            return []
        entity = targets[0]
        filters = {"list_key": self.by.values, "status": "active"} if self.by.values else {}
        if entity.key not in ("core.value",) and "active" in entity.fields:
            filters = {"active": "true"}
        within = self._within(entity)
        names = [*title_names(entity), *within]
        page = self.view.records.query(entity.key, fields=names, filters=filters, sort=entity.spec.sort, limit=_COLUMNS)
        return [(str(row.id), self.values.title(row, entity)[0]) for row in page.rows if _inside(row, within)]

    def _within(self, target: EntityType) -> dict[str, str]:
        """References that the list is filtered by and the columns have too: stages of the pipeline one looks at."""
        readable = AccessPolicy.of(self.view.runtime).access(self.view.principal, target.key, "read").names
        return {
            name: value
            for name, value in self.state.filters
            if name in target.fields and name in readable and value.isdigit() and name in self.entity.fields
            and target.fields[name].kind is Kind.REFERENCE and target.fields[name].to == self.entity.fields[name].to
        }  # fmt: skip

    # ---- cards

    def whole(self) -> tuple[dict[str, Any], dict[str, _Line]]:
        """The board for its macro, and the figures by column."""
        lines = self.figures()
        columns = [self._column(line) for line in lines.values()]
        return {"label": str(self.entity.plural), "columns": columns}, lines

    def head(self, line: _Line) -> dict[str, Any]:
        """A column without cards: what the macro ``board_head`` takes."""
        column: dict[str, Any] = {
            "key": line.key,
            "label": line.label,
            "count": line.count,
            "sums": list(line.sums),
            "dot": line.dot or None,
            "shut": line.end or self._shut(line.key),
        }
        if line.note:
            column["note"] = line.note
        reason = self._forbidden(line.key)
        if reason:
            column["forbidden"] = reason
        elif self._may("create") and not column["shut"] and self.by.name in self.entity.fields:
            url = self.view.url(self.entity.key, "new", **{self.by.name: line.key})
            column["new"] = {
                "label": str(_("New in %(column)s") % {"column": line.label}),
                "url": url,
                "opens": "dialog",
                "icon": "plus",
            }
        return column

    def _column(self, line: _Line) -> dict[str, Any]:
        column = self.head(line)
        if column["shut"] or not line.count:
            return column | {"cards": []}
        return column | self.cards(line.key, "")

    def cards(self, key: str, cursor: str) -> dict[str, Any]:
        """The cards of a column, one page of them."""
        operator = f"{self.by.name}__isnull" if key == NONE else self.by.name
        filters = {**self.state.filter_map, operator: "true" if key == NONE else key}
        page = self.view.records.query(
            self.entity.key,
            fields=self._card_fields(),
            filters=filters,
            limit=_CARDS,
            cursor=cursor or None,
            search=self.state.search or None,
            sort=self.state.sort or None,
        )
        marks = marks_of_rows(self.view, self.entity, [row.id for row in page.rows])
        cards = [self._card(row) for row in page.rows]
        found: dict[str, Any] = {"cards": [c | ({"mark": marks[c["id"]]} if c["id"] in marks else {}) for c in cards]}
        if page.next:
            found["more_url"] = self.state.url(part="cards", column=key, cursor=page.next)
        return found

    def _card_fields(self) -> list[str]:
        spec = self.entity.spec
        wanted = ["title", *self._extra(), spec.alt_title or "", "owner", "updated_at", self.by.name]
        if self.total:
            wanted.append(self.total.name)
        return [name for name in dict.fromkeys(wanted) if name and name in self.readable]

    def _extra(self) -> list[str]:
        """Fields a card shows besides title and amount: the first reference and the first date of the list."""
        picked: list[str] = []
        for kinds in ((Kind.REFERENCE,), (Kind.DATE, Kind.DATETIME)):
            for name in self.entity.spec.columns:
                declared = self.entity.fields.get(name)
                if declared and declared.value_kind in kinds and name != self.by.name and not declared.values:
                    picked.append(name)
                    break
        return picked

    def _card(self, row: Row) -> dict[str, Any]:
        title, other = self.values.title(row, self.entity)
        url = record_url(self.view.portal_key, self.entity, row.id)
        card: dict[str, Any] = {"id": row.id, "url": url, "title": title, "peek_url": f"{url}/peek"}
        if other:
            card["sub"] = other
        for name in self._extra():
            self._card_line(card, self.entity.fields[name], row.get(name))
        if self.total and row.get(self.total.name) is not None:
            card["amount"] = self.values.value(self.total, row[self.total.name])
        owner = row.get("owner")
        if isinstance(owner, PersonRef) and not any(name.startswith("owner") for name, _v in self.state.filters):
            name = in_script(owner.name, owner.alt)[0]
            card["face"] = {**face(owner.id, name), "name": name}
        if self._movable():
            card["move_url"] = self.state.url(row.id, "move", by=self.by.name)
        return card

    def _card_line(self, card: dict[str, Any], declared: Field, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, RefValue):
            card["sub"] = str(self.values.reference(value)["title"])
            return
        formats = self.view.formats
        late = formats.overdue(value)
        text = f"{declared.label} · {formats.reldate(value)}"
        card["next"] = {"text": text, **({"tone": "late"} if late and self._open(card) else {})}

    def _open(self, card: Mapping[str, Any]) -> bool:
        """A past day is late only while the record is open, which the filter of the board has to say."""
        state = self.entity.state_field
        return state is not None and any(name == state.name for name, _value in self.state.filters)

    # ---- rights

    def _may(self, operation: str) -> bool:
        return AccessPolicy.of(self.view.runtime).allows(self.view.principal, self.entity.key, operation)

    def _movable(self) -> bool:
        if self.by.name == "owner":
            return self._may("assign")
        if self.by.state and self.by.transitions:
            return any(self._action_to(value) for value in (self.by.choices or ()))
        return self.by.name in self.update and self.by.writable

    def _action_to(self, value: str) -> bool:
        """True when some action that the viewer's roles include leads to this state."""
        policy = AccessPolicy.of(self.view.runtime)
        return any(
            action.transition is not None
            and action.transition[1] == value
            and policy.allows(self.view.principal, self.entity.key, action.key)
            for action in self.entity.actions.values()
        )

    def _forbidden(self, key: str) -> str:
        if key == NONE and self.by.required:
            return str(_("Every record needs a value here."))
        if self.by.state and self.by.transitions and not self._action_to(key):
            return str(_("No action of yours leads here."))
        return ""

    def _shut(self, key: str) -> bool:
        """End columns (states that nothing leads out of forward) are narrow; they still take a drop."""
        return bool(self.by.state and self.by.transitions and not self.by.transitions.get(key))
