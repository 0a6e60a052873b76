"""All rows of a query, page by page: for plans, sums and rules that have to see every one of a bounded set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from weft.core.access.conditions import Filter
from weft.core.records.values import Row

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["among", "every"]

#: Most rows a page has, and ids a filter is given at once.
_PAGE = 200


def every(
    records: Records,
    entity: str,
    fields: Sequence[str] | None,
    filters: Filter | Mapping[str, Any],
    *,
    sort: str = "id",
    **more: Any,
) -> Iterator[Row]:
    """Yield all records that match, in pages of 200.

    Args:
        records: whose rights count.
        entity: entity key.
        fields: names wanted, None for all readable ones.
        filters: which records; the caller keeps the set bounded.
        sort: order of the rows.
        more: further arguments of ``Records.query``.
    """
    cursor: str | None = None
    while True:
        page = records.query(entity, fields=fields, filters=filters, sort=sort, limit=_PAGE, cursor=cursor, **more)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def among(
    records: Records, entity: str, fields: Sequence[str] | None, name: str, ids: Iterable[int | None], **more: Any
) -> Iterator[Row]:
    """Yield all records whose field ``name`` is one of many ids, in few statements.

    Args:
        records, entity, fields: as of :func:`every`.
        name: a field that holds ids.
        ids: those looked for; None and repetitions do not count.
        more: further filters.
    """
    wanted = sorted({one for one in ids if one})
    for start in range(0, len(wanted), _PAGE):
        yield from every(records, entity, fields, {f"{name}__in": wanted[start : start + _PAGE], **more})
