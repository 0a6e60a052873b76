"""Which tiles stand on a home page: the company's default per role, and what each person made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, or_, select, update

from weft.core.collaboration import places
from weft.core.collaboration.tables import home_layout
from weft.core.errors import Denied, TooLarge, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import rights

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["default_of", "layout", "save", "save_default"]

_ = translator("core")

_LARGEST = 16_384


def layout(records: Records, portal: str) -> tuple[dict[str, Any] | None, dict[str, dict[str, Any]]]:
    """The person's own layout of a portal's home (or None), and the defaults of their roles, by role."""
    principal, h = records.principal, home_layout.c
    own = and_(h.user_id.is_not(None), h.user_id == principal.user_id)
    statement = select(home_layout).where(h.portal == portal, or_(own, h.role.in_(sorted(principal.roles))))
    mine: dict[str, Any] | None = None
    roles: dict[str, dict[str, Any]] = {}
    for row in records.connection.execute(statement):
        if row.user_id is not None:
            mine = row.layout
        else:
            roles[row.role] = row.layout
    return mine, roles


def default_of(records: Records, portal: str, role: str) -> list[str] | None:
    """Tiles an administrator chose for a role, None while the declared ones stand."""
    h = home_layout.c
    statement = select(h.layout).where(h.portal == portal, h.role == role, h.user_id.is_(None))
    found = records.connection.scalar(statement)
    return None if found is None else [str(key) for key in found.get("tiles", ())]


def save(records: Records, portal: str, value: Mapping[str, Any] | None) -> None:
    """Keep the person's own layout; None goes back to the default.

    Raises:
        TooLarge: more than 16 kB as JSON.
    """
    _write(records, portal, {"user_id": places.person_of(records)}, value)


def save_default(records: Records, portal: str, role: str, value: Mapping[str, Any] | None) -> None:
    """Keep the company's default for a role; administrators only.

    Raises:
        Denied: not an administrator.
        ValidationFailed: there is no such role.
    """
    if not (rights.elevated(records) or records.principal.has_role("core.admin")):
        raise Denied(str(_("Only administrators change the home of a role.")), rule="homes")
    if role not in records.runtime.registry.roles:
        raise ValidationFailed.single("role", "missing", _("This entry does not exist."))
    _write(records, portal, {"role": role}, value)


def _write(records: Records, portal: str, holder: Mapping[str, Any], value: Mapping[str, Any] | None) -> None:
    where = and_(home_layout.c.portal == portal, *(home_layout.c[name] == one for name, one in holder.items()))
    if value is None:
        records.connection.execute(delete(home_layout).where(where))
        return
    if len(json.dumps(dict(value))) > _LARGEST:
        raise TooLarge("a home layout has at most 16 kB")
    kept = {"layout": dict(value), "updated_at": records.now}
    if not records.connection.execute(update(home_layout).where(where).values(**kept)).rowcount:
        records.connection.execute(insert(home_layout).values(portal=portal, **holder, **kept))
