"""A contract that follows from a won deal: party, amount and project are taken over, so nobody types them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weft.core.sdk import Money, NotFound, Records

__all__ = ["link_project", "taken_over"]

CONTRACT, PROJECT = "documents.contract", "projects.project"
_REASON = "documents: contracts of a deal"
_PART = 200


def taken_over(records: Records, deal: int) -> dict[str, Any]:
    """What a contract has from the deal it follows from, as far as the person may read it; empty for no deal.

    Args:
        records: of who makes the contract.
        deal: id of a record with a reference to an organisation and an amount.
    """
    try:
        row = records.find(deal)
    except NotFound:
        return {}
    registry = records.runtime.registry
    found: dict[str, Any] = {"name": row["title"]}
    for value in row.values():
        far = registry.entities.get(getattr(value, "type", ""))
        if isinstance(value, Money):
            found.setdefault("amount", value)
        elif far is not None and "core.organization" in far.spec.traits and not value.restricted:
            found.setdefault("account", value.id)
    if PROJECT in registry.entities:
        made = records.query(PROJECT, fields=(), filters={"source": deal}, sort="id", limit=1).rows
        if made:
            found["project"] = made[0].id
    return found


def link_project(records: Records, projects: Iterable[int]) -> int:
    """Contracts of the deal that a project was made from belong to the project; returns how many were linked.

    Args:
        records: the platform's.
        projects: new projects.
    """
    linked = 0
    for number in projects:
        rows = records.query(PROJECT, fields=("source",), filters={"id": number}, limit=1).rows
        if not rows or rows[0].get("source") is None:
            continue
        filters: Mapping[str, Any] = {"opportunity": rows[0]["source"].id, "project__isnull": "true"}
        contracts = records.query(CONTRACT, fields=(), filters=filters, limit=_PART).rows
        if contracts:
            records.system(_REASON).update_many(CONTRACT, {row.id: {"project": number} for row in contracts})
        linked += len(contracts)
    return linked
