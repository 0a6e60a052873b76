"""Values of records as the macros take them: what kind it is and plain data, in the viewer's words.

No database access: everything a value needs came with the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import Locale

from weft.core.db.fields import Field, Kind
from weft.core.db.money import Money
from weft.core.i18n import babel_locale, has_han, in_script, translator
from weft.core.portal.addresses import record_url
from weft.core.records.values import MoneySum, PersonRef, RefValue, Row, UnitRef
from weft.core.registry.model import EntityType, Registry
from weft.core.web.sanitiser import markdown

__all__ = ["Values", "face", "header_fields", "other_lang", "title_names"]

_ = translator("core")

#: Kind of a field -> kind of the value macros where the names differ.
_KINDS = {
    Kind.MULTI_CHOICE: "chips",
    Kind.USER: "person",
    Kind.UNIT: "text",
    Kind.COMPUTED: "text",
}


def header_fields() -> dict[str, Field]:
    """The header columns as fields, for lists, filters and the record page."""
    return {
        "number": Field(Kind.TEXT, _("Number"), name="number", readonly=True, index=True),
        "owner": Field(Kind.USER, _("Owner"), name="owner", index=True),
        "unit": Field(Kind.UNIT, _("Unit"), name="unit", index=True),
        "created_at": Field(Kind.DATETIME, _("Created"), name="created_at", readonly=True, index=True),
        "updated_at": Field(Kind.DATETIME, _("Last change"), name="updated_at", readonly=True, index=True),
    }


def title_names(entity: EntityType) -> list[str]:
    """Names a query has to bring so that :meth:`Values.title` can name the record."""
    return ["title", *([entity.spec.alt_title] if entity.spec.alt_title else [])]


def other_lang(text: str) -> str:
    """Language tag of a name in the other script, so that its glyphs and voice are right."""
    return "zh-CN" if has_han(text) else "en"


def face(key: int, name: str, kind: str = "person") -> dict[str, Any]:
    """Avatar data: two Latin initials, or the family name (people) or first character (organisations) in Chinese."""
    if has_han(name):
        letters = next(character for character in name if has_han(character))
    else:
        words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()] or [name[:1] or "?"]
        second = words[1] if kind == "org" and len(words) > 1 else words[-1]
        letters = (words[0][:1] + (second[:1] if len(words) > 1 else "")).upper()
    return {"initials": letters, "slot": key % 6 + 1, "kind": "org" if kind == "org" else "person"}


@dataclass(frozen=True, slots=True)
class Values:
    """Turns rows into data for the macros, for one viewer.

    Attributes:
        registry: declared labels and colours.
        portal: portal the addresses are in.
    """

    registry: Registry
    portal: str

    # ---- names

    def title(self, row: Mapping[str, Any], entity: EntityType) -> tuple[str, str]:
        """(title in the viewer's script, the other form or empty)."""
        alt = row.get(entity.spec.alt_title) if entity.spec.alt_title else None
        title = str(row.get("title") or row.get("number") or f"#{row['id']}")
        return in_script(title, alt if isinstance(alt, str) else None)

    def face_kind(self, entity_key: str) -> str | None:
        """``org``, ``person`` or None for entities whose records have no face."""
        entity = self.registry.entities.get(entity_key)
        traits = entity.spec.traits if entity else frozenset()
        if "core.organization" in traits:
            return "org"
        return "person" if "core.person" in traits else None

    def record_face(self, entity_key: str, record_id: int, title: str) -> dict[str, Any] | None:
        """Avatar of a record, None for kinds without one."""
        kind = self.face_kind(entity_key)
        return face(record_id, title, kind) if kind else None

    def name_cell(self, row: Row, entity: EntityType) -> dict[str, Any]:
        """The first cell of a row: face, title, the other name."""
        title, other = self.title(row, entity)
        cell: dict[str, Any] = {"title": title, "url": record_url(self.portal, entity, row.id)}
        found = self.record_face(entity.key, row.id, title)
        if found:
            cell["face"] = found
        if other:
            cell |= {"other": other, "other_lang": other_lang(other)}
        return cell

    def reference(self, value: RefValue) -> dict[str, Any]:
        """A reference as link; a restricted one says only that it is there."""
        if value.restricted:
            told = in_script(value.title, value.alt)[0] if value.title else ""
            return {"restricted": True, "title": told or str(_("Not shared with you"))}
        title, other = in_script(value.title, value.alt)
        found: dict[str, Any] = {"title": title or f"#{value.id}", "id": value.id, "other": other}
        entity = self.registry.entities.get(value.type)
        if entity is not None and value.type != "core.value":
            found["url"] = record_url(self.portal, entity, value.id)
            seen = self.record_face(value.type, value.id, title)
            if seen:
                found["face"] = seen
        return found

    @staticmethod
    def person(value: PersonRef) -> dict[str, Any]:
        """A user: face and name."""
        name, other = in_script(value.name, value.alt)
        return {"title": name, "other": other, "id": value.id, "face": face(value.id, name)}

    # ---- any field

    def kind(self, declared: Field) -> str:
        """Kind of the value macros for a field."""
        shown = declared.value_kind
        if shown is Kind.CHOICE:
            return "status" if declared.choices and declared.choices.tones else "choice"
        return _KINDS.get(shown, shown.value)

    def value(self, declared: Field, value: Any) -> Any:
        """A field's Python value as the value macro takes it; None stays None."""
        if value is None or value == "" or value == []:
            return None
        if isinstance(value, RefValue):
            return self.reference(value)
        if isinstance(value, PersonRef):
            return self.person(value)
        if isinstance(value, UnitRef):
            return in_script(value.name, value.alt)[0]
        if isinstance(value, Money):
            return {"amount": value.amount, "currency": value.currency}
        if isinstance(value, MoneySum):
            return self.money_sum(value)
        return self._plain(declared, value)

    def _plain(self, declared: Field, value: Any) -> Any:
        match declared.value_kind:
            case Kind.CHOICE:
                return self.choice(declared, value)
            case Kind.MULTI_CHOICE:
                return [self.choice_label(declared, one) for one in value]
            case Kind.ADDRESS:
                return {"lines": address_lines(value)}
            case Kind.MARKDOWN:
                return markdown(value)
            case Kind.FILE:
                number = value["id"] if isinstance(value, Mapping) else getattr(value, "id", value)
                name = value.get("name") if isinstance(value, Mapping) else getattr(value, "name", None)
                return {"name": name or str(_("File")), "url": f"/files/{number}"}
            case Kind.BOOLEAN:
                return {"value": bool(value)}
            case _:
                return value

    def choice(self, declared: Field, value: Any) -> Any:
        """A choice: label, with its dot where the field has colours."""
        label = self.choice_label(declared, value)
        tones = declared.choices.tones if declared.choices else {}
        return {"label": label, "dot": tones.get(value, "grey")} if tones else label

    @staticmethod
    def choice_label(declared: Field, value: Any) -> str:
        """Words of a choice value; an unknown one stands for itself."""
        labels = declared.choices.labels if declared.choices else {}
        return str(labels.get(value, value))

    @staticmethod
    def money_sum(value: MoneySum) -> dict[str, Any] | None:
        """A sum in company currency, or in its only currency; None when neither exists."""
        if value.company is not None:
            return {"amount": value.company.amount, "currency": value.company.currency}
        if len(value.amounts) == 1:
            return {"amount": value.amounts[0].amount, "currency": value.amounts[0].currency}
        return None

    def sums(self, value: Any) -> list[dict[str, Any]]:
        """A sum for the macro ``sums``: company currency where rates allow it, else one figure per currency.

        People of other companies see one figure per currency: our company's currency and rates are none of theirs.
        """
        if isinstance(value, MoneySum):
            inside = self.portal == "employee"
            chosen = (value.company,) if inside and value.company is not None else value.amounts
            return [{"amount": money.amount, "currency": money.currency} for money in chosen]
        return [{"amount": Decimal(value), "currency": ""}] if value is not None else []


def address_lines(value: Mapping[str, Any]) -> list[str]:
    """A postal address line by line; the country in the viewer's language."""
    territories = Locale.parse(str(babel_locale())).territories
    country = territories.get(str(value.get("country") or ""), value.get("country") or "")
    place = " ".join(part for part in (value.get("postcode"), value.get("city")) if part)
    region = value.get("region") or ""
    lines = [*(value.get("lines") or ()), place, region, country]
    return [str(line) for line in lines if line]
