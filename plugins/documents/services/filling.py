"""Filling a template from a record: slots become words, the result is a Word document or a PDF.

A template has no language: ``{{name}}`` or ``{{account.name}}`` stands for the value of a field as a person reads it,
and nothing is computed. The file is made in a child process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from weft.core.sdk import (
    Money,
    PersonRef,
    Records,
    RefValue,
    Row,
    ValidationFailed,
    babel_locale,
    company_name,
    files,
    in_script,
    translator,
)
from weft.plugins.documents.services import library

_ = translator("documents")

__all__ = ["fill", "offered", "values_of"]

TEMPLATE = "documents.template"
SLOT = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}")
_WHY = {
    "fonts": _("No font with Chinese characters is installed on the server, so the PDF would have gaps."),
    "damaged": _("The template cannot be read."),
}


def offered(records: Records, record: Row) -> list[Row]:
    """Templates for records of this kind, by name."""
    fields = ("name", "name_alt", "output", "subject", "file", "body")
    rows = records.query(TEMPLATE, fields=fields, sort="title", limit=200).rows
    return [row for row in rows if not row.get("subject") or row["subject"] == record.type]


def values_of(records: Records, record_id: int) -> dict[str, str]:
    """What slots stand for: readable fields of the record, and of records it names (``account.name``)."""
    found = records.find(record_id)
    row = records.get(found.type, record_id)
    values = _plain(row)
    for name, value in row.items():
        if isinstance(value, RefValue) and not value.restricted and value.type != "core.value":
            other = records.get(value.type, value.id)
            values.update((f"{name}.{key}", text) for key, text in _plain(other).items())
    today = records.now.astimezone(records.zone).date()
    values |= {"today": _shown(today), "company": company_name(records)}
    return values


def _plain(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: _shown(value) for name, value in row.items() if value is not None}


def _shown(value: Any) -> str:
    from babel.dates import format_date
    from babel.numbers import format_currency, format_decimal

    locale = str(babel_locale())
    match value:
        case Money():
            return format_currency(value.amount, value.currency, format="¤¤ #,##0.00", locale=locale)
        case RefValue():
            return "" if value.restricted else in_script(value.title or "", value.alt)[0]
        case PersonRef():
            return in_script(value.name, value.alt)[0]
        case bool():
            return str(_("yes") if value else _("no"))
        case datetime():
            return format_date(value.date(), "long", locale=locale)
        case date():
            return format_date(value, "long", locale=locale)
        case Decimal() | int():
            return format_decimal(value, locale=locale)
        case list():
            return str(_(", ")).join(map(str, value))
        case dict():
            return str(_(", ")).join(str(part) for part in (*value.get("lines", ()), value.get("city")) if part)
        case _:
            return str(value)


def fill(records: Records, template: Row, record_id: int, folder: int) -> Row:
    """Make a document of a template and a record, linked to the record; a draft of whoever made it.

    Raises:
        ValidationFailed: the template cannot be filled, with the reason.
    """
    values = values_of(records, record_id)
    found = records.find(record_id)
    name = f"{in_script(template['name'], template.get('name_alt') or '')[0]} {found.title or ''}".strip()[:200]
    if template["output"] == "docx":
        if template.get("file") is None:
            raise ValidationFailed.single("template", "file", _("The template has no Word file."))
        info, handle = files.open_for(records, int(template["file"]))
        with handle:
            made = files.make_docx(handle, info.size, values)
    else:
        text = SLOT.sub(lambda slot: values.get(slot[1], "—"), template.get("body") or "")
        made = files.make_pdf(text, name)
    if made.reason:
        raise ValidationFailed.single("template", made.reason, _WHY.get(made.reason, _WHY["damaged"]))
    kept = files.upload(records, BytesIO(made.content), f"{name}.{template['output']}")  # read like any other file
    values_of_new = {"name": name, "folder": folder, "file": kept.id, "form": "file"}
    return library.add(records, values_of_new, [record_id])
