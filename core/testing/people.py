"""Users of a test and what they may do: one per role, made when first asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from weft.core.identity import principals, rights, users
from weft.core.identity import units as org_units
from weft.core.identity.principal import ANONYMOUS, SYSTEM, Principal
from weft.core.registry.access import AUDIENCES

if TYPE_CHECKING:
    from weft.core.records.facade import Records
    from weft.core.registry.runtime import Runtime

__all__ = ["Cast"]


#: Numbers of made-up addresses: several casts may people one installation.
_ADDRESSES = itertools.count(1)


class Cast:
    """The people of one test.

    Args:
        runtime: where they live.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._by_role: dict[str, int] = {}
        self._numbers = itertools.count(1)

    def user(
        self,
        *roles: str,
        name: str = "",
        units: Iterable[int] = (),
        anchors: Iterable[int] = (),
        email: str = "",
        locale: str = "en",
        zone: str = "UTC",
    ) -> int:
        """Make a user with these roles (the first decides the audience) and return its id.

        Args:
            units: ids of units it is a member of.
            anchors: ids of records that stand for it.
        """
        runtime, number = self.runtime, next(self._numbers)
        audience = self._audience(roles)
        with runtime.db.write() as connection:
            now = runtime.clock()
            user_id = users.create(
                connection,
                email=email or f"user{next(_ADDRESSES)}@test.example",
                name=name or f"{(roles or ('employee',))[0]} {number}",
                now=now,
                audience=audience,
                locale=locale,
                zone=zone,
            )
            wanted = [role for role in roles if role not in AUDIENCES]
            if wanted:
                rights.set_roles(connection, runtime.registry, user_id, wanted, now=now)
            for unit_id in units:
                org_units.add_member(connection, user_id, unit_id, now=now)
            if anchors:
                rights.set_anchors(connection, user_id, list(anchors), now=now)
        return user_id

    def unit(self, name: str, parent: int | None = None) -> int:
        """Make an organisational unit and return its id."""
        with self.runtime.db.write() as connection:
            return org_units.create_unit(connection, name=name, parent_id=parent, now=self.runtime.clock())

    def principal(self, who: str | int | Principal) -> Principal:
        """The principal of a role (``"employee"``, ``"crm.sales_rep"``), a user id, ``"system"`` or ``"anonymous"``."""
        if isinstance(who, Principal):
            return who
        if who in ("system", "anonymous"):
            return SYSTEM if who == "system" else ANONYMOUS
        user_id = who if isinstance(who, int) else self.user_of(who)
        with self.runtime.db.read() as connection:
            audience = users.find(connection, user_id).audience
            return principals.load(connection, self.runtime, user_id, audience)

    def user_of(self, role: str) -> int:
        """The one user of a role in this test."""
        if role not in self._by_role:
            self._by_role[role] = self.user(role)
        return self._by_role[role]

    @contextmanager
    def records(self, who: str | int | Principal, *, write: bool = False, door: str = "test") -> Iterator[Records]:
        """Records as somebody sees them; ``write=True`` commits at the end."""
        from weft.core.records import unit

        opened = unit.writing if write else unit.reading
        with opened(self.runtime, self.principal(who), door) as records:
            yield records

    def _audience(self, roles: tuple[str, ...]) -> str:
        if not roles:
            return "employee"
        first = roles[0]
        return first if first in AUDIENCES else self.runtime.registry.roles[first].audience
