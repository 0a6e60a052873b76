"""What the write path asks of the access layer: rights on stored rows, on fields, on resulting rows, and to share.

Every question is answered for a batch by one statement per entity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from babel.core import get_global
from sqlalchemy import ColumnElement, and_, false, true

from weft.core.access.decide import allowed_after, covered
from weft.core.access.filters import row_filter
from weft.core.access.plans import Statement, among, plans_of
from weft.core.access.policy import AccessPolicy
from weft.core.access.rows import Rows
from weft.core.access.slots import Slots
from weft.core.access.sql import RowsSql
from weft.core.db.entity import HEADER
from weft.core.db.fields import Kind
from weft.core.errors import Denied, ErrorCollector, FieldError, NotFound, NotSignedIn, StateConflict
from weft.core.i18n import Text, current_locale, translator
from weft.core.identity import company
from weft.core.records.changes import Change
from weft.core.records.exposing import exposing_of
from weft.core.records.stored import chunks, field_values, select_stored
from weft.core.records.targets import entity_keys
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = [
    "allowed_ids", "check_after", "check_before", "check_fields", "company_name", "company_region", "denied",
    "elevated", "exposed_by", "followed", "known_names", "readable_names", "require_create", "require_on",
    "require_operation", "require_share", "require_writable", "row_condition", "stored",
]  # fmt: skip

_ = translator("core")

_REFUSALS: Mapping[str, Text] = {
    "create": _("You may not create such records."),
    "update": _("You may not change this record."),
    "assign": _("You may not give this record to somebody else."),
    "delete": _("You may not delete this record."),
    "restore": _("You may not restore this record."),
    "import": _("You may not import such records."),
    "link": _("You may not link these records."),
    "share": _("People outside the company would come to see this record. You may not share it."),
}
_ASK = _("Ask the owner of the record or an administrator.")


def elevated(records: Records) -> bool:
    """True when the platform itself acts."""
    return records.principal.kind == "system"


def denied(message: Text, *, operation: str) -> Denied:
    """The refusal of an operation: what, and whom to ask."""
    return Denied(str(message), ask=str(_ASK), rule=operation)


def _refusal(operation: str) -> Denied:
    return denied(_REFUSALS.get(operation, _("You may not do this with this record.")), operation=operation)


def company_name(records: Records) -> str:
    """Name of the company in the language of the texts that are being made."""
    return company.cached(records.runtime).shown(current_locale())[0]


def company_region(records: Records) -> str | None:
    """Country of the company, by its time zone: telephone numbers without a country code are read as its own."""
    zone = company.cached(records.runtime).zone
    region: str | None = get_global("zone_territories").get(zone)
    return region


def require_writable(records: Records) -> None:
    """Refuse every write of nobody and of those who only look.

    Raises:
        NotSignedIn, Denied: as the words say.
    """
    if records.principal.kind == "anonymous":
        raise NotSignedIn("writing needs a sign-in")
    if records.principal.read_only:
        raise denied(
            _("You are looking at the portal as somebody else. Nothing can be changed here."), operation="write"
        )


def require_operation(records: Records, entity_type: EntityType, operation: str) -> None:
    """Refuse an operation that no grant gives on any row of the entity; raises ``Denied``."""
    if not AccessPolicy.of(records.runtime).allows(records.principal, entity_type.key, operation):
        raise _refusal(operation)


def require_on(records: Records, entity_type: EntityType, ids: Sequence[int], operation: str) -> None:
    """Refuse an operation that is not granted on every one of some readable rows; raises ``Denied``."""
    rows = AccessPolicy.of(records.runtime).access(records.principal, entity_type.key, operation).rows
    if len(_matching(records, entity_type.key, rows, ids)) < len(set(ids)):
        raise _refusal(operation)


def require_create(records: Records, entity_type: EntityType, operation: str) -> None:
    """Refuse creating (or importing) when no grant gives it; the resulting row is checked later."""
    require_operation(records, entity_type, "create")
    if operation == "import":
        require_operation(records, entity_type, "import")


# ---- stored rows


def row_condition(records: Records, entity_type: EntityType, operation: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions over the entity's own table for the rows an operation is allowed on; none when on all."""
    rule = row_filter(records, entity_type.key, operation)
    if rule.kind == "all":
        return ()
    return (false(),) if rule.kind == "none" else (rule.expression(entity_type.table),)


def allowed_ids(records: Records, keys: Mapping[int, str], operation: str, *, trash: bool = False) -> frozenset[int]:
    """Those of some records on which an operation is allowed.

    Args:
        records: the unit of work.
        keys: record id -> entity key.
        operation: ``read``, ``link``, ``share`` ...
        trash: also deleted records that the principal can no longer read: who takes a deletion back had them.
    """
    by_type: dict[str, list[int]] = defaultdict(list)
    for record_id, key in keys.items():
        by_type[key].append(record_id)
    found: set[int] = set()
    for key, ids in by_type.items():
        live = not trash and not _sees_trash(records, key)
        found |= _matching(records, key, row_filter(records, key, operation).rows, ids, live=live)
    return frozenset(found)


