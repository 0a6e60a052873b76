"""What a form posted, as API values for the write path. Nothing is judged here: the schema does that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from weft.core.db.fields import Field, Kind
from weft.core.i18n import babel_locale

__all__ = ["parse_form", "posted_value"]

_ADDRESS = ("lines", "postcode", "city", "region", "country")


def parse_form(form: MultiDict[str, str], fields: Iterable[Field], zone: str) -> dict[str, Any]:
    """API values of the fields the form carried; a field without any input stays away.

    Args:
        form: what was posted.
        fields: fields the form may carry; others are ignored.
        zone: IANA zone in which typed times are meant.
    """
    found: dict[str, Any] = {}
    for declared in fields:
        if _present(form, declared):
            found[declared.name] = posted_value(form, declared, zone)
    return found


def _present(form: MultiDict[str, str], declared: Field) -> bool:
    if declared.kind is Kind.ADDRESS:
        return any(f"{declared.name}-{part}" in form for part in _ADDRESS)
    # Pickers, uploads and tick boxes post nothing when empty: the form says which fields it had.
    return declared.name in form or declared.name in form.get("_had", "").split(",")


def posted_value(form: MultiDict[str, str], declared: Field, zone: str) -> Any:
    """The API value of one field; empty text is None."""
    name = declared.name
    match declared.kind:
        case Kind.MONEY:
            amount = number_text(form.get(name, ""))
            return {"amount": amount, "currency": form.get(declared.currency_name, "")} if amount else None
        case Kind.DECIMAL | Kind.INTEGER:
            return number_text(form.get(name, "")) or None
        case Kind.BOOLEAN:
            return form.getlist(name)[-1:] == ["1"]
        case Kind.MULTI_CHOICE:
            return [value for text in form.getlist(name) for value in text.split(",") if value]
        case Kind.ADDRESS:
            return _address(form, name)
        case Kind.DATETIME:
            return _moment(form.get(name, "").strip(), zone)
        case Kind.REFERENCE | Kind.USER | Kind.UNIT | Kind.FILE:
            return form.get(name, "").strip() or None
        case Kind.MULTILINE | Kind.MARKDOWN:
            return form.get(name, "").replace("\r\n", "\n") or None
    return form.get(name, "").strip() or None


def number_text(text: str) -> str:
    """A typed number in plain form: grouping of the viewer's language is taken out, ``12,500.00`` -> ``12500.00``.

    Text that is no number comes back as it was typed, so that the refusal shows it.
    """
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", text)
    symbols = babel_locale().number_symbols.get("latn", {})
    group, point = symbols.get("group", ","), symbols.get("decimal", ".")
    if re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(point)}\d+)?", plain):
        plain = plain.replace(group, "")
    elif re.fullmatch(r"[+-]?\d+,\d{1,2}", plain) and group == ",":
        plain = plain.replace(",", ".")
    return plain.replace(point, ".") if plain else ""


def _address(form: MultiDict[str, str], name: str) -> dict[str, Any] | None:
    parts = {part: form.get(f"{name}-{part}", "").strip() for part in _ADDRESS}
    if not any(parts.values()):
        return None
    lines = [line.strip() for line in parts.pop("lines").splitlines() if line.strip()]
    return {"lines": lines, **{part: value or None for part, value in parts.items()}}


def _moment(text: str, zone: str) -> str | None:
    """A local time of a form as ISO text with its zone; what is no time comes back for the refusal."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.isoformat() if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)).isoformat()
