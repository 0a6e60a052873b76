"""Names that somebody typed after an @: as a person writes them, so that a comment calls whom it names."""

from __future__ import annotations

import re

from sqlalchemy import Connection, func, literal, or_, select

from weft.core.identity.tables import app_user

__all__ = ["link_names"]

#: An @ that begins a word; one before a bracket is a mention already.
_AT = re.compile(r"(?<![\w@.])@(?=[^\s@\[])")
_LONGEST = 80
_MOST = 20


def link_names(conn: Connection, text: str) -> str:
    """``"@林疏桐 please call" -> "@[林疏桐](user:12) please call"``, by the longest name in either script.

    What fits nobody, or several people of the same name, stays as it was typed.

    Args:
        conn: for reading names of active people of the company; one statement per @, at most 20.
        text: what a person of the company wrote.
    """
    parts: list[str] = []
    done = 0
    for number, match in enumerate(_AT.finditer(text)):
        if number == _MOST:
            break
        rest = text[match.end() : match.end() + _LONGEST]
        found = _named(conn, rest)
        if found is None:
            continue
        user, length = found
        parts += [text[done : match.start()], f"@[{rest[:length]}](user:{user})"]
        done = match.end() + length
    return "".join([*parts, text[done:]])


def _named(conn: Connection, rest: str) -> tuple[int, int] | None:
    """Id of whose name ``rest`` begins with, and the length of that name."""
    u = app_user.c
    # As typed too: SQLite lowers plain letters only.
    begins = [
        func.substr(literal(said), 1, func.length(column)) == shown
        for column in (u.name, u.name_alt)
        for said, shown in ((rest, column), (rest.lower(), func.lower(column)))
    ]
    rows = conn.execute(
        select(u.id, u.name, u.name_alt).where(u.active.is_(True), u.audience == "employee", or_(*begins)).limit(50)
    )
    longest: dict[int, set[int]] = {}
    for row in rows:
        for name in (row.name, row.name_alt or ""):
            if name and rest.lower().startswith(name.lower()) and not _goes_on(name, rest[len(name) :]):
                longest.setdefault(len(name), set()).add(row.id)
    if not longest:
        return None
    length = max(longest)
    return (next(iter(longest[length])), length) if len(longest[length]) == 1 else None


def _goes_on(name: str, after: str) -> bool:
    """``@Ann`` in ``@Anneke`` is another word; Chinese has no spaces, so a name may be followed by anything."""
    return name[-1].isascii() and after[:1].isascii() and after[:1].isalnum()
