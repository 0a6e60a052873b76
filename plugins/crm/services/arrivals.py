"""What was given to a person and waits for the first contact: customers and leads together. Reads only."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Records, Row

__all__ = ["MINE", "arrivals"]

#: Filter of what was given to me and nobody has spoken to yet.
MINE = {"owner": "me", "awaits_contact": "true"}
_FIELDS = ("name", "assigned_at", "assigned_by")


def arrivals(records: Records, limit: int) -> tuple[list[Row], int]:
    """The latest of them first, and how many there are in all (counted up to 2,000).

    Args:
        records: of the person.
        limit: at most so many rows, up to 200.
    """
    rows: list[Row] = []
    total = 0
    # A lead of a firm that is a customer already is spoken to with the customer.
    sources: tuple[tuple[str, tuple[str, ...], dict[str, str]], ...] = (
        ("crm.account", ("name_alt", "former_owner"), {}),
        ("crm.lead", ("company",), {"account__isnull": "true"}),
    )
    for entity, more, besides in sources:
        filters = MINE | besides
        page = records.query(
            entity, fields=(*_FIELDS, *more), filters=filters, sort="-assigned_at", limit=limit, count="capped"
        )
        rows += page.rows
        total += page.count.value if page.count else len(page.rows)
    return sorted(rows, key=_since, reverse=True)[:limit], total


def _since(row: Row) -> tuple[bool, Any]:
    return (row.get("assigned_at") is not None, row.get("assigned_at") or row["id"])
