"""Names of users for screens and history: many at once, one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from weft.core.i18n import has_han, in_script
from weft.core.identity.tables import app_user, user_role

__all__ = ["Person", "find_people", "initials", "people"]


@dataclass(frozen=True, slots=True)
class Person:
    """A user as others see them; no address, no rights.

    Attributes:
        name, name_alt: as stored; :meth:`shown` orders them for the viewer.
        active: False for those who left; their history keeps their name.
        external: of a portal outside the company.
    """

    id: int
    name: str
    name_alt: str
    active: bool
    external: bool

    def shown(self, locale: str | None = None) -> tuple[str, str]:
        """(name in the viewer's script, the other form or empty)."""
        return in_script(self.name, self.name_alt, locale)

    @property
    def initials(self) -> str:
        """Letters for the avatar, of the name in the viewer's script."""
        return initials(self.shown()[0])


def initials(name: str) -> str:
    """``"Lin Shutong" -> "LS"``, ``"林疏桐" -> "林"``: two letters, or the family name."""
    if has_han(name):
        return next(character for character in name if has_han(character))
    words = name.split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


def people(conn: Connection, ids: Iterable[int | None]) -> dict[int, Person]:
    """Persons by id in one statement per 500; unknown ids are absent."""
    wanted = sorted({user_id for user_id in ids if user_id is not None})
    found: dict[int, Person] = {}
    u = app_user.c
    for start in range(0, len(wanted), 500):
        statement = select(u.id, u.name, u.name_alt, u.active, u.audience)
        for row in conn.execute(statement.where(u.id.in_(wanted[start : start + 500]))):
            found[row.id] = Person(row.id, row.name, row.name_alt or "", row.active, row.audience != "employee")
    return found


def find_people(
    conn: Connection, search: str = "", *, audience: str = "employee", role: str | None = None, limit: int = 20
) -> list[Person]:
    """Active people of one audience whose name in either script contains ``search``, for pickers and mentions."""
    u = app_user.c
    statement = select(u.id, u.name, u.name_alt, u.active, u.audience)
    statement = statement.where(u.active.is_(True), u.audience == audience)
    if search:
        found = [column.icontains(search, autoescape=True) for column in (u.name, u.name_alt)]
        statement = statement.where(or_(*found))
    if role:
        statement = statement.where(u.id.in_(select(user_role.c.user_id).where(user_role.c.role == role)))
    rows = conn.execute(statement.order_by(u.name, u.id).limit(limit))
    return [Person(row.id, row.name, row.name_alt or "", row.active, row.audience != "employee") for row in rows]