def _sees_trash(records: Records, entity: str) -> bool:
    return AccessPolicy.of(records.runtime).access(records.principal, entity, "read").trash


def _matching(records: Records, entity: str, rows: Rows, ids: Sequence[int], *, live: bool = False) -> set[int]:
    """Those of some records of an entity that a rule covers; with ``live`` none in the trash."""
    if rows.kind == "none":
        return set()
    if rows.kind == "all" and not live:
        return set(ids)
    return covered(records, entity, [rows], ids, live=live)


def stored(
    records: Records, entity_type: EntityType, ids: Sequence[int], operation: str, *, trash: bool = False
) -> dict[int, dict[str, Any]]:
    """Read and lock the rows an operation is about, after asking whether it is allowed on each of them.

    Args:
        records: the unit of work.
        entity_type: entity of all of them.
        ids: record ids.
        operation: ``update``, ``delete`` ... or the key of an action.
        trash: the records are expected in the trash instead of outside.

    Returns:
        id -> header columns and fields as Python values, in the order of ``ids``.

    Raises:
        NotFound: one does not exist or may not be read.
        Denied: the operation is not allowed on one, or one is in the trash.
        StateConflict: one is not in the trash any more.
    """
    policy = AccessPolicy.of(records.runtime)
    read, allowed = (policy.access(records.principal, entity_type.key, one).rows for one in ("read", operation))
    statement = plans_of(records.runtime).get(
        ("stored", entity_type.key, read, allowed), lambda: _stored_statement(records, entity_type, read, allowed)
    )
    found: dict[int, dict[str, Any]] = {}
    refused, sees_trash = False, elevated(records) or _sees_trash(records, entity_type.key)
    for part in chunks(sorted(set(ids))):  # in the order of the ids, so that two bulks cannot lock each other out
        for row in statement.run(records, ids=list(part)).mappings():
            if read.kind == "none" or (read.kind == "some" and not row["may_read"]):
                continue
            if row["deleted_at"] is not None and not sees_trash:
                continue
            refused |= allowed.kind == "none" or (allowed.kind == "some" and not row["may_do"])
            found[row["id"]] = {**{name: row[name] for name in HEADER}, **field_values(entity_type, dict(row))}
    if len(found) != len(set(ids)):
        raise NotFound(entity_type.key)
    if refused:
        raise _refusal(operation)
    _check_trash(found.values(), trash)
    return {record_id: found[record_id] for record_id in ids}


def _stored_statement(records: Records, entity_type: EntityType, read: Rows, allowed: Rows) -> Statement:
    """The rows of ``ids``, locked, with a flag for each of two rules that cover some rows only."""
    table, slots = entity_type.table, Slots()
    sql = RowsSql(records.runtime.registry, records.connection.dialect.name, slots)
    base = select_stored(entity_type)
    for label, rows in (("may_read", read), ("may_do", allowed)):
        if rows.kind == "some":
            base = base.add_columns(and_(true(), sql.condition(rows, entity_type.key, table)).label(label))
    mine = among(table.c.id, "ids", records.connection.dialect.name)
    return Statement(base.where(mine).order_by(table.c.id).with_for_update(of=table), slots.used)


def _check_trash(rows: Iterable[Mapping[str, Any]], trash: bool) -> None:
    for row in rows:
        if (row["deleted_at"] is not None) == trash:
            continue
        if trash:
            raise StateConflict(str(_("This record is not in the trash.")))
        raise Denied(str(_("This record is in the trash. Restore it first.")), rule="trash")


# ---- fields


def readable_names(records: Records, entity_type: EntityType) -> frozenset[str]:
    """Names the principal may read in some row."""
    return AccessPolicy.of(records.runtime).access(records.principal, entity_type.key, "read").names


def known_names(records: Records, entity: str) -> frozenset[str]:
    """Names of an entity that exist for the principal, in whatever rows; none where the kind is hidden from them.

    A query that names another one is refused, so pages that several roles open ask for what is among these.

    Args:
        entity: key of an installed or missing entity.
    """
    known = records.runtime.registry.entities.get(entity)
    return readable_names(records, known) if known is not None else frozenset()


