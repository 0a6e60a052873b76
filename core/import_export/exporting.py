"""Exports: the present view of a list, within the rights of who asks, page by page into CSV or XLSX.

The rows come from the query compiler with the operation ``export``; every cell goes through the one cell encoder. Every
export is noted, also one that was broken off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update

from weft.core.access import fields as field_access
from weft.core.access.policy import AccessPolicy
from weft.core.db.fields import Field, Kind
from weft.core.errors import Denied, QueryError, RateLimited
from weft.core.i18n import Text, translator
from weft.core.identity import audit
from weft.core.identity.principal import Principal
from weft.core.import_export.tables import export_run
from weft.core.import_export.writers import writer_for
from weft.core.records import unit
from weft.core.records.facade import Records
from weft.core.registry.model import EntityType
from weft.core.registry.runtime import Runtime

__all__ = [
    "FORMATS",
    "PER_HOUR",
    "ExportColumn",
    "ExportRequest",
    "columns_of",
    "note_export",
    "run_export",
    "write_rows",
]

_ = translator("core")

#: Format -> (ending, media type).
FORMATS: Mapping[str, tuple[str, str]] = {
    "csv": (".csv", "text/csv; charset=utf-8"),
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
#: Exports a person may make in an hour by page or program; more is a sign of a stolen session.
PER_HOUR = 10
_PAGE = 200
_HEADER_LABELS: Mapping[str, Text] = {
    "id": "ID", "title": _("Title"), "number": _("Number"), "owner": _("Owner"), "unit": _("Unit"), "state": _("State"),
    "created_at": _("Created"), "updated_at": _("Last change"), "version": _("Version"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export.

    Attributes:
        entity: entity key.
        fields: names in order; empty for the id and all fields the person may export.
        filters: as in the address of the list: name -> value or values.
        sort: as in the address.
        search: words looked for.
        format: ``csv`` or ``xlsx``.
        limit: most rows, None for all.
    """

    entity: str
    fields: Sequence[str] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    sort: str | None = None
    search: str | None = None
    format: str = "csv"
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column of the file: heading, and how to take its value from a row."""

    heading: str
    value: Callable[[Mapping[str, Any]], Any]


Progress = Callable[[int], None]


def run_export(
    runtime: Runtime,
    principal: Principal,
    request: ExportRequest,
    out: BinaryIO,
    *,
    door: str = "page",
    progress: Progress | None = None,
) -> int:
    """Write an export into a stream and note it; returns the number of rows.

    Args:
        runtime: the installation.
        principal: whose rights count.
        request: what to export.
        out: receives the bytes.
        door: ``page``, ``rest`` or ``command``; people are limited to :data:`PER_HOUR`, commands are not.
        progress: called with the rows written so far after each page.

    Raises:
        Denied: exporting this entity is not granted.
        QueryError: a name is unknown or unreadable.
        RateLimited: too many exports within an hour.
    """
    if request.format not in FORMATS:
        raise QueryError(str(_("Choose csv or xlsx.")), name="format")
    with unit.reading(runtime, principal, "export") as records:
        _check(records, request, door)
        columns = columns_of(records, request)
    number = _begin(runtime, principal, request, door)
    rows = 0
    try:
        with unit.reading(runtime, principal, "export") as records:
            for rows in write_rows(records, request, columns, out):
                if progress is not None:
                    progress(rows)
    except BaseException:
        _end(runtime, number, "failed", rows)
        raise
    _end(runtime, number, "done", rows)
    return rows


def _check(records: Records, request: ExportRequest, door: str) -> None:
    registry = records.runtime.registry
    if request.entity not in registry.entities:
        raise QueryError(str(_("There is no such kind of record.")), name="entity")
    allowed = AccessPolicy.of(records.runtime).allows(records.principal, request.entity, "export")
    if not allowed or not registry.entity(request.entity).has("export"):
        raise Denied(str(_("You may not export these records.")), rule="export")
    user = records.principal.user_id
    if door not in ("page", "rest") or user is None:
        return
    e = export_run.c
    recent = select(func.count()).where(e.user_id == user, e.created_at > records.now - timedelta(hours=1))
    if (records.connection.scalar(recent.where(e.door.in_(("page", "rest")))) or 0) >= PER_HOUR:
        raise RateLimited(str(_("You have exported ten times within an hour; try again later.")), retry_after=600)


def note_export(
    runtime: Runtime, principal: Principal, entity: str, form: str, view: Mapping[str, Any], rows: int
) -> None:
    """Note a file that was made of records in another way, such as a report, where all exports are noted."""
    now = runtime.clock()
    with runtime.db.write() as connection:
        values = {
            "user_id": principal.user_id, "entity": entity, "format": form, "view": dict(view), "door": "page",
            "state": "done", "created_at": now, "finished_at": now, "rows": rows,
        }  # fmt: skip
        number = int(connection.execute(insert(export_run).values(values).returning(export_run.c.id)).scalar_one())
        detail = {"entity": [None, entity], "format": [None, form], "export": [None, number]}
        audit.write(connection, now, principal.user_id, "page", "records.export", detail)


def _begin(runtime: Runtime, principal: Principal, request: ExportRequest, door: str) -> int:
    now = runtime.clock()
    view = {name: value for name, value in asdict(request).items() if name not in ("entity", "format")}
    with runtime.db.write() as connection:
        values = {
            "user_id": principal.user_id, "entity": request.entity, "format": request.format, "view": view,
            "door": door, "state": "running", "created_at": now,
        }  # fmt: skip
        number = int(connection.execute(insert(export_run).values(values).returning(export_run.c.id)).scalar_one())
        detail = {"entity": [None, request.entity], "format": [None, request.format], "export": [None, number]}
        audit.write(connection, now, principal.user_id, door, "records.export", detail)
    return number


def _end(runtime: Runtime, number: int, state: str, rows: int) -> None:
    values = {"state": state, "rows": rows, "finished_at": runtime.clock()}
    with runtime.db.write() as connection:
        connection.execute(update(export_run).where(export_run.c.id == number).values(values))


def write_rows(
    records: Records, request: ExportRequest, columns: Sequence[ExportColumn], out: BinaryIO
) -> Iterator[int]:
    """Write heading and rows; yields the rows written so far after each page."""
    writer = writer_for(request.format, out, ZoneInfo(records.principal.zone or "UTC"))
    writer.heading([column.heading for column in columns])
    names = _names(records, request)
    rows, cursor = 0, None
    while True:
        size = _PAGE if request.limit is None else min(_PAGE, request.limit - rows)
        page = records.query(
            request.entity, fields=names, filters=request.filters, sort=request.sort, limit=max(size, 1),
            cursor=cursor, search=request.search, operation="export",
        )  # fmt: skip
        for row in page.rows:
            writer.row([column.value(row) for column in columns])
        rows += len(page.rows)
        cursor = page.next
        yield rows
        if cursor is None or (request.limit is not None and rows >= request.limit):
            break
    writer.close()


def _names(records: Records, request: ExportRequest) -> tuple[str, ...]:
    if request.fields:
        return tuple(request.fields)
    entity_type = records.runtime.registry.entity(request.entity)
    access = AccessPolicy.of(records.runtime).access(records.principal, request.entity, "export")
    readable = field_access.readable(records, request.entity).names & access.names
    header = [name for name in ("id", "number", "owner", "unit", "created_at", "updated_at") if name in readable]
    return (*header, *(name for name in entity_type.fields if name in readable))


def columns_of(records: Records, request: ExportRequest) -> list[ExportColumn]:
    """Columns of the file: money makes two, everything else one; headings are the labels in the person's language.

    Raises:
        QueryError: a name is unknown or unreadable.
    """
    entity_type = records.runtime.registry.entity(request.entity)
    found: list[ExportColumn] = []
    for name in _names(records, request):
        declared = entity_type.fields.get(name)
        if declared is None and name not in _HEADER_LABELS:
            raise QueryError(f"{request.entity} has no field {name!r}.", name=name)
        found.extend(_columns(name, declared, entity_type))
    return found


def _columns(name: str, declared: Field | None, entity_type: EntityType) -> list[ExportColumn]:
    heading = str(declared.label if declared is not None else _heading(name, entity_type))
    kind = declared.value_kind if declared is not None else None
    if kind is Kind.MONEY:
        currency = str(_("%(label)s currency") % {"label": heading})
        return [
            ExportColumn(heading, lambda row: None if row.get(name) is None else row[name].amount),
            ExportColumn(currency, lambda row: None if row.get(name) is None else row[name].currency),
        ]
    labels = declared.choices.labels if declared is not None and declared.choices is not None else None
    if name == "state" and entity_type.state_field is not None and entity_type.state_field.choices is not None:
        labels = entity_type.state_field.choices.labels
    if labels is not None:
        words = {value: str(label) for value, label in labels.items()}
        return [ExportColumn(heading, lambda row: _labelled(words, row.get(name)))]
    return [ExportColumn(heading, lambda row: row.get(name))]


def _heading(name: str, entity_type: EntityType) -> Text:
    """What the list calls a header column: the title by its only field, else by the kind of record."""
    if name != "title":
        return _HEADER_LABELS[name]
    titles = entity_type.spec.title
    return entity_type.fields[titles[0]].label if len(titles) == 1 else entity_type.label


def _labelled(words: Mapping[str, str], value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(words.get(one, one) for one in value)
    return words.get(value, value) if isinstance(value, str) else value
