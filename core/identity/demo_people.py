"""The people a demo offers on its sign-in page; nothing of this exists outside a database marked as demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from weft.core.db.tables import record
from weft.core.i18n import in_script
from weft.core.identity import company, rights, units, users
from weft.core.identity.people import initials

__all__ = ["DemoPerson", "demo_people"]

_DOMAIN = "@demo.weft.example"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One of the demo's sign-in accounts; ``note`` is the position, or the organisation of a visitor."""

    user_id: int
    audience: str
    email: str
    name: str
    name_alt: str
    note: str
    note_alt: str

    def shown(self, locale: str) -> tuple[str, str]:
        """(name in the viewer's script, the other form or empty)."""
        return in_script(self.name, self.name_alt, locale)

    def initials(self, locale: str) -> str:
        """Letters of the avatar."""
        return initials(self.shown(locale)[0])


def demo_people(conn: Connection, *, now: datetime) -> list[DemoPerson]:
    """All demo accounts that can sign in, in the order the demo names them; empty when the database is no demo. Five statements."""
    mark = company.demo_mark(conn)
    if mark is None:
        return []
    listed = [f"{key}{_DOMAIN}" for keys in (mark.get("people") or {}).values() for key in keys]
    order = {email: place for place, email in enumerate(listed)}
    found_users = users.list_users(conn, emails=listed, limit=100)
    accounts = sorted(
        (user for user in found_users if user.status in ("active", "new")), key=lambda user: order[user.email]
    )
    ids = [user.id for user in accounts]
    places = units.memberships_of(conn, ids, now=now)
    anchors = rights.anchors_of(conn, ids)
    titles = _titles(conn, [number for numbers in anchors.values() for number in numbers])
    found = []
    for user in accounts:
        place = next(iter(places[user.id]), None)
        note, note_alt = "", ""
        if place is not None:
            note, note_alt = place.position or place.unit_name, place.position_alt or place.unit_name_alt
        named = (user.name, user.name_alt, None)  # the person's own record stands beside the organisation's
        own = [titles[number] for number in anchors[user.id] if titles.get(number) not in named]
        if user.audience != "employee" and own:
            note, note_alt = own[-1], ""
        found.append(DemoPerson(user.id, user.audience, user.email, user.name, user.name_alt, note, note_alt))
    return found


def _titles(conn: Connection, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = conn.execute(select(record.c.id, record.c.title).where(record.c.id.in_(sorted(set(ids)))))
    return {row.id: row.title for row in rows}
