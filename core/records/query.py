"""The query compiler: every list and every record that any door shows comes from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select, true

from weft.core.access.conditions import MAX_IN, AllOf, AnyOf, Filter, Term
from weft.core.access.decide import entity_of
from weft.core.access.lean import named_alias
from weft.core.access.names import Source
from weft.core.access.plans import Statement, among, plans_of
from weft.core.access.policy import AccessPolicy, EntityAccess
from weft.core.access.slots import Slots, filled
from weft.core.access.sql import RowsSql
from weft.core.errors import NotFound, QueryError
from weft.core.i18n import translator
from weft.core.records.cursor import open_cursor, scope_of, seal
from weft.core.records.decoder import Decoder, decoder_for, default_names
from weft.core.records.dormant import awake
from weft.core.records.filters import bind_filter, parse, unknown_name
from weft.core.records.include import included
from weft.core.records.order import ordered
from weft.core.records.paging import counted, page, refuse_large_sort
from weft.core.records.references import resolve
from weft.core.records.shapes import ListSpec
from weft.core.records.values import Count, Page, Row
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Request", "find", "get", "many", "run", "spec_for"]

_ = translator("core")

MAX_PAGE = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What a list asks for; see :meth:`weft.core.records.facade.Records.query`."""

    entity: str
    fields: Sequence[str] | None = None
    filters: Filter | Mapping[str, Any] | None = None
    sort: str | Sequence[str] | None = None
    limit: int = 50
    cursor: str | None = None
    include: Sequence[str] = ()
    count: str = "none"
    search: str | None = None
    trash: bool = False
    operation: str = "read"


def run(records: Records, request: Request) -> Page:
    """Return one page.

    Raises:
        QueryError: see :meth:`weft.core.records.facade.Records.query`.
    """
    entity = entity_type(records, request.entity)
    if not 1 <= request.limit <= MAX_PAGE:
        message = _("Give a whole number from %(lowest)s to %(highest)s.") % {"lowest": 1, "highest": MAX_PAGE}
        raise QueryError(message, name="limit", status=422)
    spec = spec_for(records, entity, request)
    decoder = _decoder(records, entity, spec.access, request.fields, trash=request.trash)
    # The hits of a search change while one pages; what ties the pages together is the words.
    tie = bind_filter(records, entity, request.filters, spec.access) if request.search else spec.bound
    if request.trash and "deleted_at" not in spec.access.cells:  # the trash is for people of the company
        return Page([], None, Count(0, True) if request.count != "none" else None)
    scope = scope_of(entity.key, spec.order.text, tie, spec.dialect, request.search, request.trash)
    start = open_cursor(records.runtime, scope, request.cursor) if request.cursor else None
    refuse_large_sort(records, spec)
    found = page(records, spec, decoder, request.limit, start)
    _complete(records, decoder, found.rows)
    included(records, entity, found.rows, request.include)
    count = counted(records, spec, request.count, start is None, found)
    following = seal(records.runtime, scope, found.position) if found.position is not None else None
    return Page(found.rows, following, count)


def entity_type(records: Records, key: str) -> EntityType:
    """The entity, if the principal may know it.

    Raises:
        QueryError: it is not installed or nothing of it may be read: both the same.
    """
    registry = records.runtime.registry
    if key not in registry.entities or not AccessPolicy.of(records.runtime).access(records.principal, key).cells:
        raise QueryError(_("There is no kind of record of that name."), name="entity")
    return registry.entity(key)


def spec_for(records: Records, entity: EntityType, request: Request) -> ListSpec:
    """Check filter, search and sort of a request for its principal."""
    policy = AccessPolicy.of(records.runtime)
    access = policy.access(records.principal, entity.key, request.operation)
    names = policy.names(entity.key)
    bound = bind_filter(records, entity, _searched(records, entity, access, request), access)
    order = ordered(entity, access, names, request.sort)
    dialect = records.connection.dialect.name
    return ListSpec(records.runtime.registry, dialect, entity, names, access, bound, order, frozenset(), request.trash)


def _searched(
    records: Records, entity: EntityType, access: EntityAccess, request: Request
) -> Filter | Mapping[str, Any] | None:
    """The filter with the words looked for: by the search service, or in title, number and codes."""
    words = (request.search or "").strip()
    if not words:
        return request.filters
    given = request.filters
    tree = parse(entity, given) if isinstance(given, Mapping) else given
    parts = (*(() if tree is None else (tree,)), *(() if request.trash else awake(entity, access, tree)))
    service = None if request.trash else records.runtime.services.get("search")
    if service is not None:
        ids = service(records, entity.key, words)
        if ids is not None:
            lists = [Term("id", "in", ids[start : start + MAX_IN]) for start in range(0, len(ids), MAX_IN)]
            return AllOf((*parts, AnyOf(tuple(lists or [Term("id", "in", [])]))))
    # What people call a record by besides: the code of a product.
    codes = [name for name, one in entity.fields.items() if one.unique and one.search]
    places = [name for name in ("title", "number", entity.spec.alt_title, *codes) if name and name in access.cells]
    # A name that is hidden in some rows would leave those rows out, so it is only looked into for want of others.
    places = [name for name in places if access.everywhere(name)] or places[:1]
    found = tuple(Term(name, "contains", words[:200]) for name in places) or (Term("id", "in", []),)
    return AllOf((*parts, AnyOf(found)))


