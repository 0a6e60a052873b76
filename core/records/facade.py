"""The one object through which doors, plugins and jobs reach records: reading here, writing by delegation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from weft.core.identity import company
from weft.core.identity.principal import SYSTEM, Principal
from weft.core.records.state import UnitState
from weft.core.registry.runtime import Runtime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from weft.core.records.bulk import BulkResult, LoadResult
    from weft.core.records.edges import Edge
    from weft.core.records.filters import Filter
    from weft.core.records.history import HistoryEntry
    from weft.core.records.neighbours import RelationGroup
    from weft.core.records.transition import ActionResult
    from weft.core.records.values import Page, RefValue, Row

__all__ = ["Records"]

#: Marks "leave as it is" where None means "nobody".
KEEP: Any = object()


class Records:
    """Records as one principal may see and change them, inside one unit of work.

    Made by :func:`weft.core.records.unit.reading` and :func:`weft.core.records.unit.writing`. Every method raises
    ``NotFound`` for a record that does not exist or may not be read, ``QueryError`` for a name that does not exist
    for this principal, ``Denied`` for an operation that is not granted, and ``ReadOnly`` (a ``RuntimeError``) for a
    write in a reading unit.
    """

    __slots__ = ("principal", "state", "_session")

    def __init__(self, principal: Principal, state: UnitState) -> None:
        self.principal = principal
        self.state = state
        self._session: Session | None = None

    # ---- the unit
    @property
    def runtime(self) -> Runtime:
        """The installation."""
        return self.state.runtime

    @property
    def connection(self) -> Connection:
        """The unit's only connection."""
        return self.state.connection

    @property
    def door(self) -> str:
        """Where the call came from (``page``, ``rest``, ``job`` ...)."""
        return self.state.door

    @property
    def now(self) -> datetime:
        """The moment of the unit, aware UTC."""
        return self.state.now

    @property
    def zone(self) -> ZoneInfo:
        """Time zone in which a moment becomes a day: the person's, the company's where the platform itself acts."""
        if self.principal.user_id is not None:
            return ZoneInfo(self.principal.zone)
        return ZoneInfo(company.get(self.connection).zone)

    def setting(self, key: str) -> Any:
        """Value of a company setting that a plugin declared (``crm.stale_days``), its default while nobody set it.

        Raises:
            KeyError: no active plugin declares it.
        """
        from weft.core.records.kinds import converter

        declared = self.runtime.registry.settings[key].field
        stored = company.get_value(self.connection, f"setting:{key}")
        return declared.default_value() if stored is None else converter(declared)(stored)

    @property
    def change_set_id(self) -> int | None:
        """The change set of this unit, None before its first write."""
        return self.state.change_set_id

    @property
    def session(self) -> Session:
        """A read-only ORM session on the unit's connection; every statement gets the principal's row rules."""
        if self._session is None:
            from weft.core.records.session import walled_session

            self._session = walled_session(self)
        return self._session

    def system(self, reason: str) -> Records:
        """Return records with the platform's own rights on the same connection.

        Args:
            reason: why; kept in the change set's summary, so that every elevated write can be traced.
        """
        if reason not in self.state.elevations:
            self.state.elevations.append(reason)
        return Records(SYSTEM, self.state)

    # ---- reading
    def query(
        self,
        entity: str,
        *,
        fields: Sequence[str] | None = None,
        filters: Filter | Mapping[str, Any] | None = None,
        sort: str | Sequence[str] | None = None,
        limit: int = 50,
        cursor: str | None = None,
        include: Sequence[str] = (),
        count: str = "none",
        search: str | None = None,
        trash: bool = False,
        operation: str = "read",
    ) -> Page:
        """Return one page of an entity's records that the principal may read.

        Args:
            entity: entity key.
            fields: names wanted, None for all readable ones; header names may be among them.
            filters: a filter tree or address parameters (``{"stage__in": "won,lost"}``).
            sort: names, ``-`` in front for descending; None for the entity's own order.
            limit: rows per page, 1 to 200.
            cursor: ``next`` of the page before.
            include: reference names, ``a.b`` for two steps, whose records come along.
            count: ``none``, ``capped`` (at 1,000) or ``exact``.
            search: words looked for in title and number, or by the search service.
            trash: deleted records instead of live ones.
            operation: ``read``, or ``export`` which must be granted on its own.

        Raises:
            QueryError: a name is unknown or unreadable (400), or the request costs too much (422).
        """
        from weft.core.records import query

        request = query.Request(entity, fields, filters, sort, limit, cursor, include, count, search, trash, operation)
        return query.run(self, request)

    def get(
        self,
        entity: str,
        record_id: int,
        *,
        fields: Sequence[str] | None = None,
        include: Sequence[str] = (),
        trash: bool = True,
    ) -> Row:
        """Return one record, also from the trash unless ``trash`` is False; raises ``NotFound``."""
        from weft.core.records import query

        return query.get(self, entity, record_id, fields=fields, include=include, trash=trash)

    def find(self, record_id: int, *, trash: bool = True) -> Row:
        """Return a record of whatever entity, also from the trash unless told not to; raises ``NotFound``."""
        from weft.core.records import query

        return query.find(self, record_id, trash=trash)

    def aggregate(
        self,
        entity: str,
        *,
        group: Sequence[str] = (),
        measures: Sequence[str] = ("count",),
        filters: Filter | Mapping[str, Any] | None = None,
        limit: int = 1000,
        search: str | None = None,
        rates_of: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return one dict per group: the group's values by name and the measures by their text.

        Args:
            entity: entity key.
            group: choice, boolean, reference, user or unit names, ``owner``, ``unit``, ``state``, or a date with its
                step: ``closed_on:month``, ``:quarter``, ``:year``.
            measures: ``count``, ``sum(amount)``, ``avg(...)``, ``min(...)``, ``max(...)``; money sums are
                :class:`~weft.core.records.values.MoneySum`, other money measures one amount per currency.
            filters: as in :meth:`query`.
            limit: most groups returned, largest first.
            search: as in :meth:`query`.
            rates_of: name of a date: each amount is converted by the rate of that day; without it all by today's.
        """
        from weft.core.records import aggregate as figures

        return figures.run(self, entity, tuple(group), tuple(measures), filters, limit, search, rates_of)

    def titles(self, ids: Iterable[int]) -> dict[int, RefValue]:
        """Return references for record ids, one query per entity; what may not be read is restricted or left out."""
        from weft.core.records import references

        return references.titles(self, ids)

    def neighbours(self, record_id: int, *, relation: str | None = None, limit: int = 20) -> list[RelationGroup]:
        """Return what is linked to a record, grouped by relation, with counts and the first ``limit`` of each."""
        from weft.core.records import neighbours

        return neighbours.neighbours(self, record_id, relation=relation, limit=limit)

    def linked(self, relation: str, ids: Iterable[int]) -> dict[int, list[RefValue]]:
        """Return the readable records that each of many records is linked to now, by one direction of a link."""
        from weft.core.records import linked

        return linked.linked(self, relation, ids)

    def history(self, record_id: int, *, limit: int = 50, before: int | None = None) -> list[HistoryEntry]:
        """Return what happened to a record, newest first."""
        from weft.core.records import history

        return history.history(self, record_id, limit=limit, before=before)

    # ---- writing
    def create(
        self, entity: str, values: Mapping[str, Any], *, owner: int | None = None, unit: int | None = None
    ) -> Row:
        """Create a record; owner and unit default to the principal and its first unit."""
        from weft.core.records import write

        return write.create(self.writer(), entity, values, owner=owner, unit=unit)

    def update(
        self,
        entity: str,
        record_id: int,
        values: Mapping[str, Any],
        *,
        version: int | None,
        base: Mapping[str, Any] | None = None,
    ) -> Row:
        """Change fields of a record; ``version`` is the one it was read at, ``base`` the values read."""
        from weft.core.records import write

        return write.update(self.writer(), entity, record_id, values, version=version, base=base)

    def update_many(self, entity: str, values: Mapping[int, Mapping[str, Any]]) -> int:
        """Change many records of an entity, each in its own way, all or nothing and in few statements.

        Args:
            entity: entity key.
            values: record id -> new values by field name; written whatever version the record has.

        Returns:
            How many records really changed.
        """
        from weft.core.records import write

        edits = [write.Edit(record_id, given) for record_id, given in values.items()]
        changes = write.update_many(self.writer(), write.entity_of(self, entity), edits, kind="bulk:update")
        return sum(any(change.changed(name) for name in change.values) for change in changes)

    def assign(self, entity: str, record_id: int, *, owner: int | None = KEEP, unit: int | None = KEEP) -> Row:
        """Give a record to another owner or unit; what is not named stays."""
        from weft.core.records import write

        given = {name: value for name, value in (("owner", owner), ("unit", unit)) if value is not KEEP}
        return write.assign(self.writer(), entity, record_id, **given)

    def delete(self, entity: str, record_id: int, *, version: int | None = None) -> None:
        """Move a record to the trash."""
        from weft.core.records import write

        write.delete(self.writer(), entity, record_id, version=version)

    def restore(self, entity: str, record_id: int, *, version: int | None = None) -> None:
        """Take a record out of the trash."""
        from weft.core.records import write

        write.restore(self.writer(), entity, record_id, version=version)

    def act(self, action_key: str, record_id: int, data: Mapping[str, Any] | None = None) -> ActionResult:
        """Run a declared action on a record."""
        from weft.core.records import transition

        return transition.act(self.writer(), action_key, record_id, data)

    def link(
        self,
        relation: str,
        source_id: int,
        target_id: int,
        *,
        attributes: Mapping[str, Any] | None = None,
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
    ) -> Edge:
        """Link two records."""
        from weft.core.records import edges

        return edges.link(
            self.writer(), relation, source_id, target_id,
            attributes=attributes, valid_from=valid_from, valid_to=valid_to,
        )  # fmt: skip

    def unlink(self, relation: str, source_id: int, target_id: int, *, ordinal: int = 0) -> None:
        """Remove a link."""
        from weft.core.records import edges

        edges.unlink(self.writer(), relation, source_id, target_id, ordinal=ordinal)

    def relink(
        self,
        relation: str,
        source_id: int,
        target_id: int,
        *,
        ordinal: int = 0,
        attributes: Mapping[str, Any] | None = KEEP,
        valid_from: datetime | None = KEEP,
        valid_to: datetime | None = KEEP,
    ) -> Edge:
        """Change what a link carries; what is not named stays. ``valid_to`` ends it without removing it."""
        from weft.core.records import edges

        wishes: dict[str, Any] = {"attributes": attributes, "valid_from": valid_from, "valid_to": valid_to}
        given = {name: value for name, value in wishes.items() if value is not KEEP}
        return edges.change(self.writer(), relation, source_id, target_id, ordinal=ordinal, **given)

    def bulk(
        self,
        entity: str,
        operation: str,
        ids: Sequence[int],
        values: Mapping[str, Any] | None = None,
        *,
        expected: int,
    ) -> BulkResult:
        """Do one operation on many records, all or nothing; ``expected`` must equal the number of ids."""
        from weft.core.records import bulk

        return bulk.bulk(self.writer(), entity, operation, ids, values, expected=expected)

    def load(self, entity: str, rows: Iterable[Mapping[str, Any]], *, key: str | None = None) -> LoadResult:
        """Create or update many records by the bulk path; ``key`` names the field that finds existing ones."""
        from weft.core.records import bulk

        return bulk.load(self.writer(), entity, rows, key=key)

    def merge(self, entity: str, keep: int, drop: int, values: Mapping[str, Any] | None = None) -> int:
        """Make one record of two: all that points at ``drop`` points at ``keep`` then; returns the change set.

        ``values`` are the fields chosen for the kept record, in API values. Needs ``update`` on the kept record and
        ``delete`` on the other. Undo makes two records again; what was written on the kept one since stays there.
        """
        from weft.core.records import merge

        return merge.merge(self.writer(), entity, keep, drop, values)

    def undo(self, change_set_id: int) -> int:
        """Take a change set back; returns the id of the change set that did it."""
        from weft.core.records import undo

        return undo.undo(self.writer(), change_set_id)

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Publish an event; it goes out after commit."""
        from weft.core.outbox.publishing import publish

        writer = self.writer()
        publish(writer.connection, [(event, payload)], now=self.now)

    def enqueue(
        self, job: str, payload: Mapping[str, Any], *, run_at: datetime | None = None, dedup_key: str | None = None
    ) -> None:
        """Put a job into the queue; it is visible to workers after commit."""
        from weft.core.outbox.publishing import enqueue

        writer = self.writer()
        enqueue(writer.connection, job, payload, run_at=run_at, dedup_key=dedup_key, now=self.now)

    def writer(self) -> Records:
        """These records, ready to be written through: what was remembered of the unit's reads is forgotten.

        Raises:
            ReadOnly: the unit was opened for reading.
        """
        if not self.state.writable:
            raise ReadOnly("this unit of work was opened for reading; use unit.writing")
        if self._session is not None:
            self._session.expire_all()
        self.state.caches.clear()
        return self


class ReadOnly(RuntimeError):
    """A write was asked of a unit of work that was opened for reading: a mistake of the calling code."""
