"""What each kind of field accepts: API values and Python values become one Python value, or are refused.

One converter per field, used by the schemas of every door. Nothing here reads the database: whether a reference, user,
unit or file exists is asked in batches by :mod:`weft.core.records.targets`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from weft.core.db.countries import country_codes
from weft.core.db.fields import Field, Kind
from weft.core.i18n import translator
from weft.core.records.numbers import decimal_converter, integer_converter, money_converter, whole
from weft.core.records.refused import MAX_ID, Converter, Refused

__all__ = ["Refused", "api_value", "converter", "phone_region"]

_ = translator("core")

#: ISO 3166-1 alpha-2 code for telephone numbers written without a country code; None asks for one.
phone_region: ContextVar[str | None] = ContextVar("weft_phone_region", default=None)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s\"<>(),:;\[\]\\]{1,64}@[^@\s\"<>(),:;\[\]\\.]+(\.[^@\s\"<>(),:;\[\]\\.]+)+")
_ADDRESS = ("country", "region", "city", "lines", "postcode")
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


def converter(declared: Field) -> Converter:
    """Return the function that turns an API value or a Python value of a field into its Python value.

    The function returns None for empty values and raises :class:`Refused`.
    """
    return _MAKERS[declared.kind](declared)


def api_value(declared: Field, value: Any) -> Any:
    """Return the JSON form of a field's Python value, as written to the journal and compared in conflicts."""
    if value is None:
        return None
    match declared.value_kind:
        case Kind.DECIMAL:
            return f"{value:f}"
        case Kind.MONEY:
            return value.to_api()
        case Kind.DATE:
            return value.isoformat()
        case Kind.DATETIME:
            return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case Kind.MULTI_CHOICE:
            return list(value)
        case Kind.ADDRESS:
            return dict(value)
    return value


# ---- text


def _text(declared: Field) -> Converter:
    lines = declared.kind in (Kind.MULTILINE, Kind.MARKDOWN)
    control = _CONTROL_BUT_LINES if lines else _CONTROL
    longest = declared.max_length

    def convert(value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise Refused("invalid", _("Write a text."))
        text = value.replace("\r\n", "\n").replace("\r", "\n").strip() if lines else value.strip()
        if not text:
            return None
        if control.search(text):
            raise Refused("control", _("Remove the control characters."))
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        if longest is not None and len(text) > longest:
            raise Refused("too_long", _("Shorten this to %(limit)s characters.") % {"limit": longest})
        return text

    return convert


def _email(declared: Field) -> Converter:
    as_text = _text(declared)

    def convert(value: Any) -> str | None:
        text = as_text(value)
        if text is None:
            return None
        if not _EMAIL.fullmatch(text):
            raise Refused("invalid", _("Write an e-mail address such as name@example.com."))
        return str(text).lower()

    return convert


def _url(declared: Field) -> Converter:
    as_text = _text(declared)

    def convert(value: Any) -> str | None:
        text = as_text(value)
        if text is None:
            return None
        try:
            parts = urlsplit(text)
            usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or " " in text or "@" in parts.netloc:
            raise Refused("invalid", _("Write a web address that begins with http:// or https://."))
        return str(text)

    return convert


def _phone(declared: Field) -> Converter:
    as_text = _text(declared)

    def convert(value: Any) -> str | None:
        import phonenumbers  # slow to import, and not needed to start

        text = as_text(value)
        if text is None:
            return None
        try:
            number = phonenumbers.parse(text, phone_region.get())
        except phonenumbers.NumberParseException as error:
            raise Refused(
                "invalid", _("Write a telephone number with its country code, such as +31 10 123 4567.")
            ) from error
        if not phonenumbers.is_possible_number(number):
            raise Refused("invalid", _("This telephone number has too many or too few digits for its country."))
        if number.extension:
            raise Refused("invalid", _("Write the extension into a field of its own."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    return convert


# ---- time


def _date(declared: Field) -> Converter:
    def convert(value: Any) -> date | None:
        if value is None or value == "":
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value.strip()) if isinstance(value, str) and len(value) <= 12 else _no_date()
        except ValueError:
            return _no_date()

    return convert


def _no_date() -> date:
    raise Refused("invalid", _("Write a date as year-month-day, such as 2026-11-25."))


def _datetime(declared: Field) -> Converter:
    def convert(value: Any) -> datetime | None:
        if value is None or value == "":
            return None
        moment = value
        if isinstance(value, str) and len(value) <= 40:
            try:
                moment = datetime.fromisoformat(value.strip())
            except ValueError:
                moment = None
        if not isinstance(moment, datetime):
            raise Refused("invalid", _("Write a date and time such as 2026-11-25T09:30:00+08:00."))
        if moment.tzinfo is None:
            raise Refused("zone", _("Add the time zone, such as +08:00 or Z."))
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            raise Refused("invalid", _("This moment is out of range.")) from error

    return convert


# ---- choices


def _boolean(declared: Field) -> Converter:
    def convert(value: Any) -> bool | None:
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise Refused("invalid", _("Choose yes or no."))

    return convert


def _choice(declared: Field) -> Converter:
    allowed = frozenset(declared.choices.labels) if declared.choices else frozenset()

    def convert(value: Any) -> str | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str) or value not in allowed:
            raise Refused("choice", _("Choose one of the offered values."))
        return value

    return convert


def _multi_choice(declared: Field) -> Converter:
    order = tuple(declared.choices.labels) if declared.choices else ()

    def convert(value: Any) -> list[str] | None:
        if value is None or value == "":
            return None
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, (list, tuple, set, frozenset)) or not all(isinstance(item, str) for item in given):
            raise Refused("invalid", _("Choose from the offered values."))
        chosen = {item for item in given if item}
        if chosen - set(order):
            raise Refused("choice", _("Choose from the offered values."))
        return [item for item in order if item in chosen] or None

    return convert