def _decoder(
    records: Records, entity: EntityType, access: EntityAccess, fields: Sequence[str] | None, *, trash: bool = False
) -> Decoder:
    wanted = tuple(default_names(entity, access)) if fields is None else tuple(fields)
    if trash and fields is None and "deleted_at" in access.cells:
        wanted = (*wanted, "deleted_at")
    names = AccessPolicy.of(records.runtime).names(entity.key)
    try:
        return plans_of(records.runtime).get(
            ("decoder", access, wanted), lambda: decoder_for(entity, access, names, wanted)
        )
    except KeyError as error:
        raise unknown_name(entity.key, str(error.args[0])) from None


def _complete(records: Records, decoder: Decoder, rows: Sequence[Row]) -> None:
    resolve(records, rows, decoder.references, decoder.people, decoder.units)
    if decoder.computed or decoder.hidden:
        decoder.finish(rows)


# ---- single records


def get(
    records: Records,
    entity: str,
    record_id: int,
    *,
    fields: Sequence[str] | None = None,
    include: Sequence[str] = (),
    trash: bool = True,
) -> Row:
    """Return one record, live or, with ``trash``, trashed.

    Raises:
        NotFound: it does not exist or may not be read.
        QueryError: a name in ``fields`` or ``include`` does not exist for the principal.
    """
    found = many(records, entity, [record_id], fields=fields, trash=trash)
    if not found:
        raise NotFound(f"{entity} {record_id}")
    included(records, records.runtime.registry.entity(entity), found, include)
    return found[0]


def many(
    records: Records, entity: str, ids: Iterable[int], *, fields: Sequence[str] | None = None, trash: bool = True
) -> list[Row]:
    """Readable records of an entity by id, one statement per 200, in the order of the ids given.

    Trashed ones are among them for people of the company, with ``deleted_at``, unless ``trash`` is False.
    """
    wanted = list(dict.fromkeys(ids))
    policy = AccessPolicy.of(records.runtime)
    if entity not in records.runtime.registry.entities:
        return []
    access = policy.access(records.principal, entity, "read")
    if access.rows.kind == "none" or not wanted:
        return []
    declared = records.runtime.registry.entity(entity)
    decoder = _decoder(records, declared, access, fields, trash=True)
    statement = plans_of(records.runtime).get(
        ("many", access, decoder, trash), lambda: _by_id(records, declared, access, decoder, trash)
    )
    found: dict[int, Row] = {}
    for start in range(0, len(wanted), MAX_PAGE):
        values = {"ids": wanted[start : start + MAX_PAGE], **filled(statement.used, records)}
        for row in decoder.rows(records.connection.execute(statement.sql, values)):
            found[row["id"]] = row
    rows = [found[record_id] for record_id in wanted if record_id in found]
    if fields is None:
        for row in rows:
            if row.get("deleted_at", 0) is None:
                del row["deleted_at"]
    _complete(records, decoder, rows)
    return rows


def _by_id(records: Records, entity: EntityType, access: EntityAccess, decoder: Decoder, trash: bool) -> Statement:
    slots = Slots()
    sql = RowsSql(records.runtime.registry, records.connection.dialect.name, slots)
    table = named_alias(entity.table, "r")
    source = Source(entity, table, joinable=True)
    columns = decoder.columns(source, AccessPolicy.of(records.runtime).names(entity.key))
    masks = [
        and_(true(), sql.condition(rows, entity.key, table)).label(f"m{number}")
        for number, (rows, _) in enumerate(decoder.masks)
    ]
    mine = among(table.c.id, "ids", records.connection.dialect.name)
    statement = select(*columns, *masks).select_from(source.from_clause()).where(mine)
    if access.rows.kind == "some":
        statement = statement.where(sql.condition(access.rows, entity.key, table))
    if not trash or "deleted_at" not in access.cells:  # the trash is for people of the company
        statement = statement.where(table.c.deleted_at.is_(None))
    return Statement(statement, slots.used)


def find(records: Records, record_id: int, *, trash: bool = True) -> Row:
    """Return a record of whatever entity, live or, with ``trash``, trashed.

    Raises:
        NotFound: it does not exist or may not be read.
    """
    key = entity_of(records, record_id)
    found = many(records, key, [record_id], trash=trash) if key is not None else []
    if not found:  # of whatever entity: the error must not tell which
        raise NotFound(str(record_id))
    return found[0]
