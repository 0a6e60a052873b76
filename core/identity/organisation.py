"""What administrators do with units and company settings: checked, written, noted in the audit trail."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from weft.core.errors import NotFound
from weft.core.identity import company, units
from weft.core.identity.acting import Acting, note, require_admin
from weft.core.identity.tables import org_unit

__all__ = ["create_unit", "delete_unit", "move_unit", "update_company", "update_unit"]

_FIELDS = ("name", "name_alt", "position", "active")


def create_unit(
    acting: Acting, *, name: str, name_alt: str = "", parent_id: int | None = None, position: int = 0
) -> tuple[int, int]:
    """Add a unit; (unit id, change set)."""
    require_admin(acting)
    unit_id = units.create_unit(
        acting.connection, name=name, name_alt=name_alt, parent_id=parent_id, position=position, now=acting.now
    )
    values = {"unit": [None, unit_id], "unit_name": [None, [name, name_alt]], "parent": [None, parent_id]}
    return unit_id, note(acting, "unit.create", values)


def update_unit(acting: Acting, unit_id: int, **changes: Any) -> int:
    """Change name, name_alt, position or active."""
    require_admin(acting)
    before = _row(acting.connection, unit_id)
    units.update_unit(acting.connection, unit_id, **changes)
    after = _row(acting.connection, unit_id)
    real = {key: [before[key], after[key]] for key in _FIELDS if before[key] != after[key]}
    names = [after["name"], after["name_alt"]]
    return note(acting, "unit.update", {"unit": [unit_id, unit_id], "unit_name": [names, names], **real})


def move_unit(acting: Acting, unit_id: int, parent_id: int | None) -> int:
    """Hang a unit with all below it under another one, or at the top."""
    require_admin(acting)
    before = _row(acting.connection, unit_id)
    units.move_unit(acting.connection, unit_id, parent_id)
    names = [before["name"], before["name_alt"]]
    values = {"unit": [unit_id, unit_id], "unit_name": [names, names], "parent": [before["parent_id"], parent_id]}
    return note(acting, "unit.move", values)


def delete_unit(acting: Acting, unit_id: int) -> int:
    """Remove an empty unit."""
    require_admin(acting)
    before = _row(acting.connection, unit_id)
    units.delete_unit(acting.connection, unit_id)
    names = [before["name"], before["name_alt"]]
    values = {"unit": [unit_id, None], "unit_name": [names, None], "parent": [before["parent_id"], None]}
    return note(acting, "unit.delete", {**values, "position": [before["position"], None]})


def update_company(acting: Acting, **changes: Any) -> int:
    """Change company settings; screens show them within five seconds, in this process at once."""
    require_admin(acting)
    before, after = (asdict(settings) for settings in company.save(acting.connection, **changes))
    real = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    acting.runtime.db.after_commit(lambda: company.forget(acting.runtime))
    return note(acting, "company.update", real)


def _row(conn: Connection, unit_id: int) -> dict[str, Any]:
    row = conn.execute(select(org_unit).where(org_unit.c.id == unit_id)).first()
    if row is None:
        raise NotFound("unit")
    values = dict(row._mapping)
    values["name_alt"] = values["name_alt"] or ""
    return values
