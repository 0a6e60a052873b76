"""Who acts: the one value that access rules, units of work and history look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

__all__ = ["ANONYMOUS", "SYSTEM", "Principal"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, with everything that row rules need; loaded once per request.

    Attributes:
        kind: a person in a browser, an API token, a job, the platform itself, or nobody.
        user_id: the user, None for the platform and for nobody.
        audience: ``employee``, ``customer``, ``supplier`` or ``distributor``.
        roles: keys of all roles, closed over ``Role.includes``, the audience's base role included.
        name, name_alt: the person's name and its form in the other script.
        units: units of the memberships valid now.
        unit_tree: these and all units below them.
        anchors: ids of the records that stand for the principal.
        acts_for: ids of the users who made this one their deputy, now.
        whose: whom ``me`` means in conditions, where a deputy looks at what waits for somebody else; None is oneself.
        locale, zone: language and IANA time zone of the screens.
        session_id: the browser session, None elsewhere.
        read_only: every write is refused ("view as", or what a link shares).
        looked_at: somebody else sits there and looks ("view as"): what is private is not shown.
        scopes: of a token, None for all that the user may do.
        confirmed_at: when the person last showed who they are in this session, None without a session.
    """

    kind: Literal["user", "token", "job", "system", "anonymous"]
    user_id: int | None
    audience: str
    roles: frozenset[str]
    name: str = ""
    name_alt: str = ""
    units: tuple[int, ...] = ()
    unit_tree: tuple[int, ...] = ()
    anchors: tuple[int, ...] = ()
    acts_for: tuple[int, ...] = ()
    whose: int | None = None
    locale: str = "en"
    zone: str = "UTC"
    session_id: int | None = None
    read_only: bool = False
    looked_at: bool = False
    scopes: frozenset[str] | None = None
    confirmed_at: datetime | None = None

    @property
    def internal(self) -> bool:
        """True for people of the company and for the platform itself."""
        return self.audience == "employee"

    def has_role(self, key: str) -> bool:
        """True when the role is held, directly or through another one."""
        return key in self.roles

    def with_changes(self, **changes: object) -> Principal:
        """Return a copy with some values replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


#: The platform itself: jobs, migrations, hooks that declare ``elevated=True``.
SYSTEM = Principal(kind="system", user_id=None, audience="employee", roles=frozenset())

#: Nobody: the sign-in pages and public answers.
ANONYMOUS = Principal(kind="anonymous", user_id=None, audience="", roles=frozenset())
