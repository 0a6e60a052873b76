"""Head of a record page: names, state, what one may do with it, the way it went, the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from weft.core.access.decide import Decision, decide_all
from weft.core.db.fields import Choices, Field, Kind
from weft.core.i18n import translator
from weft.core.import_export.people import takes_cards
from weft.core.records import merge
from weft.core.records.field_trail import field_moves
from weft.core.records.values import Row
from weft.core.registry.declarations import Action
from weft.core.registry.model import EntityType
from weft.core.web.policies import may
from weft.core.web.record.quick import action_button
from weft.core.web.values import Values, header_fields, other_lang

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["OPERATIONS", "RecordHead", "meets"]

_ = translator("core")

OPERATIONS = ("update", "assign", "link", "delete", "restore", "comment", "attach", "share", "export")
_BUTTONS = 4
_MOST_FACTS = 7
_LEAST_STEPS = 3


def meets(row: Row, only: Mapping[str, Any] | None) -> bool:
    """True when a record has the values that a field asks of what it names (``role__in``: ``distributor,agent``)."""
    for key, wanted in (only or {}).items():
        value = row.get(key.partition("__")[0])
        held = {str(one) for one in value} if isinstance(value, (list, tuple, set)) else {str(value)}
        if not held & set(str(wanted).split(",")):
            return False
    return True


def _inside(text: Any) -> str:
    """A label inside a sentence."""
    words = str(text)
    return words[:1].lower() + words[1:]


class RecordHead:
    """What stands above the tabs of a record page.

    Args:
        view: who looks.
        entity: the record's entity.
        row: the record.
    """

    def __init__(self, view: View, entity: EntityType, row: Row) -> None:
        self.view = view
        self.entity = entity
        self.row = row
        self.values = Values(view.runtime.registry, view.portal_key)
        self.title, self.other = self.values.title(row, entity)
        operations = [*OPERATIONS, *(action.key for action in entity.actions.values())]
        self.decisions: dict[str, Decision] = decide_all(view.records, entity.key, operations, row.id)
        self.deleted = bool(self.decisions["update"].deleted)

    def may(self, operation: str) -> bool:
        """True when the viewer may do it to this record; a record in the trash can only be restored."""
        decision = self.decisions.get(operation)
        if decision is None or not decision.allowed:
            return False
        return self.deleted == (operation == "restore")

    def url(self, *parts: str | int, **query: str) -> str:
        """Address below this record."""
        return self.view.url(self.entity.key, self.row.id, *parts, **query)

    # ---- the head

    def data(self, more: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """The head for its macro.

        Args:
            more: further entries of the More menu.
        """
        head: dict[str, Any] = {
            "title": self.title,
            "crumbs": {"links": [{"url": self.view.url(self.entity.key), "label": str(self.entity.plural)}]},
            "actions": self.actions(),
            "more": [*self._more(), *more],
            "chips": self._chips(),
        }
        if self.other:
            head |= {"other": self.other, "other_lang": other_lang(self.other)}
        seen = self.values.record_face(self.entity.key, self.row.id, self.title)
        if seen:
            head["face"] = seen
        if self.entity.spec.number and self.row.get("number"):
            head["number"] = str(self.row["number"])
        head |= self._state()
        facts = self.facts()
        if facts:
            head["facts"] = facts
        if self.deleted:
            head["marks"] = [{"label": str(_("In the trash")), "tone": "late", "icon": "trash"}]
        return head

    def _chips(self) -> list[str]:
        """Roles of the record: values of its first multiple choice."""
        for name, declared in self.entity.fields.items():
            if declared.kind is Kind.MULTI_CHOICE and self.row.get(name):
                return [self.values.choice_label(declared, value) for value in self.row[name]]
        return []

    @property
    def has_path(self) -> bool:
        """True when the record's state moves by declared steps, so that the way is drawn."""
        declared = self.entity.state_field
        if declared is None or declared.choices is None or self.row.get(declared.name) is None:
            return False
        return bool(declared.transitions) and len(declared.choices.labels) > _LEAST_STEPS

    def _state(self) -> dict[str, Any]:
        """A path where the state moves by declared steps, else a dot and a word."""
        declared = self.entity.state_field
        if declared is None or declared.choices is None or self.row.get(declared.name) is None:
            return {}
        if self.has_path:
            return {"path": self._path(declared, declared.choices)}
        return {"status": self.values.choice(declared, self.row[declared.name])}

    def _path(self, declared: Field, choices: Choices) -> dict[str, Any]:
        order, now = list(choices.labels), self.row[declared.name]
        place = order.index(now) if now in order else -1
        moves = field_moves(self.view.records, self.entity.key, declared.name, filters={"id": self.row.id})
        #: When each state was last entered, from the whole history.
        reached = {move.new: move for move in moves}
        steps = []
        for number, value in enumerate(order):
            label = str(choices.labels[value])
            passed = number < place and choices.tones.get(value) != "grey"
            state = "at" if value == now else ("done" if passed else ("skip" if number < place else "todo"))
            step: dict[str, Any] = {"key": value, "label": label, "state": state}
            if value in reached and state in ("at", "done"):
                step |= {"date": reached[value].at, "made": reached[value].old is None}
            action = self._leading(value)
            if action is not None:
                step |= {"move_url": self.url("act", action.name), "title": str(action.label)}
            steps.append(step)
        return {"label": str(declared.label), "steps": steps, "dead": choices.tones.get(now) == "grey"}

    def _leading(self, value: str) -> Action | None:
        """The action without input that leads to a state, as far as the viewer may run it."""
        for action in self.entity.actions.values():
            if action.transition is None or action.transition[1] != value or action.fields or str(action.confirm):
                continue
            if self.offered(action):
                return action
        return None

    # ---- actions

    def offered(self, action: Action) -> bool:
        """True when the viewer may run an action in the record's present state."""
        state = self.row.get("state")
        if not self.may(action.key) or (action.states and state not in action.states):
            return False
        if action.offered is not None and not action.offered(self.row):
            return False
        if action.transition is None:
            return True
        before, after = action.transition
        declared = self.entity.state_field
        allowed = declared.transitions.get(str(state), ()) if declared and declared.transitions else (after,)
        return before in ("*", state) and state != after and after in allowed

    def actions(self) -> list[dict[str, Any]]:
        """Buttons: declared actions by order (the primary one filled), Edit and Link to; the rest is in More."""
        if self.may("restore"):
            return [
                {
                    "label": str(_("Restore")),
                    "url": self.url("restore"),
                    "opens": "post",
                    "primary": True,
                    "icon": "arrow-back-up",
                }
            ]
        new = self._new()
        found = [self._button(action) for action in self._shown()[: self._room(new)]] + new
        if self.may("update") and not new:
            found.append(self._edit())
        if self.may("link") and self.entity.has("links"):
            found.append({"label": str(_("Link to…")), "url": self.url("link"), "icon": "link", "opens": "dialog"})
        return found

    def _edit(self) -> dict[str, Any]:
        return {"label": str(_("Edit")), "url": self.url("edit"), "icon": "pencil", "shortcut": "e", "opens": "page"}

    @staticmethod
    def _room(new: Sequence[Any]) -> int:
        """How many actions get a button beside those that make something from here."""
        return 1 if new else _BUTTONS - 2

    def _new(self) -> list[dict[str, Any]]:
        """Buttons that make what the plugin said is mostly made from such a record."""
        page = self.view.runtime.registry.record_pages.get(self.entity.key)
        found = []
        for named in page.makes if page else ():
            key, _dot, field = named.rpartition(".")
            entity = self.view.runtime.registry.entities.get(key)
            if entity is None or self.deleted or not may(self.view.runtime, self.view.principal, "create", key):
                continue
            if not meets(self.row, entity.fields[field].only):
                continue
            label = _("New %(entity)s") % {"entity": _inside(entity.label)}
            found.append({"label": str(label), "url": self.view.url(key, "new", **{field: self.row.id})})
        return found

    def _shown(self) -> list[Action]:
        """Actions that get a button: the primary ones; other moves that the path offers anyway stand in More."""
        declared = self.entity.state_field
        path = declared is not None and len(declared.choices.labels if declared.choices else ()) > _LEAST_STEPS
        return [one for one in self._offered() if one.primary or not (path and one.transition and not one.fields)]

    def _offered(self) -> list[Action]:
        order = sorted(self.entity.actions.values(), key=lambda one: (not one.primary, one.order, one.name))
        return [action for action in order if self.offered(action)]

    def _button(self, action: Action) -> dict[str, Any]:
        return action_button(self.view, self.entity, action, self.row.id) | {"primary": action.primary}

    def _more(self) -> list[dict[str, Any]]:
        new = self._new()
        shown = self._shown()[: self._room(new)]
        menu = [self._edit()] if new and self.may("update") else []
        menu += [self._button(action) | {"primary": False} for action in self._offered() if action not in shown]
        if self.may("assign"):
            menu.append({"label": str(_("Assign")), "url": self.url("assign"), "icon": "user-share", "opens": "dialog"})
        if self.may("share") and self.view.principal.internal:
            menu.append({"label": str(_("Share")), "url": self.url("share") + "/", "icon": "share"})
        if merge.offered(self.view.runtime.registry, self.entity) and self.may("update") and self.may("delete"):
            url = self.view.url(self.entity.key, "merge", keep=self.row.id)
            menu.append({"label": str(_("Merge…")), "url": url, "icon": "git-merge", "opens": "dialog"})
        if takes_cards(self.entity):
            menu.append({"label": str(_("vCard")), "url": self.url("vcard"), "icon": "download", "opens": "download"})
        menu.append({"label": str(_("History")), "url": self.url(tab="history"), "icon": "history"})
        if self.may("delete"):
            menu.append({"line": True})
            menu.append(
                {
                    "label": str(_("Delete")),
                    "url": self.url("delete"),
                    "icon": "trash",
                    "opens": "post",
                    "danger": True,
                    "hidden": {"version": self.row.version},
                }
            )
        return menu

    # ---- facts

    def facts(self) -> list[dict[str, Any]]:
        """The strip below the head: what the plugin named, else owner and the first columns."""
        page = self.view.runtime.registry.record_pages.get(self.entity.key)
        names = page.facts if page and page.facts else self._usual_facts()
        fields = {**self.entity.fields, **header_fields()}
        found = []
        for named in names[:_MOST_FACTS]:
            name, _plus, beside = named.partition("+")
            declared = fields.get(name)
            # What the viewer may not read is not in the row: left out, for "none" would be a lie.
            if declared is None or name not in self.row:
                continue
            value = self.values.value(declared, self.row.get(name))
            kind = self.values.kind(declared)
            fact: dict[str, Any] = {"label": str(declared.label), "kind": kind, "v": value, "none": str(_("none"))}
            if kind in ("money", "integer", "decimal"):
                fact["align"] = "right"
            found.append(fact | self._beside(fields.get(beside)))
        if found and found[0]["kind"] in ("text", "reference", "multiline"):
            found[0]["wide"] = True
        return found

    def _beside(self, declared: Field | None) -> dict[str, Any]:
        """The day that belongs to a fact; one in the past stands out."""
        day = self.row.get(declared.name) if declared is not None else None
        if day is None:
            return {}
        formats = self.view.formats
        late = isinstance(day, date) and not isinstance(day, datetime) and day < formats.today
        return {"after": formats.date(day), "after_tone": "late" if late else None}

    def _usual_facts(self) -> tuple[str, ...]:
        titles = {*self.entity.spec.title, self.entity.spec.alt_title}
        names = [name for name in self.entity.spec.columns if name not in titles]
        return tuple(dict.fromkeys([*names[:4], *(["owner"] if "owner" in self.row else [])]))
