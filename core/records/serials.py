"""Numbers without gaps for documents that need them by law: invoices, credit notes, payment batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weft.core.db import numbers

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["gapless_number"]


def gapless_number(records: Records, series: str) -> int:
    """Take the next number of a series without gaps; a unit that is rolled back gives it back.

    Take it as late as possible: the series' one counter row stays locked until the unit ends.

    Args:
        records: a unit opened for writing.
        series: key of the series, by custom ``<plugin>.<entity>`` or with the year at its end.
    """
    return numbers.gapless(records.connection, series)
