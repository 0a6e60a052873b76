"""What many records are linked to by one kind of link, in few statements: for lists and streams.

The row rule of each far kind applies; what may not be read is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from weft.core.db.tables import relation as edges
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.records.stored import chunks
from weft.core.records.values import RefValue

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["linked"]

_ = translator("core")


def linked(records: Records, relation: str, ids: Iterable[int]) -> dict[int, list[RefValue]]:
    """Return the records that each record is linked to now; see :meth:`Records.linked`.

    Args:
        records: whose rights count.
        relation: key of a direction.
        ids: the near records.

    Raises:
        QueryError: there is no such kind of link.
    """
    try:
        declared, reverse = records.runtime.registry.relation(relation)
    except KeyError:
        raise QueryError(_("There is no kind of link of that name."), name="relation") from None
    r, number, now = edges.c, records.runtime.registry.relation_id(declared.key), records.now
    near, far = (r.target_id, r.source_id) if reverse else (r.source_id, r.target_id)
    pairs: list[tuple[int, int]] = []
    for part in chunks(sorted(set(ids))):
        statement = select(near, far).where(
            r.type_id == number, near.in_(part),
            or_(r.valid_from.is_(None), r.valid_from <= now), or_(r.valid_to.is_(None), r.valid_to > now),
        ).order_by(near, far)  # fmt: skip
        pairs += [(row[0], row[1]) for row in records.connection.execute(statement)]
    titles = records.titles({there for _here, there in pairs})
    found: dict[int, list[RefValue]] = {}
    for here, there in dict.fromkeys(pairs):
        shown = titles.get(there)
        if shown is not None and not shown.restricted:
            found.setdefault(here, []).append(shown)
    return found
