"""The form of a record: which fields in which groups, with values, errors and what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Field, Kind
from weft.core.errors import FieldError
from weft.core.i18n import Text, in_script, translator
from weft.core.identity import people, units
from weft.core.records.values import PersonRef, UnitRef
from weft.core.registry.model import EntityType
from weft.core.web import once
from weft.core.web.forms.checks import asked
from weft.core.web.forms.fields import FormField
from weft.core.web.forms.parse import parse_form

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["RecordForm"]

_ = translator("core")


class RecordForm:
    """The form of one entity, new or existing.

    Args:
        view: who fills it in.
        entity: what is made or changed.
        row: the record, None for a new one.
    """

    def __init__(self, view: View, entity: EntityType, row: Mapping[str, Any] | None = None) -> None:
        self.view = view
        self.entity = entity
        self.row = row
        self.operation = "create" if row is None else "update"
        covered = AccessPolicy.of(view.runtime).access(view.principal, entity.key, self.operation).names
        self.writable: dict[str, Field] = {
            name: declared
            for name, declared in entity.fields.items()
            if name in covered
            and declared.writable
            and not self._moved_by_action(declared)
            and not (row is None and _has_one_start(declared))
        }
        self.maker = FormField(view, (entity.plugin, entity.slug))

    def _moved_by_action(self, declared: Field) -> bool:
        """A state with transitions is chosen once, when the record is made; later actions move it."""
        return self.row is not None and declared.state and bool(declared.transitions)

    # ---- posted

    def posted(self) -> dict[str, Any]:
        """API values of what was posted."""
        return parse_form(self.view.form, self.writable.values(), self.view.zone)

    # ---- shown

    def data(
        self,
        *,
        action: str,
        values: Mapping[str, Any],
        errors: Sequence[FieldError] = (),
        version: int | None = None,
        cancel_url: str = "",
        hidden: Mapping[str, str] | None = None,
        only: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """The form for its macro.

        Args:
            action: where it posts.
            values: Python values, or API values of a form that comes back.
            errors: what was wrong with it.
            version: the record's version the form is based on.
            only: show these fields alone.
        """
        messages = {error.field: error.message for error in reversed(list(errors))}
        groups = self._groups(self._filled(values), messages, only)
        names = [field["name"] for group in groups for field in group["fields"] if not field.get("readonly")]
        form: dict[str, Any] = {
            "action": action,
            "groups": groups,
            "submit": str(_("Save")),
            "version": version,
            "hidden": {**(hidden or {})},
            "errors": self._summary(errors, names),
            "draft": f"{self.entity.key}:{self.row['id'] if self.row else 'new'}:{self.view.principal.user_id}",
        }
        # Empty pickers and unticked boxes post nothing: the form tells which fields it had.
        form["hidden"]["_had"] = ",".join(names)
        checks = asked(self.view, self.entity, names, self.row["id"] if self.row else None)
        if checks is not None:
            form["checks"] = checks
        if cancel_url:
            form["cancel_url"] = cancel_url
        if self.row is None:
            form["hidden"][once.FIELD] = self.view.form.get(once.FIELD) or once.new_token(self.view)
            form["submit_new"] = str(_("Save and new"))
        return form

    def _summary(self, errors: Sequence[FieldError], names: Sequence[str]) -> list[dict[str, str]]:
        found = []
        for error in errors:
            declared = self.entity.fields.get(error.field)
            text = f"{declared.label}: {error.message}" if declared else str(error.message)
            found.append({"text": text, **({"field": error.field} if error.field in names else {})})
        return found

    def _groups(
        self, values: Mapping[str, Any], messages: Mapping[str, Any], only: Sequence[str] | None
    ) -> list[dict[str, Any]]:
        groups = []
        for title, names in self._sections():
            fields = [self._one(name, values, messages) for name in names if only is None or name in only]
            shown = [field for field in fields if field is not None]
            if shown:
                groups.append({"title": str(title) if title else "", "fields": shown})
        return groups

    def _sections(self) -> list[tuple[Text, list[str]]]:
        """Sections of the record page, else of the entity, then whatever none of them names."""
        page = self.view.runtime.registry.record_pages.get(self.entity.key)
        fields = self.entity.fields
        sections: list[tuple[Text, list[str]]] = []
        if page is not None:
            sections = [(title, list(names)) for title, names in page.sections]
        if not sections:
            keys = self.entity.spec.sections
            sections = [(label, [n for n, f in fields.items() if f.section == key]) for key, label in keys.items()]
        named = {name for _title, names in sections for name in names}
        rest = [name for name, f in fields.items() if name not in named and f.kind is not Kind.COMPUTED]
        if rest:
            sections = [*sections, (_("More") if sections else "", rest)]
        return sections

    def _one(self, name: str, values: Mapping[str, Any], messages: Mapping[str, Any]) -> dict[str, Any] | None:
        declared = self.entity.fields.get(name)
        if declared is None:
            return None
        if name in self.writable:
            shown = self.maker.field(declared, values.get(name), error=messages.get(name))
            if self.row is None and declared.state and declared.transitions:
                shown["choices"] = [one for one in shown["choices"] if one["value"] in declared.first_states]
            return shown
        if self.row is None or name not in self.row or self.row[name] is None:
            return None
        reason = _("changes by its actions") if self._moved_by_action(declared) else _("given by Weft")
        if declared.writable and not self._moved_by_action(declared):
            reason = _("not yours to change")
        return self.maker.readonly(declared, self.row[name], reason)

    # ---- values that come back from a form carry ids only: name them again

    def _filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(values)
        kinds = {Kind.REFERENCE: self._references, Kind.USER: self._people, Kind.UNIT: self._units}
        for kind, name_them in kinds.items():
            ids = {
                name: int(str(found[name]))
                for name, declared in self.writable.items()
                if declared.kind is kind and str(found.get(name) or "").isdigit()
            }
            if ids:
                found |= name_them(ids)
        return found

    def _references(self, ids: Mapping[str, int]) -> dict[str, Any]:
        titles = self.view.records.titles(ids.values())
        return {name: titles.get(number) for name, number in ids.items()}

    def _people(self, ids: Mapping[str, int]) -> dict[str, Any]:
        known = people.people(self.view.connection, ids.values())
        return {
            name: PersonRef(number, known[number].name, known[number].name_alt) if number in known else None
            for name, number in ids.items()
        }

    def _units(self, ids: Mapping[str, int]) -> dict[str, Any]:
        known = units.names(self.view.connection, sorted(set(ids.values())))
        return {name: UnitRef(number, *known[number]) if number in known else None for name, number in ids.items()}


def _has_one_start(declared: Field) -> bool:
    """A state in which every new record begins is not asked for."""
    return declared.state and bool(declared.transitions) and len(declared.first_states) == 1


def title_of(view: View, entity: EntityType, row: Mapping[str, Any]) -> str:
    """Title of a record in the viewer's script."""
    alt = row.get(entity.spec.alt_title) if entity.spec.alt_title else None
    return in_script(str(row.get("title") or row.get("number") or f"#{row['id']}"), alt)[0]