def check_fields(records: Records, changes: Sequence[Change], operation: str, errors: ErrorCollector) -> None:
    """Note an error for every given field that may not be written; an unreadable one does not exist."""
    if not changes or elevated(records):
        return
    policy = AccessPolicy.of(records.runtime)
    entity = changes[0].entity
    access = policy.access(records.principal, entity, operation)
    writable = access.names
    visible = policy.access(records.principal, entity, "read").names | writable
    for change in changes:
        for name in sorted(change.given - writable):
            if name in visible:
                errors.add(name, "denied", _("You may not change this field."), change.index)
            else:
                errors.add(name, "unknown", _("There is no such field."), change.index)
    _hush(errors, frozenset(changes[0].type.fields) - visible, operation)
    if operation != "create":
        _check_cells(records, changes, operation, errors)


def _hush(errors: ErrorCollector, hidden: frozenset[str], operation: str) -> None:
    """Say of hidden fields only that there are none: what is wrong with a value would tell that there is one.

    That a new record misses a value that its writer cannot give stays as it is.
    """
    kept: dict[tuple[str, str, int | None], FieldError] = {}
    for one in errors.errors:
        name = str(one.field).partition(".")[0]
        if name in hidden and not (operation != "update" and one.code == "required"):
            one = FieldError(name, "unknown", _("There is no such field."), one.index)
        kept.setdefault((str(one.field), one.code, one.index), one)
    errors.errors = list(kept.values())


def _partial_cells(records: Records, changes: Sequence[Change], operation: str) -> dict[Rows, dict[str, list[Change]]]:
    """Given names that are covered in some rows only, grouped by those rows."""
    access = AccessPolicy.of(records.runtime).access(records.principal, changes[0].entity, operation)
    found: dict[Rows, dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for change in changes if access.partial else ():
        for name in change.given & access.partial:
            found[access.cells[name]][name].append(change)
    return found


def _check_cells(records: Records, changes: Sequence[Change], operation: str, errors: ErrorCollector) -> None:
    for rows, names in _partial_cells(records, changes, operation).items():
        ids = sorted({change.record_id for some in names.values() for change in some})
        matching = _matching(records, changes[0].entity, rows, ids)
        for name, some in names.items():
            for change in some:
                if change.record_id not in matching:
                    errors.add(name, "denied", _("You may not change this field."), change.index)


# ---- resulting rows


def check_after(records: Records, changes: Sequence[Change], operation: str) -> None:
    """Ask the same grants about the rows as they are now: nobody writes a row into or out of reach.

    Raises:
        Denied: a resulting row is not covered; the caller's savepoint takes everything back.
    """
    if elevated(records) or operation == "delete":
        return
    ids = [change.record_id for change in changes]
    entity = changes[0].entity
    inside = allowed_after(records, entity, operation, ids)
    if len(inside) != len(set(ids)):
        raise denied(_("This would put the record outside of what you may change."), operation=operation)
    errors = ErrorCollector()
    if operation in ("create", "update"):
        _check_cells(records, changes, operation, errors)
    errors.raise_if_any()


# ---- links that show records to outsiders


def followed(records: Records, relation: str) -> bool:
    """True when some grant follows the relation type, so that a link may give somebody access."""
    return relation in exposing_of(records.runtime).followed


def exposed_by(records: Records, changes: Sequence[Change]) -> dict[int, str]:
    """Records (id -> entity key) that reference values set or emptied by the changes show to outsiders.

    A new record shows nothing that was there before, so its own references need no right to share.
    """
    near = exposing_of(records.runtime).near
    if elevated(records) or not near:
        return {}
    own: dict[int, str] = {}
    targets: set[int] = set()
    for change in changes:
        for name in change.values:
            declared = change.type.fields.get(name)
            if declared is None or declared.kind is not Kind.REFERENCE or not change.changed(name):
                continue
            ends = near.get(declared.relation or "", frozenset())
            if "source" in ends and change.before:
                own[change.record_id] = change.entity
            if "target" in ends:
                targets.update(value for value in (change.before.get(name), change.values[name]) if value is not None)
    return {**entity_keys(records, targets), **own} if targets else own


def check_before(records: Records, exposed: Mapping[int, str]) -> None:
    """Refuse to show or hide records without the right to share them; raises ``Denied``."""
    if exposed and allowed_ids(records, exposed, "share") != set(exposed):
        raise _refusal("share")


def require_share(records: Records, relation: str, pairs: Iterable[tuple[int, int]], keys: Mapping[int, str]) -> None:
    """Refuse links that show or hide records without the right to share them.

    Args:
        records: the unit of work.
        relation: key of the relation type.
        pairs: (source id, target id) in the stored direction.
        keys: record id -> entity key of all ends.

    Raises:
        Denied: the right is missing on one of the records shown.
    """
    ends = exposing_of(records.runtime).near.get(relation, frozenset())
    shown = {end for source, target in pairs for side, end in (("source", source), ("target", target)) if side in ends}
    check_before(records, {end: keys[end] for end in shown})
