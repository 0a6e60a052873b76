"""Queries of pages that people with different rights open: what somebody may not read is left out, not refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, Row, known_names

__all__ = ["Readable"]


class Readable:
    """What the reader may know of one kind of record.

    Args:
        records: unit of the reader.
        entity: entity key.
    """

    def __init__(self, records: Records, entity: str) -> None:
        self._records, self._entity = records, entity
        self._names = known_names(records, entity)

    def covers(self, *names: str) -> bool:
        """True when all of these names exist for the reader."""
        return set(names) <= self._names

    def rows(self, fields: Sequence[str], filters: Mapping[str, Any], *, sort: str, limit: int) -> Sequence[Row]:
        """Rows with those of the fields that may be read; none when what is filtered or sorted by may not."""
        asked = {name.partition("__")[0] for name in filters} - {"linked", "id"}
        if not self._names or not self.covers(*asked, sort.lstrip("-")):
            return ()
        wanted = [name for name in fields if name in self._names]
        return self._records.query(self._entity, fields=wanted, filters=filters, sort=sort, limit=limit).rows
