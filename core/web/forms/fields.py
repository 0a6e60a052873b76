"""Declared fields as form fields for the macros: control, present value, help, error, where choices come from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from weft.core.db.countries import country_names
from weft.core.db.fields import Field, Kind
from weft.core.db.money import CURRENCIES, Money
from weft.core.i18n import babel_locale, in_script, translator
from weft.core.identity import company
from weft.core.portal.addresses import entity_url, record_url
from weft.core.records.values import PersonRef, RefValue, UnitRef
from weft.core.web.values import Values, face

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["FormField", "countries"]

_ = translator("core")

_KINDS = {
    Kind.MULTI_CHOICE: "choices",
    Kind.USER: "reference",
    Kind.UNIT: "reference",
    Kind.REFERENCE: "reference",
}
_NARROW = frozenset(
    {
        Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.DATE, Kind.DATETIME, Kind.PHONE, Kind.EMAIL, Kind.REFERENCE,
        Kind.USER, Kind.UNIT, Kind.URL,
    }
)  # fmt: skip
#: Currencies offered first: the company's, then the usual ones.
_USUAL = ("CNY", "EUR", "USD", "GBP", "JPY", "HKD", "CHF", "NOK", "SEK", "DKK")


class FormField:
    """Makes form fields for one entity (or none: input of an action) and one viewer.

    Args:
        view: who fills the form in.
        pick: address parts below ``pick/`` that answer searches for a field of this form, e.g. (plugin, slug).
    """

    def __init__(self, view: View, pick: tuple[str, ...]) -> None:
        self.view = view
        self.pick = pick
        self.values = Values(view.runtime.registry, view.portal_key)

    def field(self, declared: Field, value: Any, *, raw: bool = False, error: Any = None) -> dict[str, Any]:
        """One field.

        Args:
            declared: the declaration, with its name.
            value: Python value, or what was typed when ``raw``.
            raw: the value is text as posted and is shown again unchanged.
            error: sentence to show below.
        """
        kind = declared.kind
        found: dict[str, Any] = {
            "name": declared.name,
            "kind": _KINDS.get(kind, kind.value),
            "label": str(declared.label),
            "required": declared.required and kind is not Kind.BOOLEAN,
        }
        if str(declared.help or ""):
            found["help"] = str(declared.help)
        if error:
            found["error"] = str(error)
        if declared.max_length and kind not in (Kind.MULTILINE, Kind.MARKDOWN):
            found["max_length"] = declared.max_length
        if kind in _NARROW:
            found["width"] = "half"
        found |= self._parts(declared, value, raw)
        return found

    def readonly(self, declared: Field, value: Any, reason: Any) -> dict[str, Any]:
        """A field that is only shown, with the reason beside its label."""
        return {
            "name": declared.name,
            "kind": self.values.kind(declared),
            "label": str(declared.label),
            "readonly": True,
            "reason": str(reason),
            "display": self.values.value(declared, value),
        }

    def _parts(self, declared: Field, value: Any, raw: bool) -> dict[str, Any]:
        match declared.kind:
            case Kind.CHOICE:
                return {"choices": self._choices(declared), "value": value}
            case Kind.MULTI_CHOICE:
                chosen = value.split(",") if isinstance(value, str) else list(value or ())
                return {"choices": self._choices(declared), "value": chosen}
            case Kind.MONEY:
                return self._money(value)
            case Kind.REFERENCE | Kind.USER | Kind.UNIT:
                return self._picker(declared, value)
            case Kind.ADDRESS:
                return {"value": value or {}, "choices": countries()}
            case Kind.FILE:
                return self._file(declared, value)
            case Kind.BOOLEAN:
                return {"value": value in (True, "1", "true", "on")}
            case Kind.DATETIME if isinstance(value, datetime):
                return {"value": self.view.formats.local(value).strftime("%Y-%m-%dT%H:%M")}
            case Kind.DATE if value is not None and not isinstance(value, str):
                return {"value": value.isoformat()}
            case Kind.DECIMAL if value is not None and not isinstance(value, str):
                return {"value": f"{value:f}"}
            case Kind.MULTILINE | Kind.MARKDOWN:
                return {"value": value or "", "rows": 4 if declared.kind is Kind.MULTILINE else 6}
        return {"value": "" if value is None else value}

    def _choices(self, declared: Field) -> list[dict[str, Any]]:
        labels = declared.choices.labels if declared.choices else {}
        tones = declared.choices.tones if declared.choices else {}
        return [{"value": key, "label": str(label), "dot": tones.get(key)} for key, label in labels.items()]

    def _money(self, value: Any) -> dict[str, Any]:
        own = company.cached(self.view.runtime).currency
        amount: Any = ""
        currency = own
        if isinstance(value, Money):
            amount, currency = f"{value.amount:f}", value.currency
        elif isinstance(value, Mapping):
            amount, currency = value.get("amount", ""), value.get("currency") or own
        offered = list(dict.fromkeys([own, currency, *_USUAL, *CURRENCIES]))
        return {"value": amount, "currency": currency, "currencies": offered}

    def _picker(self, declared: Field, value: Any) -> dict[str, Any]:
        view = self.view
        found: dict[str, Any] = {
            "search_url": view.page("pick", *self.pick, declared.name),
            "selected": [self.chosen(value)] if value not in (None, "") else [],
        }
        targets = view.runtime.registry.targets(declared) if declared.kind is Kind.REFERENCE else ()
        if len(targets) == 1 and not declared.values:
            from weft.core.web.policies import may

            target = targets[0]
            if may(view.runtime, view.principal, "create", target.key):
                found["create_url"] = entity_url(view.portal_key, target, "new", pick="1")
        return found

    def chosen(self, value: Any) -> dict[str, Any]:
        """What a picker shows as chosen."""
        if isinstance(value, RefValue):
            shown = self.values.reference(value)
            found = {"id": value.id, "title": shown["title"]}
            entity = self.view.runtime.registry.entities.get(value.type)
            if entity is not None and not value.restricted and value.type != "core.value":
                found["url"] = record_url(self.view.portal_key, entity, value.id, "peek")
            return found | ({"face": shown["face"]} if "face" in shown else {})
        if isinstance(value, PersonRef):
            name = in_script(value.name, value.alt)[0]
            return {"id": value.id, "title": name, "face": face(value.id, name)}
        if isinstance(value, UnitRef):
            return {"id": value.id, "title": in_script(value.name, value.alt)[0]}
        return {"id": value, "title": str(value)}

    def _file(self, declared: Field, value: Any) -> dict[str, Any]:
        limit = self.view.runtime.settings.upload_limit
        found: dict[str, Any] = {
            "upload_url": self.view.page("me", "upload", **({"wide": "1"} if declared.anything else {})),
            "max_bytes": limit,
            "limit": str(_("up to %(size)s") % {"size": self.view.formats.filesize(limit)}),
            "files": [],
        }
        if value not in (None, ""):
            shown = self.values.value(declared, value)
            number = shown["url"].rsplit("/", 1)[-1]
            found["files"] = [{"id": number, "name": shown["name"], "url": shown["url"], "size": ""}]
        return found


def countries() -> list[dict[str, str]]:
    """Countries by name in the viewer's language."""
    names = country_names(str(babel_locale()))
    return [{"value": code, "label": name} for code, name in sorted(names.items(), key=lambda one: one[1])]