# ---- ids


def _identifier(declared: Field) -> Converter:
    def convert(value: Any) -> int | None:
        if value is None or value == "":
            return None
        given = value.get("id") if isinstance(value, Mapping) else getattr(value, "id", value)
        number = whole(given) if not isinstance(given, float) else None
        if number is None or not 0 < number < MAX_ID:
            raise Refused("invalid", _("Choose an existing entry."))
        return number

    return convert


# ---- address


def _address(declared: Field) -> Converter:
    part = _text(Field(Kind.TEXT, "", max_length=200))

    def convert(value: Any) -> dict[str, Any] | None:
        if value is None or value == "":
            return None
        if not isinstance(value, Mapping) or set(value) - set(_ADDRESS):
            raise Refused("invalid", _("Write country, region, city, lines and postcode."))
        lines = value.get("lines") or []
        lines = lines.splitlines() if isinstance(lines, str) else lines
        if not isinstance(lines, (list, tuple)) or len(lines) > 6:
            raise Refused("invalid", _("Write at most six address lines."))
        found: dict[str, Any] = {name: part(value.get(name)) for name in _ADDRESS if name != "lines"}
        found["lines"] = [text for text in map(part, lines) if text]
        if found["country"]:
            found["country"] = found["country"].upper()
            if found["country"] not in country_codes():
                raise Refused("country", _("Choose a country."))
        return {name: found[name] for name in _ADDRESS} if any(found.values()) else None

    return convert


def _computed(declared: Field) -> Converter:
    def convert(value: Any) -> Any:
        raise Refused("unknown", _("This field is computed."))

    return convert


_MAKERS: Mapping[Kind, Callable[[Field], Converter]] = {
    Kind.TEXT: _text,
    Kind.MULTILINE: _text,
    Kind.MARKDOWN: _text,
    Kind.INTEGER: integer_converter,
    Kind.DECIMAL: decimal_converter,
    Kind.MONEY: money_converter,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.MULTI_CHOICE: _multi_choice,
    Kind.REFERENCE: _identifier,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.URL: _url,
    Kind.ADDRESS: _address,
    Kind.FILE: _identifier,
    Kind.COMPUTED: _computed,
    Kind.USER: _identifier,
    Kind.UNIT: _identifier,
}
