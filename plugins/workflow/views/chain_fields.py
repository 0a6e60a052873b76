"""How the form of an approval chain looks: its inputs with their choices, what stands in them, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import FieldError, Kind, current_locale, directory, in_script, translator
from weft.core.websdk import View
from weft.plugins.workflow import vocabulary as words
from weft.plugins.workflow.services import chains
from weft.plugins.workflow.views import chain_form, table_form

_ = translator("workflow")

__all__ = ["Form"]


class Form:
    """The form as the template draws it.

    Args:
        view: who looks.
        action: where it posts.
        given: what stands in it.
        errors: what is wrong, by name.
        model: the steps are the tasks of a model, so none comes, goes or moves.
    """

    def __init__(
        self,
        view: View,
        action: str,
        given: chain_form.Given,
        errors: Sequence[FieldError] = (),
        *,
        model: bool = False,
    ) -> None:
        self.view, self.action, self.given, self.model = view, action, given, model
        self.errors = {error.field: str(error.message) for error in errors}
        self.entity = view.runtime.registry.entities[given.entity]
        self._roles = self._role_choices()
        self._people = self._person_choices()
        self._paths = self._path_choices()
        self._conditions = chains.conditions_of(view.records, given.entity)

    def data(self) -> dict[str, Any]:
        """Everything the template needs."""
        summary = [{"text": text, "field": self._input(name)} for name, text in self.errors.items()]
        return {
            "action": self.action,
            "entity": self.given.entity,
            "about": str(self.entity.label),
            "errors": summary,
            "top": self._top(),
            "outcomes": self._outcomes(),
            "steps": [self._step(n) for n in range(len(self.given.steps))],
            "number": len(self.given.steps),
            "full": len(self.given.steps) >= chains.MOST_STEPS,
            "steps_error": self.errors.get("steps"),
            "model": self.model,
            "dmn_error": self.errors.get("dmn"),
            "tables": table_form.parts(self.given.tables, self._conditions, self.errors),
            "tables_full": len(self.given.tables) >= table_form.MOST_TABLES,
        }

    @staticmethod
    def _input(name: str) -> str:
        """Name of the input an error belongs to."""
        parts = name.split(".")
        return f"s{parts[1]}-{parts[2]}" if len(parts) == 3 else {"start": "on"}.get(name, name)

    def _one(self, name: str, kind: str, label: Any, value: str, *, error: str = "", **more: Any) -> dict[str, Any]:
        found = {"name": name, "kind": kind, "label": str(label), "value": value, **more}
        text = self.errors.get(error or name)
        return found | ({"error": text} if text else {})

    def _top(self) -> list[dict[str, Any]]:
        actions = [
            {"value": name, "label": str(one.label)} for name, one in self.entity.actions.items() if one.transition
        ]
        fields = [
            {"value": name, "label": str(one.label)}
            for name, one in self.entity.fields.items()
            if one.kind in (Kind.CHOICE, Kind.BOOLEAN, Kind.DATE) and not one.internal
        ]
        starts = [{"value": key, "label": str(label)} for key, label in words.START.labels.items()]
        g = self.given
        return [
            self._one("title", "text", _("Name in English"), g.title, width="half", max_length=120),
            self._one(
                "title_zh", "text", _("Name in Chinese"), g.title_zh, width="half", max_length=120, required=False
            ),
            self._one(
                "on", "choice", _("It starts"), g.on, error="start", as_select=True, choices=starts, width="half"
            ),
            self._one(
                "action",
                "choice",
                _("Operation that starts it"),
                g.action,
                as_select=True,
                choices=actions,
                width="half",
                required=False,
            ),
            self._one(
                "of_field",
                "choice",
                _("Field that starts it"),
                g.of_field,
                as_select=True,
                choices=fields,
                width="half",
                required=False,
            ),
            self._one("to", "text", _("Value, or days ahead"), g.to, width="half", required=False),
        ]

    def _outcomes(self) -> list[dict[str, Any]]:
        actions = [
            {"value": name, "label": str(one.label)}
            for name, one in chains.outcomes_of(self.view.records, self.given.entity).items()
        ]
        labels = {
            "approved": _("When all agreed"),
            "returned": _("When it is returned"),
            "rejected": _("When it is rejected"),
            "withdrawn": _("When it is withdrawn"),
        }
        return [
            self._one(
                name,
                "choice",
                label,
                getattr(self.given, name),
                as_select=True,
                choices=actions,
                width="half",
                required=False,
                placeholder=str(_("nothing more")),
            )
            for name, label in labels.items()
        ]

    def _step(self, place: int) -> dict[str, Any]:
        step = self.given.steps[place]

        def one(name: str, kind: str, label: Any, *, error: str = "", **more: Any) -> dict[str, Any]:
            return self._one(
                f"s{place}-{name}", kind, label, step.get(name, ""), error=f"steps.{place}.{error or name}", **more
            )

        who = [{"value": key, "label": str(label)} for key, label in words.WHO.labels.items()]
        modes = [{"value": key, "label": str(label)} for key, label in words.MODE.labels.items()]
        thens = [{"value": key, "label": str(label)} for key, label in words.SILENCE.labels.items()]
        title = step.get("title_zh" if current_locale().startswith("zh") else "title") or step.get("title") or ""
        if step.get("kind") in ("action", "table"):
            return self._automatic(place, one, title, step)
        return {
            "place": place,
            "key": step.get("key", ""),
            "head": str(_("Step %(n)s") % {"n": place + 1}) + (f": {title}" if title else ""),
            "name": [
                one("title", "text", _("Name in English"), width="half", max_length=80),
                one(
                    "title_zh",
                    "text",
                    _("Name in Chinese"),
                    error="title_zh",
                    width="half",
                    max_length=80,
                    required=False,
                ),
            ],
            "who": [
                one("who", "choice", _("Who decides"), as_select=True, choices=who, width="half"),
                one("levels", "integer", _("Levels up"), error="levels", width="half", required=False),
                one(
                    "role",
                    "choice",
                    _("Role"),
                    error="role",
                    as_select=True,
                    choices=self._roles,
                    width="half",
                    required=False,
                ),
                one(
                    "role2",
                    "choice",
                    _("And the role"),
                    error="role2",
                    as_select=True,
                    choices=self._roles,
                    width="half",
                    required=False,
                ),
                one(
                    "user",
                    "choice",
                    _("Person"),
                    error="user",
                    as_select=True,
                    choices=self._people,
                    width="half",
                    required=False,
                ),
                one(
                    "path",
                    "choice",
                    _("Link that leads there"),
                    error="path",
                    as_select=True,
                    width="half",
                    choices=self._paths_with(step.get("path", "")),
                    required=False,
                ),
                one(
                    "duty",
                    "choice",
                    _("Duty"),
                    error="duty",
                    as_select=True,
                    choices=self._duties(),
                    width="half",
                    required=False,
                ),
                one("mode", "choice", _("How many of them"), as_select=True, choices=modes, width="half"),
                one("share", "integer", _("Share (%)"), width="half", required=False),
            ],
            "when": self._when(one, step),
            "silence": [
                one("days", "integer", _("No answer after (days)"), error="silence", width="half", required=False),
                one(
                    "then",
                    "choice",
                    _("Then"),
                    error="then",
                    as_select=True,
                    choices=thens,
                    width="half",
                    required=False,
                ),
            ],
            "fields": [
                one(
                    "fields",
                    "text",
                    _("Fields of this step"),
                    required=False,
                    max_length=1000,
                    help=str(_("Such as “note: required, amount: read”: read, edit, required or hidden.")),
                )
            ],
        }

    def _automatic(self, place: int, one: Any, title: str, step: Mapping[str, str]) -> dict[str, Any]:
        """A task of a model that the platform does itself."""
        actions = [
            {"value": name, "label": str(found.label)}
            for name, found in chains.outcomes_of(self.view.records, self.given.entity).items()
        ]
        fields = [one("action", "choice", _("Operation of the record"), as_select=True, choices=actions)]
        if step["kind"] == "table":
            fields = [one("decision", "text", _("Decision of the DMN model"))]
        return {
            "place": place,
            "key": step.get("key", ""),
            "kind": step["kind"],
            "head": title,
            "name": [],
            "who": fields,
            "when": [],
            "silence": [],
            "fields": [],
            "title": title,
        }

    def _when(self, one: Any, step: Mapping[str, str]) -> list[dict[str, Any]]:
        fields = [{"value": name, "label": str(found.label)} for name, found in self._conditions.items()]
        now = step.get("when", "")
        named = [table["name"] for table in self.given.tables]
        if now.startswith("table:") and now.removeprefix("table:") not in named:
            named.append(now.removeprefix("table:"))
        for name in named:
            fields.append({"value": f"table:{name}", "label": str(_("Decision table %(name)s") % {"name": name})})
        if now == chain_form.EXPRESSION:
            fields.append({"value": now, "label": str(_("An expression"))})
        compare = [{"value": key, "label": str(label)} for key, label in words.COMPARE.labels.items()]
        return [
            one(
                "when",
                "choice",
                _("Only when"),
                as_select=True,
                choices=fields,
                width="third",
                required=False,
                placeholder=str(_("always")),
            ),
            one(
                "op",
                "choice",
                _("is", "before a comparison"),
                error="op",
                as_select=True,
                choices=compare,
                width="third",
                required=False,
            ),
            one("value", "text", _("Value"), error="value", width="third", required=False),
            one("currency", "text", _("Currency"), error="currency", width="third", required=False, max_length=3),
        ]

    # ---- choices
    def _role_choices(self) -> list[dict[str, str]]:
        found = [
            {"value": key, "label": str(role.label)}
            for key, role in self.view.runtime.registry.roles.items()
            if role.audience == "employee" and key != "employee"
        ]
        known = {one["value"] for one in found}
        wanted = {step.get("role", "") for step in self.given.steps} - known - {""}
        found += [{"value": key, "label": key} for key in sorted(wanted)]
        return sorted(found, key=lambda one: one["label"])

    def _person_choices(self) -> list[dict[str, str]]:
        people = directory.colleagues(self.view.records, limit=500)
        return [{"value": str(one.id), "label": in_script(one.name, one.name_alt)[0]} for one in people]

    def _path_choices(self) -> list[dict[str, str]]:
        """Person fields of the record, and the owners of what its references lead to, two links far."""
        registry, found = self.view.runtime.registry, []
        for name, declared in self.entity.fields.items():
            if declared.kind is Kind.USER and not declared.internal:
                found.append({"value": f"field:{name}", "label": str(declared.label)})
            if declared.kind is not Kind.REFERENCE or not declared.relation or declared.values:
                continue
            owner = _("%(link)s: its owner") % {"link": declared.label}
            found.append({"value": declared.relation, "label": str(owner)})
            for target in registry.targets(declared)[:3] if "*" not in declared.to else ():
                for other in target.fields.values():
                    if other.kind is Kind.REFERENCE and other.relation and not other.values and not other.internal:
                        label = _("%(link)s, its %(other)s: owner") % {"link": declared.label, "other": other.label}
                        found.append({"value": f"{declared.relation}>{other.relation}", "label": str(label)})
        return found[:200]

    def _paths_with(self, value: str) -> list[dict[str, str]]:
        known = {one["value"] for one in self._paths}
        return self._paths if not value or value in known else [*self._paths, {"value": value, "label": value}]

    def _duties(self) -> list[dict[str, str]]:
        rows = self.view.records.query(
            "core.value",
            fields=("code", "label_en", "label_zh"),
            sort="position",
            filters={"list_key": "workflow.duty"},
            limit=100,
        ).rows
        return [
            {"value": row["code"] or str(row["id"]), "label": in_script(row["label_en"], row.get("label_zh"))[0]}
            for row in rows
        ]
